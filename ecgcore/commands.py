"""The commands convert, predict, measure, compare, report and swap: one line of JSON each time.

Every failure is a sentence in the `error` of its line; the exit status is 0 if every file was read
(and, where asked for, written), otherwise 1.
"""

from __future__ import annotations

import json
import math
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from ecgcore.electrodes import Swap, parse_swap
from ecgcore.errors import EcgError, ReadError, SignalError, WriteError
from ecgcore.io import Answers, ReadResult
from ecgcore.io.export import Exported, export, format_of_suffix
from ecgcore.io.local_files import read_paths
from ecgcore.misplacement import apply_table, published_formulas, unrecorded_for
from ecgcore.recording import Recording
from ecgcore.signal.measure import measure as measurements_of
from ecgcore.signal.measured_line import measured_line, measured_text
from ecgcore.signal.quality import Quality
from ecgcore.whole_file import write_whole

# What goes into one line: JSON values only, NaN never.
Line = dict[str, Any]


def convert(arguments: Namespace) -> int:
    """Write each recording in the format that the ending of the output tells."""
    return _write_each(arguments, lambda recording: (recording, {}))


def swap(arguments: Namespace) -> int:
    """Write each recording as it would have looked with two or more electrodes swapped."""
    try:
        chosen = parse_swap(arguments.swap)
        if arguments.table == "published":
            published_formulas(chosen.name)  # has only the nine rows
    except EcgError as error:
        return _refuse_all(arguments, str(error))

    def change(recording: Recording) -> tuple[Recording, Line]:
        line = {"swap": chosen.name, "table": arguments.table}
        return _swapped(recording, chosen, arguments.table), line

    note = f"Electrodes exchanged: {chosen.name} (table: {arguments.table})."
    return _write_each(arguments, change, note)


def predict(arguments: Namespace) -> int:
    """Print what a model says of each recording; to be refused by the gate is no failure."""
    # PyTorch takes seconds to import; the other commands do without it.
    from ecgcore.model import checkpoint
    from ecgcore.model import predict as prediction_stage

    try:
        model = checkpoint.load(arguments.model or checkpoint.DEFAULT_MODEL)
    except EcgError as error:
        return _refuse_all(arguments, str(error))

    def step(recording: Recording, _number: int) -> Line:
        shown = _from(recording, arguments.start)
        reading = prediction_stage.read(model, shown)
        line: Line = {"model": model.name, "quality": _quality(reading.quality)}
        if reading.prediction is None:
            return line | {"refused": list(reading.quality.refusals), "warnings": []}
        prediction = reading.prediction
        return line | {
            "probabilities": _floats(prediction.probabilities),
            "findings": list(prediction.findings),
            "attention": _floats(prediction.attention),
            "warnings": [*recording.warnings, *prediction.warnings],
        }

    show = _print_json if arguments.json else _print_prediction
    return _for_each(read_paths(arguments.files, _answers(arguments)), step, show)


def measure(arguments: Namespace) -> int:
    """Print rate, intervals, axes and the beats of each recording."""

    def step(recording: Recording, _number: int) -> Line:
        line = measured_line(measurements_of(_from(recording, arguments.start)))
        return line | {"warnings": [*recording.warnings, *line["warnings"]]}

    show = _print_json if arguments.json else _print_measurements
    return _for_each(read_paths(arguments.files, _answers(arguments)), step, show)


def compare(arguments: Namespace) -> int:
    """Print what changed between two recordings beyond measurement error."""
    from ecgcore.review import serial_command  # slow to import, as it needs PyTorch

    paths: tuple[Path, Path] = (arguments.earlier, arguments.later)
    lines = serial_command.compare_files(*paths, _answers(arguments), arguments.model)
    for line in lines:
        if "error" in line or arguments.json:
            _print_json(line)
        else:
            sys.stdout.write(serial_command.readable(line))
    return int(any("error" in line for line in lines))


def report(arguments: Namespace) -> int:
    """Write a report of each recording: a page, its picture or a table."""
    from ecgcore.review import report_command  # slow to import, as it needs PyTorch

    out: Path = arguments.out
    try:
        report_command.check_out(out)
        reporter = report_command.Reporter(arguments.model, arguments.paper, arguments.lang)
    except EcgError as error:
        return _refuse_all(arguments, str(error))
    results = read_paths(arguments.files, _answers(arguments))
    first_two = list(islice(results, 2))

    def write(recording: Recording, number: int) -> Line:
        shown = _from(recording, arguments.start)
        target = _target(out, number, several=len(first_two) > 1)
        return reporter.write(shown, target, arguments.start)

    return _for_each(chain(first_two, results), write, _print_json)


def train(arguments: Namespace) -> int:
    """Train a model; 0 if it finished or was asked to stop."""
    from ecgcore.learn import train_command  # slow to import, as it needs PyTorch

    return train_command.train(arguments)


def evaluate(arguments: Namespace) -> int:
    """Measure checkpoints on labelled recordings; 0 if every one was measured."""
    from ecgcore.learn import evaluate_command  # slow to import, as it needs PyTorch

    return evaluate_command.evaluate(arguments)


def _quality(quality: Quality) -> Line:
    return {
        "verdict": quality.verdict,
        "score": quality.score,
        "left_out": list(quality.unusable_leads),
        "issues": list(quality.sentences),
    }


