"""HDF5 files: CODE-15's stack of tracings, or named arrays in the manner of NumPy and MATLAB.

References
----------
Ribeiro AH et al. CODE-15%: a large scale annotated dataset of 12-lead ECGs. Zenodo 2021,
doi:10.5281/zenodo.4916206.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

import h5py
import numpy as np
import numpy.typing as npt

from ecgcore.errors import ReadError
from ecgcore.io.hdf5_storage import check_storage
from ecgcore.io.hdf5_values import collect_arrays
from ecgcore.io.limits import MAX_RECORDINGS, check_declared_size
from ecgcore.io.named_arrays import tracing_from_arrays
from ecgcore.io.tracing import Channel, Format, Tracing
from ecgcore.leads import LEADS

_MAGIC = b"\x89HDF\r\n\x1a\n"
# CODE-15: (recordings, samples, leads) at 400 Hz in mV, with zeros before and after.
_STACK = "tracings"
_STACK_SAMPLES = 4096
_STACK_FS_HZ = 400.0
_STACK_MV_PER_UNIT = 1.0

Array = npt.NDArray[np.generic]


def recognises(data: bytes) -> bool:
    """Tell by the magic."""
    return data.startswith(_MAGIC)


def read(data: bytes, _beside: Mapping[str, bytes]) -> tuple[Tracing, ...]:
    """Read the recordings of one file.

    Raises
    ------
    ReadError
        The file is damaged, a dataset cannot be read safely, or none has an ECG's shape.
    """
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            stack = _stack(file)
            if stack is not None:
                return tuple(_read_stack(stack, len(data)))
            return (tracing_from_arrays(collect_arrays(file, data)),)
    except (OSError, KeyError, RuntimeError, ValueError, TypeError) as error:
        raise ReadError("The HDF5 file is damaged or cut short.") from error


def named_arrays(data: bytes) -> dict[str, Array]:
    """Return the arrays of a MATLAB 7.3 file by name.

    Raises
    ------
    ReadError
        The file is damaged, or a dataset cannot be read safely.
    """
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            return collect_arrays(file, data)
    except (OSError, KeyError, RuntimeError, ValueError, TypeError) as error:
        raise ReadError("The MATLAB file is damaged or cut short.") from error


def _stack(file: h5py.File) -> h5py.Dataset | None:
    """Return the dataset of a file that is laid out like CODE-15's, if it is one."""
    if not isinstance(file.get(_STACK, getlink=True), h5py.HardLink):
        return None
    dataset = file[_STACK]
    if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind not in "iuf":
        return None
    return dataset if len(dataset.shape) == 3 and dataset.shape[2] == len(LEADS) else None


def _read_stack(dataset: h5py.Dataset, file_bytes: int) -> Iterator[Tracing]:
    """Read the first recordings; rate, unit and names are not stated, so they are asked."""
    n_recordings, n_samples, n_leads = dataset.shape
    n_read = min(n_recordings, MAX_RECORDINGS)
    check_declared_size(n_leads, n_samples * n_read)
    check_storage(dataset, file_bytes, n_read)
    notes: tuple[str, ...] = ()
    if n_read < n_recordings:
        notes = (f"The file holds {n_recordings} recordings; the first {n_read} were read.",)
    usual = n_samples == _STACK_SAMPLES
    for number, tracing in enumerate(dataset[:n_read]):
        yield Tracing(
            tuple(Channel(column) for column in _without_padding(tracing).T),
            warnings=notes if number == 0 else (),
            fs_guess=_STACK_FS_HZ if usual else None,
            mv_per_unit_guess=_STACK_MV_PER_UNIT,
        )


def _without_padding(tracing: Array) -> Array:
    """Cut the rows of zeros before and after a tracing, (T, 12), unless there is nothing else."""
    recorded = np.flatnonzero(tracing.any(axis=1))
    return tracing[recorded[0] : recorded[-1] + 1] if recorded.size else tracing


FORMAT = Format("hdf5", "HDF5", (".h5", ".hdf5"), recognises, read, vendor="CODE-15 and programs")
