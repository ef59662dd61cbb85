"""The XML formats of vendors, built from one signal, with any field changed or left out."""

import base64
import zlib
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree

import numpy as np
from built_files import true_signal

from ecgcore.leads import LEADS

FS_HZ = 500
STEP_UV = 5
# What stands between the tags, by tag; None leaves the element out.
Changes = Mapping[str, object]


def stored_signal() -> np.ndarray:
    """Twelve leads in steps of 5 uV, (12, T)."""
    return np.round(true_signal() * 1000 / STEP_UV).astype("<i2")


def stored_leads(names: Iterable[str] = LEADS) -> dict[str, np.ndarray]:
    rows = dict(zip(LEADS, stored_signal(), strict=True))
    return {name: rows[name] for name in names}


def secrets_of(data: bytes) -> set[str]:
    """Every text and attribute of a document but its samples: names, numbers, dates, remarks."""
    said = set()
    for element in ElementTree.fromstring(data).iter():
        said |= {(element.text or "").strip(), *element.attrib.values()}
    return {text for text in said if 4 <= len(text) <= 200}


def elements(fields: Changes, changes: Changes | None = None) -> str:
    """One element per field; a key is a tag with its attributes."""
    merged = {**fields, **(changes or {})}
    return "\n".join(
        f"<{tag}>{text}</{tag.split()[0]}>" for tag, text in merged.items() if text is not None
    )


def muse_lead(name: str, stored: np.ndarray, changes: Changes | None = None) -> str:
    content = stored.tobytes()
    fields = {
        "LeadByteCountTotal": len(content),
        "LeadTimeOffset": 0,
        "LeadSampleCountTotal": len(stored),
        "LeadAmplitudeUnitsPerBit": STEP_UV,
        "LeadAmplitudeUnits": "MICROVOLTS",
        "LeadID": name,
        "LeadOffsetFirstSample": 0,
        "LeadSampleSize": stored.itemsize,
        "LeadDataCRC32": zlib.crc32(content),
        "WaveFormData": base64.encodebytes(content).decode(),
    }
    return f"<LeadData>{elements(fields, changes)}</LeadData>"


def muse_waveform(
    leads: Mapping[str, np.ndarray] | None = None,
    changes: Changes | None = None,
    lead_changes: Changes | None = None,
) -> str:
    leads = stored_leads(("I", "II", *LEADS[6:])) if leads is None else leads
    fields = {"WaveformType": "Rhythm", "SampleBase": FS_HZ, "SampleExponent": 0}
    stored = [muse_lead(name, row, lead_changes) for name, row in leads.items()]
    return f"<Waveform>{elements(fields, changes)}{''.join(stored)}</Waveform>"


def muse_text(*waveforms: str, patient: Changes | None = None) -> str:
    fields = {"PatientID": "ID-4711", "PatientAge": 59, "AgeUnits": "YEARS", "Gender": "FEMALE"}
    return (
        f"<!DOCTYPE RestingECG SYSTEM 'restecg.dtd'>\n<RestingECG>"
        f"<PatientDemographics>{elements(fields, patient)}</PatientDemographics>"
        f"{''.join(waveforms)}</RestingECG>"
    )


def muse_file(*waveforms: str, patient: Changes | None = None) -> bytes:
    return muse_text(*(waveforms or (muse_waveform(),)), patient=patient).encode()


def comma_list(row: np.ndarray) -> str:
    return ",".join(f"{value}" for value in row.tolist())


def cardiosoft_strip(
    leads: Mapping[str, np.ndarray] | None = None,
    changes: Changes | None = None,
    attribute: str = "lead",
) -> str:
    leads = stored_leads() if leads is None else leads
    fields = {
        "NumberOfLeads": len(leads),
        'SampleRate units="Hz"': FS_HZ,
        "ChannelSampleCountTotal": len(next(iter(leads.values()))),
        'Resolution units="uVperLsb"': STEP_UV,
        **{f'WaveformData {attribute}="{n}"': f"\n\t{comma_list(r)}" for n, r in leads.items()},
    }
    return f"<StripData>{elements(fields, changes)}</StripData>"


