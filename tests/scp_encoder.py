"""Write SCP-ECG files, and say what a decoder has to make of them, straight from EN 1064.

Nothing here knows the reader: bits are strings, the checksum goes bit by bit, and decimated samples
are expanded one at a time.
"""

import itertools
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from ecgcore.leads import LEADS, LIMB_FROM_I_II

LEAD_CODES = {"I": 1, "II": 2, "III": 61, "aVR": 62, "aVL": 63, "aVF": 64} | {
    f"V{i}": 2 + i for i in range(1, 7)
}
# Code -> the number that it means, or how many bits of a plain number follow it.
DEFAULT_CODES = {"0": 0} | {
    "1" * size + "0" + sign: size * (-1 if sign == "1" else 1)
    for size in range(1, 9)
    for sign in "01"
}
DEFAULT_ESCAPES = {"1111111110": 8, "1111111111": 16}


@dataclass(frozen=True)
class Table:
    """One Huffman table.

    `values` are codes of single numbers, `escapes` codes that bits of a number follow, and
    `switches` codes after which another table is used, counted from 1.
    """

    values: dict[str, int] = field(default_factory=dict)
    escapes: dict[str, int] = field(default_factory=dict)
    switches: dict[str, int] = field(default_factory=dict)

    def stored(self) -> bytes:
        rows = [(code, len(code), 1, value) for code, value in self.values.items()]
        rows += [(code, len(code) + extra, 1, 0) for code, extra in self.escapes.items()]
        rows += [(code, len(code), 0, table) for code, table in self.switches.items()]
        return struct.pack("<H", len(rows)) + b"".join(
            # The bit that is sent first is the lowest of the stored code.
            struct.pack("<BBBhI", len(code), total, mode, value, int(code[::-1], 2))
            for code, total, mode, value in rows
        )


DEFAULT = Table(DEFAULT_CODES, DEFAULT_ESCAPES)


def crc(data: bytes) -> int:
    """CRC-CCITT: polynomial x16 + x12 + x5 + 1, beginning with all ones."""
    remainder = 0xFFFF
    for byte in data:
        remainder ^= byte << 8
        for _ in range(8):
            remainder = (remainder << 1) ^ (0x1021 if remainder & 0x8000 else 0)
            remainder &= 0xFFFF
    return remainder


def section(number: int, body: bytes, reserved: bytes = b"\0" * 6) -> bytes:
    body += b"\0" * (len(body) % 2)
    rest = struct.pack("<HIBB", number, 16 + len(body), 20, 20) + reserved + body
    return struct.pack("<H", crc(rest)) + rest


def record(bodies: dict[int, bytes], first_byte: int = 1) -> bytes:
    """Put sections behind Section 0, which lists them; absent ones are listed with no length."""
    numbers = sorted({*range(12), *bodies})
    sections = {number: section(number, bodies[number]) for number in sorted(bodies)}
    pointers, at = b"", 6 + 16 + 10 * len(numbers)
    for number in numbers[1:]:
        size = len(sections.get(number, b""))
        pointers += struct.pack("<HII", number, size, at + first_byte if size else 0)
        at += size
    own = struct.pack("<HII", 0, 16 + 10 * len(numbers), 6 + first_byte)
    content = section(0, own + pointers, b"SCPECG") + b"".join(sections.values())
    rest = struct.pack("<I", at) + content
    return struct.pack("<H", crc(rest)) + rest


def with_valid_checksum(data: bytes) -> bytes:
    return struct.pack("<H", crc(data[2:])) + data[2:]


def patient_section(tags: dict[int, bytes]) -> bytes:
    fields = b"".join(
        struct.pack("<BH", tag, len(value)) + value for tag, value in sorted(tags.items())
    )
    return fields + struct.pack("<BH", 255, 0)


def huffman_section(tables: Sequence[Table]) -> bytes:
    if tables == [DEFAULT]:
        return struct.pack("<H", 19999)
    return struct.pack("<H", len(tables)) + b"".join(table.stored() for table in tables)


def lead_section(leads: Sequence[tuple[int, int, int]], flags: int | None = None) -> bytes:
    """Each lead is its first sample, its last sample and its code."""
    simultaneous = 0b100 | (min(len(leads), 31) << 3)
    return struct.pack("<BB", len(leads), simultaneous if flags is None else flags) + b"".join(
        struct.pack("<IIB", *lead) for lead in leads
    )


