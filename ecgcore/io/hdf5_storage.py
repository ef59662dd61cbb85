"""How an HDF5 dataset is stored, checked before a byte of it is read.

A dataset may say that its samples lie in another file, that it is larger than any memory, or that a
chunk of a few bytes unpacks to gigabytes, and the library would do as it is told.

References
----------
The HDF Group. HDF5 File Format Specification, version 3.0.
"""

from __future__ import annotations

import math
import struct
import zlib

import h5py

from ecgcore.errors import ReadError
from ecgcore.io.limits import MAX_FILE_BYTES

# Filters that keep the size (shuffle, Fletcher's checksum of four bytes) or are tried here (gzip).
_GZIP, _CHECKSUM_BYTES = h5py.h5z.FILTER_DEFLATE, 4
_READ_FILTERS = {_GZIP, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}
# Each is tried before it is read; smaller chunks than this many make would be no sensible file.
_MAX_CHUNKS = 50_000
# Values of variable length lie in heaps that begin like this, with their size after it.
_HEAP_MAGIC = b"GCOL\x01\0\0\0"
_HEAP_ENTRY = struct.Struct("<H6xQ")  # number of the value, its length
_TEXT_REFERENCE = struct.Struct("<I12x")  # length of the value; its heap, its number


def check_storage(dataset: h5py.Dataset, file_bytes: int, n_rows: int | None = None) -> None:
    """Refuse a dataset that cannot be read safely.

    Parameters
    ----------
    dataset : h5py.Dataset
    file_bytes : int
        Length of the whole file.
    n_rows : int, optional
        Only so many rows, counted along the first axis, are to be read; by default all.

    Raises
    ------
    ReadError
        The samples are in another file, too many, not there, or compressed beyond the limit.
    """
    if dataset.is_virtual or dataset.external:
        raise ReadError("A dataset of the HDF5 file has its samples in another file: not opened.")
    rows = dataset.shape[0] if n_rows is None and dataset.shape else n_rows or 1
    n_bytes = rows * math.prod(dataset.shape[1:]) * dataset.dtype.itemsize
    if n_bytes > MAX_FILE_BYTES:
        raise ReadError(
            f"A dataset of the HDF5 file takes {n_bytes} bytes, the limit is {MAX_FILE_BYTES}."
        )
    if dataset.chunks:
        _check_chunks(dataset, file_bytes, rows)
    elif dataset.id.get_storage_size() < n_bytes:
        raise ReadError(
            f"A dataset of the HDF5 file declares {n_bytes} bytes and holds "
            f"{dataset.id.get_storage_size()}."
        )


def _check_chunks(dataset: h5py.Dataset, file_bytes: int, n_rows: int) -> None:
    """Try to unpack each chunk that is needed, up to the size that it declares."""
    settings = dataset.id.get_create_plist()
    filters = [settings.get_filter(i)[0] for i in range(settings.get_nfilters())]
    unread = set(filters) - _READ_FILTERS
    if unread or filters.count(_GZIP) > 1:
        raise ReadError(
            f"A dataset of the HDF5 file is stored with filter {min(unread, default=_GZIP)}, "
            f"which is not read: store it with one gzip compression or none."
        )
    chunk_bytes = math.prod(dataset.chunks) * dataset.dtype.itemsize
    if chunk_bytes > MAX_FILE_BYTES:
        raise ReadError(
            f"A chunk of the HDF5 file takes {chunk_bytes} bytes, the limit is {MAX_FILE_BYTES}."
        )
    if dataset.id.get_num_chunks() > _MAX_CHUNKS:
        raise ReadError(
            f"A dataset of the HDF5 file is cut into {dataset.id.get_num_chunks()} chunks, the "
            f"limit is {_MAX_CHUNKS}."
        )
    chunks = [chunk for chunk in _chunks(dataset) if chunk.chunk_offset[0] < n_rows]
    stored_bytes = sum(chunk.size for chunk in chunks)
    if stored_bytes > file_bytes:
        raise ReadError(
            f"The chunks of the HDF5 file take {stored_bytes} bytes together, the file has "
            f"{file_bytes}."
        )
    for chunk in chunks:
        skipped = chunk.filter_mask >> filters.index(_GZIP) & 1 if _GZIP in filters else True
        if not skipped:
            _, content = dataset.id.read_direct_chunk(chunk.chunk_offset)
            _check_unpacked(content, chunk_bytes + _CHECKSUM_BYTES)


def _chunks(dataset: h5py.Dataset) -> list[h5py.h5d.StoreInfo]:
    found: list[h5py.h5d.StoreInfo] = []
    dataset.id.chunk_iter(found.append)
    return found


def _check_unpacked(content: bytes, limit: int) -> None:
    try:
        unpacked = zlib.decompressobj().decompress(content, limit + 1)
    except zlib.error as error:
        raise ReadError("A compressed chunk of the HDF5 file is damaged.") from error
    if len(unpacked) > limit:
        raise ReadError(f"A chunk of the HDF5 file unpacks to more than its {limit} bytes.")


def text_lengths_hold(dataset: h5py.Dataset, data: bytes, longest: int) -> bool:
    """Tell whether no value of variable length claims to be longer than any heap.

    The library takes as much memory as a reference to a value claims, up to 4 GB. (Attributes do
    not show where their references lie; there the process that reads uploads is the bound.)
    """
    if dataset.chunks or dataset.id.get_storage_size() != dataset.size * _TEXT_REFERENCE.size:
        return False
    first = dataset.id.get_offset() or len(data)
    references = data[first : first + dataset.size * _TEXT_REFERENCE.size]
    return len(references) == dataset.size * _TEXT_REFERENCE.size and all(
        length <= longest for (length,) in _TEXT_REFERENCE.iter_unpack(references)
    )


def longest_text_bytes(data: bytes) -> int:
    """Return a bound on the length of any one value of variable length.

    A few values may all point at the same heap, so that their number times its size counts.

    Raises
    ------
    ReadError
        A heap is damaged, in which the library would search without an end.
    """
    longest, place = 0, data.find(_HEAP_MAGIC)
    while place >= 0:
        longest = max(longest, _heap_bytes(data, place))
        place = data.find(_HEAP_MAGIC, place + 1)
    return longest


def _heap_bytes(data: bytes, place: int) -> int:
    """Return the size of a heap, after walking over the values in it."""
    size = int.from_bytes(data[place + 8 : place + 16], "little")
    position, end = place + _HEAP_ENTRY.size, place + size
    while position + _HEAP_ENTRY.size <= min(end, len(data)):
        number, value_bytes = _HEAP_ENTRY.unpack_from(data, position)
        # Entry 0 is what is still free, and counts itself; others are padded to eight bytes.
        step = value_bytes if number == 0 else _HEAP_ENTRY.size + -(-value_bytes // 8) * 8
        if step < _HEAP_ENTRY.size:
            break
        position += step
    if position != end or end > len(data):
        raise ReadError("A text in the HDF5 file is damaged.")
    return size
