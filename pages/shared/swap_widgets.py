"""Pieces of the swap lab: choosing a swap, what it did to leads and findings, undoing it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import pandas as pd
import streamlit as st

from ecgcore.electrodes import ELECTRODES, TABLE_ROWS, Swap, parse_swap, undo_swap
from ecgcore.misplacement import TABLES, apply_table, row_note
from ecgcore.model.prediction import Prediction, compare
from ecgcore.recording import Recording
from ecgcore.review.charts import attention_pair, finding_shift, rows_chart
from ecgcore.review.colours import BASELINE, OURS
from ecgcore.review.comparison import fates
from ecgcore.review.swap_summary import (
    ROW_EXPLANATIONS,
    SwapResult,
    change_text,
    changes_across,
)
from pages.shared import cache, models, state, widgets

_ROW_KIND = "Row of the table"
_PAIR_KIND = "Any two electrodes"
_TABLE_TITLES = {"potentials": "Electrode potentials", "published": "As published"}


@dataclass(frozen=True)
class Choice:
    """The swap to look at, and which version of the table."""

    swap: Swap
    table: str


def choose_swap() -> Choice:
    """Draw the pickers for swap and version of the table."""
    with st.container(horizontal=True, vertical_alignment="bottom", border=True):
        kind = widgets.segments("Swap", (_ROW_KIND, _PAIR_KIND), _ROW_KIND, state.SWAP_KIND)
        if kind == _PAIR_KIND:
            return _choose_pair()
        row = st.selectbox(
            "Misplacement",
            list(TABLE_ROWS),
            format_func=lambda name: f"{name}: {ROW_EXPLANATIONS[name]}",
            key=state.SWAP_ROW,
            persist_state="session",
            width=370,
        )
        table = widgets.segments(
            "Version", TABLES, TABLES[0], state.SWAP_TABLE, _TABLE_TITLES.__getitem__
        )
    return Choice(TABLE_ROWS[row], table)


def _choose_pair() -> Choice:
    one = st.selectbox(
        "This cable",
        ELECTRODES,
        index=ELECTRODES.index("V1"),
        key=state.CABLE_ONE,
        persist_state="session",
        width=130,
    )
    others = [electrode for electrode in ELECTRODES if electrode != one]
    two = st.selectbox(
        "and this one", others, index=1, key=state.CABLE_TWO, persist_state="session", width=130
    )
    return Choice(parse_swap(f"{one}/{two}"), TABLES[0])


def _predictions(name: str, before: Recording, after: Recording) -> tuple[Prediction, Prediction]:
    return cache.prediction(name, before), cache.prediction(name, after)


def summary_sentence(pair: widgets.Pair, before: Recording, after: Recording) -> None:
    """Say in plain words what the swap did to both models."""
    lines = [f"**Ours:** {change_text(compare(*_predictions(pair.ours, before, after)))}"]
    if pair.baseline is not None:
        change = compare(*_predictions(pair.baseline, before, after))
        lines.append(f"**Baseline:** {change_text(change)}")
    st.info("  \n".join(lines), icon=":material/compare_arrows:")


def table_row(choice: Choice, recording: Recording) -> None:
    """Show what the swap makes of each lead, and what the published table prints."""
    rows = fates(choice.swap, recording.leads)
    in_table = choice.swap.name in TABLE_ROWS
    with st.expander(f"What {choice.swap.name} does to each lead", expanded=True):
        table = (
            pd.DataFrame([asdict(row) for row in rows]).drop(columns="changed").set_index("lead")
        )
        table.columns = ["becomes", "certainty", "as published", "published cell"]
        table.index.name = ""
        if not in_table:
            table = table[["becomes", "certainty"]]
        st.table(table.T)
        if in_table:
            st.caption(row_note(choice.swap.name))


def attention_before_after(pair: widgets.Pair, before: Recording, after: Recording) -> None:
    """Show the weight of each lead in our model, before and after."""
    one, two = _predictions(pair.ours, before, after)
    st.subheader("Attention per lead", anchor=False)
    st.caption("Ours, before in grey, after in the colours of the paper. The baseline has none.")
    widgets.chart(attention_pair(one.attention, two.attention), "attention_pair", "Attention")


def findings_before_after(pair: widgets.Pair, before: Recording, after: Recording) -> None:
    """Show the findings of both models side by side."""
    st.subheader("Findings before and after", anchor=False)
    st.caption("Ring: before. Dot: after. Bar: threshold. Highlighted: the finding changed.")
    sides = widgets.side_by_side()
    for side, who, name, colour in zip(
        sides, ("Ours", "Baseline"), (pair.ours, pair.baseline), (OURS, BASELINE), strict=True
    ):
        if name is None:
            side.write("There is no baseline of this kind in weights/.")
            continue
        one, two = _predictions(name, before, after)
        with side:
            st.markdown(f"**{who}:** {models.facts(name).title}")
            widgets.chart(finding_shift(one, two, colour), f"shift_{name}", "Findings")


def all_rows(pair: widgets.Pair, recording: Recording, table: str) -> None:
    """Show all nine rows on this recording, both models."""
    st.subheader("All nine misplacements on this recording", anchor=False)
    names = [name for name in (pair.ours, pair.baseline) if name is not None]
    results = {name: cache.rows_summary(name, recording, table) for name in names}
    st.markdown(
        "  \n".join(
            f"**{title}**: findings change after {changes_across(results[name])} of "
            f"{len(results[name])} misplacements."
            for title, name in zip(("Ours", "Baseline"), names, strict=False)
        )
    )
    titles = {name: models.facts(name).title for name in names}
    widgets.chart(rows_chart(results, titles), "rows_chart", "Largest probability change per row")
    st.caption("Height: largest change of any probability. n✱: number of findings that changed.")
    st.dataframe(_rows_table(results), hide_index=True, height="content")


def _rows_table(results: dict[str, tuple[SwapResult, ...]]) -> pd.DataFrame:
    columns = {"misplacement": list(TABLE_ROWS)}
    for title, rows in zip(("ours", "baseline"), results.values(), strict=False):
        columns[f"{title}: largest change"] = [
            f"{row.change.largest_probability_change:.3f} {row.change.largest_changed_label}"
            for row in rows
        ]
        columns[f"{title}: changed findings"] = [_changed_codes(row) for row in rows]
    return pd.DataFrame(columns)


def _changed_codes(row: SwapResult) -> str:
    codes = [f"+{code}" for code in row.change.gained] + [f"−{code}" for code in row.change.lost]
    return ", ".join(codes) or "none"


def move_electrodes(item: state.OpenRecording, choice: Choice) -> None:
    """Offer to undo the swap on the active recording, to keep the swapped tracing, or to reset."""
    name = choice.swap.name
    with st.container(border=True):
        st.subheader("Put the electrodes back", anchor=False)
        undone = undo_swap(item.recording.signal, choice.swap)
        st.write(f"If this recording was made with {name}: {undone.statement}")
        with st.container(horizontal=True):
            st.button(
                "Undo: treat this recording as swapped and put the electrodes back",
                type="primary",
                icon=":material/undo:",
                on_click=_keep,
                args=(item, undone.signal, f"{name} undone", undone.statement),
            )
            st.button(
                "Keep the swapped tracing as the active recording",
                icon=":material/swap_horiz:",
                on_click=_keep,
                args=(
                    item,
                    apply_table(item.recording.signal, choice.swap, choice.table),
                    f"{name} swapped",
                    "Every page now shows the swapped tracing.",
                ),
            )
            if item.original is not None:
                st.button(
                    "Back to the original",
                    icon=":material/restart_alt:",
                    on_click=state.activate,
                    args=(item.original.recording.digest,),
                )


def _keep(item: state.OpenRecording, signal: object, what: str, statement: str) -> None:
    original = item.original or item
    state.add(original)
    moved = item.recording.with_signal(signal, f"The electrodes were moved here: {what}.")  # type: ignore[arg-type]
    state.show(
        replace(
            item,
            name=f"{item.name}, {what}",
            recording=moved,
            original=original,
            long=None,  # the other parts were not moved
            moved=(*item.moved, what),
        )
    )
    state.leave_notice(f"{what[0].upper()}{what[1:]}. {statement}")
