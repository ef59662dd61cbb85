"""The paper as a reading tool: controls, calipers, magnifier, full screen, print at true scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from ecgcore.recording import Recording
from ecgcore.review.beat_marks import add_beat_marks
from ecgcore.review.layout import PaperFormat, lay_out
from ecgcore.review.paper import draw_paper
from ecgcore.review.sheet_svg import to_svg_mm
from ecgcore.signal.display_filter import filtered
from ecgcore.signal.measurements import Beat
from pages.shared import state, widgets

_BROWSER = Path(__file__).parent / "browser"
_SCRIPTS = ("chart.js", "calipers.js", "magnifier.js", "tools.js")

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
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        form = widgets.paper_controls()
    with st.container(key=state.PAPER_AREA, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            toolbar(state.PAPER, state.PAPER_AREA)
            coloured = _toggle("Colour by attention", state.COLOUR_BY_ATTENTION, bool(attention))
            marked = _toggle("Mark beats", state.MARK_BEATS, bool(beats), at_first=False)
            place = st.empty()
        figure = draw_paper(
            recording,
            form,
            attention=attention if coloured else None,
            offset_s=offset_s,
            width_px=state.paper_width_px(),
        )
        if marked:
            sheet = lay_out([filtered(recording, form.shown_through)], form)
            add_beat_marks(figure, sheet, beats)
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
        data={"chart": chart, "area": area},
        on_full_px_change=lambda: None,
        height="content",
    )


def print_button(figure: go.Figure) -> None:
    """Offer the sheet as a file whose millimetres a printer keeps."""
    st.download_button(
        "Print at true scale (SVG)",
        partial(_svg, figure),  # written when it is asked for, not at each drawing
        "ecg.svg",
        "image/svg+xml",
        key=state.PAPER_PRINT,
        on_click="ignore",
        icon=":material/print:",
        type="tertiary",
        help="Print it at 100 %, without fitting it to the page.",
    )


def alt_text(recording: Recording, form: PaperFormat) -> str:
    """Say for those who do not see the paper what is on it."""
    return (
        f"12-lead ECG on paper, {form.layout}, {form.speed_mm_s:g} mm/s, "
        f"{form.gain_mm_mv:g} mm/mV, {recording.duration_s:.0f} s of {len(recording.leads)} leads"
    )


def _svg(figure: go.Figure) -> bytes:
    return to_svg_mm(figure).encode()


def _toggle(label: str, key: str, possible: bool, *, at_first: bool = True) -> bool:  # noqa: FBT001
    wanted = st.toggle(
        label, value=at_first, key=key, persist_state="session", disabled=not possible
    )
    return wanted and possible
