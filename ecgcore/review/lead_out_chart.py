"""How each finding changes when one lead is left out, as a table of coloured cells."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from ecgcore.model.labels import NAMES
from ecgcore.model.prediction import Prediction
from ecgcore.review.colours import BASELINE, LINE, OURS, SURFACE, TEXT, contrast, signed_colour
from ecgcore.review.lead_out import LeadsOut, WithoutLead

_ROW_PX, _AROUND_PX = 34, 44
# Where names beside the cells would leave no room for the numbers, they stand above them.
_NARROW_PX, _NARROW_ROW_PX, _NAME_PX = 760, 52, 24
_MOST_ROWS = 6
# A change of a few points is no event; the scale never makes it look like one.
_LEAST_SCALE = 0.10
FLIPPED = "✱"


def shown_findings(whole: Prediction, chosen: str | None = None) -> tuple[str, ...]:
    """Choose the rows: what is reported, what the reader chose, then the most probable others."""
    by_probability = sorted(whole.probabilities, key=lambda x: -whole.probabilities[x])
    wanted = [x for x in by_probability if x in whole.findings or x == chosen]
    others = [x for x in by_probability if x not in wanted]
    return tuple(wanted + others[: max(0, _MOST_ROWS - len(wanted))])


def lead_out_cells(
    result: LeadsOut, chosen: str | None = None, *, width_px: int = _NARROW_PX
) -> go.Figure:
    """Change of each finding without each lead, in percentage points.

    A bold number with a star marks a finding that is gained or lost with the lead; names of
    reported findings are bold.

    Parameters
    ----------
    result : LeadsOut
        With at least two leads.
    chosen : str, optional
        A finding that has a row in any case.
    width_px : int
        Width that the figure will be given.
    """
    narrow = width_px < _NARROW_PX
    findings = shown_findings(result.whole, chosen)[::-1]  # Plotly draws the first row at the foot
    without = result.without
    z = [[result.change(finding, x.lead) for x in without] for finding in findings]
    top = max(_LEAST_SCALE, *(abs(value) for row in z for value in row))
    names = [_name(finding, result.whole) for finding in findings]
    figure = go.Figure(
        go.Heatmap(
            z=z,
            x=[x.lead for x in without],
            y=names,
            customdata=[
                [(result.whole.probabilities[f], x.prediction.probabilities[f]) for x in without]
                for f in findings
            ],
            zmin=-top,
            zmax=top,
            colorscale=[[0, BASELINE], [0.5, SURFACE], [1, OURS]],
            showscale=False,
            xgap=2,
            ygap=_NAME_PX if narrow else 2,
            hovertemplate="%{y} without %{x}: %{customdata[0]:.1%} → %{customdata[1]:.1%}"
            "<extra></extra>",
        )
    )
    for name, finding, row in zip(names, findings, z, strict=True):
        for x, change in zip(without, row, strict=True):
            _write(figure, name, x, change, change / top, flipped=_flips(x, finding))
    _finish(figure, len(findings) * (_NARROW_ROW_PX if narrow else _ROW_PX))
    if narrow:
        _names_above(figure, names)
    return figure


def _flips(x: WithoutLead, finding: str) -> bool:
    return finding in x.change.gained or finding in x.change.lost


def _name(finding: str, whole: Prediction) -> str:
    """Return the finding with its probability, bold where it is reported."""
    name = f"{NAMES.get(finding, finding)}  {whole.probabilities[finding]:.0%}"
    return f"<b>{name}</b>" if finding in whole.findings else name


def _write(
    figure: go.Figure, name: str, x: WithoutLead, change: float, share: float, *, flipped: bool
) -> None:
    """Write the change in whole points into its cell, in the colour that is read more easily."""
    points = round(100 * change)
    text = f"{points:+d}".replace("-", "−") if points else "0"
    cell = signed_colour(share)
    figure.add_annotation(
        x=x.lead,
        y=name,
        text=f"<b>{text}{FLIPPED}</b>" if flipped else text,
        showarrow=False,
        font={"color": max((TEXT, SURFACE), key=lambda ink: contrast(ink, cell))},
    )


def _names_above(figure: go.Figure, names: Sequence[str]) -> None:
    figure.update_yaxes(showticklabels=False)
    figure.update_layout(font_size=10)
    for name in names:
        figure.add_annotation(
            text=name,
            x=0,
            xref="paper",
            xanchor="left",
            y=name,
            yanchor="bottom",
            yshift=(_NARROW_ROW_PX - _NAME_PX) / 2,
            showarrow=False,
            font={"size": 12},
        )


def _finish(figure: go.Figure, rows_px: int) -> None:
    figure.update_layout(
        height=_AROUND_PX + rows_px,
        margin={"l": 4, "r": 8, "t": 28, "b": 8},
        paper_bgcolor=SURFACE,
        plot_bgcolor=SURFACE,
        font={"color": TEXT, "size": 13},
        dragmode=False,
    )
    look = {"fixedrange": True, "linecolor": LINE, "showgrid": False, "ticks": ""}
    figure.update_xaxes(side="top", tickangle=0, **look)
    figure.update_yaxes(automargin=True, **look)
