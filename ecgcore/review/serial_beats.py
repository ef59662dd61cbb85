"""Two representative beats on one time axis: aligned, levelled, and how far each lead differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import signal as dsp
from scipy.interpolate import make_interp_spline

from ecgcore.leads import LEADS
from ecgcore.signal.marks import Marks
from ecgcore.signal.measurements import RepresentativeBeat

Matrix = npt.NDArray[np.float64]

# Onsets of two recordings of one heart differ by less: the error of an onset is below 15 ms (LUDB,
# benchmarks/README.md), and one beat of another width is not moved at all.
MAX_SHIFT_MS = 40.0
# Beats whose QRS differ by more than repeated measurement explains are of two shapes: their peaks
# say nothing of where either begins. As the limit of the QRS in serial_limits.py.
SAME_WIDTH_MS = 20.0
# What is correlated: from the level before the QRS to the begin of the ST segment.
_FROM_MS, _UNTIL_MS = -80.0, 160.0
# The zero of every amplitude, as in signal.qrs_edges.pr_level.
_LEVEL_FROM_MS, _LEVEL_UNTIL_MS = -24.0, -4.0
# Where neither recording shows the end of a T wave.
_USUAL_ST_T_MS = 300.0
# A lead that hardly moves is as like another as noise is.
_FLAT_MV = 0.01

# 95 of 100 leads of stable pairs lie below (benchmarks/serial_comparison.py).
QRS_RMS_LIMIT_MV = 0.15
ST_T_RMS_LIMIT_MV = 0.07


@dataclass(frozen=True)
class BoundariesMs:
    """Where the waves of one beat begin and end on the common axis, ms; None for what is absent."""

    qrs_on: float
    qrs_off: float
    t_on: float | None
    t_off: float | None
    p_on: float | None
    p_off: float | None


@dataclass(frozen=True, eq=False)
class AlignedBeats:
    """Two representative beats on one time axis.

    Attributes
    ----------
    time_ms : ndarray, shape (n,)
        0 at the QRS onset of the earlier beat.
    fs : float
        Hz, the higher of both rates.
    earlier, later : ndarray, shape (12, n), mV
        Against the level before the QRS; NaN where nothing was recorded. Read-only.
    earlier_ms, later_ms : BoundariesMs
    shift_ms : float
        How much later the onset of the later beat lies than that of the earlier, once both are
        aligned: what the two onsets disagree by.
    n_earlier, n_later : int
        How many beats each stands for.
    similarity : mapping of str to float
        Correlation from the QRS onset to the end of the T wave, by lead recorded in both.
    qrs_rms_mv, st_t_rms_mv : mapping of str to float
        Root mean square of the difference over the QRS, and over ST and T.
    """

    time_ms: Matrix
    fs: float
    earlier: Matrix
    later: Matrix
    earlier_ms: BoundariesMs
    later_ms: BoundariesMs
    shift_ms: float
    n_earlier: int
    n_later: int
    similarity: Mapping[str, float]
    qrs_rms_mv: Mapping[str, float]
    st_t_rms_mv: Mapping[str, float]

    @property
    def differing(self) -> tuple[str, ...]:
        """Leads whose difference exceeds that of repeated recordings, in QRS or in ST and T."""
        return tuple(
            lead
            for lead in self.qrs_rms_mv
            if self.qrs_rms_mv[lead] > QRS_RMS_LIMIT_MV
            or self.st_t_rms_mv[lead] > ST_T_RMS_LIMIT_MV
        )


def align_beats(earlier: RepresentativeBeat, later: RepresentativeBeat) -> AlignedBeats:
    """Put two beats of any rates and lengths on one time axis.

    The onsets of the QRS coincide at first. Where both QRS are about equally wide, the later beat
    is then moved, by 40 ms at most, to where the root mean squares over the leads recorded in both
    (neither order nor polarity of the leads counts) correlate best.

    Parameters
    ----------
    earlier, later : RepresentativeBeat

    Returns
    -------
    AlignedBeats
    """
    fs = max(earlier.fs, later.fs)
    step_ms = 1000.0 / fs
    moved = _best_shift(earlier, later, fs)
    first = min(_first_ms(earlier), _first_ms(later) + moved * step_ms)
    last = max(_last_ms(earlier), _last_ms(later) + moved * step_ms)
    numbers = np.arange(np.ceil(first / step_ms - 1e-6), np.floor(last / step_ms + 1e-6) + 1)
    time_ms = numbers * step_ms
    one = _levelled(earlier, time_ms)
    # Counted in whole steps, so that a beat at the common rate keeps its samples.
    two = _levelled(later, (numbers - moved) * step_ms)
    marks = _boundaries(earlier, 0.0), _boundaries(later, moved * step_ms)
    return AlignedBeats(
        _read_only(time_ms),
        fs,
        _read_only(one),
        _read_only(two),
        *marks,
        moved * step_ms,
        earlier.n_beats,
        later.n_beats,
        *_agreement(time_ms, one, two, *marks),
    )


def _read_only(values: Matrix) -> Matrix:
    values.flags.writeable = False
    return values


def _first_ms(beat: RepresentativeBeat) -> float:
    return -1000.0 * beat.marks.qrs_on / beat.fs


def _last_ms(beat: RepresentativeBeat) -> float:
    return 1000.0 * (beat.signal.shape[1] - 1 - beat.marks.qrs_on) / beat.fs


def _at(beat: RepresentativeBeat, time_ms: Matrix) -> Matrix:
    """Return the samples of a beat at times from its own QRS onset, (12, n); NaN beyond its ends.

    By a cubic spline, which goes through the samples; a lead with a gap is left out whole.
    """
    position = time_ms * beat.fs / 1000.0 + beat.marks.qrs_on
    inside = (position > -1e-6) & (position < beat.signal.shape[1] - 1 + 1e-6)
    known = ~np.isnan(beat.signal).any(axis=1)
    result = np.full((len(LEADS), time_ms.size), np.nan)
    if known.any() and inside.any():
        spline = make_interp_spline(
            np.arange(beat.signal.shape[1]), beat.signal[known], k=3, axis=1
        )
        clipped = np.clip(position[inside], 0, beat.signal.shape[1] - 1)
        result[np.ix_(known, inside)] = spline(clipped)
    return result


def _levelled(beat: RepresentativeBeat, time_ms: Matrix) -> Matrix:
    """Return samples above the level of each lead just before the QRS."""
    before = np.arange(_LEVEL_FROM_MS, _LEVEL_UNTIL_MS + 1.0, 2.0)
    level = _at(beat, np.maximum(before, _first_ms(beat))).mean(axis=1)
    return _at(beat, time_ms) - level[:, None]


def _best_shift(earlier: RepresentativeBeat, later: RepresentativeBeat, fs: float) -> int:
    """Find by how many steps to move the later beat to later times for the best correlation."""
    if abs(_qrs_ms(earlier) - _qrs_ms(later)) > SAME_WIDTH_MS:
        return 0
    time_ms = np.arange(round(_FROM_MS * fs / 1000), round(_UNTIL_MS * fs / 1000) + 1) * 1000 / fs
    one, two = (_levelled(beat, time_ms) for beat in (earlier, later))
    both = ~np.isnan(one).all(axis=1) & ~np.isnan(two).all(axis=1)
    if not both.any():
        return 0
    sizes = [np.sqrt(np.nan_to_num(np.square(x[both])).mean(axis=0)) for x in (one, two)]
    strength = dsp.correlate(*sizes, mode="full")
    lags = dsp.correlation_lags(time_ms.size, time_ms.size)
    near = np.abs(lags) <= MAX_SHIFT_MS * fs / 1000.0
    # Of equal maxima the one that moves least, so that a beat never moves against itself.
    best = max(
        zip(strength[near], lags[near], strict=True), key=lambda x: (round(x[0], 9), -abs(x[1]))
    )
    return int(best[1])


def _qrs_ms(beat: RepresentativeBeat) -> float:
    return 1000.0 * (beat.marks.qrs_off - beat.marks.qrs_on) / beat.fs


def _boundaries(beat: RepresentativeBeat, moved_ms: float) -> BoundariesMs:
    marks: Marks = beat.marks

    def ms(sample: int | None) -> float | None:
        return None if sample is None else 1000.0 * (sample - marks.qrs_on) / beat.fs + moved_ms

    return BoundariesMs(
        moved_ms,
        _qrs_ms(beat) + moved_ms,
        ms(marks.t_on),
        ms(marks.t_off),
        ms(marks.p_on),
        ms(marks.p_off),
    )


def _agreement(
    time_ms: Matrix, one: Matrix, two: Matrix, first: BoundariesMs, second: BoundariesMs
) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Similarity and both root mean square differences, by lead that both recorded."""
    begin = min(first.qrs_on, second.qrs_on)
    middle = max(first.qrs_off, second.qrs_off)
    ends = [x.t_off for x in (first, second) if x.t_off is not None]
    end = max(ends, default=middle + _USUAL_ST_T_MS)
    similarity, qrs, st_t = {}, {}, {}
    for lead, before, after in zip(LEADS, one, two, strict=True):
        known = ~np.isnan(before) & ~np.isnan(after)
        in_qrs = known & (time_ms >= begin) & (time_ms <= middle)
        in_st_t = known & (time_ms > middle) & (time_ms <= end)
        if not in_qrs.any() or not in_st_t.any():
            continue
        similarity[lead] = _correlation(before[in_qrs | in_st_t], after[in_qrs | in_st_t])
        difference = np.square(after - before)
        qrs[lead] = float(np.sqrt(difference[in_qrs].mean()))
        st_t[lead] = float(np.sqrt(difference[in_st_t].mean()))
    return similarity, qrs, st_t


def _correlation(one: Matrix, two: Matrix) -> float:
    """Pearson's correlation; of a flat lead 1 with another flat lead, 0 with any other."""
    flat = [float(np.std(x)) < _FLAT_MV for x in (one, two)]
    if any(flat):
        return 1.0 if all(flat) else 0.0
    return float(np.corrcoef(one, two)[0, 1])
