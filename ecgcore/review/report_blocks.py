"""The four columns below the tracing; each stays in its box, whatever it has to say."""

from __future__ import annotations

from collections.abc import Sequence

from ecgcore.leads import LEADS
from ecgcore.review.colours import LINE, OURS, TEXT, TEXT_MUTED, UNREPORTED, attention_colour
from ecgcore.review.paper import attention_scale_top
from ecgcore.review.report_content import Finding, ReportContent
from ecgcore.review.report_page import (
    UNPRINTABLE,
    Box,
    Page,
    printable,
    shortened,
    wrapped,
)
from ecgcore.review.report_text import Words

_HEADING_PT, _BODY_PT, _SMALL_PT = 8.5, 7.5, 6.5
_HEADING_MM = 5.0
_ROW_MM, _SMALL_ROW_MM, _LINE_MM = 3.35, 2.75, 3.2
_BAR_MM = 1.9
_PART_GAP_MM = 1.2


def draw_measurements(page: Page, box: Box, content: ReportContent, words: Words) -> None:
    """Rate, intervals and axes; what is absent has a number, and its reason below."""
    y = _heading(page, box, words.measurements)
    reasons: list[str] = []
    for line in content.measurements:
        y -= _ROW_MM
        page.text((box.left, y), words.quantities[line.name], _BODY_PT, TEXT)
        if line.value is not None:
            unit = words.units[line.unit]
            page.text((box.left + 42.0, y), f"{line.value:.0f}", _BODY_PT, TEXT, align="right")
            gap = 0.0 if line.unit == "deg" else 1.0
            page.text((box.left + 42.0 + gap, y), unit, _BODY_PT, TEXT_MUTED)
            continue
        mark = ""
        if line.reason:
            if line.reason not in reasons:
                reasons.append(line.reason)
            mark = f"{reasons.index(line.reason) + 1})"
        page.text((box.left + 42.0, y), "–", _BODY_PT, TEXT, align="right")
        page.text((box.left + 43.0, y), mark, _SMALL_PT, TEXT_MUTED)
    said = [f"{i + 1}) {words.sentence(reason)}" for i, reason in enumerate(reasons)]
    said += [words.sentence(note) for note in content.measurement_notes]
    budget = int((y - box.bottom - 1.0) / _SMALL_ROW_MM)
    items = [wrapped(text, _SMALL_PT, box.width) for text in said]
    _write(page, (box.left, y - 1.0), fitted(items, budget, words), small=True)


def draw_findings(page: Page, box: Box, content: ReportContent, words: Words) -> None:
    """Each label with its probability; or why no model read the recording."""
    y = _heading(page, box, words.findings_heading)
    if not content.findings:
        reasons = words.issues(content.refusing) or tuple(map(words.sentence, content.unread))
        said = [words.not_read, *reasons]
        items = [wrapped(text, _BODY_PT, box.width) for text in said]
        _write(page, (box.left, y), fitted(items, _lines_in(y - box.bottom), words))
        return
    legend = words.most_probable if content.findings[0].threshold is None else words.above_threshold
    below = wrapped(legend, _SMALL_PT, box.width)
    room = y - box.bottom - _SMALL_ROW_MM * len(below) - 1.0
    row_mm = min(_ROW_MM, room / max(1, len(content.findings)))
    shown = content.findings
    if row_mm < _SMALL_ROW_MM:
        row_mm = _SMALL_ROW_MM
        shown = shown[: int(room / row_mm) - 1]
    for finding in shown:
        y -= row_mm
        _draw_finding(page, box, y, finding, words)
    if hidden := len(content.findings) - len(shown):
        y -= row_mm
        page.text((box.left, y), words.more.format(hidden), _BODY_PT, TEXT_MUTED)
    _write(page, (box.left, y - 1.0), below, small=True)


def _draw_finding(page: Page, box: Box, y: float, finding: Finding, words: Words) -> None:
    name_mm, value_mm = 47.0, 11.0
    colour = TEXT if finding.reported else TEXT_MUTED
    name = shortened(words.finding(finding.code), _BODY_PT, name_mm - 1.0)
    page.text((box.left, y), name, _BODY_PT, colour, bold=finding.reported)
    bar = Box(box.left + name_mm, y, box.width - name_mm - value_mm - 3.0, _BAR_MM)
    page.fill(bar, "#eef0f3")
    share = min(max(finding.probability, 0.0), 1.0)
    page.fill(
        Box(bar.left, y, bar.width * share, _BAR_MM), OURS if finding.reported else UNREPORTED
    )
    if finding.threshold is not None:
        x = bar.left + bar.width * min(max(finding.threshold, 0.0), 1.0)
        page.lines([((x, y - 0.35), (x, y + _BAR_MM + 0.35))], 0.35, TEXT)
    right = bar.right + value_mm - 1.0
    page.text(
        (right, y),
        f"{finding.probability:.1%}",
        _BODY_PT,
        colour,
        align="right",
        bold=finding.reported,
    )
    if finding.reported:
        page.text((right + 0.6, y), "✓", _BODY_PT, TEXT)


