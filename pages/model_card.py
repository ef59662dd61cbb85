"""What the chosen model is, what it was trained on, and how well it was measured to work."""

from collections.abc import Sequence

import streamlit as st

from ecgcore.errors import EcgError
from ecgcore.review.card import Card, source_title
from ecgcore.review.card_charts import auc_intervals, share_changed_bars
from ecgcore.review.card_tables import scores_table, settings_table, swaps_table
from pages.shared import cache, state, widgets


def identity(card: Card) -> None:
    """Say what the model is, what it was trained on and what it must not be used for."""
    st.header(f"Model card: {card.title}", anchor=False)
    st.write(card.summary)
    st.write(card.data)
    with st.container(horizontal=True):
        st.metric("Macro-AUC on test", card.test.macro_auc.short)
        st.metric("Test records", f"{card.test.records:,}")
        st.metric("Training records", f"{card.training.get('records', '–'):,}")
        st.metric("Parameters", f"{card.parameters:,}")
    unjudged = card.unjudged
    st.warning(
        "Not for diagnosis. The figures below hold for the named test records and nothing else. A "
        "finding that is not in the table cannot be reported, and silence is not a normal ECG."
        + (f" Too rare in the test records to judge: {', '.join(unjudged)}." if unjudged else ""),
        icon=":material/warning:",
    )


def performance(cards: Sequence[Card]) -> None:
    """Show the area under the curve per finding, ours beside the baseline."""
    st.subheader("How well each finding is told apart", anchor=False)
    st.caption("Area under the ROC curve on test records, with 95 % bootstrap intervals.")
    widgets.chart(auc_intervals(cards), "auc", "Area under the curve per finding and model")
    tabs = st.tabs([card.title for card in cards])
    for tab, card in zip(tabs, cards, strict=True):
        with tab:
            st.dataframe(scores_table(card.test), hide_index=True, height="content")
            for source, evaluation in card.external.items():
                title = f"{source_title(source)}: {evaluation.records} records"
                with st.expander(f"{title}, macro-AUC {evaluation.macro_auc}"):
                    st.caption("From elsewhere than the training data.")
                    st.dataframe(scores_table(evaluation), hide_index=True, height="content")


def robustness(cards: Sequence[Card]) -> None:
    """Show what the nine misplacements do on the test records."""
    st.subheader("What swapped electrodes do", anchor=False)
    st.caption("Every test record with its electrodes swapped, against the same record as it is.")
    widgets.chart(share_changed_bars(cards), "share_changed", "Records with a changed finding")
    st.dataframe(swaps_table(cards), hide_index=True, height="content")


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


state.require_app()
try:
    pair = widgets.model_pair()
    cards = [cache.card(name) for name in (pair.ours, pair.baseline) if name is not None]
    chosen = cache.card(state.model_name())
    identity(chosen)
    performance(cards)
    robustness(cards)
    details(chosen)
except EcgError as error:
    st.error(str(error), icon=":material/error:")
