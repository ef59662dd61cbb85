"""SCP-ECG in every encoding of EN 1064: what an independent encoder wrote comes back."""

import itertools
import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scp_encoder import (
    BEATS,
    CUSTOM,
    DEFAULT,
    DEFAULT_CODES,
    LEAD_CODES,
    STEP_NV,
    SWITCHING,
    TABLES,
    Coding,
    Table,
    beat_under,
    decimate,
    differences,
    encode,
    expand,
    huffman_section,
    huffman_stream,
    is_protected,
    lead_section,
    patient_section,
    record,
    sections_of,
    small_file,
    smooth,
    twelve,
    with_valid_checksum,
)

from ecgcore.io import read_files, scp
from ecgcore.io.scp_huffman import parse_tables
from ecgcore.io.scp_stream import decode
from ecgcore.io.tracing import lead_of
from ecgcore.leads import LEADS

# Sums of float64 numbers below 1e9 nV, each rounded to 53 bits.
ROUNDING_NV = 1e-5


def nanovolts(data: bytes) -> dict[str, np.ndarray]:
    tracing = scp.read(data)
    return {channel.name: channel.values() for channel in tracing.channels}


def read(data: bytes):
    (result,) = read_files({"any.name": data})
    return result


SAMPLES = st.lists(st.integers(-32768, 32767), min_size=40, max_size=40)
BEAT = st.lists(st.integers(-8000, 8000), min_size=12, max_size=12)
ENCODINGS = [
    pytest.param(tables, difference, id=f"{name}-{difference}")
    for (name, tables), difference in itertools.product(TABLES.items(), (0, 1, 2))
]


@pytest.mark.parametrize(("tables", "difference"), ENCODINGS)
@settings(max_examples=15)
@given(first=SAMPLES, second=SAMPLES)
def test_lossless_encodings_give_every_sample_back(tables, difference, first, second):
    data = encode({"V2": first, "aVF": second}, Coding(tables, difference))
    tracing = scp.read(data)
    assert [channel.name for channel in tracing.channels] == ["V2", "aVF"]
    assert [channel.samples.tolist() for channel in tracing.channels] == [first, second]
    assert {(c.unit, c.scale, c.first) for c in tracing.channels} == {("nV", STEP_NV, 0)}
    assert (tracing.fs, tracing.age, tracing.sex, tracing.warnings) == (500.0, 59, "F", ())


@pytest.mark.parametrize(("tables", "difference"), ENCODINGS)
@settings(max_examples=15)
@given(residual=SAMPLES, beat=BEAT)
def test_a_subtracted_reference_beat_is_added_back_exactly(tables, difference, residual, beat):
    coding = Coding(tables, difference, subtracts=True, beat_step_nv=1000)
    expected = np.array(residual) * STEP_NV + beat_under(BEATS, beat, 40) * 1000
    (found,) = nanovolts(encode({"II": residual}, coding, beat)).values()
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("tables", "difference"), ENCODINGS)
@pytest.mark.parametrize("factor", [2, 3, 4])
@pytest.mark.parametrize("subtracts", [False, True])
@settings(max_examples=5)
@given(residual=SAMPLES, beat=BEAT)
def test_bimodal_samples_equal_the_decoder_of_the_standard(
    tables, difference, factor, subtracts, residual, beat
):
    coding = Coding(tables, difference, subtracts, factor)
    mask = is_protected(BEATS, 40)
    zones = BEATS.zones if subtracts else []
    laid = beat_under(BEATS, beat, 40) if subtracts else np.zeros(40)
    expanded = smooth(expand(decimate(residual, mask, factor), mask, factor), mask, zones)
    (found,) = nanovolts(encode({"V4": residual}, coding, beat)).values()
    np.testing.assert_allclose(
        found, (np.array(expanded) + laid) * STEP_NV, rtol=0, atol=ROUNDING_NV
    )
    exact = (np.array(residual) + laid) * STEP_NV
    np.testing.assert_array_equal(found[mask], exact[mask])


