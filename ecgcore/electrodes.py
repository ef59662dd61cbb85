"""Electrode potentials, every swap of the ten electrodes, and undoing a swap.

All swaps are one operation: ten cables sit on ten body sites, and a swap permutes which site each
cable sees. The twelve leads are then derived again, with the central terminal that the displaced
cables form. The right leg (RL) is the neutral electrode and is not recorded; its potential is taken
to equal that of the left leg.

References
----------
Krasteva V, Jekova I, Schmid R. Simulating arbitrary electrode reversals in standard 12-lead ECG.
Sensors 2019;19:2920.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from ecgcore.errors import SwapError
from ecgcore.leads import CHEST_LEADS, INDEX, LEADS, LIMB_FROM_I_II, recorded_leads

ELECTRODES = ("RA", "LA", "LL", "RL", *CHEST_LEADS)
_SITE = {electrode: row for row, electrode in enumerate(ELECTRODES)}
_RL, _LL = _SITE["RL"], _SITE["LL"]
_BASIS = ("I", "II", *CHEST_LEADS)

Matrix = npt.NDArray[np.float64]


def _leads_from_potentials_matrix() -> Matrix:
    """(12, 10): each lead as a difference of electrode potentials; every row sums to zero."""
    rows = np.zeros((len(LEADS), len(ELECTRODES)))
    limb = {"RA": 0, "LA": 1, "LL": 2}
    i_and_ii = np.zeros((2, len(ELECTRODES)))
    i_and_ii[0, [limb["LA"], limb["RA"]]] = 1.0, -1.0
    i_and_ii[1, [limb["LL"], limb["RA"]]] = 1.0, -1.0
    rows[: len(LIMB_FROM_I_II)] = LIMB_FROM_I_II @ i_and_ii
    for lead in CHEST_LEADS:
        rows[INDEX[lead], _SITE[lead]] = 1.0
        rows[INDEX[lead], list(limb.values())] = -1.0 / 3.0  # Wilson's central terminal
    return rows


def _potentials_from_basis_matrix() -> Matrix:
    """(10, 8): potentials relative to Wilson's terminal from I, II, V1..V6; RL taken as LL."""
    rows = np.zeros((len(ELECTRODES), len(_BASIS)))
    rows[_SITE["RA"], :2] = -1 / 3, -1 / 3
    rows[_SITE["LA"], :2] = 2 / 3, -1 / 3
    rows[_SITE["LL"], :2] = -1 / 3, 2 / 3
    rows[_RL] = rows[_LL]
    for column, lead in enumerate(_BASIS[2:], start=2):
        rows[_SITE[lead], column] = 1.0
    return rows


def _leads_from_basis_matrix() -> Matrix:
    """(12, 8): each lead as a combination of I, II, V1..V6."""
    rows = np.zeros((len(LEADS), len(_BASIS)))
    rows[: len(LIMB_FROM_I_II), :2] = LIMB_FROM_I_II
    rows[len(LIMB_FROM_I_II) :, 2:] = np.eye(len(CHEST_LEADS))
    return rows


LEADS_FROM_POTENTIALS = _leads_from_potentials_matrix()
_POTENTIALS_FROM_BASIS = _potentials_from_basis_matrix()
_LEADS_FROM_BASIS = _leads_from_basis_matrix()


def potentials_from_leads(signal: npt.NDArray[np.floating]) -> Matrix:
    """Electrode potentials relative to Wilson's central terminal.

    Parameters
    ----------
    signal : ndarray, shape (12, T), mV

    Returns
    -------
    ndarray, shape (10, T), mV
        In the order of `ELECTRODES`. RL was not recorded and is set equal to LL.
    """
    return _POTENTIALS_FROM_BASIS @ signal[[INDEX[lead] for lead in _BASIS]].astype(np.float64)


def leads_from_potentials(potentials: npt.NDArray[np.floating]) -> Matrix:
    """Derive the twelve leads, shape (12, T), from potentials, shape (10, T), both in mV."""
    return LEADS_FROM_POTENTIALS @ potentials.astype(np.float64)


