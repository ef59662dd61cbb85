"""ZIP archives: unpacked in memory within bounds, each member read like an upload of its own."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import PurePosixPath

from ecgcore.errors import ReadError
from ecgcore.io.limits import MAX_ARCHIVE_BYTES, MAX_ARCHIVE_MEMBERS, MAX_FILE_BYTES
from ecgcore.io.numpy_file import is_npz
from ecgcore.io.zip_member import read_member

TITLE = "ZIP archive"


def recognises(data: bytes) -> bool:
    """Tell an archive by its magic; a ZIP of NumPy arrays is one recording instead."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not is_npz(data)


def _is_content(member: zipfile.ZipInfo) -> bool:
    """Leave out folders, links, and what file managers add."""
    path = PurePosixPath(member.filename)
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return not (member.is_dir() or is_link or hidden)


def _check_directory(members: list[zipfile.ZipInfo]) -> None:
    """Judge the declared sizes; `zipfile` never reads a member beyond them.

    Raises
    ------
    ReadError
        Too many members or too much content.
    """
    if len(members) > MAX_ARCHIVE_MEMBERS:
        raise ReadError(
            f"The archive holds {len(members)} files, the limit is {MAX_ARCHIVE_MEMBERS}."
        )
    total = sum(member.file_size for member in members)
    largest = max((member.file_size for member in members), default=0)
    if total > MAX_ARCHIVE_BYTES or largest > MAX_FILE_BYTES:
        raise ReadError(
            f"The archive unpacks to {total} bytes, its largest file to {largest}; the limits are "
            f"{MAX_ARCHIVE_BYTES} and {MAX_FILE_BYTES}."
        )


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the content of each member by its path in the archive; nothing touches the disk.

    Raises
    ------
    ReadError
        The archive is damaged, empty, encrypted, or unpacks to more than the limits.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if _is_content(member)]
            _check_directory(members)
            contents = {member.filename: read_member(archive, member) for member in members}
    except zipfile.BadZipFile as error:
        raise ReadError("The ZIP archive is damaged or cut short.") from error
    if not contents:
        raise ReadError("The ZIP archive is empty.")
    return contents
