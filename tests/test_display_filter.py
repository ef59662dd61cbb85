"""Filters for the eye keep what they promise: edges, phase, mains, gaps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.errors import SignalError
from ecgcore.leads import INDEX, LEADS
from ecgcore.recording import Recording
from ecgcore.signal.display_filter import (
    AS_RECORDED,
    BANDS_HZ,
    MAINS_HZ,
    DisplayFilter,
    filter_text,
    filtered,
)

FS = 1000.0
FILTERS = [DisplayFilter(band, mains) for band in BANDS_HZ for mains in MAINS_HZ]


def sine(hz: float, fs: float = FS, seconds: float = 20.0) -> Recording:
    t = np.arange(round(seconds * fs)) / fs
    return Recording(np.tile(np.sin(2 * np.pi * hz * t), (12, 1)), fs, "made")


def gain(wanted: DisplayFilter, hz: float, fs: float = FS, seconds: float = 20.0) -> float:
    """How tall a sine stays, from the middle third: ends are reflected."""
    before, after = sine(hz, fs, seconds), filtered(sine(hz, fs, seconds), wanted)
    middle = slice(before.n_samples // 3, 2 * before.n_samples // 3)
    one, other = (x.signal[0, middle].astype(float) for x in (before, after))
    return float(one @ other / (one @ one))


@pytest.mark.parametrize(
    ("band", "edge_hz", "seconds"),
    [("0.5-40", 0.5, 60), ("0.5-40", 40, 20), ("0.05-150", 150, 20), ("0.05-150", 0.05, 400)],
)
@pytest.mark.parametrize("fs", [360.0, 500.0, 1000.0])
def test_a_wave_at_the_edge_of_the_band_keeps_seven_tenths_of_its_height(
    band, edge_hz, seconds, fs
):
    # 3 dB; the reflected ends, a third of the stretch away, change it by less than a hundredth.
    assert gain(DisplayFilter(band), edge_hz, fs, seconds) == pytest.approx(
        1 / np.sqrt(2), rel=0.01
    )


@pytest.mark.parametrize(("band", "hz"), [("0.5-40", 5.0), ("0.05-150", 20.0)])
def test_a_wave_within_the_band_stays(band, hz):
    # Two passes of second order at an eighth of the upper, ten times the lower edge: below 0.001.
    assert gain(DisplayFilter(band), hz) == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize("mains_hz", [50, 60])
def test_mains_vanish_and_what_is_five_hertz_away_does_not(mains_hz):
    wanted = DisplayFilter("off", mains_hz)
    assert abs(gain(wanted, mains_hz)) < 0.01
    # Squared response of a notch 2 Hz wide, 5 Hz off its middle: (1 + (1 / 5)^2)^-1 = 0.96.
    assert gain(wanted, mains_hz - 5) > 0.95


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_no_wave_is_shifted(wanted):
    t = np.arange(10_000) / FS
    wave = np.exp(-0.5 * ((t - 5.0) / 0.03) ** 2)
    shown = filtered(Recording(np.tile(wave, (12, 1)), FS, "made"), wanted).signal[0].astype(float)
    around = np.arange(4900, 5101)
    # Symmetric about its peak, as it was, to single precision and what the ends add.
    np.testing.assert_allclose(shown[around], shown[around[::-1]], atol=2e-3)
    assert abs(int(shown.argmax()) - 5000) <= 1


def test_nothing_is_touched_where_nothing_is_filtered():
    recording = sine(10.0)
    assert filtered(recording, AS_RECORDED) is recording


@given(
    st.sampled_from([x for x in FILTERS if x != AS_RECORDED]),
    st.integers(0, 1999),
    st.integers(1, 900),
)
def test_gaps_stay_where_they_are_and_other_leads_are_as_without_them(wanted, start, length):
    generator = np.random.default_rng(1)
    signal = generator.normal(size=(12, 2000)).astype(np.float32)
    whole = filtered(Recording(signal, 500.0, "made"), wanted).signal
    signal[INDEX["V2"], start : start + length] = np.nan
    shown = filtered(Recording(signal, 500.0, "made"), wanted).signal
    np.testing.assert_array_equal(np.isnan(shown), np.isnan(signal))
    others = [row for row in range(12) if row != INDEX["V2"]]
    np.testing.assert_allclose(shown[others], whole[others], atol=1e-6)


def test_two_sides_of_a_long_gap_do_not_hear_of_each_other():
    signal = np.random.default_rng(2).normal(size=(12, 4000)).astype(np.float32)
    signal[:, 1900:2100] = np.nan
    changed = signal.copy()
    changed[:, 2100:] *= 2.0
    wanted = DisplayFilter("0.5-40", 50)
    one, other = (filtered(Recording(x, 500.0, "made"), wanted).signal for x in (signal, changed))
    np.testing.assert_array_equal(one[:, :1900], other[:, :1900])
    assert np.abs(one[:, 2100:] - other[:, 2100:]).max() > 0.01


@pytest.mark.parametrize("samples", [1, 2, 7])
def test_a_handful_of_samples_is_filtered_without_complaint(samples):
    signal = np.full((12, 600), np.nan, np.float32)
    signal[:, 100 : 100 + samples] = 1.0
    shown = filtered(Recording(signal, 500.0, "made"), DisplayFilter("0.05-150", 50)).signal
    assert np.isfinite(shown[:, 100 : 100 + samples]).all()


def test_a_constant_offset_goes_with_the_lowest_frequencies():
    shown = filtered(sine(10.0).with_signal(sine(10.0).signal + 4.0), DisplayFilter("0.5-40"))
    assert np.abs(shown.signal.mean(axis=1)).max() < 0.01
    assert len(shown.leads) == len(LEADS)


@pytest.mark.parametrize(
    ("wanted", "fs", "text"),
    [
        (AS_RECORDED, 500.0, "as recorded, no filter"),
        (DisplayFilter("0.5-40", 50), 500.0, "0.5-40 Hz, mains 50 Hz"),
        (DisplayFilter("0.05-150"), 500.0, "0.05-150 Hz"),
        (DisplayFilter("off", 60), 500.0, "no band filter, mains 60 Hz"),
        (DisplayFilter("0.05-150"), 250.0, "0.05 Hz up, 250 Hz sampling carries no 150 Hz"),
        (
            DisplayFilter("0.5-40", 60),
            100.0,
            "0.5-40 Hz, mains 60 Hz beyond the sampling rate",
        ),
    ],
)
def test_the_page_says_what_was_filtered_and_what_the_rate_cannot_carry(wanted, fs, text):
    assert filter_text(wanted, fs) == text


def test_an_edge_that_the_rate_cannot_carry_leaves_the_highest_waves_alone():
    assert gain(DisplayFilter("0.05-150"), 100.0, 250.0) == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize(("field", "value"), [("band", "1-30"), ("mains_hz", 400)])
def test_a_filter_that_is_not_offered_is_refused(field, value):
    with pytest.raises(SignalError, match=str(value)):
        DisplayFilter(**{field: value})
