"""Which of many recordings may be of one person, where the source does not say: by their beats.

Rhythm and rate of a person change, the shape of the beat over all leads hardly does. Recordings
whose median beats are nearly the same are held together on one side of every split; two people
whose beats are that much alike are held together as well, which costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import signal as dsp
from scipy.sparse import csgraph, csr_matrix

from ecgcore.leads import INDEX
from ecgcore.signal.quality_measures import INDEPENDENT
from ecgcore.signal.quality_window import Window

# Correlation of median beats, over all leads at once, from which two recordings count as one
# person's. In the quality set three quarters of the recordings have no other that is so alike; with
# 0.85 two thirds of it would be one group.
SAME_FROM = 0.92
_BEFORE_S, _AFTER_S = 0.12, 0.36
_LEAST_DISTANCE_S = 0.3
_FEWEST_BEATS = 4
_SHIFT_S = 0.024

Array = npt.NDArray[np.float64]


def median_beat(window: Window) -> Array | None:
    """Return the median beat of the independent leads, (8, samples); None without clear beats."""
    signal = np.nan_to_num(window.beats[[INDEX[lead] for lead in INDEPENDENT]])
    before, after = (round(seconds * window.work_fs) for seconds in (_BEFORE_S, _AFTER_S))
    slope = np.sqrt((np.diff(signal, axis=1) ** 2).sum(axis=0))
    slope = np.convolve(slope, np.ones(before) / before, "same")
    peaks, _ = dsp.find_peaks(
        slope,
        distance=max(1, round(_LEAST_DISTANCE_S * window.work_fs)),
        height=np.quantile(slope, 0.9) / 2.0,
    )
    inside = peaks[(peaks >= before) & (peaks < signal.shape[1] - after)]
    if inside.size < _FEWEST_BEATS:
        return None
    return np.asarray(
        np.median([signal[:, peak - before : peak + after] for peak in inside], axis=0)
    )


def same_person_groups(beats: Sequence[Array | None], shift: int) -> npt.NDArray[np.intp]:
    """Give recordings with like beats one number, (R,).

    Parameters
    ----------
    beats : sequence of ndarray, shape (8, samples), or None
        Median beats at one rate; a recording without one is alone.
    shift : int
        By how many samples the beats may be moved against each other.
    """
    known = [number for number, beat in enumerate(beats) if beat is not None]
    stack = np.array([beats[number] for number in known])
    likeness = np.zeros((len(known), len(known)))
    for moved in range(-shift, shift + 1):
        there = _unit(np.roll(stack, moved, axis=2)[:, :, shift : stack.shape[2] - shift])
        here = _unit(stack[:, :, shift : stack.shape[2] - shift])
        likeness = np.maximum(likeness, here @ there.T)
    linked = np.zeros((len(beats), len(beats)), dtype=bool)
    linked[np.ix_(known, known)] = likeness >= SAME_FROM
    return np.asarray(csgraph.connected_components(csr_matrix(linked), directed=False)[1])


def shift_of(window: Window) -> int:
    """Return by how many samples the beats of such a window may be moved."""
    return max(1, round(_SHIFT_S * window.work_fs))


def _unit(stack: Array) -> Array:
    flat = stack.reshape(len(stack), -1)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-12))
