"""What the sections of an SCP-ECG record say: patient, leads, beats, and how samples are stored.

Of Section 1, age and sex are taken; names, numbers and dates are never looked at.

References
----------
EN 1064:2005+A1:2007 (ISO/IEEE 11073-91064), clauses 5.4 and 5.6 to 5.9.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecgcore.errors import ReadError
from ecgcore.io.lead_numbers import LEAD_OF_NUMBER
from ecgcore.io.limits import check_declared_size
from ecgcore.io.tracing import parse_age

PATIENT, HUFFMAN, LEADS, BEATS, REFERENCE_BEAT, RHYTHM, LONG_RHYTHM = 1, 2, 3, 4, 5, 6, 12

_LEAD = struct.Struct("<IIB")
_ZONE = np.dtype([("type", "<u2"), ("start", "<u4"), ("fiducial", "<u4"), ("end", "<u4")])
_AREA = np.dtype([("start", "<u4"), ("end", "<u4")])

# Clause 5.6.3, table of leads. What is none of the twelve keeps its number as its name, and 0 is
# "unspecified".
# Tags of Section 1.
_AGE_TAG, _SEX_TAG, _LAST_TAG = 4, 8, 255
# Years, months, weeks, days, hours.
_YEARS_PER_UNIT = {1: 1.0, 2: 1 / 12, 3: 7 / 365.25, 4: 1 / 365.25, 5: 1 / (24 * 365.25)}
_SEXES = {1: "M", 2: "F"}


@dataclass(frozen=True)
class Patient:
    """What Section 1 says that may be kept."""

    age: float | None = None
    sex: str | None = None


def parse_patient(body: bytes | None) -> Patient:
    """Take age and sex out of Section 1; what follows a damaged field is not stated."""
    body, age, sex, position = body or b"", None, None, 0
    while position + 3 <= len(body) and body[position] != _LAST_TAG:
        tag, length = body[position], int.from_bytes(body[position + 1 : position + 3], "little")
        position += 3
        value = body[position : position + length]
        position += length
        if tag == _AGE_TAG and len(value) >= 3:
            # 0 is what writers store when they are not told.
            years = int.from_bytes(value[:2], "little") * _YEARS_PER_UNIT.get(value[2], 0.0)
            age = parse_age(f"{years:.6f}") if years else None
        elif tag == _SEX_TAG and value:
            sex = _SEXES.get(value[0])
    return Patient(age, sex)


@dataclass(frozen=True)
class LeadDefinition:
    """One lead of Section 3.

    Attributes
    ----------
    name : str or None
        None where its number means "unspecified".
    start : int
        Number of its first sample; the standard counts from 1, some writers from 0.
    count : int
        Number of samples, as declared.
    """

    name: str | None
    start: int
    count: int


@dataclass(frozen=True)
class LeadList:
    """Section 3.

    Attributes
    ----------
    leads : tuple of LeadDefinition
    has_subtracted_beats : bool
        A reference beat was subtracted before the samples were stored.
    is_simultaneous : bool
        All leads were recorded at the same time.
    """

    leads: tuple[LeadDefinition, ...]
    has_subtracted_beats: bool
    is_simultaneous: bool


def parse_leads(body: bytes | None) -> LeadList:
    """Read Section 3.

    Raises
    ------
    ReadError
        It is absent, cut short, declares no lead, or samples that cannot be.
    """
    if body is None or len(body) < 2:
        raise ReadError("The SCP-ECG file has no Section 3, which says what its leads are.")
    n_leads, flags = body[0], body[1]
    if 2 + n_leads * _LEAD.size > len(body):
        raise ReadError(
            f"Section 3 of the SCP-ECG file declares {n_leads} leads, and describes "
            f"{(len(body) - 2) // _LEAD.size}."
        )
    leads = []
    for start, end, code in _LEAD.iter_unpack(body[2 : 2 + n_leads * _LEAD.size]):
        if end < start:
            raise ReadError(
                f"A lead of the SCP-ECG file begins at sample {start} and ends at sample {end}."
            )
        name = LEAD_OF_NUMBER.get(code, f"SCP lead {code}") if code else None
        leads.append(LeadDefinition(name, start, end - start + 1))
    check_declared_size(n_leads, _span(leads))
    return LeadList(tuple(leads), bool(flags & 0b1), bool(flags & 0b100))


def _span(leads: list[LeadDefinition]) -> int:
    """Count samples from the first of the earliest lead to the last of the latest."""
    last = max((lead.start + lead.count for lead in leads), default=0)
    return last - min((lead.start for lead in leads), default=0)


@dataclass(frozen=True, eq=False)
class BeatPlaces:
    """Section 4: where the reference beat was subtracted; samples are numbered as in Section 3.

    Attributes
    ----------
    length_ms : int
        Of the reference beat.
    fiducial : int
        Sample of the reference beat that is laid on the fiducial of each beat, from 1.
    zones : ndarray, shape (B, 3), int64
        First sample, fiducial and last sample of each beat it was subtracted from.
    protected : ndarray, shape (A, 2), int64
        First and last sample of each stretch that keeps the full sampling rate.
    """

    length_ms: int
    fiducial: int
    zones: npt.NDArray[np.int64]
    protected: npt.NDArray[np.int64]


def parse_beats(body: bytes) -> BeatPlaces:
    """Read Section 4.

    Raises
    ------
    ReadError
        It is cut short.
    """
    n_beats = int.from_bytes(body[4:6], "little")
    areas_at = 6 + n_beats * _ZONE.itemsize
    if len(body) < max(6, areas_at):
        raise ReadError(
            f"Section 4 of the SCP-ECG file lists {n_beats} beats in {len(body)} bytes, which "
            f"take {areas_at}: it is damaged."
        )
    beats = np.frombuffer(body, _ZONE, n_beats, 6)
    # A beat of another type than the reference beat was left as it is.
    beats = beats[(beats["type"] == 0) & (beats["start"] <= beats["end"]) & (beats["end"] > 0)]
    zones = np.stack([beats[name].astype(np.int64) for name in ("start", "fiducial", "end")], 1)
    # Version 1 of the protocol knows no protected areas other than the zones.
    protected = zones[:, [0, 2]]
    if areas_at + n_beats * _AREA.itemsize <= len(body):
        areas = np.frombuffer(body, _AREA, n_beats, areas_at)
        protected = np.stack([areas[name].astype(np.int64) for name in ("start", "end")], 1)
    length_ms, fiducial = struct.unpack_from("<HH", body)
    return BeatPlaces(length_ms, fiducial, zones, protected)


@dataclass(frozen=True)
class StoredLeads:
    """Section 5 (reference beat) or 6 (rhythm).

    Attributes
    ----------
    step_nv : int
        Nanovolts of one stored unit; 0 where the file states none.
    interval_us : int
        Microseconds from sample to sample; 0 where the file states none.
    difference : int
        0 for samples as they are, 1 and 2 for first and second differences.
    is_bimodal : bool
        Outside the protected areas only some samples were kept.
    sizes : tuple of int
        Bytes of each lead.
    payload : memoryview
        The leads, one after the other.
    """

    step_nv: int
    interval_us: int
    difference: int
    is_bimodal: bool
    sizes: tuple[int, ...]
    payload: memoryview


def parse_stored_leads(body: bytes, number: int, n_leads: int) -> StoredLeads:
    """Read the beginning of Section 5 or 6.

    Raises
    ------
    ReadError
        It is cut short, or encoded in a way that does not exist.
    """
    start = 6 + 2 * n_leads
    if len(body) < start:
        raise ReadError(
            f"Section {number} of the SCP-ECG file has {len(body)} bytes, the description of "
            f"{n_leads} leads takes {start}: it is damaged."
        )
    step_nv, interval_us, difference, bimodal = struct.unpack_from("<HHBB", body)
    if difference > 2:
        raise ReadError(
            f"The samples of Section {number} of the SCP-ECG file are differences of order "
            f"{difference}, expected 0 to 2."
        )
    sizes = struct.unpack_from(f"<{n_leads}H", body, 6)
    if sum(sizes) > len(body) - start:
        raise ReadError(
            f"The leads of Section {number} of the SCP-ECG file take {sum(sizes)} bytes, the "
            f"section holds {len(body) - start}: it is cut short or damaged."
        )
    is_bimodal = bool(bimodal) and number == RHYTHM
    return StoredLeads(
        step_nv, interval_us, difference, is_bimodal, sizes, memoryview(body)[start:]
    )
