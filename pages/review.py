"""Open a recording: the paper coloured by attention, the findings beside it."""

import streamlit as st

from ecgcore.errors import EcgError
from ecgcore.model.prediction import Prediction
from ecgcore.review.charts import attention_bars, finding_bars
from ecgcore.signal.measurements import Measurements
from ecgcore.signal.quality import Quality
from pages.shared import cache, opening, paper_tools, state, widgets
from pages.shared.explanation_panel import (
    explanation,
    explanation_controls,
    explanation_text,
    without_lead_panel,
)
from pages.shared.export_panel import export_panel
from pages.shared.language import say, translated
from pages.shared.measurement_panel import measurement_panel
from pages.shared.quality_panel import quality_panel, quality_words
from pages.shared.report_panel import report_panel

state.require_app()
opening.open_panel()
if notice := state.take_notice():
    st.info(notice)


@st.fragment
def hero(
    shown: widgets.Shown,
    quality: Quality,
    measurements: Measurements,
    prediction: Prediction | None = None,
) -> None:
    """Draw the paper; a fragment, so that a new layout redraws nothing else."""
    paper = st.container()  # above the switch that decides what is drawn under its leads
    found, finding = None, explanation_controls(prediction) if prediction else None
    if finding is not None:
        found = explanation(shown, quality, finding)
    with paper:
        paper_tools.reading_paper(
            shown.recording,
            attention=dict(prediction.attention) if prediction else {},
            offset_s=shown.start_s,
            beats=measurements.beats,
            bands=found if found and found.complete else None,
        )
    if found is not None:
        explanation_text(found)
        without_lead_panel(shown, quality, found.finding)


def findings(shown: widgets.Shown, quality: Quality) -> Prediction | None:
    """Draw paper, findings, attention and measurements; return what the model says, if it may."""
    measurements = cache.measurements(shown.recording)
    if quality.refused:
        hero(shown, quality, measurements)
        return None
    prediction = cache.prediction(state.model_name(), shown.recording, quality.usable)
    hero(shown, quality, measurements, prediction)
    measurement_panel(measurements)
    left, right = widgets.side_by_side(1.35)
    with left:
        st.subheader(say("Findings"))
        st.markdown(widgets.findings_sentence(prediction))
        widgets.chart(finding_bars(prediction), "findings", say("Probability of each finding"))
        if prediction.top is not None:
            st.caption(say("This model picks exactly one of its classes: the most probable."))
        else:
            st.caption(
                say("✓ Reported: at or over the black mark, the threshold set on validation data.")
            )
    with right:
        st.subheader(say("Attention per lead"))
        if prediction.attention:
            figure = attention_bars(prediction.attention)
            widgets.chart(figure, "attention", say("Weight of each lead"))
            st.caption(
                say("Share of each lead in the decision; the dotted line is an equal share.")
            )
        else:
            st.write(say("This network sees the leads in fixed order and has no weights per lead."))
    widgets.show_warnings(prediction.warnings)
    return prediction


item = state.active()
if item is not None:
    st.header(widgets.shown_name(item), anchor=False)
    shown = widgets.window_slider(item)
    quality = cache.quality(shown.recording)
    facts = f"{widgets.facts(item)} · {quality_words(quality)}"
    st.caption("  \n".join(text for text in (facts, translated(item.note)) if text))
    # Above the tracing: a wrong gain or lead name makes everything below it wrong.
    widgets.show_warnings(item.recording.warnings)
    quality_panel(quality)
    prediction = None
    try:
        prediction = findings(shown, quality)
    except EcgError as error:
        st.error(translated(str(error)), icon=":material/error:")
    report_panel(item, shown, prediction)
    export_panel(item, shown.recording)
