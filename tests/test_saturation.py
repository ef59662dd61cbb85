"""Samples at the end of the recorder's range are found, and no contradiction is made of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.contradiction import find_contradiction
from ecgcore.leads import INDEX, LEADS, LIMB_FROM_I_II, LIMB_LEADS, algebra_violations
from ecgcore.saturation import at_limit, measured_samples
from ecgcore.simulate import SimulationConfig, simulate

FS = 500.0
STEP_MV = 0.005


def stored(signal: np.ndarray, step_mv: float = STEP_MV) -> np.ndarray:
    """As a cart stores it: each lead rounded by itself."""
    return np.round(signal / step_mv) * step_mv


SOUND = stored(simulate(SimulationConfig(fs=FS)).leads())


def with_lead(lead: str, samples: np.ndarray | float) -> np.ndarray:
    signal = SOUND.copy()
    signal[INDEX[lead]] = samples
    return signal


@pytest.mark.parametrize("step_mv", [0.001, 0.005, 0.03])
@pytest.mark.parametrize("fs", [100.0, 250.0, 500.0, 1000.0])
def test_tops_of_waves_are_no_limit_however_coarsely_they_are_stored(fs, step_mv):
    signal = stored(simulate(SimulationConfig(fs=fs)).leads(), step_mv)
    assert not at_limit(signal, fs).any()


@given(lead=st.sampled_from(LEADS), share=st.floats(0.4, 0.8))
def test_samples_of_waves_that_are_cut_off_are_found_and_no_others(lead, share):
    whole = SOUND[INDEX[lead]]
    cut_mv = share * np.abs(whole).max()
    found = at_limit(with_lead(lead, whole.clip(-cut_mv, cut_mv)), FS)
    assert not found[[INDEX[x] for x in LEADS if x != lead]].any()
    assert not found[INDEX[lead]][np.abs(whole) < cut_mv].any()
    if cut_mv >= 0.6:  # below, a level may be that of a small wave
        # Every QRS complex is above a limit so low for six samples and more, far above three.
        assert found[INDEX[lead]].sum() >= 0.5 * (np.abs(whole) > cut_mv).sum()


def test_a_lead_at_the_rail_is_found_from_first_to_last_sample():
    found = at_limit(with_lead("V4", -16.38), FS)
    assert found[INDEX["V4"]].all()
    assert found.sum() == SOUND.shape[1]


def test_a_missing_lead_and_missing_samples_are_no_limit():
    signal = with_lead("V4", np.nan)
    signal[:, 100:200] = np.nan
    assert not at_limit(signal, FS).any()


def test_measured_samples_leave_out_a_quarter_of_a_second_around_a_limit():
    samples = SOUND[INDEX["V4"]].copy()
    samples[1000:1100] = 16.38
    kept = ~np.isnan(measured_samples(with_lead("V4", samples), FS))
    margin = round(0.25 * FS)
    np.testing.assert_array_equal(
        np.flatnonzero(~kept[INDEX["V4"]]), np.arange(1000 - margin, 1100 + margin)
    )
    assert kept[: INDEX["V4"]].all()


@given(lead=st.sampled_from(LIMB_LEADS), share=st.floats(0.4, 0.8))
def test_a_clipped_limb_lead_is_no_contradiction_though_the_identities_fail(lead, share):
    whole = SOUND[INDEX[lead]]
    cut_mv = share * np.abs(whole).max()
    signal = with_lead(lead, whole.clip(-cut_mv, cut_mv))
    if cut_mv >= 0.6:
        assert algebra_violations(signal)
        found = find_contradiction(signal, FS)
        assert found is None or found.brief


@pytest.mark.parametrize("lead", LIMB_LEADS)
@pytest.mark.parametrize("level_mv", [0.0, 16.38])
def test_a_limb_lead_of_an_electrode_that_is_off_is_no_contradiction(lead, level_mv):
    assert algebra_violations(with_lead(lead, level_mv))
    assert find_contradiction(with_lead(lead, level_mv), FS) is None


# aVL spans 0.25 mV here: a tenth more of it stays within the resolution for most of the time.
@given(st.sampled_from([lead for lead in LIMB_LEADS if lead != "aVL"]), st.floats(1.3, 6.1))
def test_a_limb_lead_of_another_gain_is_a_contradiction(lead, gain):
    found = find_contradiction(with_lead(lead, stored(SOUND[INDEX[lead]] * gain)), FS)
    assert found is not None
    assert not found.brief
    assert "names or gains" in found.sentence


@pytest.mark.parametrize("pair", [("I", "II"), ("II", "III"), ("aVL", "aVF"), ("I", "aVR")])
def test_exchanged_names_are_a_contradiction(pair):
    signal = SOUND.copy()
    rows = [INDEX[lead] for lead in pair]
    signal[rows] = signal[rows[::-1]]
    found = find_contradiction(signal, FS)
    assert found is not None
    assert not found.brief


@given(st.floats(0.001, 0.03))
def test_no_resolution_of_the_file_makes_a_contradiction(step_mv):
    assert find_contradiction(stored(SOUND, step_mv), FS) is None


def test_dropped_digits_of_a_coarse_file_are_no_contradiction():
    """The real file of 30.5 uV per step drops the digits of aVR, aVL and aVF."""
    limb = LIMB_FROM_I_II @ SOUND[:2]
    signal = SOUND.copy()
    signal[: len(LIMB_LEADS)] = np.floor(limb / 0.0305) * 0.0305
    assert find_contradiction(signal, FS) is None


def test_marks_of_a_pacemaker_drawn_into_one_lead_are_a_brief_contradiction():
    signal = SOUND.copy()
    signal[INDEX["II"], 100::400] += 2.0
    found = find_contradiction(signal, FS)
    assert found is not None
    assert found.brief
    assert found.residual_mv == pytest.approx(2.0, abs=3 * STEP_MV)
    assert "few samples" in found.sentence
