"""One training run on the screen: its state, its curves, and what can be done with it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ecgcore.errors import TrainingError
from ecgcore.learn import runs
from ecgcore.learn.run_folder import CONFIG, Run
from ecgcore.model.labels import CODES
from ecgcore.review.colours import UNREPORTED
from ecgcore.review.training_charts import Curve, curves_chart, label_panels
from pages.shared import models, state, widgets
from pages.shared.language import say, titled, translated

REFRESH_S = 2.0
_BADGES: Mapping[str, tuple[str, str]] = {
    "starting": ("blue", ":material/hourglass_empty:"),
    "preparing": ("blue", ":material/database:"),
    "running": ("green", ":material/play_arrow:"),
    "stopping": ("orange", ":material/pause:"),
    "stopped": ("gray", ":material/stop:"),
    "finished": ("green", ":material/check:"),
    "failed": ("red", ":material/error:"),
    "interrupted": ("orange", ":material/power_off:"),
}
_PANEL_PX = 180  # the least width at which the title of a panel fits


def watch() -> None:
    """Pick a run and show it; while a process is at work, the panel refreshes itself."""
    found = runs.list_runs(runs.runs_root())
    if not found:
        st.info(say("No run yet. Start one under **New run**; it needs nothing downloaded."))
        return
    ids = [run.id for run in found]
    if lost := state.follow_link_to_run(ids):
        st.warning(
            say('There is no run "{run}" here (any more).', run=lost), icon=":material/link_off:"
        )
    run_id = st.selectbox(
        say("Run"),
        ids,
        key=state.RUN,
        help=say("The link of this page names the run: keep it to come back."),
    )
    state.link_to_run()
    active = next(run.active for run in found if run.id == run_id)
    st.fragment(_panel, run_every=REFRESH_S if active else None)(run_id, was_active=active)


def _panel(run_id: str, *, was_active: bool) -> None:
    """Draw the run as it stands now."""
    try:
        run = runs.read_run(runs.runs_root(), run_id)
    except TrainingError:
        st.rerun()  # deleted meanwhile: the whole page has to know
    if run.active != was_active:
        st.rerun()
    if notice := state.take_notice():
        st.warning(notice, icon=":material/warning:")
    _heading(run)
    _progress(run)
    _actions(run)
    _curves(run)
    _details(run)


def _heading(run: Run) -> None:
    colour, icon = _BADGES.get(run.state, ("gray", ":material/help:"))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(titled(run.title), anchor=False, width="content")
        st.badge(translated(run.state), icon=icon, color=colour)  # type: ignore[arg-type]
    if status := run.status:
        started = datetime.fromtimestamp(status.started).astimezone()
        since = say("since {moment:%d %B %Y, %H:%M}", moment=started)
        st.caption(f"{status.device_name or status.device} · {since}")
    if run.reason:
        tell = st.error if run.state == "failed" else st.warning
        tell(translated(run.reason), icon=":material/error:")


def _progress(run: Run) -> None:
    status = run.status
    rates = [e.records_per_s for e in run.epochs if e.records_per_s is not None]
    done = len(run.epochs)
    whole = status.epochs if status else 0
    with st.container(horizontal=True):
        st.metric(say("Epoch"), say("{done} of {whole}", done=done, whole=whole) if whole else "–")
        st.metric(say("Best validation macro-AUC"), _number(run.best_macro_auc))
        st.metric(say("Records per second"), f"{rates[-1]:,.0f}" if rates else "–")
        st.metric(say("Time left"), _duration(status.eta_s if status and run.active else None))
    if run.active:
        st.progress(_share(run), text=_doing(run))


def _share(run: Run) -> float:
    status = run.status
    if status is None or not status.epochs or not status.steps_per_epoch:
        return 0.0
    steps = len(run.epochs) + min(status.step / status.steps_per_epoch, 1.0)
    return min(steps / status.epochs, 1.0)


def _doing(run: Run) -> str:
    status = run.status
    if run.state == "running" and status:
        epoch = min(status.epoch + 1, status.epochs)
        return say(
            "Epoch {epoch}, step {step} of {steps}",
            epoch=epoch,
            step=status.step,
            steps=status.steps_per_epoch,
        )
    doing = {
        "starting": "The process is starting …",
        "preparing": "Reading and conditioning the recordings …",
        "stopping": "Stopping after the step at hand …",
    }
    return say(doing[run.state]) if run.state in doing else ""


def _actions(run: Run) -> None:
    allowed = runs.training_allowed()
    with st.container(horizontal=True):
        if run.active:
            st.button(
                say("Stop"),
                icon=":material/stop:",
                disabled=not allowed or run.state == "stopping",
                on_click=_do,
                args=(runs.stop, run.id),
                help=say("Saves its state; it can be resumed later."),
            )
        elif run.state != "finished":
            st.button(
                say("Resume"),
                type="primary",
                icon=":material/play_arrow:",
                disabled=not allowed,
                on_click=_do,
                args=(runs.resume, run.id),
            )
        if run.checkpoint:
            _checkpoint_actions(run)
        if not run.active:
            _delete(run, allowed=allowed)


def _checkpoint_actions(run: Run) -> None:
    opened = st.button(
        say("Open in Review"),
        icon=":material/ecg_heart:",
        on_click=state.choose_model,
        args=(models.choice_of(run),),
        help=say("Chooses this checkpoint as the model of every page."),
    )
    if opened:
        st.switch_page("pages/review.py")
    st.download_button(
        say("Download checkpoint"),
        lambda: _archive(run),
        file_name=f"{run.id}.zip",
        mime="application/zip",
        icon=":material/download:",
        on_click="ignore",
        help=say("Weights (.safetensors), their description (.json) and config.toml in one .zip."),
    )


def _archive(run: Run) -> bytes:
    """Checkpoint and configuration in one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in (
            run.model_folder / f"{run.checkpoint}.safetensors",
            run.model_folder / f"{run.checkpoint}.json",
            run.folder / CONFIG,
        ):
            archive.write(path, path.name)
    return packed.getvalue()


