"""Scenarios do to recordings what they say, and a model is measured under each of them."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.__main__ import main
from ecgcore.electrodes import ADJACENT_CHEST_SWAPS, TABLE_ROWS, apply_swap
from ecgcore.errors import DatasetError
from ecgcore.leads import INDEX, LEADS, derive_missing
from ecgcore.learn.datasets.labelled_set import LabelledSet
from ecgcore.learn.evaluate import (
    EvaluationSets,
    evaluate,
    evaluate_scenarios,
    measure,
    open_sets,
)
from ecgcore.learn.outcomes import logits_of, outcome_of, single_class
from ecgcore.learn.performance_text import described
from ecgcore.learn.reliability_svg import reliability_svg
from ecgcore.learn.scenarios import CHEST, FEWER, GROUPS, MISSING, ROW, SCENARIOS, Scenario
from ecgcore.model.baseline import BaselineConfig, FixedOrderNetwork
from ecgcore.model.checkpoint import Model, describe, save
from ecgcore.model.labels import CODES
from ecgcore.model.measured import read_measured, to_json
from ecgcore.model.network import LeadAttentionNetwork, NetworkConfig
from ecgcore.signal.preprocess import PreprocessingConfig

PREPROCESSING = PreprocessingConfig(fs=50.0, n_samples=200)
SMALL = {"stem_width": 4, "widths": (4, 4)}
scenarios = st.sampled_from(SCENARIOS)


def model(kind="attention", labels=CODES, objective="multilabel") -> Model:
    torch.manual_seed(1)
    network: torch.nn.Module
    if kind == "attention":
        network = LeadAttentionNetwork(NetworkConfig(len(labels), **SMALL))
    else:
        network = FixedOrderNetwork(BaselineConfig(len(labels), **SMALL))
    return Model(
        f"{kind}-tiny", "Tiny", kind, objective, network.eval(), PREPROCESSING, labels,
        dict.fromkeys(labels, 0.5),
    )  # fmt: skip


def recordings(n=24, source="made up", seed=0) -> LabelledSet:
    """Noise that obeys the lead algebra, with labels at random."""
    rng = np.random.default_rng(seed)
    x = np.full((n, 12, PREPROCESSING.n_samples), np.nan, dtype=np.float32)
    rows = [INDEX[lead] for lead in ("I", "II", *LEADS[6:])]
    x[:, rows] = rng.normal(scale=0.3, size=(n, 8, PREPROCESSING.n_samples))
    return LabelledSet(
        x=np.stack([derive_missing(signal)[0] for signal in x]),
        present=np.ones((n, 12), dtype=bool),
        labels=(rng.random((n, len(CODES))) < 0.4).astype(np.float32),
        record=np.array([f"{source}/{i}" for i in range(n)]),
        patient=np.array([f"{source}/{i // 2}" for i in range(n)]),
        split=np.full(n, "test"),
        source=np.full(n, source),
        chest_scale_known=np.ones(n, dtype=bool),
    )


@pytest.fixture(scope="module")
def measured():
    data = recordings()
    sets = EvaluationSets(recordings(seed=1), data, {"ludb": recordings(source="ludb", seed=2)})
    return {kind: measure(model(kind), sets) for kind in ("attention", "baseline")}


@given(scenarios)
def test_a_scenario_does_to_each_recording_what_its_swap_does(scenario):
    data = recordings(2)
    x, present = scenario.apply(data.x, data.present)
    kept = np.isin(LEADS, scenario.kept)
    np.testing.assert_array_equal(present, np.tile(kept, (2, 1)))
    for before, after in zip(data.x, x, strict=True):
        # Single precision of sums of three samples below 2 mV.
        np.testing.assert_allclose(after[kept], apply_swap(before, scenario.swap)[kept], atol=2e-6)
        assert (after[~kept] == 0).all()


@given(scenarios, st.sampled_from(LEADS))
def test_a_lead_that_needs_a_missing_one_is_missing_too(scenario, lead):
    data = recordings(1)
    present = data.present.copy()
    present[0, INDEX[lead]] = False
    wild = data.x.copy()
    wild[0, INDEX[lead]] += 100.0
    x, here = scenario.apply(data.x, present)
    other, _ = scenario.apply(wild, present)
    np.testing.assert_array_equal(x[here], other[here])


def test_the_scenarios_cover_rows_chest_cables_missing_and_fewer_leads():
    by_group = {group: [s for s in SCENARIOS if s.group == group] for group in GROUPS}
    assert [s.name for s in by_group[ROW]] == list(TABLE_ROWS)
    assert {s.name for s in by_group[CHEST]} == {*ADJACENT_CHEST_SWAPS, "V1/V3", "V1-V6 reversed"}
    assert [s.name for s in by_group[MISSING]] == list(LEADS)
    assert [len(s.kept) for s in by_group[FEWER]] == [6, 3, 2, 1, 1]
    assert len({(s.group, s.name) for s in SCENARIOS}) == len(SCENARIOS)


def test_exchanged_chest_leads_change_nothing_for_ours_and_something_for_the_control(measured):
    for name, score in measured["attention"].scenarios[CHEST].items():
        # Leads are added up in another order: single precision of a logit of size 1.
        assert score.largest_probability_change < 1e-6, name
        assert score.share_changed == score.macro_auc_change == 0
    assert measured["baseline"].scenarios[CHEST]["V1/V2"].largest_probability_change > 1e-4


def test_both_legs_exchanged_change_nothing_for_anybody(measured):
    for result in measured.values():
        assert result.swaps["LL/RL"].largest_probability_change < 1e-6
        assert result.swaps["LA/RA"].largest_probability_change > 1e-4


def test_shares_and_changes_are_those_of_the_probabilities_one_by_one():
    ours, data = model(), recordings()
    scenario = SCENARIOS[0]
    score = evaluate_scenarios(ours, data, [scenario])[scenario]
    before, after = outcome_of(ours, data), outcome_of(ours, data, scenario)
    differing = (before.reported != after.reported).any(axis=1)
    assert score.share_changed == pytest.approx(differing.mean())
    assert score.records == len(data)
    assert score.macro_auc_change == pytest.approx(
        score.macro_auc - evaluate(ours, data).macro_auc.value
    )


def test_recordings_that_a_scenario_leaves_without_a_lead_are_left_out():
    data = recordings(8)
    present = data.present.copy()
    present[:3, INDEX["V1"]] = False
    data = replace(data, present=present)
    alone = Scenario(FEWER, "V1", kept=("V1",))
    assert np.isnan(logits_of(model(), data, np.arange(8), alone)).all(axis=1).tolist() == [
        True, True, True, False, False, False, False, False,
    ]  # fmt: skip
    assert evaluate_scenarios(model(), data, [alone])[alone].records == 5


def test_batches_do_not_change_what_a_model_says():
    data = recordings(70)
    whole = logits_of(model(), data, np.arange(70))
    parts = [logits_of(model(), data, np.array([i])) for i in (0, 63, 64, 69)]
    # Batches of different size may round differently in single precision.
    np.testing.assert_allclose(whole[[0, 63, 64, 69]], np.concatenate(parts), atol=1e-5)


def test_a_softmax_is_judged_on_recordings_of_exactly_one_class():
    labels = np.full((5, len(CODES)), np.nan, dtype=np.float32)
    columns = [CODES.index(code) for code in ("NSR", "AF", "PVC")]
    labels[:, columns] = [[1, 0, 0], [1, 0, 1], [0, 1, 1], [0, 0, 0], [1, 0, np.nan]]
    truth, alone = single_class(labels, ("NSR", "AF", "PVC"))
    assert alone.tolist() == [True, True, False, False, False]
    np.testing.assert_array_equal(truth[:2], [[1, 0, 0], [0, 0, 1]])
    softmax = model(labels=("NSR", "AF"), objective="softmax")
    outcome = outcome_of(softmax, recordings())
    assert (outcome.reported.sum(axis=1) == 1).all()
    with pytest.raises(DatasetError, match="None of the 5 recordings states exactly one of"):
        evaluate(softmax, replace(recordings(5), labels=np.full_like(labels, np.nan)))


def test_what_was_measured_survives_being_written(measured):
    for result in measured.values():
        text = json.dumps(to_json(result), allow_nan=False)
        assert read_measured(json.loads(text)) == result


def test_an_older_description_without_intervals_can_be_read():
    older = {
        "test": {
            "records": 9,
            "macro_auc": {"value": 0.9, "low": 0.8, "high": 1.0},
            "labels": {
                "AF": {
                    "positives": 2, "known": 9, "sensitivity": 0.5, "specificity": None,
                    "auc": {"value": 0.9, "low": 0.8, "high": 1.0},
                }
            },
        },
        "swaps": {
            "LA/RA": {
                "macro_auc": 0.8, "macro_auc_change": -0.1, "share_changed": 0.2,
                "largest_probability_change": 0.3,
            }
        },
    }  # fmt: skip
    read = read_measured(older)
    assert read.test.labels["AF"].sensitivity.value == 0.5
    assert read.test.labels["AF"].f1.value is None
    assert read.swaps["LA/RA"].groups == {}
    assert read.validation is None
    assert read_measured({}).test is None


def test_a_reliability_drawing_holds_each_finding_once(measured):
    drawing = reliability_svg("A < B", measured["attention"].reliability)
    assert drawing.count("<polyline") == 2 * (len(CODES) + 4)  # and four groups
    assert "A &lt; B" in drawing
    assert drawing.rstrip().endswith("</svg>")


def test_a_folder_without_test_recordings_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(DatasetError, match="holds no test recordings"):
        open_sets(tmp_path, PREPROCESSING)
    with pytest.raises(DatasetError, match="There is no folder"):
        open_sets(tmp_path / "nowhere", PREPROCESSING)


def test_a_command_that_cannot_be_carried_out_says_why(tmp_path, capsys):
    empty = ["evaluate", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    assert main([*empty, "--weights", str(tmp_path)]) == 1
    assert "holds no model" in capsys.readouterr().err
    assert main([*empty, "--model", "nobody"]) == 1
    assert 'There is no model "nobody"' in capsys.readouterr().err


@pytest.fixture
def little_folder(shared, tmp_path):
    """The real folder in small: every sixteenth recording of the subset, and no other set."""
    folder = tmp_path / "data"
    folder.mkdir()
    table = (shared / "data" / "ptbxl_subset_labels.csv").read_text().splitlines()
    with np.load(shared / "data" / "ptbxl_subset.npz") as stored:
        parts = {key: stored[key] for key in stored.files}
    ids, signals = parts["ecg_id"], parts["signals"]
    splits = np.array([line.split(",")[1] for line in table[1:]])
    keep = np.flatnonzero(splits != "train")[::8]
    np.savez(
        folder / "ptbxl_subset.npz", **(parts | {"ecg_id": ids[keep], "signals": signals[keep]})
    )
    chosen = [table[0], *(table[i + 1] for i in keep)]
    (folder / "ptbxl_subset_labels.csv").write_text("\n".join(chosen) + "\n")
    return folder


def test_the_command_measures_writes_and_updates(little_folder, tmp_path, capsys):
    weights, out = tmp_path / "weights", tmp_path / "out"
    for kind in ("attention", "baseline"):
        save(replace(model(kind), name=f"{kind}-tiny"), weights, training={"records": 3})
    command = ["evaluate", "--data", little_folder, "--weights", weights, "--out", out]
    assert main([*map(str, command), "--json", "--update"]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["name"] for line in printed] == ["attention-tiny", "baseline-tiny"]
    for line in printed:
        name = line["name"]
        assert line == json.loads((out / f"{name}.json").read_text())
        assert describe(name, weights) == line
        assert (out / f"{name}-reliability.svg").is_file()
        assert set(line["metrics"]["swaps"]) == set(TABLE_ROWS)
        assert described(line).measured.test.records == line["metrics"]["test"]["records"]
    summary = (out / "summary.md").read_text()
    assert "baseline-tiny: AUC, change" in summary
    readme = (weights / "README.md").read_text()
    assert readme.index("## attention-tiny") < readme.index("## baseline-tiny")
    rows = [line for line in summary.splitlines() if line.startswith("| ")]
    assert all(line.startswith("| ") and line.endswith(" |") for line in rows)
