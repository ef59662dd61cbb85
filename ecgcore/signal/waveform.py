"""From a recording to what is measured: 500 Hz, gaps bridged, no pacing spikes, no wander.

Every step treats each lead alone, except that pacing spikes are found on all leads together, by a
quantity that neither the order nor the polarity of the leads changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import signal as dsp

from ecgcore.leads import LEADS
from ecgcore.recording import Recording
from ecgcore.signal.pacing import Spike, find_spikes, without_spikes
from ecgcore.signal.preprocess import MAX_BRIDGED_GAP_S, resample, without_gaps

# All stages that follow count in samples of this rate: 2 ms.
WORK_FS_HZ = 500.0
# A lead that was recorded for less holds too few beats to be worth its filter transients.
MIN_LEAD_S = 2.0
# Highest cut-off that leaves the ST segment undistorted by a filter without phase shift is 0.67 Hz
# (Kligfield P et al. AHA/ACC/HRS recommendations, part I. Circulation 2007;115:1306).
HIGH_PASS_HZ = 0.5
_HIGH_PASS_ORDER = 2

Matrix = npt.NDArray[np.float64]


def samples(duration_s: float) -> int:
    """Return a duration as a whole number of samples at `WORK_FS_HZ`."""
    return round(duration_s * WORK_FS_HZ)


@dataclass(frozen=True, eq=False)
class Waveform:
    """A recording ready to be measured.

    Attributes
    ----------
    signal : ndarray, shape (12, T), mV
        At `WORK_FS_HZ`, high-passed at `HIGH_PASS_HZ` without phase shift; zero in leads not used.
    recorded : ndarray, shape (12, T), bool
        Where `signal` rests on recorded samples.
    spikes : tuple of Spike
        Pacing spikes, which were cut out of `signal`.
    """

    signal: Matrix
    recorded: npt.NDArray[np.bool_]
    spikes: tuple[Spike, ...]

    @property
    def n_samples(self) -> int:
        """Number of samples per lead, T."""
        return int(self.signal.shape[1])

    @property
    def used(self) -> npt.NDArray[np.bool_]:
        """Leads that are measured, shape (12,)."""
        return np.asarray(self.recorded.any(axis=1))

    def unbroken(self, at: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        """Tell which of the intervals between samples `at` were recorded, short gaps apart."""
        missing = np.concatenate([[0], np.cumsum(~self.recorded.any(axis=0))])
        return np.asarray(missing[at[1:]] - missing[at[:-1]] <= samples(MAX_BRIDGED_GAP_S))


def waveform(recording: Recording) -> Waveform | None:
    """Prepare a recording to be measured; None where no lead was recorded for `MIN_LEAD_S`."""
    known = ~np.isnan(recording.signal)
    enough = known.sum(axis=1) >= MIN_LEAD_S * recording.fs
    rows = np.flatnonzero(enough)
    if not rows.size:
        return None
    bridged = np.stack([without_gaps(recording.signal[row].astype(np.float64)) for row in rows])
    # Without its offset a lead does not ring at its ends when it is resampled.
    bridged -= np.median(bridged, axis=1, keepdims=True)
    raw = resample(bridged, recording.fs, WORK_FS_HZ)
    spikes = find_spikes(raw)
    clean = _high_pass(without_spikes(raw, spikes))
    n_samples = clean.shape[1]
    nearest = np.minimum(
        np.rint(np.arange(n_samples) * recording.fs / WORK_FS_HZ).astype(int),
        recording.n_samples - 1,
    )
    signal = np.zeros((len(LEADS), n_samples))
    recorded = np.zeros((len(LEADS), n_samples), dtype=bool)
    signal[rows], recorded[rows] = clean, known[rows][:, nearest]
    return Waveform(signal, recorded, spikes)


def _high_pass(signal: Matrix) -> Matrix:
    sos = dsp.butter(_HIGH_PASS_ORDER, HIGH_PASS_HZ, "highpass", fs=WORK_FS_HZ, output="sos")
    pad = min(round(WORK_FS_HZ / HIGH_PASS_HZ), signal.shape[1] - 1)
    return np.asarray(dsp.sosfiltfilt(sos, signal, axis=1, padlen=pad))
