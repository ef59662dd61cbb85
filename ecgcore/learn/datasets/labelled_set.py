"""Recordings with labels, conditioned once and held in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ecgcore.model.labels import CODES
from ecgcore.recording import Recording
from ecgcore.signal.preprocess import PreprocessingConfig, condition


@dataclass(frozen=True)
class Entry:
    """One labelled recording as a dataset reader yields it.

    Attributes
    ----------
    record : str
        Identifier within the source, ``"ptbxl/123"``: equal where two sources hold one recording.
    split : str
        ``"train"``, ``"val"``, ``"test"`` or ``"external"``.
    recording : Recording
    labels : dict
        Code of `labels.CODES` -> 0 or 1; codes that the source does not annotate are absent.
    """

    record: str
    split: str
    recording: Recording
    labels: dict[str, float]


@dataclass(frozen=True, eq=False)
class LabelledSet:
    """Conditioned recordings with their labels.

    Attributes
    ----------
    x : ndarray, shape (R, 12, N), float32
        Filtered, resampled, cut to length, not scaled (`preprocess.condition`).
    present : ndarray, shape (R, 12), bool
    labels : ndarray, shape (R, K), float32
        In the order of `labels.CODES`; NaN = the source does not say.
    record, split, source : ndarray of str, shape (R,)
    chest_scale_known : ndarray, shape (R,), bool
        False where the source keeps no common scale of chest and limb leads.
    """

    x: npt.NDArray[np.float32]
    present: npt.NDArray[np.bool_]
    labels: npt.NDArray[np.float32]
    record: npt.NDArray[np.str_]
    split: npt.NDArray[np.str_]
    source: npt.NDArray[np.str_]
    chest_scale_known: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.record)

    def where(self, keep: npt.NDArray[np.bool_]) -> LabelledSet:
        """Return the recordings for which `keep`, shape (R,), is true."""
        fields = {name: getattr(self, name)[keep] for name in self.__dataclass_fields__}
        return LabelledSet(**fields)

    def of_split(self, split: str) -> LabelledSet:
        """Return the recordings of one split."""
        return self.where(self.split == split)

    def without(self, records: Iterable[str]) -> LabelledSet:
        """Leave out the recordings with these identifiers."""
        return self.where(~np.isin(self.record, list(records)))

    def with_x(self, x: npt.NDArray[np.float32]) -> LabelledSet:
        """Return the same recordings and labels with other signals."""
        return replace(self, x=x)


def collect(
    entries: Iterable[Entry],
    source: str,
    config: PreprocessingConfig,
    *,
    chest_scale_known: bool = True,
) -> LabelledSet:
    """Condition every entry and stack the results.

    Raises
    ------
    SignalError
        A recording is too short to condition.
    """
    x, present, labels, record, split = [], [], [], [], []
    for entry in entries:
        conditioned, here, _ = condition(entry.recording, config)
        x.append(conditioned)
        present.append(here)
        labels.append([entry.labels.get(code, np.nan) for code in CODES])
        record.append(entry.record)
        split.append(entry.split)
    return LabelledSet(
        x=np.stack(x),
        present=np.stack(present),
        labels=np.array(labels, dtype=np.float32),
        record=np.array(record),
        split=np.array(split),
        source=np.full(len(record), source),
        chest_scale_known=np.full(len(record), chest_scale_known),
    )


def concatenate(sets: Sequence[LabelledSet]) -> LabelledSet:
    """Join sets, first ones first."""
    return LabelledSet(
        **{
            name: np.concatenate([getattr(part, name) for part in sets])
            for name in LabelledSet.__dataclass_fields__
        }
    )
