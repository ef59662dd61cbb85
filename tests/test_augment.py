"""Augmentation applies true swaps, keeps shapes, and is decided by its seed alone."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ecgcore.electrodes import (
    ELECTRODES,
    TABLE_ROWS,
    apply_swap,
    leads_from_potentials,
    parse_swap,
    potentials_from_leads,
)
from ecgcore.errors import TrainingError
from ecgcore.learn import disturb, warp
from ecgcore.learn.augment import AugmentConfig, Augmenter
from ecgcore.learn.draws import Draws
from ecgcore.learn.swaps import SAME_COLOUR_SWAPS, SWAP_KINDS, Swapper, swap_matrix
from ecgcore.signal.preprocess import PreprocessingConfig, scale_leads

NOTHING = AugmentConfig.nothing()
PREPROCESSING = PreprocessingConfig()
FS = PREPROCESSING.fs
CPU = torch.device("cpu")
# Everything that there is, at once and often.
EVERYTHING = AugmentConfig(
    swap_kinds=tuple(SWAP_KINDS),
    zoom_probability=0.5,
    crop_probability=0.5,
    gain_sd=0.1,
    lead_gain_sd=0.1,
    wander_probability=0.5,
    mains_probability=0.5,
    muscle_probability=0.5,
    recorder_probability=0.5,
    lead_off_probability=0.5,
)


def batch(n: int = 16, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Twelve leads that obey the lead algebra, all present, chest scale known."""
    rng = np.random.default_rng(seed)
    x = np.stack([leads_from_potentials(rng.normal(size=(10, 1000))) for _ in range(n)])
    return (
        torch.from_numpy(x.astype(np.float32)),
        torch.ones(n, 12, dtype=torch.bool),
        torch.ones(n, dtype=torch.bool),
    )


def draws(n: int, seed: int = 0, part: slice = slice(None)) -> Draws:
    return Draws(seed, n, part, CPU)


def augmented(
    config: AugmentConfig,
    x: torch.Tensor,
    present: torch.Tensor,
    known: torch.Tensor,
    seed: int = 0,
) -> tuple[torch.Tensor, torch.Tensor]:
    return Augmenter(config, PREPROCESSING)(x, present, known, draws(len(x), seed))[:2]


def sine(hz: float, n: int = 1) -> torch.Tensor:
    """(n, 12, 1000) mV."""
    t = torch.arange(1000) / FS
    return torch.sin(2 * torch.pi * hz * t).expand(n, 12, 1000).clone()


def gain_at(out: torch.Tensor) -> float:
    """Amplitude of a sine that had 1, away from the ends."""
    return float(out[..., 200:800].std() * 2**0.5)


@pytest.mark.parametrize("name", [*TABLE_ROWS, *SAME_COLOUR_SWAPS, "V1/V2", "LA/RA+V5/V6"])
def test_the_matrix_of_a_swap_is_the_swap(name):
    x = batch(1)[0][0].numpy()
    swap = parse_swap(name)
    # Twelve float32 products per sample of a few mV.
    np.testing.assert_allclose(swap_matrix(swap) @ x, apply_swap(x, swap), atol=1e-5)


def test_nothing_asked_nothing_changed():
    x, present, known = batch()
    out, here = augmented(NOTHING, x, present, known)
    torch.testing.assert_close(out, x)
    assert here.equal(present)


def test_every_recording_becomes_one_of_the_true_swaps_of_itself():
    x, present, known = batch()
    config = replace(NOTHING, swap_probability=1)
    out, _ = augmented(config, x, present, known)
    swaps = [*TABLE_ROWS.values(), *map(parse_swap, SAME_COLOUR_SWAPS)]
    for before, after in zip(x.numpy(), out.numpy(), strict=True):
        distances = [np.abs(apply_swap(before, swap) - after).max() for swap in swaps]
        assert min(distances) < 1e-5
    # The algebra survives: aVR + aVL + aVF = 0.
    assert out[:, 3:6].sum(dim=1).abs().max() < 1e-5


def test_a_shift_moves_all_leads_together_and_lets_zeros_in():
    x, present, known = batch(4)
    config = replace(NOTHING, shift_s=2)
    out, _ = augmented(config, x, present, known)
    for before, after in zip(x, out, strict=True):
        filled = after.abs().sum(dim=0).nonzero().flatten()
        first, last = int(filled[0]), int(filled[-1]) + 1
        assert last - first >= 800
        start = 1000 - (last - first) if last < 1000 else 0
        torch.testing.assert_close(after[:, first:last], before[:, start : start + last - first])


