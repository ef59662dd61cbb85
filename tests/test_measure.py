"""Measurements: exchanges of electrodes change no interval, and simulated intervals are found."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_truth import QUIET, RESTLESS, patient, true_ms

from ecgcore.electrodes import ADJACENT_CHEST_SWAPS, EXACT_ROWS, REVERSED_CHEST, TABLE_ROWS
from ecgcore.leads import CHEST_LEADS, INDEX, LEADS
from ecgcore.recording import Recording
from ecgcore.signal.measure import MAX_MEASURED_S, MIN_INTERVAL_FS_HZ, measure
from ecgcore.signal.measurements import MEASUREMENTS, Measurements
from ecgcore.simulate import Noise, SimulationConfig, random_config, simulate

INTERVALS = ("pr_ms", "qrs_ms", "qt_ms")
SWAPS = [TABLE_ROWS[name] for name in EXACT_ROWS] + [*ADJACENT_CHEST_SWAPS.values(), REVERSED_CHEST]
# One sample of the 500 Hz at which everything is measured.
SAMPLE_MS = 2.0
seeds = st.integers(0, 2**31 - 1)


def recording_of(signal: np.ndarray, fs: float = 500.0) -> Recording:
    return Recording(signal, fs, "test")


def assert_every_absence_has_a_reason(found: Measurements) -> None:
    """And whatever has a value has none."""
    absent = {name for name in MEASUREMENTS if value_of(found, name) in (None, {})}
    assert set(found.reasons) == absent
    assert all(reason.endswith(".") for reason in found.reasons.values())


def value_of(found: Measurements, name: str) -> object:
    wave = name.removesuffix(" axis")
    return found.axes_deg[wave] if wave != name else getattr(found, name)


@settings(max_examples=15)
@given(seeds, st.sampled_from(SWAPS))
def test_exchanged_electrodes_change_no_interval_and_no_beat(seed, swap):
    simulation = simulate(random_config(np.random.default_rng(seed), duration_s=6.0))
    before, after = measure(simulation.recording()), measure(simulation.recording(swap))
    for name in ("heart_rate_bpm", *INTERVALS):
        one, other = getattr(before, name), getattr(after, name)
        assert (one is None) == (other is None), name
        # Rounding to float32 may move an edge by one sample.
        assert one is None or abs(one - other) <= SAMPLE_MS, name
    np.testing.assert_allclose(before.r_peaks_s, after.r_peaks_s, atol=SAMPLE_MS / 1000)


@settings(max_examples=10)
@given(seeds, st.permutations(range(12)), st.lists(st.booleans(), min_size=12, max_size=12))
def test_neither_order_nor_polarity_of_the_leads_changes_an_interval(seed, order, turned):
    simulation = simulate(random_config(np.random.default_rng(seed), duration_s=6.0))
    signal = simulation.leads()
    signs = np.where(turned, -1.0, 1.0)[:, None]
    before, after = (
        measure(recording_of(signal)),
        measure(recording_of(signs * signal[list(order)])),
    )
    for name in INTERVALS:
        assert getattr(before, name) == pytest.approx(getattr(after, name), abs=SAMPLE_MS), name


@settings(max_examples=10)
@given(seeds, st.floats(0.5, 3.0))
def test_the_gain_scales_voltages_and_leaves_intervals(seed, gain):
    simulation = simulate(patient(seed=seed, duration_s=6.0))
    signal = simulation.leads()
    before, after = measure(recording_of(signal)), measure(recording_of(gain * signal))
    for name in INTERVALS:
        # The limits below which a lead counts as flat do not scale: two samples at either end.
        assert getattr(after, name) == pytest.approx(getattr(before, name), abs=4 * SAMPLE_MS)
    assert after.cornell_mv == pytest.approx(gain * before.cornell_mv, rel=0.05)
    assert after.st_mv["V2"] == pytest.approx(gain * before.st_mv["V2"], abs=0.02 * gain)


@pytest.mark.parametrize("fs", [MIN_INTERVAL_FS_HZ, 250.0, 360.0, 1000.0, 4000.0])
def test_the_sampling_rate_does_not_matter(fs):
    reference = measure(simulate(patient(noise=Noise())).recording())
    found = measure(simulate(patient(noise=Noise(), fs=fs)).recording())
    for name in INTERVALS:
        # One sample at the slower of both rates, at either end.
        slack_ms = 2.0 * 1000.0 / min(fs, 500.0)
        assert getattr(found, name) == pytest.approx(getattr(reference, name), abs=slack_ms)
    assert found.heart_rate_bpm == pytest.approx(reference.heart_rate_bpm, rel=0.005)


def errors_ms(name: str, configs: list[SimulationConfig]) -> np.ndarray:
    errors = []
    for config in configs:
        simulation = simulate(config)
        value = getattr(measure(simulation.recording()), name)
        assert value is not None, f"{name} is absent in {config}"
        errors.append(value - true_ms(simulation, name))
    return np.array(errors)


def assert_within_tolerances(configs: list[SimulationConfig], names: tuple[str, ...]) -> None:
    """IEC 60601-2-25 for calibration ECGs: mean and standard deviation of the error, ms."""
    tolerances = {"pr_ms": (10.0, 8.0), "qrs_ms": (6.0, 5.0), "qt_ms": (12.0, 10.0)}
    for name in names:
        errors = errors_ms(name, configs)
        mean_ms, sd_ms = tolerances[name]
        assert abs(errors.mean()) <= mean_ms, (name, errors)
        assert errors.std() <= sd_ms, (name, errors)


@pytest.mark.parametrize("conduction", ["normal", "LBBB", "RBBB"])
def test_intervals_are_found_at_any_rate_at_which_p_and_t_stand_apart(conduction):
    configs = [
        patient(conduction=conduction, rate_bpm=rate, pr_ms=180 - rate / 3, seed=seed)
        for seed, rate in enumerate((40.0, 55.0, 70.0, 85.0, 100.0))
    ]
    assert_within_tolerances(configs, INTERVALS)


@pytest.mark.parametrize("conduction", ["normal", "LBBB", "RBBB"])
def test_qrs_and_qt_are_found_at_fast_rates_though_p_lies_on_t(conduction):
    configs = [
        patient(conduction=conduction, rate_bpm=rate, pr_ms=180 - rate / 3, seed=seed)
        for seed, rate in enumerate((115.0, 125.0, 135.0, 145.0, 155.0))
    ]
    assert_within_tolerances(configs, ("qrs_ms", "qt_ms"))


def test_where_p_hides_the_whole_descent_of_t_qt_is_absent():
    config = patient(rate_bpm=178.0, pr_ms=120.0)
    found = measure(simulate(config).recording())
    assert found.qrs_ms == pytest.approx(90.0, abs=8.0)
    assert found.qt_ms is None
    assert "hides" in found.reasons["qt_ms"]
    assert_every_absence_has_a_reason(found)


def test_intervals_are_found_with_any_axis_duration_and_noise():
    configs = [
        patient(axis_deg=axis, qrs_ms=qrs, qtc_ms=qtc, noise=noise, seed=seed)
        for seed, (axis, qrs, qtc, noise) in enumerate(
            [
                (-90.0, 70.0, 370.0, Noise()),
                (-45.0, 85.0, 400.0, QUIET),
                (0.0, 100.0, 430.0, RESTLESS),
                (60.0, 110.0, 460.0, Noise()),
                (100.0, 75.0, 480.0, QUIET),
                (150.0, 95.0, 390.0, RESTLESS),
            ]
        )
    ]
    assert_within_tolerances(configs, INTERVALS)


def test_first_degree_block_shows_its_long_pr():
    configs = [
        patient(conduction="first-degree AV block", pr_ms=pr, rate_bpm=62.0, seed=seed)
        for seed, pr in enumerate((220.0, 280.0, 340.0, 380.0))
    ]
    assert_within_tolerances(configs, ("pr_ms",))


def test_p_waves_half_as_steep_as_a_smooth_wide_qrs_are_no_beats():
    simulation = simulate(
        patient(conduction="paced", qrs_ms=176.0, rate_bpm=46.0, noise=Noise(), seed=2)
    )
    assert len(measure(simulation.recording()).beats) == len(simulation.beats)


def test_a_pacing_spike_is_no_part_of_the_qrs():
    configs = [
        patient(conduction="paced", qrs_ms=qrs, rate_bpm=rate, seed=seed)
        for seed, (qrs, rate) in enumerate([(140.0, 60.0), (150.0, 70.0), (160.0, 75.0)])
    ]
    assert_within_tolerances(configs, ("qrs_ms",))


@settings(max_examples=15)
@given(seeds)
def test_every_simulated_beat_is_found_once(seed):
    rng = np.random.default_rng(seed)
    # Premature ventricular beats, some of which are low and smooth, have a test of their own.
    rhythm, conduction = (
        rng.choice(["sinus", "AF", "flutter", "PAC"]),
        rng.choice(["normal", "RBBB"]),
    )
    simulation = simulate(random_config(rng, str(rhythm), str(conduction)))
    truth = np.array([beat.r_s for beat in simulation.beats])
    found = np.array(measure(simulation.recording()).r_peaks_s)
    # Complexes at the very ends may be cut, and those before the beginning may reach into it.
    ends = np.array([0.2, simulation.config.duration_s - 0.2])
    for one, others in ((truth, found), (found, truth)):
        inner = one[(one > ends[0]) & (one < ends[1])]
        assert all(np.abs(others - at).min() < 0.075 for at in inner)


@pytest.mark.parametrize("rate_bpm", [40.0, 75.0, 120.0, 180.0])
def test_rate_and_rr_statistics_equal_those_of_the_true_beats(rate_bpm):
    simulation = simulate(patient(rate_bpm=rate_bpm, pr_ms=110.0, rr_variation=0.05))
    found = measure(simulation.recording())
    rr_ms = 1000.0 * np.diff([beat.r_s for beat in simulation.beats])
    assert found.heart_rate_bpm == pytest.approx(60_000 / rr_ms.mean(), rel=0.01)
    assert found.rr.n == pytest.approx(rr_ms.size, abs=2)  # a beat at either end may be cut
    assert found.rr.sd_ms == pytest.approx(rr_ms.std(ddof=1), abs=6.0)
    assert found.rr.shortest_ms >= rr_ms.min() - 2 * SAMPLE_MS
    assert found.rr.longest_ms <= rr_ms.max() + 2 * SAMPLE_MS


@pytest.mark.parametrize("rate_bpm", [60.0, 95.0, 140.0])
@pytest.mark.parametrize("seed", range(4))
def test_no_pr_is_invented_in_atrial_fibrillation(rate_bpm, seed):
    simulation = simulate(patient(rhythm="AF", rate_bpm=rate_bpm, seed=seed))
    found = measure(simulation.recording())
    assert found.pr_ms is None
    assert found.axes_deg["P"] is None
    assert found.reasons["pr_ms"].startswith("No ")
    assert "P wave" in found.reasons["pr_ms"]
    assert all(beat.p_on_s is None for beat in found.beats)
    assert found.qrs_ms == pytest.approx(90.0, abs=8.0)
    # Fibrillatory waves of 0.03 mV blur the end of a T wave of 0.3 mV.
    assert found.qt_ms == pytest.approx(true_ms(simulation, "qt_ms"), abs=25.0)
    assert_every_absence_has_a_reason(found)


@pytest.mark.parametrize("ratio", [2, 4])
@pytest.mark.parametrize("atrial_bpm", [250.0, 300.0])
def test_flutter_waves_are_no_p_waves(ratio, atrial_bpm):
    config = patient(rhythm="flutter", flutter_ratio=ratio, atrial_bpm=atrial_bpm)
    found = measure(simulate(config).recording())
    assert found.pr_ms is None
    assert found.heart_rate_bpm == pytest.approx(atrial_bpm / ratio, rel=0.02)
    if ratio == 4:
        assert "flutter" in found.reasons["pr_ms"]


def test_a_p_wave_on_the_t_wave_gives_no_pr_and_qt_is_called_an_estimate():
    simulation = simulate(patient(rate_bpm=158.0, pr_ms=128.0))
    found = measure(simulation.recording())
    assert found.pr_ms is None
    # Where the leads move least, between T and P, is 18 ms before the true end.
    assert found.qt_ms == pytest.approx(true_ms(simulation, "qt_ms"), abs=12.0)
    assert any("estimated" in warning for warning in found.warnings)


@pytest.mark.parametrize("every", [2, 4])
@pytest.mark.parametrize("site", ["outflow tract", "left ventricle"])
def test_premature_ventricular_beats_stand_apart(every, site):
    simulation = simulate(patient(rhythm="PVC", ectopic_every=every, pvc_site=site, seed=1))
    found = measure(simulation.recording())
    kinds = {beat.r_s: beat.kind for beat in simulation.beats}
    for beat in found.beats:
        kind = kinds[min(kinds, key=lambda at: abs(at - beat.r_s))]
        assert beat.is_ectopic == (kind == "PVC")
    usual = ("sinus",)
    assert found.qrs_ms == pytest.approx(true_ms(simulation, "qrs_ms", usual), abs=8.0)
    assert found.pr_ms == pytest.approx(true_ms(simulation, "pr_ms", usual), abs=8.0)
    if every == 2:  # no two sinus beats in a row
        assert found.rr is None
        assert "ectopy" in found.reasons["rr"]
    else:
        assert found.rr.sd_ms < 60.0  # without the short and the compensatory intervals


def test_premature_atrial_beats_stand_apart():
    simulation = simulate(patient(rhythm="PAC", seed=2))
    found = measure(simulation.recording())
    early = [beat.r_s for beat in simulation.beats if beat.kind == "PAC"]
    ectopic = [beat.r_s for beat in found.beats if beat.is_ectopic]
    np.testing.assert_allclose(ectopic, early, atol=0.03)


def test_in_fibrillation_an_early_beat_of_the_usual_shape_is_not_ectopic():
    found = measure(simulate(patient(rhythm="AF", seed=3)).recording())
    assert not any(beat.is_ectopic for beat in found.beats)


@pytest.mark.parametrize(
    "signal",
    [
        np.zeros((12, 5000)),
        np.tile(np.sin(2 * np.pi * np.arange(5000) / 500.0), (12, 1)),
        np.random.default_rng(1).normal(0.0, 0.02, (12, 5000)),
        np.random.default_rng(2).normal(0.0, 1.0, (12, 5000)),
        np.random.default_rng(3).normal(0.0, 0.02, (12, 5000)).cumsum(axis=1),
    ],
    ids=["flat", "slow sine", "faint noise", "loud noise", "wander"],
)
def test_where_no_heart_beats_nothing_is_measured(signal):
    found = measure(recording_of(signal))
    assert found.beats == ()
    assert set(found.reasons) == set(MEASUREMENTS)
    assert "No QRS complexes" in found.reasons["qrs_ms"]


@settings(max_examples=20)
@given(seeds, st.floats(0.5, 6.0), st.sets(st.sampled_from(LEADS), max_size=11))
def test_every_absent_measurement_has_a_reason_and_no_other(seed, duration_s, missing):
    simulation = simulate(random_config(np.random.default_rng(seed), duration_s=duration_s))
    signal = simulation.leads()
    signal[[INDEX[lead] for lead in missing]] = np.nan
    assert_every_absence_has_a_reason(measure(recording_of(signal)))


@pytest.mark.parametrize("duration_s", [2.0, 2.5, 3.5])
def test_short_recordings_are_measured(duration_s):
    simulation = simulate(patient(duration_s=duration_s, seed=3))
    found = measure(simulation.recording())
    assert found.qrs_ms == pytest.approx(true_ms(simulation, "qrs_ms"), abs=8.0)
    assert found.heart_rate_bpm == pytest.approx(70.0, rel=0.06)


def test_one_beat_has_no_rate_and_no_proven_p_wave():
    found = measure(simulate(patient(rate_bpm=30.0, duration_s=2.2, seed=4)).recording())
    assert len(found.beats) == 1
    assert found.heart_rate_bpm is None
    assert found.pr_ms is None
    assert found.qtc_ms == {}
    assert_every_absence_has_a_reason(found)


def test_a_recording_below_two_seconds_is_refused_in_words():
    found = measure(simulate(patient(duration_s=1.9)).recording())
    assert found.reasons["qrs_ms"] == "No lead was recorded for 2 s."


def test_too_slow_sampling_leaves_rate_and_beats_only():
    found = measure(simulate(patient(noise=Noise(), fs=60.0)).recording())
    assert found.heart_rate_bpm == pytest.approx(70.0, rel=0.02)
    assert found.representative is None
    assert "60 Hz" in found.reasons["qrs_ms"]
    assert all(beat.qrs_on_s is None for beat in found.beats)
    assert_every_absence_has_a_reason(found)


def test_of_a_long_recording_the_first_part_is_measured():
    simulation = simulate(patient(duration_s=MAX_MEASURED_S + 20.0, fs=100.0, noise=Noise()))
    found = measure(simulation.recording())
    assert found.r_peaks_s[-1] < MAX_MEASURED_S
    assert "300 s of 320 s" in found.warnings[0]


@pytest.mark.parametrize("kept", [("II",), ("I", "II"), CHEST_LEADS, ("I", "II", "V1", "V5")])
def test_any_set_of_leads_is_measured(kept):
    simulation = simulate(patient())
    signal = np.full((12, 5000), np.nan)
    rows = [INDEX[lead] for lead in kept]
    signal[rows] = simulation.leads()[rows]
    found = measure(recording_of(signal))
    assert len(found.beats) == len(simulation.beats)
    # Fewer leads see less of the ends of the QRS.
    assert found.qrs_ms == pytest.approx(90.0, abs=14.0)
    assert set(found.st_mv) == set(kept)
    assert found.cornell_mv is None
    assert_every_absence_has_a_reason(found)


def test_columns_of_a_printed_page_are_measured_together():
    simulation = simulate(patient(seed=4))
    signal = simulation.leads()
    for lead in range(12):
        column = lead // 3
        signal[lead, : column * 1250] = signal[lead, (column + 1) * 1250 :] = np.nan
    found = measure(recording_of(signal))
    whole = measure(simulation.recording())
    assert len(found.beats) == len(whole.beats)
    for name in INTERVALS:
        # A quarter of the beats behind each lead, and of the leads behind each beat.
        assert getattr(found, name) == pytest.approx(getattr(whole, name), abs=10.0), name


def test_an_interval_with_a_gap_counts_for_nothing():
    simulation = simulate(patient(seed=4))
    signal = simulation.leads()
    signal[:, 1000:1900] = np.nan
    found = measure(recording_of(signal))
    assert found.heart_rate_bpm == pytest.approx(simulation.rate_bpm, rel=0.03)
    assert found.rr.longest_ms < 1000.0


@pytest.mark.parametrize("row", [INDEX["II"], INDEX["V1"], INDEX["V4"]])
def test_one_bad_contact_changes_no_interval(row):
    simulation = simulate(patient(seed=4))
    reference = measure(simulation.recording())
    signal = simulation.leads()
    signal[row] += np.random.default_rng(0).normal(0.0, 1.5, signal.shape[1])
    found = measure(recording_of(signal))
    for name in INTERVALS:
        assert getattr(found, name) == pytest.approx(getattr(reference, name), abs=6.0), name


@pytest.mark.parametrize(("territory", "lead"), [("anterior", "V3"), ("inferior", "III")])
@pytest.mark.parametrize("st_mv", [0.3, 0.1, -0.15])
def test_st_levels_equal_the_simulated_displacement(territory, lead, st_mv):
    found = measure(simulate(patient(st_mv=st_mv, st_territory=territory)).recording())
    # At J + 60 ms the T wave has hardly begun; the high-pass takes at most a tenth.
    assert found.st_mv[lead] == pytest.approx(st_mv, abs=0.04)


@pytest.mark.parametrize("axis_deg", [-80.0, -30.0, 0.0, 60.0, 100.0, 150.0, -150.0])
def test_the_qrs_axis_equals_the_simulated_one(axis_deg):
    found = measure(simulate(patient(axis_deg=axis_deg)).recording())
    # The standard torso's limb leads are no equilateral triangle.
    difference = (found.axes_deg["QRS"] - axis_deg + 180.0) % 360.0 - 180.0
    assert abs(difference) < 8.0


def test_exchanged_arms_mirror_the_axes():
    simulation = simulate(patient())
    before = measure(simulation.recording()).axes_deg
    after = measure(simulation.recording(TABLE_ROWS["LA/RA"])).axes_deg
    for wave in ("P", "QRS", "T"):
        mirrored = (180.0 - before[wave] - after[wave] + 180.0) % 360.0 - 180.0
        assert abs(mirrored) < 0.5, wave


def test_voltages_equal_those_read_off_the_leads():
    simulation = simulate(patient(noise=Noise(), beat_variation=0.0))
    beat = simulation.beats[3]
    first, last = round(500 * beat.qrs_on_s), round(500 * beat.qrs_off_s)
    leads = simulation.leads()
    qrs = dict(zip(LEADS, leads[:, first : last + 1] - leads[:, [first - 4]], strict=True))
    found = measure(simulation.recording())
    # The high-pass tilts the baseline of a QRS by less than 0.03 mV.
    cornell = qrs["aVL"].max() - qrs["V3"].min()
    sokolow = -qrs["V1"].min() + max(qrs["V5"].max(), qrs["V6"].max())
    assert found.cornell_mv == pytest.approx(cornell, abs=0.03)
    assert found.sokolow_lyon_mv == pytest.approx(sokolow, abs=0.03)


@pytest.mark.parametrize(("gain", "low"), [(1.0, False), (0.3, True)])
def test_low_voltage_is_told(gain, low):
    found = measure(recording_of(gain * simulate(patient(noise=Noise())).leads()))
    assert (found.low_voltage_limb, found.low_voltage_chest) == (low, low)


def test_the_representative_beat_is_the_median_of_the_usual_ones():
    simulation = simulate(patient(rhythm="PVC", beat_variation=0.0, noise=Noise(), seed=1))
    beat = measure(simulation.recording()).representative
    usual = [b for b in simulation.beats if b.kind == "sinus"]
    assert beat.n_beats in (len(usual), len(usual) - 1)
    assert (beat.signal.shape, beat.fs) == ((12, 750), 500.0)
    assert beat.marks.p_on < beat.marks.p_off < beat.marks.qrs_on < beat.r < beat.marks.qrs_off
    assert beat.marks.qrs_off < beat.marks.t_on < beat.marks.t_peak < beat.marks.t_off
    with pytest.raises(ValueError, match="read-only"):
        beat.signal[0, 0] = 1.0


def test_beats_carry_ordered_marks_that_lie_within_the_recording():
    found = measure(simulate(patient(noise=RESTLESS, seed=8)).recording())
    names = ("p_on_s", "p_off_s", "qrs_on_s", "r_s", "qrs_off_s", "t_on_s", "t_off_s")
    for beat in found.beats:
        marks = [getattr(beat, name) for name in names if getattr(beat, name) is not None]
        assert marks == sorted(marks)
        assert marks[0] >= 0.0
        assert marks[-1] < 10.0
    assert found.r_peaks_s == tuple(sorted(found.r_peaks_s))


def test_measuring_does_not_touch_the_recording():
    recording = simulate(patient()).recording()
    digest = recording.digest
    measure(recording)
    assert recording.digest == digest
    assert measure(replace(recording)).qt_ms == measure(recording).qt_ms
