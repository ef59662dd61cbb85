"""Small recordings in every container that needs no vendor, built from one signal."""

import io
import zipfile

import numpy as np
import pydicom.data
import scipy.io

from ecgcore.leads import LEADS, LIMB_FROM_I_II

T = 500


def true_signal() -> np.ndarray:
    """A (12, T) signal in mV that obeys the lead algebra."""
    independent = np.random.default_rng(0).normal(size=(8, T)).clip(-2, 2) / 2
    return np.vstack([LIMB_FROM_I_II @ independent[:2], independent[2:]])


def wfdb_files() -> dict[str, bytes]:
    """A record of format 16 with 1000 units per mV."""
    digital = np.round(true_signal().T * 1000).astype("<i2")
    lines = [f"rec 12 500 {T}", *(f"rec.dat 16 1000/mV 16 0 0 0 0 {lead}" for lead in LEADS)]
    sums = digital.astype(int).sum(axis=0) % 2**16
    lines[1:] = [
        line.replace(" 0 0 0 0 ", f" 0 0 {total} 0 ")
        for line, total in zip(lines[1:], sums, strict=True)
    ]
    return {"rec.hea": "\n".join(lines).encode(), "rec.dat": digital.tobytes()}


def csv_file() -> bytes:
    rows = [",".join(f"{v:.4f}" for v in row) for row in true_signal().T]
    return "\n".join(["fs: 500", "unit: mV", ",".join(LEADS), *rows]).encode()


def zip_of(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def npz_file() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, signal=true_signal().astype("f4"), fs=500.0, leads=np.array(LEADS))
    return stream.getvalue()


def npy_file() -> bytes:
    stream = io.BytesIO()
    np.save(stream, true_signal())
    return stream.getvalue()


def mat_file(**options) -> bytes:
    stream = io.BytesIO()
    scipy.io.savemat(stream, {"ECG": {"data": true_signal(), "sex": "F", "age": 50}}, **options)
    return stream.getvalue()


def mat_4_file() -> bytes:
    stream = io.BytesIO()
    scipy.io.savemat(stream, {"val": true_signal()}, format="4")
    return stream.getvalue()


def dicom_file() -> bytes:
    path = pydicom.data.get_testdata_file("waveform_ecg.dcm", download=False)
    with open(path, "rb") as stream:  # noqa: PTH123 - a path that pydicom gives
        return stream.read()


KINDS = {
    "wfdb": wfdb_files,
    "dicom": lambda: {"x": dicom_file()},
    "table": lambda: {"x": csv_file()},
    "npz": lambda: {"x": npz_file()},
    "npy": lambda: {"x": npy_file()},
    "mat 4": lambda: {"x": mat_4_file()},
    "mat 5": lambda: {"x": mat_file()},
    "mat 5 compressed": lambda: {"x": mat_file(do_compression=True)},
    "zip": lambda: {"x": zip_of(wfdb_files())},
    "stored zip": lambda: {"x": zip_of(wfdb_files(), zipfile.ZIP_STORED)},
}
