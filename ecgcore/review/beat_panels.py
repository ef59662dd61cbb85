"""Panels of single beats on squared paper at 50 mm/s and 10 mm/mV, and what is drawn into them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from ecgcore.leads import LEADS
from ecgcore.review.colours import MARKED_P, MARKED_QRS, MARKED_T, TEXT, TEXT_MUTED
from ecgcore.review.paper import blank_paper

Matrix = npt.NDArray[np.float64]

SPEED_MM_S = 50.0
GAIN_MM_MV = 10.0
COLUMNS = 4
_BOX_MM = 5.0
_LABEL_MM = 5.0
_MIN_REACH_MM = 5.0
_MAX_REACH_MM = 45.0
# What each boundary is called, and what it belongs to.
BOUNDARIES = (
    ("p_on", "P begins", MARKED_P),
    ("p_off", "P ends", MARKED_P),
    ("qrs_on", "QRS begins", MARKED_QRS),
    ("qrs_off", "QRS ends", MARKED_QRS),
    ("t_on", "T begins", MARKED_T),
    ("t_off", "T ends", MARKED_T),
)


def row_by_row(columns: int = COLUMNS) -> list[str]:
    """Return the leads as panels show them, in columns from the top as on a 3x4 or 6x2 sheet."""
    rows = len(LEADS) // columns
    return [LEADS[column * rows + row] for row in range(rows) for column in range(columns)]


@dataclass(frozen=True)
class Panels:
    """Panels of equal size in rows, millimetres.

    Attributes
    ----------
    number : int
    columns : int
    width_mm : float
        Of one panel.
    above_mm, below_mm : float
        From the baseline to the top, where the name stands, and to the bottom.
    label_mm : float
        Height of the name.
    """

    number: int
    columns: int
    width_mm: float
    above_mm: float
    below_mm: float
    label_mm: float

    @property
    def height_mm(self) -> float:
        """Height of all rows."""
        return -(-self.number // self.columns) * (self.above_mm + self.below_mm)

    @property
    def page_mm(self) -> float:
        """Width of the sheet; a single panel is not blown up to the width of twelve."""
        return max(self.width_mm * self.columns, 2 * self.width_mm)

    def left_mm(self, number: int) -> float:
        """Where the beat of a panel begins."""
        return _BOX_MM / 2 + (number % self.columns) * self.width_mm

    def top_mm(self, number: int) -> float:
        """Upper edge of a panel."""
        return self.height_mm - (number // self.columns) * (self.above_mm + self.below_mm)

    def baseline_mm(self, number: int) -> float:
        """Where 0 mV lies."""
        return self.top_mm(number) - self.above_mm

    def paper(self, width_px: int, footer: Sequence[str]) -> go.Figure:
        """Squared paper for all panels, with the scale before the rest of the footer."""
        scale = (f"{SPEED_MM_S:g} mm/s", f"{GAIN_MM_MV:g} mm/mV")
        return blank_paper(self.page_mm, self.height_mm, width_px, (*scale, *footer))


def panels_for(
    levelled: Sequence[Matrix],
    duration_s: float,
    number: int,
    *,
    columns: int = COLUMNS,
    label_mm: float = _LABEL_MM,
) -> Panels:
    """Size panels so that each holds the whole beat of every lead, within 45 mm.

    Parameters
    ----------
    levelled : sequence of ndarray, shape (12, n), mV
        All beats to be drawn, their baseline at zero.
    duration_s : float
    number : int
        How many panels.
    columns : int
        In one row at most.
    label_mm : float
        Height for the name of the lead.
    """
    reach = [GAIN_MM_MV * beat for beat in levelled]
    return Panels(
        number,
        min(columns, number),
        _round_up(duration_s * SPEED_MM_S) + _BOX_MM,
        _reach(max(np.nanmax(mm, initial=0.0) for mm in reach)) + label_mm,
        _reach(max(-np.nanmin(mm, initial=0.0) for mm in reach)),
        label_mm,
    )


def lead_trace(
    panels: Panels,
    number: int,
    from_left_s: Matrix,
    mv: Matrix,
    hover: Matrix,
    **style: object,
) -> go.Scatter:
    """Draw one lead into a panel.

    Parameters
    ----------
    panels : Panels
    number : int
        Of the panel.
    from_left_s, mv : ndarray, shape (n,)
        Seconds from where the beat begins, and its baseline at zero.
    hover : ndarray, shape (n, k)
        What the hover text is made of.
    **style
        Name, line and hovertemplate.
    """
    return go.Scatter(
        x=(panels.left_mm(number) + from_left_s * SPEED_MM_S).astype(np.float32),
        y=(panels.baseline_mm(number) + mv * GAIN_MM_MV).astype(np.float32),
        customdata=hover.astype(np.float32),
        mode="lines",
        **style,
    )


def boundary_trace(
    panels: Panels, number: int, from_left_s: float, name: str, colour: str, dash: str = "dot"
) -> go.Scatter:
    """Draw where a wave begins or ends, from the bottom of a panel to its name."""
    x = panels.left_mm(number) + from_left_s * SPEED_MM_S
    top = panels.top_mm(number)
    return go.Scatter(
        x=[x, x],
        y=[top - panels.above_mm - panels.below_mm, top - panels.label_mm],
        mode="lines",
        name=name,
        line={"color": colour, "width": 1, "dash": dash},
        hoverinfo="name",
        showlegend=False,
    )


def add_name(
    figure: go.Figure,
    panels: Panels,
    number: int,
    lead: str,
    note: str = "",
    *,
    absent: bool = False,
    background: str | None = None,
) -> None:
    """Write the name of a lead at the upper left of its panel, with a note or that it is absent."""
    text = f"<b>{lead}</b>  not recorded" if absent else f"<b>{lead}</b>{note}"
    figure.add_annotation(
        text=text,
        x=panels.left_mm(number),
        y=panels.top_mm(number),
        xanchor="left",
        yanchor="top",
        align="left",
        showarrow=False,
        bgcolor=background,
        font={"color": TEXT_MUTED if absent else TEXT},
    )


def _reach(mm: float) -> float:
    return _round_up(min(max(float(mm), _MIN_REACH_MM), _MAX_REACH_MM))


def _round_up(mm: float) -> float:
    return math.ceil(mm / _BOX_MM) * _BOX_MM
