"""What training minimises: a weighted list of terms, each a sum over recordings and its count.

A term returns sum and count apart, because a batch may be spread over several processes: the mean
is taken over all of them, and a process with few known labels must not weigh more for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn import functional

from ecgcore.learn.config import RunConfig
from ecgcore.learn.pretext import naming_loss


@dataclass(frozen=True, eq=False)
class Seen:
    """What a term may look at: one process's part of a batch, and what the network made of it.

    Attributes
    ----------
    logits : tensor, shape (B, K)
    targets : tensor, shape (B, K)
        Labels 0 or 1, NaN = unknown; for a softmax class vectors that sum to 1.
    teacher : tensor, shape (B, K), or None
        Probabilities of a teacher, NaN where it says nothing.
    present : bool tensor, shape (B, 12)
    shown : tensor of int64, shape (B, 12)
        Which lead each row shows: see `swaps.leads_shown`.
    names : tensor, shape (B, 12, 24), or None
        Logits of the side task of naming the leads, where it is set.
    """

    logits: torch.Tensor
    targets: torch.Tensor
    teacher: torch.Tensor | None
    present: torch.Tensor
    shown: torch.Tensor
    names: torch.Tensor | None


@dataclass(frozen=True, eq=False)
class Part:
    """A sum of losses, a scalar, and over how many values it runs."""

    total: torch.Tensor
    count: torch.Tensor


@dataclass(frozen=True)
class Term:
    """One summand of the loss.

    Attributes
    ----------
    name : str
    weight : float
    part : callable
    """

    name: str
    weight: float
    part: Callable[[Seen], Part]


def terms_of(config: RunConfig) -> tuple[Term, ...]:
    """Return the terms of a run: its labels; its teachers and the side task where it has them."""
    each = softmax_part if config.objective == "softmax" else multilabel_part
    training = config.training
    taught = training.teacher_weight if training.teachers else 0.0

    def labels(seen: Seen) -> Part:
        return each(seen.logits, smoothed(seen.targets, training.label_smoothing, config.objective))

    def teacher(seen: Seen) -> Part:
        assert seen.teacher is not None  # given wherever there are teachers
        return each(seen.logits, seen.teacher)

    def naming(seen: Seen) -> Part:
        assert seen.names is not None  # given wherever the term has a weight
        return Part(*naming_loss(seen.names, seen.shown, seen.present))

    terms = [
        Term("labels", 1.0 - taught, labels),
        Term("teacher", taught, teacher),
        Term("naming", training.naming_weight, naming),
    ]
    return tuple(term for term in terms if term.weight)


def multilabel_part(logits: torch.Tensor, targets: torch.Tensor) -> Part:
    """Binary cross-entropy over the targets, (B, K), that are known (not NaN)."""
    known = ~targets.isnan()
    total = functional.binary_cross_entropy_with_logits(
        logits[known], targets[known], reduction="sum"
    )
    return Part(total, known.sum())


def softmax_part(logits: torch.Tensor, targets: torch.Tensor) -> Part:
    """Cross-entropy with class vectors, (B, K), that sum to 1; recordings with NaN are left out.

    L = - sum_i y_i log g_i (CN110801218A, paragraphs 118-134).
    """
    known = ~targets.isnan().any(dim=1)
    total = functional.cross_entropy(logits[known], targets[known], reduction="sum")
    return Part(total, known.sum())


def smoothed(targets: torch.Tensor, smoothing: float, objective: str) -> torch.Tensor:
    """Move targets towards "undecided": one half per label, or 1/K of a class vector."""
    undecided = 1 / targets.shape[1] if objective == "softmax" else 0.5
    return targets * (1 - smoothing) + smoothing * undecided
