"""Train networks in processes of their own: start, watch, stop, resume, compare."""

import streamlit as st

from ecgcore.learn import runs
from pages.shared import language, state
from pages.shared.language import say
from pages.shared.train_compare import compare
from pages.shared.train_form import new_run
from pages.shared.train_watch import watch

state.require_app("pages/train.py")
st.header(say("Training"), anchor=False)
allowed = runs.training_allowed()
if not allowed:
    st.info(
        say(
            "Training is switched off on this server: its administrator has set LEADPROOF_TRAINING "
            "to off. Runs can be looked at and their checkpoints used."
        ),
        icon=":material/lock:",
    )
if notice := state.take_notice():
    st.warning(notice, icon=":material/warning:")

language.relabel(state.TRAIN_VIEW, state.TRAIN_VIEWS)
views = [say(view) for view in state.TRAIN_VIEWS]
watching, starting, comparing = st.tabs(
    views,
    default=views[0] if runs.list_runs(runs.runs_root()) else views[1],
    key=state.TRAIN_VIEW,
    on_change="rerun",
)
# Only the open one is computed, so that no hidden panel refreshes itself.
if watching.open:
    with watching:
        watch()
if starting.open:
    with starting:
        if allowed:
            new_run()
        else:
            st.write(say("No run can be started here."))
if comparing.open:
    with comparing:
        compare()
