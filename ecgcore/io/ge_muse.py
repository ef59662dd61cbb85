"""GE MUSE XML (`RestingECG`): base64 integers per lead, the median beats listed before the rhythm.

`FirstSampleBaseline` is 0 in every file seen, and public readers disagree over its sign; it is
not applied.

References
----------
The elements are those of GE's ``restecg.dtd``, which each file names; ``LeadDataCRC32`` is the
CRC-32 of IEEE 802.3 over the decoded bytes, as real files prove.
"""

from __future__ import annotations

import re
import zlib
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from ecgcore.errors import ReadError
from ecgcore.io.base64_text import decode_base64
from ecgcore.io.limits import MAX_TEXT_BYTES, check_declared_size
from ecgcore.io.tracing import (
    Channel,
    Format,
    Tracing,
    lead_of,
    parse_age,
    parse_sex,
    single_file,
)
from ecgcore.io.xml_document import factor, number, parse, root_name, text_of, whole_number_of

# Type of a sample by its size in bytes.
_SAMPLE_TYPES = {1: "i1", 2: "<i2", 4: "<i4"}
_USUAL_SAMPLE_BYTES = 2
# SampleBase and LeadOffsetFirstSample are 16-bit numbers, the exponent shifts Hz to kHz or MHz.
_MAX_EXPONENT = 6
_MAX_FIRST = 65_535
_CHECKSUM = re.compile(r"-?\d{1,10}")
# The usual resolution of the maker's carts; microvolts are what the DTD assumes.
_USUAL_MV_PER_BIT = 4.88e-3
_MV_PER_MICROVOLT = 1e-3


def recognises(data: bytes) -> bool:
    """Tell by the root element."""
    return root_name(data) == "restingecg"


def read(data: bytes) -> Tracing:
    """Read the rhythm waveform; among several the longest of those with the most leads.

    Raises
    ------
    ReadError
        No rhythm waveform, or samples that are damaged or not as many as declared.
    """
    root = parse(data)
    patient = root.find("PatientDemographics")
    age = parse_age(text_of(patient, "PatientAge") + text_of(patient, "AgeUnits")[:1])
    sex = parse_sex(text_of(patient, "Gender"))
    found = [_read_waveform(waveform, age, sex) for waveform in _rhythm_waveforms(root)]
    return max(found, key=lambda tracing: tracing.rank)


def _rhythm_waveforms(root: Element) -> list[Element]:
    """Return the waveforms that are not median beats; some exporters do not state the type."""
    waveforms = root.findall("Waveform")
    if not waveforms:
        raise ReadError("This GE MUSE file holds no waveform.")
    rhythms = [w for w in waveforms if text_of(w, "WaveformType").lower() in ("rhythm", "")]
    if not rhythms:
        raise ReadError("This GE MUSE file holds median beats, but no rhythm waveform.")
    return rhythms


def _read_waveform(waveform: Element, age: float | None, sex: str | None) -> Tracing:
    stored = waveform.findall("LeadData")
    check_declared_size(len(stored), 1)
    channels = tuple(_channel(lead) for lead in stored)
    check_declared_size(len(channels), max(1, *(channel.end for channel in channels)))
    is_scaled = all(text_of(lead, "LeadAmplitudeUnitsPerBit") for lead in stored)
    return Tracing(
        channels,
        fs=_sampling_rate(waveform),
        age=age,
        sex=sex,
        warnings=_doubts(stored, channels),
        mv_per_unit_guess=_MV_PER_MICROVOLT if is_scaled else _USUAL_MV_PER_BIT,
    )


def _sampling_rate(waveform: Element) -> float | None:
    """Return SampleBase * 10^SampleExponent in Hz; None where the file states no base."""
    base = text_of(waveform, "SampleBase")
    if not base:
        return None
    exponent = whole_number_of(waveform, "SampleExponent", "exponent of the sampling rate") or 0
    if abs(exponent) > _MAX_EXPONENT:
        raise ReadError(
            f"The exponent of the sampling rate is {exponent}, expected -{_MAX_EXPONENT} to "
            f"{_MAX_EXPONENT}."
        )
    return number(base, "sampling rate") * 10.0**exponent


def _channel(lead: Element) -> Channel:
    """Decode one lead; where the file states no scale, its unit says nothing of stored numbers."""
    first = whole_number_of(lead, "LeadOffsetFirstSample", "first sample of a lead") or 0
    if not 0 <= first <= _MAX_FIRST:
        raise ReadError(f"A lead begins at sample {first}, expected 0 to {_MAX_FIRST}.")
    per_bit = text_of(lead, "LeadAmplitudeUnitsPerBit")
    scale = factor(per_bit, "amplitude per bit") if per_bit else 1.0
    unit = text_of(lead, "LeadAmplitudeUnits") if per_bit else ""
    return Channel(
        _samples(lead), text_of(lead, "LeadID") or None, unit or None, scale, first=first
    )


def _samples(lead: Element) -> npt.NDArray[np.generic]:
    """Return the stored integers, once they are as many as the file declares, or none at all."""
    size = whole_number_of(lead, "LeadSampleSize", "size of a sample") or _USUAL_SAMPLE_BYTES
    if size not in _SAMPLE_TYPES:
        raise ReadError(f"A sample takes {size} bytes, expected 1, 2 or 4.")
    content = decode_base64(text_of(lead, "WaveFormData"), "samples of a lead")
    n_bytes = whole_number_of(lead, "LeadByteCountTotal", "number of bytes")
    n_samples = whole_number_of(lead, "LeadSampleCountTotal", "number of samples")
    for declared, unit_bytes in ((n_bytes, 1), (n_samples, size)):
        if content and declared is not None and declared * unit_bytes != len(content):
            raise ReadError(
                f"A lead holds {len(content)} bytes, but the file declares "
                f"{declared * unit_bytes}: it is damaged or cut short."
            )
    if len(content) % size:
        raise ReadError(f"A lead holds {len(content)} bytes, not a multiple of {size}.")
    return np.frombuffer(content, dtype=_SAMPLE_TYPES[size])


def _doubts(stored: list[Element], channels: tuple[Channel, ...]) -> tuple[str, ...]:
    """Name the leads whose checksum fails, and say so where a shift in time is not applied."""
    notes = []
    damaged = {
        lead_of(channel) or "another"
        for lead, channel in zip(stored, channels, strict=True)
        if _checksum_fails(lead, channel)
    }
    if damaged:
        leads = ", ".join(sorted(damaged))
        notes.append(
            f"The checksum does not fit the samples of {leads}: the file was damaged or altered."
        )
    if any(text_of(lead, "LeadTimeOffset") not in ("", "0") for lead in stored):
        notes.append("The file states a time offset for some leads, which was not applied.")
    return tuple(notes)


def _checksum_fails(lead: Element, channel: Channel) -> bool:
    stated = text_of(lead, "LeadDataCRC32")
    # A converter that computes none writes 0; the CRC of real samples is 0 once in 4e9 leads.
    if not len(channel.samples) or not _CHECKSUM.fullmatch(stated) or int(stated) == 0:
        return False
    return int(stated) % 2**32 != zlib.crc32(channel.samples.tobytes())


FORMAT = Format(
    "ge_muse",
    "GE MUSE XML",
    (".xml",),
    recognises,
    single_file(read),
    vendor="GE HealthCare",
    max_bytes=MAX_TEXT_BYTES,
)
