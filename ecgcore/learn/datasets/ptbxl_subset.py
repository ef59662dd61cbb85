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
from ecgcore.leads import CHEST_LEADS, derive_missing
from ecgcore.learn.datasets.lead_rows import in_lead_order
from ecgcore.learn.datasets.recordings import Entry, Listing
from ecgcore.learn.datasets.tables import read_table, require, stamp
from ecgcore.model.labels import CODES
from ecgcore.recording import Recording

# Medians over the 367 unfiltered training recordings of PTB-XL that carry millivolts, after the
# filter of PreprocessingConfig: root mean square of I, II, III, and of V1..V6 relative to it.
NOMINAL_LIMB_RMS_MV = 0.115
CHEST_TO_LIMB = (1.2, 2.2, 1.9, 1.8, 1.6, 1.3)


def listing(folder: Path) -> Listing:
    """List the recordings of the subset.

    Raises
    ------
    DatasetError
        A file is missing, or the two do not list the same recordings.
    """
    signals_path = require(folder, "ptbxl_subset.npz", "data")
    labels_path = require(folder, "ptbxl_subset_labels.csv", "data")
    table = read_table(labels_path, ("ecg_id", "split"))
    with np.load(signals_path, allow_pickle=False) as stored:
        if not np.array_equal(stored["ecg_id"].astype(str), table["ecg_id"]):
            raise DatasetError("ptbxl_subset.npz and its labels list different recordings.")
    return Listing("ptbxl_subset", len(table), _entries(signals_path, table), stamp([labels_path]))


def _entries(signals_path: Path, table: pd.DataFrame) -> Iterator[Entry]:
    with np.load(signals_path, allow_pickle=False) as stored:
        leads = [str(lead) for lead in stored["leads"]]
        fs, counts_per_unit = float(stored["fs"]), float(stored["counts_per_unit"])
        signals = stored["signals"]  # (R, 8, T) int16
    chest_scale = dict(zip(CHEST_LEADS, CHEST_TO_LIMB, strict=True))
    scale_mv = NOMINAL_LIMB_RMS_MV * np.array([chest_scale.get(lead, 1.0) for lead in leads])
    for counts, facts in zip(signals, table.to_dict("records"), strict=True):
        yield Entry(
            record=f"ptbxl/{facts['ecg_id']}",
            split=facts["split"],
            recording=_recording(
                counts / np.float32(counts_per_unit) * scale_mv[:, None], leads, fs
            ),
            labels={code: float(facts[code]) for code in CODES if facts[code]},
            chest_scale_known=False,
        )


def _recording(values_mv: npt.NDArray[np.floating], leads: list[str], fs: float) -> Recording:
    return Recording(derive_missing(in_lead_order(values_mv, leads))[0], fs, "PTB-XL")
