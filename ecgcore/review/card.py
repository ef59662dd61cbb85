"""A checkpoint's description as records: what the model is and what was measured of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecgcore.model.labels import NAMES

_KIND_TEXTS = {
    "attention": (
        "A lead-attention network: the same weights read every lead, then the leads are weighed "
        "and added, so it does not know which lead stands where (described in CN110801218A)."
    ),
    "baseline": (
        "An ordinary residual network over the twelve leads in fixed order, kept as the control: "
        "it relies on every electrode being where it belongs."
    ),
}
# Names of the sets as a reader may look them up, with their licences.
_SOURCE_TITLES = {
    "ptbxl_subset": "PTB-XL 1.0.3, band-passed subset (CC BY 4.0)",
    "ptbxl_raw": "PTB-XL 1.0.3, unfiltered records (CC BY 4.0)",
    "simulated": "simulated recordings",
    "ludb": "LUDB (ODC-By 1.0)",
    "cinc2021": "PhysioNet/CinC Challenge 2021 without PTB-XL (CC BY 4.0)",
}
_OBJECTIVE_TEXTS = {
    "multilabel": "It gives one probability per finding; several findings can be reported.",
    "softmax": "It picks exactly one of its classes.",
}


@dataclass(frozen=True)
class Interval:
    """A measured value with its 95 % bootstrap interval; None where it could not be measured."""

    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def short(self) -> str:
        """The value alone, or a dash."""
        return "–" if self.value is None else f"{self.value:.3f}"

    def __str__(self) -> str:
        """Write ``0.952 (0.921 to 0.978)``, or say why there is no value."""
        if self.value is None:
            return "not enough positives"
        if self.low is None or self.high is None:
            return f"{self.value:.3f}"
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True)
class LabelScore:
    """How well one finding is told apart.

    Attributes
    ----------
    code : str
    positives, known : int
        Records with the finding; records for which it is annotated at all.
    auc : Interval
    sensitivity, specificity : float or None
        At the threshold of the checkpoint.
    """

    code: str
    positives: int
    known: int
    auc: Interval
    sensitivity: float | None
    specificity: float | None

    @property
    def name(self) -> str:
        """Full name of the finding."""
        return NAMES[self.code]


@dataclass(frozen=True)
class SwapScore:
    """What one row of the misplacement table does to a model on the test records.

    Attributes
    ----------
    row : str
    macro_auc, macro_auc_change : float or None
        With every record swapped; difference from the unswapped records.
    share_changed : float
        Share of records in which any finding changes.
    """

    row: str
    macro_auc: float | None
    macro_auc_change: float | None
    share_changed: float


@dataclass(frozen=True)
class Evaluation:
    """Scores on one set of records."""

    records: int
    macro_auc: Interval
    labels: tuple[LabelScore, ...]


@dataclass(frozen=True)
class Card:
    """One model: identity, training and measured performance.

    Attributes
    ----------
    name, title, kind, objective : str
    parameters : int
    sha256 : str
    training, network, preprocessing : mapping
        As the checkpoint states them.
    test : Evaluation
    external : mapping of source to Evaluation
        Sets that came from elsewhere than the training data.
    swaps : tuple of SwapScore
        One per row of the table.
    """

    name: str
    title: str
    kind: str
    objective: str
    parameters: int
    sha256: str
    training: Mapping[str, Any]
    network: Mapping[str, Any]
    preprocessing: Mapping[str, Any]
    test: Evaluation
    external: Mapping[str, Evaluation]
    swaps: tuple[SwapScore, ...]

    @property
    def data(self) -> str:
        """Sets that the model was trained on, and how they were split."""
        sources = ", ".join(source_title(name) for name in self.training["data"])
        return f"Trained on {sources}. Split: {self.training['split']}."

    @property
    def unjudged(self) -> tuple[str, ...]:
        """Findings of which the test records hold too few to say how well they are found."""
        return tuple(score.name for score in self.test.labels if score.auc.value is None)

    @property
    def summary(self) -> str:
        """Say what the model is and what it decides, in two sentences."""
        return f"{_KIND_TEXTS[self.kind]} {_OBJECTIVE_TEXTS[self.objective]}"


def source_title(name: str) -> str:
    """Full name of a data set, or its short one where no other is known."""
    return _SOURCE_TITLES.get(name, name)


def read_card(description: Mapping[str, Any]) -> Card:
    """Build the card from `checkpoint.describe`; every number comes from that description."""
    metrics = description["metrics"]
    return Card(
        name=description["name"],
        title=description["title"],
        kind=description["kind"],
        objective=description["objective"],
        parameters=description["parameters"],
        sha256=description["sha256"],
        training=description["training"],
        network=description["network"],
        preprocessing=description["preprocessing"],
        test=_evaluation(metrics["test"]),
        external={
            source: _evaluation(scores) for source, scores in metrics.get("external", {}).items()
        },
        swaps=tuple(
            SwapScore(row, x["macro_auc"], x["macro_auc_change"], x["share_changed"])
            for row, x in metrics["swaps"].items()
        ),
    )


def _evaluation(scores: Mapping[str, Any]) -> Evaluation:
    return Evaluation(
        records=scores["records"],
        macro_auc=Interval(**scores["macro_auc"]),
        labels=tuple(
            LabelScore(
                code=code,
                positives=x["positives"],
                known=x["known"],
                auc=Interval(**x["auc"]),
                sensitivity=x["sensitivity"],
                specificity=x["specificity"],
            )
            for code, x in scores["labels"].items()
        ),
    )
