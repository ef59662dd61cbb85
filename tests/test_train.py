"""Training learns, is reproducible, survives what is not finite, and keeps what it is told to."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_run import LABELS, PREPROCESSING, tiny, trainer
from torch import nn

from ecgcore.errors import CheckpointError, TrainingError
from ecgcore.learn.checkpoints_used import start_from, teacher_targets
from ecgcore.learn.config import RunConfig
from ecgcore.learn.datasets.labelled_set import LabelledSet, read_listing
from ecgcore.learn.datasets.recordings import Entry, Listing
from ecgcore.learn.datasets.simulated import labels_of
from ecgcore.learn.optimise import make_optimiser, update_average
from ecgcore.learn.run_folder import METRICS, read_folder
from ecgcore.learn.scaling import scaled
from ecgcore.learn.schedule import average_decay, learning_rate_share
from ecgcore.learn.state import STATE
from ecgcore.learn.train import Trainer, fresh_network
from ecgcore.learn.training_data import Batches, Targets, TrainingData, open_data
from ecgcore.model.checkpoint import Model, parameters_of, save
from ecgcore.model.labels import CODES
from ecgcore.model.network import NetworkConfig
from ecgcore.signal.preprocess import scale_leads
from ecgcore.simulate import SimulationConfig, simulate


@pytest.fixture(scope="module")
def data(training_cache: Path) -> TrainingData:
    return open_data(tiny(training_cache))


@pytest.fixture
def make(training_cache: Path, data: TrainingData, tmp_path: Path) -> Callable[..., Trainer]:
    """A trainer of the tiny run, fields of its training changed."""

    def build(folder: Path = tmp_path, data: TrainingData = data, **training: object) -> Trainer:
        return trainer(tiny(training_cache, **training), data, folder)

    return build


def weights_of(network: nn.Module) -> dict[str, torch.Tensor]:
    return parameters_of(network)


def assert_same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> None:
    assert first.keys() == second.keys()
    assert [key for key in first if not first[key].equal(second[key])] == []


def spoiled(data: TrainingData, share: float) -> TrainingData:
    """The same recordings, some of which hold a sample that is not a number."""
    recordings = data.train.recordings
    x = recordings.signals(np.arange(len(recordings))).copy()
    x[: round(share * len(x)), 3, 100] = np.nan
    columns = {name: getattr(recordings, name) for name in ("present", "labels", "record")}
    columns |= {name: getattr(recordings, name) for name in ("patient", "split", "source")}
    held = LabelledSet(x=x, chest_scale_known=recordings.chest_scale_known, **columns)
    return replace(data, train=Targets(held, data.train.values))


def slow_and_fast(n: int = 24) -> TrainingData:
    """Half slow, half fast: the easiest real difference between recordings."""
    entries = []
    for number in range(n):
        patient = SimulationConfig(
            rate_bpm=140.0 if number % 2 else 45.0,
            pr_ms=120.0,
            duration_s=5.0,
            fs=250.0,
            seed=number,
        )
        simulation = simulate(patient)
        entries.append(Entry(str(number), "train", simulation.recording(), labels_of(simulation)))
    held = read_listing(Listing("simulated", n, entries), PREPROCESSING)
    values = held.labels[:, [CODES.index(label) for label in LABELS]]
    return TrainingData(Targets(held, values), Targets(held, values), ())


def test_training_learns_what_can_be_learned(make: Callable[..., Trainer]):
    run = make(data=slow_and_fast(), epochs=8, batch=8, learning_rate=2e-2, ema=0.5)
    assert run.fit() == "finished"
    epochs = read_folder(run.writer.folder).epochs
    assert [epoch.epoch for epoch in epochs] == list(range(1, 9))
    assert epochs[-1].loss < 0.7 * epochs[0].loss
    assert epochs[-1].validation_auc["STach"] == epochs[-1].validation_auc["SB"] == 1.0
    assert epochs[-1].validation_auc["AF"] is None  # nobody has it
    assert epochs[-1].learning_rate < epochs[1].learning_rate


def test_the_same_seed_gives_the_same_weights(make: Callable[..., Trainer], tmp_path: Path):
    runs = [make(epochs=1) for _ in range(2)]
    for run in runs:
        run.fit()
    assert_same(weights_of(runs[0].kept), weights_of(runs[1].kept))
    other = runs[0].config
    different = trainer(replace(other, seed=1), runs[0].data, tmp_path)
    different.fit()
    assert not different.kept.classifier.weight.equal(runs[0].kept.classifier.weight)


def test_a_run_stopped_at_any_step_goes_on_to_the_same_weights(
    training_cache: Path, data: TrainingData, tmp_path: Path
):
    config = tiny(training_cache, keep="best")
    config = replace(config, network=replace(config.network, dropout=0.3))
    folders = [tmp_path / name for name in ("whole", "parts")]
    for folder in folders:
        folder.mkdir()
    whole = trainer(config, data, folders[0])
    whole.fit()
    steps = iter(range(1000))
    outcome, legs = "stopped", 0
    while outcome == "stopped":
        part = trainer(config, data, folders[1], asked_to_stop=lambda: next(steps) % 7 == 6)
        part.resume(folders[1])
        outcome, legs = part.fit(), legs + 1
    assert legs > 2
    assert_same(weights_of(whole.kept), weights_of(part.kept))
    assert_same(weights_of(whole.state.network), weights_of(part.state.network))
    lines = [(folder / METRICS).read_text().splitlines() for folder in folders]
    timed = {"seconds", "records_per_s"}
    first, second = (
        [{k: v for k, v in json.loads(line).items() if k not in timed} for line in each]
        for each in lines
    )
    assert first == second


def test_a_step_that_is_not_finite_is_left_out(make: Callable[..., Trainer], data: TrainingData):
    run = make(data=spoiled(data, 1 / len(data.train)), epochs=2, batch=8)
    assert run.fit() == "finished"
    assert run.state.position.skipped == 2  # the one batch of each epoch that holds it
    assert all(bool(value.isfinite().all()) for value in weights_of(run.kept).values())
    assert all(bool(value.isfinite().all()) for value in weights_of(run.state.network).values())


def test_too_many_steps_that_are_not_finite_end_the_run(
    make: Callable[..., Trainer], data: TrainingData
):
    run = make(data=spoiled(data, 1.0), max_bad_steps=3)
    with pytest.raises(TrainingError, match="3 steps in a row, up to step 3 of epoch 1"):
        run.fit()
    assert not (run.writer.folder / STATE).exists()  # nothing from after


def test_early_stopping_keeps_the_best_epoch(make: Callable[..., Trainer]):
    # So fast that it gets worse; how soon hangs on how the processor rounds.
    run = make(epochs=40, learning_rate=0.3, patience=2, keep="best")
    run.fit()
    epochs = read_folder(run.writer.folder).epochs
    curve = [epoch.validation_macro_auc for epoch in epochs]
    best = int(np.argmax(curve)) + 1
    assert len(curve) == best + 2 < 40
    assert run.state.position.best_epoch == best
    assert not run.kept.classifier.weight.equal(run.state.average.classifier.weight)


def checkpoint(config: RunConfig, folder: Path, name: str = "first") -> Model:
    torch.manual_seed(5)
    model = Model(
        name, name, config.kind, config.objective, fresh_network(config).eval(),
        config.preprocessing, config.labels, dict.fromkeys(config.labels, 0.5),
    )  # fmt: skip
    save(model, folder)
    return model


def test_a_run_starts_from_all_weights_but_the_classifier(training_cache: Path, tmp_path: Path):
    config = tiny(training_cache)
    stored = checkpoint(replace(config, labels=("AF", "PVC")), tmp_path).network.state_dict()
    network = fresh_network(config)
    classifier = network.classifier.weight.clone()
    start_from(network, str(tmp_path / "first.safetensors"), config)
    assert network.classifier.weight.equal(classifier)
    for key, value in network.state_dict().items():
        assert key.startswith("classifier") or value.equal(stored[key]), key


def test_a_classifier_of_the_same_labels_is_taken_over(training_cache: Path, tmp_path: Path):
    config = tiny(training_cache)
    stored = checkpoint(config, tmp_path).network.state_dict()
    torch.manual_seed(6)
    network = fresh_network(config)
    assert not network.classifier.weight.equal(stored["classifier.weight"])
    start_from(network, str(tmp_path / "first"), config)
    assert network.classifier.weight.equal(stored["classifier.weight"])


def test_a_network_of_another_shape_is_no_start(training_cache: Path, tmp_path: Path):
    checkpoint(tiny(training_cache), tmp_path)
    other = replace(tiny(training_cache), network=NetworkConfig(6, stem_width=4, widths=(4, 8)))
    with pytest.raises(TrainingError, match="another shape"):
        start_from(fresh_network(other), str(tmp_path / "first"), other)
    with pytest.raises(CheckpointError, match='no model "second"'):
        start_from(fresh_network(other), str(tmp_path / "second"), other)


def test_a_teacher_says_its_probabilities_and_nothing_about_other_labels(
    training_cache: Path, data: TrainingData, tmp_path: Path
):
    config = tiny(training_cache, teachers=(str(tmp_path / "first"),))
    model = checkpoint(replace(config, labels=("AF", "PVC")), tmp_path)
    recordings = data.train.recordings
    taught = teacher_targets(config, recordings, torch.device("cpu"))
    x = scale_leads(recordings.signals(np.arange(5)), PREPROCESSING)
    expected = model.network(torch.from_numpy(x))[0].sigmoid().detach().numpy()
    columns = [LABELS.index("AF"), LABELS.index("PVC")]
    np.testing.assert_allclose(taught[:5, columns], expected, atol=1e-5)
    assert np.isnan(np.delete(taught, columns, axis=1)).all()


def test_a_pupil_comes_to_say_what_its_teacher_says(
    training_cache: Path, data: TrainingData, tmp_path: Path
):
    config = tiny(training_cache, teachers=(str(tmp_path / "first"),), teacher_weight=1.0, epochs=4)
    checkpoint(config, tmp_path)
    run = trainer(config, data, tmp_path)
    run.fit()
    taught = run.teacher.mean(dim=0)
    torch.manual_seed(7)
    x = torch.from_numpy(scale_leads(data.train.recordings.signals(np.arange(64)), PREPROCESSING))
    said = run.kept(x)[0].sigmoid().mean(dim=0)
    labels = torch.from_numpy(np.nanmean(data.train.values, axis=0))
    assert (said - taught).abs().mean() < 0.3 * (labels - taught).abs().mean()


def test_training_scales_leads_exactly_as_prediction_does(data: TrainingData):
    x = data.train.recordings.signals(np.arange(3)) * np.float32(0.3)
    x[0, 0] = 0
    x[1, :, 200:] = 0  # padding
    np.testing.assert_allclose(
        scaled(torch.from_numpy(x), PREPROCESSING).numpy(),
        scale_leads(x, PREPROCESSING),
        atol=1e-5,
    )


def test_the_learning_rate_rises_in_a_line_and_falls_to_zero():
    shares = [learning_rate_share(step, 200, 0.1) for step in range(200)]
    np.testing.assert_allclose(np.diff(shares[:20]), 1 / 20)
    assert (np.diff(shares[21:]) < 0).all()
    assert max(shares) > 0.99
    assert 0 < shares[-1] < 1e-4
    assert learning_rate_share(0, 200, 0.0) > 0.99


def test_the_average_forgets_the_random_start():
    network = nn.Linear(1, 1, bias=False)
    average = nn.Linear(1, 1, bias=False)
    nn.init.constant_(average.weight, 1e3)
    nn.init.constant_(network.weight, 2.0)
    for step in range(50):
        update_average(average, network, average_decay(step, 0.995))
    # With the final decay alone, 0.995 ** 50 = 78 % of the start would be left.
    assert average.weight.item() == pytest.approx(2.0, abs=0.01)


def test_only_matrices_are_decayed(training_cache: Path):
    config = tiny(training_cache)
    network = fresh_network(replace(config, network=replace(config.network, heads=2)))
    decayed, others = make_optimiser(network, 1e-3, 0.05).param_groups
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    assert decayed["weight_decay"] == 0.05
    assert others["weight_decay"] == 0
    kinds = {names[id(p)].rsplit(".", 1)[0].rsplit(".", 1)[-1][:4] for p in decayed["params"]}
    assert kinds == {"conv", "clas"}
    assert "attention.k" in {names[id(p)] for p in others["params"]}
    assert len(names) == len(decayed["params"]) + len(others["params"])


def test_the_parts_of_all_processes_make_the_batches_of_one(data: TrainingData):
    alone = list(Batches(data.train, 16, seed=1).of_epoch(3))
    parts = [list(Batches(data.train, 16, 1, rank, 3).of_epoch(3)) for rank in range(3)]
    seen = [batch.indices.tolist() for batch in alone]
    assert sorted(index for each in seen for index in each) == list(range(len(data.train)))
    assert max(map(len, seen)) - min(map(len, seen)) <= 1
    for number, batch in enumerate(alone):
        joined = torch.cat([part[number].x for part in parts])
        assert joined.equal(batch.x)
        assert [part[number].n for part in parts] == [batch.n] * 3
    later = Batches(data.train, 16, seed=1).of_epoch(3, first=4)
    assert [batch.indices.tolist() for batch in later] == seen[4:]
    assert [b.indices.tolist() for b in Batches(data.train, 16, seed=1).of_epoch(4)] != seen
