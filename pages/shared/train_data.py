"""The part of the form for a new run that chooses data sets and their folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from ecgcore.learn import runs
from ecgcore.learn.config import SourceConfig
from ecgcore.learn.datasets.sources import BY_PATIENT, SOURCES
from pages.shared import cache, state
from pages.shared.language import listed, say, translated

SIMULATED = "simulated"
# Its recordings carry no diagnosis to learn.
_UNLABELLED = {"cinc2011_quality"}
_AS_PUBLISHED = "as published"
_SPLITS = {_AS_PUBLISHED: _AS_PUBLISHED, BY_PATIENT: "80 / 10 / 10 % by patient"}
# Folder of packed signals beside the runs, shared by them.
_PACKED = "cache"


@dataclass(frozen=True)
class Choice:
    """The chosen sources, where their packed signals go, and what keeps a run from starting."""

    sources: tuple[SourceConfig, ...]
    cache: str
    faults: tuple[str, ...]

    @property
    def summary(self) -> str:
        """What is trained on, in a few words."""
        return listed(
            say("{n:,} simulated recordings", n=source.options["records"])
            if source.kind == SIMULATED
            else _title(source.kind)
            for source in self.sources
        )

    @property
    def simulated_only(self) -> bool:
        """Whether nothing is read from a folder."""
        return all(source.kind == SIMULATED for source in self.sources)


def data_sets(simulated: SourceConfig, records: int) -> Choice:
    """Ask for the data sets.

    Parameters
    ----------
    simulated : SourceConfig
        The built-in set.
    records : int
        Recordings of it, unless the reader asks for more or fewer.
    """
    st.subheader(say("Data"), anchor=False)
    kinds = st.multiselect(
        say("Data sets"),
        [SIMULATED, *sorted(set(SOURCES) - _UNLABELLED - {SIMULATED}, key=list(SOURCES).index)],
        default=[SIMULATED],
        format_func=_title,
        placeholder=say("Choose data sets"),
        key=state.TRAIN_SOURCES,
        persist_state="session",
        help=say(
            "The simulated set is built in; the others are read from a folder of this server."
        ),
    )
    sources, faults = [], []
    for kind in kinds:
        source, fault = (
            (_simulated(simulated, records, alone=len(kinds) == 1), "")
            if kind == SIMULATED
            else _folder(kind)
        )
        sources.append(source)
        faults += [fault] if fault else []
    if not kinds:
        faults = [say("Choose at least one data set.")]
    on_disk = any(kind != SIMULATED for kind in kinds)
    packed = str(runs.runs_root() / _PACKED) if on_disk else ""
    return Choice(tuple(sources), packed, tuple(faults))


def _simulated(usual: SourceConfig, records: int, *, alone: bool) -> SourceConfig:
    chosen = st.number_input(
        say("Simulated recordings"),
        100,
        20_000,
        records,
        step=100,
        key=state.TRAIN_RECORDS,
        persist_state="session",
        help=say("Made anew when the run starts; the same number gives the same recordings."),
    )
    # Beside real recordings they are for training alone: they say nothing about real performance.
    options = {**usual.options, "records": int(chosen), "split": BY_PATIENT if alone else "train"}
    return SourceConfig(SIMULATED, options=options)


def _folder(kind: str) -> tuple[SourceConfig, str]:
    """Ask for the folder of a source; return it with what is missing there."""
    source = SOURCES[kind]
    typed = st.text_input(
        say("Folder of: {title}", title=_title(kind)),
        placeholder=say("a folder on the machine that runs Leadproof"),
        key=state.named(state.TRAIN_FOLDER, kind),
        persist_state="session",
    )
    path = str(Path(typed.strip()).expanduser()) if typed and typed.strip() else ""
    options = {}
    if not source.official:
        split = st.selectbox(
            say("Split of: {title}", title=_title(kind)),
            list(_SPLITS),
            format_func=lambda split: _split(split, source.splits),
            key=state.named(state.TRAIN_SPLIT, kind),
            persist_state="session",
        )
        options = {} if split == _AS_PUBLISHED else {"split": split}
    total, fault = _look(kind, path)
    count = [say("{n:,} recordings listed", n=total)] if total else []
    st.caption(" · ".join([*count, translated(source.licence), translated(source.citation)]))
    return SourceConfig(kind, path, options), fault


def _title(kind: str) -> str:
    return translated(SOURCES[kind].title)


def _split(split: str, published: str) -> str:
    """Say how a source is split, and what that is where its publisher says so."""
    if split != _AS_PUBLISHED:
        return say(_SPLITS[split])
    return f"{say(_AS_PUBLISHED)} ({translated(published)})"


def _look(kind: str, path: str) -> tuple[int, str]:
    """Count the recordings that a folder lists, and say what is missing there."""
    title = _title(kind)
    if not path:
        return 0, say("{title}: give its folder.", title=title)
    folder = Path(path)
    if not folder.is_dir():
        return 0, say(
            '{title}: there is no folder "{path}" on this machine.', title=title, path=path
        )
    total, fault = cache.listed(kind, folder, folder.stat().st_mtime)
    said = say("{title}: {fault}", title=title, fault=translated(fault))
    return total, said if fault else ""
