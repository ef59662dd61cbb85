"""Explanations add up, each lead and moment keeps its own; leaving a lead out is not reading it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from ecgcore.errors import SignalError
from ecgcore.leads import INDEX, LEADS
from ecgcore.model.checkpoint import Model, available, build_network, load
from ecgcore.model.predict import forward, model_input, predict, to_probabilities
from ecgcore.recording import Recording
from ecgcore.review.examples import REAL_TITLE, open_example
from ecgcore.review.explain import (
    BIN_S,
    FIRST_STEPS,
    MOST_STEPS,
    TOLERANCE,
    Explanation,
    explain,
)
from ecgcore.review.lead_out import without_each_lead
from ecgcore.signal.preprocess import PreprocessingConfig

MODELS = {name: load(name) for name in available()}
REAL = open_example(REAL_TITLE).recording.window(0.0, 10.0)
SHORT = PreprocessingConfig(n_samples=300)
ANY_ORDER = st.permutations(range(12))


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """As in the app: on a busy machine threads that wait for each other take ten times as long."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def model_of(network: nn.Module, objective: str = "multilabel", **changes) -> Model:
    """Two findings, A and B, read from 3 s."""
    return Model(
        "toy", "toy", "attention", objective, network.eval(), SHORT, ("A", "B"), {}, **changes
    )


def small_network(*, both_ways: bool) -> Model:
    """A lead attention network that has learned nothing, which no law depends on."""
    torch.manual_seed(1)
    config = {
        "n_classes": 2,
        "stem_width": 4,
        "widths": (4, 6),
        "heads": 2,
        "pools": ("max", "mean"),
        "both_ways": both_ways,
    }
    return model_of(build_network("attention", config))


class Toy(nn.Module):
    """A function of the input for A; B stays at 0.3."""

    def __init__(self, function) -> None:
        super().__init__()
        self.function = function

    def forward(self, x, present=None):
        a = self.function(x)
        return torch.stack([a, torch.full_like(a, 0.3)], dim=1), None


WEIGHTS = torch.linspace(-1, 1, 12 * SHORT.n_samples).reshape(12, -1)
LINEAR = Toy(lambda x: (x * WEIGHTS).sum(dim=(1, 2)) / 100)


@lru_cache
def explained(name: str, finding: str) -> Explanation:
    """Explain the real recording, once for all tests."""
    return explain(MODELS[name], REAL, finding)


def two_findings(model: Model) -> tuple[str, str]:
    """One that is there, and one that is not."""
    probabilities = predict(model, REAL).probabilities
    ordered = sorted(probabilities, key=lambda label: probabilities[label])
    return ordered[-1], ordered[0]


def logit(p: float) -> float:
    return float(np.log(p / (1 - p)))


def largest(explanation: Explanation) -> float:
    return float(np.abs(explanation.attribution).max())


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda m: m.name)
def test_attributions_add_up_to_the_change_of_the_log_odds(model):
    for finding in two_findings(model):
        found = explained(model.name, finding)
        assert found.complete
        assert found.attribution.sum() == pytest.approx(
            found.log_odds - found.flat_log_odds, abs=max(TOLERANCE * abs(found.change), 0.02)
        )
        assert sum(found.per_lead.values()) == pytest.approx(found.total)


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda m: m.name)
def test_what_is_explained_is_the_probability_that_is_shown(model):
    probabilities = predict(model, REAL).probabilities
    prepared = model_input(model, REAL)
    logits, _ = forward(model, np.zeros_like(prepared.x)[None], prepared.present[None])
    flat = to_probabilities(model, logits)[0]
    for finding in two_findings(model):
        found = explained(model.name, finding)
        # Logits of about 10 in float32: seven digits.
        assert found.log_odds == pytest.approx(logit(probabilities[finding]), abs=1e-4)
        at = model.labels.index(finding)
        assert found.flat_log_odds == pytest.approx(logit(flat[at]), abs=1e-4)


@pytest.mark.parametrize("both_ways", [False, True])
@settings(max_examples=5)
@given(order=ANY_ORDER)
def test_permuting_the_leads_permutes_the_attributions(both_ways, order):
    model = small_network(both_ways=both_ways)
    before = explain(model, REAL, "A")
    after = explain(model, REAL.with_signal(REAL.signal[order]), "A")
    # Sums over leads in another order: float32 of some thousand terms.
    np.testing.assert_allclose(
        after.attribution, before.attribution[order], atol=1e-4 * largest(before)
    )


