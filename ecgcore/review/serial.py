"""Two recordings of one heart compared: beats, measurements and findings, and what is new.

Nothing here knows whether both are of one person.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecgcore.leads import INDEX, LEADS
from ecgcore.model.prediction import Prediction
from ecgcore.recording import Recording
from ecgcore.review.serial_beats import AlignedBeats, align_beats
from ecgcore.review.serial_limits import FINDING_LOG_ODDS, QUANTITIES, Quantity
from ecgcore.review.serial_swap import likely_exchange
from ecgcore.signal.measurements import Measurements, RepresentativeBeat
from ecgcore.signal.qrs_edges import pr_level
from ecgcore.signal.quality import Quality

Matrix = npt.NDArray[np.float64]

GAINED, LOST, KEPT, NEITHER = "gained", "lost", "kept", "neither"
# What is left open by the scatter of the RR intervals, 95 of 100.
_SCATTER_SD = 1.96
_T_FROM_J_MS = 80.0
# So that a probability of 0 or 1 has odds.
_LEAST_PROBABILITY = 1e-6
_UNNAMED = "Not measured."
# Birthdays and rounding; a year or two pass between most recordings.
_YOUNGER_YEARS = 1.0


@dataclass(frozen=True, eq=False)
class Examined:
    """One side of a comparison.

    Attributes
    ----------
    recording : Recording
    measurements : Measurements
    quality : Quality
    prediction : Prediction or None
        None where the gate refuses the recording, or where it could not be read.
    """

    recording: Recording
    measurements: Measurements
    quality: Quality
    prediction: Prediction | None = None


@dataclass(frozen=True)
class QuantityChange:
    """One measurement, earlier and later.

    Attributes
    ----------
    quantity : Quantity
    earlier, later : float or None
    limit : float
        What repeated measurement alone would give at these values.
    reason : str
        Which of the two is absent, and why; empty where both are there.
    """

    quantity: Quantity
    earlier: float | None
    later: float | None
    limit: float
    reason: str = ""

    @property
    def change(self) -> float | None:
        """Later less earlier, axes the short way round; None where one is absent."""
        if self.earlier is None or self.later is None:
            return None
        change = self.later - self.earlier
        if self.quantity.is_angle:
            return change - 360.0 * float(np.round(change / 360.0))
        return change

    @property
    def beyond_error(self) -> bool:
        """Whether repeated measurement alone does not explain the change."""
        return self.change is not None and abs(self.change) > self.limit


@dataclass(frozen=True)
class FindingChange:
    """One finding of one model, earlier and later.

    Attributes
    ----------
    code : str
    earlier, later : float
        Probabilities.
    state : {"gained", "lost", "kept", "neither"}
        By the thresholds of the model.
    """

    code: str
    earlier: float
    later: float
    state: str

    @property
    def change(self) -> float:
        """Later less earlier."""
        return self.later - self.earlier

    @property
    def beyond_error(self) -> bool:
        """Whether it came or went by more than the odds of stable recordings change."""
        odds = _log_odds(self.later) - _log_odds(self.earlier)
        return self.state in (GAINED, LOST) and abs(odds) > FINDING_LOG_ODDS


@dataclass(frozen=True, eq=False)
class SerialComparison:
    """All that differs between two recordings.

    Attributes
    ----------
    earlier, later : Examined
    beats : AlignedBeats or None
    no_beats : str
        Why there are none.
    quantities : tuple of QuantityChange
        In the order of `serial_limits.QUANTITIES`.
    findings : tuple of FindingChange
        In the order of the model; empty where one of the two was not read.
    no_findings : str
        Why there are none.
    doubts : tuple of str
        Why the two may not be of one person.
    exchange : str
        The exchange of electrodes that explains most of the difference; empty where none does.
    """

    earlier: Examined
    later: Examined
    beats: AlignedBeats | None
    no_beats: str
    quantities: tuple[QuantityChange, ...]
    findings: tuple[FindingChange, ...]
    no_findings: str
    doubts: tuple[str, ...]
    exchange: str

    def quantity(self, name: str) -> QuantityChange:
        """Return the row of this name."""
        return next(row for row in self.quantities if row.quantity.name == name)

    def in_state(self, state: str) -> tuple[FindingChange, ...]:
        """Return the findings that were gained, lost, kept or reported in neither."""
        return tuple(finding for finding in self.findings if finding.state == state)


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, _LEAST_PROBABILITY), 1.0 - _LEAST_PROBABILITY)
    return math.log(bounded / (1.0 - bounded))


def compare_serial(earlier: Examined, later: Examined) -> SerialComparison:
    """Compare two recordings.

    Parameters
    ----------
    earlier, later : Examined
        Of any rates, lengths and sets of leads; both read by one model or by none.

    Returns
    -------
    SerialComparison
        What cannot be compared is absent with its reason.
    """
    beats, no_beats = _beats(earlier, later)
    findings, no_findings = _findings(earlier, later)
    return SerialComparison(
        earlier,
        later,
        beats,
        no_beats,
        tuple(_quantities(earlier, later)),
        findings,
        no_findings,
        tuple(_doubts(earlier.recording, later.recording)),
        "" if beats is None else likely_exchange(beats),
    )


def _beats(earlier: Examined, later: Examined) -> tuple[AlignedBeats | None, str]:
    one, two = earlier.measurements.representative, later.measurements.representative
    if one is None or two is None:
        which = _which(one is None, two is None)
        return None, f"{which} has {'a' if one is two else 'no'} representative beat."
    return align_beats(one, two), ""


def _which(earlier: object, later: object) -> str:
    if earlier and later:
        return "Neither recording"
    return "The earlier recording" if earlier else "The later recording"


def _findings(earlier: Examined, later: Examined) -> tuple[tuple[FindingChange, ...], str]:
    one, two = earlier.prediction, later.prediction
    if one is None or two is None:
        both = one is None and two is None
        what = "Both recordings were" if both else f"{_which(one is None, two is None)} was"
        return (), f"{what} not read by a model: no findings are compared."
    if one.model != two.model:
        return (), f"Read by two models, {one.model} and {two.model}: no findings are compared."
    return tuple(
        FindingChange(code, p, two.probabilities[code], _state(code, one, two))
        for code, p in one.probabilities.items()
    ), ""


def _state(code: str, earlier: Prediction, later: Prediction) -> str:
    states = {
        (False, False): NEITHER,
        (False, True): GAINED,
        (True, False): LOST,
        (True, True): KEPT,
    }
    return states[code in earlier.findings, code in later.findings]


def _quantities(earlier: Examined, later: Examined) -> Iterator[QuantityChange]:
    one, two = values_of(earlier.measurements), values_of(later.measurements)
    scatter = [_rr_scatter(x.measurements) for x in (earlier, later)]
    for quantity in QUANTITIES:
        gaps = [_gap(x, y, quantity) for x, y in ((earlier, one), (later, two))]
        before, after = (
            None if gap else values[quantity.name]
            for gap, values in zip(gaps, (one, two), strict=True)
        )
        yield QuantityChange(
            quantity,
            before,
            after,
            _limit(quantity, before, after, scatter),
            _why_absent(*gaps),
        )


def _limit(
    quantity: Quantity, earlier: float | None, later: float | None, scatter: list[float]
) -> float:
    """Limit of a quantity, widened by what irregular RR intervals leave open of rate and QTc."""
    if earlier is None or later is None:
        return quantity.limit.of(0.0, 0.0)
    limit = quantity.limit.of(earlier, later)
    powers = {"HR": 1.0, "QTc Bazett": 1 / 2, "QTc Fridericia": 1 / 3}
    # Framingham and Hodges correct by about as much as Fridericia.
    power = powers.get(quantity.name, 1 / 3 if quantity.name.startswith("QTc") else 0.0)
    open_parts = [power * value * s for value, s in zip((earlier, later), scatter, strict=True)]
    return float(np.hypot(limit, _SCATTER_SD * float(np.hypot(open_parts[0], open_parts[1]))))


def _rr_scatter(found: Measurements) -> float:
    """Return the standard error of the mean RR interval, as a share of it."""
    rr = found.rr
    if rr is None or rr.sd_ms is None:
        return 0.0
    return rr.sd_ms / float(np.sqrt(rr.n)) / rr.mean_ms


def _gap(side: Examined, values: Mapping[str, float], quantity: Quantity) -> str:
    """Why a quantity of one side cannot be used; empty where it can."""
    left_out = [
        lead
        for lead in quantity.leads
        if lead in side.recording.leads and not side.quality.usable[INDEX[lead]]
    ]
    if left_out:
        return f"{', '.join(left_out)} left out by the quality gate."
    if quantity.name in values:
        return ""
    absent = [lead for lead in quantity.leads if lead not in side.recording.leads]
    if absent:
        return f"{', '.join(absent)} not recorded."
    return side.measurements.reasons.get(quantity.measurement, _UNNAMED)


def _why_absent(earlier: str, later: str) -> str:
    if earlier == later:
        return f"Both: {earlier}" if earlier else ""
    sides = (("Earlier", earlier), ("Later", later))
    return " ".join(f"{side}: {reason}" for side, reason in sides if reason)


def _doubts(earlier: Recording, later: Recording) -> Iterator[str]:
    """Say where stated age or sex speak against one person."""
    if earlier.sex is not None and later.sex is not None and earlier.sex != later.sex:
        yield "The two recordings state different sexes: they may not be of one person."
    if earlier.age is not None and later.age is not None:
        years = earlier.age - later.age
        if years > _YOUNGER_YEARS:
            yield (
                f"The later recording states an age of {later.age:g} years, the earlier one "
                f"{earlier.age:g}: they may not be of one person, or stand in the wrong order."
            )


def values_of(found: Measurements) -> dict[str, float]:
    """Return what was measured, by `Quantity.name`; what is absent has no entry."""
    values: dict[str, float | None] = {
        "HR": found.heart_rate_bpm,
        "PR": found.pr_ms,
        "QRS": found.qrs_ms,
        "QT": found.qt_ms,
        **{f"QTc {name.title()}": qtc for name, qtc in found.qtc_ms.items()},
        **{f"{wave} axis": axis for wave, axis in found.axes_deg.items()},
        "Sokolow-Lyon": found.sokolow_lyon_mv,
        "Cornell": found.cornell_mv,
        **{f"ST {lead}": mv for lead, mv in found.st_mv.items()},
    }
    if found.representative is not None:
        values |= _heights(found.representative)
    return {name: value for name, value in values.items() if value is not None}


def _heights(beat: RepresentativeBeat) -> dict[str, float | None]:
    """Height of R, and height or depth of T, by lead, above the level before the QRS."""
    marks = beat.marks
    signal = beat.signal - pr_level(beat.signal, marks.qrs_on)[:, None]
    heights: dict[str, float | None] = {}
    for lead in LEADS:
        mv = signal[INDEX[lead]]
        if np.isnan(mv).any():
            continue
        heights[f"R {lead}"] = max(float(mv[marks.qrs_on : marks.qrs_off + 1].max()), 0.0)
        begin = marks.qrs_off + round(_T_FROM_J_MS * beat.fs / 1000.0)
        if marks.t_off is not None and marks.t_off > begin:
            heights[f"T {lead}"] = _farthest(mv[begin : marks.t_off + 1])
    return heights


def _farthest(mv: Matrix) -> float:
    """Return the sample farthest from zero, with its sign."""
    return float(mv[np.abs(mv).argmax()])
