"""What a training could run on here: the processor, and each GPU that this process may use."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch
from pynvml import NVMLError

_MIB = 1024**2


@dataclass(frozen=True)
class Device:
    """One device.

    Attributes
    ----------
    id : str
        ``"cpu"``, or the UUID of a GPU as CUDA_VISIBLE_DEVICES takes it.
    name : str
    memory_mib, memory_used_mib : int or None
        None where the system does not tell.
    load : float or None
        Share of its time that it is busy, 0 to 1.
    cores : int or None
        Of the processor that this process may use; None for a GPU.
    """

    id: str
    name: str
    memory_mib: int | None
    memory_used_mib: int | None
    load: float | None
    cores: int | None = None

    @property
    def facts(self) -> str:
        """One line: cores, memory in use, load."""
        parts = []
        if self.cores is not None:
            parts.append(f"{self.cores} core{'s' if self.cores != 1 else ''}")
        if self.memory_mib is not None and self.memory_used_mib is not None:
            used, whole = self.memory_used_mib / 1024, self.memory_mib / 1024
            parts.append(f"{used:.1f} of {whole:.1f} GiB in use")
        if self.load is not None:
            parts.append(f"load {self.load:.0%}")
        return " · ".join(parts)


def devices() -> tuple[Device, ...]:
    """Return the processor first, then each GPU that PyTorch can use."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return (_processor(), *(_gpu(number) for number in range(count)))


def _processor() -> Device:
    memory = psutil.virtual_memory()
    usable = _usable_cores()
    # The mean number of running processes over the last minute; the system's own figure.
    load = min(psutil.getloadavg()[0] / (psutil.cpu_count() or 1), 1.0)
    return Device(
        id="cpu",
        name=_processor_name(),
        memory_mib=memory.total // _MIB,
        memory_used_mib=(memory.total - memory.available) // _MIB,
        load=load,
        cores=usable,
    )


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor_name() -> str:
    """Model name where Linux tells it, otherwise what Python knows."""
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine() or "Processor"


def _gpu(number: int) -> Device:
    facts = torch.cuda.get_device_properties(number)
    used = _told(lambda: torch.cuda.device_memory_used(number))
    load = _told(lambda: torch.cuda.utilization(number))
    return Device(
        id=f"GPU-{facts.uuid}",
        name=facts.name,
        memory_mib=facts.total_memory // _MIB,
        memory_used_mib=None if used is None else used // _MIB,
        load=None if load is None else load / 100,
    )


def _told(ask: Callable[[], int]) -> int | None:
    """Ask the driver; None where it does not tell, as of a slice of a GPU."""
    try:
        return ask()
    except (NVMLError, RuntimeError):
        return None
