"""Where the waves of each beat begin and end, drawn below the lowest row of the paper."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import plotly.graph_objects as go

from ecgcore.review.colours import MARKED_ECTOPIC, MARKED_P, MARKED_QRS, MARKED_T, TEXT
from ecgcore.review.geometry import rows_of
from ecgcore.review.layout import Sheet, Strip
from ecgcore.signal.measurements import Beat

# Added below the sheet, so that no tick could pass for a part of the tracing; more where the sheet
# is drawn so small that the labels need it.
BAND_MM = 20.0
_TICKS_FROM_MM, _TICKS_TO_MM = -0.5, -4.5
_LABEL_MM = -5.0
_LABEL_PX = 10
_LINE_PX = 1.3 * _LABEL_PX
_BOX_MM = 5.0
# Widest label, "QRS 100", at that size, and the space before the next.
_LABEL_ROOM_PX = 50
_WAVES = (
    ("P waves", "p_on_s", "p_off_s", MARKED_P),
    ("QRS complexes", "qrs_on_s", "qrs_off_s", MARKED_QRS),
    ("T waves", "t_on_s", "t_off_s", MARKED_T),
)


def add_beat_marks(figure: go.Figure, sheet: Sheet, beats: Sequence[Beat]) -> None:
    """Add a band below the paper with onsets, ends and intervals of each beat.

    The paper itself stays where it was, and what is measured on it too. Each wave is a bracket from
    its onset to its end; below stand the intervals in ms: RR from the beat before, PR, QRS and QT.
    Where beats are too close for that, every second or third is labelled and all have brackets.

    Parameters
    ----------
    figure : Figure
        From `paper.draw_paper` with the same sheet.
    sheet : Sheet
    beats : sequence of Beat
        In seconds from where the sheet begins.
    """
    px_per_mm = (figure.layout.height - figure.layout.margin.b) / sheet.height_mm
    band_mm = _band_mm(beats, px_per_mm)
    figure.layout.height += round(band_mm * px_per_mm)
    figure.layout.yaxis.range = [-band_mm, sheet.height_mm]
    strips = rows_of(sheet)[-1]
    speed = sheet.form.speed_mm_s
    for name, first, last, colour in _WAVES:
        for ectopic in (False, True):
            marked = [beat for beat in beats if beat.is_ectopic == ectopic]
            pairs = [(getattr(beat, first), getattr(beat, last)) for beat in marked]
            drawn = _brackets(pairs, strips, speed)
            if drawn["x"]:
                figure.add_trace(
                    go.Scatter(
                        **drawn,
                        mode="lines",
                        name=f"{name}, ectopic" if ectopic else name,
                        line={"color": MARKED_ECTOPIC if ectopic else colour, "width": 1.5},
                        hoverinfo="skip",
                    )
                )
    _add_labels(figure, strips, beats, speed, _LABEL_ROOM_PX / px_per_mm)


def _band_mm(beats: Sequence[Beat], px_per_mm: float) -> float:
    """Height of the band in whole boxes: enough for the tallest label."""
    pairs = zip(beats, [None, *beats[:-1]], strict=True)
    n_lines = max((interval_label(*pair).count("<br>") + 1 for pair in pairs), default=0)
    needed = -_LABEL_MM + n_lines * _LINE_PX / px_per_mm
    return max(BAND_MM, _BOX_MM * math.ceil(needed / _BOX_MM))


def _brackets(
    pairs: Iterable[tuple[float | None, float | None]], strips: Sequence[Strip], speed: float
) -> dict[str, list[float | None]]:
    """Lines for waves of which both ends are known and lie in one strip."""
    x: list[float | None] = []
    y: list[float | None] = []
    for first_s, last_s in pairs:
        if first_s is None or last_s is None:
            continue
        for strip in strips:
            if strip.start_s <= first_s and last_s <= strip.stop_s:
                left, right = (_x_mm(time_s, strip, speed) for time_s in (first_s, last_s))
                x += [left, left, right, right, None]
                y += [_TICKS_TO_MM, _TICKS_FROM_MM, _TICKS_FROM_MM, _TICKS_TO_MM, None]
    return {"x": x, "y": y}


def _add_labels(
    figure: go.Figure,
    strips: Sequence[Strip],
    beats: Sequence[Beat],
    speed: float,
    room_mm: float,
) -> None:
    for strip in strips:
        free_from = strip.x_mm
        for beat, before in zip(beats, [None, *beats[:-1]], strict=True):
            text = interval_label(beat, before)
            middle = _x_mm(beat.r_s, strip, speed)
            inside = strip.start_s <= beat.r_s < strip.stop_s
            if not inside or not text or middle - room_mm / 2 < free_from - 0.1:
                continue
            free_from = middle + room_mm / 2
            figure.add_annotation(
                text=text,
                x=middle,
                y=_LABEL_MM,
                yanchor="top",
                showarrow=False,
                align="left",
                font={"size": _LABEL_PX, "color": MARKED_ECTOPIC if beat.is_ectopic else TEXT},
            )


def interval_label(beat: Beat, before: Beat | None) -> str:
    """Intervals of a beat in ms, one a line; those that cannot be told are left out."""
    intervals = (
        ("RR", before.r_s if before else None, beat.r_s),
        ("PR", beat.p_on_s, beat.qrs_on_s),
        ("QRS", beat.qrs_on_s, beat.qrs_off_s),
        ("QT", beat.qrs_on_s, beat.t_off_s),
    )
    lines = [
        f"{name} {1000 * (last - first):.0f}"
        for name, first, last in intervals
        if first is not None and last is not None
    ]
    return "<br>".join((["ectopic"] if beat.is_ectopic else []) + lines)


def _x_mm(time_s: float, strip: Strip, speed: float) -> float:
    return strip.x_mm + (time_s - strip.start_s) * speed
