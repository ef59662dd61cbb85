"""The beats of two recordings over each other, lead by lead, with what changed in each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from ecgcore.leads import INDEX
from ecgcore.review.beat_panels import (
    BOUNDARIES,
    COLUMNS,
    Panels,
    add_name,
    boundary_trace,
    lead_trace,
    panels_for,
    row_by_row,
)
from ecgcore.review.colours import BEFORE, MARK, OURS
from ecgcore.review.paper import DEFAULT_WIDTH_PX
from ecgcore.review.serial import SerialComparison
from ecgcore.review.serial_beats import (
    QRS_RMS_LIMIT_MV,
    ST_T_RMS_LIMIT_MV,
    AlignedBeats,
    BoundariesMs,
)
from ecgcore.review.serial_text import spelled_change, turned_t_waves

Matrix = npt.NDArray[np.float64]

# Below this width the beats of four columns are too small to be read.
_WIDE_PX = 700
_NARROW_COLUMNS = 2
# Name and notes above each beat, at the size of the letters of `blank_paper`.
_LINE_PX = 18
_LETTER_PX = 7.0
# Paper before the first and after the last boundary; where there is none, as much as a wave takes.
_MARGIN_MS = 60.0
_USUAL_BEFORE_MS, _USUAL_AFTER_MS = 200.0, 450.0
# The boundaries that PR, QRS and QT are measured between.
_MARKED = ("p_on", "qrs_on", "qrs_off", "t_off")


def draw_serial_beats(
    comparison: SerialComparison, *, width_px: int = DEFAULT_WIDTH_PX
) -> go.Figure | None:
    """Draw both representative beats of each lead at 50 mm/s and 10 mm/mV.

    The earlier beat is grey, the later one teal; their boundaries are dotted and dashed. A lead
    that differs by more than repeated recordings do is marked, and says by how much, in mV.

    Parameters
    ----------
    comparison : SerialComparison
    width_px : int
        Width that the figure will be given.

    Returns
    -------
    Figure or None
        None where one of the two has no representative beat.
    """
    beats = comparison.beats
    if beats is None:
        return None
    begin_ms, end_ms = shown_ms(beats)
    shown = (beats.time_ms >= begin_ms) & (beats.time_ms <= end_ms)
    columns = COLUMNS if width_px >= _WIDE_PX else _NARROW_COLUMNS
    leads = row_by_row(columns)
    notes = _wrapped(lead_notes(comparison), width_px / columns)
    panels = panels_for(
        [beats.earlier[:, shown], beats.later[:, shown]],
        (end_ms - begin_ms) / 1000.0,
        len(leads),
        columns=columns,
    )
    lines = 1 + max((note.count("<br>") for note in notes.values()), default=0)
    label_mm = lines * _LINE_PX * panels.page_mm / width_px
    panels = replace(
        panels, label_mm=label_mm, above_mm=panels.above_mm - panels.label_mm + label_mm
    )
    figure = panels.paper(width_px, _footer(beats))
    for number, lead in enumerate(leads):
        _add_boundaries(figure, panels, number, beats, begin_ms)
        _add_lead(figure, panels, number, beats, lead, shown, begin_ms)
        absent = bool(np.isnan(beats.earlier[INDEX[lead]]).all())
        absent &= bool(np.isnan(beats.later[INDEX[lead]]).all())
        note = notes.get(lead, "")
        background = MARK if note else None
        add_name(figure, panels, number, lead, note, absent=absent, background=background)
    figure.layout.uirevision = repr((panels.page_mm, panels.height_mm))
    return figure


def shown_ms(beats: AlignedBeats) -> tuple[float, float]:
    """Return the stretch of the common axis that holds both beats from P to T."""
    both = (beats.earlier_ms, beats.later_ms)
    first = [x.qrs_on - _USUAL_BEFORE_MS if x.p_on is None else x.p_on for x in both]
    last = [x.qrs_on + _USUAL_AFTER_MS if x.t_off is None else x.t_off for x in both]
    return (
        max(min(first) - _MARGIN_MS, float(beats.time_ms[0])),
        min(max(last) + _MARGIN_MS, float(beats.time_ms[-1])),
    )


def lead_notes(comparison: SerialComparison) -> dict[str, tuple[str, ...]]:
    """Say of each lead that differs beyond repeated recordings in what, and by how many mV."""
    beats = comparison.beats
    if beats is None:
        return {}
    inverted, upright = turned_t_waves(comparison)
    notes: dict[str, list[str]] = {}
    for row in comparison.quantities:
        lead = row.quantity.leads[0] if row.quantity.family in ("ST", "T") else ""
        if lead and row.beyond_error:
            turned = " inverted" if lead in inverted else " upright" if lead in upright else ""
            change = spelled_change(row.change, row.quantity.digits)
            word = turned if turned and row.quantity.family == "T" else f" {change}"
            notes.setdefault(lead, []).append(f"{row.quantity.family}{word}")
    for lead in beats.differing:
        if beats.qrs_rms_mv[lead] > QRS_RMS_LIMIT_MV:
            notes.setdefault(lead, []).insert(0, f"QRS ≠ {beats.qrs_rms_mv[lead]:.2f}")
        elif lead not in notes and beats.st_t_rms_mv[lead] > ST_T_RMS_LIMIT_MV:
            notes[lead] = [f"ST-T ≠ {beats.st_t_rms_mv[lead]:.2f}"]
    return {lead: tuple(texts) for lead, texts in notes.items()}


def _wrapped(notes: dict[str, tuple[str, ...]], panel_px: float) -> dict[str, str]:
    """Put notes below the name of each lead, in as many lines as a panel has room for."""
    letters = panel_px / _LETTER_PX
    wrapped = {}
    for lead, texts in notes.items():
        lines = [""]
        for text in texts:
            longer = f"{lines[-1]}  {text}".strip()
            lines[-1:] = [longer] if len(longer) <= letters else [lines[-1], text]
        wrapped[lead] = "".join(f"<br>{line}" for line in lines if line)
    return wrapped


def _footer(beats: AlignedBeats) -> tuple[str, ...]:
    return (
        f"grey: earlier, median of {beats.n_earlier}",
        f"teal: later, median of {beats.n_later}",
        "lines: P begins, QRS begins and ends, T ends (earlier dotted, later dashed)",
        "≠: root mean square of the difference; all in mV",
    )


def _add_boundaries(
    figure: go.Figure, panels: Panels, number: int, beats: AlignedBeats, begin_ms: float
) -> None:
    sides: tuple[tuple[str, BoundariesMs, str, str], ...] = (
        ("earlier", beats.earlier_ms, BEFORE, "dot"),
        ("later", beats.later_ms, OURS, "dash"),
    )
    for side, boundaries, colour, dash in sides:
        for mark, name, _ in BOUNDARIES:
            at_ms = getattr(boundaries, mark)
            if mark in _MARKED and at_ms is not None:
                text = f"{name}, {side}"
                from_left_s = (at_ms - begin_ms) / 1000.0
                figure.add_trace(boundary_trace(panels, number, from_left_s, text, colour, dash))


def _add_lead(
    figure: go.Figure,
    panels: Panels,
    number: int,
    beats: AlignedBeats,
    lead: str,
    shown: npt.NDArray[np.bool_],
    begin_ms: float,
) -> None:
    time_ms = beats.time_ms[shown]
    for side, signal, colour, width in (
        ("earlier", beats.earlier, BEFORE, 2.0),
        ("later", beats.later, OURS, 1.6),
    ):
        mv = signal[INDEX[lead], shown]
        if np.isnan(mv).all():
            continue
        figure.add_trace(
            lead_trace(
                panels,
                number,
                (time_ms - begin_ms) / 1000.0,
                mv,
                np.stack([time_ms, mv], axis=1),
                name=f"{lead} {side}",
                line={"color": colour, "width": width},
                hovertemplate=f"<b>{lead}</b> {side}  %{{customdata[0]:.0f}} ms from the QRS  "
                "%{customdata[1]:.3f} mV<extra></extra>",
            )
        )
