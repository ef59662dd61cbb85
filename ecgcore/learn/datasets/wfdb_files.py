"""WFDB records of a data folder that is trusted; uploads go through `ecgcore.io`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import wfdb

from ecgcore.io.tracing import mv_per_unit
from ecgcore.learn.datasets.lead_rows import in_lead_order
from ecgcore.recording import Recording


def read_record(path: Path, source: str, *, digital_per_mv: float | None = None) -> Recording:
    """Read one record (path without suffix).

    Parameters
    ----------
    path : Path
    source : str
        Kept as `Recording.source`.
    digital_per_mv : float, optional
        Ignore the gains of the header and divide the stored values by this.
    """
    record = wfdb.rdrecord(str(path), physical=digital_per_mv is None)
    if digital_per_mv is None:
        values = record.p_signal * np.array([mv_per_unit(unit) or 1.0 for unit in record.units])
    else:
        values = record.d_signal / digital_per_mv
    return Recording(in_lead_order(values.T, record.sig_name), record.fs, source)
