"""A comparison of two recordings as a table and as JSON values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from ecgcore.review.serial import QuantityChange, SerialComparison
from ecgcore.review.serial_text import headline, notes

COLUMNS = (
    "section",
    "item",
    "earlier",
    "later",
    "change",
    "unit",
    "limit",
    "beyond",
    "remark",
)


def comparison_csv(comparison: SerialComparison) -> bytes:
    """Write a comparison as comma-separated values with the `COLUMNS`.

    UTF-8 with a byte order mark, which spreadsheets ask for. Numbers in full precision.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for cells in _table(comparison):
        writer.writerow(["" if cell is None else cell for cell in cells])
    return stream.getvalue().encode("utf-8-sig")


def _table(comparison: SerialComparison) -> Iterator[tuple[object, ...]]:
    yield "summary", "headline", None, None, None, "", None, "", headline(comparison)
    for row in comparison.quantities:
        beyond = "" if row.change is None else "yes" if row.beyond_error else "no"
        yield (
            "measurement",
            row.quantity.name,
            row.earlier,
            row.later,
            row.change,
            row.quantity.unit,
            row.limit,
            beyond,
            row.reason or row.quantity.limit.source,
        )
    beats = comparison.beats
    if beats is not None:
        for lead, rms_mv in beats.qrs_rms_mv.items():
            yield "beat", f"QRS {lead}", None, None, rms_mv, "mV rms", None, "", ""
            yield (
                "beat",
                f"ST-T {lead}",
                None,
                None,
                beats.st_t_rms_mv[lead],
                "mV rms",
                None,
                "",
                "",
            )
            yield "beat", f"r {lead}", None, None, beats.similarity[lead], "", None, "", ""
    for finding in comparison.findings:
        yield (
            "finding",
            finding.code,
            finding.earlier,
            finding.later,
            finding.change,
            "",
            None,
            "yes" if finding.beyond_error else "no",
            finding.state,
        )
    for note in notes(comparison):
        yield "note", "", None, None, None, "", None, "", note


def comparison_line(comparison: SerialComparison) -> dict[str, Any]:
    """Return a comparison as JSON values, None where something is absent."""
    beats = comparison.beats
    return {
        "headline": headline(comparison),
        "measurements": {row.quantity.name: _line(row) for row in comparison.quantities},
        "findings": {
            finding.code: {
                "earlier": finding.earlier,
                "later": finding.later,
                "state": finding.state,
                "beyond_error": finding.beyond_error,
            }
            for finding in comparison.findings
        },
        "beats": None
        if beats is None
        else {
            "shift_ms": round(beats.shift_ms, 1),
            "similarity": _rounded(beats.similarity),
            "qrs_rms_mv": _rounded(beats.qrs_rms_mv),
            "st_t_rms_mv": _rounded(beats.st_t_rms_mv),
            "differing": list(beats.differing),
        },
        "exchange": comparison.exchange or None,
        "notes": notes(comparison),
    }


def _line(row: QuantityChange) -> dict[str, Any]:
    digits = row.quantity.digits + 1
    numbers = {
        "earlier": row.earlier,
        "later": row.later,
        "change": row.change,
        "limit": row.limit,
    }
    rounded = {name: None if x is None else round(x, digits) for name, x in numbers.items()}
    return rounded | {
        "unit": row.quantity.unit,
        "beyond_error": row.beyond_error,
        "reason": row.reason,
    }


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {lead: round(value, 3) for lead, value in values.items()}
