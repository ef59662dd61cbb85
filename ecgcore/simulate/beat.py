"""One beat: the waves that draw it, and the truth about where they begin and end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ecgcore.electrodes import LEADS_FROM_POTENTIALS
from ecgcore.leads import INDEX
from ecgcore.simulate.config import CONDUCTIONS, TERRITORIES, SimulationConfig
from ecgcore.simulate.patterns import (
    ECTOPIC_P,
    PREMATURE_SITES,
    SINUS_P,
    Pattern,
    pulses_to_waves,
    st_segment,
    t_wave,
    turned,
)
from ecgcore.simulate.rhythm import PlannedBeat
from ecgcore.simulate.wave import Vector, Wave, heart_vector

_P_S = 0.100
_PREMATURE_QRS_S = 0.150
# A premature ventricular beat recovers later by about as much as its QRS is longer.
_PREMATURE_QT_EXTRA_S = 0.040
# Seconds of QT per second of the preceding RR interval (Sagie A et al. Am J Cardiol 1992;70:797).
_QT_PER_RR = 0.154
# The T wave ends at least so long before the next QRS.
_T_TO_QRS_S = 0.030
_SHORTEST_ST_T_S = 0.060
_T_OF_ST = 0.5  # a T wave grows towards an elevated ST segment by this share of the elevation
_U_PAUSE_S, _U_RISE_S, _U_FALL_S = 0.020, 0.060, 0.100
# A unipolar pacing spike of 2 ms, ending 2 ms before the QRS; from the right apex to the pocket.
_SPIKE_S = 0.002
_SPIKE_MV = (-0.4, -0.9, -0.2)


@dataclass(frozen=True)
class Beat:
    """The truth about one beat; seconds from the start of the recording.

    Every wave is exactly zero outside its markers (see `wave.Wave`). None means that the beat has
    no such wave or that the marker lies outside the recording.

    Attributes
    ----------
    kind : str
        ``"sinus"``, ``"AF"``, ``"flutter"``, ``"PVC"`` or ``"PAC"``.
    p_on_s, p_off_s, qrs_on_s, qrs_off_s, t_off_s : float or None
    r_s : float
        Where the heart vector of the QRS is longest.
    """

    kind: str
    p_on_s: float | None
    p_off_s: float | None
    qrs_on_s: float | None
    r_s: float
    qrs_off_s: float | None
    t_off_s: float | None


@dataclass(frozen=True)
class _Extra:
    """Displacements that a configuration asks for in an index lead, as heart vectors, mV."""

    st_mv: Vector
    u_mv: Vector


def draw_beats(
    config: SimulationConfig,
    plan: list[PlannedBeat],
    lead_field: npt.NDArray[np.float64],
    rng: np.random.Generator,
) -> Iterator[tuple[Beat, list[Wave]]]:
    """Give every planned beat but the last its markers and waves.

    Parameters
    ----------
    lead_field : ndarray, shape (10, 3)
        Makes ST and U exactly as high in their index leads as configured.
    """
    st, anterior = TERRITORIES[config.st_territory], TERRITORIES["anterior"]
    extra = _Extra(
        _vector_seen(config.st_mv, st.direction, st.index_lead, lead_field),
        _vector_seen(config.u_mv, anterior.direction, anterior.index_lead, lead_field),
    )
    before_s = config.mean_rr_s
    for planned, following in pairwise(plan):
        after_s = following.qrs_on_s - planned.qrs_on_s
        gain = 1.0 + config.beat_variation * float(np.clip(rng.standard_normal(), -2.5, 2.5))
        yield _draw_beat(config, planned, before_s, after_s, gain, extra)
        before_s = after_s


def _vector_seen(
    height_mv: float, direction: Vector, lead: str, lead_field: npt.NDArray[np.float64]
) -> Vector:
    """Heart vector along `direction` that draws `height_mv` in `lead`."""
    seen = float(LEADS_FROM_POTENTIALS[INDEX[lead]] @ lead_field @ np.array(direction))
    return _scaled(direction, height_mv / seen)


def _scaled(vector: Vector, factor: float) -> Vector:
    return (vector[0] * factor, vector[1] * factor, vector[2] * factor)


def _draw_beat(
    config: SimulationConfig,
    planned: PlannedBeat,
    before_s: float,
    after_s: float,
    gain: float,
    extra: _Extra,
) -> tuple[Beat, list[Wave]]:
    pattern, turn_deg = _activation(config, planned)
    qrs_on_s = planned.qrs_on_s
    qrs_s, qt_s = _qrs_and_qt_s(config, planned, before_s, after_s)
    ventricles = pulses_to_waves(pattern.qrs, qrs_on_s, qrs_s, gain, turn_deg)
    r_s = _longest_s(ventricles, qrs_on_s, qrs_s)
    # Repolarisation follows half of a turn of the QRS axis.
    t_mv = _scaled(turned(pattern.t_mv, turn_deg / 2.0), gain)
    ventricles.append(t_wave(qrs_on_s, qrs_s, qt_s, t_mv))
    ventricles.append(st_segment(qrs_on_s, qrs_s, qt_s, _scaled(pattern.st_mv, gain)))
    if planned.kind != "PVC":
        ventricles.append(st_segment(qrs_on_s, qrs_s, qt_s, extra.st_mv))
        if config.st_mv > 0.0:
            ventricles.append(t_wave(qrs_on_s, qrs_s, qt_s, _scaled(extra.st_mv, _T_OF_ST)))
        u_on_s = qrs_on_s + qt_s + _U_PAUSE_S
        ventricles.append(Wave(u_on_s, _U_RISE_S, 0.0, _U_FALL_S, extra.u_mv))
        if config.conduction == "paced":
            ventricles.append(_pacing_spike(qrs_on_s, config.fs))
    atria, p_on_s, p_off_s = _p_wave(planned, gain)
    markers = (p_on_s, p_off_s, qrs_on_s, qrs_on_s + qrs_s, qrs_on_s + qt_s)
    return _beat(planned.kind, r_s, markers, config.duration_s), atria + ventricles


def _activation(config: SimulationConfig, planned: PlannedBeat) -> tuple[Pattern, float]:
    """Pattern of the ventricles and the turn that brings it to the configured axis."""
    if planned.kind == "PVC":
        return PREMATURE_SITES[config.pvc_site], 0.0
    pattern = CONDUCTIONS[config.conduction].pattern
    if config.axis_deg is None:
        return pattern, 0.0
    return pattern, (config.axis_deg - pattern.axis_deg + 180.0) % 360.0 - 180.0


def _qrs_and_qt_s(
    config: SimulationConfig, planned: PlannedBeat, before_s: float, after_s: float
) -> tuple[float, float]:
    """Durations of this beat: QT adapts to the interval before and ends before the next QRS."""
    nominal = config.intervals
    qrs_s, qt_s = nominal.qrs_ms / 1000.0, nominal.qt_ms / 1000.0
    if planned.kind == "PVC":
        qrs_s, qt_s = _PREMATURE_QRS_S, qt_s + _PREMATURE_QT_EXTRA_S
    else:
        qt_s += _QT_PER_RR * float(np.clip(before_s - config.mean_rr_s, -0.3, 0.3))
    return qrs_s, max(min(qt_s, after_s - _T_TO_QRS_S), qrs_s + _SHORTEST_ST_T_S)


def _longest_s(qrs: list[Wave], qrs_on_s: float, qrs_s: float) -> float:
    """Time of the longest QRS vector, to 0.25 ms, whatever the sampling rate."""
    step_hz = 4000.0
    local = [Wave(w.start_s - qrs_on_s, w.rise_s, w.hold_s, w.fall_s, w.peak_mv) for w in qrs]
    loop = heart_vector(local, int(qrs_s * step_hz) + 1, step_hz)
    return qrs_on_s + float(np.argmax((loop**2).sum(axis=0))) / step_hz


def _pacing_spike(qrs_on_s: float, fs: float) -> Wave:
    """Draw a spike of constant area: wider and lower where sampling is too slow for it."""
    width_s = max(_SPIKE_S, 1.5 / fs)
    flank_s = width_s / 4.0
    start_s = qrs_on_s - _SPIKE_S - width_s
    peak_mv = _scaled(_SPIKE_MV, _SPIKE_S / width_s)
    return Wave(start_s, flank_s, width_s - 2.0 * flank_s, flank_s, peak_mv)


def _p_wave(planned: PlannedBeat, gain: float) -> tuple[list[Wave], float | None, float | None]:
    """Waves of the atria, and where they begin and end."""
    if planned.pr_s is None:
        return [], None, None
    shape = ECTOPIC_P if planned.kind == "PAC" else SINUS_P
    p_on_s = planned.qrs_on_s - planned.pr_s
    p_s = min(_P_S, 0.8 * planned.pr_s)
    return pulses_to_waves(shape, p_on_s, p_s, gain), p_on_s, p_on_s + p_s


def _beat(kind: str, r_s: float, markers: tuple[float | None, ...], duration_s: float) -> Beat:
    """Drop the markers that lie outside the recording."""
    p_on_s, p_off_s, qrs_on_s, qrs_off_s, t_off_s = (
        marker if marker is not None and 0.0 <= marker < duration_s else None for marker in markers
    )
    return Beat(kind, p_on_s, p_off_s, qrs_on_s, r_s, qrs_off_s, t_off_s)
