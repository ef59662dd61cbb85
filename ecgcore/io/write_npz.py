"""Recordings as NumPy files: what `numpy.load` opens, and `numpy_file` reads back as it was."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from ecgcore.io.exported import Exported, of_floats
from ecgcore.leads import LEADS
from ecgcore.recording import Recording


def write(recording: Recording, stem: str, note: str = "") -> Exported:
    """Write `signal` (12, T) float32 mV, `fs` in Hz and `leads`; `note` where there is one.

    Parameters
    ----------
    recording : Recording
        Age and sex have no place in this layout and are not written.
    stem : str
        File name without extension.
    note : str
        One line about what was done to the recording.

    Returns
    -------
    Exported
        Always exact.
    """
    arrays: dict[str, Any] = {
        "signal": recording.signal,
        "fs": np.float64(recording.fs),
        "leads": np.array(LEADS),
    }
    if note:
        arrays["note"] = np.array(note)
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return of_floats({f"{stem}.npz": stream.getvalue()})
