"""Contec ECG90A recordings: eight leads between a header and a footer of fixed length.

There is no published description and no magic; the layout was learned from a real file, and agrees
with what https://github.com/RigacciOrg/ecg-contec reads.

    | number, 8 | 2 | date and time, 20 | 2 | name, 8 | sex, age, weight | samples | zeros, 37 |
"""

from __future__ import annotations

import re

import numpy as np

from ecgcore.errors import ReadError
from ecgcore.io.tracing import Channel, Format, Tracing, parse_age, single_file

_HEADER_BYTES, _FOOTER_BYTES = 43, 37
_SEX_BYTE, _AGE_BYTE = 40, 41
_NUMBER = re.compile(rb"\d{1,8}\0*")
_DATE = re.compile(rb"\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}:\d{2}\0*")
_SEXES = {0: "F", 1: "M"}

FS_HZ = 800.0
_STORED_LEADS = ("II", "III", "V1", "V2", "V3", "V4", "V5", "V6")
_FRAME_BYTES = 2 * len(_STORED_LEADS)
_UV_PER_UNIT = 5.0
_ZERO = 2048
_NOT_CONNECTED = 0x6800


def recognises(data: bytes) -> bool:
    """Tell by the digits, the date, the empty footer, and a length of whole frames."""
    return (
        len(data) >= _HEADER_BYTES + _FOOTER_BYTES
        and (len(data) - _HEADER_BYTES - _FOOTER_BYTES) % _FRAME_BYTES == 0
        and _NUMBER.fullmatch(data[:8]) is not None
        and _DATE.fullmatch(data[10:30]) is not None
        and not any(data[-_FOOTER_BYTES:])
    )


def read(data: bytes) -> Tracing:
    """Read one recording.

    Raises
    ------
    ReadError
        There is no sample.
    """
    content = data[_HEADER_BYTES : len(data) - _FOOTER_BYTES]
    if not content:
        raise ReadError("The Contec file ends after its header: it holds no sample.")
    stored = np.frombuffer(content, dtype="<u2").reshape(-1, len(_STORED_LEADS))  # (T, leads)
    return Tracing(
        tuple(
            Channel(
                column,
                lead,
                unit="uV",
                scale=_UV_PER_UNIT,
                offset=-_ZERO * _UV_PER_UNIT,
                missing=(_NOT_CONNECTED,),
            )
            for lead, column in zip(_STORED_LEADS, stored.T, strict=True)
        ),
        fs=FS_HZ,
        # The recorder writes 0 where no age was entered.
        age=parse_age(data[_AGE_BYTE]) or None,
        sex=_SEXES.get(data[_SEX_BYTE]),
    )


FORMAT = Format(
    "contec", "Contec ECG90A", (".ecg",), recognises, single_file(read), vendor="Contec"
)
