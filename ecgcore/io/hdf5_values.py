"""Numbers and texts of an HDF5 file by name, collected within bounds.

Only what lies in the file itself is opened: hard links to groups and datasets, no soft or external
links. MATLAB 7.3 stores texts as numbers and lists as references.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import h5py
import numpy as np
import numpy.typing as npt

from ecgcore.errors import ReadError
from ecgcore.io.hdf5_storage import check_storage, longest_text_bytes, text_lengths_hold
from ecgcore.io.limits import MAX_CHANNELS, MAX_FILE_BYTES

# Groups within groups, and all that is in them; more is no data set's layout.
_MAX_DEPTH = 4
_MAX_MEMBERS = 1000
# Names of leads, units, a sex.
_MAX_TEXTS = 64
_MAX_TEXT_BYTES = 10**7
# MATLAB writes what an array was into this attribute.
_CLASS = "MATLAB_class"
_MAX_CLASS_BYTES = 32

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class _Member:
    """A dataset or an attribute: what it declares, and how it is read."""

    path: str
    shape: tuple[int, ...] | None
    dtype: np.dtype[np.generic]
    read: Callable[[], object]
    dataset: h5py.Dataset | None = None

    @property
    def size(self) -> int:
        return 0 if self.shape is None else math.prod(self.shape)


@dataclass(frozen=True)
class _Source:
    """One open file, its bytes, and a bound on the texts of variable length in it."""

    file: h5py.File
    data: bytes
    longest_text: int


def collect_arrays(file: h5py.File, data: bytes) -> dict[str, Array]:
    """Return what may be a signal or a fact about it.

    Parameters
    ----------
    file : h5py.File
    data : bytes
        The same file.

    Returns
    -------
    dict of name to ndarray
        By the last part of the name, or by the whole path where that name is taken.

    Raises
    ------
    ReadError
        There is more than any data set holds, or an array cannot be read safely.
    """
    source = _Source(file, data, longest_text_bytes(data))
    found: dict[str, Array] = {}
    n_bytes = 0
    for count, member in enumerate(_members(file, "", 0, set())):
        if count >= _MAX_MEMBERS:
            raise ReadError(
                f"The HDF5 file holds more than {_MAX_MEMBERS} groups, datasets and attributes."
            )
        value = None if member is None else _value(source, member)
        if member is None or value is None:
            continue
        n_bytes += value.nbytes
        if n_bytes > MAX_FILE_BYTES:
            raise ReadError(f"The arrays of the HDF5 file take over {MAX_FILE_BYTES} bytes.")
        name = member.path.rpartition("/")[2]
        found[member.path if name in found else name] = value
    return found


def _members(group: h5py.Group, path: str, depth: int, seen: set[int]) -> Iterator[_Member | None]:
    """Yield all attributes and datasets below a group, and None for what is only to be counted.

    What several links lead to is yielded once, so that circles end.
    """
    yield from _attributes(group, path)
    for name in group:
        link = group.id.links.get_info(name.encode())
        # Under a name with "#" lies what MATLAB's references point at.
        if link.type != h5py.h5l.TYPE_HARD or link.u in seen or name.startswith("#"):
            yield None
            continue
        seen.add(link.u)
        below, found = f"{path}/{name}", group[name]
        if isinstance(found, h5py.Dataset):
            yield _member(below, found, partial(found.__getitem__, ()), found)
            yield from _attributes(found, below)
        else:
            yield None
            if isinstance(found, h5py.Group) and depth < _MAX_DEPTH:
                yield from _members(found, below, depth + 1, seen)


def _attributes(owner: h5py.Group | h5py.Dataset, path: str) -> Iterator[_Member | None]:
    for name in owner.attrs:
        declared = owner.attrs.get_id(name)
        yield _member(f"{path}/{name}", declared, partial(owner.attrs.__getitem__, name))


def _member(
    path: str,
    declared: h5py.Dataset | h5py.h5a.AttrID,
    read: Callable[[], object],
    dataset: h5py.Dataset | None = None,
) -> _Member | None:
    try:
        return _Member(path, declared.shape, declared.dtype, read, dataset)
    except TypeError:  # a type that NumPy has not
        return None


def _value(source: _Source, member: _Member) -> Array | None:
    """Read one fact, or one array that may be the signal; None for all else."""
    if member.shape is None or not member.size:
        return None
    if h5py.check_string_dtype(member.dtype) is not None:
        return _texts(_checked(source, member)) if _is_short(source, member) else None
    matlab = _matlab_class(member)
    if matlab == "char":
        return _texts(_characters(_checked(source, member)))
    if matlab == "cell":
        return _cell(source, member)
    is_fact = member.size == 1
    if member.dtype.kind in "iuf" and (is_fact or _may_be_signal(member)):
        return np.asarray(_checked(source, member)).reshape(member.shape)
    return None


def _checked(source: _Source, member: _Member) -> object:
    if member.dataset is not None:
        check_storage(member.dataset, len(source.data))
    return member.read()


def _is_short(source: _Source, member: _Member) -> bool:
    """Tell whether all texts of a dataset or an attribute are as short as names are."""
    length = h5py.check_string_dtype(member.dtype).length
    if member.size > _MAX_TEXTS or member.size * (length or source.longest_text) > _MAX_TEXT_BYTES:
        return False
    return (
        length is not None
        or member.dataset is None
        or text_lengths_hold(member.dataset, source.data, source.longest_text)
    )


def _may_be_signal(member: _Member) -> bool:
    """Tell leads by samples, or samples by leads; attributes are too short for either."""
    axes = [n for n in member.shape or () if n > 1]
    return member.dataset is not None and len(axes) == 2 and min(axes) <= MAX_CHANNELS


def _texts(values: object) -> Array:
    """Return texts as an array of them, shape (n,)."""
    found = np.asarray(values, dtype=object).reshape(-1)
    texts = [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in found]
    return np.array(texts, dtype=object)


def _matlab_class(member: _Member) -> str | None:
    """Say whether MATLAB wrote texts or a list of them, of a size that names have."""
    dataset = member.dataset
    if dataset is None or member.size > _MAX_TEXT_BYTES or _CLASS not in dataset.attrs:
        return None
    stated = dataset.attrs.get_id(_CLASS)
    if stated.dtype.kind != "S" or stated.dtype.itemsize > _MAX_CLASS_BYTES or stated.shape:
        return None
    return {b"char": "char", b"cell": "cell"}.get(bytes(dataset.attrs[_CLASS]))


def _characters(codes: object) -> list[str]:
    """Join characters stored as numbers; the axes of MATLAB stand the other way round."""
    columns = np.atleast_2d(np.asarray(codes))
    if columns.dtype.kind != "u" or columns.ndim != 2 or min(columns.shape) > _MAX_TEXTS:
        return []
    return ["".join(map(chr, row)) for row in columns.T.tolist()]


def _cell(source: _Source, member: _Member) -> Array | None:
    """Return the texts that a list refers to."""
    if h5py.check_ref_dtype(member.dtype) is not h5py.Reference or member.size > _MAX_TEXTS:
        return None
    texts: list[str] = []
    for reference in np.asarray(_checked(source, member)).reshape(-1):
        found = source.file[reference] if reference else None
        if not isinstance(found, h5py.Dataset):
            return None
        item = _member("", found, partial(found.__getitem__, ()), found)
        if item is None or _matlab_class(item) != "char":
            return None
        texts += _characters(_checked(source, item))
    return _texts(texts)
