"""Where the QRS complexes are, on a signal made of all leads whose polarity does not matter.

Exchanging leads with each other or turning them upside down changes nothing here: each lead enters
by its envelope, and all leads enter alike.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import signal as dsp
from scipy.ndimage import uniform_filter1d

from ecgcore.signal.waveform import WORK_FS_HZ, Waveform, samples

Matrix = npt.NDArray[np.float64]

# Most of the energy of a QRS, little of that of P, T, wander and muscle.
_BAND_HZ = (6.0, 25.0)
# Two running means of this length make one hump of a notched or blocked QRS.
_SMOOTHING_S = 0.08
# The height of a QRS is the median of the highest points of overlapping stretches of this length:
# one beat at 40 per minute.
_STRETCH_S = 1.5
# A lead counts by the square of how far its QRS complexes stand above its quiet quarter.
_QUIET_PERCENTILE = 25.0
_MAX_CONTRAST = 20.0
# No lead counts for more than so many ordinary ones; no beat is so many times as high as usual.
_MOST_OF_A_LEAD, _TALLEST_BEAT = 3.0, 2.0
# A beat of 240 per minute follows after 0.25 s.
_REFRACTORY_S = 0.25
_MIN_SHARE = 0.35
# So near a beat a hump that is so much lower is its P or T wave (Pan J, Tompkins WJ. IEEE Trans
# Biomed Eng 1985;32:230, who compare slopes, and look for T waves only). Premature beats follow as
# closely, and lower than the beat before; P waves do not come that near in height.
_NEAR_S = 0.36
_P_SHARE, _T_SHARE = 0.65, 0.45
# Below this the leads are flat: 5 uV is one step of a coarse converter.
_FLAT_MV = 0.01
# The middle of a QRS is that of the stretch above this share of its height, at most so far away.
_MIDDLE_SHARE = 0.6
_MIDDLE_REACH_S = 0.12


def find_qrs(waveform: Waveform) -> npt.NDArray[np.intp]:
    """Return the middle of each QRS, samples; empty where nothing stands out like one."""
    height = _qrs_height(waveform)
    if height is None:
        return np.empty(0, dtype=np.intp)
    peaks, _ = dsp.find_peaks(height, distance=samples(_REFRACTORY_S), height=_MIN_SHARE)
    beats = [int(peak) for peak in peaks if not _overshadowed(height, peak, peaks)]
    return np.array([_middle(height, peak) for peak in beats], dtype=np.intp)


def _overshadowed(height: Matrix, peak: int, peaks: npt.NDArray[np.intp]) -> bool:
    """Tell a P or T wave from a beat by the much higher hump beside it."""
    after, before = peaks - peak, peak - peaks
    is_p = height[peaks[(after > 0) & (after < samples(_NEAR_S))]] * _P_SHARE > height[peak]
    is_t = height[peaks[(before > 0) & (before < samples(_NEAR_S))]] * _T_SHARE > height[peak]
    return bool(is_p.any() or is_t.any())


def _qrs_height(waveform: Waveform) -> Matrix | None:
    """Envelope of all leads over time, 1 at the height of a typical QRS; None where flat."""
    rows = waveform.used
    recorded = waveform.recorded[rows]
    sos = dsp.butter(2, _BAND_HZ, "bandpass", fs=WORK_FS_HZ, output="sos")
    pad = min(samples(0.5), waveform.n_samples - 1)
    power = np.square(dsp.sosfiltfilt(sos, waveform.signal[rows], axis=1, padlen=pad))
    for _ in range(2):
        power = uniform_filter1d(power, samples(_SMOOTHING_S), axis=1, mode="nearest")
    envelope = np.sqrt(np.maximum(power, 0.0))  # (leads, T)
    height = typical_peak(envelope, recorded)
    quiet = np.array(
        [
            np.percentile(lead[known], _QUIET_PERCENTILE)
            for lead, known in zip(envelope, recorded, strict=True)
        ]
    )
    contrast = np.clip(height / np.maximum(quiet, 1e-4) - 1.0, 0.0, _MAX_CONTRAST)
    weights = (np.square(contrast) + 1e-6)[:, None] * recorded
    total = (weights * limited(envelope, height)).sum(axis=0)
    total /= np.maximum(weights.sum(axis=0), 1e-6)
    anywhere = np.asarray(recorded.any(axis=0))
    typical = float(typical_peak(total[None], anywhere[None])[0])
    return np.asarray(total / typical) if typical > _FLAT_MV else None


def limited(signal: Matrix, height: Matrix) -> Matrix:
    """Let no lead decide alone, as one whose contact jumps would.

    Parameters
    ----------
    signal : ndarray, shape (leads, T)
    height : ndarray, shape (leads,)
        `typical_peak` of each lead, not negative.
    """
    most = _MOST_OF_A_LEAD * np.median(height)
    factor = np.minimum(1.0, most / np.maximum(height, 1e-9))[:, None]
    tallest = _TALLEST_BEAT * np.minimum(height, most)[:, None]
    return np.asarray(np.clip(signal * factor, -tallest, tallest))


def typical_peak(envelope: Matrix, recorded: npt.NDArray[np.bool_]) -> Matrix:
    """Median, over stretches in which a lead was recorded, of the highest point of each.

    Parameters
    ----------
    envelope : ndarray, shape (leads, T)
    recorded : ndarray of bool, shape (leads, T)

    Returns
    -------
    ndarray, shape (leads,)
    """
    length = samples(_STRETCH_S)
    starts = range(0, max(1, envelope.shape[1] - length // 2), length // 2)
    stretches = [slice(start, start + length) for start in starts]
    highest = np.array([envelope[:, stretch].max(axis=1) for stretch in stretches])
    share = np.array([recorded[:, stretch].mean(axis=1) for stretch in stretches])
    # At least the most complete stretch of each lead counts.
    counts = share >= np.minimum(share.max(axis=0), 0.6)
    return np.array([np.median(lead[use]) for lead, use in zip(highest.T, counts.T, strict=True)])


def _middle(height: Matrix, peak: int) -> int:
    reach = samples(_MIDDLE_REACH_S)
    first, last = max(peak - reach, 0), min(peak + reach, height.size - 1)
    low = height < _MIDDLE_SHARE * height[peak]
    before, after = np.flatnonzero(low[first:peak]), np.flatnonzero(low[peak : last + 1])
    left = first + int(before[-1]) + 1 if before.size else first
    right = peak + int(after[0]) - 1 if after.size else last
    return (left + right) // 2
