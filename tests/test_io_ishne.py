"""ISHNE Holter recordings: the samples as they lie in the file, whatever the header claims."""

import binascii
import struct

import numpy as np
import pytest
from built_recorders import ISHNE_CODES, ISHNE_HEADER_BYTES, holter, stored_leads
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.io import ishne, read_files, recognise
from ecgcore.leads import INDEX, LEADS, algebra_violations

# Values stay below 32 mV, where neighbouring float32 numbers are 2e-6 mV apart.
FLOAT32_MV = 2e-6


def read(data: bytes):
    (result,) = read_files({"any.name": data})
    return result


def with_checksum(data: bytes) -> bytes:
    (first,) = struct.unpack_from("<i", data, 22)
    checksum = binascii.crc_hqx(data[10 : max(first, 10)], 0xFFFF)
    return data[:8] + struct.pack("<H", checksum) + data[10:]


def changed(data: bytes, place: int, value: int, kind: str = "<h") -> bytes:
    edited = bytearray(data)
    struct.pack_into(kind, edited, place, value)
    return with_checksum(bytes(edited))


def test_the_real_recording_equals_its_bytes_and_obeys_the_lead_algebra(shared):
    data = (shared / "samples" / "ishne" / "ECG_P28.01.ecg").read_bytes()
    recording = read(data).recording
    stored = np.frombuffer(data[ISHNE_HEADER_BYTES:], "<i2").reshape(-1, 12).T
    assert (recording.fs, recording.n_samples, recording.source) == (1000.0, 95_573, "ISHNE Holter")
    np.testing.assert_allclose(recording.signal, stored * 0.005, atol=FLOAT32_MV)
    assert (recording.age, recording.sex, recording.warnings) == (None, None, ())
    assert algebra_violations(recording.signal) == ()


def test_identifiers_of_the_real_recording_go_no_further(shared):
    data = (shared / "samples" / "ishne" / "ECG_P28.01.ecg").read_bytes()
    name, number = data[28:68].rstrip(b"\0"), data[108:128].rstrip(b"\0")
    assert number == b"ECG_P28.01"
    result = read(data)
    said = repr(result) + str(vars(result.recording))
    assert [secret for secret in (number.decode(), f"'{name.decode()}'") if secret in said] == []


def test_names_numbers_and_dates_in_the_header_go_no_further():
    result = read(holter(stored_leads(600), variable=b"Confirmed by Dr Secret"))
    assert (result.recording.age, result.recording.sex) == (60, "F")
    said = repr(result) + str(vars(result.recording))
    secrets = ("Erika", "Mustermann", "4711", "0815", "Maker", "Owner", "Secret", "1950", "2011")
    assert [secret for secret in secrets if secret in said] == []


@given(st.permutations(LEADS), st.sampled_from([500, 1000, 2441, 5000]))
def test_any_order_and_resolution_gives_the_same_leads_in_millivolts(order, resolution):
    stored = stored_leads(40)
    data = holter(
        stored[[INDEX[lead] for lead in order]],
        [ISHNE_CODES[lead] for lead in order],
        resolution=resolution,
    )
    recording = read(data).recording
    np.testing.assert_allclose(recording.signal, stored * (resolution * 1e-6), atol=FLOAT32_MV)
    assert recording.warnings == ()


def test_samples_are_views_of_the_file_and_take_no_memory():
    tracing = ishne.read(holter(stored_leads(600)))
    assert all(channel.samples.dtype == np.int16 for channel in tracing.channels)
    assert all(not channel.samples.flags.owndata for channel in tracing.channels)
    assert {channel.samples.strides for channel in tracing.channels} == {(24,)}


def test_leads_of_another_system_are_left_out_and_the_rest_is_kept():
    codes = [2, 3, 4, 5, 6, 17, 18, 19, 1]
    recording = read(holter(stored_leads(600)[:9], codes)).recording
    np.testing.assert_allclose(recording.lead("I"), stored_leads(600)[3] * 0.005, atol=FLOAT32_MV)
    assert recording.leads == ("I", "II", "III", "aVR", "aVL", "aVF")


