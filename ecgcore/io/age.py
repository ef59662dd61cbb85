"""Whole years of age from two dates, of which neither is kept."""

from __future__ import annotations

import datetime

from ecgcore.io.tracing import parse_age

Date = tuple[int, int, int]


def age_between(birth: Date, day: Date) -> float | None:
    """Return the age on a day.

    Parameters
    ----------
    birth, day : tuple of int
        Year, month and day of the month.

    Returns
    -------
    float or None
        Whole years; None where one is no date or the age is not plausible.
    """
    try:
        datetime.date(*birth), datetime.date(*day)
    except (ValueError, OverflowError):
        return None
    return parse_age(day[0] - birth[0] - (day[1:] < birth[1:]))
