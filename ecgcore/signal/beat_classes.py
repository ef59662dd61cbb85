"""Beats of one shape together, each placed to the sample, and the representative beat of a shape.

Shapes are compared on all leads at once, so what is found does not depend on the order or the
polarity of the leads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal as dsp
from scipy.ndimage import uniform_filter1d

from ecgcore.signal.r_peaks import limited, typical_peak
from ecgcore.signal.waveform import WORK_FS_HZ, Waveform, samples

Matrix = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

# The QRS and what is next to it, without wander and muscle.
_BAND_HZ = (1.0, 30.0)
_HALF_WIDTH_S = 0.10
_MAX_SHIFT_S = 0.05
# Multi-lead correlation from which two beats have one shape.
_SAME_SHAPE = 0.85
_STEADIEST_MV = 1e-3
# More shapes than this are noise; what resembles none of them is left apart.
_MAX_SHAPES = 12
_APART = -1
# Of shapes about equally frequent, as in bigeminy, the one that is not premature is the patient's.
_COMPARABLE_COUNT = 0.6
# The representative beat spans PR and QT of any patient: before and after the middle of the QRS.
BEFORE_S, AFTER_S = 0.6, 0.9


@dataclass(frozen=True, eq=False)
class Shape:
    """Beats that look alike.

    Attributes
    ----------
    members : ndarray of int
        Which of the beats, in order.
    """

    members: Indices


@dataclass(frozen=True, eq=False)
class Sorted:
    """All beats, placed and sorted by shape.

    Attributes
    ----------
    at : ndarray of int, shape (beats,)
        One fixed point within the QRS of each beat, samples; the same point in beats of one shape.
    shapes : tuple of Shape
        The patient's usual one first, then the others by number of beats.
    """

    at: Indices
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, eq=False)
class _Template:
    total: Matrix  # (12, w)
    counts: Matrix  # (12,)

    def plus(self, cut: Matrix, recorded: npt.NDArray[np.bool_]) -> _Template:
        return _Template(self.total + cut * recorded[:, None], self.counts + recorded)


def sort_beats(waveform: Waveform, middles: Indices) -> Sorted:
    """Align beats, given by the middle of each QRS, and sort them by the shape of the QRS."""
    half, shift = samples(_HALF_WIDTH_S), samples(_MAX_SHIFT_S)
    padded = np.pad(_comparable(waveform), [(0, 0), (half + shift, half + shift)])
    templates: list[_Template] = []
    at, number = middles.copy(), np.full(middles.size, _APART)
    for beat, middle in enumerate(middles):
        cut = padded[:, middle : middle + 2 * (half + shift)]
        recorded = waveform.recorded[:, middle]
        found, moved = _most_alike(cut, recorded, templates)
        if found is None and len(templates) < _MAX_SHAPES:
            found, moved = len(templates), 0
            templates.append(_Template(np.zeros((len(cut), 2 * half)), np.zeros(len(cut))))
        if found is not None:
            aligned = cut[:, shift + moved : shift + moved + 2 * half]
            templates[found] = templates[found].plus(aligned, recorded)
            at[beat], number[beat] = middle + moved, found
    return Sorted(np.clip(at, 0, waveform.n_samples - 1), _usual_first(at, number))


def _comparable(waveform: Waveform) -> Matrix:
    """Filter, and let no lead decide alone: neither a noisy one nor one whose contact jumps."""
    sos = dsp.butter(2, _BAND_HZ, "bandpass", fs=WORK_FS_HZ, output="sos")
    pad = min(samples(1.0), waveform.n_samples - 1)
    signal = dsp.sosfiltfilt(sos, waveform.signal, axis=1, padlen=pad)
    power = uniform_filter1d(np.square(signal), samples(_HALF_WIDTH_S), axis=1)
    noise = np.sqrt(np.maximum(np.median(power, axis=1), 0.0))
    used = waveform.used
    scale = np.sqrt(np.square(noise) + np.median(noise[used]) ** 2) + _STEADIEST_MV
    comparable = np.zeros_like(signal)
    scaled = signal[used] / scale[used, None]
    comparable[used] = limited(scaled, typical_peak(np.abs(scaled), waveform.recorded[used]))
    return comparable


def _most_alike(
    cut: Matrix, recorded: npt.NDArray[np.bool_], templates: list[_Template]
) -> tuple[int | None, int]:
    """Template that the beat resembles, and by how many samples it must move to match."""
    best: tuple[int | None, int] = None, 0
    best_alike = _SAME_SHAPE
    for number, template in enumerate(templates):
        common = recorded & (template.counts > 0)
        if not common.any():  # columns of a printed page: nothing speaks against the same shape
            alike, moved = _SAME_SHAPE, 0
        else:
            mean = template.total[common] / template.counts[common, None]
            alike, moved = _best_match(cut[common], mean)
        if alike > best_alike or (best[0] is None and alike >= best_alike):
            best, best_alike = (number, moved), alike
    return best


def _best_match(cut: Matrix, template: Matrix) -> tuple[float, int]:
    """Largest correlation over shifts, all leads as one signal, and its shift."""
    windows = sliding_window_view(cut, template.shape[1], axis=1)  # (L, shifts, w)
    products = np.einsum("lsw,lw->s", windows, template)
    energy = np.einsum("lsw,lsw->s", windows, windows) * np.square(template).sum()
    alike = products / np.sqrt(energy + 1e-12)
    best = int(np.argmax(alike))
    return float(alike[best]), best - (alike.size - 1) // 2


def _usual_first(at: Indices, number: Indices) -> tuple[Shape, ...]:
    groups = [np.flatnonzero(number == shape) for shape in range(number.max(initial=_APART) + 1)]
    if not groups:
        return ()
    groups.sort(key=len, reverse=True)
    rivals = [group for group in groups if len(group) >= _COMPARABLE_COUNT * len(groups[0])]
    usual = max(rivals, key=lambda group: _interval_before(at, group))
    ordered = [usual, *(group for group in groups if group is not usual)]
    return tuple(Shape(group) for group in ordered)


def _interval_before(at: Indices, group: Indices) -> float:
    """Median interval before the beats of a group; the first beat of all has none."""
    later = group[group > 0]
    return float(np.median(at[later] - at[later - 1])) if later.size else 0.0


def cut_beats(waveform: Waveform, at: Indices) -> Matrix:
    """Cut to (beats, 12, samples) around the given samples, mV; NaN where not recorded."""
    before, after = samples(BEFORE_S), samples(AFTER_S)
    signal = np.where(waveform.recorded, waveform.signal, np.nan)
    padded = np.pad(signal, [(0, 0), (before, after)], constant_values=np.nan)
    return np.stack([padded[:, middle : middle + before + after] for middle in at])


def median_beat(beats: Matrix) -> Matrix:
    """Return the median of what is not NaN: (beats, 12, samples) -> (12, samples)."""
    ordered = np.sort(beats, axis=0)  # NaN last
    known = np.count_nonzero(~np.isnan(beats), axis=0)
    low = np.take_along_axis(ordered, np.maximum(known - 1, 0)[None] // 2, axis=0)[0]
    high = np.take_along_axis(ordered, np.minimum(known // 2, len(beats) - 1)[None], axis=0)[0]
    return np.asarray((low + high) / 2.0)
