"""HL7 aECG: rhythm series alone, its sets of leads on one time axis, ages without their dates."""

import re
import tracemalloc

import numpy as np
import pytest
from built_xml import (
    ABSOLUTE_TIME,
    PERSON,
    RELATIVE_TIME,
    STEP_UV,
    aecg_file,
    aecg_series,
    aecg_set,
    aecg_text,
    secrets_of,
    stored_leads,
    stored_signal,
)
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.io import read_files
from ecgcore.leads import LEADS

# Values stay below 32 mV, where neighbouring float32 numbers are 2e-6 mV apart.
FLOAT32_MV = 2e-6


def read(data: bytes):
    (result,) = read_files({"any.name": data})
    return result


def with_set(*sets: str, **arguments) -> bytes:
    return aecg_file(aecg_series(*(sets or (aecg_set(**arguments),))))


def assert_is_the_signal(recording) -> None:
    expected = stored_signal() * (STEP_UV / 1000)
    np.testing.assert_allclose(recording.signal, expected, rtol=0, atol=FLOAT32_MV)


@pytest.fixture(scope="module")
def samples(shared) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in (shared / "samples/hl7_aecg").iterdir()}


def rhythm_of(data: bytes) -> dict[str, np.ndarray]:
    """Digits of each lead up to the derived series, by pattern."""
    text = data.decode().split("<derivation>")[0]
    found = re.findall(r'code="MDC_ECG_LEAD_(\w+)".*?<digits>(.*?)</digits>', text, re.DOTALL)
    return {name: np.array([int(digit) for digit in digits.split()]) for name, digits in found}


@pytest.mark.parametrize(
    ("stem", "fs", "step_uv", "age", "sex"),
    [
        # Born on 8 May 1953, recorded on 22 November 2002.
        ("ecgtoolkit_Example", 500.0, 2.5, 49.0, "M"),
        ("fda_minimum_aecg", 500.0, 2.5, None, None),
        ("liryc_hl7aecg_example", 100.0, 5.0, None, None),
    ],
)
def test_real_files_equal_their_digits(samples, stem: str, fs: float, step_uv: float, age, sex):
    digits = rhythm_of(samples[stem])
    recording = read(samples[stem]).recording
    assert (recording.fs, recording.age, recording.sex) == (fs, age, sex)
    assert recording.source == "HL7 aECG"
    assert {lead.upper() for lead in recording.leads} == set(digits)
    for lead in recording.leads:
        expected = digits[lead.upper()] * (step_uv / 1000)
        np.testing.assert_allclose(recording.lead(lead), expected, rtol=0, atol=FLOAT32_MV)


def test_one_recording_as_aecg_and_as_dicom_is_the_same_to_the_last_bit(samples, shared):
    dicom = (shared / "samples/dicom/ecgtoolkit_Example.dcm").read_bytes()
    from_dicom = read(dicom).recording
    from_aecg = read(samples["ecgtoolkit_Example"]).recording
    assert (from_aecg.fs, from_aecg.warnings) == (from_dicom.fs, ())
    assert from_aecg.leads == LEADS
    np.testing.assert_array_equal(from_aecg.signal, from_dicom.signal)


def test_an_empty_document_is_refused_as_empty(samples):
    sentence = "The HL7 aECG document holds no series of waveforms: it is empty."
    assert read(samples["fda_empty"]).error == sentence


def test_the_minimum_document_reads_as_one_lead_of_thirteen_samples(samples):
    recording = read(samples["fda_minimum_aecg"]).recording
    assert (recording.leads, recording.n_samples) == (("II",), 13)


def test_limb_leads_that_contradict_each_other_are_shown_as_such(samples):
    mv = {name: row * 0.005 for name, row in rhythm_of(samples["liryc_hl7aecg_example"]).items()}
    (warning,) = read(samples["liryc_hl7aecg_example"]).recording.warnings
    assert warning.startswith("The limb leads contradict each other: aVR + aVL + aVF = 0 fails")
    # The sentence gives two decimals.
    stated_mv = float(re.search(r"by up to (\S+) mV", warning)[1])
    assert stated_mv == pytest.approx(np.abs(mv["AVR"] + mv["AVL"] + mv["AVF"]).max(), abs=0.006)


@pytest.mark.parametrize(
    "stem", ["ecgtoolkit_Example", "fda_minimum_aecg", "liryc_hl7aecg_example", "fda_empty"]
)
def test_nothing_of_a_real_file_but_the_whitelist_goes_further(samples, stem: str):
    result = read(samples[stem])
    said = repr(result) + str(vars(result.recording) if result.recording else "")
    assert [secret for secret in secrets_of(samples[stem]) if secret in said] == []