@settings(max_examples=50)
@given(
    residual=SAMPLES,
    edges=st.lists(st.integers(0, 45), min_size=0, max_size=8),
    factor=st.sampled_from([2, 3, 4]),
)
def test_protected_areas_of_any_length_and_order_are_kept_exactly(residual, edges, factor):
    areas = [(min(pair), max(pair)) for pair in zip(edges[::2], edges[1::2], strict=False)]
    beats = replace(BEATS, zones=[(1, 0, 0, 0)] * len(areas), protected=areas)
    coding = Coding([DEFAULT], 2, factor=factor, beats=beats)
    mask = np.array(is_protected(beats, 40))
    (found,) = nanovolts(encode({"V4": residual}, coding, [0] * 12)).values()
    np.testing.assert_array_equal(found[mask], np.array(residual)[mask] * STEP_NV)
    # What is interpolated stays between the extremes; stored means are off by half a unit at most.
    low, high = (min(residual) - 0.5) * STEP_NV, (max(residual) + 0.5) * STEP_NV
    assert low - ROUNDING_NV <= found.min()
    assert found.max() <= high + ROUNDING_NV


def test_version_1_protects_the_zones_of_the_reference_beat():
    zones = [zone for zone in BEATS.zones if zone[0] == 0]
    beats = replace(BEATS, zones=zones, protected=[(first, last) for _, first, _, last in zones])
    coding = Coding([DEFAULT], 2, subtracts=True, factor=4, beats=beats)
    sections = sections_of({"V4": twelve()["V4"]}, coding, list(range(12)))
    listed = nanovolts(record(sections))
    # It lists no areas, and has no flag for bimodal compression.
    sections[4] = replace(beats, protected=[]).stored()
    sections[6] = sections[6][:5] + b"\0" + sections[6][6:]
    np.testing.assert_array_equal(nanovolts(record(sections))["V4"], listed["V4"])


@pytest.mark.parametrize("value", [0, 1, -8, 8, 9, -9, 127, -128, 128, -129, 32767, -32768])
def test_numbers_at_the_edges_of_the_default_table_decode(value: int):
    found = decode(memoryview(huffman_stream([value, 1], [DEFAULT])), 2, parse_tables(b"\x1f\x4e"))
    assert found.values.tolist() == [value, 1]


def test_the_default_table_may_also_be_stored_in_the_file():
    tables = [Table(DEFAULT_CODES, DEFAULT.escapes, {})]
    stored = parse_tables(struct.pack("<H", 1) + tables[0].stored())
    stream = memoryview(huffman_stream(range(-300, 300), [DEFAULT]))
    assert decode(stream, 600, stored).values.tolist() == list(range(-300, 300))


def test_a_base_value_is_added_to_the_number_that_follows_its_code():
    row = struct.pack("<BBBhI", 1, 5, 1, 100, 0)
    tables = parse_tables(struct.pack("<HH", 1, 1) + row)
    stream = int("0" + "0111" + "0" + "1000", 2) << 6
    assert decode(memoryview(stream.to_bytes(2, "big")), 2, tables).values.tolist() == [107, 92]


def test_streams_longer_than_one_stretch_decode_with_any_table():
    values = np.random.default_rng(1).integers(-40, 40, size=6000).tolist()
    for tables in (None, [DEFAULT], [CUSTOM], SWITCHING):
        (channel,) = scp.read(encode({"I": values}, Coding(tables, 2))).channels
        assert channel.samples.tolist() == values


def test_differences_that_an_encoder_let_wrap_around_decode():
    extremes = [-32768, 32767] * 20
    assert max(abs(x) for x in differences(extremes, 2)) <= 32768
    for order in (0, 1, 2):
        (channel,) = scp.read(encode({"I": extremes}, Coding([DEFAULT], order))).channels
        assert channel.samples.tolist() == extremes


def test_section_2_that_declares_no_table_means_plain_numbers():
    sections = sections_of(twelve(), Coding(None, 1)) | {2: struct.pack("<H", 0)}
    assert nanovolts(record(sections)).keys() == set(LEADS)
    assert scp.read(record(sections)).channels[0].samples.tolist() == twelve()["I"]


