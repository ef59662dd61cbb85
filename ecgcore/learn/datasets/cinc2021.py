"""PhysioNet/CinC Challenge 2020-21 recordings with a table of their diagnoses.

References
----------
Reyna MA et al. Will two do? Varying dimensions in electrocardiography: the PhysioNet/Computing in
Cardiology Challenge 2021. Comput Cardiol 2021;48.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from ecgcore.errors import DatasetError
from ecgcore.learn.datasets.labelled_set import Entry, LabelledSet, collect
from ecgcore.learn.datasets.wfdb_files import read_record
from ecgcore.signal.preprocess import PreprocessingConfig

# The Challenge scores these pairs as one diagnosis (CRBBB = RBBB, PAC = SVPB, PVC = VPB); the left
# bundle branch block of CPSC is complete.
COLUMNS_OF_CODE = {
    "NSR": ("NSR",),
    "AF": ("AF",),
    "AFL": ("AFL",),
    "STach": ("STach",),
    "SB": ("SB",),
    "IAVB": ("IAVB",),
    "LBBB": ("CLBBB", "LBBB"),
    "CRBBB": ("CRBBB", "RBBB"),
    "IRBBB": ("IRBBB",),
    "LAnFB": ("LAnFB",),
    "PAC": ("PAC", "SVPB"),
    "PVC": ("PVC", "VPB"),
}
# Records whose name begins so are PTB-XL's: not external to weights trained on PTB-XL.
PTBXL_PREFIX = "HR"


def read(folder: Path, config: PreprocessingConfig) -> LabelledSet:
    """Read ``labels.csv`` and its records, PTB-XL's left out; all are an external test set.

    Raises
    ------
    DatasetError
        labels.csv is missing.
    """
    return collect(_entries(folder), "cinc2021", config)


def _entries(folder: Path) -> Iterator[Entry]:
    table_path = folder / "labels.csv"
    if not table_path.is_file():
        raise DatasetError("labels.csv is missing from the CinC folder.")
    for facts in pd.read_csv(table_path).to_dict("records"):
        record = facts["id"]
        if record.startswith(PTBXL_PREFIX):
            continue
        labels = {
            code: float(any(facts[column] == 1 for column in columns))
            for code, columns in COLUMNS_OF_CODE.items()
        }
        yield Entry(
            f"cinc2021/{record}", "external", read_record(folder / record, "CinC 2021"), labels
        )
