"""The ten seconds that the quality gate judges, seen in the ways that its checks need.

Everything is measured lead by lead, so a missing or broken lead changes no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy import signal as dsp

from ecgcore.leads import LEADS
from ecgcore.recording import Recording
from ecgcore.saturation import at_limit
from ecgcore.signal.preprocess import resample, rows_by_stretch, without_gaps

# What one page shows and the models read.
WINDOW_S = 10.0
# Enough for 50 and 60 Hz hum and muscle noise up to 100 Hz, and the rate of the recordings that the
# score was fitted to: noise above it is not seen, whatever the rate of the recorder.
WORK_FS_HZ = 250.0
# Above this a running median gets slow; means of neighbours bring the rate below it first.
MAX_MEDIAN_FS_HZ = 2000.0
# Pacemaker stimuli last 0.1 to 2 ms (IEC 60601-2-25:2011, 201.12.4.109); recorders stretch them to
# a few samples. A running median of twice this width takes them out and leaves the QRS complex.
PACING_MS = 4.0
# Below: baseline wander, above: muscle noise and hum (Kligfield et al., JACC 2007;49:1109-1127,
# put the ECG of adults between 0.67 and 150 Hz; its QRS complex lies below 40 Hz).
WANDER_HZ = 0.67
FINE_HZ = 40.0
# No beat is taller; larger deflections count as this large, so that one of them rules no filter.
MAX_DEFLECTION_MV = 10.0

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Window:
    """One window of a recording. Rows in the order of `leads.LEADS`.

    Attributes
    ----------
    raw : ndarray, shape (12, T), mV
        As recorded; NaN where nothing was.
    fs : float
        Of `raw`, Hz.
    limit : ndarray, shape (12, T), bool
        Samples of `raw` at the end of the recorder's range.
    long_enough : ndarray, shape (12,), bool
        Leads with at least two seconds in one piece; only these are seen below.
    work_fs : float
        Of what follows, Hz; 250 or the recording's own rate, if that is lower.
    whole : ndarray, shape (12, N), mV
        The longest piece of each lead, about its own median, gaps of samples bridged; NaN outside.
    wander, beats, fine : ndarray, shape (12, N), mV
        Its parts below 0.67 Hz, from there to 40 Hz with pacemaker stimuli taken out, and above
        40 Hz (zero where the rate is too low to hold it).
    """

    raw: Array
    fs: float
    limit: Mask
    long_enough: Mask
    work_fs: float
    whole: Array
    wander: Array
    beats: Array
    fine: Array

    @property
    def recorded(self) -> Mask:
        """Leads with at least one sample, shape (12,)."""
        return np.asarray(~np.isnan(self.raw).all(axis=1))

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.raw.shape[1] / self.fs

    @property
    def holds_fine(self) -> bool:
        """True where the rate is high enough to see muscle noise and hum."""
        return self.work_fs / 2.0 > FINE_HZ * 1.25

    def in_blocks(self, signal: Array, seconds: float) -> Array:
        """Cut (12, N) into whole blocks: (12, blocks, samples)."""
        size = max(1, round(seconds * self.work_fs))
        blocks = signal.shape[1] // size
        return signal[:, : blocks * size].reshape(len(signal), blocks, size)


def open_window(recording: Recording) -> Window:
    """Prepare the first ten seconds of a recording."""
    raw = recording.signal[:, : max(1, round(WINDOW_S * recording.fs))].astype(np.float64)
    fs = recording.fs
    work_fs = min(fs, WORK_FS_HZ)
    n_work = -(-raw.shape[1] * work_fs // fs)  # rounded up, as the resampler does
    parts = np.full((4, len(LEADS), int(n_work)), np.nan)
    long_enough = np.zeros(len(LEADS), dtype=bool)
    for (begin, end), rows in rows_by_stretch(raw, fs).items():
        views = _views(np.stack([without_gaps(raw[row, begin:end]) for row in rows]), fs, work_fs)
        start = round(begin / fs * work_fs)
        room = min(views.shape[2], parts.shape[2] - start)
        parts[:, rows, start : start + room] = views[:, :, :room]
        long_enough[rows] = True
    return Window(raw, fs, at_limit(raw, fs), long_enough, work_fs, *parts)


@lru_cache(maxsize=32)
def _filter(kind: str, edge_hz: float, fs: float) -> Array:
    return np.asarray(dsp.butter(2, edge_hz, kind, fs=fs, output="sos"))


def _filtered(signal: Array, kind: str, edge_hz: float, fs: float) -> Array:
    """Filter along the last axis without phase shift."""
    pad = min(round(fs / WANDER_HZ), signal.shape[-1] - 1)
    return np.asarray(dsp.sosfiltfilt(_filter(kind, edge_hz, fs), signal, axis=-1, padlen=pad))


def _views(samples: Array, fs: float, work_fs: float) -> Array:
    """Return whole, wander, beats and fine part, (4, rows, N), of leads without gaps."""
    bounded = samples - np.median(samples, axis=1, keepdims=True)
    bounded = bounded.clip(-MAX_DEFLECTION_MV, MAX_DEFLECTION_MV)
    whole = resample(bounded, fs, work_fs)
    smooth = _without_pacing(bounded, fs, work_fs)[:, : whole.shape[1]]
    wander = _filtered(smooth, "lowpass", WANDER_HZ, work_fs)
    beats, fine = smooth - wander, np.zeros_like(whole)
    if work_fs / 2.0 > FINE_HZ * 1.25:
        beats = _filtered(beats, "lowpass", FINE_HZ, work_fs)
        fine = _filtered(whole, "highpass", FINE_HZ, work_fs)
    return np.stack([whole, wander, beats, fine])


def _without_pacing(samples: Array, fs: float, work_fs: float) -> Array:
    """Bring to the working rate without needles of up to `PACING_MS`."""
    together = max(1, int(fs // (MAX_MEDIAN_FS_HZ / 2)))
    if fs > MAX_MEDIAN_FS_HZ:
        kept = samples[:, : samples.shape[1] // together * together]
        samples, fs = kept.reshape(len(kept), -1, together).mean(axis=2), fs / together
    width = 2 * round(PACING_MS / 1000.0 * fs) + 1
    return resample(ndimage.median_filter(samples, size=(1, width)), fs, work_fs)
