"""The words of the interface in the language of the reader.

What a page says itself goes through `say`, what a stage of ecgcore said through `translated`; both
speak English unless the reader chose otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from ecgcore.review.chinese import SETTINGS, translate, translate_name
from ecgcore.review.chinese.figures import translate_figure
from pages.shared import state
from pages.shared.chinese import PLOT_BUTTONS, WORDS

ENGLISH, CHINESE = "en", "zh"
TITLES = {ENGLISH: "English", CHINESE: "中文"}


def current() -> str:
    """Return the language of the reader, ``"en"`` or ``"zh"``."""
    return state.language() or ENGLISH


def tag() -> str:
    """Return the language as browsers name it."""
    return {ENGLISH: "en", CHINESE: "zh-CN"}[current()]


def start() -> None:
    """Choose the language of a new session: that of the link, or else that of the browser."""
    if not state.language():
        linked = state.in_link(state.LANGUAGE_LINK)
        state.begin_in(linked if linked in TITLES else _of_browser())


def _of_browser() -> str:
    return CHINESE if (st.context.locale or "").lower().startswith(CHINESE) else ENGLISH


def switch() -> None:
    """Draw the control that chooses the language."""
    st.segmented_control(
        "Language / 语言",  # the one label that either reader has to find
        tuple(TITLES),
        format_func=TITLES.__getitem__,
        required=True,
        key=state.LANGUAGE,
        persist_state="session",
        label_visibility="collapsed",
        on_change=state.language_chosen,
    )


def say(text: str, /, **values: object) -> str:
    """Return a text of the interface in the language of the reader.

    Parameters
    ----------
    text : str
        In English, with fields in braces where `values` go.
    """
    if current() == CHINESE:
        text = WORDS.get(text, text)
    return text.format(**values) if values else text


def translated(text: str) -> str:
    """Return a sentence or a name that ecgcore made, in the language of the reader."""
    return translate(text) if current() == CHINESE else text


def titled(name: str) -> str:
    """Return a name that ecgcore or the reader gave; only ecgcore's own is translated."""
    return translate_name(name) if current() == CHINESE else name


def figure(drawn: go.Figure, language: str = "") -> go.Figure:
    """Return a figure of ecgcore with what is written on it in a language, or in the reader's."""
    return translate_figure(drawn) if (language or current()) == CHINESE else drawn


def table(made: pd.DataFrame) -> pd.DataFrame:
    """Return a table of ecgcore with its headings and words in the language of the reader."""
    if current() != CHINESE:
        return made
    words = made.map(lambda cell: translate(cell) if isinstance(cell, str) else cell)
    return words.rename(columns=translate)


def settings(made: pd.DataFrame) -> pd.DataFrame:
    """Return a table of a checkpoint's settings with their names in the reader's language."""
    if current() != CHINESE:
        return made
    return made.rename(columns=translate, index=lambda name: SETTINGS.get(name, name))


def relabel(key: str, texts: Iterable[str]) -> None:
    """Keep what is chosen in a widget that remembers its choice by the label, as tabs do.

    Parameters
    ----------
    key : str
        Of the widget, which is yet to be drawn.
    texts : iterable of str
        The labels in English.
    """
    for text in texts:
        state.rename_choice(key, (text, WORDS.get(text, text)), say(text))


def plot_words() -> dict[str, object]:
    """Return the configuration that gives Plotly's own buttons their words."""
    if current() != CHINESE:
        return {}
    return {"locale": tag(), "locales": {tag(): {"dictionary": PLOT_BUTTONS}}}


def listed(parts: Iterable[str]) -> str:
    """Return parts of a list behind each other, as the language separates them."""
    return ("、" if current() == CHINESE else ", ").join(parts)
