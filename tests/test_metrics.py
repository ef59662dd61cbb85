"""Figures of merit agree with their definitions and with scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, roc_auc_score

from ecgcore.learn import metrics


@given(st.integers(0, 10_000), st.integers(2, 30), st.integers(2, 30))
def test_the_fast_area_under_roc_equals_the_reference(seed, positives, negatives):
    rng = np.random.default_rng(seed)
    truth = np.array([1.0] * positives + [0.0] * negatives)
    p = rng.integers(0, 10, len(truth)) / 10  # with ties
    assert metrics._rank_auc(truth, p) == pytest.approx(roc_auc_score(truth, p), abs=1e-12)


def test_unknown_labels_are_left_out():
    truth = np.array([1, 0, 1, 0, np.nan, np.nan])
    p = np.array([0.9, 0.1, 0.8, 0.2, 0.0, 1.0])
    assert metrics.auc(truth, p) == 1.0


def test_one_positive_gives_no_figure():
    assert metrics.auc(np.array([1.0, 0, 0]), np.array([0.9, 0.1, 0.2])) is None


def test_a_report_gives_intervals_around_its_figures():
    rng = np.random.default_rng(0)
    truth = (rng.random((300, 3)) < [0.5, 0.2, 0.0]).astype(float)
    p = np.clip(0.3 * truth + 0.35 + 0.2 * rng.normal(size=truth.shape), 0, 1)
    result = metrics.report(truth, p, np.full(3, 0.5), ("A", "B", "C"))
    for label in ("A", "B"):
        auc = result.labels[label].auc
        assert auc.low < auc.value < auc.high
        assert auc.high - auc.low < 0.2
    assert result.labels["C"].auc == metrics.Interval(None, None, None)
    assert result.labels["C"].sensitivity is None
    means = np.mean([result.labels[label].auc.value for label in ("A", "B")])
    assert result.macro_auc.value == pytest.approx(means)


def test_the_bootstrap_interval_covers_the_true_area():
    """95 % intervals of 60 normal samples per class; the true area is Phi(1 / sqrt 2) = 0.7602."""
    rng = np.random.default_rng(1)
    truth = np.repeat([1.0, 0.0], 60)[:, None]
    covered = []
    for _ in range(40):
        p = (rng.normal(size=120) + truth[:, 0])[:, None]
        auc = metrics.report(truth, p, np.zeros(1), ("A",)).labels["A"].auc
        covered.append(auc.low <= 0.7602 <= auc.high)
    # 40 trials at 95 %: fewer than 33 has a probability below 0.001.
    assert sum(covered) >= 33


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_no_threshold_has_a_better_f1_than_the_chosen_one(seed):
    rng = np.random.default_rng(seed)
    truth = (rng.random(60) < 0.3).astype(float)
    truth[:3] = 1
    p = np.clip(0.3 * truth + rng.random(60) * 0.7, 0, 1)
    chosen = metrics.choose_thresholds(truth[:, None], p[:, None])[0]
    best = max(f1_score(truth, p >= t, zero_division=0) for t in p)
    assert f1_score(truth, p >= chosen) == pytest.approx(best)


def test_two_positives_are_too_few_to_choose_a_threshold():
    truth = np.array([1.0, 1, 0, 0])[:, None]
    assert metrics.choose_thresholds(truth, truth)[0] == metrics.DEFAULT_THRESHOLD


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_the_temperature_that_made_the_labels_is_found(temperature):
    rng = np.random.default_rng(0)
    logits = rng.normal(scale=3, size=(20_000, 2))
    truth = (rng.random(logits.shape) < 1 / (1 + np.exp(-logits / temperature))).astype(float)
    # Standard error of the fitted temperature on 40,000 labels is below 2 %.
    found = metrics.fit_temperature(truth, logits, softmax=False)
    assert found == pytest.approx(temperature, rel=0.06)


def test_the_temperature_of_a_softmax_is_found_too():
    rng = np.random.default_rng(0)
    logits = rng.normal(scale=3, size=(20_000, 4))
    p = np.exp(logits / 2)
    p /= p.sum(axis=1, keepdims=True)
    truth = np.eye(4)[(p.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)]
    assert metrics.fit_temperature(truth, logits, softmax=True) == pytest.approx(2, rel=0.06)
