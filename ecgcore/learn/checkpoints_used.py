"""Checkpoints that a run begins with: one to start from, and teachers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from ecgcore.errors import TrainingError
from ecgcore.learn.config import RunConfig
from ecgcore.learn.datasets.recordings import Recordings
from ecgcore.learn.validate import logits_of
from ecgcore.model.checkpoint import WEIGHTS, Model, load
from ecgcore.model.predict import to_probabilities


def load_named(name: str) -> Model:
    """Load a checkpoint by its name in `weights/`, or by its path.

    Raises
    ------
    CheckpointError
        There is none, or it is damaged.
    """
    path = Path(name)
    if path.parent == Path():
        return load(name, WEIGHTS)
    # Either of its two files may be named, or neither ending.
    known = path.suffix in (".json", ".safetensors")
    return load(path.stem if known else path.name, path.parent)


def start_from(network: nn.Module, name: str, config: RunConfig) -> None:
    """Take over the weights of a checkpoint.

    Its classifier stays behind unless it reports the labels of this run in the same way.

    Raises
    ------
    CheckpointError
        There is none, or it is damaged.
    TrainingError
        Its network has another shape.
    """
    model = load_named(name)
    same = (model.labels, model.objective) == (config.labels, config.objective)
    wanted, shared = (
        {k: v for k, v in state.items() if same or not k.startswith("classifier")}
        for state in (network.state_dict(), model.network.state_dict())
    )
    differing = [
        key for key in {*wanted, *shared}
        if key not in shared or key not in wanted or shared[key].shape != wanted[key].shape
    ]  # fmt: skip
    if differing:
        raise TrainingError(
            f'"{name}" has a network of another shape: {len(differing)} of {len(wanted)} tensors '
            f"differ, such as {min(differing)}."
        )
    network.load_state_dict(shared, strict=False)


def teacher_targets(
    config: RunConfig, recordings: Recordings, device: torch.device
) -> npt.NDArray[np.float32] | None:
    """Mean probability of the teachers, (R, K); None without teachers.

    NaN for a label that a teacher does not report. A softmax is taught by softmax teachers only,
    as their probabilities have to sum to 1.

    Raises
    ------
    CheckpointError
        A checkpoint is missing or damaged.
    TrainingError
        A teacher reads its input in another way, or is no teacher for this objective.
    """
    if not config.training.teachers:
        return None
    said = [
        _said(load_named(name), name, config, recordings, device)
        for name in config.training.teachers
    ]
    return np.mean(said, axis=0, dtype=np.float32)


def _said(
    model: Model, name: str, config: RunConfig, recordings: Recordings, device: torch.device
) -> npt.NDArray[np.float32]:
    """Probabilities of one teacher, (R, K), in the order of the run's labels."""
    if model.preprocessing != config.preprocessing:
        raise TrainingError(f'The teacher "{name}" was made for another preprocessing.')
    softmax = config.objective == "softmax"
    if model.objective != config.objective or (softmax and model.labels != config.labels):
        raise TrainingError(
            f'The teacher "{name}" ({model.objective}: {", ".join(model.labels)}) cannot teach '
            f"this run ({config.objective}: {', '.join(config.labels)})."
        )
    every = np.arange(len(recordings))
    logits = logits_of(
        model.network.to(device), recordings, every, model.preprocessing, config.training.batch
    )
    probabilities = to_probabilities(model, logits.cpu().double().numpy())
    out = np.full((len(recordings), len(config.labels)), np.nan, dtype=np.float32)
    for column, label in enumerate(config.labels):
        if label in model.labels:
            out[:, column] = probabilities[:, model.labels.index(label)]
    return out