def test_at_least_one_lead_stays():
    x, present, known = batch(200)
    config = AugmentConfig(drop_leads_probability=1)
    _, here = augmented(config, x, present, known)
    assert here.any(dim=1).all()
    assert 1 < here.sum(dim=1).float().mean() < 11


def test_absent_leads_never_return():
    x, present, known = batch(50)
    present[:, 3:9] = False
    _, here = augmented(AugmentConfig(drop_leads_probability=1), x, present, known)
    assert not here[:, 3:9].any()


def test_the_chest_scale_varies_only_where_it_is_unknown():
    x, present, known = batch(8)
    known[4:] = False
    config = replace(NOTHING, chest_scale_sd=0.4)
    out, _ = augmented(config, x, present, known)
    torch.testing.assert_close(out[:4], x[:4])
    torch.testing.assert_close(out[4:, :6], x[4:, :6])
    assert (out[4:, 6:] - x[4:, 6:]).abs().amax(dim=(1, 2)).min() > 0.01
    # What the networks see has no scale, so by itself this changes nothing.
    np.testing.assert_allclose(
        scale_leads(out.numpy(), PREPROCESSING), scale_leads(x.numpy(), PREPROCESSING), atol=1e-5
    )


def test_the_seed_decides_everything():
    x, present, known = batch()
    first = augmented(EVERYTHING, x, present, known, seed=3)
    again = augmented(EVERYTHING, x, present, known, seed=3)
    other = augmented(EVERYTHING, x, present, known, seed=4)
    assert first[0].equal(again[0])
    assert first[1].equal(again[1])
    assert not first[0].equal(other[0])


@settings(max_examples=15)
@given(seed=st.integers(0, 2**31), first=st.integers(0, 5), size=st.integers(1, 4))
def test_a_part_of_a_batch_is_changed_as_in_the_whole_batch(seed: int, first: int, size: int):
    x, present, known = batch(8)
    whole = augmented(EVERYTHING, x, present, known, seed)
    part = slice(first, min(first + size, 8))
    out = Augmenter(EVERYTHING, PREPROCESSING)(
        x[part], present[part], known[part], draws(8, seed, part)
    )
    # Matrix products of other sizes add up in another order; the signals are a few mV.
    torch.testing.assert_close(out[0], whole[0][part], atol=1e-4, rtol=1e-4)
    assert out[1].equal(whole[1][part])


def test_switching_one_change_off_leaves_the_others_as_they_were():
    x, present, known = batch(4)
    shifting = replace(NOTHING, shift_s=1.0)
    alone, _ = augmented(shifting, x, present, known)
    also = replace(shifting, drop_leads_probability=1.0, lead_off_probability=1e-9)
    torch.testing.assert_close(augmented(also, x, present, known)[0], alone)


def test_padding_stays_zero():
    x, present, known = batch(6)
    x[:, :, 700:] = 0
    config = replace(
        EVERYTHING, shift_s=0.0, zoom_probability=0.0, crop_probability=0.0, swap_probability=0.0
    )
    out, _ = augmented(config, x, present, known)
    assert not out[:, :, 700:].any()
    assert out[:, :, :700].any()


@settings(max_examples=10)
@given(seed=st.integers(0, 2**31))
def test_any_order_of_the_electrodes_is_a_permutation_of_the_potentials(seed: int):
    x, present, _ = batch(3, seed=1)
    out, here, _ = Swapper(("any_order",))(
        x, present, torch.ones(3, dtype=torch.bool), draws(3, seed)
    )
    assert here.all()
    for before, after in zip(x.numpy(), out.numpy(), strict=True):
        old, new = potentials_from_leads(before), potentials_from_leads(after)
        # Relative to Wilson's terminal, which moves: compare differences to the first electrode.
        old, new = old - old[:1], new - new[:1]
        sites = []
        for row in (r for i, r in enumerate(new) if ELECTRODES[i] != "RL"):
            # What this cable sees, relative to what the first cable sees.
            distances = [
                [np.abs(row - (b - a)).max() for i, b in enumerate(old) if ELECTRODES[i] != "RL"]
                for a in old
            ]
            sites.append(np.array(distances))
        # One site under the first cable explains all nine cables, each by another site.
        first = int(np.argmin(sum(d.min(axis=1) for d in sites)))
        chosen = [int(d[first].argmin()) for d in sites]
        assert max(d[first].min() for d in sites) < 1e-4
        assert sorted(chosen) == list(range(9))


