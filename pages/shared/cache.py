"""The only caches: models for everyone, patient data for its own session.

Patient data is keyed by `Recording.digest`, a SHA-256 over all samples: arrays themselves would be
hashed from a sample, and two different ECGs could share a key.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import streamlit as st
import torch

from ecgcore.errors import CheckpointError, EcgError
from ecgcore.io import isolation
from ecgcore.io.export import Download, Exported, export, pack
from ecgcore.learn.datasets.sources import SOURCES
from ecgcore.model import checkpoint
from ecgcore.model.baseline import BaselineConfig
from ecgcore.model.checkpoint import Model
from ecgcore.model.network import NetworkConfig
from ecgcore.model.predict import predict
from ecgcore.model.prediction import Prediction
from ecgcore.recording import Recording
from ecgcore.review.card import Card, read_card
from ecgcore.review.examples import Example, open_example
from ecgcore.review.explain import Explanation, explain
from ecgcore.review.lead_out import LeadsOut, without_each_lead
from ecgcore.review.swap_summary import SwapResult, summarise_rows
from ecgcore.signal.measure import measure
from ecgcore.signal.measurements import Measurements
from ecgcore.signal.quality import Quality, assess
from pages.shared import models
from pages.shared.language import say
from pages.shared.models import Place


def model(choice: str) -> Model:
    """Load the checkpoint of a choice (`models.choices`) once for all sessions."""
    return _model(_loaded(choice))


def _loaded(choice: str) -> Place:
    """Load the checkpoint of a choice and say so; return its place."""
    place = models.place(choice)
    with st.spinner(say("Loading the model …")):
        _model(place)
    return place


@st.cache_resource(show_spinner=False, max_entries=16)
def _model(place: Place) -> Model:
    # Sessions share the cores: alone, a second thread saves a third of some milliseconds; on a busy
    # machine threads that wait for each other made one forward pass take half a second.
    torch.set_num_threads(1)
    return checkpoint.load(place.name, place.folder)


def card(choice: str) -> Card:
    """Read the description beside a checkpoint.

    Raises
    ------
    CheckpointError
        There is no such checkpoint, or its description lacks a field.
    """
    return _card(models.place(choice))


@st.cache_data(show_spinner=False)
def _card(place: Place) -> Card:
    try:
        return read_card(checkpoint.describe(place.name, place.folder))
    except KeyError as error:
        raise CheckpointError(f"{place.name}.json lacks the field {error}.") from error


@st.cache_resource(show_spinner=False)
def reader() -> None:
    """Start the process that parses uploads, once for all sessions: it takes a second or two."""
    isolation.start()


def listed(kind: str, folder: Path, modified: float) -> tuple[int, str]:
    """Count what a folder of this kind of source lists, and say what is missing there.

    `modified`, the time of the folder's last change, makes a changed folder be looked at again.
    """
    with st.spinner(say("Looking into the folder …")):
        return _listed(kind, folder, modified)


@st.cache_data(show_spinner=False, max_entries=64)
def _listed(kind: str, folder: Path, modified: float) -> tuple[int, str]:
    try:
        return SOURCES[kind].listing(folder).total, ""
    except EcgError as error:
        return 0, str(error)


@st.cache_data(show_spinner=False, max_entries=64)
def parameters(config: NetworkConfig | BaselineConfig) -> int:
    """Count the learned values of a network of this shape."""
    kind = "attention" if isinstance(config, NetworkConfig) else "baseline"
    with torch.device("meta"):  # counts without filling them
        network = checkpoint.build_network(kind, asdict(config))
    return sum(values.numel() for values in network.parameters())


def quality(recording: Recording) -> Quality:
    """Ask the quality gate."""
    return _quality(recording.digest, recording)


@st.cache_data(scope="session", max_entries=64, show_spinner=False)
def _quality(digest: str, _recording: Recording) -> Quality:
    return assess(_recording)


def measurements(recording: Recording) -> Measurements:
    """Measure rate, intervals and axes."""
    return _measurements(recording.digest, recording)


@st.cache_data(scope="session", max_entries=16, show_spinner=False)
def _measurements(digest: str, _recording: Recording) -> Measurements:
    return measure(_recording)


def prediction(
    choice: str, recording: Recording, usable: tuple[bool, ...] | None = None
) -> Prediction:
    """Predict a recording with a checkpoint, from the usable leads or from all that there are."""
    return _prediction(_loaded(choice), recording.digest, usable, recording)


@st.cache_data(scope="session", max_entries=64, show_spinner=False)
def _prediction(
    place: Place, digest: str, usable: tuple[bool, ...] | None, _recording: Recording
) -> Prediction:
    return predict(_model(place), _recording, usable)


def explanation(
    choice: str, recording: Recording, usable: tuple[bool, ...], finding: str
) -> Explanation:
    """Follow one finding back to the moments that spoke for and against it."""
    return _explanation(_loaded(choice), recording.digest, usable, finding, recording)


@st.cache_data(scope="session", max_entries=32, show_spinner=False)
def _explanation(
    place: Place, digest: str, usable: tuple[bool, ...], finding: str, _recording: Recording
) -> Explanation:
    return explain(_model(place), _recording, finding, usable)


def without_leads(choice: str, recording: Recording, usable: tuple[bool, ...]) -> LeadsOut:
    """Predict a recording without each of its leads."""
    return _without_leads(_loaded(choice), recording.digest, usable, recording)


@st.cache_data(scope="session", max_entries=32, show_spinner=False)
def _without_leads(
    place: Place, digest: str, usable: tuple[bool, ...], _recording: Recording
) -> LeadsOut:
    return without_each_lead(_model(place), _recording, usable)


def exported(recording: Recording, format_name: str, note: str) -> tuple[Exported, Download]:
    """Write a recording in one format, and make it one file.

    Raises
    ------
    WriteError
        The format does not allow it.
    """
    facts = (recording.digest, recording.age, recording.sex)  # the digest is of the samples alone
    with st.spinner(say("Writing …")):
        return _exported(facts, format_name, note, recording)


@st.cache_data(scope="session", max_entries=4, show_spinner=False)
def _exported(
    facts: tuple[str, float | None, str | None],
    format_name: str,
    note: str,
    _recording: Recording,
) -> tuple[Exported, Download]:
    # Not the name of the file that was read, which may be that of a patient.
    written = export(_recording, format_name, f"ecg-{facts[0][:8]}", note)
    return written, pack(written, format_name)


@st.cache_data(show_spinner=False, max_entries=32)
def example(title: str) -> Example:
    """Open a built-in example.

    Raises
    ------
    ReadError
        No example has this title, or it cannot be read.
    """
    return open_example(title)


def rows_summary(choice: str, recording: Recording, table: str) -> tuple[SwapResult, ...]:
    """Predict all nine table rows with a checkpoint."""
    place = _loaded(choice)
    with st.spinner(say("Swapping all nine ways …")):
        return _rows_summary(place, recording.digest, table, recording)


@st.cache_data(scope="session", max_entries=16, show_spinner=False)
def _rows_summary(
    place: Place, digest: str, table: str, _recording: Recording
) -> tuple[SwapResult, ...]:
    return summarise_rows(_recording, _model(place), table)
