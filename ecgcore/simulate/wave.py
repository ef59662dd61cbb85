"""Smooth vector waves with exact beginnings and ends, and their sum: the moving heart vector."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Wave:
    """One deflection of the heart vector: a sine-squared flank, a plateau, a flank.

    It is exactly zero outside `start_s` to `end_s` and below 1 % of its peak within 6 % of a flank
    from either end, so onset and offset are facts of the construction, not estimates.

    Attributes
    ----------
    start_s, rise_s, hold_s, fall_s : float
        Beginning and the durations of the three parts, seconds.
    peak_mv : tuple of 3 float
        Heart vector at the peak, mV to the left, to the feet, to the back.
    """

    start_s: float
    rise_s: float
    hold_s: float
    fall_s: float
    peak_mv: Vector

    @property
    def end_s(self) -> float:
        """Where the wave has returned to zero."""
        return self.start_s + self.rise_s + self.hold_s + self.fall_s

    def shape(self, time_s: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Fraction of the peak, 0 to 1, at each time."""
        rising = np.clip((time_s - self.start_s) / self.rise_s, 0.0, 1.0)
        falling = np.clip((self.end_s - time_s) / self.fall_s, 0.0, 1.0)
        return np.asarray(np.sin(np.pi / 2 * rising) ** 2 * np.sin(np.pi / 2 * falling) ** 2)


def heart_vector(waves: Iterable[Wave], n_samples: int, fs: float) -> npt.NDArray[np.float64]:
    """Sum waves on a grid that starts at 0 s; returns shape (3, n_samples), mV."""
    total = np.zeros((3, n_samples))
    for wave in waves:
        first = max(0, int(np.floor(wave.start_s * fs)))
        last = min(n_samples, int(np.ceil(wave.end_s * fs)) + 1)
        if first < last:
            time_s = np.arange(first, last) / fs
            total[:, first:last] += np.outer(wave.peak_mv, wave.shape(time_s))
    return total
