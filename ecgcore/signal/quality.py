"""The quality gate: is this recording good, usable with a warning, or refused, and why.

No model reads a refused recording. Leads that are unusable are left out of its attention; the
others are read as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ecgcore.leads import CHEST_LEADS, INDEX, LEADS
from ecgcore.recording import Recording
from ecgcore.signal import quality_score
from ecgcore.signal.quality_checks import lead_issues, missing_issues
from ecgcore.signal.quality_issue import Issue, Kind, Severity, sentences
from ecgcore.signal.quality_measures import Measures, measure
from ecgcore.signal.quality_recording import all_flat, recording_issues, too_short
from ecgcore.signal.quality_window import WINDOW_S, Mask, Window, open_window

__all__ = [
    "WINDOW_S",
    "Issue",
    "Kind",
    "LeadState",
    "Quality",
    "Severity",
    "assess",
]

GOOD, WARNING, REFUSE = "good", "warning", "refuse"
VERDICTS = (GOOD, WARNING, REFUSE)
# A quarter of what was recorded is too little to stand for the page.
LEAST_USABLE_SHARE = 0.25
# One or two electrodes clip on a restless patient; when most leads do, no heart made the waves.
MOST_CLIPPED_SHARE = 0.5

# The limb electrode that two of I, II and III have in common.
_SHARED_ELECTRODE = {
    frozenset({"I", "II"}): ("RA", "right arm"),
    frozenset({"I", "III"}): ("LA", "left arm"),
    frozenset({"II", "III"}): ("LL", "left leg"),
}
_AUGMENTED = ("aVR", "aVL", "aVF")
# Which right-leg exchange leaves one of I, II and III almost flat.
_FLAT_BY_RIGHT_LEG = {"I": "RA/RL with LA/LL", "II": "RA/RL", "III": "LA/RL"}


@dataclass(frozen=True)
class LeadState:
    """What a page draws of one lead.

    Attributes
    ----------
    lead : str
    state : {"good", "warning", "left out", "not recorded"}
    reasons : tuple of str
        Sentences, worst first; empty for a good lead.
    """

    lead: str
    state: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Quality:
    """The judgement of one recording.

    Attributes
    ----------
    verdict : {"good", "warning", "refuse"}
    issues : tuple of Issue
        Worst first; notes alone leave a recording good.
    usable : tuple of bool
        For each of `leads.LEADS`, whether a model may read it.
    score : float or None
        Probability that a reader would accept the recording; None where nothing can be measured.
    """

    verdict: str
    issues: tuple[Issue, ...]
    usable: tuple[bool, ...]
    score: float | None

    @property
    def refused(self) -> bool:
        """True where no model may read the recording."""
        return self.verdict == REFUSE

    @property
    def unusable_leads(self) -> tuple[str, ...]:
        """Leads that are left out, or were never recorded."""
        return tuple(lead for lead, here in zip(LEADS, self.usable, strict=True) if not here)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything that is wrong, worst first, leads with the same fault in one sentence."""
        return sentences(self.issues)

    @property
    def refusals(self) -> tuple[str, ...]:
        """The sentences for which the recording is refused; empty if it is not."""
        return sentences(i for i in self.issues if i.severity == Severity.REFUSE)

    @property
    def leads(self) -> tuple[LeadState, ...]:
        """The state of each of the twelve leads."""
        return tuple(self._state(lead) for lead in LEADS)

    def _state(self, lead: str) -> LeadState:
        own = [issue for issue in self.issues if issue.lead == lead]
        if any(issue.kind == Kind.MISSING for issue in own):
            state = "not recorded"
        elif not self.usable[INDEX[lead]]:
            state = "left out"
        else:
            worst = max((issue.severity for issue in own), default=Severity.NOTE)
            state = "warning" if worst >= Severity.WARNING else "good"
        return LeadState(lead, state, tuple(issue.sentence for issue in own))


def assess(recording: Recording) -> Quality:
    """Judge the first ten seconds of a recording.

    Parameters
    ----------
    recording : Recording
        Of any length, rate and set of leads.

    Returns
    -------
    Quality

    Raises
    ------
    CheckpointError
        The weights of the score are missing or damaged.
    """
    window = open_window(recording)
    if short := too_short(window):
        return _refused(window, short, None)
    measures = measure(window)
    if still := all_flat(window, measures):
        return _refused(window, still, _score(window, measures))
    issues = lead_issues(window, measures)
    faulty = _unusable(issues)
    issues = _with_right_leg_hint(issues) + _shared_electrode(issues)
    usable = ~_unusable(issues)
    issues += recording_issues(window, measures, ~faulty)
    issues += _too_few(window, usable) + _mostly_clipped(window, issues)
    issues += _doubts(window, measures, usable, issues)
    issues.sort(key=lambda issue: -issue.severity)
    score = _score(window, measures)
    return Quality(_verdict(issues), tuple(issues), tuple(usable.tolist()), score)


def _refused(window: Window, reasons: list[Issue], score: float | None) -> Quality:
    """Refuse a recording in which no lead shows anything."""
    issues = (*reasons, *missing_issues(window))
    return Quality(REFUSE, issues, (False,) * len(LEADS), score)


