"""HDF5: CODE-15's layout, named arrays, MATLAB 7.3, and files that would misuse the library."""

import io
import tracemalloc
import zlib

import h5py
import numpy as np
import pytest
from built_recorders import hdf5_of, matlab_73
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.io import hdf5, matlab, read_files, recognise
from ecgcore.io.hdf5_storage import longest_text_bytes
from ecgcore.io.limits import MAX_FILE_BYTES, MAX_RECORDINGS
from ecgcore.leads import LEADS, LIMB_FROM_I_II

T = 500
# Values stay below 4 mV, where neighbouring float32 numbers are 2.4e-7 mV apart.
FLOAT32_MV = 2.4e-7


def true_signal(n_samples: int = T) -> np.ndarray:
    """A (12, T) signal in mV that obeys the lead algebra."""
    independent = np.random.default_rng(0).normal(size=(8, n_samples)).clip(-2, 2) / 2
    return np.vstack([LIMB_FROM_I_II @ independent[:2], independent[2:]])


def read(data: bytes, **options):
    (result,) = read_files({"any.name": data}, **options)
    return result


def code15(n_recordings: int = 3, **options) -> bytes:
    """Recordings of 7 s and 10 s of 400 Hz with zeros around them, as CODE-15 stores them."""

    def fill(file: h5py.File) -> None:
        stack = np.zeros((n_recordings, 4096, 12), np.float32)
        for number, tracing in enumerate(stack):
            length = 4000 if number % 2 else 2800
            start = (4096 - length) // 2
            tracing[start : start + length] = true_signal(length).T * (number + 1)
        file.create_dataset("tracings", data=stack, **options)
        file["exam_id"] = np.arange(471_100, 471_100 + n_recordings)

    return hdf5_of(fill)


@pytest.mark.parametrize("options", [{}, {"compression": "gzip", "chunks": (1, 4096, 12)}])
def test_each_recording_of_code_15_is_one_without_its_padding(options: dict):
    results = read_files({"part.hdf5": code15(**options)}, assume_guesses=True)
    assert [result.name for result in results] == [f"part.hdf5#{i}" for i in (1, 2, 3)]
    for number, result in enumerate(results):
        length = 4000 if number % 2 else 2800
        expected = true_signal(length) * (number + 1)
        assert result.recording.fs == 400.0
        np.testing.assert_allclose(result.recording.signal, expected, atol=4 * FLOAT32_MV)


def test_what_code_15_does_not_state_is_asked_with_its_own_values_as_guesses():
    for result in read_files({"x": code15()}):
        guesses = {question.field: question.guess for question in result.questions}
        assert guesses == {"fs": 400.0, "leads": LEADS, "mv_per_unit": 1.0}


def test_the_numbers_of_exams_are_not_kept():
    results = read_files({"x": code15()}, assume_guesses=True)
    said = "".join(repr(result) + str(vars(result.recording)) for result in results)
    assert "4711" not in said


def test_of_many_recordings_the_first_are_read_and_the_first_says_so():
    def fill(file: h5py.File) -> None:
        stack = np.ones((MAX_RECORDINGS + 20, 60, 12), "i2")
        file.create_dataset("tracings", data=stack * np.arange(1, 61, dtype="i2")[:, None])

    results = read_files({"x": hdf5_of(fill)}, assume_guesses=True)
    assert len(results) == MAX_RECORDINGS
    note = "The file holds 120 recordings; the first 100 were read."
    assert [note in result.recording.warnings for result in results] == [True] + [False] * 99


def test_a_recording_of_nothing_but_zeros_stays_a_flat_line():
    def fill(file: h5py.File) -> None:
        file["tracings"] = np.zeros((1, 4096, 12), "f4")

    recording = read(hdf5_of(fill), assume_guesses=True).recording
    assert recording.n_samples == 4096
    assert not recording.signal.any()


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("text", [h5py.string_dtype(), h5py.string_dtype(length=8), "S4"])
def test_named_datasets_and_attributes_are_understood_wherever_they_stand(transposed, text):
    def fill(file: h5py.File) -> None:
        signal = true_signal()
        group = file.create_group("record/ecg")
        group["data"] = signal.T if transposed else signal
        group["leads"] = np.array(LEADS, dtype=object).astype(text)
        file.attrs["fs"] = 500.0
        group["data"].attrs["units"] = "mV"
        file["age"], file["sex"] = 61, "F"

    result = read(hdf5_of(fill))
    recording = result.recording
    assert (recording.fs, recording.age, recording.sex) == (500.0, 61, "F")
    np.testing.assert_allclose(recording.signal, true_signal(), atol=FLOAT32_MV)
    assert (recording.source, recording.warnings) == ("HDF5", ())


