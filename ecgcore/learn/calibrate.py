"""Make probabilities mean what they say, from validation recordings alone.

One temperature for the whole model first (Guo et al., ICML 2017); then, where the validation
recordings support it, a small correction per label (Platt scaling: a factor and an offset), drawn
towards "no correction", because some labels have five positives. How strongly it is drawn is chosen
by cross-validation within the validation recordings. The order of probabilities within a label,
and with it every area under a curve, stays as it was.

References
----------
Guo C et al. On calibration of modern neural networks. ICML 2017.
Platt J. Probabilistic outputs for support vector machines. Advances in large margin classifiers
1999.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import expit

from ecgcore.learn.datasets.recordings import Recordings
from ecgcore.learn.outcomes import judged, logits_of
from ecgcore.learn.thresholds import choose_thresholds
from ecgcore.model.checkpoint import Model

Array = npt.NDArray[np.floating]

# A few validation recordings that happen to be separated perfectly would drive it to zero.
LOG_TEMPERATURE_BOUNDS = (-1.0, 2.0)
# Candidates for how strongly a label's factor and offset are drawn to 1 and 0, in units of the
# log-likelihood; infinite leaves them there.
PULLS = (0.3, 1.0, 3.0, 10.0, 30.0, np.inf)
# A label that the validation recordings get backwards is flattened, never turned round.
SMALLEST_SCALE = 0.2
FOLDS = 5
# With fewer, nothing can be said of folds, and the temperature has to do.
MIN_PATIENTS = 10 * FOLDS
_NEWTON_STEPS = 30
SOFTMAX_THRESHOLD = 0.5  # not used to report: a softmax model reports its arg-max


@dataclass(frozen=True, eq=False)
class Calibration:
    """Probability = sigmoid(scale * logit / temperature + bias).

    Attributes
    ----------
    temperature : float
    scale, bias : ndarray, shape (K,)
    pull : float
        What cross-validation chose of `PULLS`.
    """

    temperature: float
    scale: npt.NDArray[np.float64]
    bias: npt.NDArray[np.float64]
    pull: float

    def calibrated_logits(self, logits: Array) -> npt.NDArray[np.float64]:
        """Apply it to logits (R, K)."""
        return np.asarray(self.scale * logits / self.temperature + self.bias)


def calibrated(model: Model, validation: Recordings) -> Model:
    """Calibrate a model and choose its thresholds.

    Parameters
    ----------
    model : Model
        Its calibration and thresholds so far are ignored.
    validation : Recordings
        Not used in training. Nothing else is looked at.
    """
    truth, chosen = judged(model, validation)
    logits = logits_of(model, validation, chosen)
    if model.objective == "softmax":
        return replace(
            model,
            temperature=fit_temperature(truth, logits, softmax=True),
            thresholds=dict.fromkeys(model.labels, SOFTMAX_THRESHOLD),
            label_scale={},
            label_bias={},
        )
    fitted = fit(truth, logits, validation.patient[chosen])
    model = replace(
        model,
        temperature=fitted.temperature,
        label_scale=dict(zip(model.labels, fitted.scale.tolist(), strict=True)),
        label_bias=dict(zip(model.labels, fitted.bias.tolist(), strict=True)),
    )
    return replace(model, thresholds=choose_thresholds(model, validation))


def fit(truth: Array, logits: Array, patient: npt.NDArray[np.str_]) -> Calibration:
    """Fit temperature, factors and offsets on validation logits (R, K), multi-label.

    The pull is the one of least loss on patients that it was not fitted to.
    """
    if len(np.unique(patient)) < MIN_PATIENTS:
        return _fit(truth, logits, np.inf)
    fold = folds(patient)
    losses = [_held_out_loss(truth, logits, fold, pull) for pull in PULLS]
    return _fit(truth, logits, PULLS[int(np.argmin(losses))])


def folds(patient: npt.NDArray[np.str_]) -> npt.NDArray[np.intp]:
    """Fold, 0 to FOLDS - 1, of each recording: the same for all of a patient, on any machine."""
    patients, member = np.unique(patient, return_inverse=True)
    # In the order of a checksum, as sources may list one kind of patient after another.
    mixed = np.argsort([zlib.crc32(str(name).encode()) for name in patients], kind="stable")
    fold = np.empty(len(patients), dtype=np.intp)
    fold[mixed] = np.arange(len(patients)) % FOLDS
    return fold[member]


def _held_out_loss(truth: Array, logits: Array, fold: npt.NDArray[np.intp], pull: float) -> float:
    """Loss on each fold of what was fitted to the others, averaged."""
    losses = []
    for number in range(FOLDS):
        inside = fold != number
        fitted = _fit(truth[inside], logits[inside], pull)
        losses.append(_loss(truth[~inside], fitted.calibrated_logits(logits[~inside])))
    return float(np.mean(losses))


def _fit(truth: Array, logits: Array, pull: float) -> Calibration:
    temperature = fit_temperature(truth, logits, softmax=False)
    corrections = [
        _fit_label(y[~np.isnan(y)], z[~np.isnan(y)] / temperature, pull)
        for y, z in zip(truth.T, logits.T, strict=True)
    ]
    scale, bias = np.array(corrections).T
    return Calibration(temperature, scale, bias, pull)


def _fit_label(truth: Array, logits: Array, pull: float) -> tuple[float, float]:
    """Factor and offset of one label: ridge logistic regression by Newton's method; convex."""
    unchanged = np.array([1.0, 0.0])
    if not np.isfinite(pull) or not len(truth):
        return 1.0, 0.0
    solution = unchanged
    design = np.stack([logits, np.ones_like(logits)], axis=1)  # (R, 2)
    for _ in range(_NEWTON_STEPS):
        p = expit(design @ solution)
        gradient = design.T @ (p - truth) + pull * (solution - unchanged)
        curvature = (design * (p * (1 - p))[:, None]).T @ design + pull * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        # Short steps: from far away, Newton's method overshoots where the sigmoid is flat.
        solution = solution - np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-9:
            break
    return max(float(solution[0]), SMALLEST_SCALE), float(solution[1])


def _loss(truth: Array, logits: Array) -> float:
    """Binary cross-entropy over what is known: first per label, so that none drowns another."""
    known = ~np.isnan(truth)
    each = np.logaddexp(0, logits) - np.where(known, truth, 0.0) * logits
    n = known.sum(axis=0)
    return float((np.where(known, each, 0.0).sum(axis=0) / np.maximum(n, 1)).mean())


def fit_temperature(truth: Array, logits: Array, *, softmax: bool) -> float:
    """Single temperature by which to divide validation logits (Guo et al., ICML 2017).

    Parameters
    ----------
    truth : ndarray, shape (R, K)
        NaN = unknown (multi-label only).
    logits : ndarray, shape (R, K)
    softmax : bool
    """
    if not (~np.isnan(truth)).any():
        return 1.0

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
