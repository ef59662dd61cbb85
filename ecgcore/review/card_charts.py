"""Charts of the model card: areas under the curve with their intervals, and the nine swaps."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from ecgcore.review.card import Card, LabelScore
from ecgcore.review.colours import BASELINE, LINE, OURS, SURFACE, TEXT

_COLOURS = (OURS, BASELINE)
_ROW_PX = 34


def auc_intervals(cards: Sequence[Card]) -> go.Figure:
    """Area under the ROC curve per finding, as a dot with its 95 % interval, one colour per model.

    Findings without enough positives have no dot; the table beside says so.
    """
    figure = go.Figure()
    codes = [score.code for score in reversed(cards[0].test.labels)]
    for number, (card, colour) in enumerate(zip(cards, _COLOURS, strict=False)):
        scores = [score for score in reversed(card.test.labels) if score.auc.value is not None]
        figure.add_trace(_dots(card.title, scores, codes, colour, 0.14 if number == 0 else -0.14))
    names = [score.name for score in reversed(cards[0].test.labels)]
    figure.update_yaxes(
        tickvals=list(range(len(codes))), ticktext=names, range=[-0.6, len(codes) - 0.4]
    )
    lows = [
        _or(score.auc.low, 1.0) for card in cards for score in card.test.labels if score.auc.value
    ]
    figure.update_xaxes(
        title="area under the ROC curve, test records", range=[min([0.48, *lows]) - 0.02, 1.005]
    )
    figure.add_vline(x=0.5, line={"color": TEXT, "dash": "dot", "width": 1})
    return _finish(figure, 100 + _ROW_PX * len(codes))


def _dots(
    title: str, scores: Sequence[LabelScore], codes: Sequence[str], colour: str, shift: float
) -> go.Scatter:
    values = [score.auc.value or 0.0 for score in scores]
    return go.Scatter(
        x=values,
        y=[codes.index(score.code) + shift for score in scores],
        mode="markers",
        name=title,
        marker={"color": colour, "size": 8},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [_or(score.auc.high, v) - v for score, v in zip(scores, values, strict=True)],
            "arrayminus": [
                v - _or(score.auc.low, v) for score, v in zip(scores, values, strict=True)
            ],
            "thickness": 2,
            "width": 0,
            "color": colour,
        },
        text=[f"{score.name}: {score.auc}, {score.positives} positives" for score in scores],
        hovertemplate="%{text}<extra></extra>",
    )


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def share_changed_bars(cards: Sequence[Card]) -> go.Figure:
    """Share of test records in which any finding changes, per row of the table."""
    figure = go.Figure()
    for card, colour in zip(cards, _COLOURS, strict=False):
        figure.add_trace(
            go.Bar(
                x=[swap.row for swap in card.swaps],
                y=[swap.share_changed for swap in card.swaps],
                name=card.title,
                marker_color=colour,
                text=[f"{swap.share_changed:.0%}" for swap in card.swaps],
                textposition="outside",
                textfont={"size": 11},
                constraintext="none",
                textangle=0,
                cliponaxis=False,
                hovertemplate="%{x}: %{y:.1%} of records<extra></extra>",
            )
        )
    figure.update_yaxes(tickformat=".0%", range=[0, 1.08], title="records with a changed finding")
    return _finish(figure, 340)


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
    figure.update_xaxes(automargin=True, fixedrange=True, gridcolor=LINE, zeroline=False)
    figure.update_yaxes(automargin=True, fixedrange=True, gridcolor=LINE, zeroline=False)
    return figure
