"""What a session remembers, and the only place where its keys are spelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ecgcore.io import Answers, ReadResult
from ecgcore.io.tracing import Tracing
from ecgcore.model.checkpoint import DEFAULT_MODEL
from ecgcore.recording import Recording
from ecgcore.review.paper import DEFAULT_WIDTH_PX

# Keys of widgets. Their values outlive a change of page where the widget says persist_state.
LANGUAGE = "language"
LANGUAGE_LINK = "lang"  # in the link of the page
MODEL = "model"
UPLOAD = "upload"
EXAMPLE = "example"
PICKED = "picked"
WINDOW_START = "window_start"
PART_START = "part_start"
LAYOUT = "layout"
SPEED = "speed"
GAIN = "gain"
RHYTHM_LEAD = "rhythm_lead"
LEAD_ORDER = "lead_order"
FILTER_BAND = "filter_band"
MAINS = "mains"
PAPER = "paper"
PAPER_AREA = "paper_area"
PAPER_TOOLS = "paper_tools"
PAPER_PRINT = "paper_print"
MARK_BEATS = "mark_beats"
COLOUR_BY_ATTENTION = "colour_by_attention"
EXPLAIN = "explain"
EXPLAINED = "explained"
SWAP_KIND = "swap_kind"
SWAP_ROW = "swap_row"
SWAP_TABLE = "swap_table"
CABLE_ONE = "cable_one"
CABLE_TWO = "cable_two"
COMPARISON_LAYOUT = "comparison_layout"
PAGE_WIDTH = "page_width"
PREVIEW = "preview"
ANSWER = "answer"
DISMISS = "dismiss"
EXPORT_FORMAT = "export_format"
EXPORT_STRETCH = "export_stretch"
EXPORT_SAVE = "export_save"
BEATS = "representative_beat"
REPORT_PAPER = "report_paper"
REPORT_LANGUAGE = "report_language"
REPORT_COMMENT = "report_comment"
REPORT_SAVE = "report_save"
REPORT_FORM = "report_form"
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
COMPARE_EARLIER = "compare_earlier"
COMPARE_LATER = "compare_later"
COMPARE_START = "compare_start"
COMPARE_EXCHANGE = "compare_exchange"
COMPARE_BUTTON = "compare_button"
COMPARE_SAVE = "compare_save"
SERIAL_BEATS = "serial_beats"

TRAIN_VIEWS = ("Runs", "New run", "Compare")

# Keys of our own.
_OPENED = "opened"
_ACTIVE = "active"
_PENDING = "pending"
_NOTICE = "notice"
_STARTED = "started"
_ASKED_FOR = "asked_for"
_UPLOAD_ROUND = "upload_round"
_REPORT = "report"
_PAIR_CHOSEN_BESIDE = "pair_chosen_beside"

# Two wards' worth, and no more than two days of Holter; the oldest is dropped first.
_MAX_OPENED = 100
_MAX_HELD_BYTES = 800 * 10**6


@dataclass(frozen=True)
class OpenRecording:
    """One recording that the session holds.

    Attributes
    ----------
    name : str
        As the reader knows it: file name or title of the example.
    format : str
    recording : Recording
        All of it, or one part of a long one; the pages show a window of 10 s.
    original : OpenRecording or None
        The tracing before its electrodes were moved, where they were.
    note : str
        A sentence for the reader.
    long : LongRecording or None
        What other parts are taken from, where there are any.
    moved : tuple of str
        How electrodes were moved since it was read, step by step: ``"LA/RA undone"``.
    """

    name: str
    format: str
    recording: Recording
    original: OpenRecording | None = None
    note: str = ""
    long: LongRecording | None = None
    moved: tuple[str, ...] = ()

    @property
    def held_bytes(self) -> int:
        """Memory that the samples take."""
        n_bytes = self.recording.signal.nbytes
        if self.long is not None:
            n_bytes += sum(channel.samples.nbytes for channel in self.long.tracing.channels)
        return n_bytes


@dataclass(frozen=True)
class LongRecording:
    """All samples of a recording that is longer than one part, as its file stored them.

    Attributes
    ----------
    tracing : Tracing
    answers : Answers
        What the reader stated when it was opened.
    start_s, total_s : float
        Where the part that is held in full begins, and how long the whole lasts.
    """

    tracing: Tracing
    answers: Answers
    start_s: float
    total_s: float


@dataclass(frozen=True)
class MadeReport:
    """A report that was made on the Review page.

    Attributes
    ----------
    of : tuple
        What it is of: once the page shows something else, the report is no longer offered.
    files : mapping of str to bytes
        By ending.
    """

    of: tuple[object, ...]
    files: Mapping[str, bytes]


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


def in_link(name: str) -> str:
    """Return what the link that this session came by says of `name`, or nothing."""
    _, query = st.session_state.get(_ASKED_FOR, ("", {}))
    return str(query.get(name) or st.query_params.get(name, ""))


def language() -> str:
    """Return the language that was chosen for this session, or nothing before that."""
    return str(st.session_state.get(LANGUAGE) or "")


def begin_in(code: str) -> None:
    """Choose the language of a new session; only before its control is drawn."""
    st.session_state[LANGUAGE] = code


def rename_choice(key: str, names: Sequence[str], name: str) -> None:
    """Let a widget that is yet to be drawn hold `name` where it holds another of `names`."""
    if st.session_state.get(key) in names and st.session_state[key] != name:
        st.session_state[key] = name


def language_chosen() -> None:
    """Keep what the reader chose under other labels; put the language into the link of the page."""
    st.query_params[LANGUAGE_LINK] = st.session_state[LANGUAGE]
    for key in list(st.session_state):
        value = st.session_state[key]
        # The browser knows a choice by its label, and learns the new one of what is set here.
        if _is_choice(value):
            st.session_state[key] = value


def _is_choice(value: object) -> bool:
    """Tell choices from buttons and uploads: these may not be set, and hold no text or number."""
    if isinstance(value, list):
        return bool(value) and all(map(_is_choice, value))
    return isinstance(value, str | int | float) and not isinstance(value, bool)


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
    recordings.pop(digest, None)  # the newest stands last
    recordings[digest] = item
    while len(recordings) > 1 and (
        len(recordings) > _MAX_OPENED
        or sum(held.held_bytes for held in recordings.values()) > _MAX_HELD_BYTES
    ):
        del recordings[next(iter(recordings))]
    return digest


def explained_key() -> str:
    """Key of the finding that is explained; another recording begins with its own."""
    return named(EXPLAINED, str(st.session_state.get(_ACTIVE, ""))[:16])


def replace_active(item: OpenRecording) -> None:
    """Show another part of the active recording in its stead."""
    opened().pop(st.session_state.get(_ACTIVE, ""), None)
    show(item)


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


def upload_key() -> str:
    """Key of the uploader; another one after each upload, so that it starts empty again."""
    return numbered(UPLOAD, st.session_state.get(_UPLOAD_ROUND, 0))


def take_uploads() -> Mapping[str, bytes]:
    """Return the files in the uploader by name; from now on nothing but the caller holds them.

    Streamlit keeps what was uploaded until the browser goes; names, dates and numbers of patients
    with it.
    """
    uploads = st.session_state.get(upload_key()) or ()
    files: dict[str, bytes] = {}
    for upload in uploads:
        # Files of one name come from different folders; each is somebody's recording.
        same = sum(name == upload.name or name.startswith(f"{upload.name} (") for name in files)
        files[f"{upload.name} ({same + 1})" if same else upload.name] = upload.getvalue()
    context = get_script_run_ctx()
    # As streamlit's own chat input does with files that were sent (streamlit 1.67, chat.py).
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for upload in uploads:
            context.uploaded_file_mgr.remove_file(context.session_id, upload.file_id)
    if uploads:
        st.session_state[_UPLOAD_ROUND] = st.session_state.get(_UPLOAD_ROUND, 0) + 1
    return files


def pending() -> tuple[ReadResult, ...]:
    """Return what the last upload left: files that could not be read, and open questions."""
    left: tuple[ReadResult, ...] = st.session_state.get(_PENDING, ())
    return left


def remember_pending(results: Sequence[ReadResult]) -> None:
    """Keep what an upload left, so that its errors and questions stay visible."""
    st.session_state[_PENDING] = tuple(results)


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


def part_start_s() -> float:
    """Return where the part of a long recording begins that the reader picked."""
    return float(st.session_state[PART_START])


def page_width_px() -> int:
    """Width of the page in the reader's browser; a usual one until the browser has told."""
    told = st.session_state.get(PAGE_WIDTH) or {}
    return int(told.get("px") or DEFAULT_WIDTH_PX)


