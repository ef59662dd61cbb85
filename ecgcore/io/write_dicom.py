"""Recordings as DICOM waveforms: 12-lead ECG where the standard allows it, else General ECG.

References
----------
DICOM PS3.3 A.34.3 (12-lead ECG), A.34.4 (General ECG), C.10.8 to C.10.10 (waveform modules);
PS3.15 E (de-identification); PS3.16 CID 3001 (ECG leads).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    ExplicitVRLittleEndian,
    GeneralECGWaveformStorage,
    TwelveLeadECGWaveformStorage,
    generate_uid,
)
from pydicom.valuerep import format_number_as_ds

from ecgcore.errors import WriteError
from ecgcore.io.exported import Exported, of_integers, written_age
from ecgcore.io.lead_numbers import NUMBER_OF_LEAD
from ecgcore.io.stored_step import (
    LARGEST_INT16,
    StoredLead,
    computation_tolerance,
    decimal_step,
    find_step,
    simplest_between,
    store,
)
from ecgcore.recording import Recording

# A.34.3.4.5; the other limits hold for both kinds of object.
_MAX_SAMPLES_OF_12_LEAD = 16_384
_MIN_FS_HZ, _MAX_FS_HZ = 200.0, 1000.0
# Where samples are no multiples of a step: 16 bits then reach 3.3 mV, coarser steps further.
_FINEST_STEP_MV = 1e-4
# The standard demands a date and a time. No ECG was recorded by then: Einthoven's first is of 1902.
_NO_DATE, _NO_TIME = "19000101", "000000"
_PADDING = -LARGEST_INT16 - 1
_DEIDENTIFICATION = "Leadproof: kept signal, rate, leads, age (90 if over 89), sex"


@dataclass(frozen=True)
class _Code:
    """A coded word: value, coding scheme, meaning."""

    value: str
    scheme: str
    meaning: str

    def sequence(self) -> list[Dataset]:
        item = Dataset()
        item.CodeValue = self.value
        item.CodingSchemeDesignator = self.scheme
        item.CodeMeaning = self.meaning
        return [item]


_MICROVOLT = _Code("uV", "UCUM", "microvolt")
_LEAD_MEANINGS = {
    "aVR": "aVR, augmented voltage, right",
    "aVL": "aVL, augmented voltage, left",
    "aVF": "aVF, augmented voltage, foot",
}
_LEAD_CODES = {
    lead: _Code(f"2:{number}", "MDC", _LEAD_MEANINGS.get(lead, f"Lead {lead}"))
    for lead, number in NUMBER_OF_LEAD.items()
}


def write(recording: Recording, stem: str, note: str = "") -> Exported:
    """Write one multiplex group of 16-bit samples in microvolts.

    Each lead gets the resolution of the recorder where its samples show it (`find_step`), else the
    finest of 0.1, 0.2, 0.5, 1 ... uV that fits 16 bits. Leads that were never recorded are left
    out. Nothing identifies a person: identifiers of patient, study and order are empty, unique
    identifiers are drawn anew, and the date that the standard demands is 1 January 1900.

    Parameters
    ----------
    recording : Recording
    stem : str
        File name without extension.
    note : str
        One line about what was done to the recording: an annotation, and the waveform is marked as
        derived.

    Returns
    -------
    Exported

    Raises
    ------
    WriteError
        The rate is not one that the standard allows; a signal is never resampled silently.
    """
    if not _MIN_FS_HZ <= recording.fs <= _MAX_FS_HZ:
        raise WriteError(
            f"DICOM allows ECGs of {_MIN_FS_HZ:g} to {_MAX_FS_HZ:g} samples per second, and this "
            f"recording has {recording.fs:g}: use another format, or resample it first."
        )
    tolerance = computation_tolerance(recording.signal)
    leads = [_store(recording, name, tolerance) for name in recording.leads]
    dataset = _identification(recording)
    dataset.WaveformSequence = [_group(recording, leads, derived=bool(note))]
    if note:
        dataset.WaveformAnnotationSequence = [_annotation(note)]
    stream = io.BytesIO()
    dcmwrite(stream, dataset, enforce_file_format=True)
    return of_integers({f"{stem}.dcm": stream.getvalue()}, leads)


def _store(recording: Recording, name: str, tolerance_mv: float) -> StoredLead:
    samples = recording.lead(name)
    found = find_step(samples, tolerance_mv)
    if found is not None and found.largest <= LARGEST_INT16:
        step_uv = simplest_between(found.low * 1e3, found.high * 1e3)
    else:
        largest = float(np.nanmax(np.abs(samples)))
        step_uv = decimal_step(largest, LARGEST_INT16, _FINEST_STEP_MV) * 1e3
    step_uv = float(format_number_as_ds(step_uv))
    return store(name, samples, step_uv, step_uv / 1e3, lambda counts, uv: counts * uv * 1e-3)


def _identification(recording: Recording) -> Dataset:
    """Return everything beside the waveform: what must be there, empty wherever that is allowed."""
    is_12_lead = recording.n_samples <= _MAX_SAMPLES_OF_12_LEAD
    dataset = Dataset()
    dataset.SOPClassUID = TwelveLeadECGWaveformStorage if is_12_lead else GeneralECGWaveformStorage
    dataset.SOPInstanceUID = _new_uid()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    for keyword in _EMPTY:
        setattr(dataset, keyword, None)
    dataset.PatientSex = recording.sex
    if recording.age is not None:
        dataset.PatientAge = _age_string(recording.age)
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = _DEIDENTIFICATION
    dataset.LongitudinalTemporalInformationModified = "REMOVED"
    dataset.StudyInstanceUID = _new_uid()
    dataset.SeriesInstanceUID = _new_uid()
    dataset.Modality = "ECG"
    dataset.SeriesNumber = dataset.InstanceNumber = 1
    dataset.ContentDate, dataset.ContentTime = _NO_DATE, _NO_TIME
    dataset.AcquisitionDateTime = _NO_DATE + _NO_TIME
    dataset.SynchronizationFrameOfReferenceUID = _new_uid()
    dataset.SynchronizationTrigger = "NO TRIGGER"
    dataset.AcquisitionTimeSynchronized = "N"
    dataset.AcquisitionContextSequence = []
    return dataset


# Elements that must be there and may be empty (type 2).
_EMPTY = (
    "AccessionNumber",
    "Manufacturer",
    "PatientBirthDate",
    "PatientID",
    "PatientName",
    "ReferringPhysicianName",
    "StudyDate",
    "StudyID",
    "StudyTime",
)


def _new_uid() -> str:
    """Draw a unique identifier at random: it tells neither the machine nor the time."""
    return generate_uid(prefix=None)


def _age_string(age: float) -> str:
    years = written_age(age) or 0.0
    return f"{int(years):03d}Y" if years >= 2.0 else f"{int(years * 12.0):03d}M"


def _group(recording: Recording, leads: Sequence[StoredLead], *, derived: bool) -> Dataset:
    """Return the one multiplex group, samples interleaved."""
    missing = np.array([lead.missing for lead in leads])
    counts = np.where(missing, _PADDING, np.array([lead.counts for lead in leads]))
    group = Dataset()
    group.WaveformOriginality = "DERIVED" if derived else "ORIGINAL"
    group.NumberOfWaveformChannels = len(leads)
    group.NumberOfWaveformSamples = recording.n_samples
    group.SamplingFrequency = format_number_as_ds(recording.fs)
    group.MultiplexGroupLabel = "RHYTHM"
    group.ChannelDefinitionSequence = [_channel(lead) for lead in leads]
    group.WaveformBitsAllocated = 16
    group.WaveformSampleInterpretation = "SS"
    if missing.any():
        group.add_new("WaveformPaddingValue", "OW", np.array(_PADDING, "<i2").tobytes())
    group.add_new("WaveformData", "OW", counts.T.astype("<i2").tobytes())
    return group


def _channel(lead: StoredLead) -> Dataset:
    channel = Dataset()
    channel.ChannelLabel = lead.name
    channel.ChannelSourceSequence = _LEAD_CODES[lead.name].sequence()
    channel.ChannelSensitivity = format_number_as_ds(lead.step)
    channel.ChannelSensitivityUnitsSequence = _MICROVOLT.sequence()
    channel.ChannelSensitivityCorrectionFactor = 1
    channel.ChannelBaseline = 0
    channel.ChannelSampleSkew = 0
    channel.WaveformBitsStored = 16
    return channel


def _annotation(note: str) -> Dataset:
    """Return a remark on all channels of the first group."""
    remark = Dataset()
    remark.UnformattedTextValue = note
    remark.ReferencedWaveformChannels = [1, 0]
    return remark
