"""Training learns, is reproducible, and optimises the losses of the method."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ecgcore.learn.augment import AugmentConfig
from ecgcore.learn.datasets.labelled_set import Entry, LabelledSet, collect, concatenate
from ecgcore.learn.datasets.simulated import labels_of
from ecgcore.learn.evaluate import evaluate, evaluate_swaps
from ecgcore.learn.recipe import single_class
from ecgcore.learn.train import TrainConfig, _scale, multilabel_loss, softmax_loss, train
from ecgcore.model.checkpoint import Model, parameters_of
from ecgcore.model.labels import CODES
from ecgcore.model.network import LeadAttentionNetwork, NetworkConfig
from ecgcore.signal.preprocess import PreprocessingConfig, scale_leads
from ecgcore.simulate import SimulationConfig, simulate

CONFIG = PreprocessingConfig(fs=50.0, n_samples=250)
QUICK = TrainConfig(epochs=6, batch=8, learning_rate=5e-3, ema=0.5, bf16=False)
GENTLE = AugmentConfig(shift_s=0.2, noise=0.05)


def simulated_set(n: int = 24) -> LabelledSet:
    """Half slow, half fast: the easiest real difference between recordings."""
    entries = []
    for number in range(n):
        fast = number % 2
        patient = SimulationConfig(
            rate_bpm=140.0 if fast else 45.0,
            pr_ms=120.0,
            duration_s=5.0,
            fs=250.0,
            seed=number,
        )
        simulation = simulate(patient)
        entries.append(Entry(str(number), "train", simulation.recording(), labels_of(simulation)))
    return collect(entries, "simulated", CONFIG)


def fresh_network() -> LeadAttentionNetwork:
    torch.manual_seed(0)
    return LeadAttentionNetwork(
        NetworkConfig(len(CODES), stem_width=8, widths=(8, 12), dropout=0.0)
    )


DATA = simulated_set()


def test_training_learns_what_can_be_learned_and_keeps_the_law():
    network = fresh_network()
    epochs = list(train(network, DATA, QUICK, GENTLE, CONFIG))
    assert [epoch.number for epoch in epochs] == list(range(1, 7))
    assert epochs[-1].loss < 0.7 * epochs[0].loss
    model = Model(
        "m", "m", "attention", "multilabel", network.eval(), CONFIG, CODES,
        dict.fromkeys(CODES, 0.5),
    )  # fmt: skip
    result = evaluate(model, DATA)
    assert result.labels["STach"].auc.value == 1.0
    assert result.labels["MI"].known == 0
    swaps = evaluate_swaps(model, DATA)
    assert len(swaps) == 9
    assert swaps["LL/RL"].share_changed == 0
    assert swaps["LL/RL"].largest_probability_change < 1e-5


def test_the_same_seed_gives_the_same_weights():
    runs = []
    for _ in range(2):
        network = fresh_network()
        list(train(network, DATA, TrainConfig(epochs=1, batch=8, bf16=False), GENTLE, CONFIG))
        runs.append(parameters_of(network))
    for key, value in runs[0].items():
        assert value.equal(runs[1][key]), key


def test_unknown_labels_do_not_enter_the_loss():
    logits = torch.tensor([[2.0, -1.0], [0.5, 3.0]], requires_grad=True)
    labels = torch.tensor([[1.0, torch.nan], [torch.nan, 0.0]])
    loss = multilabel_loss(logits, labels)
    expected = (np.log1p(np.exp(-2.0)) + np.log1p(np.exp(3.0))) / 2
    assert loss.item() == pytest.approx(expected, abs=1e-6)
    loss.backward()
    assert logits.grad[0, 1] == logits.grad[1, 0] == 0


def test_the_single_label_loss_is_the_method_s_cross_entropy():
    """L = - sum_i y_i log g_i, averaged over the batch."""
    logits = torch.tensor([[1.0, 2.0, 0.0], [0.0, 0.0, 4.0]])
    y = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.25, 0.75]])
    g = logits.softmax(1)
    assert softmax_loss(logits, y) == pytest.approx((-(y * g.log()).sum(1)).mean())


def test_training_scales_leads_exactly_as_prediction_does():
    x = DATA.x[:3] * np.float32(0.3)
    x[0, 0] = 0
    np.testing.assert_allclose(
        _scale(torch.from_numpy(x), CONFIG).numpy(), scale_leads(x, CONFIG), atol=1e-5
    )


def test_single_class_keeps_recordings_of_exactly_one_annotated_class():
    classes = ("NSR", "AF", "PVC", "PAC")
    nsr, af, pvc, _ = columns = [CODES.index(code) for code in classes]
    rows = np.zeros((5, len(CODES)), dtype=np.float32)
    rows[0, af] = 1
    rows[1, [af, pvc]] = 1  # two classes
    rows[2, af], rows[2, pvc] = 1, np.nan  # a class that nobody annotated
    rows[3, [nsr, pvc]] = 1  # a premature beat in sinus rhythm: the class of the beat
    data = replace(DATA.where(np.arange(len(DATA)) < 5), labels=rows)  # the last has no class
    kept = single_class(data, classes)
    assert kept.record.tolist() == ["0", "3"]
    assert kept.labels[:, columns].tolist() == [[0, 1, 0, 0], [0, 0, 1, 0]]
    assert rows[3, nsr] == 1  # the original labels are left alone


def test_sets_join_and_part_without_losing_anything():
    first, rest = DATA.where(np.arange(24) < 5), DATA.where(np.arange(24) >= 5)
    joined = concatenate([first, rest])
    np.testing.assert_array_equal(joined.x, DATA.x)
    assert joined.without(["3", "7"]).record.tolist() == [
        str(n) for n in range(24) if n not in (3, 7)
    ]
