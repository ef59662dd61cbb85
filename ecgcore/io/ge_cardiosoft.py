"""GE CardioSoft and CASE XML (`CardiologyXML`): the strip of ten seconds, else the full disclosure.

The median beats (`MedianSamples`) and vector loops of such a file are not its recording.

References
----------
No specification is public. The fields are those of files from CardioSoft 6.73, checked against the
algebra of their twelve limb leads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from ecgcore.errors import ReadError
from ecgcore.io.limits import MAX_TEXT_BYTES, check_declared_size
from ecgcore.io.tracing import (
    Channel,
    Format,
    Tracing,
    parse_age,
    parse_sex,
    single_file,
)
from ecgcore.io.xml_document import (
    factor,
    number,
    numbers,
    parse,
    root_name,
    text_of,
    whole_number_of,
)
from ecgcore.recording import MAX_FS_HZ, MIN_FS_HZ

_MV_PER_MICROVOLT = 1e-3

Values = npt.NDArray[np.float64]


def recognises(data: bytes) -> bool:
    """Tell by the root element."""
    return root_name(data) == "cardiologyxml"


def read(data: bytes) -> Tracing:
    """Read the strip; among several the longest of those with the most leads.

    Raises
    ------
    ReadError
        Neither a strip nor a full disclosure, or samples that are not as many as declared.
    """
    root = parse(data)
    strips = [_read_strip(s) for s in root.iter("StripData") if s.find("WaveformData") is not None]
    disclosure = root.find("FullDisclosure")
    if any(strip.n_samples for strip in strips):
        tracing = max(strips, key=lambda tracing: tracing.rank)
    elif disclosure is not None:
        tracing = _read_disclosure(disclosure)
    else:
        raise ReadError("This GE CardioSoft file holds neither a strip nor a full disclosure.")
    return replace(tracing, age=_age(root), sex=parse_sex(text_of(root, "PatientInfo/Gender")))


def _age(root: Element) -> float | None:
    age = root.find("PatientInfo/Age")
    return None if age is None else parse_age(text_of(age) + age.get("units", "")[:1])


def _read_strip(strip: Element) -> Tracing:
    """Read the leads of a strip, which are stored one after another."""
    stored = strip.findall("WaveformData")
    check_declared_size(len(stored), 1)
    declared = whole_number_of(strip, "ChannelSampleCountTotal", "number of samples per lead")
    rows = [numbers(text_of(lead), "samples of a lead") for lead in stored]
    for row in rows:
        if declared is not None and len(row) not in (0, declared):
            raise ReadError(
                f"A lead holds {len(row)} samples, but the file declares {declared}: it is damaged "
                f"or cut short."
            )
    return _tracing(strip, [_lead_name(lead) for lead in stored], rows)


def _lead_name(lead: Element) -> str | None:
    """Return the attribute "lead", whose letters versions of the software spell differently."""
    return next((name for key, name in lead.attrib.items() if key.lower() == "lead"), None)


def _tracing(
    element: Element,
    names: Sequence[str | None],
    rows: Iterable[Values],
    warnings: tuple[str, ...] = (),
) -> Tracing:
    """Give the rows their names, and the rate and the resolution that the element states."""
    resolution = element.find("Resolution")
    text = text_of(resolution)
    scale, unit = 1.0, ""
    if resolution is not None and text:
        scale = factor(text, "resolution")
        unit = resolution.get("units", "").lower().partition("per")[0]  # "uVperLsb"
    channels = tuple(
        Channel(row, name, unit or None, scale) for name, row in zip(names, rows, strict=True)
    )
    return Tracing(
        channels,
        fs=_sampling_rate(element),
        warnings=warnings,
        mv_per_unit_guess=_MV_PER_MICROVOLT if text else None,
    )


def _sampling_rate(element: Element) -> float | None:
    text = text_of(element, "SampleRate")
    return number(text, "sampling rate") if text else None


def _read_disclosure(disclosure: Element) -> Tracing:
    """Read the one list of numbers that holds all leads.

    Raises
    ------
    ReadError
        It is not as long as declared, or does not say how many leads there are, or at what rate.
    """
    values = numbers(text_of(disclosure, "FullDisclosureData"), "samples of the full disclosure")
    declared = whole_number_of(
        disclosure, "FullDisclosureData/SampleCountTotal", "number of samples"
    )
    if declared is not None and declared != len(values):
        raise ReadError(
            f"The full disclosure holds {len(values)} samples, but the file declares {declared}: "
            f"it is damaged or cut short."
        )
    names = _lead_order(disclosure)
    fs = _sampling_rate(disclosure)
    if fs is None or not MIN_FS_HZ <= fs <= MAX_FS_HZ:
        raise ReadError("The full disclosure states no rate by which to tell its leads apart.")
    rows = _leads_of(values, len(names), round(fs))
    left_out = len(values) - rows.size
    note = f"The last {left_out} values are not enough for every lead and were left out."
    return _tracing(disclosure, names, rows, warnings=(note,) if left_out else ())


def _lead_order(disclosure: Element) -> list[str | None]:
    """Names of the leads in the order of the list; None where only their number is stated."""
    order = text_of(disclosure, "LeadOrder")
    names: list[str | None] = [name.strip() or None for name in order.split(",")] if order else []
    stated = whole_number_of(disclosure, "NumberOfChannels", "number of channels")
    if stated is not None and order and stated != len(names):
        raise ReadError(f"The file names {len(names)} channels, but declares {stated}.")
    n_channels = len(names) or stated or 0
    check_declared_size(n_channels, 1)
    return names or [None] * n_channels


def _leads_of(values: Values, n_leads: int, second: int) -> Values:
    """Tell the leads of one list apart, shape (leads, T).

    Real files write a second of the first lead, a second of the next, and so on; by other accounts
    the leads take turns with every sample. The right reading is by far the smoother one: in the
    real file neighbouring samples differ by 2.5 units on average, against 16 in the wrong one.
    """
    in_turn = values[: len(values) // n_leads * n_leads].reshape(-1, n_leads).T
    block = n_leads * second
    seconds = values[: len(values) // block * block].reshape(-1, n_leads, second)
    by_second = seconds.transpose(1, 0, 2).reshape(n_leads, -1)
    return min(by_second, in_turn, key=_roughness)


def _roughness(leads: Values) -> float:
    """Return the mean difference of neighbouring samples."""
    with np.errstate(invalid="ignore"):
        steps = np.abs(np.diff(leads, axis=1))
    steps = steps[np.isfinite(steps)]
    return float(steps.mean()) if steps.size else np.inf


FORMAT = Format(
    "ge_cardiosoft",
    "GE CardioSoft XML",
    (".xml",),
    recognises,
    single_file(read),
    vendor="GE HealthCare",
    max_bytes=MAX_TEXT_BYTES,
)
