"""Where a wave begins and ends, told by the speed at which all leads together move.

Speed and distance are root mean squares over the leads, so neither the order nor the polarity of
the leads changes them: exchanges of limb leads or of chest leads leave every edge where it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, uniform_filter1d

from ecgcore.signal.waveform import WORK_FS_HZ, samples

Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# A window that fits into the shortest pause between two waves.
_QUIET_WINDOW = samples(0.02)
# 1 uV per sample: no lead is steadier than that, and a flat one must not be divided by zero.
_STEADIEST_MV = 1e-3
# A lead may be so many times as noisy as most and still count in full.
_TOLERATED_NOISE = 4.0


@dataclass(frozen=True)
class EdgeRule:
    """When a wave has ended, coming from its steepest part.

    Attributes
    ----------
    share : float
        Of the largest speed of the wave.
    over_quiet : float
        Times the quietest speed nearby, added to it: noise is no wave.
    hold_s : float
        The mean over so long beyond the edge lies below, too: a pause within a wave is shorter.
    """

    share: float
    over_quiet: float
    hold_s: float

    def below(self, speed: Matrix, top: float, quiet: float) -> Mask:
        """Tell where the leads are at rest, and have been for `hold_s` before."""
        limit = self.share * top + self.over_quiet * quiet
        return np.asarray((speed < limit) & (mean_before(speed, samples(self.hold_s)) < limit))


def speed_of(beat: Matrix, smoothing_s: float, noise_from: slice) -> Matrix:
    """Root mean square over the leads of the slope, each lead in units of its own noise.

    Parameters
    ----------
    beat : ndarray, shape (leads, samples), mV
    smoothing_s : float
        Standard deviation of a Gaussian that removes muscle and mains.
    noise_from : slice
        Samples of which the quieter half tells each lead's noise. A lead that is noisier than most,
        for want of a good contact, counts less.

    Returns
    -------
    ndarray, shape (samples,)
    """
    slope = np.gradient(gaussian_filter1d(beat, smoothing_s * WORK_FS_HZ, axis=1), axis=1)
    power = uniform_filter1d(np.square(slope), _QUIET_WINDOW, axis=1)
    noise = np.sqrt(np.median(np.maximum(power[:, noise_from], 0.0), axis=1))
    scale = np.sqrt(np.square(noise) + np.median(noise) ** 2) + _STEADIEST_MV
    return np.asarray(np.sqrt(np.square(slope / scale[:, None]).mean(axis=0)))


def balance(beat: Matrix) -> Matrix:
    """Factors that scale down the leads that are far noisier than most, as a loose contact makes.

    Parameters
    ----------
    beat : ndarray, shape (leads, samples), mV

    Returns
    -------
    ndarray, shape (leads, 1)
        1 for a lead like the others.
    """
    power = uniform_filter1d(np.square(np.gradient(beat, axis=1)), _QUIET_WINDOW, axis=1)
    noise = np.sqrt(np.maximum(np.median(power, axis=1, keepdims=True), 0.0))
    tolerated = _TOLERATED_NOISE * np.median(noise) + _STEADIEST_MV
    return np.asarray(np.minimum(1.0, tolerated / np.maximum(noise, _STEADIEST_MV)))


def distance_from(beat: Matrix, level: Matrix) -> Matrix:
    """Root mean square over the leads of the distance from `level`, mV; shape (samples,)."""
    return np.asarray(np.sqrt(np.square(beat - level[:, None]).mean(axis=0)))


def mean_before(values: Matrix, length: int) -> Matrix:
    """Mean of each sample and the ``length - 1`` before it."""
    padded = np.pad(values, (length - 1, 0), mode="edge")
    return np.asarray(np.convolve(padded, np.full(length, 1.0 / length), mode="valid"))


def quietest_at(values: Matrix, first: int, last: int) -> int:
    """Begin of the quietest window within `first` to `last`."""
    length = min(_QUIET_WINDOW, last - first + 1)
    means = mean_before(values[first : last + 1], length)[length - 1 :]
    return first + int(np.argmin(means))


def quietest(values: Matrix, first: int, last: int) -> float:
    """Mean over the quietest window within `first` to `last`."""
    begin = quietest_at(values, first, last)
    return float(values[begin : min(begin + _QUIET_WINDOW, last + 1)].mean())


def level_at(beat: Matrix, begin: int) -> Matrix:
    """Level of each lead over one quiet window, shape (leads,), mV."""
    return np.asarray(beat[:, begin : begin + _QUIET_WINDOW].mean(axis=1))


def edge_before(
    speed: Matrix, rule: EdgeRule, top: float, first: int, last: int, allowed: Mask | None = None
) -> int:
    """Last sample of `first` to `last` at which a wave had not yet begun.

    Where the leads never come to rest: the sample at which they move least.

    Parameters
    ----------
    speed : ndarray, shape (samples,)
    rule : EdgeRule
    top : float
        Largest speed of the wave.
    first, last : int
    allowed : ndarray of bool, optional
        Samples that may be the edge.
    """
    rest = rule.below(speed, top, quietest(speed, first, last))
    if allowed is not None:
        rest = rest & allowed
    found = np.flatnonzero(rest[first : last + 1])
    return first + int(found[-1] if found.size else np.argmin(speed[first : last + 1]))


def edge_after(
    speed: Matrix, rule: EdgeRule, top: float, first: int, last: int, allowed: Mask | None = None
) -> int:
    """First sample of `first` to `last` at which a wave is over; see `edge_before`."""
    end = speed.size - 1
    mirrored = None if allowed is None else allowed[::-1]
    return end - edge_before(speed[::-1], rule, top, end - last, end - first, mirrored)
