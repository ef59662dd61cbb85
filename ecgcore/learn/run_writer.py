"""What a training process writes into its folder for others to read: status, curves, progress."""

from __future__ import annotations

import json
import math
import os
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ecgcore.learn.run_folder import METRICS, STATUS, STOP, Epoch, Status
from ecgcore.whole_file import write_whole

# Often enough for a live page, rarely enough to cost nothing.
_SECONDS_BETWEEN = 1.0


class RunWriter:
    """Writes the status and the curves of a run, each file whole; only the first process does.

    Parameters
    ----------
    folder : Path
    epochs : int
        Planned.
    writes : bool
        False in every process but the first.
    """

    def __init__(self, folder: Path, epochs: int, *, writes: bool = True) -> None:
        self.folder = folder
        self.writes = writes
        now = time.time()
        self.status = Status(
            "preparing", os.getpid(), socket.gethostname(), now, now, epochs=epochs
        )
        self._written = 0.0
        self._on_terminal = sys.stdout.isatty()

    def update(self, *, now: bool = True, **changes: Any) -> None:
        """Change fields of the status; written at once, or with `now` false when it is due."""
        self.status = replace(self.status, **changes)
        moment = time.time()
        if self.writes and (now or moment - self._written >= _SECONDS_BETWEEN):
            self.status = replace(self.status, updated=moment)
            self._write(STATUS, json.dumps(asdict(self.status)) + "\n")
            self._written = moment
            if self._on_terminal:
                print(f"\r{_progress(self.status)}\033[K", end="", flush=True)

    def say(self, sentence: str) -> None:
        """Print a line for the log."""
        if self.writes:
            print(f"\r\033[K{sentence}" if self._on_terminal else sentence, flush=True)

    def add(self, epoch: Epoch) -> None:
        """Append an epoch to the curves and print a line."""
        if not self.writes:
            return
        lines = self._epochs_before(epoch.epoch)
        line = json.dumps({name: _json(value) for name, value in asdict(epoch).items()})
        self._write(METRICS, "".join(f"{x}\n" for x in [*lines, line]))
        self.say(f"epoch {epoch.epoch}/{self.status.epochs}: {_account(epoch)}")

    def forget_after(self, epoch: int) -> None:
        """Drop epochs from the curves that a resumed run will go through again."""
        if self.writes and (self.folder / METRICS).is_file():
            lines = self._epochs_before(epoch + 1)
            self._write(METRICS, "".join(f"{x}\n" for x in lines))

    @property
    def stop_asked(self) -> bool:
        """Whether the folder holds the file that asks to stop."""
        return (self.folder / STOP).exists()

    def stop_honoured(self) -> None:
        """Remove that file, so that a resumed run does not stop at once."""
        if self.writes:
            (self.folder / STOP).unlink(missing_ok=True)

    def _epochs_before(self, epoch: int) -> list[str]:
        path = self.folder / METRICS
        lines = path.read_text("utf-8").splitlines() if path.is_file() else []
        return [line for line in lines if json.loads(line)["epoch"] < epoch]

    def _write(self, name: str, text: str) -> None:
        write_whole(self.folder / name, text.encode())


def _json(value: Any) -> Any:
    """JSON has no NaN and no infinity."""
    if isinstance(value, Mapping):
        return {key: _json(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _account(epoch: Epoch) -> str:
    parts = ["no loss" if epoch.loss is None else f"loss {epoch.loss:.4f}"]
    if epoch.validation_macro_auc is not None:
        parts.append(f"validation macro-AUC {epoch.validation_macro_auc:.4f}")
    if epoch.records_per_s is not None:
        parts.append(f"{epoch.records_per_s:.0f} records/s")
    if epoch.memory_mib is not None:
        parts.append(f"{epoch.memory_mib:.0f} MiB")
    return ", ".join(parts)


def _progress(status: Status) -> str:
    """One line for a terminal."""
    left = "" if status.eta_s is None else f", {duration(status.eta_s)} left"
    return (
        f"{status.state}: epoch {min(status.epoch + 1, status.epochs)}/{status.epochs}, "
        f"step {status.step}/{status.steps_per_epoch}{left}"
    )


def duration(seconds: float) -> str:
    """Write a time span as h:mm:ss."""
    minutes, s = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{s:02d}"
