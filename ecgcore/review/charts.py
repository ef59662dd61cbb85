"""Charts beside the paper: attention per lead, findings against their thresholds, swap results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from ecgcore.leads import LEADS
from ecgcore.model.labels import NAMES
from ecgcore.model.prediction import Prediction
from ecgcore.review.colours import (
    BASELINE,
    BEFORE,
    LINE,
    MARK,
    OURS,
    SURFACE,
    TEXT,
    TEXT_MUTED,
    UNREPORTED,
    attention_colour,
)
from ecgcore.review.paper import attention_scale_top
from ecgcore.review.swap_summary import SwapResult

CHART_CONFIG = {"displayModeBar": False}
_ROW_PX = 27


def attention_bars(attention: Mapping[str, float]) -> go.Figure:
    """One bar per lead, coloured as its trace on the paper; the dotted line is an equal share."""
    top = attention_scale_top(attention)
    leads = [lead for lead in LEADS if lead in attention]
    weights = [attention[lead] for lead in leads]
    figure = go.Figure(
        go.Bar(
            x=leads,
            y=weights,
            marker_color=[attention_colour(weight / top) for weight in weights],
            text=[f"{weight:.0%}" for weight in weights],
            textfont={"size": 11},
            constraintext="none",
            textangle=0,
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}: %{y:.1%}<extra></extra>",
        )
    )
    _add_equal_share(figure, len(leads))
    return _finish(figure, 250, percent_axis="y", top=top)


def attention_pair(before: Mapping[str, float], after: Mapping[str, float]) -> go.Figure:
    """Weights before (grey) and after (coloured) side by side for each lead."""
    top = attention_scale_top(before, after)
    figure = go.Figure()
    for name, weights, colours in (
        ("before", before, BEFORE),
        ("after", after, [attention_colour(after.get(lead, 0.0) / top) for lead in LEADS]),
    ):
        figure.add_trace(
            go.Bar(
                x=LEADS,
                y=[weights.get(lead, 0.0) for lead in LEADS],
                name=name,
                marker_color=colours,
                hovertemplate="%{x} " + name + ": %{y:.1%}<extra></extra>",
            )
        )
    _add_equal_share(figure, len(after))
    return _finish(figure, 250, percent_axis="y", top=top)


def _add_equal_share(figure: go.Figure, n_leads: int) -> None:
    figure.add_hline(y=1 / n_leads, line={"color": TEXT_MUTED, "dash": "dot", "width": 1})


def finding_bars(prediction: Prediction) -> go.Figure:
    """Probability of each finding, reported ones first, with its threshold as a mark.

    Reported findings are coloured and bold; a softmax model reports its arg-max and has no marks.
    """
    # Plotly draws the first row at the bottom.
    codes = sorted(
        prediction.probabilities,
        key=lambda x: (x in prediction.findings, prediction.probabilities[x]),
    )
    reported = [code in prediction.findings for code in codes]
    values = [prediction.probabilities[code] for code in codes]
    names = [_name(code, bold=bold) for code, bold in zip(codes, reported, strict=True)]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=names,
            orientation="h",
            marker_color=[OURS if bold else UNREPORTED for bold in reported],
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )
    )
    if prediction.top is None:
        figure.add_trace(_threshold_marks(prediction, codes, names))
    # In a column of their own, where no threshold mark can strike through a figure.
    figure.add_trace(
        go.Scatter(
            x=[1.02] * len(names),
            y=names,
            mode="text",
            text=[
                f"<b>{p:.0%} ✓</b>" if bold else f"{p:.0%}"
                for p, bold in zip(values, reported, strict=True)
            ],
            textposition="middle right",
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    figure = _finish(figure, _height(len(codes)), percent_axis="x", top=1.0, room=0.25)
    return figure.update_xaxes(tickvals=[0, 0.25, 0.5, 0.75, 1])


def finding_shift(before: Prediction, after: Prediction, colour: str) -> go.Figure:
    """Probability of each finding before (grey ring) and after (filled); changed ones are named.

    Parameters
    ----------
    before, after : Prediction
        Of one model.
    colour : str
        Colour of that model.
    """
    codes = list(before.probabilities)[::-1]
    changed = [(code in before.findings) != (code in after.findings) for code in codes]
    names = [_name(code, bold=bold) for code, bold in zip(codes, changed, strict=True)]
    start = [before.probabilities[code] for code in codes]
    end = [after.probabilities[code] for code in codes]
    figure = go.Figure()
    for row, is_changed in enumerate(changed):
        if is_changed:
            figure.add_hrect(
                y0=row - 0.5, y1=row + 0.5, fillcolor=MARK, line_width=0, layer="below"
            )
    figure.add_trace(
        go.Scatter(
            x=[x for pair in zip(start, end, strict=True) for x in (*pair, None)],
            y=[y for name in names for y in (name, name, None)],
            mode="lines",
            line={"color": colour, "width": 2},
            hoverinfo="skip",
        )
    )
    if before.top is None:
        figure.add_trace(_threshold_marks(before, codes, names))
    for moment, values, symbol, shade in (
        ("before", start, "circle-open", TEXT_MUTED),
        ("after", end, "circle", colour),
    ):
        figure.add_trace(
            go.Scatter(
                x=values,
                y=names,
                mode="markers",
                name=moment,
                marker={"symbol": symbol, "size": 9, "color": shade, "line": {"width": 2}},
                cliponaxis=False,
                hovertemplate="%{y} " + moment + ": %{x:.1%}<extra></extra>",
            )
        )
    for name, code, is_changed in zip(names, codes, changed, strict=True):
        if is_changed:
            figure.add_annotation(
                x=1.04,
                y=name,
                text="<b>gained</b>" if code in after.findings else "<b>lost</b>",
                xanchor="left",
                showarrow=False,
            )
    return _finish(figure, _height(len(codes)), percent_axis="x", top=1.0, room=0.4)


def rows_chart(results: Mapping[str, Sequence[SwapResult]], titles: Mapping[str, str]) -> go.Figure:
    """Largest probability change per table row, one bar per model.

    Parameters
    ----------
    results : mapping of model name to its nine results
        The attention network first, the baseline second.
    titles : mapping of model name to title
    """
    figure = go.Figure()
    for (name, rows), colour in zip(results.items(), (OURS, BASELINE), strict=False):
        figure.add_trace(
            go.Bar(
                x=[result.row for result in rows],
                y=[result.change.largest_probability_change for result in rows],
                name=titles[name],
                marker_color=colour,
                text=[_star(result) for result in rows],
                textposition="outside",
                cliponaxis=False,
                customdata=[result.change.largest_changed_label for result in rows],
                hovertemplate="%{x}: %{y:.2f} (%{customdata})<extra></extra>",
            )
        )
    figure = _finish(figure, 300, percent_axis="y", top=1.0, room=0.1)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.16, "x": 0})
    figure.update_yaxes(tickformat=".1f", title="largest change")
    return figure


def _star(result: SwapResult) -> str:
    count = len(result.change.gained) + len(result.change.lost)
    return f"{count}✱" if count else ""


def _threshold_marks(
    prediction: Prediction, codes: Sequence[str], names: Sequence[str]
) -> go.Scatter:
    return go.Scatter(
        x=[prediction.thresholds[code] for code in codes],
        y=names,
        mode="markers",
        name="threshold",
        marker={"symbol": "line-ns", "size": 17, "line": {"width": 2, "color": TEXT}},
        hovertemplate="%{y}: reported from %{x:.1%}<extra></extra>",
    )


def _name(code: str, *, bold: bool) -> str:
    return f"<b>{NAMES[code]}</b>" if bold else NAMES[code]


def _height(n_rows: int) -> int:
    return 40 + _ROW_PX * n_rows


def _finish(
    figure: go.Figure, height_px: int, *, percent_axis: str, top: float, room: float = 0.12
) -> go.Figure:
    """Apply the common look: white surface, faint lines, axis in percent with room for the text."""
    figure.update_layout(
        height=height_px,
        margin={"l": 4, "r": 8, "t": 12, "b": 24},
        paper_bgcolor=SURFACE,
        plot_bgcolor=SURFACE,
        font={"color": TEXT, "size": 13},
        showlegend=False,
        bargap=0.3,
        dragmode=False,
    )
    figure.update_xaxes(automargin=True, fixedrange=True, linecolor=LINE)
    figure.update_yaxes(automargin=True, fixedrange=True, linecolor=LINE)
    percent = {"range": [0, top * (1 + room)], "tickformat": ".0%", "gridcolor": LINE, "nticks": 6}
    if percent_axis == "x":
        figure.update_xaxes(**percent, zeroline=False)
    else:
        figure.update_yaxes(**percent, zeroline=False)
    return figure
