"""Lossy SCP-ECG: bring decimated samples back to the full rate, and add the reference beat.

"Bimodal" compression keeps every sample in protected areas (the QRS complexes) and, elsewhere, one
mean of `factor` samples each. Reference beat subtraction stores what is left of each beat after an
average beat has been taken away.

References
----------
EN 1064:2005+A1:2007, clauses 5.7 to 5.9 and Annex C. The open decoders of BioSig and of the C# ECG
Toolkit agree on the interpolation; the mean of three that follows it is BioSig's.

Deviation: samples outside protected areas are not rounded to whole stored units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecgcore.errors import ReadError

# Neighbouring zones may overlap a little; all together cannot be longer than the lead twice over.
_MOST_OVERLAP = 2

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


def within(ranges: Integers, start: int, count: int) -> Mask:
    """Mark the samples of one lead that lie in any of the ranges.

    Parameters
    ----------
    ranges : ndarray, shape (R, 2)
        First and last sample of each range.
    start : int
        Number of the first sample of the lead.
    count : int
        Samples of the lead.

    Returns
    -------
    ndarray, shape (count,), bool
    """
    first = np.clip(ranges[:, 0] - start, 0, count)
    after = np.clip(ranges[:, 1] + 1 - start, 0, count)
    real = first < after
    change = np.zeros(count + 1, dtype=np.int64)
    np.add.at(change, first[real], 1)
    np.add.at(change, after[real], -1)
    return np.cumsum(change[:-1]) > 0


@dataclass(frozen=True, eq=False)
class Layout:
    """How the samples of one lead are stored: runs of protected and of decimated samples, in turn.

    Attributes
    ----------
    lengths : ndarray, shape (R,)
        Samples of each run.
    groups : ndarray, shape (R,)
        Groups of `factor` samples of which only the mean is stored, at the beginning of the run.
    firsts : ndarray, shape (R,)
        Place of the run among the stored numbers.
    n_stored : int
        How many numbers are stored.
    factor : int
    """

    lengths: Integers
    groups: Integers
    firsts: Integers
    n_stored: int
    factor: int


def layout_of(is_protected: Mask, factor: int) -> Layout:
    """Lay out one lead.

    Samples that are left over at the end of a run, fewer than `factor`, are stored one by one.

    Parameters
    ----------
    is_protected : ndarray, shape (T,), bool
        T is at least 1.
    factor : int
    """
    begins = np.flatnonzero(np.diff(is_protected, prepend=~is_protected[0]))
    lengths = np.diff(begins, append=len(is_protected))
    groups = np.where(is_protected[begins], 0, lengths // factor)
    stored = lengths - groups * (factor - 1)
    return Layout(lengths, groups, np.cumsum(stored) - stored, int(stored.sum()), factor)


def expand(stored: Values, layout: Layout) -> Values:
    """Interpolate between the means of neighbouring groups of one run.

    A mean stands for the sample in the middle of its group (of 4 samples, the third); before the
    first and after the last such sample of a run, the mean is repeated.

    Parameters
    ----------
    stored : ndarray, shape (n_stored,)
    layout : Layout

    Returns
    -------
    ndarray, shape (T,)
    """
    run = np.repeat(np.arange(len(layout.lengths)), layout.lengths)
    begins = np.cumsum(layout.lengths) - layout.lengths
    inside, groups = np.arange(len(run)) - begins[run], layout.groups[run]
    place = (inside - layout.factor // 2) / layout.factor
    left = np.clip(np.floor(place), 0, np.maximum(groups - 1, 0)).astype(np.int64)
    part = np.clip(place - left, 0.0, 1.0)
    right = np.minimum(left + 1, groups - 1)
    is_single = inside >= groups * layout.factor
    single = inside - groups * (layout.factor - 1)
    left, right = np.where(is_single, single, left), np.where(is_single, single, right)
    low, high = stored[layout.firsts[run] + left], stored[layout.firsts[run] + right]
    return low + (high - low) * part


def smooth(values: Values, is_protected: Mask, zones: Integers, start: int) -> Values:
    """Average each sample outside protected areas with its two neighbours.

    The first and the last sample of a lead and of a subtraction zone, and those next to a zone,
    stay as they are: the residual jumps there.

    Parameters
    ----------
    values : ndarray, shape (T,)
    is_protected : ndarray, shape (T,), bool
    zones : ndarray, shape (B, 3)
        First sample, fiducial and last sample.
    start : int
        Number of the first sample of the lead.
    """
    keeps = is_protected.copy()
    edges = np.concatenate([zones[:, 0], zones[:, 0] - 1, zones[:, 2], zones[:, 2] + 1]) - start
    keeps[edges[(edges >= 0) & (edges < len(values))]] = True
    averaged = values.copy()
    averaged[1:-1] = (values[:-2] + values[1:-1] + values[2:]) / 3.0
    return np.where(keeps, values, averaged)


def add_beats(values: Values, beat: Values, fiducial: int, zones: Integers, start: int) -> Values:
    """Add the reference beat wherever it was subtracted.

    Parameters
    ----------
    values : ndarray, shape (T,)
        Residual of one lead, of which `start` is the number of the first sample.
    beat : ndarray, shape (L,)
        In the unit of `values`.
    fiducial : int
        Sample of the beat that is laid on the fiducial of each zone, from 1.
    zones : ndarray, shape (B, 3)
        First sample, fiducial and last sample of each.
    start : int

    Returns
    -------
    ndarray, shape (T,)

    Raises
    ------
    ReadError
        The zones overlap so much that they cannot be those of single beats.
    """
    # Number of the sample that the first of the beat is laid on.
    shift = zones[:, 1] - fiducial + 1
    first = np.maximum(np.maximum(zones[:, 0], shift), start)
    after = np.minimum(np.minimum(zones[:, 2] + 1, shift + len(beat)), start + len(values))
    lengths = np.maximum(after - first, 0)
    n_added = int(lengths.sum())
    if n_added > _MOST_OVERLAP * len(values):
        raise ReadError(
            f"The SCP-ECG file subtracts its reference beat from {n_added} samples of a lead that "
            f"has {len(values)}: the list of beats is damaged."
        )
    inside = np.arange(n_added) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    added = beat[inside + np.repeat(first - shift, lengths)]
    where = inside + np.repeat(first - start, lengths)
    return values + np.bincount(where, weights=added, minlength=len(values))
