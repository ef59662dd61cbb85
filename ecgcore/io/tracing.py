"""What a reader hands on: channels as the file stores them, and the facts that it states."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# Millivolts in one unit, by the unit's spelling in lower case with every micro sign as "u".
_MV_PER_UNIT = {
    "v": 1e3,
    "volt": 1e3,
    "mv": 1.0,
    "millivolt": 1.0,
    "uv": 1e-3,
    "microvolt": 1e-3,
    "nv": 1e-6,
    "nanovolt": 1e-6,
}
# Older ages are recording errors or masks (PTB-XL writes 300 for "older than 89").
_MAX_AGE_YEARS = 120.0


@dataclass(frozen=True, eq=False)
class Channel:
    """One stored signal.

    Attributes
    ----------
    samples : ndarray, shape (T,), float64
        In `unit`; not finite where nothing was recorded.
    name : str or None
        As the file spells it; None where it states none.
    unit : str or None
        As the file spells it; None where it states none.
    """

    samples: npt.NDArray[np.float64]
    name: str | None = None
    unit: str | None = None


@dataclass(frozen=True, eq=False)
class Tracing:
    """Everything of one file that may be kept; identifiers have no field here.

    Attributes
    ----------
    channels : tuple of Channel
    fs : float or None
        Hz; None where the file states none.
    age : float or None
        Years.
    sex : str or None
        ``"F"`` or ``"M"``.
    warnings : tuple of str
    fs_guess, mv_per_unit_guess : float or None
        What the format's standard assumes when the file is silent; asked of the user, not taken.
    """

    channels: tuple[Channel, ...]
    fs: float | None = None
    age: float | None = None
    sex: str | None = None
    warnings: tuple[str, ...] = ()
    fs_guess: float | None = None
    mv_per_unit_guess: float | None = None


# A reader takes the bytes and the other files of the same folder by base name.
Reader = Callable[[bytes, Mapping[str, bytes]], Tracing]


def needs_no_other_file(_data: bytes) -> tuple[str, ...]:
    """Say that a recording of this format is a single file."""
    return ()


@dataclass(frozen=True)
class Format:
    """One file format that is read.

    Attributes
    ----------
    name : str
        Short and stable, for code and tests.
    title : str
        As shown to a reader, and as `Recording.source`.
    extensions : tuple of str
        Usual ones, to suggest in a file dialog; never used to recognise.
    recognises : callable
        True when these bytes are of this format; looks at content alone.
    read : callable
        Bytes and the files beside them to a `Tracing`; raises `ReadError`.
    names_files : callable
        Names of the other files that these bytes need.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    read: Reader
    names_files: Callable[[bytes], tuple[str, ...]] = needs_no_other_file


def single_file(read: Callable[[bytes], Tracing]) -> Reader:
    """Make a `Reader` of a function that needs no other file."""

    def read_alone(data: bytes, _beside: Mapping[str, bytes]) -> Tracing:
        return read(data)

    return read_alone


def mv_per_unit(unit: str | None) -> float | None:
    """Millivolts in one unit of this spelling; None for no unit or one that is not a voltage."""
    if unit is None:
        return None
    tidy = unit.strip().lower().replace("µ", "u").replace("μ", "u")
    return _MV_PER_UNIT.get(tidy.removesuffix("s") if len(tidy) > 3 else tidy)


def parse_sex(text: object) -> str | None:
    """Return ``"F"`` or ``"M"`` where the text says so, otherwise None."""
    word = str(text).strip().lower()
    return {"f": "F", "female": "F", "m": "M", "male": "M"}.get(word)


def parse_age(text: object) -> float | None:
    """Return years where the text is a plausible age (``"59"``, ``"039Y"``, ``"18M"``)."""
    match = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*([YMWD]?)", str(text).strip().upper())
    if match is None:
        return None
    years = float(match[1]) / {"M": 12.0, "W": 52.18, "D": 365.25}.get(match[2], 1.0)
    return years if 0.0 <= years <= _MAX_AGE_YEARS else None
