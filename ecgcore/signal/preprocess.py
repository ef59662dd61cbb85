"""From a recording to what the networks see: band-pass, resample, pad or truncate, scale.

Every step treats each lead alone, so permuting the leads of a recording permutes the result and
changes nothing else.

Deviations from the source (CN110801218A), which leaves the values open: 100 Hz and 10 s as the
predetermined length, 0.5-40 Hz, and each lead divided by its own root mean square. The scale is
dropped because most of the labelled recordings that the weights were made from do not carry it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import signal as dsp

from ecgcore.errors import SignalError
from ecgcore.leads import LEADS
from ecgcore.recording import Recording

# Below this a rhythm cannot be told: two beats at 60 per minute.
MIN_USABLE_S = 2.0
# Shorter dropouts are bridged by a straight line; longer ones split the lead.
MAX_BRIDGED_GAP_S = 0.05
# Samples before this much time beyond the window settle the filter, then fall away.
FILTER_MARGIN_S = 1.0


@dataclass(frozen=True)
class PreprocessingConfig:
    """How a recording is prepared; stored in each checkpoint.

    Attributes
    ----------
    fs : float
        Rate of the network input, Hz.
    n_samples : int
        Predetermined length N per lead; shorter leads are padded with zeros, longer truncated.
    low_hz, high_hz : float
        Pass band of a zero-phase Butterworth filter.
    order : int
        Order of the filter per direction.
    rms_floor : float
        A lead whose root mean square is below this (mV) is divided by it instead, so that the
        noise of an almost flat lead is not blown up into a signal.
    """

    fs: float = 100.0
    n_samples: int = 1000
    low_hz: float = 0.5
    high_hz: float = 40.0
    order: int = 4
    rms_floor: float = 0.02

    @property
    def duration_s(self) -> float:
        """Length of the network input in seconds."""
        return self.n_samples / self.fs


@dataclass(frozen=True, eq=False)
class Prepared:
    """One recording, ready for a network.

    Attributes
    ----------
    x : ndarray, shape (12, N), float32
        Zero where nothing was recorded.
    present : ndarray, shape (12,), bool
        Leads that may be used.
    warnings : tuple of str
        What was truncated, padded, bridged or left out.
    """

    x: npt.NDArray[np.float32]
    present: npt.NDArray[np.bool_]
    warnings: tuple[str, ...]


@lru_cache(maxsize=32)
def _filter(fs: float, config: PreprocessingConfig) -> npt.NDArray[np.float64]:
    """Second-order sections of the filter at this rate."""
    if config.high_hz < 0.95 * fs / 2:
        band, kind = np.array([config.low_hz, config.high_hz]), "bandpass"
    else:
        band, kind = np.array(config.low_hz), "highpass"
    return np.asarray(dsp.butter(config.order, band, kind, fs=fs, output="sos"))


def band_pass(
    signal: npt.NDArray[np.floating], fs: float, config: PreprocessingConfig
) -> npt.NDArray[np.float64]:
    """Filter along the last axis without phase shift; shape and unit are kept.

    The upper edge is dropped where the sampling rate does not reach it.
    """
    sos = _filter(fs, config)
    # The longest memory is that of the low edge: one and a half of its periods.
    pad = min(round(1.5 * fs / config.low_hz), signal.shape[-1] - 1)
    return np.asarray(dsp.sosfiltfilt(sos, signal, axis=-1, padlen=pad), dtype=np.float64)


def resample(
    signal: npt.NDArray[np.floating], fs: float, target_fs: float
) -> npt.NDArray[np.float64]:
    """Change the rate along the last axis from `fs` to `target_fs`, both Hz (polyphase filter)."""
    ratio = Fraction(target_fs / fs).limit_denominator(1000)
    if ratio == 1:
        return np.asarray(signal, dtype=np.float64)
    return np.asarray(
        dsp.resample_poly(signal, ratio.numerator, ratio.denominator, axis=-1), dtype=np.float64
    )


def fit_length(signal: npt.NDArray[np.floating], n_samples: int) -> npt.NDArray[np.float64]:
    """Pad the last axis with zeros at its end, or truncate it, to exactly `n_samples`."""
    kept = signal[..., :n_samples]
    padding = [(0, 0)] * (kept.ndim - 1) + [(0, n_samples - kept.shape[-1])]
    return np.pad(np.asarray(kept, dtype=np.float64), padding)


def scale_leads(
    x: npt.NDArray[np.floating], config: PreprocessingConfig
) -> npt.NDArray[np.float32]:
    """Divide each lead of (..., N) by its root mean square over what is not padding."""
    recorded = np.count_nonzero(x, axis=-1, keepdims=True)
    power = np.square(x).sum(axis=-1, keepdims=True) / np.maximum(recorded, 1)
    return np.asarray(x / np.maximum(np.sqrt(power), config.rms_floor), dtype=np.float32)


def condition(
    recording: Recording, config: PreprocessingConfig
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_], tuple[str, ...]]:
    """Filter, resample and fit the length, but keep the scale.

    Returns
    -------
    x : ndarray, shape (12, N), float32, mV
    present : ndarray, shape (12,), bool
    warnings : tuple of str

    Raises
    ------
    SignalError
        No lead holds two seconds without a gap.
    """
    keep = round((config.duration_s + FILTER_MARGIN_S) * recording.fs)
    raw = recording.signal[:, :keep].astype(np.float64)
    x = np.zeros((len(LEADS), config.n_samples), dtype=np.float32)
    present = np.zeros(len(LEADS), dtype=bool)
    for (begin, end), rows in rows_by_stretch(raw, recording.fs).items():
        samples = np.stack([without_gaps(raw[row, begin:end]) for row in rows])
        filtered = resample(band_pass(samples, recording.fs, config), recording.fs, config.fs)
        offset = round(begin / recording.fs * config.fs)
        x[rows] = fit_length(np.pad(filtered, [(0, 0), (offset, 0)]), config.n_samples)
        present[rows] = True
    if not present.any():
        raise SignalError(
            f"No lead holds {MIN_USABLE_S:g} s without a gap (the recording lasts "
            f"{recording.duration_s:.2f} s), so no model can read it."
        )
    return x, present, _account(recording, config, present)


def rows_by_stretch(raw: npt.NDArray[np.float64], fs: float) -> dict[tuple[int, int], list[int]]:
    """Group the usable leads by their longest recorded stretch, to filter equals at once."""
    groups: dict[tuple[int, int], list[int]] = {}
    for row, samples in enumerate(raw):
        begin, end = longest_stretch(samples, fs)
        if end - begin >= MIN_USABLE_S * fs:
            groups.setdefault((begin, end), []).append(row)
    return groups


def longest_stretch(samples: npt.NDArray[np.float64], fs: float) -> tuple[int, int]:
    """First sample, and the one after the last, of the longest run without a long gap."""
    known = np.flatnonzero(~np.isnan(samples))
    if not known.size:
        return 0, 0
    breaks = np.flatnonzero(np.diff(known) > max(1, round(MAX_BRIDGED_GAP_S * fs)))
    firsts = known[np.concatenate([[0], breaks + 1])]
    lasts = known[np.concatenate([breaks, [known.size - 1]])]
    longest = int(np.argmax(lasts - firsts))
    return int(firsts[longest]), int(lasts[longest]) + 1


def without_gaps(samples: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Straight lines across the missing samples of a stretch."""
    known = np.flatnonzero(~np.isnan(samples))
    if known.size == samples.size:
        return samples
    return np.interp(np.arange(samples.size), known, samples[known])


def _account(
    recording: Recording, config: PreprocessingConfig, present: npt.NDArray[np.bool_]
) -> tuple[str, ...]:
    """Sentences for whatever the networks do not see as it was recorded."""
    warnings = []
    # A missing sample or two at the end (4998 or 4999 of 5000) is no event worth a sentence.
    slack_s = 0.1
    if recording.duration_s > config.duration_s + slack_s:
        warnings.append(
            f"The model reads the first {config.duration_s:g} s of {recording.duration_s:.1f} s."
        )
    elif recording.duration_s < config.duration_s - slack_s:
        warnings.append(
            f"The recording lasts {recording.duration_s:.1f} s; the model's input of "
            f"{config.duration_s:g} s was padded with zeros."
        )
    absent = [lead for lead, here in zip(LEADS, present, strict=True) if not here]
    if absent:
        warnings.append(f"Left out, because not recorded long enough: {', '.join(absent)}.")
    return tuple(warnings)


def prepare(recording: Recording, config: PreprocessingConfig) -> Prepared:
    """Make the network input of one recording.

    Raises
    ------
    SignalError
        No lead holds two seconds without a gap.
    """
    x, present, warnings = condition(recording, config)
    return Prepared(scale_leads(x, config), present, warnings)
