"""The P wave before the QRS of a representative beat, and whether there is one.

A stretch in which the leads move is a P wave only if they rest before it, if it is as long and as
tall as P waves are, and if it comes before every beat alike. The reasons why not are sentences.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

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
from ecgcore.signal.waveform import WORK_FS_HZ, samples

Matrix = npt.NDArray[np.float64]

# Chosen on the odd recordings of LUDB and on simulated ones (benchmarks/delineation.py).
SMOOTHING_S = 0.008
ONSET = EdgeRule(share=0.28, over_quiet=1.0, hold_s=0.030)
OFFSET = EdgeRule(share=0.40, over_quiet=0.6, hold_s=0.024)

_LONGEST_PR = samples(0.45)
_BEFORE_QRS = samples(0.008)
_SHORTEST_ROOM = samples(0.06)
_LENGTH = samples(0.09)
_MARGIN = samples(0.02)
# At the top of a P wave the leads rest, too; no end is that far from the level before the QRS.
_INSIDE_SHARE = 0.5
# The two atria may draw two humps with a pause between them: none so fast is near before a P wave.
_LOOK_BACK, _HUMP_SHARE = samples(0.05), 0.5
# In LUDB the leads rest, before marked P waves, below 0.26 of the P wave's largest speed; before
# what looks like P waves in fibrillation, flutter and pacing mostly above.
_RESTLESS_SHARE = 0.30
_SHORTEST_S, _LONGEST_SEGMENT_S = 0.044, 0.30
_LOWEST_MV = 0.035
# Median correlation of single beats with the mean of the others.
_LEAST_ALIKE = 0.60


def add_p_wave(beat: Matrix, marks: Marks, rr_before_s: float) -> tuple[Marks, str]:
    """Find the P wave: the stretch between T and QRS in which the leads move most.

    Parameters
    ----------
    beat : ndarray, shape (leads, samples), mV
    marks : Marks
        Those of QRS and T.
    rr_before_s : float
        Usual interval from the beat before.

    Returns
    -------
    marks : Marks
        With what looks most like a P wave, if anything does.
    reason : str
        Why it is none; empty if it may be one.
    """
    end = marks.qrs_on - _BEFORE_QRS
    t_off = end if marks.t_off is None else marks.t_off - samples(rr_before_s)
    begin = max(end - _LONGEST_PR, t_off, 0)
    if end - begin < _SHORTEST_ROOM:
        return marks, "No P waves to be seen: each QRS follows the T wave before it at once."
    speed = speed_of(beat, SMOOTHING_S, slice(begin, end))
    middle = _busiest(speed, begin, end)
    near = slice(max(begin, middle - _LENGTH), min(end, middle + _LENGTH))
    top = float(speed[near].max())
    if top <= 0.0:
        return marks, "No P waves: nothing moves between the T wave and the QRS."
    first = max(begin - _MARGIN, 0)
    calm = maximum_filter1d(speed, _LOOK_BACK, origin=(_LOOK_BACK - 1) // 2) < _HUMP_SHARE * top
    p_on = edge_before(speed, ONSET, top, first, middle - samples(0.012), calm)
    far = distance_from(beat, pr_level(beat, marks.qrs_on))
    outside = far < _INSIDE_SHARE * far[near].max()
    p_off = edge_after(speed, OFFSET, top, middle + samples(0.012), end, outside)
    rest = quietest(speed, first, max(p_on + samples(0.01), first + samples(0.02))) / top
    reason = _implausible(beat[:, p_on : p_off + 1], rest, marks.qrs_on - p_off)
    return replace(marks, p_on=p_on, p_off=p_off), reason


def _busiest(speed: Matrix, begin: int, end: int) -> int:
    """Middle of the stretch of the length of a P wave with the most movement."""
    energy = np.zeros(speed.size)
    energy[begin:end] = np.square(speed[begin:end])
    energy = np.convolve(energy, np.ones(_LENGTH), mode="same")
    first, last = begin + samples(0.036), end - samples(0.028)
    if last <= first:
        return (begin + end) // 2
    return first + int(np.argmax(energy[first:last]))


def _implausible(wave: Matrix, rest: float, samples_to_qrs: int) -> str:
    """Say why what was found is no P wave; empty if it may be one."""
    if rest > _RESTLESS_SHARE:
        return (
            f"No consistent P waves: before what could be one the leads move at {rest:.0%} of its "
            f"speed, more than {_RESTLESS_SHARE:.0%}."
        )
    duration_s = (wave.shape[1] - 1) / WORK_FS_HZ
    if duration_s < _SHORTEST_S:
        return f"No P waves: what precedes the QRS lasts {1000 * duration_s:.0f} ms only."
    if samples_to_qrs / WORK_FS_HZ > _LONGEST_SEGMENT_S:
        return "No P waves that belong to a QRS: none ends within 300 ms before it."
    height_mv = float(np.ptp(wave, axis=1).max())
    if height_mv < _LOWEST_MV:
        return f"No P waves: what precedes the QRS is at most {height_mv:.3f} mV high."
    return ""


def inconsistent(beats: Matrix, marks: Marks) -> str:
    """Say why what the representative beat shows is no P wave of the single beats.

    Parameters
    ----------
    beats : ndarray, shape (beats, leads, samples), mV
        The beats that the representative one stands for; NaN where not recorded.
    marks : Marks

    Returns
    -------
    str
        Empty where the P waves are consistent.
    """
    alike = likeness(beats, marks)
    alike = alike[~np.isnan(alike)]
    if not alike.size:
        return "Only one beat of the usual shape: a P wave cannot be told from chance."
    usual = float(np.median(alike))
    if usual >= _LEAST_ALIKE:
        return ""
    return (
        f"No consistent P waves: what precedes the QRS correlates by {usual:.2f} from beat to "
        f"beat, less than {_LEAST_ALIKE:.2f}."
    )


def likeness(beats: Matrix, marks: Marks) -> Matrix:
    """Correlation of each beat's P wave with the mean of the others, all leads as one signal.

    Returns
    -------
    ndarray, shape (beats,)
        NaN for a beat that has no lead in common with others.
    """
    assert marks.p_on is not None
    assert marks.p_off is not None
    end = min(marks.p_off + samples(0.012), marks.qrs_on - samples(0.004))
    stretch = beats[:, :, max(marks.p_on - _MARGIN, 0) : end + 1]
    recorded = ~np.isnan(stretch).any(axis=2, keepdims=True)  # (beats, leads, 1)
    smooth = gaussian_filter1d(np.nan_to_num(stretch), SMOOTHING_S * WORK_FS_HZ, axis=2)
    smooth = (smooth - smooth.mean(axis=2, keepdims=True)) * recorded
    count = recorded.sum(axis=0) - recorded
    others = (smooth.sum(axis=0) - smooth) / np.maximum(count, 1) * recorded
    products = (smooth * others).sum(axis=(1, 2))
    energies = np.square(smooth).sum(axis=(1, 2)) * np.square(others).sum(axis=(1, 2))
    comparable = (recorded & (count > 0)).any(axis=(1, 2))
    return np.where(comparable, products / np.sqrt(energies + 1e-12), np.nan)
