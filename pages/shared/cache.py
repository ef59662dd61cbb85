"""The only caches: models for everyone, patient data for its own session.

Patient data is keyed by `Recording.digest`, a SHA-256 over all samples: arrays themselves would be
hashed from a sample, and two different ECGs could share a key.
"""

from __future__ import annotations

import streamlit as st
import torch

from ecgcore.io import Answers, ReadResult, read_files
from ecgcore.model import checkpoint
from ecgcore.model.checkpoint import Model
from ecgcore.model.predict import predict
from ecgcore.model.prediction import Prediction
from ecgcore.recording import Recording
from ecgcore.review.card import Card, read_card
from ecgcore.review.swap_summary import SwapResult, summarise_rows


@st.cache_resource(show_spinner="Loading the model …")
def model(name: str) -> Model:
    """Load a checkpoint once for all sessions."""
    # Sessions share the cores: alone, a second thread saves a third of some milliseconds; on a busy
    # machine threads that wait for each other made one forward pass take half a second.
    torch.set_num_threads(1)
    return checkpoint.load(name)


@st.cache_data(show_spinner=False)
def card(name: str) -> Card:
    """Read the description beside a checkpoint."""
    return read_card(checkpoint.describe(name))


@st.cache_data(scope="session", max_entries=4, show_spinner="Reading …")
def read(files: dict[str, bytes], answers: Answers) -> tuple[ReadResult, ...]:
    """Read uploaded bytes."""
    return read_files(files, answers)


def prediction(model_name: str, recording: Recording) -> Prediction:
    """Predict a recording with a checkpoint."""
    return _prediction(model_name, recording.digest, recording)


@st.cache_data(scope="session", max_entries=64, show_spinner=False)
def _prediction(model_name: str, digest: str, _recording: Recording) -> Prediction:
    return predict(model(model_name), _recording)


def rows_summary(model_name: str, recording: Recording, table: str) -> tuple[SwapResult, ...]:
    """Predict all nine table rows with a checkpoint."""
    return _rows_summary(model_name, recording.digest, table, recording)


@st.cache_data(scope="session", max_entries=16, show_spinner="Swapping all nine ways …")
def _rows_summary(
    model_name: str, digest: str, table: str, _recording: Recording
) -> tuple[SwapResult, ...]:
    return summarise_rows(_recording, model(model_name), table)
