"""Charts of training runs: curves over epochs, and a small panel for each finding.

They take plain numbers, so that whoever trained need not be known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import plotly.graph_objects as go

from ecgcore.model.labels import CODES, NAMES
from ecgcore.review.colours import BASELINE, LINE, OURS, SURFACE, TEXT, TEXT_MUTED

# Told apart by lightness too; each at least 3:1 on white.
RUN_COLOURS = (OURS, BASELINE, "#5b4bb0", "#8a8f99", "#9a1f63", "#2f6b1f")
_PANEL_PX = 118
_CHART_PX = 250
# Lines that no longer rise must not touch the frame.
_TOP_AUC = 1.01
# Between panels, as a share of the figure; above one, for its title, as a share of its height.
_GAP_WIDE, _GAP_HIGH = 0.02, 0.3
_MARGIN = {"l": 4, "r": 8, "t": 28, "b": 24}
_LOOK = {
    "margin": _MARGIN,
    "paper_bgcolor": SURFACE,
    "plot_bgcolor": SURFACE,
    "font": {"color": TEXT, "size": 13},
    "dragmode": False,
    "hoverlabel": {"bgcolor": SURFACE, "font": {"color": TEXT}},
}
_AXIS = {
    "automargin": True,
    "fixedrange": True,
    "gridcolor": LINE,
    "zeroline": False,
    "tickfont": {"color": TEXT_MUTED, "size": 11},
}
# Above the axes, whatever height they have.
_LEGEND = {
    "orientation": "h",
    "yref": "container",
    "y": 1.0,
    "yanchor": "top",
    "x": 0,
    "font": {"size": 12},
}
_TITLE = {
    "xref": "paper",
    "yref": "paper",
    "xanchor": "center",
    "yanchor": "bottom",
    "showarrow": False,
    "font": {"size": 12, "color": TEXT},
}


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
    title = {"text": "epoch", "standoff": 4, "font": {"size": 12, "color": TEXT_MUTED}}
    scale = {"range": [_lowest_auc(curves), _TOP_AUC]} if is_auc else {"rangemode": "tozero"}
    look = {
        "height": _CHART_PX,
        "showlegend": len(curves) > 1,
        "legend": _LEGEND,
        "xaxis": _AXIS | _epoch_axis(last_epoch, ticks=6) | {"title": title},
        "yaxis": _AXIS | scale,
    }
    return go.Figure([_line(curve) for curve in curves], _LOOK | look)


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
    curves = [curve for run in runs for curve in run.values()]
    x_axis = _AXIS | _epoch_axis(last_epoch, ticks=3)
    y_axis = _AXIS | {"range": [_lowest_auc(curves), _TOP_AUC], "nticks": 4}
    # Written out: plotly's make_subplots takes a third of a second, which a live page has not.
    layout: dict[str, object] = {}
    titles, traces = [], []
    for number, code in enumerate(codes):
        suffix = str(number + 1) if number else ""
        x, y = _domains(number, rows, columns)
        is_lowest, is_first = number + columns >= len(codes), number % columns == 0
        layout[f"xaxis{suffix}"] = x_axis | {
            "domain": x,
            "anchor": f"y{suffix}",
            "showticklabels": is_lowest,
        }
        layout[f"yaxis{suffix}"] = y_axis | {
            "domain": y,
            "anchor": f"x{suffix}",
            "showticklabels": is_first,
        }
        titles.append(_TITLE | {"text": _panel_title(code, runs), "x": sum(x) / 2, "y": y[1]})
        axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
        traces += [_line(run[code], NAMES[code]).update(axes) for run in runs if code in run]
    look = _LOOK | {"height": 24 + _PANEL_PX * rows, "margin": _MARGIN | {"t": 0}}
    return go.Figure(traces, look | layout | {"annotations": titles, "showlegend": False})


def _domains(number: int, rows: int, columns: int) -> tuple[list[float], list[float]]:
    """Place of a panel in the figure, row by row from the top: shares of width and height."""
    row, column = divmod(number, columns)
    width, height = (1 + _GAP_WIDE) / columns, 1 / rows
    return (
        [column * width, (column + 1) * width - _GAP_WIDE],
        [1 - (row + 1) * height, 1 - (row + _GAP_HIGH) * height],
    )


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
