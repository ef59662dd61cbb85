"""Start, stop, resume, list and delete training runs; each is a detached process of its own.

A run started here is the command ``python -m ecgcore train RUN/config.toml --out RUN`` and nothing
else: it survives the process that started it, and its folder is all that anyone needs to find it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ecgcore.errors import TrainingError
from ecgcore.learn.config import RunConfig, write_config
from ecgcore.learn.run_folder import CONFIG, LAUNCH, LOG, STOP, Launch, Run, read_folder
from ecgcore.whole_file import write_whole

PROJECT = Path(__file__).parents[2]
# Environment of the administrator: where runs are kept, and whether they may be started from afar.
ROOT_VARIABLE = "LEADPROOF_RUNS"
ALLOWED_VARIABLE = "LEADPROOF_TRAINING"

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# A run on one GPU sees that GPU alone, named by its UUID: numbers depend on who counts.
_GPU = re.compile(r"GPU-[0-9a-f-]+|MIG-[\w/-]+")

# Held so that a process that ended is collected instead of staying behind as a zombie.
_children: dict[int, subprocess.Popen[bytes]] = {}


def runs_root() -> Path:
    """Folder of all runs: `runs/` of the project, or what LEADPROOF_RUNS names."""
    return Path(os.environ.get(ROOT_VARIABLE) or PROJECT / "runs").absolute()


def training_allowed() -> bool:
    """Tell whether the administrator left it on: LEADPROOF_TRAINING is not off, 0, no, false."""
    return os.environ.get(ALLOWED_VARIABLE, "").strip().lower() not in ("off", "0", "no", "false")


def start(config: RunConfig, root: Path, device: str = "") -> str:
    """Write `config.toml` into a new folder under `root` and start its training.

    Parameters
    ----------
    config : RunConfig
    root : Path
    device : str
        ``"cpu"`` or the UUID of a GPU (`devices.Device.id`), put into the configuration; empty for
        what the configuration says.

    Returns
    -------
    str
        Id of the run: the name of its folder.

    Raises
    ------
    TrainingError
        The folder cannot be written, or the device has no such name.
    """
    _check_device(device)
    if device:
        kind = "cpu" if device == "cpu" else "cuda"
        config = replace(config, training=replace(config.training, device=kind))
    folder = _new_folder(config.name, root)
    write_config(config, folder / CONFIG)
    _launch(folder, device, resume=False)
    return folder.name


def resume(root: Path, run_id: str) -> None:
    """Go on with a run that was stopped or interrupted, on the device it had.

    Raises
    ------
    TrainingError
        There is no such run, a process is at work on it, or it is finished.
    """
    run = read_run(root, run_id)
    if run.active or run.state == "finished":
        raise TrainingError(f'The run "{run_id}" is {run.state}; there is nothing to resume.')
    (run.folder / STOP).unlink(missing_ok=True)
    _launch(run.folder, run.device, resume=True)


def stop(root: Path, run_id: str) -> None:
    """Ask a run to save its state and end; it does so after the step at hand.

    Raises
    ------
    TrainingError
        There is no such run, or no process is at work on it.
    """
    run = read_run(root, run_id)
    if not run.active:
        raise TrainingError(f'The run "{run_id}" is {run.state}; there is nothing to stop.')
    (run.folder / STOP).touch()


def delete(root: Path, run_id: str) -> None:
    """Remove a run with all its files.

    Raises
    ------
    TrainingError
        There is no such run, or a process is at work on it.
    """
    run = read_run(root, run_id)
    if run.active:
        raise TrainingError(f'The run "{run_id}" is {run.state}; stop it before deleting it.')
    shutil.rmtree(run.folder)


def list_runs(root: Path) -> tuple[Run, ...]:
    """Read all runs in `root`, the newest first."""
    _collect_ended()
    if not root.is_dir():
        return ()
    folders = [path.parent for path in root.glob(f"*/{CONFIG}") if _ID.fullmatch(path.parent.name)]
    return tuple(read_folder(f) for f in sorted(folders, key=_created, reverse=True))


def read_run(root: Path, run_id: str) -> Run:
    """Read one run.

    Raises
    ------
    TrainingError
        There is no such run. An id comes from a link and never leads out of `root`.
    """
    _collect_ended()
    if not _ID.fullmatch(run_id) or not (root / run_id / CONFIG).is_file():
        raise TrainingError(f'There is no run "{run_id}" in the folder of runs.')
    return read_folder(root / run_id)


def command(run: Run, *, resume: bool = False) -> str:
    """Shell line, for the project's folder, that does what `start` or `resume` does."""
    folder = run.folder
    short = folder.relative_to(PROJECT) if folder.is_relative_to(PROJECT) else folder
    variables = [f"{name}={value}" for name, value in _variables(run.device).items()]
    return shlex.join([*variables, "python", *_arguments(short, resume=resume)])


def differences(runs: Sequence[Run]) -> dict[str, tuple[Any, ...]]:
    """Fields of the configuration in which the runs differ: one value per run, None if absent.

    The name is left out: it always differs and changes nothing.
    """
    flat = [dict(_flatten(run.config)) for run in runs]
    names = list(dict.fromkeys(name for fields in flat for name in fields))
    rows = {name: tuple(fields.get(name) for fields in flat) for name in names}
    return {
        name: values
        for name, values in rows.items()
        if name not in ("name", "title") and any(value != values[0] for value in values)
    }


def _flatten(section: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for name, value in section.items():
        if isinstance(value, Mapping):
            flat += _flatten(value, f"{prefix}{name}.")
        elif isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
            for number, item in enumerate(value, start=1):
                flat += _flatten(item, f"{prefix}{name} {number}: ")
        else:
            flat.append((f"{prefix}{name}", value))
    return flat


def _created(folder: Path) -> float:
    """Time of `config.toml`, which is written once."""
    return (folder / CONFIG).stat().st_mtime


def _new_folder(name: str, root: Path) -> Path:
    """Make a folder that nobody else has: the name, and the local time of the start."""
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-_")[:60] or "run"
    moment = time.strftime("%m%d-%H%M%S")
    try:
        for number in range(100):
            folder = root / f"{stem}-{moment}{f'-{number}' if number else ''}"
            folder.parent.mkdir(parents=True, exist_ok=True)
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise TrainingError(f'The run\'s folder cannot be made in "{root}": {reason}.') from error
    raise TrainingError(f'100 runs named "{stem}" were started within this second.')


def _check_device(device: str) -> None:
    if device not in ("", "cpu") and not _GPU.fullmatch(device):
        raise TrainingError(f'"{device}" is no device, expected "cpu" or the UUID of a GPU.')


def _variables(device: str) -> dict[str, str]:
    return {"CUDA_VISIBLE_DEVICES": device} if device not in ("", "cpu") else {}


def _arguments(folder: Path, *, resume: bool) -> list[str]:
    arguments = ["-m", "ecgcore", "train", str(folder / CONFIG), "--out", str(folder)]
    return [*arguments, *(["--resume"] if resume else [])]


def _launch(folder: Path, device: str, *, resume: bool) -> None:
    """Start the process and note which one it is."""
    with (folder / LOG).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *_arguments(folder, resume=resume)],
            cwd=PROJECT,
            env=os.environ | _variables(device) | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a signal to the server, or its end, does not reach it
        )
    _children[process.pid] = process
    noted = Launch(process.pid, socket.gethostname(), time.time(), device)
    write_whole(folder / LAUNCH, json.dumps(asdict(noted)).encode())


def _collect_ended() -> None:
    for pid, process in list(_children.items()):
        if process.poll() is not None:
            _children.pop(pid, None)
