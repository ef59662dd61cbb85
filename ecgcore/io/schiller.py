"""Schiller XML (SEMA): the rhythm block of each event, never the averaged beats listed before it.

References
----------
No specification is public. The elements are those of an AT-10P's file, checked against the algebra
of its limb leads; https://github.com/BIVectors/BRAVEHEART reads the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from ecgcore.errors import ReadError
from ecgcore.io.age import age_between
from ecgcore.io.iso_date import iso_date
from ecgcore.io.limits import MAX_RECORDINGS, MAX_TEXT_BYTES, check_declared_size
from ecgcore.io.tracing import Channel, Format, Tracing, parse_sex
from ecgcore.io.xml_document import number, numbers, parse, root_name, text_of

_ROOT = "com.xiriuz.sema.xml.schilleredi.schilleredi"
# Software writes either; the averaged beats are ECG_AVERAGES.
_RHYTHMS = ("ECG_RHYTHMS", "ECG_RHYTHM")
_LIST = "COMMASEPARATE"


def recognises(data: bytes) -> bool:
    """Tell by the root element."""
    return root_name(data) == _ROOT


def read(data: bytes, _beside: Mapping[str, bytes] | None = None) -> tuple[Tracing, ...]:
    """Read one recording per rhythm block.

    Raises
    ------
    ReadError
        No rhythm block or too many, or samples that are coded otherwise or not as many as declared.
    """
    root = parse(data)
    blocks = [
        block
        for block in root.iterfind("eventdata/event/wavedata")
        if text_of(block, "type").upper() in _RHYTHMS
    ]
    if not blocks:
        raise ReadError("The Schiller file holds no rhythm, at most averaged beats.")
    if len(blocks) > MAX_RECORDINGS:
        raise ReadError(
            f"The Schiller file holds {len(blocks)} recordings, the limit is {MAX_RECORDINGS}."
        )
    age, sex = _age(root), parse_sex(text_of(root, "patdata/gender"))
    return tuple(_read_block(block, age, sex) for block in blocks)


def _read_block(block: Element, age: float | None, sex: str | None) -> Tracing:
    stored = block.findall("channel")
    check_declared_size(len(stored), 1)
    scale, unit = 1.0, text_of(block, "resolution/yres/units")
    if unit:
        scale = number(text_of(block, "resolution/yres/unitperbit"), "amplitude per bit")
        if scale <= 0.0:
            raise ReadError(
                f"The file states {scale:g} as the amplitude per bit, expected above 0."
            )
    channels = tuple(_channel(channel, unit or None, scale) for channel in stored)
    fs, is_sure = _sampling_rate(block)
    return Tracing(
        channels,
        fs=fs if is_sure else None,
        age=age,
        sex=sex,
        fs_guess=None if is_sure else fs,
    )


def _sampling_rate(block: Element) -> tuple[float | None, bool]:
    """Rate as the file writes it, and whether that is sure.

    An exponent other than 1 was never seen, and nobody says what it would do to the rate.
    """
    text = text_of(block, "resolution/samplerate/value")
    exponent = text_of(block, "resolution/samplerate/exponent") or "1"
    if not text:
        return None, False
    is_sure = number(exponent, "exponent of the sampling rate") == 1.0
    return number(text, "sampling rate"), is_sure


def _channel(channel: Element, unit: str | None, scale: float) -> Channel:
    if text_of(channel, "datastype").upper() not in (_LIST, ""):
        raise ReadError("The samples of a lead are not a list of numbers, which alone is read.")
    samples = numbers(text_of(channel, "data"), "samples of a lead")
    stated = text_of(channel, "samplecount")
    declared = number(stated, "number of samples") if stated else len(samples)
    if declared != len(samples):
        raise ReadError(
            f"A lead holds {len(samples)} samples, but the file declares {declared:g}: it is "
            f"damaged or cut short."
        )
    return Channel(samples, text_of(channel, "name") or None, unit, scale)


def _age(root: Element) -> float | None:
    """Age on the day of the recording: such files hold the date of birth alone."""
    birth = iso_date(text_of(root, "patdata/birthdate"))
    day = iso_date(text_of(root, "examdescript/startdatetime/date"))
    return age_between(birth, day) if birth and day else None


FORMAT = Format(
    "schiller",
    "Schiller XML",
    (".xml",),
    recognises,
    read,
    vendor="Schiller",
    max_bytes=MAX_TEXT_BYTES,
)
