"""Pieces of screen that several pages draw."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ecgcore.io import ReadResult, finish
from ecgcore.io.assemble import longest_part
from ecgcore.leads import LEADS
from ecgcore.model.checkpoint import available
from ecgcore.model.labels import NAMES
from ecgcore.model.prediction import Prediction
from ecgcore.recording import Recording
from ecgcore.review.charts import CHART_CONFIG
from ecgcore.review.examples import example_titles
from ecgcore.review.layout import (
    GAINS_MM_MV,
    LAYOUT_TITLES,
    LAYOUTS,
    ORDER_TITLES,
    ORDERS,
    PAGE_S,
    RHYTHM_STRIPS,
    SPEEDS_MM_S,
    PaperFormat,
)
from ecgcore.review.overview import clock, draw_overview, overview_channel
from ecgcore.review.paper import PLOT_CONFIG
from ecgcore.signal.display_filter import BANDS_HZ, MAINS_HZ, DisplayFilter
from pages.shared import language, models, state
from pages.shared.language import listed, say, translated

Option = TypeVar("Option")

# Reports how wide the page is, so that the paper can be as high as its millimetres need, and tells
# the browser the language, by which it chooses the shapes of Chinese letters and a voice.
_WIDTH_JS = """
export default function ({ data, parentElement, setStateValue }) {
  document.documentElement.lang = data.language;
  const host = parentElement.host ?? parentElement;
  let sent = 0;
  let timer;
  const report = () => {
    const px = Math.floor(host.getBoundingClientRect().width / 20) * 20;
    if (px > 0 && px !== sent) { sent = px; setStateValue("px", px); }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(report, 120); };
  const observer = new ResizeObserver(later);
  observer.observe(host);
  report();
  return () => { clearTimeout(timer); observer.disconnect(); };
}
"""
NARROW_PX = 760  # below this, two charts beside each other cannot be read
_width_component = st.components.v2.component("page_width", html="<div></div>", js=_WIDTH_JS)


@dataclass(frozen=True)
class Shown:
    """The stretch of the active recording that paper and models use."""

    recording: Recording
    start_s: float


@dataclass(frozen=True)
class Pair:
    """The attention network and the order-dependent peer of the same objective."""

    ours: str
    baseline: str | None


def sidebar() -> None:
    """Say which recording and model are active, and let the reader choose the model."""
    with st.sidebar:
        language.switch()
        item = state.active()
        st.caption(say("Recording"))
        st.markdown(f"**{shown_name(item)}**" if item else say("none open"))
        if item:
            st.caption(facts(item))
        choices = models.choices()
        if not choices:
            st.error(say("The folder weights/ holds no model."))
            return
        state.forget_model_unless(choices)
        st.selectbox(
            say("Model"),
            choices,
            format_func=models.shown_title,
            key=state.MODEL,
            persist_state="session",
        )
        st.caption(say("Not for diagnosis"))


def facts(item: state.OpenRecording) -> str:
    """One line about a recording."""
    recording = item.recording
    parts = [
        translated(item.format),
        say("{n} leads", n=len(recording.leads)),
        f"{recording.fs:g} Hz",
        clock(item.long.total_s) if item.long else f"{recording.duration_s:.1f} s",
    ]
    if recording.age is not None:
        parts.append(say("{age:g} years", age=recording.age))
    if recording.sex is not None:
        parts.append(say({"F": "female", "M": "male"}.get(recording.sex, recording.sex)))
    return " · ".join(part for part in parts if part)


def shown_name(item: state.OpenRecording) -> str:
    """Name of a recording: that of a file as it is, ours and our moves in the reader's language."""
    moves = f", {', '.join(item.moved)}" if item.moved else ""
    given = item.name.removesuffix(moves)
    name = translated(given) if given in example_titles() else given
    return listed([name, *(translated(move) for move in item.moved)])


def not_for_diagnosis() -> None:
    """Foot of every page."""
    st.divider()
    st.caption(
        say(
            "Not for diagnosis. Leadproof is a research and teaching tool; a physician reads the "
            "ECG."
        )
    )


def window_slider(item: state.OpenRecording) -> Shown:
    """Choose the 10 s that paper and models use; short recordings are used whole."""
    recording = item.recording
    begins_s = 0.0
    if item.long is not None:
        _pick_part(item, item.long)
        begins_s = item.long.start_s
    latest = recording.duration_s - PAGE_S
    # A few samples over 10 s are no reason to ask.
    if latest < 1.0:
        return Shown(recording.window(0.0, PAGE_S), begins_s)
    label = say("First second of the {s:g} s that are shown and read", s=PAGE_S)
    if item.long is not None:
        label += say(", from {time} on", time=clock(begins_s))
    start = st.slider(
        label,
        0.0,
        float(int(latest * 10) / 10),
        step=0.1,
        key=state.WINDOW_START,
        persist_state="session",
        format="%.1f s",
    )
    return Shown(recording.window(start, PAGE_S), begins_s + start)


def _pick_part(item: state.OpenRecording, long: state.LongRecording) -> None:
    """Show all of a long recording, and let the reader choose the part that is opened."""
    fs = item.recording.fs
    part_s = longest_part(fs) / fs
    stop_s = min(long.start_s + part_s, long.total_s)
    channel = overview_channel(long.tracing.channels)
    chart(
        draw_overview(
            channel,
            long.tracing.n_samples,
            fs,
            (long.start_s, stop_s),
            state.page_width_px(),
        ),
        "overview",
        say("The whole recording of {time} with the open part marked", time=clock(long.total_s)),
    )
    starts = [part_s * number for number in range(math.ceil(long.total_s / part_s))]
    st.select_slider(
        say(
            "Part of the recording ({minutes:.0f} minutes of {time})",
            minutes=part_s / 60,
            time=clock(long.total_s),
        ),
        starts,
        value=long.start_s,
        format_func=clock,
        key=state.PART_START,
        on_change=_open_part,
        args=(item, long),
    )


