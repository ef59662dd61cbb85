"""Writing and reading give the recording back, and nothing of whoever it was recorded from."""

import dataclasses
import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pydicom
import pydicom.data
import pytest
import wfdb
from hypothesis import given, settings
from hypothesis import strategies as st

from ecgcore.electrodes import apply_swap, parse_swap, undo_swap
from ecgcore.errors import WriteError
from ecgcore.io import read_files
from ecgcore.io.export import EXPORT_FORMATS, Exported, export, format_of_suffix, pack
from ecgcore.io.exported import one_line, written_age
from ecgcore.io.stored_step import computation_tolerance
from ecgcore.leads import INDEX, LEADS
from ecgcore.recording import Recording

PACKAGED = pydicom.data.get_testdata_file("waveform_ecg.dcm", download=False)
NAMES = [fmt.name for fmt in EXPORT_FORMATS]
OF_FLOATS, OF_INTEGERS = ("csv", "npz"), ("wfdb", "dicom")
# Gains of recorders, counts per mV, and of leads that were computed from theirs.
GAINS = (1000.0, 200.0, 400.0, 800.0, 2000.0, 204.8, 204.91803, 1716.0, 3000.0, 409.6)
# Rounding to float32 moves a value by at most this share of it.
FLOAT32 = 2.0**-24


def packaged() -> Recording:
    (result,) = read_files({"x": Path(PACKAGED).read_bytes()})
    return result.recording


def read_back(exported: Exported) -> Recording:
    """Read the files as an upload; nothing may have to be asked."""
    (result,) = read_files(exported.files)
    assert result.recording is not None, (result.error, result.questions)
    return result.recording


def largest_change(one: Recording, other: Recording) -> float:
    """In mV, over the leads that `one` holds; what was not recorded must be the same samples."""
    rows = [INDEX[lead] for lead in one.leads]
    before, after = one.signal[rows].astype(float), other.signal[rows].astype(float)
    np.testing.assert_array_equal(np.isnan(before), np.isnan(after))
    return float(np.nanmax(np.abs(before - after)))


def assert_kept(recording: Recording, exported: Exported) -> None:
    """Whatever the export says of itself is true, and the bounds of the format hold."""
    again = read_back(exported)
    change = largest_change(recording, again)
    assert change == exported.error_mv
    assert exported.exact == (change == 0.0)
    assert exported.exact == exported.statement.startswith("Bit-exact")
    assert again.n_samples == recording.n_samples
    # A decimal string of DICOM holds 16 characters, so at least ten digits behind the point.
    assert again.fs == pytest.approx(recording.fs, abs=1e-10, rel=0)
    if exported.lsb_mv is not None:
        # Half a step, and the rounding of the result to float32.
        largest = float(np.nanmax(np.abs(recording.signal)))
        assert change <= exported.lsb_mv / 2.0 + FLOAT32 * largest


