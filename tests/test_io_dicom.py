"""DICOM waveforms read as pydicom scales them, by channel codes alone."""

import copy
import io
import struct
import time

import numpy as np
import pydicom
import pydicom.data
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecgcore.io import dicom, dicom_elements, read_files
from ecgcore.leads import INDEX, LEADS

# Values stay below 32 mV, where neighbouring float32 numbers are 2e-6 mV apart.
FLOAT32_MV = 2e-6
PACKAGED = pydicom.data.get_testdata_file("waveform_ecg.dcm", download=False)
# The files carry unique identifiers that break DICOM's own rules.
pytestmark = pytest.mark.filterwarnings("ignore:Invalid value for VR UI")


def read(data: bytes):
    (result,) = read_files({"any.name": data})
    return result


def packaged() -> pydicom.Dataset:
    return pydicom.dcmread(PACKAGED)


def saved(dataset: pydicom.Dataset) -> bytes:
    stream = io.BytesIO()
    dataset.save_as(stream)
    return stream.getvalue()


def assert_equals_pydicom(recording, dataset: pydicom.Dataset) -> None:
    """The packaged and the sample files store the twelve leads in standard order, in uV."""
    reference = dataset.waveform_array(0).T / 1000.0
    assert recording.signal.shape == reference.shape
    np.testing.assert_allclose(recording.signal, reference, atol=FLOAT32_MV)


def test_the_packaged_real_recording_reads_without_a_warning():
    dataset = packaged()
    recording = read(saved(dataset)).recording
    assert (recording.fs, recording.n_samples, recording.source) == (1000.0, 10_000, "DICOM")
    assert (recording.age, recording.sex) == (42, "F")
    assert recording.leads == LEADS
    assert recording.warnings == ()
    assert_equals_pydicom(recording, dataset)


def test_real_files_equal_pydicom(shared):
    path = shared / "samples" / "dicom" / "cardio_sample.dcm"
    recording = read(path.read_bytes()).recording
    assert recording.warnings == ()
    assert_equals_pydicom(recording, pydicom.dcmread(path))


def test_zeros_stay_zeros_where_zero_is_declared_as_padding(shared):
    path = shared / "samples" / "dicom" / "ecgtoolkit_Example.dcm"
    dataset = pydicom.dcmread(path)
    group = dataset.WaveformSequence[0]
    assert group.WaveformPaddingValue == b"\0\0"
    recording = read(path.read_bytes()).recording
    stored = np.frombuffer(group.WaveformData, "<i2").reshape(-1, 12).T
    assert (stored == 0).any()
    np.testing.assert_allclose(recording.signal, stored * 0.0025, atol=FLOAT32_MV)
    assert recording.warnings == ()


def test_padding_at_the_extreme_of_the_type_becomes_a_gap():
    dataset = packaged()
    group = dataset.WaveformSequence[0]
    stored = np.frombuffer(group.WaveformData, "<i2").reshape(-1, 12).copy()
    stored[10:13, INDEX["V2"]] = -32768
    group.WaveformData = stored.tobytes()
    group.add_new("WaveformPaddingValue", "OW", np.int16(-32768).tobytes())
    recording = read(saved(dataset)).recording
    assert np.flatnonzero(np.isnan(recording.lead("V2"))).tolist() == [10, 11, 12]
    assert recording.warnings == ("Samples without a valid value were left empty: V2 (3).",)


@pytest.mark.parametrize(("unit", "sensitivity"), [("uV", 1.25), ("mV", 0.00125), ("V", 1.25e-6)])
def test_units_correction_and_baseline_give_the_same_millivolts(unit: str, sensitivity: float):
    dataset = packaged()
    reference = read(saved(dataset)).recording.signal
    for channel in dataset.WaveformSequence[0].ChannelDefinitionSequence:
        channel.ChannelSensitivityUnitsSequence[0].CodeValue = unit
        channel.ChannelSensitivity = sensitivity / 2
        channel.ChannelSensitivityCorrectionFactor = 2
        channel.ChannelBaseline = 80 * sensitivity  # of the same unit: 0.1 mV
    signal = read(saved(dataset)).recording.signal
    np.testing.assert_allclose(signal, reference + np.float32(0.1), atol=FLOAT32_MV)


