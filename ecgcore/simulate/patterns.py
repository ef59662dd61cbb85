"""Shapes of the heart vector through one beat, per way of conduction.

A pattern lists the deflections of one QRS in the order in which the ventricles activate, then the
direction of repolarisation. Vectors are mV to the left, to the feet, to the back, as lead I of the
standard torso measures them (chest leads see about twice that).

References
----------
Surawicz B, et al. AHA/ACCF/HRS recommendations for the standardization and interpretation of the
electrocardiogram, part III: intraventricular conduction disturbances. Circulation 2009;119:e235.
Wagner GS, Strauss DG. Marriott's Practical Electrocardiography, 12th ed. 2013.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecgcore.simulate.wave import Vector, Wave


@dataclass(frozen=True)
class Pulse:
    """One deflection within the QRS; times are fractions of the QRS duration."""

    at: float
    rise: float
    fall: float
    peak_mv: Vector


@dataclass(frozen=True)
class Pattern:
    """One way in which the ventricles activate and recover.

    Attributes
    ----------
    qrs : tuple of Pulse
        The first begins at 0, the last ends at 1.
    t_mv : tuple of 3 float
        Peak of the T wave.
    st_mv : tuple of 3 float
        Displacement of the ST segment that belongs to the pattern itself.
    """

    qrs: tuple[Pulse, ...]
    t_mv: Vector
    st_mv: Vector = (0.0, 0.0, 0.0)

    @property
    def axis_deg(self) -> float:
        """Frontal axis of the net QRS area: 0 to the left, +90 to the feet."""
        area = np.sum([(p.rise + p.fall) * np.array(p.peak_mv) for p in self.qrs], axis=0)
        return float(np.rad2deg(np.arctan2(area[1], area[0])))


NORMAL = Pattern(
    qrs=(
        Pulse(0.20, 0.20, 0.24, (-0.09, -0.03, -0.12)),  # septum: r in V1, q in I, aVL, V5-V6
        Pulse(0.45, 0.28, 0.26, (0.54, 0.74, 0.06)),  # apex and free wall: R
        Pulse(0.60, 0.26, 0.26, (0.12, 0.12, 0.42)),  # posterior wall: S in V1-V3
        Pulse(0.80, 0.20, 0.20, (-0.07, -0.11, 0.12)),  # base: s in I, II, V5-V6
    ),
    t_mv=(0.18, 0.17, -0.11),
)
LEFT_BUNDLE_BRANCH_BLOCK = Pattern(
    qrs=(
        Pulse(0.16, 0.16, 0.20, (0.10, 0.08, -0.04)),  # septum from the right: no q, small r in V1
        Pulse(0.40, 0.26, 0.26, (0.56, 0.12, 0.64)),
        Pulse(0.66, 0.22, 0.34, (0.54, 0.02, 0.56)),  # late free wall: the notch of the R
    ),
    t_mv=(-0.20, -0.02, -0.17),
    st_mv=(-0.06, 0.0, -0.06),
)
RIGHT_BUNDLE_BRANCH_BLOCK = Pattern(
    qrs=(
        Pulse(0.13, 0.13, 0.15, (-0.09, -0.03, -0.12)),
        Pulse(0.29, 0.18, 0.17, (0.54, 0.74, 0.04)),
        Pulse(0.39, 0.17, 0.17, (0.14, 0.12, 0.22)),
        Pulse(0.69, 0.25, 0.31, (-0.24, -0.06, -0.30)),  # late right ventricle: R' in V1, wide S
    ),
    t_mv=(0.22, 0.16, 0.05),
)
PACED_FROM_RIGHT_APEX = Pattern(
    qrs=(
        Pulse(0.20, 0.20, 0.24, (0.14, -0.26, 0.10)),
        Pulse(0.44, 0.28, 0.28, (0.28, -0.64, 0.50)),
        Pulse(0.68, 0.24, 0.32, (0.22, -0.46, 0.42)),
    ),
    t_mv=(-0.14, 0.26, -0.20),
    st_mv=(-0.04, 0.08, -0.05),
)
PREMATURE_FROM_OUTFLOW_TRACT = Pattern(  # like left bundle branch block, inferior axis
    qrs=(
        Pulse(0.20, 0.20, 0.22, (0.02, 0.22, -0.06)),
        Pulse(0.44, 0.28, 0.28, (0.34, 0.95, 0.52)),
        Pulse(0.68, 0.24, 0.32, (0.34, 0.60, 0.42)),
    ),
    t_mv=(-0.14, -0.34, -0.22),
    st_mv=(-0.04, -0.10, -0.06),
)
PREMATURE_FROM_LEFT_VENTRICLE = Pattern(  # like right bundle branch block, superior axis
    qrs=(
        Pulse(0.20, 0.20, 0.24, (-0.06, -0.20, -0.12)),
        Pulse(0.44, 0.28, 0.28, (-0.34, -0.70, -0.50)),
        Pulse(0.68, 0.24, 0.32, (-0.40, -0.40, -0.34)),
    ),
    t_mv=(0.18, 0.30, 0.22),
    st_mv=(0.05, 0.08, 0.06),
)
PREMATURE_SITES = {
    "outflow tract": PREMATURE_FROM_OUTFLOW_TRACT,
    "left ventricle": PREMATURE_FROM_LEFT_VENTRICLE,
}

# Right atrium, then left atrium; fractions of the P wave, scaled by its duration.
SINUS_P = (
    Pulse(0.38, 0.38, 0.40, (0.030, 0.085, -0.050)),
    Pulse(0.64, 0.40, 0.36, (0.055, 0.055, 0.030)),
)
# From low in the left atrium: another axis, negative in II, III, aVF.
ECTOPIC_P = (
    Pulse(0.36, 0.36, 0.40, (-0.025, -0.075, -0.030)),
    Pulse(0.66, 0.40, 0.34, (0.010, -0.060, -0.045)),
)

# The T wave peaks at this share of the interval from QRS onset to T offset and rises for that one.
_T_PEAK, _T_RISE = 0.74, 0.36
# An ST displacement is complete at the J point and fades with the T wave.
_ST_RISE = 0.40


def turned(vector: Vector, degrees: float) -> Vector:
    """Rotate in the frontal plane; positive from the left towards the feet."""
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    x, y, z = vector
    return (float(cos * x - sin * y), float(sin * x + cos * y), z)


def pulses_to_waves(
    pulses: tuple[Pulse, ...], start_s: float, duration_s: float, gain: float, turn_deg: float = 0.0
) -> list[Wave]:
    """Place pulses in time; they fill `start_s` to ``start_s + duration_s`` exactly."""
    waves = []
    for pulse in pulses:
        x, y, z = turned(pulse.peak_mv, turn_deg)
        waves.append(
            Wave(
                start_s=start_s + (pulse.at - pulse.rise) * duration_s,
                rise_s=pulse.rise * duration_s,
                hold_s=0.0,
                fall_s=pulse.fall * duration_s,
                peak_mv=(gain * x, gain * y, gain * z),
            )
        )
    return waves


def t_wave(qrs_on_s: float, qrs_s: float, qt_s: float, peak_mv: Vector) -> Wave:
    """T wave, steeper after its peak, that ends exactly `qt_s` after the QRS began."""
    peak_s = max(_T_PEAK * qt_s, 0.5 * (qrs_s + qt_s))
    rise_s = min(_T_RISE * qt_s, peak_s - qrs_s)
    return Wave(qrs_on_s + peak_s - rise_s, rise_s, 0.0, qt_s - peak_s, peak_mv)


def st_segment(qrs_on_s: float, qrs_s: float, qt_s: float, peak_mv: Vector) -> Wave:
    """ST displacement: reached at the J point, held into the T wave, gone at its end."""
    rise_s = _ST_RISE * qrs_s
    fall_s = (1.0 - _T_PEAK) * qt_s
    hold_s = max(0.0, qt_s - qrs_s - fall_s)
    return Wave(qrs_on_s + qrs_s - rise_s, rise_s, hold_s, min(fall_s, qt_s - qrs_s), peak_mv)