@dataclass(frozen=True)
class Beats:
    """Section 4; samples are numbered from 1."""

    length_ms: int
    fiducial: int
    zones: list[tuple[int, int, int, int]]  # type, first sample, fiducial, last sample
    protected: list[tuple[int, int]]

    def stored(self) -> bytes:
        return (
            struct.pack("<HHH", self.length_ms, self.fiducial, len(self.zones))
            + b"".join(struct.pack("<HIII", *zone) for zone in self.zones)
            + b"".join(struct.pack("<II", *area) for area in self.protected)
        )


def stored_leads_section(
    streams: Sequence[bytes],
    step_nv: int,
    interval_us: int,
    difference: int,
    *,
    bimodal: bool = False,
) -> bytes:
    """Section 5 or 6; the 16 bits of a length wrap around, as some writers let them."""
    head = struct.pack("<HHBB", step_nv, interval_us, difference, bimodal)
    sizes = b"".join(struct.pack("<H", len(stream) % 65536) for stream in streams)
    return head + sizes + b"".join(streams)


def wrapped(value: int) -> int:
    """The 16-bit number in two's complement that a value becomes."""
    return (value + 32768) % 65536 - 32768


def differences(samples: Sequence[int], order: int) -> list[int]:
    """First difference: x(n) - x(n-1). Second: x(n) - 2 x(n-1) + x(n-2). All in 16 bits."""
    coded = [int(sample) for sample in samples[:order]]
    for n in range(order, len(samples)):
        now = int(samples[n])
        if order == 1:
            now -= int(samples[n - 1])
        elif order == 2:
            now += int(samples[n - 2]) - 2 * int(samples[n - 1])
        coded.append(wrapped(now))
    return coded


def plain_stream(values: Sequence[int]) -> bytes:
    return b"".join(struct.pack("<h", value) for value in values)


