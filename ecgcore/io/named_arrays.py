"""Named arrays, as NumPy and MATLAB files hold them -> channels and the facts among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from ecgcore.errors import ReadError
from ecgcore.io.limits import MAX_VALUES, check_declared_size
from ecgcore.io.tracing import Channel, Tracing, parse_age, parse_sex

# Spellings seen in published data sets; compared in lower case.
_FS_NAMES = ("fs", "sfreq", "srate", "freq", "frequency", "sampling_rate", "sampling_frequency")
_LEADS_NAMES = ("leads", "lead_names", "lead", "channels", "channel_names", "ch_names", "sig_name")
_UNIT_NAMES = ("unit", "units")
# More rows than this are samples, not leads: vendors store up to 16.
_MAX_LEADS = 32
# The shorter axis holds the leads; an ECG has at least this many samples.
_MIN_SAMPLES = 50

Array = npt.NDArray[np.generic]


def tracing_from_arrays(arrays: Mapping[str, Array]) -> Tracing:
    """Find the signal and the facts about it.

    Parameters
    ----------
    arrays : mapping of name to ndarray
        Everything that the file holds, nested names flattened to their last part.

    Raises
    ------
    ReadError
        No array, or more than one, has the shape of an ECG.
    """
    lower = {name.lower(): array for name, array in arrays.items()}
    signal = _the_signal(lower)  # (channels, T)
    check_declared_size(*signal.shape)
    names: tuple[str | None, ...] = _texts(lower, _LEADS_NAMES)
    if len(names) != len(signal):
        names = (None,) * len(signal)
    units = _texts(lower, _UNIT_NAMES)
    unit = units[0] if len(set(units)) == 1 else None
    return Tracing(
        tuple(Channel(row, name, unit) for row, name in zip(signal, names, strict=True)),
        fs=_number(lower, _FS_NAMES),
        age=parse_age(_first(lower, "age")),
        sex=parse_sex(_first(lower, "sex")),
    )


def _the_signal(arrays: Mapping[str, Array]) -> Array:
    """Return the one array that looks like leads and samples, leads first."""
    shaped = [found for array in arrays.values() if (found := _leads_first(array)) is not None]
    if not shaped:
        raise ReadError(
            f"The file holds no array of 1 to {_MAX_LEADS} leads by at least {_MIN_SAMPLES} "
            f"samples."
        )
    twelve = [array for array in shaped if len(array) == 12]
    candidates = twelve or shaped
    if len(candidates) > 1:
        raise ReadError(
            f"The file holds {len(candidates)} arrays that could be the ECG, expected one."
        )
    return candidates[0]


def _leads_first(array: Array) -> Array | None:
    """Return a 2-D view with the leads as rows, or None where the shape is no ECG's."""
    if array.dtype.kind not in "iuf" or array.size > MAX_VALUES:
        return None
    flat = array.squeeze()
    if flat.ndim != 2:
        return None
    if flat.shape[0] > flat.shape[1]:
        flat = flat.T
    n_leads, n_samples = flat.shape
    return flat if n_leads <= _MAX_LEADS and n_samples >= _MIN_SAMPLES else None


def _first(arrays: Mapping[str, Array], name: str) -> object:
    """Return the only value of a named array, or an empty text."""
    array = arrays.get(name)
    return "" if array is None or array.size != 1 else array.reshape(-1)[0]


def _number(arrays: Mapping[str, Array], names: tuple[str, ...]) -> float | None:
    for name in names:
        value = _first(arrays, name)
        if isinstance(value, np.number) and not isinstance(value, np.complexfloating):
            return float(value)
    return None


def _texts(arrays: Mapping[str, Array], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts of the first of these arrays that exists, cells of cells flattened."""
    for name in names:
        if name in arrays:
            return tuple(_flat_texts(arrays[name]))
    return ()


def _flat_texts(array: Array) -> Iterator[str]:
    for item in array.reshape(-1):
        if isinstance(item, np.ndarray):
            yield from _flat_texts(item)
        elif isinstance(item, str):
            yield str(item).strip()
