"""What a model says of a set of recordings, as they are or under a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ecgcore.learn.datasets.recordings import Recordings
from ecgcore.learn.scoring import Outcome
from ecgcore.model.checkpoint import Model
from ecgcore.model.labels import CODES
from ecgcore.model.predict import forward, to_probabilities
from ecgcore.signal.preprocess import scale_leads

if TYPE_CHECKING:
    from ecgcore.learn.scenarios import Scenario

# Recordings read at once: 64 of 12 leads and 1000 samples are 3 MB.
_BATCH = 64


def judged(model: Model, data: Recordings) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]:
    """Find the recordings on which a model can be judged.

    Returns
    -------
    truth : ndarray, shape (J, K)
        In the order of the model's labels; NaN = unknown.
    indices : ndarray, shape (J,)
        Every recording for a multi-label model; for a softmax model those of exactly one class.
    """
    if model.objective == "softmax":
        truth, alone = single_class(data.labels, model.labels)
        return truth[alone], np.flatnonzero(alone)
    columns = [CODES.index(label) for label in model.labels]
    return data.labels[:, columns], np.arange(len(data))


def single_class(
    labels: npt.NDArray[np.float32], classes: Sequence[str]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Class vectors for a softmax.

    The first class is the background rhythm: a premature beat in sinus rhythm belongs to the class
    of the premature beat.

    Parameters
    ----------
    labels : ndarray, shape (R, len(CODES))
    classes : sequence of str

    Returns
    -------
    truth : ndarray, shape (R, K)
    alone : ndarray, shape (R,), bool
        True where all classes are annotated and exactly one is present.
    """
    truth = labels[:, [CODES.index(code) for code in classes]].copy()
    others = truth[:, 1:].sum(axis=1)  # NaN where a class is not annotated
    truth[others == 1, 0] = 0.0
    return truth, truth.sum(axis=1) == 1


def logits_of(
    model: Model,
    data: Recordings,
    indices: npt.NDArray[np.intp],
    scenario: Scenario | None = None,
) -> npt.NDArray[np.float64]:
    """Logits, (J, K), of conditioned recordings; NaN where a scenario leaves no lead."""
    logits = np.full((len(indices), len(model.labels)), np.nan)
    for start in range(0, len(indices), _BATCH):
        chosen = indices[start : start + _BATCH]
        x, present = data.signals(chosen), data.present[chosen]
        if scenario is not None:
            x, present = scenario.apply(x, present)
        readable = present.any(axis=1)
        if readable.any():
            scaled = scale_leads(x[readable], model.preprocessing)
            logits[start + np.flatnonzero(readable)] = forward(model, scaled, present[readable])[0]
    return logits


def found(model: Model, probability: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Which findings are reported, (J, K): arg-max of a softmax model, otherwise by threshold."""
    if model.objective == "softmax":
        return np.arange(probability.shape[1]) == probability.argmax(axis=1)[:, None]
    return probability >= np.array([model.thresholds[label] for label in model.labels])


def outcome_of(model: Model, data: Recordings, scenario: Scenario | None = None) -> Outcome:
    """Run a model on the recordings on which it can be judged."""
    truth, indices = judged(model, data)
    logits = logits_of(model, data, indices, scenario)
    probability = to_probabilities(model, logits)
    return Outcome(
        labels=model.labels,
        truth=truth,
        before=to_probabilities(model.uncalibrated, logits),
        probability=probability,
        reported=found(model, probability),
        patient=data.patient[indices],
    )
