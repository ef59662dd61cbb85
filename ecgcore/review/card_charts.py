"""Charts of the model card: areas under the curve, calibration, and what swaps change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ecgcore.model.measured import (
    Interval,
    LabelScore,
    Reliability,
    ReliabilityPoint,
    ScenarioScore,
    label_name,
)
from ecgcore.review.card import Card, shown_change
from ecgcore.review.colours import BASELINE, BASELINE_SWAPS, BEFORE, LINE, OURS, SURFACE, TEXT

_COLOURS = {"Ours": OURS, "Baseline": BASELINE, "Baseline with swaps": BASELINE_SWAPS}
_ROW_PX, _DOT_PX = 30, 8
_PANEL_PX = 150
_TITLE_WIDTH = 20  # characters above a panel on a narrow page
_MOST_FIGURES = 18  # more of them above bars run into each other


def colour_of(card: Card) -> str:
    """Colour of a model in every chart of the card."""
    return _COLOURS[card.side]


def auc_intervals(cards: Sequence[Card]) -> go.Figure:
    """Area under the ROC curve per finding, as a dot with its 95 % interval, one colour per model.

    Findings without enough positives have no dot; the table beside says so.
    """
    figure = go.Figure()
    of_models = [card.measured.test.labels if card.measured.test else {} for card in cards]
    codes = list(dict.fromkeys(code for labels in of_models for code in labels))[::-1]
    for number, (card, labels) in enumerate(zip(cards, of_models, strict=True)):
        shift = 0.22 * ((len(cards) - 1) / 2 - number)
        judged = {code: x for code, x in labels.items() if x.auc.value is not None}
        figure.add_trace(_dots(card, judged, codes, shift))
    figure.update_yaxes(
        tickvals=list(range(len(codes))),
        ticktext=[label_name(code) for code in codes],
        range=[-0.6, len(codes) - 0.4],
    )
    lows = [
        _or(x.auc.low, 1.0)
        for labels in of_models
        for x in labels.values()
        if x.auc.value is not None
    ]
    figure.update_xaxes(
        title="area under the ROC curve, test records", range=[min([0.48, *lows]) - 0.02, 1.005]
    )
    figure.add_vline(x=0.5, line={"color": TEXT, "dash": "dot", "width": 1})
    return _finish(figure, 100 + _ROW_PX * max(len(codes), 4))


def _dots(
    card: Card, scores: Mapping[str, LabelScore], codes: Sequence[str], shift: float
) -> go.Scatter:
    return go.Scatter(
        x=[x.auc.value for x in scores.values()],
        y=[codes.index(code) + shift for code in scores],
        mode="markers",
        name=card.side,
        marker={"color": colour_of(card), "size": _DOT_PX},
        error_x=_error_bars([x.auc for x in scores.values()], colour_of(card)),
        text=[
            f"{label_name(code)}: {x.auc}, {x.positives} positives" for code, x in scores.items()
        ],
        hovertemplate="%{text}<extra></extra>",
    )


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def share_changed_bars(cards: Sequence[Card]) -> go.Figure:
    """Share of test records of which a finding changes, per row of the misplacement table."""
    return changed_bars(cards, [card.measured.swaps for card in cards])


def changed_bars(cards: Sequence[Card], scores: Sequence[Mapping[str, ScenarioScore]]) -> go.Figure:
    """Share of test records of which a rhythm or conduction finding changes, per scenario."""
    figure = go.Figure()
    legible = sum(map(len, scores)) <= _MOST_FIGURES
    for card, of_model in zip(cards, scores, strict=True):
        shares = [shown_change(score) for score in of_model.values()]
        figure.add_trace(
            go.Bar(
                x=list(of_model),
                y=shares,
                name=card.side,
                marker_color=colour_of(card),
                text=[f"{share:.0%}" for share in shares] if legible else None,
                textposition="outside",
                textfont={"size": 11},
                constraintext="none",
                textangle=0,
                cliponaxis=False,
                hovertemplate="%{x}: %{y:.1%} of records<extra></extra>",
            )
        )
    top = max([0.1, *(shown_change(x) for of_model in scores for x in of_model.values())])
    figure.update_yaxes(
        tickformat=".0%", range=[0, 1.12 * top], title="records with a changed finding"
    )
    return _finish(figure, 340)


def auc_with_leads(cards: Sequence[Card]) -> go.Figure:
    """Macro-AUC with all twelve leads and with fewer, a dot with its interval per model."""
    figure = go.Figure()
    names = list(dict.fromkeys(name for card in cards for name in _aucs_with_leads(card)))
    for number, card in enumerate(cards):
        aucs = {name: x for name, x in _aucs_with_leads(card).items() if x.value is not None}
        shift = 0.14 * (number - (len(cards) - 1) / 2)
        figure.add_trace(
            go.Scatter(
                x=[names.index(name) + shift for name in aucs],
                y=[x.value for x in aucs.values()],
                mode="markers",
                name=card.side,
                marker={"color": colour_of(card), "size": _DOT_PX + 1},
                error_y=_error_bars(list(aucs.values()), colour_of(card)),
                text=[f"{name}: {x}" for name, x in aucs.items()],
                hovertemplate="%{text}<extra></extra>",
            )
        )
    figure.update_xaxes(tickvals=list(range(len(names))), ticktext=names)
    figure.update_yaxes(title="macro-AUC, test records")
    return _finish(figure, 340)


def _aucs_with_leads(card: Card) -> dict[str, Interval]:
    fewer = card.measured.scenarios.get("fewer", {})
    aucs = {name: x.groups["all"].auc for name, x in fewer.items() if "all" in x.groups}
    test = card.measured.test
    return aucs if test is None else {"all twelve": test.macro_auc, **aucs}


def _error_bars(intervals: Sequence[Interval], colour: str) -> dict[str, object]:
    """From each value to the ends of its interval; nothing where it has none."""
    values = [_or(x.value, 0.0) for x in intervals]
    return {
        "type": "data",
        "symmetric": False,
        "array": [_or(x.high, v) - v for x, v in zip(intervals, values, strict=True)],
        "arrayminus": [v - _or(x.low, v) for x, v in zip(intervals, values, strict=True)],
        "thickness": 2,
        "width": 0,
        "color": colour,
    }


def reliability_panels(curves: Mapping[str, Reliability], columns: int = 4) -> go.Figure:
    """One panel per finding or group: probability to the right, share that came true upwards.

    Grey before calibration, coloured after; the area of a dot is its number of records.
    """
    columns = min(columns, len(curves))
    rows = -(-len(curves) // columns)
    figure = make_subplots(
        rows,
        columns,
        subplot_titles=["<br>".join(wrap(label_name(code), _TITLE_WIDTH)) for code in curves],
        shared_xaxes="all",
        shared_yaxes="all",
        vertical_spacing=0.3 / max(rows, 1),
        horizontal_spacing=0.02,
    )
    for number, curve in enumerate(curves.values()):
        place = {"row": number // columns + 1, "col": number % columns + 1}
        diagonal = go.Scatter(x=[0, 1], y=[0, 1], mode="lines", showlegend=False, hoverinfo="skip")
        figure.add_trace(
            diagonal.update(line={"color": BEFORE, "dash": "dot", "width": 1}), **place
        )
        for name, points, colour in (
            ("before calibration", curve.before, BEFORE),
            ("after calibration", curve.after, OURS),
        ):
            trace = _reliability_trace(name, points, colour)
            figure.add_trace(trace.update(showlegend=number == 0), **place)
    figure.update_annotations(font={"size": 11, "color": TEXT})
    # Ticks away from the ends, where those of neighbouring panels would meet on a narrow page.
    figure.update_xaxes(range=[-0.04, 1.04], tickvals=[0.2, 0.5, 0.8], tickformat=".0%")
    figure.update_yaxes(range=[-0.04, 1.04], tickvals=[0, 0.5, 1], tickformat=".0%")
    figure = _finish(figure, 90 + (_PANEL_PX + 50) * rows)
    return figure.update_layout(
        margin={"t": 84}, legend={"y": 1.0, "yref": "container", "yanchor": "top"}
    )


def _reliability_trace(name: str, points: Sequence[ReliabilityPoint], colour: str) -> go.Scatter:
    most = max((point.records for point in points), default=1)
    return go.Scatter(
        x=[point.probability for point in points],
        y=[point.share_true for point in points],
        mode="lines+markers",
        name=name,
        legendgroup=name,
        line={"color": colour, "width": 1},
        opacity=0.85,
        marker={
            "color": colour,
            "size": [4 + 12 * (point.records / most) ** 0.5 for point in points],
            "line": {"width": 0},
        },
        customdata=[point.records for point in points],
        hovertemplate="%{customdata} records at %{x:.0%}: %{y:.0%} have it<extra></extra>",
    )


def _finish(figure: go.Figure, height_px: int) -> go.Figure:
    figure.update_layout(
        height=height_px,
        margin={"l": 4, "r": 8, "t": 36, "b": 24},
        paper_bgcolor=SURFACE,
        plot_bgcolor=SURFACE,
        font={"color": TEXT, "size": 13},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0},
        bargap=0.3,
        dragmode=False,
    )
    axis = {"automargin": True, "fixedrange": True, "gridcolor": LINE, "zeroline": False}
    return figure.update_xaxes(**axis, title_font_size=13).update_yaxes(**axis, title_font_size=13)
