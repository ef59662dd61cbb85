"""Which models a reader can choose: those shipped, and the checkpoints of training runs here.

A choice is one word: the name of a shipped checkpoint, or ``run:ID`` for that of a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ecgcore.errors import CheckpointError, TrainingError
from ecgcore.learn.run_folder import Run
from ecgcore.learn.runs import list_runs, read_run, runs_root
from ecgcore.model.checkpoint import WEIGHTS, available, describe
from pages.shared import language

_RUN = "run:"


@dataclass(frozen=True)
class Place:
    """Where a checkpoint lies, and which one it is: a resumed run writes another of one name."""

    name: str
    folder: Path
    sha256: str


@dataclass(frozen=True)
class Facts:
    """What every page has to know of a model without loading it."""

    choice: str
    title: str
    kind: str
    objective: str


def choice_of(run: Run) -> str:
    """Return the choice that stands for the checkpoint of a run."""
    return f"{_RUN}{run.id}"


def is_shipped(choice: str) -> bool:
    """Whether a choice is one of weights/."""
    return not choice.startswith(_RUN)


def choices() -> tuple[str, ...]:
    """All that can be chosen: shipped models first, then runs with a checkpoint, newest first."""
    runs = [choice_of(run) for run in list_runs(runs_root()) if run.checkpoint]
    return (*available(), *(choice for choice in runs if _is_whole(choice)))


def _is_whole(choice: str) -> bool:
    """Whether a run's description can be read: a damaged one must not close every page."""
    try:
        facts(choice)
    except CheckpointError:
        return False
    return True


def place(choice: str) -> Place:
    """Find the checkpoint of a choice.

    Raises
    ------
    CheckpointError
        There is none (any more).
    """
    name, folder = choice, WEIGHTS
    if not is_shipped(choice):
        name, folder = _in_run(choice.removeprefix(_RUN))
    return Place(name, folder, str(describe(name, folder).get("sha256", "")))


def _in_run(run_id: str) -> tuple[str, Path]:
    try:
        run = read_run(runs_root(), run_id)
    except TrainingError as error:
        raise CheckpointError(str(error)) from error
    if run.checkpoint is None:
        raise CheckpointError(f'The run "{run_id}" has no checkpoint yet.')
    return run.checkpoint, run.model_folder


def shown_title(choice: str) -> str:
    """Title of a choice in the language of the reader, with the run that it came from."""
    run = "" if is_shipped(choice) else f" ({choice.removeprefix(_RUN)})"
    return language.titled(facts(choice).title.removesuffix(run)) + run


def facts(choice: str) -> Facts:
    """Read what a choice is.

    Raises
    ------
    CheckpointError
        There is no such checkpoint, or its description lacks a field.
    """
    where = place(choice)
    stated = describe(where.name, where.folder)
    try:
        title, kind, objective = stated["title"], stated["kind"], stated["objective"]
    except KeyError as error:
        raise CheckpointError(f"{where.name}.json lacks the field {error}.") from error
    if not is_shipped(choice):
        title = f"{title} ({choice.removeprefix(_RUN)})"
    return Facts(choice, title, kind, objective)
