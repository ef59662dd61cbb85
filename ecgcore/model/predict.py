"""From recordings to probabilities, findings and attention, past the quality gate or without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch

from ecgcore.errors import SignalError
from ecgcore.leads import LEADS
from ecgcore.model.checkpoint import Model
from ecgcore.model.prediction import Prediction
from ecgcore.recording import Recording
from ecgcore.signal.preprocess import Prepared, prepare
from ecgcore.signal.quality import Quality, assess

# Recordings per forward pass: enough to keep two cores busy, little enough for any laptop.
BATCH = 32


@dataclass(frozen=True)
class Reading:
    """What the quality gate says of a recording, and a model where the gate lets it through.

    Attributes
    ----------
    quality : Quality
    prediction : Prediction or None
        None where the recording is refused.
    """

    quality: Quality
    prediction: Prediction | None


def read(model: Model, recording: Recording) -> Reading:
    """Judge a recording, then read the leads that are usable, unless it is refused.

    Raises
    ------
    SignalError
        No usable lead is long enough to be read.
    """
    quality = assess(recording)
    if quality.refused:
        return Reading(quality, None)
    return Reading(quality, predict(model, recording, quality.usable))


def predict(model: Model, recording: Recording, usable: Sequence[bool] | None = None) -> Prediction:
    """Read one recording without asking the quality gate.

    Parameters
    ----------
    model : Model
    recording : Recording
    usable : sequence of bool, optional
        For each of `leads.LEADS`, whether it may be read; by default all that were recorded.

    Raises
    ------
    SignalError
        No usable lead is long enough to be read.
    """
    return predict_prepared(model, [model_input(model, recording, usable)])[0]


def model_input(
    model: Model, recording: Recording, usable: Sequence[bool] | None = None
) -> Prepared:
    """Prepare the usable leads of a recording as `predict` does.

    Raises
    ------
    SignalError
        No usable lead is long enough to be read.
    """
    prepared = prepare(recording, model.preprocessing)
    if usable is None:
        return prepared
    return restricted(prepared, np.array(usable, dtype=bool))


def restricted(prepared: Prepared, usable: npt.NDArray[np.bool_]) -> Prepared:
    """Leave leads out as if they had not been recorded.

    Raises
    ------
    SignalError
        None is left.
    """
    present = prepared.present & usable
    if not present.any():
        raise SignalError("None of the leads that can be used is long enough to be read.")
    return replace(prepared, x=np.where(present[:, None], prepared.x, 0), present=present)


def predict_many(model: Model, recordings: Sequence[Recording]) -> list[Prediction]:
    """Read several recordings, of any rates, lengths and sets of leads.

    Raises
    ------
    SignalError
        One of them has no lead that is long enough to be read.
    """
    return predict_prepared(model, [prepare(x, model.preprocessing) for x in recordings])


def predict_prepared(model: Model, prepared: Sequence[Prepared]) -> list[Prediction]:
    """Read several prepared recordings in batches."""
    if not prepared:
        return []
    logits, weights = forward(
        model, np.stack([p.x for p in prepared]), np.stack([p.present for p in prepared])
    )
    probabilities = to_probabilities(model, logits)
    return [
        _prediction(model, probabilities[i], None if weights is None else weights[i], p)
        for i, p in enumerate(prepared)
    ]


def forward(
    model: Model, x: npt.NDArray[np.float32], present: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64] | None]:
    """Run the network.

    Parameters
    ----------
    x : ndarray, shape (R, 12, N)
        Prepared and scaled.
    present : ndarray, shape (R, 12), bool

    Returns
    -------
    logits : ndarray, shape (R, K)
    weights : ndarray, shape (R, 12), or None for a network without attention
    """
    logits, weights = [], []
    with torch.inference_mode():
        for start in range(0, len(x), BATCH):
            batch = slice(start, start + BATCH)
            out, w = model.network(torch.from_numpy(x[batch]), torch.from_numpy(present[batch]))
            logits.append(out.double().numpy())
            if w is not None:
                weights.append(w.double().numpy())
    return np.concatenate(logits), np.concatenate(weights) if weights else None


def calibrated_logits(model: Model, logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Logits, (R, K), of the calibrated probabilities."""
    scale, bias = calibration(model)
    return np.asarray(logits / model.temperature * scale + bias)


def calibration(model: Model) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Scale and bias, each (K,), of the logits once they are divided by the temperature."""
    scale = np.array([model.label_scale.get(label, 1.0) for label in model.labels])
    bias = np.array([model.label_bias.get(label, 0.0) for label in model.labels])
    return scale, bias


def to_probabilities(model: Model, logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Calibrated probabilities, (R, K): softmax or one sigmoid per label."""
    scaled = torch.from_numpy(calibrated_logits(model, logits))
    return (scaled.softmax(1) if model.objective == "softmax" else scaled.sigmoid()).numpy()


def _prediction(
    model: Model,
    probabilities: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64] | None,
    prepared: Prepared,
) -> Prediction:
    used = zip(LEADS, prepared.present, strict=True)
    attention = (
        {}
        if weights is None
        else {lead: float(w) for (lead, here), w in zip(used, weights, strict=True) if here}
    )
    top = model.labels[int(probabilities.argmax())] if model.objective == "softmax" else None
    return Prediction(
        model=model.name,
        probabilities=dict(zip(model.labels, probabilities.tolist(), strict=True)),
        thresholds=model.thresholds,
        attention=attention,
        top=top,
        warnings=prepared.warnings,
    )
