"""Mortara and Welch Allyn XML of ELI carts: base64 integers per channel.

Made from published descriptions alone, and never tried on a real file. Averaged beats
(`TYPICAL_CYCLE`), of another rate and resolution, are never used.

References
----------
What other programs read and write of it: BRAVEHEART (load_elixml.m), EDFbrowser (mortara2edf), and
ECGDataKit's layout of ELI 250 and 280 exports. They agree on each attribute used here but OFFSET,
which some take for an amplitude and some ignore; in all descriptions it is 0, so that anything else
is refused.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

import numpy as np

from ecgcore.errors import ReadError
from ecgcore.io.age import age_between
from ecgcore.io.base64_text import decode_base64
from ecgcore.io.iso_date import iso_date
from ecgcore.io.limits import MAX_TEXT_BYTES, check_declared_size
from ecgcore.io.tracing import Channel, Format, Tracing, parse_age, parse_sex, single_file
from ecgcore.io.xml_document import number, parse, root_name

# The root element alone is a common name.
_MARKS = ("<CHANNEL", "UNITS_PER_MV")
# UTF-16 of either byte order holds these letters with zeros between.
_ENCODINGS = ("utf-8", "utf-16-be")
# What an attribute has to say of the samples, where it says anything.
_CODING = {"BITS": "16", "FORMAT": "SIGNED", "ENCODING": "BASE64", "OFFSET": "0"}
_SAMPLE_TYPE = np.dtype("<i2")


def recognises(data: bytes) -> bool:
    """Tell by the root element and by what only these channels have."""
    return root_name(data) == "ecg" and any(
        all(mark.encode(encoding) in data for mark in _MARKS) for encoding in _ENCODINGS
    )


def read(data: bytes) -> Tracing:
    """Read the channels beside the averaged beats.

    Raises
    ------
    ReadError
        No channel, other coding than published, several rates, or not as many samples as declared.
    """
    root = parse(data)
    stored = root.findall("CHANNEL")
    check_declared_size(len(stored), 1)
    rates = {number(channel.get("SAMPLE_FREQ"), "sampling rate") for channel in stored}
    if len(rates) > 1:
        raise ReadError(f"The channels have {len(rates)} different sampling rates, expected one.")
    subject = root.find("SUBJECT")
    return Tracing(
        tuple(_channel(channel) for channel in stored),
        fs=rates.pop(),
        age=_age(root, subject),
        sex=None if subject is None else parse_sex(subject.get("GENDER", "")),
    )


def _channel(channel: Element) -> Channel:
    for attribute, expected in _CODING.items():
        if channel.get(attribute, expected).strip().upper() != expected:
            raise ReadError(
                f"A channel has another {attribute} than {expected}, which is not read."
            )
    content = decode_base64(channel.get("DATA", ""), "samples of a channel")
    n_samples = number(channel.get("DURATION"), "number of samples")
    if len(content) != n_samples * _SAMPLE_TYPE.itemsize:
        raise ReadError(
            f"A channel holds {len(content)} bytes, but {n_samples:g} samples take "
            f"{n_samples * _SAMPLE_TYPE.itemsize:g}: the file is damaged or cut short."
        )
    samples = np.frombuffer(content, dtype=_SAMPLE_TYPE)
    name = channel.get("NAME", "").strip() or None
    units_per_mv = channel.get("UNITS_PER_MV", "").strip()
    if not units_per_mv:
        return Channel(samples, name)
    units = number(units_per_mv, "number of units per mV")
    if units <= 0.0:
        raise ReadError(f"The file states {units:g} units per mV, expected above 0.")
    return Channel(samples, name, unit="mV", scale=1.0 / units)


def _age(root: Element, subject: Element | None) -> float | None:
    """Age as stated (0 where nobody entered it), or else on the day of the recording."""
    stated = root.get("AGE", "").strip()
    if age := parse_age(stated + root.get("AGE_UNITS", "").strip()[:1]):
        return age
    birth = iso_date("" if subject is None else subject.get("DOB", ""))
    day = iso_date(root.get("ACQUISITION_TIME", ""))
    return age_between(birth, day) if birth and day else None


FORMAT = Format(
    "mortara",
    "Mortara XML",
    (".xml",),
    recognises,
    single_file(read),
    vendor="Mortara, Welch Allyn",
    max_bytes=MAX_TEXT_BYTES,
    experimental=True,
)