def _unusable(issues: list[Issue]) -> Mask:
    """Leads, (12,), with an issue for which they are left out."""
    mask = np.zeros(len(LEADS), dtype=bool)
    for issue in issues:
        if issue.lead and issue.severity >= Severity.UNUSABLE:
            mask[INDEX[issue.lead]] = True
    return mask


def _with_right_leg_hint(issues: list[Issue]) -> list[Issue]:
    """Say what a single flat limb lead usually is."""
    bad = [i for i in issues if i.lead in _FLAT_BY_RIGHT_LEG and i.severity >= Severity.UNUSABLE]
    if len(bad) != 1 or bad[0].kind != Kind.FLAT:
        return issues
    flat = bad[0]
    hint = (
        f"; one flat limb lead beside others that beat is what an exchanged right-leg cable "
        f"({_FLAT_BY_RIGHT_LEG[str(flat.lead)]}) gives, not asystole"
    )
    told = replace(flat, text=flat.text + hint)
    return [told if issue is flat else issue for issue in issues]


def _shared_electrode(issues: list[Issue]) -> list[Issue]:
    """Leave out aVR, aVL and aVF as well where two of I, II and III point at one electrode."""
    told = {issue.lead for issue in issues if issue.severity >= Severity.UNUSABLE}
    # A lead that was not recorded tells nothing about an electrode.
    missing = {issue.lead for issue in issues if issue.kind in (Kind.MISSING, Kind.TOO_SHORT)}
    bad = frozenset(lead for lead in _FLAT_BY_RIGHT_LEG if lead in told - missing)
    if bad not in _SHARED_ELECTRODE:
        return []
    short, name = _SHARED_ELECTRODE[bad]
    first, second = sorted(bad, key=LEADS.index)
    reason = f"the {name} electrode ({short}), which {first} and {second} show to be off"
    found = [
        Issue(Kind.ELECTRODE, lead, Severity.UNUSABLE, f"needs {reason}, and is left out")
        for lead in _AUGMENTED
        if lead not in told
    ]
    text = (
        f"The chest leads are measured against the mean of the limb electrodes, one of which is "
        f"{reason}; those that look sound are kept."
    )
    chest_kept = any(lead not in told for lead in CHEST_LEADS)
    return [*found, Issue(Kind.ELECTRODE, None, Severity.NOTE, text)] if chest_kept else found


def _too_few(window: Window, usable: Mask) -> list[Issue]:
    recorded, kept = int(window.recorded.sum()), int(usable.sum())
    if kept and kept >= LEAST_USABLE_SHARE * recorded:
        return []
    text = f"Of {recorded} recorded leads {kept} can be used; fewer than a quarter is too little."
    return [Issue(Kind.UNREADABLE, None, Severity.REFUSE, text)]


def _sound(usable: Mask, issues: list[Issue]) -> Mask:
    """Return the leads without any warning, if they are at least half of the usable ones."""
    sound = usable.copy()
    for issue in issues:
        if issue.lead and issue.severity >= Severity.WARNING:
            sound[INDEX[issue.lead]] = False
    return sound if 2 * sound.sum() >= usable.sum() else usable


def _score(window: Window, measures: Measures) -> float:
    """Return the probability that a reader would accept all that was recorded."""
    bad = quality_score.badness(window, measures)
    seen = quality_score.features(bad, window.long_enough)
    return float(quality_score.load_weights().probability(seen))


def _mostly_clipped(window: Window, issues: list[Issue]) -> list[Issue]:
    """Find recordings in which most leads reach the end of the recorder's range."""
    clipped = {issue.lead for issue in issues if issue.kind in (Kind.CLIPPED, Kind.RAILED)}
    recorded = int(window.recorded.sum())
    if len(clipped) <= MOST_CLIPPED_SHARE * recorded:
        return []
    text = (
        f"{len(clipped)} of {recorded} recorded leads are cut off at the end of the recorder's "
        f"range: artefact, or a gain that is far too high."
    )
    return [Issue(Kind.CLIPPED, None, Severity.REFUSE, text)]


def _doubts(window: Window, measures: Measures, usable: Mask, issues: list[Issue]) -> list[Issue]:
    """Say where a reader would not accept even the leads that are to be used."""
    if not usable.any():
        return []
    weights = quality_score.load_weights()
    bad = quality_score.badness(window, measures)
    kept = float(weights.probability(quality_score.features(bad, usable)))
    sound = float(weights.probability(quality_score.features(bad, _sound(usable, issues))))
    if sound < weights.refuse_below:
        severity, limit, verb = Severity.REFUSE, weights.refuse_below, "would probably not accept"
    elif kept < weights.warn_below:
        severity, limit, verb = Severity.WARNING, weights.warn_below, "might not accept"
    else:
        return []
    text = (
        f"A reader {verb} the leads that are left (probability of acceptance {{}}, limit "
        f"{limit:.2f}): {quality_score.main_reason(bad, usable, weights)}."
    )
    value = sound if severity == Severity.REFUSE else kept
    return [Issue(Kind.UNREADABLE, None, severity, text, value, 2)]


def _verdict(issues: list[Issue]) -> str:
    worst = max((issue.severity for issue in issues), default=Severity.NOTE)
    if worst == Severity.REFUSE:
        return REFUSE
    return GOOD if worst == Severity.NOTE else WARNING
