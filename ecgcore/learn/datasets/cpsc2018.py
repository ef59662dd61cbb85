"""China Physiological Signal Challenge 2018: REFERENCE.csv and one MATLAB file per recording.

Recordings of 6 to 60 s at 500 Hz, nine classes, up to three per recording. Who they are of is not
published.

References
----------
Liu F et al. An open access database for evaluating the algorithms of electrocardiogram rhythm and
morphology abnormality detection. J Med Imaging Health Inform 2018;8:1368-1373.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.io import loadmat

from ecgcore.errors import DatasetError
from ecgcore.leads import LEADS
from ecgcore.learn.datasets.recordings import Entry, Listing, split_by_patient
from ecgcore.learn.datasets.tables import read_table, stamp
from ecgcore.learn.datasets.vocabulary import CPSC2018
from ecgcore.recording import Recording

FS_HZ = 500.0
LABEL_COLUMNS = ("First_label", "Second_label", "Third_label")


def listing(folder: Path) -> Listing:
    """List the recordings of every REFERENCE.csv below `folder` (TrainingSet1 ... 3).

    Raises
    ------
    DatasetError
        There is no REFERENCE.csv, or it lacks a column.
    """
    references = sorted(folder.rglob("REFERENCE.csv"))
    if not references:
        raise DatasetError("REFERENCE.csv is missing from the CPSC 2018 folder.")
    # One reference table may stand for recordings in several folders.
    tables = [read_table(path, ("Recording", *LABEL_COLUMNS)) for path in references]
    table = pd.concat(tables).drop_duplicates("Recording")
    files = {path.stem: path for path in sorted(folder.rglob("*.mat"))}
    return Listing("cpsc2018", len(table), _entries(folder, table, files), stamp(references))


def _entries(folder: Path, table: pd.DataFrame, files: Mapping[str, Path]) -> Iterator[Entry]:
    for facts in table.to_dict("records"):
        name = facts["Recording"]
        record = f"cpsc2018/{name}"
        path = files.get(name, folder / f"{name}.mat")
        yield Entry(
            record=record,
            split=split_by_patient(record),
            recording=partial(read_recording, path),
            # Some editions of the table write 5.0.
            labels=CPSC2018.labels([facts[column].removesuffix(".0") for column in LABEL_COLUMNS]),
        )


def read_recording(path: Path) -> Recording:
    """Read the structure ``ECG`` with ``data``, (12, T) in mV in the usual order of leads.

    Raises
    ------
    DatasetError
        The file holds no such structure or not twelve leads.
    """
    with path.open("rb") as file:  # loadmat itself says little about a missing file
        stored = loadmat(file, variable_names=["ECG"], squeeze_me=True, struct_as_record=False)
    if "ECG" not in stored or not hasattr(stored["ECG"], "data"):
        raise DatasetError("Its file holds no structure ECG with a field data.")
    signal = np.asarray(stored["ECG"].data, dtype=np.float32)
    if signal.ndim != 2 or len(signal) != len(LEADS):
        raise DatasetError(f"Its data have shape {signal.shape}, expected (12, samples).")
    return Recording(signal, FS_HZ, "CPSC 2018")
