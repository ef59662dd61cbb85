"""DICOM waveforms: the channels are found by their source codes, whatever the SOP class says.

References
----------
DICOM PS3.3 C.10.9 (Waveform Module); `dicom_elements` and `dicom_groups` for the rest.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.filereader import read_sequence

from ecgcore.errors import ReadError
from ecgcore.io.age import Date, age_between
from ecgcore.io.dicom_elements import Contents, open_contents
from ecgcore.io.dicom_groups import Group, choose, describe, number
from ecgcore.io.limits import MAX_CHANNELS, MAX_LONG_FILE_BYTES, MAX_VALUES
from ecgcore.io.tracing import (
    Channel,
    Format,
    Tracing,
    mv_per_unit,
    parse_age,
    parse_sex,
    single_file,
)
from ecgcore.leads import canonical_name

_STUDY_DATE, _CONTENT_DATE = 0x0008_0020, 0x0008_0023
_BIRTH_DATE, _SEX, _AGE = 0x0010_0030, 0x0010_0040, 0x0010_1010
_SAMPLE_TYPES = {"SB": "i1", "UB": "u1", "SS": "i2", "US": "u2", "SL": "i4", "UL": "u4"}
# Channels that a multiplexer samples in turn are a few samples apart; more is another arrangement.
_LARGEST_TRIMMED_SKEW_S = 0.1


def recognises(data: bytes) -> bool:
    """Tell by the magic after the 128-byte preamble."""
    return data[128:132] == b"DICM"


def read(data: bytes) -> Tracing:
    """Read the groups of channels that together hold the most leads.

    Raises
    ------
    ReadError
        No waveform, no ECG lead among the channels, or fewer bytes than declared.
    """
    texts = frozenset((_STUDY_DATE, _CONTENT_DATE, _BIRTH_DATE, _SEX, _AGE))
    contents = open_contents(data, texts)
    try:
        choice = choose([describe(dataset) for dataset in _multiplex_groups(contents)])
        channels = _placed(choice.groups, little_endian=contents.little_endian)
    except NotImplementedError as error:  # how pydicom says it
        raise ReadError(
            "An element of this DICOM waveform has a value type that does not exist."
        ) from error
    return Tracing(
        _without_repeats(channels),
        fs=choice.groups[0].fs,
        age=_age(contents.texts),
        sex=parse_sex(contents.texts.get(_SEX, "")),
        warnings=choice.notes,
    )


def _multiplex_groups(contents: Contents) -> Sequence[Dataset]:
    """Let pydicom read the waveforms alone."""
    element = contents.waveforms
    if element is None:
        raise ReadError("This DICOM file holds no waveform (an image or a report, perhaps).")
    stream = io.BytesIO(contents.data)
    stream.seek(element.start)
    groups = read_sequence(
        stream, contents.implicit, contents.little_endian, element.length, "iso8859"
    )
    if not groups:
        raise ReadError("The waveform of this DICOM file is empty.")
    return list(groups)


def _age(texts: dict[int, str]) -> float | None:
    """Age as stated, or in whole years between birth and recording."""
    if (stated := parse_age(texts.get(_AGE, ""))) is not None:
        return stated
    birth = _date(texts.get(_BIRTH_DATE, ""))
    day = _date(texts.get(_STUDY_DATE, "")) or _date(texts.get(_CONTENT_DATE, ""))
    return age_between(birth, day) if birth and day else None


def _date(text: str) -> Date | None:
    match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _placed(groups: Sequence[Group], *, little_endian: bool) -> list[Channel]:
    """Channels of all groups, each at the sample at which it begins; the earliest at 0.

    Raises
    ------
    ReadError
        The groups lie further apart than any recording lasts, or no rate says how far.
    """
    if groups[0].fs is None and len({group.offset_s for group in groups}) > 1:
        raise ReadError("The channels begin at different times, but no sampling rate is stated.")
    channels = []
    for group in groups:
        begin = round(group.offset_s * (group.fs or 0.0))
        for channel in _channels(group, little_endian=little_endian):
            channels.append(replace(channel, first=channel.first + begin))
    earliest = min(channel.first for channel in channels)
    latest = max(channel.end for channel in channels)
    if latest - earliest > MAX_VALUES:
        raise ReadError(
            f"The channels of this DICOM file spread over {latest - earliest} samples, the limit "
            f"is {MAX_VALUES}: a time offset is wrong."
        )
    return [replace(channel, first=channel.first - earliest) for channel in channels]


def _without_repeats(channels: Sequence[Channel]) -> tuple[Channel, ...]:
    """Keep the longest channel of each lead: a rhythm strip repeats one of the columns above it."""
    longest: dict[str, Channel] = {}
    for channel in channels:
        lead = canonical_name(channel.name or "")
        if lead and (lead not in longest or len(channel.samples) > len(longest[lead].samples)):
            longest[lead] = channel
    kept = {id(channel) for channel in longest.values()}
    return tuple(c for c in channels if id(c) in kept or not canonical_name(c.name or ""))


def _samples(group: Group, *, little_endian: bool) -> npt.NDArray[np.generic]:
    """Return the stored integers as they lie in the file, shape (samples, channels)."""
    kind = str(group.dataset.get("WaveformSampleInterpretation"))
    if kind not in _SAMPLE_TYPES:
        raise ReadError(
            f"The samples of this DICOM file are coded in another way than those that are read: "
            f"{', '.join(_SAMPLE_TYPES)}."
        )
    n_channels = int(number(group.dataset, "NumberOfWaveformChannels", 0.0))
    if not 1 <= n_channels <= MAX_CHANNELS:
        raise ReadError(f"The file declares {n_channels} channels, expected 1 to {MAX_CHANNELS}.")
    if n_channels != len(group.names):
        raise ReadError(
            f"The DICOM file describes {len(group.names)} channels and stores {n_channels}."
        )
    if group.n_samples < 1:
        raise ReadError(f"The file declares {group.n_samples} samples per channel.")
    dtype = np.dtype(("<" if little_endian else ">") + _SAMPLE_TYPES[kind])
    content = group.dataset.get("WaveformData") or b""
    needed = n_channels * group.n_samples * dtype.itemsize
    if len(content) < needed:
        raise ReadError(
            f"The DICOM waveform holds {len(content)} bytes, but {n_channels} x {group.n_samples} "
            f"samples take {needed}: the file is cut short."
        )
    stored = np.frombuffer(content, dtype=dtype, count=n_channels * group.n_samples)
    return stored.reshape(group.n_samples, n_channels)


def _padding(group: Dataset, dtype: np.dtype[np.generic]) -> tuple[int, ...]:
    """Return the value that marks missing samples, if it is an extreme of its type.

    Real files declare 0 as padding, which would turn every true zero into a gap.
    """
    stated = group.get("WaveformPaddingValue")
    if not isinstance(stated, bytes) or len(stated) < dtype.itemsize:
        return ()
    value = int(np.frombuffer(stated[: dtype.itemsize], dtype=dtype)[0])
    limits = np.iinfo(dtype)  # type: ignore[type-var]
    return (value,) if value in (limits.min, limits.max) and value != 0 else ()


def _channels(group: Group, *, little_endian: bool) -> list[Channel]:
    """Channels of one group, where skew says that they begin; small skews are trimmed away."""
    stored = _samples(group, little_endian=little_endian)  # (T, channels)
    missing = _padding(group.dataset, stored.dtype)
    definitions = list(group.dataset.ChannelDefinitionSequence)
    skews = [_skew(definition, group.fs) for definition in definitions]
    latest, spread = max(skews), max(skews) - min(skews)
    trims = spread <= min(_LARGEST_TRIMMED_SKEW_S * (group.fs or 0.0), group.n_samples // 2)
    channels = []
    for definition, name, column, skew in zip(
        definitions, group.names, stored.T, skews, strict=True
    ):
        if trims:
            # What all channels have in common, so that they begin and end together.
            column = column[latest - skew : latest - skew + group.n_samples - spread]
        first = latest if trims else skew
        channels.append(
            replace(_scaled(definition, column), name=name, missing=missing, first=first)
        )
    return channels


def _skew(definition: Dataset, fs: float | None) -> int:
    """Whole samples by which a channel begins after its group."""
    in_samples = number(definition, "ChannelSampleSkew", 0.0)
    return round(in_samples or number(definition, "ChannelTimeSkew", 0.0) * (fs or 0.0))


def _scaled(definition: Dataset, stored: npt.NDArray[np.generic]) -> Channel:
    """Add sensitivity, correction factor and baseline; the unit is as the file states it."""
    if definition.get("ChannelSensitivity") is None:
        return Channel(stored)
    # The correction factor is 1 unless stated; an explicit 0 would be a damaged file.
    correction = number(definition, "ChannelSensitivityCorrectionFactor", 1.0)
    return Channel(
        stored,
        unit=_unit(definition),
        scale=number(definition, "ChannelSensitivity", 1.0) * correction,
        offset=number(definition, "ChannelBaseline", 0.0),
    )


def _unit(definition: Dataset) -> str | None:
    """Return the unit by its code ("uV"), or by its meaning ("microvolt") where only that tells."""
    units = definition.get("ChannelSensitivityUnitsSequence") or ()
    if not units:
        return None
    words = [str(units[0].get(keyword) or "") for keyword in ("CodeValue", "CodeMeaning")]
    return next((word for word in words if mv_per_unit(word)), words[0])


FORMAT = Format(
    "dicom",
    "DICOM",
    (".dcm",),
    recognises,
    single_file(read),
    vendor="carts and archives of many vendors",
    max_bytes=MAX_LONG_FILE_BYTES,
)
