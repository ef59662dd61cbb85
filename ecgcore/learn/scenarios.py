"""What can happen to the leads of a recording: swapped cables, missing leads, fewer leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecgcore.electrodes import (
    ADJACENT_CHEST_SWAPS,
    CORRECT,
    REVERSED_CHEST,
    TABLE_ROWS,
    Swap,
    parse_swap,
)
from ecgcore.leads import LEADS
from ecgcore.learn.swaps import SAME_COLOUR_SWAPS, swap_matrix

ROW, CHEST, LIMB_CHEST, MISSING, FEWER = GROUPS = (
    "rows",
    "chest",
    "limb_chest",
    "missing",
    "fewer",
)
GROUP_TITLES = {
    ROW: "rows of the misplacement table",
    CHEST: "chest cables exchanged",
    LIMB_CHEST: "limb and chest cables of one colour exchanged (IEC colours)",
    MISSING: "one lead missing",
    FEWER: "fewer leads",
}


@dataclass(frozen=True)
class Scenario:
    """One thing that happens to every recording of a set.

    Attributes
    ----------
    group : str
        One of `GROUPS`.
    name : str
    swap : Swap
        Where the cables sit.
    kept : tuple of str
        Leads that are shown to the model.
    """

    group: str
    name: str
    swap: Swap = CORRECT
    kept: tuple[str, ...] = LEADS

    def apply(
        self, x: npt.NDArray[np.float32], present: npt.NDArray[np.bool_]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
        """Change recordings.

        Parameters
        ----------
        x : ndarray, shape (B, 12, N), mV
        present : ndarray, shape (B, 12), bool

        Returns
        -------
        x, present
            A lead that needs a missing one is missing too; missing leads are zero.
        """
        here = present & np.isin(LEADS, self.kept)
        if self.swap != CORRECT:
            matrix = swap_matrix(self.swap)
            x = matrix @ x
            here &= ~(~present @ (matrix != 0).T)
        return x * here[:, :, None], here


def _swaps(group: str, swaps: dict[str, Swap]) -> list[Scenario]:
    return [Scenario(group, name, swap) for name, swap in swaps.items()]


def _missing(lead: str) -> Scenario:
    return Scenario(MISSING, lead, kept=tuple(other for other in LEADS if other != lead))


_CHEST_SWAPS = {
    **ADJACENT_CHEST_SWAPS,
    "V1/V3": parse_swap("V1/V3"),
    REVERSED_CHEST.name: REVERSED_CHEST,
}
SCENARIOS = (
    *_swaps(ROW, TABLE_ROWS),
    *_swaps(CHEST, _CHEST_SWAPS),
    *_swaps(LIMB_CHEST, {name: parse_swap(name) for name in SAME_COLOUR_SWAPS}),
    *map(_missing, LEADS),
    Scenario(FEWER, "six limb leads", kept=LEADS[:6]),
    Scenario(FEWER, "I, II, V2", kept=("I", "II", "V2")),
    Scenario(FEWER, "I, II", kept=("I", "II")),
    Scenario(FEWER, "I", kept=("I",)),
    Scenario(FEWER, "V1", kept=("V1",)),
)
