"""Begin and end of the QRS of a representative beat, on all leads together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ecgcore.signal.beat_classes import BEFORE_S
from ecgcore.signal.edges import (
    EdgeRule,
    distance_from,
    edge_after,
    level_at,
    quietest,
    quietest_at,
    speed_of,
)
from ecgcore.signal.marks import Marks
from ecgcore.signal.waveform import samples

Matrix = npt.NDArray[np.float64]

# Chosen on the odd recordings of LUDB and on simulated ones (benchmarks/delineation.py).
SMOOTHING_S = 0.004
ONSET = EdgeRule(share=0.035, over_quiet=1.5, hold_s=0.026)
OFFSET = EdgeRule(share=0.045, over_quiet=1.5, hold_s=0.026)

CENTRE = samples(BEFORE_S)
# The steepest part of a QRS lies so near its middle, its ends so far from the steepest part.
_CORE_BEFORE, _CORE_AFTER = samples(0.08), samples(0.10)
_REACH_BEFORE, _REACH_AFTER = samples(0.22), samples(0.18)
_CLEAR = samples(0.03)
# At the top of an R wave the leads rest, too; no edge is that far from the level before the QRS.
_INSIDE_SHARE = 0.5
_PART_FROM_SPIKE = samples(0.04)
_PR_LEVEL_BEFORE, _PR_LEVEL_UNTIL = samples(0.024), samples(0.004)


def find_qrs_edges(beat: Matrix, spike_end: int | None) -> Marks | None:
    """Find the QRS of one beat.

    Parameters
    ----------
    beat : ndarray, shape (leads, samples), mV
        The middle of its QRS lies `BEFORE_S` after its begin.
    spike_end : int or None
        First sample after a pacing spike that precedes the QRS.

    Returns
    -------
    Marks or None
        Without P and T; None where nothing moves in the middle.
    """
    speed = speed_of(beat, SMOOTHING_S, slice(samples(0.15), CENTRE - samples(0.04)))
    begin = max(CENTRE - _CORE_BEFORE, spike_end or 0)
    fastest = begin + int(np.argmax(speed[begin : CENTRE + _CORE_AFTER]))
    if speed[fastest] <= 0.0:
        return None
    qrs_on = _onset(beat, speed, fastest, spike_end or 0)
    far = distance_from(beat, pr_level(beat, qrs_on))
    top = float(far[fastest - samples(0.1) : fastest + samples(0.1)].max())
    qrs_off = edge_after(
        speed,
        OFFSET,
        float(speed[fastest]),
        fastest + samples(0.01),
        min(fastest + _REACH_AFTER, speed.size - 1),
        far < _INSIDE_SHARE * top,
    )
    return Marks(qrs_on, qrs_off)


def _onset(beat: Matrix, speed: Matrix, fastest: int, spike_end: int) -> int:
    begin, last = fastest - _REACH_BEFORE, fastest - samples(0.01)
    far = distance_from(beat, level_at(beat, quietest_at(speed, begin, last)))
    inside = far >= _INSIDE_SHARE * far[fastest - samples(0.1) : fastest + samples(0.1)].max()
    top = float(speed[fastest])
    at_rest = ONSET.below(speed, top, quietest(speed, begin, last)) & ~inside
    earliest = max(begin, spike_end)
    found = np.flatnonzero(at_rest[earliest:fastest])
    if found.size:
        return earliest + int(found[-1])
    # The tail of a spike runs into the QRS: where they part.
    end = max(min(earliest + _PART_FROM_SPIKE, fastest), earliest + 1)
    return earliest + int(np.argmin(speed[earliest:end]))


def pr_level(beat: Matrix, qrs_on: int) -> Matrix:
    """Level of each lead from 24 to 4 ms before the QRS, the zero of every amplitude.

    Returns
    -------
    ndarray, shape (leads,), mV
    """
    window = beat[:, max(qrs_on - _PR_LEVEL_BEFORE, 0) : qrs_on - _PR_LEVEL_UNTIL + 1]
    return np.asarray(window.mean(axis=1))
