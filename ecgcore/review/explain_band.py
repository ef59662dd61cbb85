"""A thin band under each lead on the paper: which moments speak for a finding, which against it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go

from ecgcore.leads import INDEX
from ecgcore.model.labels import NAMES
from ecgcore.review.colours import BASELINE, OURS, SURFACE, TEXT_MUTED
from ecgcore.review.explain import Explanation
from ecgcore.review.layout import PaperFormat, Sheet, Strip
from ecgcore.review.paper import FOOTER, footer_lines

ROOM_MM = 5.0  # one box more below each row, so that no band lies behind a tracing
BAND_MM = 2.0
# Lower edge of the band above that of its row: nearer to its own tracing than to the names of the
# leads in the row below.
RAISED_MM = 2.5
BANDS = "explanation"  # in the `meta` of the traces that are bands

# The largest hundredth of the moments has full colour: one spike would pale all the rest.
_FULL_COLOUR_FROM = 0.99
_LEAST_SCALE = 0.001
_LEGEND_PX = 36  # room below the footer for the scale


def with_room(form: PaperFormat) -> PaperFormat:
    """Return the same format with room for the bands."""
    return replace(form, room_below_mm=ROOM_MM)


def add_bands(figure: go.Figure, sheet: Sheet, explanation: Explanation) -> None:
    """Draw the band of each strip whose lead was read, and say below the paper what it means.

    Each cell is a bin of about 20 ms, under the tracing of these 20 ms. Teal speaks for the
    finding, orange against it, on one scale for all leads that is symmetrical about white.

    Parameters
    ----------
    figure : Figure
        From `paper.draw_paper`, in a format that `with_room` made.
    sheet : Sheet
        Of the same format.
    explanation : Explanation
        Of the recording that is drawn.
    """
    sums, bin_s = explanation.binned()
    for strip in sheet.strips:
        if strip.lead not in explanation.leads:
            continue
        first, last = shown_bins(strip, bin_s, explanation.duration_s)
        if last > first:
            values = sums[INDEX[strip.lead], first:last]
            figure.add_trace(_band(strip, values, first * bin_s, bin_s, sheet.form.speed_mm_s))
    figure.layout.coloraxis = _scale(scale_top(explanation), figure.layout.margin.b)
    _add_legend(figure, explanation, bin_s)


def shown_bins(strip: Strip, bin_s: float, duration_s: float) -> tuple[int, int]:
    """First bin of a strip, and the one after its last.

    A bin belongs to the strip that shows its middle: none is shown in two columns, and none lost
    between them.
    """
    stop_s = min(strip.stop_s, duration_s)
    # Rounding of a boundary that is a middle must not depend on the column it bounds.
    first, last = (math.ceil(round(s / bin_s - 0.5, 6)) for s in (strip.start_s, stop_s))
    return first, last


def scale_top(explanation: Explanation) -> float:
    """Log-odds at which the colours are full, of two digits: 1 % of the bins lie beyond."""
    sums, bin_s = explanation.binned()
    rows = [INDEX[lead] for lead in explanation.leads]
    read = np.abs(sums[rows, : math.ceil(explanation.duration_s / bin_s)])
    top = max(_LEAST_SCALE, float(np.quantile(read, _FULL_COLOUR_FROM)))
    digit = 10.0 ** (math.floor(math.log10(top)) - 1)
    return math.ceil(top / digit) * digit


def _band(
    strip: Strip, values: np.ndarray, start_s: float, bin_s: float, speed_mm_s: float
) -> go.Heatmap:
    times_s = start_s + bin_s * np.arange(values.size)
    return go.Heatmap(
        z=[values.astype(np.float32)],
        x0=strip.x_mm + (start_s + bin_s / 2 - strip.start_s) * speed_mm_s,
        dx=bin_s * speed_mm_s,
        y0=strip.bottom_mm + RAISED_MM + BAND_MM / 2,
        dy=BAND_MM,
        customdata=[times_s.astype(np.float32)],
        coloraxis="coloraxis",
        name=strip.title,
        meta=BANDS,
        hovertemplate=f"<b>{strip.title}</b>  %{{customdata:.2f}} s  %{{z:+.3f}}<extra></extra>",
    )


def _scale(top: float, below_px: float) -> dict[str, object]:
    """Colours and their legend, which stands below the footer."""
    return {
        "cmin": -top,
        "cmax": top,
        "colorscale": [[0, BASELINE], [0.5, SURFACE], [1, OURS]],
        "colorbar": {
            "orientation": "h",
            "x": 0.95,  # half a label beyond its end still fits on a telephone
            "xanchor": "right",
            "y": 0,
            "yanchor": "top",
            "ypad": below_px,
            "len": 0.2,
            "thickness": 8,
            "tickvals": [-top, top],
            "ticktext": [f"−{top:.2g}", f"+{top:.2g}"],
            "tickfont": {"size": 11, "color": TEXT_MUTED},
            "outlinewidth": 0,
        },
    }


def _add_legend(figure: go.Figure, explanation: Explanation, bin_s: float) -> None:
    """Say in the footer what the bands are; the scale stands to the right of it."""
    name = NAMES.get(explanation.finding, explanation.finding)
    parts = [
        f"band: log-odds in {1000 * bin_s:.0f} ms",
        f"teal speaks for {name}, orange against it",
    ]
    bottom, top = figure.layout.yaxis.range
    px_per_mm = (figure.layout.height - figure.layout.margin.b) / (top - bottom)
    left, right = figure.layout.xaxis.range
    (footer,) = (note for note in figure.layout.annotations if note.name == FOOTER)
    lines = footer_lines(parts, round((right - left) * px_per_mm))
    footer.text = f"{footer.text}<br>{lines}"
    figure.layout.height += _LEGEND_PX
    figure.layout.margin.b += _LEGEND_PX
