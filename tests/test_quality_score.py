"""The score of the quality gate: what gets worse lowers it, and how it is fitted and measured."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.errors import CheckpointError
from ecgcore.learn import quality_fit
from ecgcore.learn.quality_fit import Judgements
from ecgcore.learn.quality_groups import median_beat, same_person_groups, shift_of
from ecgcore.signal.quality_score import (
    FEATURES,
    WEIGHTS_FILE,
    ScoreWeights,
    features,
    load_weights,
)
from ecgcore.signal.quality_window import open_window
from ecgcore.simulate import SimulationConfig, simulate

F = len(FEATURES)


def judgements(n: int = 240, seed: int = 0) -> Judgements:
    """Recordings of two in a group whose first two features decide."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, F))
    acceptable = x[:, 0] + x[:, 1] + rng.normal(0, 0.3, n) < 1.0
    return Judgements(x, acceptable, np.arange(n) // 2)


@given(st.integers(0, F - 1), st.floats(0.0, 50.0), st.integers(0, 99))
def test_whatever_gets_worse_never_raises_the_shipped_score(feature, more, seed):
    weights = load_weights()
    start = weights.mean + weights.scale * np.random.default_rng(seed).normal(size=F)
    worse = start.copy()
    worse[feature] += more
    assert weights.probability(worse) <= weights.probability(start)


def test_an_unknown_feature_counts_as_that_of_an_average_recording():
    weights = load_weights()
    average = 1.0 / (1.0 + np.exp(-weights.intercept))
    assert weights.probability(np.full(F, np.nan)) == pytest.approx(average)


def test_only_the_leads_that_are_asked_for_are_summed_up():
    bad = {"measure": np.array([9.0, 1.0, 2.0, np.nan, *[5.0] * 8])}
    leads = np.array([False, True, True, True, *[False] * 8])
    np.testing.assert_array_equal(features(bad, leads), [2.0, 1.5])
    assert np.isnan(features(bad, np.zeros(12, dtype=bool))).all()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"features": ["worst: dead"]}, "made for other features"),
        ({"weight": [0.0]}, "does not hold 20 numbers"),
        ({"intercept": "high"}, "is damaged"),
        ({"mean": None}, "does not hold 20 numbers|is damaged"),
    ],
)
def test_damaged_weights_give_a_sentence(tmp_path, change, sentence):
    path = tmp_path / "score.json"
    path.write_text(json.dumps(json.loads(WEIGHTS_FILE.read_text()) | change))
    with pytest.raises(CheckpointError, match=sentence):
        load_weights(path)
    with pytest.raises(CheckpointError, match="is missing"):
        load_weights(tmp_path / "none.json")


def test_the_shipped_weights_state_how_they_were_measured():
    stated = json.loads(WEIGHTS_FILE.read_text())
    assert stated["metrics"]["auc"]["low"] >= 0.93
    assert stated["warn_below"] == pytest.approx(stated["metrics"]["warning"]["limit"])
    assert stated["refuse_below"] < stated["warn_below"]
    assert max(stated["weight"]) <= 0


def test_fitting_finds_what_decides_and_bounds_every_weight():
    weights = quality_fit.fit(judgements())
    assert (weights.weight <= 0).all()
    assert set(np.argsort(weights.weight)[:2]) == {0, 1}
    again = quality_fit.fit(judgements())
    np.testing.assert_array_equal(weights.weight, again.weight)


def test_fitting_stands_at_the_minimum_of_its_penalised_loss():
    """Central differences of the loss as it is written in textbooks, at the fitted weights."""
    data = judgements()
    found = quality_fit.fit(data)
    z = (data.x - found.mean) / found.scale

    def loss(weight: np.ndarray, intercept: float) -> float:
        p = 1.0 / (1.0 + np.exp(-(z @ weight + intercept)))
        likelihood = np.where(data.acceptable, np.log(p), np.log1p(-p)).sum()
        return float(-quality_fit.STRENGTH * likelihood + weight @ weight / 2.0)

    step = 1e-4
    for feature in range(F):
        move = step * np.eye(F)[feature]
        up = loss(found.weight + move, found.intercept)
        down = loss(found.weight - move, found.intercept)
        slope = (up - down) / (2 * step)
        # L-BFGS-B stops at a slope of 1e-5; at the bound the loss may fall beyond it only.
        if found.weight[feature] < 0:
            assert slope == pytest.approx(0.0, abs=2e-3)
        else:
            assert slope <= 2e-3


def test_no_group_stands_on_both_sides_of_a_split():
    data = judgements()
    tested = []
    for fitted, held_out in quality_fit.folds(data, seed=0):
        assert not set(data.group[fitted]) & set(data.group[held_out])
        tested += list(held_out)
    assert sorted(tested) == list(range(len(data.x)))


def test_limits_are_shares_of_the_acceptable_recordings():
    data = judgements()
    scores = np.linspace(0.0, 1.0, len(data.x))
    below = scores[data.acceptable] < quality_fit.warning_limit(data, scores)
    assert below.mean() == pytest.approx(quality_fit.WARNED_SHARE, abs=1 / data.acceptable.sum())


def test_recordings_of_one_heart_share_a_group_whatever_their_rhythm():
    hearts = [
        {"axis_deg": 60.0, "rate_bpm": 60.0},
        {"axis_deg": 60.0, "rate_bpm": 85.0, "seed": 5},
        {"axis_deg": -40.0, "conduction": "LBBB"},
        {"axis_deg": 100.0, "conduction": "RBBB"},
    ]
    windows = [
        open_window(simulate(SimulationConfig(fs=250.0, **heart)).recording()) for heart in hearts
    ]
    groups = same_person_groups([*map(median_beat, windows), None], shift_of(windows[0]))
    assert groups[0] == groups[1]
    assert len(set(groups)) == 4


def test_scores_rank_out_of_fold_what_can_be_told_and_nothing_else():
    data = judgements()
    told = quality_fit.out_of_fold(data, 0)
    assert np.corrcoef(told, data.acceptable)[0, 1] > 0.6
    shuffled = np.random.default_rng(1).permutation(data.acceptable)
    untold = quality_fit.out_of_fold(Judgements(data.x, shuffled, data.group), 0)
    # Of 240 recordings: four standard errors of a correlation.
    assert abs(np.corrcoef(untold, shuffled)[0, 1]) < 4 / np.sqrt(240)


def test_weights_that_are_zero_say_nothing():
    weights = ScoreWeights(np.zeros(F), np.ones(F), np.zeros(F), 0.0, 0.5, 0.1)
    assert weights.probability(np.full((3, F), 7.0)) == pytest.approx(0.5)