def test_unnamed_leads_an_unknown_resolution_and_no_rate_are_asked():
    questions = read(holter(stored_leads(600), [0] * 12, resolution=-9, fs=0)).questions
    assert [question.field for question in questions] == ["fs", "leads", "mv_per_unit"]
    assert questions[1].guess == LEADS


def test_a_variable_block_moves_the_samples():
    signal = read(holter(stored_leads(600), variable=b"x" * 1001)).recording.signal
    np.testing.assert_array_equal(signal, read(holter(stored_leads(600))).recording.signal)


def test_a_changed_header_is_noticed_by_its_checksum():
    data = bytearray(holter(stored_leads(600), variable=b"notes"))
    data[ISHNE_HEADER_BYTES + 2] ^= 1
    recording = read(bytes(data)).recording
    assert recording.warnings == (
        "The checksum of the ISHNE header does not match: lead names or gains may be wrong.",
    )


def test_what_the_recorder_noted_of_a_lead_is_shown():
    recording = read(holter(stored_leads(600)[:2], quality=4)).recording
    noted = "The recorder noted: I (intermittent disconnection), II (intermittent disconnection)."
    assert recording.warnings[0] == noted


def test_samples_may_be_counted_over_all_leads():
    stored = stored_leads(600)
    recording = read(holter(stored, n_samples=stored.size)).recording
    assert (recording.n_samples, recording.warnings) == (stored.shape[1], ())


def test_a_file_that_is_cut_short_keeps_what_it_holds_and_says_so():
    data = holter(stored_leads(600))
    recording = read(data[:-25]).recording
    assert recording.n_samples == 598
    assert recording.warnings == ("The file is cut short: it holds 598 of 600 samples per lead.",)


def test_what_follows_the_samples_that_the_header_counts_is_not_read():
    recording = read(holter(stored_leads(600), n_samples=500)).recording
    assert recording.n_samples == 500
    assert recording.warnings == (
        "The file holds more than the 500 samples per lead that its header counts.",
    )


@pytest.mark.parametrize(
    ("place", "value", "kind", "sentence"),
    [
        (156, 0, "<h", "declares 0 leads, expected 1 to 12"),
        (156, 13, "<h", "declares 13 leads, expected 1 to 12"),
        (156, -1, "<h", "declares -1 leads, expected 1 to 12"),
        (14, 0, "<i", "declares 0 samples for each of 12 leads, the file has room for 600"),
        (14, -5, "<i", "declares -5 samples"),
        (22, 2**31 - 1, "<i", "begin at byte 2147483647, expected 522 to 14922"),
        (22, -4, "<i", "begin at byte -4"),
        (22, 100, "<i", "begin at byte 100"),
    ],
)
def test_a_header_that_lies_is_refused_with_the_numbers(place, value, kind, sentence):
    result = read(changed(holter(stored_leads(600)), place, value, kind))
    assert result.recording is None
    assert sentence in result.error


def test_a_header_without_a_sample_is_refused():
    data = holter(stored_leads(600))
    assert "its header alone takes 522" in read(data[:300]).error
    assert "begin at byte 522, expected 522 to 522" in read(data[:ISHNE_HEADER_BYTES]).error
    assert "has room for 0" in read(data[: ISHNE_HEADER_BYTES + 23]).error


def test_annotations_alone_are_refused_by_what_they_are():
    error = read(holter(stored_leads(600), magic=b"ANN  1.0")).error
    assert "annotation file" in error
    assert "Open the recording (.ecg)" in error


@given(st.binary(max_size=600))
def test_any_bytes_behind_the_magic_give_a_result(tail: bytes):
    result = read(b"ISHNE1.0" + tail)
    assert (result.recording is None) == bool(result.error or result.questions)
    assert result.error is None or "damaged" not in result.error


def test_dates_that_are_none_give_no_age():
    for birth in ((0, 0, 0), (-9, -9, -9), (31, 2, 1950), (1, 1, 1700), (1, 1, 2020)):
        assert read(holter(stored_leads(600), birth=birth)).recording.age is None


def test_only_the_magic_is_recognised():
    data = holter(stored_leads(600))
    assert recognise(data) is ishne.FORMAT
    assert recognise(b"\0" + data) is not ishne.FORMAT
