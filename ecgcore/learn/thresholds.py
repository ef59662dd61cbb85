"""Thresholds at which a finding is reported: near the best F1, and where few recordings lie.

A threshold in the thick of the probabilities turns small changes of a probability into findings
that come and go. So a label's threshold is chosen in two steps, on validation recordings alone:

1. Keep every threshold whose F1, averaged over bootstrap draws of the patients, is within
   `F1_TOLERANCE` of the best. The draws smooth what a handful of positives makes jagged. F1 is
   taken of both sides, the finding's presence and its absence, and the worse loss counts: the F1
   of a finding that nearly everybody has would allow any threshold.
2. Of these, take the one with the fewest crossings: pairs of a validation recording and one row of
   the misplacement table whose two logits lie on either side of it, or come within `MARGIN`. In
   doubt, the middle of the widest stretch of equals.

Nothing is random: the bootstrap has a fixed seed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from ecgcore.learn import metrics
from ecgcore.learn.datasets.recordings import Recordings
from ecgcore.learn.outcomes import judged, logits_of
from ecgcore.learn.scenarios import ROW, SCENARIOS
from ecgcore.model.checkpoint import Model
from ecgcore.model.predict import calibrated_logits

Array = npt.NDArray[np.floating]

# A threshold chosen on fewer positives than this would be noise: 0.5 is kept.
MIN_POSITIVES = 3
DEFAULT_THRESHOLD = 0.5
# F1 that may be given up for findings that hold still. On validation recordings 0.03 took a third
# off the share of changed records for 0.007 of mean F1; 0.05 took no more off, for 0.02.
F1_TOLERANCE = 0.03
# In logits of the calibrated probability: 0.50 to 0.56, or 0.10 to 0.12.
MARGIN = 0.25
# Recordings on which crossings are counted, evenly spaced: ten forward passes over a large
# validation set would take longer than an epoch.
MAX_SWAPPED = 1000
_ROUNDS = 200


def choose_thresholds(model: Model, validation: Recordings) -> dict[str, float]:
    """Choose the threshold of each label of a calibrated multi-label model.

    Parameters
    ----------
    model : Model
        Its thresholds so far are ignored.
    validation : Recordings
    """
    truth, indices = judged(model, validation)
    logits = calibrated_logits(model, logits_of(model, validation, indices))
    some = np.unique(np.linspace(0, len(indices) - 1, MAX_SWAPPED).astype(np.intp))
    swapped = np.stack(
        [
            calibrated_logits(model, logits_of(model, validation, indices[some], scenario))
            for scenario in SCENARIOS
            if scenario.group == ROW
        ]
    )  # (rows, some, K)
    patient = validation.patient[indices]
    return {
        label: best_threshold(
            truth[:, k], logits[:, k], crossings_of(logits[some, k], swapped[:, :, k]), patient
        )
        for k, label in enumerate(model.labels)
    }


def crossings_of(logits: Array, swapped: Array) -> npt.NDArray[np.float64]:
    """Stretch of logits, (2, pairs), that each recording and row covers, with its margin.

    Parameters
    ----------
    logits : ndarray, shape (R,)
    swapped : ndarray, shape (rows, R)
    """
    both = np.stack(np.broadcast_arrays(logits, swapped)).reshape(2, -1)
    both = both[:, ~np.isnan(both).any(axis=0)]
    return np.stack([both.min(axis=0) - MARGIN, both.max(axis=0) + MARGIN])


def best_threshold(
    truth: Array, logits: Array, crossings: Array, patient: npt.NDArray[np.str_]
) -> float:
    """Threshold, as a probability, of one label.

    Parameters
    ----------
    truth, logits : ndarray, shape (R,)
        NaN in `truth` = unknown.
    crossings : ndarray, shape (2, pairs)
        From `crossings_of`.
    patient : ndarray of str, shape (R,)
    """
    known = ~np.isnan(truth)
    y, z = truth[known].astype(float), logits[known]
    if y.sum() < MIN_POSITIVES:
        return DEFAULT_THRESHOLD
    observed = np.unique(np.concatenate([z, crossings.ravel()]))
    candidates = (observed[1:] + observed[:-1]) / 2
    present = _smoothed_f1(y, z, patient[known], candidates)
    absent = _smoothed_f1(1 - y, -z, patient[known], -candidates)
    loss = np.maximum(present.max() - present, absent.max() - absent)
    near_best = loss <= loss.min() + F1_TOLERANCE
    low, high = np.sort(crossings, axis=1)
    # Stretches that have begun below a candidate, less those that have ended below it.
    crossed = np.searchsorted(low, candidates) - np.searchsorted(high, candidates)
    fewest = near_best & (crossed == crossed[near_best].min())
    return float(expit(_middle_of_widest(candidates, observed, fewest)))


def _smoothed_f1(
    truth: Array, logits: Array, patient: npt.NDArray[np.str_], candidates: Array
) -> npt.NDArray[np.float64]:
    """Mean F1 over draws of the patients, at each candidate."""
    order = np.argsort(-logits)
    y = truth[order]
    total = np.zeros(len(y) + 1)
    for weights in metrics.bootstrap_weights(patient, _ROUNDS):
        w = weights[:, order]
        hits = np.cumsum(w * y, axis=1)
        f1 = 2 * hits / np.maximum(np.cumsum(w, axis=1) + hits[:, -1:], 1.0)
        total[1:] += f1.sum(axis=0)
    reported = np.searchsorted(np.sort(-logits), -candidates, side="right")
    return total[reported] / _ROUNDS


def _middle_of_widest(candidates: Array, observed: Array, chosen: npt.NDArray[np.bool_]) -> float:
    """Middle of the widest run of chosen candidates; each stands for its gap in `observed`."""
    edges = np.diff(np.r_[False, chosen, False].astype(int))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    widest = int(np.argmax(observed[ends] - observed[begins]))
    return float((observed[begins[widest]] + observed[ends[widest]]) / 2)
