"""What is compared between two recordings, and what repeated measurement alone explains of it.

Each limit rests on what this measurement errs by (LUDB, the held-out half, benchmarks/README.md),
on what has been published of repeated recordings, or, where neither is known, on the two halves of
real recordings. A difference of two measurements errs by sqrt(2) times as much as one, and 95 of
100 lie within 1.96 SD: 2.77 SD of one. Halves, which no disease can have told apart, exceed each
limit in 5 of 100 at most, over 846 recordings (benchmarks/serial_comparison.py).

References
----------
de Bruyne MC et al. Reproducibility of computerized ECG measurements and coding in a nonhospitalized
elderly population. J Electrocardiol 1998;31:189-195.
van den Hoogen JP et al. Reproducibility of electrocardiographic criteria for left ventricular
hypertrophy in hypertensive patients in general practice. Eur Heart J 1992;13:1606-1610.
Willems JL, Poblete PF, Pipberger HV. Day-to-day variation of the normal orthogonal
electrocardiogram and vectorcardiogram. Circulation 1972;45:1057-1064.
Thygesen K et al. Fourth universal definition of myocardial infarction. Circulation
2018;138:e618-e651.
ICH guideline E14: the clinical evaluation of QT/QTc interval prolongation and proarrhythmic
potential for non-antiarrhythmic drugs. 2005.
Schijvenaars RJA, van Herpen G, Kors JA. Intraindividual variability in electrocardiograms.
J Electrocardiol 2008;41:190-196.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from ecgcore.leads import CHEST_LEADS, LEADS
from ecgcore.signal.qtc import QTC_FORMULAS


@dataclass(frozen=True)
class Limit:
    """Largest difference that repeated measurement alone would give.

    Attributes
    ----------
    value : float
        In the unit of the quantity.
    source : str
        What it rests on.
    share : float
        Of the mean of both values, where that is more than `value`.
    """

    value: float
    source: str
    share: float = 0.0

    def of(self, earlier: float, later: float) -> float:
        """Limit for these two values; the same whichever comes first."""
        return max(self.value, self.share * (abs(earlier) + abs(later)) / 2.0)


@dataclass(frozen=True)
class Quantity:
    """One thing that is compared.

    Attributes
    ----------
    name : str
        ``"QRS"``, ``"QTc Bazett"``, ``"T axis"``, ``"ST V2"``.
    unit : {"/min", "ms", "°", "mV"}
    limit : Limit
    leads : tuple of str
        Those that it is measured in; empty where all leads together tell it.
    measurement : str
        Name in `Measurements.reasons` that says why it is absent.
    family : str
        ``"ST"``, ``"T"`` or ``"R"`` for what is measured lead by lead, otherwise empty.
    """

    name: str
    unit: str
    limit: Limit
    leads: tuple[str, ...] = ()
    measurement: str = ""
    family: str = ""

    @property
    def digits(self) -> int:
        """Decimals that a reader is shown."""
        return 2 if self.unit == "mV" else 0

    @property
    def is_angle(self) -> bool:
        """Whether differences go round a circle."""
        return self.unit == "°"


_OWN = "2.77 x the SD of {:g} ms against the marks of cardiologists (LUDB, held-out half)"

# Two ECGs of one day differ by up to 5.7 per minute (95 % limits of agreement in sinus rhythm, 4316
# participants of MESA, PubMed Central PMC8627471); half of a recording errs by more.
_RATE = Limit(10.0, "halves of 846 recordings; plus what the scatter of RR leaves open")
_PR = Limit(29.0, _OWN.format(10.5))
_QRS = Limit(20.0, _OWN.format(7.2))
# 2.77 x 10.4 ms, and the change of QTc from which ICH E14 counts.
_QT = Limit(30.0, f"{_OWN.format(10.4)}, rounded up")
_QTC = Limit(
    30.0,
    "first category of change of ICH E14, above 2.77 x the SD of 10.4 ms of QT; plus what the "
    "scatter of RR leaves open",
)
_QRS_AXIS = Limit(15.0, "halves of 846 recordings: 95 of 100 differ by 14° at most")
_P_AXIS = Limit(30.0, "halves of 846 recordings: 95 of 100 differ by 30° at most")
_T_AXIS = Limit(40.0, "halves of 846 recordings: 95 of 100 differ by 40° at most")
_ST = Limit(0.05, "smallest new ST shift of the universal definition of myocardial infarction 2018")
_T = Limit(
    0.15,
    "halves of 846 recordings: 95 of 100 differ by 0.13 mV at most; or the day-to-day variation of "
    "42 % of T in V1 (van den Hoogen 1992)",
    0.42,
)
_R = Limit(0.61, "day-to-day 96 % range of the R wave in X (Willems 1972)")
# 2.77 x coefficients of variation of 10.0 and, the largest published of a sum, 13.7 %; minimal
# detectable change of Cornell 0.24 mV (63 people, one week apart).
_SOKOLOW = Limit(0.24, "2.77 x the day-to-day variation of 10.0 % (van den Hoogen 1992)", 0.28)
_CORNELL = Limit(0.24, "2.77 x the day-to-day variation of 13.7 % (van den Hoogen 1992)", 0.38)

_WHOLE = (
    Quantity("HR", "/min", _RATE, (), "heart_rate_bpm"),
    Quantity("PR", "ms", _PR, (), "pr_ms"),
    Quantity("QRS", "ms", _QRS, (), "qrs_ms"),
    Quantity("QT", "ms", _QT, (), "qt_ms"),
    *(Quantity(f"QTc {name.title()}", "ms", _QTC, (), "qtc_ms") for name in QTC_FORMULAS),
    Quantity("P axis", "°", _P_AXIS, ("I", "II"), "P axis"),
    Quantity("QRS axis", "°", _QRS_AXIS, ("I", "II"), "QRS axis"),
    Quantity("T axis", "°", _T_AXIS, ("I", "II"), "T axis"),
    Quantity("Sokolow-Lyon", "mV", _SOKOLOW, ("V1", "V5", "V6"), "sokolow_lyon_mv"),
    Quantity("Cornell", "mV", _CORNELL, ("aVL", "V3"), "cornell_mv"),
)
FAMILIES = {"ST": _ST, "T": _T, "R": _R}
_TOLD_BY = {"ST": "st_mv", "T": "qt_ms", "R": "st_mv"}
QUANTITIES = (
    *_WHOLE,
    *(
        Quantity(f"{family} {lead}", "mV", limit, (lead,), _TOLD_BY[family], family)
        for family, limit in FAMILIES.items()
        for lead in LEADS
    ),
)

# A finding came or went if its odds changed 4.5 times (here their logarithm), beside crossing the
# threshold: so it does in 6 of 100 halves. By the threshold alone a quarter of all stable pairs
# would gain or lose one, as a probability close to it falls now on this side and now on that.
FINDING_LOG_ODDS = 1.5

# Leads that look at neighbouring walls (Thygesen 2018: anterior, inferior, lateral).
NEIGHBOURS = (
    *itertools.pairwise(CHEST_LEADS),
    ("II", "aVF"),
    ("III", "aVF"),
    ("II", "III"),
    ("I", "aVL"),
)
# A T wave is inverted from this depth on (Thygesen 2018).
T_INVERTED_MV = 0.1