def test_the_secrets_looked_for_are_there(samples):
    secrets = secrets_of(samples["ecgtoolkit_Example"]) | secrets_of(
        samples["liryc_hl7aecg_example"]
    )
    assert {"Clark", "19530508", "SBJ-123", "ELI250", "25060897140", "FN-3A045256"} <= secrets


def test_identifiers_go_no_further_even_where_the_file_is_refused():
    for one in (aecg_set(), aecg_set(scale="<scale value='Mustermann'/>")):
        result = read(aecg_file(aecg_series(one)))
        said = repr(result) + str(vars(result.recording) if result.recording else "")
        secrets = ("Mustermann", "4711", "1943", "2002")
        assert [secret for secret in secrets if secret in said] == []


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=300))
def test_any_list_of_digits_comes_back(digits: list[int]):
    recording = read(with_set(leads={"V1": np.array(digits)})).recording
    # 2^15 steps of 5 uV are 164 mV, where neighbouring float32 numbers are 1.6e-5 mV apart.
    expected = np.array(digits) * (STEP_UV / 1000)
    np.testing.assert_allclose(recording.lead("V1"), expected, rtol=0, atol=1.6e-5)


def test_a_built_document_reads_without_a_doubt():
    recording = read(aecg_file()).recording
    assert (recording.fs, recording.age, recording.sex) == (500.0, 59.0, "F")
    assert recording.warnings == ()
    assert_is_the_signal(recording)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: f'<?xml version="1.0"?>\n<!-- of <b>someone</b> -->\n{text}',
        lambda text: f'<?xml version="1.0" encoding="utf-16"?>{text}',
        lambda text: text.replace(' xmlns="urn:hl7-org:v3"', ""),
        lambda text: re.sub(r"<(/?)(?=\w)", r"<\1v3:", text.replace("xmlns=", "xmlns:v3=")),
    ],
    ids=["byte order mark", "comment", "UTF-16 declared", "no namespace", "prefix"],
)
def test_how_the_document_is_written_does_not_matter(change):
    assert_is_the_signal(read(change(aecg_text()).encode()).recording)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_encodings_read_the_same(encoding: str):
    text = aecg_text(about=PERSON.replace("Mustermann", "Müßig"))
    assert_is_the_signal(read(text.encode(encoding)).recording)


@pytest.mark.parametrize("times", [ABSOLUTE_TIME, RELATIVE_TIME])
@pytest.mark.parametrize(
    ("increment", "unit"), [(0.002, "s"), (2, "ms"), (2000, "us"), ("2E6", "ns")]
)
def test_the_increment_of_time_gives_the_rate(times: str, increment, unit: str):
    data = with_set(times=times, head="20021122", increment=increment, unit=unit)
    assert read(data).recording.fs == 500.0


@pytest.mark.parametrize(
    "scale",
    [
        '<scale value="5" unit="uV"/>',
        '<origin value="0" unit="V"/><scale value="0.005" unit="mV"/>',
        '<origin value="0"/><scale value="5E-6" unit="V"/>',
        '<scale value="5000" unit="nV"/>',
        '<origin value="0" unit="1"/><scale value="5" unit="uV"/>',
    ],
)
def test_scales_give_the_same_millivolts(scale: str):
    assert_is_the_signal(read(with_set(scale=scale)).recording)


@pytest.mark.parametrize(
    "scale",
    [
        '<origin value="100" unit="uV"/><scale value="5" unit="uV"/>',
        '<origin value="0.1" unit="mV"/><scale value="5" unit="uV"/>',
        '<origin value="100"/><scale value="5" unit="uV"/>',
        '<origin value="0.1" unit="mV"/><scale value="0.005" unit="mV"/>',
    ],
)
def test_the_origin_is_added_in_its_own_unit(scale: str):
    recording = read(with_set(scale=scale)).recording
    expected = stored_signal() * (STEP_UV / 1000) + 0.1
    np.testing.assert_allclose(recording.signal, expected, rtol=0, atol=FLOAT32_MV)


def test_representative_beats_are_not_taken_for_the_rhythm():
    beats = aecg_series(
        aecg_set({n: r[:9] for n, r in stored_leads().items()}), code="REPRESENTATIVE_BEAT"
    )
    rhythm = aecg_series(aecg_set())
    derived = rhythm.replace(
        "</series>", f"<derivation>{beats.replace('series', 'derivedSeries')}</derivation></series>"
    )
    for data in (aecg_file(beats, rhythm), aecg_file(rhythm, beats), aecg_file(derived)):
        assert_is_the_signal(read(data).recording)
    assert "representative beats, but no rhythm series" in read(aecg_file(beats)).error


def test_each_rhythm_series_is_a_recording():
    other = aecg_series(aecg_set(stored_leads(("I", "II"))))
    results = read_files({"two.xml": aecg_file(aecg_series(aecg_set()), other)})
    assert [result.name for result in results] == ["two.xml#1", "two.xml#2"]
    assert [result.recording.leads for result in results] == [LEADS, LEADS[:6]]
    assert {result.recording.age for result in results} == {59.0}


