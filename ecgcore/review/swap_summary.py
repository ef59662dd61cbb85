"""All nine rows of the misplacement table on one recording: what each model makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ecgcore.electrodes import TABLE_ROWS
from ecgcore.misplacement import apply_table
from ecgcore.model.checkpoint import Model
from ecgcore.model.labels import NAMES
from ecgcore.model.predict import predict_many
from ecgcore.model.prediction import Change, Prediction, compare
from ecgcore.recording import Recording

# Wiring in the reader's words, for each row of the table.
ROW_EXPLANATIONS = {
    "LA/RA": "left arm and right arm cables exchanged",
    "LA/LL": "left arm and left leg cables exchanged",
    "RA/LL": "right arm and left leg cables exchanged",
    "clockwise": (
        "right arm cable on the left arm, left arm on the left leg, left leg on the right arm"
    ),
    "counterclockwise": (
        "right arm cable on the left leg, left leg on the left arm, left arm on the right arm"
    ),
    "RA/RL": "right arm cable and the neutral right leg cable exchanged",
    "LA/RL": "left arm cable and the neutral right leg cable exchanged",
    "LL/RL": "both leg cables exchanged",
    "RA/RL+LA/LL": "both arm cables on the legs, both leg cables on the arms",
}

# Probabilities are shown in whole percents; a smaller change is not seen anywhere.
_NOTICEABLE = 0.01


@dataclass(frozen=True)
class SwapResult:
    """What one model says after one swap, against the tracing as it is.

    Attributes
    ----------
    row : str
        Name of the table row.
    model : str
        Name of the checkpoint.
    after : Prediction
    change : Change
    """

    row: str
    model: str
    after: Prediction
    change: Change


def summarise_rows(
    recording: Recording, model: Model, table: str = "potentials"
) -> tuple[SwapResult, ...]:
    """Predict the recording and its nine swapped versions in one batch, and compare.

    Parameters
    ----------
    recording : Recording
    model : Model
    table : {"potentials", "published"}

    Returns
    -------
    tuple of SwapResult
        In the order of `electrodes.TABLE_ROWS`.
    """
    swapped = [
        recording.with_signal(apply_table(recording.signal, swap, table))
        for swap in TABLE_ROWS.values()
    ]
    before, *after = predict_many(model, [recording, *swapped])
    return tuple(
        SwapResult(row, model.name, prediction, compare(before, prediction))
        for row, prediction in zip(TABLE_ROWS, after, strict=True)
    )


def change_text(change: Change) -> str:
    """Say in one sentence what a swap did to the findings of one model."""
    size = change.largest_probability_change
    amount = f"{size:.2f}" if size >= _NOTICEABLE else f"below {_NOTICEABLE:.2f}"
    largest = f"largest probability change {amount} ({change.largest_changed_label})"
    if not change.any_finding_changed:
        return f"no finding changed; {largest}."
    count = len(change.gained) + len(change.lost)
    parts = []
    if change.gained:
        parts.append("gained " + ", ".join(NAMES[x] for x in change.gained))
    if change.lost:
        parts.append("lost " + ", ".join(NAMES[x] for x in change.lost))
    return f"{count} finding{'s' * (count > 1)} changed: {'; '.join(parts)}; {largest}."


def changes_across(results: Sequence[SwapResult]) -> int:
    """Count the rows after which any finding differs."""
    return sum(result.change.any_finding_changed for result in results)
