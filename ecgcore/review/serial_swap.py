"""Whether an exchange of electrodes, rather than the heart, explains how two beats differ.

The same heart recorded once with exchanged electrodes is hardly like itself, and becomes so again
when they are put back: no reader of two tracings should have to find that out alone.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ecgcore.electrodes import ADJACENT_CHEST_SWAPS, EXACT_ROWS, TABLE_ROWS, Swap, undo_swap
from ecgcore.review.serial_beats import AlignedBeats

# Those that can be put back exactly from what was recorded.
SWAPS: dict[str, Swap] = {name: TABLE_ROWS[name] for name in EXACT_ROWS} | ADJACENT_CHEST_SWAPS

# Shares of energy. No halves of 846 real recordings seem exchanged, and no two hearts. Planted
# exchanges of limb electrodes are named in 90 to 100 of 100, of chest electrodes in 94 (V1/V2) down
# to 19 (V5/V6, which look alike) of 100, each by its own name (benchmarks/serial_comparison.py).
_LEAST_DIFFERENCE = 0.04
_MOST_LEFT = 0.35

Matrix = npt.NDArray[np.float64]


def likely_exchange(beats: AlignedBeats) -> str:
    """Name the exchange of electrodes in one of the two that explains most of their difference.

    Parameters
    ----------
    beats : AlignedBeats

    Returns
    -------
    str
        Key of `SWAPS`, in the later beat or its inverse in the earlier one; empty where none does.
    """
    waves = _waves(beats)
    whole = np.any(waves, axis=0)
    plain = _difference(beats.earlier[:, whole], beats.later[:, whole])
    if plain < _LEAST_DIFFERENCE:
        return ""
    put_back = {
        name: undo_swap(beats.later, swap).signal.astype(np.float64) for name, swap in SWAPS.items()
    }
    left = {
        name: _difference(beats.earlier[:, whole], later[:, whole]) / plain
        for name, later in put_back.items()
    }
    best = min(left, key=lambda name: left[name])
    explains = left[best] < _MOST_LEFT and all(
        _is_no_worse(beats, put_back[best], wave) for wave in waves
    )
    return best if explains else ""


def _waves(beats: AlignedBeats) -> list[npt.NDArray[np.bool_]]:
    """Tell the samples of P, where both have one, of the QRS, and of ST and T."""
    both = (beats.earlier_ms, beats.later_ms)
    on = min(x.qrs_on for x in both)
    off = max(x.qrs_off for x in both)
    end = max(x.t_off or x.qrs_off for x in both)
    time_ms = beats.time_ms
    waves = [(time_ms >= on) & (time_ms <= off), (time_ms > off) & (time_ms <= end)]
    p_on = [x.p_on for x in both if x.p_on is not None]
    if len(p_on) == len(both):
        waves.append((time_ms >= min(p_on)) & (time_ms < on))
    return waves


def _is_no_worse(beats: AlignedBeats, put_back: Matrix, wave: npt.NDArray[np.bool_]) -> bool:
    """Whether one wave is as like the earlier one after the electrodes are put back as before.

    An axis that turns with the heart turns the QRS alone; exchanged electrodes turn P, too.
    """
    earlier = beats.earlier[:, wave]
    before = _difference(earlier, beats.later[:, wave])
    return _difference(earlier, put_back[:, wave]) <= max(before, _LEAST_DIFFERENCE)


def _difference(one: Matrix, two: Matrix) -> float:
    """Energy of the difference as a share of the mean energy, over leads recorded in both."""
    known = ~(np.isnan(one).any(axis=1) | np.isnan(two).any(axis=1))
    energy = (np.square(one[known]).sum() + np.square(two[known]).sum()) / 2.0
    if not known.any() or energy <= 0.0:
        return 0.0
    return float(np.square(one[known] - two[known]).sum() / energy)
