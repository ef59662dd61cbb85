"""The saved state of a run: whole or not there, and the very objects that were saved."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from ecgcore.errors import TrainingError
from ecgcore.learn.optimise import make_optimiser
from ecgcore.learn.state import (
    STATE,
    Position,
    TrainState,
    read_state,
    write_state,
)
from ecgcore.whole_file import write_whole


def made(seed: int, width: int = 3, steps: int = 2) -> TrainState:
    """A small network in channels-last layout after some steps."""
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Conv2d(2, width, (1, 3)), nn.BatchNorm2d(width))
    network.to(memory_format=torch.channels_last)
    optimiser = make_optimiser(network, 1e-2, 0.05)
    for _ in range(steps):
        optimiser.zero_grad()
        network(torch.randn(4, 2, 1, 9)).square().sum().backward()
        optimiser.step()
    average = nn.Sequential(nn.Conv2d(2, width, (1, 3)), nn.BatchNorm2d(width))
    return TrainState(network, average, optimiser, Position(3, 1, loss_sum=0.1 + 0.2))


def step(state: TrainState) -> list[torch.Tensor]:
    """One more step, the same for all."""
    x = torch.randn(4, 2, 1, 9, generator=torch.Generator().manual_seed(1))
    state.optimiser.zero_grad()
    state.network(x).square().sum().backward()
    state.optimiser.step()
    return [value.clone() for value in state.network.state_dict().values()]


def test_a_state_that_was_read_goes_on_as_the_one_that_was_written(tmp_path: Path):
    written, read = made(seed=0), made(seed=1)
    written.best = {"weight": torch.arange(3.0)}
    write_state(written, tmp_path)
    assert read_state(read, tmp_path)
    assert read.position == written.position
    assert read.best.keys() == written.best.keys()
    for ours, theirs in zip(
        read.average.state_dict().values(), written.average.state_dict().values(), strict=True
    ):
        assert ours.equal(theirs)
    assert all(a.equal(b) for a, b in zip(step(read), step(written), strict=True))


def test_the_memory_of_the_optimiser_keeps_the_layout_of_its_parameter(tmp_path: Path):
    state = made(seed=0)
    write_state(state, tmp_path)
    read_state(state, tmp_path)
    weight = state.network[0].weight
    assert weight.stride() != weight.contiguous().stride()
    assert state.optimiser.state[weight]["exp_avg"].stride() == weight.stride()


def test_a_state_before_the_first_step_can_be_saved(tmp_path: Path):
    write_state(made(seed=0, steps=0), tmp_path)
    read = made(seed=1)
    assert read_state(read, tmp_path)
    assert not read.optimiser.state_dict()["state"]


def test_without_a_file_there_is_no_state(tmp_path: Path):
    assert not read_state(made(seed=0), tmp_path)


@pytest.mark.parametrize("damage", ["cut", "width", "foreign"])
def test_a_state_that_does_not_fit_is_refused(damage: str, tmp_path: Path):
    write_state(made(seed=0), tmp_path)
    path = tmp_path / STATE
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-10])
    if damage == "foreign":
        from safetensors.torch import save_file

        save_file({"x": torch.zeros(1)}, path)
    with pytest.raises(TrainingError, match="does not fit this run"):
        read_state(made(seed=0, width=4 if damage == "width" else 3), tmp_path)


def test_a_write_that_breaks_off_leaves_the_old_state(tmp_path: Path):
    state = made(seed=0)
    write_state(state, tmp_path)
    # What a process killed while writing leaves behind.
    (tmp_path / f"{STATE}.partial").write_bytes(b"half")
    state.position = replace(state.position, epoch=4)
    before = load_file(tmp_path / STATE)
    read = made(seed=1)
    assert read_state(read, tmp_path)
    assert read.position.epoch == 3
    assert before.keys() == load_file(tmp_path / STATE).keys()
    write_state(state, tmp_path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [STATE]
    read_state(read, tmp_path)
    assert read.position.epoch == 4


def test_nothing_of_a_file_that_cannot_be_written_whole_is_seen(tmp_path: Path):
    write_whole(tmp_path / "file", b"old", durable=True)
    (tmp_path / "file.partial").mkdir()  # cannot be opened for writing
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path / "file", b"new", durable=True)
    assert (tmp_path / "file").read_bytes() == b"old"
