"""Undamaged files of every format to start from: real ones, and some that are built."""

import base64
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import scipy.io

from ecgcore.io import recognise
from ecgcore.io.export import EXPORT_FORMATS, export
from ecgcore.leads import LEADS
from ecgcore.recording import Recording
from ecgcore.simulate import SimulationConfig, simulate

ZIP = "zip"
# A cut file is still a file: beyond this a seed only takes time.
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Seed:
    """One undamaged recording: the format that reads it, its files, and the one that names them."""

    format: str
    files: Mapping[str, bytes]
    main: str


def seeds(samples: Path | None) -> list[Seed]:
    """Return real files, where a folder of them is given, and built ones."""
    return [*built(), *(real(samples) if samples else ())]


def built() -> Iterator[Seed]:
    """Yield three seconds of a simulated recording in every format that is simple to write."""
    recording = simulate(SimulationConfig(fs=250, duration_s=3)).recording()
    for fmt in EXPORT_FORMATS:
        files = dict(export(recording, fmt.name, "seed").files)
        yield from as_seeds(files)
        yield Seed(ZIP, {"seed.zip": zipped(files)}, "seed.zip")
    for data in (npy(recording), mat(recording), code15(recording), mortara(recording)):
        yield from as_seeds({"seed": data})


def real(samples: Path) -> Iterator[Seed]:
    """Yield the recordings of a folder of folders, one format in each."""
    for folder in sorted(path for path in samples.iterdir() if path.is_dir()):
        files = {path.name: path.read_bytes()[:MOST_BYTES] for path in folder.iterdir()}
        yield from as_seeds(files)


def as_seeds(files: Mapping[str, bytes]) -> Iterator[Seed]:
    """Yield one seed per recording among these files; a header goes with the files it names."""
    for name, data in files.items():
        fmt = recognise(data)
        if fmt is not None:
            beside = [other for other in fmt.names_files(data) if other in files]
            yield Seed(fmt.name, {x: files[x] for x in (name, *beside)}, name)


def zipped(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def npy(recording: Recording) -> bytes:
    stream = io.BytesIO()
    np.save(stream, recording.signal)
    return stream.getvalue()


def mat(recording: Recording) -> bytes:
    stream = io.BytesIO()
    scipy.io.savemat(stream, {"ECG": {"data": recording.signal, "sex": "F", "age": 50}})
    return stream.getvalue()


def code15(recording: Recording) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file["tracings"] = np.stack([recording.signal.T] * 2)  # (R, T, 12)
        file["exam_id"] = [1, 2]
    return stream.getvalue()


def mortara(recording: Recording) -> bytes:
    stored = np.round(recording.signal * 400).astype("<i2")
    channels = "".join(
        f'<CHANNEL OFFSET="0" BITS="16" FORMAT="SIGNED" UNITS_PER_MV="400" DURATION="{len(row)}" '
        f'SAMPLE_FREQ="{recording.fs:g}" NAME="{lead}" ENCODING="BASE64" '
        f'DATA="{base64.b64encode(row.tobytes()).decode()}"/>'
        for lead, row in zip(LEADS, stored, strict=True)
    )
    return f'<?xml version="1.0"?><ECG><SUBJECT AGE="50"/>{channels}</ECG>'.encode()
