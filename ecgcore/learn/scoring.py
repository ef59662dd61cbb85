"""From what a model said of a set of recordings to scores with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ecgcore.learn import metrics
from ecgcore.model.measured import (
    GroupChange,
    GroupScore,
    Interval,
    LabelGroup,
    LabelScore,
    Reliability,
    ScenarioScore,
    Scores,
    groups_of,
)

Array = npt.NDArray[np.floating]
# Figures of a label, (W, K) each: for W weightings of the recordings and K labels.
Table = dict[str, npt.NDArray[np.float64]]

_GROUP_FIGURES = ("auc", "average_precision", "f1", "brier", "calibration_error")


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a model said of R recordings, beside the truth.

    Attributes
    ----------
    labels : tuple of str
        K codes.
    truth : ndarray, shape (R, K)
        0 or 1; NaN = not annotated.
    before, probability : ndarray, shape (R, K)
        Before and after calibration.
    reported : ndarray, shape (R, K), bool
        Findings that the reader is told of.
    patient : ndarray of str, shape (R,)
    """

    labels: tuple[str, ...]
    truth: Array
    before: Array
    probability: Array
    reported: npt.NDArray[np.bool_]
    patient: npt.NDArray[np.str_]

    def where(self, keep: npt.NDArray[np.bool_]) -> Outcome:
        """Return the recordings for which `keep`, shape (R,), is true."""
        parts = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "labels"}
        return Outcome(self.labels, **{name: values[keep] for name, values in parts.items()})

    @property
    def counted(self) -> npt.NDArray[np.bool_]:
        """Labels, (K,), of which both sides have enough recordings for a figure."""
        positives, negatives = (self.truth == 1).sum(axis=0), (self.truth == 0).sum(axis=0)
        return np.minimum(positives, negatives) >= metrics.MIN_POSITIVES


def score(outcome: Outcome) -> Scores:
    """Compute every figure of `Scores`, by patient where one has several recordings."""
    tables = [_figures(outcome, weights) for weights in _weightings(outcome)]
    table = {name: np.concatenate([part[name] for part in tables]) for name in tables[0]}
    rng = np.random.default_rng(0)
    labels = {code: _label_score(outcome, table, k, rng) for k, code in enumerate(outcome.labels)}
    groups = {
        group.key: _group_score(outcome, table, group, labels)
        for group in groups_of(outcome.labels)
    }
    return Scores(
        records=len(outcome.truth),
        patients=len(np.unique(outcome.patient)),
        macro_auc=groups["all"].auc,
        groups=groups,
        labels=labels,
    )


def _weightings(outcome: Outcome) -> Iterator[npt.NDArray[np.float64]]:
    """All recordings once, then the draws of the bootstrap."""
    yield np.ones((1, len(outcome.patient)))
    yield from metrics.bootstrap_weights(outcome.patient)


def _figures(outcome: Outcome, weights: Array) -> Table:
    columns: dict[str, list[Array]] = {}
    for k in range(len(outcome.labels)):
        known = ~np.isnan(outcome.truth[:, k])
        y, w = outcome.truth[known, k].astype(float), weights[:, known]
        p, b = outcome.probability[known, k], outcome.before[known, k]
        reported = outcome.reported[known, k].astype(float)
        for name, values in (
            ("auc", metrics.auc(y, p, w)),
            ("average_precision", metrics.average_precision(y, p, w)),
            ("f1", metrics.f1(y, reported, w)),
            ("sensitivity", metrics.sensitivity(y, reported, w)),
            ("specificity", metrics.specificity(y, reported, w)),
            ("brier", metrics.brier(y, p, w)),
            ("brier_before", metrics.brier(y, b, w)),
            ("calibration_error", metrics.calibration_error(y, p, w)),
            ("calibration_error_before", metrics.calibration_error(y, b, w)),
        ):
            columns.setdefault(name, []).append(values)
    return {name: np.stack(values, axis=1) for name, values in columns.items()}


def _interval(name: str, draws: Array) -> Interval:
    """Interval of a figure, (1 + rounds,), whose first entry is the figure itself."""
    make = metrics.shifted_interval if name == "calibration_error" else metrics.interval
    return make(draws[0], draws[1:])


def _label_score(outcome: Outcome, table: Table, k: int, rng: np.random.Generator) -> LabelScore:
    truth = outcome.truth[:, k]
    known = ~np.isnan(truth)
    counts = LabelScore(positives=int((truth == 1).sum()), known=int(known.sum()))
    if not outcome.counted[k]:
        return counts
    names = (*_GROUP_FIGURES, "sensitivity", "specificity")
    figures: dict[str, Any] = {name: _interval(name, table[name][:, k]) for name in names}
    return replace(
        counts,
        **figures,
        brier_before=float(table["brier_before"][0, k]),
        calibration_error_before=float(table["calibration_error_before"][0, k]),
        calibration_error_if_true=metrics.calibration_error_if_true(
            outcome.probability[known, k], rng
        ),
    )


