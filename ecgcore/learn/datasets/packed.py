"""A source conditioned once and packed on disk: an epoch maps it into memory and decodes nothing.

A pack is a folder: `pack.json` says what it was made from, `signals.i16` holds the signals
(R, 12, N) as little-endian counts of one microvolt, and the `.npy` files the columns. It is built
beside its final name and renamed when complete, so a pack that exists is whole. A build that was
interrupted, at any moment, continues after the last records that are certainly on the disk.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from filelock import FileLock

from ecgcore.errors import DatasetError
from ecgcore.leads import LEADS
from ecgcore.learn.datasets.recordings import (
    Entry,
    Listing,
    Progress,
    Recordings,
    Row,
    Skipped,
    conditioned,
    nothing_readable,
)
from ecgcore.model.labels import CODES
from ecgcore.signal.preprocess import PreprocessingConfig
from ecgcore.whole_file import write_whole

FORMAT = 1
# +-32.767 mV at a step far below the noise of any cart (about 5 uV).
MV_PER_COUNT = 0.001
COUNTS = np.dtype("<i2")
# Records between two moments at which everything so far is certainly on the disk.
RECORDS_PER_COMMIT = 64
MANIFEST, SIGNALS, ROWS = "pack.json", "signals.i16", "rows.jsonl"
STORED_COLUMNS = ("present", "labels", "record", "patient", "split", "chest_scale_known")


@dataclass(frozen=True, eq=False, kw_only=True)
class PackedSet(Recordings):
    """Conditioned recordings whose signals stay on disk.

    Only the path is kept, so a set can be sent to another process.

    Attributes
    ----------
    path : Path
        File of counts.
    shape : tuple of int
        (stored recordings, 12, N).
    row : ndarray of int, shape (R,)
        Where in the file each recording lies.
    """

    path: Path
    shape: tuple[int, int, int]
    row: npt.NDArray[np.int64]

    def signals(self, indices: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
        """Return conditioned signals, (B, 12, N) in mV, of the recordings at `indices`, (B,)."""
        counts = _mapped(self.path, self.shape)[self.row[indices]]
        return counts.astype(np.float32) * np.float32(MV_PER_COUNT)

    def _signals_where(self, keep: npt.NDArray) -> dict[str, npt.NDArray]:
        return {"row": self.row[keep]}


@lru_cache(maxsize=64)
def _mapped(path: Path, shape: tuple[int, int, int]) -> np.memmap:
    return np.memmap(path, dtype=COUNTS, mode="r", shape=shape)


def to_counts(x_mv: npt.NDArray[np.floating]) -> npt.NDArray[np.int16]:
    """Round millivolts to counts of one microvolt.

    Only padding becomes 0: a sample below half a count is rounded away from zero, because exact
    zeros say where nothing was recorded (`preprocess.scale_leads`).
    """
    limit = np.iinfo(COUNTS).max
    counts = np.clip(np.rint(x_mv / MV_PER_COUNT), -limit, limit)
    return np.where((counts == 0) & (x_mv != 0), np.sign(x_mv), counts).astype(COUNTS)


def fingerprint(listing: Listing, preprocessing: PreprocessingConfig) -> dict[str, object]:
    """Return what a pack depends on; another value of any of it is another pack."""
    return {
        "format": FORMAT,
        "source": listing.source,
        "stamp": listing.stamp,
        "preprocessing": asdict(preprocessing),
        "labels": list(CODES),
        "leads": list(LEADS),
    }


def digest(value: object) -> str:
    """Return a short hash of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def pack(
    listing: Listing,
    folder: Path,
    preprocessing: PreprocessingConfig,
    progress: Progress | None = None,
) -> PackedSet:
    """Pack a source into `folder`, or open it if that has been done.

    A second process that packs into the same folder waits for the first and opens its result.

    Parameters
    ----------
    listing : Listing
    folder : Path
        Made by this function; its parent as well.
    preprocessing : PreprocessingConfig
    progress : callable, optional
        Told the numbers of records done and of all.

    Raises
    ------
    DatasetError
        `folder` is a pack of something else, or no recording could be used.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    expected = fingerprint(listing, preprocessing)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if not folder.exists():
            building = folder.with_name(f"{folder.name}.building")
            _build(listing, building, preprocessing, expected, progress)
            building.replace(folder)
        opened = open_pack(folder, expected)
    if progress is not None:
        progress(listing.total, listing.total)
    return opened


def open_pack(folder: Path, expected: dict[str, object] | None = None) -> PackedSet:
    """Open a complete pack.

    Raises
    ------
    DatasetError
        It is missing, damaged, or was made from something else than `expected`.
    """
    try:
        facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        made_from, n_samples = facts["made_from"], facts["made_from"]["preprocessing"]["n_samples"]
        columns = {name: np.load(folder / f"{name}.npy") for name in STORED_COLUMNS}
        skipped = tuple(Skipped(**left_out) for left_out in facts["skipped"])
        size = (folder / SIGNALS).stat().st_size
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"The pack {folder.name} is damaged; delete it to build it anew.") from (
            error
        )
    if expected is not None and made_from != expected:
        raise DatasetError(f"{folder.name} is a pack of something else; delete it or use another.")
    n_records = len(columns["record"])
    shape = (n_records, len(LEADS), n_samples)
    if size != (due := int(np.prod(shape)) * COUNTS.itemsize):
        raise DatasetError(f"The signals of {folder.name} take {size} bytes, expected {due}.")
    return PackedSet(
        **columns,
        source=np.full(n_records, made_from["source"]),
        skipped=skipped,
        path=(folder / SIGNALS).resolve(),
        shape=shape,
        row=np.arange(n_records),
    )


def _build(
    listing: Listing,
    building: Path,
    preprocessing: PreprocessingConfig,
    expected: dict[str, object],
    progress: Progress | None,
) -> None:
    """Fill the folder `building`, from wherever an interrupted build of the same thing stopped."""
    state = _stored_state(building, expected)
    if state is None:
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir()
        write_whole(building / MANIFEST, json.dumps({"made_from": expected}, indent=1).encode())
    if state == "packed":
        (building / ROWS).unlink(missing_ok=True)
        return
    bytes_per_record = len(LEADS) * preprocessing.n_samples * COUNTS.itemsize
    with (building / ROWS).open("ab+") as rows, (building / SIGNALS).open("ab+") as signals:
        done = _rewind(rows, signals, bytes_per_record)
        remaining = islice(listing.entries, done, None)
        while batch := tuple(islice(remaining, RECORDS_PER_COMMIT)):
            lines = [_append(entry, preprocessing, signals) for entry in batch]
            # Signals first: a line then never speaks of samples that are not there.
            _commit(signals)
            rows.writelines(lines)
            _commit(rows)
            done += len(batch)
            if progress is not None:
                progress(done, listing.total)
    _finish(building, expected)


def _stored_state(building: Path, expected: dict[str, object]) -> str | None:
    """``"begun"``, ``"packed"``, or None where there is nothing to continue."""
    try:
        facts = json.loads((building / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if facts.get("made_from") != expected:
        return None
    return "packed" if "skipped" in facts else "begun"


def _append(entry: Entry, preprocessing: PreprocessingConfig, signals: BinaryIO) -> bytes:
    """Write the signal of one recording; return the line that describes it."""
    outcome = conditioned(entry, preprocessing)
    if isinstance(outcome, Skipped):
        return json.dumps({"skipped": asdict(outcome)}).encode() + b"\n"
    signals.write(to_counts(outcome.x).tobytes())
    return json.dumps(_as_facts(outcome)).encode() + b"\n"


def _as_facts(row: Row) -> dict[str, object]:
    return {
        "present": row.present.tolist(),
        "labels": row.labels.tolist(),  # unknown ones as NaN, which Python's JSON reads back
        "record": row.entry.record,
        "patient": row.patient,
        "split": row.entry.split,
        "chest_scale_known": row.entry.chest_scale_known,
    }


def _rewind(rows: BinaryIO, signals: BinaryIO, bytes_per_record: int) -> int:
    """Cut both files after the last whole record; return how many entries are behind them."""
    done, kept, end = 0, 0, 0
    rows.seek(0)
    for line in rows:
        if not line.endswith(b"\n"):
            break
        done, end = done + 1, end + len(line)
        kept += "skipped" not in json.loads(line)
    rows.truncate(end)
    signals.truncate(kept * bytes_per_record)
    return done


def _commit(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _finish(building: Path, expected: dict[str, object]) -> None:
    """Turn the lines into columns, one at a time; the manifest says last that all is there."""
    skipped = list(_values(building / ROWS, "skipped"))
    for name in STORED_COLUMNS:
        column = np.array(list(_values(building / ROWS, name)))
        if not len(column):
            raise nothing_readable(str(expected["source"]), [Skipped(**facts) for facts in skipped])
        np.save(building / f"{name}.npy", column)
    made = json.dumps({"made_from": expected, "skipped": skipped}, indent=1)
    write_whole(building / MANIFEST, made.encode())
    (building / ROWS).unlink()


def _values(path: Path, name: str) -> Iterator[Any]:
    """Values of one column, in the smallest form that `np.array` stacks."""
    dtype = {"labels": np.float32, "present": np.bool_}.get(name)
    with path.open("rb") as lines:
        for facts in map(json.loads, lines):
            if name in facts:
                yield facts[name] if dtype is None else np.array(facts[name], dtype=dtype)


def packs_in(cache: Path, prefix: str) -> Iterable[Path]:
    """Return complete packs whose name begins so, newest first."""
    found = [path for path in cache.glob(f"{prefix}*") if (path / MANIFEST).is_file()]
    found = [path for path in found if path.suffix != ".building"]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)
