"""EDF, EDF+ and BDF: data records, each with a stretch of every signal.

The leads alone are taken out of the records, as the integers that they are: one copy of them.

References
----------
See `ecgcore.io.edf_header`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ecgcore.errors import ReadError
from ecgcore.io.edf_header import EdfHeader, EdfSignal, parse_header, recognises
from ecgcore.io.limits import MAX_LONG_FILE_BYTES, check_declared_size
from ecgcore.io.tracing import Channel, Format, Tracing, lead_of, single_file

# "ECG", "EKG 2", "ECG1": a lead that is not named, among other signals of a polygraph.
_CARDIAC = re.compile(r"\b(ECG|EKG)", re.IGNORECASE)
# When a record of a discontinuous file began, in seconds: the first thing among its annotations.
_ONSET = re.compile(rb"([+-]\d{1,12}(?:\.\d{1,12})?)\x14")
_MAX_ONSETS = 500_000  # nearly six days of records of one second
# Stands for "not recorded" in the gaps of a discontinuous file; 24 bits do not reach it.
_GAP = -(2**31)

# Of a sample in memory, by the bytes that it takes in the file.
_BYTES = {2: 2, 3: 4}

Samples = npt.NDArray[np.signedinteger]
Starts = npt.NDArray[np.int64]


def read(data: bytes) -> Tracing:
    """Read one recording.

    Raises
    ------
    ReadError
        The header is damaged, there is no signal or no whole data record, the leads have different
        rates, or they take too much memory.
    """
    header = parse_header(data)
    signals = _leads(header.signals)
    records, notes = _records(data, header)
    n_samples = len(records) * sum(signal.n_samples for signal in signals)
    n_bytes = n_samples * _BYTES[header.sample_bytes]
    if n_bytes > MAX_LONG_FILE_BYTES:
        raise ReadError(
            f"The leads of the BDF file take {n_bytes} bytes as 32-bit numbers, the limit is "
            f"{MAX_LONG_FILE_BYTES}: cut out the part to be read."
        )
    starts = _starts(records, header, signals) if header.discontinuous else None
    channels = tuple(_channel(records, header, signal, starts) for signal in signals)
    return Tracing(
        channels,
        fs=signals[0].n_samples / header.record_s if header.record_s else None,
        age=header.age,
        sex=header.sex,
        warnings=(*notes, *_mark_notes(channels)),
    )


def _leads(signals: Sequence[EdfSignal]) -> list[EdfSignal]:
    """Signals that are leads by name; where none is, those called an ECG; else all.

    Raises
    ------
    ReadError
        There is none, or they have different rates.
    """
    usable = [signal for signal in signals if signal.is_signal and signal.n_samples]
    named = [s for s in usable if lead_of(Channel(np.empty(0), s.label))]
    chosen = named or [s for s in usable if _CARDIAC.search(s.label)] or usable
    if not chosen:
        raise ReadError(f"None of the {len(signals)} signals of the EDF file holds samples.")
    rates = {signal.n_samples for signal in chosen}
    if len(rates) > 1:
        raise ReadError(
            f"The leads have {sorted(rates)[:4]} samples in each data record, expected one number."
        )
    return chosen


def _records(data: bytes, header: EdfHeader) -> tuple[npt.NDArray[np.uint8], tuple[str, ...]]:
    """Return a view of the whole data records, shape (records, bytes), and what is missing.

    Raises
    ------
    ReadError
        There is no whole record.
    """
    record_bytes = header.record_samples * header.sample_bytes
    available = (len(data) - header.n_bytes) // record_bytes
    wanted = available if header.n_records is None else header.n_records
    n_records = min(available, wanted)
    if n_records < 1:
        raise ReadError(
            f"The EDF header declares {wanted} data records of {record_bytes} bytes, the file has "
            f"{len(data) - header.n_bytes} after its header."
        )
    content = np.frombuffer(
        data, dtype=np.uint8, count=n_records * record_bytes, offset=header.n_bytes
    )
    return content.reshape(n_records, record_bytes), _length_notes(available, wanted)


def _length_notes(available: int, wanted: int) -> tuple[str, ...]:
    if available < wanted:
        return (f"The file is cut short: it holds {available} of {wanted} data records.",)
    if available > wanted:
        return (f"The file holds more than the {wanted} data records that its header counts.",)
    return ()


def _bytes_of(
    records: npt.NDArray[np.uint8], header: EdfHeader, signal: EdfSignal
) -> npt.NDArray[np.uint8]:
    """Return the part of every record that is this signal's, shape (records, bytes)."""
    first = signal.first * header.sample_bytes
    return records[:, first : first + signal.n_samples * header.sample_bytes]


