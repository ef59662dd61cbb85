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
from pages.shared import widgets


def identity(card: Card) -> None:
    """Say what the model is, what it was trained on and what it must not be used for."""
    st.header(f"Model card: {card.title}", anchor=False)
    st.write(card.summary)
    st.write(card.data)
    _figures(card)
    unjudged = card.unjudged
    st.warning(
        "Not for diagnosis. The figures below hold for the named test records and nothing else. A "
        "finding that is not in the table cannot be reported, and silence is not a normal ECG."
        + (f" Too rare in the test records to judge: {', '.join(unjudged)}." if unjudged else ""),
        icon=":material/warning:",
    )


def _figures(card: Card) -> None:
    figures = headlines(card)
    if not figures:
        st.info("This model has not been measured on test records.", icon=":material/info:")
    with st.container(horizontal=True, gap="medium"):
        for figure in figures:
            st.metric(
                figure.label,
                figure.value,
                figure.uncertainty,
                delta_color="off",
                delta_arrow="off",
                help=figure.explanation,
                width="content",
            )
        test = card.measured.test
        if test is not None:
            patients = f"{test.patients:,} patients" if test.patients else None
            st.metric(
                "Test records", f"{test.records:,}", patients,
                delta_color="off", delta_arrow="off", width="content",
            )  # fmt: skip
        st.metric("Parameters", f"{card.parameters:,}", width="content")


def performance(cards: Sequence[Card]) -> None:
    """Show how well each finding is told apart, on test records and on sets from elsewhere."""
    st.subheader("How well each finding is told apart", anchor=False)
    measured = [card for card in cards if card.measured.test is not None]
    if not measured:
        st.write("No model here was measured on test records.")
        return
    st.caption(
        "Area under the ROC curve on test records, with 95 % bootstrap intervals. An interval of "
        "one point means that every draw was separated perfectly, not that the next patient will."
    )
    widgets.chart(auc_intervals(measured), "auc", "Area under the curve per finding and model")
    for tab, card in zip(st.tabs([card.title for card in measured]), measured, strict=True):
        with tab:
            if card.measured.test is not None:
                st.dataframe(scores_table(card.measured.test), hide_index=True, height="content")


def elsewhere(cards: Sequence[Card]) -> None:
    """Show the sets that came from elsewhere than the training data, apart."""
    st.subheader("On recordings from elsewhere", anchor=False)
    measured = [card for card in cards if card.measured.external]
    if not measured:
        st.write("No model here was measured on recordings from elsewhere.")
        return
    st.caption(
        "Area under the ROC curve with 95 % interval, and the number of records that have the "
        "finding. No record of these sets was used in training or to choose anything."
    )
    st.dataframe(external_table(measured), hide_index=True, height="content")


def calibration(card: Card) -> None:
    """Show how far probabilities can be believed."""
    st.subheader("How far a probability can be believed", anchor=False)
    curves, group = card.measured.reliability, card.group("all")
    if not curves or group is None:
        st.write(f"The calibration of {card.title} was not measured.")
        return
    st.caption(
        f"Of the records given a certain probability, how many have the finding. On the dotted "
        f"line the two agree. Mean calibration error {group.calibration_error_before or 0.0:.3f} "
        f"before and {group.calibration_error} after calibration on validation records; "
        f"{group.calibration_error_if_true or 0.0:.3f} is what chance alone would show here."
    )
    pooled = {key: curves[key] for key in GROUP_TITLES if key in curves}
    widgets.chart(reliability_panels(pooled), "reliability", "Reliability of all findings together")
    with st.expander("Each finding alone"):
        alone = {code: curve for code, curve in curves.items() if code in group.labels}
        widgets.chart(reliability_panels(alone), "reliability_each", "Reliability of each finding")


def swapped(cards: Sequence[Card]) -> None:
    """Show what exchanged electrodes do, the models side by side."""
    st.subheader("What swapped electrodes do", anchor=False)
    st.caption(
        "Every test record with its electrodes swapped, against the same record as it is. Changed: "
        "the share of records that gain or lose a rhythm, conduction or ectopy finding, and in "
        "brackets any finding, superclasses included."
    )
    measured = [card for card in cards if card.measured.swaps]
    if not measured:
        st.write("No model here was measured with swapped electrodes.")
        return
    widgets.chart(share_changed_bars(measured), "share_changed", "Records with a changed finding")
    st.dataframe(swaps_table(measured), hide_index=True, height="content")
    for group, title in (
        ("chest", "Chest electrodes exchanged"),
        ("limb_chest", "Limb and chest cables of one colour exchanged"),
    ):
        _scenarios(cards, group, title, "Exchange")


def incomplete(cards: Sequence[Card]) -> None:
    """Show what missing leads do, the models side by side."""
    st.subheader("What missing leads do", anchor=False)
    measured = [card for card in cards if card.measured.scenarios.get("fewer")]
    if not measured:
        st.write("No model here was measured with fewer leads.")
        return
    st.caption("Macro-AUC on test records when only some leads are shown, with 95 % intervals.")
    widgets.chart(auc_with_leads(measured), "fewer", "Macro-AUC with fewer leads")
    st.dataframe(
        scenarios_table("Leads shown", measured, "fewer"), hide_index=True, height="content"
    )
    _scenarios(cards, "missing", "One lead missing", "Missing lead")


def _scenarios(cards: Sequence[Card], group: str, title: str, heading: str) -> None:
    """Offer one group of scenarios to whoever wants to see it."""
    measured = [card for card in cards if card.measured.scenarios.get(group)]
    if not measured:
        st.write(f"{title}: not measured.")
        return
    with st.expander(title):
        scores = [card.measured.scenarios[group] for card in measured]
        alt = f"Records with a changed finding: {title}"
        widgets.chart(changed_bars(measured, scores), group, alt)
        table = scenarios_table(heading, measured, group)
        st.dataframe(table, hide_index=True, height="content")


def details(card: Card) -> None:
    """Show how the model was made, so that it can be made again."""
    st.subheader("How it was made", anchor=False)
    for title, settings in (
        ("Training", card.training),
        ("Preprocessing", card.preprocessing),
        ("Network", card.network),
    ):
        with st.expander(title):
            st.table(settings_table(settings))
    st.caption(f"SHA-256 of the weights: {card.sha256}")
