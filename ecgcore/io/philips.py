"""Philips XML: Sierra 1.03, PhilipsECG 1.04 and later, of carts, TraceMaster and HeartStart.

Recorders append a calibration pulse to every lead, which is left out. Averaged beats (`repbeats`),
of another rate and resolution, are never used.

References
----------
Philips's schemas 1.03 and 1.04.01, and sierraecg, which reads the same files; both are in
https://github.com/sixlettervariables/sierra-ecg-tools. Deviation: sierraecg rebuilds leads III,
aVR, aVL and aVF from differences however they are stored; here only where they are compressed, as
the schemas know of no differences and its own converter writes none.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from ecgcore.errors import ReadError
from ecgcore.io.age import age_between
from ecgcore.io.base64_text import decode_base64
from ecgcore.io.calibration_pulse import find_pulse
from ecgcore.io.iso_date import iso_date
from ecgcore.io.limits import MAX_CHANNELS, MAX_TEXT_BYTES, MAX_VALUES, check_declared_size
from ecgcore.io.tracing import Channel, Format, Tracing, parse_age, parse_sex, single_file
from ecgcore.io.xli import decode_xli, rebuild_limb_leads
from ecgcore.io.xml_document import number, numbers, parse, root_name, text_of
from ecgcore.leads import LEADS, canonical_name

# Acquisition types with the twelve leads in the usual order, in files that do not name them.
_STANDARD_TYPES = ("STD-12", "10-WIRE")
_SAMPLE_BITS = 16
_AGE_UNITS = {"years": "Y", "months": "M", "weeks": "W", "days": "D"}
_PULSE_MV = 1.0
# The resolutions in use (1.25 to 20 uV) differ by a factor of two.
_PULSE_TOLERANCE_MV = 0.05

Samples = npt.NDArray[np.generic]


@dataclass(frozen=True)
class _Declared:
    """What a file states of its samples.

    Attributes
    ----------
    names : tuple of (str or None)
        One for each lead; None where only the user can say.
    fs : float
        Hz.
    n_samples : int
        For each lead.
    uv_per_unit, offset : float
        A stored value v means (v - offset) * uv_per_unit.
    """

    names: tuple[str | None, ...]
    fs: float
    n_samples: int
    uv_per_unit: float
    offset: float


def recognises(data: bytes) -> bool:
    """Tell by the root element."""
    return root_name(data) == "restingecgdata"


def read(data: bytes) -> Tracing:
    """Read the recording up to its calibration pulse.

    Raises
    ------
    ReadError
        No samples in the file, coded in an unknown way, or others than declared.
    """
    root = parse(data)
    waves = root.find("waveforms/parsedwaveforms")
    if waves is None:
        raise ReadError("The Philips file holds no recording of its own (parsedwaveforms).")
    declared = _declared(root, waves)
    stored = _stored(waves, declared)  # (leads, T)
    end, notes = _end_of_recording(stored, declared)
    uv = declared.uv_per_unit
    return Tracing(
        tuple(
            Channel(lead[:end], name, unit="uV", scale=uv, offset=-declared.offset * uv)
            for name, lead in zip(declared.names, stored, strict=True)
        ),
        fs=declared.fs,
        age=_age(root),
        sex=parse_sex(text_of(root, "patient/generalpatientdata/sex")),
        warnings=notes,
    )


def _declared(root: Element, waves: Element) -> _Declared:
    """Read the description of the samples.

    Version 1.04 describes them where they are, as they may have been modified since they were
    acquired; 1.03 describes the acquisition alone.
    """
    acquired = root.find("dataacquisition/signalcharacteristics")

    def stated(attribute: str, *elements: str) -> str:
        texts = (waves.get(attribute, "").strip(), *(text_of(acquired, e) for e in elements))
        return next(filter(None, texts), "")

    fs = number(stated("samplespersecond", "samplingrate"), "sampling rate")
    uv = number(stated("resolution", "resolution", "signalresolution"), "resolution")
    if fs <= 0.0 or uv <= 0.0:
        raise ReadError(f"The file states {fs:g} Hz and {uv:g} uV per unit, expected above 0.")
    n_samples = number(waves.get("durationperchannel"), "duration") / 1000.0 * fs
    if not 1.0 <= n_samples <= MAX_VALUES:
        raise ReadError(
            f"The file declares {n_samples:g} samples per lead, expected 1 to {MAX_VALUES}."
        )
    n_leads = number(stated("numberofleads", "numberchannelsallocated"), "number of leads")
    if n_leads not in range(1, MAX_CHANNELS + 1):
        raise ReadError(f"The file declares {n_leads:g} leads, expected 1 to {MAX_CHANNELS}.")
    labels = waves.get("leadlabels", "").split()
    names = _names(labels, text_of(acquired, "acquisitiontype"), int(n_leads))
    offset = number(stated("signaloffset", "signaloffset") or "0", "offset of the samples")
    return _Declared(names, fs, round(n_samples), uv, offset)


def _names(labels: list[str], acquisition_type: str, n_leads: int) -> tuple[str | None, ...]:
    """Name each lead, in the order in which they are stored."""
    if labels:
        if len(labels) < n_leads:
            raise ReadError(f"The file declares {n_leads} leads and names {len(labels)}.")
        return tuple(labels[:n_leads])
    if acquisition_type not in _STANDARD_TYPES:
        return (None,) * n_leads
    # Recorders may store more channels than the patient has electrodes.
    unused = (f"channel {number}" for number in range(len(LEADS) + 1, n_leads + 1))
    return (*LEADS[:n_leads], *unused)


def _stored(waves: Element, declared: _Declared) -> Samples:
    """Return the stored integers with all leads rebuilt, shape (leads, T)."""
    n_leads = len(declared.names)
    check_declared_size(n_leads, declared.n_samples)
    coding, text = waves.get("dataencoding", "").strip().lower(), text_of(waves)
    if _is_compressed(waves):
        if coding != "base64":
            raise ReadError("The samples are compressed, but not coded as Base64.")
        packed = decode_xli(decode_base64(text, "samples"), n_leads, declared.n_samples)
        # Where no lead is named, the usual order is the best guess, and the user is asked.
        names = declared.names if any(declared.names) else LEADS[:n_leads]
        return rebuild_limb_leads(packed, [canonical_name(name or "") for name in names])
    if coding == "plain":
        return _split(numbers(text, "samples"), declared)
    bits = waves.get("bitspersample") or waves.get("nbitspersample") or str(_SAMPLE_BITS)
    content = _decode_bytes(text, coding)
    if number(bits, "number of bits") != _SAMPLE_BITS or len(content) % 2:
        raise ReadError(f"The samples do not have {_SAMPLE_BITS} bits, which alone is read.")
    is_unsigned = waves.get("signalsigned", "").strip().lower() == "false"
    return _split(np.frombuffer(content, dtype="<u2" if is_unsigned else "<i2"), declared)


def _is_compressed(waves: Element) -> bool:
    """Tell XLI from plain samples; version 1.03 may name the method of what is not compressed."""
    method = waves.get("compressmethod") or waves.get("compression") or ""
    is_flagged = waves.get("compressflag", "true").strip().lower() != "false"
    if not is_flagged or method.strip().lower() in ("", "none", "uncompressed"):
        return False
    if method.strip().upper() != "XLI":
        raise ReadError("The samples are compressed by a method that is not read, expected XLI.")
    return True


def _decode_bytes(text: str, coding: str) -> bytes:
    if coding == "base64":
        return decode_base64(text, "samples")
    if coding != "hex":
        raise ReadError("The samples are coded as none of Base64, Hex and Plain.")
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise ReadError("The samples are not valid hexadecimal numbers.") from error


def _split(samples: Samples, declared: _Declared) -> Samples:
    """Tell the leads apart, which follow one another, shape (leads, T)."""
    n_leads, n_samples = len(declared.names), declared.n_samples
    # With a wrong length each lead would begin within another.
    if len(samples) < n_leads * n_samples or len(samples) % n_samples:
        raise ReadError(
            f"The file holds {len(samples)} samples, expected {n_leads} x {n_samples}: it is "
            f"damaged or cut short."
        )
    return samples.reshape(-1, n_samples)[:n_leads]


def _end_of_recording(stored: Samples, declared: _Declared) -> tuple[int, tuple[str, ...]]:
    """Sample after the last of the recording, and what is to be said of the pulse behind it."""
    pulse = find_pulse(stored, declared.fs)
    if pulse is None:
        return stored.shape[1], ()
    if pulse.start == 0:
        raise ReadError("The file holds nothing but a calibration pulse.")
    notes = [f"The calibration pulse after {pulse.start / declared.fs:.1f} s was left out."]
    measured_mv = pulse.height * declared.uv_per_unit / 1000.0
    if abs(measured_mv - _PULSE_MV) > _PULSE_TOLERANCE_MV:
        notes.append(
            f"The calibration pulse measures {measured_mv:.3g} mV, expected {_PULSE_MV:g} mV: the "
            f"resolution that the file states may be wrong."
        )
    return pulse.start, tuple(notes)


def _age(root: Element) -> float | None:
    """Age as stated, or else on the day of the recording; the default age is nobody's."""
    age = root.find("patient/generalpatientdata/age")
    for unit, letter in _AGE_UNITS.items():
        if text := text_of(age, unit):
            return parse_age(text + letter)
    acquired = root.find("dataacquisition")
    birth = iso_date(text_of(age, "dateofbirth"))
    day = iso_date("" if acquired is None else acquired.get("date", ""))
    return age_between(birth, day) if birth and day else None


FORMAT = Format(
    "philips",
    "Philips XML",
    (".xml",),
    recognises,
    single_file(read),
    vendor="Philips",
    max_bytes=MAX_TEXT_BYTES,
)
