"""Saving a recording as a file: format, stretch, and how exactly it will read back."""

from __future__ import annotations

import streamlit as st

from ecgcore.errors import EcgError
from ecgcore.io.export import EXPORT_FORMATS
from ecgcore.recording import Recording
from pages.shared import cache, state, widgets
from pages.shared.language import say, translated

_PAGE, _ALL = "the 10 s shown", "all that is open"


def export_panel(item: state.OpenRecording, shown: Recording) -> None:
    """Offer the recording in each format that is written.

    Parameters
    ----------
    item : OpenRecording
    shown : Recording
        The stretch that the page shows.
    """
    with st.expander(say("Save as a file"), icon=":material/download:"):
        titles = {fmt.name: f"{fmt.title} ({fmt.extension})" for fmt in EXPORT_FORMATS}
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = widgets.segments(
                say("Format"), list(titles), "wfdb", state.EXPORT_FORMAT, titles.__getitem__
            )
            recording = item.recording
            if recording.n_samples > shown.n_samples:
                stretch = widgets.segments(
                    say("Stretch"), (_PAGE, _ALL), _PAGE, state.EXPORT_STRETCH, say
                )
                recording = shown if stretch == _PAGE else recording
        try:
            note = f"Electrodes moved: {', '.join(item.moved)}." if item.moved else ""
            exported, download = cache.exported(recording, name, note)
        except EcgError as error:
            st.info(translated(str(error)), icon=":material/info:")
            return
        st.download_button(
            say("Save {name}", name=download.name),
            download.content,
            download.name,
            download.media_type,
            key=state.EXPORT_SAVE,
            on_click="ignore",
            icon=":material/download:",
            type="primary",
        )
        st.caption(
            translated(exported.statement)
            + say(
                " Samples, rate and leads are written, age and sex where the format has a place "
                "for them, and nothing else of the file that was read: no name, number, date or "
                "device."
            )
        )