@pytest.mark.parametrize(
    "options",
    [
        {"chunks": (12, 100)},
        {"chunks": (12, 100), "compression": "gzip", "shuffle": True, "fletcher32": True},
        {"chunks": (5, 77), "compression": "gzip"},
        {"maxshape": (None, None), "fletcher32": True},
    ],
)
def test_every_storage_that_is_read_gives_the_same(options: dict):
    data = hdf5_of(lambda file: file.create_dataset("ecg", data=true_signal(), **options))
    recording = read(data, assume_guesses=True).recording
    np.testing.assert_allclose(recording.signal, true_signal(), atol=FLOAT32_MV)


def characters(group: h5py.Group, name: str, text: str) -> h5py.Dataset:
    """A row of characters, which MATLAB stores as a column of numbers."""
    dataset = group.create_dataset(name, data=np.array([[ord(c)] for c in text], "u2"))
    dataset.attrs["MATLAB_class"] = np.bytes_("char")
    return dataset


def test_a_matlab_73_struct_reads_like_the_older_versions():
    def fill(file: h5py.File) -> None:
        struct = file.create_group("ECG")
        struct["data"] = true_signal().T  # 12 by T in MATLAB
        struct["fs"] = [[250.0]]
        struct["age"] = [[47.0]]
        characters(struct, "sex", "Male")
        characters(struct, "unit", "mV")
        references = [characters(file, f"#refs#/{c}", lead).ref for c, lead in enumerate(LEADS)]
        cell = struct.create_dataset("leads", (12, 1), dtype=h5py.ref_dtype)
        cell[:, 0] = references
        cell.attrs["MATLAB_class"] = np.bytes_("cell")

    data = matlab_73(fill)
    assert recognise(data) is matlab.FORMAT
    recording = read(data).recording
    assert (recording.fs, recording.age, recording.sex) == (250.0, 47, "M")
    assert (recording.source, recording.warnings) == ("MATLAB", ())
    np.testing.assert_allclose(recording.signal, true_signal(), atol=FLOAT32_MV)


def test_a_matlab_73_array_alone_asks_for_the_rest():
    data = matlab_73(lambda file: file.create_dataset("val", data=true_signal().T))
    assert {question.field for question in read(data).questions} == {"fs", "leads", "mv_per_unit"}


def test_links_out_of_the_file_are_not_followed(tmp_path):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["ecg"] = true_signal()

    def fill(file: h5py.File) -> None:
        file["outside"] = h5py.ExternalLink(str(secret), "/ecg")
        file["tracings"] = h5py.ExternalLink(str(secret), "/ecg")
        file["nowhere"] = h5py.SoftLink("/nowhere")
        file["itself"] = h5py.SoftLink("/itself")

    assert "no array of 1 to 32 leads" in read(hdf5_of(fill)).error


def test_what_several_links_lead_to_is_one_array_and_circles_end():
    def fill(file: h5py.File) -> None:
        file["ecg"] = true_signal()
        file["again"] = file["ecg"]
        file["itself"] = file["/"]
        group = file.create_group("group")
        for i in range(50):
            group[f"up{i}"] = file["/"]

    recording = read(hdf5_of(fill), assume_guesses=True).recording
    np.testing.assert_allclose(recording.signal, true_signal(), atol=FLOAT32_MV)


def test_samples_in_another_file_are_never_opened(tmp_path):
    raw = tmp_path / "raw.bin"
    raw.write_bytes(true_signal().tobytes())
    with h5py.File(tmp_path / "source.h5", "w") as file:
        file["ecg"] = true_signal()
    layout = h5py.VirtualLayout((12, T), "f8")
    layout[:] = h5py.VirtualSource(str(tmp_path / "source.h5"), "ecg", (12, T))

    def external(file: h5py.File) -> None:
        file.create_dataset("ecg", (12, T), "f8", external=[(str(raw), 0, 12 * T * 8)])

    def external_stack(file: h5py.File) -> None:
        file.create_dataset("tracings", (1, T, 12), "f8", external=[(str(raw), 0, 12 * T * 8)])

    for fill in (external, external_stack, lambda f: f.create_virtual_dataset("ecg", layout)):
        error = read(hdf5_of(fill)).error
        assert error == "A dataset of the HDF5 file has its samples in another file: not opened."


