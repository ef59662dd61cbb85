"""What the quality gate measures of each lead: height, flat stretches, noise, likeness."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from ecgcore.leads import CHEST_LEADS, INDEX, LEADS
from ecgcore.signal.quality_window import Array, Mask, Window

BLOCK_S = 0.1
SECOND_S = 1.0
# A lead that stays within this for a second shows no wave that could be read at 10 mm/mV.
FLAT_MV = 0.03
# A second that holds half of a lead's usual height holds a beat, if that height is one at all.
_BEAT_SHARE, _BEAT_MV = 0.5, 0.1
MAINS_HZ = (50.0, 60.0)
_HUM_WIDTH_HZ, _BESIDE_HZ = 0.5, 4.0
# The median absolute value of normal noise is this share of its root mean square.
_MEDIAN_OF_RMS = 0.6745
# QRS complexes are where the energy around their spectral peak is high (Pan and Tompkins, IEEE
# Trans Biomed Eng 1985;32:230-236: squared slope, integrated over a window).
_SLOPE_WINDOW_S = 0.1
# Two of the six limb leads hold all that the others do.
INDEPENDENT = ("I", "II", *CHEST_LEADS)
# White noise added to each lead (mV), so that exact copies have a finite prediction error.
_RIDGE_MV = 0.005


@dataclass(frozen=True, eq=False)
class Measures:
    """What is measured of each lead; shape (12,) unless said, NaN where it cannot be.

    Attributes
    ----------
    spans_mv : ndarray, shape (12, seconds)
        Highest minus lowest value of the beats in each second.
    span_mv : ndarray
        Height of the beats: the median over the seconds.
    flat : ndarray, shape (12, blocks), bool
        Blocks of 0.1 s within a second in which the lead does not move.
    beating : ndarray, shape (blocks,), bool
        Blocks of 0.1 s within a second in which some lead shows a beat.
    fine_mv : ndarray
        Noise above 40 Hz between the beats, root mean square.
    largest_fine_mv : ndarray
        The same of the noisiest second.
    hum_mv : ndarray
        Amplitude of the line at 50 or 60 Hz, whichever is higher.
    wander_mv : ndarray
        Highest minus lowest of the medians of each second.
    agreement : ndarray
        Correlation of when the lead moves fast with when the median lead does.
    predicted : ndarray
        Share of the lead's variance that the other leads give; NaN for derived limb leads.
    kurtosis : ndarray
        High where brief QRS complexes stand out of a quiet baseline, 3 for noise.
    """

    spans_mv: Array
    span_mv: Array
    flat: Mask
    beating: Mask
    fine_mv: Array
    largest_fine_mv: Array
    hum_mv: Array
    wander_mv: Array
    agreement: Array
    predicted: Array
    kurtosis: Array


@contextmanager
def _nan_without_data() -> Iterator[None]:
    """Let means and medians over nothing be NaN without a warning."""
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def measure(window: Window) -> Measures:
    """Measure every lead of a window that is long enough."""
    with _nan_without_data():
        beats = window.in_blocks(window.beats, SECOND_S)
        spans = beats.max(axis=2) - beats.min(axis=2)  # (12, seconds), NaN where not all is known
        span_mv = np.nanmedian(spans, axis=1)
        fine = np.median(np.abs(window.in_blocks(window.fine, SECOND_S)), axis=2) / _MEDIAN_OF_RMS
        if not window.holds_fine:
            fine = np.full_like(fine, np.nan)
        # A median per second follows the baseline and not the beats, however wide they are.
        baseline = np.median(window.in_blocks(window.whole, SECOND_S), axis=2)
        flat, beating = _movement(window, span_mv)
        return Measures(
            spans_mv=spans,
            span_mv=span_mv,
            flat=flat,
            beating=beating,
            fine_mv=np.nanmedian(fine, axis=1),
            largest_fine_mv=np.nanmax(fine, axis=1),
            hum_mv=_hum(window),
            wander_mv=np.nanmax(baseline, axis=1) - np.nanmin(baseline, axis=1),
            agreement=_agreement(window),
            predicted=_predicted(window),
            kurtosis=_kurtosis(window.beats),
        )


def _movement(window: Window, span_mv: Array) -> tuple[Mask, Mask]:
    """Blocks in which each lead is flat, (12, blocks), and in which some lead beats, (blocks,)."""
    blocks = window.in_blocks(window.whole, BLOCK_S)
    per_second = round(SECOND_S / BLOCK_S)
    # NaN compares as not flat and not beating.
    moved = _running_span(blocks, per_second)  # (12, blocks), of the second that begins there
    flat = _spread(moved <= FLAT_MV, per_second)
    beating = _running_span(window.in_blocks(window.beats, BLOCK_S), per_second)
    usual = np.maximum(span_mv * _BEAT_SHARE, _BEAT_MV)[:, None]
    return flat, np.asarray(_spread(beating >= usual, per_second).any(axis=0))


def _running_span(blocks: Array, n: int) -> Array:
    """Highest minus lowest value of each `n` consecutive blocks, (12, blocks - n + 1)."""
    if blocks.shape[1] < n:
        return np.full((len(blocks), 0), np.nan)
    high = np.lib.stride_tricks.sliding_window_view(blocks.max(axis=2), n, axis=1).max(axis=2)
    low = np.lib.stride_tricks.sliding_window_view(blocks.min(axis=2), n, axis=1).min(axis=2)
    return np.asarray(high - low)


def _spread(starts: Mask, n: int) -> Mask:
    """Mark all blocks of every second that is marked at its first block."""
    padded = np.pad(starts, [(0, 0), (n - 1, n - 1)])
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, n, axis=1).any(axis=2))


def _hum(window: Window) -> Array:
    """Amplitude of the mains line of each lead, mV; NaN where the rate is too low for it."""
    result = np.full(len(LEADS), np.nan)
    for row in np.flatnonzero(window.long_enough):
        fine = window.fine[row][~np.isnan(window.fine[row])]
        taper = np.hanning(fine.size)
        amplitude_mv = np.abs(np.fft.rfft(fine * taper)) * 2.0 / taper.sum()
        frequency_hz = np.fft.rfftfreq(fine.size, 1.0 / window.work_fs)
        for mains_hz in MAINS_HZ:
            if window.holds_fine and mains_hz + _BESIDE_HZ < window.work_fs / 2.0:
                away_hz = np.abs(frequency_hz - mains_hz)
                line = amplitude_mv[away_hz <= _HUM_WIDTH_HZ].max()
                # Pacemaker stimuli are a comb of lines, as high beside the mains as on it.
                beside = amplitude_mv[(away_hz > 2 * _HUM_WIDTH_HZ) & (away_hz <= _BESIDE_HZ)].max()
                result[row] = np.fmax(result[row], max(line - beside, 0.0))
    return result


def _agreement(window: Window) -> Array:
    """Correlate when each lead moves fast with when the median lead does, shape (12,)."""
    slope = np.diff(window.beats, axis=1) ** 2
    size = max(1, round(_SLOPE_WINDOW_S * window.work_fs))
    known = ~np.isnan(slope)
    smooth = ndimage.uniform_filter1d(np.where(known, slope, 0.0), size, axis=1)
    energy = np.where(known, np.sqrt(np.maximum(smooth, 0.0)), np.nan)
    # The usual beat counts as 1, whatever is faster as well: a burst of noise is brief, too.
    usual = np.nanmedian(window.in_blocks(energy, SECOND_S).max(axis=2), axis=1)
    energy = np.minimum(energy / np.maximum(usual, np.finfo(float).tiny)[:, None], 1.0)
    median = np.nanmedian(energy, axis=0)
    return np.array([_correlation(lead, median) for lead in energy])


def _correlation(a: Array, b: Array) -> float:
    """Pearson's correlation over the samples that both hold; 0 where one is constant."""
    both = ~(np.isnan(a) | np.isnan(b))
    if not both.any():
        return float("nan")
    a, b = a[both] - a[both].mean(), b[both] - b[both].mean()
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale > 0 else 0.0