def test_leads_are_found_in_any_order_and_any_sop_class():
    dataset = packaged()
    reference = read(saved(dataset)).recording.signal
    dataset.SOPClassUID = pydicom.uid.HemodynamicWaveformStorage
    dataset.file_meta.MediaStorageSOPClassUID = pydicom.uid.HemodynamicWaveformStorage
    group = dataset.WaveformSequence[0]
    stored = np.frombuffer(group.WaveformData, "<i2").reshape(-1, 12)
    group.WaveformData = np.ascontiguousarray(stored[:, ::-1]).tobytes()
    group.ChannelDefinitionSequence = list(group.ChannelDefinitionSequence)[::-1]
    np.testing.assert_array_equal(read(saved(dataset)).recording.signal, reference)


def test_median_beats_before_the_rhythm_are_not_taken_for_it():
    dataset = packaged()
    dataset.WaveformSequence = list(dataset.WaveformSequence)[::-1]
    assert read(saved(dataset)).recording.n_samples == 10_000


def test_a_missing_sensitivity_is_asked():
    dataset = packaged()
    for channel in dataset.WaveformSequence[0].ChannelDefinitionSequence:
        del channel.ChannelSensitivity
    (question,) = read(saved(dataset)).questions
    assert (question.field, question.guess) == ("mv_per_unit", 0.001)


def test_fewer_bytes_than_declared_are_refused_with_the_numbers():
    dataset = packaged()
    dataset.WaveformSequence[0].NumberOfWaveformSamples = 10_001
    assert "12 x 10001 samples take 240024" in read(saved(dataset)).error


def test_samples_of_another_coding_are_refused_without_quoting_the_file():
    dataset = packaged()
    dataset.WaveformSequence[0].WaveformSampleInterpretation = "MUSTERMANN"
    error = read(saved(dataset)).error
    assert "SB, UB, SS, US, SL, UL" in error
    assert "MUSTERMANN" not in error


def test_a_dicom_file_without_a_waveform_is_refused():
    dataset = packaged()
    del dataset.WaveformSequence
    assert "holds no waveform" in read(saved(dataset)).error


def test_a_waveform_without_an_ecg_lead_is_refused():
    dataset = packaged()
    for group in dataset.WaveformSequence:
        for channel in group.ChannelDefinitionSequence:
            channel.ChannelSourceSequence[0].CodeValue = "5.6.3-9-200"
            channel.ChannelSourceSequence[0].CodeMeaning = "Aortic pressure"
    assert "No channel of this DICOM waveform" in read(saved(dataset)).error


@pytest.mark.parametrize(
    "syntax",
    [
        pydicom.uid.ImplicitVRLittleEndian,
        pydicom.uid.ExplicitVRBigEndian,
        pydicom.uid.DeflatedExplicitVRLittleEndian,
    ],
    ids=["implicit", "big endian", "deflated"],
)
@pytest.mark.parametrize("undefined", [True, False], ids=["delimited", "of stated length"])
def test_every_encoding_reads_the_same(syntax: pydicom.uid.UID, *, undefined: bool):
    reference = read(saved(packaged())).recording
    dataset = packaged()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset["WaveformSequence"].is_undefined_length = undefined
    for group in dataset.WaveformSequence:
        group.is_undefined_length_sequence_item = undefined
        if syntax == pydicom.uid.ExplicitVRBigEndian:
            group.WaveformData = np.frombuffer(group.WaveformData, "<i2").astype(">i2").tobytes()
    stream = io.BytesIO()
    pydicom.dcmwrite(
        stream,
        dataset,
        implicit_vr=syntax == pydicom.uid.ImplicitVRLittleEndian,
        little_endian=syntax != pydicom.uid.ExplicitVRBigEndian,
        force_encoding=True,
    )
    recording = read(stream.getvalue()).recording
    assert (recording.age, recording.sex, recording.fs) == (42, "F", 1000.0)
    np.testing.assert_array_equal(recording.signal, reference.signal)


def test_identifiers_in_a_dicom_file_go_no_further():
    dataset = packaged()
    dataset.PatientName = "Mustermann^Erika"
    dataset.PatientID = "ID-4711"
    dataset.InstitutionName = "Charite"
    dataset.PatientBirthDate = "19900102"
    dataset.WaveformSequence[0].MultiplexGroupLabel = "Mustermann"
    result = read(saved(dataset))
    said = repr(result) + str(vars(result.recording))
    secrets = ("Mustermann", "Erika", "4711", "Charite", "19900102", dataset.SOPInstanceUID)
    assert [secret for secret in secrets if secret in said] == []


