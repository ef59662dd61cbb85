"""The state of a run on disk: everything needed to go on as if it had never been interrupted.

One safetensors file, its JSON in its own header, replaced as a whole: whenever the process is
killed, the file on disk is one complete state. There is no state of random generators, because
each draw follows from the seed and the number of the step (`draws`).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as tensors_to_bytes
from torch import nn

from ecgcore.errors import TrainingError
from ecgcore.whole_file import write_whole

STATE = "state.safetensors"
_OPTIMISER = "optimiser"


@dataclass
class Position:
    """How far a run has come.

    Attributes
    ----------
    epoch : int
        Epochs completed.
    step : int
        Steps taken in the epoch at hand.
    loss_sum : float
        Sum of the losses of its steps that were not skipped.
    good_steps : int
        How many these are.
    bad_steps : int
        Steps skipped in a row, up to now.
    skipped : int
        Steps skipped, in all.
    best_auc : float or None
        Highest validation macro-AUC.
    best_epoch : int
        Epoch of that figure, counted from 1; 0 before any.
    seconds : float
        Spent in the steps of the epoch at hand.
    """

    epoch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    good_steps: int = 0
    bad_steps: int = 0
    skipped: int = 0
    best_auc: float | None = None
    best_epoch: int = 0
    seconds: float = 0.0


@dataclass(eq=False)
class TrainState:
    """The parts of a run that change.

    Attributes
    ----------
    network, average : nn.Module
        What is optimised, and its moving average.
    optimiser : torch.optim.Optimizer
    position : Position
    best : dict of str to tensor
        Average of the best epoch so far; empty where it is not kept.
    """

    network: nn.Module
    average: nn.Module
    optimiser: torch.optim.Optimizer
    position: Position = field(default_factory=Position)
    best: dict[str, torch.Tensor] = field(default_factory=dict)


def write_state(state: TrainState, folder: Path) -> None:
    """Replace the state on disk; it is there whole, the old one or the new one."""
    tensors = {
        **_prefixed("network", state.network.state_dict()),
        **_prefixed("average", state.average.state_dict()),
        **_prefixed("best", state.best),
    }
    for number, values in state.optimiser.state_dict()["state"].items():
        tensors |= _prefixed(f"{_OPTIMISER}.{number}", values)
    contiguous = {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}
    content = tensors_to_bytes(contiguous, {"position": json.dumps(asdict(state.position))})
    write_whole(folder / STATE, content, durable=True)


def read_state(state: TrainState, folder: Path) -> bool:
    """Put the state on disk into the objects of `state`; False if there is none.

    Raises
    ------
    TrainingError
        The file is damaged or belongs to another network.
    """
    path = folder / STATE
    if not path.is_file():
        return False
    try:
        with safe_open(path, framework="pt") as file:
            position = json.loads(file.metadata()["position"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        state.network.load_state_dict(_under("network", tensors))
        state.average.load_state_dict(_under("average", tensors))
        _read_optimiser(state.optimiser, _under(_OPTIMISER, tensors))
        state.position = Position(**position)
    except (SafetensorError, RuntimeError, KeyError, TypeError, ValueError) as error:
        raise TrainingError(f"{STATE} does not fit this run: {error}.") from error
    state.best = _under("best", tensors)
    return True


def _prefixed(prefix: str, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def _under(prefix: str, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {
        name.removeprefix(f"{prefix}."): tensor
        for name, tensor in tensors.items()
        if name.startswith(f"{prefix}.")
    }


def _read_optimiser(optimiser: torch.optim.Optimizer, tensors: dict[str, torch.Tensor]) -> None:
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        number, _, key = name.partition(".")
        like = parameters[int(number)]
        if tensor.shape == like.shape:
            # In the parameter's own memory layout: another would add up in another order.
            tensor = torch.empty_like(like).copy_(tensor)
        state.setdefault(int(number), {})[key] = tensor
    optimiser.load_state_dict(
        {"state": state, "param_groups": optimiser.state_dict()["param_groups"]}
    )
