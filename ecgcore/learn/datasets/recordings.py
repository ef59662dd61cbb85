"""What every source gives: labelled recordings, in memory or on disk, behind one interface."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ecgcore.errors import DatasetError, EcgError
from ecgcore.model.labels import CODES
from ecgcore.recording import Recording
from ecgcore.signal.preprocess import PreprocessingConfig, condition

SPLITS = ("train", "val", "test", "external")
# One record in ten for validation, one for test, by the hash of its patient.
_SPLIT_OF_TENTH = {8: "val", 9: "test"}

Progress = Callable[[int, int], None]


def split_by_patient(patient: str) -> str:
    """Return the split of a patient: 80 % train, 10 % val, 10 % test.

    It depends on nothing but the identifier, so records added later move nobody.
    """
    tenth = int.from_bytes(hashlib.sha256(patient.encode()).digest()[:8], "big") % 10
    return _SPLIT_OF_TENTH.get(tenth, "train")


@dataclass(frozen=True)
class Entry:
    """One labelled recording as a source lists it.

    Attributes
    ----------
    record : str
        Identifier within the source, ``"ptbxl/123"``: equal where two sources hold one recording.
    split : str
        One of `SPLITS`.
    recording : Recording or callable
        The recording, or what reads it when it is needed.
    labels : mapping
        Code of `labels.CODES` -> 0 or 1; codes that the source does not annotate are absent.
    patient : str
        Equal for recordings of one person; empty where the source does not say who they are of.
    chest_scale_known : bool
        False where the source keeps no common scale of chest and limb leads.
    """

    record: str
    split: str
    recording: Recording | Callable[[], Recording]
    labels: Mapping[str, float]
    patient: str = ""
    chest_scale_known: bool = True

    def read(self) -> Recording:
        """Return the recording, reading it if that has not happened yet."""
        return self.recording if isinstance(self.recording, Recording) else self.recording()


@dataclass(frozen=True)
class Skipped:
    """A recording that was left out, and the sentence that says why."""

    record: str
    reason: str


@dataclass(frozen=True)
class Listing:
    """What a source holds, its signals not read yet.

    Attributes
    ----------
    source : str
    total : int
        Number of entries.
    entries : iterable of Entry
        Always in the same order.
    stamp : str
        Changes whenever the tables behind the entries do.
    """

    source: str
    total: int
    entries: Iterable[Entry]
    stamp: str = ""


@dataclass(frozen=True, eq=False)
class Row:
    """One conditioned recording, as it is stacked or packed.

    Attributes
    ----------
    x : ndarray, shape (12, N), float32, mV
    present : ndarray, shape (12,), bool
    labels : ndarray, shape (K,), float32
        In the order of `labels.CODES`; NaN = the source does not say.
    """

    entry: Entry
    x: npt.NDArray[np.float32]
    present: npt.NDArray[np.bool_]
    labels: npt.NDArray[np.float32]

    @property
    def patient(self) -> str:
        """The patient, or the record where the source does not know the patient."""
        return self.entry.patient or self.entry.record


def conditioned(entry: Entry, config: PreprocessingConfig) -> Row | Skipped:
    """Read and condition one recording; one that cannot be used never stops the others."""
    try:
        x, present, _ = condition(entry.read(), config)
    except Exception as error:  # wfdb, h5py, scipy and pandas may raise anything on damaged files
        return Skipped(entry.record, _reason(error))
    labels = np.array([entry.labels.get(code, np.nan) for code in CODES], dtype=np.float32)
    return Row(entry, x, present, labels)


def _reason(error: Exception) -> str:
    if isinstance(error, EcgError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return "Its file is missing."
    if isinstance(error, OSError):
        return f"Its file cannot be opened: {error.strerror or 'unknown reason'}."
    return f"Its file is damaged ({type(error).__name__})."


def account(skipped: Sequence[Skipped], total: int) -> tuple[str, ...]:
    """Return one sentence per reason for which recordings were left out, commonest first."""
    by_reason: dict[str, list[str]] = {}
    for left_out in skipped:
        by_reason.setdefault(left_out.reason, []).append(left_out.record)
    return tuple(
        f"{len(records)} of {total} recordings left out, such as {records[0]}: {reason}"
        for reason, records in sorted(by_reason.items(), key=lambda item: -len(item[1]))
    )


def nothing_readable(source: str, skipped: Sequence[Skipped]) -> DatasetError:
    """Return the error for a source of which no recording could be used."""
    if not skipped:
        return DatasetError(f"The source {source} lists no recording.")
    return DatasetError(
        f"None of the {len(skipped)} recordings of {source} could be used. "
        f"The first, {skipped[0].record}: {skipped[0].reason}"
    )


COLUMNS = ("present", "labels", "record", "patient", "split", "source", "chest_scale_known")


@dataclass(frozen=True, eq=False, kw_only=True)
class Recordings(ABC):
    """Conditioned recordings with their labels, wherever the signals lie.

    Attributes
    ----------
    present : ndarray, shape (R, 12), bool
    labels : ndarray, shape (R, K), float32
        In the order of `labels.CODES`; NaN = the source does not say.
    record, patient, split, source : ndarray of str, shape (R,)
        `patient` equals `record` where the source does not know the patient.
    chest_scale_known : ndarray, shape (R,), bool
        False where the source keeps no common scale of chest and limb leads.
    skipped : tuple of Skipped
        What the source lists but could not be used.
    """

    present: npt.NDArray[np.bool_]
    labels: npt.NDArray[np.float32]
    record: npt.NDArray[np.str_]
    patient: npt.NDArray[np.str_]
    split: npt.NDArray[np.str_]
    source: npt.NDArray[np.str_]
    chest_scale_known: npt.NDArray[np.bool_]
    skipped: tuple[Skipped, ...] = ()

    @abstractmethod
    def signals(self, indices: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
        """Return conditioned signals, (B, 12, N) in mV, of the recordings at `indices`, (B,)."""

    @abstractmethod
    def _signals_where(self, keep: npt.NDArray) -> dict[str, npt.NDArray]:
        """Return what locates the signals of the recordings that are kept."""

    def __len__(self) -> int:
        return len(self.record)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences on the recordings left out."""
        return account(self.skipped, len(self) + len(self.skipped))

    def where(self, keep: npt.NDArray[np.bool_]) -> Self:
        """Return the recordings for which `keep`, shape (R,), is true."""
        columns: dict[str, Any] = {name: getattr(self, name)[keep] for name in COLUMNS}
        return replace(self, **columns | self._signals_where(keep))

    def of_split(self, split: str) -> Self:
        """Return the recordings of one split."""
        return self.where(self.split == split)

    def without(self, records: Iterable[str]) -> Self:
        """Leave out the recordings with these identifiers."""
        return self.where(~np.isin(self.record, list(records)))

    def with_split(self, split: npt.NDArray[np.str_]) -> Self:
        """Return the same recordings in other splits, (R,)."""
        return replace(self, split=split)


