"""Opening a recording: upload, built-in examples, and the questions that a file leaves open."""

from __future__ import annotations

import streamlit as st

from ecgcore.errors import EcgError
from ecgcore.io import FORMATS, Answers, Question, ReadResult
from ecgcore.leads import LEADS
from ecgcore.recording import Recording
from ecgcore.review.examples import REAL_TITLE, example_titles, open_example
from ecgcore.review.layout import PAGE_S
from ecgcore.review.paper import PLOT_CONFIG, draw_paper
from pages.shared import cache, state

_BORDER_PX = 34  # frame and padding of the container around the questions
_NOT_A_LEAD = "none of the twelve"
_MV_PER_UNIT = {"mV": 1.0, "µV": 0.001, "V": 1000.0}


def open_first_example() -> None:
    """Show the real example to a session that has opened nothing yet."""
    if not state.opened():
        _show_example(REAL_TITLE)


def _show_example(title: str) -> None:
    try:
        example = open_example(title)
    except EcgError as error:
        state.leave_notice(str(error))
        return
    state.show(
        state.OpenRecording(
            example.title, example.format, example.recording, note=example.description
        )
    )


def open_panel() -> None:
    """Draw the uploader, the examples and the picker among the opened recordings."""
    upload, other = st.columns([3, 2], gap="medium")
    with upload:
        st.file_uploader(
            f"Open recordings ({', '.join(fmt.title for fmt in FORMATS)}, or a .zip of them)",
            accept_multiple_files=True,
            key=state.UPLOAD,
            on_change=_read_upload,
            help="Give the .hea and .dat files of a WFDB record together, or one .zip.",
        )
    with other:
        st.selectbox(
            "Built-in examples",
            example_titles(),
            index=None,
            placeholder="Open an example …",
            key=state.EXAMPLE,
            on_change=_pick_example,
        )
        _picker()
    _report_reading()


def _picker() -> None:
    recordings = state.opened()
    if len(recordings) > 1:
        st.selectbox(
            "Opened recordings",
            list(recordings),
            format_func=lambda digest: recordings[digest].name,
            key=state.PICKED,
            on_change=state.activate_picked,
        )


def _pick_example() -> None:
    title = state.take_example()
    if title is not None:
        _show_example(title)


def _read_upload() -> None:
    """Read what was dropped; the first recording that can be read becomes the active one."""
    files = state.uploads()
    if not files:
        state.remember_reading(None)
        return
    results = cache.read(files, Answers())
    state.remember_reading(state.Reading(files, results))
    digests = [_hold(result, result.recording) for result in results if result.recording]
    if digests:
        state.activate(digests[0])


def _hold(result: ReadResult, recording: Recording) -> str:
    return state.add(state.OpenRecording(result.name, result.format or "", recording))


def _report_reading() -> None:
    """Say what could not be read, and ask what the files do not state."""
    last = state.reading()
    if last is None:
        return
    for number, result in enumerate(last.results):
        if result.error is not None:
            st.error(f"**{result.name}**: {result.error}", icon=":material/error:")
        elif result.questions:
            _ask(last, result, number)


def _ask(last: state.Reading, result: ReadResult, number: int) -> None:
    """Ask for rate, unit and names with the best guess filled in, and preview the outcome."""
    with st.container(border=True):
        st.subheader(f"{result.name} leaves something open")
        fields = {
            question.field: _field(question, state.numbered(question.field, number))
            for question in result.questions
        }
        answers = Answers(**fields)  # type: ignore[arg-type]
        # Read with all files, as a header needs its samples; only this result sees these answers.
        answered = next(x for x in cache.read(last.files, answers) if x.name == result.name)
        if answered.error is not None:
            st.error(answered.error, icon=":material/error:")
        if answered.recording is None:
            return
        st.plotly_chart(
            draw_paper(
                answered.recording.window(0.0, PAGE_S),
                width_px=state.page_width_px() - _BORDER_PX,
            ),
            config=PLOT_CONFIG,
            theme=None,
            key=state.numbered(state.PREVIEW, number),
        )
        st.button(
            "Open with these answers",
            type="primary",
            key=state.numbered(state.ANSWER, number),
            on_click=_accept,
            args=(answered, answered.recording),
        )


def _accept(answered: ReadResult, recording: Recording) -> None:
    state.answer_reading(answered)
    state.activate(_hold(answered, recording))


def _field(question: Question, key: str) -> object:
    """Draw the widget that answers one question."""
    if question.field == "fs":
        guess = question.guess if isinstance(question.guess, float | int) else 500.0
        return st.number_input(question.text, 50.0, 16_000.0, float(guess), key=key)
    if question.field == "mv_per_unit":
        return _unit_field(question, key)
    names = question.guess if isinstance(question.guess, tuple) else ()
    st.write(question.text)
    choices = [_NOT_A_LEAD, *LEADS]
    picked = []
    with st.container(horizontal=True):
        for channel, name in enumerate(names):
            picked.append(
                st.selectbox(
                    f"Channel {channel + 1}",
                    choices,
                    index=choices.index(name) if name else 0,
                    key=state.numbered(key, channel),
                    width=150,
                )
            )
    return tuple(None if name == _NOT_A_LEAD else name for name in picked)


def _unit_field(question: Question, key: str) -> float:
    guess = float(question.guess) if isinstance(question.guess, float | int) else 1.0
    units = _MV_PER_UNIT if guess in _MV_PER_UNIT.values() else {"as guessed": guess} | _MV_PER_UNIT
    unit = st.selectbox(
        question.text, list(units), index=list(units.values()).index(guess), key=key
    )
    return units[unit]
