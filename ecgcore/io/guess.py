"""Best guesses for what a file does not state; always asked or warned about, never silent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ecgcore.io.result import LeadNames
from ecgcore.leads import CHEST_LEADS, LEADS

# Rates at which carts and databases store; a resting ECG lasts ten seconds.
_USUAL_FS_HZ = (100, 120, 125, 128, 200, 240, 250, 256, 257, 300, 360, 400, 500, 512, 800, 1000)
_RESTING_DURATION_S = 10.0
# Files hold 4998 to 5000 samples for the same ten seconds.
_DURATION_TOLERANCE = 0.005
# The most common rate of diagnostic carts, where the length gives no hint.
_FALLBACK_FS_HZ = 500.0

# A typical lead spans 1 to 3 mV peak to peak.
_TYPICAL_SPAN_MV = 2.0
_CANDIDATE_MV_PER_UNIT = (1e3, 1.0, 1e-3, 1e-6)

_STANDARD_ORDERS: dict[int, LeadNames] = {12: LEADS, 8: ("I", "II", *CHEST_LEADS)}


def guess_fs(n_samples: int) -> float:
    """Return the usual rate at which this many samples last ten seconds, else 500 Hz."""
    rate = n_samples / _RESTING_DURATION_S
    for usual in _USUAL_FS_HZ:
        if abs(rate - usual) <= _DURATION_TOLERANCE * usual:
            return float(usual)
    return _FALLBACK_FS_HZ


def median_span(signals: Sequence[npt.NDArray[np.floating]]) -> float:
    """Median over the signals of the peak-to-peak amplitude; 0 where none has a finite sample."""
    finite = [signal[np.isfinite(signal)] for signal in signals]
    spans = [float(np.ptp(signal)) for signal in finite if signal.size]
    return float(np.median(spans)) if spans else 0.0


def guess_mv_per_unit(signals: Sequence[npt.NDArray[np.floating]]) -> float:
    """Among V, mV, uV and nV, return the one that brings the median span nearest to 2 mV."""
    span = median_span(signals)
    if not 0.0 < span < np.inf:
        return 1.0
    return min(_CANDIDATE_MV_PER_UNIT, key=lambda mv: abs(np.log(span * mv / _TYPICAL_SPAN_MV)))


def guess_leads(named: LeadNames) -> LeadNames:
    """Return the standard order of 12 or 8 leads where it contradicts no name; else what is named.

    Parameters
    ----------
    named : tuple of (str or None)
        Canonical lead per channel; None where the file names none.

    Returns
    -------
    tuple of (str or None)
        One per channel; None where only the user can say.
    """
    standard = _STANDARD_ORDERS.get(len(named))
    if standard and all(name in (None, usual) for name, usual in zip(named, standard, strict=True)):
        return standard
    return named
