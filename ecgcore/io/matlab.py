"""MATLAB files of all versions (save -v4, -v6, -v7, -v7.3): a numeric array, alone or in a struct.

Version 7.3 is HDF5 and handed on. Version 5 content is unpacked and its declared sizes are checked
here before SciPy reads it, because SciPy inflates without a bound and allocates what a header
declares.

References
----------
MATLAB, "MAT-File Format", MathWorks; scipy.io.loadmat.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import scipy.io

from ecgcore.errors import ReadError
from ecgcore.io import hdf5
from ecgcore.io.limits import MAX_FILE_BYTES, MAX_VALUES
from ecgcore.io.named_arrays import tracing_from_arrays
from ecgcore.io.tracing import Format, Tracing, single_file

_HEADER_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
# What is left of the eight bytes of an element in the small format.
_SMALL_BYTES = 4
# Structs within structs; deeper nesting is no data set's layout.
_MAX_DEPTH = 4

Array = npt.NDArray[np.generic]


def _is_v4(data: bytes) -> bool:
    """Tell the five-integer header of version 4, which has no magic, by its ranges."""
    if len(data) < 20:
        return False
    for order in "<>":
        kind, rows, columns, imaginary, name_length = struct.unpack_from(f"{order}5i", data)
        # Decimal digits M O P T: byte order, 0, storage type 0 to 5, matrix type 0 to 2.
        digits = (kind // 1000, kind // 100 % 10, kind // 10 % 10, kind % 10)
        plausible = 0 < rows <= MAX_VALUES and 0 < columns <= MAX_VALUES and imaginary in (0, 1)
        if (
            digits in {(int(order == ">"), 0, p, t) for p in range(6) for t in range(3)}
            and plausible
            and 1 < name_length <= 64
            and data[19 + name_length : 20 + name_length] == b"\0"
            and data[20 : 19 + name_length].isascii()
        ):
            return True
    return False


def recognises(data: bytes) -> bool:
    """Tell by the text header of versions 5 and 7.3, or by the number header of version 4."""
    return data.startswith(b"MATLAB ") or _is_v4(data)


def _byte_order(data: bytes) -> str:
    return "<" if data[126:128] == b"IM" else ">"


def _elements(data: bytes, start: int, stop: int, order: str) -> Iterator[tuple[int, int, int]]:
    """Yield (type, first byte, last byte + 1) of the data elements in a stretch of version 5."""
    while start + 8 <= stop:
        kind, size = struct.unpack_from(f"{order}2I", data, start)
        if kind >> 16:  # the small format: size and type share four bytes
            kind, size, first, step = kind & 0xFFFF, kind >> 16, start + 4, 8
            if size > _SMALL_BYTES:
                raise ReadError(
                    f"A small element of the MATLAB file declares {size} bytes, the limit is "
                    f"{_SMALL_BYTES}: the file is damaged."
                )
        else:
            # Elements are padded to 8 bytes, compressed ones are not.
            padded = size if kind == _COMPRESSED else -(-size // 8) * 8
            first, step = start + 8, 8 + padded
        if first + size > stop:
            raise ReadError("The MATLAB file is cut short: a variable goes on beyond its end.")
        yield kind, first, first + size
        start += step


def _inflate(data: bytes, order: str) -> bytes:
    """Return the same version 5 file with its compressed variables unpacked, within the limit."""
    parts, total = [data[:_HEADER_BYTES]], 0
    for kind, first, stop in _elements(data, _HEADER_BYTES, len(data), order):
        if kind != _COMPRESSED:
            parts.append(data[first - 8 : first - 8 + 8 + -(-(stop - first) // 8) * 8])
            continue
        unpacker = zlib.decompressobj()
        try:
            parts.append(unpacker.decompress(data[first:stop], MAX_FILE_BYTES - total + 1))
        except zlib.error as error:
            raise ReadError("A compressed variable of the MATLAB file is damaged.") from error
        total += len(parts[-1])
        if total > MAX_FILE_BYTES:
            raise ReadError(f"The MATLAB file unpacks to over {MAX_FILE_BYTES} bytes.")
    return b"".join(parts)


def _check_dimensions(data: bytes, start: int, stop: int, order: str, depth: int = 0) -> None:
    """Walk all variables and cells; refuse dimensions that no bytes of the file could fill.

    Raises
    ------
    ReadError
        Declared sizes beyond the limit, or nesting deeper than any data set's.
    """
    if depth > 2 * _MAX_DEPTH:
        raise ReadError("The MATLAB file is nested too deeply.")
    for kind, first, last in _elements(data, start, stop, order):
        if kind != _MATRIX:
            continue
        parts = list(_elements(data, first, last, order))
        if len(parts) > 1:
            n_dimensions = (parts[1][2] - parts[1][1]) // 4
            dimensions = struct.unpack_from(f"{order}{n_dimensions}i", data, parts[1][1])
            # Every element takes at least one byte, a cell eight.
            limit = min(len(data), MAX_VALUES)
            if int(np.prod(dimensions, dtype=object)) > limit or min(dimensions, default=0) < 0:
                raise ReadError(f"The MATLAB file declares an array of {dimensions} elements.")
        _check_dimensions(data, first, last, order, depth + 1)


def _flatten(variables: Mapping[str, object], depth: int = 0) -> Iterator[tuple[str, Array]]:
    """Yield every array by the last part of its name, out of structs too."""
    for name, value in variables.items():
        if name.startswith("__") or not isinstance(value, np.ndarray) or depth > _MAX_DEPTH:
            continue
        if value.dtype.names and value.size == 1:
            record = value.reshape(-1)[0]
            fields = {field: record[field] for field in value.dtype.names}
            yield from _flatten(fields, depth + 1)
        else:
            yield name, value


def read(data: bytes) -> Tracing:
    """Read one recording.

    Raises
    ------
    ReadError
        Damaged or oversized content, or no array of an ECG's shape.
    """
    if data.startswith(b"MATLAB 7.3"):
        return tracing_from_arrays(hdf5.named_arrays(data))
    if data.startswith(b"MATLAB "):
        order = _byte_order(data)
        data = _inflate(data, order)
        _check_dimensions(data, _HEADER_BYTES, len(data), order)
    try:
        variables = scipy.io.loadmat(io.BytesIO(data))
    except (ValueError, TypeError, NotImplementedError, OSError) as error:
        raise ReadError("The MATLAB file is damaged or cut short.") from error
    return tracing_from_arrays(dict(_flatten(variables)))


FORMAT = Format(
    "matlab", "MATLAB", (".mat",), recognises, single_file(read), vendor="MATLAB programs"
)
