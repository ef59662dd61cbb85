"""Bit streams of SCP-ECG -> numbers.

Instead of walking a tree bit by bit, the code that would begin at each bit of a stretch is looked
up at once; what is left to Python is to jump from each code to the next.

References
----------
EN 1064:2005+A1:2007, clause 5.5 and Annex C.2.7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecgcore.errors import ReadError
from ecgcore.io.scp_huffman import MAX_BITS, HuffmanTable

# Bytes of the stream that are looked up at once: 16,384 bits fit the cache of a processor.
_STRETCH_BYTES = 2048
# A code and its number reach at most this far beyond the bit that they begin at.
_REACH_BYTES = 8
# Streams are filled up to a whole byte, by some writers to an even one.
_MOST_PADDING_BITS = 15

Integers = npt.NDArray[np.int64]
Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Decoded:
    """Numbers of one stream.

    Attributes
    ----------
    values : ndarray, shape (n,), int16
        Their lowest 16 bits: samples have no more, and sums of them need no more.
    n_bits : int
        Bits from the beginning of the stream to the end of the last number.
    n_certain : int
        How many of the numbers cannot be the zeros that fill up the last bytes.
    """

    values: Samples
    n_bits: int
    n_certain: int


@dataclass(frozen=True)
class _Stop:
    """Where a walk stands: the bit in the stream, the table to go on with, and why it ended."""

    bit: int = 0
    table: int = 0
    is_over: bool = False


class _Stretch:
    """Part of a stream, with the code that would begin at each of its bits."""

    def __init__(self, data: memoryview, first: int, tables: Sequence[HuffmanTable]) -> None:
        self._tables = tables
        self._first_bit = 8 * first
        self._n_bits = 8 * min(_STRETCH_BYTES, len(data) - first)
        # How many bits of the stream follow, this stretch included.
        self._room = 8 * (len(data) - first)
        n_words = self._n_bits // 8 + _REACH_BYTES
        piece = bytes(data[first : first + n_words + 8]).ljust(n_words + 8, b"\0")
        # One 64-bit number from each byte on, whichever byte that is.
        words = np.ndarray((n_words,), dtype=">u8", buffer=piece, strides=(1,))
        self._words = words.astype(np.uint64)
        self._codes: dict[int, Integers] = {}
        self._steps: dict[int, list[int]] = {}

    def walk(self, start: _Stop, count: int) -> tuple[Integers, Samples, _Stop]:
        """Follow the codes to the end of the stretch, at most `count` of them.

        Returns
        -------
        bits : ndarray, shape (n,), int64
            Where in the stream each number begins.
        values : ndarray, shape (n,), int16
        stop : _Stop

        Raises
        ------
        ReadError
            Bits that no code begins with.
        """
        visited: dict[int, list[int]] = {}
        here, table, is_over = start.bit - self._first_bit, start.table, False
        while count and here < self._n_bits and not is_over:
            passed, here = _follow(self._steps_of(table), here, count)
            visited.setdefault(table, []).extend(passed)
            count -= len(passed)
            if count and here < self._n_bits:
                code = int(self._codes[table][here])
                used = self._tables[table]
                if code >= 0 and used.switches[code]:
                    here, table = here + int(used.prefix[code]), int(used.value[code]) - 1
                else:
                    is_over = True
                    self._check_end(here, is_known=code >= 0)
        return *self._numbers(visited), _Stop(self._first_bit + here, table, is_over)

    def _windows(self, positions: Integers) -> npt.NDArray[np.uint64]:
        """Return the 32 bits from each of these bits on; zeros after the end of the stream."""
        shift = (positions & 7).astype(np.uint64)
        return (self._words[positions >> 3] << shift) >> np.uint64(64 - MAX_BITS)

    def _steps_of(self, number: int) -> list[int]:
        """Return how many bits after each bit the next code begins.

        That is 0 where the walk has to stop: at a switch, an unknown code, or one that is cut off.
        """
        if number not in self._steps:
            table = self._tables[number]
            positions = np.arange(self._n_bits)
            codes = self._codes[number] = table.codes_at(self._windows(positions))
            step = table.prefix[codes] + table.extra[codes]
            stops = (codes < 0) | table.switches[codes] | (positions + step > self._room)
            self._steps[number] = np.where(stops, 0, step).tolist()
        return self._steps[number]

    def _numbers(self, visited: dict[int, list[int]]) -> tuple[Integers, Samples]:
        """Read the numbers of all codes that were passed, in the order of the stream."""
        places = [np.array(passed, dtype=np.int64) for passed in visited.values()]
        values = [
            self._values(number, positions)
            for number, positions in zip(visited, places, strict=True)
        ]
        bits, numbers = np.concatenate(places), np.concatenate(values)
        order = np.argsort(bits, kind="stable")
        return bits[order] + self._first_bit, numbers[order].astype(np.int16)

    def _values(self, number: int, positions: Integers) -> Integers:
        """Add the base value of each code to the number in two's complement that follows it."""
        table = self._tables[number]
        codes = self._codes[number][positions]
        extra = table.extra[codes]
        after = self._windows(positions + table.prefix[codes]).astype(np.int64)
        stored = after >> (MAX_BITS - extra)
        is_negative = (extra > 0) & (stored >> np.maximum(extra - 1, 0) == 1)
        return table.value[codes] + stored - np.where(is_negative, np.int64(1) << extra, 0)

    def _check_end(self, here: int, *, is_known: bool) -> None:
        """Let a stream end with what fills up its last bytes, and with nothing else.

        Raises
        ------
        ReadError
        """
        if not is_known and self._room - here > _MOST_PADDING_BITS:
            raise ReadError(
                f"The samples of the SCP-ECG file are damaged: no Huffman code fits the bits from "
                f"{self._first_bit + here} on."
            )


def _follow(steps: list[int], position: int, count: int) -> tuple[list[int], int]:
    """Jump from code to code; return where each began, and where the walk stopped."""
    passed: list[int] = []
    end = len(steps)
    for _ in range(min(count, end)):
        if position >= end:
            break
        step = steps[position]
        if not step:
            break
        passed.append(position)
        position += step
    return passed, position


def decode(data: memoryview, count: int, tables: Sequence[HuffmanTable]) -> Decoded:
    """Decode numbers until there are `count`, or the stream ends.

    Parameters
    ----------
    data : memoryview
    count : int
        Memory is taken for what the bits hold: never more than one number comes from one bit.
    tables : sequence of HuffmanTable
        A stream begins with the first.

    Returns
    -------
    Decoded

    Raises
    ------
    ReadError
        Bits that no code begins with.
    """
    bits, values = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int16)]
    found, stop = 0, _Stop()
    while found < count and stop.bit < 8 * len(data) and not stop.is_over:
        stretch = _Stretch(data, stop.bit >> 3, tables)
        more_bits, more_values, stop = stretch.walk(stop, count - found)
        bits.append(more_bits)
        values.append(more_values)
        found += len(more_values)
    n_certain = int(np.searchsorted(np.concatenate(bits), _first_filling_bit(data)))
    return Decoded(np.concatenate(values), stop.bit, n_certain)


def _first_filling_bit(data: memoryview) -> int:
    """Return the bit from which on a stream may be mere filling: zeros to its end, at most 15."""
    tail = int.from_bytes(data[-2:], "big") & (2**_MOST_PADDING_BITS - 1)
    zeros = (tail & -tail).bit_length() - 1 if tail else _MOST_PADDING_BITS
    return max(0, 8 * len(data) - zeros)
