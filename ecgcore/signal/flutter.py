"""Flutter waves: between T and QRS the same wave again and again, 230 to 375 times per minute."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import signal as dsp

from ecgcore.signal.marks import Marks
from ecgcore.signal.waveform import WORK_FS_HZ, Waveform, samples

Matrix = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

# Atrial cycles, and a wider range in which a true maximum of the correlation stands out.
_SHORTEST_S, _LONGEST_S = 0.16, 0.26
_BAND_HZ = (4.0, 20.0)
_LEAST_ALIKE = 0.55
# Less time than this with both a wave and the next proves nothing: in all, and in one pause.
_LEAST_S, _LEAST_OVERLAP = 0.5, samples(0.10)
_CLEAR = samples(0.016)


def flutter_per_min(waveform: Waveform, beats: Indices, middle: int, marks: Marks) -> float | None:
    """Rate of flutter waves; None where there are none, or too few between T and QRS to be seen.

    In 2:1 conduction the waves lie on T and QRS, where this does not look.

    Parameters
    ----------
    waveform : Waveform
    beats : ndarray of int
        The fixed point of every QRS.
    middle : int
        Sample of that point in `marks`.
    marks : Marks
        Of the usual beat.
    """
    sos = dsp.butter(2, _BAND_HZ, "bandpass", fs=WORK_FS_HZ, output="sos")
    pad = min(samples(0.5), waveform.n_samples - 1)
    signal = dsp.sosfiltfilt(sos, waveform.signal, axis=1, padlen=pad)
    pauses = _pauses(beats, middle, marks)
    lags = np.arange(samples(_SHORTEST_S) - 1, samples(_LONGEST_S) + 1)
    alike = np.array([_self_likeness(signal, pauses, int(lag)) for lag in lags])
    inner = alike[1:-1]
    peaks = (inner >= alike[:-2]) & (inner >= alike[2:]) & (inner >= _LEAST_ALIKE)
    if not peaks.any():
        return None
    best = lags[1:-1][peaks][np.argmax(inner[peaks])]
    return float(60.0 * WORK_FS_HZ / best)


def _pauses(beats: Indices, middle: int, marks: Marks) -> list[tuple[int, int]]:
    """First and last sample between each T wave and the next QRS."""
    after = (marks.t_off or marks.qrs_off + samples(0.2)) - middle + _CLEAR
    before = marks.qrs_on - middle - _CLEAR
    return [(int(beat + after), int(following + before)) for beat, following in pairwise(beats)]


def _self_likeness(signal: Matrix, pauses: list[tuple[int, int]], lag: int) -> float:
    """Correlation of the pauses with themselves `lag` later, all leads as one signal."""
    long = [(a, b) for a, b in pauses if b - a >= lag + _LEAST_OVERLAP]
    if sum(b - a - lag for a, b in long) < samples(_LEAST_S):
        return 0.0
    now = np.hstack([signal[:, a : b - lag] for a, b in long])
    later = np.hstack([signal[:, a + lag : b] for a, b in long])
    whole = np.hstack([signal[:, a:b] for a, b in long])
    usual = np.sqrt(np.square(now).sum() * np.square(later).sum())
    # A stretch of rest is like any other: against the energy of all pauses it counts for nothing.
    expected = np.square(whole).sum() * now.shape[1] / whole.shape[1]
    return float((now * later).sum() / max(expected, usual, 1e-12))
