"""The pieces of measuring: QT correction, axes, rhythm, pacing spikes, edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_truth import patient

from ecgcore.signal.axis import frontal_axis_deg
from ecgcore.signal.edges import EdgeRule, edge_after, edge_before, mean_before, quietest_at
from ecgcore.signal.pacing import find_spikes, without_spikes
from ecgcore.signal.qtc import QTC_FORMULAS, corrected_qt
from ecgcore.signal.rhythm import ectopic, rate_bpm, rr_statistics
from ecgcore.signal.waveform import waveform
from ecgcore.simulate import simulate

FS = 500.0


@given(st.floats(200.0, 600.0))
def test_at_60_per_minute_no_formula_corrects_anything(qt_ms):
    assert corrected_qt(qt_ms, 1.0) == pytest.approx(dict.fromkeys(QTC_FORMULAS, qt_ms))


def test_corrected_qt_equals_values_worked_out_by_hand():
    # 75 per minute: RR 0.8 s, square root 0.8944, cube root 0.9283.
    found = corrected_qt(360.0, 0.8)
    expected = {"bazett": 402.5, "fridericia": 387.8, "framingham": 390.8, "hodges": 386.25}
    assert found == pytest.approx(expected, abs=0.05)


@given(st.floats(200.0, 600.0), st.floats(0.34, 0.99))
def test_every_formula_lengthens_the_qt_of_a_fast_heart(qt_ms, rr_s):
    assert min(corrected_qt(qt_ms, rr_s).values()) > qt_ms


@given(st.floats(-179.9, 180.0), st.floats(0.05, 3.0))
def test_the_axis_is_that_of_the_vector_that_the_leads_see(axis_deg, size_mv):
    shape = np.hanning(50)
    lead_i = size_mv * np.cos(np.deg2rad(axis_deg)) * shape
    lead_ii = size_mv * np.cos(np.deg2rad(axis_deg - 60.0)) * shape
    found = frontal_axis_deg(lead_i, lead_ii, FS)
    assert (found - axis_deg + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=1e-6)


def test_a_wave_that_cancels_and_one_that_is_not_there_have_no_axis():
    up_and_down = np.sin(np.linspace(0.0, 2.0 * np.pi, 51))
    assert frontal_axis_deg(up_and_down, up_and_down, FS) is None
    assert frontal_axis_deg(np.zeros(50), np.zeros(50), FS) is None


def test_the_rate_leaves_out_intervals_with_a_gap():
    r_s = np.array([0.0, 1.0, 2.0, 6.0, 7.0])
    unbroken = np.array([True, True, False, True])
    assert rate_bpm(r_s, unbroken) == pytest.approx(60.0)
    assert rate_bpm(r_s[:1], np.array([], dtype=bool)) is None


def test_rr_statistics_leave_out_the_intervals_of_ectopic_beats():
    r_s = np.array([0.0, 0.8, 1.7, 2.1, 3.4, 4.2])
    found = rr_statistics(r_s, np.ones(5, dtype=bool), np.array([0, 0, 0, 1, 0, 0], dtype=bool))
    assert (found.n, found.shortest_ms, found.longest_ms) == pytest.approx((3, 800.0, 900.0))
    assert found.mean_ms == pytest.approx(2500.0 / 3.0)
    assert found.sd_ms == pytest.approx(np.std([800.0, 900.0, 800.0], ddof=1))
    assert found.rmssd_ms == pytest.approx(100.0)  # 800 and 900 follow each other, no others
    assert rr_statistics(r_s, np.ones(5, dtype=bool), np.ones(6, dtype=bool)) is None


def test_one_interval_has_a_mean_and_no_spread():
    found = rr_statistics(np.array([0.0, 0.9]), np.array([True]), np.zeros(2, dtype=bool))
    assert (found.mean_ms, found.sd_ms, found.rmssd_ms) == (pytest.approx(900.0), None, None)


@pytest.mark.parametrize(
    ("early_s", "other", "wide_ms", "regular", "expected"),
    [
        (0.55, True, 90.0, True, True),  # another shape, early
        (0.85, True, 90.0, True, False),  # another shape only: perhaps noise
        (0.95, True, 150.0, False, True),  # wide, as an escape beat or a late ectopic one
        (0.55, False, 90.0, True, True),  # atrial
        (0.55, False, 90.0, False, False),  # fibrillation: early means nothing
        (0.72, False, 90.0, True, False),  # sinus arrhythmia
    ],
)
def test_which_beats_are_ectopic(early_s, other, wide_ms, regular, expected):
    r_s = np.cumsum([0.2, 0.85, 0.85, early_s, 0.85, 0.85])
    shapes, widths = np.zeros(6, dtype=bool), np.full(6, 90.0)
    shapes[3], widths[3] = other, wide_ms
    found = ectopic(r_s, shapes, widths, 90.0, regular=regular)
    assert found.tolist() == [False, False, False, expected, False, False]


def test_every_pacing_spike_is_found_and_cut_out():
    simulation = simulate(patient(conduction="paced", rate_bpm=70.0))
    found = waveform(simulation.recording()).spikes
    onsets = np.array([beat.qrs_on_s for beat in simulation.beats if beat.qrs_on_s is not None])
    starts = np.array([spike.start / FS for spike in found])
    assert starts.size == onsets.size
    # A spike is drawn from 5 to 2 ms before the QRS.
    assert np.all((onsets - starts > 0.0) & (onsets - starts < 0.010))


def test_no_spike_is_seen_in_hearts_that_are_not_paced():
    for conduction in ("normal", "LBBB", "RBBB"):
        assert waveform(simulate(patient(conduction=conduction)).recording()).spikes == ()


def test_cutting_spikes_out_leaves_all_other_samples():
    signal = simulate(patient(conduction="paced")).leads()
    spikes = find_spikes(signal)
    inside = np.zeros(signal.shape[1], dtype=bool)
    for spike in spikes:
        inside[spike.start : spike.end] = True
    assert spikes
    cut = without_spikes(signal, spikes)
    # The ends of each line are computed, to the last bit or two.
    np.testing.assert_allclose(cut[:, ~inside], signal[:, ~inside], rtol=0.0, atol=1e-12)
    steps = np.abs(np.diff(cut, axis=1)).max()
    assert steps < 0.5 * np.abs(np.diff(signal, axis=1)).max()


@given(st.lists(st.floats(0.0, 1.0), min_size=20, max_size=60), st.integers(1, 10))
def test_the_mean_before_is_a_mean_of_what_came_before(values, length):
    array = np.array(values)
    found = mean_before(array, length)
    at = array.size - 1
    assert found[at] == pytest.approx(array[at - length + 1 :].mean(), abs=1e-9)
    assert found.size == array.size


def wave(first: int, last: int, size: int = 200) -> np.ndarray:
    speed = np.full(size, 0.01)
    speed[first : last + 1] = 1.0
    return speed


@given(st.integers(40, 80), st.integers(90, 150))
def test_edges_enclose_a_wave_and_are_mirror_images(first, last):
    speed, rule = wave(first, last), EdgeRule(share=0.1, over_quiet=1.0, hold_s=0.01)
    middle = (first + last) // 2
    assert edge_before(speed, rule, 1.0, 0, middle) == first - 1
    assert edge_after(speed, rule, 1.0, middle, 199) == last + 1
    mirrored = speed[::-1].copy()
    assert edge_before(mirrored, rule, 1.0, 0, 199 - middle) == 199 - (last + 1)


def test_a_short_pause_within_a_wave_is_no_edge_and_a_long_one_is():
    speed = wave(50, 100)
    speed[70:74] = 0.01
    short, long = (EdgeRule(0.1, 1.0, hold_s) for hold_s in (0.004, 0.020))
    assert edge_before(speed, short, 1.0, 0, 80) == 73
    assert edge_before(speed, long, 1.0, 0, 80) == 49


def test_without_rest_the_edge_is_where_the_leads_move_least():
    speed = np.full(100, 0.8)
    speed[37] = 0.7
    assert edge_before(speed, EdgeRule(0.1, 0.0, 0.004), 1.0, 0, 60) == 37


def test_the_quietest_window_is_found():
    speed = np.ones(100)
    speed[40:55] = 0.1
    assert 40 <= quietest_at(speed, 0, 99) <= 45
