"""What a session remembers, and the only place where its keys are spelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from ecgcore.io import ReadResult
from ecgcore.model.checkpoint import DEFAULT_MODEL
from ecgcore.recording import Recording
from ecgcore.review.paper import DEFAULT_WIDTH_PX

# Keys of widgets. Their values outlive a change of page where the widget says persist_state.
MODEL = "model"
UPLOAD = "upload"
EXAMPLE = "example"
PICKED = "picked"
WINDOW_START = "window_start"
LAYOUT = "layout"
SPEED = "speed"
GAIN = "gain"
RHYTHM_LEAD = "rhythm_lead"
COLOUR_BY_ATTENTION = "colour_by_attention"
SWAP_KIND = "swap_kind"
SWAP_ROW = "swap_row"
SWAP_TABLE = "swap_table"
CABLE_ONE = "cable_one"
CABLE_TWO = "cable_two"
COMPARISON_LAYOUT = "comparison_layout"
PAGE_WIDTH = "page_width"
PREVIEW = "preview"
ANSWER = "answer"
RUN = "run"  # in the link of the page too
TRAIN_VIEW = "train_view"
TRAIN_SOURCES = "train_sources"
TRAIN_RECORDS = "train_records"
TRAIN_FOLDER = "train_folder"
TRAIN_SPLIT = "train_split"
TRAIN_KIND = "train_kind"
TRAIN_SIZE = "train_size"
TRAIN_OBJECTIVE = "train_objective"
TRAIN_EPOCHS = "train_epochs"
TRAIN_BATCH = "train_batch"
TRAIN_RATE = "train_rate"
TRAIN_PATIENCE = "train_patience"
TRAIN_SEED = "train_seed"
TRAIN_DEVICE = "train_device"
TRAIN_AUGMENT = "train_augment"
TRAIN_SWAP_KINDS = "train_swap_kinds"
TRAIN_TITLE = "train_title"
TRAIN_START = "train_start"
TRAIN_DELETE = "train_delete"
COMPARED_RUNS = "compared_runs"

TRAIN_VIEWS = ("Runs", "New run", "Compare")

# Keys of our own.
_OPENED = "opened"
_ACTIVE = "active"
_READING = "reading"
_NOTICE = "notice"
_STARTED = "started"
_ASKED_FOR = "asked_for"

_MAX_OPENED = 20  # a ward's worth; the oldest is dropped first


@dataclass(frozen=True)
class OpenRecording:
    """One recording that the session holds.

    Attributes
    ----------
    name : str
        As the reader knows it: file name or title of the example.
    format : str
    recording : Recording
        All of it; the pages show a window of 10 s.
    original : OpenRecording or None
        The tracing before its electrodes were moved, where they were.
    note : str
        A sentence for the reader.
    """

    name: str
    format: str
    recording: Recording
    original: OpenRecording | None = None
    note: str = ""


@dataclass(frozen=True)
class Reading:
    """The last upload: its bytes by name, and what reading made of each recording in it."""

    files: dict[str, bytes]
    results: tuple[ReadResult, ...]


def start() -> None:
    """Note that this session came in through app.py."""
    st.session_state[_STARTED] = True


def require_app(page: str = "") -> None:
    """Send a session that came in past app.py through it, and from there back to `page`.

    Until app.py has run once, Streamlit takes a folder named pages for its older kind of multipage
    app, and the first visitor of a fresh server who follows a link to a page gets that page alone.
    """
    if _STARTED not in st.session_state:
        st.session_state[_ASKED_FOR] = (page, st.query_params.to_dict())
        st.switch_page("app.py")


def go_where_asked() -> None:
    """Go on to the page, and what its link named, that `require_app` was called from."""
    page, query = st.session_state.pop(_ASKED_FOR, ("", {}))
    if page:
        st.switch_page(page, query_params=query)


def opened() -> dict[str, OpenRecording]:
    """Return the recordings of this session by digest, oldest first."""
    return st.session_state.setdefault(_OPENED, {})


def active() -> OpenRecording | None:
    """Return the recording that every page shows."""
    return opened().get(st.session_state.get(_ACTIVE, ""))


def add(item: OpenRecording) -> str:
    """Hold a recording without showing it; returns its digest."""
    digest = item.recording.digest
    recordings = opened()
    recordings[digest] = item
    while len(recordings) > _MAX_OPENED:
        del recordings[next(iter(recordings))]
    return digest


def activate(digest: str) -> None:
    """Show the held recording of this digest on every page, from its beginning."""
    st.session_state[_ACTIVE] = digest
    st.session_state[PICKED] = digest
    st.session_state[WINDOW_START] = 0.0


def show(item: OpenRecording) -> None:
    """Hold a recording and show it."""
    activate(add(item))


def numbered(key: str, number: int) -> str:
    """Key of one of several equal widgets."""
    return f"{key}_{number}"


def named(key: str, name: str) -> str:
    """Key of one of several like widgets."""
    return f"{key}_{name}"


def activate_picked() -> None:
    """Show the recording that the reader picked among the opened ones."""
    activate(st.session_state[PICKED])


def take_example() -> str | None:
    """Return the title of the example that was picked, and empty the picker for the next."""
    title: str | None = st.session_state[EXAMPLE]
    st.session_state[EXAMPLE] = None
    return title


def uploads() -> dict[str, bytes]:
    """Return the files in the uploader by name."""
    return {upload.name: upload.getvalue() for upload in st.session_state[UPLOAD] or ()}


def reading() -> Reading | None:
    """Return the last upload, until it is replaced."""
    return st.session_state.get(_READING)


def remember_reading(upload: Reading | None) -> None:
    """Keep the last upload, so that its errors and questions stay visible."""
    st.session_state[_READING] = upload


def answer_reading(answered: ReadResult) -> None:
    """Replace one result of the last upload by the one that the reader's answers gave."""
    last = reading()
    if last is not None:
        results = tuple(answered if old.name == answered.name else old for old in last.results)
        remember_reading(replace(last, results=results))


