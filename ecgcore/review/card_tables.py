"""Tables of the model card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ecgcore.model.measured import Interval, ScenarioScore, Scores, label_name
from ecgcore.review.card import Card, shown_change

# Above a narrow column.
_SHORT_TITLES = {"ludb": "LUDB", "cinc2021": "CinC 2021"}
_TOO_FEW = "not enough positives"
_NOT_MEASURED = "not measured"


def scores_table(scores: Scores) -> pd.DataFrame:
    """One line per finding: how many records have it, and how well it is told apart."""
    each = scores.labels.values()
    columns = {
        "Finding": [label_name(code) for code in scores.labels],
        "Positives": [x.positives for x in each],
        "Annotated": [x.known for x in each],
        "AUC (95 % interval)": [str(x.auc) for x in each],
        "Sensitivity": [_two_places(x.sensitivity) for x in each],
        "Specificity": [_two_places(x.specificity) for x in each],
    }
    if scores.groups:  # stated by newer descriptions only
        columns |= {
            "F1": [_two_places(x.f1) for x in each],
            "Average precision": [_two_places(x.average_precision) for x in each],
            "Brier": [x.brier.short for x in each],
            "Calibration error": [x.calibration_error.short for x in each],
        }
    return pd.DataFrame(columns)


def external_table(cards: Sequence[Card]) -> pd.DataFrame:
    """Area under the curve per finding on sets from elsewhere, one column per set and model."""
    codes = dict.fromkeys(
        code
        for card in cards
        for scores in card.measured.external.values()
        for code, x in scores.labels.items()
        if x.auc.value is not None
    )
    columns: dict[str, list[str]] = {"Finding": [label_name(code) for code in codes]}
    sources = dict.fromkeys(source for card in cards for source in card.measured.external)
    for source in sources:
        for card in cards:
            scores = card.measured.external.get(source)
            columns[f"{_SHORT_TITLES.get(source, source)} – {card.side}"] = [
                _external_cell(scores, code) for code in codes
            ]
    return pd.DataFrame(columns)


def _external_cell(scores: Scores | None, code: str) -> str:
    if scores is None or code not in scores.labels:
        return _NOT_MEASURED
    x = scores.labels[code]
    return f"{x.auc}, n = {x.positives}" if x.auc.value is not None else f"n = {x.positives}"


def swaps_table(cards: Sequence[Card]) -> pd.DataFrame:
    """One line per row of the misplacement table, the models side by side."""
    return _scenario_table("Misplacement", cards, [card.measured.swaps for card in cards])


def scenarios_table(heading: str, cards: Sequence[Card], group: str) -> pd.DataFrame:
    """One line per scenario of a group (`ecgcore.learn.scenarios`), the models side by side."""
    return _scenario_table(
        heading, cards, [card.measured.scenarios.get(group, {}) for card in cards]
    )


def _scenario_table(
    heading: str, cards: Sequence[Card], scores: Sequence[Mapping[str, ScenarioScore]]
) -> pd.DataFrame:
    names = list(dict.fromkeys(name for of_model in scores for name in of_model))
    columns: dict[str, list[str]] = {heading: names}
    for card, of_model in zip(cards, scores, strict=True):
        if not of_model:
            continue
        each = [of_model.get(name) for name in names]
        columns[f"{card.side}: AUC (change)"] = [_macro_auc(x) for x in each]
        columns[f"{card.side}: changed (any)"] = [_changed(x) for x in each]
    return pd.DataFrame(columns)


def settings_table(settings: Mapping[str, Any]) -> pd.DataFrame:
    """One line per setting, as the checkpoint states it."""
    return pd.DataFrame(
        {"value": [plain(value) for value in settings.values()]},
        index=[name.replace("_", " ") for name in settings],
    )


def _macro_auc(score: ScenarioScore | None) -> str:
    if score is None:
        return _NOT_MEASURED
    if score.macro_auc is None or score.macro_auc_change is None:
        return _TOO_FEW
    return f"{score.macro_auc:.3f} ({score.macro_auc_change:+.3f})"


def _changed(score: ScenarioScore | None) -> str:
    if score is None:
        return _NOT_MEASURED
    if "rhythm_conduction" not in score.groups:
        return f"({score.share_changed:.1%})"
    return f"{shown_change(score):.1%} ({score.share_changed:.1%})"


def _two_places(interval: Interval) -> str:
    if interval.value is None:
        return _TOO_FEW
    if interval.low is None or interval.high is None:
        return f"{interval.value:.2f}"
    return f"{interval.value:.2f} ({interval.low:.2f} to {interval.high:.2f})"


def plain(value: object) -> str:
    """Write a setting without brackets and quotes."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {plain(x)}" for key, x in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(plain(x) for x in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