def some_missing(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """What was not recorded: some leads, and stretches of others; never everything."""
    missing = np.zeros(shape, bool)
    missing[rng.permutation(12)[: rng.integers(0, 12)]] = True
    for row in rng.integers(0, 12, size=rng.integers(0, 4)):
        start = rng.integers(2, shape[1])
        missing[row, start : start + rng.integers(1, shape[1])] = True
    return missing


@st.composite
def digitised(draw: st.DrawFn, gains: st.SearchStrategy[float]) -> Recording:
    """Leads as a recorder stores them: each with one gain, and neighbouring values among them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n_samples = draw(st.integers(20, 60))
    largest = rng.choice([3, 100, 32_767], size=(12, 1))
    counts = rng.integers(-largest, largest, (12, n_samples), endpoint=True)
    counts[:, :2] = (0, 1)
    gain = np.array(draw(st.lists(gains, min_size=12, max_size=12)))[:, None]
    signal = (counts / gain).astype(np.float32)
    missing = some_missing(rng, signal.shape)
    return Recording(np.where(missing, np.nan, signal), draw(rates), "test")


@st.composite
def anything(draw: st.DrawFn) -> Recording:
    """Any float32 values: an ECG and whatever else, with the offset of electrodes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = (12, draw(st.integers(20, 60)))
    spread = 10.0 ** rng.uniform(-4.0, 2.0, size=(12, 1))
    signal = rng.normal(size=shape) * spread + rng.normal(size=(12, 1)) * draw(st.floats(0, 300))
    special = rng.choice([0.0, -0.0, 1.0, 1e-30, 12.345], size=shape)
    signal = np.where(rng.random(shape) < 0.2, special, signal)
    signal = np.where(rng.random((12, 1)) < 0.2, np.round(signal, 3), signal)
    return Recording(np.where(some_missing(rng, shape), np.nan, signal), draw(rates), "test")


rates = st.sampled_from([200.0, 250.0, 360.0, 500.0, 1000.0]) | st.floats(200.0, 1000.0)
few = settings(max_examples=40)


@few
@given(anything() | digitised(st.sampled_from(GAINS)), st.floats(50.0, 16_000.0))
@pytest.mark.parametrize("name", OF_FLOATS)
def test_float_formats_keep_every_bit_at_any_rate(name: str, recording: Recording, fs: float):
    recording = dataclasses.replace(recording, fs=fs)
    exported = export(recording, name, "ecg")
    again = read_back(exported)
    assert exported.exact
    assert exported.lsb_mv is None
    assert again.fs == fs
    rows = [INDEX[lead] for lead in recording.leads]
    np.testing.assert_array_equal(again.signal[rows], recording.signal[rows])


@few
@given(digitised(st.sampled_from(GAINS) | st.floats(100.0, 100_000.0)))
@pytest.mark.parametrize("name", OF_INTEGERS)
def test_integer_formats_are_bit_exact_where_the_recorder_was(name: str, recording: Recording):
    exported = export(recording, name, "ecg")
    assert exported.exact
    assert_kept(recording, exported)


@few
@given(anything())
@pytest.mark.parametrize("name", OF_INTEGERS)
def test_integer_formats_round_anything_else_to_half_a_step(name: str, recording: Recording):
    assert_kept(recording, export(recording, name, "ecg"))


@few
@given(anything(), st.floats(50.0, 16_000.0))
def test_wfdb_keeps_any_rate(recording: Recording, fs: float):
    recording = dataclasses.replace(recording, fs=fs)
    exported = export(recording, "wfdb", "ecg")
    assert_kept(recording, exported)
    assert read_back(exported).fs == fs


@pytest.mark.parametrize("amplitude_mv", [1e-40, 1e-6, 1e-3, 1e3, 1e20, 3e38])
@pytest.mark.parametrize("name", NAMES)
def test_amplitudes_far_from_an_ecg_are_kept_to_half_a_step_too(name: str, amplitude_mv: float):
    rng = np.random.default_rng(0)
    signal = rng.uniform(-amplitude_mv, amplitude_mv, size=(12, 50)).astype(np.float32)
    recording = Recording(signal, 500.0, "test")
    assert_kept(recording, export(recording, name, "ecg"))


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_of_zeros_and_one_of_a_single_value_are_exact(name: str):
    signal = np.zeros((12, 30))
    signal[3] = 0.12345
    assert export(Recording(signal, 500.0, "test"), name, "ecg").exact


@pytest.mark.parametrize("swap", ["LA/RA", "RA/LL", "V1/V2", "clockwise", "RA/RL", "LA/V3"])
@pytest.mark.parametrize("name", NAMES)
def test_a_swap_and_its_undo_are_kept(name: str, swap: str):
    chosen = parse_swap(swap)
    recording = packaged().window(0.0, 2.0)
    swapped = recording.with_signal(apply_swap(recording.signal, chosen))
    undone = recording.with_signal(undo_swap(swapped.signal, chosen).signal)
    for changed in (swapped, undone):
        exported = export(changed, name, "ecg", "a note")
        assert_kept(changed, exported)
        if swap == "RA/RL":  # multiples of a third of a step, as far as float32 goes
            assert exported.error_mv <= computation_tolerance(changed.signal)
        elif swap != "LA/V3":
            assert exported.exact


@pytest.mark.parametrize("name", NAMES)
def test_real_recordings_survive_as_read_swapped_and_undone(name: str, shared: Path):
    headers = sorted((shared / "data" / "cinc2021").glob("*.hea"))[::32]
    assert len(headers) > 5
    swap = parse_swap("LA/RA")
    for header in headers:
        samples = header.with_suffix(".dat")
        files = {path.name: path.read_bytes() for path in (header, samples)}
        (result,) = read_files(files)
        if name == "dicom" and not 200 <= result.recording.fs <= 1000:
            continue
        swapped = result.recording.with_signal(apply_swap(result.recording.signal, swap))
        undone = swapped.with_signal(undo_swap(swapped.signal, swap).signal)
        for recording in (result.recording, swapped, undone):
            exported = export(recording, name, "ecg")
            assert exported.exact
            assert_kept(recording, exported)


def with_gaps() -> Recording:
    recording = packaged()
    signal = recording.signal.copy()
    signal[INDEX["V2"], 100:200] = np.nan
    signal[INDEX["V5"]] = np.nan
    signal[INDEX["V6"], :2] = (-0.0, 0.0)
    return dataclasses.replace(recording, signal=signal)


def test_wfdb_itself_reads_what_is_written(tmp_path: Path):
    recording = with_gaps()
    for name, content in export(recording, "wfdb", "rec_1").files.items():
        (tmp_path / name).write_bytes(content)
    record = wfdb.rdrecord(str(tmp_path / "rec_1"))
    assert record.fs == recording.fs
    assert tuple(record.sig_name) == recording.leads
    assert record.units == ["mV"] * 11
    expected = recording.signal[[INDEX[lead] for lead in recording.leads]]
    np.testing.assert_array_equal(record.p_signal.T.astype(np.float32), expected)
    digital = wfdb.rdrecord(str(tmp_path / "rec_1"), physical=False)
    stated = np.array(digital.checksum)
    np.testing.assert_array_equal((stated - digital.calc_checksum()) % 2**16, 0)
    np.testing.assert_array_equal(digital.init_value, digital.d_signal[0])
    assert (record.base_date, record.base_time) == (None, None)


def test_samples_that_are_multiples_of_nothing_take_32_bits(tmp_path: Path):
    signal = np.random.default_rng(0).normal(size=(12, 500))
    recording = Recording(signal, 500.0, "test")
    exported = export(recording, "wfdb", "rec")
    for name, content in exported.files.items():
        (tmp_path / name).write_bytes(content)
    record = wfdb.rdrecord(str(tmp_path / "rec"))
    assert set(record.fmt) == {"32"}
    assert exported.lsb_mv == 1e-8
    assert np.abs(record.p_signal.T - recording.signal).max() <= 0.5e-8 * (1.0 + 1e-6)


def test_pandas_reads_the_text():
    recording = with_gaps()
    (content,) = export(recording, "csv", "ecg", "a note").files.values()
    frame = pd.read_csv(io.BytesIO(content), comment="#")
    assert list(frame.columns) == ["time_s", *LEADS]
    signal = frame[list(LEADS)].to_numpy(np.float32).T
    np.testing.assert_array_equal(signal, recording.signal)
    np.testing.assert_array_equal(np.signbit(signal[11, :2]), [True, False])
    np.testing.assert_allclose(frame["time_s"], np.arange(10_000) / 1000.0, atol=0.5e-6)


def test_numpy_reads_the_arrays():
    recording = with_gaps()
    (content,) = export(recording, "npz", "ecg", "a note").files.values()
    with np.load(io.BytesIO(content)) as arrays:
        assert arrays["signal"].tobytes() == recording.signal.tobytes()
        assert (float(arrays["fs"]), tuple(arrays["leads"])) == (1000.0, LEADS)
        assert str(arrays["note"]) == "a note"


def dicom_of(recording: Recording, note: str = "") -> pydicom.Dataset:
    (content,) = export(recording, "dicom", "ecg", note).files.values()
    return pydicom.dcmread(io.BytesIO(content))


def test_pydicom_reads_the_waveform():
    recording = packaged()
    dataset = dicom_of(recording)
    microvolts = dataset.waveform_array(0).T
    np.testing.assert_allclose(microvolts / 1e3, recording.signal, rtol=FLOAT32)


@pytest.mark.parametrize(
    ("n_samples", "sop_class"),
    [
        (16_384, pydicom.uid.TwelveLeadECGWaveformStorage),
        (16_385, pydicom.uid.GeneralECGWaveformStorage),
    ],
)
def test_the_kind_of_dicom_object_follows_the_length(n_samples: int, sop_class: str):
    signal = np.resize(packaged().signal, (12, n_samples))
    dataset = dicom_of(Recording(signal, 500.0, "test"))
    assert dataset.SOPClassUID == dataset.file_meta.MediaStorageSOPClassUID == sop_class


# What the modules of both kinds of object demand to be there with a value (type 1, and 1C as far as
# its condition is met), PS3.3 C.7.3.1, C.7.4.2, C.10.8 to C.10.10 and C.12.1.
WITH_A_VALUE = (
    "SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "Modality",
    "InstanceNumber", "ContentDate", "ContentTime", "AcquisitionDateTime", "WaveformSequence",
    "SynchronizationFrameOfReferenceUID", "SynchronizationTrigger", "AcquisitionTimeSynchronized",
    "DeidentificationMethod",
)  # fmt: skip
EMPTY_ALLOWED = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime",
    "ReferringPhysicianName", "StudyID", "AccessionNumber", "SeriesNumber", "Manufacturer",
    "AcquisitionContextSequence",
)  # fmt: skip
OTHERS_WRITTEN = (
    "PatientAge", "PatientIdentityRemoved", "LongitudinalTemporalInformationModified",
    "WaveformAnnotationSequence",
)  # fmt: skip
OF_A_GROUP = (
    "WaveformOriginality", "NumberOfWaveformChannels", "NumberOfWaveformSamples",
    "SamplingFrequency", "ChannelDefinitionSequence", "WaveformBitsAllocated",
    "WaveformSampleInterpretation", "WaveformPaddingValue", "WaveformData",
)  # fmt: skip
OF_A_CHANNEL = (
    "ChannelSourceSequence", "ChannelSensitivity", "ChannelSensitivityUnitsSequence",
    "ChannelSensitivityCorrectionFactor", "ChannelBaseline", "ChannelSampleSkew",
    "WaveformBitsStored",
)  # fmt: skip


