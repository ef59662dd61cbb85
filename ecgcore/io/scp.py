"""SCP-ECG: the rhythm of Section 6, whichever way it is stored.

References
----------
EN 1064:2005+A1:2007 (ISO/IEEE 11073-91064), Standard communication protocol - Computer-assisted
electrocardiography.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecgcore.errors import ReadError
from ecgcore.io import scp_sections
from ecgcore.io.limits import MAX_PART_SAMPLES
from ecgcore.io.scp_beats import Layout, Values, add_beats, expand, layout_of, smooth, within
from ecgcore.io.scp_huffman import HuffmanTable, parse_tables
from ecgcore.io.scp_record import MAGIC, MAGIC_AT, Record, open_record
from ecgcore.io.scp_samples import decode_leads, held_values, undo_differences
from ecgcore.io.scp_sections import BeatPlaces, LeadDefinition, LeadList, StoredLeads
from ecgcore.io.tracing import Channel, Format, Tracing, single_file

# Resting ECGs: 255 leads of 65,535 bytes, the most that the standard has room for, take 17 MB.
_MAX_BYTES = 32 * 10**6
# How many samples one stored mean may stand for.
_MAX_FACTOR = 4
_NO_SAMPLES = "The leads of this SCP-ECG file hold no samples."


def recognises(data: bytes) -> bool:
    """Tell by the letters in the reserved bytes of Section 0."""
    return data[MAGIC_AT : MAGIC_AT + len(MAGIC)] == MAGIC


def read(data: bytes) -> Tracing:
    """Read the rhythm, with reference beats added back and decimated samples interpolated.

    Raises
    ------
    ReadError
        No rhythm, a section that is absent, cut short or damaged, or samples that cannot be
        restored.
    """
    record = open_record(data)
    body = record.body(scp_sections.RHYTHM)
    if body is None:
        raise ReadError(_why_no_rhythm(record))
    listed = scp_sections.parse_leads(record.body(scp_sections.LEADS))
    rhythm = scp_sections.parse_stored_leads(body, scp_sections.RHYTHM, len(listed.leads))
    tables = parse_tables(record.body(scp_sections.HUFFMAN))
    reference = _reference(record, listed, rhythm, tables)
    if reference is None:
        channels, notes = _plain_channels(listed, rhythm, tables)
    else:
        channels, notes = _restored_channels(listed, rhythm, tables, reference)
    interval_us = reference.interval_us if reference else rhythm.interval_us
    patient = scp_sections.parse_patient(record.body(scp_sections.PATIENT))
    return Tracing(
        channels,
        fs=1e6 / interval_us if interval_us else None,
        age=patient.age,
        sex=patient.sex,
        warnings=(*record.checksum_notes(), *_flag_notes(listed, channels, reference), *notes),
    )


def _why_no_rhythm(record: Record) -> str:
    if scp_sections.LONG_RHYTHM in record.places:
        return "This SCP-ECG file holds a long-term recording (Section 12), which is not read."
    if scp_sections.REFERENCE_BEAT in record.places:
        return "This SCP-ECG file holds only an averaged beat (Section 5), not the rhythm."
    return "This SCP-ECG file holds no rhythm (Section 6)."


def _flag_notes(
    listed: LeadList, channels: Sequence[Channel], reference: _Reference | None
) -> tuple[str, ...]:
    """Say where the file contradicts itself."""
    notes = []
    if listed.is_simultaneous and len({channel.first for channel in channels}) > 1:
        notes.append(
            "The file says that its leads were recorded at the same time, yet lets them begin at "
            "different samples; the samples were believed."
        )
    if listed.has_subtracted_beats and not (reference and reference.beats):
        notes.append(
            "The file says that a reference beat was subtracted, but lists no beat that it was "
            "subtracted from; its samples were taken as they are."
        )
    return tuple(notes)


def _plain_channels(
    listed: LeadList, rhythm: StoredLeads, tables: Sequence[HuffmanTable]
) -> tuple[tuple[Channel, ...], list[str]]:
    """Decode leads of which every sample is stored."""
    decoded = decode_leads(rhythm, [lead.count for lead in listed.leads], tables)
    held = [pair for pair in zip(listed.leads, decoded, strict=True) if len(pair[1].values)]
    leads = [lead for lead, _ in held]
    start = _first_sample(leads)
    values = held_values([d for _, d in held], [lead.count for lead in leads], from_zero=not start)
    if not any(map(len, values)):
        raise ReadError(_NO_SAMPLES)
    channels = tuple(
        Channel(
            undo_differences(numbers, rhythm.difference),
            lead.name,
            unit="nV" if rhythm.step_nv else None,
            scale=float(rhythm.step_nv or 1),
            first=lead.start - start,
        )
        for lead, numbers in zip(leads, values, strict=True)
    )
    return channels, _short_notes(leads, [len(channel.samples) for channel in channels])


def _first_sample(leads: Sequence[LeadDefinition]) -> int:
    """Return the number of the first sample of the recording.

    Raises
    ------
    ReadError
        No lead holds a sample.
    """
    if not leads:
        raise ReadError(_NO_SAMPLES)
    return min(lead.start for lead in leads)


def _short_notes(leads: Sequence[LeadDefinition], n_samples: Sequence[int]) -> list[str]:
    """Name the leads that lack more than one of the samples that the file declares."""
    short = [
        f"{lead.name or 'unnamed'} ({n} of {lead.count})"
        for lead, n in zip(leads, n_samples, strict=True)
        if n < lead.count - 1
    ]
    return [f"Leads hold fewer samples than declared: {', '.join(short)}."] if short else []


@dataclass(frozen=True, eq=False)
class _Reference:
    """What it takes to restore samples that were not stored as they are.

    Attributes
    ----------
    places : BeatPlaces
    interval_us : int
        Microseconds from sample to sample once restored.
    factor : int
        How many samples one stored mean stands for.
    beats : tuple of ndarray, shape (L,)
        Reference beat of each lead, in nV; empty where none was subtracted.
    """

    places: BeatPlaces
    interval_us: int
    factor: int
    beats: tuple[Values, ...]


def _reference(
    record: Record, listed: LeadList, rhythm: StoredLeads, tables: Sequence[HuffmanTable]
) -> _Reference | None:
    """Read Sections 4 and 5 if the rhythm cannot be read without them.

    Raises
    ------
    ReadError
        They are needed and absent, or do not fit the rhythm.
    """
    if not listed.has_subtracted_beats and not rhythm.is_bimodal:
        return None
    section_4 = record.body(scp_sections.BEATS)
    places = scp_sections.parse_beats(section_4) if section_4 is not None else None
    is_subtracted = listed.has_subtracted_beats and places is not None and len(places.zones) > 0
    if not is_subtracted and not rhythm.is_bimodal:
        return None
    section_5 = record.body(scp_sections.REFERENCE_BEAT)
    if places is None or section_5 is None:
        absent = scp_sections.BEATS if places is None else scp_sections.REFERENCE_BEAT
        raise ReadError(
            f"The samples of this SCP-ECG file cannot be restored: Section {absent}, which tells "
            f"what was left out, is absent."
        )
    n_leads = len(listed.leads)
    stored = scp_sections.parse_stored_leads(section_5, scp_sections.REFERENCE_BEAT, n_leads)
    factor = _factor(stored.interval_us, rhythm.interval_us)
    beats = _beats(stored, places, rhythm, tables) if is_subtracted else ()
    return _Reference(places, stored.interval_us, factor, beats)


def _factor(reference_us: int, rhythm_us: int) -> int:
    """Return how many samples one stored mean stands for.

    Raises
    ------
    ReadError
        The sampling rates do not fit each other.
    """
    if reference_us and rhythm_us % reference_us == 0:
        factor = rhythm_us // reference_us
        if 1 <= factor <= _MAX_FACTOR:
            return factor
    raise ReadError(
        f"The samples of this SCP-ECG file cannot be restored: those of its rhythm are {rhythm_us} "
        f"us apart, expected 1 to {_MAX_FACTOR} times the {reference_us} us of its reference beat."
    )


def _beats(
    stored: StoredLeads, places: BeatPlaces, rhythm: StoredLeads, tables: Sequence[HuffmanTable]
) -> tuple[Values, ...]:
    """Decode the reference beat of each lead, in nV.

    Raises
    ------
    ReadError
        It is cut short, or the file does not state what one stored unit is.
    """
    if not stored.step_nv or not rhythm.step_nv:
        raise ReadError(
            "The reference beat of this SCP-ECG file cannot be added to its rhythm: the file does "
            "not state how many nanovolts one stored unit is."
        )
    count = 1000 * places.length_ms // stored.interval_us
    decoded = decode_leads(stored, [count] * len(stored.sizes), tables)
    for beat, size in zip(decoded, rhythm.sizes, strict=True):
        # One sample is what rounding a length in ms may cost.
        if size and len(beat.values) < max(1, count - 1):
            raise ReadError(
                f"The reference beat of this SCP-ECG file, which was subtracted from its rhythm, "
                f"holds {len(beat.values)} of {count} samples."
            )
    return tuple(
        stored.step_nv * undo_differences(beat.values, stored.difference).astype(np.float64)
        for beat in decoded
    )


def _restored_channels(
    listed: LeadList,
    rhythm: StoredLeads,
    tables: Sequence[HuffmanTable],
    reference: _Reference,
) -> tuple[tuple[Channel, ...], list[str]]:
    """Decode leads of which samples were left out or a reference beat was subtracted."""
    layouts = [_layout(lead, reference, len(rhythm.payload)) for lead in listed.leads]
    decoded = decode_leads(rhythm, [layout.n_stored for layout in layouts], tables)
    held = [row for row, lead in enumerate(decoded) if len(lead.values)]
    leads = [listed.leads[row] for row in held]
    start = _first_sample(leads)
    counts = [layouts[row].n_stored for row in held]
    values = held_values([decoded[row] for row in held], counts, from_zero=False)
    channels, n_samples = [], []
    for row, lead, stored in zip(held, leads, values, strict=True):
        numbers = undo_differences(stored, rhythm.difference)
        whole = np.full(layouts[row].n_stored, np.nan)
        whole[: len(numbers)] = float(rhythm.step_nv or 1) * numbers
        beat = reference.beats[row] if reference.beats else np.zeros(0)
        samples = _restored(whole, layouts[row], lead, reference, beat)
        unit = "nV" if rhythm.step_nv else None
        channels.append(Channel(samples, lead.name, unit, first=lead.start - start))
        n_samples.append(int(np.isfinite(samples).sum()))
    return tuple(channels), _short_notes(leads, n_samples)


def _layout(lead: LeadDefinition, reference: _Reference, n_bytes: int) -> Layout:
    """Lay out one lead, after checking that the file can hold it.

    Raises
    ------
    ReadError
        More samples than its bits can hold, or than are ever restored.
    """
    most = min(MAX_PART_SAMPLES, 8 * n_bytes * reference.factor)
    if lead.count > most:
        raise ReadError(
            f"A compressed lead of the SCP-ECG file declares {lead.count} samples, expected at "
            f"most {most}."
        )
    return layout_of(within(reference.places.protected, lead.start, lead.count), reference.factor)


def _restored(
    stored: Values, layout: Layout, lead: LeadDefinition, reference: _Reference, beat: Values
) -> Values:
    """Bring one lead to the full rate and add its reference beat."""
    places = reference.places
    zones = places.zones if reference.beats else places.zones[:0]
    samples = expand(stored, layout)
    if layout.factor > 1:
        is_protected = within(places.protected, lead.start, lead.count)
        samples = smooth(samples, is_protected, zones, lead.start)
    return add_beats(samples, beat, places.fiducial, zones, lead.start) if len(beat) else samples


FORMAT = Format(
    "scp",
    "SCP-ECG",
    (".scp",),
    recognises,
    single_file(read),
    vendor="Mortara, Schiller, Cardioline, corpuls and others",
    max_bytes=_MAX_BYTES,
)
