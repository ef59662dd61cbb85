"""Swap two electrodes on the active recording: tracing, attention and findings before and after."""

import streamlit as st

from ecgcore.errors import EcgError
from ecgcore.misplacement import apply_table
from ecgcore.review.comparison import draw_comparison, shown_as
from pages.shared import compare_choice, state, swap_widgets, widgets
from pages.shared.language import say, translated

state.require_app()
item = state.active()
if notice := state.take_notice():
    st.success(notice, icon=":material/check_circle:")


@st.fragment
def tracings(shown: widgets.Shown, choice: swap_widgets.Choice) -> None:
    """Draw both tracings over each other; a fragment, so that a new layout redraws nothing else."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        form = widgets.paper_controls()
    swapped = apply_table(shown.recording.signal, choice.swap, choice.table)
    figure = draw_comparison(
        shown.recording,
        shown.recording.with_signal(swapped),
        shown_as(choice.swap, choice.table, shown.recording.leads),
        form,
        offset_s=shown.start_s,
        width_px=state.page_width_px(),
    )
    alt = say("12-lead ECG before and after {swap}", swap=translated(choice.swap.name))
    widgets.paper(figure, "comparison", alt)
    st.caption(say("Grey: before. Teal: after. Yellow names: leads that the swap changed."))


def laboratory(item: state.OpenRecording) -> None:
    """Draw the page for one recording."""
    choice = swap_widgets.choose_swap()
    shown = widgets.window_slider(item)
    swapped = shown.recording.with_signal(
        apply_table(shown.recording.signal, choice.swap, choice.table)
    )
    pair = widgets.model_pair()
    swap_widgets.summary_sentence(pair, shown.recording, swapped)
    tracings(shown, choice)
    compare_choice.offer_comparison(item, choice.swap, choice.table)
    swap_widgets.findings_before_after(pair, shown.recording, swapped)
    swap_widgets.attention_before_after(pair, shown.recording, swapped)
    swap_widgets.table_row(choice, shown.recording)
    swap_widgets.all_rows(pair, shown.recording, choice.table)
    swap_widgets.move_electrodes(item, choice)


if item is None:
    st.info(say("Open a recording on the Review page first."))
else:
    st.header(say("Swap lab: {name}", name=widgets.shown_name(item)), anchor=False)
    try:
        laboratory(item)
    except EcgError as error:
        st.error(translated(str(error)), icon=":material/error:")
