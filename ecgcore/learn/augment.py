"""Changes to training recordings that leave their labels true: swaps, shifts, noise, fewer leads.

Swaps come from the electrode potentials, never from the published table. Signals are torch tensors
of shape (B, 12, N) in mV, conditioned but not scaled, so that a swap can be applied exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch

from ecgcore.electrodes import TABLE_ROWS, Swap, parse_swap, swap_formulas
from ecgcore.leads import INDEX, LEADS
from ecgcore.signal.preprocess import PreprocessingConfig

# Limb-chest exchanges of cables of one colour (IEC colours).
SAME_COLOUR_SWAPS = ("RA/V1", "LA/V2", "LL/V3", "RL/V5")


@dataclass(frozen=True)
class AugmentConfig:
    """How often and how strongly training recordings are changed.

    Attributes
    ----------
    swap_probability : float
        Share of recordings whose electrodes are swapped: a table row, sometimes limb with chest.
    shift_s : float
        Largest shift in time, seconds; what leaves the window is lost, zeros enter.
    noise : float
        Largest root mean square of added noise, relative to that of the lead.
    chest_scale_sd : float
        Standard deviation of the log of the chest-to-limb scale, where a source does not keep it.
    drop_leads_probability : float
        Share of recordings of which only some leads, at least one, are shown.
    low_pass_probability : float
        Share of recordings that are smoothed as by another recorder's filter.
    """

    swap_probability: float = 0.5
    shift_s: float = 1.0
    noise: float = 0.2
    chest_scale_sd: float = 0.4
    drop_leads_probability: float = 0.2
    low_pass_probability: float = 0.3


@lru_cache(maxsize=256)
def _swap_matrix_bytes(swap: Swap) -> bytes:
    matrix = np.zeros((len(LEADS), len(LEADS)), dtype=np.float32)
    for lead, formula in swap_formulas(swap).items():
        assert formula is not None  # all twelve leads determine every swap
        for coefficient, source in formula.terms:
            matrix[INDEX[lead], INDEX[source]] = coefficient
    return matrix.tobytes()


def swap_matrix(swap: Swap) -> npt.NDArray[np.float32]:
    """(12, 12): multiply twelve leads by it to swap their electrodes."""
    flat = np.frombuffer(_swap_matrix_bytes(swap), dtype=np.float32)
    return flat.reshape(len(LEADS), len(LEADS)).copy()


class Augmenter:
    """Draws and applies the changes; all randomness comes from one generator."""

    def __init__(
        self, config: AugmentConfig, preprocessing: PreprocessingConfig, generator: torch.Generator
    ) -> None:
        self.config = config
        self.preprocessing = preprocessing
        self.generator = generator
        swaps = [*TABLE_ROWS.values(), *map(parse_swap, SAME_COLOUR_SWAPS)]
        self.matrices = torch.from_numpy(np.stack([swap_matrix(s) for s in swaps]))

    def __call__(
        self, x: torch.Tensor, present: torch.Tensor, chest_scale_known: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Change a batch.

        Parameters
        ----------
        x : tensor, shape (B, 12, N), mV
        present : bool tensor, shape (B, 12)
        chest_scale_known : bool tensor, shape (B,)

        Returns
        -------
        x, present
            Of the same shapes, still not scaled.
        """
        x = self._vary_chest_scale(x, chest_scale_known)
        x = self._swap(x)
        x = self._smooth(x)
        x = self._shift(x)
        x = self._add_noise(x)
        return x, self._drop_leads(present)

    def _chosen(self, n: int, probability: float) -> torch.Tensor:
        return torch.rand(n, generator=self.generator) < probability

    def _vary_chest_scale(self, x: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
        spread = torch.randn((len(x), 6), generator=self.generator) * self.config.chest_scale_sd
        spread = torch.where(known[:, None], torch.zeros_like(spread), spread)
        return torch.cat([x[:, :6], x[:, 6:] * spread.exp()[:, :, None]], dim=1)

    def _swap(self, x: torch.Tensor) -> torch.Tensor:
        which = torch.randint(len(self.matrices), (len(x),), generator=self.generator)
        matrices = self.matrices[which]
        stay = ~self._chosen(len(x), self.config.swap_probability)
        matrices[stay] = torch.eye(len(LEADS))
        return matrices @ x

    def _smooth(self, x: torch.Tensor) -> torch.Tensor:
        """Three-point binomial filter, twice: -3 dB near 18 Hz at 100 Hz."""
        chosen = self._chosen(len(x), self.config.low_pass_probability)
        kernel = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
        padded = torch.nn.functional.pad(x[chosen], (2, 2), mode="replicate")
        out = x.clone()
        out[chosen] = (padded.unfold(2, 5, 1) * kernel).sum(dim=3)
        return out

    def _shift(self, x: torch.Tensor) -> torch.Tensor:
        most = round(self.config.shift_s * self.preprocessing.fs)
        shifts = torch.randint(-most, most + 1, (len(x),), generator=self.generator)
        source = torch.arange(x.shape[2])[None, :] - shifts[:, None]  # (B, N)
        inside = (source >= 0) & (source < x.shape[2])
        index = source.clamp(0, x.shape[2] - 1)[:, None, :].expand_as(x)
        return x.gather(2, index) * inside[:, None, :]

    def _add_noise(self, x: torch.Tensor) -> torch.Tensor:
        """Muscle-like white noise and slow wander, each lead its own."""
        rms = x.square().mean(dim=2, keepdim=True).sqrt()
        strength = torch.rand((len(x), 1, 1), generator=self.generator) * self.config.noise
        white = torch.randn(x.shape, generator=self.generator)
        seconds = torch.arange(x.shape[2]) / self.preprocessing.fs
        hz = 0.5 + torch.rand((*x.shape[:2], 1), generator=self.generator)
        phase = 2 * torch.pi * torch.rand((*x.shape[:2], 1), generator=self.generator)
        wander = torch.sin(2 * torch.pi * hz * seconds + phase)
        return x + rms * strength * (0.5 * white + wander)

    def _drop_leads(self, present: torch.Tensor) -> torch.Tensor:
        drop = self._chosen(len(present), self.config.drop_leads_probability)
        share = torch.rand((len(present), 1), generator=self.generator)
        kept = present & (torch.rand(present.shape, generator=self.generator) < share)
        usable = drop & kept.any(dim=1)
        return torch.where(usable[:, None], kept, present)
