"""The boundaries that cardiologists marked in LUDB, per lead and per recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import wfdb

from ecgcore.leads import LEADS

BOUNDARIES = ("p_on", "p_off", "qrs_on", "qrs_off", "t_on", "t_off")
INTERVALS = {
    "P": ("p_on", "p_off"),
    "PR": ("p_on", "qrs_on"),
    "QRS": ("qrs_on", "qrs_off"),
    "QT": ("qrs_on", "t_off"),
}
# How the marks of the leads become one, see `per_beat`.
RULES = ("median", "three agree", "extreme")
_WAVES = {"p": "p", "N": "qrs", "t": "t"}
# Marks of one beat lie so close in all leads; fewer than half of the leads make no reference.
_SAME_BEAT_S = 0.15
_LEAST_LEADS = 6


@dataclass(frozen=True)
class LeadMarks:
    """One lead: the R peaks, and each boundary, in samples."""

    r: np.ndarray
    boundaries: Mapping[str, np.ndarray]


def read_marks(folder: Path, number: int) -> tuple[LeadMarks, ...]:
    """Read the marks of one recording, one `LeadMarks` per lead."""
    return tuple(_read_lead(str(folder / "data" / str(number)), lead.lower()) for lead in LEADS)


def _read_lead(record: str, extension: str) -> LeadMarks:
    annotation = wfdb.rdann(record, extension)
    peaks: list[int] = []
    found: dict[str, list[int]] = {name: [] for name in BOUNDARIES}
    symbols, at = annotation.symbol, annotation.sample
    for i, symbol in enumerate(symbols):
        if symbol not in _WAVES:
            continue
        if symbol == "N":
            peaks.append(at[i])
        if i > 0 and symbols[i - 1] == "(":
            found[f"{_WAVES[symbol]}_on"].append(at[i - 1])
        if i + 1 < len(symbols) and symbols[i + 1] == ")":
            found[f"{_WAVES[symbol]}_off"].append(at[i + 1])
    return LeadMarks(np.array(peaks), {name: np.array(marks) for name, marks in found.items()})


def beats_of(leads: tuple[LeadMarks, ...], fs: float) -> list[np.ndarray]:
    """R peaks of all leads, grouped by beat; those that at least half of the leads mark."""
    peaks = np.sort(np.concatenate([lead.r for lead in leads]))
    groups = np.split(peaks, np.flatnonzero(np.diff(peaks) > _SAME_BEAT_S * fs) + 1)
    return [group for group in groups if group.size >= _LEAST_LEADS]


def per_beat(leads: tuple[LeadMarks, ...], fs: float, rule: str) -> dict[str, np.ndarray]:
    """One mark per boundary and beat, NaN where fewer than half of the leads have it.

    Parameters
    ----------
    rule : one of `RULES`
        Median over the leads; the earliest onset and latest end that three more leads confirm
        within 12 ms (after Laguna P et al. Comput Biomed Res 1994;27:45-60); the earliest onset
        and latest end in any lead.
    """
    beats = beats_of(leads, fs)
    return {
        name: np.array([_one_mark(leads, name, float(np.median(b)), fs, rule) for b in beats])
        for name in BOUNDARIES
    }


def _one_mark(leads: tuple[LeadMarks, ...], name: str, r: float, fs: float, rule: str) -> float:
    wave = name.split("_")[0]
    low, high = {"p": (-0.5, 0.03), "qrs": (-0.15, 0.15), "t": (0.03, 0.7)}[wave]
    marks = []
    for lead in leads:
        near = lead.boundaries[name]
        near = near[(near > r + low * fs) & (near < r + high * fs)]
        if near.size:
            marks.append(near[-1] if wave == "p" else near[0])
    return _combined(np.sort(np.array(marks, float)), name.endswith("_on"), fs, rule)


def _combined(marks: np.ndarray, onset: bool, fs: float, rule: str) -> float:  # noqa: FBT001
    if marks.size < _LEAST_LEADS:
        return float("nan")
    if rule == "median":
        return float(np.median(marks))
    outer_first = marks if onset else -marks[::-1]
    if rule == "three agree":
        close = outer_first[3:] - outer_first[:-3] <= 0.012 * fs
        chosen = outer_first[np.argmax(close)] if close.any() else np.median(outer_first)
    else:
        chosen = outer_first[0]
    return float(chosen if onset else -chosen)


def intervals_ms(marks: Mapping[str, np.ndarray], fs: float) -> dict[str, float]:
    """Median over the beats of each interval; NaN where fewer than half of the beats have it."""
    result = {}
    for name, (first, last) in INTERVALS.items():
        each = 1000.0 * (marks[last] - marks[first]) / fs
        known = each[~np.isnan(each)]
        enough = known.size and 2 * known.size >= each.size
        result[name] = float(np.median(known)) if enough else float("nan")
    return result