def test_a_swap_loses_the_leads_that_would_need_an_absent_one():
    x, present, known = batch(40)
    present[:, 6] = False  # V1
    config = replace(NOTHING, swap_probability=1, swap_kinds=("chest_adjacent",))
    out, here = augmented(config, x, present, known)
    assert not here[:, 6].any()  # that cable was not connected, wherever it sits
    moved = ~here[:, 7]  # V1/V2: cable V2 sits on the site that nobody recorded
    assert moved.any()
    assert here[moved].sum(dim=1).eq(10).all()
    assert here[~moved].sum(dim=1).eq(11).all()
    assert not out[moved, 7].any()


def test_a_recording_that_a_swap_would_take_everything_from_stays():
    x, present, known = batch(10)
    present[:] = False
    present[:, 5] = True  # aVF alone does not determine what any exchange of limb leads makes of it
    config = replace(NOTHING, swap_probability=1, swap_kinds=("chest_reversed",))
    assert augmented(config, x, present, known)[1].equal(present)
    config = replace(NOTHING, swap_probability=1, swap_kinds=("any_order",))
    out, here = augmented(config, x, present, known)
    assert here.any(dim=1).all()
    unchanged = here.equal(present) and torch.allclose(out[:, 5], x[:, 5])
    assert unchanged


def test_adjacent_chest_exchanges_only_reorder_leads():
    x, present, known = batch(10)
    config = replace(NOTHING, swap_probability=1, swap_kinds=("chest_adjacent", "chest_reversed"))
    out, _ = augmented(config, x, present, known)
    assert out[:, :6].equal(x[:, :6])
    assert not out[:, 6:].equal(x[:, 6:])
    assert out[:, 6:].sort(dim=1).values.equal(x[:, 6:].sort(dim=1).values)


@given(hz=st.floats(0.5, 8.0), percent=st.floats(-5.0, 5.0))
def test_a_faster_clock_raises_the_rate_and_keeps_the_shape(hz: float, percent: float):
    factor = 1 + percent / 100
    middle = 499.5 / FS
    t = torch.arange(1000) / FS
    wave = torch.sin(2 * torch.pi * hz * (t - middle)).expand(1, 12, 1000)
    out = warp.zoom(wave, torch.tensor([factor]))
    expected = torch.sin(2 * torch.pi * hz * factor * (t - middle))
    inside = out[0, 0, 30:970]
    # Cubic interpolation errs by (2 pi hz / fs)^3 / 16 at most, here 0.8 %.
    torch.testing.assert_close(inside, expected[30:970], atol=0.01, rtol=0)


def test_an_unchanged_clock_changes_nothing():
    x, _, _ = batch(2)
    torch.testing.assert_close(warp.zoom(x, torch.ones(2)), x, atol=1e-4, rtol=0)


def test_a_crop_is_a_shorter_recording_padded_at_its_end():
    x, present, known = batch(20)
    config = replace(NOTHING, crop_probability=1.0, crop_shortest_s=4.0)
    out, _ = augmented(config, x, present, known)
    lengths = (out != 0).any(dim=1).sum(dim=1)
    assert 400 <= int(lengths.min()) < 700
    assert int(lengths.max()) <= 1000
    for before, after, length in zip(x, out, lengths.tolist(), strict=True):
        assert not after[:, length:].any()
        begins = [i for i in range(1001 - length) if before[0, i] == after[0, 0]]
        assert any(before[:, i : i + length].equal(after[:, :length]) for i in begins)


@pytest.mark.parametrize(("nominal", "seen"), [(50.0, 50.0), (60.0, 40.0)])
def test_mains_hum_appears_where_sampling_folds_it(nominal: float, seen: float):
    x = torch.ones(64, 12, 1000)
    hum = disturb.mains(x, draws(64), FS)
    power = torch.fft.rfft(hum * torch.hann_window(1000)).abs().square().sum(dim=1)
    peaks = torch.fft.rfftfreq(1000, 1 / FS)[power.argmax(dim=1)]
    near = (peaks - seen).abs() <= 0.3
    # Half of the recordings; three standard errors of 64 draws are 0.19.
    assert 0.3 < near.float().mean() < 0.7, nominal


