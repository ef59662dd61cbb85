"""One training run as its folder tells it: state, epochs, configuration, last lines of the log.

The training process writes the folder, each file whole; anyone may read it at any time.
"""

from __future__ import annotations

import json
import socket
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import psutil

CONFIG = "config.toml"
STATUS = "status.json"
METRICS = "metrics.jsonl"
LOG = "log.txt"
STOP = "stop"
LAUNCH = "launch.json"

# States in which a process is at work.
ACTIVE = ("starting", "preparing", "running", "stopping")
_LOG_LINES = 20
_LOG_TAIL_BYTES = 16_384
# A process of another machine cannot be looked at: silence of this length counts as its end.
_SILENCE_S = 300.0

Record = TypeVar("Record", "Status", "Epoch", "Launch")


@dataclass(frozen=True)
class Status:
    """What the training process last said of itself (`status.json`); times in Unix seconds."""

    state: str
    pid: int
    host: str
    started: float
    updated: float
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps_per_epoch: int = 0
    eta_s: float | None = None
    reason: str | None = None
    device: str = ""
    device_name: str = ""
    checkpoint: str | None = None


@dataclass(frozen=True)
class Epoch:
    """One line of `metrics.jsonl`; None where a value could not be measured."""

    epoch: int
    loss: float | None
    validation_loss: float | None = None
    validation_macro_auc: float | None = None
    validation_auc: Mapping[str, float | None] = field(default_factory=dict)
    learning_rate: float | None = None
    records_per_s: float | None = None
    seconds: float | None = None
    memory_mib: float | None = None
    utilisation: float | None = None


@dataclass(frozen=True)
class Launch:
    """The process that was started last for a run (`launch.json`).

    Attributes
    ----------
    pid : int
    host : str
    launched : float
        Unix seconds, taken when the process existed.
    device : str
        As the launcher was told, so that a resumed run gets the same one.
    """

    pid: int
    host: str
    launched: float
    device: str


@dataclass(frozen=True)
class Run:
    """One run at one moment.

    Attributes
    ----------
    id : str
        Name of its folder.
    folder : Path
    state : str
        One of `ACTIVE`, ``"stopped"``, ``"finished"``, ``"failed"``, or ``"interrupted"``: the
        process is gone without having said why.
    reason : str
        Sentence for a run that failed or was interrupted, otherwise empty.
    status : Status or None
        None until the process has written it.
    epochs : tuple of Epoch
    config : mapping
        `config.toml`: sections of fields.
    log : str
        Its last lines.
    device : str
        That the launcher was told; empty for a run started on the command line.
    """

    id: str
    folder: Path
    state: str
    reason: str
    status: Status | None
    epochs: tuple[Epoch, ...]
    config: Mapping[str, Any]
    log: str
    device: str = ""

    @property
    def active(self) -> bool:
        """Whether a process is at work on it."""
        return self.state in ACTIVE

    @property
    def title(self) -> str:
        """What the configuration calls it."""
        return str(self.config.get("title") or self.id)

    @property
    def checkpoint(self) -> str | None:
        """Name of the finished checkpoint in `model_folder`, once both its files are there."""
        name = Path(self.status.checkpoint).name if self.status and self.status.checkpoint else ""
        whole = name and all(
            (self.model_folder / f"{name}{end}").is_file() for end in (".json", ".safetensors")
        )
        return name if whole else None

    @property
    def model_folder(self) -> Path:
        """Where its checkpoint is written."""
        return self.folder / "model"

    @property
    def best_macro_auc(self) -> float | None:
        """Highest validation macro-AUC of any epoch."""
        values = [e.validation_macro_auc for e in self.epochs if e.validation_macro_auc is not None]
        return max(values, default=None)


def read_folder(folder: Path) -> Run:
    """Read a run as it stands now."""
    status = _read_json(Status, folder / STATUS)
    launch = _read_json(Launch, folder / LAUNCH)
    log = _log_tail(folder / LOG)
    state = _state(status, launch, stop_asked=(folder / STOP).exists())
    return Run(
        id=folder.name,
        folder=folder,
        state=state,
        reason=_reason(state, status, log),
        status=status,
        epochs=_read_epochs(folder / METRICS),
        config=_read_config(folder / CONFIG),
        log=log,
        device=launch.device if launch else "",
    )


def _state(status: Status | None, launch: Launch | None, *, stop_asked: bool) -> str:
    """Judge by the process that was started last: what an earlier one wrote is history."""
    if launch and (status is None or status.updated < launch.launched):
        if is_alive(launch.pid, launch.host, launch.launched):
            return "starting"
        return "interrupted" if status else "failed"
    if status is None:
        return "interrupted"
    if status.state not in ACTIVE:
        return status.state
    if not is_alive(status.pid, status.host, status.updated):
        return "interrupted"
    return "stopping" if stop_asked else status.state


def is_alive(pid: int, host: str, seen: float) -> bool:
    """Whether the process that was `pid` on `host` at the Unix time `seen` still runs.

    A younger process with the same number is another one.
    """
    if host != socket.gethostname():
        return time.time() - seen < _SILENCE_S
    try:
        process = psutil.Process(pid)
        # The kernel counts its start in hundredths of a second.
        is_same = process.create_time() <= seen + 0.01
        return is_same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _reason(state: str, status: Status | None, log: str) -> str:
    if state == "failed":
        stated = status.reason if status and status.state == "failed" else None
        return stated or _last_line(log) or "The process ended before it could say anything."
    if state == "interrupted":
        last = _last_line(log)
        said = f" The last it said: {last}" if last else ""
        return f"The process ended without saying why; the run can be resumed.{said}"
    return ""


def _last_line(log: str) -> str:
    return log.splitlines()[-1].strip() if log.strip() else ""


def _read_json(kind: type[Record], path: Path) -> Record | None:
    """Read a record; None where the file is absent or is none of ours."""
    try:
        return _record(kind, json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _record(kind: type[Record], stated: Mapping[str, Any]) -> Record:
    """Leave out fields that this version does not know."""
    known = {x.name for x in fields(kind)}
    return kind(**{name: value for name, value in stated.items() if name in known})


def _read_epochs(path: Path) -> tuple[Epoch, ...]:
    """Epochs in order; a line that a resumed run wrote again replaces the older one."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError:
        return ()
    epochs = {}
    for line in lines:
        try:
            epoch = _record(Epoch, json.loads(line))
        except (ValueError, TypeError):
            continue  # being written
        epochs[epoch.epoch] = epoch
    return tuple(epochs[number] for number in sorted(epochs))


def _read_config(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return {}


def _log_tail(path: Path) -> str:
    """Return the last lines; of a line that a progress bar wrote over, what stood there last."""
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(0, size - _LOG_TAIL_BYTES))
            text = stream.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]
    return "\n".join([line for line in lines if line.strip()][-_LOG_LINES:])
