"""LUDB: 200 recordings of 10 s with rhythm, conduction and ectopy.

The gains in its headers are wrong (a different one per lead breaks II = I + III); the stored values
obey the lead algebra exactly at 1000 per mV, and that is what is used.

References
----------
Kalyakulina AI et al. LUDB: a new open-access validation tool for electrocardiogram delineation
algorithms. IEEE Access 2020;8:186181-186190.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from ecgcore.learn.datasets.recordings import Entry, Listing
from ecgcore.learn.datasets.tables import read_table, require, stamp
from ecgcore.learn.datasets.vocabulary import LUDB
from ecgcore.learn.datasets.wfdb_files import read_record
from ecgcore.recording import Recording

DIGITAL_PER_MV = 1000.0
STATEMENT_COLUMNS = ("Rhythms", "Conduction abnormalities", "Extrasystolies", "Cardiac pacing")


def listing(folder: Path) -> Listing:
    """List the recordings of ludb.csv.

    Raises
    ------
    DatasetError
        ludb.csv is missing or lacks a column.
    """
    table_path = require(folder, "ludb.csv", "LUDB")
    table = read_table(table_path, ("ID", *STATEMENT_COLUMNS))
    return Listing("ludb", len(table), _entries(folder, table), stamp([table_path]))


def read_recording(folder: Path, number: int) -> Recording:
    """Read one recording, 1 to 200, in true millivolts."""
    return read_record(folder / "data" / str(number), "LUDB", digital_per_mv=DIGITAL_PER_MV)


def _entries(folder: Path, table: pd.DataFrame) -> Iterator[Entry]:
    for facts in table.to_dict("records"):
        number = int(facts["ID"])
        yield Entry(
            f"ludb/{number}",
            "external",
            partial(read_recording, folder, number),
            LUDB.labels(statements(facts)),
        )


def statements(facts: Mapping[str, str]) -> set[str]:
    """Return what one row states, in lower case; details behind a comma or colon are dropped."""
    lines = [line for column in STATEMENT_COLUMNS for line in facts[column].splitlines()]
    return {re.split("[,:]", line)[0].strip().lower() for line in lines}
