"""The step of a recorder shows in its samples, and decimals give float32 numbers back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.io.stored_step import find_step, simplest_between
from ecgcore.io.write_csv import _shortest

# Rounding to float32 moves a value by at most this share of it.
FLOAT32 = 2.0**-24


def test_a_lead_with_an_offset_of_volts_still_shows_its_step():
    counts = 2500 + np.arange(400) % 77
    samples = (counts / 1000.0).astype(np.float32)
    found = find_step(samples, tolerance_mv=1e-7)
    assert simplest_between(1.0 / found.high, 1.0 / found.low) == 1000.0


def test_a_step_shows_though_no_two_samples_are_one_step_apart():
    counts = 10 + 9 * (np.arange(400) % 77)
    found = find_step((counts / 1000.0).astype(np.float32), tolerance_mv=1e-7)
    assert simplest_between(1.0 / found.high, 1.0 / found.low) == 1000.0


def test_one_sample_off_the_grid_is_not_overlooked_among_many():
    counts = np.arange(1000.0)
    counts[502] += 0.41421356
    samples = (counts / 1000.0).astype(np.float32)
    assert find_step(samples, tolerance_mv=2.0**-22) is None


@pytest.mark.parametrize("amplitude_mv", [1e-4, 1e-3, 1e-2, 1.0])
def test_filtered_samples_show_no_step(amplitude_mv: float):
    rng = np.random.default_rng(0)
    samples = (amplitude_mv * rng.normal(size=500)).astype(np.float32)
    assert find_step(samples, tolerance_mv=2.0**-21) is None


@given(st.lists(st.floats(-300.0, 300.0, width=32), min_size=1))
def test_decimals_stay_clear_of_the_next_float32(values: list[float]):
    samples = np.array(values, dtype=np.float32)
    exact = samples.astype(float)
    for text, value, sample in zip(_shortest(samples), exact, samples, strict=True):
        for parsed in (np.nextafter(float(text), -np.inf), np.nextafter(float(text), np.inf)):
            assert np.float32(parsed) == sample
        assert float(text) == pytest.approx(value, rel=FLOAT32, abs=1e-45)


def test_a_decimal_at_the_border_of_two_float32_numbers_is_written_out():
    # The first of 12 million random values whose shortest decimal is that close to the border.
    sample = np.float32(0.05579287)
    half_ulp = float(np.spacing(sample)) / 2.0
    assert 1.0 - abs(float(str(sample)) - float(sample)) / half_ulp < 2.0**-18
    (text,) = _shortest(np.array([sample]))
    assert abs(float(text) - float(sample)) < half_ulp / 20.0
