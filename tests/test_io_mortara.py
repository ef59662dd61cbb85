"""Mortara XML, of which no real file is at hand: built as other programs describe it."""

import numpy as np
import pytest
from built_mortara import T, channel, leads, mortara_file
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ecgcore.io import FORMATS, mortara, read_files
from ecgcore.leads import LEADS

# Values stay below 8 mV, where neighbouring float32 numbers are 5e-7 mV apart.
FLOAT32_MV = 5e-7
CATCH_ALL = "begins like"


def read(data: bytes, **options):
    (result,) = read_files({"any.name": data}, **options)
    return result


def test_a_file_as_described_reads_without_a_warning():
    recording = read(mortara_file()).recording
    np.testing.assert_allclose(recording.signal, leads() / 400.0, atol=FLOAT32_MV)
    assert (recording.fs, recording.age, recording.sex) == (500.0, 47.0, "M")
    assert (recording.leads, recording.warnings) == (LEADS, ())


def test_it_is_declared_as_never_tried_on_a_real_file():
    assert [fmt.name for fmt in FORMATS if fmt.experimental and fmt.name == "mortara"]


@given(
    arrays.arrays("<i2", st.tuples(st.integers(1, 12), st.integers(1, 50))),
    st.sampled_from([200, 400, 1000, 2000.5]),
)
def test_whatever_is_stored_comes_back(stored: np.ndarray, units_per_mv: float):
    options = {"UNITS_PER_MV": units_per_mv}
    data = mortara_file("".join(channel(LEADS[i], row, **options) for i, row in enumerate(stored)))
    channels = mortara.read(data).channels
    np.testing.assert_array_equal([channel.samples for channel in channels], stored)
    # Dividing and multiplying by the inverse differ in the last of 53 bits, on each side once.
    np.testing.assert_allclose(
        [channel.values() for channel in channels], stored / units_per_mv, rtol=2**-51
    )


def test_eight_leads_are_completed_and_others_passed_over():
    kept = [LEADS.index(lead) for lead in ("V6", "II", "I", "V1", "V2", "V3", "V4", "V5")]
    stored = leads()
    data = mortara_file(
        "".join(channel(LEADS[row], stored[row]) for row in kept) + channel("V3R", stored[0])
    )
    recording = read(data).recording
    np.testing.assert_allclose(recording.signal, stored / 400.0, atol=FLOAT32_MV)
    assert recording.warnings == ("Derived from other limb leads: III, aVR, aVL, aVF.",)


def test_each_channel_has_its_own_resolution():
    stored = leads()
    data = mortara_file(channel("I", stored[0]) + channel("II", stored[1], UNITS_PER_MV=200))
    recording = read(data).recording
    np.testing.assert_allclose(recording.lead("I"), stored[0] / 400.0, atol=FLOAT32_MV)
    np.testing.assert_allclose(recording.lead("II"), stored[1] / 200.0, atol=FLOAT32_MV)


def test_a_missing_resolution_is_asked():
    data = mortara_file(channel("I", leads()[0], UNITS_PER_MV=None))
    assert [question.field for question in read(data).questions] == ["mv_per_unit"]


def test_what_is_not_stated_of_the_coding_is_as_published():
    silent = {"OFFSET": None, "BITS": None, "FORMAT": None, "ENCODING": None}
    data = mortara_file("".join(channel(LEADS[i], row, **silent) for i, row in enumerate(leads())))
    np.testing.assert_allclose(read(data).recording.signal, leads() / 400.0, atol=FLOAT32_MV)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_are_recognised_in_every_encoding(encoding: str):
    text = mortara_file().decode().replace('encoding="UTF-8"', "")
    assert mortara.recognises(text.encode(encoding))
    assert read(text.encode(encoding)).recording.leads == LEADS


def test_other_documents_with_such_a_root_are_not_recognised():
    for text in ("<ECG/>", "<ECG><CHANNEL/></ECG>", "<ECG UNITS_PER_MV='1'/>", "<CHANNEL/>"):
        assert not mortara.recognises(text.encode())
    assert not mortara.recognises(b"ECG <CHANNEL UNITS_PER_MV")
    assert "an XML document" in read(b"<ECG><LEAD/></ECG>").error