def paper_width_px() -> int:
    """Width that the paper is drawn for: that of the page, or of the screen it was made to fill."""
    told = st.session_state.get(named(PAPER_TOOLS, PAPER)) or {}
    return int(told.get("full_px") or page_width_px())


def keep_report(report: MadeReport) -> None:
    """Hold the report that was made last."""
    st.session_state[_REPORT] = report


def made_report(of: tuple[object, ...]) -> MadeReport | None:
    """Return the report that was made last, if it is of what the page shows."""
    report: MadeReport | None = st.session_state.get(_REPORT)
    return report if report is not None and report.of == of else None


def compare_pair(earlier: str | None, later: str | None) -> None:
    """Choose what the Compare page compares; only before its pickers are drawn."""
    st.session_state[COMPARE_EARLIER] = earlier
    st.session_state[COMPARE_LATER] = later
    st.session_state[_PAIR_CHOSEN_BESIDE] = st.session_state.get(_ACTIVE)


def compare_active_with(earlier: str | None) -> None:
    """Compare the recording that every page shows, if it is another than when the pair was made."""
    shown = st.session_state.get(_ACTIVE)
    if st.session_state.get(_PAIR_CHOSEN_BESIDE) != shown:
        compare_pair(earlier, shown)


def exchange_pair() -> None:
    """Make the earlier recording of the Compare page the later one."""
    compare_pair(st.session_state[COMPARE_LATER], st.session_state[COMPARE_EARLIER])


def window_start_s() -> float:
    """Return where the stretch begins that the other pages show of the active recording."""
    return float(st.session_state.get(WINDOW_START) or 0.0)


def keep_choice_among(key: str, choices: Sequence[str]) -> None:
    """Choose nothing where what was chosen is gone."""
    if st.session_state.get(key) not in choices:
        st.session_state[key] = None


def leave_notice(text: str) -> None:
    """Keep a sentence for the next drawing of the page."""
    st.session_state[_NOTICE] = text


def take_notice() -> str:
    """Return the sentence that was left, once."""
    return str(st.session_state.pop(_NOTICE, ""))