def test_a_lead_upside_down_is_explained_alike_where_both_ways_are_read():
    signal = REAL.signal.copy()
    signal[INDEX["V2"]] *= -1
    turned = REAL.with_signal(signal)
    for both_ways in (True, False):
        model = small_network(both_ways=both_ways)
        before, after = explain(model, REAL, "A"), explain(model, turned, "A")
        off = np.abs(before.attribution - after.attribution).max()
        assert (off < 1e-4 * largest(before)) == both_ways


@pytest.mark.parametrize("name", ["attention-findings", "baseline-findings"])
def test_a_lead_that_is_not_read_has_no_attribution(name):
    usable = [lead != "V1" for lead in LEADS]
    signal = REAL.signal.copy()
    signal[INDEX["II"]] = np.nan
    recording = REAL.with_signal(signal)
    found = explain(MODELS[name], recording, "NSR", usable)
    shown = predict(MODELS[name], recording, usable).probabilities["NSR"]
    assert found.log_odds == pytest.approx(logit(shown), abs=1e-4)
    assert set(LEADS) - set(found.leads) == {"V1", "II"} == set(LEADS) - set(found.per_lead)
    for lead in LEADS:
        silent = not found.attribution[INDEX[lead]].any()
        assert silent == (lead in ("V1", "II"))


@pytest.mark.parametrize(
    ("objective", "calibration", "factor"),
    [
        ("multilabel", {}, 1.0),
        (
            "multilabel",
            {"temperature": 2.0, "label_scale": {"A": 3.0}, "label_bias": {"A": 1}},
            1.5,
        ),
        # Of two classes the log-odds are the difference of the logits.
        ("softmax", {"temperature": 2.0}, 0.5),
    ],
)
def test_a_linear_network_is_explained_exactly(objective, calibration, factor):
    model = model_of(LINEAR, objective, **calibration)
    found = explain(model, REAL, "A")
    x = model_input(model, REAL).x
    assert found.steps == FIRST_STEPS
    np.testing.assert_allclose(
        found.attribution, factor * x * WEIGHTS.numpy() / 100, atol=1e-6 * largest(found)
    )


def test_an_odd_class_speaks_against_the_other():
    model = model_of(LINEAR, "softmax")
    one, other = explain(model, REAL, "A"), explain(model, REAL, "B")
    np.testing.assert_allclose(one.attribution, -other.attribution, atol=1e-9)
    assert one.change == pytest.approx(-other.change)


def test_steps_that_grow_along_the_path_are_weighted_by_their_length():
    model = model_of(Toy(lambda x: x.square().sum(dim=(1, 2)) / 1000))
    found = explain(model, REAL, "A")
    x = model_input(model, REAL).x.astype(np.float64)
    # The integral over t of 4 t^3 by 32 trapezoids is too large by h^2 / 12 * (12 - 0), 1 / 1024.
    np.testing.assert_allclose(found.attribution, x**2 / 1000 * (1 + 1 / 1024), rtol=1e-5)


def test_doubled_steps_give_what_as_many_steps_at_once_would(monkeypatch):
    # At t = 0.51 the gradient jumps: 32 steps place the jump badly, 128 better.
    network = Toy(lambda x: 100 * torch.relu(x.square().sum(dim=(1, 2)) / x.numel() - 0.06))
    adaptive = explain(model_of(network), REAL, "A")
    assert adaptive.steps > FIRST_STEPS
    monkeypatch.setattr("ecgcore.review.explain.FIRST_STEPS", adaptive.steps)
    at_once = explain(model_of(network), REAL, "A")
    np.testing.assert_allclose(adaptive.attribution, at_once.attribution, rtol=1e-5)


def test_a_network_that_no_path_explains_is_called_incomplete():
    # A threshold on the whole: no gradient anywhere, yet the answer changes.
    jump = Toy(lambda x: (x.abs().sum(dim=(1, 2)) > 10).float() + 0 * x.sum(dim=(1, 2)))
    found = explain(model_of(jump), REAL, "A")
    assert not found.complete
    assert (found.steps, found.total, found.change) == (MOST_STEPS, 0.0, 1.0)


@pytest.mark.parametrize("name", ["attention-findings", "baseline-rhythm"])
def test_explaining_leaves_the_model_as_it_was(name):
    model = MODELS[name]
    before = {key: value.clone() for key, value in model.network.state_dict().items()}
    threads = torch.get_num_threads()
    explain(model, REAL, model.labels[0])
    assert all(parameter.grad is None for parameter in model.network.parameters())
    assert all(parameter.requires_grad for parameter in model.network.parameters())
    assert not model.network.training
    assert torch.get_num_threads() == threads
    for key, value in model.network.state_dict().items():
        assert torch.equal(value, before[key])


