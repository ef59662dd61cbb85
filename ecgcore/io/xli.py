"""Philips XLI compression: one chunk for each lead, of 10-bit LZW codes over second differences.

`sierraecg` decompresses. Its own loop over the chunks trusts every length, and half a megabyte can
come out of one kilobyte; so here each length is checked first, and no chunk is unpacked beyond what
the file declares.

    | bytes of codes, 4 | unknown, 2 | first difference, 2 | codes |

References
----------
Watford C. Sierra ECG Tools, https://github.com/sixlettervariables/sierra-ecg-tools/wiki
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sierraecg.lzw import LzwDecoder
from sierraecg.xli import xli_decode_deltas

from ecgcore.errors import ReadError

_HEADER = struct.Struct("<iHh")
_CODE_BITS = 10
_SAMPLE_BYTES = 2
# The most that Philips's schemas allow: 16 leads of 11 s at 8 kHz.
MAX_XLI_VALUES = 16 * 11 * 8000

Stored = npt.NDArray[np.int16]


def decode_xli(data: bytes, n_leads: int, n_samples: int) -> Stored:
    """Unpack the first leads; recorders store up to 16, of which the last may be unused.

    Parameters
    ----------
    data : bytes
    n_leads, n_samples : int
        As the file declares them.

    Returns
    -------
    ndarray, shape (n_leads, n_samples), int16
        For leads III, aVR, aVL and aVF differences (`rebuild_limb_leads`).

    Raises
    ------
    ReadError
        The data are damaged or cut short, or contradict what is declared.
    """
    if n_leads * n_samples > MAX_XLI_VALUES:
        raise ReadError(
            f"The file declares {n_leads} x {n_samples} compressed values, the limit is "
            f"{MAX_XLI_VALUES}."
        )
    leads = []
    position = 0
    for number in range(1, n_leads + 1):
        size, first = _chunk_header(data, position, number)
        position += _HEADER.size
        leads.append(_decode_lead(data[position : position + size], first, n_samples, number))
        position += size
    return np.stack(leads)


def _chunk_header(data: bytes, position: int, number: int) -> tuple[int, int]:
    """Bytes of codes, and first difference, of the chunk at this position."""
    left = len(data) - position - _HEADER.size
    if left < 0:
        raise ReadError(f"The compressed samples end before lead {number}: the file is cut short.")
    size, _, first = _HEADER.unpack_from(data, position)
    if not 0 < size <= left:
        raise ReadError(
            f"Compressed lead {number} declares {size} bytes, of which {left} are there: the file "
            f"is damaged or cut short."
        )
    return size, first


def _decode_lead(codes: bytes, first: int, n_samples: int, number: int) -> Stored:
    n_bytes = _SAMPLE_BYTES * n_samples
    decoder = LzwDecoder(codes, bits=_CODE_BITS)
    try:
        # One byte too many is enough to tell that there are too many.
        unpacked = list(itertools.islice(iter(decoder.read, -1), n_bytes + 1))
        # High bytes come before low ones, so that a wrong length would spoil every sample.
        if len(unpacked) == n_bytes:
            return xli_decode_deltas(unpacked, first)
    except (IndexError, OverflowError) as error:
        raise ReadError(f"The codes of compressed lead {number} are damaged.") from error
    amount = "more" if len(unpacked) > n_bytes else str(len(unpacked))
    raise ReadError(
        f"Compressed lead {number} unpacks to {amount} bytes, expected {n_bytes} for the "
        f"{n_samples} samples that the file declares."
    )


def rebuild_limb_leads(stored: Stored, leads: Sequence[str | None]) -> npt.NDArray[np.int32]:
    """Compute leads III, aVR, aVL and aVF, of which is stored what I and II do not predict.

    Parameters
    ----------
    stored : ndarray, shape (leads, T), int16
    leads : sequence of (str or None)
        Standard lead per row.

    Returns
    -------
    ndarray, shape (leads, T), int32

    Raises
    ------
    ReadError
        Lead I or II is missing.
    """
    rows = {lead: row for row, lead in enumerate(leads) if lead}
    if not {"I", "II"} <= rows.keys():
        raise ReadError("Compressed limb leads are differences from I and II, which are missing.")
    rebuilt = stored.astype(np.int32)
    one, two = rebuilt[rows["I"]], rebuilt[rows["II"]]
    three = two - one - (stored[rows["III"]] if "III" in rows else 0)
    # Halves are rounded down, as in sierraecg.
    predicted = {
        "III": two - one,
        "aVR": -((one + two) // 2),
        "aVL": (one - three) // 2,
        "aVF": (two + three) // 2,
    }
    for lead in predicted.keys() & rows.keys():
        rebuilt[rows[lead]] = predicted[lead] - stored[rows[lead]]
    return rebuilt
