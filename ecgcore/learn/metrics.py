"""How good probabilities are: area under ROC with bootstrap intervals, thresholds, calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from ecgcore.model.labels import CODES

Array = npt.NDArray[np.floating]

# Fewer positives than this say nothing about a label; no figure is given.
MIN_POSITIVES = 2
# A threshold chosen on fewer positives than this would be noise: 0.5 is kept.
MIN_POSITIVES_FOR_THRESHOLD = 3
DEFAULT_THRESHOLD = 0.5
BOOTSTRAP_ROUNDS = 1000
# A few validation recordings that happen to be separated perfectly would drive it to zero.
LOG_TEMPERATURE_BOUNDS = (-1.0, 2.0)


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % bootstrap interval; None where it cannot be computed."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class LabelReport:
    """Performance on one label.

    Attributes
    ----------
    positives, known : int
        Recordings that carry the label, and that state it either way.
    auc : Interval
    sensitivity, specificity : float or None
        At the threshold.
    """

    positives: int
    known: int
    auc: Interval
    sensitivity: float | None
    specificity: float | None


@dataclass(frozen=True)
class Report:
    """Performance on one set of recordings."""

    records: int
    macro_auc: Interval
    labels: dict[str, LabelReport]


def auc(truth: Array, probability: Array) -> float | None:
    """Area under ROC over the recordings whose label is known (not NaN).

    None where either class has fewer than `MIN_POSITIVES` recordings.
    """
    known = ~np.isnan(truth)
    y, p = truth[known], probability[known]
    if min(y.sum(), (1 - y).sum()) < MIN_POSITIVES:
        return None
    return float(roc_auc_score(y, p))


def macro_auc(truth: Array, probability: Array) -> float | None:
    """Mean of `auc` over the labels, (R, K) each, that have one."""
    each = [auc(y, p) for y, p in zip(truth.T, probability.T, strict=True)]
    values = [value for value in each if value is not None]
    return float(np.mean(values)) if values else None


def report(
    truth: Array,
    probability: Array,
    thresholds: Array,
    labels: tuple[str, ...] = CODES,
    seed: int = 0,
) -> Report:
    """Evaluate probabilities, (R, K), against labels, (R, K), NaN = unknown."""
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, len(truth), (BOOTSTRAP_ROUNDS, len(truth)))
    resampled = np.array([_each_auc(truth[d], probability[d]) for d in draws])  # (rounds, K)
    usable = [auc(y, p) is not None for y, p in zip(truth.T, probability.T, strict=True)]
    reports = {
        label: _label_report(truth[:, k], probability[:, k], thresholds[k], resampled[:, k])
        for k, label in enumerate(labels)
    }
    macro = np.ma.masked_invalid(resampled[:, usable]).mean(axis=1)
    return Report(
        records=len(truth),
        macro_auc=_interval(macro_auc(truth, probability), np.ma.filled(macro, np.nan)),
        labels=reports,
    )


def _each_auc(truth: Array, probability: Array) -> list[float]:
    """Area under ROC per label; NaN where a draw holds one class only."""
    out = []
    for y, p in zip(truth.T, probability.T, strict=True):
        known = ~np.isnan(y)
        out.append(_rank_auc(y[known], p[known]))
    return out


def _rank_auc(y: Array, p: Array) -> float:
    """Area under ROC from ranks (Mann-Whitney), as fast as a bootstrap needs."""
    positives = int(y.sum())
    negatives = len(y) - positives
    if not positives or not negatives:
        return float("nan")
    rank_sum = rankdata(p)[y == 1].sum()
    return float((rank_sum - positives * (positives + 1) / 2) / (positives * negatives))


def _interval(value: float | None, resampled: Array) -> Interval:
    draws = resampled[~np.isnan(resampled)]
    if value is None or not draws.size:
        return Interval(None, None, None)
    low, high = np.quantile(draws, [0.025, 0.975])
    return Interval(value, float(low), float(high))


def _label_report(truth: Array, p: Array, threshold: float, resampled: Array) -> LabelReport:
    known = ~np.isnan(truth)
    y = truth[known] == 1
    reported = p[known] >= threshold
    enough = min(y.sum(), (~y).sum()) >= MIN_POSITIVES
    return LabelReport(
        positives=int(y.sum()),
        known=int(known.sum()),
        auc=_interval(auc(truth, p), resampled),
        sensitivity=float(reported[y].mean()) if enough else None,
        specificity=float((~reported[~y]).mean()) if enough else None,
    )


def choose_thresholds(truth: Array, probability: Array) -> npt.NDArray[np.float64]:
    """Threshold of best F1 per label, (K,), on validation recordings.

    It lies half-way between two observed probabilities; labels with too few positives keep 0.5.
    """
    return np.array([_best_f1_threshold(y, p) for y, p in zip(truth.T, probability.T, strict=True)])


def _best_f1_threshold(truth: Array, probability: Array) -> float:
    known = ~np.isnan(truth)
    y, p = truth[known] == 1, probability[known]
    if y.sum() < MIN_POSITIVES_FOR_THRESHOLD:
        return DEFAULT_THRESHOLD
    order = np.argsort(-p)
    hits = np.cumsum(y[order])
    f1 = 2 * hits / (np.arange(1, len(y) + 1) + y.sum())
    best = int(np.argmax(f1))
    below = p[order][best + 1] if best + 1 < len(p) else 0.0
    return float((p[order][best] + below) / 2)


def fit_temperature(truth: Array, logits: Array, *, softmax: bool) -> float:
    """Single temperature by which to divide validation logits (Guo et al., ICML 2017)."""

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        if softmax:
            top = scaled.max(axis=1, keepdims=True)
            log_sum = top[:, 0] + np.log(np.exp(scaled - top).sum(axis=1))
            return float(np.mean(log_sum - (scaled * truth).sum(axis=1)))
        known = ~np.isnan(truth)
        z, y = scaled[known], truth[known]
        return float(np.mean(np.logaddexp(0, z) - y * z))

    found = minimize_scalar(loss, bounds=LOG_TEMPERATURE_BOUNDS, method="bounded")
    return float(np.exp(found.x))
