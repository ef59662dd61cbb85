"""What happens to a signal between the skin and the file: noise, gain, another recorder's filters.

Signals are tensors (B, 12, N) in mV at the rate of the network. Strengths are relative to the root
mean square of the lead, because not every source keeps its scale.
"""

from __future__ import annotations

import math

import torch

from ecgcore.learn.draws import Draws

# Corner frequencies of recorders, Hz: monitoring to diagnostic bandwidth (Kligfield et al.,
# Circulation 2007;115:1306), as far as they lie in the band of the networks.
LOW_PASS_HZ = (15.0, 40.0)
HIGH_PASS_HZ = (0.05, 1.0)
MAINS_HZ = (50.0, 60.0)
MAINS_DRIFT_HZ = 0.2
WANDER_HZ = (0.15, 0.7)
_BINOMIAL = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)


def lead_rms(x: torch.Tensor, floor: float) -> torch.Tensor:
    """Root mean square of each lead, (B, 12, 1); an almost flat lead counts as `floor` mV."""
    return x.square().mean(dim=2, keepdim=True).sqrt().clamp(min=floor)


def smooth(x: torch.Tensor) -> torch.Tensor:
    """Three-point binomial filter, twice: -3 dB at 13 Hz of 100 Hz."""
    kernel = torch.tensor(_BINOMIAL, device=x.device)
    padded = torch.nn.functional.pad(x, (2, 2), mode="replicate")
    return (padded.unfold(2, 5, 1) * kernel).sum(dim=3)


def white_and_slow(x: torch.Tensor, draws: Draws, fs: float) -> torch.Tensor:
    """White noise (root mean square 0.5) and a sine of 0.5-1.5 Hz, each lead its own."""
    white = draws.normal(*x.shape[1:])
    hz = 0.5 + draws.uniform(x.shape[1], 1)
    return 0.5 * white + _sine(hz, draws.uniform(x.shape[1], 1), x.shape[2], fs)


def wander(x: torch.Tensor, draws: Draws, fs: float) -> torch.Tensor:
    """Baseline wander of breathing: one slow sine per recording, each lead a share of its own."""
    low, high = WANDER_HZ
    hz = low + (high - low) * draws.uniform(1, 1)
    share = 2 * draws.uniform(x.shape[1], 1) - 1
    return share * _sine(hz, draws.uniform(1, 1), x.shape[2], fs)


def mains(x: torch.Tensor, draws: Draws, fs: float) -> torch.Tensor:
    """Mains hum as it appears at the rate `fs`: one phase, each lead a coupling of its own.

    Above half the rate it is folded back, as in a recording resampled without a filter: 60 Hz
    appears at 40 Hz in a signal of 100 Hz.
    """
    choice = draws.whole(0, len(MAINS_HZ))
    nominal = torch.tensor(MAINS_HZ, device=x.device)[choice][:, None, None]
    hz = nominal + MAINS_DRIFT_HZ * (2 * draws.uniform(1, 1) - 1)
    folded = (hz - fs * torch.round(hz / fs)).abs()
    coupling = 2 * draws.uniform(x.shape[1], 1) - 1
    return coupling * _sine(folded, draws.uniform(1, 1), x.shape[2], fs)


def muscle(x: torch.Tensor, draws: Draws, fs: float) -> torch.Tensor:
    """Muscle noise: differenced white noise, rising with frequency, which swells and fades."""
    white = draws.normal(x.shape[1], x.shape[2] + 1)
    high = (white[..., 1:] - white[..., :-1]) / math.sqrt(2.0)
    hz = 0.05 + 0.25 * draws.uniform(x.shape[1], 1)
    swell = 0.5 + 0.5 * _sine(hz, draws.uniform(x.shape[1], 1), x.shape[2], fs)
    return high * swell


def _sine(hz: torch.Tensor, phase: torch.Tensor, n_samples: int, fs: float) -> torch.Tensor:
    """Sines of `hz` with phases in turns; the last axis becomes time."""
    seconds = torch.arange(n_samples, device=hz.device) / fs
    return torch.sin(2 * math.pi * (hz * seconds + phase))


def other_recorder(
    x: torch.Tensor, low_pass_hz: torch.Tensor, high_pass_hz: torch.Tensor, fs: float
) -> torch.Tensor:
    """Filter as another recorder did, corner frequencies (B,) in Hz.

    The low-pass is a second-order Butterworth magnitude without phase shift. The high-pass is a
    single pole with its phase: that is what bends the ST segment in a monitoring lead.
    """
    if not len(x):
        return x  # no recording was chosen, and the transform refuses an empty batch
    if not len(x):
        return x  # MKL refuses to transform nothing
    f = torch.fft.rfftfreq(x.shape[2], 1 / fs, device=x.device)  # (N / 2 + 1,)
    low = 1 / torch.sqrt(1 + (f / low_pass_hz[:, None]) ** 4)
    turned = 1j * f / high_pass_hz[:, None]
    response = low * turned / (1 + turned)  # (B, N / 2 + 1)
    return torch.fft.irfft(torch.fft.rfft(x) * response[:, None, :], n=x.shape[2])
