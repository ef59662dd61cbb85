"""Pacing spikes: where they stand, and the signal without them.

A spike would pass for the onset of the QRS that it triggers, and its energy for a beat of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

Matrix = npt.NDArray[np.float64]

# All counts are samples at 500 Hz, 2 ms each; a step is the root mean square over the leads of the
# change from one sample to the next. Chosen on the ten paced recordings of LUDB, which has 200.
# Smaller steps occur in ordinary QRS complexes.
_MIN_STEP_MV = 0.12
# A QRS gathers speed over 20 ms and more, a spike stands out from the 32 ms before it at once ...
_BEFORE = (-16, -3)
_OVER_BEFORE = 6.0
# ... and is over within 10 ms.
_RISING = (0, 3)
_AFTER = (5, 9)
_OVER_AFTER = 2.5
# It has ended where the step falls below this share of its largest.
_END_SHARE = 0.12
_LONGEST = 8
_APART = 10


@dataclass(frozen=True)
class Spike:
    """First sample of a spike, and the first after it."""

    start: int
    end: int


def find_spikes(signal: Matrix) -> tuple[Spike, ...]:
    """Find sudden short deflections; signal is (leads, T) in mV at 500 Hz, not yet filtered."""
    steps = np.sqrt(np.square(np.diff(signal, axis=1, prepend=signal[:, :1])).mean(axis=0))
    rising = _largest(steps, *_RISING)
    sudden = (
        (rising > _MIN_STEP_MV)
        & (rising > _OVER_BEFORE * _largest(steps, *_BEFORE))
        & (rising > _OVER_AFTER * _largest(steps, *_AFTER))
        & (steps >= 0.5 * rising)
    )
    sudden[: -_BEFORE[0]] = False
    starts = np.flatnonzero(sudden)
    spikes: list[Spike] = []
    for start in starts:
        if not spikes or start - spikes[-1].start > _APART:
            spikes.append(Spike(int(start) - 1, _end(steps, int(start))))
    return tuple(spikes)


def _largest(steps: Matrix, first: int, last: int) -> Matrix:
    """Largest of ``steps[t + first]`` to ``steps[t + last]``, for each t."""
    reach = max(abs(first), abs(last))
    padded = np.pad(steps, reach, mode="edge")
    windows = sliding_window_view(padded, last - first + 1)
    return np.asarray(windows[reach + first :][: steps.size].max(axis=1))


def _end(steps: Matrix, start: int) -> int:
    stretch = steps[start : start + _LONGEST]
    loud = np.flatnonzero(stretch > _END_SHARE * stretch.max())
    return min(start + int(loud[-1]) + 1, steps.size - 1)


def without_spikes(signal: Matrix, spikes: tuple[Spike, ...]) -> Matrix:
    """Draw straight lines from the sample before each spike to the one after it."""
    clean = signal.copy()
    for spike in spikes:
        first, last = max(spike.start - 1, 0), spike.end
        share = np.linspace(0.0, 1.0, last - first + 1)
        ends = signal[:, [first]], signal[:, [last]]
        clean[:, first : last + 1] = ends[0] + (ends[1] - ends[0]) * share
    return clean
