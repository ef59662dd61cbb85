"""Charts of training runs: curves over epochs, and a small panel for each finding.

They take plain numbers, so that whoever trained need not be known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ecgcore.model.labels import CODES, NAMES
from ecgcore.review.colours import BASELINE, LINE, OURS, SURFACE, TEXT, TEXT_MUTED

# Told apart by lightness too; each at least 3:1 on white.
RUN_COLOURS = (OURS, BASELINE, "#5b4bb0", "#8a8f99", "#9a1f63", "#2f6b1f")
_PANEL_PX = 118
_CHART_PX = 250
# Lines that no longer rise must not touch the frame.
_TOP_AUC = 1.01


@dataclass(frozen=True)
class Curve:
    """One line over epochs.

    Attributes
    ----------
    name : str
    epochs : tuple of int
    values : tuple of float or None
        None leaves a gap.
    colour : str
    """

    name: str
    epochs: tuple[int, ...]
    values: tuple[float | None, ...]
    colour: str = OURS


def curves_chart(curves: Sequence[Curve], last_epoch: int, *, is_auc: bool = False) -> go.Figure:
    """Lines over epochs.

    Parameters
    ----------
    curves : sequence of Curve
    last_epoch : int
        Right end of the horizontal axis, so that a run under way shows how far it is.
    is_auc : bool
        Scale the vertical axis from chance, or the lowest value, to 1.
    """
    figure = go.Figure([_line(curve) for curve in curves])
    figure = _finish(figure, _CHART_PX)
    figure.update_layout(
        showlegend=len(curves) > 1,
        legend={
            "orientation": "h",
            "yref": "container",
            "y": 1.0,
            "yanchor": "top",
            "x": 0,
            "font": {"size": 12},
        },
    )
    title = {"text": "epoch", "standoff": 4, "font": {"size": 12, "color": TEXT_MUTED}}
    figure.update_xaxes(title=title, **_epoch_axis(last_epoch, ticks=6))
    if is_auc:
        figure.update_yaxes(range=[_lowest_auc(curves), _TOP_AUC])
    else:
        figure.update_yaxes(rangemode="tozero")
    return figure


def label_panels(
    runs: Sequence[Mapping[str, Curve]], last_epoch: int, columns: int = 5
) -> go.Figure:
    """One small panel per finding: validation AUC over epochs, the last value in its title.

    Parameters
    ----------
    runs : sequence of mappings from label code to Curve
        One mapping per run, its curves in the colour of the run.
    last_epoch : int
    columns : int
        Panels beside each other.
    """
    codes = [code for code in CODES if any(code in run for run in runs)]
    columns = max(1, min(columns, len(codes)))
    rows = max(1, ceil(len(codes) / columns))
    figure = make_subplots(
        rows=rows,
        cols=columns,
        shared_xaxes=True,
        shared_yaxes=True,
        subplot_titles=[_panel_title(code, runs) for code in codes],
        horizontal_spacing=0.02,
        vertical_spacing=0.32 / rows,
    )
    for number, code in enumerate(codes):
        place = {"row": number // columns + 1, "col": number % columns + 1}
        for curve in (run[code] for run in runs if code in run):
            figure.add_trace(_line(curve, NAMES[code]), **place)
    figure = _finish(figure, 48 + _PANEL_PX * rows)
    figure.update_layout(showlegend=False, margin={"t": 24})
    figure.update_annotations(font={"size": 12, "color": TEXT})
    curves = [curve for run in runs for curve in run.values()]
    figure.update_yaxes(range=[_lowest_auc(curves), _TOP_AUC], nticks=4, tickfont={"size": 11})
    figure.update_xaxes(tickfont={"size": 11}, **_epoch_axis(last_epoch, ticks=3))
    return figure


def _panel_title(code: str, runs: Sequence[Mapping[str, Curve]]) -> str:
    """Code and last value; of several runs the values in their order and colours."""
    latest = [
        (_last(run[code]), run[code].colour if len(runs) > 1 else TEXT)
        for run in runs
        if code in run
    ]
    values = " ".join(f'<span style="color:{colour}">{value}</span>' for value, colour in latest)
    return f"<b>{code}</b> {values}"


def _last(curve: Curve) -> str:
    known = [value for value in curve.values if value is not None]
    return f"{known[-1]:.3f}" if known else "–"


def _line(curve: Curve, title: str = "") -> go.Scatter:
    what = f"{title}<br>{curve.name}" if title else curve.name
    return go.Scatter(
        x=curve.epochs,
        y=curve.values,
        name=curve.name,
        mode="lines+markers",
        line={"color": curve.colour, "width": 2},
        marker={"size": 4},
        hovertemplate=what + ", epoch %{x}: %{y:.4g}<extra></extra>",
    )


def _lowest_auc(curves: Sequence[Curve]) -> float:
    """Lower end of an axis of areas: chance, or a little below the lowest value."""
    known = [value for curve in curves for value in curve.values if value is not None]
    return max(0.0, min([0.5, *known]) - 0.02)


def _epoch_axis(last_epoch: int, ticks: int) -> dict[str, object]:
    step = max(1, ceil(last_epoch / ticks))
    return {"range": [0.5, max(last_epoch, 1) + 0.5], "tick0": step, "dtick": step}


def _finish(figure: go.Figure, height_px: int) -> go.Figure:
    figure.update_layout(
        height=height_px,
        margin={"l": 4, "r": 8, "t": 28, "b": 24},
        paper_bgcolor=SURFACE,
        plot_bgcolor=SURFACE,
        font={"color": TEXT, "size": 13},
        dragmode=False,
        hoverlabel={"bgcolor": SURFACE, "font": {"color": TEXT}},
    )
    axis = {"automargin": True, "fixedrange": True, "gridcolor": LINE, "zeroline": False}
    figure.update_xaxes(**axis, tickfont={"color": TEXT_MUTED})
    figure.update_yaxes(**axis, tickfont={"color": TEXT_MUTED})
    return figure
