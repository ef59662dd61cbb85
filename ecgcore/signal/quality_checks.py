"""The checks of the quality gate on single leads: each measure against its limit, as issues.

"Real recordings" are the 846 of LUDB, PTB-XL (unfiltered) and CinC 2021, on which the limits were
set such that what they report can be seen on the paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecgcore.leads import LEADS, LIMB_LEADS
from ecgcore.signal.preprocess import MIN_USABLE_S
from ecgcore.signal.quality_issue import Issue, Kind, Severity
from ecgcore.signal.quality_measures import BLOCK_S, SECOND_S, Measures
from ecgcore.signal.quality_window import Array, Mask, Window

# From this share of its time on, a lead that shows nothing is left out.
UNUSABLE_SHARE = 0.5
FLAT_WARNING_S = 3.0
# Lower leads are flat between their waves for seconds without a fault.
LOW_SPAN_MV = 0.2
# The lowest lead of all real recordings spans 0.10 mV, the lowest of I, II and III 0.12 mV.
STILL_MV = 0.06
ALMOST_FLAT_MV = 0.1
ALMOST_FLAT_SHARE = 0.12
# Shorter stays at the limit are tops of waves that are cut off.
RAILED_S = 0.2
CLIPPED_PLACES = 3
# In 99 % of the leads of real recordings noise above 40 Hz stays below 0.03 mV.
MUSCLE_MV = 0.05
MUSCLE_SHARE = 0.1
# White noise alone measures 0.25 to 0.31 of its own span; beats no longer stand out of half of it.
DROWNED_SHARE = 0.15
# One small square of the paper from crest to trough is 0.1 mV.
HUM_MV = 0.05
# Two large squares at 10 mm/mV are 1 mV; 98 % of the leads of real recordings wander less than 1.6.
WANDER_MV = 2.0
# The beats of a lead coincide with those of the others by 0.6 and more in 99 of 100 leads.
LEAST_AGREEMENT = 0.3
AGREEMENT_OF_OTHERS = 0.8
# A deflection that is so many times the usual height of its lead, and more so than in the others.
ARTEFACT_TIMES = 4.0
ARTEFACT_MV = 1.5


@dataclass(frozen=True, eq=False)
class _Fault:
    """What is to be said of the leads of a mask, and what was measured of each."""

    kind: str
    severity: Severity
    text: str
    where: Mask
    values: Array | None = None
    digits: int = 1

    def issues(self) -> list[Issue]:
        """One issue for each lead."""
        return [
            Issue(
                self.kind,
                LEADS[row],
                self.severity,
                self.text,
                None if self.values is None else float(self.values[row]),
                self.digits,
            )
            for row in np.flatnonzero(self.where)
        ]


def lead_issues(window: Window, measures: Measures) -> list[Issue]:
    """Run every check of single leads; leads in the order of `leads.LEADS`."""
    faults = [
        *_absent(window),
        *_flat(window, measures),
        *_limits(window),
        *_noise(measures),
        *_no_beats(window, measures),
    ]
    found = _all_issues(faults)
    # A lead that is flat for most of the time jumps by every beat that it does show.
    gone = {issue.lead for issue in found if issue.severity >= Severity.UNUSABLE}
    found += [issue for issue in _artefacts(measures) if issue.lead not in gone]
    return sorted(found, key=lambda issue: LEADS.index(str(issue.lead)))


def missing_issues(window: Window) -> list[Issue]:
    """Find leads that were not recorded."""
    return _all_issues(_absent(window)[:1])


def _all_issues(faults: list[_Fault]) -> list[Issue]:
    return [issue for fault in faults for issue in fault.issues()]


def _absent(window: Window) -> list[_Fault]:
    short = f"has no {MIN_USABLE_S:g} s without a gap and is left out"
    return [
        _Fault(Kind.MISSING, Severity.UNUSABLE, "was not recorded", ~window.recorded),
        _Fault(Kind.TOO_SHORT, Severity.UNUSABLE, short, window.recorded & ~window.long_enough),
    ]


def _of(window: Window) -> str:
    """Spell the end of "8.2 of 10 s"."""
    return f"of {window.duration_s:.3g} s"


def _flat(window: Window, measures: Measures) -> list[_Fault]:
    """Find leads that do not move while others show beats."""
    flat_s = (measures.flat & measures.beating).sum(axis=1) * BLOCK_S
    at_limit_s = window.limit.sum(axis=1) / window.fs
    flat_s = np.where(at_limit_s > UNUSABLE_SHARE * flat_s, 0.0, flat_s)  # railed says it better
    known_s = (~np.isnan(window.whole)).sum(axis=1) / window.work_fs
    mostly = flat_s >= np.maximum(UNUSABLE_SHARE * known_s, BLOCK_S)
    partly = ~mostly & (flat_s >= FLAT_WARNING_S) & (measures.span_mv >= LOW_SPAN_MV)
    almost = _almost_flat(measures.span_mv) & ~mostly & (at_limit_s == 0)
    text = f"is flat for {{}} {_of(window)}"
    return [
        _Fault(Kind.FLAT, Severity.UNUSABLE, f"{text} and is left out", mostly, flat_s),
        _Fault(Kind.FLAT, Severity.WARNING, text, partly, flat_s),
        _Fault(
            Kind.FLAT,
            Severity.UNUSABLE,
            "is almost flat ({} mV) and is left out",
            almost,
            measures.span_mv,
            2,
        ),
    ]


def _almost_flat(span_mv: Array) -> Mask:
    """Find leads far lower than the others, shape (12,).

    The axis of the heart may stand across one of I, II and III, so the lowest of them is judged by
    the highest.
    """
    known = span_mv[~np.isnan(span_mv)]
    almost = np.zeros(len(LEADS), dtype=bool)
    if known.size and np.median(known) >= LOW_SPAN_MV:
        almost = np.nan_to_num(span_mv, nan=np.inf) < STILL_MV
    bipolar = span_mv[:3]
    if not np.isnan(bipolar).any():
        row, low, high = int(np.argmin(bipolar)), float(bipolar.min()), float(bipolar.max())
        limit_mv = max(ALMOST_FLAT_MV, min(ALMOST_FLAT_SHARE * high, LOW_SPAN_MV))
        almost[row] |= high >= LOW_SPAN_MV and low < limit_mv
    return almost


def _limits(window: Window) -> list[_Fault]:
    """Find leads that stand at the end of the recorder's range, or whose waves are cut off."""
    railed_s, places, level_mv = (np.zeros(len(LEADS)) for _ in range(3))
    for row in np.flatnonzero(window.limit.any(axis=1)):
        turns = np.flatnonzero(np.diff(np.pad(window.limit[row].astype(np.int8), 1)))
        lengths_s = (turns[1::2] - turns[::2]) / window.fs
        railed_s[row] = lengths_s[lengths_s >= RAILED_S].sum()
        places[row] = (lengths_s < RAILED_S).sum()
        values = window.raw[row, window.limit[row]]
        level_mv[row] = values[np.abs(values).argmax()]
    mostly = railed_s >= UNUSABLE_SHARE * window.duration_s
    partly = (railed_s > 0) & ~mostly
    faults = []
    for level in np.unique(level_mv[railed_s > 0].round(1)):
        there = level_mv.round(1) == level
        text = f"stands at the end of the recorder's range ({level:g} mV) for {{}} {_of(window)}"
        faults += [
            _Fault(
                Kind.RAILED, Severity.UNUSABLE, f"{text} and is left out", mostly & there, railed_s
            ),
            _Fault(Kind.RAILED, Severity.WARNING, text, partly & there, railed_s),
        ]
    text = "is cut off at {} mV in several places"
    clipped = places >= CLIPPED_PLACES
    return [*faults, _Fault(Kind.CLIPPED, Severity.WARNING, text, clipped, level_mv, 2)]


