"""Headers of EDF, EDF+ and BDF: fields of fixed width, checked before anything is measured by them.

edfio would parse them too, but keeps to itself where in a data record a signal lies and when a
record of a discontinuous file begins, and a damaged field makes it raise whatever comes along; so
it serves as the reference in the tests.

References
----------
Kemp B, Värri A, Rosa AC, Nielsen KD, Gade J. A simple format for exchange of digitized polygraphic
recordings. Electroencephalogr Clin Neurophysiol 1992;82:391-393.
Kemp B, Olivan J. European data format 'plus' (EDF+), an EDF alike standard format for the exchange
of physiological data. Clin Neurophysiol 2003;114:1755-1761.
https://www.biosemi.com/faq/file_format.htm (BDF)
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from ecgcore.errors import ReadError
from ecgcore.io.age import Date, age_between
from ecgcore.io.limits import MAX_CHANNELS
from ecgcore.io.tracing import parse_sex

EDF_MAGIC, BDF_MAGIC = b"0       ", b"\xffBIOSEMI"
_BLOCK_BYTES = 256  # for the file, and again for each signal
# Field of the signals: how many bytes it takes; the fields follow each other, each for all signals.
_SIGNAL_FIELDS = {
    "label": 16, "transducer": 80, "unit": 8, "physical_min": 8, "physical_max": 8,
    "digital_min": 8, "digital_max": 8, "prefilter": 80, "n_samples": 8, "reserved": 32,
}  # fmt: skip
_PLUS, _DISCONTINUOUS = ("EDF+", "BDF+"), ("EDF+D", "BDF+D")
_ANNOTATIONS = ("EDF Annotations", "BDF Annotations")
# Bits of triggers, which BioSemi's recorders store beside the signals.
_TRIGGERS = "Status"
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


@dataclass(frozen=True)
class EdfSignal:
    """One signal of a file.

    Attributes
    ----------
    label : str
    unit : str or None
        Physical dimension; None where the file states none, or no range to scale by.
    scale, offset : float
        A stored value v means v * scale + offset, in `unit`.
    first, n_samples : int
        Where in a data record its samples begin, and how many there are, both in samples.
    """

    label: str
    unit: str | None
    scale: float
    offset: float
    first: int
    n_samples: int

    @property
    def is_annotation(self) -> bool:
        """Tell texts and times that are stored as if they were samples."""
        return self.label in _ANNOTATIONS

    @property
    def is_signal(self) -> bool:
        """Tell a signal from annotations and triggers."""
        return not self.is_annotation and self.label != _TRIGGERS


@dataclass(frozen=True)
class EdfHeader:
    """The checked content of a header.

    Attributes
    ----------
    n_bytes : int
        Length of the header.
    sample_bytes : int
        2 in EDF, 3 in BDF.
    n_records : int or None
        None where the header leaves it open, as it does while a recording is running.
    record_s : float or None
        Duration of a data record; None where the header states none.
    discontinuous : bool
        Each record states when it began (EDF+D, BDF+D).
    signals : tuple of EdfSignal
        Annotations and triggers too.
    age : float or None
    sex : str or None
    """

    n_bytes: int
    sample_bytes: int
    n_records: int | None
    record_s: float | None
    discontinuous: bool
    signals: tuple[EdfSignal, ...]
    age: float | None
    sex: str | None

    @property
    def record_samples(self) -> int:
        """Samples of all signals in one data record."""
        return sum(signal.n_samples for signal in self.signals)


def recognises(data: bytes) -> bool:
    """Tell by the magic; a table of numbers may begin like it, but with line ends before long."""
    return data[:8] in (EDF_MAGIC, BDF_MAGIC) and b"\n" not in data[8:_BLOCK_BYTES]


def parse_header(data: bytes) -> EdfHeader:
    """Read a header.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    EdfHeader
        Of the patient only age and sex; names, numbers and dates are dropped here.

    Raises
    ------
    ReadError
        It is cut short, or a field is damaged.
    """
    if len(data) < _BLOCK_BYTES:
        raise ReadError(f"The EDF file has {len(data)} bytes, a header takes {_BLOCK_BYTES}.")
    n_signals = _whole(data[252:256], "number of signals")
    if not 1 <= n_signals <= MAX_CHANNELS:
        raise ReadError(
            f"The EDF header declares {n_signals} signals, expected 1 to {MAX_CHANNELS}."
        )
    n_bytes = _BLOCK_BYTES * (n_signals + 1)
    declared = _whole(data[184:192], "length of the header")
    if declared != n_bytes or len(data) < n_bytes:
        raise ReadError(
            f"The EDF header declares {declared} bytes for {n_signals} signals, expected "
            f"{n_bytes}; the file has {len(data)}."
        )
    n_records = _whole(data[236:244], "number of data records")
    record_s = _number(data[244:252], "duration of a data record")
    kind = _text(data[192:236]).upper()
    age, sex = _age_and_sex(data) if kind.startswith(_PLUS) else (None, None)
    return EdfHeader(
        n_bytes=n_bytes,
        sample_bytes=3 if data.startswith(BDF_MAGIC) else 2,
        n_records=n_records if n_records >= 0 else None,
        record_s=record_s if record_s > 0 else None,
        discontinuous=kind.startswith(_DISCONTINUOUS),
        signals=_parse_signals(data[_BLOCK_BYTES:n_bytes], n_signals),
        age=age,
        sex=sex,
    )


def _text(field: bytes) -> str:
    """Decode a field; some programs fill up with NUL instead of blanks."""
    return field.decode("latin-1").strip(" \0")


def _whole(field: bytes, what: str) -> int:
    text = _text(field)
    if not re.fullmatch(r"[+-]?\d{1,8}", text):
        raise ReadError(f"The {what} in the EDF header is not a whole number.")
    return int(text)


def _number(field: bytes, what: str) -> float:
    text = _text(field)
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        raise ReadError(f"The {what} in the EDF header is not a number.")
    return float(text)


def _parse_signals(block: bytes, n_signals: int) -> tuple[EdfSignal, ...]:
    columns: dict[str, list[bytes]] = {}
    start = 0
    for field, width in _SIGNAL_FIELDS.items():
        places = range(start, start + n_signals * width, width)
        columns[field] = [block[place : place + width] for place in places]
        start += n_signals * width
    signals: list[EdfSignal] = []
    for i in range(n_signals):
        first = signals[-1].first + signals[-1].n_samples if signals else 0
        signals.append(_parse_signal({name: column[i] for name, column in columns.items()}, first))
    return tuple(signals)


def _parse_signal(fields: dict[str, bytes], first: int) -> EdfSignal:
    label = _text(fields["label"])
    n_samples = _whole(fields["n_samples"], "number of samples per record")
    if n_samples < 0:
        raise ReadError(f"The EDF header declares {n_samples} samples in a record.")
    if label in (*_ANNOTATIONS, _TRIGGERS):
        return EdfSignal(label, None, 1.0, 0.0, first, n_samples)
    low, high = (_number(fields[f"physical_{end}"], f"physical {end}") for end in ("min", "max"))
    bottom, top = (_whole(fields[f"digital_{end}"], f"digital {end}") for end in ("min", "max"))
    if top <= bottom or low == high or not math.isfinite(high - low):
        # Uncalibrated, as the standard's note on this case calls it: the unit has to be asked.
        return EdfSignal(label, None, 1.0, 0.0, first, n_samples)
    scale = (high - low) / (top - bottom)
    unit = _text(fields["unit"]) or None
    return EdfSignal(label, unit, scale, low - bottom * scale, first, n_samples)


def _age_and_sex(data: bytes) -> tuple[float | None, str | None]:
    """Take sex and age from the patient's field of EDF+: number, sex, date of birth, name.

    The recording's field begins with its date, "Startdate 02-MAR-2002"; otherwise the file's own
    date counts, which has two digits for the years from 1985 on.
    """
    words = _text(data[8:88]).split()
    sex = parse_sex(words[1]) if len(words) > 1 else None
    birth = _plus_date(words[2]) if len(words) > 2 else None
    words = _text(data[88:168]).split()
    day = _plus_date(words[1]) if len(words) > 1 else None
    if day is None and (match := re.match(rb"(\d\d)\.(\d\d)\.(\d\d)", data[168:176])):
        year = int(match[3])
        day = (year + (1900 if year >= 85 else 2000), int(match[2]), int(match[1]))
    return (age_between(birth, day) if birth and day else None), sex


def _plus_date(word: str) -> Date | None:
    match = re.fullmatch(r"(\d\d)-([A-Z]{3})-(\d{4})", word.upper())
    if match is None or match[2] not in _MONTHS:
        return None
    return int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1])
