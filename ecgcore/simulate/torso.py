"""Where the ten electrodes sit around the heart, and the potential that a heart vector gives each.

Axes are those of the vectorcardiogram: x to the patient's left, y to the feet, z to the back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecgcore.electrodes import ELECTRODES, LEADS_FROM_POTENTIALS
from ecgcore.errors import SignalError

Matrix = npt.NDArray[np.float64]

# Centimetres from the centre of the heart, adult of average build. A limb conducts like a wire, so
# a limb electrode counts where its limb joins the trunk.
_POSITIONS_CM: dict[str, tuple[float, float, float]] = {
    "RA": (-17.0, -19.0, 0.0),
    "LA": (17.0, -19.0, 0.0),
    "LL": (6.0, 38.0, 0.0),
    "RL": (-6.0, 38.0, 0.0),
    "V1": (-4.5, -0.5, -8.0),
    "V2": (-0.5, -0.5, -8.5),
    "V3": (4.5, 0.5, -8.0),
    "V4": (8.0, 1.5, -5.0),
    "V5": (10.5, 1.5, -1.0),
    "V6": (12.5, 1.5, 3.5),
}
_STANDARD_CM = np.array([_POSITIONS_CM[electrode] for electrode in ELECTRODES])

# The source is spread over the heart instead of sitting in one point. 10 cm is wider than a heart:
# it also stands for the finite trunk, and gives chest leads about twice the strength of lead I,
# as Dower's measured lead vectors have it.
SOURCE_WIDTH_CM = 10.0


def _point_field(positions_cm: Matrix) -> Matrix:
    """Potential per unit of heart vector, shape (10, 3), before scaling to mV."""
    squared = (positions_cm**2).sum(axis=1, keepdims=True) + SOURCE_WIDTH_CM**2
    return np.asarray(positions_cm / squared**1.5)


# A heart vector of 1 mV to the left draws 1 mV in lead I of the standard torso.
_FIELD_SCALE = 1.0 / float((LEADS_FROM_POTENTIALS[0] @ _point_field(_STANDARD_CM))[0])


@dataclass(frozen=True)
class Torso:
    """One patient's build, the heart's place in it, and where the electrodes were put.

    Attributes
    ----------
    scale : float
        Size of the trunk; 1 is average. A larger one draws smaller waves.
    heart_turn_deg : float
        Rotation of the heart about the body's long axis; positive turns its front to the left
        ("clockwise rotation"), which delays the R-wave progression.
    heart_shift_cm : tuple of 3 float
        Displacement of the heart: left, down, back.
    electrode_shift_cm : tuple of (electrode, (left, down, back))
        Electrodes that were not put exactly on their site.
    rl_equals_ll : bool
        Give both legs the same potential, as the algebra of electrode swaps assumes.

    Raises
    ------
    SignalError
        A scale outside 0.6 to 1.6, an unknown electrode, or one inside the heart.
    """

    scale: float = 1.0
    heart_turn_deg: float = 0.0
    heart_shift_cm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    electrode_shift_cm: tuple[tuple[str, tuple[float, float, float]], ...] = ()
    rl_equals_ll: bool = False

    def __post_init__(self) -> None:
        if not 0.6 <= self.scale <= 1.6:
            raise SignalError(f"The torso's scale is {self.scale:g}, expected 0.6 to 1.6.")
        for electrode, _ in self.electrode_shift_cm:
            if electrode not in ELECTRODES:
                raise SignalError(f'"{electrode}" is none of {", ".join(ELECTRODES)}.')
        nearest_cm = float(np.linalg.norm(self.positions_cm(), axis=1).min())
        if not nearest_cm > 3.0:
            raise SignalError(
                f"An electrode is {nearest_cm:.1f} cm from the heart's centre, expected over 3 cm."
            )

    def positions_cm(self) -> Matrix:
        """Electrode positions seen from the heart, shape (10, 3), cm, in the heart's own axes."""
        body = _STANDARD_CM * self.scale
        for electrode, shift_cm in self.electrode_shift_cm:
            body[ELECTRODES.index(electrode)] += shift_cm
        from_heart = body - np.array(self.heart_shift_cm)
        return np.asarray(from_heart @ _turn_about_long_axis(self.heart_turn_deg))

    def lead_field(self) -> Matrix:
        """Potential of each electrode per mV of heart vector, shape (10, 3).

        The conductor is infinite and homogeneous; the dipole is spread over a Plummer sphere:
        potential = p . r / (r^2 + a^2)^(3/2), with a = `SOURCE_WIDTH_CM`.

        References
        ----------
        Plonsey R, Barr RC. Bioelectricity, 3rd ed. 2007, chapter 2 (dipole in a volume conductor).
        Dower GE, Machado HB, Osborne JA. On deriving the electrocardiogram from
        vectorcardiographic leads. Clin Cardiol 1980;3:87-95 (the lead vectors aimed at).
        """
        field = _FIELD_SCALE * _point_field(self.positions_cm())
        if self.rl_equals_ll:
            field[ELECTRODES.index("RL")] = field[ELECTRODES.index("LL")]
        return field


def _turn_about_long_axis(degrees: float) -> Matrix:
    """Matrix that takes body axes to the axes of a heart whose front was turned to the left."""
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    # The heart's front, body direction (sin, 0, -cos), must become its own -z.
    return np.array([[cos, 0.0, -sin], [0.0, 1.0, 0.0], [sin, 0.0, cos]])