def test_dicom_has_every_demanded_element_and_no_other():
    dataset = dicom_of(with_gaps(), "a note")
    present = {element.keyword for element in dataset}
    assert present == {*WITH_A_VALUE, *EMPTY_ALLOWED, *OTHERS_WRITTEN}
    assert [keyword for keyword in WITH_A_VALUE if dataset.get(keyword) in (None, "")] == []
    (group,) = dataset.WaveformSequence
    assert [keyword for keyword in OF_A_GROUP if group.get(keyword) in (None, "", b"")] == []
    for channel in group.ChannelDefinitionSequence:
        assert [keyword for keyword in OF_A_CHANNEL if channel.get(keyword) in (None, "")] == []
    (remark,) = dataset.WaveformAnnotationSequence
    assert (remark.UnformattedTextValue, remark.ReferencedWaveformChannels) == ("a note", [1, 0])
    assert group.WaveformOriginality == "DERIVED"
    assert dicom_of(packaged()).WaveformSequence[0].WaveformOriginality == "ORIGINAL"


@pytest.mark.parametrize("fs", [199.0, 1000.5, 8000.0])
def test_dicom_refuses_rates_that_the_standard_does_not_allow(fs: float):
    recording = Recording(np.ones((12, 50)), fs, "test")
    with pytest.raises(WriteError, match=f"200 to 1000 samples per second, .* has {fs:g}"):
        export(recording, "dicom", "ecg")