def test_muscle_noise_is_fast_and_wander_is_slow():
    x = torch.ones(16, 12, 1000)
    hz = torch.fft.rfftfreq(1000, 1 / FS)

    def share_below(noise: torch.Tensor, limit: float) -> float:
        power = torch.fft.rfft(noise).abs().square().mean(dim=(0, 1))
        return float(power[hz <= limit].sum() / power.sum())

    assert share_below(disturb.muscle(x, draws(16), FS), 15.0) < 0.1
    assert share_below(disturb.wander(x, draws(16), FS), 1.0) > 0.95


def test_noise_has_the_strength_that_was_asked_for():
    x, present, known = batch(200)
    config = replace(NOTHING, muscle_probability=1.0, muscle=0.3)
    added = augmented(config, x, present, known)[0] - x
    relative = added.square().mean(dim=2).sqrt() / x.square().mean(dim=2).sqrt()
    assert float(relative.max()) < 0.3
    assert float(relative.max()) > 0.15
    few = augmented(replace(config, muscle_probability=0.25), x, present, known)[0]
    changed = (few != x).any(dim=2).any(dim=1).float().mean()
    # A binomial share of 200 draws: three standard errors are 0.09.
    assert float(changed) == pytest.approx(0.25, abs=0.1)


def test_another_recorder_halves_the_power_at_its_corners():
    low, high = torch.tensor([20.0]), torch.tensor([0.5])
    assert gain_at(disturb.other_recorder(sine(20.0), low, torch.tensor([1e-6]), FS)) == (
        pytest.approx(2**-0.5, abs=0.01)
    )
    assert gain_at(disturb.other_recorder(sine(0.5), torch.tensor([1e6]), high, FS)) == (
        pytest.approx(2**-0.5, abs=0.02)
    )
    assert gain_at(disturb.other_recorder(sine(5.0), low, high, FS)) == pytest.approx(1, abs=0.01)


@given(hz=st.floats(1.0, 45.0))
def test_smoothing_is_that_of_a_binomial_kernel(hz: float):
    # (1 + cos)^2 / 4 of one sample's angle, so 1 / sqrt(2) at 13 Hz.
    expected = np.cos(np.pi * hz / FS) ** 4
    t = torch.arange(1000) / FS
    wave = torch.exp(2j * torch.pi * hz * t)
    parts = [disturb.smooth(p.expand(1, 12, 1000)) for p in (wave.real, wave.imag)]
    size = torch.hypot(*parts)[..., 2:-2]
    torch.testing.assert_close(size, torch.full_like(size, expected), atol=1e-4, rtol=0)


def test_gain_scales_whole_recordings_or_single_leads():
    x, present, known = batch(50)
    together = augmented(replace(NOTHING, gain_sd=0.3), x, present, known)[0] / x
    torch.testing.assert_close(together, together[:, :1, :1].expand_as(together))
    assert float(together[:, 0, 0].log().std()) == pytest.approx(0.3, abs=0.1)
    apart = augmented(replace(NOTHING, lead_gain_sd=0.3), x, present, known)[0] / x
    assert float(apart[:, :, 0].log().std(dim=1).mean()) == pytest.approx(0.3, abs=0.1)


def test_an_electrode_that_comes_off_leaves_a_flat_stretch():
    x, present, known = batch(60)
    config = replace(NOTHING, lead_off_probability=1.0, lead_off_s=3.0)
    out, here = augmented(config, x, present, known)
    flat = out == 0
    assert here.all()
    assert 0 < int(flat.sum(dim=2).max()) <= 301
    assert float(flat.any(dim=2).float().mean()) == pytest.approx(1 / 6, abs=0.05)
    assert out[~flat].equal(x[~flat])


def test_an_almost_flat_lead_stays_almost_flat():
    x, present, known = batch(8)
    x[:, 2] = 0
    out, _ = augmented(replace(NOTHING, noise=0.2), x, present, known)
    flat = out[:, 2].abs().amax(dim=1)
    assert float(flat.max()) < 0.2 * PREPROCESSING.rms_floor * 4
    assert float(flat.min()) > 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("swap_probability", 1.5),
        ("mains_probability", -0.1),
        ("zoom", 1.0),
        ("gain_sd", float("nan")),
        ("swap_kinds", ("published",)),
        ("swap_kinds", ()),
    ],
)
def test_an_impossible_change_is_refused(field: str, value: object):
    with pytest.raises(TrainingError, match=field):
        replace(NOTHING, **{field: value})
