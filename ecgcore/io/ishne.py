"""ISHNE Holter recordings: interleaved 16-bit samples, used as they lie in the file.

A day of twelve leads takes 373 MB, so no sample is copied or converted here.

References
----------
Badilini F. The ISHNE Holter Standard Output File Format. Ann Noninvasive Electrocardiol
1998;3:263-266.
"""

from __future__ import annotations

import binascii
import struct

import numpy as np
import numpy.typing as npt

from ecgcore.errors import ReadError
from ecgcore.io.age import age_between
from ecgcore.io.limits import MAX_LONG_FILE_BYTES
from ecgcore.io.tracing import Channel, Format, Tracing, single_file
from ecgcore.leads import canonical_name

_MAGIC = b"ISHNE1.0"
# The same header, followed by the beats that a program found instead of by samples.
_ANNOTATION_MAGIC = b"ANN  1.0"
# Magic (8 bytes), checksum (2), fixed block (512).
_CHECKED_FROM = 10
_HEADER_BYTES = 522
_MAX_LEADS = 12

# Table 2 of the standard; 0 is "unknown".
_LEAD_NAMES = {
    1: "bipolar", 2: "X", 3: "Y", 4: "Z", 5: "I", 6: "II", 7: "III", 8: "aVR", 9: "aVL",
    10: "aVF", 11: "V1", 12: "V2", 13: "V3", 14: "V4", 15: "V5", 16: "V6",
    17: "ES", 18: "AS", 19: "AI",
}  # fmt: skip
# Table 3; 0 is "unknown", 1 "good".
_BAD_QUALITIES = {
    2: "intermittent noise",
    3: "frequent noise",
    4: "intermittent disconnection",
    5: "frequent disconnection",
}
_SEXES = {1: "M", 2: "F"}


def recognises(data: bytes) -> bool:
    """Tell by the magic."""
    return data[:8] in (_MAGIC, _ANNOTATION_MAGIC)


def read(data: bytes) -> Tracing:
    """Read one recording.

    Raises
    ------
    ReadError
        Annotations alone, an impossible number of leads, or no room for a single sample.
    """
    if data.startswith(_ANNOTATION_MAGIC):
        raise ReadError(
            "This is an ISHNE annotation file: it holds the beats that a program found, and no "
            "signal. Open the recording (.ecg) that belongs to it."
        )
    if len(data) < _HEADER_BYTES:
        raise ReadError(
            f"The ISHNE file has {len(data)} bytes, its header alone takes {_HEADER_BYTES}."
        )
    (n_leads,) = struct.unpack_from("<h", data, 156)
    if not 1 <= n_leads <= _MAX_LEADS:
        raise ReadError(f"The ISHNE header declares {n_leads} leads, expected 1 to {_MAX_LEADS}.")
    stored, notes = _samples(data, n_leads)
    (fs,) = struct.unpack_from("<h", data, 272)
    return Tracing(
        _channels(data, stored),
        fs=float(fs) if fs > 0 else None,
        age=_age(data),
        sex=_SEXES.get(struct.unpack_from("<h", data, 128)[0]),
        warnings=(*_checksum_note(data), *notes, *_quality_notes(data, n_leads)),
    )


def _samples(data: bytes, n_leads: int) -> tuple[npt.NDArray[np.int16], tuple[str, ...]]:
    """Return a view of the stored integers, shape (T, leads), and what is wrong with its length.

    The header counts samples; some programs count those of one lead, others those of all leads.

    Raises
    ------
    ReadError
        The samples begin outside the file, or there is none.
    """
    _, declared, _, first = struct.unpack_from("<4i", data, _CHECKED_FROM)
    if not _HEADER_BYTES <= first < len(data):
        raise ReadError(
            f"The samples of the ISHNE file begin at byte {first}, expected {_HEADER_BYTES} to "
            f"{len(data)}, its length."
        )
    available = (len(data) - first) // (2 * n_leads)
    wanted = declared // n_leads if declared == n_leads * available else declared
    if min(available, wanted) < 1:
        raise ReadError(
            f"The ISHNE header declares {declared} samples for each of {n_leads} leads, the file "
            f"has room for {available}."
        )
    n_samples = min(available, wanted)
    stored = np.frombuffer(data, dtype="<i2", count=n_samples * n_leads, offset=first)
    return stored.reshape(n_samples, n_leads), _length_notes(available, wanted)


def _length_notes(available: int, wanted: int) -> tuple[str, ...]:
    if available < wanted:
        return (f"The file is cut short: it holds {available} of {wanted} samples per lead.",)
    if available > wanted:
        return (f"The file holds more than the {wanted} samples per lead that its header counts.",)
    return ()


def _channels(data: bytes, stored: npt.NDArray[np.int16]) -> tuple[Channel, ...]:
    """Scale by the resolution in nV; a lead without one has no unit and is asked about."""
    codes = struct.unpack_from("<12h", data, 158)
    resolutions = struct.unpack_from("<12h", data, 206)
    return tuple(
        Channel(
            column,
            _LEAD_NAMES.get(code),
            unit="nV" if resolution > 0 else None,
            scale=float(resolution) if resolution > 0 else 1.0,
        )
        for column, code, resolution in zip(stored.T, codes, resolutions, strict=False)
    )


def _age(data: bytes) -> float | None:
    """Whole years between birth and recording, which the header gives as day, month, year."""
    birth, record = struct.unpack_from("<3h", data, 132), struct.unpack_from("<3h", data, 138)
    return age_between(birth[::-1], record[::-1])


def _checksum_note(data: bytes) -> tuple[str, ...]:
    """Compare all that stands before the samples with its checksum (CRC-CCITT, from all ones)."""
    (first,) = struct.unpack_from("<i", data, 22)
    (stated,) = struct.unpack_from("<H", data, 8)
    if binascii.crc_hqx(memoryview(data)[_CHECKED_FROM:first], 0xFFFF) == stated:
        return ()
    return ("The checksum of the ISHNE header does not match: lead names or gains may be wrong.",)


def _quality_notes(data: bytes, n_leads: int) -> tuple[str, ...]:
    codes = struct.unpack_from("<12h", data, 158)[:n_leads]
    qualities = struct.unpack_from("<12h", data, 182)[:n_leads]
    noted = [
        f"{lead} ({_BAD_QUALITIES[quality]})"
        for code, quality in zip(codes, qualities, strict=True)
        if quality in _BAD_QUALITIES and (lead := canonical_name(_LEAD_NAMES.get(code, "")))
    ]
    return (f"The recorder noted: {', '.join(noted)}.",) if noted else ()


FORMAT = Format(
    "ishne",
    "ISHNE Holter",
    (".ecg",),
    recognises,
    single_file(read),
    vendor="Holter recorders, THEW archive",
    max_bytes=MAX_LONG_FILE_BYTES,
)
