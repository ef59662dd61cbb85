"""DICOM waveforms read as pydicom scales them, by channel codes alone."""

import io

import numpy as np
import pydicom
import pydicom.data
import pytest

from ecgcore.io import read_files
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


def test_a_deflated_file_is_refused_before_it_is_inflated():
    dataset = packaged()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.DeflatedExplicitVRLittleEndian
    assert "deflated" in read(saved(dataset)).error


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
