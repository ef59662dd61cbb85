"""Files of this machine, named on the command line -> recordings. Uploads never come through here.

Companions of a WFDB header are picked up from the header's own folder: plain names only, no links.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ecgcore.errors import ReadError
from ecgcore.io import Answers, ReadResult, read_files, recognise
from ecgcore.io.limits import MAX_FILE_BYTES


def read_paths(paths: Sequence[Path], answers: Answers) -> Iterator[tuple[str, ReadResult]]:
    """Read each file; facts that a file does not state are guessed, with a warning.

    A file that a WFDB header among `paths` names is part of that header's recording and gives
    nothing of its own. A sample file without its header finds the header of the same stem beside
    it.

    Parameters
    ----------
    paths : sequence of Path
    answers : Answers

    Yields
    ------
    label : str
        The path as given; for a member of an archive followed by its path in the archive.
    result : ReadResult
    """
    claims = {path: _claims(path) for path in paths}
    claimed = {name for names in claims.values() for name in names}
    for path in paths:
        # A header is never another header's samples, as in `read_files`.
        if path.absolute() in claimed and not claims[path]:
            continue
        try:
            files = _gather(path)
        except (ReadError, OSError) as error:
            yield str(path), ReadResult(path.name, None, error=_sentence(error))
            continue
        for result in read_files(files, answers, assume_guesses=True):
            is_member = result.name.startswith(f"{path.name}/")
            yield str(path) + (result.name.removeprefix(path.name) if is_member else ""), result


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"The file cannot be opened: {error.strerror or 'unknown reason'}."
    return str(error)


def _read_bytes(path: Path) -> bytes:
    """Return the content of an ordinary file within the limit.

    Raises
    ------
    ReadError
        Missing, no ordinary file, or too large.
    """
    if not path.exists():
        raise ReadError("The file does not exist.")
    if not path.is_file():
        raise ReadError("This is not a file (a folder, perhaps).")
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise ReadError(f"The file has {size} bytes, the limit is {MAX_FILE_BYTES}.")
    return path.read_bytes()


def _companion_names(data: bytes) -> tuple[str, ...]:
    """Plain names of the files that these bytes need; a name with a path is never followed."""
    fmt = recognise(data)
    names = fmt.names_files(data) if fmt else ()
    return tuple(name for name in names if Path(name).name == name and name not in (".", ".."))


def _claims(path: Path) -> list[Path]:
    """Files that a header names, beside it; nothing for any other or unreadable file."""
    try:
        names = _companion_names(_read_bytes(path))
    except (ReadError, OSError):
        return []
    return [path.absolute().parent / name for name in names]


def _gather(path: Path) -> dict[str, bytes]:
    """Return the file and the files that belong to the same recording, by base name."""
    data = _read_bytes(path)
    header = path.with_suffix(".hea")
    if header != path and header.is_file() and not header.is_symlink():
        content = _read_bytes(header)
        if path.name in _companion_names(content):
            path, data = header, content
    files = {path.name: data}
    for name in _companion_names(data):
        companion = path.parent / name
        if companion.is_symlink():
            raise ReadError(f'The header names "{name}", which is a link and is not followed.')
        if companion.is_file():
            files[name] = _read_bytes(companion)
    return files
