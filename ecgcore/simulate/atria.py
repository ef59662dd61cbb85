"""Atria without P waves: the coarse tremor of fibrillation and the saw teeth of flutter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ecgcore.simulate.noise import band_noise

Matrix = npt.NDArray[np.float64]

# Fibrillatory waves: 240 to 540 per minute, tallest in V1, then II, III, aVF.
FIBRILLATION_HZ = (4.0, 9.0)
_FIBRILLATION_PLANE = np.array(
    [
        [-0.018, 0.020, -0.034],
        [0.012, 0.024, 0.008],
    ]
)
# Typical flutter, up the septum and down the right free wall: negative in II, III, aVF with a slow
# fall and a steep return, upright in V1 from the vector that points forwards.
_FLUTTER_DOWN_MV = 0.24
_FLUTTER_FORWARD_MV = 0.07
_FLUTTER_FALL = 0.68


def fibrillation(n_samples: int, fs: float, rng: np.random.Generator) -> Matrix:
    """Heart vector of fibrillating atria, shape (3, T), mV.

    Two wavelets, each of a wandering frequency within `FIBRILLATION_HZ` and wandering size, move
    the vector in one plane.

    References
    ----------
    Stridh M, Sornmo L. Spatiotemporal QRST cancellation techniques for analysis of atrial
    fibrillation. IEEE Trans Biomed Eng 2001;48:105-111 (model of f waves; ours wanders at random
    where theirs is modulated by a sinusoid).
    """
    total = np.zeros((3, n_samples))
    for share in (0.7, 0.5):
        centre_hz = float(rng.uniform(5.2, 7.2))
        wander_hz = band_noise(1, n_samples, fs, (0.1, 0.8), rng)[0]
        frequency_hz = np.clip(centre_hz + 0.9 * wander_hz, *FIBRILLATION_HZ)
        phase = 2.0 * np.pi * np.cumsum(frequency_hz) / fs + float(rng.uniform(0.0, 2.0 * np.pi))
        size = share * np.clip(1.0 + 0.4 * band_noise(1, n_samples, fs, (0.1, 0.8), rng)[0], 0.2, 2)
        lag = float(rng.uniform(0.5, 1.5))
        circle = np.stack([np.sin(phase) + 0.2 * np.sin(2.0 * phase), np.sin(phase + lag)])
        total += _FIBRILLATION_PLANE.T @ (size * circle)
    return total


def flutter(n_samples: int, fs: float, atrial_bpm: float) -> Matrix:
    """Heart vector of fluttering atria, shape (3, T), mV; a cycle begins at 0 s."""
    cycles = np.arange(n_samples) / fs * atrial_bpm / 60.0
    phase = cycles - np.floor(cycles)
    fall = np.clip(phase / _FLUTTER_FALL, 0.0, 1.0)
    back = np.clip((1.0 - phase) / (1.0 - _FLUTTER_FALL), 0.0, 1.0)
    # A nearly straight slow fall, rounded; then a steep smooth return.
    tooth = fall**1.4 * np.sin(np.pi / 2.0 * back) ** 2
    bump = np.sin(np.pi * np.clip((phase - 0.25) / 0.6, 0.0, 1.0)) ** 2
    zero = np.zeros(n_samples)
    return np.stack([zero, -_FLUTTER_DOWN_MV * tooth, -_FLUTTER_FORWARD_MV * bump])
