"""DICOM waveforms: the channels are found by their source codes, whatever the SOP class says.

References
----------
DICOM PS3.3 C.10.9 (Waveform Module) and PS3.16 CID 3001 (ECG leads); the lead numbers are those of
SCP-ECG (EN 1064), table 5.6.3-9.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pydicom

from ecgcore.errors import ReadError
from ecgcore.io.limits import check_declared_size
from ecgcore.io.tracing import Channel, Format, Tracing, parse_age, parse_sex, single_file
from ecgcore.leads import canonical_name

_LEAD_NUMBERS = {
    "1": "I", "2": "II", "3": "V1", "4": "V2", "5": "V3", "6": "V4", "7": "V5", "8": "V6",
    "61": "III", "62": "aVR", "63": "aVL", "64": "aVF",
}  # fmt: skip
# "5.6.3-9-61" in coding scheme SCPECG, "2:61" in MDC.
_LEAD_CODE = re.compile(r"(?:5\.6\.3-9-|2:)(\d+)")
_SAMPLE_TYPES = {"SB": "i1", "UB": "u1", "SS": "i2", "US": "u2", "SL": "i4", "UL": "u4"}
# pydicom inflates this transfer syntax without a bound, so that 1 MB could become 1 GB.
_DEFLATED_SYNTAX = b"1.2.840.10008.1.2.1.99"


def recognises(data: bytes) -> bool:
    """Tell by the magic after the 128-byte preamble."""
    return data[128:132] == b"DICM"


def read(data: bytes) -> Tracing:
    """Read the longest group of channels that has the most leads.

    Raises
    ------
    ReadError
        No waveform, no ECG lead among the channels, or fewer bytes than declared.
    """
    if _DEFLATED_SYNTAX in data:
        raise ReadError("This DICOM file is deflated, which is not read: store it uncompressed.")
    dataset = pydicom.dcmread(io.BytesIO(data))
    groups = list(dataset.get("WaveformSequence") or ())
    if not groups:
        raise ReadError("This DICOM file holds no waveform (an image or a report, perhaps).")
    group = _rhythm_group(groups)
    little_endian = dataset.original_encoding[1] is not False
    return Tracing(
        _read_group(group, little_endian=little_endian),
        fs=float(group.SamplingFrequency) if group.get("SamplingFrequency") else None,
        age=parse_age(dataset.get("PatientAge") or ""),
        sex=parse_sex(dataset.get("PatientSex") or ""),
    )


def _rhythm_group(groups: Sequence[pydicom.Dataset]) -> pydicom.Dataset:
    """Among the groups with the most leads (rhythm, median beats), return the longest."""

    def rank(group: pydicom.Dataset) -> tuple[int, float]:
        definitions = group.get("ChannelDefinitionSequence") or ()
        leads = {canonical_name(_channel_name(d) or "") for d in definitions} - {None}
        fs = float(group.get("SamplingFrequency") or 1.0)
        return len(leads), int(group.get("NumberOfWaveformSamples") or 0) / fs

    best = max(groups, key=rank)
    if rank(best)[0] == 0:
        raise ReadError("No channel of this DICOM waveform is one of the twelve ECG leads.")
    return best


def _channel_name(definition: pydicom.Dataset) -> str | None:
    """Lead by its code; where the code is not a lead's, by its meaning or by the label."""
    sources = definition.get("ChannelSourceSequence") or ()
    codes = [str(source.get("CodeValue") or "") for source in sources]
    for code in codes:
        match = _LEAD_CODE.fullmatch(code.strip())
        if match and match[1] in _LEAD_NUMBERS:
            return _LEAD_NUMBERS[match[1]]
    words = [*codes, *(str(source.get("CodeMeaning") or "") for source in sources)]
    words.append(str(definition.get("ChannelLabel") or ""))
    return next((word for word in words if canonical_name(word)), words[-1] or None)


def _samples(group: pydicom.Dataset, *, little_endian: bool) -> npt.NDArray[np.generic]:
    """Return the stored integers, shape (samples, channels)."""
    kind = str(group.get("WaveformSampleInterpretation"))
    if kind not in _SAMPLE_TYPES:
        raise ReadError(
            f"The samples of this DICOM file are coded as {kind[:16]}, expected one of "
            f"{', '.join(_SAMPLE_TYPES)}."
        )
    n_channels = int(group.get("NumberOfWaveformChannels") or 0)
    n_samples = int(group.get("NumberOfWaveformSamples") or 0)
    check_declared_size(n_channels, n_samples)
    dtype = np.dtype(("<" if little_endian else ">") + _SAMPLE_TYPES[kind])
    content = group.get("WaveformData") or b""
    needed = n_channels * n_samples * dtype.itemsize
    if len(content) < needed:
        raise ReadError(
            f"The DICOM waveform holds {len(content)} bytes, but {n_channels} x {n_samples} "
            f"samples take {needed}: the file is cut short."
        )
    return np.frombuffer(content[:needed], dtype=dtype).reshape(n_samples, n_channels)


def _padding(group: pydicom.Dataset, dtype: np.dtype[np.generic]) -> int | None:
    """Return the value that marks missing samples, if it is an extreme of its type.

    Real files declare 0 as padding, which would turn every true zero into a gap.
    """
    stated = group.get("WaveformPaddingValue")
    if not isinstance(stated, bytes) or len(stated) < dtype.itemsize:
        return None
    value = int(np.frombuffer(stated[: dtype.itemsize], dtype=dtype)[0])
    limits = np.iinfo(dtype)  # type: ignore[type-var]
    return value if value in (limits.min, limits.max) and value != 0 else None


def _read_group(group: pydicom.Dataset, *, little_endian: bool) -> tuple[Channel, ...]:
    stored = _samples(group, little_endian=little_endian)  # (T, channels)
    padding = _padding(group, stored.dtype)
    definitions = list(group.get("ChannelDefinitionSequence") or ())
    if len(definitions) != stored.shape[1]:
        raise ReadError(
            f"The DICOM file describes {len(definitions)} channels and stores {stored.shape[1]}."
        )
    channels = []
    for definition, column in zip(definitions, stored.T, strict=True):
        values = column.astype(np.float64)
        if padding is not None:
            values[column == padding] = np.nan
        channels.append(_scaled(definition, values))
    return tuple(channels)


def _scaled(definition: pydicom.Dataset, values: npt.NDArray[np.float64]) -> Channel:
    """Apply sensitivity, correction factor and baseline; the unit is as the file states it."""
    name = _channel_name(definition)
    sensitivity = definition.get("ChannelSensitivity")
    if sensitivity is None:
        return Channel(values, name, unit=None)
    # The correction factor is 1 unless stated; an explicit 0 would be a damaged file.
    correction = definition.get("ChannelSensitivityCorrectionFactor")
    scale = float(sensitivity) * float(1.0 if correction is None else correction)
    baseline = float(definition.get("ChannelBaseline") or 0.0)
    units = definition.get("ChannelSensitivityUnitsSequence") or ()
    unit = str(units[0].get("CodeValue") or "") if units else None
    return Channel(values * scale + baseline, name, unit)


FORMAT = Format("dicom", "DICOM", (".dcm",), recognises, single_file(read))
