"""Recordings as WFDB: a header and the samples as 16-bit integers, or 32-bit where 16 are too few.

References
----------
https://physionet.org/physiotools/wag/header-5.htm
https://physionet.org/physiotools/wag/signal-5.htm
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecgcore.errors import WriteError
from ecgcore.io.exported import Exported, of_integers, written_age
from ecgcore.io.stored_step import (
    LARGEST_INT16,
    LARGEST_INT32,
    StepRange,
    StoredLead,
    computation_tolerance,
    decimal_step,
    find_step,
    simplest_between,
    store,
)
from ecgcore.recording import Recording

# Where samples are no multiples of a step: below what float32 tells apart at 0.2 mV, and 32 bits
# still reach 21 mV.
_FINEST_STEP_MV = 1e-8
_RECORD_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class _StorageFormat:
    """One of the storage formats of the standard; its lowest value means "not recorded"."""

    number: int
    dtype: str
    largest_count: int

    @property
    def invalid(self) -> int:
        return -self.largest_count - 1


_FORMAT_16 = _StorageFormat(16, "<i2", LARGEST_INT16)
_FORMAT_32 = _StorageFormat(32, "<i4", LARGEST_INT32)


def write(recording: Recording, stem: str, note: str = "") -> Exported:
    """Write a header and one file of samples, interleaved.

    Each lead gets the gain of the recorder where its samples show it (`find_step`), else the finest
    of 0.01, 0.02, 0.05, 0.1 ... nV that fits 32 bits. Leads that were never recorded are left out.
    The header states age and sex, as PhysioNet does, and no date.

    Parameters
    ----------
    recording : Recording
    stem : str
        Name of the record.
    note : str
        One line about what was done to the recording.

    Returns
    -------
    Exported
        ``stem.dat`` and ``stem.hea``, to be put in place in this order.

    Raises
    ------
    WriteError
        The stem cannot be the name of a record.
    """
    if not _RECORD_NAME.fullmatch(stem):
        raise WriteError(
            f'"{stem}" cannot be the name of a WFDB record: use the characters A-Z, a-z, 0-9, - '
            f"and _ alone."
        )
    tolerance = computation_tolerance(recording.signal)
    steps = {name: find_step(recording.lead(name), tolerance) for name in recording.leads}
    fits_16 = all(step and step.largest <= LARGEST_INT16 for step in steps.values())
    storage = _FORMAT_16 if fits_16 else _FORMAT_32
    leads = [_store(recording, name, step) for name, step in steps.items()]
    # (leads, T), with the invalid value where nothing was recorded
    counts = np.array([np.where(lead.missing, storage.invalid, lead.counts) for lead in leads])
    files = {
        f"{stem}.dat": counts.T.astype(storage.dtype).tobytes(),
        f"{stem}.hea": _header(recording, stem, note, storage, leads, counts).encode("ascii"),
    }
    return of_integers(files, leads)


def _store(recording: Recording, name: str, step: StepRange | None) -> StoredLead:
    samples = recording.lead(name)
    if step is not None:
        gain = simplest_between(1.0 / step.high, 1.0 / step.low)
    else:
        largest = float(np.nanmax(np.abs(samples)))
        gain = float(f"{1.0 / decimal_step(largest, LARGEST_INT32, _FINEST_STEP_MV):.12g}")
    return store(name, samples, gain, 1.0 / gain, lambda counts, per_mv: counts / per_mv)


def _header(
    recording: Recording,
    stem: str,
    note: str,
    storage: _StorageFormat,
    leads: Sequence[StoredLead],
    counts: npt.NDArray[np.int64],
) -> str:
    lines = [f"{stem} {len(leads)} {_plain(recording.fs)} {recording.n_samples}"]
    bits = 8 * np.dtype(storage.dtype).itemsize
    for lead, stored in zip(leads, counts, strict=True):
        checksum = (int(stored.sum()) + 2**15) % 2**16 - 2**15  # as a signed 16-bit number
        lines.append(
            f"{stem}.dat {storage.number} {_plain(lead.step)}(0)/mV {bits} 0 {stored[0]} "
            f"{checksum} 0 {lead.name}"
        )
    age = written_age(recording.age)
    facts = [f"Age: {_plain(round(age, 2))}"] if age is not None else []
    facts += [f"Sex: {recording.sex}"] if recording.sex else []
    lines += [f"# {'  '.join(facts)}"] if facts else []
    lines += [f"# Note: {note}"] if note else []
    return "\n".join(lines) + "\n"


def _plain(number: float) -> str:
    """Return the shortest text that reads back as the same number, without ".0"."""
    return repr(float(number)).removesuffix(".0")
