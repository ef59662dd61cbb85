"""How likely a reader would accept a recording: a few measures, one logistic regression.

No weight is positive: whatever gets worse lowers the score. The weights are numbers in
``weights/quality/score.json``; `ecgcore.learn.quality_fit` makes them from the recordings of the
PhysioNet/CinC Challenge 2011, which readers judged acceptable or not.

References
----------
Silva I, Moody GB, Celi L. Improving the quality of ECGs collected using mobile phones. Comput
Cardiol 2011;38:273-276.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ecgcore.errors import CheckpointError
from ecgcore.leads import LEADS
from ecgcore.signal.quality_measures import Measures
from ecgcore.signal.quality_window import Array, Mask, Window

WEIGHTS_FILE = Path(__file__).parents[2] / "weights" / "quality" / "score.json"

# What is measured of each lead, such that more is worse, and how a reader would call it.
TITLES = {
    "dead": "stands still",
    "low": "low beats",
    "burst": "a single large deflection",
    "wander": "baseline wander",
    "noise": "noise",
    "noise of beats": "noise, for the height of the beats",
    "hum": "mains hum",
    "disagreement": "moves when other leads do not",
    "unpredicted": "cannot be told from the other leads",
    "blunt": "no sharp QRS complexes",
}
# Each is summed up twice: one bad lead spoils a page, and so does a fault of all of them.
SUMMARIES = ("worst", "middle")
FEATURES = tuple(f"{summary}: {measure}" for measure in TITLES for summary in SUMMARIES)
# Zero has no logarithm; less than this makes no difference to a reader.
_LEAST_MV, _LEAST_NOISE_MV, _LEAST_SHARE = 0.02, 0.002, 0.01


@dataclass(frozen=True, eq=False)
class ScoreWeights:
    """What `weights/quality/score.json` holds.

    Attributes
    ----------
    mean, scale, weight : ndarray, shape (F,)
        Of the features, in the order of `FEATURES`; a feature that is unknown counts as its mean.
    intercept : float
        Logit of an average recording.
    warn_below, refuse_below : float
        Scores below which a recording gets a warning, and below which it is refused.
    """

    mean: Array
    scale: Array
    weight: Array
    intercept: float
    warn_below: float
    refuse_below: float

    def contributions(self, features: Array) -> Array:
        """Return what each of the features, (..., F), adds to the logit."""
        known = np.where(np.isnan(features), self.mean, features)
        return np.asarray((known - self.mean) / self.scale * self.weight)

    def probability(self, features: Array) -> Array:
        """Return the probability, (...), that a reader accepts."""
        logit = self.contributions(features).sum(axis=-1) + self.intercept
        return np.asarray(1.0 / (1.0 + np.exp(-logit)))


@lru_cache(maxsize=4)
def load_weights(path: Path = WEIGHTS_FILE) -> ScoreWeights:
    """Read the weights of the score.

    Raises
    ------
    CheckpointError
        The file is missing or damaged, or was made for other features.
    """
    try:
        stated = json.loads(path.read_text("utf-8"))
        if tuple(stated["features"]) != FEATURES:
            raise CheckpointError(f"{path.name} was made for other features.")
        weights = ScoreWeights(
            mean=np.array(stated["mean"], dtype=float),
            scale=np.array(stated["scale"], dtype=float),
            weight=np.array(stated["weight"], dtype=float),
            intercept=float(stated["intercept"]),
            warn_below=float(stated["warn_below"]),
            refuse_below=float(stated["refuse_below"]),
        )
    except OSError as error:
        raise CheckpointError(f"{path.name} is missing or cannot be read.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path.name} is damaged ({type(error).__name__}).") from error
    if any(x.shape != (len(FEATURES),) for x in (weights.mean, weights.scale, weights.weight)):
        raise CheckpointError(f"{path.name} does not hold {len(FEATURES)} numbers of each kind.")
    return weights


def badness(window: Window, measures: Measures) -> dict[str, Array]:
    """Return each measure of `TITLES` for the twelve leads, (12,); NaN where it is unknown."""
    span_mv = np.maximum(measures.span_mv, _LEAST_MV)
    with np.errstate(invalid="ignore"):
        dead = np.maximum(measures.flat.mean(axis=1), window.limit.mean(axis=1))
        largest_mv = np.fmax.reduce(measures.spans_mv, axis=1)
        return {
            "dead": np.where(window.long_enough, dead, np.nan),
            "low": -_log(measures.span_mv, _LEAST_MV),
            "burst": _log(largest_mv / span_mv, 1.0),
            "wander": _log(measures.wander_mv, _LEAST_MV),
            "noise": _log(measures.fine_mv, _LEAST_NOISE_MV),
            "noise of beats": _log(measures.fine_mv / span_mv, _LEAST_SHARE),
            "hum": _log(measures.hum_mv, _LEAST_NOISE_MV),
            "disagreement": 1.0 - measures.agreement,
            "unpredicted": _log(1.0 - measures.predicted, _LEAST_SHARE),
            "blunt": -_log(measures.kurtosis, 1.0),
        }


def _log(values: Array, least: float) -> Array:
    return np.asarray(np.log10(np.maximum(values, least)))


def features(bad: dict[str, Array], leads: Mask) -> Array:
    """Sum up the measures of some of the leads, (12,), as the features of the score, (F,)."""
    found = []
    for values in bad.values():
        known = values[leads & ~np.isnan(values)]
        found += [known.max(), np.median(known)] if known.size else [np.nan, np.nan]
    return np.array(found)


def main_reason(bad: dict[str, Array], leads: Mask, weights: ScoreWeights) -> str:
    """Say which measure costs the score most, and in which lead it is worst."""
    costs = weights.contributions(features(bad, leads)).reshape(len(TITLES), len(SUMMARIES))
    name = tuple(TITLES)[int(costs.sum(axis=1).argmin())]
    worst = int(np.nanargmax(np.where(leads, bad[name], np.nan)))
    return f"{TITLES[name]}, most in {LEADS[worst]}"