def group_of(leads: tuple[str, ...], start: int, stop: int, offset_ms: float = 0.0):
    """Part of the packaged rhythm as a multiplex group of its own."""
    group = copy.deepcopy(packaged().WaveformSequence[0])
    rows = [INDEX[lead] for lead in leads]
    stored = np.frombuffer(group.WaveformData, "<i2").reshape(-1, 12)
    group.WaveformData = np.ascontiguousarray(stored[start:stop, rows]).tobytes()
    group.ChannelDefinitionSequence = [group.ChannelDefinitionSequence[row] for row in rows]
    group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = len(rows), stop - start
    group.MultiplexGroupTimeOffset = offset_ms
    return group


def made_of(*groups: pydicom.Dataset) -> bytes:
    dataset = packaged()
    dataset.WaveformSequence = list(groups)
    return saved(dataset)


WHOLE = read(saved(packaged())).recording.signal
COLUMNS = (LEADS[:3], LEADS[3:6], LEADS[6:9], LEADS[9:])


def printed(columns=COLUMNS):
    return [group_of(c, 2500 * i, 2500 * (i + 1), 2500.0 * i) for i, c in enumerate(columns)]


def test_columns_recorded_one_after_another_stand_where_they_were_recorded():
    recording = read(made_of(*printed())).recording
    expected = np.full_like(WHOLE, np.nan)
    for i, column in enumerate(COLUMNS):
        rows, when = [INDEX[lead] for lead in column], slice(2500 * i, 2500 * (i + 1))
        expected[rows, when] = WHOLE[rows, when]
    np.testing.assert_array_equal(recording.signal, expected)
    assert recording.warnings == (
        "The leads were recorded one after another, not at the same time.",
    )


def test_a_rhythm_strip_below_the_columns_is_the_longer_lead_ii():
    groups = [*printed(), group_of(("II",), 0, 10_000)]
    for ordered in (groups, groups[::-1]):
        signal = read(made_of(*ordered)).recording.signal
        np.testing.assert_array_equal(signal[INDEX["II"]], WHOLE[INDEX["II"]])
        np.testing.assert_array_equal(signal[0, :2500], WHOLE[0, :2500])
        assert np.isnan(signal[0, 2500:]).all()


@pytest.mark.parametrize("offset_ms", [0.0, 4000.0])
def test_limb_and_chest_groups_of_the_same_time_are_one_recording(offset_ms: float):
    limb = group_of(LEADS[:6], 0, 10_000, offset_ms)
    chest = group_of(LEADS[6:], 0, 10_000, offset_ms)
    recording = read(made_of(chest, limb)).recording
    np.testing.assert_array_equal(recording.signal, WHOLE)
    assert recording.warnings == ()


def median_beat() -> pydicom.Dataset:
    return copy.deepcopy(packaged().WaveformSequence[1])


@pytest.mark.parametrize("told_by", ["label", "originality", "length"])
def test_an_average_beat_never_adds_the_leads_that_the_rhythm_lacks(told_by: str):
    beat = median_beat()
    if told_by != "label":
        beat.MultiplexGroupLabel = ""
    if told_by != "originality":
        beat.WaveformOriginality = "ORIGINAL"
    if told_by != "length":  # 2.4 s, as two beats side by side
        beat.WaveformData += beat.WaveformData
        beat.NumberOfWaveformSamples = 2400
    rhythm = group_of(("I", "II", "V1"), 0, 10_000)
    recording = read(made_of(beat, rhythm)).recording
    assert recording.n_samples == 10_000
    assert [lead for lead in recording.leads if lead.startswith("V")] == ["V1"]


def test_average_beats_alone_are_refused():
    assert "average beats alone" in read(made_of(median_beat())).error


def test_a_computed_group_as_long_as_the_recording_belongs_to_it():
    stored, computed = group_of(("I", "II", *LEADS[6:]), 0, 10_000), group_of(LEADS[2:6], 0, 10_000)
    computed.WaveformOriginality = "DERIVED"
    np.testing.assert_array_equal(read(made_of(stored, computed)).recording.signal, WHOLE)


def test_groups_of_another_rate_are_left_out_and_named():
    chest = group_of(LEADS[6:], 0, 5000)
    chest.SamplingFrequency = 500
    recording = read(made_of(group_of(LEADS[:6], 0, 10_000), chest)).recording
    assert (recording.fs, recording.leads) == (1000.0, LEADS[:6])
    assert "another sampling rate and left out: V1, V2, V3, V4, V5, V6." in recording.warnings[0]


def test_of_two_complete_recordings_in_one_file_the_longer_is_read_and_the_other_mentioned():
    groups = [group_of(LEADS, 0, 4000), group_of(LEADS, 4000, 10_000, 4000.0)]
    recording = read(made_of(*groups)).recording
    np.testing.assert_array_equal(recording.signal, WHOLE[:, 4000:])
    assert recording.warnings == (
        "The file holds these leads more than once: the longest stretch was read, 1 left out.",
    )


