"""What a model says of one recording, and how two such statements differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Prediction:
    """The result of one model on one recording.

    Attributes
    ----------
    model : str
        Name of the checkpoint.
    probabilities : mapping of label to probability
    thresholds : mapping of label to threshold
        A finding is reported where probability >= threshold. From the validation split.
    attention : mapping of lead to weight
        Sums to 1 over the leads that were used; empty for a network without attention.
    top : str or None
        The arg-max class where the objective is softmax, otherwise None.
    warnings : tuple of str
        What was truncated, padded or left out before the model ran, as sentences.
    """

    model: str
    probabilities: Mapping[str, float]
    thresholds: Mapping[str, float]
    attention: Mapping[str, float]
    top: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[str, ...]:
        """Labels reported: the arg-max class of a softmax model, otherwise all over threshold."""
        if self.top is not None:
            return (self.top,)
        return tuple(x for x, p in self.probabilities.items() if p >= self.thresholds[x])


@dataclass(frozen=True)
class Change:
    """How the findings of one model differ between two tracings."""

    largest_probability_change: float
    largest_changed_label: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def any_finding_changed(self) -> bool:
        """True when the reported findings are not the same."""
        return bool(self.gained or self.lost)


def compare(before: Prediction, after: Prediction) -> Change:
    """Compare two predictions of the same model."""
    shift = {x: abs(after.probabilities[x] - p) for x, p in before.probabilities.items()}
    label = max(shift, key=lambda x: shift[x])
    return Change(
        largest_probability_change=shift[label],
        largest_changed_label=label,
        gained=tuple(x for x in after.findings if x not in before.findings),
        lost=tuple(x for x in before.findings if x not in after.findings),
    )