def peak_bytes_of(data: bytes) -> tuple[str | None, int]:
    tracemalloc.start()
    result = read(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return result.error, peak


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((12, 10**12), {}),
        ((12, 10**12), {"chunks": (12, 1000)}),
        ((12, 10**7), {}),
    ],
)
def test_declared_shapes_of_terabytes_are_refused_unread(shape, options):
    data = hdf5_of(lambda file: file.create_dataset("ecg", shape, "f8", **options))
    error, peak = peak_bytes_of(data)
    assert f"takes {12 * shape[1] * 8} bytes, the limit is {MAX_FILE_BYTES}" in error
    assert peak < 10**6


def test_a_declared_shape_without_bytes_is_refused():
    data = hdf5_of(lambda file: file.create_dataset("ecg", (12, 5000), "f8"))
    assert read(data).error == "A dataset of the HDF5 file declares 480000 bytes and holds 0."
    stack = hdf5_of(lambda file: file.create_dataset("tracings", (10**9, 4096, 12), "f4"))
    assert "declares 19660800 bytes and holds 0" in read(stack).error
    long = hdf5_of(lambda file: file.create_dataset("tracings", (1, 10**12, 12), "f4"))
    assert "12 x 1000000000000 values, the limit is" in read(long).error


def bomb(unpacked_bytes: int, chunk: tuple[int, int] = (12, 100)) -> bytes:
    """A chunk that declares its size honestly and unpacks to something else."""

    def fill(file: h5py.File) -> None:
        dataset = file.create_dataset("ecg", (12, 100), "f8", chunks=chunk, compression="gzip")
        packer = zlib.compressobj()
        block = b"\0" * 10**6
        content = b"".join(packer.compress(block) for _ in range(unpacked_bytes // len(block)))
        dataset.id.write_direct_chunk((0, 0), content + packer.flush())

    return hdf5_of(fill)


def test_a_chunk_that_unpacks_to_more_than_it_declares_is_refused_before_it_has():
    error, peak = peak_bytes_of(bomb(200 * 10**6))
    assert error == "A chunk of the HDF5 file unpacks to more than its 9604 bytes."
    assert peak < 2 * 10**6


def test_a_chunk_of_gigabytes_is_refused():
    def fill(file: h5py.File) -> None:
        file.create_dataset(
            "ecg", (12, 100), "f8", chunks=(12, 4 * 10**7), maxshape=(12, None), compression="gzip"
        )

    error, peak = peak_bytes_of(hdf5_of(fill))
    assert (
        error == f"A chunk of the HDF5 file takes 3840000000 bytes, the limit is {MAX_FILE_BYTES}."
    )
    assert peak < 10**6


@pytest.mark.parametrize("options", [{"compression": "lzf"}, {"scaleoffset": 3, "dtype": "i4"}])
def test_a_compression_without_a_bound_is_refused(options: dict):
    signal = np.round(true_signal() * 1000).astype("i4")
    data = hdf5_of(lambda file: file.create_dataset("ecg", data=signal, **options))
    error = read(data).error
    assert "which is not read: store it with one gzip compression or none" in error


def test_a_chunk_that_is_longer_than_the_file_is_refused():
    data = bytearray(bomb(10**6))
    place = data.index(b"TREE\1") + 24  # of the first chunk, after the head of the index
    data[place : place + 4] = (2**31 - 1).to_bytes(4, "little")
    assert "take 2147483647 bytes together, the file has" in read(bytes(data)).error


def test_too_many_chunks_are_refused(monkeypatch):
    data = hdf5_of(lambda file: file.create_dataset("ecg", data=true_signal(), chunks=(1, 5)))
    monkeypatch.setattr("ecgcore.io.hdf5_storage._MAX_CHUNKS", 1199)
    assert "is cut into 1200 chunks, the limit is 1199" in read(data).error


def test_two_compressions_on_top_of_each_other_are_refused():
    def fill(file: h5py.File) -> None:
        settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        settings.set_chunk((12, T))
        settings.set_deflate(9)
        settings.set_deflate(9)
        space = h5py.h5s.create_simple((12, T))
        h5py.h5d.create(file.id, b"ecg", h5py.h5t.NATIVE_DOUBLE, space, settings)

    assert "one gzip compression or none" in read(hdf5_of(fill)).error


def test_many_texts_that_share_one_long_value_are_not_multiplied():
    def fill(file: h5py.File) -> None:
        file["ecg"] = true_signal()
        file["leads"] = np.array([*LEADS[:-1], "x" * 3 * 10**6], dtype=object)

    data = hdf5_of(fill)
    assert longest_text_bytes(data) > 3 * 10**6
    assert {question.field for question in read(data).questions} == {"fs", "leads", "mv_per_unit"}


def with_texts(file: h5py.File) -> None:
    file["ecg"] = true_signal()
    file["leads"] = np.array(LEADS, dtype=object)


def test_a_text_that_claims_gigabytes_is_not_read():
    data = bytearray(hdf5_of(with_texts))
    with h5py.File(io.BytesIO(bytes(data)), "r") as file:
        place = file["leads"].id.get_offset()
    assert data[place : place + 4] == b"\1\0\0\0"  # the length of "I"
    data[place : place + 4] = b"\xf0\xff\xff\xff"
    result = read(bytes(data))
    assert [question.field for question in result.questions] == ["fs", "leads", "mv_per_unit"]


@pytest.mark.parametrize("entry", [b"\0" * 16, b"\0\0" + b"\xff" * 14, b"\1\0" + b"\xff" * 14])
def test_a_damaged_heap_of_texts_in_which_the_library_would_not_end_is_refused(entry: bytes):
    data = bytearray(hdf5_of(with_texts))
    place = data.index(b"GCOL") + 16
    data[place : place + 16] = entry
    assert read(bytes(data)).error == "A text in the HDF5 file is damaged."


def test_references_and_compounds_are_passed_over():
    def fill(file: h5py.File) -> None:
        file["ecg"] = true_signal()
        file["pair"] = np.zeros(3, dtype=[("x", "f4"), ("y", "i4")])
        file["complex"] = np.zeros((12, 100), "c16")
        h5py.h5d.create(file.id, b"time", h5py.h5t.UNIX_D32LE, h5py.h5s.create_simple((2,)))
        regions = file.create_dataset("regions", (1,), dtype=h5py.regionref_dtype)
        regions[0] = file["ecg"].regionref[0:1, 0:10]
        file.create_dataset("nothing", dtype="f8", data=h5py.Empty("f8"))

    recording = read(hdf5_of(fill), assume_guesses=True).recording
    np.testing.assert_allclose(recording.signal, true_signal(), atol=FLOAT32_MV)


def test_two_signals_in_one_file_are_refused_rather_than_one_chosen():
    def fill(file: h5py.File) -> None:
        file["a/data"], file["b/data"] = true_signal(), true_signal()

    assert "holds 2 arrays that could be the ECG" in read(hdf5_of(fill)).error


def test_too_many_members_are_refused():
    def fill(file: h5py.File) -> None:
        for i in range(1001):
            file.create_group(str(i))

    assert "holds more than 1000 groups, datasets and attributes" in read(hdf5_of(fill)).error


@pytest.mark.parametrize("cut", [8, 100, 1000, 40_000])
def test_a_file_that_is_cut_short_is_refused(cut: int):
    data = hdf5_of(lambda file: file.create_dataset("ecg", data=true_signal()))
    assert recognise(data) is hdf5.FORMAT
    assert read(data[:-cut]).error == "The HDF5 file is damaged or cut short."
    assert read(data[:cut]).error == "The HDF5 file is damaged or cut short."


@given(st.data())
def test_damaged_storage_gives_a_result(data):
    original = code15(1, compression="gzip", chunks=(1, 4096, 12))
    edited = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(2000, len(original) - 1))
        edited[place] = data.draw(st.integers(0, 255))
    for result in read_files({"x": bytes(edited)}, assume_guesses=True):
        assert (result.recording is None) == (result.error is not None)
