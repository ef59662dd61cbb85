"""Where a run computes: one process or several, on CPUs or GPUs, on one machine or many."""

from __future__ import annotations

import os
from datetime import timedelta

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies import DDPStrategy

from ecgcore.errors import TrainingError
from ecgcore.learn.config import TrainingConfig
from ecgcore.learn.devices import devices

# While the first process packs a large data set, the others wait.
_PATIENCE = timedelta(hours=12)


def launched_fabric(config: TrainingConfig) -> Fabric:
    """Start the processes of a run, or join those that torchrun has started.

    Raises
    ------
    TrainingError
        There is no such device, or not as many.
    """
    kind = config.device
    if kind == "auto":
        kind = "cuda" if torch.cuda.is_available() else "cpu"
    per_machine, machines = config.devices, 1
    if torch.distributed.is_available() and torch.distributed.is_torchelastic_launched():
        per_machine = int(os.environ["LOCAL_WORLD_SIZE"])
        machines = int(os.environ["WORLD_SIZE"]) // per_machine
    if kind == "cuda" and torch.cuda.device_count() < per_machine:
        raise TrainingError(
            f"{per_machine} GPUs were asked for, PyTorch finds {torch.cuda.device_count()}."
        )
    processes = per_machine * machines
    if config.batch < 2 * processes:
        raise TrainingError(
            f"training.batch is {config.batch}, expected at least 2 for each of {processes} "
            "processes."
        )
    fabric = Fabric(
        accelerator=kind,
        devices=per_machine,
        num_nodes=machines,
        # Buffers are equal everywhere as they are: batch statistics are shared.
        strategy=DDPStrategy(timeout=_PATIENCE, forward_sync_buffers=False)
        if processes > 1
        else "auto",
        precision=config.precision,  # type: ignore[arg-type]
    )
    fabric.launch()
    return fabric


def device_name(device: torch.device) -> str:
    """Name of the processor or GPU."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return devices()[0].name


def memory_mib(device: torch.device) -> float | None:
    """Return the most memory that tensors used on a GPU since the last call; None on a CPU."""
    if device.type != "cuda":
        return None
    most = torch.cuda.max_memory_allocated(device) / 2**20
    torch.cuda.reset_peak_memory_stats(device)
    return most


def utilisation(device: torch.device) -> float | None:
    """Share of the last moments, 0 to 1, in which a GPU computed; None where nobody says."""
    if device.type != "cuda":
        return None
    try:
        return torch.cuda.utilization(device) / 100
    except (ModuleNotFoundError, RuntimeError):  # no NVML, or a slice of a GPU
        return None
