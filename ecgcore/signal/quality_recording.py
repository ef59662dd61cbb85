"""The checks of the quality gate on the recording as a whole: what its leads say together."""

from __future__ import annotations

import itertools

import numpy as np

from ecgcore.contradiction import find_contradiction
from ecgcore.leads import CHEST_LEADS, INDEX, LEADS, LIMB_LEADS
from ecgcore.signal.preprocess import MIN_USABLE_S
from ecgcore.signal.quality_issue import Issue, Kind, Severity
from ecgcore.signal.quality_measures import BLOCK_S, INDEPENDENT, Measures
from ecgcore.signal.quality_window import MAX_DEFLECTION_MV, Array, Mask, Window

# Three beats at 60 per minute, and less than half of what is usual.
SHORT_S = 5.0
# A pause or a loose cable; RR intervals beyond 3 s are pauses (Kusumoto et al., Circulation
# 2019;140:e382-e482).
PAUSE_S = 3.0
ALL_FLAT_SHARE = 0.9
# Independent noise in eight leads agrees by 0.2. The lowest of the recordings of LUDB, PTB-XL and
# CinC 2021, a ventricular flutter, agrees by 0.6, the next by 0.9.
LEAST_COMMON = 0.45
LEADS_TO_AGREE = 4
# Median height of the beats, limb and chest leads. Real recordings reach 3.4 and 4.8 mV, never
# both; a gain 6.1 times too large brings the usual 0.8 and 1.5 mV to 4.9 and 9.2.
HIGH_MV = (3.0, 5.0)
# One group alone says less.
HIGH_ALONE_MV = (3.8, 6.0)
# Real recordings go down to 0.24 and 0.35 mV.
LOW_MV = (0.12, 0.2)
IMPOSSIBLE_TIMES = 5.0
# From here on a lead's measures may have been bounded (`quality_window.MAX_DEFLECTION_MV`).
BOUNDED_SHARE = 0.8
# Two electrodes never see the same: the most alike chest leads of 846 real recordings differ by
# 0.0017 mV, root mean square, and by 0.9 % of their own.
COPY_MV, COPY_SHARE = 0.001, 0.002
MIRRORED = -0.6
# How much more alike neighbours get when two chest leads are exchanged back: 99 of 100 real
# recordings stay below.
EXCHANGE_GAIN = 1.3


def recording_issues(window: Window, measures: Measures, usable: Mask) -> list[Issue]:
    """Run every check of the whole recording; `usable` (12,) are the leads without a fault."""
    return [
        *_short(window),
        *_pause(window, measures),
        *_nothing_in_common(window, measures),
        *_algebra(window),
        *_amplitude(window, measures, usable),
        *_copies(window, usable),
        *_mirrored(window, usable),
        *_chest_order(window, usable),
    ]


def too_short(window: Window) -> list[Issue]:
    """Find a recording of which no lead can be read at all."""
    if window.long_enough.any():
        return []
    text = (
        f"No lead holds {MIN_USABLE_S:g} s without a gap; the recording lasts "
        f"{window.duration_s:.2f} s."
    )
    return [Issue(Kind.TOO_SHORT, None, Severity.REFUSE, text)]


def _short(window: Window) -> list[Issue]:
    if window.duration_s >= SHORT_S:
        return []
    text = (
        f"The recording lasts {window.duration_s:.1f} s; below {SHORT_S:g} s the rhythm can hardly "
        f"be told."
    )
    return [Issue(Kind.TOO_SHORT, None, Severity.WARNING, text)]


def all_flat(window: Window, measures: Measures) -> list[Issue]:
    """Find a recording in which no lead moves."""
    if _flat_at_once(window, measures).mean() < ALL_FLAT_SHARE:
        return []
    text = (
        "Every lead is flat. Whether the cables were off or the heart stood still, the tracing "
        "does not say."
    )
    return [Issue(Kind.FLAT, None, Severity.REFUSE, text)]


