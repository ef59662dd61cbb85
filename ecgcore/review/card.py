"""A checkpoint's description as a record: what the model is and what was measured of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecgcore.model.measured import GroupScore, Measured, ScenarioScore, label_name, read_measured

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
_BOTH_WAYS_TEXT = (
    "It reads each lead both ways up: exchanging the two arms and the left leg, or chest "
    "electrodes, in any order has exactly no effect on what it says."
)
_SWAPS_TEXT = (
    "An ordinary residual network over the twelve leads in fixed order that was shown swapped "
    "electrodes in training: the second control, which has learned them instead."
)
# Names of the sets as a reader may look them up, with their licences.
_SOURCE_TITLES = {
    "ptbxl_subset": "PTB-XL 1.0.3, band-passed subset (CC BY 4.0)",
    "ptbxl": "PTB-XL 1.0.3, unfiltered records (CC BY 4.0)",
    "cinc2011_quality": "PhysioNet/CinC Challenge 2011, without labels (ODC-By 1.0)",
    "simulated": "simulated recordings",
    "ludb": "LUDB (ODC-By 1.0)",
    "cinc2021": "PhysioNet/CinC Challenge 2021 without PTB-XL (CC BY 4.0)",
}
_OBJECTIVE_TEXTS = {
    "multilabel": "It gives one probability per finding; several findings can be reported.",
    "softmax": "It picks exactly one of its classes.",
}
# Shipped under this ending: an order-dependent network trained with swapped electrodes.
SWAPS_ENDING = "-swaps"


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
    measured : Measured
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
    measured: Measured

    @property
    def side(self) -> str:
        """What the model is in a comparison: ours, or which of the controls."""
        if self.kind == "attention":
            return "Ours"
        return "Baseline with swaps" if self.name.endswith(SWAPS_ENDING) else "Baseline"

    @property
    def data(self) -> str:
        """Sets that the model was trained on, and how they were split, as far as it is stated."""
        if not self.training.get("data"):
            return "Its description does not say what it was trained on."
        stated = self.training["data"]
        sources = ", ".join(source_title(str(x)) for x in stated)
        split = self.training.get("split")
        return f"Trained on {sources}." + (f" Split: {split}." if split else "")

    @property
    def unjudged(self) -> tuple[str, ...]:
        """Findings of which the test records hold too few to say how well they are found."""
        test = self.measured.test
        if test is None:
            return ()
        return tuple(label_name(c) for c, x in test.labels.items() if x.auc.value is None)

    @property
    def summary(self) -> str:
        """Say what the model is and what it decides, in two sentences."""
        what = _KIND_TEXTS[self.kind]
        if self.side == "Baseline with swaps":
            what = _SWAPS_TEXT
        if self.network.get("both_ways"):
            what = f"{what} {_BOTH_WAYS_TEXT}"
        return f"{what} {_OBJECTIVE_TEXTS[self.objective]}"

    def group(self, key: str) -> GroupScore | None:
        """Means over a group of labels on the test records, where they were measured."""
        test = self.measured.test
        return None if test is None else test.groups.get(key)


def source_title(name: str) -> str:
    """Full name of a data set, or its short one where no other is known."""
    return _SOURCE_TITLES.get(name, name)


def shown_change(score: ScenarioScore) -> float:
    """Share of records of which a rhythm or conduction finding changed; any finding otherwise.

    A model of rhythms alone has no other findings, and older descriptions count them together.
    """
    group = score.groups.get("rhythm_conduction")
    share = None if group is None else group.share_changed.value
    return score.share_changed if share is None else share


def read_card(description: Mapping[str, Any]) -> Card:
    """Build the card from `checkpoint.describe`; every number comes from that description."""
    return Card(
        name=description["name"],
        title=description["title"],
        kind=description["kind"],
        objective=description["objective"],
        parameters=description["parameters"],
        sha256=description["sha256"],
        training=description.get("training", {}),
        network=description["network"],
        preprocessing=description["preprocessing"],
        measured=read_measured(description.get("metrics", {})),
    )
