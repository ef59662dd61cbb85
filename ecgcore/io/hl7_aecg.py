"""HL7 annotated ECG (aECG): the rhythm series, whose leads may be stored in several sets.

A series holds sequence sets; a set holds one sequence of times and one sequence of values for
each lead. Leads that were recorded three at a time are in four sets that begin one after another.
The representative beats of a derived series are not the recording.

References
----------
HL7 aECG Implementation Guide, final, 21 March 2005; lead codes of ISO/IEEE 11073-10101 (MDC), units
and ages of UCUM.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

import numpy as np

from ecgcore.errors import ReadError
from ecgcore.io.age import Date, age_between
from ecgcore.io.iso_date import iso_date
from ecgcore.io.limits import MAX_RECORDINGS, MAX_TEXT_BYTES, check_declared_size
from ecgcore.io.tracing import (
    Channel,
    Format,
    Tracing,
    lead_of,
    mv_per_unit,
    parse_age,
    parse_sex,
)
from ecgcore.io.xml_document import factor, number, numbers, parse, root_name
from ecgcore.recording import MAX_FS_HZ, MIN_FS_HZ

_ABSOLUTE_TIME = "TIME_ABSOLUTE"
_PER_SECOND = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
# HL7 TS: year, month, day, then as much of the time as is known.
_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(\.\d+)?)?)?)?([+-]\d{4})?")
_REPORTED_AGE = "21612-7"  # LOINC
_AGE_UNITS = {"a": "Y", "mo": "M", "wk": "W", "d": "D"}
_BEATS = "REPRESENTATIVE_BEAT"


@dataclass(frozen=True, eq=False)
class _SequenceSet:
    """Leads that share one time axis.

    Attributes
    ----------
    channels : tuple of Channel
    fs : float or None
        Hz.
    axis : str
        Code of the time sequence: starts on different axes cannot be compared.
    start_s : float or None
        Where the set begins on that axis.
    """

    channels: tuple[Channel, ...]
    fs: float | None
    axis: str
    start_s: float | None

    @property
    def rank(self) -> tuple[int, float]:
        leads = {lead_of(channel) for channel in self.channels} - {None}
        longest = max((len(channel.samples) for channel in self.channels), default=0)
        return len(leads), longest / (self.fs or 1.0)

    def is_aligned(self, other: _SequenceSet) -> bool:
        """Tell whether the samples of both fall on one time axis."""
        if None in (self.fs, self.start_s, other.start_s) or self.axis != other.axis:
            return False
        return self.fs == other.fs and MIN_FS_HZ <= (self.fs or 0.0) <= MAX_FS_HZ


def recognises(data: bytes) -> bool:
    """Tell by the root element."""
    return root_name(data) == "annotatedecg"


def read(data: bytes) -> tuple[Tracing, ...]:
    """Read one recording per rhythm series.

    Raises
    ------
    ReadError
        No rhythm series, no values in it, or values, scales or times that are no numbers.
    """
    root = parse(data)
    series = _rhythm_series(root)
    age, sex = _age(root), parse_sex(_attribute(root, ".//administrativeGenderCode", "code"))
    return tuple(replace(_read_series(one), age=age, sex=sex) for one in series)


def _rhythm_series(root: Element) -> list[Element]:
    series = root.findall("component/series")
    if not series:
        raise ReadError("The HL7 aECG document holds no series of waveforms: it is empty.")
    rhythms = [one for one in series if _attribute(one, "code", "code") != _BEATS]
    if not rhythms:
        raise ReadError("The HL7 aECG document holds representative beats, but no rhythm series.")
    if len(rhythms) > MAX_RECORDINGS:
        raise ReadError(
            f"The HL7 aECG document holds {len(rhythms)} series, the limit is {MAX_RECORDINGS}."
        )
    return rhythms


def _attribute(element: Element, path: str, name: str) -> str:
    """Return an attribute of the first element at this path; empty where there is none."""
    found = element.find(path)
    return "" if found is None else found.get(name, "").strip()


def _read_series(series: Element) -> Tracing:
    """Join the sets that share a time axis with the one of the most leads, then the longest."""
    sets = [_read_set(one) for one in series.findall("component/sequenceSet")]
    if not any(one.channels for one in sets):
        raise ReadError("A series of the HL7 aECG document holds no sequence of values.")
    best = max(sets, key=lambda one: one.rank)
    aligned = [one for one in sets if one is best or one.is_aligned(best)]
    return Tracing(_join_sets(aligned), fs=best.fs)


def _read_set(sequence_set: Element) -> _SequenceSet:
    sequences = sequence_set.findall("component/sequence")
    check_declared_size(max(1, len(sequences)), 1)
    times = [s for s in sequences if _attribute(s, "code", "code").startswith("TIME_")]
    values = [s for s in sequences if s.find("value/digits") is not None]
    channels = tuple(_channel(sequence) for sequence in values)
    if not times:
        return _SequenceSet(channels, None, "", None)
    axis = _attribute(times[0], "code", "code")
    return _SequenceSet(channels, _sampling_rate(times[0]), axis, _start_s(times[0], axis))


def _sampling_rate(times: Element) -> float | None:
    """Return the rate in Hz; None where the increment or its unit is not stated."""
    increment = _attribute(times, "value/increment", "value")
    per_second = _PER_SECOND.get(_attribute(times, "value/increment", "unit"))
    if not increment or per_second is None:
        return None
    return per_second / factor(increment, "increment of time")


def _start_s(times: Element, axis: str) -> float | None:
    """Return the start in seconds from an arbitrary zero; None where it is not stated."""
    head = _attribute(times, "value/head", "value")
    if axis == _ABSOLUTE_TIME:
        moment = _moment(head)
        return None if moment is None else (moment - datetime.min).total_seconds()
    per_second = _PER_SECOND.get(_attribute(times, "value/head", "unit"))
    if not head or per_second is None:
        return None
    return number(head, "start of a time sequence") / per_second


def _moment(text: str) -> datetime | None:
    """Return what an HL7 time stamp states, in universal time where it names a zone."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    *parts, fraction, zone = match.groups()
    try:
        moment = datetime(*(int(part or 0) for part in parts))  # type: ignore[arg-type]
        moment += timedelta(seconds=float(fraction or 0.0))
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:])) if zone else timedelta()
        return moment + offset if zone and zone[0] == "-" else moment - offset
    except (ValueError, OverflowError):
        return None


