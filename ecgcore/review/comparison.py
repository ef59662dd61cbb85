"""Before and after a swap: both tracings over each other, lead by lead, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go

from ecgcore.electrodes import Formula, Swap
from ecgcore.leads import LEADS
from ecgcore.misplacement import Cell, row_cells
from ecgcore.recording import Recording
from ecgcore.review.colours import BEFORE, INK, MARK, OURS, TEXT, TEXT_MUTED
from ecgcore.review.geometry import sheet_geometry
from ecgcore.review.layout import PaperFormat, lay_out
from ecgcore.review.paper import (
    DEFAULT_WIDTH_PX,
    add_label,
    blank_sheet,
    say_absent,
    strip_trace,
)
from ecgcore.signal.display_filter import filtered


@dataclass(frozen=True)
class Fate:
    """What a swap makes of one lead, in words.

    Attributes
    ----------
    lead : str
    becomes : str
        Formula in terms of the leads before the swap: ``"-III"``, ``"V1 - II/3"``.
    changed : bool
    certainty : str
        ``"exact"``, ``"approximate"`` or ``"not computable"``.
    published : str
        As the published table prints it, or a dash.
    verdict : str
        Whether the published cell is right.
    """

    lead: str
    becomes: str
    changed: bool
    certainty: str
    published: str
    verdict: str


def fates(swap: Swap, recorded: tuple[str, ...] = LEADS) -> tuple[Fate, ...]:
    """Say for each of the twelve leads what a swap makes of it, by the electrode potentials."""
    return tuple(_fate(cell) for cell in row_cells(swap, recorded))


def _fate(cell: Cell) -> Fate:
    if cell.formula is None:
        certainty = "not computable"
    else:
        certainty = "approximate" if cell.approximate else "exact"
    verdict = "" if cell.published is None else "wrong" if cell.published_is_wrong else "agrees"
    return Fate(
        lead=cell.lead,
        becomes=_written(cell.formula),
        changed=cell.changed,
        certainty=certainty,
        published=_written(cell.published),
        verdict=verdict,
    )


def _written(formula: Formula | None) -> str:
    """Print a formula with a real minus sign; a dash where there is none."""
    return "–" if formula is None else str(formula).replace("-", "−")


def shown_as(
    swap: Swap, table: str = "potentials", recorded: tuple[str, ...] = LEADS
) -> dict[str, str]:
    """Text for each changed lead, as drawn beside its name; unchanged leads have none."""
    texts = {}
    for cell in row_cells(swap, recorded):
        if table == "published":
            if cell.published is not None and str(cell.published) != cell.lead:
                texts[cell.lead] = f"= {_written(cell.published)}"
        elif cell.formula is None:
            texts[cell.lead] = "not computable"
        elif cell.changed:
            texts[cell.lead] = f"{'≈' if cell.approximate else '='} {_written(cell.formula)}"
    return texts


def draw_comparison(
    before: Recording,
    after: Recording,
    shown: Mapping[str, str],
    form: PaperFormat | None = None,
    *,
    offset_s: float = 0.0,
    width_px: int = DEFAULT_WIDTH_PX,
) -> go.Figure:
    """Draw two tracings on one sheet: before in grey, after in colour, changed leads marked.

    Parameters
    ----------
    before, after : Recording
        Of equal length and rate.
    shown : mapping of lead to text
        From `shown_as`: the leads to mark, and what they now show.
    form : PaperFormat, optional
    offset_s : float
        Added to the seconds shown on hover.
    width_px : int
    """
    form = form or PaperFormat()
    recorded = [before, after]
    before, after = (filtered(one, form.shown_through) for one in recorded)
    sheet = lay_out([before, after], form)
    figure = blank_sheet(sheet, width_px)
    figure.layout.meta = sheet_geometry(sheet, recorded, offset_s)
    for strip in sheet.strips:
        changed = strip.lead in shown
        if changed:
            figure.add_trace(strip_trace(before, strip, form, BEFORE, offset_s, note=" before"))
        figure.add_trace(
            strip_trace(after, strip, form, OURS if changed else INK, offset_s, note=" after")
        )
        if strip.lead not in after.leads:
            say_absent(figure, strip, form.speed_mm_s, "not recorded")
        if changed:
            # A formula says what the lead itself has become, whichever way up it is drawn.
            lead = f", {strip.lead}" if strip.inverted else ""
            text = f"<b>{strip.title}</b>{lead} {shown[strip.lead]}"
            colour, background = TEXT, MARK
        else:
            text = f"<b>{strip.title}</b> unchanged"
            colour, background = TEXT_MUTED, None
        add_label(figure, strip, text, colour, background)
    return figure
