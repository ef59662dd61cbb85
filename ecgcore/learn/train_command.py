"""The command `train`: one configuration in, one run folder out."""

from __future__ import annotations

import platform
import signal
import sys
import traceback
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import nn

from ecgcore.errors import EcgError, TrainingError
from ecgcore.learn.calibrate import calibrated
from ecgcore.learn.config import RunConfig, config_to_table, read_config, write_config
from ecgcore.learn.curves import require_tensorboard
from ecgcore.learn.fabric import device_name, launched_fabric
from ecgcore.learn.run_folder import ACTIVE, CONFIG, METRICS, is_alive, read_folder
from ecgcore.learn.run_writer import RunWriter
from ecgcore.learn.state import STATE
from ecgcore.learn.train import Trainer
from ecgcore.learn.training_data import TrainingData, open_data
from ecgcore.model.checkpoint import Model, save

MODEL_FOLDER = "model"
# Fewer recordings say nothing about what a probability is worth.
MIN_TO_CALIBRATE = 20
# What a resumed run may change: where it runs, not what it computes.
_MAY_DIFFER = {("training", "device"), ("training", "devices")}


def train(arguments: Namespace) -> int:
    """Run the command; the exit status is 0 if the run finished or was stopped."""
    try:
        config = _configuration(arguments)
        folder: Path = arguments.out or Path("runs") / config.name
        fabric = launched_fabric(config.training)
        if fabric.is_global_zero:
            _prepare_folder(folder, config, resume=arguments.resume)
    except EcgError as error:
        print(error, file=sys.stderr)
        return 1
    return run(config, folder, fabric)


def run(config: RunConfig, folder: Path, fabric: Fabric) -> int:
    """Train in `folder`, going on from a state that it may hold; returns the exit status."""
    writer = RunWriter(folder, config.training.epochs, writes=fabric.is_global_zero)
    signals = Signals()
    try:
        writer.update(device=str(fabric.device), device_name=device_name(fabric.device))
        state = _run(config, writer, fabric, signals)
        writer.update(state=state, eta_s=None)
        writer.say(f"{state}: {folder}")
    except Exception as error:  # the page and the log have to hear of whatever broke the run
        if not isinstance(error, EcgError):
            traceback.print_exc()
        reason = _reason(error, config)
        writer.update(state="failed", reason=reason, eta_s=None)
        writer.say(reason)
        return 1
    finally:
        signals.restore()
    return 0


def _run(config: RunConfig, writer: RunWriter, fabric: Fabric, signals: Signals) -> str:
    """Prepare, train, make the checkpoint; returns "finished" or "stopped"."""

    def asked_to_stop() -> bool:
        return signals.received or (writer.writes and writer.stop_asked)

    def progress(done: int, total: int) -> None:
        writer.update(now=False)
        if asked_to_stop():
            raise Stopped

    try:
        with fabric.rank_zero_first():  # one process packs, the others then find it packed
            data = open_data(config, progress)
    except Stopped:
        writer.stop_honoured()
        return "stopped"
    for note in data.notes:
        writer.say(note)
    writer.say(
        f"{len(data.train)} recordings to train on, {len(data.validation)} to validate; "
        f"{fabric.world_size} x {fabric.device.type}, {config.training.precision}"
    )
    trainer = Trainer(config, data, fabric, writer, asked_to_stop)
    if trainer.resume(writer.folder):
        at = trainer.state.position
        writer.say(f"Resumed after epoch {at.epoch}, step {at.step}.")
    state = trainer.fit()
    if state == "stopped":
        writer.stop_honoured()
    if trainer.state.position.epoch and writer.writes:
        _write_model(config, trainer.kept, data, writer, trainer)
    return state


