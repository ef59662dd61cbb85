"""Read untrusted files in another process, so that the worst of them costs one sentence.

The process is bounded in CPU time, time and memory (`ecgcore.io.worker`). When a file ends it, that
file is refused and the others are read by the next. Nothing that comes back is unpickled.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import ecgcore
from ecgcore.errors import EcgError
from ecgcore.io import Answers, ReadResult, read_files
from ecgcore.io.wire import Header, WireError, encode_answers, read_result, receive_header, send

ROOT = Path(ecgcore.__file__).parents[1]
# The slowest real file takes under 2 s; a busy machine gives a process a part of a core.
CPU_S = 20
WALL_S = 45.0
# For files and arrays, beside the readers themselves.
MEMORY_BYTES = 900 * 10**6
# For all files of one upload together.
UPLOAD_S = 150.0
# How much longer than the kernel's own alarm we wait before we give a job up.
_PATIENCE_S = 15.0


@dataclass(frozen=True)
class Bounds:
    """What reading one file may take.

    Attributes
    ----------
    cpu_s : int
        CPU seconds.
    wall_s : float
        Seconds.
    memory_bytes : int
        Address space beside what the readers themselves take.
    upload_s : float
        Seconds for all files of one call together.
    """

    cpu_s: int = CPU_S
    wall_s: float = WALL_S
    memory_bytes: int = MEMORY_BYTES
    upload_s: float = UPLOAD_S


@dataclass
class _Progress:
    """How far one call has come, over the processes that it took."""

    results: list[ReadResult] = field(default_factory=list)
    passed_over: set[tuple[str, str]] = field(default_factory=set)
    begun: tuple[str, str] | None = None

    def begin(self, stage: str, name: str) -> None:
        self.finish_begun()
        self.begun = (stage, name)

    def finish_begun(self) -> None:
        """Note what was read, so that another process does not read it again."""
        if self.begun and self.begun[0] == "read":
            self.passed_over.add(self.begun)

    def give_up_begun(self, sentence: str) -> None:
        """Refuse the file that ended the process."""
        if self.begun is None:
            raise WireError("The process ended before it looked at a file.")
        stage, name = self.begun
        self.results.append(ReadResult(name, None, error=sentence))
        self.passed_over |= {(stage, name), ("read", name)}
        self.begun = None


def read_isolated(
    files: Mapping[str, bytes],
    answers: Answers | None = None,
    *,
    assume_guesses: bool = False,
    bounds: Bounds | None = None,
) -> tuple[ReadResult, ...]:
    """Do what `ecgcore.io.read_files` does, in a bounded process.

    On systems without fork (Windows) the files are read in this process, within the bounds that the
    readers keep themselves.

    Parameters
    ----------
    files : mapping of name to bytes
    answers : Answers, optional
    assume_guesses : bool
    bounds : Bounds, optional

    Returns
    -------
    tuple of ReadResult
        A file that ended the process has an `error`; the others are read all the same.
    """
    answers = answers or Answers()
    if not hasattr(os, "fork"):
        return read_files(files, answers, assume_guesses=assume_guesses)
    bounds = bounds or Bounds()
    deadline = time.monotonic() + bounds.upload_s
    request: Header = {
        "files": [[name, len(data)] for name, data in files.items()],
        "answers": encode_answers(answers),
        "assume_guesses": assume_guesses,
        "cpu_s": bounds.cpu_s,
        "wall_s": bounds.wall_s,
        "memory_bytes": bounds.memory_bytes,
    }
    progress = _Progress()
    while True:
        request["passed_over"] = sorted(progress.passed_over)
        try:
            end = _run_job(request, files, bounds, progress)
            if end == 0:
                return tuple(progress.results)
            progress.give_up_begun(_sentence(end, bounds))
        except WireError:
            return (*progress.results, *_unread(files, progress, "Reading the files failed."))
        if time.monotonic() > deadline:
            late = f"Not read: the upload took more than {bounds.upload_s:g} s."
            return (*progress.results, *_unread(files, progress, late))


def start() -> None:
    """Start the process that waits for files, if there is none yet; returns at once."""
    if hasattr(os, "fork"):
        _waiting.start()


def _unread(
    files: Mapping[str, bytes], progress: _Progress, sentence: str
) -> tuple[ReadResult, ...]:
    """Refuse the files that no result and no process speaks of."""
    done = {result.name for result in progress.results} | {x for _, x in progress.passed_over}
    roots = {name for name in files if any(one.startswith(f"{name}/") for one in done)}
    return tuple(
        ReadResult(name, None, error=sentence) for name in files if name not in done | roots
    )


def _sentence(end: int | None, bounds: Bounds) -> str:
    if end == -signal.SIGXCPU:
        return f"Reading this file takes more than {bounds.cpu_s} s of computing: it is damaged."
    if end in (None, -signal.SIGALRM):
        return f"Reading this file takes more than {bounds.wall_s:g} s."
    return "Reading this file broke the process that reads: it is damaged or made to do harm."


def _run_job(
    request: Header, files: Mapping[str, bytes], bounds: Bounds, progress: _Progress
) -> int | None:
    """Send one job and collect its results.

    Returns
    -------
    int or None
        0 when all was read, minus the signal that ended the parser, None when it fell silent.
    """
    with _waiting.job() as job:
        job.settimeout(bounds.wall_s + _PATIENCE_S)
        try:
            with job.makefile("wb") as requests:
                send(requests, request, files.values(), sum(map(len, files.values())))
        except TimeoutError:
            return None
        except OSError:
            pass  # the parser ended before it had read all; what it says follows
        try:
            with job.makefile("rb") as results:
                return _collect(results, progress)
        except TimeoutError:
            return None


def _collect(results: BinaryIO, progress: _Progress) -> int:
    while (received := receive_header(results)) is not None:
        header, n_bytes = received
        if "end" in header:
            progress.finish_begun()
            return int(header["end"])
        if "begin" in header:
            stage, name = header["begin"]
            progress.begin(str(stage), str(name))
            continue
        try:
            progress.results.append(read_result(header, results, n_bytes))
        except EcgError as error:
            progress.results.append(ReadResult(str(header.get("name")), None, error=str(error)))
    raise WireError("The process that reads went away.")


class _Waiting:
    """The process that forks for each job; one for all threads of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(self) -> None:
        with self._lock:
            self._ensure()

    def job(self) -> socket.socket:
        """Hand one end of a new connection to the process, and return the other."""
        with self._lock:
            ours, theirs = socket.socketpair()
            with theirs:
                try:
                    socket.send_fds(self._ensure(), [b"\0"], [theirs.fileno()])
                except OSError:  # it was ended from outside
                    self._stop()
                    socket.send_fds(self._ensure(), [b"\0"], [theirs.fileno()])
            return ours

    def _ensure(self) -> socket.socket:
        if self._control is not None and self._process is not None:
            if self._process.poll() is None:
                return self._control
            self._stop()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ecgcore.io.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=ROOT,
                # One thread: a fork copies only the one that calls it.
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # an interrupt at the keyboard is meant for the app
            )
        return self._control

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()  # which is the signal to end
        if self._process is not None:
            self._process.wait(timeout=_PATIENCE_S)
        self._control = self._process = None

    def stop(self) -> None:
        with self._lock:
            self._stop()


_waiting = _Waiting()
atexit.register(_waiting.stop)
