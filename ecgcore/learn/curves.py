"""The curves of a run for TensorBoard, where that is installed."""

from __future__ import annotations

from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

from ecgcore.errors import TrainingError
from ecgcore.learn.run_folder import Epoch

FOLDER = "tensorboard"


def require_tensorboard() -> None:
    """Check that the curves can be written.

    Raises
    ------
    TrainingError
        The package is not installed.
    """
    if find_spec("tensorboard") is None:
        raise TrainingError(
            "training.tensorboard is true, but the package tensorboard is not installed: "
            "pip install tensorboard, or leave it out; the curves are in metrics.jsonl as well."
        )


def add(epoch: Epoch, folder: Path) -> None:
    """Append the figures of one epoch."""
    # Optional, and slow to import.
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(folder / FOLDER)) as writer:
        for name, value in asdict(epoch).items():
            if isinstance(value, float):
                writer.add_scalar(name, value, epoch.epoch)
        for label, value in epoch.validation_auc.items():
            if value is not None:
                writer.add_scalar(f"validation_auc/{label}", value, epoch.epoch)
