"""Several training runs beside each other: their curves, and what they were told differently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from ecgcore.learn import runs
from ecgcore.learn.run_folder import Run
from ecgcore.review.training_charts import RUN_COLOURS, curves_chart, label_panels
from pages.shared import state, widgets
from pages.shared.language import listed, say, translated
from pages.shared.train_watch import curve, label_curves, panel_columns


def compare() -> None:
    """Pick runs and lay them over each other."""
    found = {run.id: run for run in runs.list_runs(runs.runs_root()) if run.epochs}
    if len(found) < 2:
        st.info(say("Two runs with at least one epoch each can be compared."))
        return
    picked = st.multiselect(
        say("Runs to compare"),
        list(found),
        default=list(found)[:2],
        max_selections=len(RUN_COLOURS),
        placeholder=say("Choose runs"),
        key=state.COMPARED_RUNS,
    )
    chosen = [found[run_id] for run_id in picked]
    if chosen:
        _curves(chosen)
        _tables(chosen)


def _curves(chosen: Sequence[Run]) -> None:
    last = max(run.epochs[-1].epoch for run in chosen)
    left, right = widgets.side_by_side()
    for side, quantity, title, is_auc in (
        (left, "validation_macro_auc", "Macro-AUC, validation", True),
        (right, "validation_loss", "Loss, validation", False),
    ):
        curves = [
            curve(run, quantity, run.id, colour=colour)
            for run, colour in zip(chosen, RUN_COLOURS, strict=False)
        ]
        with side:
            st.markdown(f"**{say(title)}**")
            figure = curves_chart(curves, last, is_auc=is_auc)
            widgets.chart(figure, f"compared_{quantity}", say(title))
    st.markdown(f"**{say('AUC per finding, validation')}**")
    panels = [
        label_curves(run, colour=colour) for run, colour in zip(chosen, RUN_COLOURS, strict=False)
    ]
    figure = label_panels(panels, last, panel_columns())
    widgets.chart(figure, "compared_labels", say("AUC per finding and run"))


def _tables(chosen: Sequence[Run]) -> None:
    st.markdown(f"**{say('How far they came')}**")
    st.dataframe(pd.DataFrame([_outcome(run) for run in chosen]), hide_index=True, height="content")
    st.markdown(f"**{say('What they were told differently')}**")
    rows = runs.differences(chosen)
    if len(chosen) < 2 or not rows:
        st.write(say("Nothing: their configurations are the same, apart from their names."))
        return
    table = pd.DataFrame(
        {run.id: [_text(values[n]) for values in rows.values()] for n, run in enumerate(chosen)},
        index=pd.Index(list(rows), name=say("field")),
    )
    st.dataframe(table, height="content")


def _outcome(run: Run) -> dict[str, Any]:
    final = run.epochs[-1]
    seconds = [epoch.seconds for epoch in run.epochs if epoch.seconds is not None]
    return {
        say("run"): run.id,
        say("state"): translated(run.state),
        say("epochs"): len(run.epochs),
        say("best macro-AUC"): run.best_macro_auc,
        say("last validation loss"): final.validation_loss,
        say("records/s"): final.records_per_s,
        say("minutes"): sum(seconds) / 60,
        say("device"): run.status.device_name or run.status.device if run.status else "",
    }


def _text(value: Any) -> str:
    """Write a value of the configuration."""
    if value is None:
        return "–"
    if isinstance(value, list | tuple):
        return listed(_text(item) for item in value)
    return str(value)
