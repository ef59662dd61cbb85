"""Schiller XML, built from its parts: channels, blocks and events."""

import numpy as np

from ecgcore.leads import LEADS, LIMB_FROM_I_II

T = 300


def leads_uv(seed: int = 0) -> np.ndarray:
    """A (12, T) signal in whole uV; even numbers, so that the halves of the algebra are whole."""
    independent = 2 * np.random.default_rng(seed).integers(-500, 500, size=(8, T))
    return np.vstack([LIMB_FROM_I_II @ independent[:2], independent[2:]]).astype(int)


def channel(name: str, samples: np.ndarray, count: object = None, coding: str = "COMMASEPARATE"):
    listed = ",".join(map(str, samples))
    return (
        f"<channel><annotation_lead><name>P_DUR</name><value>-</value></annotation_lead>"
        f"<name>{name}</name><data>{listed}</data><datastype>{coding}</datastype>"
        f"<samplecount>{len(samples) if count is None else count}</samplecount></channel>"
    )


def block(kind: str, channels: str, rate: object = 500, exponent: object = 1, bit: object = 1.0):
    return (
        f"<wavedata><type>{kind}</type><resolution><samplerate><exponent>{exponent}</exponent>"
        f"<value>{rate}</value></samplerate><yres><unitperbit>{bit}</unitperbit>"
        f"<units>UV</units></yres></resolution>{channels}</wavedata>"
    )


def rhythm(seed: int = 0, kind: str = "ECG_RHYTHMS", **options) -> str:
    names = [lead.upper() for lead in LEADS]
    rows = leads_uv(seed)
    return block(kind, "".join(map(channel, names, rows)), **options)


AVERAGES = block("ECG_AVERAGES", "".join(channel(lead, np.full(50, 9)) for lead in LEADS), rate=250)


def schiller_file(*events: str, gender: str = "FEMALE", birth: str = "19760124") -> bytes:
    waves = "".join(f"<event>{event}</event>" for event in events or (AVERAGES + rhythm(),))
    return (
        f'<?xml version="1.0"?><com.xiriuz.sema.xml.schillerEDI.SchillerEDI>'
        f"<patdata><id>ID-4711</id><lastname>Mustermann</lastname><firstname>Erika</firstname>"
        f"<birthdate>{birth}</birthdate><gender>{gender}</gender></patdata>"
        f"<examdescript><startdatetime><date>20240123</date></startdatetime>"
        f"<aquiringdevice><hardware><serialnum>SN-0815</serialnum></hardware></aquiringdevice>"
        f"<institute_id>Charite</institute_id></examdescript>"
        f"<eventdata>{waves}</eventdata></com.xiriuz.sema.xml.schillerEDI.SchillerEDI>"
    ).encode()
