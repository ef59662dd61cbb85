"""PTB-XL in its published layout: ptbxl_database.csv, scp_statements.csv, records500/ or 100/.

References
----------
Wagner P et al. PTB-XL, a large publicly available electrocardiography dataset. Sci Data 2020;7:154.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from ecgcore.errors import DatasetError
from ecgcore.learn.datasets.recordings import Entry, Listing
from ecgcore.learn.datasets.tables import read_table, require, stamp
from ecgcore.learn.datasets.vocabulary import SCP, SUPERCLASSES
from ecgcore.learn.datasets.wfdb_files import read_record

# Official folds: 1-8 training, 9 validation, 10 test.
VALIDATION_FOLD, TEST_FOLD = 9, 10
PATH_COLUMNS = {500: "filename_hr", 100: "filename_lr"}


def listing(folder: Path, rate_hz: int = 500) -> Listing:
    """List the recordings of ptbxl_database.csv at 500 or 100 Hz.

    Raises
    ------
    DatasetError
        A table is missing or lacks a column, or there is no such rate.
    """
    if rate_hz not in PATH_COLUMNS:
        raise DatasetError(f"PTB-XL has no records at {rate_hz} Hz, only at 500 and 100 Hz.")
    column = PATH_COLUMNS[rate_hz]
    table_path = require(folder, "ptbxl_database.csv", "PTB-XL")
    statements_path = require(folder, "scp_statements.csv", "PTB-XL")
    table = read_table(table_path, ("ecg_id", "patient_id", "scp_codes", "strat_fold", column))
    superclass_of = diagnostic_classes(statements_path)
    return Listing(
        "ptbxl",
        len(table),
        _entries(folder, table, column, superclass_of),
        stamp([table_path, statements_path]),
    )


def diagnostic_classes(statements_path: Path) -> dict[str, str]:
    """Return the superclass of each diagnostic SCP statement, from scp_statements.csv."""
    table = read_table(statements_path, ("diagnostic", "diagnostic_class"))
    # The statements themselves are the first column, which has no name.
    diagnostic = table[table["diagnostic"].str.startswith("1")]
    return dict(zip(diagnostic.iloc[:, 0], diagnostic["diagnostic_class"], strict=True))


def _entries(
    folder: Path, table: pd.DataFrame, column: str, superclass_of: Mapping[str, str]
) -> Iterator[Entry]:
    for facts in table.to_dict("records"):
        yield Entry(
            record=f"ptbxl/{facts['ecg_id']}",
            split=_split(facts),
            recording=partial(read_record, folder / facts[column], "PTB-XL"),
            labels=_labels(facts, superclass_of),
            patient=_patient(facts["patient_id"]),
        )


def _patient(stored: str) -> str:
    """Name a patient; the table stores numbers as 15709.0, and nothing where it does not know."""
    return f"ptbxl/patient/{stored.removesuffix('.0')}" if stored else ""


def _split(facts: Mapping[str, str]) -> str:
    """Official fold where the table has it, otherwise the split that it names."""
    if not facts["strat_fold"]:
        return facts["split"]
    return {VALIDATION_FOLD: "val", TEST_FOLD: "test"}.get(int(float(facts["strat_fold"])), "train")


def _labels(facts: Mapping[str, str], superclass_of: Mapping[str, str]) -> dict[str, float]:
    """Superclasses as a table of ours states them, the rest from the statements, if any."""
    stated = {code: float(facts[code]) for code in SUPERCLASSES if facts.get(code)}
    if not facts["scp_codes"]:
        return stated
    statements = ast.literal_eval(facts["scp_codes"])
    return SCP.labels(statements) | superclasses(statements, superclass_of) | stated


def superclasses(
    statements: Mapping[str, float], superclass_of: Mapping[str, str]
) -> dict[str, float]:
    """Return the superclasses of a report as PTB-XL's own example code does.

    Every diagnostic statement counts, whatever its likelihood. A report without any says nothing
    about them.
    """
    found = {superclass_of[scp] for scp in statements if scp in superclass_of}
    return {code: float(code in found) for code in SUPERCLASSES} if found else {}
