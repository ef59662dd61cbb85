"""The representative beat of the twelve leads, beside or over each other, its boundaries marked."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from ecgcore.leads import CHEST_LEADS, INDEX, LEADS, LIMB_LEADS
from ecgcore.review.beat_panels import (
    BOUNDARIES,
    GAIN_MM_MV,
    SPEED_MM_S,
    Panels,
    add_name,
    boundary_trace,
    lead_trace,
    panels_for,
    row_by_row,
)
from ecgcore.review.colours import PAPER, TEXT, attention_colour
from ecgcore.review.paper import DEFAULT_WIDTH_PX
from ecgcore.signal.measurements import RepresentativeBeat

__all__ = ["GAIN_MM_MV", "SPEED_MM_S", "draw_beats"]


def draw_beats(
    representative: RepresentativeBeat,
    *,
    superimposed: bool = False,
    width_px: int = DEFAULT_WIDTH_PX,
) -> go.Figure:
    """Draw the representative beat of each lead at 50 mm/s and 10 mm/mV.

    Parameters
    ----------
    representative : RepresentativeBeat
    superimposed : bool
        All leads on one line instead of a panel each.
    width_px : int
        Width that the figure will be given.
    """
    groups = [list(LEADS)] if superimposed else [[lead] for lead in row_by_row()]
    levelled = _levelled(representative)
    panels = panels_for([levelled], levelled.shape[1] / representative.fs, len(groups))
    beats = "beat" if representative.n_beats == 1 else "beats"
    footer = (
        f"median of {representative.n_beats} {beats}, from 0.5 Hz",
        "lines: P, QRS and T begin and end on all leads together",
    )
    figure = panels.paper(width_px, footer)
    for number, leads in enumerate(groups):
        _add_boundaries(figure, panels, number, representative)
        _add_leads(figure, panels, number, representative, leads)
        if len(leads) == 1:
            absent = bool(np.isnan(levelled[INDEX[leads[0]]]).all())
            add_name(figure, panels, number, leads[0], absent=absent)
    if superimposed:
        figure.update_layout(showlegend=True, legend=_legend(panels.width_mm / panels.page_mm))
    figure.layout.uirevision = len(groups)
    return figure


def _levelled(beat: RepresentativeBeat) -> np.ndarray:
    """Each lead against its level just before the QRS, shape (12, samples), mV."""
    return beat.signal - beat.signal[:, [beat.marks.qrs_on]]


def _add_boundaries(
    figure: go.Figure, panels: Panels, number: int, beat: RepresentativeBeat
) -> None:
    for mark, name, colour in BOUNDARIES:
        sample = getattr(beat.marks, mark)
        if sample is not None:
            figure.add_trace(boundary_trace(panels, number, sample / beat.fs, name, colour))


def _add_leads(
    figure: go.Figure, panels: Panels, number: int, beat: RepresentativeBeat, leads: list[str]
) -> None:
    levelled = _levelled(beat)
    samples = np.arange(levelled.shape[1])
    ms = 1000 * (samples - beat.marks.qrs_on) / beat.fs
    for lead in leads:
        mv = levelled[INDEX[lead]]
        if np.isnan(mv).all():
            continue
        figure.add_trace(
            lead_trace(
                panels,
                number,
                samples / beat.fs,
                mv,
                np.stack([ms, mv], axis=1),
                name=lead,
                line=_line(lead, alone=len(leads) == 1),
                hovertemplate=f"<b>{lead}</b>  %{{customdata[0]:.0f}} ms from the QRS  "
                "%{customdata[1]:.3f} mV<extra></extra>",
            )
        )


def _line(lead: str, *, alone: bool) -> dict[str, object]:
    """Limb leads solid, chest leads dashed, so that no lead is told by its colour alone."""
    if alone:
        return {"color": TEXT, "width": 1.5}
    family = LIMB_LEADS if lead in LIMB_LEADS else CHEST_LEADS
    share = family.index(lead) / (len(family) - 1)
    dash = "solid" if family is LIMB_LEADS else "dash"
    return {"color": attention_colour(share), "width": 1.3, "dash": dash}


def _legend(from_share: float) -> dict[str, object]:
    return {"x": from_share + 0.02, "xanchor": "left", "y": 0.98, "bgcolor": PAPER}