def _integers(stored: npt.NDArray[np.uint8], sample_bytes: int) -> Samples:
    """Read little-endian integers of 2 or 3 bytes, shape (records, samples)."""
    if sample_bytes == 2:
        return stored.view("<i2")
    n_records, n_bytes = stored.shape
    wide = np.empty((n_records, n_bytes // 3), dtype="<i4")
    # Into the upper three bytes; the shift back down brings the sign along and drops the lowest.
    upper = wide.view(np.uint8).reshape(n_records, -1, 4)[:, :, 1:]
    upper[...] = stored.reshape(n_records, -1, 3)
    wide >>= 8
    return wide


def _channel(
    records: npt.NDArray[np.uint8], header: EdfHeader, signal: EdfSignal, starts: Starts | None
) -> Channel:
    """Return the stored integers of one signal, with gaps where `starts` leaves them."""
    stored = _integers(_bytes_of(records, header, signal), header.sample_bytes)
    missing = _marks(stored, 8 * header.sample_bytes)
    if starts is None:
        samples = stored.reshape(-1)  # (records, samples) -> (T,)
    else:
        samples = np.full(int(starts[-1]) + signal.n_samples, _GAP, dtype=np.int32)
        for start, record in zip(starts, stored, strict=True):
            samples[start : start + signal.n_samples] = record
        missing = (*missing, _GAP)
    return Channel(samples, signal.label or None, signal.unit, signal.scale, signal.offset, missing)


def _marks(stored: Samples, bits: int) -> tuple[int, ...]:
    """Return the extremes of the storage type that plainly mean "not recorded".

    The standard knows no such mark, yet files use one. It is taken for one only where it stands
    farther from every other sample than those lie apart: an amplifier that rails passes the values
    on its way there, and such samples must stay visible.
    """
    bottom, top = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    if stored.min() != bottom and stored.max() != top:
        return ()
    inside = (stored != bottom) & (stored != top)
    if not inside.any():
        return ()
    low = int(stored.min(where=inside, initial=top))
    high = int(stored.max(where=inside, initial=bottom))
    apart = ((bottom, low - bottom), (top, top - high))
    return tuple(mark for mark, gap in apart if gap > high - low and (stored == mark).any())


def _mark_notes(channels: Sequence[Channel]) -> tuple[str, ...]:
    """Name the leads in which an extreme was taken for a mark."""
    marked = [lead_of(c) or "a signal" for c in channels if set(c.missing) - {_GAP}]
    if not marked:
        return ()
    return (
        f"Samples at the limit of what can be stored, far from all others, were taken for missing: "
        f"{', '.join(dict.fromkeys(marked))}.",
    )


def _starts(
    records: npt.NDArray[np.uint8], header: EdfHeader, signals: Sequence[EdfSignal]
) -> Starts | None:
    """Sample at which each data record begins; None where no time lies between any two.

    Raises
    ------
    ReadError
        The times are missing or go backwards, or the gaps make the recording too long.
    """
    if header.record_s is None:
        raise ReadError("The EDF file is discontinuous, but does not say how long a record lasts.")
    n_samples = signals[0].n_samples
    steps = np.round(np.diff(_onsets(records, header)) * n_samples / header.record_s)
    steps[np.abs(steps - n_samples) <= 1] = n_samples  # the times are rounded
    if not (steps >= n_samples).all():
        raise ReadError(
            f"Data record {int(np.argmin(steps >= n_samples)) + 2} of the discontinuous EDF file "
            f"begins before the one before it has ended."
        )
    total = n_samples + float(steps.sum())
    if total == n_samples * len(records):
        return None
    check_declared_size(len(signals), int(total))
    return np.concatenate([[0], np.cumsum(steps)]).astype(np.int64)


def _onsets(records: npt.NDArray[np.uint8], header: EdfHeader) -> npt.NDArray[np.float64]:
    """Seconds at which each data record of a discontinuous file begins."""
    if len(records) > _MAX_ONSETS:
        raise ReadError(
            f"The discontinuous EDF file has {len(records)} data records, limit {_MAX_ONSETS}."
        )
    signal = next((s for s in header.signals if s.is_annotation), None)
    if signal is None:
        raise ReadError("The EDF file is discontinuous, but does not say when its records began.")
    found = [_ONSET.match(row.tobytes()) for row in _bytes_of(records, header, signal)]
    if None in found:
        raise ReadError(
            f"Data record {found.index(None) + 1} of the discontinuous EDF file does not say when "
            f"it began."
        )
    return np.array([float(match[1]) for match in found if match])


FORMAT = Format(
    "edf",
    "EDF/BDF",
    (".edf", ".bdf"),
    recognises,
    single_file(read),
    vendor="polygraphs, Holter and research recorders",
    max_bytes=MAX_LONG_FILE_BYTES,
)
