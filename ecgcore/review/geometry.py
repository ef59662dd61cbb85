"""What the tools in the browser have to know of a sheet, to turn millimetres into ms and mV."""

from __future__ import annotations

from collections.abc import Sequence

from ecgcore.recording import Recording
from ecgcore.review.layout import Sheet, Strip

Geometry = dict[str, object]


def sheet_geometry(sheet: Sheet, recordings: Sequence[Recording], offset_s: float) -> Geometry:
    """Describe a sheet as JSON; it travels inside the figure, so that the two cannot differ.

    Returns
    -------
    dict
        ``tracing`` is the digest of what is drawn, ``offset_s`` where it begins; ``speed_mm_s``,
        ``gain_mm_mv``, ``width_mm`` and ``height_mm`` as in `Sheet`; ``rows`` lists from above the
        ``top`` and ``bottom`` of each row and its ``spans``: from where to where x is one
        continuous time.
    """
    return {
        "tracing": "-".join(recording.digest[:16] for recording in recordings),
        "offset_s": round(offset_s, 3),
        "speed_mm_s": sheet.form.speed_mm_s,
        "gain_mm_mv": sheet.form.gain_mm_mv,
        "order": sheet.form.order,
        "width_mm": sheet.width_mm,
        "height_mm": sheet.height_mm,
        "rows": [_row(sheet, strips) for strips in rows_of(sheet)],
    }


def rows_of(sheet: Sheet) -> list[list[Strip]]:
    """Group the strips into rows, from the uppermost to the lowest."""
    tops = dict.fromkeys(strip.top_mm for strip in sheet.strips)
    return [[strip for strip in sheet.strips if strip.top_mm == top] for top in tops]


def _row(sheet: Sheet, strips: Sequence[Strip]) -> Geometry:
    spans = [
        [strip.x_mm, strip.x_mm + (strip.stop_s - strip.start_s) * sheet.form.speed_mm_s]
        for strip in strips
    ]
    if not sheet.simultaneous:
        spans = [[spans[0][0], spans[-1][1]]]
    return {"top": strips[0].top_mm, "bottom": strips[0].bottom_mm, "spans": spans}
