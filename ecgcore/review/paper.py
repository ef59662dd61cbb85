"""The twelve leads on ECG paper, as a Plotly figure whose units are millimetres."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from ecgcore.recording import Recording
from ecgcore.review.colours import (
    GRID_MAJOR,
    GRID_MINOR,
    INK,
    PAPER,
    TEXT,
    TEXT_MUTED,
    attention_colour,
    contrast,
)
from ecgcore.review.geometry import sheet_geometry
from ecgcore.review.layout import (
    PULSE_MV,
    PULSE_S,
    PaperFormat,
    Sheet,
    Strip,
    lay_out,
    resting_level_mv,
    strip_samples,
)
from ecgcore.signal.display_filter import filtered

DEFAULT_WIDTH_PX = 1080
# Toolbar to zoom, drag to move, double click for the whole sheet, SVG to save. The wheel is left to
# the page: over a sheet as wide as the page it could otherwise not be scrolled to the findings.
PLOT_CONFIG = {
    "scrollZoom": False,
    "doubleClick": "reset",
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "svg", "filename": "ecg"},
}

_FOOTER_PX = 46  # room for one line and the colour scale
_LINE_SPACING = 1.3
_FOOTER_SHARE = 0.7  # of the width; the rest is for the colour scale
_BETWEEN = "  ·  "
_WIDE_PX = 800
FOOTER = "footer"  # name of the annotation below the paper
_BINS_PER_MM = 10  # finer than a printed line, so that zooming in still shows the shape
_TRACE_WIDTH_PX = 1.3
_SEPARATOR_MM = 4.0


def draw_paper(
    recording: Recording,
    form: PaperFormat | None = None,
    *,
    attention: Mapping[str, float] | None = None,
    offset_s: float = 0.0,
    width_px: int = DEFAULT_WIDTH_PX,
) -> go.Figure:
    """Draw up to 10 s of a recording.

    Parameters
    ----------
    recording : Recording
        Already cut to the wanted window.
    form : PaperFormat, optional
        25 mm/s, 10 mm/mV, 3x4 with lead II as rhythm strip, unfiltered, when not given.
    attention : mapping of lead to weight, optional
        Colours each trace and prints the weight beside the lead's name.
    offset_s : float
        Where the window begins in the whole recording; added to the seconds shown on hover.
    width_px : int
        Width that the figure will be given; sets its height so that the tracing fills it.
    """
    form = form or PaperFormat()
    shown = filtered(recording, form.shown_through)
    sheet = lay_out([shown], form)
    top = attention_scale_top(attention) if attention else 1.0
    figure = blank_sheet(sheet, width_px)
    figure.layout.meta = sheet_geometry(sheet, [recording], offset_s)
    for strip in sheet.strips:
        weight = attention.get(strip.lead) if attention else None
        colour = INK if weight is None else attention_colour(weight / top)
        figure.add_trace(strip_trace(shown, strip, form, colour, offset_s))
        add_label(figure, strip, _strip_name(strip, recording, attention), colour)
        if strip.lead not in recording.leads:
            say_absent(figure, strip, form.speed_mm_s, "not recorded")
    if attention:
        figure.add_trace(_colour_bar(top))
    return figure


def _strip_name(strip: Strip, recording: Recording, attention: Mapping[str, float] | None) -> str:
    """Return the lead, with its weight, or with the word that no model read it."""
    name = f"<b>{strip.title}</b>"
    if not attention or strip.lead not in recording.leads:
        return name
    weight = attention.get(strip.lead)
    return f"{name}  not read" if weight is None else f"{name}  {weight:.0%}"


def attention_scale_top(*attentions: Mapping[str, float]) -> float:
    """Upper end of a colour scale for these weights: the largest, rounded up to a whole 5 %.

    Never below 20 %, so that near-equal weights (1/12 each) look equal.
    """
    largest = max((w for weights in attentions for w in weights.values()), default=0.0)
    return max(0.2, float(np.ceil(largest * 20 - 1e-9)) / 20)


def blank_sheet(sheet: Sheet, width_px: int) -> go.Figure:
    """Paper with grid, calibration pulses and footer, no tracing yet."""
    figure = blank_paper(sheet.view_mm, sheet.height_mm, width_px, footer_parts(sheet))
    figure.add_trace(_pulses(sheet))
    figure.add_trace(_separators(sheet))
    # What is zoomed into stays in view for as long as the sheet keeps its shape.
    figure.layout.uirevision = repr((sheet.form.layout, sheet.form.speed_mm_s, sheet.height_mm))
    return figure


def blank_paper(
    width_mm: float, height_mm: float, width_px: int, footer: Sequence[str]
) -> go.Figure:
    """Squared paper of this size in a figure of this width, with text below."""
    wide = width_px >= _WIDE_PX
    text = footer_lines(footer, width_px)
    size_px = 12 if wide else 10
    n_lines = text.count("<br>") + 1
    footer_px = max(_FOOTER_PX, 6 + math.ceil(_LINE_SPACING * size_px * n_lines))
    figure = go.Figure()
    axis = {
        "showticklabels": False,
        "ticks": "",
        "zeroline": False,
        "dtick": 5,
        "tick0": 0,
        "showgrid": True,
        "gridcolor": GRID_MAJOR,
        "gridwidth": 1,
        "minor": {"dtick": 1, "tick0": 0, "showgrid": True, "gridcolor": GRID_MINOR},
    }
    figure.update_layout(
        xaxis={**axis, "range": [0, width_mm]},
        # One millimetre is equally long on both axes, whatever the zoom or the window.
        yaxis={**axis, "range": [0, height_mm], "scaleanchor": "x", "scaleratio": 1},
        height=round(height_mm * width_px / width_mm) + footer_px,
        margin={"l": 0, "r": 0, "t": 0, "b": footer_px},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        showlegend=False,
        dragmode="pan",
        hovermode="closest",
        font={"color": TEXT, "size": 13 if wide else 11},
    )
    figure.add_annotation(
        name=FOOTER,
        text=text,
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        xanchor="left",
        yanchor="top",
        xshift=8,
        yshift=-12 if wide and n_lines == 1 else -4,
        align="left",
        showarrow=False,
        font={"size": size_px, "color": TEXT_MUTED},
    )
    return figure


def footer_lines(parts: Sequence[str], width_px: int) -> str:
    """Break the footer between its parts, short of the colour scale at its right."""
    px_per_letter = 6.3 if width_px >= _WIDE_PX else 5.4
    letters = _FOOTER_SHARE * width_px / px_per_letter
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]}{_BETWEEN}{part}" if lines else part
        if lines and len(longer) <= letters:
            lines[-1] = longer
        else:
            lines.append(part)
    return "<br>".join(lines)


def footer_parts(sheet: Sheet) -> list[str]:
    """Speed, gain, filter and timing, as a cart prints them."""
    form = sheet.form
    parts = [
        f"{form.speed_mm_s:g} mm/s",
        f"{form.gain_mm_mv:g} mm/mV",
        sheet.filter_text,
        sheet.timing,
    ]
    if sheet.width_mm > sheet.view_mm:
        parts.append("drag the paper to see the rest")
    return parts


def strip_trace(
    recording: Recording,
    strip: Strip,
    form: PaperFormat,
    colour: str,
    offset_s: float = 0.0,
    note: str = "",
) -> go.Scatter:
    """Draw one lead as a line; hovering shows lead, `note`, seconds and mV."""
    samples = strip_samples(recording, strip.start_s, strip.stop_s)
    mv = strip.samples_mv(recording)
    time_s = np.arange(samples.start, samples.start + mv.size) / recording.fs
    rest = resting_level_mv(mv)
    keep = peaks_kept(mv, int(recording.fs / (_BINS_PER_MM * form.speed_mm_s)))
    time_s, mv = time_s[keep], mv[keep]
    x = strip.x_mm + (time_s - strip.start_s) * form.speed_mm_s
    y = strip.baseline_mm + (mv - rest) * form.gain_mm_mv
    return go.Scatter(
        x=x.astype(np.float32),
        y=y.astype(np.float32),
        customdata=np.stack([time_s + offset_s, mv], axis=1).astype(np.float32),
        mode="lines",
        name=strip.title,
        line={"color": colour, "width": _TRACE_WIDTH_PX},
        connectgaps=False,
        hovertemplate=f"<b>{strip.title}</b>{note}  %{{customdata[0]:.3f}} s  "
        "%{customdata[1]:.3f} mV<extra></extra>",
    )


def peaks_kept(mv: npt.NDArray[np.floating], step: int) -> npt.NDArray[np.intp]:
    """Find the lowest and the highest sample of every `step` samples, in time order.

    Below 4 samples per bin nothing is saved and every index is returned. Bins without any sample
    keep their NaN, so that gaps stay gaps.
    """
    if step < 4:
        return np.arange(mv.size)
    padded = np.pad(mv.astype(np.float64), (0, -mv.size % step), constant_values=np.nan)
    bins = padded.reshape(-1, step)  # (T,) -> (T / step, step)
    gaps = np.isnan(bins)
    first = np.arange(len(bins)) * step
    lowest = first + np.where(gaps, np.inf, bins).argmin(axis=1)
    highest = first + np.where(gaps, -np.inf, bins).argmax(axis=1)
    return np.unique(np.concatenate([lowest, highest]))


def add_label(
    figure: go.Figure, strip: Strip, text: str, colour: str = TEXT, background: str | None = None
) -> None:
    """Write at the upper left of a strip, in a colour only where that is dark enough for text."""
    figure.add_annotation(
        text=text,
        x=strip.x_mm + 1,
        y=strip.top_mm,
        xanchor="left",
        yanchor="top",
        showarrow=False,
        font={"color": colour if contrast(colour, background or PAPER) >= 4.5 else TEXT},
        bgcolor=background,
        borderpad=1,
    )


def _pulses(sheet: Sheet) -> go.Scatter:
    """1 mV for 200 ms at the start of each row, to the scale of the row."""
    width = PULSE_S * sheet.form.speed_mm_s
    height = PULSE_MV * sheet.form.gain_mm_mv
    x: list[float | None] = []
    y: list[float | None] = []
    for baseline in sheet.pulse_baselines_mm:
        left = sheet.pulse_x_mm
        right = left + width
        x += [left - 2, left, left, right, right, right + 2, None]
        y += [baseline, baseline, baseline + height, baseline + height, baseline, baseline, None]
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        name="1 mV, 200 ms",
        line={"color": INK, "width": _TRACE_WIDTH_PX},
        hoverinfo="skip",
    )


def _separators(sheet: Sheet) -> go.Scatter:
    """Short ticks beside the names where one lead ends and the next begins.

    Above the tracing rather than through it, where a tick could pass for a pacing spike.
    """
    left = min(strip.x_mm for strip in sheet.strips)
    joints = [strip for strip in sheet.strips if strip.x_mm > left]
    return go.Scatter(
        x=[x for strip in joints for x in (strip.x_mm, strip.x_mm, None)],
        y=[y for s in joints for y in (s.top_mm - _SEPARATOR_MM, s.top_mm, None)],
        mode="lines",
        name="lead change",
        line={"color": TEXT_MUTED, "width": 1},
        hoverinfo="skip",
    )


def say_absent(figure: go.Figure, strip: Strip, speed_mm_s: float, text: str) -> None:
    """Write in the middle of a strip that has no samples."""
    length = (strip.stop_s - strip.start_s) * speed_mm_s
    figure.add_annotation(
        text=text,
        x=strip.x_mm + length / 2,
        y=strip.baseline_mm,
        showarrow=False,
        font={"color": TEXT_MUTED},
        bgcolor=PAPER,
    )


def _colour_bar(top: float) -> go.Scatter:
    """Attention scale in the footer; a marker that is never seen carries it."""
    scale = [[share, attention_colour(share)] for share in np.linspace(0, 1, 11)]
    return go.Scatter(
        x=[None],
        y=[None],
        mode="markers",
        hoverinfo="skip",
        marker={
            "color": [0.0],
            "colorscale": scale,
            "cmin": 0.0,
            "cmax": top,
            "showscale": True,
            "colorbar": {
                "orientation": "h",
                "x": 0.985,
                "xanchor": "right",
                "y": 0,
                "yanchor": "top",
                "ypad": 6,
                "len": 0.24,
                "thickness": 8,
                "tickformat": ".0%",
                "tickvals": [0, top / 2, top],
                "tickfont": {"size": 11, "color": TEXT_MUTED},
                "outlinewidth": 0,
            },
        },
    )
