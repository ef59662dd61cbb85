"""Contec ECG90A recordings: eight stored leads, recognised without a magic and never by mistake."""

import numpy as np
import pytest
from built_recorders import contec_file
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.io import contec, read_files, recognise
from ecgcore.leads import INDEX, LEADS, algebra_violations

STORED = ("II", "III", "V1", "V2", "V3", "V4", "V5", "V6")
NOT_CONNECTED = 0x6800
# Values stay below 8 mV, where neighbouring float32 numbers are 5e-7 mV apart.
FLOAT32_MV = 5e-7


def samples(n_samples: int = 900) -> np.ndarray:
    return np.random.default_rng(5).integers(1500, 2600, (n_samples, 8))


def read(data: bytes):
    (result,) = read_files({"any.name": data})
    return result


def test_the_real_recording_equals_its_bytes(shared):
    data = (shared / "samples" / "contec" / "0000053.ECG").read_bytes()
    recording = read(data).recording
    millivolts = (np.frombuffer(data[43:-37], "<u2").reshape(-1, 8).T.astype(float) - 2048) * 0.005
    assert (recording.fs, recording.n_samples, recording.source) == (800.0, 29_748, "Contec ECG90A")
    rows = [INDEX[lead] for lead in STORED]
    np.testing.assert_allclose(recording.signal[rows], millivolts, atol=FLOAT32_MV)
    np.testing.assert_allclose(
        recording.lead("I"), millivolts[0] - millivolts[1], atol=2 * FLOAT32_MV
    )
    assert recording.warnings == ("Derived from other limb leads: I, aVR, aVL, aVF.",)
    assert algebra_violations(recording.signal) == ()


def test_identifiers_of_the_real_recording_go_no_further(shared):
    data = (shared / "samples" / "contec" / "0000053.ECG").read_bytes()
    number, date = data[:7].decode(), data[10:20].decode()
    assert (number, date) == ("0000053", "2020-11-24")
    (result,) = read_files({"x.ecg": data})
    said = repr(result) + str(vars(result.recording))
    assert [secret for secret in (number, date, "07:19") if secret in said] == []


def test_age_and_sex_are_kept_and_the_name_is_not():
    result = read(contec_file(samples(), facts=(0, 61, 70)))
    assert (result.recording.age, result.recording.sex) == (61, "F")
    assert read(contec_file(samples(), facts=(1, 5, 70))).recording.sex == "M"
    blank = read(contec_file(samples())).recording
    assert (blank.age, blank.sex) == (None, None)
    assert "Erika" not in repr(result) + str(vars(result.recording))


def test_electrodes_that_are_not_connected_leave_their_leads_empty():
    stored = samples()
    stored[:, 2:] = NOT_CONNECTED
    recording = read(contec_file(stored)).recording
    assert recording.leads == LEADS[:6]
    stored = samples()
    stored[100:103, 0] = NOT_CONNECTED
    recording = read(contec_file(stored)).recording
    for lead in ("II", "I", "aVR"):
        assert np.flatnonzero(np.isnan(recording.lead(lead))).tolist() == [100, 101, 102]
    assert not np.isnan(recording.lead("III")).any()


@pytest.mark.parametrize("cut", [1, 15, 37, 40])
def test_a_file_that_is_cut_short_is_not_recognised(cut: int):
    data = contec_file(samples())
    assert recognise(data) is contec.FORMAT
    assert recognise(data[:-cut]) is not contec.FORMAT


@pytest.mark.parametrize(
    "data",
    [
        contec_file(samples(), number=b"12A4567"),
        contec_file(samples(), number=b""),
        contec_file(samples(), date=b"24.11.2020 07:19:13"),
        contec_file(samples(), date=b"2020-11-24 07:19:13Z"),
        contec_file(samples())[:-1] + b"\1",
        contec_file(samples()) + b"\0",
    ],
)
def test_every_part_of_the_frame_is_needed(data: bytes):
    assert recognise(data) is not contec.FORMAT


def test_a_frame_without_a_sample_is_refused():
    assert "holds no sample" in read(contec_file(samples(0))).error


def test_no_other_sample_is_taken_for_one(shared):
    others = [p for p in (shared / "samples").glob("*/*") if p.parent.name != "contec"]
    assert len(others) > 20
    assert [path.name for path in others if contec.recognises(path.read_bytes())] == []


@given(st.binary(min_size=80, max_size=400))
def test_random_bytes_are_never_taken_for_one(data: bytes):
    framed = data[: len(data) - len(data) % 16]
    assert not contec.recognises(framed)
    assert not contec.recognises(framed[:-37] + b"\0" * 37)


@given(st.binary(max_size=320))
def test_any_bytes_within_the_frame_give_a_recording_or_a_reason(content: bytes):
    frames = np.frombuffer(content[: len(content) // 16 * 16], "<u2").reshape(-1, 8)
    result = read(contec_file(frames))
    assert (result.recording is None) == (result.error is not None)
    assert result.error is None or "damaged" not in result.error
