"""The sheet of the report: grid, calibration pulses, traces and what is printed below them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from ecgcore.recording import Recording
from ecgcore.review.colours import (
    GRID_MAJOR,
    GRID_MINOR,
    INK,
    TEXT,
    TEXT_MUTED,
    attention_colour,
)
from ecgcore.review.layout import (
    INVERTED,
    ORDERS,
    PULSE_MV,
    PULSE_S,
    Strip,
    resting_level_mv,
    strip_samples,
)
from ecgcore.review.paper import attention_scale_top, peaks_kept
from ecgcore.review.report_content import ReportContent
from ecgcore.review.report_page import Box, Page, Point, width_mm
from ecgcore.review.report_paper import (
    GAIN_MM_MV,
    LABEL_MM,
    SPEED_MM_S,
    PrintedPaper,
    Row,
    reach_mm,
)
from ecgcore.review.report_text import Words

TRACE_WIDTH_MM = 0.25
MINOR_WIDTH_MM, MAJOR_WIDTH_MM = 0.1, 0.2
_PLAIN = "#ffffff"
_BINS_PER_MM = 20  # what a printer of 600 dots per inch can still tell apart
_NAME_PT, _CAPTION_PT = 8.0, 7.0
_NAME_S = 0.5  # the name stands above the highest wave of this stretch
_BOLD_EVERY_MM = 5
_SCALE_MM = 30.0


def draw_grid(page: Page, box: Box) -> None:
    """Draw lines every millimetre, those of every fifth bold."""
    for bold, width, colour in (
        (False, MINOR_WIDTH_MM, GRID_MINOR),
        (True, MAJOR_WIDTH_MM, GRID_MAJOR),
    ):
        upright = [
            ((box.left + x, box.bottom), (box.left + x, box.top))
            for x in range(round(box.width) + 1)
            if (x % _BOLD_EVERY_MM == 0) == bold
        ]
        level = [
            ((box.left, box.bottom + y), (box.right, box.bottom + y))
            for y in range(round(box.height) + 1)
            if (y % _BOLD_EVERY_MM == 0) == bold
        ]
        page.lines(upright + level, width, colour)


def draw_traces(
    page: Page,
    box: Box,
    printed: PrintedPaper,
    shown: Recording,
    content: ReportContent,
    words: Words,
) -> None:
    """Draw pulses, traces and lead names on the grid.

    Parameters
    ----------
    page : Page
    box : Box
        Of the sheet.
    printed : PrintedPaper
    shown : Recording
        Filtered for the eye.
    content : ReportContent
    words : Words
    """
    attention = dict(content.attention)
    top = attention_scale_top(attention)
    for row in printed.rows:
        _draw_pulse(page, box, printed, row)
        for strip in row.strips:
            weight = attention.get(strip.lead)
            colour = INK if weight is None else attention_colour(weight / top)
            _draw_trace(page, box, printed, row, strip, shown, colour)
    # Names last, so that no trace strikes through one.
    for number, row in enumerate(printed.rows):
        for strip in row.strips:
            height = box.bottom + _name_height(printed, number, strip, shown)
            _draw_name(page, (box.left + strip.x_mm, height), row, strip, attention)
            if strip.lead not in shown.leads:
                middle = strip.x_mm + (strip.stop_s - strip.start_s) * SPEED_MM_S / 2
                at = (box.left + middle, box.bottom + row.baseline_mm - 1.0)
                page.text(at, words.not_recorded, _CAPTION_PT, TEXT_MUTED, align="centre")


def _draw_pulse(page: Page, box: Box, printed: PrintedPaper, row: Row) -> None:
    """1 mV for 200 ms, to the scale of the row."""
    left = box.left + printed.sheet.pulse_x_mm
    right = left + PULSE_S * SPEED_MM_S
    low = box.bottom + row.baseline_mm
    high = low + PULSE_MV * printed.gain_mm_mv
    corners = [
        (left - 2, low),
        (left, low),
        (left, high),
        (right, high),
        (right, low),
        (right + 2, low),
    ]
    page.polyline(corners, TRACE_WIDTH_MM, INK)


def _draw_trace(
    page: Page,
    box: Box,
    printed: PrintedPaper,
    row: Row,
    strip: Strip,
    shown: Recording,
    colour: str,
) -> None:
    floor, ceiling = box.bottom + row.floor_mm, box.bottom + row.ceiling_mm
    within = Box(box.left, floor, box.width, ceiling - floor)
    points = trace_points(shown, strip, row.baseline_mm, printed.gain_mm_mv)
    for part in _without_gaps(points + np.array([box.left, box.bottom])):
        page.polyline([(x, y) for x, y in part.tolist()], TRACE_WIDTH_MM, colour, within)


def trace_points(
    shown: Recording, strip: Strip, baseline_mm: float, gain_mm_mv: float
) -> npt.NDArray[np.float64]:
    """Return where a trace runs on the sheet, shape (points, 2), mm; NaN in gaps."""
    samples = strip_samples(shown, strip.start_s, strip.stop_s)
    mv = strip.samples_mv(shown).astype(np.float64)
    time_s = np.arange(samples.start, samples.start + mv.size) / shown.fs
    keep = peaks_kept(mv, int(shown.fs / (_BINS_PER_MM * SPEED_MM_S)))
    x = strip.x_mm + (time_s - strip.start_s) * SPEED_MM_S
    y = baseline_mm + (mv - resting_level_mv(mv)) * gain_mm_mv
    return np.stack([x, y], axis=1)[keep]  # (points, 2)


def _without_gaps(points: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    """Split a trace where nothing was recorded; a lone sample has no length to draw."""
    there = ~np.isnan(points[:, 1])
    edges = np.flatnonzero(np.diff(there.astype(np.int8))) + 1
    parts = np.split(points, edges)
    return [part for part in parts if len(part) > 1 and not np.isnan(part[0, 1])]


def _name_height(printed: PrintedPaper, number: int, strip: Strip, shown: Recording) -> float:
    """Return where the name of a strip stands: above its first waves, or below if that is freer."""
    gain, rows = printed.gain_mm_mv, printed.rows
    row = rows[number]
    above, below = reach_mm(shown, row.strips, gain, strip.x_mm, _NAME_S)
    high = row.baseline_mm + max(above, LABEL_MM) + 1.0
    low = row.baseline_mm - max(below, 1.0) - LABEL_MM
    room_above, room_below = printed.height_mm, 0.0
    if number:
        _, hanging = reach_mm(shown, rows[number - 1].strips, gain, strip.x_mm, _NAME_S)
        room_above = rows[number - 1].baseline_mm - hanging
    if number + 1 < len(rows):
        standing, _ = reach_mm(shown, rows[number + 1].strips, gain, strip.x_mm, _NAME_S)
        room_below = rows[number + 1].baseline_mm + standing
    if high + LABEL_MM - 1.0 > room_above and low - 1.0 >= room_below:
        return low
    return min(high, row.ceiling_mm - LABEL_MM + 1.0)


def _draw_name(
    page: Page, at: Point, row: Row, strip: Strip, attention: Mapping[str, float]
) -> None:
    """Write the name of a lead and its weight, after a tick where another lead ended."""
    left, height = at
    page.halo((left + 0.8, height), strip.title, _NAME_PT, _PLAIN)
    page.text((left + 0.8, height), strip.title, _NAME_PT, TEXT, bold=True)
    if strip.lead in attention:
        beside = (left + 1.8 + width_mm(strip.title, _NAME_PT), height)
        page.text(beside, f"{attention[strip.lead]:.0%}", _CAPTION_PT, TEXT)
    if strip.x_mm > row.strips[0].x_mm:
        page.lines([((left, height), (left, height + LABEL_MM - 1.0))], 0.2, TEXT_MUTED)


def draw_caption(
    page: Page, at: Point, right: float, printed: PrintedPaper, content: ReportContent, words: Words
) -> None:
    """Write speed, gain, filter and timing, and draw the scale of the colours."""
    page.text(at, "  ·  ".join(caption_parts(printed, content, words)), _CAPTION_PT, TEXT)
    if content.attention:
        _draw_scale(page, right, at[1], content, words)


def caption_parts(printed: PrintedPaper, content: ReportContent, words: Words) -> list[str]:
    """Say what a cart prints below the tracing, and whatever is unusual about this one."""
    sheet = printed.sheet
    column_s = sheet.strips[0].stop_s - sheet.strips[0].start_s
    timing = words.simultaneous if sheet.simultaneous else words.successive
    parts = [words.speed.format(SPEED_MM_S), words.gain.format(printed.gain_mm_mv)]
    if printed.gain_mm_mv != GAIN_MM_MV:
        parts[-1] += f" ({words.reduced})"
    parts += [words.filter_text(sheet.filter_text), timing.format(column_s)]
    if content.start_s:
        parts.append(words.begins.format(content.start_s))
    if INVERTED in ORDERS[content.form.order]:
        parts.append(words.inverted)
    if printed.cut_off:
        parts.append(words.cut_off.format(", ".join(printed.cut_off)))
    return parts


def _draw_scale(
    page: Page, right: float, base: float, content: ReportContent, words: Words
) -> None:
    top = attention_scale_top(dict(content.attention))
    steps = 60
    end = right - width_mm(f"{top:.0%}", _CAPTION_PT) - 1.0
    begin = end - _SCALE_MM
    width = _SCALE_MM / steps
    for step in range(steps):
        # A little wider than its share: hairlines would show between neighbours.
        part = Box(begin + step * width, base, min(1.3 * width, end - begin - step * width), 2.0)
        page.fill(part, attention_colour((step + 0.5) / steps))
    page.text((right, base), f"{top:.0%}", _CAPTION_PT, TEXT, align="right")
    page.text((begin - 1.0, base), f"{words.coloured}  0%", _CAPTION_PT, TEXT, align="right")