def _delete(run: Run, *, allowed: bool) -> None:
    with st.popover(say("Delete"), icon=":material/delete:", disabled=not allowed):
        st.write(say("Delete **{run}** with its curves and its checkpoint?", run=run.id))
        st.button(
            say("Delete for good"),
            type="primary",
            key=state.TRAIN_DELETE,
            on_click=_do,
            args=(runs.delete, run.id),
        )


def _do(action: Callable[..., None], run_id: str) -> None:
    """Act on a run; what cannot be done is said on the page."""
    try:
        action(runs.runs_root(), run_id)
    except TrainingError as error:
        state.leave_notice(translated(str(error)))


def _curves(run: Run) -> None:
    if not run.epochs:
        return
    last = max(run.status.epochs if run.status else 0, run.epochs[-1].epoch)
    losses = [
        curve(run, "loss", "training", colour=UNREPORTED),
        curve(run, "validation_loss", "validation"),
    ]
    auc = [curve(run, "validation_macro_auc", "validation")]
    rates = [curve(run, "records_per_s", "training")]
    charts = (
        ("Loss", "train_loss", curves_chart(losses, last)),
        ("Macro-AUC, validation", "train_auc", curves_chart(auc, last, is_auc=True)),
        ("Records per second", "train_rate", curves_chart(rates, last)),
    )
    for place, (title, key, figure) in zip(_places(len(charts)), charts, strict=True):
        with place:
            st.markdown(f"**{say(title)}**")
            widgets.chart(figure, key, say("{title} per epoch", title=say(title)))
    st.markdown(f"**{say('AUC per finding, validation')}**")
    panels = label_panels([label_curves(run)], last, panel_columns())
    widgets.chart(panels, "train_labels", say("AUC per finding and epoch"))
    st.caption(say("Beside each finding its last value; –: too few validation records to tell."))


def _places(count: int) -> list[DeltaGenerator]:
    """Columns, or containers below each other where the page is narrow."""
    if state.page_width_px() < widgets.NARROW_PX:
        return [st.container() for _ in range(count)]
    return st.columns(count, gap="medium")


def panel_columns() -> int:
    """Panels of findings that fit beside each other."""
    return max(2, min(5, state.page_width_px() // _PANEL_PX))


def curve(run: Run, quantity: str, name: str, **look: str) -> Curve:
    """One quantity of a run's epochs."""
    return Curve(
        name,
        tuple(epoch.epoch for epoch in run.epochs),
        tuple(getattr(epoch, quantity) for epoch in run.epochs),
        **look,
    )


def label_curves(run: Run, **look: str) -> dict[str, Curve]:
    """Return the validation AUC of each finding that the run was asked to tell."""
    told = {code for epoch in run.epochs for code in epoch.validation_auc}
    epochs = tuple(epoch.epoch for epoch in run.epochs)
    return {
        code: Curve(
            run.id, epochs, tuple(epoch.validation_auc.get(code) for epoch in run.epochs), **look
        )
        for code in CODES
        if code in told
    }


def _details(run: Run) -> None:
    with st.expander(say("Command"), icon=":material/terminal:"):
        st.caption(say("What was started, to be copied: in the project's folder it does the same."))
        st.code(runs.command(run), language="bash", wrap_lines=True)
    with st.expander(say("Configuration"), icon=":material/tune:"):
        st.code((run.folder / CONFIG).read_text("utf-8"), language="toml")
    with st.expander(say("Last lines of the log"), icon=":material/article:"):
        st.code(run.log or say("Nothing printed yet."), language=None)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return say("{h} h {min} min", h=hours, min=minutes) if hours else say("{min} min", min=minutes)
