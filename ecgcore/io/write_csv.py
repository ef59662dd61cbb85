"""Recordings as text: rate and unit, then a time column and one column per lead."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ecgcore.io.exported import Exported, of_floats
from ecgcore.leads import LEADS
from ecgcore.recording import Recording

# Text takes ten times the memory of the numbers while it is put together.
_ROWS_AT_ONCE = 20_000
# Parsers of decimal numbers err by a few units of the 53rd bit, 2**-28 of what float32 rounds by;
# a thousand times that costs one value in millions its shortest text.
_PARSER_ROOM = 2.0**-18
# Decimal digits that always tell neighbouring float32 numbers apart.
_ENOUGH_DIGITS = 9


def write(recording: Recording, stem: str, note: str = "") -> Exported:
    """Write text that ``pandas.read_csv(..., comment="#")`` and `text_table` read.

    Each number is the shortest that gives the float32 value back. All twelve leads have a column;
    what was not recorded is ``nan``, as an empty last field would look like a separator at the end
    of the line to many readers.

    Parameters
    ----------
    recording : Recording
        Age and sex have no place in a table and are not written.
    stem : str
        File name without extension.
    note : str
        One line about what was done to the recording.

    Returns
    -------
    Exported
        Always exact.
    """
    lines = [f"# Sampling rate: {recording.fs!r} Hz", "# Unit: mV"]
    lines += [f"# Note: {note}"] if note else []
    lines.append(",".join(("time_s", *LEADS)))
    chunks = ["\n".join(lines) + "\n", *_rows(recording)]
    return of_floats({f"{stem}.csv": "".join(chunks).encode("ascii")})


def _rows(recording: Recording) -> Iterator[str]:
    for start in range(0, recording.n_samples, _ROWS_AT_ONCE):
        part = recording.signal[:, start : start + _ROWS_AT_ONCE]
        times = np.round(np.arange(start, start + part.shape[1]) / recording.fs, 6)
        columns = [times.astype(str).tolist(), *(_texts(lead) for lead in part)]
        yield "".join(",".join(row) + "\n" for row in zip(*columns, strict=True))


def _texts(samples: npt.NDArray[np.float32]) -> list[str]:
    """Return one text per sample; each value is spelled once, as a lead has few different ones."""
    # Told apart by their bits: 0.0 equals -0.0.
    bits, places = np.unique(np.ascontiguousarray(samples).view(np.uint32), return_inverse=True)
    return _shortest(bits.view(np.float32))[places].tolist()


def _shortest(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.str_]:
    """Return the shortest decimals that read as these float32 numbers, by way of float64 too."""
    text = samples.astype(str)
    exact = samples.astype(np.float64)
    half_ulp = np.spacing(np.abs(samples)).astype(np.float64) / 2.0
    near_tie = np.abs(text.astype(np.float64) - exact) > half_ulp * (1.0 - _PARSER_ROOM)
    for i in np.flatnonzero(near_tie):
        text[i] = f"{exact[i]:.{_ENOUGH_DIGITS}g}"
    return text