def test_only_the_twelve_leads_have_the_names_of_leads():
    named = {}
    for code in range(256):
        sections = sections_of({"I": [1, 2, 3]}, Coding()) | {3: lead_section([(1, 3, code)])}
        (channel,) = scp.read(record(sections)).channels
        assert (channel.name is None) == (code == 0)
        named[code] = lead_of(channel)
    assert {name: code for code, name in named.items() if name} == LEAD_CODES


@pytest.mark.parametrize("coding", [Coding(), Coding([DEFAULT], 2)])
@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("declared", [39, 40, 41])
def test_sample_numbers_may_begin_with_0_and_end_one_too_late(coding, first, declared):
    """40 samples are stored; zeros that fill up the last bytes would decode as one more."""
    leads = twelve()
    sections = sections_of(leads, coding)
    places = [(first, first + declared - 1, LEAD_CODES[lead]) for lead in leads]
    sections[3] = lead_section(places)
    tracing = scp.read(record(sections))
    assert tracing.warnings == ()
    for channel in tracing.channels:
        assert channel.first == 0
        assert channel.samples.tolist() == leads[channel.name][: min(declared, 40)]


def test_filling_that_would_decode_in_every_lead_ends_the_recording_one_sample_earlier():
    """Numbered from 0 with the sample after the last as the last: 41 zeros can be decoded."""
    sections = sections_of({"I": [0] * 40, "II": [0] * 40}, Coding([DEFAULT]))
    sections[3] = lead_section([(0, 40, 1), (0, 40, 2)])
    assert scp.read(record(sections)).n_samples == 40


def test_a_stream_ends_where_a_code_is_cut_off_or_only_filling_follows():
    found = decode(memoryview(b"\x7f\xff"), 9, parse_tables(huffman_section([DEFAULT])))
    assert (found.values.tolist(), found.n_bits) == ([0], 1)
    # No code of this table is all zeros.
    tables = parse_tables(huffman_section([Table({"1": 5, "01": -5})]))
    found = decode(memoryview(b"\xf8\x00"), 9, tables)
    assert found.values.tolist() == [5] * 5


def test_zeros_that_only_fill_up_the_last_bytes_are_no_samples():
    sections = sections_of({"I": [1, -1, 1]}, Coding([DEFAULT]))
    sections[3] = lead_section([(1, 20, LEAD_CODES["I"])])
    tracing = scp.read(record(sections))
    assert tracing.channels[0].samples.tolist() == [1, -1, 1]
    assert tracing.warnings == ("Leads hold fewer samples than declared: I (3 of 20).",)


def test_leads_that_begin_later_are_placed_there():
    leads = {"I": [1, 2, 3], "II": [4, 5, 6], "V1": [7, 8, 9]}
    sections = sections_of(leads, Coding([DEFAULT], 2))
    places = [(101, 103, 1), (104, 106, 2), (107, 109, 3)]
    sections[3] = lead_section(places, flags=1 << 3)
    tracing = scp.read(record(sections))
    assert [(c.first, c.samples.tolist()) for c in tracing.channels] == [
        (0, [1, 2, 3]),
        (3, [4, 5, 6]),
        (6, [7, 8, 9]),
    ]
    assert tracing.warnings == ()
    sections[3] = lead_section(places)
    assert "recorded at the same time" in scp.read(record(sections)).warnings[0]


def test_a_lead_without_bytes_was_not_recorded():
    leads = twelve() | {"V6": []}
    sections = sections_of(leads, Coding([DEFAULT], 2))
    # Its sample numbers say nothing.
    places = [(1, 40, LEAD_CODES[lead]) for lead in LEADS[:-1]]
    sections[3] = lead_section([*places, (0, 0, LEAD_CODES["V6"])])
    recording = read(record(sections)).recording
    assert "Not recorded: V6." in recording.warnings
    assert recording.n_samples == 40