@pytest.mark.parametrize(
    ("times", "heads"),
    [
        (ABSOLUTE_TIME, ["20021122235959.500", "20021123000000.500", "20021123000001.500+0000"]),
        (
            ABSOLUTE_TIME,
            ["20021122235959.5+0100", "20021122235900.5+0059", "20021122230001.5+0000"],
        ),
        (RELATIVE_TIME, ["0", "1", "2"]),
        (RELATIVE_TIME, ["-1.5", "-0.5", "0.5"]),
    ],
)
def test_leads_recorded_in_sets_are_placed_one_after_another(times: str, heads: list[str]):
    names = (("I", "II"), ("V1", "V2"), ("V3",))
    sets = [aecg_set(stored_leads(n), times, head) for n, head in zip(names, heads, strict=True)]
    recording = read(with_set(*sets)).recording
    starts = {lead: 500 * place for place, group in enumerate(names) for lead in group}
    assert recording.n_samples == 1500
    for lead, start in starts.items():
        row = recording.lead(lead)
        assert np.flatnonzero(~np.isnan(row)).tolist() == list(range(start, start + 500))
        expected = stored_leads([lead])[lead] * (STEP_UV / 1000)
        np.testing.assert_allclose(row[start : start + 500], expected, rtol=0, atol=FLOAT32_MV)
    assert "The leads were recorded one after another, not at the same time." in recording.warnings


def test_sets_that_continue_a_lead_are_joined_with_what_is_missing_empty():
    first = {name: row[:200] for name, row in stored_leads().items()}
    second = {name: row[250:] for name, row in stored_leads().items()}
    # In either order: 250 samples of 2 ms are half a second.
    late, early = aecg_set(second, head="20021122091000.5"), aecg_set(first, head="20021122091000")
    for data in (with_set(late, early), with_set(early, late)):
        recording = read(data).recording
        expected = stored_signal() * (STEP_UV / 1000)
        expected[:, 200:250] = np.nan
        np.testing.assert_allclose(recording.signal, expected, rtol=0, atol=FLOAT32_MV)


def test_a_long_strip_of_a_lead_goes_before_its_short_one():
    short = {name: row[:100] + 7 for name, row in stored_leads(("I", "II")).items()}
    strip = aecg_set(stored_leads(("II",)))
    for sets in ((aecg_set(short), strip), (strip, aecg_set(short))):
        recording = read(with_set(*sets)).recording
        expected = stored_leads(("II",))["II"] * (STEP_UV / 1000)
        np.testing.assert_allclose(recording.lead("II"), expected, rtol=0, atol=FLOAT32_MV)


def test_a_lead_that_one_set_holds_twice_is_a_warning():
    twice = aecg_set(stored_leads(LEADS[:11])).replace("LEAD_V5", "LEAD_V4")
    recording = read(with_set(twice)).recording
    assert "Lead V4 is stored more than once; the first was used." in recording.warnings
    expected = stored_leads(("V4",))["V4"] * (STEP_UV / 1000)
    np.testing.assert_allclose(recording.lead("V4"), expected, rtol=0, atol=FLOAT32_MV)


OTHER = {name: row + 7 for name, row in stored_leads(("V1", "V2")).items()}


@pytest.mark.parametrize(
    "other",
    [
        aecg_set(OTHER, increment=0.001),
        aecg_set(OTHER, RELATIVE_TIME, "0"),
        aecg_set(OTHER, None),
        aecg_set(OTHER, head="yesterday"),
    ],
    ids=["another rate", "another axis", "no times", "no start"],
)
def test_sets_that_cannot_be_aligned_leave_the_one_of_the_most_leads(other: str):
    for sets in ((aecg_set(), other), (other, aecg_set())):
        assert_is_the_signal(read(with_set(*sets)).recording)


def test_pieces_of_a_lead_in_different_scales_are_joined_in_millivolts():
    first = {name: row[:250] for name, row in stored_leads().items()}
    second = {name: row[250:] * 5 for name, row in stored_leads().items()}
    in_mv = '<origin value="1" unit="mV"/><scale value="0.001" unit="mV"/>'
    late = aecg_set({n: r - 1000 for n, r in second.items()}, head="20021122091000.5", scale=in_mv)
    assert_is_the_signal(read(with_set(aecg_set(first), late)).recording)
    unknown = aecg_set(second, head="20021122091000.5", scale='<scale value="1"/>')
    assert "pieces of different scales" in read(with_set(aecg_set(first), unknown)).error


def test_sets_at_an_impossible_rate_are_refused_by_it():
    sets = [aecg_set(increment="1e-320", head=head) for head in ("20021122", "20021123")]
    assert "The sampling rate is inf Hz" in read(with_set(*sets)).error


