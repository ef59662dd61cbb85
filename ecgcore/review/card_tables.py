"""Tables of the model card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ecgcore.review.card import Card, Evaluation, SwapScore


def scores_table(evaluation: Evaluation) -> pd.DataFrame:
    """One line per finding: how many records have it, and how well it is told apart."""
    return pd.DataFrame(
        {
            "Finding": [score.name for score in evaluation.labels],
            "Positives": [score.positives for score in evaluation.labels],
            "Annotated": [score.known for score in evaluation.labels],
            "AUC (95 % interval)": [str(score.auc) for score in evaluation.labels],
            "Sensitivity": [_two_places(score.sensitivity) for score in evaluation.labels],
            "Specificity": [_two_places(score.specificity) for score in evaluation.labels],
        }
    )


def swaps_table(cards: Sequence[Card]) -> pd.DataFrame:
    """One line per misplacement: macro-AUC and share of changed records of each model."""
    columns: dict[str, list[str]] = {"Misplacement": [swap.row for swap in cards[0].swaps]}
    for card in cards:
        side = "Ours" if card.kind == "attention" else "Baseline"
        columns[f"{side}: macro-AUC (change)"] = [_macro_auc(swap) for swap in card.swaps]
        columns[f"{side}: records changed"] = [f"{swap.share_changed:.1%}" for swap in card.swaps]
    return pd.DataFrame(columns)


def settings_table(settings: Mapping[str, Any]) -> pd.DataFrame:
    """One line per setting, as the checkpoint states it."""
    return pd.DataFrame(
        {"value": [plain(value) for value in settings.values()]},
        index=[name.replace("_", " ") for name in settings],
    )


def _macro_auc(swap: SwapScore) -> str:
    if swap.macro_auc is None or swap.macro_auc_change is None:
        return "not enough positives"
    return f"{swap.macro_auc:.3f} ({swap.macro_auc_change:+.3f})"


def _two_places(value: float | None) -> str:
    return "not enough positives" if value is None else f"{value:.2f}"


def plain(value: object) -> str:
    """Write a setting without brackets and quotes."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {plain(x)}" for key, x in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(plain(x) for x in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
