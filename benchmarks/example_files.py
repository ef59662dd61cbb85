"""One simulated 10 s, 500 Hz, 12-lead recording as the bytes of a WFDB record and a DICOM file."""

import io

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, TwelveLeadECGWaveformStorage, generate_uid

from ecgcore.leads import LEADS
from ecgcore.recording import Recording
from ecgcore.simulate import SimulationConfig, simulate

FS_HZ = 500
DURATION_S = 10
COUNTS_PER_MV = 1000


def recording() -> Recording:
    return simulate(SimulationConfig(fs=FS_HZ, duration_s=DURATION_S)).recording()


def encode_wfdb(source: Recording) -> dict[str, bytes]:
    """Header and 16-bit sample file, by name."""
    counts = _counts(source)
    lines = [f"example {len(LEADS)} {FS_HZ} {source.n_samples}"]
    for lead, column in zip(LEADS, counts.T, strict=True):
        checksum = column.sum(dtype=np.int16)  # the format's own: 16 bits, overflow dropped
        lines.append(f"example.dat 16 {COUNTS_PER_MV}/mV 16 0 {column[0]} {checksum} 0 {lead}")
    return {
        "example.hea": ("\n".join(lines) + "\n").encode(),
        "example.dat": counts.tobytes(),
    }


def encode_dicom(source: Recording) -> dict[str, bytes]:
    """12-lead ECG waveform object in one file, by name."""
    waveform = Dataset()
    waveform.WaveformOriginality = "ORIGINAL"
    waveform.NumberOfWaveformChannels = len(LEADS)
    waveform.NumberOfWaveformSamples = source.n_samples
    waveform.SamplingFrequency = FS_HZ
    waveform.ChannelDefinitionSequence = [_channel(lead) for lead in LEADS]
    waveform.WaveformBitsAllocated = 16
    waveform.WaveformSampleInterpretation = "SS"
    waveform.WaveformData = _counts(source).tobytes()
    dataset = Dataset()
    dataset.SOPClassUID = TwelveLeadECGWaveformStorage
    dataset.SOPInstanceUID = generate_uid()
    dataset.Modality = "ECG"
    dataset.WaveformSequence = [waveform]
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return {"example.dcm": buffer.getvalue()}


def _counts(source: Recording) -> npt.NDArray[np.int16]:
    """Sample by sample, the leads side by side, shape (T, 12)."""
    return np.ascontiguousarray(np.round(source.signal.T * COUNTS_PER_MV).astype("<i2"))


def _channel(lead: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = lead, "L", f"Lead {lead}"
    unit = Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = "mV", "UCUM", "millivolt"
    channel = Dataset()
    channel.ChannelSourceSequence = [code]
    channel.ChannelSensitivity = f"{1 / COUNTS_PER_MV:g}"
    channel.ChannelSensitivityUnitsSequence = [unit]
    channel.ChannelSensitivityCorrectionFactor = 1
    channel.ChannelBaseline = 0
    channel.WaveformBitsStored = 16
    return channel
