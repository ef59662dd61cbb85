"""GE CardioSoft and CASE XML: the strip, else the full disclosure in either of its orders."""

import re
import tracemalloc

import numpy as np
import pytest
from built_xml import (
    STEP_UV,
    Changes,
    cardiosoft_file,
    cardiosoft_strip,
    cardiosoft_text,
    full_disclosure,
    secrets_of,
    stored_leads,
    stored_signal,
)
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.io import read_files
from ecgcore.leads import LEADS

# Values stay below 8 mV, where neighbouring float32 numbers are 5e-7 mV apart.
FLOAT32_MV = 5e-7


def read(data: bytes):
    (result,) = read_files({"any.name": data})
    return result


def changed(changes: Changes) -> bytes:
    return cardiosoft_file(cardiosoft_strip(changes=changes))


def assert_is_the_signal(recording, counts: np.ndarray | None = None) -> None:
    counts = stored_signal() if counts is None else counts
    expected = counts * (STEP_UV / 1000)
    np.testing.assert_allclose(recording.signal, expected, rtol=0, atol=FLOAT32_MV)


@pytest.fixture(scope="module")
def sample(shared) -> bytes:
    return (shared / "samples" / "ge_cardiosoft" / "ml4h_ukbb_scrubbed.xml").read_bytes()


def strip_of(sample: bytes) -> dict[str, np.ndarray]:
    """The strip of the real file by pattern, in its own order and units."""
    strip = re.search(r"<StripData>(.*?)</StripData>", sample.decode("latin-1"), re.DOTALL)[1]
    found = re.findall(r'<WaveformData lead="(.*?)">(.*?)</WaveformData>', strip, re.DOTALL)
    return {name: np.array([int(v) for v in text.split(",")]) for name, text in found}


def disclosure_of(sample: bytes) -> np.ndarray:
    """The full disclosure of the real file, (324, 500): one line holds a second of one lead."""
    text = sample.decode("latin-1").split("<FullDisclosureData>")[1].split("<")[0]
    return np.array([[int(v) for v in line.split(",")[:-1]] for line in text.split()])


def without(sample: bytes, tag: str) -> bytes:
    pattern = f"<{tag}>.*?</{tag}>".encode()
    return re.sub(pattern, b"", sample, flags=re.DOTALL)


def test_the_real_strip_equals_its_numbers(sample):
    counts = strip_of(sample)
    recording = read(sample).recording
    assert (recording.fs, recording.n_samples) == (500.0, 5000)
    assert (recording.age, recording.sex) == (1.0, "F")
    assert recording.source == "GE CardioSoft XML"
    assert recording.warnings == ()  # among them: the limb leads obey their algebra
    assert tuple(counts) == LEADS
    assert_is_the_signal(recording, np.array(list(counts.values())))


def test_the_real_full_disclosure_is_read_where_there_is_no_strip(sample):
    lines = disclosure_of(sample)
    leads = [np.concatenate(lines[row::12]) for row in range(12)]
    recording = read(without(sample, "StripData")).recording
    assert (recording.fs, recording.n_samples) == (500.0, 13_500)
    assert recording.warnings == ()
    assert_is_the_signal(recording, np.array(leads))


def test_the_same_disclosure_with_leads_in_turn_is_told_apart(sample):
    lines = disclosure_of(sample)
    leads = np.array([np.concatenate(lines[row::12]) for row in range(12)])
    recording = read(cardiosoft_file(full_disclosure(leads.T.ravel()))).recording
    assert recording.warnings == ()
    assert_is_the_signal(recording, leads)


def test_a_file_of_median_beats_alone_is_refused(sample):
    beats_alone = without(without(sample, "StripData"), "FullDisclosure")
    assert b"<MedianSamples>" in beats_alone
    assert "neither a strip nor a full disclosure" in read(beats_alone).error


def test_nothing_of_the_real_file_but_the_whitelist_goes_further(sample):
    secrets = secrets_of(sample) - {"5000", "CardioSoft"}  # number of samples, our own title
    assert {"SMITH", "V6.73", "1900", "2001", "Normal sinus rhythm"} <= secrets
    result = read(sample)
    said = repr(result) + str(vars(result.recording))
    assert [secret for secret in secrets if secret in said] == []


