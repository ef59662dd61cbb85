"""Measurements against the marks of cardiologists: LUDB, every twelfth even recording and its law.

The whole comparison, with libraries beside it, is benchmarks/delineation.py.
"""

import numpy as np
import pytest

from benchmarks.delineation import result_of
from benchmarks.delineators import product
from benchmarks.ludb_marks import read_marks
from ecgcore.electrodes import ADJACENT_CHEST_SWAPS, EXACT_ROWS, TABLE_ROWS, apply_swap
from ecgcore.learn.datasets.ludb import read_recording
from ecgcore.signal.measure import measure

# Held out: the rules of the edges were chosen on odd recordings.
RECORDINGS = range(2, 201, 6)


@pytest.fixture(scope="module")
def ludb(shared):
    return shared / "data" / "ludb"


@pytest.fixture(scope="module")
def results(ludb):
    found = []
    for number in RECORDINGS:
        recording = read_recording(ludb, number)
        given = product(recording.signal, recording.fs)
        found.append(result_of(read_marks(ludb, number), given, recording.fs))
    return found


def test_beats_are_found_within_75_ms(results):
    hits = sum(len(result.beats.errors_ms) for result in results)
    assert hits / (hits + sum(result.beats.missed for result in results)) >= 0.995
    assert hits / (hits + sum(result.beats.false for result in results)) >= 0.995


@pytest.mark.parametrize(
    ("interval", "mean_ms", "sd_ms"), [("PR", 10.0, 10.0), ("QRS", 10.0, 10.0), ("QT", 25.0, 30.0)]
)
def test_intervals_agree_within_the_tolerances_of_the_cse(results, interval, mean_ms, sd_ms):
    errors = np.array([result.intervals_ms["median", interval] for result in results])
    errors = errors[~np.isnan(errors)]
    assert errors.size >= 25
    assert abs(errors.mean()) <= mean_ms
    assert errors.std() <= sd_ms


def test_p_waves_are_measured_where_cardiologists_marked_them_and_nowhere_else(results, ludb):
    for number, result in zip(RECORDINGS, results, strict=True):
        marked = sum(lead.boundaries["p_on"].size for lead in read_marks(ludb, number)) > 30
        assert (not np.isnan(result.intervals_ms["median", "PR"])) == marked, number


@pytest.mark.parametrize("number", [8, 52, 90, 112, 190])
def test_no_exact_swap_changes_an_interval_of_a_real_recording(ludb, number):
    """Paced, flutter, paced with wide QRS, fibrillation, sinus rhythm."""
    recording = read_recording(ludb, number)
    before = measure(recording)
    for swap in [TABLE_ROWS[name] for name in EXACT_ROWS] + [*ADJACENT_CHEST_SWAPS.values()]:
        after = measure(recording.with_signal(apply_swap(recording.signal, swap)))
        for name in ("heart_rate_bpm", "pr_ms", "qrs_ms", "qt_ms"):
            one, other = getattr(before, name), getattr(after, name)
            assert (one is None) == (other is None)
            assert one is None or abs(one - other) <= 2.0, (swap.name, name)
