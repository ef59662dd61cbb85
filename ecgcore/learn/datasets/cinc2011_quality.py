"""PhysioNet/CinC Challenge 2011: 12-lead recordings by telephone, without any diagnosis.

For learning from signals alone, where a lead at the end of the converter's range was not connected,
and for learning which recordings readers find acceptable, where it is read as it is stored.

References
----------
Silva I, Moody GB, Celi L. Improving the quality of ECGs collected using mobile phones. Comput
Cardiol 2011;38:273-276.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ecgcore.learn.datasets.lead_rows import in_lead_order
from ecgcore.learn.datasets.recordings import Entry, Listing
from ecgcore.learn.datasets.tables import require, stamp_of_names
from ecgcore.recording import Recording

FILE = "cinc2011_quality.npz"
# A detached lead stood at +-16000 counts, 80 mV, before it was resampled.
RAIL_COUNTS = 15000
# The file exchanges two names: only so do its limb leads obey aVF = (II + III) / 2, and all do.
_TRUE_NAME = {"aVL": "aVF", "aVF": "aVL"}


@dataclass(frozen=True, eq=False)
class Judged:
    """One recording as it is stored, rails and all, and whether readers found it acceptable."""

    record: str
    recording: Recording
    acceptable: bool


def judged(folder: Path) -> Iterator[Judged]:
    """Read the recordings of cinc2011_quality.npz with their judgement.

    Raises
    ------
    DatasetError
        The file is missing.
    """
    with np.load(require(folder, FILE, "data"), allow_pickle=False) as stored:
        leads, fs, mv_per_count = _facts(stored)
        rows = zip(stored["record"], stored["signals"], stored["acceptable"], strict=True)
        for record, counts, acceptable in rows:
            signal = in_lead_order(counts * mv_per_count, leads)
            yield Judged(str(record), Recording(signal, fs, "CinC 2011"), bool(acceptable))


def _facts(stored: Mapping[str, npt.NDArray[Any]]) -> tuple[list[str], float, float]:
    """Names of the rows, rate in Hz, mV per count."""
    names = [_TRUE_NAME.get(str(lead), str(lead)) for lead in stored["leads"]]
    return names, float(stored["fs"]), float(stored["microvolt_per_count"]) / 1000


def listing(folder: Path) -> Listing:
    """List the recordings of cinc2011_quality.npz, all for training.

    Raises
    ------
    DatasetError
        The file is missing.
    """
    path = require(folder, FILE, "data")
    with np.load(path, allow_pickle=False) as stored:
        records = [str(record) for record in stored["record"]]
    return Listing("cinc2011_quality", len(records), _entries(path), stamp_of_names(records))


def _entries(path: Path) -> Iterator[Entry]:
    with np.load(path, allow_pickle=False) as stored:
        leads, fs, mv_per_count = _facts(stored)
        records, signals = stored["record"], stored["signals"]  # (R, 12, T) int16
    for record, counts in zip(records, signals, strict=True):
        values = in_lead_order(connected(counts) * mv_per_count, leads)
        yield Entry(
            f"cinc2011/{record}",
            "train",
            # A recording whose every lead was off is refused when it is read.
            lambda values=values: Recording(values, fs, "CinC 2011"),  # type: ignore[misc]
            {},
        )


def connected(counts: npt.NDArray[np.int16]) -> npt.NDArray[np.float32]:
    """Return counts, (12, T), with NaN where a lead was at the rail."""
    return np.where(np.abs(counts.astype(np.int32)) >= RAIL_COUNTS, np.nan, counts).astype(
        np.float32
    )
