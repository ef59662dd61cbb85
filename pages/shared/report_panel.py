"""The one-page report of the shown stretch, made when the reader asks for it."""

from __future__ import annotations

import streamlit as st

from ecgcore.model.prediction import Prediction
from ecgcore.review.report import build_report, to_csv, to_pdf, to_png
from ecgcore.review.report_content import NO_SWAP, ModelIdentity, SwapStatement
from ecgcore.review.report_pdf import PAPERS
from pages.shared import cache, models, state, widgets

_LANGUAGES = {"en": "English", "zh": "中文"}
_KINDS = {
    "pdf": ("PDF", "application/pdf"),
    "png": ("PNG", "image/png"),
    "csv": ("CSV", "text/csv"),
}
_UNDONE = "undone"


def report_panel(
    item: state.OpenRecording, shown: widgets.Shown, prediction: Prediction | None
) -> None:
    """Offer the report of the shown stretch; a refused recording has one without findings.

    Parameters
    ----------
    item : OpenRecording
    shown : Shown
    prediction : Prediction or None
    """
    with st.expander("Report", icon=":material/description:"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            paper = widgets.segments("Paper", tuple(PAPERS), "A4", state.REPORT_PAPER)
            language = widgets.segments(
                "Language", tuple(_LANGUAGES), "en", state.REPORT_LANGUAGE, _LANGUAGES.__getitem__
            )
        comment = st.text_area("Comment", key=state.REPORT_COMMENT, max_chars=1000, height=80)
        content = build_report(
            shown.recording,
            prediction,
            cache.quality(shown.recording),
            cache.measurements(shown.recording),
            model=_identity(),
            swap=swap_statement(item.moved),
            comment=comment,
            start_s=shown.start_s,
        )
        write = {
            "pdf": lambda: to_pdf(content, paper, language),
            "png": lambda: to_png(content, paper, language),
            "csv": lambda: to_csv(content),
        }
        with st.container(horizontal=True):
            for kind, (title, media_type) in _KINDS.items():
                st.download_button(
                    f"Save as {title}",
                    write[kind],
                    f"ecg-report.{kind}",
                    media_type,
                    key=state.named(state.REPORT_SAVE, kind),
                    on_click="ignore",
                    icon=":material/download:",
                    type="primary" if kind == "pdf" else "secondary",
                )


def swap_statement(moved: tuple[str, ...]) -> SwapStatement:
    """Say in the words of the report what was done to the electrodes here."""
    if not moved:
        return SwapStatement(NO_SWAP)
    names = " + ".join(step.rpartition(" ")[0] for step in moved)
    undone = all(step.endswith(_UNDONE) for step in moved)
    return SwapStatement("undone" if undone else "simulated", names)


def _identity() -> ModelIdentity:
    choice = state.model_name()
    place = models.place(choice)
    return ModelIdentity(place.name, models.facts(choice).title, place.sha256)
