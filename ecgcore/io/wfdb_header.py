"""WFDB headers: parsed and checked here, so that nothing they say is ever used as a path or a size.

References
----------
https://physionet.org/physiotools/wag/header-5.htm
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ecgcore.errors import ReadError
from ecgcore.io.limits import MAX_FILE_BYTES, check_declared_size
from ecgcore.io.tracing import parse_age, parse_sex

# Bytes of one sample, by storage format; None: compressed, so the bytes say nothing of the length.
BYTES_PER_SAMPLE: dict[str, float | None] = {
    "8": 1, "16": 2, "24": 3, "32": 4, "61": 2, "80": 1, "160": 2, "212": 1.5,
    "310": 4 / 3, "311": 4 / 3, "508": None, "516": None, "524": None,
}  # fmt: skip
# Bits of a value; format 8 stores differences of 8 bits, which add up to more.
BITS = {
    "8": 32, "16": 16, "24": 24, "32": 32, "61": 16, "80": 8, "160": 16, "212": 12,
    "310": 10, "311": 10, "508": 8, "516": 16, "524": 24,
}  # fmt: skip
# Each is opened and decoded for itself; a day in segments of two minutes has 720.
_MAX_SEGMENTS = 1000
# Fifteen digits are more than any size, and fewer than Python refuses to convert.
_SIZE = r"\d{1,15}"
_RECORD_LINE = re.compile(
    rf"\S+?(?:/(?P<segments>{_SIZE}))?[ \t]+(?P<n_sig>{_SIZE})"
    rf"(?:[ \t]+(?P<fs>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)(?:/\S*)?"
    rf"(?:[ \t]+(?P<n_samples>{_SIZE})(?:[ \t].*)?)?)?"
)
_SIGNAL_LINE = re.compile(
    rf"(?P<file>\S+)[ \t]+(?P<rest>(?P<fmt>\d+)(?:x(?P<per_frame>{_SIZE}))?"
    rf"(?::(?P<skew>{_SIZE}))?(?:\+(?P<offset>{_SIZE}))?"
    r"(?:[ \t]+(?P<gain>[^\s(/]+)\S*(?:[ \t]+[-\d]+){0,5}"
    r"(?:[ \t]+(?P<name>.+))?)?)[ \t]*"
)
_SEGMENT_LINE = re.compile(rf"(?P<name>\S+)[ \t]+(?P<n_samples>{_SIZE})[ \t]*")
# A name must be that of a file of the same folder.
_PATH = re.compile(r"[/\\:]|^\.\.?$")
_AGE = re.compile(r"^[ \t]*#.*?\bage\b\W{1,4}(\d+(?:\.\d+)?)", re.IGNORECASE | re.MULTILINE)
_SEX = re.compile(r"^[ \t]*#.*?\bsex\b\W{1,4}(\w+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Signal:
    """One signal line.

    Attributes
    ----------
    file : str
        Plain name of the sample file.
    rest : str
        The line after the file name, as it stands.
    fmt : str
        Storage format, a member of `BYTES_PER_SAMPLE`.
    per_frame, skew, offset : int
        Samples per frame, frames by which to shift, bytes before the first sample.
    calibrated : bool
        False where the line states no gain.
    name : str
    """

    file: str
    rest: str
    fmt: str
    per_frame: int
    skew: int
    offset: int
    calibrated: bool
    name: str

    @property
    def missing(self) -> int:
        """Stored value that means "nothing was recorded": the lowest of the format."""
        return -(2 ** (BITS[self.fmt] - 1))


@dataclass(frozen=True)
class Segment:
    """One record of several that follow each other.

    Attributes
    ----------
    file : str
        Plain name of its header.
    n_samples : int
        Per signal.
    """

    file: str
    n_samples: int


@dataclass(frozen=True)
class Header:
    """The checked content of a header.

    Attributes
    ----------
    fs : float or None
        Hz.
    n_samples : int or None
        Frames; None where the header states none.
    signals : tuple of Signal
        None in the header of several segments.
    segments : tuple of Segment
    n_signals : int
    age : float or None
    sex : str or None
    """

    fs: float | None
    n_samples: int | None
    signals: tuple[Signal, ...]
    segments: tuple[Segment, ...]
    n_signals: int
    age: float | None
    sex: str | None


def _text(data: bytes) -> str:
    """Decode a header; wfdb drops what is not ASCII, which would turn microvolts into volts."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("µ", "u").replace("μ", "u")


