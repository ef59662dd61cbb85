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
from pages.shared.language import listed, say, translated

_ROW_KIND = "Row of the table"
_PAIR_KIND = "Any two electrodes"
_TABLE_TITLES = {"potentials": "Electrode potentials", "published": "As published"}
_SIDES = ("Ours", "Baseline")


@dataclass(frozen=True)
class Choice:
    """The swap to look at, and which version of the table."""

    swap: Swap
    table: str


def choose_swap() -> Choice:
    """Draw the pickers for swap and version of the table."""
    with st.container(horizontal=True, vertical_alignment="bottom", border=True):
        kind = widgets.segments(
            say("Swap"), (_ROW_KIND, _PAIR_KIND), _ROW_KIND, state.SWAP_KIND, say
        )
        if kind == _PAIR_KIND:
            return _choose_pair()
        row = st.selectbox(
            say("Misplacement"),
            list(TABLE_ROWS),
            format_func=_explained,
            key=state.SWAP_ROW,
            persist_state="session",
            width=370,
        )
        table = widgets.segments(
            say("Version"),
            TABLES,
            TABLES[0],
            state.SWAP_TABLE,
            lambda table: say(_TABLE_TITLES[table]),
        )
    return Choice(TABLE_ROWS[row], table)


def _explained(row: str) -> str:
    """Name of a row of the table with the wiring that it stands for."""
    wiring = translated(ROW_EXPLANATIONS[row])
    return say("{row}: {wiring}", row=translated(row), wiring=wiring)


def _choose_pair() -> Choice:
    one = st.selectbox(
        say("This cable"),
        ELECTRODES,
        index=ELECTRODES.index("V1"),
        key=state.CABLE_ONE,
        persist_state="session",
        width=130,
    )
    others = [electrode for electrode in ELECTRODES if electrode != one]
    two = st.selectbox(
        say("and this one"),
        others,
        index=1,
        key=state.CABLE_TWO,
        persist_state="session",
        width=130,
    )
    return Choice(parse_swap(f"{one}/{two}"), TABLES[0])


def _predictions(name: str, before: Recording, after: Recording) -> tuple[Prediction, Prediction]:
    return cache.prediction(name, before), cache.prediction(name, after)


def summary_sentence(pair: widgets.Pair, before: Recording, after: Recording) -> None:
    """Say in plain words what the swap did to both models."""
    lines = []
    for who, name in zip(_SIDES, (pair.ours, pair.baseline), strict=True):
        if name is not None:
            change = change_text(compare(*_predictions(name, before, after)))
            lines.append(say("**{who}:** {change}", who=say(who), change=translated(change)))
    st.info("  \n".join(lines), icon=":material/compare_arrows:")


def table_row(choice: Choice, recording: Recording) -> None:
    """Show what the swap makes of each lead, and what the published table prints."""
    rows = fates(choice.swap, recording.leads)
    in_table = choice.swap.name in TABLE_ROWS
    heading = say("What {swap} does to each lead", swap=translated(choice.swap.name))
    with st.expander(heading, expanded=True):
        table = (
            pd.DataFrame([asdict(row) for row in rows]).drop(columns="changed").set_index("lead")
        )
        table = table.map(translated)
        table.columns = [
            say("becomes"),
            say("certainty"),
            say("as published"),
            say("published cell"),
        ]
        table.index.name = ""
        if not in_table:
            table = table.iloc[:, :2]
        st.table(table.T)
        if in_table:
            st.caption(translated(row_note(choice.swap.name)))


def attention_before_after(pair: widgets.Pair, before: Recording, after: Recording) -> None:
    """Show the weight of each lead in our model, before and after."""
    one, two = _predictions(pair.ours, before, after)
    st.subheader(say("Attention per lead"), anchor=False)
    st.caption(
        say("Ours, before in grey, after in the colours of the paper. The baseline has none.")
    )
    figure = attention_pair(one.attention, two.attention)
    widgets.chart(figure, "attention_pair", say("Attention before and after"))


