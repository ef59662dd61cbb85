"""Electrode swaps on batches of recordings, from the electrode potentials.

Never from the published table: a network trained on its errors could learn them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch

from ecgcore.electrodes import (
    ADJACENT_CHEST_SWAPS,
    ELECTRODES,
    LEADS_FROM_POTENTIALS,
    REVERSED_CHEST,
    TABLE_ROWS,
    Swap,
    parse_swap,
    potentials_from_leads,
    swap_formulas,
)
from ecgcore.leads import INDEX, LEADS
from ecgcore.learn.draws import Draws

# Limb-chest exchanges of cables of one colour (IEC colours).
SAME_COLOUR_SWAPS = ("RA/V1", "LA/V2", "LL/V3", "RL/V5")
# Any order of the nine recording electrodes; drawn anew for each recording.
ANY_ORDER = "any_order"
SWAP_KINDS: dict[str, tuple[Swap, ...]] = {
    "table": tuple(TABLE_ROWS.values()),
    # Those of the table that lose a lead and shift the chest leads: the hardest to see through.
    "right_leg": tuple(TABLE_ROWS[name] for name in ("RA/RL", "LA/RL", "RA/RL+LA/LL")),
    "same_colour": tuple(map(parse_swap, SAME_COLOUR_SWAPS)),
    "chest_adjacent": tuple(ADJACENT_CHEST_SWAPS.values()),
    "chest_reversed": (REVERSED_CHEST,),
    ANY_ORDER: (),
}
# Rounding leaves coefficients of this size where there are none.
_NEGLIGIBLE = 1e-6
# What `leads_shown` says of a row that shows no single lead.
NO_LEAD = -1


@lru_cache(maxsize=256)
def _swap_matrix_bytes(swap: Swap) -> bytes:
    matrix = np.zeros((len(LEADS), len(LEADS)), dtype=np.float32)
    for lead, formula in swap_formulas(swap).items():
        assert formula is not None  # all twelve leads determine every swap
        for coefficient, source in formula.terms:
            matrix[INDEX[lead], INDEX[source]] = coefficient
    return matrix.tobytes()


def swap_matrix(swap: Swap) -> npt.NDArray[np.float32]:
    """(12, 12): multiply twelve leads by it to swap their electrodes."""
    flat = np.frombuffer(_swap_matrix_bytes(swap), dtype=np.float32)
    return flat.reshape(len(LEADS), len(LEADS)).copy()


class Swapper:
    """Swaps the electrodes of some recordings of a batch."""

    def __init__(self, kinds: Sequence[str]) -> None:
        swaps = [swap for kind in kinds for swap in SWAP_KINDS[kind]]
        stacked = [swap_matrix(swap) for swap in swaps]
        self.matrices = torch.from_numpy(np.array(stacked, np.float32).reshape(-1, 12, 12))
        # "Any order" counts as one swap among the others, or as the only one.
        self.any_order = ANY_ORDER in kinds
        self.leads_of_potentials = torch.from_numpy(LEADS_FROM_POTENTIALS).float()  # (12, 10)
        potentials = potentials_from_leads(np.eye(len(LEADS)))
        self.potentials_of_leads = torch.from_numpy(potentials).float()  # (10, 12)

    def __call__(
        self, x: torch.Tensor, present: torch.Tensor, chosen: torch.Tensor, draws: Draws
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Swap the electrodes of the recordings `chosen`, (B,).

        A lead that was not recorded stays absent, one that would need it is lost; a recording
        that would lose all of its leads stays as it is.

        Parameters
        ----------
        x : tensor, shape (B, 12, N), mV
        present : bool tensor, shape (B, 12)
        chosen : bool tensor, shape (B,)
        draws : Draws

        Returns
        -------
        x, present
            Of the same shapes.
        matrices : tensor, shape (B, 12, 12)
            By which the leads were multiplied.
        """
        matrices = self._draw(draws).to(x.device)  # (B, 12, 12)
        needed = (matrices.abs() > _NEGLIGIBLE).float()
        known = (needed @ (~present).float()[:, :, None]).squeeze(2) == 0  # (B, 12)
        known = known & present  # a cable that was not connected shows nothing on another site
        swapping = (chosen & known.any(dim=1))[:, None]  # (B, 1)
        out = torch.where(swapping[:, :, None], (matrices @ x) * known[:, :, None], x)
        unchanged = torch.eye(len(LEADS), device=x.device)
        applied = torch.where(swapping[:, :, None], matrices, unchanged)
        return out, torch.where(swapping, known, present), applied

    def _draw(self, draws: Draws) -> torch.Tensor:
        """Draw one matrix per recording, (B, 12, 12)."""
        n = len(self.matrices)
        which = draws.whole(0, n + self.any_order).cpu()
        if not self.any_order:
            return self.matrices[which]
        drawn = self._any_order(draws)
        fixed = which < n
        drawn[fixed] = self.matrices[which[fixed]]
        return drawn

    def _any_order(self, draws: Draws) -> torch.Tensor:
        recording = [i for i, name in enumerate(ELECTRODES) if name != "RL"]
        order = draws.uniform(len(recording)).cpu().argsort(dim=1)  # (B, 9)
        sites = torch.arange(len(ELECTRODES)).repeat(len(order), 1)
        sites[:, recording] = torch.tensor(recording)[order]
        return self.leads_of_potentials @ self.potentials_of_leads[sites]


def leads_shown(matrices: torch.Tensor) -> torch.Tensor:
    """Which lead each row shows after a swap.

    Parameters
    ----------
    matrices : tensor, shape (B, 12, 12)

    Returns
    -------
    tensor of int64, shape (B, 12)
        0..11 for a lead of `LEADS` as it is, 12..23 for one upside down, `NO_LEAD` for a mixture,
        a part or nothing.
    """
    size = matrices.abs()
    single = (size > _NEGLIGIBLE).sum(dim=2) == 1
    whole = (size.sum(dim=2) - 1).abs() < len(LEADS) * _NEGLIGIBLE
    lead = size.argmax(dim=2)
    inverted = matrices.sum(dim=2) < 0
    return (lead + len(LEADS) * inverted).masked_fill(~(single & whole), NO_LEAD)
