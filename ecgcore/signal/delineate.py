"""Delineation: the representative beat of each shape, and where its waves begin and end."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ecgcore.signal.beat_classes import Shape, Sorted, cut_beats, median_beat
from ecgcore.signal.edges import balance
from ecgcore.signal.flutter import flutter_per_min
from ecgcore.signal.marks import Marks
from ecgcore.signal.p_wave import add_p_wave, inconsistent, likeness
from ecgcore.signal.qrs_edges import CENTRE, find_qrs_edges
from ecgcore.signal.t_wave import add_t_wave
from ecgcore.signal.waveform import WORK_FS_HZ, Waveform, samples

Matrix = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

# A spike that belongs to a beat starts between so long before and after the middle of its QRS.
_SPIKE_BEFORE, _SPIKE_AFTER = samples(0.20), samples(0.04)
# Without a second beat: 60 per minute.
_UNKNOWN_RR_S = 1.0
# A whole QRS lies so far around the middle of it.
_LEAST_BEFORE, _LEAST_AFTER = samples(0.10), samples(0.12)
# A beat has the P wave of the usual one from this correlation on.
_HAS_P = 0.3
# A mark this close to the end of what was recorded is the end of the recording.
_EDGE = samples(0.01)


@dataclass(frozen=True, eq=False)
class Delineated:
    """One shape of beat.

    Attributes
    ----------
    at : ndarray of int
        Sample of each of its beats at which `CENTRE` of the representative beat comes to lie.
    beat : ndarray, shape (12, samples), mV
        Representative beat; NaN where not recorded.
    marks : Marks or None
        None where the beat is not a whole QRS.
    no_p : str
        Why there is no P wave; empty if there is.
    has_p : ndarray of bool, shape (beats,)
        Which beats show the P wave of the representative one.
    """

    at: Indices
    beat: Matrix
    marks: Marks | None
    no_p: str
    has_p: npt.NDArray[np.bool_]

    @property
    def qrs_ms(self) -> float:
        """Duration of the QRS; NaN where it was not measured."""
        return float("nan") if self.marks is None else self.marks.qrs_ms


def delineate(waveform: Waveform, beats: Sorted, shape: Shape, *, usual: bool) -> Delineated:
    """Delineate the beats of one shape.

    P waves are looked for only before the usual beats: that a wave precedes every one of them is
    what proves it.
    """
    at = beats.at[shape.members]
    cuts = cut_beats(waveform, at)
    beat = median_beat(cuts)
    none = np.zeros(at.size, dtype=bool)
    rows = ~np.isnan(beat).all(axis=1)
    known = np.asarray(~np.isnan(beat[rows]).any(axis=0))
    if not known[CENTRE - _LEAST_BEFORE : CENTRE + _LEAST_AFTER].all():
        return Delineated(at, beat, None, "", none)
    filled = np.stack([_filled(lead) for lead in beat[rows]])
    factors = balance(filled)
    filled, single = filled * factors, cuts[:, rows] * factors
    qrs = find_qrs_edges(filled, _spike_end(waveform, at))
    if qrs is None:
        return Delineated(at, beat, None, "", none)
    before_s, after_s = _intervals_s(beats.at, shape.members)
    with_p, no_p = qrs, "P waves are looked for before the usual beats only."
    if usual:
        with_p, no_p = _with_p_wave(filled, single, add_t_wave(filled, qrs, after_s), before_s)
        no_p = no_p or _flutters(waveform, beats.at, with_p)
    marks = add_t_wave(filled, replace(qrs, p_on=with_p.p_on, p_off=with_p.p_off), after_s)
    has_p = none if no_p else likeness(single, with_p) >= _HAS_P
    if no_p:
        marks = replace(marks, p_on=None, p_off=None)
    return Delineated(at, beat, _within(marks, known), no_p, has_p)


def _with_p_wave(beat: Matrix, single: Matrix, marks: Marks, before_s: float) -> tuple[Marks, str]:
    """Find the P wave of a beat whose T wave is known, and prove it on the single beats.

    A wave that precedes every beat bounds the T wave of the one before, P wave or not.
    """
    with_p, reason = add_p_wave(beat, marks, before_s)
    unproven = "" if with_p.p_on is None else inconsistent(single, with_p)
    if unproven:
        with_p = marks
    return with_p, reason or unproven


def _flutters(waveform: Waveform, at: Indices, marks: Marks) -> str:
    """Say that flutter waves pass for P waves; empty if not."""
    rate = flutter_per_min(waveform, at, CENTRE, marks)
    if rate is None:
        return ""
    return f"No P waves: flutter waves follow each other at {rate:.0f} per minute."


def _filled(lead: Matrix) -> Matrix:
    """Continue a lead level where it was not recorded."""
    known = np.flatnonzero(~np.isnan(lead))
    return np.asarray(np.interp(np.arange(lead.size), known, lead[known]))


def _spike_end(waveform: Waveform, at: Indices) -> int | None:
    """First sample after the pacing spike that precedes most of the beats."""
    ends = []
    for middle in at:
        near = [
            spike.end - middle
            for spike in waveform.spikes
            if -_SPIKE_BEFORE < spike.start - middle < _SPIKE_AFTER
        ]
        ends += near[-1:]
    return CENTRE + int(np.median(ends)) if 2 * len(ends) > at.size else None


def _intervals_s(at: Indices, members: Indices) -> tuple[float, float]:
    """Median interval before, and after, the beats of one shape."""
    intervals = np.diff(at) / WORK_FS_HZ
    before = intervals[members[members > 0] - 1]
    after = intervals[members[members < at.size - 1]]
    usual = float(np.median(intervals)) if intervals.size else _UNKNOWN_RR_S
    return (
        float(np.median(before)) if before.size else usual,
        float(np.median(after)) if after.size else usual,
    )


def _within(marks: Marks, known: npt.NDArray[np.bool_]) -> Marks:
    """Drop what was found where the recording ends."""
    first, last = np.flatnonzero(known)[[0, -1]]
    if marks.p_on is not None and marks.p_on < first + _EDGE:
        marks = replace(marks, p_on=None, p_off=None)
    if marks.t_off is not None and marks.t_off > last - _EDGE:
        marks = replace(marks, t_on=None, t_peak=None, t_off=None, t_off_hidden=False)
    return marks
