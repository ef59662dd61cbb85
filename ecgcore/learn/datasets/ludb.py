"""LUDB: 200 recordings of 10 s with rhythm, conduction and ectopy.

The gains in its headers are wrong (a different one per lead breaks II = I + III); the stored values
obey the lead algebra exactly at 1000 per mV, and that is what is used.

References
----------
Kalyakulina AI et al. LUDB: a new open-access validation tool for electrocardiogram delineation
algorithms. IEEE Access 2020;8:186181-186190.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from ecgcore.errors import DatasetError
from ecgcore.learn.datasets.labelled_set import Entry, LabelledSet, collect
from ecgcore.learn.datasets.wfdb_files import read_record
from ecgcore.recording import Recording
from ecgcore.signal.preprocess import PreprocessingConfig

DIGITAL_PER_MV = 1000.0

# Statement of ludb.csv, lower case, as a whole or its beginning -> code.
_RHYTHMS = {
    "sinus rhythm": "NSR",
    "sinus bradycardia": "SB",
    "sinus tachycardia": "STach",
    "atrial fibrillation": "AF",
    "atrial flutter": "AFL",
}
_CONDUCTION = {
    "i degree av block": "IAVB",
    "complete left bundle branch block": "LBBB",
    "complete right bundle branch block": "CRBBB",
    "incomplete right bundle branch block": "IRBBB",
    "left anterior hemiblock": "LAnFB",
}
_ECTOPY = {"atrial extrasystole": "PAC", "ventricular extrasystole": "PVC"}


def read(folder: Path, config: PreprocessingConfig) -> LabelledSet:
    """Read ``ludb.csv`` and the records of ``data/``; all of them are an external test set.

    Raises
    ------
    DatasetError
        ludb.csv is missing.
    """
    return collect(_entries(folder), "ludb", config)


def read_recording(folder: Path, number: int) -> Recording:
    """Read one recording, 1 to 200, in true millivolts."""
    return read_record(folder / "data" / str(number), "LUDB", digital_per_mv=DIGITAL_PER_MV)


def _entries(folder: Path) -> Iterator[Entry]:
    table_path = folder / "ludb.csv"
    if not table_path.is_file():
        raise DatasetError("ludb.csv is missing from the LUDB folder.")
    for facts in pd.read_csv(table_path, dtype=str, keep_default_na=False).to_dict("records"):
        number = int(facts["ID"])
        labels = _marked(facts["Rhythms"], _RHYTHMS)
        labels |= _marked(facts["Conduction abnormalities"], _CONDUCTION)
        labels |= _marked(facts["Extrasystolies"], _ECTOPY)
        yield Entry(f"ludb/{number}", "external", read_recording(folder, number), labels)


def _marked(cell: str, codes: dict[str, str]) -> dict[str, float]:
    statements = [line.strip().lower() for line in cell.splitlines()]
    return {
        code: float(any(statement.startswith(text) for statement in statements))
        for text, code in codes.items()
    }
