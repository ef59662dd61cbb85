"""What was measured of checkpoints, as tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecgcore.learn.scenarios import GROUP_TITLES, ROW
from ecgcore.model.measured import (
    GROUP_TITLES as LABEL_GROUP_TITLES,
)
from ecgcore.model.measured import (
    GroupScore,
    Interval,
    LabelScore,
    Measured,
    ScenarioScore,
    Scores,
    label_name,
    read_measured,
)

NOT_MEASURED = "not measured"
HOW_TO_READ = """Not for diagnosis. 95 % intervals from 1,000 bootstrap draws of the patients; an
interval of one point says that every draw was separated perfectly, not that the next patient will
be. Calibration error: ten bins of equal width, before and after calibration; in brackets what
probabilities that are exactly right would show with as few recordings. Swaps are made from the
electrode potentials; the scale of the test recordings' chest leads is not known, so rows with the
right leg use a usual one.
"""


@dataclass(frozen=True)
class Described:
    """A checkpoint by name, with what was measured of it."""

    name: str
    title: str
    objective: str
    parameters: int
    measured: Measured


def described(stated: Mapping[str, Any]) -> Described:
    """Read the JSON of a checkpoint."""
    return Described(
        stated["name"],
        stated["title"],
        stated["objective"],
        stated["parameters"],
        read_measured(stated.get("metrics", {})),
    )


def comparison(models: Sequence[Described]) -> str:
    """One line per model: what matters most, on the test recordings."""
    header = (
        "model", "parameters", "AUC, nine labels", "AUC, superclasses", "AUC, all", "F1, all",
        "calibration error: before, after (if all were true)", "largest loss of AUC in nine rows",
        "most recordings changed: rhythm, conduction and ectopy", "all findings",
    )  # fmt: skip
    return table(header, [_comparison_line(model) for model in models])


def _comparison_line(model: Described) -> tuple[str, ...]:
    test, swaps = model.measured.test, model.measured.swaps
    return (
        model.name,
        f"{model.parameters:,}",
        *(_group(test, key, "auc") for key in ("headline", "superclasses", "all")),
        _group(test, "all", "f1"),
        _calibration(test),
        _worst_change(swaps),
        _most_changed(swaps, "rhythm_conduction"),
        _most_changed(swaps, "all"),
    )


def _group(scores: Scores | None, key: str, figure: str) -> str:
    if scores is None or key not in scores.groups:
        return NOT_MEASURED
    return str(getattr(scores.groups[key], figure))


def _calibration(scores: Scores | None) -> str:
    if scores is None or "all" not in scores.groups:
        return NOT_MEASURED
    return _calibration_of(scores.groups["all"])


def _calibration_of(score: LabelScore | GroupScore) -> str:
    if score.calibration_error.value is None:
        return "too few"
    before, if_true = score.calibration_error_before, score.calibration_error_if_true
    return f"{_number(before)}, {score.calibration_error} ({_number(if_true)})"


def _worst_change(swaps: Mapping[str, ScenarioScore]) -> str:
    changes = [
        (swap.macro_auc_change, row)
        for row, swap in swaps.items()
        if swap.macro_auc_change is not None
    ]
    if not changes:
        return NOT_MEASURED
    change, row = min(changes)
    return f"{change:+.3f} ({row})"


def _most_changed(swaps: Mapping[str, ScenarioScore], key: str) -> str:
    shares = [
        (swap.groups[key].share_changed.value or 0.0, row)
        for row, swap in swaps.items()
        if key in swap.groups
    ]
    if not shares:
        return NOT_MEASURED
    share, row = max(shares)
    return f"{share:.1%} ({row})"


def labels(scores: Scores) -> str:
    """One line per label of one set of recordings."""
    header = (
        "finding", "positives of known", "AUC", "average precision", "F1", "sensitivity",
        "specificity", "Brier", "calibration error: before, after (if true)",
    )  # fmt: skip
    lines = [
        (
            label_name(code),
            f"{x.positives} of {x.known}",
            *(_figure(y) for y in (x.auc, x.average_precision, x.f1, x.sensitivity, x.specificity)),
            _figure(x.brier),
            _calibration_of(x),
        )
        for code, x in scores.labels.items()
        if x.known  # a source that never states a finding says nothing of it
    ]
    return table(header, [*lines, *_means(scores)])


def _means(scores: Scores) -> list[tuple[str, ...]]:
    return [
        (
            f"**mean, {LABEL_GROUP_TITLES[key]}**",
            f"{len(x.labels)} findings",
            str(x.auc),
            str(x.average_precision),
            str(x.f1),
            "",
            "",
            str(x.brier),
            _calibration_of(x),
        )
        for key, x in scores.groups.items()
        if x.labels
    ]


def aucs(sets: Mapping[str, Scores]) -> str:
    """One line per label, one column of areas under the curve per set of recordings."""
    header = ("finding", *(f"{name}, {scores.records} recordings" for name, scores in sets.items()))
    lines = [
        (label_name(code), *(_with_count(scores, code) for scores in sets.values()))
        for code in next(iter(sets.values())).labels
        if any(scores.labels[code].known for scores in sets.values())
    ]
    macro = ("**mean**", *(str(scores.macro_auc) for scores in sets.values()))
    return table(header, [*lines, macro])


def _with_count(scores: Scores, code: str) -> str:
    score = scores.labels[code]
    return f"{score.auc}, {score.positives} positives" if score.auc.value is not None else "too few"


def scenarios(models: Sequence[Described], group: str) -> str:
    """One line per scenario of a group, the models side by side."""
    header = ["scenario"]
    for model in models:
        header += [
            f"{model.name}: AUC, change",
            "changed: rhythm, conduction, ectopy",
            "changed: any",
            "largest change of a probability",
        ]
    of_models = [_scenarios_of(model.measured, group) for model in models]
    names = dict.fromkeys(name for scores in of_models for name in scores)
    lines = [
        (name, *(cell for scores in of_models for cell in _scenario_cells(scores.get(name))))
        for name in names
    ]
    return table(header, lines)


def _scenarios_of(measured: Measured, group: str) -> Mapping[str, ScenarioScore]:
    return measured.swaps if group == ROW else measured.scenarios.get(group, {})


def _scenario_cells(score: ScenarioScore | None) -> tuple[str, str, str, str]:
    if score is None:
        return (NOT_MEASURED,) * 4
    parts = score.groups.get("rhythm_conduction") or score.groups.get("all")
    change = "too few"
    if score.macro_auc is not None and score.macro_auc_change is not None:
        change = f"{score.macro_auc:.3f}, {score.macro_auc_change:+.3f}"
    return (
        change,
        NOT_MEASURED if parts is None else f"{parts.share_changed.value or 0.0:.1%}",
        f"{score.share_changed:.1%}",
        _number(score.largest_probability_change),
    )


def all_scenarios(models: Sequence[Described], level: int = 3) -> str:
    """Every group of scenarios under its own heading."""
    parts = []
    for group, title in GROUP_TITLES.items():
        if any(_scenarios_of(model.measured, group) for model in models):
            parts += [f"{'#' * level} {title[0].upper()}{title[1:]}", "", scenarios(models, group)]
    return "\n".join(parts)


def table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table, with an empty line after it."""
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _figure(interval: Interval) -> str:
    return "too few" if interval.value is None else str(interval)


def _number(value: float | None) -> str:
    return NOT_MEASURED if value is None else f"{value:.3f}"
