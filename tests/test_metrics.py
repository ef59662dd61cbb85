"""Figures of merit agree with scikit-learn, with their definitions, and with simulated truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from ecgcore.learn import metrics, scoring
from ecgcore.learn.scoring import Outcome, score, score_change
from ecgcore.model.labels import CODES
from ecgcore.model.measured import HEADLINE_LABELS, Interval


@st.composite
def weighted_labels(draw):
    """Truth with both classes, probabilities with ties, and integer weights that keep both."""
    n = draw(st.integers(4, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    truth = (rng.random(n) < draw(st.floats(0.1, 0.9))).astype(float)
    truth[:2] = 0, 1
    weights = rng.integers(0, 4, n).astype(float)
    weights[:2] = 1
    return truth, rng.integers(0, 10, n) / 10, weights


def repeated(weights, *arrays):
    return [np.repeat(array, weights.astype(int)) for array in arrays]


@given(weighted_labels())
def test_each_figure_equals_the_reference_on_recordings_repeated_by_their_weights(drawn):
    truth, p, weights = drawn
    y, q = repeated(weights, truth, p)
    w = weights[None]
    reported = (p >= 0.5).astype(float)
    found = q >= 0.5
    pairs = {
        "auc": (metrics.auc(truth, p, w), reference.roc_auc_score(y, q)),
        "ap": (metrics.average_precision(truth, p, w), reference.average_precision_score(y, q)),
        "f1": (metrics.f1(truth, reported, w), reference.f1_score(y, found)),
        "recall": (metrics.sensitivity(truth, reported, w), reference.recall_score(y, found)),
        "specificity": (
            metrics.specificity(truth, reported, w),
            reference.recall_score(y, found, pos_label=0),
        ),
        "brier": (metrics.brier(truth, p, w), reference.brier_score_loss(y, q)),
    }
    for name, (ours, theirs) in pairs.items():
        assert ours[0] == pytest.approx(theirs, abs=1e-12), name


@given(weighted_labels())
def test_the_calibration_error_is_that_of_its_definition_bin_by_bin(drawn):
    truth, p, weights = drawn
    y, q = repeated(weights, truth, p)
    bins = np.minimum(np.round(q * 10), 9)  # probabilities here are whole tenths
    total = sum(
        (bins == number).sum() * abs(q[bins == number].mean() - y[bins == number].mean())
        for number in np.unique(bins)
    )
    ours = metrics.calibration_error(truth, p, weights[None])[0]
    assert ours == pytest.approx(total / len(y), abs=1e-9)


def test_probabilities_that_are_right_have_only_the_error_that_chance_gives():
    rng = np.random.default_rng(0)
    p = rng.beta(0.5, 2.0, 200)
    errors = [
        metrics.calibration_error((rng.random(200) < p).astype(float), p, np.ones((1, 200)))[0]
        for _ in range(300)
    ]
    floor = metrics.calibration_error_if_true(p, rng)
    # Two means over 300 and 200 draws: four standard errors of their difference.
    tolerance = 4 * np.std(errors) * np.sqrt(1 / 300 + 1 / 200)
    assert floor == pytest.approx(np.mean(errors), abs=tolerance)
    assert floor > 0.02


def test_the_points_of_a_reliability_curve_hold_every_recording_once():
    p = np.array([0.0, 0.05, 0.31, 0.39, 1.0])
    points = metrics.reliability(np.array([0.0, 0, 1, 0, 1]), p)
    assert [(x.records, x.probability, x.share_true) for x in points] == [
        (2, 0.025, 0.0),
        (2, 0.35, 0.5),
        (1, 1.0, 1.0),
    ]


def test_recordings_of_one_patient_are_drawn_together():
    patient = np.array(["b", "a", "b", "c", "b"])
    draws = np.concatenate(list(metrics.bootstrap_weights(patient, 50)))
    assert draws.shape == (50, 5)
    assert (draws[:, [0]] == draws[:, [2, 4]]).all()
    of_patients = draws[:, [0, 1, 3]]
    assert (of_patients.sum(axis=1) == 3).all()
    assert len(np.unique(of_patients, axis=0)) > 5


def test_the_bootstrap_does_not_depend_on_how_much_fits_into_memory(monkeypatch):
    patient = np.arange(20).astype(str)
    whole = np.concatenate(list(metrics.bootstrap_weights(patient, 30)))
    monkeypatch.setattr(metrics, "_MAX_WEIGHTS", 100)
    chunks = list(metrics.bootstrap_weights(patient, 30))
    assert len(chunks) == 6
    np.testing.assert_array_equal(np.concatenate(chunks), whole)


def outcome(truth, p, labels, patient=None, threshold=0.5) -> Outcome:
    patient = np.arange(len(truth)).astype(str) if patient is None else patient
    return Outcome(labels, truth, p, p, p >= threshold, patient)


def test_the_interval_covers_the_true_area():
    """95 % intervals of 60 normal samples per class; the true area is Phi(1 / sqrt 2) = 0.7602."""
    rng = np.random.default_rng(1)
    truth = np.repeat([1.0, 0.0], 60)[:, None]
    covered = []
    for _ in range(40):
        p = 1 / (1 + np.exp(-(rng.normal(size=120) + truth[:, 0])[:, None]))
        auc = score(outcome(truth, p, ("AF",))).labels["AF"].auc
        covered.append(auc.low <= 0.7602 <= auc.high)
    # 40 trials at 95 %: fewer than 33 has a probability below 0.001.
    assert sum(covered) >= 33


def test_patients_with_several_recordings_widen_the_interval():
    rng = np.random.default_rng(2)
    truth = np.repeat(rng.random(60) < 0.5, 5).astype(float)[:, None]
    p = np.clip(0.2 * truth + np.repeat(rng.random(60), 5)[:, None] * 0.8, 0, 1)
    patient = np.repeat(np.arange(60), 5).astype(str)
    alone = score(outcome(truth, p, ("AF",))).labels["AF"].auc
    together = score(outcome(truth, p, ("AF",), patient)).labels["AF"].auc
    assert alone.value == together.value
    # Five equal recordings hold no more than one: the width grows by about the root of five.
    ratio = (together.high - together.low) / (alone.high - alone.low)
    assert 1.6 < ratio < 3.0


def all_labels(n=150, seed=0):
    rng = np.random.default_rng(seed)
    truth = (rng.random((n, len(CODES))) < 0.3).astype(float)
    return truth, np.clip(0.3 * truth + 0.35 + 0.2 * rng.normal(size=truth.shape), 0, 1)


def test_means_run_over_the_labels_of_their_group_that_have_enough_positives():
    truth, p = all_labels()
    truth[:, CODES.index("AFL")] = 0
    truth[:, CODES.index("SB")] = np.nan
    scores = score(outcome(truth, p, CODES))
    headline = scores.groups["headline"]
    assert headline.labels == tuple(code for code in HEADLINE_LABELS if code != "SB")
    values = [scores.labels[code].auc.value for code in headline.labels]
    assert headline.auc.value == pytest.approx(np.mean(values))
    assert headline.auc.low < headline.auc.value < headline.auc.high
    assert scores.labels["AFL"].auc == Interval(None)
    assert scores.labels["SB"].known == 0
    assert scores.macro_auc == scores.groups["all"].auc
    for group in scores.groups.values():
        error = group.calibration_error
        assert error.low <= error.value <= error.high


def test_a_model_of_other_labels_has_only_the_groups_that_it_covers():
    truth, p = all_labels()
    scores = score(outcome(truth[:, :2], p[:, :2], ("NSR", "AF")))
    assert list(scores.groups) == ["all"]
    assert scores.groups["all"].labels == ("NSR", "AF")


def test_nothing_changes_when_nothing_happens():
    same = outcome(*all_labels(), CODES)
    change = score_change(same, same)
    assert change.macro_auc_change == change.share_changed == change.largest_probability_change == 0
    assert change.groups["headline"].auc_change == Interval(0.0, 0.0, 0.0)


def test_a_flipped_finding_counts_in_the_groups_that_hold_it():
    truth, p = all_labels()
    moved = p.copy()
    moved[:15, CODES.index("MI")] = np.where(p[:15, CODES.index("MI")] >= 0.5, 0.0, 1.0)
    change = score_change(outcome(truth, p, CODES), outcome(truth, moved, CODES))
    assert change.share_changed == pytest.approx(0.1)
    assert change.groups["superclasses"].share_changed.value == pytest.approx(0.1)
    assert change.groups["rhythm_conduction"].share_changed.value == 0
    assert change.groups["headline"].auc_change.value == 0
    assert change.largest_probability_change == pytest.approx(np.abs(moved - p).max())


def test_the_interval_of_a_change_is_that_of_paired_recordings():
    """Both sides share their noise, so the change is known better than either side."""
    truth, p = all_labels(seed=3)
    worse = np.clip(p - 0.02 * truth, 0, 1)
    all_of_them = score_change(outcome(truth, p, CODES), outcome(truth, worse, CODES)).groups["all"]
    width = all_of_them.auc_change.high - all_of_them.auc_change.low
    assert all_of_them.auc_change.value < 0
    assert width < 0.3 * (all_of_them.auc.high - all_of_them.auc.low)


def test_reliability_leaves_out_what_is_not_annotated():
    truth = np.array([[1.0], [0.0], [np.nan]])
    p = np.array([[0.9], [0.1], [0.5]])
    curve = scoring.reliability(outcome(truth, p, ("AF",)))["AF"]
    assert sum(point.records for point in curve.after) == 2


def test_the_reliability_of_a_group_pools_its_findings():
    truth, p = all_labels(40)
    curves = scoring.reliability(outcome(truth, p, CODES))
    assert list(curves) == ["all", "headline", "rhythm_conduction", "superclasses", *CODES]
    assert sum(point.records for point in curves["superclasses"].after) == 5 * 40
