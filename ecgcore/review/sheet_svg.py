"""A drawn sheet as an SVG document whose unit is the millimetre, to be printed at true scale.

A browser does not know how large its pixels are; a printer does. What Plotly itself saves is in
pixels of the window, so the sheet is written anew here, from the same figure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import plotly.graph_objects as go

from ecgcore.review.colours import GRID_MAJOR, GRID_MINOR, PAPER, TEXT, signed_colour
from ecgcore.review.paper import FOOTER

_FOOTER_MM = 8.0
_BOX_MM = 5
# As on printed paper: a trace of a quarter of a millimetre on finer lines.
_TRACE_MM, _MINOR_MM, _MAJOR_MM = 0.25, 0.08, 0.18
_TEXT_MM = 3.0  # height of the type, about 8.5 points
_SMALL_MM = 2.4
_LINE_SPACING = 1.2
_ANCHORS = {"left": "start", "right": "end", "center": "middle", None: "middle", "auto": "middle"}


def to_svg_mm(figure: go.Figure) -> str:
    """Write a sheet of paper as an SVG document.

    Parameters
    ----------
    figure : Figure
        From `paper.draw_paper`, `comparison.draw_comparison` or `beat_overlay.draw_beats`, with or
        without beat marks and bands.

    Returns
    -------
    str
        Width and height in mm, and one user unit a millimetre: at 25 mm/s a second is 25 units long
        and, printed without scaling to fit, 25 mm. Shows the whole sheet, at 50 mm/s more than the
        screen does.
    """
    return "\n".join(_Page(figure).lines())


class _Page:
    """Turns x to the right and y upwards, in mm, into SVG, whose y grows downwards."""

    def __init__(self, figure: go.Figure) -> None:
        self._figure = figure
        meta = figure.layout.meta or {}
        self._width = float(meta.get("width_mm", figure.layout.xaxis.range[1]))
        self._bottom, self._top = (float(end) for end in figure.layout.yaxis.range)

    def lines(self) -> Iterator[str]:
        height = self._top - self._bottom
        whole = height + self._footer_mm()
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self._width:g}mm" '
            f'height="{whole:g}mm" viewBox="0 0 {self._width:g} {whole:g}" '
            'font-family="sans-serif">'
        )
        yield f'<rect width="{self._width:g}" height="{whole:g}" fill="{PAPER}"/>'
        yield self._grid(1, GRID_MINOR, _MINOR_MM)
        yield self._grid(_BOX_MM, GRID_MAJOR, _MAJOR_MM)
        for trace in self._figure.data:
            yield from self._trace(trace)
        for note in self._figure.layout.annotations:
            yield from self._text(note)
        yield "</svg>"

    def _footer_mm(self) -> float:
        """Room for the footer, one line more for each `<br>` in it."""
        text = "".join(n.text or "" for n in self._figure.layout.annotations if n.name == FOOTER)
        return _FOOTER_MM + text.count("<br>") * _SMALL_MM * _LINE_SPACING

    def _grid(self, step: int, colour: str, width: float) -> str:
        last_x, height = math.floor(self._width), self._top - self._bottom
        vertical = [f"M{x} 0V{height:g}" for x in range(0, last_x + 1, step)]
        # Counted from y = 0, where the lowest row of the sheet ends.
        first = math.ceil(self._bottom / step) * step
        heights = range(first, math.floor(self._top) + 1, step)
        level = [f"M0 {self._top - y:g}H{self._width:g}" for y in heights]
        return (
            f'<path class="grid-{step}" d="{"".join(vertical + level)}" fill="none" '
            f'stroke="{colour}" stroke-width="{width}"/>'
        )

    def _trace(self, trace: go.Scatter | go.Heatmap) -> Iterator[str]:
        """One path per trace, broken where samples are missing; a rectangle per cell of a band."""
        if trace.type == "heatmap":
            yield from self._cells(trace)
            return
        if trace.mode != "lines" or not len(trace.x):
            return
        x, y = (np.array(values, dtype=np.float64) for values in (trace.x, trace.y))
        known = np.flatnonzero(~np.isnan(x) & ~np.isnan(y))
        parts = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1)
        drawn = "".join(self._path(x[part], y[part]) for part in parts if part.size)
        dash = {"dot": ' stroke-dasharray="0.3 0.7"', "dash": ' stroke-dasharray="1.2 0.8"'}
        yield (
            f'<path data-name={quoteattr(trace.name or "")} d="{drawn}" fill="none" '
            f'stroke="{trace.line.color}" stroke-width="{_TRACE_MM}" stroke-linejoin="round"'
            f"{dash.get(trace.line.dash, '')}/>"
        )

    def _cells(self, band: go.Heatmap) -> Iterator[str]:
        """Write the one row of a heatmap in the colours of `explain_band.add_bands`."""
        top = self._figure.layout.coloraxis.cmax
        y = self._top - band.y0 - band.dy / 2
        for number, value in enumerate(band.z[0]):
            x = band.x0 + (number - 0.5) * band.dx
            yield (
                f'<rect x="{x:.3f}" y="{y:.3f}" width="{band.dx:.3f}" height="{band.dy:.3f}" '
                f'fill="{signed_colour(value / top)}"/>'
            )

    def _path(self, x: np.ndarray, y: np.ndarray) -> str:
        points = " ".join(f"{a:.3f} {self._top - b:.3f}" for a, b in zip(x, y, strict=True))
        return f"M{points}"

    def _text(self, note: go.layout.Annotation) -> Iterator[str]:
        if note.name == FOOTER:
            x, y, size = 2.0, self._top - self._bottom + _FOOTER_MM / 2, _SMALL_MM
        else:
            x, y = float(note.x), self._top - float(note.y)
            size = _TEXT_MM if note.font.size is None else _SMALL_MM
        rows = re.split(r"<br>", note.text or "")
        middle = note.yanchor in (None, "auto", "middle") and note.name != FOOTER
        first = y + size * (0.35 if middle else 1.0) - (size / 2 if note.name == FOOTER else 0)
        for number, row in enumerate(rows):
            at = first + number * size * _LINE_SPACING
            yield (
                f'<text x="{x:.3f}" y="{at:.3f}" font-size="{size}" '
                f'text-anchor="{_ANCHORS[note.xanchor]}" fill="{note.font.color or TEXT}">'
                f"{_spans(row)}</text>"
            )


def _spans(text: str) -> str:
    """Turn the bold that Plotly writes into that of SVG; all else is plain text."""
    parts = re.split(r"<b>(.*?)</b>", text)
    return "".join(
        f'<tspan font-weight="bold">{escape(part)}</tspan>' if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )
