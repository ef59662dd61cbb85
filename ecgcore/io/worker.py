"""The process in which untrusted files are parsed: ``python -m ecgcore.io.worker FD``.

A chain of three, so that a job starts in milliseconds and the worst file ends nothing but itself:

    this process   imports the readers once, then waits for jobs and forks; never sees a file
     `- guard      one per job: makes a private folder, waits, says how the parser ended, cleans up
         `- parser reads the files within bounds of CPU time, time and memory that the kernel keeps

Linux keeps all three bounds, macOS those of time. `ecgcore.io.isolation` is the other side.
"""

from __future__ import annotations

import math
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
import warnings
from pathlib import Path
from typing import BinaryIO, NoReturn

from ecgcore.io import TOO_MUCH_MEMORY, ReadResult, Stage, read_each
from ecgcore.io.wire import (
    Header,
    WireError,
    decode_answers,
    read_exactly,
    receive_header,
    send,
    send_result,
)

# Processes a job may start or files it may open: WFDB samples pass through a folder of a few files.
_MAX_OPEN_FILES = 256


def main() -> None:
    """Wait for jobs on the socket whose number is the argument, until it closes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # guards that ended need no farewell
    warnings.simplefilter("ignore")  # libraries quote the files in their warnings
    while True:
        _message, descriptors, _flags, _address = socket.recv_fds(control, 1, 1)
        if not descriptors:
            return
        if os.fork() == 0:
            control.close()
            _guard(socket.socket(fileno=descriptors[0]))
        os.close(descriptors[0])


def _guard(job: socket.socket) -> NoReturn:
    """Run one job in a child, report how it ended, and leave nothing behind."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    folder = tempfile.mkdtemp(prefix="leadproof-")
    parser = os.fork()
    if parser == 0:
        _parse(job, folder)
    _pid, status, used = os.wait4(parser, 0)
    shutil.rmtree(folder, ignore_errors=True)
    code = os.waitstatus_to_exitcode(status)
    with job.makefile("wb") as stream:
        send(stream, {"end": code, "peak_kb": used.ru_maxrss, "cpu_s": used.ru_utime})
    os._exit(0)


def _parse(job: socket.socket, folder: str) -> NoReturn:
    status = 1
    try:
        tempfile.tempdir = folder
        with job.makefile("rb") as requests, job.makefile("wb") as results:
            _answer(requests, results)
        status = 0
    except (WireError, OSError, MemoryError):
        pass  # the app went away, or one file left no room for the rest: the guard tells
    finally:
        os._exit(status)


def _answer(requests: BinaryIO, results: BinaryIO) -> None:
    """Read the files of one request and send each result as it is there."""
    received = receive_header(requests)
    if received is None:
        raise WireError("The request is missing.")
    request, _n_bytes = received
    bounds = _Bounds(request)
    files = {name: read_exactly(requests, size) for name, size in request["files"]}
    passed_over = {(stage, name) for stage, name in request["passed_over"]}

    def begin(stage: Stage, name: str) -> bool:
        if (stage, name) in passed_over:
            return False
        bounds.start_over()
        send(results, {"begin": [stage, name]})
        return True

    answers = decode_answers(request["answers"])
    for result in read_each(files, answers, assume_guesses=request["assume_guesses"], begin=begin):
        _send_or_say(results, result)


def _send_or_say(results: BinaryIO, result: ReadResult) -> None:
    try:
        send_result(results, result)
    except MemoryError:
        send_result(results, ReadResult(result.name, result.format, error=TOO_MUCH_MEMORY))


class _Bounds:
    """What the kernel allows this process; anything over ends it, whatever code is running."""

    def __init__(self, request: Header) -> None:
        self._cpu_s: int = request["cpu_s"]
        self._wall_s: float = request["wall_s"]
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (_MAX_OPEN_FILES, _MAX_OPEN_FILES))
        taken = _address_space()
        if taken is not None:
            limit = taken + int(request["memory_bytes"])
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    def start_over(self) -> None:
        """Give the next file its full time."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        # The kernel counts whole seconds.
        limit = math.ceil(used.ru_utime + used.ru_stime) + self._cpu_s
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        signal.setitimer(signal.ITIMER_REAL, self._wall_s)


def _address_space() -> int | None:
    """Bytes of address space taken before the request came; None where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return None
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main()