def _floats(values: Mapping[str, float]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items()}


def _from(recording: Recording, start_s: float) -> Recording:
    """Leave out what precedes `start_s`."""
    if not math.isfinite(start_s):
        raise SignalError(f"The start is {start_s} s, expected a time within the recording.")
    return recording.window(start_s, recording.duration_s) if start_s else recording


def _swapped(recording: Recording, chosen: Swap, table: str) -> Recording:
    """Apply the swap; a lead that cannot be computed is named in a warning."""
    signal = apply_table(recording.signal, chosen, table)
    if np.isnan(signal).all():
        raise ReadError("None of the twelve leads can be computed after this swap.")
    lost = unrecorded_for(recording.signal, chosen) if table == "potentials" else ()
    note = f"Cannot be computed from what was recorded: {', '.join(lost)}." if lost else ""
    return recording.with_signal(signal, note)


def _answers(arguments: Namespace) -> Answers:
    """Collect what the user states of files that do not say."""
    if arguments.leads is None:
        return Answers(arguments.fs, arguments.mv_per_unit)
    leads = tuple(name.strip(" -") or None for name in arguments.leads.split(","))
    return Answers(arguments.fs, arguments.mv_per_unit, leads)


def _check_out(out: Path) -> None:
    """Refuse an output that names no file or no format, before anything is read.

    Raises
    ------
    WriteError
        It is a folder, or its ending is none of a format that is written.
    """
    if out.is_dir():
        raise WriteError(f'"{out}" is a folder; give the name of a file to write.')
    format_of_suffix(out.suffix)


def _write(recording: Recording, out: Path, note: str) -> Exported:
    """Write the file, or the files, of one recording; each is there whole or not at all.

    Raises
    ------
    WriteError
        The recording is beyond the format, or the file cannot be written there.
    """
    exported = export(recording, format_of_suffix(out.suffix).name, out.stem, note)
    for name, content in exported.files.items():
        target = out if len(exported.files) == 1 else out.with_name(name)
        try:
            write_whole(target, content)
        except OSError as error:
            reason = error.strerror or "unknown reason"
            raise WriteError(f'"{target}" cannot be written: {reason}.') from error
    return exported


def _write_each(
    arguments: Namespace,
    change: Callable[[Recording], tuple[Recording, Line]],
    note: str = "",
) -> int:
    """Write one recording to OUT, several to OUT-1, OUT-2 ... numbered by line."""
    out: Path = arguments.out
    try:
        _check_out(out)
    except WriteError as error:
        return _refuse_all(arguments, str(error))
    results = read_paths(arguments.files, _answers(arguments))
    first_two = list(islice(results, 2))

    def write(recording: Recording, number: int) -> Line:
        changed, line = change(recording)
        several = len(first_two) > 1
        target = _target(out, number, several=several)
        exported = _write(changed, target, note)
        line |= {
            "format": changed.source,
            "fs": changed.fs,
            "n_samples": changed.n_samples,
            "exact": exported.exact,
            "lsb_mv": exported.lsb_mv,
            "statement": exported.statement,
            "warnings": list(changed.warnings),
        }
        return line | ({"out": str(target)} if several else {})

    return _for_each(chain(first_two, results), write, _print_json)


def _target(out: Path, number: int, *, several: bool) -> Path:
    return out.with_name(f"{out.stem}-{number}{out.suffix}") if several else out


def _for_each(
    results: Iterable[tuple[str, ReadResult]],
    step: Callable[[Recording, int], Line],
    show: Callable[[Line], None],
) -> int:
    """Print one line per recording, numbered from 1; return the exit status."""
    status = 0
    for number, (label, result) in enumerate(results, start=1):
        line: Line = {"file": label}
        try:
            if result.recording is None:
                raise ReadError(result.error or "The file states too little to be read.")
            line |= step(result.recording, number)
        except EcgError as error:
            line |= {"error": str(error)}
            status = 1
        show(line)
    return status


def _refuse_all(arguments: Namespace, error: str) -> int:
    for path in arguments.files:
        _print_json({"file": str(path), "error": error})
    return 1


def _print_json(line: Line) -> None:
    sys.stdout.write(json.dumps(line, allow_nan=False) + "\n")


def _print_prediction(line: Line) -> None:
    """Print one recording for a human reader."""
    if "error" in line:
        sys.stdout.write(f"{line['file']}: {line['error']}\n")
        return
    if "refused" in line:
        sys.stdout.write(f"{line['file']}: not read, {' '.join(line['refused'])}\n")
        return
    found = [f"{label} {line['probabilities'][label]:.2f}" for label in line["findings"]]
    sys.stdout.write(f"{line['file']}: {', '.join(found) or 'no finding'} ({line['model']})\n")
    for warning in (*line["quality"]["issues"], *line["warnings"]):
        sys.stdout.write(f"  {warning}\n")


def _print_measurements(line: Line) -> None:
    """Print one recording for a human reader."""
    if "error" in line:
        sys.stdout.write(f"{line['file']}: {line['error']}\n")
        return
    sys.stdout.write(f"{line['file']}: {measured_text(line)}\n")
    for sentence in dict.fromkeys([*line["reasons"].values(), *line["warnings"]]):
        sys.stdout.write(f"  {sentence}\n")
