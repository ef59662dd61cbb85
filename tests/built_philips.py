"""Philips XML, built: compressed and plain, of either version, with any attribute changed."""

import base64
import struct

import numpy as np

from ecgcore.leads import LEADS

FS = 500
T = 1000


def true_leads(n_samples: int = T) -> np.ndarray:
    """Twelve leads in stored units that obey the lead algebra but for rounding."""
    walk = np.random.default_rng(1).integers(-4, 5, size=(8, n_samples)).cumsum(axis=1)
    one, two = walk[:2]
    three = two - one
    limb = [one, two, three, -((one + two) // 2), (one - three) // 2, (two + three) // 2]
    return np.vstack([*limb, walk[2:]])


def with_pulse(leads: np.ndarray, fs: int = FS, height: int = 200) -> np.ndarray:
    """Append what recorders do: a blank, 200 ms at 1 mV on every lead, a blank."""
    pulse = np.zeros(round(0.4 * fs), dtype=int)
    pulse[round(0.1 * fs) : round(0.3 * fs)] = height
    return np.hstack([leads, np.tile(pulse, (len(leads), 1))])


def differences(leads: np.ndarray) -> np.ndarray:
    """What XLI stores of limb leads in the usual order, by the inverse of sierraecg's formulas."""
    one, two, three, avr, avl, avf = leads[:6]
    stored = leads.copy()
    stored[2] = two - one - three
    stored[3] = -avr - (one + two) // 2
    stored[4] = (one - three) // 2 - avl
    stored[5] = (two + three) // 2 - avf
    return stored


def pack_codes(codes: list[int]) -> bytes:
    bits = "".join(f"{code:010b}" for code in codes)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def lzw_encode(content: bytes) -> bytes:
    table = {bytes([value]): value for value in range(256)}
    codes, held = [], b""
    for value in content:
        longer = held + bytes([value])
        if longer in table:
            held = longer
            continue
        codes.append(table[held])
        if len(table) < 1023:  # code 1023 ends the data
            table[longer] = len(table)
        held = bytes([value])
    return pack_codes([*codes, table[held], 1023])


def xli_chunk(lead: np.ndarray) -> bytes:
    """Second differences around 64, all high bytes before all low bytes."""
    wide = lead.astype(int)
    steps = 2 * wide[1:-1] - wide[:-2] - wide[2:]
    words = [*wide[:2], *(steps[1:] + 64), 64]
    content = b"".join(bytes((int(word) >> shift) & 0xFF for word in words) for shift in (8, 0))
    codes = lzw_encode(content)
    return struct.pack("<iHh", len(codes), 1, int(steps[0])) + codes


def xli(leads: np.ndarray) -> bytes:
    return b"".join(xli_chunk(lead) for lead in leads)


def base64_text(content: bytes) -> str:
    text = base64.b64encode(content).decode()
    return "\n".join(text[i : i + 76] for i in range(0, len(text), 76))


def philips_file(
    samples: str, n_samples: int = T, encoding: str = "utf-8", extra: str = "", **attributes: object
) -> bytes:
    """A file of version 1.04; an attribute of None is left out."""
    stated = {
        "dataencoding": "Base64",
        "compression": "XLI",
        "numberofleads": 12,
        "leadlabels": " ".join(LEADS),
        "durationperchannel": 1000 * n_samples // FS,
        "samplespersecond": FS,
        "resolution": 5,
    } | attributes
    written = " ".join(f'{key}="{value}"' for key, value in stated.items() if value is not None)
    text = f"""<?xml version="1.0" encoding="{encoding}"?>
<restingecgdata xmlns="http://www3.medical.philips.com">
  <documentinfo><documenttype>PhilipsECG</documenttype><documentversion>1.04</documentversion>
  </documentinfo>
  <dataacquisition date="2008-12-23" time="19:44:46">
    <signalcharacteristics>
      <samplingrate>250</samplingrate><resolution>1</resolution>
      <acquisitiontype>10-WIRE</acquisitiontype>
      <numberchannelsallocated>12</numberchannelsallocated>
    </signalcharacteristics>
  </dataacquisition>
  <patient><generalpatientdata>
    <age defaultage="50"><dateofbirth>1976-12-24</dateofbirth></age><sex>Female</sex>
  </generalpatientdata></patient>
  <waveforms>
    <parsedwaveforms {written}>{samples}</parsedwaveforms>{extra}
  </waveforms>
</restingecgdata>"""
    return text.encode(encoding)


def compressed_file(leads: np.ndarray | None = None, **options) -> bytes:
    leads = true_leads() if leads is None else leads
    samples = base64_text(xli(differences(leads)))
    return philips_file(samples, n_samples=leads.shape[1], **options)


def old_file(samples: str, n_channels: int = 12, acquisition: str = "STD-12") -> bytes:
    """A file of version 1.03, which describes the samples elsewhere and names no lead."""
    return f"""<restingecgdata xmlns="http://www3.medical.philips.com">
  <dataacquisition><signalcharacteristics>
    <samplingrate>{FS}</samplingrate><signalresolution>5</signalresolution>
    <acquisitiontype>{acquisition}</acquisitiontype><signaloffset>0</signaloffset>
    <numberchannelsallocated>{n_channels}</numberchannelsallocated>
  </signalcharacteristics></dataacquisition>
  <patient><generalpatientdata><age><years>50</years></age></generalpatientdata></patient>
  <waveforms><parsedwaveforms compressflag="True" compressmethod="XLI" dataencoding="Base64"
    durationperchannel="{1000 * T // FS}" nbitspersample="16">{samples}</parsedwaveforms>
  </waveforms></restingecgdata>""".encode()