@dataclass(frozen=True, eq=False, kw_only=True)
class JoinedSet(Recordings):
    """Several sets, one after the other, each keeping its signals where they are.

    Attributes
    ----------
    parts : tuple of Recordings
    part, row : ndarray of int, shape (R,)
        Where each recording lies: in which part, and where in it.
    """

    parts: tuple[Recordings, ...]
    part: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]

    def signals(self, indices: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
        """Return conditioned signals, (B, 12, N) in mV, of the recordings at `indices`, (B,)."""
        part, row = self.part[indices], self.row[indices]
        # An empty batch still has leads and samples.
        x = np.empty((len(part), *self.parts[0].signals(row[:0]).shape[1:]), dtype=np.float32)
        for number in np.unique(part):
            here = part == number
            x[here] = self.parts[number].signals(row[here])
        return x

    def _signals_where(self, keep: npt.NDArray) -> dict[str, npt.NDArray]:
        return {"part": self.part[keep], "row": self.row[keep]}


def join(parts: Sequence[Recordings]) -> Recordings:
    """Put sets one after the other without reading a signal.

    Raises
    ------
    DatasetError
        There is nothing to join.
    """
    if not parts:
        raise DatasetError("There are 0 sets to join, expected at least 1.")
    if len(parts) == 1:
        return parts[0]
    return JoinedSet(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS},
        skipped=tuple(left_out for part in parts for left_out in part.skipped),
        parts=tuple(parts),
        part=np.repeat(np.arange(len(parts)), [len(part) for part in parts]),
        row=np.concatenate([np.arange(len(part)) for part in parts]),
    )