def _flat_at_once(window: Window, measures: Measures) -> Mask:
    """Blocks of 0.1 s, (blocks,), in which every lead is flat."""
    return np.asarray(measures.flat[window.long_enough].all(axis=0) & ~measures.beating)


def _pause(window: Window, measures: Measures) -> list[Issue]:
    """Find seconds in which no lead moves."""
    seconds = float(_flat_at_once(window, measures).sum() * BLOCK_S)
    if seconds < PAUSE_S:
        return []
    text = (
        f"Every lead is flat at once for {seconds:.1f} of {window.duration_s:.3g} s: a pause, or "
        f"a cable that came off."
    )
    return [Issue(Kind.FLAT, None, Severity.WARNING, text)]


def _nothing_in_common(window: Window, measures: Measures) -> list[Issue]:
    """Find leads that move, but never together."""
    rows = [INDEX[lead] for lead in INDEPENDENT if window.long_enough[INDEX[lead]]]
    if len(rows) < LEADS_TO_AGREE:
        return []
    agreement = float(np.median(measures.agreement[rows]))
    if agreement >= LEAST_COMMON:
        return []
    text = (
        f"The leads show no beats in common (median agreement {{}}, limit {LEAST_COMMON:g}): noise "
        f"alone, or a heart that fibrillates."
    )
    return [Issue(Kind.NO_BEATS, None, Severity.REFUSE, text, agreement, 2)]


def _algebra(window: Window) -> list[Issue]:
    """Find limb leads that contradict each other."""
    found = find_contradiction(window.raw, window.fs)
    if found is None:
        return []
    severity = Severity.WARNING if found.brief else Severity.REFUSE
    return [Issue(Kind.ALGEBRA, None, severity, found.sentence)]


def _heights(window: Window, measures: Measures, usable: Mask) -> Array:
    """Return the median height of the usable limb leads and of the usable chest leads, mV."""
    span_mv = measures.span_mv.copy()
    for row in np.flatnonzero(usable & (span_mv > BOUNDED_SHARE * MAX_DEFLECTION_MV)):
        span_mv[row] = _raw_span_mv(window, int(row))
    limb = np.arange(len(LEADS)) < len(LIMB_LEADS)
    groups = [span_mv[usable & limb], span_mv[usable & ~limb]]
    return np.array([np.median(group) if group.size else np.nan for group in groups])


