"""The one-page report of the shown stretch, made when the reader asks for it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ecgcore.model.prediction import Prediction
from ecgcore.review.report import build_report, to_csv, to_pdf, to_png
from ecgcore.review.report_content import NO_SWAP, ModelIdentity, ReportContent, SwapStatement
from ecgcore.review.report_pdf import PAPERS
from pages.shared import cache, language, models, state, widgets
from pages.shared.language import say

_KINDS = {
    "pdf": ("PDF", "application/pdf"),
    "png": ("PNG", "image/png"),
    "csv": ("CSV", "text/csv"),
}
_UNDONE = "undone"
_PREVIEW_PX = 640


@st.fragment
def report_panel(
    item: state.OpenRecording, shown: widgets.Shown, prediction: Prediction | None
) -> None:
    """Offer the report of the shown stretch; a refused recording has one without findings.

    A fragment: making a report draws nothing else of the page again.

    Parameters
    ----------
    item : OpenRecording
    shown : Shown
    prediction : Prediction or None
    """
    with st.expander(say("Report"), icon=":material/description:"):
        model = _identity()
        of = (shown.recording.digest, shown.start_s, item.moved, model)
        # What is written into a form arrives together with the press of its button: a comment can
        # not be missing from the report that was made right after it.
        with st.form(state.REPORT_FORM, border=False, enter_to_submit=False):
            paper, chosen, comment = _choices()
            wanted = st.form_submit_button(
                say("Make the report"), icon=":material/description:", type="primary"
            )
        if wanted:
            content = build_report(
                shown.recording,
                prediction,
                cache.quality(shown.recording),
                cache.measurements(shown.recording),
                model=model,
                swap=swap_statement(item.moved),
                comment=comment,
                start_s=shown.start_s,
            )
            state.keep_report(state.MadeReport(of, _written(content, paper, chosen)))
        made = state.made_report(of)
        if made is not None:
            _offer(made.files)


def _choices() -> tuple[str, str, str]:
    """Draw what can be chosen: paper, language, and the comment of the reader."""
    here = language.current()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        paper = widgets.segments(say("Paper"), tuple(PAPERS), "A4", state.REPORT_PAPER)
        # A choice of its own for each language of the interface, which it follows at first.
        chosen = widgets.segments(
            say("Language"),
            tuple(language.TITLES),
            here,
            state.named(state.REPORT_LANGUAGE, here),
            language.TITLES.__getitem__,
        )
    comment = st.text_area(say("Comment"), key=state.REPORT_COMMENT, max_chars=1000, height=80)
    return paper, chosen, comment


def _written(content: ReportContent, paper: str, chosen: str) -> Mapping[str, bytes]:
    return {
        "pdf": to_pdf(content, paper, chosen),
        "png": to_png(content, paper, chosen),
        "csv": to_csv(content),
    }


def _offer(files: Mapping[str, bytes]) -> None:
    """Show the report, and save it in each form."""
    with st.container(horizontal=True):
        for kind, (title, media_type) in _KINDS.items():
            st.download_button(
                say("Save as {kind}", kind=title),
                files[kind],
                f"ecg-report.{kind}",
                media_type,
                key=state.named(state.REPORT_SAVE, kind),
                on_click="ignore",
                icon=":material/download:",
            )
    with st.container(border=True, width="content"):
        st.image(files["png"], width=_PREVIEW_PX, alt=say("The report as it will be printed"))


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