def test_identifiers_go_no_further_even_where_the_file_is_refused():
    named = "<Name><FamilyName>Mustermann</FamilyName></Name>"
    for part in (cardiosoft_strip(), cardiosoft_strip(changes={"ChannelSampleCountTotal": 3})):
        result = read(cardiosoft_file(named, part))
        said = repr(result) + str(vars(result.recording) if result.recording else "")
        assert [secret for secret in ("Mustermann", "4711") if secret in said] == []


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=300))
def test_any_list_of_integers_comes_back(values: list[int]):
    recording = read(cardiosoft_file(cardiosoft_strip({"V1": np.array(values)}))).recording
    # 2^15 steps of 5 uV are 164 mV, where neighbouring float32 numbers are 1.6e-5 mV apart.
    expected = np.array(values) * (STEP_UV / 1000)
    np.testing.assert_allclose(recording.lead("V1"), expected, rtol=0, atol=1.6e-5)


def test_a_built_strip_reads_without_a_doubt():
    recording = read(cardiosoft_file()).recording
    assert (recording.fs, recording.age, recording.sex) == (500.0, 59.0, "F")
    assert recording.warnings == ()
    assert_is_the_signal(recording)


@pytest.mark.parametrize("attribute", ["lead", "Lead", "LEAD"])
def test_versions_spell_the_attribute_of_the_lead_in_their_own_way(attribute: str):
    strip = cardiosoft_strip(attribute=attribute)
    assert_is_the_signal(read(cardiosoft_file(strip)).recording)


def test_a_strip_within_another_element_is_found():
    assert_is_the_signal(read(cardiosoft_file(f"<Strip>{cardiosoft_strip()}</Strip>")).recording)


def test_of_several_strips_the_most_leads_go_before_the_longest():
    long = cardiosoft_strip({"II": np.tile(stored_signal()[1], 4)})
    short = cardiosoft_strip({name: row[:100] for name, row in stored_leads().items()})
    recording = read(cardiosoft_file(long, short, cardiosoft_strip())).recording
    assert_is_the_signal(recording)


def test_a_strip_without_samples_gives_way_to_the_full_disclosure():
    empty = cardiosoft_strip({name: row[:0] for name, row in stored_leads().items()})
    waves = np.round(100 * np.sin(np.linspace(0, 6, 500) + np.arange(12)[:, np.newaxis]))
    disclosure = full_disclosure(waves.ravel())
    assert_is_the_signal(read(cardiosoft_file(empty, disclosure)).recording, waves)


@pytest.mark.parametrize(
    ("units", "resolution"), [("uVperLsb", 5), ("nVPerLsb", 5000), ("mVperLsb", 0.005)]
)
def test_units_of_the_resolution_give_the_same_millivolts(units: str, resolution):
    changes = {'Resolution units="uVperLsb"': None, f'Resolution units="{units}"': resolution}
    assert_is_the_signal(read(changed(changes)).recording)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-8-sig", "latin-1"])
def test_other_encodings_than_the_declared_one_read_the_same(encoding: str):
    text = cardiosoft_text("<Name>Müßig</Name>", cardiosoft_strip())
    assert_is_the_signal(read(text.encode(encoding)).recording)


@pytest.mark.parametrize(
    ("age", "years"),
    [
        ('<Age units="YEARS">59</Age>', 59.0),
        ('<Age units="MONTHS">18</Age>', 1.5),
        ("<Age>59</Age>", 59.0),
        ('<Age units="YEARS"></Age>', None),
        ("", None),
    ],
)
def test_the_age_counts_in_its_units(age: str, years: float | None):
    assert read(cardiosoft_file(age=age)).recording.age == years


