"""The one form in which every stage sees a recording."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.errors import SignalError
from ecgcore.recording import Recording


def ramp(n_samples: int = 1000, fs: float = 500.0) -> Recording:
    signal = np.linspace(-1.0, 1.0, 12 * n_samples).reshape(12, n_samples)
    return Recording(signal, fs, "test")


def test_it_is_float32_read_only_and_frozen() -> None:
    recording = ramp()
    assert recording.signal.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        recording.signal[0, 0] = 1.0
    with pytest.raises(FrozenInstanceError):
        recording.fs = 250.0  # type: ignore[misc]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_does_not_share_memory_with_its_source(dtype: type) -> None:
    signal = np.zeros((12, 10), dtype)
    recording = Recording(signal, 500.0, "test")
    signal[:] = 9.0
    assert (recording.signal == 0.0).all()


def test_it_does_not_share_memory_with_a_mapped_file(tmp_path: Path) -> None:
    mapped = np.memmap(tmp_path / "signal", np.float32, "w+", shape=(12, 10))
    recording = Recording(mapped, 500.0, "test")
    mapped[:] = 9.0
    assert (recording.signal == 0.0).all()


@pytest.mark.parametrize(
    ("signal", "fs", "message"),
    [
        (np.zeros((8, 10)), 500.0, r"shape \(8, 10\), expected \(12, samples\)"),
        (np.zeros(12), 500.0, r"shape \(12,\)"),
        (np.zeros((12, 0)), 500.0, "0 samples"),
        (np.full((12, 10), np.nan), 500.0, "None of the twelve leads"),
        (np.full((12, 10), np.inf), 500.0, "infinite"),
        (np.full((12, 10), 1e300), 500.0, "infinite"),
        (np.zeros((12, 10)), 0.0, "0 Hz, expected 50 to 16000 Hz"),
        (np.zeros((12, 10)), 49.0, "49 Hz"),
        (np.zeros((12, 10)), 1e6, "1e\\+06 Hz"),
        (np.zeros((12, 10)), float("nan"), "nan Hz"),
    ],
)
def test_what_is_no_recording_is_refused_with_value_and_limit(
    signal: np.ndarray, fs: float, message: str
) -> None:
    with pytest.raises(SignalError, match=message):
        Recording(signal, fs, "test")


def test_length_rate_and_leads_agree() -> None:
    signal = np.full((12, 1500), np.nan)
    signal[[1, 7]] = 0.5
    recording = Recording(signal, 250.0, "test")
    assert (recording.n_samples, recording.duration_s) == (1500, 6.0)
    assert recording.leads == ("II", "V2")
    assert (recording.lead("V2") == 0.5).all()


@given(start=st.integers(0, 999), length=st.integers(1, 1200))
def test_a_window_is_that_stretch_of_samples(start: int, length: int) -> None:
    recording = ramp()
    part = recording.window(start / 500.0, length / 500.0)
    np.testing.assert_array_equal(part.signal, recording.signal[:, start : start + length])
    assert part.source == recording.source


@pytest.mark.parametrize("start_s", [-0.1, 2.0, 100.0])
def test_a_window_outside_the_recording_is_refused(start_s: float) -> None:
    with pytest.raises(SignalError, match=r"the recording lasts 2 s"):
        ramp().window(start_s, 1.0)


def test_the_digest_depends_on_signal_and_rate_and_on_nothing_else() -> None:
    recording = ramp()
    assert Recording(recording.signal, 500.0, "another", age=50.0).digest == recording.digest
    assert Recording(recording.signal, 250.0, "test").digest != recording.digest
    changed = recording.signal.copy()
    changed[11, 999] += 1e-4
    assert recording.with_signal(changed).digest != recording.digest


def test_another_signal_keeps_the_facts_and_adds_the_note() -> None:
    recording = Recording(np.zeros((12, 5)), 500.0, "DICOM", 61.0, "F", ("first",))
    other = recording.with_signal(np.ones((12, 5)), "second")
    assert (other.age, other.sex, other.source) == (61.0, "F", "DICOM")
    assert other.warnings == ("first", "second")
    assert recording.with_signal(np.ones((12, 5))).warnings == ("first",)