def draw_attention(page: Page, box: Box, content: ReportContent, words: Words) -> None:
    """One bar per lead in the colour of its trace; the dotted line is an equal share."""
    y = _heading(page, box, words.attention)
    if not content.attention:
        text = words.no_attention if content.findings else "–"
        _write(page, (box.left, y), wrapped(text, _BODY_PT, box.width))
        return
    weights = dict(content.attention)
    top = attention_scale_top(weights)
    bars = Box(box.left + 8.0, y - len(LEADS) * _ROW_MM, box.width - 17.0, len(LEADS) * _ROW_MM)
    for lead in LEADS:
        y -= _ROW_MM
        page.text((box.left, y), lead, _BODY_PT, TEXT)
        if lead not in weights:
            page.text((bars.left, y), words.not_used, _SMALL_PT, TEXT_MUTED)
            continue
        share = min(weights[lead] / top, 1.0)
        page.fill(Box(bars.left, y, bars.width * share, _BAR_MM), attention_colour(share))
        page.text((box.right, y), f"{weights[lead]:.1%}", _BODY_PT, TEXT, align="right")
    x = bars.left + bars.width / len(weights) / top
    page.dotted((x, bars.bottom - 0.5), (x, bars.top - 0.5), 0.2, TEXT_MUTED)
    legend = wrapped(words.equal_share, _SMALL_PT, box.width)
    _write(page, (box.left, y - 1.5), legend, small=True)


def draw_statements(page: Page, box: Box, content: ReportContent, words: Words) -> None:
    """Signal quality, electrodes, notes and the reader's comment, sharing one column."""
    width = box.width
    comment = [[line] for line in wrapped(content.comment, _BODY_PT, width)]
    if UNPRINTABLE in "".join(printable(line) for line in content.comment.splitlines()):
        comment.insert(0, wrapped(words.unprintable, _SMALL_PT, width))
    parts = {
        words.labelled.format(words.quality, _verdict(content, words)): [
            wrapped(text, _BODY_PT, width) for text in words.issues(content.issues)
        ],
        words.electrodes: [wrapped(_electrodes(content, words), _BODY_PT, width)],
        words.notes: [wrapped(words.sentence(note), _BODY_PT, width) for note in content.notes],
        words.comment: comment,
    }
    if not content.notes:
        del parts[words.notes]
    wanted = [sum(len(item) for item in items) for items in parts.values()]
    room = box.height - (_HEADING_MM + _PART_GAP_MM) * len(parts)
    shares = shared_lines(wanted, _lines_in(room))
    y = box.top
    for (heading, items), budget in zip(parts.items(), shares, strict=True):
        y = _heading(page, Box(box.left, box.bottom, box.width, y - box.bottom), heading)
        lines = fitted(items, budget, words)
        _write(page, (box.left, y), lines)
        y -= len(lines) * _LINE_MM + _PART_GAP_MM
    if not content.comment.strip():
        _rule(page, box, y)


def _verdict(content: ReportContent, words: Words) -> str:
    verdict = words.verdicts[content.verdict]
    if content.score is None:
        return verdict
    return words.bracketed.format(verdict, words.score.format(content.score))


def _electrodes(content: ReportContent, words: Words) -> str:
    names = map(words.sentence, content.swap.swap.split(" + "))
    return words.swaps[content.swap.state].format(" + ".join(names))


def _rule(page: Page, box: Box, y: float) -> None:
    """Lines to write on by hand."""
    step = 7.0
    while y - step > box.bottom:
        y -= step
        page.lines([((box.left, y), (box.right, y))], 0.15, LINE)


def _heading(page: Page, box: Box, text: str) -> float:
    """Write a heading at the top of a box; return where the rest begins."""
    base = box.top - 3.4
    line = shortened(text, _HEADING_PT, box.width)
    page.text((box.left, base), line, _HEADING_PT, TEXT, bold=True)
    page.lines([((box.left, base - 1.0), (box.right, base - 1.0))], 0.15, LINE)
    return box.top - _HEADING_MM


def _write(
    page: Page, at: tuple[float, float], lines: Sequence[str], *, small: bool = False
) -> None:
    """Write lines downwards from `at`, the upper edge of the first."""
    step, size, colour = (
        (_SMALL_ROW_MM, _SMALL_PT, TEXT_MUTED) if small else (_LINE_MM, _BODY_PT, TEXT)
    )
    x, y = at
    for line in lines:
        y -= step
        page.text((x, y + 0.3), line, size, colour)


def _lines_in(height_mm: float) -> int:
    return int(height_mm / _LINE_MM)


def fitted(items: Sequence[Sequence[str]], budget: int, words: Words) -> list[str]:
    """Return the lines of all items, or as many as fit and how many items are not whole.

    Parameters
    ----------
    items : sequence of sequence of str
        Wrapped sentences.
    budget : int
        Number of lines there is room for.
    words : Words
    """
    lines = [(line, number) for number, item in enumerate(items) for line in item]
    if len(lines) <= budget:
        return [line for line, _ in lines]
    if budget < 1:
        return []
    kept = lines[: budget - 1]
    # The last item that is begun is whole only if its next line would belong to another.
    whole = lines[budget - 1][1]
    return [*(line for line, _ in kept), words.more.format(len(items) - whole)]


def shared_lines(wanted: Sequence[int], room: int) -> list[int]:
    """Share out lines among parts: each gets what it wants, or an equal part of what is left.

    What small parts leave over goes to the large ones.
    """
    shares = [0] * len(wanted)
    for left, number in enumerate(sorted(range(len(wanted)), key=lambda i: wanted[i])):
        shares[number] = min(wanted[number], (room - sum(shares)) // (len(wanted) - left))
    return shares
