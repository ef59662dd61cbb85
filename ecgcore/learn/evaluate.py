"""Measure a model on a labelled set: as recorded, and under every row of the misplacement table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecgcore.electrodes import TABLE_ROWS, Swap
from ecgcore.learn.augment import swap_matrix
from ecgcore.learn.datasets.labelled_set import LabelledSet
from ecgcore.learn.metrics import Report, macro_auc, report
from ecgcore.model.checkpoint import Model
from ecgcore.model.labels import CODES
from ecgcore.model.predict import forward, to_probabilities
from ecgcore.signal.preprocess import scale_leads


@dataclass(frozen=True)
class SwapReport:
    """What one swap, applied to every recording of a set, does to a model.

    Attributes
    ----------
    macro_auc, macro_auc_change : float or None
        With the swap, and minus that of the recordings as they are.
    share_changed : float
        Share of recordings of which any finding is gained or lost.
    largest_probability_change : float
        Over all recordings and labels.
    """

    macro_auc: float | None
    macro_auc_change: float | None
    share_changed: float
    largest_probability_change: float


def logits_of(model: Model, data: LabelledSet, swap: Swap | None = None) -> npt.NDArray[np.float64]:
    """Logits, (R, K), of a conditioned set, its electrodes swapped if `swap` is given."""
    x = data.x if swap is None else swap_matrix(swap) @ data.x
    return forward(model, scale_leads(x, model.preprocessing), data.present)[0]


def truth_for(model: Model, data: LabelledSet) -> npt.NDArray[np.float32]:
    """Labels, (R, K), in the order of the model's own labels; NaN = unknown."""
    return data.labels[:, [CODES.index(label) for label in model.labels]]


def found(model: Model, probability: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Which findings are reported, (R, K): arg-max of a softmax model, otherwise by threshold."""
    if model.objective == "softmax":
        return probability == probability.max(axis=1, keepdims=True)
    return probability >= _thresholds(model)


def _thresholds(model: Model) -> npt.NDArray[np.float64]:
    return np.array([model.thresholds[label] for label in model.labels])


def evaluate(model: Model, data: LabelledSet) -> Report:
    """Evaluate on the recordings as they are."""
    probability = to_probabilities(model, logits_of(model, data))
    return report(truth_for(model, data), probability, _thresholds(model), model.labels)


def evaluate_swaps(
    model: Model, data: LabelledSet, swaps: dict[str, Swap] = TABLE_ROWS
) -> dict[str, SwapReport]:
    """Evaluate with each swap applied to every recording."""
    truth = truth_for(model, data)
    before = to_probabilities(model, logits_of(model, data))
    return {
        name: _swap_report(
            model, truth, before, to_probabilities(model, logits_of(model, data, swap))
        )
        for name, swap in swaps.items()
    }


def _swap_report(
    model: Model,
    truth: npt.NDArray[np.float32],
    before: npt.NDArray[np.float64],
    after: npt.NDArray[np.float64],
) -> SwapReport:
    clean, swapped = macro_auc(truth, before), macro_auc(truth, after)
    return SwapReport(
        macro_auc=swapped,
        macro_auc_change=None if clean is None or swapped is None else swapped - clean,
        share_changed=float((found(model, before) != found(model, after)).any(axis=1).mean()),
        largest_probability_change=float(np.abs(after - before).max()),
    )