@pytest.mark.parametrize(
    ("age", "written"),
    [(None, None), (89, 89), (89.5, 90), (90, 90), (119, 90), (63.9, 63), (2, 2), (0.5, 0.5)],
)
def test_ages_above_89_are_one_category(age: float | None, written: float | None):
    assert written_age(age) == written
    recording = dataclasses.replace(packaged(), age=age)
    for name in OF_INTEGERS:
        assert read_back(export(recording, name, "ecg")).age == written


@pytest.mark.parametrize("sex", ["F", "M", None])
def test_the_sex_is_kept(sex: str | None):
    recording = dataclasses.replace(packaged(), sex=sex)
    for name in OF_INTEGERS:
        assert read_back(export(recording, name, "ecg")).sex == sex


SECRETS = (
    "Mustermann", "Erika", "ID-4711", "Charite", "19900102", "20240229", "13:37:42", "133742",
    "SN-0815", "Dr. Doe", "Sekret", "ACC-99", "1.2.3.4.5.6.7.8.9", "chest pain",
)  # fmt: skip


def identified_dicom() -> dict[str, bytes]:
    dataset = pydicom.dcmread(PACKAGED)
    dataset.PatientName, dataset.PatientID = "Mustermann^Erika", "ID-4711"
    dataset.PatientBirthDate, dataset.PatientAge = "19900102", "034Y"
    dataset.InstitutionName, dataset.DeviceSerialNumber = "Charite", "SN-0815"
    dataset.StudyDate = dataset.ContentDate = "20240229"
    dataset.AcquisitionDateTime, dataset.StudyTime = "20240229133742", "133742"
    dataset.ReferringPhysicianName, dataset.AccessionNumber = "Dr. Doe", "ACC-99"
    dataset.StudyInstanceUID = dataset.SOPInstanceUID = "1.2.3.4.5.6.7.8.9"
    dataset.PatientComments = "chest pain"
    group = dataset.WaveformSequence[0]
    group.MultiplexGroupLabel = "Sekret"
    group.ChannelDefinitionSequence[0].ChannelLabel = "Mustermann"
    stream = io.BytesIO()
    dataset.save_as(stream)
    return {"Mustermann_Erika.dcm": stream.getvalue()}


