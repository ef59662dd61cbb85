"""The outer structure of a DICOM file: where its waveforms are, and that opening them is safe.

pydicom inflates without a bound, follows nested sequences without end and makes an object of every
item. So the elements are counted and measured here first, and only the waveforms are given to it.

References
----------
DICOM PS3.5, 7.1 (data elements), 7.5 (nesting), A (transfer syntaxes); PS3.10, 7.1 (file meta).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

from ecgcore.errors import ReadError
from ecgcore.io.limits import MAX_LONG_FILE_BYTES

_PREAMBLE_BYTES = 132
_IMPLICIT_SYNTAX = b"1.2.840.10008.1.2"
_BIG_ENDIAN_SYNTAX = b"1.2.840.10008.1.2.2"
_DEFLATED_SYNTAX = b"1.2.840.10008.1.2.1.99"
_TRANSFER_SYNTAX = 0x0002_0010
_WAVEFORM_SEQUENCE = 0x5400_0100
# What is opened of the waveforms; a sequence of known length is left closed otherwise.
_OPENED_SEQUENCES = {
    _WAVEFORM_SEQUENCE,
    0x003A_0200,  # channel definitions
    0x003A_0208,  # channel source
    0x003A_0211,  # unit of the sensitivity
}
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFE_E000, 0xFFFE_E00D, 0xFFFE_E0DD
_UNDEFINED_LENGTH = 0xFFFF_FFFF
# A waveform object nests four deep, a structured report about ten.
_MAX_DEPTH = 20
# Beats annotated one by one: a day has 100,000, of eight elements each.
_MAX_ELEMENTS = 1_000_000
# 24 channels of 20 elements in each of 5 groups are 2,400.
_MAX_WAVEFORM_ELEMENTS = 50_000


@dataclass(frozen=True)
class Element:
    """One data element: its tag, type (None if implicit), and where its value lies."""

    tag: int
    vr: bytes | None
    length: int
    start: int

    @property
    def is_undefined(self) -> bool:
        """Whether a delimiter ends the value."""
        return self.length == _UNDEFINED_LENGTH


@dataclass(frozen=True)
class Contents:
    """A checked file.

    Attributes
    ----------
    data : bytes
        The file, or what it inflates to.
    implicit, little_endian : bool
        How the outermost elements are encoded.
    waveforms : Element or None
        The sequence of multiplex groups.
    texts : dict of tag to str
        Values of the short elements that were asked for.
    """

    data: bytes
    implicit: bool
    little_endian: bool
    waveforms: Element | None
    texts: dict[int, str]


def open_contents(data: bytes, wanted: frozenset[int]) -> Contents:
    """Find the waveforms, and the elements that are `wanted` as text.

    Raises
    ------
    ReadError
        The file is cut short, or nests, counts or inflates beyond all bounds.
    """
    meta_end, syntax = _file_meta(data)
    start = meta_end
    if syntax == _DEFLATED_SYNTAX:
        data, start = _inflate(data[meta_end:]), 0
    walk = _Walk(data, little_endian=syntax != _BIG_ENDIAN_SYNTAX)
    # As pydicom does, believe the first element rather than the stated syntax.
    implicit = walk.looks_implicit(start, assumed=syntax == _IMPLICIT_SYNTAX)
    texts: dict[int, str] = {}
    position = start
    while position + 8 <= len(data):
        element = walk.next(position, len(data), implicit=implicit)
        if element.tag in wanted and not element.is_undefined:
            value = data[element.start : element.start + element.length]
            texts[element.tag] = value.decode("ascii", errors="replace").strip("\0 ")
        if element.tag == _WAVEFORM_SEQUENCE:
            walk.begin_waveforms()
            walk.end_of_value(element, len(data), implicit=implicit)
            return Contents(data, implicit, walk.little_endian, element, texts)
        if element.tag > _WAVEFORM_SEQUENCE:
            break  # elements stand in the order of their tags
        position = walk.end_of_value(element, len(data), implicit=implicit)
    return Contents(data, implicit, walk.little_endian, None, texts)


def _file_meta(data: bytes) -> tuple[int, bytes]:
    """Return where the file meta information ends, and the transfer syntax that it states."""
    walk = _Walk(data, little_endian=True)
    position, syntax = _PREAMBLE_BYTES, _IMPLICIT_SYNTAX
    while position + 8 <= len(data):
        element = walk.next(position, len(data), implicit=False)
        if element.tag >> 16 != 0x0002:
            break
        position = walk.end_of_value(element, len(data), implicit=False)
        if element.tag == _TRANSFER_SYNTAX:
            syntax = data[element.start : position].strip(b"\0 ")
    return position, syntax


def _inflate(deflated: bytes) -> bytes:
    """Inflate within the bound of an upload.

    Raises
    ------
    ReadError
        Damaged content, or more than the bound.
    """
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = stream.decompress(deflated, MAX_LONG_FILE_BYTES)
    except zlib.error as error:
        raise ReadError("The deflated part of this DICOM file is damaged.") from error
    if not stream.eof:
        raise ReadError(
            "The deflated part of this DICOM file is cut short."
            if len(inflated) < MAX_LONG_FILE_BYTES
            else f"This DICOM file inflates to over {MAX_LONG_FILE_BYTES} bytes, the limit."
        )
    return inflated


class _Walk:
    """Passes over elements as pydicom would, and refuses what it would choke on."""

    def __init__(self, data: bytes, *, little_endian: bool) -> None:
        self.data = data
        self.little_endian = little_endian
        self._order = "<" if little_endian else ">"
        self._elements_left = _MAX_ELEMENTS
        self._limit = _MAX_ELEMENTS

    def begin_waveforms(self) -> None:
        """Count anew, with the bound for what pydicom will make objects of."""
        self._elements_left = self._limit = _MAX_WAVEFORM_ELEMENTS

    def looks_implicit(self, position: int, *, assumed: bool) -> bool:
        """Tell whether the element at `position` begins without a type of two capital letters."""
        vr = self.data[position + 4 : position + 6]
        return assumed if len(vr) < 2 else not all(0x40 < letter < 0x5B for letter in vr)

    def _head(self, position: int, *, implicit: bool) -> Element:
        """Read the head of one element (or item), and count it."""
        self._elements_left -= 1
        if self._elements_left < 0:
            raise ReadError(
                f"This DICOM file holds over {self._limit} elements, which is no ECG recording."
            )
        try:
            group, number, vr, length = struct.unpack_from(
                f"{self._order}HH2sH", self.data, position
            )
            tag, start = group << 16 | number, position + 8
            if implicit or not b"AA" <= vr <= b"ZZ":
                vr = None
                (length,) = struct.unpack_from(f"{self._order}L", self.data, position + 4)
            elif vr.decode("latin-1") in EXPLICIT_VR_LENGTH_32:
                (length,) = struct.unpack_from(f"{self._order}L", self.data, position + 8)
                start = position + 12
        except struct.error as error:
            raise ReadError("This DICOM file is cut short within an element.") from error
        return Element(tag, vr, length, start)

    def next(self, position: int, end: int, *, implicit: bool) -> Element:
        """Read the head of an element that has to begin and end before `end`."""
        element = self._head(position, implicit=implicit)
        length = 0 if element.is_undefined else element.length
        if element.start + length > end:
            raise ReadError(
                f"This DICOM file is cut short or damaged: an element of {length} bytes begins at "
                f"byte {element.start}, where {max(0, end - element.start)} are left."
            )
        return element

    def end_of_value(self, element: Element, end: int, *, implicit: bool, depth: int = 0) -> int:
        """Return where the value ends, after all that is nested in it has been looked at."""
        if element.is_undefined and element.vr not in (None, b"SQ", b"UN"):
            return self._fragments(element.start, end)
        if element.is_undefined:
            return self._sequence(element, end, implicit=implicit, depth=depth + 1)
        after = element.start + element.length
        if element.tag in _OPENED_SEQUENCES:
            self._sequence(element, after, implicit=implicit, depth=depth + 1)
        return after

    def _sequence(self, sequence: Element, end: int, *, implicit: bool, depth: int) -> int:
        """Pass over items up to the delimiter, or to `end` where the length is known."""
        if depth > _MAX_DEPTH:
            raise ReadError(f"This DICOM file nests sequences more than {_MAX_DEPTH} deep.")
        position = sequence.start
        while sequence.is_undefined or position < end:
            item = self.next(position, end, implicit=True)
            if item.tag == _SEQUENCE_END and sequence.is_undefined:
                return item.start
            if item.tag != _ITEM:
                raise ReadError("A sequence of this DICOM file holds something that is no item.")
            after = end if item.is_undefined else item.start + item.length
            position = self._dataset(item, after, implicit=implicit, depth=depth)
        return position

    def _dataset(self, item: Element, end: int, *, implicit: bool, depth: int) -> int:
        """Pass over the elements of an item, up to the delimiter or to `end`."""
        # Within explicit elements pydicom lets an item be implicit, never the other way round.
        implicit = implicit or self.looks_implicit(item.start, assumed=implicit)
        position = item.start
        while item.is_undefined or position < end:
            element = self.next(position, end, implicit=implicit)
            if element.tag == _ITEM_END and item.is_undefined:
                return element.start
            if element.tag in (_ITEM, _ITEM_END, _SEQUENCE_END):
                raise ReadError("An item of this DICOM file ends before its stated length.")
            position = self.end_of_value(element, end, implicit=implicit, depth=depth)
        return position

    def _fragments(self, position: int, end: int) -> int:
        """Pass over compressed content, which is kept in pieces of known length."""
        while True:
            piece = self.next(position, end, implicit=True)
            if piece.tag == _SEQUENCE_END:
                return piece.start
            if piece.tag != _ITEM or piece.is_undefined:
                raise ReadError("Compressed content of this DICOM file is damaged.")
            position = piece.start + piece.length
