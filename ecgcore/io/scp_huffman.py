"""Huffman tables of SCP-ECG.

References
----------
EN 1064:2005+A1:2007, clause 5.5 and Annex C.2.7.4 (the default table).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecgcore.errors import ReadError

# The code itself is stored in 4 bytes; what follows it is a number of the same width at most.
MAX_BITS = 32
# Number of tables that stands for the default table, which the file need not hold then.
_DEFAULT_TABLE = 19999
# The standard sets no limit; each table that a stream switches to takes time and memory of its own.
_MAX_TABLES = 16
_CODE = np.dtype(
    [("prefix", "u1"), ("total", "u1"), ("mode", "u1"), ("value", "<i2"), ("bits", "<u4")]
)

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class HuffmanTable:
    """Codes of one table, in ascending order of their bits.

    Attributes
    ----------
    starts : ndarray, shape (K,), uint64
        The bits of each code, in the upper part of 32 bits.
    sizes : ndarray, shape (K,), uint64
        How many 32-bit numbers begin with this code.
    prefix, extra, value : ndarray, shape (K,), int64
        Bits of the code, bits of the number after it, and what is added to that number.
    switches : ndarray, shape (K,), bool
        True where `value` is the number of the table to go on with, from 1.
    """

    starts: npt.NDArray[np.uint64]
    sizes: npt.NDArray[np.uint64]
    prefix: Integers
    extra: Integers
    value: Integers
    switches: npt.NDArray[np.bool_]

    def codes_at(self, windows: npt.NDArray[np.uint64]) -> Integers:
        """Return which code each 32-bit number begins with; -1 for none."""
        found = np.searchsorted(self.starts, windows, side="right") - 1
        fits = (found >= 0) & (windows - self.starts[found] < self.sizes[found])
        return np.where(fits, found, -1)


def parse_tables(body: bytes | None) -> tuple[HuffmanTable, ...]:
    """Read Section 2.

    Parameters
    ----------
    body : bytes or None
        None where the file has no such section.

    Returns
    -------
    tuple of HuffmanTable
        Empty where samples are stored as plain numbers of 16 bits.

    Raises
    ------
    ReadError
        The tables are cut short, too many, or ambiguous.
    """
    if body is None or len(body) < 2:
        return ()
    n_tables = int.from_bytes(body[:2], "little")
    if n_tables == _DEFAULT_TABLE:
        return (DEFAULT,)
    if n_tables > _MAX_TABLES:
        raise ReadError(
            f"The SCP-ECG file declares {n_tables} Huffman tables, the limit is {_MAX_TABLES}."
        )
    tables, position = [], 2
    for number in range(1, n_tables + 1):
        n_codes = int.from_bytes(body[position : position + 2], "little")
        position += 2
        end = position + n_codes * _CODE.itemsize
        if n_codes == 0 or end > len(body):
            raise ReadError(
                f"Huffman table {number} of the SCP-ECG file declares {n_codes} codes, its "
                f"section has room for {max(0, len(body) - position) // _CODE.itemsize}."
            )
        tables.append(_table(np.frombuffer(body[position:end], _CODE), number))
        position = end
    _check_switches(tables)
    return tuple(tables)


def _table(codes: npt.NDArray[np.void], number: int) -> HuffmanTable:
    """Check and sort the codes of one table.

    Raises
    ------
    ReadError
        An impossible number of bits, or two codes of which one begins with the other.
    """
    prefix, total = codes["prefix"].astype(np.int64), codes["total"].astype(np.int64)
    switches = codes["mode"] == 0
    extra = np.where(switches, 0, total - prefix)
    possible = (prefix >= 1) & (prefix <= MAX_BITS) & (extra >= 0) & (extra <= MAX_BITS)
    if not possible.all():
        wrong = int(np.argmin(possible))
        raise ReadError(
            f"A code of Huffman table {number} has {prefix[wrong]} of {total[wrong]} bits, "
            f"expected 1 to {MAX_BITS} and at most {MAX_BITS} more."
        )
    starts = _reversed_bits(codes["bits"], prefix)
    sizes = np.uint64(1) << (MAX_BITS - prefix).astype(np.uint64)
    order = np.argsort(starts, kind="stable")
    starts, sizes = starts[order], sizes[order]
    if np.any(starts[:-1] + sizes[:-1] > starts[1:]):
        raise ReadError(
            f"Huffman table {number} is ambiguous: one of its codes begins with another."
        )
    value = codes["value"].astype(np.int64)
    return HuffmanTable(starts, sizes, prefix[order], extra[order], value[order], switches[order])


def _reversed_bits(codes: npt.NDArray[np.void], prefix: Integers) -> npt.NDArray[np.uint64]:
    """Turn codes whose lowest bit comes first in the stream to the upper end of 32 bits."""
    kept = codes.astype(np.uint64) & ((np.uint64(1) << prefix.astype(np.uint64)) - np.uint64(1))
    turned = np.zeros(len(codes), dtype=np.uint64)
    for bit in range(MAX_BITS):
        turned |= ((kept >> np.uint64(bit)) & np.uint64(1)) << np.uint64(MAX_BITS - 1 - bit)
    return turned


def _check_switches(tables: Sequence[HuffmanTable]) -> None:
    """Refuse tables that go on with a table that is not there.

    Raises
    ------
    ReadError
    """
    for table in tables:
        for target in table.value[table.switches].tolist():
            if not 1 <= target <= len(tables):
                raise ReadError(
                    f"A Huffman table goes on with table {target}, expected 1 to {len(tables)}."
                )


def _default_table() -> HuffmanTable:
    """Build the table of the standard.

    0 is a single 0; +-n up to 8 are n ones, a zero and the sign; beyond stand ten bits and the
    number itself, in 8 or 16 bits.
    """
    rows = [(1, 1, 1, 0, 0)]
    for size in range(1, 9):
        ones = 2**size - 1
        rows += [(size + 2, size + 2, 1, size, ones)]
        rows += [(size + 2, size + 2, 1, -size, ones | 2 ** (size + 1))]
    rows += [(10, 18, 1, 0, 2**9 - 1), (10, 26, 1, 0, 2**10 - 1)]
    return _table(np.array(rows, dtype=_CODE), 1)


DEFAULT = _default_table()