def identified_wfdb() -> dict[str, bytes]:
    files = dict(export(packaged(), "wfdb", "Mustermann").files)
    header = (
        files["Mustermann.hea"].decode().replace("1000 10000", "1000 10000 13:37:42 29/02/2024")
    )
    header += "# Name: Erika Mustermann ID-4711 Charite\n# Sekret chest pain, Dr. Doe, SN-0815\n"
    return files | {"Mustermann.hea": header.encode()}


def content_of(exported: Exported, name: str) -> bytes:
    """All bytes that leave, unpacked."""
    download = pack(exported, name)
    parts = [download.name.encode(), download.content, *exported.files.values()]
    for part in list(parts):
        if part.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(part)) as archive:
                parts += [archive.read(member) for member in archive.namelist()]
    return b"\n".join([*parts, *(file.encode() for file in exported.files)])


@pytest.mark.parametrize("source", [identified_dicom, identified_wfdb])
@pytest.mark.parametrize("name", NAMES)
def test_no_identifier_of_the_source_is_in_any_byte_that_is_written(source, name: str):
    files = source()
    planted = b"".join(files.values())
    assert sum(secret.encode() in planted for secret in SECRETS) > 6
    (result,) = read_files(files)
    recording = dataclasses.replace(result.recording, warnings=("Sekret",))
    content = content_of(export(recording, name, "ecg"), name)
    for encoding in ("ascii", "utf-16-le", "utf-32-le"):  # arrays of text are UTF-32
        assert [s for s in SECRETS if s.encode(encoding) in content] == []


def test_unique_identifiers_are_drawn_anew_each_time():
    one, other = dicom_of(packaged()), dicom_of(packaged())
    for dataset in (one, other):
        assert dataset.SOPInstanceUID == dataset.file_meta.MediaStorageSOPInstanceUID
    uids = [
        dataset.get(keyword)
        for dataset in (one, other)
        for keyword in (
            "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID",
            "SynchronizationFrameOfReferenceUID",
        )
    ]  # fmt: skip
    assert len(set(uids)) == 8
    assert all(uid.startswith("2.25.") and uid.is_valid for uid in uids)


@pytest.mark.parametrize("name", ["wfdb", "csv", "npz"])
def test_the_same_recording_gives_the_same_bytes(name: str):
    one, other = (pack(export(packaged(), name, "ecg"), name).content for _ in range(2))
    assert one == other
    if one.startswith(b"PK"):  # no hour of export either
        with zipfile.ZipFile(io.BytesIO(one)) as archive:
            assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@given(st.text())
def test_a_note_is_one_line_of_ascii(note: str):
    line = one_line(note)
    assert re.fullmatch(r"[ -~]{0,200}", line)
    header = export(Recording(np.ones((12, 25)), 500.0, "test"), "wfdb", "ecg", note).files
    assert header["ecg.hea"].decode("ascii").count("\n") == 13 + bool(line)


@pytest.mark.parametrize("name", NAMES)
def test_a_note_changes_nothing_that_is_read(name: str):
    note = "Electrodes exchanged: LA/RA.\n# Age: 12"
    recording = packaged()
    exported = export(recording, name, "ecg", note)
    assert_kept(recording, exported)
    content = content_of(exported, name)
    assert any("exchanged: LA/RA. # Age".encode(code) in content for code in ("ascii", "utf-32-le"))


@pytest.mark.parametrize("name", NAMES)
def test_a_download_is_one_file_that_reads_back(name: str):
    recording = packaged()
    download = pack(export(recording, name, "swapped_1"), name)
    endings = {"wfdb": "zip", "dicom": "dcm", "csv": "csv", "npz": "npz"}
    assert download.name == f"swapped_1.{endings[name]}"
    (result,) = read_files({download.name: download.content})
    np.testing.assert_array_equal(result.recording.signal, recording.signal)


@pytest.mark.parametrize("stem", ["", "a b", "../up", "a.b", "é"])
def test_a_wfdb_record_has_a_plain_name(stem: str):
    with pytest.raises(WriteError, match="cannot be the name of a WFDB record"):
        export(packaged(), "wfdb", stem)


def test_unknown_formats_are_refused_with_the_known_ones():
    with pytest.raises(WriteError, match=r'"\.xml" is not .* \.hea \(WFDB\), \.dcm \(DICOM\)'):
        format_of_suffix(".xml")
    with pytest.raises(WriteError, match="has no ending"):
        format_of_suffix("")
    with pytest.raises(WriteError, match="wfdb, dicom, csv, npz"):
        export(packaged(), "edf", "ecg")
    assert format_of_suffix(".DCM").name == "dicom"
