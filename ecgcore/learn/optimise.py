"""The optimiser, and the moving average of what it makes."""

from __future__ import annotations

import torch
from torch import nn
from torch.optim.swa_utils import get_ema_multi_avg_fn


def make_optimiser(network: nn.Module, rate: float, weight_decay: float) -> torch.optim.AdamW:
    """Decay kernels and matrices, not norms, biases, nor the attention vectors k."""
    decayed: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in network.named_parameters():
        is_matrix = parameter.ndim > 1 and not name.endswith("attention.k")
        (decayed if is_matrix else others).append(parameter)
    return torch.optim.AdamW(
        [
            {"params": decayed, "weight_decay": weight_decay},
            {"params": others, "weight_decay": 0.0},
        ],
        lr=rate,
    )


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Move an average of weights and running statistics towards the network, in place."""
    pairs = list(zip(average.state_dict().values(), network.state_dict().values(), strict=True))
    moving = [pair for pair in pairs if pair[0].is_floating_point()]
    averages, current = map(list, zip(*moving, strict=True))
    get_ema_multi_avg_fn(decay)(averages, current, torch.tensor(0))
    for counter, own in pairs:
        if not counter.is_floating_point():
            counter.copy_(own)


@torch.no_grad()
def restore_statistics(network: nn.Module, average: nn.Module) -> None:
    """Take the running statistics back from the average, in place.

    A batch that is not finite spoils them in the forward pass, before anybody can notice.
    """
    for own, averaged in zip(network.buffers(), average.buffers(), strict=True):
        own.copy_(averaged)
