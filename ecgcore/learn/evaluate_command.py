"""The command `evaluate`: checkpoints and recordings in, figures out.

Writes ``OUT/NAME.json`` (everything), ``OUT/NAME-reliability.svg`` and ``OUT/summary.md``; with
``--json`` prints the same as one line per model, with ``--update`` writes the figures into the
checkpoints' own descriptions and regenerates the README beside them.
"""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ecgcore.errors import CheckpointError, EcgError
from ecgcore.learn import performance_text, weights_readme
from ecgcore.learn.evaluate import EvaluationSets, measure, open_sets
from ecgcore.learn.performance_text import Described
from ecgcore.learn.reliability_svg import reliability_svg
from ecgcore.model.checkpoint import available, describe, load, update
from ecgcore.model.measured import to_json
from ecgcore.signal.preprocess import PreprocessingConfig
from ecgcore.whole_file import write_whole


def evaluate(arguments: Namespace) -> int:
    """Run the command; the exit status is 0 if every model was measured."""
    try:
        names = tuple(arguments.model or available(arguments.weights))
        if not names:
            raise CheckpointError(f'The folder "{arguments.weights}" holds no model.')
        measured = _measure_all(names, arguments)
        arguments.out.mkdir(parents=True, exist_ok=True)
        write_whole(arguments.out / "summary.md", summary(measured).encode())
        if arguments.update:
            weights_readme.write(arguments.weights)
    except EcgError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error.filename or arguments.out}: {error.strerror}.\n")
        return 1
    return 0


def _measure_all(names: Sequence[str], arguments: Namespace) -> list[Described]:
    # Models of one preprocessing share what was read.
    opened: dict[PreprocessingConfig, EvaluationSets] = {}
    measured = []
    for name in names:
        model = load(name, arguments.weights)
        if model.preprocessing not in opened:
            _say(f"reading {arguments.data}")
            opened[model.preprocessing] = open_sets(arguments.data, model.preprocessing)
        metrics = to_json(measure(model, opened[model.preprocessing], _Progress(name)))
        if arguments.update:
            update(name, {"metrics": metrics}, arguments.weights)
        stated = describe(name, arguments.weights) | {"metrics": metrics}
        _write_model(stated, arguments.out)
        if arguments.json:
            sys.stdout.write(json.dumps(stated, allow_nan=False) + "\n")
            sys.stdout.flush()
        measured.append(performance_text.described(stated))
    return measured


def _write_model(stated: dict[str, Any], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    name = stated["name"]
    text = json.dumps(stated, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(out / f"{name}.json", f"{text}\n".encode())
    curves = performance_text.described(stated).measured.reliability
    drawing = reliability_svg(f"{stated['title']}, test recordings", curves)
    write_whole(out / f"{name}-reliability.svg", drawing.encode())


def summary(models: Sequence[Described]) -> str:
    """Write all models into one Markdown document, those of one objective side by side."""
    parts = ["# Evaluation", "", performance_text.HOW_TO_READ]
    for objective, title in (("multilabel", "All findings"), ("softmax", "One of four rhythms")):
        same = [model for model in models if model.objective == objective]
        if same:
            parts += [f"## {title}", "", performance_text.comparison(same)]
            parts += [part for model in same for part in _model_parts(model)]
            parts += [performance_text.all_scenarios(same)]
    return "\n".join(parts)


def _model_parts(model: Described) -> list[str]:
    parts = [f"### {model.name}", ""]
    if model.measured.test is not None:
        parts += [performance_text.labels(model.measured.test)]
    for source, scores in model.measured.external.items():
        parts += [f"#### External: {source}, {scores.records} recordings", ""]
        parts += [performance_text.labels(scores)]
    return parts


class _Progress:
    """Tells a person at a terminal how far the measuring of one model is."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, what: str, done: int, total: int) -> None:
        if sys.stderr.isatty() or done == total:
            _say(f"{self.name}: {done} of {total} {what}")


def _say(text: str) -> None:
    """Write to the error stream, as the output may be read by a program; one line on a terminal."""
    terminal = sys.stderr.isatty()
    sys.stderr.write(f"\r\033[K{text}" if terminal else f"{text}\n")
    sys.stderr.flush()