def model_name() -> str:
    """Return the checkpoint chosen in the sidebar."""
    return str(st.session_state.get(MODEL, DEFAULT_MODEL))


def choose_model(choice: str) -> None:
    """Choose a checkpoint on every page; only before the sidebar is drawn, so in a callback."""
    st.session_state[MODEL] = choice


def forget_model_unless(choices: Sequence[str]) -> None:
    """Fall back to the default where the chosen checkpoint is gone, its run having been deleted."""
    if st.session_state.get(MODEL) not in choices:
        st.session_state.pop(MODEL, None)


def follow_link_to_run(found: Sequence[str]) -> str:
    """Watch the run that the link names, or the first, unless one is chosen already.

    Returns
    -------
    str
        The run of a link that leads nowhere, otherwise nothing.
    """
    if st.session_state.get(RUN) in found:
        return ""
    linked = st.query_params.get(RUN, found[0])
    st.session_state[RUN] = linked if linked in found else found[0]
    return "" if linked in found else linked


def link_to_run() -> None:
    """Put the run that is watched into the link of the page."""
    # Not by binding the widget: what is bound keeps `st.switch_page` from leaving the page.
    st.query_params[RUN] = st.session_state[RUN]


def show_run(run_id: str) -> None:
    """Watch a training run; only before its page is drawn, so in a callback."""
    st.session_state[RUN] = run_id
    st.session_state[TRAIN_VIEW] = TRAIN_VIEWS[0]


def window_start_s() -> float:
    """Return where the window of 10 s begins."""
    return float(st.session_state.get(WINDOW_START, 0.0))


def page_width_px() -> int:
    """Width of the page in the reader's browser; a usual one until the browser has told."""
    told = st.session_state.get(PAGE_WIDTH) or {}
    return int(told.get("px") or DEFAULT_WIDTH_PX)


def leave_notice(text: str) -> None:
    """Keep a sentence for the next drawing of the page."""
    st.session_state[_NOTICE] = text


def take_notice() -> str:
    """Return the sentence that was left, once."""
    return str(st.session_state.pop(_NOTICE, ""))