def test_what_is_not_stated_is_asked():
    def questions(changes):
        return [(q.field, q.guess) for q in read(changed(changes)).questions]

    assert questions({'SampleRate units="Hz"': None}) == [("fs", 500.0)]
    no_resolution = {'Resolution units="uVperLsb"': None}
    assert questions(no_resolution) == [("mv_per_unit", 0.001)]
    # Of a flat lead only the format itself can tell that its unit should be the microvolt.
    flat = no_resolution | {"Resolution": 5, 'WaveformData lead="V1"': ",".join(["0"] * 500)}
    flat |= {f'WaveformData lead="{lead}"': None for lead in LEADS if lead != "V1"}
    assert questions(flat) == [("mv_per_unit", 0.001)]
    nameless = read(cardiosoft_file(cardiosoft_strip(attribute="channel"))).questions
    assert [(q.field, q.guess) for q in nameless] == [("leads", LEADS)]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ChannelSampleCountTotal": 501}, "holds 500 samples, but the file declares 501"),
        ({"ChannelSampleCountTotal": 10**15}, f"but the file declares {10**15}"),
        ({"ChannelSampleCountTotal": "all"}, "no usable number of samples per lead"),
        ({'Resolution units="uVperLsb"': 0}, "0 as resolution"),
        ({'Resolution units="uVperLsb"': "inf"}, "no usable resolution"),
        ({'SampleRate units="Hz"': "fast"}, "no usable sampling rate"),
        ({'SampleRate units="Hz"': 0}, "The sampling rate is 0 Hz"),
        ({'WaveformData lead="V1"': "1,2,x"}, "something that is not a number"),
        ({'WaveformData lead="V1"': "1,,2"}, "lacks a value between two commas"),
        ({'WaveformData lead="V1"': "1,2,3"}, "holds 3 samples, but the file declares 500"),
    ],
)
def test_damaged_strips_are_refused_with_the_numbers(changes: Changes, sentence: str):
    assert sentence in read(changed(changes)).error


def test_a_value_that_is_not_finite_is_a_gap():
    row = comma_list_with("nan", "inf", "-inf")
    recording = read(changed({'WaveformData lead="V1"': row})).recording
    assert np.flatnonzero(np.isnan(recording.lead("V1"))).tolist() == [0, 1, 2]
    assert recording.warnings == ("Samples without a valid value were left empty: V1 (3).",)


def comma_list_with(*first: str) -> str:
    return ",".join([*first, *(str(v) for v in stored_signal()[6][len(first) :])])


def test_leads_without_names_in_the_full_disclosure_are_asked():
    disclosure = full_disclosure(stored_signal().ravel(), changes={"LeadOrder": None})
    (question,) = read(cardiosoft_file(disclosure)).questions
    assert (question.field, question.guess) == ("leads", LEADS)


def test_an_incomplete_last_second_is_left_out_with_a_word():
    smooth = np.tile(np.arange(500), (2, 1)).ravel()
    disclosure = full_disclosure(np.concatenate([smooth, smooth, np.arange(300)]), ("V1", "V2"))
    recording = read(cardiosoft_file(disclosure)).recording
    assert recording.n_samples == 1000
    assert "The last 300 values are not enough for every lead and were left out." in (
        recording.warnings
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"NumberOfChannels": 3}, "The file names 12 channels, but declares 3."),
        ({"NumberOfChannels": 10**12, "LeadOrder": None}, f"declares {10**12} channels"),
        ({"NumberOfChannels": None, "LeadOrder": None}, "declares 0 channels"),
        ({'SampleRate units="Hz"': None}, "no rate by which to tell its leads apart"),
        ({'SampleRate units="Hz"': 1e300}, "no rate by which to tell its leads apart"),
        (
            {"FullDisclosureData": "1,2<SampleCountTotal>3</SampleCountTotal>"},
            "holds 2 samples, but the file declares 3",
        ),
        ({"FullDisclosureData": ""}, "The file holds no channel with a sample."),
    ],
)
def test_a_damaged_full_disclosure_is_refused_with_the_numbers(changes: Changes, sentence: str):
    disclosure = full_disclosure(stored_signal().ravel(), changes=changes)
    assert sentence in read(cardiosoft_file(disclosure)).error


def test_huge_declared_counts_take_no_memory():
    tracemalloc.start()
    disclosure = full_disclosure(
        np.arange(10), changes={"NumberOfChannels": 10**12, "LeadOrder": None}
    )
    for part in (disclosure, cardiosoft_strip(changes={"ChannelSampleCountTotal": 10**12})):
        assert read(cardiosoft_file(part)).error
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Twelve leads of 500 numbers make a document of 25 KB.
    assert peak_bytes < 10**6
