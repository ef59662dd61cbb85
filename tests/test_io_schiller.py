"""Schiller XML: the rhythm of each event, as a plain search through the text finds it."""

import re

import numpy as np
import pytest
from built_schiller import AVERAGES, block, channel, leads_uv, rhythm, schiller_file

from ecgcore.io import read_files, schiller
from ecgcore.leads import LEADS, algebra_violations

# Values stay below 8 mV, where neighbouring float32 numbers are 5e-7 mV apart.
FLOAT32_MV = 5e-7
CATCH_ALL = "begins like"


def read_all(data: bytes, **options):
    return read_files({"any.name": data}, **options)


def read(data: bytes, **options):
    (result,) = read_all(data, **options)
    return result


def test_the_real_file_equals_a_search_through_its_text(shared):
    path = shared / "samples" / "schiller" / "cardio_sample.xml"
    text = path.read_text()
    after = text[text.index("ECG_RHYTHMS") :]
    found = re.findall(r"<name>(\w+)</name>\s*<data>([^<]+)</data>", after)
    reference = {name: np.array(re.findall(r"[-\d]+", data), dtype=float) for name, data in found}
    recording = read(path.read_bytes()).recording
    assert (recording.fs, recording.n_samples, recording.leads) == (500.0, 5000, LEADS)
    assert (recording.age, recording.sex, recording.warnings) == (None, None, ())
    assert len(reference) == len(LEADS)
    for lead in LEADS:
        np.testing.assert_allclose(
            recording.lead(lead), reference[lead.upper()] / 1000.0, atol=FLOAT32_MV
        )
    # Halves are cut to whole uV.
    assert algebra_violations(recording.signal, tolerance_mv=0.001 + FLOAT32_MV) == ()


def test_the_beats_that_the_real_file_lists_prove_its_rate(shared):
    data = (shared / "samples" / "schiller" / "cardio_sample.xml").read_bytes()
    listed = data[data.index(b"R_QRS_ON") : data.index(b"R_QRS_OFF")]
    onsets = np.array(re.findall(rb"<value>(\d+)</value>", listed), dtype=int)
    stated = int(re.search(rb"<name>HR</name>\s*<value>(\d+)<", data)[1])
    per_minute = 60.0 * read(data).recording.fs / np.diff(onsets).mean()
    # Rates in use differ by a fifth or more (500, 400); a rhythm varies from beat to beat.
    assert abs(per_minute / stated - 1.0) < 0.1


def test_averaged_beats_before_the_rhythm_are_not_taken_for_it():
    recording = read(schiller_file()).recording
    np.testing.assert_allclose(recording.signal, leads_uv() / 1000.0, atol=FLOAT32_MV)
    assert (recording.fs, recording.age, recording.sex) == (500.0, 47.0, "F")
    assert recording.warnings == ()
    assert "holds no rhythm" in read(schiller_file(AVERAGES)).error


def test_each_event_with_a_rhythm_is_a_recording():
    results = read_all(schiller_file(rhythm(0), AVERAGES, rhythm(1, kind="ECG_RHYTHM")))
    assert [result.name for result in results] == ["any.name#1", "any.name#2"]
    for seed, result in enumerate(results):
        np.testing.assert_allclose(
            result.recording.signal, leads_uv(seed) / 1000.0, atol=FLOAT32_MV
        )


def test_resolution_and_unit_count():
    data = schiller_file(rhythm(bit=2.5)).replace(b"<units>UV", b"<units>NV")
    np.testing.assert_allclose(
        read(data).recording.signal, leads_uv() * 2.5e-6, atol=FLOAT32_MV * 1e-3
    )


def test_what_the_file_does_not_state_is_asked():
    no_unit = schiller_file().replace(b"<units>UV</units>", b"")
    (question,) = read(no_unit).questions
    assert (question.field, question.guess) == ("mv_per_unit", 0.001)
    (question,) = read(schiller_file(rhythm(exponent=3))).questions
    assert (question.field, question.guess) == ("fs", 500.0)
    no_rate = schiller_file().replace(b"<value>500</value>", b"")
    assert [question.field for question in read(no_rate).questions] == ["fs"]


