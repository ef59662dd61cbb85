"""Faults planted in simulated and real recordings: what the quality gate says of each."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.electrodes import TABLE_ROWS, parse_swap
from ecgcore.leads import CHEST_LEADS, INDEX, LEADS, LIMB_FROM_I_II
from ecgcore.learn.datasets import ludb
from ecgcore.recording import Recording
from ecgcore.signal.quality import Kind, Quality, Severity, assess
from ecgcore.simulate import Noise, SimulationConfig, simulate

FS = 500.0
T = round(10 * FS)
TIME_S = np.arange(T) / FS
QUIET = Noise(wander_mv=0.03, muscle_mv=0.005)
SOUND = simulate(SimulationConfig(fs=FS, noise=QUIET)).leads()
CHEST_ROWS = [INDEX[lead] for lead in CHEST_LEADS]


def recorded(signal: np.ndarray, fs: float = FS) -> Recording:
    return Recording(signal.astype(np.float32), fs, "test")


def judged(signal: np.ndarray, fs: float = FS) -> Quality:
    return assess(recorded(signal, fs))


def with_lead(lead: str, samples: np.ndarray | float) -> np.ndarray:
    signal = SOUND.copy()
    signal[INDEX[lead]] = samples
    return signal


def from_independent(independent: np.ndarray) -> np.ndarray:
    """Twelve leads that obey the lead algebra from I, II and the chest leads, (8, T)."""
    return np.vstack([LIMB_FROM_I_II @ independent[:2], independent[2:]])


def left_arm_moved(potential: np.ndarray) -> np.ndarray:
    """What the leads show when the left arm's electrode adds (T,) mV of its own."""
    limb = LIMB_FROM_I_II @ np.stack([SOUND[0] + potential, SOUND[1]])
    return np.vstack([limb, SOUND[6:] - potential / 3])


def kinds(quality: Quality, lead: str | None = None) -> set[str]:
    return {issue.kind for issue in quality.issues if issue.lead == lead}


@pytest.mark.parametrize("fs", [50.0, 100.0, 128.0, 250.0, 360.0, 1000.0, 16_000.0])
def test_a_sound_recording_is_good_at_any_rate(fs):
    quality = assess(simulate(SimulationConfig(fs=fs, noise=QUIET)).recording())
    assert (quality.verdict, quality.issues) == ("good", ())


@pytest.mark.parametrize("seconds", [2.0, 4.9, 5.0, 10.0, 30.0])
def test_only_what_is_shorter_than_five_seconds_gets_a_warning_for_it(seconds):
    config = SimulationConfig(fs=FS, noise=QUIET, duration_s=seconds)
    quality = assess(simulate(config).recording())
    assert (Kind.TOO_SHORT in kinds(quality)) == (seconds < 5.0)
    assert not quality.refused


def test_only_the_first_ten_seconds_are_judged():
    signal = np.concatenate([SOUND, np.zeros_like(SOUND)], axis=1)
    assert judged(signal) == judged(SOUND)


