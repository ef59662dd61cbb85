"""Samples that a text document carries as Base64."""

from __future__ import annotations

import base64

from ecgcore.errors import ReadError

_BLANKS = b" \t\r\n"


def decode_base64(text: str, what: str) -> bytes:
    """Return the bytes that a text stands for; line ends and spaces count for nothing.

    Raises
    ------
    ReadError
        There is anything else than Base64; `what` names it in the sentence.
    """
    try:
        packed = text.encode("ascii").translate(None, _BLANKS)
        return base64.b64decode(packed, validate=True)
    except ValueError as error:
        raise ReadError(f"The {what} are not valid Base64: the file is damaged.") from error
