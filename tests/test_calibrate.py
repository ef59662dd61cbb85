"""Calibration finds what made the labels; thresholds are near the best and hold still."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from ecgcore.learn import calibrate, thresholds
from ecgcore.learn.calibrate import fit, fit_temperature, folds
from ecgcore.learn.datasets.labelled_set import LabelledSet
from ecgcore.learn.outcomes import outcome_of
from ecgcore.model.checkpoint import Model, load, save
from ecgcore.model.labels import CODES
from ecgcore.model.network import LeadAttentionNetwork, NetworkConfig
from ecgcore.model.predict import calibrated_logits, to_probabilities
from ecgcore.signal.preprocess import PreprocessingConfig

PREPROCESSING = PreprocessingConfig(fs=50.0, n_samples=200)
LABELS = ("NSR", "AF", "PVC")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def made(n, scale, bias, seed=0):
    """Logits and labels that are right after a scale and a bias per label."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, len(scale))) * 3
    truth = (rng.random(logits.shape) < sigmoid(np.array(scale) * logits + bias)).astype(float)
    return truth, logits, np.arange(n).astype(str)


def tiny_model(objective="multilabel") -> Model:
    torch.manual_seed(0)
    network = LeadAttentionNetwork(NetworkConfig(len(LABELS), stem_width=4, widths=(4, 4)))
    return Model(
        "tiny", "Tiny", "attention", objective, network.eval(), PREPROCESSING, LABELS,
        dict.fromkeys(LABELS, 0.5),
    )  # fmt: skip


def recordings(n=60, seed=0) -> LabelledSet:
    rng = np.random.default_rng(seed)
    labels = np.full((n, len(CODES)), np.nan, dtype=np.float32)
    kind = rng.integers(0, 3, n)
    for number, code in enumerate(LABELS):
        labels[:, CODES.index(code)] = kind == number
    return LabelledSet(
        x=rng.normal(size=(n, 12, PREPROCESSING.n_samples)).astype(np.float32),
        present=np.ones((n, 12), dtype=bool),
        labels=labels,
        record=np.arange(n).astype(str),
        patient=np.arange(n).astype(str),
        split=np.full(n, "val"),
        source=np.full(n, "made up"),
        chest_scale_known=np.ones(n, dtype=bool),
    )


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_the_temperature_that_made_the_labels_is_found(temperature):
    truth, logits, _ = made(20_000, [1 / temperature] * 2, [0, 0])
    # Standard error of the fitted temperature on 40,000 labels is below 2 %.
    assert fit_temperature(truth, logits, softmax=False) == pytest.approx(temperature, rel=0.06)


def test_the_temperature_of_a_softmax_is_found_too():
    rng = np.random.default_rng(0)
    logits = rng.normal(scale=3, size=(20_000, 4))
    p = np.exp(logits / 2)
    p /= p.sum(axis=1, keepdims=True)
    truth = np.eye(4)[(p.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)]
    assert fit_temperature(truth, logits, softmax=True) == pytest.approx(2, rel=0.06)


def test_with_many_recordings_each_label_gets_the_correction_that_made_it():
    truth, logits, patient = made(8_000, [0.5, 1.0, 0.8], [-1.0, 0.0, 0.7])
    found = fit(truth, logits, patient)
    # Standard errors at 8,000 recordings: 0.01 of the factors, 0.04 of the offsets.
    np.testing.assert_allclose(found.scale / found.temperature, [0.5, 1.0, 0.8], atol=0.05)
    np.testing.assert_allclose(found.bias, [-1.0, 0.0, 0.7], atol=0.16)


def test_labels_that_need_no_correction_get_next_to_none():
    truth, logits, patient = made(200, [1.0] * 6, [0.0] * 6, seed=4)
    found = fit(truth, logits, patient)
    # Unpulled, the standard error of an offset is about 0.25 at 200 recordings.
    assert np.abs(found.bias).max() < 0.5
    assert np.abs(found.scale - 1).max() < 0.25


@given(st.integers(0, 1_000))
@settings(max_examples=20)
def test_the_stronger_the_pull_the_smaller_the_correction(seed):
    truth, logits, _ = made(120, [0.6, 1.4], [0.8, -0.8], seed)
    sizes = []
    for strength in (0.3, 3.0, 30.0, np.inf):
        found = calibrate._fit(truth, logits, strength)
        sizes.append(np.hypot(found.scale - 1, found.bias))
    for weaker, stronger in pairwise(sizes):
        assert (stronger <= weaker + 1e-9).all()
    assert (sizes[-1] == 0).all()


def test_the_correction_of_a_label_is_where_the_gradient_vanishes():
    truth, logits, _ = made(150, [0.7], [0.5])
    scale, bias = calibrate._fit_label(truth[:, 0], logits[:, 0], 2.0)
    error = sigmoid(scale * logits[:, 0] + bias) - truth[:, 0]
    assert error @ logits[:, 0] + 2.0 * (scale - 1) == pytest.approx(0, abs=1e-6)
    assert error.sum() + 2.0 * bias == pytest.approx(0, abs=1e-6)


def test_a_label_that_is_read_backwards_is_flattened_and_never_turned_round():
    truth, logits, patient = made(400, [-1.0], [0.0])
    found = fit(truth, logits, patient)
    assert (found.scale >= calibrate.SMALLEST_SCALE).all()


