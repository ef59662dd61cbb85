"""The layout of a table in text: separator, decimal sign, where the numbers begin, what precedes.

Everything here is about text; what the columns mean is decided in `text_table`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ecgcore.io.tracing import mv_per_unit

# Two rows say little: an ECG has hundreds; wide files hold one lead per line.
_MIN_ROWS, _MIN_WIDE_COLUMNS = 20, 50
_SNIFFED_ROWS = 10
# A single line of the preamble may hold numbers too: "Gain, 200".
_MIN_RUN = 3
# A preamble is a page at most.
_MAX_PREAMBLE_CHARACTERS = 10_000
# Separator and decimal sign, most specific first: "1,5;2,5" is two numbers, not three.
_CANDIDATES = (
    ("\t", "."),
    ("\t", ","),
    (";", "."),
    (";", ","),
    (",", "."),
    (None, "."),
    (None, ","),
)
_NUMBER = r"([-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?)"
_VOLT = r"(uv|µv|μv|mv|nv|v|microvolts?|millivolts?|nanovolts?|volts?)"
_RATE = re.compile(
    rf"(?:sampl\w*[\s_-]*(?:rate|freq\w*)|\bfs\b|\bsrate\b|\bsfreq\b)[^\d+-]*{_NUMBER}\s*(khz)?",
    re.IGNORECASE,
)
_GAIN = re.compile(
    rf"gain[^\d]*?(?:/|\bper\b)\s*{_VOLT}\b[^\d]*{_NUMBER}"
    rf"|gain\W*{_NUMBER}\s*\w*\s*(?:/|\bper\b)\s*{_VOLT}\b",
    re.IGNORECASE,
)
_RESOLUTION = re.compile(
    rf"\b(?:resolution|lsb|scale)\b[^\d]*{_NUMBER}\s*{_VOLT}\b"
    rf"|\b(?:resolution|lsb|scale)\b\W*\b{_VOLT}\b[^\d]*{_NUMBER}",
    re.IGNORECASE,
)
_UNIT = re.compile(rf"\bunits?\b\W*{_VOLT}\b", re.IGNORECASE)
_COLUMN_UNIT = re.compile(rf"[\s_(\[/]{_VOLT}[\s)\]]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """How the numbers are written.

    Attributes
    ----------
    separator : str or None
        None: runs of spaces.
    decimal : str
    n_columns : int
    first_row : int
        Line at which the numbers begin.
    """

    separator: str | None
    decimal: str
    n_columns: int
    first_row: int


@dataclass(frozen=True)
class Preamble:
    """What the lines before the numbers state."""

    fs: float | None
    mv_per_unit: float | None
    names: tuple[str | None, ...]
    units: tuple[str | None, ...]


def decode(data: bytes) -> str | None:
    """Return the text, or None where these bytes are none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in data:
        return None
    else:
        encodings = ("utf-8-sig", "latin-1")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def split(line: str, separator: str | None) -> list[str]:
    """Split one line into fields, without quotes and outer spaces."""
    return [field.strip().strip("\"'").strip() for field in line.split(separator)]


def _count_numbers(line: str, separator: str | None, decimal: str) -> int | None:
    """Return how many numbers a line holds; None where a field is none. Empty means missing."""
    fields = split(line, separator)
    if separator is not None and fields[-1] == "":
        fields = fields[:-1]
    if not any(fields):
        return None
    for field in fields:
        if decimal == "," and "." in field:
            return None
        try:
            float(field.replace(",", ".") if decimal == "," else field or "nan")
        except ValueError:
            return None
    return len(fields)


def sniff(lines: Sequence[str]) -> Layout | None:
    """Find separator, decimal sign and first row of numbers; None where this is no table.

    Parameters
    ----------
    lines : sequence of str
        Without empty lines.
    """
    middle = lines[len(lines) // 2 :][:_SNIFFED_ROWS]
    for separator, decimal in _CANDIDATES:
        counts = {_count_numbers(line, separator, decimal) for line in middle}
        if len(counts) != 1 or (n_columns := counts.pop() or 0) < 2:
            continue
        first = _first_row(lines, separator, decimal, n_columns)
        n_rows = len(lines) - first
        if n_rows < _MIN_ROWS and n_columns < _MIN_WIDE_COLUMNS:
            return None
        return Layout(separator, decimal, n_columns, first)
    return None


def _first_row(lines: Sequence[str], separator: str | None, decimal: str, n_columns: int) -> int:
    """Return where a few lines in a row first hold as many numbers as the middle of the table."""
    run = 0
    for i, line in enumerate(lines):
        run = run + 1 if _count_numbers(line, separator, decimal) == n_columns else 0
        if run == _MIN_RUN:
            return i + 1 - run
    return len(lines)


def read_preamble(lines: Sequence[str], layout: Layout) -> Preamble:
    """Read rate, gain, names and units from the lines before the numbers.

    Parameters
    ----------
    lines : sequence of str
        The lines before `Layout.first_row`.
    layout : Layout
    """
    names, units = _column_titles(lines, layout)
    text = "\n".join(lines)[-_MAX_PREAMBLE_CHARACTERS:]
    rate = _RATE.search(text)
    fs = _to_float(rate[1]) * (1000.0 if rate[2] else 1.0) if rate else None
    return Preamble(fs, _stated_scale(text), names, units)


def _to_float(text: str) -> float:
    return float(text.replace(",", "."))


def _stated_scale(text: str) -> float | None:
    """Millivolts in one stored unit, from a gain, a resolution or a unit."""
    if match := _GAIN.search(text):
        gain = _to_float(match[2] or match[3])
        return (mv_per_unit(match[1] or match[4]) or 1.0) / gain if gain else None
    if match := _RESOLUTION.search(text):
        scale = mv_per_unit(match[2] or match[3])
        return scale * _to_float(match[1] or match[4]) if scale else None
    if match := _UNIT.search(text):
        return mv_per_unit(match[1])
    return None


def _column_titles(
    lines: Sequence[str], layout: Layout
) -> tuple[tuple[str | None, ...], tuple[str | None, ...]]:
    """Return names and units of the columns: a line of names, perhaps a line of units below."""
    rows = [_title_fields(line, layout) for line in lines]
    rows = [row for row in rows if row is not None]
    nothing: tuple[str | None, ...] = (None,) * layout.n_columns
    if not rows:
        return nothing, nothing
    last = rows[-1] or []
    if len(rows) > 1 and any(mv_per_unit(field.strip("()[]")) for field in last):
        units = tuple(field.strip("()[]") or None for field in last)
        return tuple(field or None for field in rows[-2] or []), units
    found = [_COLUMN_UNIT.search(field) for field in last]
    names = [field[: m.start()] if m else field for field, m in zip(last, found, strict=True)]
    return tuple(name or None for name in names), tuple(m[1] if m else None for m in found)


def _title_fields(line: str, layout: Layout) -> list[str] | None:
    """Fields of a line that has one per column, else None."""
    fields = split(line.lstrip("#% "), layout.separator)
    if len(fields) == layout.n_columns + 1 and not fields[-1]:
        fields = fields[:-1]
    return fields if len(fields) == layout.n_columns else None
