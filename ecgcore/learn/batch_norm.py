"""Batch normalisation whose statistics are those of all processes' recordings together.

`torch.nn.SyncBatchNorm` does this on GPUs only; this one runs wherever processes can add tensors.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import distributed, nn


class _SumOverProcesses(torch.autograd.Function):
    """Sum of a tensor over all processes; its gradient is the sum of theirs."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        total = x.clone()
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        total = gradient.clone()
        distributed.all_reduce(total)
        return total


def sum_over_processes(x: torch.Tensor) -> torch.Tensor:
    """Sum over all processes, differentiably."""
    return _SumOverProcesses.apply(x)


class SharedBatchNorm2d(nn.BatchNorm2d):
    """`nn.BatchNorm2d` over the union of the processes' batches, which may differ in size."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, channels, H, W) -> the same shape, normalised."""
        if not self.training:
            return super().forward(x)
        dims = (0, 2, 3)
        count = x.new_tensor([x.numel() / x.shape[1]], dtype=torch.float32)
        wide = x.float()
        sums = sum_over_processes(torch.cat([wide.sum(dims), count]))
        n = sums[-1].detach()
        mean = sums[:-1] / n
        centred = wide - mean[:, None, None]
        variance = sum_over_processes(centred.square().sum(dims)) / n
        self._remember(mean.detach(), (variance * n / (n - 1)).detach())
        scale = (variance + self.eps).rsqrt() * self.weight
        out = centred * scale[:, None, None] + self.bias[:, None, None]
        return out.to(x.dtype)

    def _remember(self, mean: torch.Tensor, variance: torch.Tensor) -> None:
        """Update the running statistics as `nn.BatchNorm2d` does, with the unbiased variance."""
        assert self.running_mean is not None  # never made without
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)
        self.num_batches_tracked += 1


def shared_over_processes(network: nn.Module) -> nn.Module:
    """Replace each batch normalisation, in place, by one that knows all processes."""
    for name, child in network.named_children():
        if isinstance(child, nn.BatchNorm2d):
            shared = SharedBatchNorm2d(child.num_features, child.eps, child.momentum)
            shared.load_state_dict(child.state_dict())
            setattr(network, name, shared)
        else:
            shared_over_processes(child)
    return network
