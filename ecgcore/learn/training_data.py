"""The recordings of a run: opened, checked for leaks, turned into targets, read batch by batch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from ecgcore.errors import DatasetError
from ecgcore.learn.config import RunConfig
from ecgcore.learn.datasets.leakage import without_leaks
from ecgcore.learn.datasets.recordings import Progress, Recordings, join
from ecgcore.learn.datasets.sources import open_source
from ecgcore.learn.draws import permutation
from ecgcore.learn.outcomes import single_class
from ecgcore.model.labels import CODES

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Targets:
    """Recordings with what the network is to say of each.

    Attributes
    ----------
    recordings : Recordings
    values : ndarray, shape (R, K), float32
        In the order of the run's labels; NaN = unknown, for a softmax never.
    """

    recordings: Recordings
    values: Array

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What a run learns from and what it is validated on.

    Attributes
    ----------
    train, validation : Targets
        `validation` may be empty.
    notes : tuple of str
        Sentences on what was left out.
    """

    train: Targets
    validation: Targets
    notes: tuple[str, ...]


def open_data(config: RunConfig, progress: Progress | None = None) -> TrainingData:
    """Open the sources of a run.

    Raises
    ------
    DatasetError
        A source cannot be read, or nothing is left to train on.
    """
    cache = Path(config.data.cache) if config.data.cache else None
    parts = [
        open_source(
            source.kind,
            Path(source.path) if source.path else None,
            config.preprocessing,
            cache,
            progress,
            **source.options,
        )
        for source in config.data.sources
    ]
    recordings, notes = _each_once(join(parts))
    trained = recordings.split == "train"
    held_out = recordings.where(~trained)
    clean, report = without_leaks(recordings.where(trained), held_out)
    train = _targets(clean, config, unlabelled=uses_unlabelled(config))
    if not len(train):
        raise DatasetError(
            f"None of the {len(recordings)} recordings can be trained on: none of the training "
            f"split states {'exactly one of ' if config.objective == 'softmax' else ''}"
            f"{', '.join(config.labels)}."
        )
    warnings = tuple(warning for part in parts for warning in part.warnings)
    return TrainingData(
        train,
        _targets(held_out.of_split("val"), config),
        (*warnings, *notes, *(report.sentences if len(held_out) else ())),
    )


def _each_once(recordings: Recordings) -> tuple[Recordings, tuple[str, ...]]:
    """Keep the first of records that two sources hold."""
    first = np.zeros(len(recordings), dtype=bool)
    first[np.unique(recordings.record, return_index=True)[1]] = True
    if first.all():
        return recordings, ()
    twice = f"{(~first).sum()} recordings are in two sources; the first one's are used."
    return recordings.where(first), (twice,)


def uses_unlabelled(config: RunConfig) -> bool:
    """Tell whether a run learns from recordings without labels: by a teacher or a side task."""
    return config.objective != "softmax" and bool(
        config.training.teachers or config.training.naming_weight
    )


def _targets(recordings: Recordings, config: RunConfig, *, unlabelled: bool = False) -> Targets:
    """Leave out recordings that say nothing about the run's labels, unless that is of use."""
    if config.objective == "softmax":
        values, usable = single_class(recordings.labels, config.labels)
    else:
        values = recordings.labels[:, [CODES.index(label) for label in config.labels]]
        usable = np.asarray(np.isfinite(values).any(axis=1) | unlabelled)
    return Targets(recordings.where(usable), values[usable])


@dataclass(frozen=True, eq=False)
class Batch:
    """One process's part of a batch, on the CPU.

    Attributes
    ----------
    n : int
        Recordings in the whole batch.
    part : slice
        Those of this process.
    indices : ndarray, shape (B,)
        Into the training recordings.
    x : tensor, shape (B, 12, N), float32, mV
    present : tensor, shape (B, 12), bool
    chest_scale_known : tensor, shape (B,), bool
    targets : tensor, shape (B, K), float32
    """

    n: int
    part: slice
    indices: npt.NDArray[np.int64]
    x: torch.Tensor
    present: torch.Tensor
    chest_scale_known: torch.Tensor
    targets: torch.Tensor


@dataclass(frozen=True, eq=False)
class Batches:
    """The training recordings in the order of each epoch, a part of every batch per process.

    The batches of an epoch differ by at most one recording, so that none is tiny.

    Attributes
    ----------
    data : Targets
    size : int
        Largest number of recordings in a whole batch.
    seed : int
    rank, world : int
        Which process of how many.
    pinned : bool
        Keep tensors in page-locked memory, from which a GPU copies while it computes.
    """

    data: Targets
    size: int
    seed: int
    rank: int = 0
    world: int = 1
    pinned: bool = False

    @property
    def per_epoch(self) -> int:
        """Steps of an epoch."""
        return math.ceil(len(self.data) / self.size)

    def of_epoch(self, epoch: int, first: int = 0) -> Iterator[Batch]:
        """Read the batches of an epoch from number `first` on, each while the last is used."""
        order = permutation(len(self.data), self.seed, epoch).numpy()
        pending = np.array_split(order, self.per_epoch)[first:]
        with ThreadPoolExecutor(1) as reader:
            coming = reader.submit(self._read, pending[0]) if pending else None
            for number in range(len(pending)):
                assert coming is not None
                batch = coming.result()
                if number + 1 < len(pending):
                    coming = reader.submit(self._read, pending[number + 1])
                yield batch

    def _read(self, whole: npt.NDArray[np.int64]) -> Batch:
        bounds = [len(whole) * rank // self.world for rank in range(self.world + 1)]
        part = slice(bounds[self.rank], bounds[self.rank + 1])
        chosen = whole[part]
        recordings = self.data.recordings
        arrays = (
            recordings.signals(chosen),
            recordings.present[chosen],
            recordings.chest_scale_known[chosen],
            self.data.values[chosen],
        )
        tensors = [torch.from_numpy(np.ascontiguousarray(array)) for array in arrays]
        if self.pinned:
            tensors = [tensor.pin_memory() for tensor in tensors]
        return Batch(len(whole), part, chosen, *tensors)
