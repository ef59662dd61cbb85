"""The published misplacement table, cell by cell, beside what the electrode potentials give.

The published table is kept because it can be shown and compared; it is never the default and never
used for training. Several of its right-leg cells break aVR + aVL + aVF = 0, which every real
recorder obeys, and it says nothing of the chest leads.

References
----------
CN110801218A, paragraph 46.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecgcore.electrodes import (
    EXACT_ROWS,
    TABLE_ROWS,
    Formula,
    Swap,
    apply_swap,
    depends_on_right_leg,
    evaluate_formulas,
    swap_formulas,
)
from ecgcore.errors import SwapError
from ecgcore.leads import CHEST_LEADS, LEADS, LIMB_LEADS, recorded_leads

TABLES = ("potentials", "published")

# One row per line, limb leads in the order of LIMB_LEADS; a leading minus inverts.
_PUBLISHED_TEXT = {
    "LA/RA": "-I III II aVL aVR aVF",
    "LA/LL": "II I -III aVR aVF aVL",
    "RA/LL": "-III -II -I aVF aVL aVR",
    "clockwise": "III -I -II aVL aVF aVR",
    "counterclockwise": "-II -III I aVF aVR aVL",
    "RA/RL": "-III 0 III aVF -III aVR",
    "LA/RL": "II II 0 -II aVF aVL",
    "LL/RL": "I II III aVR aVL aVF",
    "RA/RL+LA/LL": "0 -II -I aVL aVR -III",
}


def _published_formula(cell: str) -> Formula:
    if cell == "0":
        return Formula(())
    return Formula(((-1.0 if cell.startswith("-") else 1.0, cell.lstrip("-")),))


def published_formulas(name: str) -> dict[str, Formula | None]:
    """One row of the published table; the chest leads, of which it says nothing, stay as they are.

    Raises
    ------
    SwapError
        The published table has no row of this name.
    """
    if name not in _PUBLISHED_TEXT:
        raise SwapError(
            f'The published table has no row "{name}". Its rows: {", ".join(_PUBLISHED_TEXT)}.'
        )
    formulas: dict[str, Formula | None] = {lead: Formula(((1.0, lead),)) for lead in CHEST_LEADS}
    for lead, cell in zip(LIMB_LEADS, _PUBLISHED_TEXT[name].split(), strict=True):
        formulas[lead] = _published_formula(cell)
    return formulas


def apply_table(
    signal: npt.NDArray[np.floating], swap: Swap, table: str = "potentials"
) -> npt.NDArray[np.float32]:
    """Swap electrodes by the potentials, or as the published table has it.

    Parameters
    ----------
    signal : ndarray, shape (12, T), mV
    swap : Swap
    table : {"potentials", "published"}

    Raises
    ------
    SwapError
        Unknown table, or a swap that the published table does not list.
    """
    if table == "potentials":
        return apply_swap(signal, swap)
    if table == "published":
        return evaluate_formulas(published_formulas(swap.name), signal)
    raise SwapError(f'"{table}" is not a table. Use one of {", ".join(TABLES)}.')


@dataclass(frozen=True)
class Cell:
    """What one lead becomes under one swap.

    Attributes
    ----------
    lead : str
    formula : Formula or None
        From the potentials; None where the recorded leads do not determine it.
    approximate : bool
        True where the unrecorded potential of the right leg enters.
    published : Formula or None
        As the published table prints it; None where it prints nothing.
    """

    lead: str
    formula: Formula | None
    approximate: bool
    published: Formula | None

    @property
    def changed(self) -> bool:
        """True where the lead is not simply itself."""
        return self.formula != Formula(((1.0, self.lead),))

    @property
    def published_is_wrong(self) -> bool:
        """True where the published cell contradicts the potentials."""
        return self.published is not None and not _same_lead(self.published, self.formula)


def _same_lead(one: Formula, other: Formula | None) -> bool:
    """Compare on a signal that obeys the lead algebra, so that -(I+II)/2 equals aVR."""
    if other is None:
        return False
    probe = np.zeros((len(LEADS), 1))
    probe[:6, 0] = 0.6, 1.0, 0.4, -0.8, 0.1, 0.7
    return bool(np.allclose(one.evaluate(probe), other.evaluate(probe)))


def row_cells(swap: Swap, recorded: tuple[str, ...] = LEADS) -> tuple[Cell, ...]:
    """One `Cell` per lead for any swap; the nine rows carry what is published of limb leads."""
    formulas = swap_formulas(swap, recorded)
    approximate = depends_on_right_leg(swap)
    printed = published_formulas(swap.name) if swap.name in _PUBLISHED_TEXT else {}
    return tuple(
        Cell(
            lead=lead,
            formula=formulas[lead],
            approximate=lead in approximate,
            published=printed.get(lead) if lead in LIMB_LEADS else None,
        )
        for lead in LEADS
    )


def row_note(name: str) -> str:
    """Say of one table row what is exact, what approximate, and what is wrong as published."""
    cells = row_cells(TABLE_ROWS[name])
    if name in EXACT_ROWS:
        return "Every cell is exact; the published row agrees."
    exact = [cell.lead for cell in cells if not cell.approximate]
    wrong = [cell.lead for cell in cells if cell.published_is_wrong]
    silent = [cell.lead for cell in cells if cell.lead in CHEST_LEADS and cell.changed]
    note = (
        f"Exact: {', '.join(exact) or 'none'}. The other leads take the right leg's potential to "
        f"equal the left leg's."
    )
    note += f" Wrong as published: {', '.join(wrong)}." if wrong else " The published row agrees."
    return note + (" The published table omits that V1-V6 change." if silent else "")


def unrecorded_for(signal: npt.NDArray[np.floating], swap: Swap) -> tuple[str, ...]:
    """Leads that cannot be computed after `swap` because too few leads were recorded."""
    formulas = swap_formulas(swap, recorded_leads(signal))
    return tuple(lead for lead, formula in formulas.items() if formula is None)
