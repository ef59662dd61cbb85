"""WFDB records of a data folder that is trusted; uploads go through `ecgcore.io`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import wfdb

from ecgcore.leads import INDEX, LEADS, canonical_name
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
    values = record.p_signal if digital_per_mv is None else record.d_signal / digital_per_mv
    signal = np.full((len(LEADS), len(values)), np.nan, dtype=np.float32)
    for name, samples in zip(record.sig_name, values.T, strict=True):
        lead = canonical_name(name)
        if lead is not None:
            signal[INDEX[lead]] = samples
    return Recording(signal, record.fs, source)
