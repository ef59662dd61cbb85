"""Preparation treats each lead alone, keeps phase, and pads or truncates to the exact length."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.errors import SignalError
from ecgcore.leads import LEADS
from ecgcore.recording import Recording
from ecgcore.signal.preprocess import (
    PreprocessingConfig,
    band_pass,
    condition,
    fit_length,
    prepare,
    resample,
    scale_leads,
)

CONFIG = PreprocessingConfig()


def noisy_recording(*, seconds: float = 10, fs: float = 500, seed: int = 0) -> Recording:
    rng = np.random.default_rng(seed)
    return Recording(rng.normal(size=(12, round(seconds * fs))), fs, "test")


@given(order=st.permutations(range(12)), fs=st.sampled_from([100, 250, 360, 500, 1000]))
def test_permuting_the_leads_permutes_the_result_and_nothing_else(order, fs):
    recording = noisy_recording(fs=fs, seed=fs)
    straight = prepare(recording, CONFIG)
    permuted = prepare(recording.with_signal(recording.signal[order]), CONFIG)
    # The same numbers through the same filter; only the memory layout differs.
    np.testing.assert_allclose(permuted.x, straight.x[order], atol=1e-6)


@pytest.mark.parametrize("n", [1, 999, 1000, 1001, 5000])
def test_every_length_becomes_exactly_the_predetermined_one(n):
    signal = np.arange(1, n + 1, dtype=float)[None]
    fitted = fit_length(signal, 1000)
    assert fitted.shape == (1, 1000)
    np.testing.assert_array_equal(fitted[0, : min(n, 1000)], signal[0, :1000])
    assert not fitted[0, n:].any()


def test_a_short_recording_is_padded_with_zeros_at_its_end_and_says_so():
    prepared = prepare(noisy_recording(seconds=4), CONFIG)
    assert prepared.x.shape == (12, 1000)
    assert not prepared.x[:, 400:].any()
    assert prepared.x[:, :400].any(axis=1).all()
    assert "4.0 s" in prepared.warnings[0]
    assert "padded" in prepared.warnings[0]


def test_a_long_recording_is_truncated_and_says_so():
    recording = noisy_recording(seconds=30)
    prepared = prepare(recording, CONFIG)
    assert prepared.x.shape == (12, 1000)
    assert prepared.warnings == ("The model reads the first 10 s of 30.0 s.",)
    later = recording.signal.copy()
    later[:, 6000:] = 7.0  # beyond the window and the filter's margin
    np.testing.assert_array_equal(prepare(recording.with_signal(later), CONFIG).x, prepared.x)


def test_a_sample_or_two_missing_at_the_end_needs_no_sentence():
    assert prepare(noisy_recording(seconds=4998 / 500), CONFIG).warnings == ()


def test_a_recording_below_two_seconds_is_refused_with_its_length():
    with pytest.raises(SignalError, match=r"2 s without a gap \(the recording lasts 1\.00 s\)"):
        prepare(noisy_recording(seconds=1), CONFIG)


def test_the_filter_passes_the_band_without_shift_and_stops_the_rest():
    fs = 500
    t = np.arange(40 * fs) / fs
    middle = slice(10 * fs, -10 * fs)  # far from the ends, where a slow wave is cut off
    for hz, gain in ((5.0, 1.0), (0.05, 0.0), (100.0, 0.0)):
        wave = np.sin(2 * np.pi * hz * t)
        # Order 4 in both directions: an octave beyond an edge falls by 48 dB, here more.
        np.testing.assert_allclose(
            band_pass(wave, fs, CONFIG)[middle], gain * wave[middle], atol=0.01
        )


def test_low_rates_are_high_passed_only():
    wave = np.sin(2 * np.pi * 10 * np.arange(800) / 80)
    np.testing.assert_allclose(band_pass(wave, 80.0, CONFIG)[200:-200], wave[200:-200], atol=0.01)


@pytest.mark.parametrize("fs", [128.0, 250.0, 257.0, 300.0, 500.0, 1000.0])
def test_resampling_keeps_a_wave_in_place(fs):
    t, target = np.arange(round(10 * fs)) / fs, np.arange(1000) / 100
    resampled = resample(np.sin(2 * np.pi * 7 * t), fs, 100.0)
    # The polyphase filter's pass band ripples by about half a percent.
    np.testing.assert_allclose(
        resampled[100:900], np.sin(2 * np.pi * 7 * target)[100:900], atol=0.02
    )


@given(gain=st.floats(0.5, 50), lead=st.integers(0, 11))
def test_the_gain_of_a_lead_changes_nothing(gain, lead):
    x = np.random.default_rng(1).normal(size=(12, 1000)).astype(np.float32)
    louder = x.copy()
    louder[lead] *= np.float32(gain)
    np.testing.assert_allclose(scale_leads(louder, CONFIG), scale_leads(x, CONFIG), atol=1e-5)


def test_the_noise_of_a_flat_lead_is_not_blown_up():
    flat = np.full((12, 1000), 0.001)
    assert scale_leads(flat, CONFIG).max() == pytest.approx(0.001 / CONFIG.rms_floor)


def test_a_missing_lead_is_absent_not_flat():
    signal = noisy_recording().signal.copy()
    signal[LEADS.index("V3")] = np.nan
    prepared = prepare(Recording(signal, 500, "test"), CONFIG)
    assert [lead for lead, here in zip(LEADS, prepared.present, strict=True) if not here] == ["V3"]
    assert "V3" in prepared.warnings[0]


def test_short_gaps_are_bridged_and_long_ones_leave_the_longest_stretch():
    signal = noisy_recording().signal.copy()
    signal[0, 1000:1010] = np.nan  # 20 ms
    signal[1, 1000:2000] = np.nan  # 2 s: recorded are 0-2 s and 4-10 s
    x, present, _ = condition(Recording(signal, 500, "test"), CONFIG)
    assert present.all()
    assert np.isfinite(x).all()
    assert x[0, 150:250].any()
    assert not x[1, :400].any()
    assert x[1, 400:].any()


def test_leads_recorded_one_after_the_other_keep_their_place_in_time():
    signal = np.full((12, 5000), np.nan)
    source = noisy_recording().signal
    for column in range(4):
        rows, span = slice(3 * column, 3 * column + 3), slice(1250 * column, 1250 * (column + 1))
        signal[rows, span] = source[rows, span]
    prepared = prepare(Recording(signal, 500, "test"), CONFIG)
    assert prepared.present.all()
    for column in range(4):
        rows = prepared.x[3 * column : 3 * column + 3]
        inside = slice(250 * column, 250 * (column + 1))
        assert rows[:, inside].any()
        assert np.count_nonzero(rows) == np.count_nonzero(rows[:, inside])
