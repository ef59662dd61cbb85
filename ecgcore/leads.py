"""Names and order of the twelve leads, and the algebra that ties the limb leads together."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LIMB_LEADS = ("I", "II", "III", "aVR", "aVL", "aVF")
CHEST_LEADS = ("V1", "V2", "V3", "V4", "V5", "V6")
LEADS = LIMB_LEADS + CHEST_LEADS
INDEX = {lead: row for row, lead in enumerate(LEADS)}

# Each limb lead as a combination of I and II (Einthoven 1912, Goldberger 1942).
LIMB_FROM_I_II: npt.NDArray[np.float64] = np.array(
    [
        [1.0, 0.0],  # I
        [0.0, 1.0],  # II
        [-1.0, 1.0],  # III = II - I
        [-0.5, -0.5],  # aVR = -(I + II) / 2
        [1.0, -0.5],  # aVL = I - II / 2
        [-0.5, 1.0],  # aVF = II - I / 2
    ]
)

# Two roundings of 5 uV, the coarsest resolution that carts store, stay below 0.015 mV; a wrong
# gain or a wrong name of a lead breaks the identities by a large part of a QRS complex.
ALGEBRA_TOLERANCE_MV = 0.02

_IDENTITIES: dict[str, dict[str, float]] = {
    "II = I + III": {"II": 1.0, "I": -1.0, "III": -1.0},
    "aVR = -(I + II) / 2": {"aVR": 1.0, "I": 0.5, "II": 0.5},
    "aVL = (I - III) / 2": {"aVL": 1.0, "I": -0.5, "III": 0.5},
    "aVF = (II + III) / 2": {"aVF": 1.0, "II": -0.5, "III": -0.5},
    "aVR + aVL + aVF = 0": {"aVR": 1.0, "aVL": 1.0, "aVF": 1.0},
}

_BARE_NAMES = {lead.upper(): lead for lead in LEADS} | {
    "VR": "aVR",
    "VL": "aVL",
    "VF": "aVF",
    **{f"C{i}": f"V{i}" for i in range(1, 7)},
    "D1": "I",
    "D2": "II",
    "D3": "III",
    "DI": "I",
    "DII": "II",
    "DIII": "III",
    "L1": "I",
    "L2": "II",
    "L3": "III",
}
# Words that vendors put around a name: "Lead I (Einthoven)", "MDC_ECG_LEAD_AVR", "ECG V1".
_NOISE_WORDS = re.compile(
    r"\b(MDC|ECG|EKG|LEAD|CHANNEL|EINTHOVEN|GOLDBERGER|WILSON|AUGMENTED|MV|UV)\b"
)


def canonical_name(text: str) -> str | None:
    """Map a lead name as files spell it to the spelling of `LEADS`.

    Parameters
    ----------
    text : str
        For example ``"avr"``, ``"VR"``, ``"Lead I (Einthoven)"``, ``"MDC_ECG_LEAD_V1"``, ``"I  "``.

    Returns
    -------
    str or None
        The member of `LEADS`, or None when the text names none of the twelve (``"V4R"``, ``"vx"``),
        an inverted lead (``"-aVR"``) or more than one (``"I, II"``).
    """
    text = text.strip().upper()
    if text.startswith("-"):
        return None
    words = _NOISE_WORDS.sub(" ", re.sub(r"[^A-Z0-9]+", " ", text)).split()
    # "a VR" and "V 1" are one name in pieces; "I II" is two names that together look like III.
    if len(words) > 1 and set("".join(words)) == {"I"}:
        return None
    return _BARE_NAMES.get("".join(words))


def recorded_leads(signal: npt.NDArray[np.floating]) -> tuple[str, ...]:
    """Names of the rows of a (12, T) signal that hold at least one sample."""
    present = ~np.isnan(signal).all(axis=1)
    return tuple(lead for lead, here in zip(LEADS, present, strict=True) if here)


def derive_missing(
    signal: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.float32], tuple[str, ...]]:
    """Fill limb leads that were not stored from two that were.

    Parameters
    ----------
    signal : ndarray, shape (12, T), mV
        NaN rows were not recorded.

    Returns
    -------
    signal : ndarray, shape (12, T), mV
        A copy; rows that the algebra cannot give stay NaN.
    derived : tuple of str
        The leads that were filled.
    """
    present = [lead in recorded_leads(signal) for lead in LIMB_LEADS]
    known = [row for row, here in enumerate(present) if here]
    filled = signal.copy()
    if len(known) < 2 or len(known) == len(LIMB_LEADS):
        return filled, ()
    # Any two different limb leads are linearly independent, so the first two recorded suffice.
    first_two = known[:2]
    i_and_ii = np.linalg.inv(LIMB_FROM_I_II[first_two]) @ signal[first_two].astype(np.float64)
    missing = [row for row, here in enumerate(present) if not here]
    filled[missing] = (LIMB_FROM_I_II[missing] @ i_and_ii).astype(np.float32)
    return filled, tuple(LIMB_LEADS[row] for row in missing)


@dataclass(frozen=True)
class AlgebraViolation:
    """One limb-lead identity that the signal breaks.

    Attributes
    ----------
    identity : str
        For example ``"II = I + III"``.
    residual_mv : float
        By how much at worst.
    share : float
        Of the samples that could be checked, those that break it.
    """

    identity: str
    residual_mv: float
    share: float


def algebra_violations(
    signal: npt.NDArray[np.floating], tolerance_mv: float = ALGEBRA_TOLERANCE_MV
) -> tuple[AlgebraViolation, ...]:
    """Check Einthoven's and Goldberger's identities on every recorded sample.

    They hold for any wiring of the electrodes, so a violation proves that lead names or gains were
    read wrongly, never that electrodes were swapped.

    Parameters
    ----------
    signal : ndarray, shape (12, T), mV
    tolerance_mv : float
        Largest residual that rounding explains.

    Returns
    -------
    tuple of AlgebraViolation
        Empty when every identity that can be checked holds.
    """
    broken = []
    for identity, terms in _IDENTITIES.items():
        rows = signal[[INDEX[lead] for lead in terms]].astype(np.float64)
        residual = np.abs(np.array(list(terms.values())) @ rows)
        residual = residual[~np.isnan(residual)]
        if residual.size and residual.max() > tolerance_mv:
            share = float(np.mean(residual > tolerance_mv))
            broken.append(AlgebraViolation(identity, float(residual.max()), share))
    return tuple(broken)
