"""Fit the score of the quality gate and measure it: ``python -m ecgcore.learn.quality_fit``.

The recordings are those of the PhysioNet/CinC Challenge 2011 as they are stored, detached leads at
the rail included. They carry no patients; recordings with nearly the same beat count as one
person's and stay on one side of every split (`quality_groups`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize
from sklearn.model_selection import StratifiedGroupKFold

from ecgcore.learn import metrics
from ecgcore.learn.datasets import cinc2011_quality
from ecgcore.learn.quality_groups import median_beat, same_person_groups, shift_of
from ecgcore.model.measured import Interval
from ecgcore.signal.quality_measures import measure
from ecgcore.signal.quality_score import FEATURES, ScoreWeights, badness, features
from ecgcore.signal.quality_window import open_window
from ecgcore.whole_file import write_whole

FOLDS = 10
SEED = 0
# Splits with other seeds, to see how much the figure owes to one of them.
OTHER_SEEDS = range(1, 11)
# Inverse of the penalty on squared weights; between 0.03 and 0.3 the area changes by 0.001.
STRENGTH = 0.1
# Share of the acceptable recordings that get a warning, and that would be refused.
WARNED_SHARE, REFUSED_SHARE = 0.05, 0.005
_DIGITS = 6

Array = npt.NDArray[np.float64]
Weights = ScoreWeights


@dataclass(frozen=True, eq=False)
class Judgements:
    """The recordings to fit to.

    Attributes
    ----------
    x : ndarray, shape (R, F)
        Features, NaN where one cannot be measured.
    acceptable : ndarray, shape (R,), bool
    group : ndarray, shape (R,)
        Equal for recordings that may be one person's.
    """

    x: Array
    acceptable: npt.NDArray[np.bool_]
    group: npt.NDArray[np.intp]

    def where(self, rows: npt.NDArray[np.intp]) -> Judgements:
        """Return some of the recordings."""
        return Judgements(self.x[rows], self.acceptable[rows], self.group[rows])


def read(folder: Path) -> Judgements:
    """Read the quality set and measure its recordings.

    Raises
    ------
    DatasetError
        The file is missing.
    """
    rows, acceptable, beats, shift = [], [], [], 1
    for judged in cinc2011_quality.judged(folder):
        window = open_window(judged.recording)
        rows.append(features(badness(window, measure(window)), window.long_enough))
        acceptable.append(judged.acceptable)
        beats.append(median_beat(window))
        shift = shift_of(window)
    return Judgements(np.array(rows), np.array(acceptable), same_person_groups(beats, shift))


def fit(data: Judgements, warn_below: float = 0.0, refuse_below: float = 0.0) -> Weights:
    """Fit a logistic regression of which no weight is positive.

    Deviation from the usual: the bound. A measure that is worse than in another recording then
    never speaks for a recording, in whatever data.
    """
    mean = np.nanmean(data.x, axis=0)
    known = np.where(np.isnan(data.x), mean, data.x)
    scale = np.maximum(known.std(axis=0), 1e-9)
    z = (known - mean) / scale
    sign = np.where(data.acceptable, 1.0, -1.0)

    def loss(parameters: Array) -> tuple[float, Array]:
        weight, logit = parameters[:-1], z @ parameters[:-1] + parameters[-1]
        value = STRENGTH * np.logaddexp(0.0, -sign * logit).sum() + weight @ weight / 2.0
        slope = -STRENGTH * sign / (1.0 + np.exp(sign * logit))
        return float(value), np.append(z.T @ slope + weight, slope.sum())

    bounds = [(None, 0.0)] * z.shape[1] + [(None, None)]
    found = optimize.minimize(
        loss, np.zeros(z.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds
    )
    return Weights(mean, scale, found.x[:-1], float(found.x[-1]), warn_below, refuse_below)


def folds(data: Judgements, seed: int) -> Iterator[tuple[npt.NDArray[np.intp], ...]]:
    """Split into rows to fit and rows to test, alike in share of acceptable, groups kept whole."""
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    yield from splitter.split(data.x, data.acceptable, data.group)


def out_of_fold(data: Judgements, seed: int) -> Array:
    """Return the score, (R,), of each recording by weights that were fitted without its group."""
    scores = np.full(len(data.x), np.nan)
    for fitted, tested in folds(data, seed):
        scores[tested] = fit(data.where(fitted)).probability(data.x[tested])
    return scores


def warning_limit(data: Judgements, scores: Array) -> float:
    """Return the score below which `WARNED_SHARE` of the acceptable recordings lie."""
    return float(np.quantile(scores[data.acceptable], WARNED_SHARE))


def refusal_limit(data: Judgements, scores: Array) -> float:
    """Return the score below which `REFUSED_SHARE` of the acceptable recordings lie."""
    return float(np.quantile(scores[data.acceptable], REFUSED_SHARE))


def warned_out_of_fold(data: Judgements, limit: Callable[[Judgements, Array], float]) -> Array:
    """Tell, (R,), what is below a limit that was set, like the weights, without its group."""
    below = np.zeros(len(data.x))
    for fitted, tested in folds(data, SEED):
        inner = data.where(fitted)
        chosen = limit(inner, out_of_fold(inner, SEED))
        below[tested] = fit(inner).probability(data.x[tested]) < chosen
    return below


@dataclass(frozen=True)
class OperatingPoint:
    """Sensitivity for unacceptable recordings, specificity for acceptable ones, at one limit."""

    limit: float
    sensitivity: Interval
    specificity: Interval


@dataclass(frozen=True)
class Figures:
    """What cross-validation says of the score.

    Attributes
    ----------
    records, unacceptable, groups : int
    auc, brier, calibration_error : Interval
        With 95 % bootstrap intervals over groups.
    auc_of_other_splits : tuple of float
        Smallest and largest over ten other splits.
    warning, refusal : OperatingPoint
        Limits chosen inside each fold.
    """

    records: int
    unacceptable: int
    groups: int
    auc: Interval
    auc_of_other_splits: tuple[float, float]
    brier: Interval
    calibration_error: Interval
    warning: OperatingPoint
    refusal: OperatingPoint


def evaluate(data: Judgements, scores: Array) -> Figures:
    """Measure out-of-fold scores, (R,)."""
    truth = data.acceptable.astype(float)
    others = [area(truth, out_of_fold(data, seed)) for seed in OTHER_SEEDS]
    limits = warning_limit(data, scores), refusal_limit(data, scores)
    return Figures(
        records=len(truth),
        unacceptable=int((~data.acceptable).sum()),
        groups=len(np.unique(data.group)),
        auc=_interval(metrics.auc, truth, scores, data.group),
        auc_of_other_splits=(round(min(others), _DIGITS), round(max(others), _DIGITS)),
        brier=_interval(metrics.brier, truth, scores, data.group),
        calibration_error=_interval(metrics.calibration_error, truth, scores, data.group),
        warning=_point(limits[0], data, warned_out_of_fold(data, warning_limit)),
        refusal=_point(limits[1], data, warned_out_of_fold(data, refusal_limit)),
    )


def _point(limit: float, data: Judgements, below: Array) -> OperatingPoint:
    unacceptable = (~data.acceptable).astype(float)
    return OperatingPoint(
        round(limit, _DIGITS),
        _interval(metrics.sensitivity, unacceptable, below, data.group),
        _interval(metrics.specificity, unacceptable, below, data.group),
    )


def area(truth: Array, scores: Array) -> float:
    """Return the area under ROC of scores, (R,), for truth 1 against 0."""
    return float(metrics.auc(truth, scores, np.ones((1, len(truth))))[0])


def _interval(
    figure: Callable[[Array, Array, Array], Array],
    truth: Array,
    given: Array,
    group: npt.NDArray[np.intp],
) -> Interval:
    """Give a figure its 95 % interval over groups drawn with replacement."""
    whole = float(figure(truth, given, np.ones((1, len(truth))))[0])
    draws = [figure(truth, given, w) for w in metrics.bootstrap_weights(group.astype(str))]
    return metrics.interval(whole, np.concatenate(draws))


def description(weights: Weights, figures: Figures) -> dict[str, Any]:
    """Return what ``weights/quality/score.json`` holds."""
    return {
        "name": "quality",
        "title": "Quality score: would a reader accept this recording?",
        "features": list(FEATURES),
        "mean": _rounded(weights.mean),
        "scale": _rounded(weights.scale),
        "weight": _rounded(weights.weight),
        "intercept": round(weights.intercept, _DIGITS),
        "warn_below": round(weights.warn_below, _DIGITS),
        "refuse_below": round(weights.refuse_below, _DIGITS),
        "training": {
            "data": "PhysioNet/CinC Challenge 2011, ODC-By 1.0 (Silva et al., Comput Cardiol "
            "2011;38:273-276)",
            "method": "logistic regression, no weight above 0, L2",
            "strength": STRENGTH,
            "seed": SEED,
            "folds": f"{FOLDS}, by likeness of beats, as patients are not known",
        },
        "metrics": asdict(figures),
    }


def _rounded(values: Array) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]


def main(arguments: list[str] | None = None) -> int:
    """Fit, measure and write the weights."""
    parser = argparse.ArgumentParser(
        prog="python -m ecgcore.learn.quality_fit", description="Fit the score of the quality gate."
    )
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--out", type=Path, required=True, metavar="score.json")
    parsed = parser.parse_args(arguments)
    data = read(parsed.data)
    scores = out_of_fold(data, SEED)
    figures = evaluate(data, scores)
    weights = fit(data, warning_limit(data, scores), refusal_limit(data, scores))
    text = json.dumps(description(weights, figures), indent=1, allow_nan=False) + "\n"
    write_whole(parsed.out, text.encode())
    print(json.dumps(asdict(figures), indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
