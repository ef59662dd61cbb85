"""The side task of naming the leads, and what unlabelled recordings are used for."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_run import tiny, trainer

from ecgcore.electrodes import REVERSED_CHEST, TABLE_ROWS
from ecgcore.errors import TrainingError
from ecgcore.leads import INDEX, LEADS
from ecgcore.learn.config import RunConfig
from ecgcore.learn.pretext import NamingNetwork, naming_loss
from ecgcore.learn.swaps import NO_LEAD, leads_shown, swap_matrix
from ecgcore.learn.train import Trainer
from ecgcore.learn.training_data import Targets, TrainingData, open_data, uses_unlabelled
from ecgcore.model.baseline import BaselineConfig
from ecgcore.model.network import LeadAttentionNetwork


@pytest.fixture(scope="module")
def data(training_cache: Path) -> TrainingData:
    return open_data(tiny(training_cache))


@pytest.fixture
def make(training_cache: Path, data: TrainingData, tmp_path: Path) -> Callable[..., Trainer]:
    """A trainer of the tiny run with the side task."""

    def build(**training: object) -> Trainer:
        config = tiny(training_cache, **{"naming_weight": 0.5, **training})
        return trainer(config, data, tmp_path)

    return build


def shown_after(matrix: np.ndarray) -> dict[str, str]:
    """Each lead's row after a swap, in words: "I upside down"."""
    names = [*LEADS, *(f"{lead} upside down" for lead in LEADS)]
    rows = leads_shown(torch.from_numpy(matrix)[None])[0].tolist()
    return {
        lead: "no lead" if row == NO_LEAD else names[row]
        for lead, row in zip(LEADS, rows, strict=True)
    }


def test_an_arm_swap_shows_i_upside_down_and_exchanges_two_pairs():
    shown = shown_after(swap_matrix(TABLE_ROWS["LA/RA"]))
    assert {lead: row for lead, row in shown.items() if lead != row} == {
        "I": "I upside down",
        "II": "III",
        "III": "II",
        "aVR": "aVL",
        "aVL": "aVR",
    }


def test_a_row_that_shows_no_whole_lead_has_no_name():
    shown = shown_after(swap_matrix(TABLE_ROWS["RA/RL"]))
    assert shown["II"] == "no lead"  # almost flat
    # Shifted by a third of a limb lead.
    assert {shown[lead] for lead in ("V1", "V6")} == {"no lead"}


def test_reversed_chest_electrodes_exchange_names():
    shown = shown_after(swap_matrix(REVERSED_CHEST))
    assert [shown[f"V{n}"] for n in range(1, 7)] == [f"V{n}" for n in range(6, 0, -1)]


def test_rows_without_a_name_and_absent_leads_do_not_count():
    names = torch.zeros(1, 3, 2 * len(LEADS))
    shown = torch.tensor([[INDEX["V1"], NO_LEAD, INDEX["V2"]]])
    total, count = naming_loss(names, shown, torch.tensor([[True, True, False]]))
    assert count == 1
    assert total.item() == pytest.approx(np.log(2 * len(LEADS)))  # one guess among 24


def test_a_lead_read_upside_down_has_the_other_name():
    names = torch.full((1, 4, 2 * len(LEADS)), -20.0)
    for reading, name in enumerate((0, NO_LEAD, len(LEADS), 5)):
        names[0, reading, name] = 20.0
    shown = torch.tensor([[INDEX["I"], NO_LEAD]])
    total, count = naming_loss(names, shown, torch.ones(1, 2, dtype=torch.bool))
    assert count == 2  # I, and I upside down; the other lead shows no single one
    assert total.item() == pytest.approx(0.0, abs=1e-6)


def test_leads_come_to_be_named_and_the_layer_for_it_is_left_out(make: Callable[..., Trainer]):
    run = make(epochs=4)
    torch.manual_seed(0)
    x = torch.randn(4, 12, 250)
    assert run.fit() == "finished"
    assert isinstance(run.state.network, NamingNetwork)
    first = run.state.network.namer.weight.detach().abs().sum()
    assert torch.isfinite(first)
    kept = run.kept
    assert isinstance(kept, LeadAttentionNetwork)
    logits, weights = kept.eval()(x)
    assert logits.shape == (4, 6)
    assert weights.shape == (4, 12)


def test_only_a_network_that_reads_lead_by_lead_can_name_leads(
    training_cache: Path, data: TrainingData, tmp_path: Path
):
    config = tiny(training_cache, naming_weight=0.5)
    fixed = BaselineConfig(6, stem_width=4, widths=(4, 6))
    with pytest.raises(TrainingError, match="only lead attention"):
        trainer(replace(config, network=fixed), data, tmp_path)


@pytest.mark.parametrize(
    ("changes", "used"),
    [({}, False), ({"naming_weight": 0.1}, True), ({"teachers": ("attention-findings",)}, True)],
)
def test_unlabelled_recordings_are_used_where_something_can_be_learned_from_them(
    training_cache: Path,
    changes: dict,
    used: bool,  # noqa: FBT001 (a case, not a switch)
):
    assert uses_unlabelled(tiny(training_cache, **changes)) == used


def test_recordings_without_labels_change_the_weights_by_the_side_task_alone(
    make: Callable[..., Trainer], data: TrainingData, training_cache: Path, tmp_path: Path
):
    values = np.full_like(data.train.values, np.nan)
    unlabelled = TrainingData(Targets(data.train.recordings, values), data.validation, ())
    config: RunConfig = tiny(training_cache, naming_weight=0.5, epochs=1, weight_decay=0.0)
    run = trainer(config, unlabelled, tmp_path)
    before = run.kept.state_dict()
    run.fit()
    after = run.kept.state_dict()
    moved = {key for key in before if not before[key].equal(after[key])}
    assert not [key for key in moved if key.startswith("classifier")]
    assert any(key.startswith("extractor") and key.endswith("conv1.weight") for key in moved)
