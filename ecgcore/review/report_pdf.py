"""The report as one page of PDF: vectors only, to scale, its font embedded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ecgcore.errors import WriteError
from ecgcore.review.colours import INK, LINE, TEXT, TEXT_MUTED
from ecgcore.review.report_blocks import (
    draw_attention,
    draw_findings,
    draw_measurements,
    draw_statements,
)
from ecgcore.review.report_content import ReportContent
from ecgcore.review.report_page import Box, Page, shortened, width_mm
from ecgcore.review.report_paper import print_paper
from ecgcore.review.report_text import Words, words_of
from ecgcore.review.report_tracing import draw_caption, draw_grid, draw_traces
from ecgcore.signal.display_filter import filtered

_SHEET_WIDTH_MM = 270.0
_MARGIN_MM = 6.0
_HEADER_MM, _CAPTION_MM, _FOOTER_MM = 8.0, 6.0, 8.0
_TITLE_PT, _BODY_PT, _FOOTER_PT = 12.0, 8.0, 7.0
_SHA_CHARACTERS = 12
# Columns below the tracing and the gap between them; together the width of the sheet.
_COLUMNS_MM = (58.0, 82.0, 38.0, 77.0)
_GAP_MM = 5.0


@dataclass(frozen=True)
class PaperSize:
    """A sheet of paper, landscape.

    Attributes
    ----------
    width_mm, height_mm : float
    tracing_mm : float
        Height of the sheet of the tracing, in whole boxes of 5 mm.
    """

    width_mm: float
    height_mm: float
    tracing_mm: float


# ISO 216, and ANSI/ASME Y14.1 size A (11 by 8.5 inches).
PAPERS = {"A4": PaperSize(297.0, 210.0, 115.0), "letter": PaperSize(279.4, 215.9, 120.0)}


def to_pdf(content: ReportContent, paper: str = "A4", language: str = "en") -> bytes:
    """Write the report as one landscape page.

    Parameters
    ----------
    content : ReportContent
    paper : {"A4", "letter"}
    language : {"en", "zh"}

    Returns
    -------
    bytes
        Equal for equal contents: no date, no random identifier.

    Raises
    ------
    WriteError
        Unknown paper or language.
    """
    words = words_of(language)
    if paper not in PAPERS:
        raise WriteError(
            f'There is no paper "{paper}" for reports, expected one of {", ".join(PAPERS)}.'
        )
    size = PAPERS[paper]
    page = Page(size.width_mm, size.height_mm, words.title)
    left = (size.width_mm - _SHEET_WIDTH_MM) / 2
    top = size.height_mm - _MARGIN_MM
    _draw_header(page, Box(left, top - _HEADER_MM, _SHEET_WIDTH_MM, _HEADER_MM), content, words)
    top -= _HEADER_MM
    sheet = Box(left, top - size.tracing_mm, _SHEET_WIDTH_MM, size.tracing_mm)
    _draw_tracing(page, sheet, content, words)
    bottom = _MARGIN_MM + _FOOTER_MM
    below = Box(left, bottom, _SHEET_WIDTH_MM, sheet.bottom - _CAPTION_MM - bottom)
    _draw_columns(page, below, content, words)
    _draw_footer(page, Box(left, _MARGIN_MM, _SHEET_WIDTH_MM, _FOOTER_MM), content, words)
    return page.finish()


def _draw_header(page: Page, box: Box, content: ReportContent, words: Words) -> None:
    """Write the title, and fields that are filled by hand: the report knows no names."""
    base = box.bottom + 3.0
    page.text((box.left, base), words.title, _TITLE_PT, TEXT, bold=True)
    fields = [(blank, "") for blank in words.blanks]
    fields.insert(2, (words.age_and_sex, _person(content, words)))
    begin = box.left + 62.0
    room = (box.right - begin) / len(fields)
    for number, (name, value) in enumerate(fields):
        x = begin + number * room
        page.text((x, base), name, _BODY_PT, TEXT_MUTED)
        x += width_mm(name, _BODY_PT) + 1.5
        if value:
            page.text((x, base), value, _BODY_PT, TEXT)
        else:
            end = begin + (number + 1) * room - 3.0
            page.lines([((x, base - 0.8), (end, base - 0.8))], 0.15, TEXT_MUTED)


def _person(content: ReportContent, words: Words) -> str:
    recording = content.recording
    age = "" if recording.age is None else words.age.format(f"{recording.age:.3g}")
    sex = words.sexes.get(recording.sex or "", "")
    return words.list_comma.join(part for part in (age, sex) if part)


def _draw_tracing(page: Page, box: Box, content: ReportContent, words: Words) -> None:
    shown = filtered(content.recording, content.form.shown_through)
    printed = print_paper(shown, content.form, box.height)
    draw_grid(page, box)
    draw_traces(page, box, printed, shown, content, words)
    draw_caption(page, (box.left, box.bottom - 3.8), box.right, printed, content, words)


def _draw_columns(page: Page, box: Box, content: ReportContent, words: Words) -> None:
    columns = _side_by_side(box, _COLUMNS_MM)
    for draw, column in zip(
        (draw_measurements, draw_findings, draw_attention, draw_statements), columns, strict=True
    ):
        draw(page, column, content, words)


def _side_by_side(box: Box, widths: Sequence[float]) -> list[Box]:
    boxes, left = [], box.left
    for width in widths:
        boxes.append(Box(left, box.bottom, width, box.height))
        left += width + _GAP_MM
    return boxes


def _draw_footer(page: Page, box: Box, content: ReportContent, words: Words) -> None:
    page.lines([((box.left, box.top - 1.0), (box.right, box.top - 1.0))], 0.2, LINE)
    page.text((box.left, box.top - 4.2), words.disclaimer, _BODY_PT, INK, bold=True)
    model = content.model
    identity = words.model.format(
        name=model.name, title=words.sentence(model.title), sha256=model.sha256[:_SHA_CHARACTERS]
    )
    line = f"Leadproof {content.version}  ·  {identity}"
    page.text(
        (box.left, box.top - 7.6), shortened(line, _FOOTER_PT, box.width), _FOOTER_PT, TEXT_MUTED
    )