def findings_before_after(pair: widgets.Pair, before: Recording, after: Recording) -> None:
    """Show the findings of both models side by side."""
    st.subheader(say("Findings before and after"), anchor=False)
    st.caption(say("Ring: before. Dot: after. Bar: threshold. Highlighted: the finding changed."))
    sides = widgets.side_by_side()
    for side, who, name, colour in zip(
        sides, _SIDES, (pair.ours, pair.baseline), (OURS, BASELINE), strict=True
    ):
        if name is None:
            side.write(say("There is no baseline of this kind in weights/."))
            continue
        one, two = _predictions(name, before, after)
        with side:
            st.markdown(say("**{who}:** {title}", who=say(who), title=models.shown_title(name)))
            figure = finding_shift(one, two, colour)
            widgets.chart(figure, f"shift_{name}", say("Findings before and after"))


def all_rows(pair: widgets.Pair, recording: Recording, table: str) -> None:
    """Show all nine rows on this recording, both models."""
    st.subheader(say("All nine misplacements on this recording"), anchor=False)
    names = [name for name in (pair.ours, pair.baseline) if name is not None]
    results = {name: cache.rows_summary(name, recording, table) for name in names}
    st.markdown(
        "  \n".join(
            say(
                "**{who}**: findings change after {changed} of {n} misplacements.",
                who=say(who),
                changed=changes_across(results[name]),
                n=len(results[name]),
            )
            for who, name in zip(_SIDES, names, strict=False)
        )
    )
    titles = {name: models.shown_title(name) for name in names}
    figure = rows_chart(results, titles)
    widgets.chart(figure, "rows_chart", say("Largest probability change per row"))
    st.caption(
        say("Height: largest change of any probability. n✱: number of findings that changed.")
    )
    st.dataframe(_rows_table(results), hide_index=True, height="content")


def _rows_table(results: dict[str, tuple[SwapResult, ...]]) -> pd.DataFrame:
    columns = {say("misplacement"): [translated(row) for row in TABLE_ROWS]}
    for who, rows in zip(("ours", "baseline"), results.values(), strict=False):
        columns[say("{who}: largest change", who=say(who))] = [
            f"{row.change.largest_probability_change:.3f} {row.change.largest_changed_label}"
            for row in rows
        ]
        columns[say("{who}: changed findings", who=say(who))] = [
            _changed_codes(row) for row in rows
        ]
    return pd.DataFrame(columns)


def _changed_codes(row: SwapResult) -> str:
    codes = [f"+{code}" for code in row.change.gained] + [f"−{code}" for code in row.change.lost]
    return listed(codes) or say("none")


def move_electrodes(item: state.OpenRecording, choice: Choice) -> None:
    """Offer to undo the swap on the active recording, to keep the swapped tracing, or to reset."""
    name = choice.swap.name
    with st.container(border=True):
        st.subheader(say("Put the electrodes back"), anchor=False)
        undone = undo_swap(item.recording.signal, choice.swap)
        statement = translated(undone.statement)
        shown = translated(name)
        st.write(say("If this recording was made with {swap}: {said}", swap=shown, said=statement))
        with st.container(horizontal=True):
            st.button(
                say("Undo: treat this recording as swapped and put the electrodes back"),
                type="primary",
                icon=":material/undo:",
                on_click=_keep,
                args=(item, undone.signal, f"{name} undone", statement),
            )
            st.button(
                say("Keep the swapped tracing as the active recording"),
                icon=":material/swap_horiz:",
                on_click=_keep,
                args=(
                    item,
                    apply_table(item.recording.signal, choice.swap, choice.table),
                    f"{name} swapped",
                    say("Every page now shows the swapped tracing."),
                ),
            )
            if item.original is not None:
                st.button(
                    say("Back to the original"),
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
    done = translated(what)
    state.leave_notice(
        say("{done}. {statement}", done=done[0].upper() + done[1:], statement=statement)
    )
