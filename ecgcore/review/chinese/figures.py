"""Figures in Chinese: what is written on paper and charts, word by word."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go

from ecgcore.review.chinese import translate

# Marks of what is bold or broken, and places that Plotly fills in, stay where they are.
_MARKS = re.compile(r"(<[^<>]*>|%\{[^{}]*\}|  +|·)")
_EDGE = re.compile(r"^([\s,:=≈✓]*)(.*?)([\s,:✓]*)$", re.DOTALL)
_LISTS = ("x", "y", "text", "customdata")


def translate_figure(figure: go.Figure) -> go.Figure:
    """Return a copy of a figure with all that is written on it in Chinese.

    Names of categories are translated wherever they stand, so that traces, ticks and annotations
    still meet. Measured values and the names of leads stay as they are.
    """
    copy = go.Figure(figure)
    for trace in copy.data:
        _translate_trace(trace)
    for annotation in copy.layout.annotations:
        _replace(annotation, "text", translate_marked)
        for place in ("x", "y"):
            _replace(annotation, place, translate_marked)
    copy.for_each_xaxis(_translate_axis)
    copy.for_each_yaxis(_translate_axis)
    _replace(copy.layout.title, "text", translate_marked)
    return copy


def translate_marked(text: str) -> str:
    """Translate a text with marks of Plotly: ``"<b>gained</b>"``, ``"25 mm/s  ·  no filter"``."""
    # A name that was broken over lines is looked up in one piece.
    joined = text.replace("<br>", " ")
    if not _MARKS.search(joined) and (whole := translate(joined)) != joined:
        return whole
    return "".join(_piece(part) for part in _MARKS.split(text))


def _piece(text: str) -> str:
    match = _EDGE.match(text)
    if match is None or not match[2]:
        return text
    chinese = translate(match[2])
    return text if chinese == match[2] else f"{match[1]}{chinese}{match[3]}"


def _translate_trace(trace: Any) -> None:
    for field in ("name", "hovertemplate", "legendgroup"):
        _replace(trace, field, translate_marked)
    for field in _LISTS:
        values = trace[field] if field in trace else ()  # noqa: SIM401 (traces have no get)
        if isinstance(values, str):
            trace[field] = translate_marked(values)
        elif values is not None and not _measured(values):
            trace[field] = [_translated(value) for value in values]
    if "colorbar" in trace:
        _replace(trace.colorbar.title, "text", translate_marked)


def _measured(values: Any) -> bool:
    """Whether a list holds numbers alone, as those of a tracing do."""
    return isinstance(values, np.ndarray) and values.dtype.kind in "fiu"


def _translated(value: Any) -> Any:
    return translate_marked(value) if isinstance(value, str) else value


def _translate_axis(axis: Any) -> None:
    _replace(axis.title, "text", translate_marked)
    if axis.ticktext is not None:
        axis.ticktext = [_translated(value) for value in axis.ticktext]
    if axis.categoryarray is not None:
        axis.categoryarray = [_translated(value) for value in axis.categoryarray]


def _replace(part: Any, field: str, change: Callable[[str], str]) -> None:
    value = part[field]
    if isinstance(value, str) and value:
        part[field] = change(value)
