"""NumPy and MATLAB files: what they state is used, what they hide is refused."""

import io
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
import scipy.io
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.io import Answers, read_files
from ecgcore.leads import CHEST_LEADS, LEADS, LIMB_FROM_I_II

FLOAT32_MV = 5e-7  # half a step of float32 numbers below 4 mV, rounded up


def true_signal(n_samples: int = 5000) -> np.ndarray:
    """A (12, T) signal in mV that obeys the lead algebra."""
    independent = np.random.default_rng(0).normal(size=(8, n_samples)).clip(-2, 2) / 2
    return np.vstack([LIMB_FROM_I_II @ independent[:2], independent[2:]])


def npy(array, **options) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


def npz(**arrays) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def mat(variables, **options) -> bytes:
    stream = io.BytesIO()
    scipy.io.savemat(stream, variables, **options)
    return stream.getvalue()


def read(data: bytes, **options):
    (result,) = read_files({"any.name": data}, **options)
    return result


@given(
    gaps=st.lists(st.tuples(st.integers(6, 11), st.integers(0, 99)), max_size=5),
    fs=st.sampled_from([100.0, 360.0, 512.5]),
)
def test_what_convert_writes_reads_back_bit_for_bit(gaps, fs):
    signal = true_signal(100).astype(np.float32)
    for lead, sample in gaps:
        signal[lead, sample] = np.nan
    recording = read(npz(signal=signal, fs=np.float64(fs), leads=np.array(LEADS))).recording
    assert recording.signal.tobytes() == signal.tobytes()
    assert recording.fs == fs


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("container", ["npy", "mat 4", "mat 5", "mat 5 compressed"])
def test_a_bare_matrix_reads_with_three_assumptions(container: str, transposed: bool):  # noqa: FBT001
    stored = true_signal().T if transposed else true_signal()
    data = {
        "npy": lambda: npy(stored),
        "mat 4": lambda: mat({"val": stored}, format="4"),
        "mat 5": lambda: mat({"val": stored}),
        "mat 5 compressed": lambda: mat({"val": stored}, do_compression=True),
    }[container]()
    assert [q.field for q in read(data).questions] == ["fs", "leads", "mv_per_unit"]
    recording = read(data, assume_guesses=True).recording
    assert recording.fs == 500.0
    assert len(recording.warnings) == 3
    np.testing.assert_allclose(recording.signal, true_signal(), atol=FLOAT32_MV)


def test_answers_make_a_bare_matrix_readable():
    data = npy(np.round(true_signal() * 200).astype(np.int16))
    answers = Answers(fs=360.0, mv_per_unit=1 / 200, leads=LEADS)
    recording = read(data, answers=answers).recording
    assert recording.fs == 360.0
    np.testing.assert_allclose(recording.signal, true_signal(), atol=0.5 / 200 + FLOAT32_MV)


def test_facts_beside_the_signal_are_used():
    microvolts = true_signal()[[0, 1, *range(6, 12)]] * 1000
    facts = {"fs": 250, "units": "uV", "age": 61, "sex": "Male"}
    names = np.array(["lead I", "II", *CHEST_LEADS], dtype=object)
    recording = read(mat({"ecg": microvolts, "leads": names, **facts})).recording
    assert (recording.fs, recording.age, recording.sex) == (250.0, 61, "M")
    # Derived leads take up to two rounded ones, each times at most 1.
    np.testing.assert_allclose(recording.signal, true_signal(), atol=2 * FLOAT32_MV)
    assert recording.warnings == ("Derived from other limb leads: III, aVR, aVL, aVF.",)


def test_a_real_struct_equals_scipy(shared):
    path = shared / "samples" / "matlab" / "cpsc2018_A1980.mat"
    recording = read(path.read_bytes(), assume_guesses=True).recording
    reference = scipy.io.loadmat(path)["ECG"][0, 0]["data"]
    np.testing.assert_allclose(recording.signal, reference, atol=2e-6)
    assert (recording.fs, recording.age, recording.sex) == (500.0, 52, "M")
    assert not any("contradict" in warning for warning in recording.warnings)


def test_a_real_version_4_file_without_its_header_is_guessed_right(shared):
    folder = shared / "samples" / "matlab"
    alone = read((folder / "HR06000.mat").read_bytes(), assume_guesses=True).recording
    files = {name: (folder / name).read_bytes() for name in ("HR06000.hea", "HR06000.mat")}
    (with_header,) = read_files(files)
    np.testing.assert_allclose(alone.signal, with_header.recording.signal, atol=2e-6)
    assert alone.fs == with_header.recording.fs


def test_pickled_objects_are_refused():
    objects = np.array([{"code": "runs"}], dtype=object)
    assert "refused" in read(npy(objects, allow_pickle=True)).error
    assert "refused" in read(npz(signal=objects)).error


def npy_header(shape: str, descr: str = "<f8") -> bytes:
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def cell_of(n_elements: int) -> bytes:
    """A version 5 file with one cell array that declares more cells than there are bytes."""
    flags = struct.pack("<4I", 6, 8, 1, 0)
    dimensions = struct.pack("<2I2i", 5, 8, n_elements, 1)
    name = struct.pack("<2I", 1, 1) + b"a".ljust(8, b"\0")
    body = flags + dimensions + name
    return mat({})[:128] + struct.pack("<2I", 14, len(body)) + body


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (npy_header("(12, 10**11)"), "damaged"),
        (npy_header("(12, 99999999999)"), "9599999999904 bytes, but holds 0"),
        (npy_header("(-12, 5000)"), "declares shape"),
        (cell_of(2**31 - 1), "declares an array of (2147483647, 1) elements"),
        (b"MATLAB 7.3 MAT-file".ljust(512), "damaged or cut short"),
        (npy(np.zeros((100, 12, 500))), "no array of 1 to 32 leads"),
        (npy(np.zeros((3, 3))), "no array of 1 to 32 leads"),
        (npy(np.zeros((12, 500), dtype=complex)), "no array of 1 to 32 leads"),
        (npz(one=np.zeros((12, 500)), two=np.zeros((12, 500))), "2 arrays that could be the ECG"),
    ],
)
def test_what_is_no_single_ecg_is_refused_with_the_reason(data: bytes, sentence: str):
    result = read(data, assume_guesses=True)
    assert result.recording is None
    assert sentence in result.error


def test_a_compressed_variable_is_never_inflated_beyond_the_limit(monkeypatch):
    monkeypatch.setattr("ecgcore.io.matlab.MAX_FILE_BYTES", 100_000)
    bomb = mat({"val": np.zeros((12, 5000))}, do_compression=True)
    assert len(bomb) < 2000
    assert "unpacks to over 100000 bytes" in read(bomb).error


def test_an_npz_is_never_inflated_beyond_the_limit(monkeypatch):
    monkeypatch.setattr("ecgcore.io.numpy_file.MAX_FILE_BYTES", 100_000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("signal.npy", npy(np.zeros((12, 5000))))
    assert "unpacks to over 100000 bytes" in read(stream.getvalue()).error


def test_small_elements_that_declare_more_than_they_hold_take_no_memory():
    # Each of 60,000 elements of eight bytes would be copied as 64 kB: 4 GB out of half a megabyte.
    header = b"MATLAB 5.0".ljust(124) + b"\0\1IM"
    data = header + struct.pack("<HHI", 1, 0xFFFF, 0) * 60_000
    tracemalloc.start()
    (result,) = read_files({"x": data})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "declares 65535 bytes, the limit is 4" in result.error
    assert peak < 8 * len(data)
