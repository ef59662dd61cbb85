"""Names and order of the leads, and the algebra of the limb leads."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ecgcore.leads import (
    INDEX,
    LEADS,
    LIMB_LEADS,
    algebra_violations,
    canonical_name,
    derive_missing,
    recorded_leads,
)

MILLIVOLTS = st.floats(-5.0, 5.0)


def limb_leads(i: np.ndarray, ii: np.ndarray) -> np.ndarray:
    """Einthoven's and Goldberger's definitions, written out; chest leads absent."""
    signal = np.full((12, i.size), np.nan)
    signal[:6] = i, ii, ii - i, -(i + ii) / 2, i - ii / 2, ii - i / 2
    return signal


TWO_LEADS = arrays(np.float64, (2, 8), elements=MILLIVOLTS)


def test_the_order_is_the_usual_one() -> None:
    assert " ".join(LEADS) == "I II III aVR aVL aVF V1 V2 V3 V4 V5 V6"


@pytest.mark.parametrize(
    ("spelling", "lead"),
    [
        ("Lead I (Einthoven)", "I"),
        ("Lead aVF (Goldberger)", "aVF"),
        ("Lead V3 (Wilson)", "V3"),
        ("avr", "aVR"),
        ("VR", "aVR"),
        ("AVR", "aVR"),
        ("I  ", "I"),
        ("II\0\0", "II"),
        ("\0III", "III"),
        ("MDC_ECG_LEAD_III", "III"),
        ("MDC_ECG_LEAD_AVL", "aVL"),
        ("MDC_ECG_LEAD_V6", "V6"),
        ("C4", "V4"),
        ("ECG V1", "V1"),
        ("a V L", "aVL"),
        ("V 1", "V1"),
        ("D2", "II"),
        ("DIII", "III"),
        ("v5 [mV]", "V5"),
    ],
)
def test_a_name_is_read_however_files_spell_it(spelling: str, lead: str) -> None:
    assert canonical_name(spelling) == lead


@pytest.mark.parametrize(
    "foreign", ["V4R", "V3R", "V7", "vx", "MLII", "X", "", "RESP", "-aVR", "I II", "I, II", "V1-V2"]
)
def test_a_name_of_another_an_inverted_or_several_leads_is_none(foreign: str) -> None:
    assert canonical_name(foreign) is None


@given(st.sampled_from(LEADS), st.sampled_from([str.lower, str.upper, str.title]))
def test_case_and_padding_do_not_matter(lead: str, change) -> None:
    assert canonical_name(f" {change(lead)}\0 ") == lead


@given(TWO_LEADS)
@pytest.mark.parametrize("pair", list(combinations(LIMB_LEADS, 2)), ids="-".join)
def test_any_two_limb_leads_give_the_other_four(pair: tuple[str, str], known: np.ndarray) -> None:
    truth = limb_leads(*known)
    stored = np.full((12, truth.shape[1]), np.nan, np.float32)
    rows = [INDEX[lead] for lead in pair]
    stored[rows] = truth[rows]
    filled, derived = derive_missing(stored)
    assert set(derived) == set(LIMB_LEADS) - set(pair)
    # float32 halves: |lead| < 10 mV is stored to 2^-21 = 4.8e-7 mV. From two leads the others are
    # sums with coefficients of at most 2 each, and are rounded once more: 5 * 4.8e-7.
    np.testing.assert_allclose(filled[:6], truth[:6], rtol=0, atol=5 * 2.0**-21)
    assert np.isnan(filled[6:]).all()


def test_one_limb_lead_gives_no_other() -> None:
    stored = np.full((12, 4), np.nan, np.float32)
    stored[INDEX["II"]] = 1.0
    filled, derived = derive_missing(stored)
    assert derived == ()
    assert recorded_leads(filled) == ("II",)


@given(TWO_LEADS)
def test_leads_that_obey_the_algebra_raise_no_violation(known: np.ndarray) -> None:
    # Sums of three values below 8 mV in double precision are off by a few 1e-15.
    assert algebra_violations(limb_leads(*known), tolerance_mv=1e-12) == ()


@given(st.sampled_from(LIMB_LEADS), st.floats(1.1, 6.1))
def test_a_wrong_gain_of_one_lead_is_a_violation(lead: str, gain: float) -> None:
    signal = limb_leads(np.array([0.6]), np.array([1.0]))
    signal[INDEX[lead]] *= gain
    # aVL is the smallest lead here, 0.1 mV, and it enters an identity undivided: 0.1 * 0.1 mV.
    broken = algebra_violations(signal, tolerance_mv=0.009)
    assert broken
    assert all(violation.residual_mv > 0.009 for violation in broken)


def test_a_violation_names_the_identity_and_its_size() -> None:
    signal = limb_leads(np.array([0.6]), np.array([1.0]))
    signal[INDEX["aVR"]] += 3.6
    found = {v.identity: v.residual_mv for v in algebra_violations(signal)}
    assert found == pytest.approx({"aVR = -(I + II) / 2": 3.6, "aVR + aVL + aVF = 0": 3.6})


def test_two_exchanged_names_are_a_violation() -> None:
    signal = limb_leads(np.array([0.6]), np.array([1.0]))
    signal[[INDEX["II"], INDEX["aVR"]]] = signal[[INDEX["aVR"], INDEX["II"]]]
    assert algebra_violations(signal)


def test_a_missing_lead_is_no_violation_and_hides_none_elsewhere() -> None:
    signal = limb_leads(np.array([0.6, 0.6]), np.array([1.0, 1.0]))
    signal[INDEX["III"]] = np.nan
    assert algebra_violations(signal) == ()
    signal[INDEX["aVF"], 1] = 7.0
    assert [v.identity for v in algebra_violations(signal)] == ["aVR + aVL + aVF = 0"]


def test_a_lead_with_one_sample_was_recorded() -> None:
    signal = np.full((12, 3), np.nan)
    signal[INDEX["V2"], 1] = 0.0
    assert recorded_leads(signal) == ("V2",)
