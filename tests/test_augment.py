"""Augmentation applies true swaps, keeps shapes, and is decided by its seed alone."""

import numpy as np
import pytest
import torch

from ecgcore.electrodes import TABLE_ROWS, apply_swap, leads_from_potentials, parse_swap
from ecgcore.learn.augment import SAME_COLOUR_SWAPS, AugmentConfig, Augmenter, swap_matrix
from ecgcore.signal.preprocess import PreprocessingConfig, scale_leads

NOTHING = AugmentConfig(
    swap_probability=0, shift_s=0, noise=0, drop_leads_probability=0, low_pass_probability=0
)
PREPROCESSING = PreprocessingConfig()


def batch(n: int = 16, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Twelve leads that obey the lead algebra, all present, chest scale known."""
    rng = np.random.default_rng(seed)
    x = np.stack([leads_from_potentials(rng.normal(size=(10, 1000))) for _ in range(n)])
    return (
        torch.from_numpy(x.astype(np.float32)),
        torch.ones(n, 12, dtype=torch.bool),
        torch.ones(n, dtype=torch.bool),
    )


def augmenter(config: AugmentConfig, seed: int = 0) -> Augmenter:
    return Augmenter(config, PREPROCESSING, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", [*TABLE_ROWS, *SAME_COLOUR_SWAPS, "V1/V2", "LA/RA+V5/V6"])
def test_the_matrix_of_a_swap_is_the_swap(name):
    x = batch(1)[0][0].numpy()
    swap = parse_swap(name)
    # Twelve float32 products per sample of a few mV.
    np.testing.assert_allclose(swap_matrix(swap) @ x, apply_swap(x, swap), atol=1e-5)


def test_nothing_asked_nothing_changed():
    x, present, known = batch()
    out, here = augmenter(NOTHING)(x, present, known)
    torch.testing.assert_close(out, x)
    assert here.equal(present)


def test_every_recording_becomes_one_of_the_true_swaps_of_itself():
    x, present, known = batch()
    config = AugmentConfig(
        swap_probability=1, shift_s=0, noise=0, drop_leads_probability=0, low_pass_probability=0
    )
    out, _ = augmenter(config)(x, present, known)
    swaps = [*TABLE_ROWS.values(), *map(parse_swap, SAME_COLOUR_SWAPS)]
    for before, after in zip(x.numpy(), out.numpy(), strict=True):
        distances = [np.abs(apply_swap(before, swap) - after).max() for swap in swaps]
        assert min(distances) < 1e-5
    # The algebra survives: aVR + aVL + aVF = 0.
    assert out[:, 3:6].sum(dim=1).abs().max() < 1e-5


def test_a_shift_moves_all_leads_together_and_lets_zeros_in():
    x, present, known = batch(4)
    config = AugmentConfig(
        swap_probability=0, shift_s=2, noise=0, drop_leads_probability=0, low_pass_probability=0
    )
    out, _ = augmenter(config)(x, present, known)
    for before, after in zip(x, out, strict=True):
        filled = after.abs().sum(dim=0).nonzero().flatten()
        first, last = int(filled[0]), int(filled[-1]) + 1
        assert last - first >= 800
        start = 1000 - (last - first) if last < 1000 else 0
        torch.testing.assert_close(after[:, first:last], before[:, start : start + last - first])


def test_at_least_one_lead_stays():
    x, present, known = batch(200)
    config = AugmentConfig(drop_leads_probability=1)
    _, here = augmenter(config)(x, present, known)
    assert here.any(dim=1).all()
    assert 1 < here.sum(dim=1).float().mean() < 11


def test_absent_leads_never_return():
    x, present, known = batch(50)
    present[:, 3:9] = False
    _, here = augmenter(AugmentConfig(drop_leads_probability=1))(x, present, known)
    assert not here[:, 3:9].any()


def test_the_chest_scale_varies_only_where_it_is_unknown():
    x, present, known = batch(8)
    known[4:] = False
    config = AugmentConfig(
        swap_probability=0, shift_s=0, noise=0, drop_leads_probability=0, low_pass_probability=0
    )
    out, _ = augmenter(config)(x, present, known)
    torch.testing.assert_close(out[:4], x[:4])
    torch.testing.assert_close(out[4:, :6], x[4:, :6])
    assert (out[4:, 6:] - x[4:, 6:]).abs().amax(dim=(1, 2)).min() > 0.01
    # What the networks see has no scale, so by itself this changes nothing.
    np.testing.assert_allclose(
        scale_leads(out.numpy(), PREPROCESSING), scale_leads(x.numpy(), PREPROCESSING), atol=1e-5
    )


def test_the_seed_decides_everything():
    x, present, known = batch()
    first = augmenter(AugmentConfig(), seed=3)(x, present, known)
    again = augmenter(AugmentConfig(), seed=3)(x, present, known)
    other = augmenter(AugmentConfig(), seed=4)(x, present, known)
    assert first[0].equal(again[0])
    assert first[1].equal(again[1])
    assert not first[0].equal(other[0])
