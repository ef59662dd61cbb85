"""Random numbers of a training run: each draw follows from the seed and the step, nothing else.

No generator lives longer than a step, so a resumed run needs the number of its step and no
generator state; and draws are made for the whole batch, of which each process takes its part, so
that the number of processes changes nothing.
"""

from __future__ import annotations

import hashlib

import torch


def mix(*parts: int | str) -> int:
    """Hash a seed and the names of a draw into one 63-bit seed."""
    text = "/".join(map(str, parts))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


def permutation(n: int, seed: int, epoch: int) -> torch.Tensor:
    """Order, (n,), in which an epoch visits n recordings."""
    generator = torch.Generator().manual_seed(mix(seed, "order", epoch))
    return torch.randperm(n, generator=generator)


class Draws:
    """Random tensors with a first axis of recordings: drawn for a whole batch, cut to one part.

    Parameters
    ----------
    seed : int
    n_batch : int
        Recordings in the whole batch.
    part : slice
        Those that this process holds.
    device : torch.device
    """

    def __init__(self, seed: int, n_batch: int, part: slice, device: torch.device) -> None:
        self.seed = seed
        self.n_batch = n_batch
        self.part = part
        self.device = device
        self.generator = torch.Generator(device)

    def named(self, name: str) -> Draws:
        """Return independent draws: leaving one change out leaves the others as they were."""
        other = Draws(self.seed, self.n_batch, self.part, self.device)
        other.generator.manual_seed(mix(self.seed, name))
        return other

    def uniform(self, *shape: int) -> torch.Tensor:
        """Draw from [0, 1), shape (part, *shape)."""
        full = (self.n_batch, *shape)
        return torch.rand(full, generator=self.generator, device=self.device)[self.part]

    def normal(self, *shape: int) -> torch.Tensor:
        """Draw standard normal numbers, shape (part, *shape)."""
        full = (self.n_batch, *shape)
        return torch.randn(full, generator=self.generator, device=self.device)[self.part]

    def whole(self, low: int, high: int) -> torch.Tensor:
        """Draw integers of low ... high - 1, shape (part,)."""
        full = (self.n_batch,)
        drawn = torch.randint(low, high, full, generator=self.generator, device=self.device)
        return drawn[self.part]

    def chosen(self, probability: float) -> torch.Tensor:
        """Choose this share of the recordings, shape (part,), bool."""
        return self.uniform() < probability
