"""SCP-ECG files that are damaged, hostile or incomplete are refused with a sentence."""

import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scp_encoder import (
    BEATS,
    DEFAULT,
    SWITCHING,
    Coding,
    Table,
    encode,
    huffman_section,
    lead_section,
    record,
    sections_of,
    small_file,
    stored_leads_section,
    twelve,
)

from ecgcore.errors import ReadError
from ecgcore.io import scp
from ecgcore.io.scp_huffman import parse_tables
from ecgcore.io.scp_stream import decode


def refusal(sections: dict[int, bytes]) -> str:
    with pytest.raises(ReadError) as caught:
        scp.read(record(sections))
    return str(caught.value)


def without(number: int, **changes) -> dict[int, bytes]:
    """Sections of a file that needs them all, but for one."""
    coding = replace(Coding([DEFAULT], 2, subtracts=True, factor=4), **changes)
    sections = sections_of(twelve(), coding, [0, 1, 2, 3] * 3)
    return {key: body for key, body in sections.items() if key != number}


@pytest.mark.parametrize(
    ("sections", "sentence"),
    [
        (without(6), "holds only an averaged beat"),
        # Some writers list the header of a section that holds nothing.
        (without(6) | {6: b""}, "holds only an averaged beat"),
        ({1: b"\xff\0\0", 12: b"long"}, "long-term recording"),
        ({1: b"\xff\0\0"}, "holds no rhythm"),
        (without(3), "has no Section 3"),
        (without(4), "Section 4, which tells what was left out, is absent"),
        (without(5), "Section 5, which tells what was left out, is absent"),
        (without(5, factor=1), "Section 5, which tells what was left out, is absent"),
        (without(4, subtracts=False), "Section 4, which tells what was left out, is absent"),
    ],
)
def test_an_absent_section_is_named(sections: dict[int, bytes], sentence: str):
    assert sentence in refusal(sections)


def changed(number: int, at: int, new: bytes, **changes) -> dict[int, bytes]:
    sections = without(99, **changes)
    body = sections[number]
    return sections | {number: body[:at] + new + body[at + len(new) :]}


MANY = b"\xff\xff\xff\xff"


@pytest.mark.parametrize(
    ("sections", "sentence"),
    [
        (changed(3, 0, b"\0"), "declares 0 channels"),
        (changed(3, 0, b"\xff"), "declares 255 leads, and describes 12"),
        (changed(3, 2, MANY), "begins at sample 4294967295 and ends at sample 40"),
        (changed(3, 6, MANY), "declares 12 x 4294967295 values"),
        (changed(3, 6, struct.pack("<I", 2_000_000)), "declares 2000000 samples, expected at most"),
        (changed(2, 0, struct.pack("<H", 300)), "declares 300 Huffman tables, the limit is 16"),
        (changed(2, 0, struct.pack("<H", 1)), "Huffman table 1 of the SCP-ECG file declares 0"),
        (changed(4, 4, b"\xff\xff"), "lists 65535 beats in"),
        (changed(4, 0, b"\0\0"), "subtracted from its rhythm, holds 0 of 0 samples"),
        (changed(5, 6, b"\0\0"), "subtracted from its rhythm, holds 0 of 12 samples"),
        (changed(5, 0, b"\0\0"), "does not state how many nanovolts"),
        (changed(5, 2, b"\0\0"), "8000 us apart, expected 1 to 4 times the 0 us"),
        (changed(5, 2, b"\xff\xff"), "8000 us apart, expected 1 to 4 times the 65535 us"),
        (changed(5, 4, b"\x03"), "Section 5 of the SCP-ECG file are differences of order 3"),
        (changed(6, 4, b"\xff"), "Section 6 of the SCP-ECG file are differences of order 255"),
        (changed(6, 6, b"\xff\xff"), "it is cut short or damaged"),
        (without(99) | {6: b"\0" * 20}, "the description of 12 leads takes 30"),
        (without(99) | {4: b"\0" * 4}, "lists 0 beats in 4 bytes"),
        (changed(6, 6, b"\0" * 24), "hold no samples"),
        (changed(6, 6, b"\0" * 24, factor=1, subtracts=False), "hold no samples"),
        (
            {2: huffman_section([DEFAULT]), 3: lead_section([(0, 0, 1)])}
            | {6: stored_leads_section([b"\0"], 2500, 2000, 0)},
            "hold no samples",
        ),
        (without(99) | {2: huffman_section([Table({"0": 0, "01": 1})])}, "1 is ambiguous"),
        (without(99) | {2: huffman_section([Table({"1": 0})])}, "no Huffman code fits the bits"),
        (without(99) | {2: huffman_section([Table({}, {}, {"1": 2})])}, "goes on with table 2"),
        (without(99) | {2: huffman_section([Table({"0" * 33: 1})])}, "has 33 of 33 bits"),
        (without(99) | {2: huffman_section([Table({}, {"0": 40})])}, "has 1 of 41 bits"),
    ],
)
def test_what_is_damaged_is_said_with_its_value(sections: dict[int, bytes], sentence: str):
    assert sentence in refusal(sections)


