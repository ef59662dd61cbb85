"""Intervals between beats, and which beats come out of turn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ecgcore.signal.measurements import RrStatistics

Times = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Premature: sooner than this share of the usual interval. Two limits, as a beat that has another
# shape, too, needs less proof; 80 % is a common definition of a premature atrial beat.
_PREMATURE, _PREMATURE_OF_OTHER_SHAPE = 0.80, 0.90
# A wide complex (Surawicz B et al. Circulation 2009;119:e235), clearly wider than the usual one.
_WIDE_MS, _WIDER_MS = 120.0, 20.0


def ectopic(
    r_s: Times, other_shape: Mask, qrs_ms: Times, usual_qrs_ms: float, *, regular: bool
) -> Mask:
    """Tell which beats are ectopic, shape (beats,).

    Parameters
    ----------
    r_s : ndarray, shape (beats,)
    other_shape : ndarray of bool
        Beats that do not have the usual shape.
    qrs_ms : ndarray
        NaN where not measured.
    usual_qrs_ms : float
    regular : bool
        P waves lead the usual beats, so that one of the usual shape that comes early is ectopic.
    """
    if r_s.size < 2:
        return np.zeros(r_s.size, dtype=bool)
    before = np.diff(r_s, prepend=np.nan)
    undisturbed = ~other_shape
    undisturbed[1:] &= ~other_shape[:-1]
    undisturbed[0] = False
    # In bigeminy no two usual beats are neighbours; then only another shape speaks for ectopy.
    regular = regular and bool(undisturbed.any())
    reference = before[undisturbed] if undisturbed.any() else before[1:]
    usual_s = float(np.median(reference))
    # What is not known compares as False: the first beat is not called premature.
    wide = (qrs_ms >= _WIDE_MS) & (qrs_ms >= usual_qrs_ms + _WIDER_MS)
    found = other_shape & (wide | (before < _PREMATURE_OF_OTHER_SHAPE * usual_s))
    if regular:
        found |= before < _PREMATURE * usual_s
    return np.asarray(found)


def rate_bpm(r_s: Times, unbroken: Mask) -> float | None:
    """Rate from the mean of the unbroken intervals between beats; None without any."""
    intervals = np.diff(r_s)[unbroken]
    return float(60.0 / intervals.mean()) if intervals.size else None


def rr_statistics(r_s: Times, unbroken: Mask, is_ectopic: Mask) -> RrStatistics | None:
    """Statistics of the intervals between beats of which neither is ectopic; None without any.

    Parameters
    ----------
    r_s : ndarray, shape (beats,)
    unbroken : ndarray of bool, shape (beats - 1,)
        Intervals without a gap in the recording.
    is_ectopic : ndarray of bool, shape (beats,)
    """
    intervals = 1000.0 * np.diff(r_s)
    normal = unbroken & ~(is_ectopic[:-1] | is_ectopic[1:])
    kept = intervals[normal]
    if not kept.size:
        return None
    successive = np.diff(intervals)[normal[:-1] & normal[1:]]
    return RrStatistics(
        mean_ms=float(kept.mean()),
        sd_ms=float(kept.std(ddof=1)) if kept.size > 1 else None,
        rmssd_ms=float(np.sqrt(np.square(successive).mean())) if successive.size else None,
        shortest_ms=float(kept.min()),
        longest_ms=float(kept.max()),
        n=int(kept.size),
    )
