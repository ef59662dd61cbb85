"""What was measured of a checkpoint: the figures as records, to and from the JSON beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ecgcore.model.labels import CODES, GROUPS, NAMES


@dataclass(frozen=True)
class LabelGroup:
    """Labels over which a mean is taken, or changed findings are counted."""

    key: str
    title: str
    labels: tuple[str, ...]


# Labels of which the published accuracy on PTB-XL is best known; with the superclasses beside them.
HEADLINE_LABELS = ("AF", "IAVB", "LBBB", "CRBBB", "IRBBB", "STach", "SB", "LAnFB", "NORM")
LABEL_GROUPS = (
    LabelGroup("all", "all findings", CODES),
    LabelGroup("headline", "nine rhythm and conduction labels", HEADLINE_LABELS),
    LabelGroup(
        "rhythm_conduction",
        "rhythm, conduction and ectopy",
        tuple(code for code in CODES if GROUPS[code] != "superclass"),
    ),
    LabelGroup(
        "superclasses",
        "five superclasses",
        tuple(code for code in CODES if GROUPS[code] == "superclass"),
    ),
)


def groups_of(labels: tuple[str, ...]) -> tuple[LabelGroup, ...]:
    """Return the groups that a model of these labels covers; "all" is whatever it has."""
    everything, *parts = LABEL_GROUPS
    return (
        LabelGroup(everything.key, everything.title, labels),
        *(group for group in parts if set(group.labels) <= set(labels)),
    )


GROUP_TITLES = {group.key: group.title for group in LABEL_GROUPS}


@dataclass(frozen=True)
class Interval:
    """A measured value with its 95 % bootstrap interval; None where it could not be computed."""

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


UNKNOWN = Interval(None)
# Fields of a score that are plain values, without an interval.
_PLAIN = (
    "positives",
    "known",
    "labels",
    "brier_before",
    "calibration_error_before",
    "calibration_error_if_true",
)


@dataclass(frozen=True)
class LabelScore:
    """How well one finding is told apart, and how far its probability can be believed.

    Attributes
    ----------
    positives, known : int
        Recordings with the finding; recordings for which it is annotated at all.
    auc, average_precision : Interval
    f1, sensitivity, specificity : Interval
        At the threshold of the checkpoint.
    brier, calibration_error : Interval
        Of the calibrated probabilities.
    brier_before, calibration_error_before : float or None
        Of the network's own, before calibration.
    calibration_error_if_true : float or None
        What the estimator shows, on average, if every probability is exactly right: with so
        few recordings it is not zero.
    """

    positives: int
    known: int
    auc: Interval = UNKNOWN
    sensitivity: Interval = UNKNOWN
    specificity: Interval = UNKNOWN
    average_precision: Interval = UNKNOWN
    f1: Interval = UNKNOWN
    brier: Interval = UNKNOWN
    calibration_error: Interval = UNKNOWN
    brier_before: float | None = None
    calibration_error_before: float | None = None
    calibration_error_if_true: float | None = None


@dataclass(frozen=True)
class GroupScore:
    """Means over those labels of a group that have enough positives; fields as in `LabelScore`."""

    labels: tuple[str, ...]
    auc: Interval
    average_precision: Interval
    f1: Interval
    brier: Interval
    calibration_error: Interval
    brier_before: float | None
    calibration_error_before: float | None
    calibration_error_if_true: float | None


@dataclass(frozen=True)
class Scores:
    """Figures on one set of recordings.

    Attributes
    ----------
    records, patients : int
        `patients` is 0 in descriptions that do not state it.
    macro_auc : Interval
        Mean over all labels that have enough positives.
    labels : mapping of code to LabelScore
    groups : mapping of a `LabelGroup.key` to GroupScore
        Only groups all of whose labels the model has.
    """

    records: int
    macro_auc: Interval
    labels: Mapping[str, LabelScore]
    patients: int = 0
    groups: Mapping[str, GroupScore] = field(default_factory=dict)


@dataclass(frozen=True)
class GroupChange:
    """What a scenario does to the labels of one group."""

    auc: Interval
    auc_change: Interval
    share_changed: Interval


@dataclass(frozen=True)
class ScenarioScore:
    """What one scenario does to a model on the test recordings.

    Attributes
    ----------
    macro_auc, macro_auc_change : float or None
        Under the scenario, and minus that of the recordings as they are; all labels.
    share_changed : float
        Share of recordings of which any finding is gained or lost.
    largest_probability_change : float or None
        Over all recordings and labels.
    records : int
        Recordings that the scenario leaves with at least one lead.
    groups : mapping of a `LabelGroup.key` to GroupChange
    """

    macro_auc: float | None
    macro_auc_change: float | None
    share_changed: float
    largest_probability_change: float | None = None
    records: int = 0
    groups: Mapping[str, GroupChange] = field(default_factory=dict)


@dataclass(frozen=True)
class ReliabilityPoint:
    """Recordings whose probability lies in one bin: how many, their mean, and what came true."""

    records: int
    probability: float
    share_true: float


@dataclass(frozen=True)
class Reliability:
    """Reliability curves before and after calibration; empty bins are left out."""

    before: tuple[ReliabilityPoint, ...]
    after: tuple[ReliabilityPoint, ...]


@dataclass(frozen=True)
class Measured:
    """Everything measured of one checkpoint; None or empty where it was not measured.

    Attributes
    ----------
    validation, test : Scores or None
    external : mapping of source to Scores
        Sets that came from elsewhere than the training data.
    swaps : mapping of table row to ScenarioScore
        The nine rows of the misplacement table.
    scenarios : mapping of group to mapping of name to ScenarioScore
        Everything else that can happen to the leads (`ecgcore.learn.scenarios`).
    reliability : mapping of label, or `LabelGroup.key`, to Reliability
        On the test recordings; of a group all findings together.
    """

    validation: Scores | None = None
    test: Scores | None = None
    external: Mapping[str, Scores] = field(default_factory=dict)
    swaps: Mapping[str, ScenarioScore] = field(default_factory=dict)
    scenarios: Mapping[str, Mapping[str, ScenarioScore]] = field(default_factory=dict)
    reliability: Mapping[str, Reliability] = field(default_factory=dict)


def to_json(measured: Measured) -> dict[str, Any]:
    """Return the mapping that stands under ``metrics`` in a checkpoint's JSON."""
    return asdict(measured)