@pytest.mark.parametrize("offset_ms", [1e15, -1e15])
def test_an_offset_of_years_is_refused(offset_ms: float):
    groups = [group_of(LEADS[:6], 0, 1000), group_of(LEADS[6:], 0, 1000, offset_ms)]
    assert "a time offset is wrong" in read(made_of(*groups)).error


def test_different_beginnings_without_a_rate_are_refused():
    groups = printed()
    for group in groups:
        del group.SamplingFrequency
    assert "no sampling rate is stated" in read(made_of(*groups)).error


@settings(max_examples=25)
@given(
    skews=st.lists(st.integers(-20, 20), min_size=12, max_size=12),
    element=st.sampled_from(["ChannelSampleSkew", "ChannelTimeSkew"]),
)
def test_channels_sampled_in_turn_are_aligned_by_their_skew(skews: list[int], element: str):
    group = group_of(LEADS, 0, 1000)
    stored = np.frombuffer(group.WaveformData, "<i2").reshape(-1, 12)
    # A channel that begins later holds at its sample 0 what happened `skew` samples later.
    begun = [np.roll(column, -skew) for column, skew in zip(stored.T, skews, strict=True)]
    group.WaveformData = np.ascontiguousarray(np.array(begun).T).tobytes()
    for channel, skew in zip(group.ChannelDefinitionSequence, skews, strict=True):
        del channel.ChannelSampleSkew
        setattr(channel, element, skew if element == "ChannelSampleSkew" else skew / 1000)
    recording = read(made_of(group)).recording
    lost = max(skews) - min(skews)
    assert recording.n_samples == 1000 - lost
    assert recording.warnings == ()
    aligned = np.roll(WHOLE[:, :1000], -max(skews), axis=1)
    inner = slice(20, 1000 - lost - 20)  # without what np.roll carried from the other end
    np.testing.assert_array_equal(recording.signal[:, inner], aligned[:, inner])