@dataclass(frozen=True)
class Swap:
    """Which body site each of the ten cables sits on.

    Attributes
    ----------
    name : str
        For example ``"LA/RA"``; chains are written ``"LA/RA+V1/V2"``, first exchange first.
    sites : tuple of str
        ``sites[i]`` is the site under cable ``ELECTRODES[i]``; equal to `ELECTRODES` when correct.
    """

    name: str
    sites: tuple[str, ...]

    def __post_init__(self) -> None:
        if sorted(self.sites) != sorted(ELECTRODES):
            raise SwapError(f"The sites {self.sites} are not the ten electrodes, each once.")

    @property
    def permutation(self) -> tuple[int, ...]:
        """``potentials[list(permutation)]`` is what the cables see."""
        return tuple(_SITE[site] for site in self.sites)

    @property
    def displaced(self) -> tuple[str, ...]:
        """Cables that do not sit on their own site."""
        return tuple(e for e, site in zip(ELECTRODES, self.sites, strict=True) if e != site)

    def then(self, later: Swap) -> Swap:
        """Chain: this swap, after it `later` (which exchanges cables, wherever they now sit)."""
        names = [swap.name for swap in (self, later) if swap.displaced]
        return Swap(
            "+".join(names) or CORRECT.name, tuple(self.sites[i] for i in later.permutation)
        )

    def inverse(self) -> Swap:
        """Return the swap that moves every cable home."""
        sites = tuple(ELECTRODES[self.sites.index(site)] for site in ELECTRODES)
        name = _INVERSE_NAMES.get(self.name, self.name)
        return Swap(name if sites == self.sites or name != self.name else f"undo {name}", sites)


def _exchange(first: str, second: str) -> Swap:
    """Swap two cables; named in the order given."""
    other = {first: second, second: first}
    return Swap(f"{first}/{second}", tuple(other.get(e, e) for e in ELECTRODES))


def _rotation(name: str, cycle: Sequence[str]) -> Swap:
    """Each cable of `cycle` moves to the site of the next one."""
    moved = dict(zip(cycle, (*cycle[1:], cycle[0]), strict=True))
    return Swap(name, tuple(moved.get(e, e) for e in ELECTRODES))


CORRECT = Swap("correct", ELECTRODES)
_INVERSE_NAMES = {"clockwise": "counterclockwise", "counterclockwise": "clockwise"}
_DOUBLE = "RA/RL+LA/LL"

# The nine rows of the misplacement table (CN110801218A, paragraph 46), in its order.
TABLE_ROWS: dict[str, Swap] = {
    swap.name: swap
    for swap in (
        _exchange("LA", "RA"),
        _exchange("LA", "LL"),
        _exchange("RA", "LL"),
        _rotation("clockwise", ("RA", "LA", "LL")),
        _rotation("counterclockwise", ("RA", "LL", "LA")),
        _exchange("RA", "RL"),
        _exchange("LA", "RL"),
        _exchange("LL", "RL"),
        Swap(_DOUBLE, _exchange("RA", "RL").then(_exchange("LA", "LL")).sites),
    )
}
EXACT_ROWS = tuple(TABLE_ROWS)[:5]

ADJACENT_CHEST_SWAPS: dict[str, Swap] = {
    f"{a}/{b}": _exchange(a, b) for a, b in pairwise(CHEST_LEADS)
}
REVERSED_CHEST = Swap("V1-V6 reversed", ("RA", "LA", "LL", "RL", *reversed(CHEST_LEADS)))


def parse_swap(name: str) -> Swap:
    """Return the swap of this name.

    Parameters
    ----------
    name : str
        A table row, ``"X/Y"`` for any two of `ELECTRODES` in either order, or a chain of these
        joined by ``+``. Case and spaces do not matter. A chain that puts the cables where a table
        row puts them is that row, however it is written.

    Raises
    ------
    SwapError
        The name is none of these.
    """
    rows = {row.lower(): swap for row, swap in TABLE_ROWS.items()} | {
        special.name.replace(" ", "").lower(): special for special in (CORRECT, REVERSED_CHEST)
    }
    tidy = re.sub(r"\s+", "", name).lower()
    if tidy in rows:
        return rows[tidy]
    chain = CORRECT
    for part in tidy.split("+"):
        chain = chain.then(rows[part] if part in rows else _parse_exchange(part, name))
    return next((row for row in rows.values() if row.sites == chain.sites), chain)


