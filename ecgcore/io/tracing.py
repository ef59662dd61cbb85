"""What a reader hands on: channels as the file stores them, and the facts that it states."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ecgcore.io.limits import MAX_FILE_BYTES
from ecgcore.leads import canonical_name

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
# Stands for the name of a channel that is none of the twelve leads.
NOT_A_LEAD = "other"
# Older ages are recording errors or masks (PTB-XL writes 300 for "older than 89").
_MAX_AGE_YEARS = 120.0


@dataclass(frozen=True, eq=False)
class Channel:
    """One stored signal, in the type in which the file stores it.

    A day of twelve leads takes 370 MB as 16-bit integers and four times that as float64, so the
    scaling is applied to the part that is looked at.

    Attributes
    ----------
    samples : ndarray, shape (T,), integer or floating
        Stored values; not finite where nothing was recorded.
    name : str or None
        As the file spells it; None where it states none.
    unit : str or None
        As the file spells it; None where it states none.
    scale, offset : float
        A stored value v means v * scale + offset, in `unit`.
    missing : tuple of int
        Stored values that mean "nothing was recorded".
    first : int
        Sample of the recording at which this channel begins: leads may be stored one after another.
    """

    samples: npt.NDArray[np.generic]
    name: str | None = None
    unit: str | None = None
    scale: float = 1.0
    offset: float = 0.0
    missing: tuple[int, ...] = ()
    first: int = 0

    @property
    def end(self) -> int:
        """Sample of the recording after the last of this channel."""
        return self.first + len(self.samples)

    def values(self, start: int = 0, stop: int | None = None) -> npt.NDArray[np.float64]:
        """Return samples `start` to `stop` in `unit`, NaN where nothing was recorded.

        Parameters
        ----------
        start, stop : int
            Counted from the beginning of the recording; by default all up to the channel's end.

        Returns
        -------
        ndarray, shape (stop - start,), float64
        """
        stop = self.end if stop is None else stop
        found = np.full(stop - start, np.nan)
        low, high = max(start, self.first), min(stop, self.end)
        if low < high:
            stored = self.samples[low - self.first : high - self.first]
            values = stored.astype(np.float64)
            with np.errstate(
                over="ignore", invalid="ignore"
            ):  # damaged scales; not finite: missing
                values = values * self.scale + self.offset
            for mark in self.missing:
                values[stored == mark] = np.nan
            found[low - start : high - start] = values
        return found


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

    @property
    def n_samples(self) -> int:
        """Number of samples from the beginning of the recording to the end of the last channel."""
        return max((channel.end for channel in self.channels), default=0)

    @property
    def rank(self) -> tuple[int, float]:
        """Number of leads, then length: among several waveforms the highest is the recording."""
        leads = {lead_of(channel) for channel in self.channels} - {None}
        return len(leads), self.n_samples / (self.fs or 1.0)

    def without_free_text(self) -> Tracing:
        """Return the same with names and units spelled in our own words.

        Whoever configured a recorder may have written anything into them.
        """
        return replace(self, channels=tuple(_in_own_words(channel) for channel in self.channels))


def lead_of(channel: Channel) -> str | None:
    """Return the standard lead that a channel's name means; an inverted lead ("-aVR") is none."""
    if not channel.name or channel.name.strip().startswith(("-", "\N{MINUS SIGN}")):
        return None
    return canonical_name(channel.name)


def _in_own_words(channel: Channel) -> Channel:
    named = lead_of(channel) or (NOT_A_LEAD if (channel.name or "").strip() else None)
    scale = mv_per_unit(channel.unit)
    unit = next((unit for unit, mv in _MV_PER_UNIT.items() if mv == scale), None)
    return replace(channel, name=named, unit=unit)


# A reader takes the bytes and the other files of the same folder by base name, and gives one
# tracing for each recording of the file.
Reader = Callable[[bytes, Mapping[str, bytes]], tuple[Tracing, ...]]


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
        Bytes and the files beside them to one `Tracing` per recording; raises `ReadError`.
    names_files : callable
        Names of the other files that these bytes need.
    vendor : str
        Who writes such files.
    max_bytes : int
        Larger files are refused before they are looked at.
    experimental : bool
        Made from the published description alone, never tried on a real file.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    read: Reader
    names_files: Callable[[bytes], tuple[str, ...]] = needs_no_other_file
    vendor: str = ""
    max_bytes: int = MAX_FILE_BYTES
    experimental: bool = False


def single_file(read: Callable[[bytes], Tracing]) -> Reader:
    """Make a `Reader` of a function that needs no other file."""

    def read_alone(data: bytes, _beside: Mapping[str, bytes]) -> tuple[Tracing, ...]:
        return (read(data),)

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
