"""Stored leads of SCP-ECG -> samples: split, decode, and undo the differences.

References
----------
EN 1064:2005+A1:2007, clauses 5.8 and 5.9 (lead data), Annex C.2 (differences).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ecgcore.io.scp_huffman import HuffmanTable
from ecgcore.io.scp_sections import StoredLeads
from ecgcore.io.scp_stream import Decoded, Samples, decode

# The bytes of a lead are counted in 16 bits; writers of longer leads let the count wrap around.
_SIZE_STEP = 2**16


def decode_leads(
    stored: StoredLeads, counts: Sequence[int], tables: Sequence[HuffmanTable]
) -> tuple[Decoded, ...]:
    """Decode every lead, differences not yet undone.

    Parameters
    ----------
    stored : StoredLeads
    counts : sequence of int
        Numbers that each lead is declared to hold; it may hold fewer.
    tables : sequence of HuffmanTable
        Empty where the numbers are stored in 16 bits each.

    Returns
    -------
    tuple of Decoded
        Empty for a lead without bytes.

    Raises
    ------
    ReadError
        Bits that are in no Huffman table.
    """
    spare = len(stored.payload) - sum(stored.sizes)
    leads, start = [], 0
    for size, count in zip(stored.sizes, counts, strict=True):
        lead = _decode(stored.payload[start : start + size], count, tables)
        if size and spare >= _SIZE_STEP and len(lead.values) < count - 1:
            lead = _decode(stored.payload[start : start + size + spare], count, tables)
            beyond = (lead.n_bits + 7) // 8 - size
            wrapped = _SIZE_STEP * max(0, -(-beyond // _SIZE_STEP))
            size, spare = size + wrapped, spare - wrapped
        leads.append(lead)
        start += size
    return tuple(leads)


def _decode(data: memoryview, count: int, tables: Sequence[HuffmanTable]) -> Decoded:
    if tables:
        return decode(data, count, tables)
    count = min(count, len(data) // 2)
    return Decoded(np.frombuffer(data, dtype="<i2", count=count), 16 * count, count)


def undo_differences(values: Samples, order: int) -> Samples:
    """Sum up first or second differences.

    The first sample, for second differences the first two, are stored as they are. Samples have 16
    bits: a difference that an encoder let wrap around wraps back.

    Parameters
    ----------
    values : ndarray, shape (n,), int16
    order : int
        0, 1 or 2.

    Returns
    -------
    ndarray, shape (n,), int16
    """
    sums = values.astype(np.int64)
    if order == 2 and len(sums) > 1:
        sums[1] -= sums[0]
        sums[1:] = np.cumsum(sums[1:])
    if order:
        sums = np.cumsum(sums)
    return sums.astype(np.int16)


def held_values(
    leads: Sequence[Decoded], counts: Sequence[int], *, from_zero: bool
) -> list[Samples]:
    """Return the numbers that each lead truly holds, without what fills up its last bytes.

    Writers that number samples from 0 may declare one sample too many; then every lead ends one
    sample earlier.

    Parameters
    ----------
    leads : sequence of Decoded
        None of them empty.
    counts : sequence of int
        As declared.
    from_zero : bool
        The first sample has the number 0.

    Returns
    -------
    list of ndarray, shape (n,), int16
    """
    pairs = list(zip(leads, counts, strict=True))
    one_less = any(len(lead.values) == count - 1 for lead, count in pairs) or (
        from_zero and all(lead.n_certain < count for lead, count in pairs)
    )
    held = []
    for lead, count in pairs:
        is_short = len(lead.values) < count - 1
        held.append(lead.values[: lead.n_certain if is_short else count - one_less])
    return held
