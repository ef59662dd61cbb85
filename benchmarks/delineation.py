"""Measurements against cardiologists' marks (LUDB) and simulated truth, beside libraries.

The rules of the edges were chosen on the odd recordings, so the even ones are held out for them.
The limits that tell P waves, flutter waves and pacing spikes from none were chosen on all.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.delineators import installed
from benchmarks.ludb_marks import (
    BOUNDARIES,
    INTERVALS,
    RULES,
    LeadMarks,
    beats_of,
    intervals_ms,
    per_beat,
    read_marks,
)
from benchmarks.simulated_intervals import print_simulated_errors
from ecgcore.electrodes import ADJACENT_CHEST_SWAPS, EXACT_ROWS, TABLE_ROWS, apply_swap
from ecgcore.learn.datasets.ludb import read_recording
from ecgcore.recording import Recording
from ecgcore.signal.measure import measure

RECORDINGS = range(1, 201)
HALVES = {
    "odd (rules chosen on these)": [n for n in RECORDINGS if n % 2 == 1],
    "even (held out)": [n for n in RECORDINGS if n % 2 == 0],
    "all": list(RECORDINGS),
}
R_TOLERANCE_S = 0.075
# As usual in the literature on LUDB: a boundary counts as found within 150 ms.
BOUNDARY_TOLERANCE_S = 0.15


@dataclass
class Matches:
    """Marks that were found, missed, and invented."""

    errors_ms: list[float] = field(default_factory=list)
    missed: int = 0
    false: int = 0

    def __add__(self, other: Matches) -> Matches:
        return Matches(
            self.errors_ms + other.errors_ms, self.missed + other.missed, self.false + other.false
        )

    def __str__(self) -> str:
        hits = len(self.errors_ms)
        rates = (hits / max(hits + others, 1) for others in (self.missed, self.false))
        return " ".join(f"{rate:.4f}" for rate in rates)


@dataclass
class Result:
    """What one candidate made of one recording."""

    all_leads: dict[str, Matches]
    beats: Matches
    intervals_ms: dict[tuple[str, str], float]


def compare(marked: np.ndarray, given: np.ndarray, tolerance_s: float, fs: float) -> Matches:
    """Match marks; what lies outside the marked part of the recording does not count."""
    matches, limit = Matches(), tolerance_s * fs
    for mark in marked:
        nearest = given[np.argmin(np.abs(given - mark))] if given.size else np.inf
        if abs(nearest - mark) <= limit:
            matches.errors_ms.append(1000.0 * float(nearest - mark) / fs)
        else:
            matches.missed += 1
    if marked.size:
        inner = given[(given >= marked.min() - limit) & (given <= marked.max() + limit)]
        matches.false = sum(int(np.abs(marked - mark).min() > limit) for mark in inner)
    return matches


def result_of(marked: tuple[LeadMarks, ...], given: tuple[LeadMarks, ...], fs: float) -> Result:
    all_leads: dict[str, Matches] = defaultdict(Matches)
    for lead, candidate in zip(marked, given, strict=True):
        all_leads["R"] += compare(lead.r, candidate.r, R_TOLERANCE_S, fs)
        for name in BOUNDARIES:
            all_leads[name] += compare(
                lead.boundaries[name], candidate.boundaries[name], BOUNDARY_TOLERANCE_S, fs
            )
    beats = [np.array([np.median(group) for group in beats_of(m, fs)]) for m in (marked, given)]
    errors = {}
    for rule in RULES:
        truth = intervals_ms(per_beat(marked, fs, rule), fs)
        found = intervals_ms(per_beat(given, fs, rule), fs)
        errors |= {(rule, name): found[name] - truth[name] for name in INTERVALS}
    return Result(dict(all_leads), compare(*beats, R_TOLERANCE_S, fs), errors)


def spread(errors: Iterable[float]) -> str:
    known = np.array([error for error in errors if not np.isnan(error)])
    return f"{known.mean():6.1f} ± {known.std():4.1f} ({known.size})" if known.size else ""


def print_table(results: dict[str, list[Result]]) -> None:
    print("R peaks within 75 ms, sensitivity and precision: all leads; per recording")
    for name, found in results.items():
        leads = sum((one.all_leads["R"] for one in found), Matches())
        print(f"  {name:24} {leads}   {sum((one.beats for one in found), Matches())}")
    print("Boundaries in all leads: sensitivity, precision, error in ms")
    for boundary in BOUNDARIES:
        for name, found in results.items():
            leads = sum((one.all_leads[boundary] for one in found), Matches())
            if leads.errors_ms:
                print(f"  {boundary:8} {name:24} {leads} {spread(leads.errors_ms)}")
    for rule in RULES:
        print(f"Intervals per recording, error in ms; leads combined by: {rule}")
        for interval in INTERVALS:
            for name, found in results.items():
                text = spread(one.intervals_ms[rule, interval] for one in found)
                if text:
                    print(f"  {interval:8} {name:24} {text}")


def print_comparison(folder: Path) -> None:
    results: dict[str, dict[int, Result]] = defaultdict(dict)
    candidates = installed()
    for number in RECORDINGS:
        recording, marked = read_recording(folder, number), read_marks(folder, number)
        for name, delineator in candidates.items():
            given = delineator(recording.signal, recording.fs)
            results[name][number] = result_of(marked, given, recording.fs)
    for half, numbers in HALVES.items():
        print(f"\n## LUDB, {half}")
        print_table({name: [found[n] for n in numbers] for name, found in results.items()})


def print_own_intervals(folder: Path) -> None:
    """Compare the intervals that the product states, those of its representative beat."""
    errors: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for number in RECORDINGS:
        recording = read_recording(folder, number)
        found, marked = measure(recording), read_marks(folder, number)
        own = {"PR": found.pr_ms, "QRS": found.qrs_ms, "QT": found.qt_ms}
        for rule in RULES:
            truth = intervals_ms(per_beat(marked, recording.fs, rule), recording.fs)
            for name, ms in own.items():
                errors[rule, name][number] = np.nan if ms is None else ms - truth[name]
    print("\n## Intervals that the product states, error in ms")
    for (rule, name), found_errors in errors.items():
        halves = (
            f"{half.split()[0]} {spread(found_errors[n] for n in numbers)}"
            for half, numbers in HALVES.items()
        )
        print(f"  {rule:12} {name:4} {'   '.join(halves)}")


def print_swap_law(folder: Path) -> None:
    swaps = [TABLE_ROWS[name] for name in EXACT_ROWS] + list(ADJACENT_CHEST_SWAPS.values())
    worst: dict[str, float] = defaultdict(float)
    appeared = 0
    for number in RECORDINGS:
        recording = read_recording(folder, number)
        before = measure(recording)
        for swap in swaps:
            after = measure(recording.with_signal(apply_swap(recording.signal, swap)))
            for name in ("heart_rate_bpm", "pr_ms", "qrs_ms", "qt_ms"):
                one, other = getattr(before, name), getattr(after, name)
                if one is None or other is None:
                    appeared += one is not other
                else:
                    worst[name] = max(worst[name], abs(one - other))
    print(f"\n## {len(swaps)} swaps of {len(RECORDINGS)} recordings: largest change")
    print("  " + ", ".join(f"{name} {change:.3f}" for name, change in worst.items()))
    print(f"  measurements that appeared or vanished: {appeared}")


def print_timing(recordings: list[Recording]) -> None:
    elapsed = []
    for recording in recordings:
        start = time.perf_counter()
        measure(recording)
        elapsed.append(1000.0 * (time.perf_counter() - start))
    median = float(np.median(elapsed))
    print(f"\n## Time per recording: median {median:.0f} ms, slowest {max(elapsed):.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ludb", type=Path, required=True, metavar="FOLDER")
    folder = parser.parse_args().ludb
    print_comparison(folder)
    print_own_intervals(folder)
    print_swap_law(folder)
    print_simulated_errors()
    print_timing([read_recording(folder, number) for number in RECORDINGS])


if __name__ == "__main__":
    main()
