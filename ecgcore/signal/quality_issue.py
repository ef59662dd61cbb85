"""One thing that is wrong with a recording or a lead, as a sentence for a cardiologist."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from ecgcore.leads import LEADS


class Severity(IntEnum):
    """What follows from an issue, mildest first."""

    NOTE = 0  # worth knowing
    WARNING = 1  # the lead or recording is used, with this warning
    UNUSABLE = 2  # the lead is left out of the model's reading
    REFUSE = 3  # no model reads the recording


class Kind:
    """What may be wrong; the values are stable, so that a page can choose a symbol by them."""

    MISSING = "missing"
    TOO_SHORT = "too short"
    FLAT = "flat"
    RAILED = "railed"
    CLIPPED = "clipped"
    MUSCLE = "muscle noise"
    HUM = "mains hum"
    WANDER = "baseline wander"
    NO_BEATS = "no beats"
    ARTEFACT = "artefact"
    ELECTRODE = "electrode"
    DUPLICATED = "duplicated"
    EXCHANGED = "exchanged"
    AMPLITUDE = "amplitude"
    ALGEBRA = "algebra"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Issue:
    """One finding of the quality gate.

    Attributes
    ----------
    kind : str
        One of `Kind`.
    lead : str or None
        A member of `leads.LEADS`; None where it concerns the recording.
    severity : Severity
    text : str
        The sentence, ``{}`` in place of the value; that of a lead begins with its verb:
        ``"is flat for {} of 10 s"``.
    value : float or None
        What was measured.
    digits : int
        Decimals of the value.
    """

    kind: str
    lead: str | None
    severity: Severity
    text: str
    value: float | None = None
    digits: int = 1

    @property
    def sentence(self) -> str:
        """The whole sentence: ``"V3 is flat for 8.2 of 10 s."``."""
        return sentences([self])[0]

    @property
    def shown(self) -> str:
        """The value as it is spelled."""
        return "" if self.value is None else f"{self.value:.{self.digits}f}"


def sentences(issues: Iterable[Issue]) -> tuple[str, ...]:
    """Say each thing once: leads of which the same is to be said share a sentence."""
    sharing: dict[tuple[str, str], list[Issue]] = {}
    for issue in issues:
        sharing.setdefault((issue.kind, issue.text), []).append(issue)
    return tuple(_one_sentence(together) for together in sharing.values())


def _one_sentence(issues: list[Issue]) -> str:
    """Join issues of one text; their values become a range."""
    ordered = sorted(issues, key=lambda issue: issue.value or 0.0)
    low, high = ordered[0].shown, ordered[-1].shown
    text = issues[0].text.replace("{}", low if low == high else f"{low} to {high}")
    leads = sorted((issue.lead for issue in issues if issue.lead), key=LEADS.index)
    if not leads:
        return text
    if len(leads) == 1:
        return f"{leads[0]} {text}."
    return f"Each of {', '.join(leads[:-1])} and {leads[-1]} {text}."
