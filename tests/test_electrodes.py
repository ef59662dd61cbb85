"""Every swap of the ten electrodes, carried out on true potentials and by the algebra."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ecgcore.electrodes import (
    ADJACENT_CHEST_SWAPS,
    CORRECT,
    ELECTRODES,
    EXACT_ROWS,
    REVERSED_CHEST,
    TABLE_ROWS,
    Swap,
    apply_swap,
    depends_on_right_leg,
    leads_from_potentials,
    parse_swap,
    potentials_from_leads,
    swap_formulas,
    undo_swap,
)
from ecgcore.errors import SwapError
from ecgcore.leads import CHEST_LEADS, INDEX, LEADS, algebra_violations
from ecgcore.simulate import SimulationConfig, random_config, simulate

RA, LA, LL, RL = range(4)
RIGHT_LEG_ROWS = tuple(TABLE_ROWS)[5:]
ALL_PAIRS = [f"{a}/{b}" for a, b in combinations(ELECTRODES, 2)]

# Electrode potentials up to 4 mV: no lead exceeds 8 mV, whose float32 is off by at most 2^-22 mV.
POTENTIALS = arrays(np.float64, (10, 6), elements=st.floats(-4.0, 4.0))
HALF_ULP_MV = 2.0**-22
PERMUTATIONS = st.permutations(ELECTRODES).map(lambda sites: Swap("any", tuple(sites)))
EXCHANGES = st.sampled_from(ALL_PAIRS)


def both_legs_alike(potentials: np.ndarray) -> np.ndarray:
    alike = potentials.copy()
    alike[RL] = alike[LL]
    return alike


def truly_swapped(potentials: np.ndarray, swap: Swap) -> np.ndarray:
    """What the recorder draws: cables see other sites. No formula of the swap is used."""
    return leads_from_potentials(potentials[list(swap.permutation)])


def assert_same_mv(found: np.ndarray, truth: np.ndarray) -> None:
    """Equal but for one rounding to float32 and double-precision sums of a few terms."""
    np.testing.assert_allclose(found, truth, rtol=0, atol=HALF_ULP_MV + 1e-10)


@given(POTENTIALS)
def test_leads_are_the_textbook_differences_of_potentials(phi: np.ndarray) -> None:
    leads = dict(zip(LEADS, leads_from_potentials(phi), strict=True))
    wilson = (phi[RA] + phi[LA] + phi[LL]) / 3
    textbook = {
        "I": phi[LA] - phi[RA],
        "II": phi[LL] - phi[RA],
        "III": phi[LL] - phi[LA],
        "aVR": phi[RA] - (phi[LA] + phi[LL]) / 2,
        "aVL": phi[LA] - (phi[RA] + phi[LL]) / 2,
        "aVF": phi[LL] - (phi[RA] + phi[LA]) / 2,
    } | {f"V{i}": phi[3 + i] - wilson for i in range(1, 7)}
    for lead, expected in textbook.items():
        np.testing.assert_allclose(leads[lead], expected, rtol=0, atol=1e-14)


@given(POTENTIALS)
def test_potentials_from_leads_are_those_relative_to_wilsons_terminal(phi: np.ndarray) -> None:
    phi = both_legs_alike(phi)
    wilson = phi[[RA, LA, LL]].mean(axis=0)
    found = potentials_from_leads(leads_from_potentials(phi))
    np.testing.assert_allclose(found, phi - wilson, rtol=0, atol=1e-13)


@given(st.integers(0, 2**32))
@settings(max_examples=15)
@pytest.mark.parametrize("row", TABLE_ROWS)
def test_each_table_row_equals_the_swap_of_a_simulated_patients_electrodes(
    row: str, seed: int
) -> None:
    drawn = random_config(np.random.default_rng(seed), duration_s=2.0)
    simulation = simulate(replace(drawn, torso=replace(drawn.torso, rl_equals_ll=True)))
    swap = TABLE_ROWS[row]
    # Below 8 mV the rounding to float32 stays under 2.4e-7 mV, so 1e-6 mV leaves a margin of 4.
    assert np.abs(simulation.leads()).max() < 8.0
    found = apply_swap(simulation.leads(), swap)
    np.testing.assert_allclose(found, simulation.leads(swap), rtol=0, atol=1e-6)


@given(POTENTIALS)
@pytest.mark.parametrize("row", TABLE_ROWS)
def test_each_table_row_equals_the_swap_of_any_potentials(row: str, phi: np.ndarray) -> None:
    phi = both_legs_alike(phi)
    swap = TABLE_ROWS[row]
    assert_same_mv(apply_swap(leads_from_potentials(phi), swap), truly_swapped(phi, swap))


@given(POTENTIALS, PERMUTATIONS)
@settings(max_examples=60)
def test_any_permutation_of_ten_electrodes_equals_the_swap_of_potentials(
    phi: np.ndarray, swap: Swap
) -> None:
    phi = both_legs_alike(phi)
    found = apply_swap(leads_from_potentials(phi), swap)
    # Longer formulas carry thirds to 12 digits: 10 terms of 8 mV, below 1e-10 mV together.
    assert_same_mv(found, truly_swapped(phi, swap))


@given(POTENTIALS)
@settings(max_examples=10)
@pytest.mark.parametrize("pair", ALL_PAIRS)
def test_every_exchange_of_two_electrodes_keeps_the_lead_algebra(
    pair: str, phi: np.ndarray
) -> None:
    swapped = apply_swap(leads_from_potentials(phi), parse_swap(pair))
    # The longest identity adds coefficients 1 + 1 + 1 over values rounded by HALF_ULP_MV each.
    assert algebra_violations(swapped, tolerance_mv=3 * HALF_ULP_MV + 1e-10) == ()


@given(POTENTIALS, st.lists(EXCHANGES, min_size=2, max_size=4))
@settings(max_examples=60)
def test_every_chain_of_exchanges_keeps_the_lead_algebra(phi: np.ndarray, chain: list[str]) -> None:
    swapped = apply_swap(leads_from_potentials(phi), parse_swap("+".join(chain)))
    assert algebra_violations(swapped, tolerance_mv=3 * HALF_ULP_MV + 1e-10) == ()


@given(POTENTIALS, PERMUTATIONS, PERMUTATIONS)
def test_a_chain_equals_permuting_twice(phi: np.ndarray, first: Swap, later: Swap) -> None:
    twice = phi[list(first.permutation)][list(later.permutation)]
    np.testing.assert_array_equal(phi[list(first.then(later).permutation)], twice)


@given(PERMUTATIONS)
def test_a_swap_and_its_inverse_cancel_in_either_order(swap: Swap) -> None:
    assert swap.then(swap.inverse()).sites == ELECTRODES
    assert swap.inverse().then(swap).sites == ELECTRODES


def test_the_rotations_invert_each_other_by_name_and_three_rows_invert_themselves() -> None:
    assert TABLE_ROWS["clockwise"].inverse() == TABLE_ROWS["counterclockwise"]
    assert TABLE_ROWS["counterclockwise"].inverse() == TABLE_ROWS["clockwise"]
    for row in ("LA/RA", "LA/LL", "RA/LL"):
        assert TABLE_ROWS[row].inverse() == TABLE_ROWS[row]


@given(arrays(np.float32, (12, 5), elements=st.floats(-5.0, 5.0, width=32)))
@pytest.mark.parametrize("row", EXACT_ROWS)
def test_rows_one_to_five_invert_to_the_very_same_samples(row: str, signal: np.ndarray) -> None:
    # They only copy and negate, which float32 does without rounding, so no tolerance is needed.
    undone = undo_swap(apply_swap(signal, TABLE_ROWS[row]), TABLE_ROWS[row])
    np.testing.assert_array_equal(undone.signal, signal)
    assert undone.exact == LEADS


@given(arrays(np.float32, (12, 5), elements=st.floats(-5.0, 5.0, width=32)))
@pytest.mark.parametrize("pair", list(combinations(CHEST_LEADS, 2)), ids="/".join)
def test_a_chest_exchange_exchanges_two_leads_and_touches_no_other(
    pair: tuple[str, str], signal: np.ndarray
) -> None:
    swapped = apply_swap(signal, parse_swap("/".join(pair)))
    order = {pair[0]: pair[1], pair[1]: pair[0]}
    np.testing.assert_array_equal(swapped, signal[[INDEX[order.get(x, x)] for x in LEADS]])


@given(POTENTIALS)
def test_named_chest_swaps_are_what_their_names_say(phi: np.ndarray) -> None:
    leads = leads_from_potentials(phi).astype(np.float32)
    reverse = apply_swap(leads, REVERSED_CHEST)
    np.testing.assert_array_equal(reverse[6:], leads[:5:-1])
    np.testing.assert_array_equal(reverse[:6], leads[:6])
    assert list(ADJACENT_CHEST_SWAPS) == ["V1/V2", "V2/V3", "V3/V4", "V4/V5", "V5/V6"]


def test_the_worked_example_of_ra_rl() -> None:
    signal = np.zeros((12, 1))
    signal[:6, 0] = 0.6, 1.0, 0.4, -0.8, 0.1, 0.7
    swapped = apply_swap(signal, TABLE_ROWS["RA/RL"])[:, 0]
    expected = [-0.4, 0.0, 0.4, 0.2, -0.4, 0.2]
    np.testing.assert_allclose(swapped[:6], expected, rtol=0, atol=HALF_ULP_MV)


ONLY_EXACT_LEAD = {"RA/RL": "III", "LA/RL": "II", "LL/RL": "I", "RA/RL+LA/LL": "III"}


@pytest.mark.parametrize("row", RIGHT_LEG_ROWS)
def test_with_two_different_legs_one_cell_stays_exact_and_the_others_are_near(row: str) -> None:
    simulation = simulate(SimulationConfig(seed=3))
    swap = TABLE_ROWS[row]
    error_mv = np.abs(apply_swap(simulation.leads(), swap) - simulation.leads(swap)).max(axis=1)
    exact = ONLY_EXACT_LEAD[row]
    assert set(depends_on_right_leg(swap)) == set(LEADS) - {exact}
    assert error_mv[INDEX[exact]] < 1e-6
    others = [INDEX[lead] for lead in LEADS if lead != exact]
    assert (error_mv[others] > 0.005).all()
    assert (error_mv[others] < 0.15).all()


@given(POTENTIALS)
@pytest.mark.parametrize("row", EXACT_ROWS)
def test_the_first_five_rows_do_not_depend_on_the_right_leg(row: str, phi: np.ndarray) -> None:
    swap = TABLE_ROWS[row]
    assert depends_on_right_leg(swap) == ()
    assert_same_mv(apply_swap(leads_from_potentials(phi), swap), truly_swapped(phi, swap))


@given(POTENTIALS, PERMUTATIONS)
@settings(max_examples=60)
def test_undoing_restores_exactly_what_it_claims_even_with_two_different_legs(
    phi: np.ndarray, swap: Swap
) -> None:
    truth = leads_from_potentials(phi)
    undone = undo_swap(truly_swapped(phi, swap), swap)
    exact = [INDEX[lead] for lead in undone.exact]
    # Undoing may add several leads; each is below 8 mV in double precision, then rounded once.
    np.testing.assert_allclose(undone.signal[exact], truth[exact], rtol=0, atol=1e-6)
    assert np.isnan(undone.signal[[INDEX[lead] for lead in undone.lost]]).all()
    assert sorted((*undone.exact, *undone.approximate, *undone.lost)) == sorted(LEADS)


@given(POTENTIALS, PERMUTATIONS)
@settings(max_examples=60)
def test_undoing_restores_approximate_leads_when_both_legs_are_alike(
    phi: np.ndarray, swap: Swap
) -> None:
    phi = both_legs_alike(phi)
    undone = undo_swap(truly_swapped(phi, swap), swap)
    rows = [INDEX[lead] for lead in undone.approximate]
    np.testing.assert_allclose(
        undone.signal[rows], leads_from_potentials(phi)[rows], rtol=0, atol=1e-6
    )


@pytest.mark.parametrize(
    ("swap", "exact", "approximate"),
    [
        ("RA/RL", "III", ""),
        ("LA/RL", "II", ""),
        ("RA/RL+LA/LL", "III", ""),
        ("LL/RL", "I", "II III aVR aVL aVF V1 V2 V3 V4 V5 V6"),
        ("V1/RL", "I II III aVR aVL aVF V2 V3 V4 V5 V6", ""),
        ("RA/V1", " ".join(LEADS), ""),
    ],
)
def test_undoing_claims_this_and_nothing_else(swap: str, exact: str, approximate: str) -> None:
    undone = undo_swap(np.zeros((12, 1)), parse_swap(swap))
    assert undone.exact == tuple(exact.split())
    assert undone.approximate == tuple(approximate.split())
    assert undone.lost == tuple(x for x in LEADS if x not in (*undone.exact, *undone.approximate))
    for lead in undone.lost:
        assert lead in undone.statement.split("Cannot be recovered")[1]


def test_a_lead_that_the_neutral_cable_took_cannot_be_told_from_the_others() -> None:
    """Two patients alike but for the potential under the neutral cable give one tracing."""
    phi = np.random.default_rng(0).normal(size=(10, 20))
    other = phi.copy()
    other[RA] += 1.0
    swap = TABLE_ROWS["RA/RL"]
    np.testing.assert_array_equal(truly_swapped(phi, swap), truly_swapped(other, swap))
    lost = [INDEX[lead] for lead in undo_swap(truly_swapped(phi, swap), swap).lost]
    difference = np.abs(leads_from_potentials(phi) - leads_from_potentials(other))
    assert (difference[lost] > 0.3).all()


@given(st.sets(st.sampled_from(LEADS), min_size=1), POTENTIALS, PERMUTATIONS)
@settings(max_examples=60)
def test_a_lead_that_cannot_be_computed_is_nan_and_any_other_is_right(
    recorded: set[str], phi: np.ndarray, swap: Swap
) -> None:
    phi = both_legs_alike(phi)
    signal = leads_from_potentials(phi)
    signal[[INDEX[lead] for lead in LEADS if lead not in recorded]] = np.nan
    found = apply_swap(signal, swap)
    known = ~np.isnan(found).all(axis=1)
    np.testing.assert_allclose(found[known], truly_swapped(phi, swap)[known], rtol=0, atol=1e-6)
    names = tuple(lead for lead in LEADS if lead in recorded)
    determined = {lead for lead, formula in swap_formulas(swap, names).items() if formula}
    assert determined == {lead for lead, here in zip(LEADS, known, strict=True) if here}


def test_missing_leads_stay_missing_and_are_not_zero() -> None:
    signal = np.full((12, 4), np.nan)
    signal[INDEX["I"]] = 0.5
    swapped = apply_swap(signal, TABLE_ROWS["LA/RA"])
    assert (swapped[INDEX["I"]] == -0.5).all()
    assert np.isnan(np.delete(swapped, INDEX["I"], axis=0)).all()


def test_a_moment_when_nothing_was_recorded_stays_empty_even_where_a_lead_vanishes() -> None:
    signal = np.ones((12, 3))
    signal[:, 1] = np.nan
    flat = apply_swap(signal, TABLE_ROWS["RA/RL"])[INDEX["II"]]
    np.testing.assert_array_equal(flat, [0.0, np.nan, 0.0])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("la/ra", "LA/RA"),
        ("RA/LA", "LA/RA"),
        (" Ll / lA ", "LA/LL"),
        ("rl/ll", "LL/RL"),
        ("v6/V1", "V1/V6"),
        ("v2/ra", "RA/V2"),
        ("Clockwise", "clockwise"),
        ("COUNTER clockwise", "counterclockwise"),
        ("ra/rl + la/ll", "RA/RL+LA/LL"),
        ("LL/LA+RL/RA", "RA/RL+LA/LL"),
        ("correct", "correct"),
        ("v1-v6 REVERSED", "V1-V6 reversed"),
        ("LA/RA+RA/LA", "correct"),
        ("V1/V2+LA/RA", "V1/V2+LA/RA"),
    ],
)
def test_a_swap_is_found_in_any_order_case_and_spacing(text: str, name: str) -> None:
    assert parse_swap(text).name == name


@given(st.lists(EXCHANGES, min_size=1, max_size=4))
def test_a_parsed_chain_is_found_again_by_its_own_name(chain: list[str]) -> None:
    swap = parse_swap("+".join(chain))
    assert parse_swap(swap.name) == swap


@pytest.mark.parametrize(
    "nonsense",
    ["", "LA", "LA/LA", "LA/XX", "LA/RA/LL", "V7/V1", "LA-RA", "LA/RA+", "anticlockwise"],
)
def test_nonsense_is_refused_with_what_is_allowed(nonsense: str) -> None:
    with pytest.raises(SwapError, match=r"is not a swap") as refusal:
        parse_swap(nonsense)
    for allowed in (*TABLE_ROWS, *ELECTRODES):
        assert allowed in str(refusal.value)


def test_sites_that_are_not_the_ten_electrodes_are_refused() -> None:
    with pytest.raises(SwapError, match="each once"):
        Swap("twice", ("RA", "RA", *ELECTRODES[2:]))


def test_displaced_names_the_cables_that_moved() -> None:
    assert TABLE_ROWS["clockwise"].displaced == ("RA", "LA", "LL")
    assert CORRECT.displaced == ()


@pytest.mark.parametrize(
    ("swap", "lead", "text"),
    [
        ("LA/RA", "I", "-I"),
        ("RA/RL", "aVR", "III/2"),
        ("RA/RL", "V1", "V1 - II/3"),
        ("RA/RL", "II", "0"),
        ("RA/LA", "aVF", "aVF"),
    ],
)
def test_a_formula_reads_as_a_reader_would_write_it(swap: str, lead: str, text: str) -> None:
    assert str(swap_formulas(parse_swap(swap))[lead]) == text
