"""Measure a model: as recorded, under every scenario, and on sets from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ecgcore.errors import DatasetError
from ecgcore.learn.datasets.recordings import Recordings, join
from ecgcore.learn.datasets.sources import open_source
from ecgcore.learn.outcomes import outcome_of
from ecgcore.learn.scenarios import ROW, SCENARIOS, Scenario
from ecgcore.learn.scoring import auc_draws, reliability, score, score_change
from ecgcore.model.checkpoint import Model
from ecgcore.model.measured import Measured, ScenarioScore, Scores
from ecgcore.signal.preprocess import PreprocessingConfig

# Told what is being measured, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]

# Kind of source -> folder of it within the data folder. The first two hold PTB-XL's own folds.
_PTBXL = {"ptbxl_subset": ".", "ptbxl": "ptbxl_raw"}
_EXTERNAL = {"ludb": "ludb", "cinc2021": "cinc2021"}


@dataclass(frozen=True, eq=False)
class EvaluationSets:
    """Recordings that no weights were trained on.

    Attributes
    ----------
    validation : Recordings or None
        Thresholds and calibration come from it.
    test : Recordings
        Reported only.
    external : mapping of source to Recordings
        From elsewhere than the training data; reported only, apart.
    """

    validation: Recordings | None
    test: Recordings
    external: Mapping[str, Recordings]


def open_sets(folder: Path, preprocessing: PreprocessingConfig) -> EvaluationSets:
    """Open whatever of the known sets `folder` holds.

    Raises
    ------
    DatasetError
        It holds no test recordings, or one of its sets cannot be read.
    """
    if not folder.is_dir():
        raise DatasetError(f'There is no folder "{folder}".')
    ours = [open_source(kind, folder / at, preprocessing) for kind, at in _present(folder, _PTBXL)]
    test = [part.of_split("test") for part in ours]
    if not sum(map(len, test)):
        raise DatasetError(
            f'"{folder}" holds no test recordings: expected ptbxl_subset.npz with its labels, or '
            "ptbxl_raw/ with records of fold 10."
        )
    validation = _once([part.of_split("val") for part in ours])
    return EvaluationSets(
        validation=validation if len(validation) else None,
        test=_once(test),
        external={
            kind: open_source(kind, folder / at, preprocessing)
            for kind, at in _present(folder, _EXTERNAL)
        },
    )


def _present(folder: Path, places: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    def is_there(kind: str, at: str) -> bool:
        return (folder / f"{kind}.npz").is_file() if at == "." else (folder / at).is_dir()

    return [(kind, at) for kind, at in places.items() if is_there(kind, at)]


def _once(parts: list[Recordings]) -> Recordings:
    """Join sets; a record that two of them hold counts once, the first one's."""
    joined = join(parts)
    first = np.zeros(len(joined), dtype=bool)
    first[np.unique(joined.record, return_index=True)[1]] = True
    return joined.where(first)


def evaluate(model: Model, data: Recordings) -> Scores:
    """Measure on the recordings as they are.

    Raises
    ------
    DatasetError
        None of them can be used to judge the model.
    """
    outcome = outcome_of(model, data)
    if not len(outcome.truth):
        raise DatasetError(
            f"None of the {len(data)} recordings states exactly one of {', '.join(model.labels)}."
        )
    return score(outcome)


def evaluate_scenarios(
    model: Model,
    data: Recordings,
    scenarios: Iterable[Scenario] = SCENARIOS,
    progress: Progress | None = None,
) -> dict[Scenario, ScenarioScore]:
    """Measure with each scenario applied to every recording, against the recordings as they are.

    Recordings that a scenario leaves without any lead are left out of both sides.
    """
    scenarios = list(scenarios)
    before = outcome_of(model, data)
    draws = auc_draws(before)
    scores = {}
    for number, scenario in enumerate(scenarios, start=1):
        after = outcome_of(model, data, scenario)
        readable = np.asarray(~np.isnan(after.probability).any(axis=1))
        if readable.all():
            scores[scenario] = score_change(before, after, draws)
        elif readable.any():
            scores[scenario] = score_change(before.where(readable), after.where(readable))
        if progress is not None:
            progress("scenarios", number, len(scenarios))
    return scores


def measure(model: Model, sets: EvaluationSets, progress: Progress | None = None) -> Measured:
    """Measure everything that the model card states."""
    scores = evaluate_scenarios(model, sets.test, progress=progress)
    by_group: dict[str, dict[str, ScenarioScore]] = {}
    for scenario, result in scores.items():
        by_group.setdefault(scenario.group, {})[scenario.name] = result
    outcome = outcome_of(model, sets.test)
    return Measured(
        validation=None if sets.validation is None else evaluate(model, sets.validation),
        test=score(outcome),
        external={source: evaluate(model, part) for source, part in sets.external.items()},
        swaps=by_group.pop(ROW, {}),
        scenarios=by_group,
        reliability=reliability(outcome),
    )
