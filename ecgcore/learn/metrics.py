"""Figures of merit of one label, each for many weightings of the recordings at once.

A weighting, (W, R), says how often each recording counts: ones for the figure itself, the counts of
each draw for its bootstrap. Truth (R,) is 0 or 1, probability (R,) lies in [0, 1]. Every figure is
NaN where a weighting leaves it undefined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecgcore.model.measured import Interval, ReliabilityPoint

Array = npt.NDArray[np.floating]

# Fewer positives (or negatives) than this say nothing about a label; no figure is given.
MIN_POSITIVES = 2
# Equal-width bins (Naeini et al., AAAI 2015). Ten rather than the 15 also seen: every bin adds
# chance to the estimate, and the test recordings are few (`calibration_error_if_true`). Not bins of
# equal counts, which would put nearly all recordings of a rare finding between 0 and 0.02, where no
# probability can be far wrong, and hide the few that are reported.
CALIBRATION_BINS = 10
BOOTSTRAP_ROUNDS = 1000
# Of what is written down; the recordings are far too few for more.
_DECIMALS = 6
# Weights held at once while resampling: 32 MB of float64.
_MAX_WEIGHTS = 4_000_000


@dataclass(frozen=True)
class _Ranked:
    """Weight of positives and negatives, (W, G), at each distinct probability, rising."""

    positive: npt.NDArray[np.float64]
    negative: npt.NDArray[np.float64]


def _rank(truth: Array, probability: Array, weights: Array) -> _Ranked:
    order = np.argsort(probability, kind="stable")
    p, y, w = probability[order], truth[order], weights[:, order]
    begins = np.flatnonzero(np.r_[True, np.diff(p) > 0][: len(p)])
    return _Ranked(
        np.add.reduceat(w * y, begins, axis=1), np.add.reduceat(w * (1 - y), begins, axis=1)
    )


def auc(truth: Array, probability: Array, weights: Array) -> npt.NDArray[np.float64]:
    """Area under ROC, (W,): the share of pairs of both classes in right order, ties one half."""
    ranked = _rank(truth, probability, weights)
    below = np.cumsum(ranked.negative, axis=1) - ranked.negative / 2
    pairs = ranked.positive.sum(axis=1) * ranked.negative.sum(axis=1)
    return _ratio((ranked.positive * below).sum(axis=1), pairs)


def average_precision(truth: Array, probability: Array, weights: Array) -> npt.NDArray[np.float64]:
    """Mean precision, (W,), over the steps of recall, as scikit-learn defines it."""
    ranked = _rank(truth, probability, weights)
    positive, both = ranked.positive[:, ::-1], (ranked.positive + ranked.negative)[:, ::-1]
    precision = _ratio(np.cumsum(positive, axis=1), np.cumsum(both, axis=1), undefined=0.0)
    return _ratio((positive * precision).sum(axis=1), positive.sum(axis=1))


def sensitivity(truth: Array, reported: Array, weights: Array) -> npt.NDArray[np.float64]:
    """Share of the positives that are reported, (W,); `reported` (R,) is 0 or 1."""
    return _ratio(weights @ (truth * reported), weights @ truth)


def specificity(truth: Array, reported: Array, weights: Array) -> npt.NDArray[np.float64]:
    """Share of the negatives that are not reported, (W,); `reported` (R,) is 0 or 1."""
    return sensitivity(1 - truth, 1 - reported, weights)


def f1(truth: Array, reported: Array, weights: Array) -> npt.NDArray[np.float64]:
    """Harmonic mean of precision and sensitivity, (W,); `reported` (R,) is 0 or 1."""
    return _ratio(2 * (weights @ (truth * reported)), weights @ (truth + reported))


def brier(truth: Array, probability: Array, weights: Array) -> npt.NDArray[np.float64]:
    """Mean squared difference of probability and truth, (W,)."""
    return _ratio(weights @ np.square(probability - truth), weights.sum(axis=1))


def calibration_error(truth: Array, probability: Array, weights: Array) -> npt.NDArray[np.float64]:
    """Average |mean probability - share true| over the bins, (W,): the calibration error."""
    members = np.eye(CALIBRATION_BINS)[_bin(probability)]  # (R, bins)
    gaps = np.abs(weights @ (members * (probability - truth)[:, None]))  # (W, bins)
    return _ratio(gaps.sum(axis=1), weights.sum(axis=1))


def calibration_error_if_true(probability: Array, rng: np.random.Generator) -> float:
    """Mean calibration error of probabilities that are exactly right, at this number of recordings.

    The binned estimator counts chance as error, so this is the floor beside which a measured error
    has to be read.
    """
    rounds = 200
    members = np.eye(CALIBRATION_BINS)[_bin(probability)]
    truth = rng.random((rounds, len(probability))) < probability
    return float(np.abs((probability - truth) @ members).sum(axis=1).mean() / len(probability))


def reliability(truth: Array, probability: Array) -> tuple[ReliabilityPoint, ...]:
    """Points of the reliability curve, lowest probability first; empty bins are left out."""
    bins = _bin(probability)
    return tuple(
        ReliabilityPoint(
            records=int((bins == number).sum()),
            probability=round(float(probability[bins == number].mean()), 5),
            share_true=round(float(truth[bins == number].mean()), 5),
        )
        for number in np.unique(bins)
    )


def _bin(probability: Array) -> npt.NDArray[np.intp]:
    return np.minimum((probability * CALIBRATION_BINS).astype(np.intp), CALIBRATION_BINS - 1)


def _ratio(above: Array, below: Array, undefined: float = np.nan) -> npt.NDArray[np.float64]:
    return np.divide(above, below, out=np.full(np.shape(above), undefined), where=below > 0)


def bootstrap_weights(
    patient: npt.NDArray[np.str_], rounds: int = BOOTSTRAP_ROUNDS, seed: int = 0
) -> Iterator[npt.NDArray[np.float64]]:
    """How often each recording counts, (some rounds, R), when patients are drawn with replacement.

    Recordings of one patient resemble each other, so they are drawn together.

    References
    ----------
    Efron B, Tibshirani RJ. An introduction to the bootstrap. Chapman & Hall 1993, chapter 8.
    """
    _, member = np.unique(patient, return_inverse=True)
    n_patients = int(member.max()) + 1
    rng = np.random.default_rng(seed)
    chunk = max(1, _MAX_WEIGHTS // len(patient))
    for start in range(0, rounds, chunk):
        size = min(chunk, rounds - start)
        drawn = rng.multinomial(n_patients, np.full(n_patients, 1 / n_patients), size)
        yield drawn[:, member].astype(np.float64)


def interval(value: float, resampled: Array) -> Interval:
    """Give a value the 2.5 and 97.5 % quantiles of its bootstrap; draws that are NaN fall out."""
    draws = resampled[~np.isnan(resampled)]
    if np.isnan(value) or not draws.size:
        return Interval(None)
    low, high = np.quantile(draws, [0.025, 0.975])
    return Interval(*(round(float(x), _DECIMALS) for x in (value, low, high)))


def shifted_interval(value: float, resampled: Array) -> Interval:
    """`interval`, moved so that its draws average to the value, and kept above zero.

    For the calibration error: resampling adds as much chance again as the recordings hold, which
    the estimator counts as error, so its raw draws all lie too high.
    """
    if np.isnan(value) or np.isnan(resampled).all():
        return Interval(None)
    return interval(value, np.maximum(resampled - np.nanmean(resampled) + value, 0.0))
