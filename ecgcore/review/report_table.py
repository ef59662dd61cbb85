"""The report as a table: one line per statement, for a spreadsheet or a program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ecgcore.review.report_content import ReportContent
from ecgcore.review.report_text import ENGLISH
from ecgcore.signal.quality_issue import sentences

COLUMNS = ("section", "item", "value", "unit", "limit", "remark")

Row = tuple[str, str, object, str, object, str]


def to_csv(content: ReportContent) -> bytes:
    """Write the report as comma-separated values with the `COLUMNS`.

    Numbers are in full precision, absent ones empty with the reason as remark. UTF-8 with a byte
    order mark, without which spreadsheets take a Chinese comment for another encoding.

    Parameters
    ----------
    content : ReportContent

    Returns
    -------
    bytes
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(content):
        writer.writerow(["" if cell is None else cell for cell in row])
    return stream.getvalue().encode("utf-8-sig")


def _rows(content: ReportContent) -> Iterator[Row]:
    yield from _origin(content)
    for line in content.measurements:
        yield "measurement", line.name, line.value, line.unit, None, line.reason
    for note in content.measurement_notes:
        yield "measurement", "note", None, "", None, note
    for finding in content.findings:
        remark = "reported" if finding.reported else ""
        yield "finding", finding.code, finding.probability, "", finding.threshold, remark
    for reason in content.unread:
        yield "finding", "none", None, "", None, reason
    for lead, weight in content.attention:
        yield "attention", lead, weight, "", None, ""
    yield "quality", "verdict", content.verdict, "", None, ""
    yield "quality", "score", content.score, "", None, ""
    for sentence in sentences(content.issues):
        yield "quality", "issue", None, "", None, sentence
    yield "electrodes", content.swap.state, content.swap.swap, "", None, ""
    for note in content.notes:
        yield "note", "", None, "", None, note
    yield "comment", "", None, "", None, content.comment
    yield "disclaimer", "", None, "", None, ENGLISH.disclaimer


def _origin(content: ReportContent) -> Iterator[Row]:
    recording, model = content.recording, content.model
    yield "report", "version", content.version, "", None, ""
    yield "model", "name", model.name, "", None, model.title
    yield "model", "sha256", model.sha256, "", None, ""
    yield "recording", "source", recording.source, "", None, ""
    yield "recording", "sampling rate", recording.fs, "Hz", None, ""
    yield "recording", "start", content.start_s, "s", None, ""
    yield "recording", "duration", recording.duration_s, "s", None, ""
    yield "recording", "leads", " ".join(recording.leads), "", None, ""
    yield "recording", "age", recording.age, "years", None, ""
    yield "recording", "sex", recording.sex, "", None, ""
