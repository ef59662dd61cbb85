"""What to simulate: rhythm, conduction, intervals, build of the patient and noise."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from ecgcore.errors import SignalError
from ecgcore.recording import MAX_FS_HZ, MIN_FS_HZ
from ecgcore.simulate.patterns import (
    LEFT_BUNDLE_BRANCH_BLOCK,
    NORMAL,
    PACED_FROM_RIGHT_APEX,
    PREMATURE_SITES,
    RIGHT_BUNDLE_BRANCH_BLOCK,
    Pattern,
)
from ecgcore.simulate.torso import Torso

RHYTHMS = {
    "sinus": "sinus rhythm",
    "AF": "atrial fibrillation",
    "flutter": "atrial flutter",
    "PVC": "sinus rhythm with premature ventricular complexes",
    "PAC": "sinus rhythm with premature atrial complexes",
}
FIRST_DEGREE = "first-degree AV block"


def has_p_waves(rhythm: str) -> bool:
    """Tell whether a P wave precedes every conducted QRS."""
    return rhythm in ("sinus", "PVC", "PAC")


@dataclass(frozen=True)
class Conduction:
    """One way from the atria through the ventricles, with its usual intervals."""

    title: str
    pattern: Pattern
    qrs_ms: float
    pr_ms: float


CONDUCTIONS = {
    "normal": Conduction("normal conduction", NORMAL, 90.0, 160.0),
    FIRST_DEGREE: Conduction("first-degree AV block", NORMAL, 90.0, 270.0),
    "LBBB": Conduction("left bundle branch block", LEFT_BUNDLE_BRANCH_BLOCK, 150.0, 170.0),
    "RBBB": Conduction("right bundle branch block", RIGHT_BUNDLE_BRANCH_BLOCK, 140.0, 160.0),
    "paced": Conduction("ventricular pacing", PACED_FROM_RIGHT_APEX, 160.0, 160.0),
}


@dataclass(frozen=True)
class StTerritory:
    """Where an ST displacement points, and the lead in which its height is stated."""

    direction: tuple[float, float, float]
    index_lead: str


TERRITORIES = {
    "anterior": StTerritory((0.45, -0.05, -0.90), "V3"),
    "inferior": StTerritory((-0.25, 1.0, 0.05), "III"),
    "lateral": StTerritory((0.90, -0.35, 0.20), "V6"),
}


@dataclass(frozen=True)
class Intervals:
    """Nominal intervals, ms; `pr_ms` is None where no P wave leads the QRS."""

    pr_ms: float | None
    qrs_ms: float
    qt_ms: float


@dataclass(frozen=True)
class Noise:
    """Disturbances of each electrode's potential; 0 switches one off.

    Attributes
    ----------
    wander_mv : float
        RMS of the baseline wander, 0.05 to 0.5 Hz.
    mains_mv, mains_hz : float
        Amplitude and frequency (50 or 60) of the hum.
    muscle_mv : float
        RMS of the muscle noise, 20 to 150 Hz.
    """

    wander_mv: float = 0.0
    mains_mv: float = 0.0
    mains_hz: float = 50.0
    muscle_mv: float = 0.0

    def __post_init__(self) -> None:
        for name in ("wander_mv", "mains_mv", "muscle_mv"):
            _require(name, getattr(self, name), 0.0, 5.0, "mV")
        _require("mains_hz", self.mains_hz, 40.0, 70.0, "Hz")


def _require(name: str, value: float, low: float, high: float, unit: str) -> None:
    if not low <= value <= high:
        raise SignalError(f"{name} is {value:g} {unit}, expected {low:g} to {high:g} {unit}.")


def _require_member(name: str, value: str, allowed: Collection[str]) -> None:
    if value not in allowed:
        raise SignalError(f'{name} is "{value}", expected one of {", ".join(allowed)}.')


# QT = QTc * RR^power, RR in seconds.
_QT_POWERS = {"fridericia": 1.0 / 3.0, "bazett": 1.0 / 2.0}

# Limits of the numeric fields: low, high, unit. Wider than disease, narrower than typing errors.
_LIMITS = {
    "duration_s": (0.5, 3600.0, "s"),
    "fs": (MIN_FS_HZ, MAX_FS_HZ, "Hz"),
    "rate_bpm": (25.0, 220.0, "/min"),
    "pr_ms": (90.0, 500.0, "ms"),
    "qrs_ms": (60.0, 220.0, "ms"),
    "qt_ms": (200.0, 700.0, "ms"),
    "qtc_ms": (300.0, 600.0, "ms"),
    "axis_deg": (-180.0, 180.0, "degrees"),
    "st_mv": (-1.0, 1.0, "mV"),
    "u_mv": (0.0, 0.5, "mV"),
    "atrial_bpm": (220.0, 360.0, "/min"),
    "ectopic_every": (2, 100, "beats"),
    "rr_variation": (0.0, 0.15, "of the mean"),
    "beat_variation": (0.0, 0.3, "of the amplitude"),
}


@dataclass(frozen=True)
class SimulationConfig:
    """Everything that determines a simulated recording.

    Attributes
    ----------
    title : str
        Shown as the source; empty for one made from rhythm and conduction.
    rhythm : str
        Key of `RHYTHMS`.
    conduction : str
        Key of `CONDUCTIONS`; combines with any rhythm, but first-degree AV block needs P waves.
    rate_bpm : float
        Mean ventricular rate. In flutter `atrial_bpm` and `flutter_ratio` decide instead.
    pr_ms, qrs_ms, qt_ms : float or None
        None for the conduction's usual value, and for QT the value that `qtc_ms` gives.
    qtc_ms : float
        Rate-corrected QT, used where `qt_ms` is None.
    qt_correction : str
        ``"fridericia"``: QT = QTc * RR^(1/3), or ``"bazett"``: QT = QTc * RR^(1/2), RR in s.
    axis_deg : float or None
        Frontal QRS axis of conducted beats; None for the conduction's own.
    st_mv, st_territory : float, str
        ST displacement in the index lead of a key of `TERRITORIES`; negative for depression.
    u_mv : float
        Height of a U wave in V3.
    atrial_bpm : float
        Rate of the flutter waves.
    flutter_ratio : int or None
        Flutter waves per QRS; None for a ratio that varies from 2 to 4.
    ectopic_every : int
        About one of so many beats is premature (rhythms PVC and PAC).
    pvc_site : str
        Key of `PREMATURE_SITES`.
    rr_variation, beat_variation : float
        Standard deviation of the sinus interval (mostly respiratory), and of the amplitude per
        beat, as shares of the mean.
    torso, noise : Torso, Noise
    duration_s, fs, seed : float, float, int
        The same configuration gives the same samples.

    Raises
    ------
    SignalError
        An unknown name, a value out of range, or a combination that does not exist.
    """

    title: str = ""
    rhythm: str = "sinus"
    conduction: str = "normal"
    rate_bpm: float = 70.0
    pr_ms: float | None = None
    qrs_ms: float | None = None
    qt_ms: float | None = None
    qtc_ms: float = 410.0
    qt_correction: str = "fridericia"
    axis_deg: float | None = None
    st_mv: float = 0.0
    st_territory: str = "anterior"
    u_mv: float = 0.0
    atrial_bpm: float = 300.0
    flutter_ratio: int | None = 4
    ectopic_every: int = 4
    pvc_site: str = "outflow tract"
    rr_variation: float = 0.03
    beat_variation: float = 0.03
    torso: Torso = field(default_factory=Torso)
    noise: Noise = field(default_factory=Noise)
    duration_s: float = 10.0
    fs: float = 500.0
    seed: int = 0

    def __post_init__(self) -> None:
        _require_member("rhythm", self.rhythm, RHYTHMS)
        _require_member("conduction", self.conduction, CONDUCTIONS)
        _require_member("st_territory", self.st_territory, TERRITORIES)
        _require_member("pvc_site", self.pvc_site, PREMATURE_SITES)
        _require_member("qt_correction", self.qt_correction, _QT_POWERS)
        for name, (low, high, unit) in _LIMITS.items():
            value = getattr(self, name)
            if value is not None:
                _require(name, value, low, high, unit)
        if self.flutter_ratio not in (2, 3, 4, None):
            raise SignalError(
                f"flutter_ratio is {self.flutter_ratio}, expected 2, 3, 4 or None (variable)."
            )
        if self.conduction == FIRST_DEGREE and not has_p_waves(self.rhythm):
            raise SignalError(f"{self.rhythm} has no P waves, so no first-degree AV block.")
        self._require_room()

    def _require_room(self) -> None:
        intervals = self.intervals
        if intervals.qt_ms < intervals.qrs_ms + 80.0:
            raise SignalError(
                f"QT is {intervals.qt_ms:.0f} ms, expected at least QRS + 80 ms = "
                f"{intervals.qrs_ms + 80.0:.0f} ms."
            )
        longest_pr_ms = self.mean_rr_s * 1000.0 - intervals.qrs_ms - 50.0
        if intervals.pr_ms is not None and intervals.pr_ms > longest_pr_ms:
            raise SignalError(
                f"PR is {intervals.pr_ms:.0f} ms, expected at most {longest_pr_ms:.0f} ms (RR less "
                f"QRS less 50 ms)."
            )

    @property
    def mean_rr_s(self) -> float:
        """Nominal RR interval, seconds; in flutter of variable ratio that of 3:1."""
        if self.rhythm == "flutter":
            return 60.0 / self.atrial_bpm * (self.flutter_ratio or 3)
        return 60.0 / self.rate_bpm

    @property
    def intervals(self) -> Intervals:
        """Nominal intervals after defaults.

        References
        ----------
        Fridericia LS. Acta Med Scand 1920;53:469-486. Bazett HC. Heart 1920;7:353-370.
        """
        usual = CONDUCTIONS[self.conduction]
        qt_ms = self.qt_ms
        if qt_ms is None:
            qt_ms = self.qtc_ms * self.mean_rr_s ** _QT_POWERS[self.qt_correction]
        pr_ms = (self.pr_ms or usual.pr_ms) if has_p_waves(self.rhythm) else None
        return Intervals(pr_ms, self.qrs_ms or usual.qrs_ms, qt_ms)

    @property
    def description(self) -> str:
        """The title, or rhythm, conduction and rate in words."""
        if self.title:
            return self.title
        words = [RHYTHMS[self.rhythm]]
        if self.conduction != "normal":
            words.append(CONDUCTIONS[self.conduction].title)
        if self.st_mv:
            sign = "elevation" if self.st_mv > 0 else "depression"
            words.append(f"{self.st_territory} ST {sign}")
        return f"{', '.join(words)}, {60.0 / self.mean_rr_s:.0f}/min"
