"""Dates as vendors write them into XML, for the age alone."""

from __future__ import annotations

import re

from ecgcore.io.age import Date

_ISO_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")


def iso_date(text: str) -> Date | None:
    """Return year, month and day of a text that begins like ``"1976-01-31"`` or ``"19760131"``."""
    match = _ISO_DATE.match(text.strip())
    return (int(match[1]), int(match[2]), int(match[3])) if match else None
