"""Simulated tracings look like what they are called, in every lead that a reader would check."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_beats import between, qrs, r_and_s, steady, t_wave, whole_beats

from ecgcore.electrodes import LEADS_FROM_POTENTIALS
from ecgcore.leads import INDEX, LEADS
from ecgcore.simulate import PREMATURE_SITES, SimulationConfig, Torso, simulate
from ecgcore.simulate.atria import fibrillation, flutter

SEEDS = st.integers(0, 2**32)


# Rhythms ----------------------------------------------------------------------------------------


@given(st.floats(30.0, 180.0), SEEDS)
@settings(max_examples=25)
def test_sinus_rhythm_keeps_its_rate_and_breathes(rate_bpm: float, seed: int) -> None:
    config = SimulationConfig(rate_bpm=rate_bpm, pr_ms=120.0, duration_s=120.0, fs=50.0, seed=seed)
    rr_s = np.diff([b.r_s for b in simulate(config).beats])
    # The mean of n intervals varies by 3 % / sqrt(n) at most, n >= 58: four such deviations.
    assert rr_s.mean() == pytest.approx(60.0 / rate_bpm, rel=0.016)
    assert 0.015 < rr_s.std() / rr_s.mean() < 0.045


def test_fibrillation_is_irregular_and_has_no_p_waves() -> None:
    simulation = simulate(SimulationConfig(rhythm="AF", duration_s=60.0, rate_bpm=90.0))
    rr_s = np.diff([b.r_s for b in simulation.beats])
    assert rr_s.std() / rr_s.mean() > 0.15
    # Irregularly irregular: an interval does not foretell the next; 2 / sqrt(90) = 0.21.
    assert abs(np.corrcoef(rr_s[:-1], rr_s[1:])[0, 1]) < 0.25
    assert all(b.p_on_s is None and b.p_off_s is None for b in simulation.beats)
    assert simulation.intervals.pr_ms is None


@given(SEEDS)
@settings(max_examples=20)
def test_fibrillatory_waves_lie_between_4_and_9_hz_and_are_largest_in_v1(seed: int) -> None:
    atria = fibrillation(15_000, 500.0, np.random.default_rng(seed))
    leads = LEADS_FROM_POTENTIALS @ Torso().lead_field() @ atria
    power = np.abs(np.fft.rfft(leads[INDEX["V1"]])) ** 2
    hz = np.fft.rfftfreq(15_000, 1 / 500.0)
    assert power[(hz >= 4.0) & (hz <= 9.0)].sum() > 0.8 * power.sum()
    spread = leads.std(axis=1)
    assert spread[INDEX["V1"]] == max(
        spread[INDEX[x]] for x in ("I", "II", "aVF", "V1", "V5", "V6")
    )
    assert 0.02 < spread[INDEX["V1"]] < 0.15


def test_a_pacemaker_makes_fibrillation_regular() -> None:
    simulation = simulate(SimulationConfig(rhythm="AF", conduction="paced", beat_variation=0.0))
    np.testing.assert_allclose(np.diff([b.r_s for b in simulation.beats]), 60 / 70.0, atol=1e-9)


@pytest.mark.parametrize("ratio", [2, 3, 4])
def test_flutter_conducts_each_nth_wave(ratio: int) -> None:
    config = SimulationConfig(rhythm="flutter", flutter_ratio=ratio, atrial_bpm=300.0)
    rr_s = np.diff([b.r_s for b in simulate(config).beats])
    np.testing.assert_allclose(rr_s, ratio * 0.2, atol=1e-9)
    assert config.description == f"atrial flutter, {300 // ratio}/min"


def test_flutter_of_varying_conduction_jumps_by_whole_waves() -> None:
    config = SimulationConfig(rhythm="flutter", flutter_ratio=None, duration_s=30.0)
    waves = np.diff([b.r_s for b in simulate(config).beats]) / 0.2
    np.testing.assert_allclose(waves, np.round(waves), atol=1e-6)
    assert set(np.round(waves)) == {2.0, 3.0, 4.0}


def test_flutter_waves_are_saw_teeth_below_the_line_in_inferior_leads_and_upright_in_v1() -> None:
    leads = LEADS_FROM_POTENTIALS @ Torso().lead_field() @ flutter(5000, 500.0, 300.0)
    for lead in ("II", "III", "aVF"):
        teeth = leads[INDEX[lead]]
        assert teeth.max() < 0.01
        assert -0.35 < teeth.min() < -0.15
        # A saw: it falls for longer than it rises.
        assert (np.diff(teeth) < 0).mean() > 1.5 * (np.diff(teeth) > 0).mean()
    v1 = leads[INDEX["V1"]]
    assert v1.max() > 0.08
    assert v1.max() > 3 * -v1.min()
    assert np.ptp(leads[INDEX["I"]]) < 0.03
    peak_hz = np.abs(np.fft.rfft(leads[INDEX["II"]])).argsort()[-2:].max() / 10.0
    assert peak_hz == 5.0


@pytest.mark.parametrize("site", PREMATURE_SITES)
def test_a_premature_ventricular_complex_is_early_wide_discordant_and_compensated(
    site: str,
) -> None:
    simulation = simulate(steady(rhythm="PVC", pvc_site=site, fs=1000.0))
    beats = simulation.beats
    number = next(i for i, b in enumerate(beats) if b.kind == "PVC" and 0 < i < len(beats) - 1)
    before, early, after = beats[number - 1 : number + 2]
    assert early.p_on_s is None
    assert early.qrs_off_s - early.qrs_on_s > 0.12
    assert early.qrs_on_s - before.qrs_on_s < 0.65 * 60 / 70
    assert after.qrs_on_s - before.qrs_on_s == pytest.approx(2 * 60 / 70, abs=1e-9)
    for lead in ("II", "V1"):
        assert qrs(simulation, lead, "PVC").sum() * t_wave(simulation, lead, "PVC") < 0


def test_a_premature_atrial_complex_has_another_p_wave_and_an_incomplete_pause() -> None:
    simulation = simulate(steady(rhythm="PAC", fs=1000.0))
    beats = simulation.beats
    number = next(i for i, b in enumerate(beats) if b.kind == "PAC" and 0 < i < len(beats) - 1)
    before, early, after = beats[number - 1 : number + 2]
    assert early.r_s - before.r_s < 0.8 * 60 / 70
    assert after.r_s - early.r_s > 60 / 70
    assert after.r_s - before.r_s < 1.9 * 60 / 70
    width_s = [b.qrs_off_s - b.qrs_on_s for b in (before, early)]
    assert width_s[0] == pytest.approx(width_s[1])
    sinus_p = between(simulation, "II", after.p_on_s, after.p_off_s)
    early_p = between(simulation, "II", early.p_on_s, early.p_off_s)
    assert sinus_p.mean() > 0.03
    assert early_p.mean() < -0.02


@pytest.mark.parametrize(("kind", "every"), [("PVC", 2), ("PAC", 3), ("PVC", 5)])
def test_premature_complexes_come_about_as_often_as_asked(kind: str, every: int) -> None:
    config = SimulationConfig(rhythm=kind, ectopic_every=every, duration_s=300.0, fs=50.0)
    kinds = [b.kind for b in simulate(config).beats]
    assert kinds.count(kind) / len(kinds) == pytest.approx(1 / every, rel=0.15)


# Morphology -------------------------------------------------------------------------------------


def test_the_normal_ecg_has_realistic_amplitudes() -> None:
    simulation = simulate(steady())
    assert 0.8 < r_and_s(simulation, "II")[0] < 1.4
    assert 0.8 < r_and_s(simulation, "V1")[1] < 1.6
    assert 1.2 < r_and_s(simulation, "V5")[0] < 2.0
    assert 0.2 < t_wave(simulation, "II") < 0.4
    beat = next(b for b in whole_beats(simulation) if b.p_on_s is not None)
    assert 0.08 < between(simulation, "II", beat.p_on_s, beat.p_off_s).max() < 0.2


def test_r_waves_grow_from_rs_in_v1_to_qr_in_v6() -> None:
    simulation = simulate(steady())
    share = [r / (r + s) for r, s in (r_and_s(simulation, f"V{i}") for i in range(1, 6))]
    assert share == sorted(share)
    assert share[0] < 0.35
    assert share[-1] > 0.8
    v1, v6 = qrs(simulation, "V1"), qrs(simulation, "V6")
    assert v1.argmax() < v1.argmin()  # r, then S
    assert 0.05 < -v6[: v6.argmax()].min() < 0.3  # q, then R


def test_the_normal_p_and_t_waves_point_the_usual_way() -> None:
    simulation = simulate(steady())
    beat = next(b for b in whole_beats(simulation) if b.p_on_s is not None)
    p_waves = {x: between(simulation, x, beat.p_on_s, beat.p_off_s) for x in LEADS}
    assert all(p_waves[x].mean() > 0.01 for x in ("I", "II", "aVF", "V5", "V6"))
    assert p_waves["aVR"].mean() < -0.03
    assert p_waves["V1"].max() > 0.02
    assert p_waves["V1"].min() < -0.02
    assert all(t_wave(simulation, x) > 0.05 for x in ("I", "II", "V2", "V3", "V4", "V5", "V6"))
    assert t_wave(simulation, "aVR") < -0.1


def test_left_bundle_branch_block_is_wide_notched_without_q_and_discordant() -> None:
    simulation = simulate(steady(conduction="LBBB", fs=1000.0))
    assert simulation.intervals.qrs_ms >= 120.0
    for lead in ("I", "aVL", "V5", "V6"):
        wave = qrs(simulation, lead)
        assert wave.min() > -0.15 * wave.max(), f"{lead} has a q or an s"
        assert t_wave(simulation, lead) < -0.1
    v6 = qrs(simulation, "V6")
    peaks = (np.diff(np.sign(np.diff(v6))) < 0).sum()
    assert peaks == 2, "the R wave has no notch"
    r, s = r_and_s(simulation, "V1")
    assert r < 0.2 < 1.0 < s
    assert t_wave(simulation, "V1") > 0.2


def test_right_bundle_branch_block_has_rsr_in_v1_and_wide_s_on_the_left() -> None:
    simulation = simulate(steady(conduction="RBBB", fs=1000.0))
    assert simulation.intervals.qrs_ms >= 120.0
    v1 = qrs(simulation, "V1")
    late = v1.size // 2
    assert v1[:late].argmax() < v1.argmin() < late + v1[late:].argmax()  # r S R'
    assert v1[late:].max() > v1[: v1.argmin()].max() > 0.1
    assert t_wave(simulation, "V1") < -0.1
    for lead in ("I", "V6"):
        wave = qrs(simulation, lead)
        assert (wave[wave.argmax() :] < 0).sum() > 40  # an S of more than 40 ms
        assert t_wave(simulation, lead) > 0.1


def test_first_degree_block_has_a_long_pr_and_a_narrow_qrs() -> None:
    intervals = SimulationConfig(conduction="first-degree AV block").intervals
    assert intervals.pr_ms > 200.0
    assert intervals.qrs_ms < 110.0


@pytest.mark.parametrize("fs", [100.0, 250.0, 500.0, 1000.0])
def test_a_pacing_spike_precedes_a_wide_qrs_of_superior_axis_at_any_rate(fs: float) -> None:
    paced = simulate(steady(conduction="paced", fs=fs))
    bare = simulate(steady(conduction="LBBB", qrs_ms=160.0, pr_ms=160.0, fs=fs))
    beat = next(b for b in whole_beats(paced) if b.p_off_s is not None)
    before = between(paced, "V5", beat.p_off_s, beat.qrs_on_s)
    assert np.abs(before).max() > 0.1
    assert np.abs(between(bare, "V5", beat.p_off_s, beat.qrs_on_s)).max() < 1e-12
    assert all(qrs(paced, lead).sum() < 0 for lead in ("II", "III", "aVF", "V1"))
    assert qrs(paced, "aVL").sum() > 0
    assert paced.intervals.qrs_ms >= 120.0


@pytest.mark.parametrize(
    ("territory", "up", "down"),
    [
        ("anterior", ["V1", "V2", "V3", "V4"], ["aVR"]),
        ("inferior", ["II", "III", "aVF"], ["I", "aVL"]),
        ("lateral", ["I", "aVL", "V5", "V6"], ["III", "aVF"]),
    ],
)
@pytest.mark.parametrize("st_mv", [0.3, -0.3])
def test_st_displacement_faces_its_territory_and_is_opposite_across_the_heart(
    territory: str, up: list[str], down: list[str], st_mv: float
) -> None:
    simulation = simulate(steady(st_mv=st_mv, st_territory=territory))
    beat = whole_beats(simulation)[1]
    level = {
        x: between(simulation, x, beat.qrs_off_s, beat.qrs_off_s + 0.02).mean() / st_mv
        for x in LEADS
    }
    assert all(level[lead] > 0.3 for lead in up)
    assert all(level[lead] < -0.1 for lead in down)


@given(st.floats(-90.0, 120.0))
@settings(max_examples=25)
def test_the_frontal_axis_is_the_one_asked_for(axis_deg: float) -> None:
    simulation = simulate(steady(axis_deg=axis_deg, fs=1000.0))
    area_i, area_iii = qrs(simulation, "I").sum(), qrs(simulation, "III").sum()
    # Einthoven's equilateral triangle: aVF direction from I and III.
    found = np.rad2deg(np.arctan2((area_i + 2.0 * area_iii) / np.sqrt(3.0), area_i))
    # The torso's triangle is not equilateral: lead III lies at 116 degrees, is 2 % stronger than I.
    assert abs((found - axis_deg + 180.0) % 360.0 - 180.0) < 6.0


# Torso ------------------------------------------------------------------------------------------

# Measured lead vectors (Dower 1980) in x, y, z of the Frank leads: left, feet, back.
DOWER = {
    "V1": (-0.515, 0.157, -0.917),
    "V2": (0.044, 0.164, -1.387),
    "V3": (0.882, 0.098, -1.277),
    "V4": (1.213, 0.127, -0.601),
    "V5": (1.125, 0.127, -0.086),
    "V6": (0.831, 0.076, 0.230),
    "I": (0.632, -0.235, 0.059),
    "II": (0.235, 1.066, -0.132),
}


@pytest.mark.parametrize("lead", DOWER)
def test_the_torso_sees_the_heart_from_where_measured_leads_see_it(lead: str) -> None:
    seen = LEADS_FROM_POTENTIALS[INDEX[lead]] @ Torso().lead_field()
    measured = np.array(DOWER[lead])
    cosine = seen @ measured / np.linalg.norm(seen) / np.linalg.norm(measured)
    # One homogeneous conductor without arms: chest leads agree within 15 degrees, limb leads 25.
    assert np.rad2deg(np.arccos(cosine)) < (15.0 if lead.startswith("V") else 25.0)
    strength = np.linalg.norm(measured) / np.linalg.norm(DOWER["I"])
    assert 0.6 < np.linalg.norm(seen) / strength < 1.7


def test_a_heart_turned_to_the_left_delays_the_r_wave_progression() -> None:
    def r_share(turn_deg: float) -> float:
        r, s = r_and_s(simulate(steady(torso=Torso(heart_turn_deg=turn_deg))), "V4")
        return r / (r + s)

    assert r_share(30.0) < r_share(0.0) - 0.05


def test_a_larger_torso_draws_smaller_waves() -> None:
    small, large = (simulate(steady(torso=Torso(scale=s))).leads() for s in (0.85, 1.2))
    assert (np.ptp(small, axis=1)[[0, 1, 6, 11]] > 1.1 * np.ptp(large, axis=1)[[0, 1, 6, 11]]).all()


def test_a_displaced_electrode_changes_its_own_lead_alone() -> None:
    moved = Torso(electrode_shift_cm=(("V2", (0.0, -4.0, 0.0)),))
    difference = simulate(steady(torso=moved)).leads() - simulate(steady()).leads()
    changed = np.abs(difference).max(axis=1) > 1e-12
    assert [lead for lead, here in zip(LEADS, changed, strict=True) if here] == ["V2"]