def _noise(measures: Measures) -> list[_Fault]:
    """Find leads with muscle noise, mains hum or a wandering baseline."""
    # A lead whose beats are low is noisy with less.
    limit_mv = np.clip(MUSCLE_SHARE * measures.span_mv, MUSCLE_MV / 3.0, MUSCLE_MV)
    noisy = measures.fine_mv > limit_mv
    drowned = noisy & (measures.fine_mv > DROWNED_SHARE * measures.span_mv)
    text = "carries noise of {} uV above 40 Hz"
    return [
        _Fault(
            Kind.MUSCLE,
            Severity.UNUSABLE,
            f"{text}, in which its beats drown, and is left out",
            drowned,
            measures.fine_mv * 1000,
            0,
        ),
        _Fault(
            Kind.MUSCLE,
            Severity.WARNING,
            f"{text} (limit {MUSCLE_MV * 1000:.0f} uV, or a tenth of the beats)",
            noisy & ~drowned,
            measures.fine_mv * 1000,
            0,
        ),
        _Fault(
            Kind.HUM,
            Severity.WARNING,
            f"carries mains hum of {{}} uV (limit {HUM_MV * 1000:.0f} uV)",
            measures.hum_mv > HUM_MV,
            measures.hum_mv * 1000,
            0,
        ),
        _Fault(
            Kind.WANDER,
            Severity.WARNING,
            f"has a baseline that wanders by {{}} mV (limit {WANDER_MV:g} mV)",
            measures.wander_mv > WANDER_MV,
            measures.wander_mv,
        ),
    ]