def full_disclosure(
    values: np.ndarray, names: Iterable[str] = LEADS, changes: Changes | None = None
) -> str:
    fields = {
        "NumberOfChannels": len(tuple(names)),
        'SampleRate units="Hz"': FS_HZ,
        'Resolution units="uVperLsb"': STEP_UV,
        "LeadOrder": ",".join(names),
        "FullDisclosureData": (
            f"\n{comma_list(values)},\n<SampleCountTotal>{len(values)}</SampleCountTotal>"
        ),
    }
    return f"<FullDisclosure>{elements(fields, changes)}</FullDisclosure>"


def cardiosoft_text(*parts: str, age: str = '<Age units="YEARS">59</Age>') -> str:
    return (
        f'<?xml version="1.0" encoding="ISO-8859-1" ?>\n<CardiologyXML>'
        f"<PatientInfo><PID>ID-4711</PID>{age}<Gender>FEMALE</Gender></PatientInfo>"
        f"{''.join(parts or (cardiosoft_strip(),))}</CardiologyXML>"
    )


def cardiosoft_file(*parts: str, age: str = '<Age units="YEARS">59</Age>') -> bytes:
    return cardiosoft_text(*parts, age=age).encode("latin-1")


ABSOLUTE_TIME = (
    '<code code="TIME_ABSOLUTE"/><value xsi:type="GLIST_TS"><head value="{head}"/>'
    '<increment value="{increment}" unit="{unit}"/></value>'
)
RELATIVE_TIME = (
    '<code code="TIME_RELATIVE"/><value xsi:type="GLIST_PQ"><head value="{head}" unit="s"/>'
    '<increment value="{increment}" unit="{unit}"/></value>'
)
SCALE = f'<origin value="0" unit="uV"/><scale value="{STEP_UV}" unit="uV"/>'


def aecg_set(
    leads: Mapping[str, np.ndarray] | None = None,
    times: str | None = ABSOLUTE_TIME,
    head: str = "20021122091000.000",
    increment: object = 0.002,
    unit: str = "s",
    scale: str = SCALE,
) -> str:
    leads = stored_leads() if leads is None else leads
    bodies = [times.format(head=head, increment=increment, unit=unit)] if times else []
    bodies += [
        f'<code code="MDC_ECG_LEAD_{name.upper()}"/><value xsi:type="SLIST_PQ">{scale}'
        f"<digits>{' '.join(str(value) for value in row.tolist())}</digits></value>"
        for name, row in leads.items()
    ]
    sequences = [f"<component><sequence>{body}</sequence></component>" for body in bodies]
    return f"<component><sequenceSet>{''.join(sequences)}</sequenceSet></component>"


def aecg_series(*sets: str, code: str = "RHYTHM") -> str:
    return f'<component><series><code code="{code}"/>{"".join(sets)}</series></component>'


PERSON = (
    "<componentOf><timepointEvent><subject><subjectDemographicPerson><name>Mustermann</name>"
    '<administrativeGenderCode code="F"/><birthTime value="19430508"/>'
    "</subjectDemographicPerson></subject></timepointEvent></componentOf>"
)


def aecg_text(*series: str, about: str = PERSON, recorded: str = "20021122091000") -> str:
    return (
        f'<AnnotatedECG xmlns="urn:hl7-org:v3" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><id root="ID-4711"/>'
        f'<effectiveTime><center value="{recorded}"/></effectiveTime>'
        f"{about}{''.join(series or (aecg_series(aecg_set()),))}</AnnotatedECG>"
    )


def aecg_file(*series: str, about: str = PERSON, recorded: str = "20021122091000") -> bytes:
    return aecg_text(*series, about=about, recorded=recorded).encode()


XML_KINDS = {
    "hl7 aecg": lambda: {"x": aecg_file()},
    "ge muse": lambda: {"x": muse_file()},
    "ge cardiosoft": lambda: {"x": cardiosoft_file()},
}