def _open_part(item: state.OpenRecording, long: state.LongRecording) -> None:
    wanted = finish(
        ReadResult(item.name, item.format, tracing=long.tracing),
        long.answers,
        start_s=state.part_start_s(),
    )
    if wanted.recording is None:  # nothing was recorded there
        state.leave_notice(translated(wanted.error or "") or say("This part cannot be opened."))
        return
    state.replace_active(
        replace(
            item,
            recording=wanted.recording,
            original=None,
            long=replace(long, start_s=wanted.start_s),
        )
    )


def paper_controls() -> PaperFormat:
    """Draw the controls of the paper in one row; what is seldom changed stands in a list."""
    layout = segments(
        say("Layout"), tuple(LAYOUTS), "3x4+1", state.LAYOUT, LAYOUT_TITLES.__getitem__
    )
    speed = segments(say("Speed, mm/s"), SPEEDS_MM_S, 25.0, state.SPEED, "{:g}".format)
    gain = segments(say("Gain, mm/mV"), GAINS_MM_MV, 10.0, state.GAIN, "{:g}".format)
    band = st.selectbox(
        say("Filter"),
        list(BANDS_HZ),
        format_func=lambda name: say("off") if name == "off" else f"{name} Hz",
        key=state.FILTER_BAND,
        persist_state="session",
        width=120,
    )
    with st.popover(say("More"), icon=":material/tune:"):
        mains = segments(
            say("Mains filter"),
            MAINS_HZ,
            0,
            state.MAINS,
            lambda hz: f"{hz} Hz" if hz else say("off"),
        )
        order = segments(
            say("Order of leads"),
            tuple(ORDERS),
            "standard",
            state.LEAD_ORDER,
            lambda order: say(ORDER_TITLES[order]),
        )
        rhythm = _rhythm_leads(layout)
        st.caption(say("Filters are for looking: models and measurements read what was recorded."))
    return PaperFormat(layout, speed, gain, rhythm, order, DisplayFilter(band, mains))


def _rhythm_leads(layout: str) -> tuple[str, ...]:
    """Draw the pickers of the rhythm strips; those that the layout has none of are greyed."""
    default = PaperFormat().rhythm_leads
    with st.container(horizontal=True):
        return tuple(
            st.selectbox(
                say("Rhythm strip {n}", n=number + 1),
                LEADS,
                index=LEADS.index(lead),
                key=state.numbered(state.RHYTHM_LEAD, number),
                persist_state="session",
                width=110,
                disabled=number >= RHYTHM_STRIPS.get(layout, 0),
            )
            for number, lead in enumerate(default)
        )


def segments(
    label: str,
    options: Sequence[Option],
    default: Option,
    key: str,
    format_func: Callable[[Option], str] = str,
) -> Option:
    """Pick one of a few options that are all visible; the choice outlives a change of page."""
    return st.segmented_control(
        label,
        options,
        default=default,
        required=True,
        format_func=format_func,
        key=key,
        persist_state="session",
    )


def measure_page() -> None:
    """Have the browser tell how wide the page is; the next drawing knows."""
    _width_component(key=state.PAGE_WIDTH, height=1, data={"language": language.tag()})


def side_by_side(left_share: float = 1.0) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Two columns, or two containers below each other where the page is narrow."""
    if state.page_width_px() < NARROW_PX:
        return st.container(), st.container()
    left, right = st.columns([left_share, 1.0], gap="large")
    return left, right


def paper(figure: go.Figure, key: str, alt: str) -> None:
    """Show a drawn sheet at full width."""
    figure, config = language.figure(figure), PLOT_CONFIG | language.plot_words()
    st.plotly_chart(figure, config=config, theme=None, key=key, alt=alt)


def chart(figure: go.Figure, key: str, alt: str) -> None:
    """Show a chart without toolbar."""
    figure = language.figure(figure)
    st.plotly_chart(figure, config=CHART_CONFIG, theme=None, key=key, alt=alt)


def findings_sentence(prediction: Prediction) -> str:
    """Say what a model reports."""
    names = listed(translated(NAMES[code]) for code in prediction.findings)
    if not names:
        return say("Nothing reaches its threshold.")
    return say("Reported: **{findings}**", findings=names)


def model_pair() -> Pair:
    """Return the chosen model and its shipped counterpart, ours first whichever was chosen."""
    chosen = models.facts(state.model_name())
    peers = [chosen, *(models.facts(choice) for choice in available())]
    same = [peer for peer in peers if peer.objective == chosen.objective]
    ours = next((peer.choice for peer in same if peer.kind == "attention"), chosen.choice)
    baseline = next((peer.choice for peer in same if peer.kind == "baseline"), None)
    return Pair(ours, baseline)


def show_warnings(texts: Sequence[str]) -> None:
    """Show what reading repaired or could not prove, or what preparing a recording had to do."""
    if texts:
        lines = dict.fromkeys(translated(text) for text in texts)
        st.warning("  \n".join(lines), icon=":material/warning:")
