"""The figures at the head of the model card, each with its uncertainty and what was aimed at."""

from __future__ import annotations

from dataclasses import dataclass

from ecgcore.model.measured import GROUP_TITLES, GroupScore, Interval
from ecgcore.review.card import Card, shown_change


@dataclass(frozen=True)
class Headline:
    """One figure.

    Attributes
    ----------
    label, value : str
    uncertainty : str
        Its interval, or what it has to be read beside.
    explanation : str
        What it is, and what was aimed at: an aim, not a promise.
    """

    label: str
    value: str
    uncertainty: str
    explanation: str


def headlines(card: Card) -> tuple[Headline, ...]:
    """Figures of the test records, as far as they were measured."""
    test = card.measured.test
    if test is None:
        return ()
    stated = [_auc(card, "headline", "AUC, nine findings", 0.96)]
    stated += [_auc(card, "superclasses", "AUC, superclasses", 0.91)]
    if not any(stated):
        stated = [_macro("AUC, all findings", test.macro_auc, "Mean over all findings.")]
    stated += [_calibration(card.group("all")), _swaps(card)]
    return tuple(headline for headline in stated if headline is not None)


def _auc(card: Card, key: str, label: str, aim: float) -> Headline | None:
    group = card.group(key)
    if group is None:
        return None
    means = f"Mean area under the ROC curve over {GROUP_TITLES[key]}: {', '.join(group.labels)}."
    return _macro(label, group.auc, f"{means} Aimed at: {aim:.2f} or more.")


def _macro(label: str, auc: Interval, explanation: str) -> Headline:
    if auc.low is None or auc.high is None:
        return Headline(label, auc.short, "no interval", explanation)
    return Headline(label, auc.short, f"{auc.low:.3f} to {auc.high:.3f}", explanation)


def _calibration(group: GroupScore | None) -> Headline | None:
    if group is None or group.calibration_error.value is None:
        return None
    return Headline(
        "Calibration error",
        group.calibration_error.short,
        f"{group.calibration_error_if_true or 0.0:.3f} by chance alone",
        "Mean gap between probability and what came true, ten bins, all findings. Beside it: what "
        "probabilities that are exactly right would show on as few records. Aimed at: 0.03.",
    )


def _swaps(card: Card) -> Headline | None:
    """Name the row of the misplacement table that changes most."""
    if not card.measured.swaps:
        return None
    row, score = max(card.measured.swaps.items(), key=lambda item: shown_change(item[1]))
    group = score.groups.get("rhythm_conduction") or score.groups.get("all")
    share = Interval(score.share_changed) if group is None else group.share_changed
    between = "no interval"
    if share.low is not None and share.high is not None:
        between = f"{share.low:.1%} to {share.high:.1%}"
    return Headline(
        "Changed by the worst swap",
        f"{shown_change(score):.1%}",
        between,
        f"Share of test records of which a rhythm, conduction or ectopy finding changes under "
        f"{row}, the row of the nine that changes most. Aimed at: 3 % or less.",
    )
