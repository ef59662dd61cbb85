"""Files that are there whole or not at all: whoever reads one meanwhile sees the old one."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write beside the file, then rename; where that fails, nothing is left behind.

    Parameters
    ----------
    path : Path
    content : bytes
    durable : bool
        Wait until content and name are on the disk, so that they survive a crash of the machine
        and not of the process alone.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as stream:
            stream.write(content)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        partial.replace(path)
    except OSError:
        if partial.is_file():
            partial.unlink()
        raise
    if durable:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # makes the new name durable
        finally:
            os.close(folder)