@pytest.mark.parametrize(
    ("root", "subject", "age", "sex"),
    [
        ({}, 'GENDER="Female" DOB="19000101"', 47.0, "F"),
        ({"AGE": 18, "AGE_UNITS": "M"}, 'GENDER="M"', 1.5, "M"),
        ({"AGE": 0}, 'GENDER="Unknown" DOB="19760124"', 47.0, None),
        ({"AGE": None}, 'DOB="19760123"', 48.0, None),
        ({"AGE": "", "AGE_UNITS": ""}, 'DOB="0/0/0"', None, None),
        ({"AGE": None, "ACQUISITION_TIME": None}, 'DOB="19760123"', None, None),
    ],
)
def test_age_and_sex_are_as_stated(root, subject: str, age: float | None, sex: str | None):
    recording = read(mortara_file(subject=subject, **root)).recording
    assert (recording.age, recording.sex) == (age, sex)


def test_what_identifies_a_patient_goes_no_further():
    result = read(mortara_file())
    said = repr(result) + str(vars(result.recording)) + repr(mortara.read(mortara_file()))
    secrets = ("Mustermann", "Erika", "4711", "19760124", "20240123", "0815", "Charite", "tech")
    assert [secret for secret in secrets if secret in said] == []


LEAD = leads()[0]


@pytest.mark.parametrize(
    ("channels", "sentence"),
    [
        ("<OTHER/><!-- <CHANNEL -->", "declares 0 channels"),
        (channel("I", LEAD) * 257, "declares 257 channels"),
        (channel("I", LEAD, SAMPLE_FREQ=0), "sampling rate is 0 Hz"),
        (channel("I", LEAD, SAMPLE_FREQ="inf"), "no usable sampling rate"),
        (channel("I", LEAD, SAMPLE_FREQ=None), "no usable sampling rate"),
        (channel("I", LEAD) + channel("II", LEAD, SAMPLE_FREQ=250), "2 different sampling rates"),
        (channel("I", LEAD, UNITS_PER_MV=0), "states 0 units per mV"),
        (channel("I", LEAD, UNITS_PER_MV=-400), "states -400 units per mV"),
        (channel("I", LEAD, UNITS_PER_MV="nan"), "no usable number of units per mV"),
        (channel("I", LEAD, DURATION=T + 1), f"holds {2 * T} bytes, but {T + 1} samples"),
        (channel("I", LEAD, DURATION=T - 1), f"holds {2 * T} bytes, but {T - 1} samples"),
        (channel("I", LEAD, DURATION=-1), "but -1 samples"),
        (channel("I", LEAD, DURATION=1e300), "but 1e+300 samples"),
        (channel("I", LEAD, DURATION=None), "no usable number of samples"),
        (channel("I", LEAD, DATA="@@@@"), "not valid Base64"),
        (channel("I", LEAD, DATA="AAA"), "not valid Base64"),
        (channel("I", LEAD, DATA="AAAA"), "holds 3 bytes"),
        (channel("I", LEAD[:0]), "no channel with a sample"),
        (channel("I", LEAD, BITS=12), "another BITS than 16"),
        (channel("I", LEAD, FORMAT="UNSIGNED"), "another FORMAT than SIGNED"),
        (channel("I", LEAD, ENCODING="HEX"), "another ENCODING than BASE64"),
        (channel("I", LEAD, OFFSET=5), "another OFFSET than 0"),
    ],
)
def test_a_damaged_or_lying_file_is_refused_with_its_value(channels: str, sentence: str):
    error = read(mortara_file(channels)).error
    assert sentence in error
    assert CATCH_ALL not in error


def test_a_file_that_is_cut_short_is_refused():
    data = mortara_file()
    for share in (0.5, 0.9, 0.999):
        assert "damaged or cut short" in read(data[: int(share * len(data))]).error
