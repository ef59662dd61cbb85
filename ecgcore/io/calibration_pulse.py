"""The calibration pulse that recorders append to every lead: found by its shape, on all leads.

         ______
ECG ____|      |____      foot, 200 ms at 1 mV, and the end of the file
    start
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_DURATION_S = 0.2
_TOLERANCE_S = 0.02


@dataclass(frozen=True)
class CalibrationPulse:
    """Where the pulse and its foot begin, and how high it is in stored units."""

    start: int
    height: float


def find_pulse(stored: npt.NDArray[np.generic], fs: float) -> CalibrationPulse | None:
    """Find a pulse at the end of a recording.

    No heart and no noise gives twelve leads the same value: from the last sample at which they
    differ on, the file holds either nothing of note or a pulse.

    Parameters
    ----------
    stored : ndarray, shape (leads, T)
    fs : float
        Hz.

    Returns
    -------
    CalibrationPulse or None
        None where the recording goes on to the end.
    """
    differing = np.flatnonzero((stored != stored[0]).any(axis=0))
    start = int(differing[-1]) + 1 if differing.size else 0
    common = stored[0, start:].astype(np.float64)
    edges = np.flatnonzero(np.diff(common)) + 1
    if len(edges) < 2:
        return None
    rise, fall = int(edges[-2]), int(edges[-1])
    foot, top, end = common[rise - 1], common[rise], common[fall]
    if top <= foot or foot != end or abs((fall - rise) / fs - _DURATION_S) > _TOLERANCE_S:
        return None
    foot_start = int(edges[-3]) if len(edges) > 2 else 0
    return CalibrationPulse(start + foot_start, float(top - foot))