def test_zones_that_cover_the_lead_many_times_are_refused():
    beats = replace(BEATS, zones=[(0, 1, 5, 12)] * 7, protected=[(1, 12)] * 7)
    data = encode({"I": [1] * 40}, Coding([DEFAULT], 2, subtracts=True, beats=beats), [1] * 12)
    with pytest.raises(ReadError, match="from 84 samples of a lead that has 40"):
        scp.read(data)


def test_sections_that_lie_outside_the_file_are_refused_with_the_place():
    data = bytearray(small_file())
    for number, sentence in ((6, "Section 6 of the SCP-ECG file ends at byte"), (3, "Section 3")):
        broken = data.copy()
        struct.pack_into("<I", broken, 22 + 10 * number + 6, 10**9)
        with pytest.raises(ReadError, match=sentence):
            scp.read(bytes(broken))
        struct.pack_into("<I", broken, 22 + 10 * number + 6, 40)
        with pytest.raises(ReadError, match=f"Section {number} .* does not begin at byte 40"):
            scp.read(bytes(broken))
    struct.pack_into("<I", data, 10, 10**9)
    with pytest.raises(ReadError, match="Section 0 of the SCP-ECG file declares 1000000000 bytes"):
        scp.read(bytes(data))


def test_a_file_cut_at_any_byte_is_refused_with_a_sentence_of_the_reader():
    whole = small_file()
    for size in range(22, len(whole)):
        with pytest.raises(ReadError, match="SCP-ECG"):
            scp.read(whole[:size])
    assert scp.read(whole + b"more").warnings == ()


BASES = [
    encode(twelve(), Coding(tables, 2, subtracts, factor), [5, -5] * 6)
    for tables in ([DEFAULT], SWITCHING, None)
    for subtracts, factor in ((False, 1), (True, 1), (True, 4))
]


@settings(max_examples=300)
@given(
    base=st.sampled_from(BASES),
    changes=st.lists(
        st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=8)), max_size=6
    ),
)
def test_damaged_bytes_read_or_are_refused_but_never_fail_otherwise(base, changes):
    data = bytearray(base)
    for place, new in changes:
        at = place % (len(data) - len(new))
        data[at : at + len(new)] = new
    try:
        tracing = scp.read(bytes(data))
    except ReadError:
        pass
    else:
        assert tracing.n_samples > 0
        assert sum(len(channel.samples) for channel in tracing.channels) <= 8 * len(data) * 4


@settings(max_examples=200)
@given(noise=st.binary(min_size=1, max_size=400), count=st.integers(1, 4000))
def test_random_bits_give_at_most_one_number_each(noise: bytes, count: int):
    for tables in ([DEFAULT], SWITCHING):
        stored = parse_tables(huffman_section(tables))
        try:
            found = decode(memoryview(noise), count, stored)
        except ReadError:
            continue
        assert len(found.values) <= min(count, 8 * len(noise))
        assert found.n_certain <= len(found.values)
