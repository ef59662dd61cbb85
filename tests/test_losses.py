"""The losses of the method, and that spreading a batch over processes leaves them as they are."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ecgcore.learn.losses import multilabel_part, smoothed, softmax_part

LOGITS = arrays.arrays(np.float64, (6, 3), elements=st.floats(-20, 20))
LABELS = arrays.arrays(np.float64, (6, 3), elements=st.sampled_from([0.0, 1.0, np.nan]))


def test_unknown_labels_do_not_enter_the_loss():
    logits = torch.tensor([[2.0, -1.0], [0.5, 3.0]], requires_grad=True)
    labels = torch.tensor([[1.0, torch.nan], [torch.nan, 0.0]])
    part = multilabel_part(logits, labels)
    assert part.count == 2
    assert part.total.item() == pytest.approx(np.log1p(np.exp(-2.0)) + np.log1p(np.exp(3.0)))
    part.total.backward()
    assert logits.grad[0, 1] == logits.grad[1, 0] == 0


def test_the_single_label_loss_is_the_method_s_cross_entropy():
    """L = - sum_i y_i log g_i."""
    logits = torch.tensor([[1.0, 2.0, 0.0], [0.0, 0.0, 4.0]])
    y = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.25, 0.75]])
    g = logits.softmax(1)
    part = softmax_part(logits, y)
    assert part.total.item() == pytest.approx(-(y * g.log()).sum().item())
    assert part.count == 2


@given(logits=LOGITS, labels=LABELS, cut=st.integers(0, 6))
def test_the_parts_of_two_processes_add_up_to_the_whole(
    logits: np.ndarray, labels: np.ndarray, cut: int
):
    z, y = torch.from_numpy(logits), torch.from_numpy(labels)
    classes = y.nan_to_num(0.5) / y.nan_to_num(0.5).sum(dim=1, keepdim=True).clamp(min=1e-9)
    for part, targets in ((multilabel_part, y), (softmax_part, classes)):
        whole = part(z, targets)
        first, second = part(z[:cut], targets[:cut]), part(z[cut:], targets[cut:])
        assert whole.count == first.count + second.count
        torch.testing.assert_close(whole.total, first.total + second.total)


def test_smoothing_moves_targets_towards_undecided_and_leaves_the_unknown_alone():
    labels = torch.tensor([[1.0, 0.0, torch.nan]])
    expected = torch.tensor([[0.95, 0.05, torch.nan]])
    torch.testing.assert_close(smoothed(labels, 0.1, "multilabel"), expected, equal_nan=True)
    classes = smoothed(torch.tensor([[1.0, 0.0, 0.0, 0.0]]), 0.2, "softmax")
    torch.testing.assert_close(classes, torch.tensor([[0.85, 0.05, 0.05, 0.05]]))
    assert classes.sum() == pytest.approx(1.0)