def test_unknown_labels_and_few_patients_leave_the_temperature_alone():
    truth, logits, patient = made(20, [1.0, 1.0], [0.0, 0.0])
    truth[:, 1] = np.nan
    found = fit(truth, logits, patient)
    assert found.scale.tolist() == [1.0, 1.0]
    assert found.bias.tolist() == [0.0, 0.0]
    assert fit(np.full((4, 2), np.nan), logits[:4], patient[:4]).temperature == 1.0


def test_a_patient_lies_in_one_fold_and_folds_are_of_equal_size():
    patient = np.repeat(np.arange(53), 3).astype(str)
    fold = folds(patient)
    assert (fold.reshape(53, 3) == fold.reshape(53, 3)[:, [0]]).all()
    sizes = np.bincount(fold[::3])
    assert len(sizes) == calibrate.FOLDS
    assert np.ptp(sizes) <= 1


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_thresholds_give_up_no_more_f1_than_allowed(seed):
    """Every patient is drawn once on average, so the smoothed F1 is near the plain one."""
    rng = np.random.default_rng(seed)
    truth = (rng.random(300) < 0.3).astype(float)
    logits = 2 * truth - 1 + rng.normal(size=300)
    crossings = thresholds.crossings_of(logits, logits + rng.normal(size=(9, 300)))
    chosen = thresholds.best_threshold(truth, logits, crossings, np.arange(300).astype(str))
    p = sigmoid(logits)
    found = p[None] >= p[:, None]
    best = (2 * (found @ truth) / (found.sum(axis=1) + truth.sum())).max()
    # Smoothing may prefer another threshold by about the standard error of a difference, 0.02.
    assert f1_score(truth, p >= chosen) > best - thresholds.F1_TOLERANCE - 0.04


def test_a_threshold_avoids_the_crossings_where_f1_does_not_care():
    truth = np.repeat([1.0, 0.0], 50)
    logits = np.where(truth == 1, 4.0, -4.0) + np.linspace(-0.5, 0.5, 100)
    # Swaps carry half of the negatives up to +1; nothing lies between there and the positives.
    swapped = np.where(np.arange(100) % 2, np.maximum(logits, 1.0), logits)[None]
    patient = np.arange(100).astype(str)
    crossings = thresholds.crossings_of(logits, swapped)
    threshold = thresholds.best_threshold(truth, logits, crossings, patient)
    assert 1.0 + thresholds.MARGIN < np.log(threshold / (1 - threshold)) < 3.5
    still = thresholds.crossings_of(logits, logits[None])
    calm = thresholds.best_threshold(truth, logits, still, patient)
    assert calm == pytest.approx(0.5, abs=0.1)


def test_a_finding_that_nearly_everybody_has_keeps_a_threshold_that_can_deny_it():
    rng = np.random.default_rng(0)
    truth = (np.arange(300) >= 30).astype(float)
    logits = 3 * truth - 1 + 0.5 * rng.normal(size=300)
    crossings = thresholds.crossings_of(logits, logits[None] + rng.normal(size=(9, 300)))
    chosen = thresholds.best_threshold(truth, logits, crossings, np.arange(300).astype(str))
    denied = sigmoid(logits) < chosen
    assert denied[:30].mean() > 0.8


def test_two_positives_are_too_few_to_choose_a_threshold():
    truth, logits = np.array([1.0, 1, 0, 0]), np.array([2.0, 2, -2, -2])
    crossings = thresholds.crossings_of(logits, logits[None])
    patient = np.arange(4).astype(str)
    chosen = thresholds.best_threshold(truth, logits, crossings, patient)
    assert chosen == thresholds.DEFAULT_THRESHOLD


def test_the_whole_calibration_is_deterministic_and_survives_saving(tmp_path):
    data = recordings()
    model = calibrate.calibrated(tiny_model(), data)
    again = calibrate.calibrated(tiny_model(), data)
    assert (model.temperature, model.label_scale, model.label_bias, model.thresholds) == (
        again.temperature, again.label_scale, again.label_bias, again.thresholds,
    )  # fmt: skip
    save(model, tmp_path)
    loaded = load("tiny", tmp_path)
    assert loaded.label_bias == model.label_bias
    np.testing.assert_array_equal(
        outcome_of(loaded, data).probability, outcome_of(model, data).probability
    )


def test_calibration_never_changes_the_order_within_a_label():
    data = recordings()
    before = outcome_of(tiny_model(), data)
    after = outcome_of(calibrate.calibrated(tiny_model(), data), data)
    np.testing.assert_array_equal(
        before.probability.argsort(axis=0, kind="stable"),
        after.probability.argsort(axis=0, kind="stable"),
    )
    np.testing.assert_allclose(after.before, before.probability, rtol=1e-12)


def test_a_softmax_is_calibrated_by_one_temperature():
    model = calibrate.calibrated(tiny_model("softmax"), recordings())
    assert model.label_scale == model.label_bias == {}
    assert model.temperature != 1.0
    total = outcome_of(model, recordings()).probability.sum(axis=1)
    np.testing.assert_allclose(total, 1.0, rtol=1e-12)


def test_scale_and_bias_act_on_the_logit_after_the_temperature():
    model = replace(
        tiny_model(), temperature=2.0, label_scale={"AF": 3.0}, label_bias={"PVC": -1.0}
    )
    logits = np.array([[1.0, 2.0, 4.0]])
    np.testing.assert_allclose(calibrated_logits(model, logits), [[0.5, 3.0, 1.0]])
    np.testing.assert_allclose(to_probabilities(model, logits), sigmoid(np.array([[0.5, 3.0, 1]])))
