"""Choosing two recordings to compare, and which stretch of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ecgcore.electrodes import Swap
from ecgcore.misplacement import apply_table
from ecgcore.recording import Recording
from ecgcore.review.examples import example_titles
from ecgcore.review.layout import PAGE_S
from pages.shared import cache, state, widgets
from pages.shared.language import say, translated

PAGE = "pages/compare.py"
_EXAMPLE_PAIR = ("Simulated: Normal sinus rhythm", "Simulated: Left bundle branch block")
_LEAST_STRETCH_S = 1.0


def choose_pair() -> tuple[state.OpenRecording, state.OpenRecording] | None:
    """Draw the pickers for the earlier and the later recording; None where one is missing."""
    names = _names()
    _offer_pair_of_moved()
    state.compare_active_with(_usual_earlier())
    for key in (state.COMPARE_EARLIER, state.COMPARE_LATER):
        state.keep_choice_among(key, tuple(names))
    earlier, exchange, later = _places()
    with earlier:
        one = _pick(say("Earlier recording"), names, state.COMPARE_EARLIER)
    with later:
        two = _pick(say("Later recording"), names, state.COMPARE_LATER)
    with exchange:
        st.button(
            say("Exchange"),
            key=state.COMPARE_EXCHANGE,
            icon=":material/swap_horiz:",
            on_click=state.exchange_pair,
            disabled=one is None or two is None,
            width="stretch",
        )
    if one is None or two is None:
        _ask_for_another()
        return None
    return _opened(one), _opened(two)


def _places() -> tuple[DeltaGenerator, ...]:
    """Three places beside each other, or below each other where the page is narrow."""
    if state.page_width_px() < widgets.NARROW_PX:
        return st.container(), st.container(), st.container()
    return tuple(st.columns([6, 2, 6], vertical_alignment="bottom"))


def _usual_earlier() -> str | None:
    """Return what the active recording is compared with: its original, or the one opened before."""
    item = state.active()
    if item is None:
        return None
    others = [digest for digest in state.opened() if digest != item.recording.digest]
    if item.original is not None and item.original.recording.digest in others:
        return item.original.recording.digest
    return others[-1] if others else None


def _names() -> dict[str, str]:
    """Return what can be chosen by what stands for it: a digest, or the title of an example."""
    opened = state.opened()
    held = {item.name for item in opened.values()}
    names: dict[str, str] = {}
    for digest, item in opened.items():
        name = widgets.shown_name(item)
        # Streamlit tells choices by what they are called.
        same = sum(other == name or other.startswith(f"{name} (") for other in names.values())
        names[digest] = f"{name} ({same + 1})" if same else name
    return names | {title: translated(title) for title in example_titles() if title not in held}


def _pick(label: str, names: Mapping[str, str], key: str) -> str | None:
    return st.selectbox(
        label,
        list(names),
        format_func=names.__getitem__,
        key=key,
        persist_state="session",
        placeholder=say("Choose a recording …"),
    )


def _opened(choice: str) -> state.OpenRecording:
    held = state.opened().get(choice)
    if held is not None:
        return held
    example = cache.example(choice)
    return state.OpenRecording(example.title, example.format, example.recording)


def _choice(title: str) -> str:
    """Return what stands for an example among the choices: its digest once it is open."""
    held = (digest for digest, item in state.opened().items() if item.name == title)
    return next(held, title)


def _ask_for_another() -> None:
    st.info(
        say(
            "Choose the earlier recording above, among those you opened and the built-in examples. "
            "Further recordings are opened on the Review page."
        ),
        icon=":material/compare:",
    )
    st.button(
        say("Show an example: sinus rhythm, then left bundle branch block"),
        key=state.named(state.COMPARE_BUTTON, "example"),
        on_click=state.compare_pair,
        args=tuple(_choice(title) for title in _EXAMPLE_PAIR),
    )


def _offer_pair_of_moved() -> None:
    """Offer the active recording before and after its electrodes were moved."""
    item = state.active()
    if item is None or item.original is None:
        return
    pair = (item.original.recording.digest, item.recording.digest)
    if pair[0] in state.opened():
        st.button(
            say("Before and after moving electrodes"),
            key=state.named(state.COMPARE_BUTTON, "moved"),
            icon=":material/undo:",
            on_click=state.compare_pair,
            args=pair,
        )


def window(item: state.OpenRecording, side: str, title: str) -> Recording:
    """Return the 10 s that are compared; a longer recording has a slider for them."""
    recording = item.recording
    latest = recording.duration_s - PAGE_S
    if latest < _LEAST_STRETCH_S:
        return recording.window(0.0, PAGE_S)
    key = state.named(state.COMPARE_START, f"{side}_{recording.digest[:8]}")
    shown_s = state.window_start_s() if _is_shown(item) else 0.0
    start_s = st.slider(
        say(
            "{side}: first second of the {seconds} s that are compared",
            side=title,
            seconds=f"{PAGE_S:g}",
        ),
        0.0,
        float(int(latest * 10) / 10),
        min(shown_s, float(int(latest * 10) / 10)),
        step=0.1,
        key=key,
        persist_state="session",
        format="%.1f s",
    )
    return recording.window(start_s, PAGE_S)


def _is_shown(item: state.OpenRecording) -> bool:
    """Whether the other pages show this recording, or what electrodes were moved in."""
    active = state.active()
    return active is not None and _as_read(active) == _as_read(item)


def _as_read(item: state.OpenRecording) -> str:
    return (item.original or item).recording.digest


def offer_comparison(item: state.OpenRecording, swap: Swap, table: str) -> None:
    """Draw the button of the Swap lab that compares the beats before and after a swap."""
    if st.button(
        say("Compare the beats before and after"),
        key=state.named(state.COMPARE_BUTTON, "swap"),
        icon=":material/compare:",
    ):
        what = f"{swap.name} swapped"
        moved = item.recording.with_signal(
            apply_table(item.recording.signal, swap, table),
            f"The electrodes were moved here: {what}.",
        )
        # Held beside the others, so that it can be chosen again; what the pages show stays.
        later = state.add(
            replace(
                item,
                name=f"{item.name}, {what}",
                recording=moved,
                original=item.original or item,
                long=None,
                moved=(*item.moved, what),
            )
        )
        state.compare_pair(state.add(item), later)
        st.switch_page(PAGE)
