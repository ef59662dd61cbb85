"""Samples of WFDB records: decoded by PhysioNet's own reader, block by block, and kept as integers.

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
import numpy.typing as npt
import wfdb

from ecgcore.errors import ReadError
from ecgcore.io.limits import MAX_FILE_BYTES, check_declared_size
from ecgcore.io.wfdb_header import BITS, BYTES_PER_SAMPLE, Header, Signal

# The reader needs a multiple of a block's size while it unpacks it.
_BLOCK_SAMPLES = 2_000_000
# Whatever stands here is not used: rates are taken from the checked header.
_ANY_FS_HZ = 250
_DIFFERENCES = "8"  # each sample needs all before it, so these are decoded in one block

Samples = npt.NDArray[np.signedinteger]


def sample_files(
    header: Header, signals: Sequence[Signal], beside: Mapping[str, bytes]
) -> tuple[dict[str, bytes], int]:
    """Return the files that these signals need, after checking all declared sizes.

    Parameters
    ----------
    header : Header
    signals : sequence of Signal
    beside : mapping of base name to bytes

    Returns
    -------
    files : dict of name to bytes
    n_frames : int
        How many samples each signal has at its slowest.

    Raises
    ------
    ReadError
        A file is missing or shorter than declared, or a size is beyond the limits.
    """
    names = list(dict.fromkeys(signal.file for signal in signals))
    missing = [name for name in names if name not in beside]
    if missing:
        raise ReadError(
            f"The header names {', '.join(missing)}, which is missing: upload it together with "
            f"the header."
        )
    size = sum(len(beside[name]) for name in names)
    if size > MAX_FILE_BYTES:
        raise ReadError(
            f"The sample files of the WFDB record have {size} bytes, limit {MAX_FILE_BYTES}."
        )
    per_frame = sum(signal.per_frame for signal in signals)
    check_declared_size(per_frame, header.n_samples or 1, MAX_FILE_BYTES)
    own = {name: [s for s in signals if s.file == name] for name in names}
    n_frames = header.n_samples or _n_frames(own[names[0]], len(beside[names[0]]))
    for name in names:
        _check_bytes(own[name], n_frames, len(beside[name]))
    if not all(_read_by_blocks(signal) for signal in signals):
        check_declared_size(per_frame, n_frames)
    if any(signal.skew > n_frames for signal in signals):
        raise ReadError("The WFDB header shifts a signal by more than the length of the record.")
    return {name: beside[name] for name in names}, n_frames


def _read_by_blocks(signal: Signal) -> bool:
    """Tell formats whose bytes prove that there are so many samples, and where each begins."""
    return BYTES_PER_SAMPLE[signal.fmt] is not None and signal.fmt != _DIFFERENCES


def _n_frames(signals: Sequence[Signal], size: int) -> int:
    """Return how many frames a file holds whose header does not say it.

    Raises
    ------
    ReadError
        It is compressed, or has no byte after its offset.
    """
    per_sample = BYTES_PER_SAMPLE[signals[0].fmt]
    if per_sample is None or signals[0].offset >= size:
        raise ReadError(f'The header does not state how many samples "{signals[0].file}" holds.')
    per_frame = sum(signal.per_frame for signal in signals)
    n_frames = math.floor((size - signals[0].offset) / (per_frame * per_sample))
    check_declared_size(per_frame, n_frames, MAX_FILE_BYTES)
    return n_frames


def _check_bytes(signals: Sequence[Signal], n_frames: int, size: int) -> None:
    """Compare the declared length of one file with the bytes that are there.

    Raises
    ------
    ReadError
        The file is shorter than declared.
    """
    per_sample = BYTES_PER_SAMPLE[signals[0].fmt]
    if per_sample is None:
        return
    per_frame = sum(signal.per_frame for signal in signals)
    needed = signals[0].offset + math.floor(n_frames * per_frame * per_sample)
    if size < needed:
        raise ReadError(
            f'"{signals[0].file}" holds {size} bytes, but {per_frame} x {n_frames} samples take '
            f"{needed}: the file is cut short or belongs to another header."
        )


def decode(
    signals: Sequence[Signal], files: Mapping[str, bytes], n_frames: int
) -> tuple[wfdb.Record, list[Samples]]:
    """Decode the samples of each signal in the smallest integer type that holds them.

    Parameters
    ----------
    signals : sequence of Signal
        Those of one file stand together, as wfdb 4.3.1 needs it.
    files : mapping of name to bytes
    n_frames : int
        Checked against the bytes.

    Returns
    -------
    description : wfdb.Record
        What the header says of gain, baseline, unit and checksum.
    samples : list of ndarray, each of shape (T,)
        As stored, skew ignored.
    """
    own_names = {file: f"samples{i}.dat" for i, file in enumerate(files)}
    lines = [f"record {len(signals)} {_ANY_FS_HZ} {n_frames}"]
    lines += [f"{own_names[signal.file]} {signal.rest}" for signal in signals]
    with tempfile.TemporaryDirectory(prefix="wfdb-") as name:
        folder = Path(name)
        (folder / "record.hea").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for file, content in files.items():
            (folder / own_names[file]).write_bytes(content)
        record = str(folder / "record")
        return wfdb.rdheader(record), _decode_blocks(record, signals, n_frames)


def _decode_blocks(record: str, signals: Sequence[Signal], n_frames: int) -> list[Samples]:
    samples: list[Samples] = [
        np.empty(n_frames * s.per_frame, dtype=_smallest_type(BITS[s.fmt])) for s in signals
    ]
    # Smoothing would average several samples of a frame; without it wfdb cannot read format 61.
    smooth = all(signal.per_frame == 1 for signal in signals)
    per_frame = sum(signal.per_frame for signal in signals)
    step = max(1, _BLOCK_SAMPLES // per_frame) if all(map(_read_by_blocks, signals)) else n_frames
    for start in range(0, n_frames, step):
        stop = min(start + step, n_frames)
        block = wfdb.rdrecord(
            record, sampfrom=start, sampto=stop, physical=False, smooth_frames=smooth,
            ignore_skew=True, return_res=32,
        )  # fmt: skip
        parts = block.d_signal.T if smooth else block.e_d_signal
        for signal, whole, part in zip(signals, samples, parts, strict=True):
            whole[start * signal.per_frame : stop * signal.per_frame] = part
    return samples


def _smallest_type(bits: int) -> type[np.signedinteger]:
    return np.int8 if bits <= 8 else np.int16 if bits <= 16 else np.int32