@pytest.mark.parametrize(
    ("born", "recorded", "years"),
    [
        ("19430508", "20021122091000", 59.0),
        ("19430508", "20020507", 58.0),
        ("19430508", "20020508", 59.0),
        ("20021122", "20021122", 0.0),
        ("18430508", "20021122", None),
        ("20430508", "20021122", None),
        ("19431350", "20021122", None),
        ("1943", "20021122", None),
        ("", "20021122", None),
        ("19430508", "", None),
    ],
)
def test_the_age_is_whole_years_between_two_dates(born: str, recorded: str, years: float | None):
    about = PERSON.replace("19430508", born)
    assert read(aecg_file(about=about, recorded=recorded)).recording.age == years


@pytest.mark.parametrize(
    ("value", "unit", "years"),
    [(46, "a", 46.0), (18, "mo", 1.5), (46, "kg", None), ("", "a", None)],
)
def test_the_reported_age_counts_where_a_date_is_missing(value, unit: str, years: float | None):
    reported = (
        f'<controlVariable><relatedObservation><code code="21612-7"/><value xsi:type="PQ" '
        f'value="{value}" unit="{unit}"/></relatedObservation></controlVariable>'
    )
    without_date = PERSON.replace("19430508", "")
    assert read(aecg_file(about=without_date + reported)).recording.age == years
    assert read(aecg_file(about=PERSON + reported)).recording.age == 59.0


@pytest.mark.parametrize(("code", "sex"), [("M", "M"), ("F", "F"), ("UN", None), ("", None)])
def test_the_sex_is_taken_from_its_code(code: str, sex: str | None):
    about = PERSON.replace('Code code="F"', f'Code code="{code}"')
    assert read(aecg_file(about=about)).recording.sex == sex


def test_what_is_not_stated_is_asked():
    def questions(**arguments):
        return [(q.field, q.guess) for q in read(with_set(**arguments)).questions]

    assert questions(times=None) == [("fs", 500.0)]
    assert questions(unit="fortnight") == [("fs", 500.0)]
    assert questions(increment="") == [("fs", 500.0)]
    assert questions(scale="") == [("mv_per_unit", 0.001)]
    assert questions(scale='<scale value="5"/>') == [("mv_per_unit", 0.001)]
    nameless = aecg_set().replace("MDC_ECG_LEAD_", "LOCAL_")
    assert [q.field for q in read(with_set(nameless)).questions] == ["leads"]


def test_values_that_are_not_finite_are_gaps():
    odd = re.sub(r"<digits>\S+ \S+", "<digits>nan inf", aecg_set(), count=1)
    recording = read(with_set(odd)).recording
    assert "Samples without a valid value were left empty: I (2)." in recording.warnings


REFUSED = [
    ({"increment": 0}, "The file states 0 as increment of time."),
    ({"increment": "nan"}, "no usable increment of time"),
    ({"increment": "1e-320"}, "The sampling rate is inf Hz"),
    ({"increment": -0.002}, "The sampling rate is -500 Hz"),
    ({"times": RELATIVE_TIME, "head": "noon"}, "no usable start of a time sequence"),
    ({"scale": '<scale value="0" unit="uV"/>'}, "The file states 0 as scale of a lead."),
    ({"scale": '<scale value="five" unit="uV"/>'}, "no usable scale of a lead"),
    ({"scale": '<origin value="1e999"/><scale value="5"/>'}, "no usable origin of a lead"),
    (
        {"scale": '<origin value="1" unit="kg"/><scale value="5" unit="uV"/>'},
        "The origin of a lead is stated in another unit than its scale.",
    ),
]


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED)
def test_damaged_sets_are_refused_with_the_reason(arguments: dict, sentence: str):
    assert sentence in read(with_set(**arguments)).error


def test_digits_that_are_no_numbers_are_refused():
    assert "something that is not a number" in read(with_set(aecg_set().replace("-1", "x"))).error


def test_documents_without_values_are_refused():
    assert "no sequence of values" in read(aecg_file(aecg_series())).error
    assert "no sequence of values" in read(with_set(leads={})).error
    empty = with_set(leads={"II": np.array([])})
    assert read(empty).error == "The file holds no channel with a sample."


def test_more_series_than_one_looks_at_are_refused():
    assert "holds 101 series, the limit is 100" in read(aecg_file(*[aecg_series()] * 101)).error


def test_sets_that_begin_years_apart_take_no_memory():
    sets = [aecg_set(head=head) for head in ("19700101", "20021122")]
    tracemalloc.start()
    error = read(with_set(*sets)).error
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "values, the limit is" in error
    # Two sets of twelve leads of 500 digits make a document of 50 KB.
    assert peak_bytes < 3 * 10**6