def _predicted(window: Window) -> Array:
    """Share of each independent lead's variance that the others give, shape (12,).

    The heart is nearly a dipole: three numbers at each time give most of eight leads (Frank,
    Circulation 1956;13:737-749), so a lead that the others cannot give holds something else. With
    covariance C, what is left of lead i is 1 / (C^-1)_ii.
    """
    result = np.full(len(LEADS), np.nan)
    rows = [INDEX[lead] for lead in INDEPENDENT if window.long_enough[INDEX[lead]]]
    signal = window.beats[rows]
    signal = signal[:, ~np.isnan(signal).any(axis=0)]
    if len(rows) < 3 or signal.shape[1] < len(rows) * 10:
        return result
    covariance = np.cov(signal) + np.eye(len(rows)) * _RIDGE_MV**2
    left = 1.0 / np.diag(np.linalg.inv(covariance))
    result[rows] = 1.0 - left / np.diag(covariance)
    return result


def _kurtosis(signal: npt.NDArray[np.float64]) -> Array:
    """Fourth moment over squared variance, shape (12,); 3 for normal noise and for a flat lead."""
    squares = np.square(signal - np.nanmean(signal, axis=1, keepdims=True))
    variance = np.nanmean(squares, axis=1)
    fourth = np.nanmean(np.square(squares), axis=1)
    return np.where(variance > 0, fourth / np.maximum(variance, 1e-12) ** 2, 3.0)
