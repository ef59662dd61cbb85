"""Reading one member of a ZIP without ever unpacking more than its directory declares."""

from __future__ import annotations

import zipfile
import zlib

from ecgcore.errors import ReadError

_BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return the content of one member.

    `ZipFile.read` inflates first and compares with the declared size afterwards, and it cannot
    bound bzip2 and LZMA at all; asking for exactly the declared size does bound deflate.

    Raises
    ------
    ReadError
        Damaged content, a password, or a compression that cannot be bounded.
    """
    if member.flag_bits & 0x1:
        raise ReadError("The archive is protected by a password.")
    if member.compress_type not in _BOUNDED:
        raise ReadError("The archive uses a compression that is not read: use ordinary ZIP.")
    try:
        with archive.open(member) as stream:
            return stream.read(member.file_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise ReadError("The ZIP archive is damaged or cut short.") from error