def _no_beats(window: Window, measures: Measures) -> list[_Fault]:
    """Find leads that move at other times than the others do."""
    agreement = np.nan_to_num(measures.agreement, nan=1.0)
    others = np.median(agreement[window.long_enough])
    comparable = window.long_enough.sum() > 2 and others >= AGREEMENT_OF_OTHERS
    strange = (agreement < LEAST_AGREEMENT) & (measures.span_mv >= LOW_SPAN_MV) & comparable
    text = (
        f"does not show the beats of the other leads (agreement {{}}, limit {LEAST_AGREEMENT:g}) "
        f"and is left out"
    )
    return [_Fault(Kind.NO_BEATS, Severity.UNUSABLE, text, strange, agreement, 2)]


def _artefacts(measures: Measures) -> list[Issue]:
    """Find deflections of one lead that no beat explains; only the largest of each lead is told."""
    spans = measures.spans_mv
    times = spans / np.maximum(measures.span_mv, LOW_SPAN_MV)[:, None]
    alone = times >= ARTEFACT_TIMES * np.fmax(_others(times), 1.0)
    alone &= spans - measures.span_mv[:, None] >= ARTEFACT_MV
    found = []
    for row in np.flatnonzero(alone.any(axis=1)):
        heights_mv = np.where(alone[row], spans[row], 0.0)
        begin_s = int(heights_mv.argmax()) * SECOND_S
        text = (
            f"jumps by {{}} mV between {begin_s:g} and {begin_s + SECOND_S:g} s, far more than the "
            f"other leads"
        )
        height = float(heights_mv.max())
        found.append(Issue(Kind.ARTEFACT, LEADS[row], Severity.WARNING, text, height))
    return found


def _others(times: Array) -> Array:
    """Return what three quarters of the leads that share no electrode stay below, as `times`.

    A premature beat is larger in many leads, a moving electrode in its own and perhaps a neighbour.
    """
    n_limb = len(LIMB_LEADS)
    result = np.empty_like(times)
    result[:n_limb] = _upper_quartile(times[n_limb:])
    for row in range(n_limb, len(LEADS)):
        result[row] = _upper_quartile(np.delete(times, row, axis=0))
    return result


def _upper_quartile(times: Array) -> Array:
    """Third quartile over the leads, (seconds,); NaN where none is known."""
    known = ~np.isnan(times).all(axis=0)
    result = np.full(times.shape[1], np.nan)
    result[known] = np.nanquantile(times[:, known], 0.75, axis=0)
    return result
