"""Files of recorders and programs, built byte by byte: ISHNE, EDF, BDF, Contec and HDF5."""

import binascii
import io
import struct
from collections.abc import Callable

import edfio
import h5py
import numpy as np

from ecgcore.leads import LEADS, LIMB_FROM_I_II

T = 2000
FS_HZ = 500
ISHNE_HEADER_BYTES = 522
# Of ISHNE's table 2, written down here a second time.
ISHNE_CODES = {lead: 5 + i for i, lead in enumerate(LEADS)}


def stored_leads(n_samples: int = T) -> np.ndarray:
    """Twelve leads that obey the algebra, as whole numbers: multiples of four, so as to halve."""
    independent = np.random.default_rng(3).integers(-400, 400, (8, n_samples)) * 4
    return np.vstack([LIMB_FROM_I_II @ independent[:2], independent[2:]]).astype(np.int32)


def holter(
    stored: np.ndarray,
    codes: list[int] | None = None,
    *,
    n_samples: int | None = None,
    fs: int = 250,
    resolution: int = 5000,
    quality: int = 1,
    sex: int = 2,
    birth: tuple[int, int, int] = (24, 12, 1950),
    recorded: tuple[int, int, int] = (23, 12, 2011),
    variable: bytes = b"",
    magic: bytes = b"ISHNE1.0",
) -> bytes:
    """A file as the standard lays it out; `stored` is (leads, T)."""
    n_leads = len(stored)
    codes = list(ISHNE_CODES.values())[:n_leads] if codes is None else codes
    first = ISHNE_HEADER_BYTES + len(variable)
    fixed = struct.pack(
        "<4ih40s40s20shh3h3h3h3hh",
        len(variable), stored.shape[1] if n_samples is None else n_samples, ISHNE_HEADER_BYTES,
        first, 1, b"Erika", b"Mustermann", b"ID4711", sex, 1, *birth, *recorded, *recorded,
        7, 30, 0, n_leads,
    )  # fmt: skip
    for values in (codes, [quality] * n_leads, [resolution] * n_leads):
        fixed += struct.pack("<12h", *values, *[-9] * (12 - n_leads))
    fixed += struct.pack("<h40sh80s80s88s", 0, b"Serial 0815", fs, b"Maker", b"Owner", b"")
    content = fixed + variable
    checksum = struct.pack("<H", binascii.crc_hqx(content, 0xFFFF))
    return magic + checksum + content + np.ascontiguousarray(stored.T.astype("<i2")).tobytes()


def contec_file(
    stored: np.ndarray,
    *,
    number: bytes = b"0000099",
    date: bytes = b"2020-11-24 07:19:13",
    facts: tuple[int, int, int] = (255, 0, 0),
) -> bytes:
    """A file as the recorder writes it; `stored` is (T, 8), unsigned."""
    header = number.ljust(10, b"\0") + date.ljust(22, b"\0") + b"Erika".ljust(8, b"\0")
    return header + bytes(facts) + stored.astype("<u2").tobytes() + b"\0" * 37


def edf_signals(stored: np.ndarray, labels=LEADS, *, bits: int = 16) -> list:
    """Signals of edfio in steps of 1 uV over the whole range of the type."""
    kind, dtype = {16: (edfio.EdfSignal, np.int16), 24: (edfio.BdfSignal, np.int32)}[bits]
    extreme = 2 ** (bits - 1)
    return [
        kind.from_digital(
            row.astype(dtype), FS_HZ, label=label, physical_dimension="uV",
            physical_range=(-extreme, extreme - 1),
        )
        for row, label in zip(stored, labels, strict=True)
    ]  # fmt: skip


def edf_written(signals: list, **options) -> bytes:
    kind = edfio.Bdf if isinstance(signals[0], edfio.BdfSignal) else edfio.Edf
    stream = io.BytesIO()
    kind(signals, data_record_duration=1, **options).write(stream)
    return stream.getvalue()


def edf_file(**options) -> bytes:
    return edf_written(edf_signals(stored_leads()), **options)


def hdf5_of(fill, userblock: int = 0) -> bytes:
    """The bytes of a file that `fill` has written into."""
    stream = io.BytesIO()
    with h5py.File(stream, "w", userblock_size=userblock) as file:
        fill(file)
    return stream.getvalue()


def matlab_73(fill) -> bytes:
    """A version 7.3 file: its text header in the user block, and classes as attributes."""
    data = hdf5_of(fill, userblock=512)
    text = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\0\2IM"
    return text.ljust(512, b"\0") + data[512:]


def hdf5_file() -> bytes:
    """A signal and all that is to be known of it."""

    def fill(file: h5py.File) -> None:
        file.create_dataset("ecg", data=stored_leads() / 1000, chunks=(12, 500), compression="gzip")
        file["leads"] = np.array(LEADS, dtype=object)
        file.attrs["fs"], file.attrs["unit"] = FS_HZ, "mV"

    return hdf5_of(fill)


RECORDER_KINDS: dict[str, Callable[[], dict[str, bytes]]] = {
    "ishne": lambda: {"x": holter(stored_leads())},
    "edf": lambda: {"x": edf_file()},
    "bdf": lambda: {"x": edf_written(edf_signals(stored_leads(), bits=24))},
    "contec": lambda: {"x": contec_file(stored_leads()[[1, 2, *range(6, 12)]].T + 2048)},
    "hdf5": lambda: {"x": hdf5_file()},
    "mat 7.3": lambda: {
        "x": matlab_73(lambda file: file.create_dataset("val", data=stored_leads().T))
    },
}
