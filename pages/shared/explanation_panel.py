"""Why a model reports a finding: bands under the leads, and each lead left out. Only on request."""

from __future__ import annotations

import streamlit as st

from ecgcore.model.labels import NAMES
from ecgcore.model.prediction import Prediction
from ecgcore.review.explain import TOLERANCE, Explanation
from ecgcore.review.lead_out_chart import lead_out_cells
from ecgcore.signal.quality import Quality
from pages.shared import cache, state, widgets
from pages.shared.language import say, translated

_CHART = "without_lead"


def explanation_controls(prediction: Prediction) -> str | None:
    """Draw the switch and the list of findings; return the finding to explain, if one is wanted."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        wanted = st.toggle(
            say("Why this finding?"),
            key=state.EXPLAIN,
            persist_state="session",
            help=say(
                "Draws under each lead which moments spoke for and against one finding, and shows "
                "how the findings change without each of the leads."
            ),
        )
        if not wanted:
            return None
        return st.selectbox(
            say("Finding"),
            findings_in_order(prediction),
            format_func=lambda code: _choice(code, prediction),
            key=state.explained_key(),
            label_visibility="collapsed",
            width=320,
        )


def findings_in_order(prediction: Prediction) -> list[str]:
    """Return all findings, the reported ones first, the most probable of each first."""
    return sorted(
        prediction.probabilities,
        key=lambda code: (code not in prediction.findings, -prediction.probabilities[code]),
    )


def _choice(code: str, prediction: Prediction) -> str:
    name = translated(NAMES[code])
    reported = " ✓" if code in prediction.findings else ""
    return f"{name} {prediction.probabilities[code]:.0%}{reported}"


def explanation(shown: widgets.Shown, quality: Quality, finding: str) -> Explanation:
    """Explain a finding of the shown stretch, or remember the explanation."""
    with st.spinner(say("Following the finding back to the tracing …")):
        return cache.explanation(state.model_name(), shown.recording, quality.usable, finding)


def explanation_text(found: Explanation) -> None:
    """Say how far the bands can be trusted and what they are; draw it below the paper."""
    name = translated(NAMES[found.finding])
    if not found.complete:
        st.warning(
            say(
                "No bands are drawn: after {steps} steps they add up to {total} instead of the "
                "{change} by which the tracing moves the log-odds of {finding}. That is off by "
                "more than {limit}.",
                steps=found.steps,
                total=_signed(found.total),
                change=_signed(found.change),
                finding=name,
                limit=f"{TOLERANCE:.0%}",
            ),
            icon=":material/warning:",
        )
        return
    st.caption(
        say(
            "The bands add up to {total} of the {change} by which this tracing moves the log-odds "
            "of {finding}, from {flat} for flat leads to {whole}; {error} is left over.",
            total=_signed(found.total),
            change=_signed(found.change),
            finding=name,
            flat=_signed(found.flat_log_odds),
            whole=_signed(found.log_odds),
            error=f"{found.error:.2f}",
        )
        + "  \n"
        + say(
            "Teal moments made this network more certain of the finding, orange ones less "
            "(integrated gradients). They explain the network, not the heart: a moment without "
            "colour may still matter to a reader."
        )
    )


def _signed(log_odds: float) -> str:
    return f"{log_odds:+.2f}".replace("-", "−")


def without_lead_panel(shown: widgets.Shown, quality: Quality, finding: str) -> None:
    """Show how the findings change when one lead is left out; `finding` has a row in any case."""
    result = cache.without_leads(state.model_name(), shown.recording, quality.usable)
    st.subheader(say("Without one lead"), anchor=False)
    notes = [translated(note) for note in result.notes]
    if result.without:
        figure = lead_out_cells(result, finding, width_px=state.page_width_px())
        widgets.chart(figure, _CHART, say("Change of each finding without each lead"))
        notes.insert(
            0,
            say(
                "Percentage points by which a probability changes when one lead is left out. "
                "✱ The finding is gained or lost."
            ),
        )
    st.caption("  \n".join(notes))
