"""Opening a recording: upload, built-in examples, and the questions that a file leaves open."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ecgcore.errors import EcgError
from ecgcore.io import FORMATS, Answers, Question, ReadResult, finish
from ecgcore.io.isolation import read_isolated
from ecgcore.leads import LEADS
from ecgcore.recording import Recording
from ecgcore.review.examples import REAL_TITLE, example_titles, open_example
from ecgcore.review.layout import PAGE_S
from ecgcore.review.paper import draw_paper
from pages.shared import state, widgets
from pages.shared.language import say, translated

_BORDER_PX = 34  # frame and padding of the container around the questions
_MOST_SENTENCES = 6  # more stand in a list that is opened
_NOT_A_LEAD = "none of the twelve"
_AS_GUESSED = "as guessed"
_MV_PER_UNIT = {"mV": 1.0, "µV": 0.001, "V": 1000.0}


def open_first_example() -> None:
    """Show the real example to a session that has opened nothing yet."""
    if not state.opened():
        _show_example(REAL_TITLE)


def _show_example(title: str) -> None:
    try:
        example = open_example(title)
    except EcgError as error:
        state.leave_notice(translated(str(error)))
        return
    state.show(
        state.OpenRecording(
            example.title, example.format, example.recording, note=example.description
        )
    )


def open_panel() -> None:
    """Draw the uploader, the examples and the picker among the opened recordings."""
    _read_upload()
    upload, other = st.columns([3, 2], gap="medium")
    with upload:
        st.file_uploader(
            say("Open recordings: files of any cart, or a .zip of them"),
            accept_multiple_files=True,
            key=state.upload_key(),
            help=say("Give the .hea and .dat files of a WFDB record together, or one .zip."),
        )
        formats = say("{n} formats", n=len(FORMATS))
        with st.popover(formats, icon=":material/list:", type="tertiary"):
            _formats_table()
    with other:
        st.selectbox(
            say("Built-in examples"),
            example_titles(),
            index=None,
            format_func=translated,
            placeholder=say("Open an example …"),
            key=state.EXAMPLE,
            on_change=_pick_example,
        )
        _picker()
    _report_pending()


def _formats_table() -> None:
    """List what can be opened."""
    st.dataframe(
        pd.DataFrame(
            {
                say("format"): translated(fmt.title)
                + (say(" (experimental)") if fmt.experimental else ""),
                say("written by"): translated(fmt.vendor),
                say("usual names"): " ".join(fmt.extensions),
                say("largest file"): f"{fmt.max_bytes / 1e6:.0f} MB",
            }
            for fmt in FORMATS
        ),
        hide_index=True,
        height="content",
    )


def _picker() -> None:
    recordings = state.opened()
    if len(recordings) > 1:
        st.selectbox(
            say("Opened recordings ({n})", n=len(recordings)),
            list(recordings),
            format_func=lambda digest: widgets.shown_name(recordings[digest]),
            key=state.PICKED,
            on_change=state.activate_picked,
        )


def _pick_example() -> None:
    title = state.take_example()
    if title is not None:
        _show_example(title)


def _read_upload() -> None:
    """Read what was dropped; the first recording that can be read becomes the active one.

    The bytes go as soon as they are read: with them names and dates of patients.
    """
    files = state.take_uploads()
    if not files:
        return
    what = next(iter(files)) if len(files) == 1 else say("{n} files", n=len(files))
    with st.spinner(say("Reading {what} …", what=what)):
        results = read_isolated(files)
    state.remember_pending([x for x in results if x.recording is None])
    _hold_all(results, Answers())
    st.rerun()


def _hold_all(results: Sequence[ReadResult], answers: Answers) -> None:
    digests = [_hold(x, x.recording, answers) for x in results if x.recording is not None]
    if digests:
        state.activate(digests[0])
    if len(digests) > 1:
        state.leave_notice(say("{n} recordings were opened.", n=len(digests)))


def _hold(result: ReadResult, recording: Recording, answers: Answers) -> str:
    long = None
    if result.tracing is not None:
        long = state.LongRecording(result.tracing, answers, result.start_s, result.total_s)
    return state.add(state.OpenRecording(result.name, result.format or "", recording, long=long))


def _report_pending() -> None:
    """Say what could not be read, and ask what the files do not state."""
    left = state.pending()
    refused = [x for x in left if x.error is not None]
    _report_refused(refused)
    # Files of one recorder leave the same facts open: they are asked once.
    alike: dict[tuple[Question, ...], list[ReadResult]] = {}
    for result in left:
        if result.questions:
            alike.setdefault(result.questions, []).append(result)
    for number, results in enumerate(alike.values()):
        _ask(results, number)


def _report_refused(refused: Sequence[ReadResult]) -> None:
    if not refused:
        return
    lines = [f"**{result.name}**: {translated(result.error or '')}" for result in refused]
    sentences, button = st.columns([9, 1], vertical_alignment="top")
    with sentences:
        if len(lines) <= _MOST_SENTENCES:
            st.error("  \n".join(lines), icon=":material/error:")
        else:
            heading = say("{n} files could not be read", n=len(lines))
            with st.expander(heading, icon=":material/error:"):
                st.markdown("  \n".join(lines))
    with button:
        st.button(
            say("Dismiss"),
            key=state.DISMISS,
            icon=":material/close:",
            on_click=_dismiss,
            type="tertiary",
        )


def _dismiss() -> None:
    state.remember_pending([x for x in state.pending() if x.error is None])


def _ask(results: Sequence[ReadResult], number: int) -> None:
    """Ask for rate, unit and names with the best guess filled in, and preview the outcome."""
    first = results[0]
    names = first.name
    if len(results) > 1:
        names = say("{name} and {n} more", name=first.name, n=len(results) - 1)
    with st.container(border=True):
        st.subheader(say("{names}: something is left open", names=names), anchor=False)
        fields = {
            question.field: _field(question, state.numbered(question.field, number))
            for question in first.questions
        }
        answers = Answers(**fields)  # type: ignore[arg-type]
        answered = finish(first, answers)
        if answered.error is not None:
            st.error(translated(answered.error), icon=":material/error:")
        if answered.recording is None:
            return
        widgets.paper(
            draw_paper(
                answered.recording.window(0.0, PAGE_S),
                width_px=state.page_width_px() - _BORDER_PX,
            ),
            state.numbered(state.PREVIEW, number),
            say("The recording as these answers make it"),
        )
        st.button(
            say("Open with these answers"),
            type="primary",
            key=state.numbered(state.ANSWER, number),
            on_click=_accept,
            args=(results, answers),
        )


def _accept(results: Sequence[ReadResult], answers: Answers) -> None:
    answered = [finish(result, answers) for result in results]
    names = {result.name for result in results}
    others = [x for x in state.pending() if x.name not in names]
    state.remember_pending([*others, *(x for x in answered if x.recording is None)])
    _hold_all(answered, answers)


def _field(question: Question, key: str) -> object:
    """Draw the widget that answers one question."""
    if question.field == "fs":
        guess = question.guess if isinstance(question.guess, float | int) else 500.0
        return st.number_input(translated(question.text), 50.0, 16_000.0, float(guess), key=key)
    if question.field == "mv_per_unit":
        return _unit_field(question, key)
    names = question.guess if isinstance(question.guess, tuple) else ()
    st.write(translated(question.text))
    choices = [_NOT_A_LEAD, *LEADS]
    picked = []
    with st.container(horizontal=True):
        for channel, name in enumerate(names):
            picked.append(
                st.selectbox(
                    say("Channel {n}", n=channel + 1),
                    choices,
                    format_func=_lead_or_none,
                    index=choices.index(name) if name else 0,
                    key=state.numbered(key, channel),
                    width=150,
                )
            )
    return tuple(None if name == _NOT_A_LEAD else name for name in picked)


def _unit_field(question: Question, key: str) -> float:
    guess = float(question.guess) if isinstance(question.guess, float | int) else 1.0
    units = _MV_PER_UNIT if guess in _MV_PER_UNIT.values() else {_AS_GUESSED: guess} | _MV_PER_UNIT
    unit = st.selectbox(
        translated(question.text),
        list(units),
        index=list(units.values()).index(guess),
        format_func=lambda unit: say(unit) if unit == _AS_GUESSED else unit,
        key=key,
    )
    return units[unit]


def _lead_or_none(choice: str) -> str:
    return say(choice) if choice == _NOT_A_LEAD else choice
