"""The misplacement table, each cell against literals typed here from its sources."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ecgcore.electrodes import (
    EXACT_ROWS,
    TABLE_ROWS,
    leads_from_potentials,
    parse_swap,
    undo_swap,
)
from ecgcore.errors import SwapError
from ecgcore.leads import CHEST_LEADS, INDEX, LEADS, LIMB_LEADS, algebra_violations
from ecgcore.misplacement import (
    apply_table,
    published_formulas,
    row_cells,
    row_note,
    unrecorded_for,
)

# The physically correct table: I, II, III, aVR, aVL, aVF, then what every chest lead becomes.
CORRECTED = {
    "LA/RA": "-I; III; II; aVL; aVR; aVF; V",
    "LA/LL": "II; I; -III; aVR; aVF; aVL; V",
    "RA/LL": "-III; -II; -I; aVF; aVL; aVR; V",
    "clockwise": "III; -I; -II; aVL; aVF; aVR; V",
    "counterclockwise": "-II; -III; I; aVF; aVR; aVL; V",
    "RA/RL": "-III; 0; III; III/2; -III; III/2; V - II/3",
    "LA/RL": "II; II; 0; -II; II/2; II/2; V - III/3",
    "LL/RL": "I; II; III; aVR; aVL; aVF; V",
    "RA/RL+LA/LL": "0; -III; -III; III/2; III/2; -III; V - II/3",
}
# CN110801218A, paragraph 46, limb leads as printed.
PUBLISHED = {
    "LA/RA": "-I; III; II; aVL; aVR; aVF",
    "LA/LL": "II; I; -III; aVR; aVF; aVL",
    "RA/LL": "-III; -II; -I; aVF; aVL; aVR",
    "clockwise": "III; -I; -II; aVL; aVF; aVR",
    "counterclockwise": "-II; -III; I; aVF; aVR; aVL",
    "RA/RL": "-III; 0; III; aVF; -III; aVR",
    "LA/RL": "II; II; 0; -II; aVF; aVL",
    "LL/RL": "I; II; III; aVR; aVL; aVF",
    "RA/RL+LA/LL": "0; -II; -I; aVL; aVR; -III",
}
WRONG_AS_PUBLISHED = {
    "RA/RL": ["aVR", "aVF"],
    "LA/RL": ["aVL", "aVF"],
    "RA/RL+LA/LL": ["II", "III", "aVR", "aVL"],
}
# No lead exceeds 8 mV, whose float32 is off by at most 2^-22 mV.
POTENTIALS = arrays(np.float64, (10, 6), elements=st.floats(-4.0, 4.0))


def cell_value(cell: str, lead: str, signal: np.ndarray) -> np.ndarray:
    """Evaluate a typed cell such as ``V - II/3``; V stands for the chest lead in question."""
    total = np.zeros(signal.shape[1])
    for sign, name, divisor in re.findall(r"(-?) ?(V|a?V[RLF]|I+)(?:/(\d))?", cell):
        row = signal[INDEX[lead if name == "V" else name]]
        total += (-1.0 if sign else 1.0) * row / float(divisor or 1)
    return total


def typed_row(cells: str, signal: np.ndarray) -> np.ndarray:
    limb, chest = cells.split("; ")[:6], cells.split("; ")[6:] or ["V"]
    per_lead = dict(zip(LIMB_LEADS, limb, strict=True)) | dict.fromkeys(CHEST_LEADS, chest[0])
    return np.stack([cell_value(per_lead[lead], lead, signal) for lead in LEADS])


def test_the_typed_tables_have_the_rows_of_the_product_in_its_order() -> None:
    assert list(CORRECTED) == list(PUBLISHED) == list(TABLE_ROWS)


@given(POTENTIALS)
@pytest.mark.parametrize("row", TABLE_ROWS)
def test_every_cell_from_the_potentials_is_the_corrected_one(row: str, phi: np.ndarray) -> None:
    signal = leads_from_potentials(phi)
    found = apply_table(signal, TABLE_ROWS[row])
    np.testing.assert_allclose(found, typed_row(CORRECTED[row], signal), rtol=0, atol=1e-6)


@given(arrays(np.float64, (12, 6), elements=st.floats(-5.0, 5.0)))
@pytest.mark.parametrize("row", TABLE_ROWS)
def test_every_published_cell_is_as_printed(row: str, signal: np.ndarray) -> None:
    # On any signal at all: the printed cells are read literally, copies rounded once to float32.
    found = apply_table(signal, TABLE_ROWS[row], "published")
    np.testing.assert_array_equal(found, typed_row(PUBLISHED[row], signal).astype(np.float32))


def test_the_worked_example_differs_as_published() -> None:
    signal = np.zeros((12, 1))
    signal[:6, 0] = 0.6, 1.0, 0.4, -0.8, 0.1, 0.7
    swap = TABLE_ROWS["RA/RL"]
    augmented = [INDEX["aVR"], INDEX["aVF"]]
    true = apply_table(signal, swap)[augmented, 0]
    published = apply_table(signal, swap, "published")[augmented, 0]
    np.testing.assert_allclose(true, [0.20, 0.20], rtol=0, atol=1e-7)
    np.testing.assert_allclose(published, [0.70, -0.80], rtol=0, atol=1e-7)


@pytest.mark.parametrize("row", TABLE_ROWS)
def test_published_right_leg_rows_break_the_lead_algebra_and_potentials_never_do(row: str) -> None:
    phi = np.random.default_rng(1).normal(size=(10, 50))
    signal = leads_from_potentials(phi)
    broken = algebra_violations(apply_table(signal, TABLE_ROWS[row], "published"))
    identities = {violation.identity for violation in broken}
    assert bool(broken) == (row in WRONG_AS_PUBLISHED)
    if row in WRONG_AS_PUBLISHED:
        assert "aVR + aVL + aVF = 0" in identities
    if row == "RA/RL+LA/LL":
        assert "II = I + III" in identities
    # Three roundings to float32 of values below 16 mV.
    potentials = apply_table(signal, TABLE_ROWS[row])
    assert algebra_violations(potentials, tolerance_mv=3 * 2.0**-21) == ()


@pytest.mark.parametrize("row", TABLE_ROWS)
def test_cells_say_what_is_wrong_as_published_and_nothing_else(row: str) -> None:
    wrong = [cell.lead for cell in row_cells(TABLE_ROWS[row]) if cell.published_is_wrong]
    assert wrong == WRONG_AS_PUBLISHED.get(row, [])


def test_cells_of_a_swap_outside_the_table_carry_nothing_published() -> None:
    cells = row_cells(parse_swap("V1/V2"))
    assert all(cell.published is None for cell in cells)
    assert [cell.lead for cell in cells if cell.changed] == ["V1", "V2"]


def test_cells_mark_the_leads_that_the_right_leg_enters() -> None:
    cells = {cell.lead: cell for cell in row_cells(TABLE_ROWS["LA/RL"])}
    assert [lead for lead, cell in cells.items() if not cell.approximate] == ["II"]
    assert not any(cell.approximate for cell in row_cells(TABLE_ROWS["LA/RA"]))


@pytest.mark.parametrize("row", TABLE_ROWS)
def test_the_note_of_a_row_names_its_exact_and_its_wrong_cells(row: str) -> None:
    note = row_note(row)
    if row in EXACT_ROWS:
        assert note == "Every cell is exact; the published row agrees."
        return
    exact = {"RA/RL": "III", "LA/RL": "II", "LL/RL": "I", "RA/RL+LA/LL": "III"}[row]
    assert note.startswith(f"Exact: {exact}.")
    assert f"Wrong as published: {', '.join(WRONG_AS_PUBLISHED.get(row, []))}." in note or (
        row == "LL/RL" and "The published row agrees." in note
    )
    assert ("omits that V1-V6 change" in note) == (row != "LL/RL")


def test_a_double_swap_in_another_order_is_the_published_row() -> None:
    signal = np.random.default_rng(2).normal(size=(12, 5))
    same = apply_table(signal, parse_swap("LA/LL+RA/RL"), "published")
    expected = apply_table(signal, TABLE_ROWS["RA/RL+LA/LL"], "published")
    np.testing.assert_array_equal(same, expected)


def test_a_swap_that_the_published_table_lacks_is_refused_with_its_rows() -> None:
    with pytest.raises(SwapError, match=r'no row "V1/V2".*LA/RA.*clockwise'):
        apply_table(np.zeros((12, 1)), parse_swap("V1/V2"), "published")
    with pytest.raises(SwapError, match=r'no row "nonsense"'):
        published_formulas("nonsense")


def test_an_unknown_table_is_refused_with_the_two_known() -> None:
    with pytest.raises(SwapError, match="potentials, published"):
        apply_table(np.zeros((12, 1)), TABLE_ROWS["LA/RA"], "guessed")


def test_leads_that_cannot_be_computed_are_named() -> None:
    signal = np.full((12, 3), np.nan)
    signal[[INDEX["I"], INDEX["II"], INDEX["V1"]]] = 1.0
    assert unrecorded_for(signal, TABLE_ROWS["LA/RA"]) == ("V2", "V3", "V4", "V5", "V6")
    assert undo_swap(signal, TABLE_ROWS["LA/RA"]).lost == ("V2", "V3", "V4", "V5", "V6")