def _parse_exchange(part: str, name: str) -> Swap:
    cables = part.upper().split("/")
    if len(cables) != 2 or cables[0] == cables[1] or not set(cables) <= set(ELECTRODES):
        raise SwapError(
            f'"{name}" is not a swap. Use one of {", ".join(TABLE_ROWS)}, or X/Y with two of '
            f"{', '.join(ELECTRODES)}."
        )
    for row in (f"{cables[0]}/{cables[1]}", f"{cables[1]}/{cables[0]}"):
        if row in TABLE_ROWS:
            return TABLE_ROWS[row]
    return _exchange(*sorted(cables, key=ELECTRODES.index))


@dataclass(frozen=True)
class Formula:
    """One lead as a sum of recorded leads: ``terms`` is ((coefficient, lead), ...)."""

    terms: tuple[tuple[float, str], ...]

    def __str__(self) -> str:
        """Write it as a reader would: ``-III``, ``III/2``, ``V1 - II/3``, ``0``."""
        if not self.terms:
            return "0"
        text = "".join(_term_text(c, lead) for c, lead in self.terms)
        return text[3:] if text.startswith(" + ") else "-" + text[3:]

    def evaluate(self, signal: npt.NDArray[np.floating]) -> Matrix:
        """Apply the formula to a (12, T) signal; returns shape (T,), mV."""
        total = np.zeros(signal.shape[1])
        for coefficient, lead in self.terms:
            total += coefficient * signal[INDEX[lead]].astype(np.float64)
        return total


def _term_text(coefficient: float, lead: str) -> str:
    sign = "+" if coefficient > 0 else "-"
    size = abs(coefficient)
    for numerator in (1, 2, 4, 5, 8):
        for denominator in (1, 2, 3, 6, 9):
            if np.isclose(size, numerator / denominator):
                times = "" if numerator == 1 else f"{numerator} "
                over = "" if denominator == 1 else f"/{denominator}"
                return f" {sign} {times}{lead}{over}"
    return f" {sign} {size:.2f} {lead}"


def swap_formulas(swap: Swap, recorded: tuple[str, ...] = LEADS) -> dict[str, Formula | None]:
    """Give what each lead becomes, from the potentials, in terms of the leads as they were.

    Parameters
    ----------
    swap : Swap
    recorded : tuple of str
        Leads that exist; the shortest combination of them is used, so that a mere exchange or
        inversion copies samples exactly.

    Returns
    -------
    dict
        One entry per member of `LEADS`; None where the recorded leads do not determine the result.
    """
    seen = _POTENTIALS_FROM_BASIS[list(swap.permutation)]
    targets = LEADS_FROM_POTENTIALS @ seen  # (12, 8)
    return {lead: _shortest_formula(tuple(targets[INDEX[lead]]), recorded, lead) for lead in LEADS}


@lru_cache(maxsize=8192)
def _shortest_formula(
    target: tuple[float, ...], recorded: tuple[str, ...], prefer: str
) -> Formula | None:
    """Express a combination of I, II, V1..V6 by as few recorded leads as possible.

    `prefer` is tried first, so that an unchanged lead is written as itself.
    """
    wanted = np.round(np.array(target), 12)
    if not wanted.any():
        return Formula(())
    ordered = sorted(recorded, key=lambda lead: lead != prefer)
    basis = tuple(lead for lead in _BASIS if lead in recorded)
    shorts = [c for size in (1, 2, 3) for c in combinations(ordered, size)]
    best: tuple[tuple[float, ...], Formula] | None = None
    for candidate in (*shorts, basis, tuple(recorded)):
        if best is not None and len(candidate) > len(best[1].terms):
            break
        rows = _LEADS_FROM_BASIS[[INDEX[lead] for lead in candidate]]
        coefficients = np.linalg.lstsq(rows.T, wanted, rcond=None)[0]
        if not np.allclose(coefficients @ rows, wanted, atol=1e-9):
            continue
        terms = tuple(
            (float(round(c, 12)), lead)
            for c, lead in zip(coefficients, candidate, strict=True)
            if abs(c) > 1e-9
        )
        # Among equally short ones, prefer plain copies to halves and thirds.
        cost = tuple(abs(abs(c) - 1.0) for c, _ in terms)
        if best is None or cost < best[0]:
            best = (cost, Formula(terms))
    return best[1] if best else None


