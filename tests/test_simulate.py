"""The simulated heart: its truth holds by construction."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_beats import between, steady, whole_beats

from ecgcore.electrodes import ELECTRODES, TABLE_ROWS
from ecgcore.errors import SignalError
from ecgcore.leads import LEADS, algebra_violations
from ecgcore.simulate import (
    CASES,
    CONDUCTIONS,
    RHYTHMS,
    TERRITORIES,
    Noise,
    SimulationConfig,
    Torso,
    random_config,
    simulate,
)

LOUD = Noise(wander_mv=0.2, mains_mv=0.1, mains_hz=60.0, muscle_mv=0.05)
SEEDS = st.integers(0, 2**32)
RL, LL = ELECTRODES.index("RL"), ELECTRODES.index("LL")


# What holds for every simulated recording -------------------------------------------------------


@given(SEEDS)
@settings(max_examples=40)
def test_every_random_patient_can_be_simulated_and_obeys_the_lead_algebra(seed: int) -> None:
    simulation = simulate(random_config(np.random.default_rng(seed), duration_s=4.0))
    leads = simulation.leads()
    assert np.isfinite(leads).all()
    assert 0.3 < np.ptp(leads, axis=1).max() < 12.0
    # Double-precision sums of potentials below 16 mV: a few times 2^-49.
    assert algebra_violations(leads, tolerance_mv=1e-12) == ()


@pytest.mark.parametrize("conduction", CONDUCTIONS)
@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_rhythms_and_conduction_patterns_combine(rhythm: str, conduction: str) -> None:
    if conduction == "first-degree AV block" and rhythm in ("AF", "flutter"):
        with pytest.raises(SignalError, match="no P waves"):
            SimulationConfig(rhythm=rhythm, conduction=conduction)
        return
    for seed in range(20):
        rng = np.random.default_rng(seed)
        config = random_config(rng, rhythm, conduction, duration_s=3.0, fs=250.0)
        simulation = simulate(config)
        assert (simulation.rhythm, config.conduction) == (rhythm, conduction)
        assert simulation.potentials.shape == (10, 750)
        assert simulation.beats


@given(SEEDS)
@settings(max_examples=10)
def test_the_same_configuration_gives_the_same_samples(seed: int) -> None:
    config = random_config(np.random.default_rng(seed), duration_s=2.0)
    one, two = simulate(config), simulate(config)
    np.testing.assert_array_equal(one.potentials, two.potentials)
    assert one.beats == two.beats
    other = simulate(replace(config, seed=config.seed + 1))
    assert not np.array_equal(other.potentials, one.potentials)


@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_noise_is_added_to_the_potentials_and_moves_no_beat(rhythm: str) -> None:
    clean = simulate(SimulationConfig(rhythm=rhythm))
    noisy = simulate(SimulationConfig(rhythm=rhythm, noise=LOUD))
    assert noisy.beats == clean.beats
    disturbance = noisy.potentials - clean.potentials
    assert (disturbance.std(axis=1) > 0.02).all()
    # Ten electrodes are disturbed independently, so no lead is left quiet.
    assert np.linalg.matrix_rank(disturbance) == 10


@pytest.mark.parametrize(
    ("noise", "low_hz", "high_hz", "rms_mv"),
    [
        (Noise(wander_mv=0.2), 0.0, 0.5, 0.2),
        (Noise(mains_mv=0.2, mains_hz=60.0), 59.9, 60.1, 0.2 / np.sqrt(6.0)),
        (Noise(muscle_mv=0.2), 20.0, 150.0, 0.2),
    ],
)
def test_each_disturbance_has_its_band_and_its_size(
    noise: Noise, low_hz: float, high_hz: float, rms_mv: float
) -> None:
    config = steady(duration_s=100.0)
    added = simulate(replace(config, noise=noise)).potentials - simulate(config).potentials
    power = (np.abs(np.fft.rfft(added)) ** 2).sum(axis=0)
    hz = np.fft.rfftfreq(added.shape[1], 1.0 / config.fs)
    # A stretch of endless noise leaks a little beyond the edges of its band.
    assert power[(hz >= 0.9 * low_hz) & (hz <= 1.1 * high_hz)].sum() > 0.97 * power.sum()
    # Ten electrodes; the strength of the hum is drawn evenly from -1 to 1, variance 1/3.
    assert np.sqrt((added**2).mean()) == pytest.approx(rms_mv, rel=0.35)


def test_the_right_leg_is_an_electrode_of_its_own_unless_told_otherwise() -> None:
    own = simulate(SimulationConfig(noise=LOUD))
    assert np.abs(own.potentials[RL] - own.potentials[LL]).max() > 0.05
    alike = simulate(SimulationConfig(noise=LOUD, torso=Torso(rl_equals_ll=True)))
    np.testing.assert_array_equal(alike.potentials[RL], alike.potentials[LL])


def test_a_true_right_leg_swap_draws_an_almost_flat_lead_and_not_a_flat_one() -> None:
    simulation = simulate(SimulationConfig())
    flat = np.ptp(simulation.recording(TABLE_ROWS["RA/RL"]).lead("II"))
    assert 0.01 < flat < 0.15
    assert np.ptp(simulation.recording().lead("II")) > 1.0


def test_a_recording_says_that_it_is_simulated_and_holds_what_its_cables_saw() -> None:
    simulation = simulate(SimulationConfig("A title", duration_s=2.0))
    assert simulation.recording().source == "simulated: A title"
    swapped = simulation.recording(TABLE_ROWS["LA/LL"])
    assert swapped.leads == LEADS
    np.testing.assert_array_equal(swapped.lead("I"), simulation.recording().lead("II"))
    with pytest.raises(ValueError, match="read-only"):
        simulation.potentials[0, 0] = 1.0


def test_a_configuration_without_a_title_describes_itself() -> None:
    config = SimulationConfig(rhythm="AF", conduction="LBBB", rate_bpm=90.0)
    assert config.description == "atrial fibrillation, left bundle branch block, 90/min"
    depressed = SimulationConfig(st_mv=-0.1, st_territory="lateral")
    assert depressed.description == "sinus rhythm, lateral ST depression, 70/min"


# The truth about intervals ----------------------------------------------------------------------


@given(
    st.sampled_from(["sinus", "PVC", "PAC"]),
    st.floats(35.0, 130.0),
    st.sampled_from([250.0, 500.0, 1000.0]),
    SEEDS,
)
@settings(max_examples=40)
def test_the_heart_is_silent_outside_the_markers(
    rhythm: str, rate_bpm: float, fs: float, seed: int
) -> None:
    config = SimulationConfig(rhythm=rhythm, rate_bpm=rate_bpm, fs=fs, seed=seed, pr_ms=140.0)
    simulation = simulate(config)
    time_s = np.arange(simulation.potentials.shape[1]) / fs
    inside = np.zeros(time_s.size, bool)
    for beat in simulation.beats:
        for on_s, off_s in ((beat.p_on_s, beat.p_off_s), (beat.qrs_on_s, beat.t_off_s)):
            on_s = -1.0 if on_s is None and off_s is not None else on_s
            if on_s is not None:
                inside |= (time_s >= on_s) & (time_s <= (off_s if off_s is not None else 1e9))
    # Beats beyond either edge belong to nobody's markers, so look between the first and the last.
    inner = (time_s >= simulation.beats[0].r_s) & (time_s <= simulation.beats[-1].r_s)
    # At a marker itself a sine of pi, 1e-16, may remain.
    assert np.abs(simulation.potentials[:, inner & ~inside]).max(initial=0.0) < 1e-15
    assert np.abs(simulation.potentials[:, inner & inside]).max() > 0.5


@given(st.floats(40.0, 110.0), st.floats(110.0, 300.0), st.floats(70.0, 160.0), SEEDS)
@settings(max_examples=30)
def test_every_sinus_beat_has_the_nominal_intervals(
    rate_bpm: float, pr_ms: float, qrs_ms: float, seed: int
) -> None:
    config = steady(rate_bpm=rate_bpm, pr_ms=pr_ms, qrs_ms=qrs_ms, qt_ms=360.0, seed=seed)
    simulation = simulate(config)
    beats = [b for b in whole_beats(simulation) if b.p_on_s is not None]
    assert len(beats) >= 4
    for beat in beats:
        assert beat.p_off_s - beat.p_on_s == pytest.approx(min(0.100, 0.8 * pr_ms / 1e3))
        measured = (
            beat.qrs_on_s - beat.p_on_s,
            beat.qrs_off_s - beat.qrs_on_s,
            beat.t_off_s - beat.qrs_on_s,
        )
        assert measured == pytest.approx((pr_ms / 1e3, qrs_ms / 1e3, 0.360), abs=1e-9)
    rr_s = np.diff([b.r_s for b in simulation.beats])
    np.testing.assert_allclose(rr_s, 60.0 / rate_bpm, rtol=0, atol=1e-9)


@given(SEEDS)
@settings(max_examples=15)
@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_the_markers_of_every_random_patient_are_in_order(rhythm: str, seed: int) -> None:
    simulation = simulate(random_config(np.random.default_rng(seed), rhythm, fs=100.0))
    beats = whole_beats(simulation)
    for beat in beats:
        markers = [beat.p_on_s, beat.p_off_s, beat.qrs_on_s, beat.r_s, beat.qrs_off_s, beat.t_off_s]
        present = [marker for marker in markers if marker is not None]
        assert present == sorted(present)
    for beat, following in pairwise(beats):
        assert beat.t_off_s < following.qrs_on_s
        assert following.p_on_s is None or following.p_on_s > beat.qrs_off_s


def test_a_p_wave_that_would_begin_within_the_last_qrs_is_moved_behind_it() -> None:
    # Premature by a third of 545 ms: a PR of 300 ms would begin 60 ms after a QRS onset.
    config = steady(rhythm="PAC", conduction="LBBB", rate_bpm=110.0, pr_ms=300.0, qt_ms=320.0)
    beats = simulate(config).beats
    assert any(b.kind == "PAC" for b in beats)
    for beat, following in pairwise(beats):
        assert following.p_on_s > beat.qrs_off_s


def test_the_r_marker_is_where_the_potentials_are_farthest_from_rest() -> None:
    simulation = simulate(steady(fs=4000.0))
    field = simulation.config.torso.lead_field()
    heart = np.linalg.pinv(field) @ simulation.potentials
    beat = whole_beats(simulation)[2]
    first, last = round(beat.qrs_on_s * 4000), round(beat.qrs_off_s * 4000)
    peak = first + int((heart[:, first:last] ** 2).sum(axis=0).argmax())
    # Two grids of 0.25 ms, shifted against each other.
    assert peak / 4000 == pytest.approx(beat.r_s, abs=0.0005)


@pytest.mark.parametrize(
    ("rate_bpm", "correction", "qt_ms"),
    [
        (60.0, "fridericia", 400.0),
        (60.0, "bazett", 400.0),
        (120.0, "fridericia", 317.5),  # 400 * 0.5^(1/3)
        (120.0, "bazett", 282.8),  # 400 * 0.5^(1/2)
    ],
)
def test_qt_follows_the_rate_by_the_named_formula(
    rate_bpm: float, correction: str, qt_ms: float
) -> None:
    config = SimulationConfig(rate_bpm=rate_bpm, qtc_ms=400.0, qt_correction=correction)
    assert config.intervals.qt_ms == pytest.approx(qt_ms, abs=0.05)


@given(st.sampled_from(list(TERRITORIES)), st.floats(-0.4, 0.5), SEEDS)
@settings(max_examples=40)
def test_the_st_segment_is_as_high_as_stated_in_its_index_lead_of_any_patient(
    territory: str, st_mv: float, seed: int
) -> None:
    torso = random_config(np.random.default_rng(seed)).torso
    simulation = simulate(steady(st_mv=st_mv, st_territory=territory, torso=torso, fs=1000.0))
    beat = whole_beats(simulation)[1]
    # From the J point to the beginning of the T wave, 38 % of QT after the QRS onset.
    t_on_s = beat.qrs_on_s + 0.38 * (beat.t_off_s - beat.qrs_on_s)
    segment = between(simulation, TERRITORIES[territory].index_lead, beat.qrs_off_s, t_on_s)
    assert segment.size > 40
    np.testing.assert_allclose(segment, st_mv, rtol=0, atol=1e-9)


def test_a_u_wave_stands_after_the_t_wave_as_high_as_stated() -> None:
    simulation = simulate(steady(u_mv=0.1, fs=1000.0))
    beat = whole_beats(simulation)[1]
    after = between(simulation, "V3", beat.t_off_s, beat.t_off_s + 0.2)
    assert after.max() == pytest.approx(0.1, abs=1e-3)


# Configurations ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nonsense", "message"),
    [
        ({"rhythm": "VF"}, 'rhythm is "VF", expected one of sinus, AF'),
        ({"conduction": "WPW"}, "expected one of normal"),
        ({"st_territory": "posterior"}, "expected one of anterior"),
        ({"pvc_site": "atrium"}, "expected one of outflow tract"),
        ({"qt_correction": "hodges"}, "expected one of fridericia, bazett"),
        ({"rate_bpm": 0.0}, "rate_bpm is 0 /min, expected 25 to 220 /min"),
        ({"rate_bpm": float("nan")}, "rate_bpm is nan"),
        ({"fs": 10.0}, "fs is 10 Hz, expected 50 to 16000 Hz"),
        ({"duration_s": 0.0}, "duration_s is 0 s"),
        ({"flutter_ratio": 1}, "flutter_ratio is 1, expected 2, 3, 4 or None"),
        ({"qrs_ms": 200.0, "qt_ms": 250.0}, "QT is 250 ms, expected at least QRS"),
        ({"rate_bpm": 150.0, "pr_ms": 300.0}, "PR is 300 ms, expected at most 260 ms"),
        ({"rhythm": "flutter", "conduction": "first-degree AV block"}, "flutter has no P waves"),
    ],
)
def test_an_impossible_patient_is_refused_with_value_and_limit(
    nonsense: dict[str, object], message: str
) -> None:
    with pytest.raises(SignalError, match=message):
        replace(SimulationConfig(), **nonsense)


def test_impossible_noise_and_torsos_are_refused() -> None:
    with pytest.raises(SignalError, match="wander_mv is -1 mV, expected 0 to 5 mV"):
        Noise(wander_mv=-1.0)
    with pytest.raises(SignalError, match=r"scale is 3, expected 0\.6 to 1\.6"):
        Torso(scale=3.0)
    with pytest.raises(SignalError, match='"V9" is none of RA'):
        Torso(electrode_shift_cm=(("V9", (0.0, 0.0, 0.0)),))
    with pytest.raises(SignalError, match="from the heart's centre"):
        Torso(electrode_shift_cm=(("V2", (0.5, 0.5, 8.5)),))


def test_random_patients_differ_in_build_axis_rate_and_noise() -> None:
    rng = np.random.default_rng(5)
    drawn = [random_config(rng, "sinus", "normal") for _ in range(40)]
    for quantity in (
        lambda c: c.rate_bpm,
        lambda c: c.axis_deg,
        lambda c: c.torso.scale,
        lambda c: c.torso.heart_turn_deg,
        lambda c: c.noise.wander_mv,
        lambda c: c.seed,
    ):
        assert len({quantity(config) for config in drawn}) > 30
    assert any(config.st_mv > 0 for config in drawn)


def test_the_catalogue_has_every_teaching_case_and_each_is_another_tracing() -> None:
    wanted = (
        "Normal sinus|tachycardia|bradycardia|fibrillation|flutter|First-degree|Left bundle|"
        "Right bundle|ventricular complexes|atrial complexes|Inferior ST|Anterior ST|pacing"
    )
    for words in wanted.split("|"):
        assert sum(words in title for title in CASES) == 1, words
    recordings = {title: simulate(case.config).recording() for title, case in CASES.items()}
    assert len({recording.digest for recording in recordings.values()}) == len(CASES)
    for title, recording in recordings.items():
        assert recording.source == f"simulated: {title}"
        assert (recording.duration_s, recording.leads) == (10.0, LEADS)
        assert CASES[title].title == title
        assert CASES[title].description.endswith(".")