def read_measured(metrics: Mapping[str, Any]) -> Measured:
    """Read what `to_json` wrote, or what an older description states."""
    sets = {key: _scores(metrics[key]) for key in ("validation", "test") if metrics.get(key)}
    return Measured(
        **sets,
        external={source: _scores(x) for source, x in metrics.get("external", {}).items()},
        swaps=_scenarios(metrics.get("swaps", {})),
        scenarios={
            group: _scenarios(members) for group, members in metrics.get("scenarios", {}).items()
        },
        reliability={
            label: Reliability(_points(x["before"]), _points(x["after"]))
            for label, x in metrics.get("reliability", {}).items()
        },
    )


def label_name(code: str) -> str:
    """Full name of a finding or of a group of them; what has none keeps its code."""
    return NAMES.get(code) or GROUP_TITLES.get(code, code)


def _scores(stated: Mapping[str, Any]) -> Scores:
    return Scores(
        records=stated["records"],
        macro_auc=_interval(stated["macro_auc"]),
        labels={code: LabelScore(**_figures(x)) for code, x in stated["labels"].items()},
        patients=stated.get("patients", 0),
        groups={
            key: GroupScore(**_figures(x) | {"labels": tuple(x["labels"])})
            for key, x in stated.get("groups", {}).items()
        },
    )


def _figures(stated: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a score; a bare number where an interval is meant has no interval."""
    return {key: x if key in _PLAIN else _interval(x) for key, x in stated.items()}


def _interval(stated: Mapping[str, Any] | float | None) -> Interval:
    return Interval(**stated) if isinstance(stated, Mapping) else Interval(stated)


def _scenarios(stated: Mapping[str, Any]) -> dict[str, ScenarioScore]:
    return {name: _scenario(x) for name, x in stated.items()}


def _scenario(stated: Mapping[str, Any]) -> ScenarioScore:
    groups = {
        key: GroupChange(**{name: _interval(x) for name, x in change.items()})
        for key, change in stated.get("groups", {}).items()
    }
    return ScenarioScore(**{**stated, "groups": groups})


def _points(stated: list[Mapping[str, Any]]) -> tuple[ReliabilityPoint, ...]:
    return tuple(ReliabilityPoint(**point) for point in stated)
