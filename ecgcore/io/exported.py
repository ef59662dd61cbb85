"""What writing gives: the files, and how exactly reading them gives the recording back."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ecgcore.io.stored_step import StoredLead

# HIPAA Safe Harbor, 45 CFR 164.514(b)(2)(i)(C): ages over 89 are one category, "90 or older".
_OLDEST_STATED_AGE = 89.0
OLDEST_WRITTEN_AGE = 90.0
_MAX_NOTE_CHARACTERS = 200


@dataclass(frozen=True)
class Exported:
    """One recording in one format.

    Attributes
    ----------
    files : mapping of name to bytes
    exact : bool
        Reading the files gives every sample bit for bit, but for the sign of a zero, which
        integers do not have.
    lsb_mv : float or None
        The coarsest step with which a lead was stored; None where floats are stored as they are.
    error_mv : float
        By how much a sample changes at most, measured by reading back in memory.
    statement : str
        The same as a sentence.
    """

    files: Mapping[str, bytes]
    exact: bool
    lsb_mv: float | None
    error_mv: float
    statement: str


def of_floats(files: Mapping[str, bytes]) -> Exported:
    """Describe files that hold the samples as they are."""
    statement = "Bit-exact: every sample reads back as it is in the recording."
    return Exported(files, exact=True, lsb_mv=None, error_mv=0.0, statement=statement)


def of_integers(files: Mapping[str, bytes], leads: Sequence[StoredLead]) -> Exported:
    """Describe files that hold the samples as integers times a step."""
    lsb_mv = max(lead.step_mv for lead in leads)
    error_mv = max(lead.error_mv for lead in leads)
    changed = [lead.name for lead in leads if lead.error_mv]
    if not changed:
        statement = (
            f"Bit-exact, in steps of up to {lsb_mv * 1e3:.4g} µV: every sample reads back as it is "
            f"in the recording."
        )
    else:
        statement = (
            f"Stored in steps of up to {lsb_mv * 1e3:.4g} µV: {len(leads) - len(changed)} of "
            f"{len(leads)} leads are bit-exact; no sample of {', '.join(changed)} changes by more "
            f"than {_rounded_up(error_mv * 1e3)} µV."
        )
    return Exported(files, not changed, lsb_mv, error_mv, statement)


def _rounded_up(value: float) -> str:
    """Return two digits of a positive number, never less than it is."""
    digit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return f"{math.ceil(value / digit) * digit:.2g}"


def written_age(age: float | None) -> float | None:
    """Return the age that a file may state: completed years, above two, and 90 for all above 89.

    Below two years the age stays as it is, in years.

    References
    ----------
    HIPAA Safe Harbor, 45 CFR 164.514(b)(2)(i)(C).
    """
    if age is None:
        return None
    if age > _OLDEST_STATED_AGE:
        return OLDEST_WRITTEN_AGE
    return float(math.floor(age)) if age >= 2.0 else age


def one_line(note: str) -> str:
    """Return a note of printable ASCII on one line, as every format can hold it."""
    printable = re.sub(r"[^\x20-\x7e]+", " ", note)
    return " ".join(printable.split())[:_MAX_NOTE_CHARACTERS]