def test_columns_recorded_one_after_another_are_no_fault():
    signal = np.full_like(SOUND, np.nan)
    for column in range(4):
        part = slice(column * T // 4, (column + 1) * T // 4)
        signal[column * 3 : column * 3 + 3, part] = SOUND[column * 3 : column * 3 + 3, part]
    assert judged(signal).verdict == "good"


def test_the_sentence_says_for_how_long_a_lead_is_flat():
    samples = SOUND[INDEX["V3"]].copy()
    samples[900:] = samples[900]
    (sentence,) = judged(with_lead("V3", samples)).sentences
    assert sentence == "V3 is flat for 8.2 of 10 s and is left out."


def test_leads_with_the_same_fault_give_the_range_of_what_was_measured():
    signal = with_lead("V3", SOUND[INDEX["V3"]] * (TIME_S < 1.8))
    signal[INDEX["V5"]] *= TIME_S < 3.0
    (sentence,) = judged(signal).sentences
    assert sentence.startswith("Each of V3 and V5 is flat for 7.")
    assert " to 8." in sentence


@given(st.sets(st.sampled_from(CHEST_LEADS), min_size=1, max_size=3))
def test_leads_with_the_same_fault_share_a_sentence_and_are_left_out_together(leads):
    signal = SOUND.copy()
    signal[[INDEX[lead] for lead in leads]] = 0.0
    quality = judged(signal)
    assert set(quality.unusable_leads) == leads
    (sentence,) = quality.sentences
    assert all(lead in sentence for lead in leads)
    states = {state.lead: state.state for state in quality.leads}
    assert states == {lead: "left out" if lead in leads else "good" for lead in LEADS}


@pytest.mark.parametrize("spread", [0.0, 0.004])
def test_all_leads_flat_is_refused_without_a_word_on_the_heart_alone(spread):
    quality = judged(np.random.default_rng(0).normal(0, spread, (12, T)))
    assert quality.refused
    assert "Whether the cables were off or the heart stood still" in quality.refusals[0]


def test_a_pause_of_the_whole_heart_is_no_fault_of_its_leads():
    quality = judged(np.where((TIME_S > 3) & (TIME_S < 7), 0.0, SOUND))
    assert kinds(quality) == {Kind.FLAT}
    assert quality.unusable_leads == ()
    assert not quality.refused


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(("row", "flat"), [("RA/RL", "II"), ("LA/RL", "III"), ("RA/RL+LA/LL", "I")])
def test_a_right_leg_cable_exchanged_on_true_potentials_is_named(row, flat, seed):
    simulation = simulate(SimulationConfig(fs=FS, noise=QUIET, seed=seed))
    quality = assess(simulation.recording(TABLE_ROWS[row]))
    assert quality.unusable_leads == (flat,)
    assert not quality.refused
    (issue,) = (issue for issue in quality.issues if issue.lead == flat and issue.kind == Kind.FLAT)
    assert "not asystole" in issue.sentence


def test_noise_in_all_leads_is_refused_though_it_obeys_the_lead_algebra():
    noise = np.random.default_rng(0).normal(0, 0.5, (8, T))
    quality = judged(from_independent(noise))
    assert Kind.ALGEBRA not in kinds(quality)
    assert {Kind.NO_BEATS, Kind.UNREADABLE} <= kinds(quality)
    assert quality.refused


def test_noise_below_what_the_rate_shows_is_refused_for_want_of_common_beats():
    noise = np.random.default_rng(0).normal(0, 0.5, (8, 1000))
    quality = judged(from_independent(noise), fs=100.0)
    assert Kind.NO_BEATS in kinds(quality)
    assert quality.refused


@pytest.mark.parametrize(
    ("rms_mv", "state"), [(0.02, "good"), (0.12, "warning"), (0.6, "left out")]
)
def test_a_lead_is_left_out_once_its_beats_drown_in_noise(rms_mv, state):
    noise = np.random.default_rng(0).normal(0, rms_mv, T)
    quality = judged(with_lead("V5", SOUND[INDEX["V5"]] + noise))
    assert quality.leads[INDEX["V5"]].state == state


def test_a_lead_of_other_events_than_the_rest_is_left_out():
    """The beats of another heart, at another rate."""
    other = simulate(SimulationConfig(fs=FS, noise=QUIET, rate_bpm=97.0, seed=3)).leads()
    quality = judged(with_lead("V2", other[INDEX["V2"]]))
    assert kinds(quality, "V2") == {Kind.NO_BEATS}
    assert quality.unusable_leads == ("V2",)


@pytest.mark.parametrize("height_mv", [2.0, 15.0])
@pytest.mark.parametrize("samples", [1, 2])
def test_pacemaker_stimuli_are_no_artefact_no_noise_and_no_height(height_mv, samples):
    rng = np.random.default_rng(0)
    stimuli = np.zeros((8, T))
    for beat in range(100, T - 10, 400):
        stimuli[:, beat : beat + samples] = height_mv * rng.uniform(-1, 1, (8, 1))
    assert judged(SOUND + from_independent(stimuli)).issues == ()


@pytest.mark.parametrize("rhythm", ["PVC", "PAC", "AF", "flutter"])
@pytest.mark.parametrize("seed", range(4))
def test_premature_beats_and_arrhythmias_are_no_artefacts(rhythm, seed):
    config = SimulationConfig(fs=FS, rhythm=rhythm, noise=QUIET, seed=seed, ectopic_every=7)
    assert assess(simulate(config).recording()).verdict == "good"


def test_one_huge_beat_in_all_leads_is_no_artefact():
    beat = np.exp(-(((TIME_S - 5.0) / 0.05) ** 2))
    heights_mv = np.array([[5.0, 6.0, -7.0, -8.0, -8.0, 8.0, 8.0, 7.0]]).T
    quality = judged(SOUND + from_independent(heights_mv * beat))
    assert Kind.ARTEFACT not in {issue.kind for issue in quality.issues}


@pytest.mark.parametrize("lead", CHEST_LEADS)
def test_a_pulse_in_one_lead_is_an_artefact_of_that_lead(lead):
    pulse = np.where((TIME_S > 4.3) & (TIME_S < 4.4), 9.0, 0.0)
    quality = judged(with_lead(lead, SOUND[INDEX[lead]] + pulse))
    assert Kind.ARTEFACT in kinds(quality, lead)
    assert "between 4 and 5 s" in " ".join(quality.sentences)
    assert all(kinds(quality, other) == set() for other in LEADS if other != lead)


@given(st.floats(0.5, 2.5))
def test_high_and_low_voltages_of_hearts_are_no_wrong_gain(factor):
    assert Kind.AMPLITUDE not in kinds(judged(SOUND * factor))


@given(st.floats(6.1, 1e6) | st.floats(1e-6, 0.1))
def test_a_gain_that_is_wrong_by_six_or_a_tenth_is_never_good(factor):
    quality = judged(SOUND * factor)
    assert quality.verdict != "good"
    assert Kind.AMPLITUDE in kinds(quality) or Kind.FLAT in kinds(quality)
    assert quality.refused or 0.01 < factor < 30.0


def test_an_arm_electrode_at_the_rail_takes_all_leads_that_need_it():
    signal = SOUND.copy()
    for lead, level_mv in {"I": 16.38, "III": -16.38, "aVL": 16.38}.items():
        signal[INDEX[lead]] = level_mv
    signal[INDEX["aVR"]] += 3 * np.sin(TIME_S)  # drifts with the arm, and so does aVF
    signal[INDEX["aVF"]] -= 3 * np.sin(TIME_S)
    quality = judged(signal)
    assert quality.unusable_leads == ("I", "III", "aVR", "aVL", "aVF")
    assert Kind.ELECTRODE in kinds(quality, "aVR") & kinds(quality, "aVF") & kinds(quality)
    assert "left arm electrode (LA)" in " ".join(quality.sentences)
    assert not quality.refused


def test_hum_of_a_loose_arm_electrode_that_drowns_all_but_one_lead_is_refused():
    quality = judged(left_arm_moved(3.0 * np.sin(2 * np.pi * 50 * TIME_S)))
    assert quality.refused
    assert quality.usable == tuple(lead == "II" for lead in LEADS)


def test_a_wandering_arm_electrode_is_told_in_the_leads_that_need_it():
    quality = judged(left_arm_moved(3.0 * np.sin(2 * np.pi * 0.2 * TIME_S)))
    told = {issue.lead for issue in quality.issues if issue.kind == Kind.WANDER}
    assert {"I", "III", "aVL"} <= told
    assert "II" not in told


def test_exchanged_looking_leads_are_a_note_that_leaves_the_verdict_good():
    simulation = simulate(SimulationConfig(fs=FS, noise=QUIET))
    for name in ("V1/V3", "V2/V5"):
        quality = assess(simulation.recording(parse_swap(name)))
        assert quality.verdict == "good"
        (issue,) = quality.issues
        assert (issue.kind, issue.severity) == (Kind.EXCHANGED, Severity.NOTE)
        assert issue.sentence.startswith(f"{name[:2]} and {name[3:]} look exchanged")
    arms = assess(simulation.recording(parse_swap("LA/RA")))
    assert kinds(arms, "I") == {Kind.EXCHANGED}


def test_six_copies_of_one_chest_lead_are_five_warnings():
    signal = SOUND.copy()
    signal[CHEST_ROWS] = SOUND[INDEX["V2"]]
    found = [issue for issue in judged(signal).issues if issue.kind == Kind.DUPLICATED]
    assert [issue.lead for issue in found] == list(CHEST_LEADS[1:])


def test_a_recording_of_one_lead_is_used_with_a_warning():
    signal = np.full_like(SOUND, np.nan)
    signal[INDEX["II"]] = SOUND[INDEX["II"]]
    quality = judged(signal)
    assert quality.verdict == "warning"
    assert quality.usable == tuple(lead == "II" for lead in LEADS)
    assert {state.state for state in quality.leads} == {"good", "not recorded"}


def test_real_recordings_keep_their_amplitude_and_lose_it_with_another_gain(shared):
    flagged = {1.0: 0, 6.1: 0}
    numbers = range(1, 201, 5)
    for number in numbers:
        recording = ludb.read_recording(shared / "data" / "ludb", number)
        for gain in flagged:
            changed = replace(recording, signal=recording.signal * np.float32(gain))
            flagged[gain] += Kind.AMPLITUDE in kinds(assess(changed))
    assert flagged[1.0] == 0
    assert flagged[6.1] >= 0.9 * len(numbers)