# The bytes of 100 samples fit 16 bits, those of the others wrap around once or twice.
SIZES = {"I": 40_000, "V1": 100, "II": 70_000, "V2": 34_000, "V3": 34_001, "V4": 34_002}


@pytest.mark.parametrize("coding", [Coding(None, 1), Coding([DEFAULT], 0)])
def test_lengths_of_leads_beyond_16_bits_wrap_around(coding: Coding):
    """Some writers go on beyond 32,767 samples; only the lowest 16 bits of the length are left."""
    rng = np.random.default_rng(2)
    leads = {lead: rng.integers(-30000, 30000, size=n).tolist() for lead, n in SIZES.items()}
    sections = sections_of(leads, coding)
    sections[3] = lead_section([(1, n, LEAD_CODES[lead]) for lead, n in SIZES.items()])
    for channel in scp.read(record(sections)).channels:
        assert channel.samples.tolist() == leads[channel.name]


def test_samples_cut_off_at_the_largest_length_are_said_to_lack():
    kept = list(range(32767))
    sections = sections_of({"I": kept}, Coding())
    sections[3] = lead_section([(1, 60_000, 1)])
    tracing = scp.read(record(sections))
    assert tracing.n_samples == 32767
    assert tracing.warnings == ("Leads hold fewer samples than declared: I (32767 of 60000).",)


def test_what_a_cut_stream_lacks_of_restored_leads_is_left_empty():
    coding = Coding([DEFAULT], 2, subtracts=True, factor=4)
    leads = {lead: [9, -9] * 20 for lead in ("I", "II")}
    sections = sections_of(leads, coding, [0, 1, 2, 3] * 3)
    whole = nanovolts(record(sections))
    # The stream of the last lead loses its last 8 bytes; lengths stand behind 6 other bytes.
    (size,) = struct.unpack_from("<H", sections[6], 8)
    body = sections[6][:8] + struct.pack("<H", size - 8) + sections[6][10:-8]
    tracing = scp.read(record(sections | {6: body}))
    first, second = (channel.values() for channel in tracing.channels)
    np.testing.assert_array_equal(first, whole["I"])
    n_kept = int(np.isfinite(second).sum())
    assert 0 < n_kept < 40
    # A sample that is interpolated needs the mean after it.
    np.testing.assert_array_equal(second[: n_kept - 1], whole["II"][: n_kept - 1])
    assert tracing.warnings == (f"Leads hold fewer samples than declared: II ({n_kept} of 40).",)


@pytest.mark.parametrize(
    ("value", "age"),
    [
        (struct.pack("<HB", 59, 1), 59.0),
        (struct.pack("<HB", 18, 2), 1.5),
        (struct.pack("<HB", 26, 3), 26 * 7 / 365.25),
        (struct.pack("<HB", 1461, 4), 4.0),
        (struct.pack("<HB", 8766, 5), 1.0),
        (struct.pack("<HB", 0, 1), None),
        (struct.pack("<HB", 59, 0), None),
        (struct.pack("<HB", 999, 1), None),
        (b"\x3b\x00", None),
    ],
)
def test_age_is_read_in_every_unit(value: bytes, age: float | None):
    sections = sections_of(twelve(), Coding()) | {1: patient_section({4: value, 8: b"\x01"})}
    tracing = scp.read(record(sections))
    assert tracing.age == (None if age is None else pytest.approx(age, abs=1e-6))
    assert tracing.sex == "M"


def test_age_and_sex_alone_are_taken_from_the_patient():
    secrets = {0: b"Mustermann\0", 1: b"Erika\0", 2: b"ID-4711\0", 5: b"\xc6\x07\x01\x02"}
    secrets |= {20: b"Dr. Sauer\0", 25: b"\xe8\x07\x03\x04", 30: b"Schmerz\0", 14: b"Geraet" * 9}
    sections = sections_of(twelve(), Coding())
    sections[1] = patient_section(secrets | {8: b"\x02"})
    sections[8] = b"Befund: Sinusrhythmus"
    result = read(with_valid_checksum(record(sections)))
    said = repr(result) + repr(result.recording)
    words = ("Muster", "Erika", "4711", "Sauer", "Schmerz", "Geraet", "Befund", "1990", "2024")
    assert [word for word in words if word in said] == []
    assert result.recording.sex == "F"
    assert result.recording.age is None