def _content_lines(text: str) -> list[str]:
    stripped = (line.strip() for line in text.splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def recognises(data: bytes) -> bool:
    """Tell a header by its record line and the first signal (or segment) line after it."""
    if b"\0" in data[:4096]:
        return False
    lines = _content_lines(_text(data[:4096]))
    record = _RECORD_LINE.fullmatch(lines[0]) if lines else None
    if record is None or len(lines) < 2:
        return False
    if record["segments"]:
        return _SEGMENT_LINE.fullmatch(lines[1]) is not None
    signal = _SIGNAL_LINE.fullmatch(lines[1])
    # A line of a table of numbers has the shape of a signal line, but no file is called "0.25".
    return (
        signal is not None
        and signal["fmt"] in BYTES_PER_SAMPLE
        and re.search(r"[A-Za-z~]", signal["file"]) is not None
        and not signal["file"].startswith("<")
    )


def _parse_signal(line: str) -> Signal:
    match = _SIGNAL_LINE.fullmatch(line)
    if match is None or match["fmt"] not in BYTES_PER_SAMPLE:
        raise ReadError(
            f"A signal line of the WFDB header names no storage format out of "
            f"{', '.join(BYTES_PER_SAMPLE)}."
        )
    if _PATH.search(match["file"]):
        raise ReadError("The WFDB header names a file in another folder, which is never opened.")
    try:
        calibrated = float(match["gain"] or 0) != 0
    except ValueError as error:
        raise ReadError("The WFDB header states a gain that is not a number.") from error
    return Signal(
        file=match["file"],
        rest=match["rest"],
        fmt=match["fmt"],
        per_frame=int(match["per_frame"] or 1),
        skew=int(match["skew"] or 0),
        offset=int(match["offset"] or 0),
        calibrated=calibrated,
        name=(match["name"] or "").strip(),
    )


def _parse_segment(line: str) -> Segment:
    match = _SEGMENT_LINE.fullmatch(line)
    if match is None:
        raise ReadError("A segment line of the WFDB header is damaged.")
    if _PATH.search(match["name"]):
        raise ReadError("The WFDB header names a segment in another folder, which is never opened.")
    n_samples = int(match["n_samples"])
    if match["name"] == "~" or n_samples < 1:
        raise ReadError(
            "The segments of this WFDB record hold different signals (variable layout), which is "
            "not read; give one segment alone."
        )
    return Segment(f"{match['name']}.hea", n_samples)


def _parse_segments(lines: list[str], declared: int) -> tuple[Segment, ...]:
    if not 1 <= declared <= _MAX_SEGMENTS:
        raise ReadError(
            f"The WFDB header declares {declared} segments, expected 1 to {_MAX_SEGMENTS}."
        )
    if len(lines) < declared:
        raise ReadError(f"The WFDB header declares {declared} segments but describes {len(lines)}.")
    return tuple(_parse_segment(line) for line in lines[:declared])


def parse_header(data: bytes) -> Header:
    """Read a header.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    Header
        Of comments only age and sex; names, dates and diagnoses are dropped here.

    Raises
    ------
    ReadError
        A line is damaged or missing, a file name has a path, or the sizes are beyond the limits.
    """
    text = _text(data)
    lines = _content_lines(text)
    record = _RECORD_LINE.fullmatch(lines[0]) if lines else None
    if record is None:
        raise ReadError("The first line of the WFDB header is damaged.")
    n_sig = int(record["n_sig"])
    segments = _parse_segments(lines[1:], int(record["segments"])) if record["segments"] else ()
    if not segments and len(lines) - 1 < n_sig:
        raise ReadError(f"The WFDB header declares {n_sig} signals but describes {len(lines) - 1}.")
    # A stored sample takes at least a byte; what takes less is checked where it is unpacked.
    check_declared_size(n_sig, int(record["n_samples"] or 1), MAX_FILE_BYTES)
    age, sex = _AGE.search(text), _SEX.search(text)
    return Header(
        fs=float(record["fs"]) if record["fs"] else None,
        n_samples=int(record["n_samples"] or 0) or None,
        signals=() if segments else tuple(map(_parse_signal, lines[1 : n_sig + 1])),
        segments=segments,
        n_signals=n_sig,
        age=parse_age(age[1]) if age else None,
        sex=parse_sex(sex[1]) if sex else None,
    )


def named_files(data: bytes) -> tuple[str, ...]:
    """Names of the files that a header needs, each once; empty for a damaged header.

    They are the headers of its segments, or its sample files. No header holds samples: one that
    others name as theirs is still to be read.
    """
    try:
        header = parse_header(data)
    except ReadError:
        return ()
    samples = (signal.file for signal in header.signals if not signal.file.endswith(".hea"))
    return tuple(dict.fromkeys([*(segment.file for segment in header.segments), *samples]))
