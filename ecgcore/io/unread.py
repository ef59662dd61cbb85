"""Well-known contents that are not read, so that the refusal can say what they are."""

from __future__ import annotations

from ecgcore.io.xml_document import root_name

_MAGIC = (
    (0, b"%PDF", "a PDF document"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
)
# Each of these is an ECG, in a format that is not read yet.
_ECG_MAGIC = (
    # Laid out like SCP-ECG, yet without its magic and with bytes counted from 0: section number,
    # length and versions, six reserved bytes, and the first of only six pointers.
    (
        8,
        bytes.fromhex("0000 4c000000 0d0d 000000000000 0000 4c000000 06000000"),
        "a Healforce recording (named .SCP, yet not SCP-ECG)",
    ),
)


def unread_ecg(data: bytes) -> str | None:
    """Name the ECG format of these bytes if it is known and not read yet, else None."""
    return _title(data, _ECG_MAGIC)


def foreign_content(data: bytes) -> str | None:
    """Name what these bytes are if it is well known and no ECG recording, else None."""
    return _title(data, _MAGIC) or ("an XML document" if root_name(data) else None)


def _title(data: bytes, magics: tuple[tuple[int, bytes, str], ...]) -> str | None:
    return next((title for at, magic, title in magics if data[at : at + len(magic)] == magic), None)
