"""Sections of the model card: what was measured, and a sentence where nothing was."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ecgcore.model.measured import GROUP_TITLES
from ecgcore.review.card import Card
from ecgcore.review.card_charts import (
    auc_intervals,
    auc_with_leads,
    changed_bars,
    reliability_panels,
    share_changed_bars,
)
from ecgcore.review.card_headlines import headlines
from ecgcore.review.card_tables import (
    external_table,
    scenarios_table,
    scores_table,
    settings_table,
    swaps_table,
)
from pages.shared import language, widgets
from pages.shared.language import listed, say, table, titled, translated


def identity(card: Card) -> None:
    """Say what the model is, what it was trained on and what it must not be used for."""
    st.header(say("Model card: {title}", title=titled(card.title)), anchor=False)
    st.write(translated(card.summary))
    st.write(translated(card.data))
    _figures(card)
    unjudged = card.unjudged
    text = say(
        "Not for diagnosis. The figures below hold for the named test records and nothing else. A "
        "finding that is not in the table cannot be reported, and silence is not a normal ECG."
    )
    if unjudged:
        names = listed(map(translated, unjudged))
        text += say(" Too rare in the test records to judge: {findings}.", findings=names)
    st.warning(text, icon=":material/warning:")


def _figures(card: Card) -> None:
    figures = headlines(card)
    if not figures:
        st.info(say("This model has not been measured on test records."), icon=":material/info:")
    with st.container(horizontal=True, gap="medium"):
        for figure in figures:
            st.metric(
                translated(figure.label),
                figure.value,
                translated(figure.uncertainty),
                delta_color="off",
                delta_arrow="off",
                help=translated(figure.explanation),
                width="content",
            )
        test = card.measured.test
        if test is not None:
            patients = say("{n:,} patients", n=test.patients) if test.patients else None
            st.metric(
                say("Test records"), f"{test.records:,}", patients,
                delta_color="off", delta_arrow="off", width="content",
            )  # fmt: skip
        st.metric(say("Parameters"), f"{card.parameters:,}", width="content")


def performance(cards: Sequence[Card]) -> None:
    """Show how well each finding is told apart, on test records and on sets from elsewhere."""
    st.subheader(say("How well each finding is told apart"), anchor=False)
    measured = [card for card in cards if card.measured.test is not None]
    if not measured:
        st.write(say("No model here was measured on test records."))
        return
    st.caption(
        say(
            "Area under the ROC curve on test records, with 95 % bootstrap intervals. An interval "
            "of one point means that every draw was separated perfectly, not that the next patient "
            "will."
        )
    )
    alt = say("Area under the curve per finding and model")
    widgets.chart(auc_intervals(measured), "auc", alt)
    tabs = st.tabs([titled(card.title) for card in measured])
    for tab, card in zip(tabs, measured, strict=True):
        with tab:
            if card.measured.test is not None:
                scores = table(scores_table(card.measured.test))
                st.dataframe(scores, hide_index=True, height="content")


def elsewhere(cards: Sequence[Card]) -> None:
    """Show the sets that came from elsewhere than the training data, apart."""
    st.subheader(say("On recordings from elsewhere"), anchor=False)
    measured = [card for card in cards if card.measured.external]
    if not measured:
        st.write(say("No model here was measured on recordings from elsewhere."))
        return
    st.caption(
        say(
            "Area under the ROC curve with 95 % interval, and the number of records that have the "
            "finding. No record of these sets was used in training or to choose anything."
        )
    )
    st.dataframe(table(external_table(measured)), hide_index=True, height="content")


def calibration(card: Card) -> None:
    """Show how far probabilities can be believed."""
    st.subheader(say("How far a probability can be believed"), anchor=False)
    curves, group = card.measured.reliability, card.group("all")
    if not curves or group is None:
        st.write(say("The calibration of {title} was not measured.", title=titled(card.title)))
        return
    st.caption(
        say(
            "Of the records given a certain probability, how many have the finding. On the dotted "
            "line the two agree. Mean calibration error {before:.3f} before and {after} after "
            "calibration on validation records; {chance:.3f} is what chance alone would show here.",
            before=group.calibration_error_before or 0.0,
            after=translated(str(group.calibration_error)),
            chance=group.calibration_error_if_true or 0.0,
        )
    )
    pooled = {key: curves[key] for key in GROUP_TITLES if key in curves}
    alt = say("Reliability of all findings together")
    widgets.chart(reliability_panels(pooled), "reliability", alt)
    with st.expander(say("Each finding alone")):
        alone = {code: curve for code, curve in curves.items() if code in group.labels}
        alt = say("Reliability of each finding")
        widgets.chart(reliability_panels(alone), "reliability_each", alt)


def swapped(cards: Sequence[Card]) -> None:
    """Show what exchanged electrodes do, the models side by side."""
    st.subheader(say("What swapped electrodes do"), anchor=False)
    st.caption(
        say(
            "Every test record with its electrodes swapped, against the same record as it is. "
            "Changed: the share of records that gain or lose a rhythm, conduction or ectopy "
            "finding, and in brackets any finding, superclasses included."
        )
    )
    measured = [card for card in cards if card.measured.swaps]
    if not measured:
        st.write(say("No model here was measured with swapped electrodes."))
        return
    alt = say("Records with a changed finding")
    widgets.chart(share_changed_bars(measured), "share_changed", alt)
    st.dataframe(table(swaps_table(measured)), hide_index=True, height="content")
    for group, title in (
        ("chest", "Chest electrodes exchanged"),
        ("limb_chest", "Limb and chest cables of one colour exchanged"),
    ):
        _scenarios(cards, group, title, "Exchange")


def incomplete(cards: Sequence[Card]) -> None:
    """Show what missing leads do, the models side by side."""
    st.subheader(say("What missing leads do"), anchor=False)
    measured = [card for card in cards if card.measured.scenarios.get("fewer")]
    if not measured:
        st.write(say("No model here was measured with fewer leads."))
        return
    st.caption(
        say("Macro-AUC on test records when only some leads are shown, with 95 % intervals.")
    )
    widgets.chart(auc_with_leads(measured), "fewer", say("Macro-AUC with fewer leads"))
    scores = table(scenarios_table("Leads shown", measured, "fewer"))
    st.dataframe(scores, hide_index=True, height="content")
    _scenarios(cards, "missing", "One lead missing", "Missing lead")


def _scenarios(cards: Sequence[Card], group: str, title: str, heading: str) -> None:
    """Offer one group of scenarios to whoever wants to see it."""
    measured = [card for card in cards if card.measured.scenarios.get(group)]
    if not measured:
        st.write(say("{title}: not measured.", title=say(title)))
        return
    with st.expander(say(title)):
        scores = [card.measured.scenarios[group] for card in measured]
        alt = say("Records with a changed finding: {title}", title=say(title))
        widgets.chart(changed_bars(measured, scores), group, alt)
        rows = table(scenarios_table(heading, measured, group))
        st.dataframe(rows, hide_index=True, height="content")


def details(card: Card) -> None:
    """Show how the model was made, so that it can be made again."""
    st.subheader(say("How it was made"), anchor=False)
    for title, settings in (
        ("Training", card.training),
        ("Preprocessing", card.preprocessing),
        ("Network", card.network),
    ):
        with st.expander(say(title)):
            st.table(language.settings(settings_table(settings)))
    st.caption(say("SHA-256 of the weights: {sha256}", sha256=card.sha256))