def _raw_span_mv(window: Window, row: int) -> float:
    """Median over seconds of highest minus lowest sample of a lead whose measures are bounded."""
    known = window.raw[row, ~np.isnan(window.raw[row])]
    size = round(window.fs)
    seconds = known[: known.size // size * size].reshape(-1, size)
    return float(np.median(np.ptp(seconds, axis=1)))


def _times(heights: Array, limits: tuple[float, float]) -> float:
    """Return by how much both heights together are above their limits; their geometric mean."""
    return float(np.exp(np.nanmean(np.log(np.maximum(heights, 1e-6) / limits))))


def _amplitude(window: Window, measures: Measures, usable: Mask) -> list[Issue]:
    """Find beats that are higher or lower than those of a heart at the stated gain."""
    heights = _heights(window, measures, usable)
    if np.isnan(heights).all():
        return []
    high = _times(heights, HIGH_ALONE_MV if np.isnan(heights).any() else HIGH_MV)
    low = 1.0 / _times(heights, LOW_MV)
    if high <= 1.0 and low <= 1.0:
        return []
    names = ("limb", "chest")
    measured = " and ".join(
        f"the {name} leads {height:.2g} mV"
        if height < 100.0
        else f"the {name} leads {height:.0f} mV"
        for name, height in zip(names, heights, strict=True)
        if not np.isnan(height)
    )
    usual = "usual are 0.5 to 1.5 mV in limb and 0.9 to 2.5 mV in chest leads"
    cause = "the gain or the unit is wrong" if high > 1.0 else "low voltage, or a wrong gain"
    severity = Severity.REFUSE if max(high, low) > IMPOSSIBLE_TIMES else Severity.WARNING
    text = f"The beats span a median of {measured} ({usual}): {cause}."
    return [Issue(Kind.AMPLITUDE, None, severity, text)]


def _copies(window: Window, usable: Mask) -> list[Issue]:
    """Find chest leads that hold the same as a lead before them."""
    rows = np.flatnonzero(usable)
    found = []
    for row in rows:
        # Limb leads are equal where a right-leg cable is exchanged.
        twin = next(
            (o for o in rows[rows < row] if _same(window.beats[o], window.beats[row])), None
        )
        if twin is not None and LEADS[row] in CHEST_LEADS:
            text = f"holds the same as {LEADS[twin]}; one of them is a copy"
            found.append(Issue(Kind.DUPLICATED, LEADS[row], Severity.WARNING, text))
    return found


def _same(a: Array, b: Array) -> bool:
    """Tell whether two leads, (N,), differ by less than the noise of any two electrodes."""
    both = ~(np.isnan(a) | np.isnan(b))
    if not both.any():
        return False
    difference = float(np.std(a[both] - b[both]))
    return difference <= max(COPY_MV, COPY_SHARE * float(np.std(a[both])))


def _mirrored(window: Window, usable: Mask) -> list[Issue]:
    """Note a lead I that is upside down beside V6, as exchanged arms make it (Hedén et al. 1995).

    References
    ----------
    Hedén B et al. Artificial neural networks for recognition of electrocardiographic lead reversal.
    Am J Cardiol 1995;75:929-933.
    """
    if not (usable[INDEX["I"]] and usable[INDEX["V6"]]):
        return []
    likeness = _correlations(window, ("I", "V6"))[0, 1]
    if likeness > MIRRORED:
        return []
    text = (
        f"is the mirror image of V6 (correlation {likeness:.2f}), as with exchanged arm electrodes "
        f"or a heart on the right"
    )
    return [Issue(Kind.EXCHANGED, "I", Severity.NOTE, text)]


def _chest_order(window: Window, usable: Mask) -> list[Issue]:
    """Note two chest leads whose exchange makes neighbours far more alike."""
    if not usable[[INDEX[lead] for lead in CHEST_LEADS]].all():
        return []
    likeness = _correlations(window, CHEST_LEADS)
    order = list(range(len(CHEST_LEADS)))
    gains = {}
    for i, j in itertools.combinations(order, 2):
        other = order.copy()
        other[i], other[j] = j, i
        gains[i, j] = _unlike(likeness, order) / max(_unlike(likeness, other), 1e-6)
    (i, j), gain = max(gains.items(), key=lambda item: item[1])
    if gain < EXCHANGE_GAIN:
        return []
    text = (
        f"and {CHEST_LEADS[j]} look exchanged: the other way round neighbouring chest leads differ "
        f"{gain:.1f} times less"
    )
    return [Issue(Kind.EXCHANGED, CHEST_LEADS[i], Severity.NOTE, text)]


def _unlike(likeness: Array, order: list[int]) -> float:
    """Sum of 1 - correlation over the neighbours in an order of the chest leads."""
    return float(sum(1.0 - likeness[a, b] for a, b in itertools.pairwise(order)))


def _correlations(window: Window, leads: tuple[str, ...]) -> Array:
    """Correlate the beats of some leads over the samples that all hold; 0 where one is constant."""
    signal = window.beats[[INDEX[lead] for lead in leads]]
    signal = signal[:, ~np.isnan(signal).any(axis=0)]
    if signal.shape[1] < 2:
        return np.zeros((len(leads), len(leads)))
    covariance = np.cov(signal)
    scale = np.sqrt(np.maximum(np.diag(covariance), 1e-12))
    return np.asarray(covariance / np.outer(scale, scale))
