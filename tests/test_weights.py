"""The shipped weights are what their descriptions say, and hold what the method promises."""

from pathlib import Path

import pytest

from ecgcore.electrodes import EXACT_ROWS, TABLE_ROWS, apply_swap
from ecgcore.learn import weights_readme
from ecgcore.learn.datasets.sources import open_source
from ecgcore.learn.evaluate import evaluate, evaluate_scenarios
from ecgcore.learn.scenarios import ROW, SCENARIOS
from ecgcore.model.checkpoint import WEIGHTS, available, describe, load
from ecgcore.model.predict import predict
from ecgcore.model.prediction import compare
from ecgcore.simulate import SimulationConfig, simulate

OURS, BASELINE = "attention-findings", "baseline-findings"


@pytest.fixture(scope="module")
def validation_records(shared):
    """The unfiltered validation recordings: enough to recognise the weights, and quick to read."""
    folder = shared / "data" / "ptbxl_raw"
    return open_source("ptbxl", folder, load(OURS).preprocessing).of_split("val")


def rows_of(name, data):
    rows = [scenario for scenario in SCENARIOS if scenario.group == ROW]
    scores = evaluate_scenarios(load(name), data, rows)
    return {scenario.name: score for scenario, score in scores.items()}


def test_the_method_and_its_controls_are_shipped_for_both_objectives():
    assert set(available()) >= {OURS, BASELINE, "attention-rhythm", "baseline-rhythm"}


@pytest.mark.parametrize("row", EXACT_ROWS)
@pytest.mark.parametrize("name", [OURS, "attention-rhythm"])
def test_exchanging_the_arms_and_the_left_leg_has_no_effect_on_ours(name, row):
    recording = simulate(SimulationConfig(seed=4)).recording()
    swapped = recording.with_signal(apply_swap(recording.signal, TABLE_ROWS[row]))
    model = load(name)
    change = compare(predict(model, recording), predict(model, swapped))
    # Sums of float32 in another order.
    assert change.largest_probability_change < 1e-4
    assert describe(name)["metrics"]["swaps"][row]["share_changed"] == 0


def test_ours_meets_its_aim_on_the_nine_labels_and_the_rows_of_the_table():
    figures = describe(OURS)["metrics"]
    assert figures["test"]["groups"]["headline"]["auc"]["value"] >= 0.96
    assert min(row["macro_auc_change"] for row in figures["swaps"].values()) >= -0.01


def test_the_baseline_does_not_survive_exchanged_arms():
    assert describe(BASELINE)["metrics"]["swaps"]["LA/RA"]["macro_auc_change"] < -0.1


@pytest.mark.parametrize("name", [OURS, BASELINE])
def test_stated_figures_cover_every_label_row_and_set(name):
    stated = describe(name)
    figures = stated["metrics"]
    assert set(figures["swaps"]) == set(TABLE_ROWS)
    assert set(figures["external"]) == {"ludb", "cinc2021"}
    assert figures["test"]["records"] == 194
    for part in (figures["test"], figures["validation"], *figures["external"].values()):
        assert set(part["labels"]) == set(stated["labels"])
        assert part["macro_auc"]["low"] < part["macro_auc"]["value"] < part["macro_auc"]["high"]


@pytest.mark.parametrize("name", [OURS, BASELINE])
def test_the_weights_read_validation_recordings_as_they_claim(name, validation_records):
    """A subset of fold 9: its mean area must lie in the stated interval, widened for its size."""
    result = evaluate(load(name), validation_records)
    stated = describe(name)["metrics"]["validation"]["macro_auc"]
    assert result.macro_auc.value == pytest.approx(stated["value"], abs=0.12)
    assert result.labels["NORM"].auc.value > 0.85


def test_every_swap_of_the_law_leaves_the_shipped_network_unmoved(validation_records):
    """LL/RL is the identity under the potentials; the other rows move ours less than the peer."""
    ours = rows_of(OURS, validation_records)
    peer = rows_of(BASELINE, validation_records)
    assert ours["LL/RL"].largest_probability_change == 0
    for row in EXACT_ROWS:
        assert ours[row].share_changed < peer[row].share_changed


def test_the_readme_of_the_weights_is_written_from_them(tmp_path):
    for path in WEIGHTS.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    weights_readme.write(tmp_path)
    assert (tmp_path / "README.md").read_text() == Path(WEIGHTS / "README.md").read_text()