def huffman_stream(values: Sequence[int], tables: Sequence[Table]) -> bytes:
    """Encode with the first table; where tables switch, use each in turn, number after number."""
    bits, table = [], tables[0]
    for value in values:
        bits.append(encoded(value, table))
        for code, target in table.switches.items():
            bits.append(code)
            table = tables[target - 1]
            break
    text = "".join(bits)
    text += "0" * (-len(text) % 16)
    return int(text, 2).to_bytes(len(text) // 8, "big") if text else b""


def encoded(value: int, table: Table) -> str:
    for code, meant in table.values.items():
        if meant == value:
            return code
    for code, width in sorted(table.escapes.items(), key=lambda item: item[1]):
        if -(2 ** (width - 1)) <= value < 2 ** (width - 1):
            return code + format(value % 2**width, f"0{width}b")
    raise ValueError(f"The table has no code for {value}.")


def runs(protected: Sequence[bool]) -> Iterator[tuple[int, int, bool]]:
    """Stretches of samples that are all protected, or all not: first, after the last, which."""
    begin = 0
    for n in range(1, len(protected) + 1):
        if n == len(protected) or protected[n] != protected[begin]:
            yield begin, n, protected[begin]
            begin = n


def decimate(samples: Sequence[int], protected: Sequence[bool], factor: int) -> list[int]:
    """Keep protected samples; elsewhere store the mean of each group of `factor` samples.

    Samples that do not fill a group are stored as they are.
    """
    stored = []
    for begin, end, is_protected in runs(protected):
        n_groups = 0 if is_protected else (end - begin) // factor
        for group in range(n_groups):
            first = begin + group * factor
            stored.append(round(sum(int(x) for x in samples[first : first + factor]) / factor))
        stored += [int(x) for x in samples[begin + n_groups * factor : end]]
    return stored


def expand(stored: Sequence[int], protected: Sequence[bool], factor: int) -> list[float]:
    """What a decoder has to make of decimated samples, before it filters.

    In each run half a group repeats the first mean, then every step from mean to mean is divided
    into `factor` parts, then the rest repeats the last mean.
    """
    samples: list[float] = []
    place = 0
    for begin, end, is_protected in runs(protected):
        n_groups = 0 if is_protected else (end - begin) // factor
        means = stored[place : place + n_groups]
        if means:
            samples += [float(means[0])] * (factor // 2)
            for a, b in itertools.pairwise(means):
                samples += [a + (b - a) * part / factor for part in range(factor)]
            samples += [float(means[-1])] * (factor - factor // 2)
        rest = (end - begin) - n_groups * factor
        samples += [float(x) for x in stored[place + n_groups : place + n_groups + rest]]
        place += n_groups + rest
    return samples


def smooth(
    samples: Sequence[float], protected: Sequence[bool], zones: Sequence[tuple[int, int, int, int]]
) -> list[float]:
    """Mean of three outside protected areas, never across the edge of a subtraction zone.

    Samples are numbered from 1 in `zones`.
    """
    # A wall stands before the sample of this index.
    walls = {0, len(samples)}
    walls |= {wall for kind, first, _, last in zones if kind == 0 for wall in (first - 1, last)}
    smoothed = []
    for n, now in enumerate(samples):
        if protected[n] or n in walls or n + 1 in walls:
            smoothed.append(now)
        else:
            smoothed.append((samples[n - 1] + now + samples[n + 1]) / 3)
    return smoothed


def beat_under(beats: Beats, beat: Sequence[int], n_samples: int) -> np.ndarray:
    """The reference beat laid on every beat of type 0, zero elsewhere; (n_samples,)."""
    laid = np.zeros(n_samples, dtype=np.int64)
    for kind, first, fiducial, last in beats.zones:
        if kind != 0:
            continue
        for number in range(first, last + 1):
            place = beats.fiducial + (number - fiducial)  # from 1
            if 1 <= place <= len(beat) and 1 <= number <= n_samples:
                laid[number - 1] += beat[place - 1]
    return laid


FULL_US = 2000
STEP_NV = 2500

# One table of fixed width; and two that switch after each number, of which the second has codes of
# up to 32 bits.
CUSTOM = Table({"0": 0, "100": 1, "101": -1}, {"110": 6, "111": 16})
SWITCHING = [
    Table({"0": 0}, {"10": 16}, {"11": 2}),
    Table({"1" * 31 + "0": 0, "1" * 32: 1}, {"0": 16}, {"10": 1}),
]
TABLES = {"none": None, "default": [DEFAULT], "custom": [CUSTOM], "switching": SWITCHING}

# 40 samples, two beats of the reference type and one of another; areas as the standard wants them:
# what lies between them is a multiple of 4 long, here and there.
BEATS = Beats(
    length_ms=24,
    fiducial=5,
    zones=[(0, 3, 7, 14), (1, 0, 20, 0), (0, 24, 27, 33)],
    protected=[(5, 9), (18, 21), (26, 31)],
)


@dataclass(frozen=True)
class Coding:
    """How to store leads; see `encode`."""

    tables: list[Table] | None = None
    difference: int = 0
    subtracts: bool = False
    factor: int = 1
    beats: Beats = BEATS
    beat_step_nv: int = STEP_NV

    def stream(self, values) -> bytes:
        return huffman_stream(values, self.tables) if self.tables else plain_stream(values)


def is_protected(beats: Beats, n_samples: int) -> list[bool]:
    numbers = range(1, n_samples + 1)
    return [any(first <= n <= last for first, last in beats.protected) for n in numbers]


def encode(leads: dict[str, list[int]], coding: Coding, beat: list[int] | None = None) -> bytes:
    return record(sections_of(leads, coding, beat))


def sections_of(
    leads: dict[str, list[int]], coding: Coding, beat: list[int] | None = None
) -> dict[int, bytes]:
    """Sections of leads that begin together; residuals where a beat was subtracted."""
    flags = 0b100 | min(len(leads), 31) << 3 | coding.subtracts
    kept = [
        decimate(lead, is_protected(coding.beats, len(lead)), coding.factor)
        if coding.factor > 1
        else lead
        for lead in leads.values()
    ]
    streams = [coding.stream(differences(lead, coding.difference)) for lead in kept]
    sections = {
        1: patient_section({4: struct.pack("<HB", 59, 1), 8: b"\x02"}),
        3: lead_section([(1, len(x), LEAD_CODES[lead]) for lead, x in leads.items()], flags),
        6: stored_leads_section(
            streams,
            STEP_NV,
            FULL_US * coding.factor,
            coding.difference,
            bimodal=coding.factor > 1,
        ),
    }
    if coding.tables:
        sections[2] = huffman_section(coding.tables)
    if beat is not None:
        stream = coding.stream(differences(beat, coding.difference))
        sections[4] = coding.beats.stored()
        sections[5] = stored_leads_section(
            [stream] * len(leads), coding.beat_step_nv, FULL_US, coding.difference
        )
    return sections


def twelve(n_samples: int = 40) -> dict[str, list[int]]:
    """Leads that obey the algebra, in stored units."""
    rng = np.random.default_rng(0)
    independent = 2 * rng.integers(-200, 200, size=(8, n_samples))
    limbs = (LIMB_FROM_I_II @ independent[:2]).astype(int)
    rows = [*limbs, *independent[2:]]
    return {lead: [int(x) for x in row] for lead, row in zip(LEADS, rows, strict=True)}


def small_file() -> bytes:
    return encode(twelve(), Coding([DEFAULT], 2))
