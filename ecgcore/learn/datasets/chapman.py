"""Chapman-Shaoxing in its own layout: Diagnostics.xlsx and one CSV file per recording.

ECGData/ or ECGDataDenoised/ hold 10 s at 500 Hz in microvolts, one column per lead; the raw files
name the leads in their first line, the denoised ones begin with numbers. One recording per person.

References
----------
Zheng J et al. A 12-lead electrocardiogram database for arrhythmia research covering more than
10,000 patients. Sci Data 2020;7:48.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from ecgcore.errors import DatasetError
from ecgcore.leads import LEADS
from ecgcore.learn.datasets.lead_rows import in_lead_order
from ecgcore.learn.datasets.recordings import Entry, Listing, split_by_patient
from ecgcore.learn.datasets.tables import read_table, stamp
from ecgcore.learn.datasets.vocabulary import CHAPMAN
from ecgcore.recording import Recording

FS_HZ = 500.0
MV_PER_UNIT = 0.001
TABLES = ("Diagnostics.xlsx", "Diagnostics.csv")
FOLDERS = ("ECGData", "ECGDataDenoised")


def listing(folder: Path, signals: str | None = None) -> Listing:
    """List the recordings of Diagnostics.xlsx (or .csv).

    Parameters
    ----------
    folder : Path
    signals : str, optional
        ``"ECGData"`` or ``"ECGDataDenoised"``; by default the first of them that is there.

    Raises
    ------
    DatasetError
        The table or the folder of signals is missing.
    """
    table_path = next((folder / name for name in TABLES if (folder / name).is_file()), None)
    if table_path is None:
        raise DatasetError("Diagnostics.xlsx is missing from the Chapman-Shaoxing folder.")
    offered = [name for name in FOLDERS if (folder / name).is_dir()]
    chosen = signals or next(iter(offered), FOLDERS[0])
    if chosen not in offered:
        raise DatasetError(f"{chosen} is missing from the Chapman-Shaoxing folder.")
    table = read_table(table_path, ("FileName", "Rhythm", "Beat"))
    return Listing("chapman", len(table), _entries(folder / chosen, table), stamp([table_path]))


def _entries(signals: Path, table: pd.DataFrame) -> Iterator[Entry]:
    for facts in table.to_dict("records"):
        record = f"chapman/{facts['FileName']}"
        yield Entry(
            record=record,
            split=split_by_patient(record),
            recording=partial(read_recording, signals / f"{facts['FileName']}.csv"),
            labels=_labels(facts),
        )


def _labels(facts: Mapping[str, str]) -> dict[str, float]:
    """Labels of one row; Beat lists several acronyms with spaces between, or NONE."""
    return CHAPMAN.labels([facts["Rhythm"].strip(), *facts["Beat"].split()])


def read_recording(path: Path) -> Recording:
    """Read one recording.

    Raises
    ------
    DatasetError
        It has not twelve columns.
    """
    with path.open(encoding="utf-8") as lines:
        first = lines.readline().strip().split(",")
    if len(first) != len(LEADS):
        raise DatasetError(f"Its file has {len(first)} columns, expected 12.")
    named = any(cell.strip().upper() == "V1" for cell in first)
    table = pd.read_csv(path, header=0 if named else None)
    values = table.to_numpy(dtype="float32").T * MV_PER_UNIT
    return Recording(in_lead_order(values, first if named else LEADS), FS_HZ, "Chapman-Shaoxing")
