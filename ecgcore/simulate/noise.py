"""Disturbances of the electrodes' potentials: baseline wander, mains hum, muscle."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ecgcore.electrodes import ELECTRODES
from ecgcore.simulate.config import Noise

_WANDER_HZ = (0.05, 0.5)
_MUSCLE_HZ = (20.0, 150.0)


def band_noise(
    rows: int, n_samples: int, fs: float, band_hz: tuple[float, float], rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Gaussian noise within a frequency band, shape (rows, n_samples), with an RMS near 1.

    It is cut from a stretch of at least two slowest periods, so that it need not repeat or vanish.
    """
    length = max(n_samples, int(np.ceil(2.0 * fs / band_hz[0])))
    frequency_hz = np.fft.rfftfreq(length, 1.0 / fs)
    inside = (frequency_hz >= band_hz[0]) & (frequency_hz <= min(band_hz[1], 0.45 * fs))
    spectrum = rng.standard_normal((rows, 2, frequency_hz.size)) * inside
    noise = np.fft.irfft(spectrum[:, 0] + 1j * spectrum[:, 1], n=length)
    # Each of the k bins inside carries 4 / length^2 of the mean square.
    return np.asarray(noise[:, :n_samples] * length / (2.0 * np.sqrt(inside.sum())))


def electrode_noise(
    noise: Noise, n_samples: int, fs: float, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Disturbance of each electrode, shape (10, n_samples), mV.

    The hum has one phase everywhere and a strength of its own per electrode, as it couples into
    cables of different impedance. Every part draws its random numbers whether it is used or not,
    so switching one off leaves the others as they were.
    """
    rows = len(ELECTRODES)
    wander = band_noise(rows, n_samples, fs, _WANDER_HZ, rng)
    muscle = band_noise(rows, n_samples, fs, _MUSCLE_HZ, rng)
    coupling = rng.uniform(-1.0, 1.0, (rows, 1))
    hum = coupling * np.sin(2.0 * np.pi * noise.mains_hz * np.arange(n_samples) / fs)
    return noise.wander_mv * wander + noise.muscle_mv * muscle + noise.mains_mv * hum
