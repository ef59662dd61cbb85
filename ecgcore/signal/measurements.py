"""What is measured of a recording; what could not be measured is None, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ecgcore.signal.marks import Marks


@dataclass(frozen=True)
class Beat:
    """One heartbeat; seconds from the start of the recording.

    Attributes
    ----------
    r_s : float
        Middle of the energy of the QRS, from 6 to 25 Hz, on all leads together; the peaks of single
        leads lie around it.
    p_on_s, p_off_s, qrs_on_s, qrs_off_s, t_on_s, t_off_s : float or None
        On all leads together. None where there is no such wave, where it cannot be told from the
        next one, or where the recording does not reach.
    is_ectopic : bool
        Premature, or wide and of another shape than the usual beats.
    """

    r_s: float
    p_on_s: float | None = None
    p_off_s: float | None = None
    qrs_on_s: float | None = None
    qrs_off_s: float | None = None
    t_on_s: float | None = None
    t_off_s: float | None = None
    is_ectopic: bool = False


@dataclass(frozen=True)
class RrStatistics:
    """Intervals between neighbouring beats neither of which is ectopic.

    Attributes
    ----------
    mean_ms, shortest_ms, longest_ms : float
    sd_ms : float or None
        None for a single interval.
    rmssd_ms : float or None
        Root mean square of the differences between successive intervals; None where no two follow
        each other.
    n : int
        Number of intervals.

    References
    ----------
    Task Force of the ESC and NASPE. Heart rate variability. Circulation 1996;93:1043.
    """

    mean_ms: float
    sd_ms: float | None
    rmssd_ms: float | None
    shortest_ms: float
    longest_ms: float
    n: int


@dataclass(frozen=True, eq=False)
class RepresentativeBeat:
    """Median of the usual beats of each lead.

    Attributes
    ----------
    signal : ndarray, shape (12, samples), mV
        High-passed at 0.5 Hz without phase shift; NaN where nothing was recorded. Read-only.
    fs : float
        Hz.
    r : int
        Sample at which the R peaks of the beats lie.
    marks : Marks
        In samples of `signal`.
    n_beats : int
        How many beats it stands for.
    """

    signal: npt.NDArray[np.float64]
    fs: float
    r: int
    marks: Marks
    n_beats: int


@dataclass(frozen=True, eq=False)
class Measurements:
    """All measurements of one recording.

    Attributes
    ----------
    heart_rate_bpm : float or None
        From the mean interval between all beats, ectopic ones included.
    rr : RrStatistics or None
    pr_ms, qrs_ms, qt_ms : float or None
        Of the representative beat, on all leads together.
    qtc_ms : mapping of str to float
        By formula, see `qtc.QTC_FORMULAS`; empty where QT or rate is absent.
    axes_deg : mapping of {"P", "QRS", "T"} to float or None
    st_mv : mapping of str to float
        Level 60 ms after the end of the QRS, against that before it, by lead.
    low_voltage_limb, low_voltage_chest : bool or None
        No QRS reaches 0.5 mV from top to bottom in the limb leads, 1 mV in the chest leads.
    sokolow_lyon_mv, cornell_mv : float or None
    beats : tuple of Beat
        Every QRS, in order.
    representative : RepresentativeBeat or None
    reasons : mapping of str to str
        Why a measurement is absent, by its name here (``"P axis"`` and so on for the axes).
    warnings : tuple of str
        What was left out or estimated.
    """

    heart_rate_bpm: float | None = None
    rr: RrStatistics | None = None
    pr_ms: float | None = None
    qrs_ms: float | None = None
    qt_ms: float | None = None
    qtc_ms: Mapping[str, float] = field(default_factory=dict)
    axes_deg: Mapping[str, float | None] = field(default_factory=lambda: dict(NO_AXES))
    st_mv: Mapping[str, float] = field(default_factory=dict)
    low_voltage_limb: bool | None = None
    low_voltage_chest: bool | None = None
    sokolow_lyon_mv: float | None = None
    cornell_mv: float | None = None
    beats: tuple[Beat, ...] = ()
    representative: RepresentativeBeat | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def r_peaks_s(self) -> tuple[float, ...]:
        """Times of all beats, seconds."""
        return tuple(beat.r_s for beat in self.beats)


NO_AXES: dict[str, float | None] = {"P": None, "QRS": None, "T": None}
MEASUREMENTS = (
    "heart_rate_bpm",
    "rr",
    "pr_ms",
    "qrs_ms",
    "qt_ms",
    "qtc_ms",
    *(f"{wave} axis" for wave in NO_AXES),
    "st_mv",
    "low_voltage_limb",
    "low_voltage_chest",
    "sokolow_lyon_mv",
    "cornell_mv",
)