def test_facts_that_the_file_leaves_open_are_asked():
    sections = sections_of(twelve(), Coding())
    sections[6] = struct.pack("<HH", 0, 0) + sections[6][4:]
    questions = read(record(sections)).questions
    assert {question.field for question in questions} == {"fs", "mv_per_unit"}
    sections = sections_of(twelve(), Coding())
    sections[3] = lead_section([(1, 40, 0)] * 12)
    (question,) = read(record(sections)).questions
    assert question.field == "leads"


def test_a_wrong_checksum_is_a_warning_that_names_the_part():
    data = bytearray(small_file())
    assert scp.read(bytes(data)).warnings == ()
    data[-1] ^= 1
    (note,) = scp.read(bytes(data)).warnings
    assert note.startswith("Checksums do not match: the whole file, Section 6.")
    (note,) = scp.read(with_valid_checksum(bytes(data))).warnings
    assert note.startswith("Checksums do not match: Section 6.")


def test_a_section_is_as_long_as_its_own_header_says():
    data = bytearray(small_file())
    (length,) = struct.unpack_from("<I", data, 22 + 10 * 3 + 2)
    struct.pack_into("<I", data, 22 + 10 * 3 + 2, length + 7)
    (note,) = scp.read(bytes(data)).warnings
    assert note.startswith("Checksums do not match: the whole file, Section 0. ")


def test_pointers_may_count_bytes_from_0():
    sections = sections_of(twelve(), Coding([DEFAULT], 2))
    shifted, usual = scp.read(record(sections, first_byte=0)), scp.read(record(sections))
    assert shifted.warnings == ()
    for one, other in zip(shifted.channels, usual.channels, strict=True):
        np.testing.assert_array_equal(one.samples, other.samples)


def example(shared) -> bytes:
    return (shared / "samples" / "scp" / "Example.scp").read_bytes()


def test_one_recording_is_the_same_to_the_last_bit_as_scp_dicom_and_aecg(shared):
    folder = shared / "samples"
    paths = ("dicom/ecgtoolkit_Example.dcm", "hl7_aecg/ecgtoolkit_Example.xml")
    ours = read(example(shared)).recording
    assert (ours.fs, ours.n_samples, ours.leads, ours.source) == (500.0, 5000, LEADS, "SCP-ECG")
    assert (ours.age, ours.sex, ours.warnings) == (None, "M", ())
    for path in paths:
        other = read((folder / path).read_bytes()).recording
        assert (other.fs, other.sex) == (ours.fs, ours.sex)
        np.testing.assert_array_equal(other.signal, ours.signal)


def test_identifiers_of_the_sample_go_no_further(shared):
    data = example(shared)
    assert b"Clark" in data
    assert b"SBJ-123" in data
    result = read(data)
    said = repr(result) + repr(result.recording) + repr(scp.read(data))
    assert [word for word in ("Clark", "SBJ", "123", "ELI", "2002") if word in said] == []


def test_a_file_that_only_has_the_name_of_the_format_is_refused(shared):
    result = read((shared / "samples" / "scp" / "healforce_62.SCP").read_bytes())
    assert result.recording is None
    assert "Healforce recording (named .SCP, yet not SCP-ECG)" in result.error


def test_a_flag_of_subtraction_without_a_beat_is_a_warning():
    """One open writer sets it always."""
    sections = sections_of(twelve(), Coding([DEFAULT], 2))
    sections[3] = lead_section([(1, 40, LEAD_CODES[lead]) for lead in LEADS], 0b101)
    tracing = scp.read(record(sections))
    assert "lists no beat" in tracing.warnings[0]
    assert tracing.channels[0].samples.tolist() == twelve()["I"]
