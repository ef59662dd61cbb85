"""The network equals the method's description, module by module and number by number."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from ecgcore.electrodes import ADJACENT_CHEST_SWAPS, REVERSED_CHEST
from ecgcore.errors import CheckpointError
from ecgcore.leads import LEADS
from ecgcore.model.baseline import BaselineConfig, FixedOrderNetwork
from ecgcore.model.network import (
    Activation,
    LeadAttention,
    LeadAttentionNetwork,
    NetworkConfig,
    add_shortcut,
)

SMALL = NetworkConfig(n_classes=5, stem_width=4, widths=(4, 6, 8), kernel=5)


def small_network(config: NetworkConfig = SMALL) -> LeadAttentionNetwork:
    """A network with statistics of its own in every norm, so that no layer is the identity."""
    torch.manual_seed(1)
    network = LeadAttentionNetwork(config)
    network.train()
    for _ in range(3):
        network(torch.randn(4, 12, 200))
    return network.eval()


NETWORK = small_network()
# As the shipped one is: several vectors k, two pools, each lead read both ways up.
BOTH_WAYS = small_network(replace(SMALL, heads=3, pools=("max", "mean"), both_ways=True))
either = pytest.mark.parametrize("network", [NETWORK, BOTH_WAYS], ids=["source", "both ways"])


@either
@given(order=st.permutations(range(12)), seed=st.integers(0, 10_000))
def test_permuting_leads_permutes_attention_and_leaves_probabilities(network, order, seed):
    x = torch.randn(2, 12, 200, generator=torch.Generator().manual_seed(seed))
    with torch.inference_mode():
        logits, weights = network(x)
        swapped_logits, swapped_weights = network(x[:, order])
    torch.testing.assert_close(swapped_logits.sigmoid(), logits.sigmoid(), atol=1e-5, rtol=0)
    torch.testing.assert_close(swapped_weights, weights[:, order], atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    "swap", [*ADJACENT_CHEST_SWAPS.values(), REVERSED_CHEST], ids=lambda s: s.name
)
def test_chest_exchanges_leave_probabilities(swap):
    order = [LEADS.index(swap.sites[swap.sites.index("RL") + 1 + i]) for i in range(6)]
    x = torch.randn(3, 12, 200, generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        before, _ = NETWORK(x)
        after, _ = NETWORK(x[:, [*range(6), *order]])
    torch.testing.assert_close(after.sigmoid(), before.sigmoid(), atol=1e-5, rtol=0)


def test_inverting_a_lead_can_change_the_probabilities():
    """Otherwise the two laws above would hold for a network that ignores its input."""
    x = torch.randn(1, 12, 200, generator=torch.Generator().manual_seed(3))
    flipped = x.clone()
    flipped[:, 0] *= -1
    with torch.inference_mode():
        assert (NETWORK(x)[0] - NETWORK(flipped)[0]).abs().max() > 1e-3


@given(
    order=st.permutations(range(12)),
    upright=st.lists(st.booleans(), min_size=12, max_size=12),
    seed=st.integers(0, 10_000),
)
def test_read_both_ways_no_exchange_and_no_inversion_has_an_effect(order, upright, seed):
    x = torch.randn(2, 12, 200, generator=torch.Generator().manual_seed(seed))
    signs = torch.tensor([1.0 if up else -1.0 for up in upright])
    with torch.inference_mode():
        logits, weights = BOTH_WAYS(x)
        swapped_logits, swapped_weights = BOTH_WAYS((x * signs[:, None])[:, order])
    torch.testing.assert_close(swapped_logits.sigmoid(), logits.sigmoid(), atol=1e-5, rtol=0)
    torch.testing.assert_close(swapped_weights, weights[:, order], atol=1e-5, rtol=0)


def test_read_both_ways_the_shape_of_a_lead_still_counts():
    """Otherwise the law above would hold for a network that ignores its input."""
    x = torch.randn(1, 12, 200, generator=torch.Generator().manual_seed(3))
    other = x.clone()
    other[:, 0] = torch.randn(200, generator=torch.Generator().manual_seed(4))
    with torch.inference_mode():
        assert (BOTH_WAYS(x)[0] - BOTH_WAYS(other)[0]).abs().max() > 1e-3


@pytest.mark.parametrize("normalisation", ["softmax", "sigmoid"])
@pytest.mark.parametrize("weighted", ["activated", "raw"])
@pytest.mark.parametrize("n_leads", [1, 2, 6, 8, 12])
def test_weights_sum_to_one_for_any_number_of_leads(n_leads, weighted, normalisation):
    config = NetworkConfig(
        3, stem_width=4, widths=(4, 4), heads=2, normalisation=normalisation, weighted=weighted
    )
    network = small_network(config)
    with torch.inference_mode():
        logits, weights = network(torch.randn(2, n_leads, 150))
    assert logits.shape == (2, 3)
    assert weights.shape == (2, n_leads)
    torch.testing.assert_close(weights.sum(1), torch.ones(2), atol=1e-6, rtol=0)
    assert (weights > 0).all()


@either
def test_an_absent_lead_counts_as_if_it_had_never_been_there(network):
    x = torch.randn(2, 12, 200)
    present = torch.ones(2, 12, dtype=torch.bool)
    present[0, [2, 7]] = False
    kept = [c for c in range(12) if c not in (2, 7)]
    x[0, 2] = torch.nan  # must not be read at all
    with torch.inference_mode():
        logits, weights = network(x, present)
        alone, alone_weights = network(x[:1, kept])
    torch.testing.assert_close(logits[:1], alone, atol=1e-5, rtol=0)
    torch.testing.assert_close(weights[:1, kept], alone_weights, atol=1e-6, rtol=0)
    assert weights[0, 2] == weights[0, 7] == 0


def leaf_names(module: nn.Module) -> list[str]:
    """Names of the parts in the order in which they were declared."""
    return [name for name, _ in module.named_children()]


@pytest.mark.parametrize("n_modules", [2, 4, 5])
def test_structure_is_that_of_the_method(n_modules):
    config = NetworkConfig(4, widths=(8,) * n_modules, stem_width=8)
    network = LeadAttentionNetwork(config)
    assert leaf_names(network) == ["extractor", "attention", "dropout", "classifier"]

    stem = network.extractor.pre_activation  # paragraph 73
    assert leaf_names(stem) == [
        *("conv1", "norm1", "act1", "conv2", "norm2", "act2", "conv3"),
        "shortcut",
    ]
    assert isinstance(stem.shortcut, nn.MaxPool2d)

    assert len(network.extractor.residuals) == n_modules >= 2  # paragraph 75
    for residual in network.extractor.residuals:
        assert leaf_names(residual) == [
            *("norm1", "act1", "conv1", "norm2", "act2", "conv2"),
            "shortcut",
        ]
        assert isinstance(residual.shortcut, nn.MaxPool2d)
        assert isinstance(residual.norm1, nn.BatchNorm2d)
        assert isinstance(residual.act1, Activation)
        assert isinstance(residual.conv1, nn.Conv2d)

    pools = network.extractor.scale_pools
    assert len(pools) == n_modules
    assert all(isinstance(p, nn.AdaptiveMaxPool2d) for pool in pools for p in pool)
    assert network.attention.k.shape == (sum(config.vector_sizes),) == (8 * n_modules,)
    assert isinstance(network.classifier, nn.Linear)


def test_modules_compute_what_their_parts_say():
    """The forward passes, written out again from paragraphs 73-81 with the modules' own parts."""
    extractor = NETWORK.extractor
    x = torch.randn(3, 1, 1, 200)
    with torch.inference_mode():
        stem = extractor.pre_activation
        first = stem.act1(stem.norm1(stem.conv1(x)))
        h = stem.conv3(stem.act2(stem.norm2(stem.conv2(first)))) + stem.shortcut(first)
        scales = []
        for depth, r in enumerate(extractor.residuals):
            main = r.conv2(r.act2(r.norm2(r.conv1(r.act1(r.norm1(h))))))
            h = add_shortcut(main, r.shortcut(h))
            final = depth == len(extractor.residuals) - 1
            vector = extractor.final_act(extractor.final_norm(h)) if final else h
            scales.append(vector.amax(dim=(2, 3)))
        torch.testing.assert_close(extractor(x), torch.cat(scales, 1))


def test_shortcut_adds_zero_for_channels_that_it_lacks():
    main = torch.ones(1, 3, 1, 4)
    assert add_shortcut(main, torch.ones(1, 2, 1, 4))[0, :, 0, 0].tolist() == [2.0, 2.0, 1.0]


@pytest.mark.parametrize(("weighted", "by_hand"), [("activated", "q"), ("raw", "p")])
def test_equations_1_to_6_on_an_example_worked_by_hand(weighted, by_hand):
    """Two leads, n = 2, p_1 = (1, 0), p_2 = (0, 2), k = (1, -1)."""
    config = NetworkConfig(2, weighted=weighted)
    attention = LeadAttention(2, config)
    attention.k.data = torch.tensor([1.0, -1.0])
    p = torch.tensor([[[1.0, 0.0], [0.0, 2.0]]])

    q1, q2 = math.tanh(1), math.tanh(2)  # equation 1
    e1, e2 = math.exp(q1), math.exp(-q2)  # equation 2: k . q_1 = q1, k . q_2 = -q2
    w1, w2 = e1 / (e1 + e2), e2 / (e1 + e2)  # equation 3
    summed = (w1 * q1, w2 * q2) if by_hand == "q" else (w1 * 1, w2 * 2)
    z = [math.tanh(value) for value in summed]  # equations 4 and 5

    target, weights = attention(p, torch.ones(1, 2, dtype=torch.bool))
    assert weights[0].tolist() == pytest.approx([w1, w2], abs=1e-6)
    assert target[0].tolist() == pytest.approx(z, abs=1e-6)