@pytest.mark.parametrize(
    ("gender", "birth", "sex", "age"),
    [
        ("MALE", "19760123", "M", 48.0),
        ("UNDEFINED", "", None, None),
        ("FEMALE", "20250101", "F", None),
        ("", "unknown", None, None),
    ],
)
def test_age_and_sex_are_as_stated(gender: str, birth: str, sex: str | None, age: float | None):
    recording = read(schiller_file(gender=gender, birth=birth)).recording
    assert (recording.sex, recording.age) == (sex, age)


def test_what_identifies_a_patient_goes_no_further():
    result = read(schiller_file())
    said = repr(result) + str(vars(result.recording)) + repr(schiller.read(schiller_file()))
    secrets = ("Mustermann", "Erika", "4711", "19760124", "20240123", "0815", "Charite")
    assert [secret for secret in secrets if secret in said] == []


def test_names_and_serials_of_the_real_file_go_no_further(shared):
    data = (shared / "samples" / "schiller" / "cardio_sample.xml").read_bytes()
    secrets = re.findall(rb"<(?:model|date|time|version)>([^<]{4,})<", data)
    assert {b"AT-10P", b"19700101"} <= set(secrets)
    result = read(data)
    said = repr(result) + str(vars(result.recording))
    assert [secret for secret in secrets if secret.decode() in said] == []


LEAD = leads_uv()[0]


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (rhythm(rate=0), "sampling rate is 0 Hz"),
        (rhythm(rate="nan"), "no usable sampling rate"),
        (rhythm(rate="fast"), "no usable sampling rate"),
        (rhythm(exponent="high"), "no usable exponent"),
        (rhythm(bit=0), "states 0 as the amplitude per bit"),
        (rhythm(bit=-1), "states -1 as the amplitude per bit"),
        (rhythm(bit="inf"), "no usable amplitude per bit"),
        (rhythm(bit=""), "no usable amplitude per bit"),
        (block("ECG_RHYTHMS", ""), "declares 0 channels"),
        (block("ECG_RHYTHMS", channel("I", LEAD) * 257), "declares 257 channels"),
        (block("ECG_RHYTHMS", channel("I", LEAD, count=299)), "300 samples, but the file"),
        (block("ECG_RHYTHMS", channel("I", LEAD, count="nan")), "no usable number of samples"),
        (block("ECG_RHYTHMS", channel("I", LEAD, count=10**12)), "declares 1e+12"),
        (block("ECG_RHYTHMS", channel("I", LEAD, coding="ZIP")), "not a list of numbers"),
        (block("ECG_RHYTHMS", channel("I", ["1", "x"])), "something that is not a number"),
        (block("ECG_RHYTHMS", channel("I", [])), "no channel with a sample"),
        (block("ECG_RHYTHMS", channel("P_DUR", LEAD)), "Which leads"),
        (rhythm() * 101, "holds 101 recordings, the limit is 100"),
        (block("ECG_STRESS", channel("I", LEAD)), "holds no rhythm"),
        ("", "holds no rhythm"),
    ],
)
def test_a_damaged_or_lying_file_is_refused_with_its_value(event: str, sentence: str):
    result = read(schiller_file(event))
    said = result.error or result.questions[0].text
    assert sentence in said
    assert CATCH_ALL not in said


def test_every_beginning_of_the_real_file_is_refused(shared):
    data = (shared / "samples" / "schiller" / "cardio_sample.xml").read_bytes()
    for share in (0.1, 0.5, 0.9, 0.999):
        assert "damaged or cut short" in read(data[: int(share * len(data))]).error


def test_only_the_root_of_such_files_is_recognised():
    assert schiller.recognises(schiller_file())
    assert schiller.recognises(schiller_file().decode().encode("utf-16"))
    assert not schiller.recognises(b"<schillerEDI/>")