def _group_score(
    outcome: Outcome, table: Table, group: LabelGroup, labels: dict[str, LabelScore]
) -> GroupScore:
    columns = _columns(outcome, group)
    counted = tuple(outcome.labels[k] for k in columns)
    floors = [labels[code].calibration_error_if_true or 0.0 for code in counted]
    return GroupScore(
        labels=counted,
        **{name: _interval(name, _mean(table[name][:, columns])) for name in _GROUP_FIGURES},
        brier_before=_number(_mean(table["brier_before"][:1, columns])),
        calibration_error_before=_number(_mean(table["calibration_error_before"][:1, columns])),
        calibration_error_if_true=float(np.mean(floors)) if floors else None,
    )


def _columns(outcome: Outcome, group: LabelGroup) -> list[int]:
    """Where the labels of the group stand that have enough positives."""
    places = [outcome.labels.index(code) for code in group.labels]
    return [k for k in places if outcome.counted[k]]


def _mean(values: Array) -> npt.NDArray[np.float64]:
    """Mean over the last axis of what is defined; NaN where nothing is."""
    defined = ~np.isnan(values)
    total = np.where(defined, values, 0.0).sum(axis=-1)
    n = defined.sum(axis=-1)
    return np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)


def _number(values: Array) -> float | None:
    return None if np.isnan(values[0]) else float(values[0])


def auc_draws(outcome: Outcome) -> npt.NDArray[np.float64]:
    """Area under ROC per label, (1 + rounds, K): of all recordings, then of each draw."""
    return np.concatenate([_auc_table(outcome, weights) for weights in _weightings(outcome)])


def _auc_table(outcome: Outcome, weights: Array) -> npt.NDArray[np.float64]:
    columns = []
    for truth, probability in zip(outcome.truth.T, outcome.probability.T, strict=True):
        known = ~np.isnan(truth)
        columns.append(
            metrics.auc(truth[known].astype(float), probability[known], weights[:, known])
        )
    return np.stack(columns, axis=1)


def score_change(
    before: Outcome, after: Outcome, before_draws: Array | None = None
) -> ScenarioScore:
    """Compare what a model says of the same recordings as they are and under a scenario.

    Parameters
    ----------
    before, after : Outcome
    before_draws : ndarray, optional
        `auc_draws` of `before`, where several scenarios share it.

    Notes
    -----
    Both sides are drawn together, so the interval of a change is that of paired recordings.
    """
    clean = auc_draws(before) if before_draws is None else before_draws
    changed = auc_draws(after)
    shares = _share_draws(before, before.reported != after.reported)
    groups = {
        group.key: _group_change(before, group, clean, changed, shares[group.key])
        for group in groups_of(before.labels)
    }
    return ScenarioScore(
        macro_auc=groups["all"].auc.value,
        macro_auc_change=groups["all"].auc_change.value,
        share_changed=groups["all"].share_changed.value or 0.0,
        largest_probability_change=float(np.abs(after.probability - before.probability).max()),
        records=len(before.truth),
        groups=groups,
    )


def _share_draws(outcome: Outcome, flipped: npt.NDArray[np.bool_]) -> Table:
    """Share of recordings, (1 + rounds,) per group, of which any label of the group flipped."""
    groups = groups_of(outcome.labels)
    places = [[outcome.labels.index(code) for code in group.labels] for group in groups]
    any_flipped = np.stack([flipped[:, columns].any(axis=1) for columns in places], axis=1)
    shares = np.concatenate(
        [w @ any_flipped / w.sum(axis=1, keepdims=True) for w in _weightings(outcome)]
    )
    return {group.key: shares[:, column] for column, group in enumerate(groups)}


def _group_change(
    outcome: Outcome, group: LabelGroup, clean: Array, changed: Array, shares: Array
) -> GroupChange:
    columns = _columns(outcome, group)
    return GroupChange(
        auc=_interval("auc", _mean(changed[:, columns])),
        auc_change=_interval("auc_change", _mean(changed[:, columns] - clean[:, columns])),
        share_changed=_interval("share_changed", shares),
    )


def reliability(outcome: Outcome) -> dict[str, Reliability]:
    """Reliability curves: all findings of each group together, then each label alone."""
    pools = {group.key: _columns(outcome, group) for group in groups_of(outcome.labels)}
    pools |= {code: [k] for k, code in enumerate(outcome.labels)}
    return {key: _curves(outcome, columns) for key, columns in pools.items()}


def _curves(outcome: Outcome, columns: list[int]) -> Reliability:
    """Pool what is annotated of some labels."""
    known = ~np.isnan(outcome.truth[:, columns])
    truth = outcome.truth[:, columns][known].astype(float)
    return Reliability(
        before=metrics.reliability(truth, outcome.before[:, columns][known]),
        after=metrics.reliability(truth, outcome.probability[:, columns][known]),
    )
