"""A folder of yours: any files that the app can open, and labels.csv.

labels.csv has a column ``file`` (a path within the folder), optionally ``patient`` and ``split``,
and one column per finding, named by its code (`model.labels.CODES`), with 1, 0, or nothing for
unknown. Other columns are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from ecgcore.errors import DatasetError
from ecgcore.io import Answers
from ecgcore.io.local_files import read_paths
from ecgcore.learn.datasets.recordings import SPLITS, Entry, Listing, split_by_patient
from ecgcore.learn.datasets.tables import read_table, require, stamp
from ecgcore.model.labels import CODES
from ecgcore.recording import Recording

VALUES = {"0": 0.0, "1": 1.0, "0.0": 0.0, "1.0": 1.0, "": None}


def listing(folder: Path) -> Listing:
    """List the recordings of labels.csv.

    Raises
    ------
    DatasetError
        labels.csv is missing, or has no column ``file`` or none of a finding.
    """
    table_path = require(folder, "labels.csv", "recordings")
    table = read_table(table_path, ("file",))
    if not set(CODES).intersection(table.columns):
        raise DatasetError(
            f"labels.csv names no finding; its columns may be {', '.join(CODES)}, with 1, 0 or "
            "nothing in each row."
        )
    return Listing("folder", len(table), _entries(folder, table), stamp([table_path]))


def _entries(folder: Path, table: pd.DataFrame) -> Iterator[Entry]:
    for facts in table.to_dict("records"):
        record = f"folder/{facts['file']}"
        patient = f"folder/patient/{facts['patient']}" if facts.get("patient") else record
        split = facts.get("split") or split_by_patient(patient)
        labels = {code: VALUES.get(facts[code].strip()) for code in CODES if code in facts}
        fault = _fault(facts, split)
        yield Entry(
            record,
            split,
            _refuse(fault) if fault else partial(read_recording, folder, facts["file"]),
            {code: value for code, value in labels.items() if value is not None},
            patient,
        )


def _fault(facts: Mapping[str, str], split: str) -> str | None:
    """Return what is wrong with a row of the table, as a sentence."""
    if split not in SPLITS:
        return f'Its split is "{split}", expected {", ".join(SPLITS)} or nothing.'
    for code in CODES:
        if facts.get(code, "").strip() not in VALUES:
            return f'Its {code} is "{facts[code]}", expected 1, 0 or nothing.'
    return None


def _refuse(sentence: str) -> Callable[[], Recording]:
    def refuse() -> Recording:
        raise DatasetError(sentence)

    return refuse


def read_recording(folder: Path, file: str) -> Recording:
    """Read one file; what it does not state is guessed, as on the command line.

    Raises
    ------
    DatasetError
        The path leaves the folder, the file cannot be read, or holds more than one recording.
    """
    path = folder / file
    if not path.resolve().is_relative_to(folder.resolve()):
        raise DatasetError("Its path leads out of the folder.")
    results = [result for _, result in read_paths([path], Answers())]
    if len(results) != 1:
        raise DatasetError(f"Its file holds {len(results)} recordings, expected 1.")
    if results[0].recording is None:
        raise DatasetError(results[0].error or "Its file holds no recording.")
    return results[0].recording
