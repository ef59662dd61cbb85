"""Where the sections of an SCP-ECG record lie, and whether their checksums match.

References
----------
EN 1064:2005+A1:2007 (ISO/IEEE 11073-91064), clauses 5.2 (structure) and 5.3 (Section 0).
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass

import numpy as np

from ecgcore.errors import ReadError

MAGIC = b"SCPECG"
MAGIC_AT = 16

# Checksum and length of the record stand before Section 0.
_RECORD_HEADER = 6
# Checksum (2 bytes), number (2), length (4), two versions, 6 reserved.
_SECTION_HEADER = 16
# Up to 127 for the standard, which has used 12 so far, up to 1023 for manufacturers.
_MAX_SECTIONS = 1024
_LAST_STANDARD_SECTION = 12
_POINTER = np.dtype([("number", "<u2"), ("length", "<u4"), ("index", "<u4")])


@dataclass(frozen=True)
class Record:
    """The bytes of a file and where Section 0 says that its sections lie.

    Attributes
    ----------
    data : bytes
    places : dict of int to (int, int)
        Byte at which a section begins, counted from 1, and its length, by its number.
    """

    data: bytes
    places: dict[int, tuple[int, int]]

    def body(self, number: int) -> bytes | None:
        """Return what a section holds after its header; None where there is no such section.

        Raises
        ------
        ReadError
            It lies outside the file, or something else lies there.
        """
        if number not in self.places:
            return None
        index, length = self.places[number]
        if index - 1 + length > len(self.data):
            raise ReadError(
                f"Section {number} of the SCP-ECG file ends at byte {index - 1 + length}, the "
                f"file has {len(self.data)}: it is cut short or damaged."
            )
        part = self._section(number)
        if not part:
            raise ReadError(
                f"Section {number} of the SCP-ECG file does not begin at byte {index}, as its "
                f"pointer says."
            )
        return bytes(part[_SECTION_HEADER:])

    def _section(self, number: int) -> memoryview:
        """Return a section with its header; nothing where it does not lie at its place."""
        index, length = self.places[number]
        # Some writers count bytes from 0.
        for start in (index - 1, index):
            part = memoryview(self.data)[start : start + length]
            if len(part) == length and int.from_bytes(part[2:4], "little") == number:
                stated = int.from_bytes(part[4:8], "little")
                return part[: stated if stated >= _SECTION_HEADER else length]
        return memoryview(b"")

    def checksum_notes(self) -> tuple[str, ...]:
        """Name the parts whose checksum (CRC-CCITT, from all ones) does not match."""
        length = int.from_bytes(self.data[2:6], "little")
        parts = {"the whole file": memoryview(self.data)[:length]} | {
            f"Section {number}": self._section(number)
            for number in sorted(self.places)
            if number <= _LAST_STANDARD_SECTION
        }
        wrong = [name for name, part in parts.items() if not _checksum_matches(part)]
        if not wrong:
            return ()
        return (f"Checksums do not match: {', '.join(wrong)}. The file may be damaged.",)


def _checksum_matches(part: memoryview) -> bool:
    stated = int.from_bytes(part[:2], "little")
    return len(part) > 2 and binascii.crc_hqx(part[2:], 0xFFFF) == stated


def open_record(data: bytes) -> Record:
    """Read Section 0, the list of the others.

    Raises
    ------
    ReadError
        It is cut short, or lists more sections than there can be.
    """
    start = _RECORD_HEADER + _SECTION_HEADER
    if len(data) < start:
        raise ReadError(f"The SCP-ECG file has {len(data)} bytes, its header alone takes {start}.")
    length = int.from_bytes(data[_RECORD_HEADER + 4 : _RECORD_HEADER + 8], "little")
    n_pointers = (length - _SECTION_HEADER) // _POINTER.itemsize
    room = (len(data) - start) // _POINTER.itemsize
    if not 0 < n_pointers <= min(room, _MAX_SECTIONS):
        raise ReadError(
            f"Section 0 of the SCP-ECG file declares {length} bytes, expected a list of 1 to "
            f"{min(room, _MAX_SECTIONS)} sections of {_POINTER.itemsize} bytes each."
        )
    places: dict[int, tuple[int, int]] = {}
    for number, size, index in np.frombuffer(data, _POINTER, n_pointers, start).tolist():
        # A section that is absent is listed with the length 0, by some with that of its header.
        if size > _SECTION_HEADER and index:
            places.setdefault(number, (index, size))
    return Record(data, places)
