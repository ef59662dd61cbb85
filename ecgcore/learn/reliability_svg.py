"""Reliability plots as a drawing of its own: one panel per finding, before and after calibration.

Written by hand as SVG: it opens anywhere and needs neither a browser to make nor a script to show.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from ecgcore.model.measured import Reliability, ReliabilityPoint, label_name

_PANEL_PX, _GAP_PX, _TITLE_PX, _COLUMNS = 150, 34, 22, 5
_HEAD_PX = 58
_BEFORE, _AFTER, _TEXT, _LINE = "#8a8f99", "#0b6e78", "#1f2430", "#d5dae1"


def reliability_svg(title: str, curves: Mapping[str, Reliability]) -> str:
    """Draw one panel per label: probability to the right, share that came true upwards."""
    rows = -(-len(curves) // _COLUMNS)
    width = _GAP_PX + _COLUMNS * (_PANEL_PX + _GAP_PX)
    height = _HEAD_PX + rows * (_PANEL_PX + _GAP_PX + _TITLE_PX)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="12" '
        f'fill="{_TEXT}">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_GAP_PX}" y="24" font-size="16">{escape(title)}</text>',
        f'<text x="{_GAP_PX}" y="44">Across: probability; up: share of recordings that have the '
        f'finding. <tspan fill="{_BEFORE}">Grey: before</tspan>, '
        f'<tspan fill="{_AFTER}">teal: after calibration</tspan>; area: recordings.</text>',
    ]
    for number, (code, curve) in enumerate(curves.items()):
        x = _GAP_PX + number % _COLUMNS * (_PANEL_PX + _GAP_PX)
        y = _HEAD_PX + number // _COLUMNS * (_PANEL_PX + _GAP_PX + _TITLE_PX)
        parts.append(_panel(x, y, label_name(code), curve))
    return "\n".join([*parts, "</svg>\n"])


def _panel(x: float, y: float, name: str, curve: Reliability) -> str:
    top = y + _TITLE_PX
    return "\n".join(
        [
            f'<text x="{x}" y="{y + 14}" font-size="11">{escape(name)}</text>',
            f'<rect x="{x}" y="{top}" width="{_PANEL_PX}" height="{_PANEL_PX}" fill="none" '
            f'stroke="{_LINE}"/>',
            f'<line x1="{x}" y1="{top + _PANEL_PX}" x2="{x + _PANEL_PX}" y2="{top}" '
            f'stroke="{_LINE}" stroke-dasharray="3 3"/>',
            _curve(x, top, curve.before, _BEFORE),
            _curve(x, top, curve.after, _AFTER),
        ]
    )


def _curve(x: float, top: float, points: tuple[ReliabilityPoint, ...], colour: str) -> str:
    most = max((point.records for point in points), default=1)
    places = [
        (x + point.probability * _PANEL_PX, top + (1 - point.share_true) * _PANEL_PX, point.records)
        for point in points
    ]
    line = " ".join(f"{px:.1f},{py:.1f}" for px, py, _ in places)
    dots = "".join(
        f'<circle cx="{px:.1f}" cy="{py:.1f}" r="{2 + 5 * (n / most) ** 0.5:.1f}" '
        f'fill="{colour}" fill-opacity="0.75"><title>{n} recordings</title></circle>'
        for px, py, n in places
    )
    return f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>{dots}'
