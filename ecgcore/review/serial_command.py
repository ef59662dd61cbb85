"""The command `compare`: two recordings in, what changed between them out."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from ecgcore.errors import EcgError, ReadError
from ecgcore.io import Answers
from ecgcore.io.local_files import read_paths
from ecgcore.model import checkpoint
from ecgcore.model.checkpoint import Model
from ecgcore.model.predict import read
from ecgcore.recording import Recording
from ecgcore.review.layout import PAGE_S
from ecgcore.review.serial import Examined, compare_serial
from ecgcore.review.serial_table import comparison_line
from ecgcore.review.serial_text import spelled, spelled_change
from ecgcore.signal.measure import measure

Line = dict[str, Any]


def compare_files(
    earlier: Path, later: Path, answers: Answers, model_name: str | None = None
) -> list[Line]:
    """Compare the first 10 s of two files.

    Parameters
    ----------
    earlier, later : Path
        Each of one recording.
    answers : Answers
        What the user states of files that do not say.
    model_name : str, optional
        A checkpoint of weights/; the default one where not given.

    Returns
    -------
    list of dict
        One line; or one with an ``"error"`` for each file that cannot be read.
    """
    sides: list[Examined] = []
    errors: list[Line] = []
    model: Model | None = None
    for path in (earlier, later):
        try:
            model = model or checkpoint.load(model_name or checkpoint.DEFAULT_MODEL)
            sides.append(_examined(_only(path, answers), model))
        except EcgError as error:
            errors.append({"file": str(path), "error": str(error)})
    if errors:
        return errors
    comparison = compare_serial(*sides)
    warnings = dict.fromkeys(
        warning for side in sides for warning in (*side.recording.warnings, *side.quality.sentences)
    )
    return [
        {"earlier": str(earlier), "later": str(later)}
        | comparison_line(comparison)
        | {"warnings": list(warnings)}
    ]


def _only(path: Path, answers: Answers) -> Recording:
    """Read the one recording of a file."""
    results = [result for _, result in islice(read_paths([path], answers), 2)]
    if len(results) != 1:
        raise ReadError("The file holds several recordings, expected one to compare.")
    (result,) = results
    if result.recording is None:
        raise ReadError(result.error or "The file states too little to be read.")
    return result.recording.window(0.0, PAGE_S)


def _examined(recording: Recording, model: Model) -> Examined:
    reading = read(model, recording)
    return Examined(recording, measure(recording), reading.quality, reading.prediction)


def readable(line: Line) -> str:
    """Return a line of `compare_files` for a human reader: headline, then what was measured."""
    rows = [f"{line['earlier']} → {line['later']}: {line['headline']}"]
    for name, row in line["measurements"].items():
        if row["change"] is None and " " not in name:
            rows.append(f"  {name}: {row['reason']}")
        elif row["change"] is not None and (row["beyond_error"] or row["unit"] != "mV"):
            rows.append(f"{'*' if row['beyond_error'] else ' '} {_written(name, row)}")
    rows += [f"  {text}" for text in (*line["notes"], *line["warnings"])]
    return "\n".join(rows) + "\n"


def _written(name: str, row: Line) -> str:
    digits = 2 if row["unit"] == "mV" else 0
    values = f"{spelled(row['earlier'], digits)} → {spelled(row['later'], digits)} {row['unit']}"
    change = spelled_change(row["change"], digits)
    return f"{name}: {values} ({change}, error up to {spelled(row['limit'], digits)})"
