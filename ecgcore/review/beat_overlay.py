"""The representative beat of the twelve leads, beside or over each other, its boundaries marked."""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go

from ecgcore.leads import CHEST_LEADS, INDEX, LEADS, LIMB_LEADS
from ecgcore.review.colours import (
    MARKED_P,
    MARKED_QRS,
    MARKED_T,
    PAPER,
    TEXT,
    TEXT_MUTED,
    attention_colour,
)
from ecgcore.review.paper import DEFAULT_WIDTH_PX, blank_paper
from ecgcore.signal.measurements import RepresentativeBeat

SPEED_MM_S = 50.0
GAIN_MM_MV = 10.0
_BOX_MM = 5.0
_COLUMNS = 4
_LABEL_MM = 5.0
_MIN_REACH_MM = 5.0
_MAX_REACH_MM = 45.0
# What each boundary is called, and what it belongs to.
_BOUNDARIES = (
    ("p_on", "P begins", MARKED_P),
    ("p_off", "P ends", MARKED_P),
    ("qrs_on", "QRS begins", MARKED_QRS),
    ("qrs_off", "QRS ends", MARKED_QRS),
    ("t_on", "T begins", MARKED_T),
    ("t_off", "T ends", MARKED_T),
)


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
    panels = [list(LEADS)] if superimposed else [[lead] for lead in _row_by_row()]
    return _Panels(representative, panels, width_px).figure()


def _row_by_row() -> list[str]:
    rows = len(LEADS) // _COLUMNS
    return [LEADS[column * rows + row] for row in range(rows) for column in range(_COLUMNS)]


class _Panels:
    """Panels of equal size in rows, each with its leads about one baseline."""

    def __init__(
        self, representative: RepresentativeBeat, panels: list[list[str]], width_px: int
    ) -> None:
        self._beat, self._panels, self._width_px = representative, panels, width_px
        self._columns = min(_COLUMNS, len(panels))
        duration_s = representative.signal.shape[1] / representative.fs
        self._width_mm = _round_up(duration_s * SPEED_MM_S) + _BOX_MM
        reach = self._levelled() * GAIN_MM_MV
        self._above = _reach(np.nanmax(reach, initial=0.0)) + _LABEL_MM
        self._below = _reach(-np.nanmin(reach, initial=0.0))

    def figure(self) -> go.Figure:
        rows = -(-len(self._panels) // self._columns)
        height_mm = rows * (self._above + self._below)
        beats = "beat" if self._beat.n_beats == 1 else "beats"
        footer = (
            f"{SPEED_MM_S:g} mm/s",
            f"{GAIN_MM_MV:g} mm/mV",
            f"median of {self._beat.n_beats} {beats}, from 0.5 Hz",
            "lines: P, QRS and T begin and end on all leads together",
        )
        # A single panel is not blown up to the width of twelve.
        page_mm = max(self._width_mm * self._columns, 2 * self._width_mm)
        figure = blank_paper(page_mm, height_mm, self._width_px, footer)
        for number, leads in enumerate(self._panels):
            left = _BOX_MM / 2 + (number % self._columns) * self._width_mm
            top = height_mm - (number // self._columns) * (self._above + self._below)
            self._add_boundaries(figure, left, top)
            self._add_leads(figure, leads, left, top - self._above)
            if len(leads) == 1:
                self._add_name(figure, leads[0], left, top)
        if len(self._panels) == 1:
            figure.update_layout(showlegend=True, legend=_legend(self._width_mm / page_mm))
        figure.layout.uirevision = len(self._panels)
        return figure

    def _levelled(self) -> np.ndarray:
        """Each lead against its level just before the QRS, shape (12, samples), mV."""
        signal = self._beat.signal
        return signal - signal[:, [self._beat.marks.qrs_on]]

    def _add_leads(self, figure: go.Figure, leads: list[str], left: float, base: float) -> None:
        levelled = self._levelled()
        ms = 1000 * (np.arange(levelled.shape[1]) - self._beat.marks.qrs_on) / self._beat.fs
        x = left + np.arange(levelled.shape[1]) / self._beat.fs * SPEED_MM_S
        for lead in leads:
            mv = levelled[INDEX[lead]]
            if np.isnan(mv).all():
                continue
            figure.add_trace(
                go.Scatter(
                    x=x.astype(np.float32),
                    y=(base + mv * GAIN_MM_MV).astype(np.float32),
                    customdata=np.stack([ms, mv], axis=1).astype(np.float32),
                    mode="lines",
                    name=lead,
                    line=_line(lead, alone=len(leads) == 1),
                    hovertemplate=f"<b>{lead}</b>  %{{customdata[0]:.0f}} ms from the QRS  "
                    "%{customdata[1]:.3f} mV<extra></extra>",
                )
            )

    def _add_boundaries(self, figure: go.Figure, left: float, top: float) -> None:
        for mark, name, colour in _BOUNDARIES:
            sample = getattr(self._beat.marks, mark)
            if sample is None:
                continue
            x = left + sample / self._beat.fs * SPEED_MM_S
            figure.add_trace(
                go.Scatter(
                    x=[x, x],
                    y=[top - self._above - self._below, top - _LABEL_MM],
                    mode="lines",
                    name=name,
                    line={"color": colour, "width": 1, "dash": "dot"},
                    hoverinfo="name",
                    showlegend=False,
                )
            )

    def _add_name(self, figure: go.Figure, lead: str, left: float, top: float) -> None:
        absent = bool(np.isnan(self._beat.signal[INDEX[lead]]).all())
        figure.add_annotation(
            text=f"<b>{lead}</b>  not recorded" if absent else f"<b>{lead}</b>",
            x=left,
            y=top,
            xanchor="left",
            yanchor="top",
            showarrow=False,
            font={"color": TEXT_MUTED if absent else TEXT},
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


def _reach(mm: float) -> float:
    return _round_up(min(max(float(mm), _MIN_REACH_MM), _MAX_REACH_MM))


def _round_up(mm: float) -> float:
    return math.ceil(mm / _BOX_MM) * _BOX_MM
