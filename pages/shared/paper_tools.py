"""The paper as a reading tool: controls, calipers, magnifier, full screen, print at true scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from ecgcore.recording import Recording
from ecgcore.review.beat_marks import add_beat_marks
from ecgcore.review.explain import Explanation
from ecgcore.review.explain_band import add_bands, with_room
from ecgcore.review.layout import PaperFormat, lay_out
from ecgcore.review.paper import draw_paper
from ecgcore.review.sheet_svg import to_svg_mm
from ecgcore.signal.display_filter import filtered
from ecgcore.signal.measurements import Beat
from pages.shared import language, state, widgets
from pages.shared.language import say

_BROWSER = Path(__file__).parent / "browser"
_SCRIPTS = ("chart.js", "calipers.js", "magnifier.js", "tools.js")
# What the scripts say, and the titles of tools.html.
_TOOL_WORDS = (
    "Tools for the paper",
    "Calipers",
    "Drag on the paper to measure. Arrows move a caliper by 1 mm, with Shift by 5 mm, with Alt by "
    "0.1 mm; with Ctrl its end alone. M marches out, N adds one, Del deletes, Esc ends.",
    "March out",
    "Repeat the interval across the row (M)",
    "Delete",
    "Delete the chosen caliper (Del)",
    "Clear",
    "Delete all calipers",
    "Magnifier",
    "Show three times as large what is under the pointer",
    "Full screen",
    "Paper over the whole screen; Esc ends",
    "Drag on the paper to measure",
    "Caliper {id}: {measured}",
    "caliper",
    "bpm",
    "no interval across columns",
)

_toolbar = st.components.v2.component(
    "paper_tools",
    html=(_BROWSER / "tools.html").read_text(encoding="utf-8"),
    css=(_BROWSER / "tools.css").read_text(encoding="utf-8"),
    js="\n".join((_BROWSER / name).read_text(encoding="utf-8") for name in _SCRIPTS),
)


def reading_paper(
    recording: Recording,
    *,
    attention: Mapping[str, float] | None = None,
    offset_s: float = 0.0,
    beats: Sequence[Beat] = (),
    bands: Explanation | None = None,
) -> None:
    """Draw controls, tools and paper for the shown stretch; call it from a fragment.

    Parameters
    ----------
    recording : Recording
        Cut to the shown window.
    attention : mapping of lead to weight, optional
        Offered as the colour of the traces.
    offset_s : float
        Where the window begins in the whole recording.
    beats : sequence of Beat
        In seconds from the start of the window; offered as marks below the paper.
    bands : Explanation, optional
        Of the same window; drawn under each lead.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        form = widgets.paper_controls()
        if bands is not None:
            form = with_room(form)
    with st.container(key=state.PAPER_AREA, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            toolbar(state.PAPER, state.PAPER_AREA)
            coloured = _toggle(
                say("Colour by attention"), state.COLOUR_BY_ATTENTION, bool(attention)
            )
            marked = _toggle(say("Mark beats"), state.MARK_BEATS, bool(beats), at_first=False)
            place = st.empty()
        figure = draw_paper(
            recording,
            form,
            attention=attention if coloured else None,
            offset_s=offset_s,
            width_px=state.paper_width_px(),
        )
        if marked or bands is not None:
            sheet = lay_out([filtered(recording, form.shown_through)], form)
            if marked:
                add_beat_marks(figure, sheet, beats)
            if bands is not None:
                add_bands(figure, sheet, bands)
        with place:
            print_button(figure)
        widgets.paper(figure, state.PAPER, alt_text(recording, form))


def toolbar(chart: str, area: str) -> None:
    """Draw the tools of one sheet.

    Parameters
    ----------
    chart : str
        Key of the chart that holds the sheet, as given to `widgets.paper`.
    area : str
        Key of the container of tools and chart, which full screen shows.
    """
    _toolbar(
        key=state.named(state.PAPER_TOOLS, chart),
        data={"chart": chart, "area": area, "words": {text: say(text) for text in _TOOL_WORDS}},
        on_full_px_change=lambda: None,
        height="content",
    )


def print_button(figure: go.Figure) -> None:
    """Offer the sheet as a file whose millimetres a printer keeps."""
    st.download_button(
        say("Print at true scale (SVG)"),
        partial(
            _svg, figure, language.current()
        ),  # written when it is asked for, not at each drawing
        "ecg.svg",
        "image/svg+xml",
        key=state.PAPER_PRINT,
        on_click="ignore",
        icon=":material/print:",
        type="tertiary",
        help=say("Print it at 100 %, without fitting it to the page."),
    )


def alt_text(recording: Recording, form: PaperFormat) -> str:
    """Say for those who do not see the paper what is on it."""
    return say(
        "12-lead ECG on paper, {layout}, {speed:g} mm/s, {gain:g} mm/mV, {s:.0f} s of {n} leads",
        layout=form.layout,
        speed=form.speed_mm_s,
        gain=form.gain_mm_mv,
        s=recording.duration_s,
        n=len(recording.leads),
    )


def _svg(figure: go.Figure, words: str) -> bytes:
    return to_svg_mm(language.figure(figure, words)).encode()


def _toggle(label: str, key: str, possible: bool, *, at_first: bool = True) -> bool:  # noqa: FBT001
    wanted = st.toggle(
        label, value=at_first, key=key, persist_state="session", disabled=not possible
    )
    return wanted and possible
