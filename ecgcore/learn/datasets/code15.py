"""CODE-15%: exams.csv and HDF5 files of tracings, 345,779 exams of 233,770 people.

``exams_part<i>.hdf5`` holds ``exam_id`` (R,) and ``tracings`` (R, 4096, 12) at 400 Hz, leads DI,
DII, DIII, AVR, AVL, AVF, V1 ... V6; a tracing of 10 or 7 s has zeros before and after. The
tracings are taken as millivolts: the publication states no unit, and R waves of lead II then reach
what they usually do. One tracing at a time is read.

References
----------
Ribeiro AH et al. CODE-15%: a large scale annotated dataset of 12-lead ECGs. Zenodo 2021,
doi:10.5281/zenodo.4916206.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt
import pandas as pd

from ecgcore.errors import DatasetError
from ecgcore.learn.datasets.recordings import Entry, Listing, split_by_patient
from ecgcore.learn.datasets.tables import read_table, require, stamp
from ecgcore.learn.datasets.vocabulary import CODE15
from ecgcore.recording import Recording

FS_HZ = 400.0


def listing(folder: Path) -> Listing:
    """List the exams whose HDF5 file is in the folder; download as many parts as are wanted.

    Raises
    ------
    DatasetError
        exams.csv or every HDF5 file is missing.
    """
    table_path = require(folder, "exams.csv", "CODE-15")
    columns = ("exam_id", "patient_id", "trace_file", *CODE15.codes_of)
    table = read_table(table_path, columns)
    parts = sorted(path.name for path in folder.glob("*.hdf5"))
    if not parts:
        raise DatasetError("Every exams_part<i>.hdf5 is missing from the CODE-15 folder.")
    # File by file: one is open at a time.
    here = table[table["trace_file"].isin(parts)].sort_values("trace_file", kind="stable")
    return Listing("code15", len(here), _entries(folder, here), stamp([table_path]))


def _entries(folder: Path, table: pd.DataFrame) -> Iterator[Entry]:
    for part, exams in table.groupby("trace_file", sort=True):
        rows: dict[int, int] = {}
        try:
            with h5py.File(folder / str(part)) as file:
                rows = {int(exam): row for row, exam in enumerate(file["exam_id"][:])}
        except (OSError, KeyError):
            pass  # each of its exams is then reported as damaged
        for facts in exams.to_dict("records"):
            patient = f"code15/patient/{facts['patient_id']}"
            yield Entry(
                record=f"code15/{facts['exam_id']}",
                split=split_by_patient(patient),
                recording=partial(
                    read_recording, folder / str(part), rows.get(int(facts["exam_id"]))
                ),
                labels=_labels(facts),
                patient=patient,
            )


def _labels(facts: Mapping[str, str]) -> dict[str, float]:
    true = ("true", "1", "1.0")
    return CODE15.labels([column for column in CODE15.codes_of if facts[column].lower() in true])


def read_recording(path: Path, row: int | None) -> Recording:
    """Read the tracing in one row of an HDF5 file.

    Raises
    ------
    DatasetError
        The file does not hold the exam, or the tracing is empty.
    """
    if row is None:
        raise DatasetError(f"{path.name} is damaged or does not hold this exam.")
    with h5py.File(path) as file:
        tracing = np.asarray(file["tracings"][row], dtype=np.float32)  # (4096, 12)
    return Recording(without_padding(tracing).T, FS_HZ, "CODE-15")


def without_padding(tracing: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Cut the zeros before and after a tracing, (T, 12).

    Raises
    ------
    DatasetError
        There is nothing else.
    """
    recorded = np.flatnonzero(tracing.any(axis=1))
    if not recorded.size:
        raise DatasetError("Its tracing holds nothing but zeros.")
    return tracing[recorded[0] : recorded[-1] + 1]