def apply_swap(signal: npt.NDArray[np.floating], swap: Swap) -> npt.NDArray[np.float32]:
    """Return the tracing that the recorder would have drawn with these cables swapped.

    Parameters
    ----------
    signal : ndarray, shape (12, T), mV
        Recorded with correct wiring; NaN where not recorded.
    swap : Swap

    Returns
    -------
    ndarray, shape (12, T), float32, mV
        NaN where the recorded leads do not determine the result.
    """
    return evaluate_formulas(swap_formulas(swap, recorded_leads(signal)), signal)


def evaluate_formulas(
    formulas: dict[str, Formula | None], signal: npt.NDArray[np.floating]
) -> npt.NDArray[np.float32]:
    """Apply one formula per lead to a (12, T) signal; a lead without a formula becomes NaN.

    Where a lead vanishes identically, it is zero wherever any lead was recorded.
    """
    nowhere = np.isnan(signal).all(axis=0)
    out = np.full(signal.shape, np.nan)
    for lead, formula in formulas.items():
        if formula is not None:
            out[INDEX[lead]] = np.where(nowhere, np.nan, formula.evaluate(signal))
    return out.astype(np.float32)


@dataclass(frozen=True)
class Undone:
    """A tracing with the electrodes put back, and an account of what that can and cannot restore.

    Attributes
    ----------
    signal : ndarray, shape (12, T), float32, mV
        NaN where nothing can be restored.
    exact, approximate, lost : tuple of str
        Leads restored exactly; restored taking RL equal to LL; not recoverable.
    """

    signal: npt.NDArray[np.float32]
    exact: tuple[str, ...]
    approximate: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def statement(self) -> str:
        """Say plainly what was restored and what was lost."""
        parts = []
        if self.exact:
            parts.append(f"Restored exactly: {', '.join(self.exact)}.")
        if self.approximate:
            parts.append(
                f"Restored under the assumption that both legs have the same potential: "
                f"{', '.join(self.approximate)}."
            )
        if self.lost:
            parts.append(
                f"Cannot be recovered, because no recorded lead holds the potential that it needs: "
                f"{', '.join(self.lost)}."
            )
        return " ".join(parts)


def undo_swap(signal: npt.NDArray[np.floating], swap: Swap) -> Undone:
    """Put the cables of a swapped recording back, as far as the tracing allows.

    The neutral cable records nothing, so the site on which it sat is unknown: the right leg's is
    not needed, the left leg's may be replaced by the right leg's, any other is lost.

    Parameters
    ----------
    signal : ndarray, shape (12, T), mV
        As recorded with `swap` in place.
    swap : Swap
        The swap that happened (not its inverse).
    """
    seen_by = {site: cable for cable, site in zip(ELECTRODES, swap.sites, strict=True)}
    lost_site = swap.sites[_RL]
    formulas: dict[str, Formula | None] = {}
    approximate = set()
    for lead in LEADS:
        over_cables = np.zeros(len(ELECTRODES))
        for site, weight in zip(ELECTRODES, LEADS_FROM_POTENTIALS[INDEX[lead]], strict=True):
            source = "RL" if site == lost_site == "LL" else site
            over_cables[_SITE[seen_by[source]]] += weight
            if weight and source != site:
                approximate.add(lead)
        needs_unrecorded = abs(over_cables[_RL]) > 0
        target = tuple(over_cables @ _POTENTIALS_FROM_BASIS)
        formulas[lead] = (
            None if needs_unrecorded else _shortest_formula(target, recorded_leads(signal), lead)
        )
    known = [lead for lead in LEADS if formulas[lead] is not None]
    return Undone(
        signal=evaluate_formulas(formulas, signal),
        exact=tuple(lead for lead in known if lead not in approximate),
        approximate=tuple(lead for lead in known if lead in approximate),
        lost=tuple(lead for lead in LEADS if formulas[lead] is None),
    )


def depends_on_right_leg(swap: Swap) -> tuple[str, ...]:
    """Leads that are approximate after `swap`, as the right leg's potential enters them."""
    moved = np.zeros_like(LEADS_FROM_POTENTIALS)
    for cable, site in enumerate(swap.permutation):
        moved[:, site] += LEADS_FROM_POTENTIALS[:, cable]
    return tuple(lead for lead in LEADS if abs(moved[INDEX[lead], _RL]) > 0)
