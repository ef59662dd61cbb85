"""WFDB records: a header and the sample files that it names, or headers of segments in a row.

References
----------
https://physionet.org/physiotools/wag/header-5.htm
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import wfdb

from ecgcore.errors import ReadError
from ecgcore.io.limits import MAX_FILE_BYTES
from ecgcore.io.tracing import Channel, Format, Tracing
from ecgcore.io.wfdb_header import Header, Signal, named_files, parse_header, recognises
from ecgcore.io.wfdb_samples import Samples, decode, sample_files
from ecgcore.leads import canonical_name

# What the standard takes where a header is silent; asked of the user.
_DEFAULT_FS_HZ = 250.0
_DEFAULT_GAIN_PER_MV = 200.0


def _with_leads(signals: Sequence[Signal]) -> list[Signal]:
    """Signals of the files that hold any of the twelve leads, grouped by file.

    Other files are not needed.
    """
    files = list(dict.fromkeys(signal.file for signal in signals))
    useful = {signal.file for signal in signals if canonical_name(signal.name)} or set(files)
    return [s for file in files if file in useful for s in signals if s.file == file]


def _checksum_note(
    description: wfdb.Record, signals: Sequence[Signal], samples: Sequence[Samples]
) -> tuple[str, ...]:
    """Compare the samples with the 16-bit checksums in the header, where it states them."""
    wrong = [
        signal.name
        for signal, stored, stated in zip(signals, samples, description.checksum, strict=True)
        if stated is not None
        and not signal.skew
        and (int(stored.sum(dtype=np.int64)) - stated) % 2**16
    ]
    names = [canonical_name(name) for name in wrong]
    leads = ", ".join(name for name in names if name)
    if not leads:
        return ()
    return (f"The checksums of {leads} do not match: samples were changed or lost.",)


def _channel(signal: Signal, stored: Samples, gain: float, baseline: float, unit: str) -> Channel:
    """Scale one signal by what its header says; no unit where that states no gain."""
    if signal.skew:
        shift = signal.skew * signal.per_frame
        stored = np.concatenate([stored[shift:], np.full(shift, signal.missing, stored.dtype)])
    # The same product as that of a sample, so that what is stored at the baseline reads as zero.
    return Channel(
        stored,
        signal.name or None,
        unit=unit if signal.calibrated else None,
        scale=1 / gain if signal.calibrated else 1.0,
        offset=-baseline * (1 / gain) if signal.calibrated else -float(baseline),
        missing=(signal.missing,),
    )


def _at_one_rate(
    channels: Sequence[Channel], signals: Sequence[Signal]
) -> tuple[tuple[Channel, ...], int]:
    """Return channels of one rate, and how many samples each has in a frame.

    Raises
    ------
    ReadError
        The leads were sampled at different rates.
    """
    leads = [s.per_frame for s in signals if canonical_name(s.name)]
    rates = set(leads or [s.per_frame for s in signals])
    if len(rates) > 1:
        raise ReadError(f"The leads have {sorted(rates)} samples per frame, expected one number.")
    per_frame = rates.pop()
    return tuple(
        channel
        for channel, signal in zip(channels, signals, strict=True)
        if signal.per_frame == per_frame
    ), per_frame


@dataclass(frozen=True)
class _Plan:
    """What is to be decoded, after all sizes were checked."""

    header: Header
    signals: Sequence[Signal]
    files: Mapping[str, bytes]
    n_frames: int


def _plan(header: Header, beside: Mapping[str, bytes]) -> _Plan:
    signals = _with_leads(header.signals)
    return _Plan(header, signals, *sample_files(header, signals, beside))


def _read_plan(plan: _Plan) -> Tracing:
    """Read a record, or one segment of it."""
    header, signals = plan.header, plan.signals
    description, samples = decode(signals, plan.files, plan.n_frames)
    stated = (description.adc_gain, description.baseline, description.units)
    channels, per_frame = _at_one_rate(
        [_channel(*facts) for facts in zip(signals, samples, *stated, strict=True)], signals
    )
    return Tracing(
        channels,
        fs=header.fs * per_frame if header.fs else None,
        age=header.age,
        sex=header.sex,
        warnings=_checksum_note(description, signals, samples),
        fs_guess=_DEFAULT_FS_HZ * per_frame,
        mv_per_unit_guess=1 / _DEFAULT_GAIN_PER_MV,
    )


def _segments(header: Header, beside: Mapping[str, bytes]) -> list[Header]:
    """Return the headers of all segments, after comparing them with what the first one says.

    Raises
    ------
    ReadError
        A header is missing, is one of segments again, or says something else of length or rate.
    """
    missing = sorted({s.file for s in header.segments if s.file not in beside})
    if missing:
        raise ReadError(
            f"This WFDB record is made of several segments, of which {', '.join(missing[:5])} "
            f"{'is' if len(missing) == 1 else 'are'} missing: upload them, with the samples that "
            f"they name, together with this header."
        )
    total = sum(segment.n_samples for segment in header.segments)
    if header.n_samples not in (None, total):
        raise ReadError(
            f"The WFDB header declares {header.n_samples} samples, its segments {total} together."
        )
    parsed = {file: parse_header(beside[file]) for file in {s.file for s in header.segments}}
    segments = [parsed[segment.file] for segment in header.segments]
    for number, (own, segment) in enumerate(zip(segments, header.segments, strict=True), start=1):
        if own.segments:
            raise ReadError(f"Segment {number} of the WFDB record is made of segments again.")
        if own.n_samples != segment.n_samples or own.n_signals != header.n_signals:
            raise ReadError(
                f"Segment {number} of the WFDB record holds {own.n_signals} x {own.n_samples} "
                f"samples, expected {header.n_signals} x {segment.n_samples}."
            )
        if own.fs and header.fs and own.fs != header.fs:
            raise ReadError(
                f"Segment {number} of the WFDB record has {own.fs:g} Hz, expected {header.fs:g}."
            )
    return segments


def _plan_segments(header: Header, beside: Mapping[str, bytes]) -> list[_Plan]:
    """Check the sizes of all segments, which may name the same file again and again.

    Raises
    ------
    ReadError
        Together they are beyond the limit.
    """
    plans = [
        _plan(replace(own, fs=header.fs or own.fs), beside) for own in _segments(header, beside)
    ]
    size = sum(len(content) for plan in plans for content in plan.files.values())
    if size > MAX_FILE_BYTES:
        raise ReadError(
            f"The segments of the WFDB record need {size} bytes, the limit is {MAX_FILE_BYTES}."
        )
    return plans


def _read_segments(header: Header, beside: Mapping[str, bytes]) -> Tracing:
    """Read a record of segments that hold the same signals, one after the other."""
    parts = [_read_plan(plan) for plan in _plan_segments(header, beside)]
    first = parts[0]
    expected = [_description(channel) for channel in first.channels]
    for number, part in enumerate(parts, start=1):
        if [_description(channel) for channel in part.channels] != expected or part.fs != first.fs:
            raise ReadError(
                f"Segment {number} of the WFDB record stores other signals, or in another way, "
                f"than the first; give one segment alone."
            )
    channels = tuple(
        replace(channels[0], samples=np.concatenate([channel.samples for channel in channels]))
        for channels in zip(*(part.channels for part in parts), strict=True)
    )
    notes = dict.fromkeys(note for part in parts for note in part.warnings)
    return replace(
        first,
        channels=channels,
        age=header.age if header.age is not None else first.age,
        sex=header.sex or first.sex,
        warnings=tuple(notes),
    )


def _description(channel: Channel) -> tuple[object, ...]:
    stored = channel.samples.dtype
    return channel.name, channel.unit, channel.scale, channel.offset, channel.missing, stored


def read(data: bytes, beside: Mapping[str, bytes]) -> tuple[Tracing, ...]:
    """Read one record.

    Parameters
    ----------
    data : bytes
        The header.
    beside : mapping of base name to bytes
        The files that came with it.

    Raises
    ------
    ReadError
        A file that the header names is missing or too short, or a header is damaged.
    """
    header = parse_header(data)
    if header.segments:
        return (_read_segments(header, beside),)
    return (_read_plan(_plan(header, beside)),)


FORMAT = Format("wfdb", "WFDB", (".hea", ".dat", ".mat"), recognises, read, named_files)