def test_a_skew_of_seconds_places_the_leads_one_after_another():
    group = group_of(LEADS, 0, 2500)
    for i, channel in enumerate(group.ChannelDefinitionSequence):
        del channel.ChannelSampleSkew
        channel.ChannelTimeSkew = 2.5 * (i // 3)
    signal = read(made_of(group)).recording.signal
    begins = [int(np.flatnonzero(~np.isnan(row))[0]) for row in signal]
    assert begins == [2500 * (i // 3) for i in range(12)]


def test_samples_stay_in_the_type_of_the_file():
    for channel in dicom.read(saved(packaged())).channels:
        assert channel.samples.dtype == np.dtype("<i2")
        assert not channel.samples.flags.owndata


@pytest.mark.parametrize(
    ("value", "scheme", "meaning"),
    [
        ("2:{number}", "MDC", ""),
        ("5.6.3-9-{number}", "SCPECG", ""),
        ("MDC_ECG_LEAD_{lead}", "MDC", ""),
        ("2:0", "MDC", "Lead {lead}"),
        ("X{number}", "99VENDOR", "{lead}"),
    ],
)
def test_leads_are_told_by_any_of_the_codes_in_use(value: str, scheme: str, meaning: str):
    numbers = dict(zip(LEADS, (1, 2, 61, 62, 63, 64, 3, 4, 5, 6, 7, 8), strict=True))
    dataset = packaged()
    for lead, channel in zip(
        LEADS, dataset.WaveformSequence[0].ChannelDefinitionSequence, strict=True
    ):
        source = channel.ChannelSourceSequence[0]
        source.CodeValue = value.format(number=numbers[lead], lead=lead.upper())
        source.CodingSchemeDesignator = scheme
        source.CodeMeaning = meaning.format(lead=lead)
    np.testing.assert_array_equal(read(saved(dataset)).recording.signal, WHOLE)


def test_an_inverted_lead_is_not_taken_for_the_upright_one():
    dataset = packaged()
    source = dataset.WaveformSequence[0].ChannelDefinitionSequence[3].ChannelSourceSequence[0]
    source.CodeValue, source.CodeMeaning = "2:65", "Lead -aVR"
    recording = read(saved(dataset)).recording
    assert recording.warnings == ("Derived from other limb leads: aVR.",)


def test_a_unit_may_be_told_by_its_meaning():
    dataset = packaged()
    for channel in dataset.WaveformSequence[0].ChannelDefinitionSequence:
        channel.ChannelSensitivityUnitsSequence[0].CodeValue = "266419"
        channel.ChannelSensitivityUnitsSequence[0].CodeMeaning = "microvolt"
    np.testing.assert_array_equal(read(saved(dataset)).recording.signal, WHOLE)


@pytest.mark.parametrize(
    ("study", "content", "age"),
    [("20200601", "", 29), ("20200602", "", 30), ("", "20200602", 30), ("", "", None)],
)
def test_an_age_that_is_not_stated_is_counted_in_whole_years(study, content, age):
    dataset = packaged()
    dataset.PatientAge = ""
    dataset.PatientBirthDate, dataset.StudyDate, dataset.ContentDate = "19900602", study, content
    assert read(saved(dataset)).recording.age == age


def test_a_value_type_that_does_not_exist_is_refused():
    data = saved(packaged())
    assert b"\x3a\x00\x10\x02DS\x04\x00" in data
    damaged = data.replace(b"\x3a\x00\x10\x02DS\x04\x00", b"\x3a\x00\x10\x02ZZ\x04\x00")
    assert "value type that does not exist" in read(damaged).error


@pytest.mark.parametrize("words", ["1\\2", "inf", "-", "1e999"])
def test_a_number_that_is_none_is_refused_by_name(words: str):
    data = saved(packaged())
    before = b"\x3a\x00\x10\x02DS\x04\x001.25"
    assert before in data
    changed = before[:6] + struct.pack("<H", len(words)) + words.encode()
    assert "ChannelSensitivity in the DICOM file is" in read(data.replace(before, changed, 1)).error


def ending_with_the_waveform() -> bytes:
    dataset = packaged()
    dataset.WaveformSequence = [group_of(LEADS, 0, 30)]
    for element in list(dataset):
        if element.tag > dataset["WaveformSequence"].tag:
            del dataset[element.tag]
    return saved(dataset)


SMALL = ending_with_the_waveform()


@given(st.integers(132, len(SMALL) - 1))
def test_a_file_cut_anywhere_is_refused_with_a_sentence(length: int):
    error = read(SMALL[:length]).error
    assert error is not None
    assert "its content is damaged" not in error  # what the catch-all says


def explicit(tag: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    head = struct.pack("<HH2sHI", tag >> 16, tag & 0xFFFF, vr, 0, length or len(value))
    return head + value


def item(value: bytes, length: int | None = None) -> bytes:
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(value) if length is None else length) + value


UNDEFINED = 0xFFFFFFFF
NO_ITEM = struct.pack("<HHI", 0x0008, 0x0100, 8) + bytes(8)
HEAD = bytes(128) + b"DICM"


def nested(depth: int) -> bytes:
    return b"".join(
        explicit(0x00081111, b"SQ", item(b"", UNDEFINED), UNDEFINED) for _ in range(depth)
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (nested(100_000), "nests sequences more than 20 deep"),
        (explicit(0x54000100, b"SQ", item(b"") * 60_000), "holds over 50000 elements"),
        (explicit(0x54000100, b"SQ", nested(3), 36), "cut short"),
        (explicit(0x54000100, b"SQ", NO_ITEM), "holds something that is no item"),
        (explicit(0x54000100, b"SQ", b""), "is empty"),
        (explicit(0x00400000, b"OB", b"", 4_000_000_000), "4000000000 bytes begins"),
        (explicit(0x00880200, b"OB", NO_ITEM, UNDEFINED), "Compressed content"),
    ],
    ids=["nested", "items", "short", "no items", "empty", "huge", "fragments"],
)
def test_hostile_structure_is_refused_in_no_time(content: bytes, sentence: str):
    begun = time.perf_counter()
    assert sentence in read(HEAD + content).error
    assert time.perf_counter() - begun < 2.0  # of pydicom's way through this there is no end


def test_private_and_nested_elements_that_nobody_asks_for_are_passed_over():
    dataset = packaged()
    block = dataset.private_block(0x0011, "VENDOR", create=True)
    block.add_new(1, "OB", bytes(5_000_000))
    inner = pydicom.Dataset()
    inner.PatientComments = "x"
    block.add_new(2, "SQ", [inner] * 100)
    np.testing.assert_array_equal(read(saved(dataset)).recording.signal, WHOLE)


def test_a_file_that_inflates_beyond_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch):
    dataset = packaged()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.DeflatedExplicitVRLittleEndian
    data = saved(dataset)
    assert "is cut short" in read(data[:-100]).error
    monkeypatch.setattr(dicom_elements, "MAX_LONG_FILE_BYTES", 10_000)
    assert "inflates to over 10000 bytes" in read(data).error
