"""GE MUSE XML: the rhythm read as its bytes, counts and checksums prove, never the median beats."""

import base64
import re
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from built_xml import (
    STEP_UV,
    Changes,
    muse_file,
    muse_lead,
    muse_text,
    muse_waveform,
    secrets_of,
    stored_leads,
    stored_signal,
)
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.io import read_files
from ecgcore.leads import CHEST_LEADS, LEADS

# Values stay below 8 mV, where neighbouring float32 numbers are 5e-7 mV apart.
FLOAT32_MV = 5e-7
# A derived limb lead is a sum of two stored ones, in float64 before it is rounded.
DERIVED = "Derived from other limb leads: III, aVR, aVL, aVF."


def read(data: bytes):
    (result,) = read_files({"any.name": data})
    return result


def changed(changes: Changes | None = None, lead_changes: Changes | None = None) -> bytes:
    return muse_file(muse_waveform(changes=changes, lead_changes=lead_changes))


def true_mv(leads=("I", "II", *CHEST_LEADS)) -> np.ndarray:
    return np.array([row * (STEP_UV / 1000) for row in stored_leads(leads).values()])


def rows(recording, leads=("I", "II", *CHEST_LEADS)) -> np.ndarray:
    return np.array([recording.lead(lead) for lead in leads])


@pytest.fixture(scope="module")
def sample(shared) -> bytes:
    return (shared / "samples" / "ge_muse" / "braveheart_example1.xml").read_bytes()


def test_the_real_file_equals_its_bytes_unpacked_one_by_one(sample):
    rhythm = sample.decode("latin-1").split("<WaveformType>Rhythm</WaveformType>")[1]
    names = re.findall("<LeadID>(.*?)</LeadID>", rhythm)
    encoded = re.findall("<WaveFormData>(.*?)</WaveFormData>", rhythm, re.DOTALL)
    counts = [struct.unpack("<5000h", base64.b64decode(text)) for text in encoded]
    recording = read(sample).recording
    assert (recording.fs, recording.n_samples, recording.source) == (500.0, 5000, "GE MUSE XML")
    assert (recording.age, recording.sex) == (None, None)
    assert recording.leads == LEADS
    assert recording.warnings == (DERIVED,)
    assert names == ["I", "II", *CHEST_LEADS]
    for name, values in zip(names, counts, strict=True):
        np.testing.assert_allclose(
            recording.lead(name), np.array(values) * 4.88e-3, rtol=0, atol=FLOAT32_MV
        )


def test_the_beats_of_the_real_file_lie_where_the_cart_found_them(sample):
    """A wrong rate, or the median beats instead of the rhythm, would move every beat."""
    times_ms = [int(t) for t in re.findall(rb"<Time>(\d+)</Time>", sample)]
    recording = read(sample).recording
    slope = np.abs(np.diff(recording.signal.astype(float), axis=1)).sum(axis=0)
    assert len(times_ms) == 8
    for time_ms in times_ms:
        at = round(time_ms * recording.fs / 1000)
        # A QRS complex lasts about 100 ms, and is the steepest part of the second around it.
        low = max(0, at - 250)
        steepest = low + int(np.argmax(slope[low : at + 250]))
        assert abs(steepest - at) <= 50


def test_the_checksums_of_the_real_file_are_those_of_the_decoded_bytes(sample):
    stated = [int(crc) for crc in re.findall(rb"<LeadDataCRC32>(\d+)<", sample)]
    encoded = re.findall(rb"<WaveFormData>(.*?)</WaveFormData>", sample, re.DOTALL)
    assert stated == [zlib.crc32(base64.b64decode(text)) for text in encoded]
    assert len(stated) == 16


def test_nothing_of_the_real_file_but_the_whitelist_goes_further(sample):
    secrets = secrets_of(sample) - {"5000"}  # the number of samples
    assert "SKJ18310123PA11122018152127" in secrets
    result = read(sample)
    said = repr(result) + str(vars(result.recording))
    assert [secret for secret in secrets if secret in said] == []


def test_identifiers_go_no_further_even_where_the_file_is_refused():
    patient = {"PatientLastName": "Mustermann", "DateofBirth": "01-02-1943"}
    good = muse_waveform(lead_changes={"LeadDataCRC32": 1})
    bad = muse_waveform(lead_changes={"LeadSampleCountTotal": 3})
    for waveform in (good, bad):
        result = read(muse_file(waveform, patient=patient))
        said = repr(result) + str(vars(result.recording) if result.recording else "")
        assert [s for s in ("Mustermann", "4711", "1943", "01-02") if s in said] == []


