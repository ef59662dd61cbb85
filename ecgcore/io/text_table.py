"""Tables in text (CSV, TXT): one column per lead, often with names, rate or a time column."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecgcore.errors import ReadError
from ecgcore.io.limits import MAX_TEXT_BYTES, check_declared_size
from ecgcore.io.table_text import Layout, Preamble, decode, read_preamble, sniff
from ecgcore.io.tracing import Channel, Format, Tracing, single_file
from ecgcore.leads import canonical_name
from ecgcore.recording import MAX_FS_HZ, MIN_FS_HZ

_TIME_WORDS = ("time", "t", "sec", "seconds", "s", "ms", "msec", "zeit")
# A rate computed from rounded times is off by less than this share of it.
_RATE_ROUNDING = 1e-3
# Enough of a file to see its layout without decoding all of it.
_SNIFFED_BYTES = 200_000

Values = npt.NDArray[np.float64]


def _lines(data: bytes) -> list[str] | None:
    text = decode(data)
    if text is None or text.lstrip()[:1] in ("<", "{"):
        return None
    return [line for line in text.splitlines() if line.strip(" \t,;")]


def recognises(data: bytes) -> bool:
    """Tell text whose lines hold equally many numbers, at least two."""
    lines = _lines(data[:_SNIFFED_BYTES])
    if lines is None:
        return False
    if len(data) > _SNIFFED_BYTES and len(lines) > 1:
        lines = lines[:-1]  # the cut may have gone through the last line
    return sniff(lines) is not None


def read(data: bytes) -> Tracing:
    """Read one recording.

    Raises
    ------
    ReadError
        A field is no number, or the table is larger than the limits.
    """
    lines = _lines(data)
    layout = sniff(lines) if lines else None
    if lines is None or layout is None:
        raise ReadError("The table holds no block of lines with equally many numbers.")
    values = _numbers(lines, layout)
    preamble = read_preamble(lines[: layout.first_row], layout)
    if values.shape[1] > values.shape[0]:
        return _one_lead_per_line(values, preamble)
    return _one_lead_per_column(values, preamble)


def _numbers(lines: list[str], layout: Layout) -> Values:
    """Return the block of numbers, shape (rows, columns); an empty field is NaN."""
    n_rows = len(lines) - layout.first_row
    check_declared_size(1, n_rows * layout.n_columns)
    try:
        frame = pd.read_csv(
            io.StringIO("\n".join(lines[layout.first_row :])),
            sep=layout.separator or r"\s+",
            decimal=layout.decimal,
            header=None,
            index_col=False,
            usecols=range(layout.n_columns),
            dtype=np.float64,
            skipinitialspace=True,
        )
    except ValueError as error:  # pandas' parser errors are children of it
        raise ReadError("The table holds a field that is not a number.") from error
    return frame.to_numpy(dtype=np.float64)


def _one_lead_per_line(values: Values, preamble: Preamble) -> Tracing:
    check_declared_size(*values.shape)
    return Tracing(tuple(Channel(*_in_unit(row, None, preamble)) for row in values), fs=preamble.fs)


def _one_lead_per_column(values: Values, preamble: Preamble) -> Tracing:
    unnamed = not any(preamble.names)
    if unnamed and np.array_equal(values[0], np.arange(values.shape[1])):
        values = values[1:]  # the column numbers that pandas writes above unnamed columns
    check_declared_size(values.shape[1], values.shape[0])
    first, fs = 0, preamble.fs
    if values.shape[1] > 1 and _counts_up(values[:, 0]) and not _is_lead(preamble.names[0]):
        first = 1
        fs = fs or _rate_of_times(values[:, 0], preamble.names[0])
    channels = tuple(
        Channel(*_in_unit(values[:, i], preamble.units[i], preamble, preamble.names[i]))
        for i in range(first, values.shape[1])
        if not (preamble.names[i] is None and np.isnan(values[:, i]).all())
    )
    if not channels:
        raise ReadError("The table holds a time column and nothing else.")
    return Tracing(channels, fs=fs)


def _in_unit(
    samples: Values, unit: str | None, preamble: Preamble, name: str | None = None
) -> tuple[Values, str | None, str | None]:
    """Return (samples, name, unit); a column's own unit goes before the file's gain."""
    if unit is None and preamble.mv_per_unit is not None:
        return samples * preamble.mv_per_unit, name, "mV"
    return samples, name, unit


def _is_lead(name: str | None) -> bool:
    return name is not None and canonical_name(name) is not None


def _counts_up(column: Values) -> bool:
    """Tell an index or a time column: rising, in equal steps up to rounding."""
    steps = np.diff(column)
    if not np.isfinite(column).all() or len(steps) == 0 or steps.min() <= 0:
        return False
    even = np.linspace(column[0], column[-1], len(column))
    return bool(np.abs(column - even).max() <= steps.mean())


def _rate_of_times(column: Values, name: str | None) -> float | None:
    """Return the rate in Hz that a time column states; None for a mere index.

    Seconds and milliseconds need no unit: one of the two readings always gives an impossible rate.
    """
    per_step = (len(column) - 1) / (column[-1] - column[0])
    named_time = name is not None and any(
        word in _TIME_WORDS for word in name.lower().replace("(", " ").replace("[", " ").split()
    )
    if per_step == 1.0 and not named_time:
        return None
    for fs in (per_step, per_step * 1000.0):
        if MIN_FS_HZ <= fs <= MAX_FS_HZ:
            whole = float(round(fs))
            return whole if abs(fs - whole) <= _RATE_ROUNDING * fs else float(fs)
    return None


FORMAT = Format(
    "table",
    "CSV/TXT",
    (".csv", ".txt", ".tsv"),
    recognises,
    single_file(read),
    vendor="any program",
    max_bytes=MAX_TEXT_BYTES,
)