def _write_model(
    config: RunConfig, network: nn.Module, data: TrainingData, writer: RunWriter, trainer: Trainer
) -> None:
    """Calibrate on validation and write the checkpoint."""
    model = Model(
        config.name,
        config.title,
        config.kind,
        config.objective,
        network.eval(),
        config.preprocessing,
        config.labels,
        dict.fromkeys(config.labels, 0.5),
    )
    if len(data.validation) >= MIN_TO_CALIBRATE:
        model = calibrated(model, data.validation.recordings)
    else:
        writer.say(
            f"Not calibrated: {len(data.validation)} validation recordings, {MIN_TO_CALIBRATE} are "
            "needed. Every threshold is 0.5."
        )
    save(model, writer.folder / MODEL_FOLDER, training=_account(config, data, trainer))
    writer.update(checkpoint=f"{MODEL_FOLDER}/{config.name}")


def _account(config: RunConfig, data: TrainingData, trainer: Trainer) -> dict[str, Any]:
    """Account for the making of a checkpoint."""
    position = trainer.state.position
    return {
        "data": sorted(set(data.train.recordings.source.tolist())),
        "records": len(data.train),
        "validation_records": len(data.validation),
        "epochs": position.epoch,
        "kept_epoch": position.best_epoch if trainer.state.best else position.epoch,
        "steps_skipped": position.skipped,
        "start_from": config.training.start_from or None,
        "config": asdict(config.training),
        "augment": asdict(config.augment),
        "run": config_to_table(config),
        "torch": torch.__version__,
        "python": platform.python_version(),
    }


def _configuration(arguments: Namespace) -> RunConfig:
    """Read the configuration with what the command line says of it."""
    overrides = list(arguments.set or [])
    if arguments.device:
        overrides.append(f'training.device="{arguments.device}"')
    if arguments.devices:
        overrides.append(f"training.devices={arguments.devices}")
    config = read_config(arguments.config, overrides)
    if config.training.tensorboard:
        require_tensorboard()
    return config


def _prepare_folder(folder: Path, config: RunConfig, *, resume: bool) -> None:
    """Check that this run may use the folder, and write its configuration there.

    Raises
    ------
    TrainingError
        Another process is at work in it, it holds another run, or it cannot be written.
    """
    found = read_folder(folder)
    status = found.status
    if status and status.state in ACTIVE and is_alive(status.pid, status.host, status.updated):
        raise TrainingError(f'Process {status.pid} is training in "{folder}" already.')
    begun = any((folder / name).exists() for name in (STATE, METRICS))
    if begun and not resume:
        raise TrainingError(
            f'"{folder}" holds a run already; give --resume to go on with it, or another --out.'
        )
    if begun and (differing := _differing(read_config(folder / CONFIG), config)):
        raise TrainingError(
            f'The run in "{folder}" was started with another {", ".join(differing)}; a resumed '
            "run keeps its configuration."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_config(config, folder / CONFIG)
    except OSError as error:
        raise TrainingError(f'"{folder}" cannot be written: {error.strerror}.') from error


def _differing(before: RunConfig, after: RunConfig) -> list[str]:
    """Fields of the configuration that two runs do not share."""
    first, second = _flat(config_to_table(before)), _flat(config_to_table(after))
    names = [name for name in first | second if first.get(name) != second.get(name)]
    return [".".join(name) for name in names if name not in _MAY_DIFFER]


def _flat(table: dict[str, Any], prefix: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    flat: dict[tuple[str, ...], Any] = {}
    for name, value in table.items():
        flat |= (
            _flat(value, (*prefix, name)) if isinstance(value, dict) else {(*prefix, name): value}
        )
    return flat


def _reason(error: Exception, config: RunConfig) -> str:
    """Say in one sentence what broke a run."""
    if isinstance(error, EcgError):
        return str(error)
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return f"The memory does not hold a batch of {config.training.batch} recordings."
    if isinstance(error, OSError) and error.strerror:
        return f'"{error.filename}" cannot be used: {error.strerror}.'
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first or 'no further account'} (see the log)."


class Stopped(Exception):  # noqa: N818 - no error: somebody asked for it
    """Raised to leave the preparation of the data."""


class Signals:
    """Takes SIGTERM and SIGINT as a wish to stop; the second one ends the process at once."""

    def __init__(self) -> None:
        self.received = False
        self._before = {
            number: signal.signal(number, self._note) for number in (signal.SIGTERM, signal.SIGINT)
        }

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.received = True
        self.restore()

    def restore(self) -> None:
        """Give the signals back to whoever had them."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
