"""Begin, peak and end of the T wave of a representative beat, on all leads together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ecgcore.signal.edges import (
    EdgeRule,
    distance_from,
    edge_after,
    edge_before,
    quietest,
    speed_of,
)
from ecgcore.signal.marks import Marks
from ecgcore.signal.qrs_edges import pr_level
from ecgcore.signal.waveform import samples

Matrix = npt.NDArray[np.float64]

# Chosen on the odd recordings of LUDB and on simulated ones (benchmarks/delineation.py).
SMOOTHING_S = 0.010
ONSET = EdgeRule(share=0.22, over_quiet=0.78, hold_s=0.002)
OFFSET = EdgeRule(share=0.22, over_quiet=0.78, hold_s=0.002)

_AFTER_J = samples(0.03)
_SHORTEST = samples(0.03)
# Longest QT, and latest T peak, at 60 per minute; both change with the cube root of the interval
# (Fridericia). A QTc above 580 ms is hardly ever seen; what peaks later than the T wave of a QTc of
# about 520 ms is more often a U wave.
_LONGEST_QT_S, _LATEST_PEAK_S = 0.580, 0.430
_LONGEST_RR_S = 1.5
_BEFORE_NEXT_QRS = samples(0.06)
_STEEPEST_AFTER_PEAK = samples(0.12)
# Where the leads do not come to rest below this share of the steepest descent, another wave has
# begun. The end is then put where it stands, after the steepest descent, in simulated beats with
# such a P wave: 38 ms. Without one it is 46 ms (quartiles 41 to 51) in LUDB.
_HIDDEN_SHARE = 0.35
_HIDDEN_END = samples(0.038)
# If what hides the end begins sooner after the steepest descent, that descent is not the T wave's.
_DESCENT_SEEN = samples(0.016)


def add_t_wave(beat: Matrix, marks: Marks, rr_after_s: float) -> Marks:
    """Find the T wave.

    Parameters
    ----------
    beat : ndarray, shape (leads, samples), mV
    marks : Marks
        Those of the QRS, and of the P wave if there is one: the T wave ends before the next.
    rr_after_s : float
        Usual interval to the next beat.

    Returns
    -------
    Marks
        Without a T wave where there is no room for one, or where another wave hides its descent.
    """
    rate = min(rr_after_s, _LONGEST_RR_S) ** (1.0 / 3.0)
    rr = samples(rr_after_s)
    end = min(
        (marks.qrs_on - _BEFORE_NEXT_QRS if marks.p_on is None else marks.p_on) + rr,
        marks.qrs_on + samples(_LONGEST_QT_S * rate),
        beat.shape[1] - samples(0.02),
    )
    begin = marks.qrs_off + _AFTER_J
    latest_peak = min(marks.qrs_on + samples(_LATEST_PEAK_S * rate), end - samples(0.016))
    if latest_peak - begin < _SHORTEST:
        return marks
    far = distance_from(beat, pr_level(beat, marks.qrs_on))
    peak = begin + int(np.argmax(far[begin:latest_peak]))
    speed = speed_of(beat, SMOOTHING_S, slice(marks.qrs_off, end))
    steepest = peak + int(np.argmax(speed[peak : min(peak + _STEEPEST_AFTER_PEAK, end)]))
    top = float(speed[steepest])
    t_off = edge_after(speed, OFFSET, top, steepest, end)
    hidden = quietest(speed, t_off - samples(0.01), max(end, t_off)) > _HIDDEN_SHARE * top
    if hidden and end - steepest <= _DESCENT_SEEN:
        return replace(marks, t_off_hidden=True)
    if hidden:
        t_off = max(t_off, steepest + _HIDDEN_END)
    t_on = _onset(speed, marks.qrs_off, peak)
    return replace(marks, t_on=t_on, t_peak=peak, t_off=t_off, t_off_hidden=hidden)


def _onset(speed: Matrix, qrs_off: int, peak: int) -> int:
    first = min(qrs_off + samples(0.02), peak)
    steepest = first + int(np.argmax(speed[first : peak + 1]))
    return edge_before(speed, ONSET, float(speed[steepest]), qrs_off, steepest)
