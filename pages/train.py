"""Train networks in processes of their own: start, watch, stop, resume, compare."""

import streamlit as st

from ecgcore.learn import runs
from pages.shared import state
from pages.shared.train_compare import compare
from pages.shared.train_form import new_run
from pages.shared.train_watch import watch

state.require_app("pages/train.py")
st.header("Training", anchor=False)
allowed = runs.training_allowed()
if not allowed:
    st.info(
        "Training is switched off on this server: its administrator has set LEADPROOF_TRAINING to "
        "off. Runs can be looked at and their checkpoints used.",
        icon=":material/lock:",
    )
if notice := state.take_notice():
    st.warning(notice, icon=":material/warning:")

watching, starting, comparing = st.tabs(
    state.TRAIN_VIEWS,
    default=state.TRAIN_VIEWS[0] if runs.list_runs(runs.runs_root()) else state.TRAIN_VIEWS[1],
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
            st.write("No run can be started here.")
if comparing.open:
    with comparing:
        compare()
