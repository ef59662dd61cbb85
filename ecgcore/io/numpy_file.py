"""NumPy files: one array (.npy) or several with names (.npz); pickled objects are refused."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

from ecgcore.errors import ReadError
from ecgcore.io.limits import MAX_FILE_BYTES
from ecgcore.io.named_arrays import tracing_from_arrays
from ecgcore.io.tracing import Channel, Format, Tracing, single_file
from ecgcore.io.zip_member import read_member
from ecgcore.leads import LEADS

_NPY_MAGIC = b"\x93NUMPY"
_HEADER_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}

Array = npt.NDArray[np.generic]


def is_npz(data: bytes) -> bool:
    """Tell a ZIP whose members are all NumPy arrays."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            return bool(names) and all(name.endswith(".npy") for name in names)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error):
        return False


def recognises(data: bytes) -> bool:
    """Tell by the magic of .npy, or by a ZIP of nothing but .npy."""
    return data.startswith(_NPY_MAGIC) or is_npz(data)


def _read_array(data: bytes) -> Array:
    """Read one array without pickle, and without trusting its declared shape.

    Raises
    ------
    ReadError
        Objects that only pickle could restore, or fewer bytes than declared.
    """
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        if version not in _HEADER_READERS:
            raise ReadError(f"The NumPy file has version {version}, expected (1, 0) or (2, 0).")
        shape, fortran_order, dtype = _HEADER_READERS[version](stream)
    except (ValueError, TypeError, SyntaxError) as error:
        raise ReadError("The header of the NumPy file is damaged.") from error
    if dtype.hasobject:
        raise ReadError(
            "The NumPy file holds pickled objects, which can run code when opened: they are "
            "refused. Save a plain numeric array."
        )
    content = data[stream.tell() :]
    needed = int(np.prod(shape, dtype=object)) * dtype.itemsize
    if min(shape, default=0) < 0 or len(content) < needed:
        raise ReadError(
            f"The NumPy file declares shape {shape}, {needed} bytes, but holds {len(content)}."
        )
    flat = np.frombuffer(content[:needed], dtype=dtype)
    return flat.reshape(shape, order="F" if fortran_order else "C")


def _read_members(data: bytes) -> dict[str, Array]:
    arrays, total = {}, 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            total += member.file_size
            if total > MAX_FILE_BYTES:
                raise ReadError(f"The NumPy file unpacks to over {MAX_FILE_BYTES} bytes.")
            arrays[PurePosixPath(member.filename).stem] = _read_array(read_member(archive, member))
    return arrays


def _is_converted(arrays: Mapping[str, Array]) -> bool:
    """Tell what `write_npz` writes: it is in mV, in our order of leads."""
    return (
        set(arrays) - {"note"} == {"signal", "fs", "leads"}
        and arrays["signal"].dtype == np.float32
        and arrays["signal"].ndim == 2
        and tuple(arrays["leads"].reshape(-1).tolist()) == LEADS
        and len(arrays["signal"]) == len(LEADS)
        and arrays["fs"].size == 1
    )


def read(data: bytes) -> Tracing:
    """Read one recording.

    Raises
    ------
    ReadError
        Pickled objects, a declared shape beyond the bytes, or no array of an ECG's shape.
    """
    arrays = _read_members(data) if is_npz(data) else {"signal": _read_array(data)}
    if not _is_converted(arrays):
        return tracing_from_arrays(arrays)
    signal = arrays["signal"].astype(np.float64)
    channels = tuple(Channel(row, lead, "mV") for row, lead in zip(signal, LEADS, strict=True))
    return Tracing(channels, fs=float(arrays["fs"].reshape(-1)[0]))


FORMAT = Format(
    "numpy", "NumPy", (".npy", ".npz"), recognises, single_file(read), vendor="Python programs"
)
