"""The PTB-XL subset: 1,819 recordings at 250 Hz, band-passed and without absolute scale.

Its chest leads were each divided by their own deviation, and the limb leads by a common one. Both
are put back on a nominal scale, so that right-leg swaps, which mix limb into chest leads, mean
something; training varies that scale (`augment`).

References
----------
Wagner P et al. PTB-XL, a large publicly available electrocardiography dataset. Sci Data 2020;7:154.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecgcore.errors import DatasetError
from ecgcore.leads import CHEST_LEADS, INDEX, LEADS, derive_missing
from ecgcore.learn.datasets.labelled_set import Entry, LabelledSet, collect
from ecgcore.model.labels import CODES
from ecgcore.recording import Recording
from ecgcore.signal.preprocess import PreprocessingConfig

# Medians over the 367 unfiltered training recordings of PTB-XL that carry millivolts, after the
# filter of PreprocessingConfig: root mean square of I, II, III, and of V1..V6 relative to it.
NOMINAL_LIMB_RMS_MV = 0.115
CHEST_TO_LIMB = (1.2, 2.2, 1.9, 1.8, 1.6, 1.3)


def read(folder: Path, config: PreprocessingConfig) -> LabelledSet:
    """Read ``ptbxl_subset.npz`` and ``ptbxl_subset_labels.csv`` of `folder`.

    Raises
    ------
    DatasetError
        A file is missing, or the two do not list the same recordings.
    """
    signals_path = folder / "ptbxl_subset.npz"
    labels_path = folder / "ptbxl_subset_labels.csv"
    for path in (signals_path, labels_path):
        if not path.is_file():
            raise DatasetError(f"{path.name} is missing from the data folder.")
    with np.load(signals_path, allow_pickle=False) as stored:
        table = pd.read_csv(labels_path)
        if not np.array_equal(stored["ecg_id"], table["ecg_id"]):
            raise DatasetError("ptbxl_subset.npz and its labels list different recordings.")
        entries = _entries(
            stored["signals"] / np.float32(stored["counts_per_unit"]),
            [str(lead) for lead in stored["leads"]],
            float(stored["fs"]),
            table,
        )
        return collect(entries, "ptbxl_subset", config, chest_scale_known=False)


def _entries(
    signals: npt.NDArray[np.float32], leads: list[str], fs: float, table: pd.DataFrame
) -> Iterator[Entry]:
    rows = [INDEX[lead] for lead in leads]
    chest_scale = dict(zip(CHEST_LEADS, CHEST_TO_LIMB, strict=True))
    scale_mv = NOMINAL_LIMB_RMS_MV * np.array([chest_scale.get(lead, 1.0) for lead in leads])
    for stored, facts in zip(signals, table.to_dict("records"), strict=True):
        signal = np.full((len(LEADS), stored.shape[1]), np.nan, dtype=np.float32)
        signal[rows] = stored * scale_mv[:, None]
        yield Entry(
            record=f"ptbxl/{facts['ecg_id']}",
            split=facts["split"],
            recording=Recording(derive_missing(signal)[0], fs, "PTB-XL"),
            labels={code: facts[code] for code in CODES if not pd.isna(facts[code])},
        )