def test_a_finding_that_the_model_does_not_report_is_refused():
    with pytest.raises(SignalError, match='"MI" is not reported by attention-rhythm, expected one'):
        explain(MODELS["attention-rhythm"], REAL, "MI")


def test_an_attribution_stands_at_its_second_of_the_recording():
    signal = np.zeros((12, 3000))
    signal[INDEX["V3"], 1730] = 1.0
    model = model_of(Toy(lambda x: x.sum(dim=(1, 2))))
    found = explain(model, Recording(signal, 1000.0, "test"), "A")
    row, sample = np.unravel_index(np.abs(found.attribution).argmax(), found.attribution.shape)
    assert (LEADS[row], sample / found.fs) == ("V3", 1.73)
    sums, bin_s = found.binned()
    assert np.abs(sums[row]).argmax() == int(1.73 / bin_s) == 86


def explanation_of(attribution: np.ndarray, fs: float) -> Explanation:
    return Explanation("NSR", attribution, fs, attribution.shape[1] / fs, LEADS, 1.0, 0.0, 32)


@given(
    n=st.integers(1, 400),
    fs=st.sampled_from([20.0, 50.0, 100.0, 125.0, 500.0]),
    seed=st.integers(0, 99),
)
def test_bins_keep_the_sum_of_every_lead(n, fs, seed):
    attribution = np.random.default_rng(seed).normal(size=(12, n))
    sums, bin_s = explanation_of(attribution, fs).binned()
    np.testing.assert_allclose(sums.sum(axis=1), attribution.sum(axis=1), atol=1e-9)
    # The nearest whole number of samples, at least one.
    assert abs(bin_s - max(BIN_S, 1 / fs)) <= 0.5 / fs + 1e-12
    assert sums.shape[1] == np.ceil(n / round(bin_s * fs))


@pytest.mark.parametrize("name", ["attention-findings", "attention-rhythm", "baseline-findings"])
def test_without_a_lead_is_what_the_model_says_of_a_recording_that_lacks_it(name):
    result = without_each_lead(MODELS[name], REAL)
    assert [x.lead for x in result.without] == list(LEADS)
    for without in result.without[1::4]:
        signal = REAL.signal.copy()
        signal[INDEX[without.lead]] = np.nan
        alone = predict(MODELS[name], REAL.with_signal(signal))
        for label, p in alone.probabilities.items():
            # Float32 in batches of another size.
            assert without.prediction.probabilities[label] == pytest.approx(p, abs=1e-5)
            change = p - result.whole.probabilities[label]
            assert result.change(label, without.lead) == pytest.approx(change, abs=2e-5)
        assert without.prediction.findings == alone.findings
        assert set(without.change.gained) == set(alone.findings) - set(result.whole.findings)
        assert set(without.change.lost) == set(result.whole.findings) - set(alone.findings)


def test_to_the_network_of_fixed_order_a_lead_left_out_is_flat():
    model = MODELS["baseline-findings"]
    result = without_each_lead(model, REAL)
    assert any("flat line" in note for note in result.notes)
    signal = REAL.signal.copy()
    signal[INDEX["V2"]] = 0.0
    flat = predict(model, REAL.with_signal(signal))
    for label, p in flat.probabilities.items():
        change = p - result.whole.probabilities[label]
        assert result.change(label, "V2") == pytest.approx(change, abs=2e-5)


def test_leads_that_may_not_be_read_are_not_left_out_again():
    usable = [lead in ("I", "V1", "V6") for lead in LEADS]
    result = without_each_lead(MODELS["attention-findings"], REAL, usable)
    assert [x.lead for x in result.without] == ["I", "V1", "V6"]
    whole = predict(MODELS["attention-findings"], REAL, usable).probabilities
    assert result.whole.probabilities == pytest.approx(whole, abs=1e-5)
    for without in result.without:
        assert set(without.prediction.attention) == {"I", "V1", "V6"} - {without.lead}


def test_of_one_lead_none_is_left_out_and_a_sentence_says_so():
    usable = [lead == "II" for lead in LEADS]
    result = without_each_lead(MODELS["attention-findings"], REAL, usable)
    assert result.without == ()
    assert result.notes == ("Only lead II is read, so no lead can be left out.",)


def test_an_explanation_is_incomplete_from_two_percent_of_the_change_on():
    found = explanation_of(np.full((12, 1), 1 / 12), 100.0)
    assert found.complete
    for log_odds, complete in ((1.0199, True), (1.0211, False), (0.9804, True), (0.9790, False)):
        assert replace(found, log_odds=log_odds).complete == complete
