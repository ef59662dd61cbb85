"""Measure a network on recordings during training: loss and area under ROC, nothing slower."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from lightning_fabric import Fabric
from sklearn.metrics import roc_auc_score
from torch import nn

from ecgcore.learn.config import RunConfig
from ecgcore.learn.datasets.recordings import Recordings
from ecgcore.learn.losses import multilabel_part, softmax_part
from ecgcore.learn.metrics import MIN_POSITIVES
from ecgcore.learn.scaling import scaled
from ecgcore.learn.training_data import Targets
from ecgcore.signal.preprocess import PreprocessingConfig


@dataclass(frozen=True)
class Validation:
    """Figures on the validation recordings; None where they cannot be computed."""

    loss: float | None
    macro_auc: float | None
    auc: dict[str, float | None]


def validate(network: nn.Module, data: Targets, config: RunConfig, fabric: Fabric) -> Validation:
    """Measure a network, each process reading its share of the recordings."""
    if not len(data):
        return Validation(None, None, dict.fromkeys(config.labels))
    own = np.arange(fabric.global_rank, len(data), fabric.world_size)
    logits = torch.zeros(data.values.shape, device=fabric.device)
    if len(own):
        logits[own] = logits_of(
            network, data.recordings, own, config.preprocessing, config.training.batch
        )
    # Each process adds zeros where the others have read.
    logits = torch.as_tensor(fabric.all_reduce(logits, reduce_op="sum")).cpu()
    return figures(logits, torch.from_numpy(data.values), config)


def figures(logits: torch.Tensor, targets: torch.Tensor, config: RunConfig) -> Validation:
    """Loss without smoothing, and area under ROC per label, of logits (R, K)."""
    softmax = config.objective == "softmax"
    part = (softmax_part if softmax else multilabel_part)(logits, targets)
    each = {
        label: _auc(targets[:, k].numpy(), (logits.softmax(1) if softmax else logits)[:, k].numpy())
        for k, label in enumerate(config.labels)
    }
    known = [value for value in each.values() if value is not None]
    return Validation(
        loss=float(part.total / part.count) if part.count else None,
        macro_auc=float(np.mean(known)) if known else None,
        auc=each,
    )


def logits_of(
    network: nn.Module,
    recordings: Recordings,
    indices: npt.NDArray[np.integer],
    preprocessing: PreprocessingConfig,
    batch: int,
) -> torch.Tensor:
    """Logits, (len(indices), K), of recordings as they are."""
    device = next(network.parameters()).device
    training = network.training
    network.eval()
    out = []
    with torch.inference_mode():
        for start in range(0, len(indices), batch):
            chosen = indices[start : start + batch]
            x = torch.from_numpy(recordings.signals(chosen)).to(device)
            present = torch.from_numpy(recordings.present[chosen]).to(device)
            out.append(network(scaled(x, preprocessing), present)[0].float())
    network.train(training)
    return torch.cat(out).clone()


def _auc(truth: npt.NDArray[np.float32], score: npt.NDArray[np.float32]) -> float | None:
    known = ~np.isnan(truth) & ~np.isnan(score)
    y, s = truth[known], score[known]
    if min(y.sum(), (1 - y).sum()) < MIN_POSITIVES:
        return None
    return float(roc_auc_score(y, s))
