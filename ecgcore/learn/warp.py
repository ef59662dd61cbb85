"""Changes of the time axis: shift, a clock that runs a little fast or slow, a shorter recording.

Signals are tensors (B, 12, N); all leads of a recording move together, and what leaves the window
is lost.
"""

from __future__ import annotations

import torch


def shift(x: torch.Tensor, samples: torch.Tensor) -> torch.Tensor:
    """Move each recording to later times by whole samples, (B,); zeros enter."""
    source = torch.arange(x.shape[2], device=x.device)[None, :] - samples[:, None]  # (B, N)
    inside = (source >= 0) & (source < x.shape[2])
    index = source.clamp(0, x.shape[2] - 1)[:, None, :].expand_as(x)
    return x.gather(2, index) * inside[:, None, :]


def zoom(x: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    """Run time faster by `factor`, (B,), about the middle; zeros enter where nothing is known.

    Cubic interpolation (Catmull-Rom): a straight line would smooth a signal of this low a rate.
    """
    n = x.shape[2]
    middle = (n - 1) / 2
    t = (torch.arange(n, device=x.device)[None, :] - middle) * factor[:, None] + middle  # (B, N)
    first = t.floor()
    u = (t - first)[:, None, :]
    before, at, after, beyond = (
        x.gather(2, (first.long() + k).clamp(0, n - 1)[:, None, :].expand_as(x))
        for k in (-1, 0, 1, 2)
    )
    slope, next_slope = (after - before) / 2, (beyond - at) / 2
    curve = at + u * (
        slope
        + u
        * (3 * (after - at) - 2 * slope - next_slope + u * (2 * (at - after) + slope + next_slope))
    )
    inside = (t >= 0) & (t <= n - 1)
    return curve * inside[:, None, :]


def crop(x: torch.Tensor, start: torch.Tensor, length: torch.Tensor) -> torch.Tensor:
    """Keep `length` samples from `start`, (B,) each, at the beginning; zeros follow.

    That is how a recording shorter than the network's input is padded.
    """
    index = torch.arange(x.shape[2], device=x.device)[None, :]  # (1, N)
    kept = index < length[:, None]
    return shift(x, -start) * kept[:, None, :]
