"""The form that describes a new training run and starts it."""

from __future__ import annotations

import re
from dataclasses import replace

import streamlit as st

from ecgcore.errors import EcgError
from ecgcore.learn import runs
from ecgcore.learn.config import (
    NETWORKS,
    RHYTHM_CLASSES,
    DataConfig,
    RunConfig,
    TrainingConfig,
)
from ecgcore.learn.devices import Device, devices
from ecgcore.model.labels import CODES
from ecgcore.model.network import NetworkConfig
from pages.shared import cache, state, widgets
from pages.shared.language import listed, say, translated
from pages.shared.train_augment import augmentation
from pages.shared.train_data import Choice, data_sets

QUICK = RunConfig.quick()
# Enough to learn the simulator's rhythms, and a minute's work for one core.
_RECORDS, _EPOCHS = 600, 15
_KIND_TITLES = {"attention": "Lead attention", "baseline": "Order-dependent"}
_OBJECTIVES = {"multilabel": "All findings", "softmax": "Four rhythm classes"}
# Channels of the first module and of the residual ones.
_SIZES = {
    "Small": (QUICK.network.stem_width, QUICK.network.widths),
    "Standard": (16, (32, 48, 64, 64, 96)),
    "Wide": (32, (48, 64, 96, 96, 128)),
}


def new_run() -> None:
    """Draw the form and start what it describes."""
    left, right = widgets.side_by_side()
    with left.container(border=True):
        data = data_sets(QUICK.data.sources[0], _RECORDS)
    with left.container(border=True):
        config = _model(data)
    with left.container(border=True):
        device = _device()
    with right.container(border=True):
        training, seed = _training(config.training, device)
    with right.container(border=True):
        augment = augmentation()
    _launch(replace(config, training=training, seed=seed, augment=augment), data, device)


def _model(data: Choice) -> RunConfig:
    """Ask for network, size and objective; return a configuration with these and the data."""
    st.subheader(say("Model"), anchor=False)
    kind = widgets.segments(
        say("Network"),
        tuple(_KIND_TITLES),
        "attention",
        state.TRAIN_KIND,
        lambda kind: say(_KIND_TITLES[kind]),
    )
    size = widgets.segments(say("Width"), tuple(_SIZES), "Small", state.TRAIN_SIZE, say)
    objective = widgets.segments(
        say("Objective"),
        tuple(_OBJECTIVES),
        "multilabel",
        state.TRAIN_OBJECTIVE,
        lambda objective: say(_OBJECTIVES[objective]),
    )
    labels = RHYTHM_CLASSES if objective == "softmax" else CODES
    usual = TrainingConfig()
    if data.simulated_only:
        # The simulator decides ten of the findings, and its few steps need a short average.
        labels = tuple(label for label in labels if label in QUICK.labels)
        usual = QUICK.training
    stem, widths = _SIZES[size]
    network = NETWORKS[kind](len(labels), stem_width=stem, widths=widths)
    reading = ""
    if isinstance(network, NetworkConfig) and size != "Small":
        # As the shipped one weighs and reads its leads; the small one is the plain method.
        network = replace(network, heads=4, pools=("max", "mean"), both_ways=True)
        reading = say("four attention vectors, each lead read both ways up") + " · "
    count = say("{n:,} parameters", n=cache.parameters(network))
    st.caption(f"{count} · {reading}{listed(labels)}")
    return RunConfig(
        name=f"{kind}-{'findings' if objective == 'multilabel' else 'rhythm'}",
        title=f"{_KIND_TITLES[kind]}, {_OBJECTIVES[objective].lower()}",
        objective=objective,
        labels=labels,
        # Without any source nothing can be started, yet the form is drawn.
        data=DataConfig(data.sources or QUICK.data.sources, cache=data.cache),
        network=network,
        training=usual,
    )


def _training(usual: TrainingConfig, device: Device) -> tuple[TrainingConfig, int]:
    """Ask how long and how fast to learn; the rest is as usual for this data."""
    st.subheader(say("Training"), anchor=False)
    one, two = st.columns(2)
    with one:
        epochs = _whole(say("Epochs"), _EPOCHS, state.TRAIN_EPOCHS, most=1000)
        rate = st.number_input(
            say("Learning rate"),
            0.0001,
            0.1,
            QUICK.training.learning_rate,
            step=0.0005,
            format="%.4f",
            key=state.TRAIN_RATE,
            persist_state="session",
            help=say("Peak: it rises over the first tenth of the steps and falls to zero."),
        )
        patience = _whole(
            say("Patience, epochs"),
            0,
            state.TRAIN_PATIENCE,
            least=0,
            most=1000,
            note=say("Ends after so many epochs without a better validation macro-AUC; 0: never."),
        )
    with two:
        batch = _whole(say("Batch, records"), QUICK.training.batch, state.TRAIN_BATCH, most=4096)
        seed = _whole(say("Seed"), 0, state.TRAIN_SEED, least=0, most=2**31 - 1)
    return (
        replace(
            usual,
            epochs=epochs,
            batch=batch,
            learning_rate=float(rate),
            patience=patience,
            precision="32-true" if device.id == "cpu" else "bf16-mixed",
        ),
        seed,
    )


def _whole(
    label: str, default: int, key: str, *, least: int = 1, most: int, note: str | None = None
) -> int:
    return int(
        st.number_input(
            label, least, most, default, step=1, key=key, persist_state="session", help=note
        )
    )


def _device() -> Device:
    """Ask where to train; each device tells its memory and load."""
    st.subheader(say("Device"), anchor=False)
    found = {device.id: device for device in devices()}
    chosen = st.radio(
        say("Device"),
        list(found),
        format_func=lambda number: found[number].name,
        captions=[_facts(device) for device in found.values()],
        label_visibility="collapsed",
        key=state.TRAIN_DEVICE,
        persist_state="session",
    )
    if len(found) == 1:
        st.caption(say("PyTorch sees no GPU here."))
    return found[chosen]


def _facts(device: Device) -> str:
    return " · ".join(translated(fact) for fact in device.facts.split(" · "))


def _launch(config: RunConfig, data: Choice, device: Device) -> None:
    """Ask for a title; start the run if nothing is missing."""
    for fault in data.faults:
        st.error(fault, icon=":material/error:")
    busy = [run.id for run in runs.list_runs(runs.runs_root()) if run.active]
    if busy:
        st.info(
            say(
                "At work already: {runs}. Runs on one device slow each other down.",
                runs=listed(busy),
            )
        )
    st.caption(_summary(config, data, device))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.text_input(
            say("Title"),
            placeholder=translated(config.title),
            max_chars=80,
            key=state.TRAIN_TITLE,
            persist_state="session",
        )
        if title and title.strip():
            config = replace(config, title=title.strip(), name=_plain(title) or config.name)
        st.button(
            say("Start training"),
            type="primary",
            icon=":material/play_arrow:",
            key=state.TRAIN_START,
            disabled=bool(data.faults),
            on_click=_start,
            args=(config, device.id),
        )


def _summary(config: RunConfig, data: Choice, device: Device) -> str:
    """Say in one line what would be started."""
    training = config.training
    return " · ".join(
        (
            data.summary or say("no data"),
            say("{n} epochs in batches of {batch}", n=training.epochs, batch=training.batch),
            say("{n:,} parameters", n=cache.parameters(config.network)),
            device.name,
        )
    )


def _plain(title: str) -> str:
    """Make a name for files of a title."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40]


def _start(config: RunConfig, device: str) -> None:
    try:
        state.show_run(runs.start(config, runs.runs_root(), device))
    except EcgError as error:
        state.leave_notice(translated(str(error)))
