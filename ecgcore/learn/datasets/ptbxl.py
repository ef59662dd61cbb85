"""PTB-XL in its published layout: ptbxl_database.csv, scp_statements.csv, records500/.

References
----------
Wagner P et al. PTB-XL, a large publicly available electrocardiography dataset. Sci Data 2020;7:154.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from ecgcore.errors import DatasetError
from ecgcore.learn.datasets.labelled_set import Entry, LabelledSet, collect
from ecgcore.learn.datasets.wfdb_files import read_record
from ecgcore.signal.preprocess import PreprocessingConfig

# SCP statements of rhythm, conduction and ectopy, as PTB-XL codes them.
SCP_TO_CODE = {
    "SR": "NSR",
    "AFIB": "AF",
    "AFLT": "AFL",
    "STACH": "STach",
    "SBRAD": "SB",
    "1AVB": "IAVB",
    "CLBBB": "LBBB",
    "CRBBB": "CRBBB",
    "IRBBB": "IRBBB",
    "LAFB": "LAnFB",
    "PAC": "PAC",
    "PVC": "PVC",
}
_OTHER_RHYTHMS = {"SARRH", "SVARR", "SVTAC", "PSVT", "PACE", "BIGU", "TRIGU"}
RHYTHM_STATEMENTS = _OTHER_RHYTHMS | {"SR", "AFIB", "AFLT", "STACH", "SBRAD"}
SUPERCLASSES = ("NORM", "MI", "STTC", "CD", "HYP")
# Official folds: 1-8 training, 9 validation, 10 test.
VALIDATION_FOLD, TEST_FOLD = 9, 10


def read(folder: Path, config: PreprocessingConfig) -> LabelledSet:
    """Read the recordings at 500 Hz that `folder` holds.

    Raises
    ------
    DatasetError
        The folder holds no ptbxl_database.csv, or none of the recordings it lists.
    """
    table_path = folder / "ptbxl_database.csv"
    if not table_path.is_file():
        raise DatasetError("ptbxl_database.csv is missing from the PTB-XL folder.")
    entries = list(_entries(folder, pd.read_csv(table_path)))
    if not entries:
        raise DatasetError("None of the recordings of ptbxl_database.csv is in the PTB-XL folder.")
    return collect(entries, "ptbxl_raw", config)


def _entries(folder: Path, table: pd.DataFrame) -> Iterator[Entry]:
    for facts in table.to_dict("records"):
        path = folder / facts["filename_hr"]
        if path.with_suffix(".hea").is_file():
            yield Entry(
                record=f"ptbxl/{facts['ecg_id']}",
                split=_split(facts),
                recording=read_record(path, "PTB-XL"),
                labels=_labels(facts),
            )


def _split(facts: dict) -> str:
    """Official fold where the table has it, otherwise the split that it names."""
    fold = facts["strat_fold"]
    if pd.isna(fold):
        return str(facts["split"])
    return {VALIDATION_FOLD: "val", TEST_FOLD: "test"}.get(int(fold), "train")


def _labels(facts: dict) -> dict[str, float]:
    """Superclasses where the table has them; the rest from the statements, if there are any."""
    labels = {code: float(facts[code]) for code in SUPERCLASSES if code in facts}
    if pd.isna(facts["scp_codes"]):
        return labels
    statements = ast.literal_eval(facts["scp_codes"])
    labels |= {code: float(scp in statements) for scp, code in SCP_TO_CODE.items()}
    if not RHYTHM_STATEMENTS & set(statements):
        # A report without any rhythm statement does not deny sinus rhythm.
        del labels["NSR"]
    return labels
