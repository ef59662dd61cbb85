"""The step (LSB) that samples in mV were digitised with, so that integers give them back exactly.

A file of integers can hold a recording bit for bit only at the resolution of the recorder that made
it. The resolution is not a part of `Recording`, but it shows: every sample is a multiple of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# Integers of 16 bits, their lowest value left out, as it means "nothing was recorded"; and of 32.
LARGEST_INT16 = 2**15 - 1
LARGEST_INT32 = 2**31 - 1
# float32 keeps 24 bits, so rounding moves a value by at most this share of it.
_ROUNDING = 2.0**-24
# A lead computed from others (III = II - I, a swap) carries their roundings: at most four of them
# count, as no coefficient of the limb-lead algebra is above 2.
_ROUNDINGS_OF_COMPUTED_LEADS = 4
# The smallest difference between two samples may be several steps.
_MAX_STEPS_APART = 16
# A wrong step brings a sample within the tolerance in one of 16 cases, hundreds of them never.
_LEAST_STEP_IN_TOLERANCES = 32
# Wrong candidates fail on a few samples; only what passes these is tried on all.
_PROBED_SAMPLES = 200
# What a lead of zeros is stored with: any step would do.
_USUAL_STEP_MV = 1e-3

Samples = npt.NDArray[np.float64]


@dataclass(frozen=True)
class StepRange:
    """Every step from `low` to `high` (mV) gives the samples back, as counts up to `largest`."""

    low: float
    high: float
    largest: int


@dataclass(frozen=True, eq=False)
class StoredLead:
    """One lead as integers.

    Attributes
    ----------
    name : str
        A member of `leads.LEADS`.
    counts : ndarray, shape (T,), int64
        Samples in steps; 0 where nothing was recorded.
    missing : ndarray, shape (T,), bool
        Where nothing was recorded.
    step : float
        What the file states, in the unit of the file.
    step_mv : float
    error_mv : float
        By how much the sample that changes most differs when it is read back as float32.
    """

    name: str
    counts: npt.NDArray[np.int64]
    missing: npt.NDArray[np.bool_]
    step: float
    step_mv: float
    error_mv: float


def computation_tolerance(signal: npt.NDArray[np.float32]) -> float:
    """Return by how much (mV) a lead computed from others of a (12, T) signal is off its grid."""
    largest = float(np.nanmax(np.abs(signal)))
    return _ROUNDINGS_OF_COMPUTED_LEADS * _ROUNDING * largest


def find_step(samples: npt.NDArray[np.float32], tolerance_mv: float) -> StepRange | None:
    """Find the step whose multiples are the samples of one lead.

    Parameters
    ----------
    samples : ndarray, shape (T,), mV
        NaN where nothing was recorded.
    tolerance_mv : float
        How far off its multiple a sample may be if no step gives all of them bit for bit.

    Returns
    -------
    StepRange or None
        None where the samples are no multiples of any step, after filtering for instance.
    """
    values = np.unique(np.abs(samples[~np.isnan(samples)].astype(np.float64)))
    if not values.any():
        return StepRange(_USUAL_STEP_MV, _USUAL_STEP_MV, 0)
    half_ulp = np.spacing(values.astype(np.float32)).astype(np.float64) / 2.0
    for candidate in _candidates(values, 0.0):
        if found := _agreeing_steps(values, candidate, half_ulp, LARGEST_INT32):
            return found
    if values[-1] <= tolerance_mv:
        return StepRange(_USUAL_STEP_MV, _USUAL_STEP_MV, 0)
    within = np.full(values.shape, tolerance_mv)
    for candidate in _candidates(values, tolerance_mv):
        if candidate <= _LEAST_STEP_IN_TOLERANCES * tolerance_mv:
            continue  # so fine a step would be within the tolerance of anything
        if found := _agreeing_steps(values, candidate, within, LARGEST_INT16):
            return found
    return None


def _candidates(values: Samples, tolerance_mv: float) -> list[float]:
    """List the steps that the smallest sample and the smallest difference suggest.

    The smallest sample is known best, as float32 rounds by a share of the value: divided by a whole
    number, which the smallest difference tells, it gives the step to seven digits. Coarsest first.
    """
    apart = np.diff(values, prepend=0.0)
    apart = apart[apart > 2.0 * tolerance_mv]
    smallest = values[values > tolerance_mv][0]
    if not apart.size:
        return [float(smallest)]
    counts = [round(steps * smallest / apart.min()) for steps in range(1, _MAX_STEPS_APART + 1)]
    return [float(smallest / count) for count in dict.fromkeys(counts) if count]


def _agreeing_steps(
    values: Samples, candidate: float, slack: Samples, largest_count: int
) -> StepRange | None:
    """Return the steps near the candidate that bring every value within its slack."""
    probe = slice(None, None, max(1, values.size // _PROBED_SAMPLES))
    for part in (probe, slice(None)):
        counts = np.rint(values[part] / candidate)
        few = counts == 0.0
        if np.any(values[part][few] > slack[part][few]) or few.all():
            return None
        known, room, counts = values[part][~few], slack[part][~few], counts[~few]
        low, high = ((known - room) / counts).max(), ((known + room) / counts).min()
        if not low <= high or counts.max() > largest_count:
            return None
    return StepRange(float(low), float(high), int(counts.max()))


def simplest_between(low: float, high: float) -> float:
    """Return the number from `low` to `high` with the fewest decimal digits."""
    middle = (low + high) / 2.0
    for digits in range(1, 17):
        rounded = float(f"{middle:.{digits}g}")
        if low <= rounded <= high:
            return rounded
    return middle


def decimal_step(largest_mv: float, largest_count: int, finest_mv: float) -> float:
    """Return the finest of 1, 2, 5, 10, 20 ... times `finest_mv` at which the amplitude fits."""
    power = max(0, math.floor(math.log10(max(largest_mv / largest_count / finest_mv, 1.0))))
    multiples = [digit * 10.0**power for digit in (1.0, 2.0, 5.0, 10.0, 20.0)]
    steps = [float(f"{finest_mv * multiple:.1g}") for multiple in multiples]
    return next(step for step in steps if largest_mv <= step * largest_count)


def store(
    name: str,
    samples: npt.NDArray[np.float32],
    step: float,
    step_mv: float,
    read_back: Callable[[Samples, float], Samples],
) -> StoredLead:
    """Digitise one lead and measure what reading it back will change.

    Parameters
    ----------
    name : str
    samples : ndarray, shape (T,), mV
    step : float
        What the file states: counts per mV, or uV per count.
    step_mv : float
        The same in mV per count.
    read_back : callable
        What a reader computes from counts and `step`, in mV.
    """
    missing = np.isnan(samples)
    counts = np.rint(np.where(missing, 0.0, samples.astype(np.float64) / step_mv))
    again = read_back(counts, step).astype(np.float32)
    changes = np.abs(again.astype(np.float64) - samples.astype(np.float64))[~missing]
    error = float(changes.max()) if changes.size else 0.0
    return StoredLead(name, counts.astype(np.int64), missing, step, step_mv, error)