def test_the_source_s_choices_are_the_defaults():
    config = NetworkConfig(4)
    assert config.attention_activation == "tanh"
    assert config.normalisation == "softmax"
    assert config.weighted == "activated"


@pytest.mark.parametrize("activation", ["relu", "gelu", "tanh", "sigmoid"])
def test_activations_are_configurable(activation):
    config = NetworkConfig(
        2, stem_width=4, widths=(4, 4), activation=activation, attention_activation=activation
    )
    logits, _ = small_network(config)(torch.randn(1, 3, 100))
    assert logits.isfinite().all()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"widths": (8,)}, "1 residual modules, expected at least 2"),
        ({"kernel": 4}, "Kernel of 4 samples, expected an odd number"),
        ({"weighted": "both"}, '"both" is unknown'),
        ({"normalisation": "sum"}, '"sum" is unknown'),
        ({"activation": "swish"}, '"swish" is unknown'),
    ],
)
def test_impossible_configurations_are_refused_with_value_and_limit(wrong, sentence):
    with pytest.raises(CheckpointError, match=sentence):
        NetworkConfig(3, **wrong)


def test_vector_sizes_follow_widths_and_bins():
    config = NetworkConfig(3, stem_width=4, widths=(4, 6), bins=3)
    assert config.vector_sizes == (12, 18)
    assert LeadAttentionNetwork(config).extractor(torch.randn(1, 1, 1, 100)).shape == (1, 30)


def test_the_baseline_depends_on_the_order_of_the_leads():
    torch.manual_seed(0)
    baseline = FixedOrderNetwork(BaselineConfig(5, stem_width=4, widths=(4, 6, 8))).eval()
    x = torch.randn(1, 12, 200)
    with torch.inference_mode():
        assert (baseline(x)[0] - baseline(x.flip(1))[0]).abs().max() > 1e-3
        assert baseline(x)[1] is None


def test_the_baseline_is_of_similar_size():
    ours = LeadAttentionNetwork(NetworkConfig(17))
    peer = FixedOrderNetwork(BaselineConfig(17))
    sizes = [sum(p.numel() for p in n.parameters()) for n in (ours, peer)]
    assert 0.8 < sizes[0] / sizes[1] < 1.25