def _channel(sequence: Element) -> Channel:
    """Read one lead: a digit d means origin + d * scale."""
    name = _attribute(sequence, "code", "code")
    digits = numbers(sequence.findtext("value/digits") or "", "digits of a lead")
    scale = _attribute(sequence, "value/scale", "value")
    if not scale:
        return Channel(digits, name or None)
    unit = _attribute(sequence, "value/scale", "unit")
    return Channel(
        digits,
        name or None,
        unit or None,
        factor(scale, "scale of a lead"),
        _origin(sequence, unit),
    )


def _origin(sequence: Element, unit: str) -> float:
    """Return the origin in the unit of the scale.

    Raises
    ------
    ReadError
        Its own unit cannot be converted.
    """
    stated = _attribute(sequence, "value/origin", "value")
    origin = number(stated, "origin of a lead") if stated else 0.0
    own_unit = _attribute(sequence, "value/origin", "unit") or unit
    if origin == 0.0 or own_unit == unit:
        return origin
    of_own, of_scale = mv_per_unit(own_unit), mv_per_unit(unit)
    if of_own is None or of_scale is None:
        raise ReadError("The origin of a lead is stated in another unit than its scale.")
    return origin * of_own / of_scale


def _join_sets(sets: Sequence[_SequenceSet]) -> tuple[Channel, ...]:
    """Place the channels of aligned sets on one time axis, one for each lead."""
    zero_s = min((one.start_s for one in sets if one.start_s is not None), default=0.0)
    # By name, and counted where a set holds a lead twice: those stay two channels.
    pieces: dict[tuple[str | None, int], list[Channel]] = {}
    for one in sets:
        first = round(((one.start_s or 0.0) - zero_s) * (one.fs or 0.0)) if len(sets) > 1 else 0
        seen: Counter[str | None] = Counter()
        for channel in one.channels:
            key = (channel.name, seen[channel.name])
            seen[channel.name] += 1
            pieces.setdefault(key, []).append(replace(channel, first=first))
    end = max(piece.end for of_lead in pieces.values() for piece in of_lead)
    check_declared_size(len(pieces), max(1, end))
    return tuple(_join(of_lead) for of_lead in pieces.values())


def _join(pieces: Sequence[Channel]) -> Channel:
    """Make one channel of the pieces of a lead: empty between them, the longest where they overlap.

    Raises
    ------
    ReadError
        They have different scales, and a unit that is not a voltage.
    """
    if len(pieces) == 1:
        return pieces[0]
    if len({(piece.unit, piece.scale, piece.offset) for piece in pieces}) > 1:
        pieces = [_in_millivolts(piece) for piece in pieces]
    by_length = sorted(pieces, key=lambda piece: len(piece.samples), reverse=True)
    first = min(piece.first for piece in pieces)
    samples = np.full(max(piece.end for piece in pieces) - first, np.nan)
    for piece in reversed(by_length):  # so that the longest is written last
        samples[piece.first - first : piece.end - first] = piece.samples
    return replace(pieces[0], samples=samples, first=first)


def _in_millivolts(piece: Channel) -> Channel:
    mv = mv_per_unit(piece.unit)
    if mv is None:
        raise ReadError("A lead is stored in pieces of different scales, one without a voltage.")
    return Channel(piece.values(piece.first) * mv, piece.name, "mV", first=piece.first)


def _age(root: Element) -> float | None:
    """Return whole years from the date of birth to the recording, else the reported age."""
    born = iso_date(_attribute(root, ".//subjectDemographicPerson/birthTime", "value"))
    recorded = _recording_date(root)
    if born is not None and recorded is not None:
        return age_between(born, recorded)
    for observation in root.iterfind("controlVariable/relatedObservation"):
        if _attribute(observation, "code", "code") == _REPORTED_AGE:
            unit = _AGE_UNITS.get(_attribute(observation, "value", "unit"), "?")
            return parse_age(_attribute(observation, "value", "value") + unit)
    return None


def _recording_date(root: Element) -> Date | None:
    texts = (
        _attribute(root, f"{parent}effectiveTime/{which}", "value")
        for parent in ("", "component/series/")
        for which in ("center", "low", "high", ".")
    )
    return next((found for text in texts if (found := iso_date(text)) is not None), None)


def _read_file(data: bytes, _beside: Mapping[str, bytes]) -> tuple[Tracing, ...]:
    return read(data)


FORMAT = Format(
    "hl7_aecg",
    "HL7 aECG",
    (".xml",),
    recognises,
    _read_file,
    vendor="Mortara, Mindray and others, FDA trials",
    max_bytes=MAX_TEXT_BYTES,
)
