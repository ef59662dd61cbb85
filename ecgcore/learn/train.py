"""Train one network on conditioned recordings; the weights kept are their moving average.

Multi-label: one sigmoid and binary cross-entropy per finding, unknown labels masked. Single-label:
softmax and cross-entropy, L = - sum_i y_i log g_i (CN110801218A, paragraphs 118-134).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from ecgcore.learn.augment import AugmentConfig, Augmenter
from ecgcore.learn.datasets.labelled_set import LabelledSet
from ecgcore.model.checkpoint import parameters_of
from ecgcore.signal.preprocess import PreprocessingConfig


@dataclass(frozen=True)
class TrainConfig:
    """How to train; all randomness follows from `seed`.

    Attributes
    ----------
    epochs, batch : int
    learning_rate : float
        Peak of a one-cycle schedule: linear warm-up, then cosine to zero.
    warm_up : float
        Share of all steps.
    weight_decay : float
        Of AdamW, on convolution kernels and the fully connected layer.
    ema : float
        Decay per step of the moving average of the weights.
    bf16 : bool
        Autocast the convolutions to bfloat16.
    """

    epochs: int = 40
    batch: int = 32
    learning_rate: float = 2e-3
    warm_up: float = 0.1
    weight_decay: float = 0.05
    ema: float = 0.995
    bf16: bool = True
    seed: int = 0


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training set gave."""

    number: int
    loss: float
    records_per_s: float


Objective = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def multilabel_loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Mean binary cross-entropy over the labels, (B, K), that are known (not NaN)."""
    known = ~labels.isnan()
    return functional.binary_cross_entropy_with_logits(logits[known], labels[known])


def softmax_loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Cross-entropy with class vectors (B, K) whose entries lie in [0, 1] and sum to 1."""
    return functional.cross_entropy(logits, labels)


def train(
    network: nn.Module,
    data: LabelledSet,
    config: TrainConfig,
    augment: AugmentConfig,
    preprocessing: PreprocessingConfig,
    objective: Objective = multilabel_loss,
) -> Iterator[Epoch]:
    """Train in place; after the last epoch the network holds the moving average.

    Parameters
    ----------
    network : nn.Module
        ``(x (B, 12, N), present (B, 12)) -> (logits (B, K), weights)``.
    data : LabelledSet
        With labels (R, K) in the order of the logits.
    """
    generator = torch.Generator().manual_seed(config.seed)
    torch.manual_seed(config.seed)  # dropout
    augmenter = Augmenter(augment, preprocessing, generator)
    tensors = [
        torch.from_numpy(a) for a in (data.x, data.present, data.labels, data.chest_scale_known)
    ]
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = _optimiser(network, config)
    steps = math.ceil(len(data) / config.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: _one_cycle(step / (steps * config.epochs), config.warm_up)
    )
    average = parameters_of(network)
    for number in range(1, config.epochs + 1):
        network.train()
        began, total = time.perf_counter(), 0.0
        for chosen in torch.randperm(len(data), generator=generator).split(config.batch):
            x, present, labels, known_scale = (t[chosen] for t in tensors)
            x, present = augmenter(x, present, known_scale)
            with torch.autocast("cpu", torch.bfloat16, enabled=config.bf16):
                logits, _ = network(_scale(x, preprocessing), present)
            loss = objective(logits.float(), labels)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            _update_average(average, network, config.ema)
            total += loss.item() * len(chosen)
        rate = len(data) / (time.perf_counter() - began)
        if number == config.epochs:
            network.load_state_dict(average)
        yield Epoch(number, total / len(data), rate)


def _optimiser(network: nn.Module, config: TrainConfig) -> torch.optim.AdamW:
    """Decay kernels and matrices, not norms, biases, nor the attention vector k."""
    decayed = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return torch.optim.AdamW(
        [
            {"params": decayed, "weight_decay": config.weight_decay},
            {"params": others, "weight_decay": 0.0},
        ],
        lr=config.learning_rate,
    )


def _one_cycle(progress: float, warm_up: float) -> float:
    if progress < warm_up:
        return progress / warm_up
    return 0.5 * (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up)))


def _scale(x: torch.Tensor, config: PreprocessingConfig) -> torch.Tensor:
    """Scale each lead as `preprocess.scale_leads` does, on tensors."""
    recorded = (x != 0).sum(dim=2, keepdim=True).clamp(min=1)
    rms = (x.square().sum(dim=2, keepdim=True) / recorded).sqrt()
    return x / rms.clamp(min=config.rms_floor)


def _update_average(average: dict[str, torch.Tensor], network: nn.Module, decay: float) -> None:
    for key, value in network.state_dict().items():
        if value.is_floating_point():
            average[key].lerp_(value.detach(), 1 - decay)
        else:
            average[key].copy_(value)