@given(st.binary(min_size=2, max_size=400).filter(lambda content: len(content) % 2 == 0))
def test_any_stored_integers_come_back(content: bytes):
    stored = {"V1": np.frombuffer(content, dtype="<i2")}
    recording = read(muse_file(muse_waveform(stored))).recording
    expected = np.array(struct.unpack(f"<{len(content) // 2}h", content)) * (STEP_UV / 1000)
    # 2^15 steps of 5 uV are 164 mV, where neighbouring float32 numbers are 1.6e-5 mV apart.
    np.testing.assert_allclose(recording.lead("V1"), expected, rtol=0, atol=1.6e-5)


def test_a_built_file_reads_without_a_doubt():
    recording = read(muse_file()).recording
    assert (recording.fs, recording.age, recording.sex) == (500.0, 59.0, "F")
    assert recording.warnings == (DERIVED,)
    np.testing.assert_allclose(rows(recording), true_mv(), rtol=0, atol=FLOAT32_MV)


def test_twelve_stored_leads_are_taken_as_they_are():
    recording = read(muse_file(muse_waveform(stored_leads()))).recording
    assert recording.warnings == ()
    expected = stored_signal() * (STEP_UV / 1000)
    np.testing.assert_allclose(recording.signal, expected, rtol=0, atol=FLOAT32_MV)


def test_leads_beyond_the_twelve_are_passed_over():
    extra = stored_leads(("I", "II")) | {"V3R": stored_signal()[0], "V7": stored_signal()[1]}
    recording = read(muse_file(muse_waveform(extra))).recording
    assert recording.leads == LEADS[:6]


def test_the_median_beats_before_or_after_the_rhythm_are_not_taken():
    beats = {name: row[:100] for name, row in stored_leads().items()}
    median = muse_waveform(beats, {"WaveformType": "Median"})
    for order in ((median, muse_waveform()), (muse_waveform(), median)):
        assert read(muse_file(*order)).recording.n_samples == 500


def test_of_several_rhythms_the_most_leads_go_before_the_longest():
    one_long = muse_waveform({"II": np.tile(stored_signal()[1], 4)})
    short = muse_waveform({n: r[:400] for n, r in stored_leads(("I", "II")).items()})
    long = muse_waveform(stored_leads(("I", "II")))
    assert read(muse_file(one_long, short, long)).recording.n_samples == 500


def test_a_waveform_without_a_type_is_the_rhythm():
    assert read(changed({"WaveformType": None, "SampleExponent": None})).recording.fs == 500.0


@pytest.mark.parametrize(("base", "exponent"), [(500, 0), (5, 2), (5000, -1), ("500.0", "")])
def test_the_rate_is_base_times_a_power_of_ten(base, exponent):
    recording = read(changed({"SampleBase": base, "SampleExponent": exponent})).recording
    # 5000 * 10^-1 is exact to the last digits of a float.
    assert recording.fs == pytest.approx(500.0, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "per_bit"), [("MICROVOLTS", 5), ("MILLIVOLTS", 0.005), ("VOLTS", "5E-6"), ("uV", 5)]
)
def test_units_give_the_same_millivolts(unit: str, per_bit):
    scale = {"LeadAmplitudeUnits": unit, "LeadAmplitudeUnitsPerBit": per_bit}
    recording = read(changed(lead_changes=scale)).recording
    np.testing.assert_allclose(rows(recording), true_mv(), rtol=0, atol=FLOAT32_MV)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_samples_of_one_two_and_four_bytes(size: int):
    stored = {"V1": np.array([-100, 0, 100], dtype=f"<i{size}")}
    recording = read(muse_file(muse_waveform(stored))).recording
    np.testing.assert_allclose(recording.lead("V1"), [-0.5, 0, 0.5], rtol=0, atol=FLOAT32_MV)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_other_encodings_read_the_same(encoding: str):
    text = muse_text(muse_waveform(), patient={"PatientLastName": "Müßig"})
    np.testing.assert_array_equal(
        read(text.encode(encoding)).recording.signal, read(muse_file()).recording.signal
    )


@pytest.mark.parametrize(
    ("age", "units", "years"),
    [
        (59, "YEARS", 59.0),
        (18, "MONTHS", 1.5),
        (59, None, 59.0),
        (12, "HOURS", None),
        (300, "YEARS", None),
    ],
)
def test_the_age_counts_in_its_units(age: int, units, years):
    patient = {"PatientAge": age, "AgeUnits": units, "Gender": "UNKNOWN"}
    recording = read(muse_file(patient=patient)).recording
    assert (recording.age, recording.sex) == (years, None)


def test_a_lead_that_begins_later_is_placed_later():
    late = muse_lead("V1", np.array([1, 2, 3], "<i2"), {"LeadOffsetFirstSample": 2})
    on_time = muse_lead("V2", np.array([1, 2, 3, 4, 5], "<i2"))
    waveform = muse_waveform({}).replace("</Waveform>", f"{late}{on_time}</Waveform>")
    recording = read(muse_file(waveform)).recording
    assert np.isnan(recording.lead("V1")).tolist() == [True, True, False, False, False]
    assert "The leads were recorded one after another, not at the same time." in recording.warnings


