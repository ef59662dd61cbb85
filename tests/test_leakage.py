"""A recording that is also held out is found: by its name, its patient, or its tracing."""

from dataclasses import replace

import numpy as np
import pytest

from ecgcore.learn.datasets.labelled_set import read_listing
from ecgcore.learn.datasets.leakage import (
    check_splits,
    compare,
    find_leaks,
    projected,
    same_tracings,
    without_leaks,
)
from ecgcore.learn.datasets.recordings import Entry, Listing
from ecgcore.recording import Recording
from ecgcore.signal.preprocess import PreprocessingConfig, resample
from ecgcore.simulate import random_config, simulate

CONFIG = PreprocessingConfig()


@pytest.fixture(scope="module")
def recordings():
    rng = np.random.default_rng(5)
    return [simulate(random_config(rng, "sinus")).recording() for _ in range(12)]


def made_of(recordings, source, split="train", patients=None):
    entries = [
        Entry(f"{source}/{n}", split, recording, {}, patients[n] if patients else "")
        for n, recording in enumerate(recordings)
    ]
    return read_listing(Listing(source, len(entries), entries), CONFIG)


def recorded_again(recording, change):
    """The same tracing as another archive may hold it."""
    signal, fs = recording.signal.astype(float), recording.fs
    if change == "gain":
        signal = signal * np.linspace(0.2, 5, 12)[:, None]
    elif change == "offset and mains":
        t = np.arange(signal.shape[1]) / fs
        signal = signal + 0.5 + 0.05 * np.sin(2 * np.pi * 50 * t)
    elif change == "rate":
        signal, fs = resample(signal, fs, 257), 257
    elif change == "rounding":
        signal = np.round(signal / 0.01) * 0.01
    elif change == "limb leads alone":
        signal[6:] = np.nan
    elif change == "short":
        signal = signal[:, : round(7 * fs)]
    return Recording(signal, fs, "again")


CHANGES = ["none", "gain", "offset and mains", "rate", "rounding", "limb leads alone"]


@pytest.mark.parametrize("change", CHANGES)
def test_a_copy_is_found_however_it_was_stored(recordings, change):
    copies = made_of([recorded_again(r, change) for r in recordings[8:4:-1]], "copy", "test")
    found = {(m.first, m.second) for m in same_tracings(made_of(recordings, "own"), copies)}
    assert found == {(8, 0), (7, 1), (6, 2), (5, 3)}


@pytest.mark.parametrize("swap", [False, True])
def test_the_order_of_the_two_sets_does_not_matter(recordings, swap):
    few, many = made_of(recordings[3:5], "few"), made_of(recordings, "many")
    pairs = same_tracings(few, many) if not swap else same_tracings(many, few)
    found = {(m.first, m.second) for m in pairs}
    assert found == ({(3, 0), (4, 1)} if swap else {(0, 3), (1, 4)})


def test_projections_keep_correlations(recordings):
    data = made_of(recordings, "own")
    rows = np.arange(len(data))
    short = projected(data, rows)
    exact = np.array([[compare(data, a, data, b) for b in rows] for a in rows])
    # Four standard deviations of 1 / sqrt(128), and leads are weighted by power, not alike.
    assert np.abs(short @ short.T - exact).max() < 4 / np.sqrt(128) + 0.05


def test_training_goes_on_without_what_is_held_out(recordings):
    training = made_of(recordings, "own", patients=[f"p{n}" for n in range(12)])
    held_out = made_of(
        [recordings[2], recorded_again(recordings[3], "rate"), recordings[11]],
        "other",
        "test",
        ["p5", "q", "r"],
    )
    held_out = replace(held_out, record=np.array(["own/1", "x", "y"]))
    clean, report = without_leaks(training, held_out)
    assert {leak.training: leak.reason for leak in report.leaks} == {
        "own: own/1": "record",
        "own: own/5": "patient",
        "own: own/2": "signal",
        "own: own/3": "signal",
        "own: own/11": "signal",
    }
    assert clean.record.tolist() == [f"own/{n}" for n in (0, 4, 6, 7, 8, 9, 10)]
    assert find_leaks(clean, held_out).leaks == ()
    assert "3 of 12 training recordings are of the same tracing" in " ".join(report.sentences)
    assert "(test)" in report.sentences[0]


def test_sets_without_a_leak_say_so(recordings):
    report = find_leaks(made_of(recordings[:6], "a"), made_of(recordings[6:], "b", "val"))
    assert report.sentences == ("None of the 6 training recordings is also among the 6 held out.",)


def test_one_set_is_checked_across_its_own_splits(recordings):
    data = made_of([*recordings[:3], recordings[0]], "own")
    divided = replace(data, split=np.array(["train", "train", "val", "test"]))
    assert [leak.training for leak in check_splits(divided).leaks] == ["own: own/0"]
    assert find_leaks(divided, divided.of_split("none")).leaks == ()
