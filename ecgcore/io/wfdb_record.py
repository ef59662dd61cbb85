"""WFDB records: the sample files that a header names, decoded by PhysioNet's own reader.

The checked header is written anew, with file names of our own, into a private temporary folder.

References
----------
https://physionet.org/physiotools/wag/signal-5.htm
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import wfdb

from ecgcore.errors import ReadError
from ecgcore.io.limits import MAX_VALUES, check_declared_size
from ecgcore.io.tracing import Channel, Format, Tracing
from ecgcore.io.wfdb_header import (
    BYTES_PER_SAMPLE,
    Header,
    Signal,
    named_files,
    parse_header,
    recognises,
)
from ecgcore.leads import canonical_name

# What the standard takes where a header is silent; asked of the user.
_DEFAULT_FS_HZ = 250.0
_DEFAULT_GAIN_PER_MV = 200.0


def _with_leads(signals: Sequence[Signal]) -> list[Signal]:
    """Signals of the files that hold any of the twelve leads, grouped by file.

    Other files are not needed. Within wfdb 4.3.1 signals of one file must stand together.
    """
    files = list(dict.fromkeys(signal.file for signal in signals))
    useful = {signal.file for signal in signals if canonical_name(signal.name)} or set(files)
    return [s for file in files if file in useful for s in signals if s.file == file]


def _contents(
    header: Header, signals: Sequence[Signal], beside: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Return the sample files that these signals need, after checking all declared sizes.

    Raises
    ------
    ReadError
        A file is missing or shorter than declared, or a size is beyond the limits.
    """
    files = list(dict.fromkeys(signal.file for signal in signals))
    missing = [file for file in files if file not in beside]
    if missing:
        raise ReadError(
            f"The header names {', '.join(missing)}, which is missing: upload it together with "
            f"the header."
        )
    check_declared_size(sum(signal.per_frame for signal in signals), header.n_samples or 1)
    for file in files:
        own = [signal for signal in signals if signal.file == file]
        _check_bytes(file, own, header.n_samples, len(beside[file]))
    longest_shift = header.n_samples or MAX_VALUES // len(signals)
    if any(signal.skew > longest_shift for signal in signals):
        raise ReadError("The WFDB header shifts a signal by more than the length of the record.")
    return {file: beside[file] for file in files}


def _check_bytes(file: str, signals: Sequence[Signal], n_samples: int | None, size: int) -> None:
    """Compare the declared length of one file with the bytes that are there.

    Raises
    ------
    ReadError
        The file is shorter than declared.
    """
    per_sample = BYTES_PER_SAMPLE[signals[0].fmt]
    if n_samples is None and (per_sample is None or signals[0].offset >= size):
        raise ReadError(f'The header does not state how many samples "{file}" holds.')
    if n_samples is None or per_sample is None:
        return
    per_frame = sum(signal.per_frame for signal in signals)
    needed = signals[0].offset + math.floor(n_samples * per_frame * per_sample)
    if size < needed:
        raise ReadError(
            f'"{file}" holds {size} bytes, but {per_frame} x {n_samples} samples take {needed}: '
            f"the file is cut short or belongs to another header."
        )


def _decode(
    header: Header, signals: Sequence[Signal], contents: Mapping[str, bytes]
) -> wfdb.Record:
    """Let wfdb read the samples from a private folder that holds only names of our own."""
    own_names = {file: f"samples{i}.dat" for i, file in enumerate(contents)}
    lines = [f"record {len(signals)} {header.fs or _DEFAULT_FS_HZ:.10g} {header.n_samples or ''}"]
    lines += [f"{own_names[signal.file]} {signal.rest}" for signal in signals]
    with tempfile.TemporaryDirectory(prefix="wfdb-") as name:
        folder = Path(name)
        (folder / "record.hea").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for file, content in contents.items():
            (folder / own_names[file]).write_bytes(content)
        # Smoothing would average several samples of a frame; without it wfdb cannot read format 61.
        smooth = all(signal.per_frame == 1 for signal in signals)
        return wfdb.rdrecord(str(folder / "record"), physical=False, smooth_frames=smooth)


def _checksum_note(record: wfdb.Record, signals: Sequence[Signal]) -> tuple[str, ...]:
    """Compare the samples with the 16-bit checksums in the header, where it states them."""
    digital = record.e_d_signal if record.d_signal is None else record.d_signal.T
    wrong = [
        signal.name
        for signal, samples, stated in zip(signals, digital, record.checksum, strict=True)
        if stated is not None and not signal.skew and (int(samples.sum()) - stated) % 2**16
    ]
    names = [canonical_name(name) for name in wrong]
    leads = ", ".join(name for name in names if name)
    if not leads:
        return ()
    return (f"The checksums of {leads} do not match: samples were changed or lost.",)


def _channels(record: wfdb.Record, signals: Sequence[Signal]) -> tuple[Channel, ...]:
    """Physical values; in stored units where the header states no gain."""
    physical = record.dac(expanded=True) if record.d_signal is None else record.dac().T
    channels = []
    for i, signal in enumerate(signals):
        samples = np.asarray(physical[i], dtype=np.float64)
        unit: str | None = record.units[i]
        if not signal.calibrated:
            samples, unit = samples * _DEFAULT_GAIN_PER_MV, None
        channels.append(Channel(samples, signal.name or None, unit))
    return tuple(channels)


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
        A file that the header names is missing or too short, or the header is damaged.
    """
    header = parse_header(data)
    signals = _with_leads(header.signals)
    record = _decode(header, signals, _contents(header, signals, beside))
    notes = _checksum_note(record, signals)
    channels, per_frame = _at_one_rate(_channels(record, signals), signals)
    tracing = Tracing(
        channels,
        fs=header.fs * per_frame if header.fs else None,
        age=header.age,
        sex=header.sex,
        warnings=notes,
        fs_guess=_DEFAULT_FS_HZ * per_frame,
        mv_per_unit_guess=1 / _DEFAULT_GAIN_PER_MV,
    )
    return (tracing,)


FORMAT = Format("wfdb", "WFDB", (".hea", ".dat", ".mat"), recognises, read, named_files)