def test_a_lead_without_samples_is_not_recorded():
    empty = muse_lead("V6", stored_signal()[11], {"WaveFormData": ""})
    waveform = muse_waveform(stored_leads(LEADS[:11])).replace("</Waveform>", f"{empty}</Waveform>")
    assert read(muse_file(waveform)).recording.warnings == ("Not recorded: V6.",)


def test_a_wrong_checksum_is_a_warning_that_names_the_lead():
    wrong = muse_lead("V6", stored_signal()[11], {"LeadDataCRC32": 12345})
    waveform = muse_waveform(stored_leads(LEADS[:11])).replace("</Waveform>", f"{wrong}</Waveform>")
    assert read(muse_file(waveform)).recording.warnings == (
        "The checksum does not fit the samples of V6: the file was damaged or altered.",
    )


@pytest.mark.parametrize("stated", [None, "0", "none"])
def test_a_checksum_that_is_not_stated_is_no_doubt(stated):
    assert read(changed(lead_changes={"LeadDataCRC32": stated})).recording.warnings == (DERIVED,)


def test_a_shift_in_time_of_unknown_meaning_is_a_warning():
    recording = read(changed(lead_changes={"LeadTimeOffset": 4})).recording
    assert "The file states a time offset for some leads, which was not applied." in (
        recording.warnings
    )


def test_what_is_not_stated_is_asked():
    def questions(**arguments):
        return [(q.field, q.guess) for q in read(changed(**arguments)).questions]

    no_scale = {"LeadAmplitudeUnitsPerBit": None}
    assert questions(changes={"SampleBase": None}) == [("fs", 500.0)]
    assert questions(lead_changes={"LeadAmplitudeUnits": None}) == [("mv_per_unit", 0.001)]
    assert questions(lead_changes=no_scale) == [("mv_per_unit", 0.00488)]
    assert [field for field, _ in questions(lead_changes={"LeadID": None})] == ["leads"]


REFUSED = [
    ({"LeadByteCountTotal": 998}, "holds 1000 bytes, but the file declares 998"),
    ({"LeadSampleCountTotal": 501}, "holds 1000 bytes, but the file declares 1002"),
    ({"LeadSampleCountTotal": 10**15}, f"but the file declares {2 * 10**15}"),
    ({"LeadSampleCountTotal": 0.5}, "0.5 as number of samples, expected a whole number"),
    ({"LeadByteCountTotal": "many"}, "no usable number of bytes"),
    ({"LeadSampleSize": 3}, "A sample takes 3 bytes, expected 1, 2 or 4"),
    ({"LeadOffsetFirstSample": -1}, "begins at sample -1, expected 0 to 65535"),
    ({"LeadOffsetFirstSample": 10**9}, "begins at sample 1000000000, expected 0 to 65535"),
    ({"LeadAmplitudeUnitsPerBit": 0}, "0 as amplitude per bit"),
    ({"LeadAmplitudeUnitsPerBit": "1e999"}, "no usable amplitude per bit"),
    ({"LeadAmplitudeUnitsPerBit": "nan"}, "no usable amplitude per bit"),
    ({"WaveFormData": "AAA="}, "holds 2 bytes, but the file declares 1000"),
    ({"WaveFormData": "AAA"}, "not valid Base64"),
    ({"WaveFormData": "AAA=é"}, "not valid Base64"),
    (
        {"WaveFormData": "AAAA", "LeadByteCountTotal": 3, "LeadSampleCountTotal": None},
        "3 bytes, not a multiple of 2",
    ),
]


@pytest.mark.parametrize(("lead_changes", "sentence"), REFUSED)
def test_damaged_leads_are_refused_with_the_numbers(lead_changes: Changes, sentence: str):
    assert sentence in read(changed(lead_changes=lead_changes)).error


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SampleExponent": 400}, "exponent of the sampling rate is 400, expected -6 to 6"),
        ({"SampleBase": "fast"}, "no usable sampling rate"),
        ({"SampleBase": 0}, "The sampling rate is 0 Hz"),
        ({"WaveformType": "Median"}, "median beats, but no rhythm waveform"),
    ],
)
def test_damaged_waveforms_are_refused_with_the_numbers(changes: Changes, sentence: str):
    assert sentence in read(changed(changes)).error


def test_documents_without_samples_are_refused():
    assert "holds no waveform" in read(b"<RestingECG/>").error
    assert "declares 0 channels" in read(muse_file(muse_waveform({}))).error
    nothing = changed(lead_changes={"WaveFormData": ""})
    assert read(nothing).error == "The file holds no channel with a sample."


def test_huge_declared_counts_take_no_memory():
    tracemalloc.start()
    huge = {"LeadByteCountTotal": 10**12, "LeadSampleCountTotal": 10**12}
    assert read(changed(lead_changes=huge)).error
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Eight leads of 500 samples make a document of 20 KB.
    assert peak_bytes < 10**6
