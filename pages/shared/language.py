"""The words of the interface in the language of the reader."""

from __future__ import annotations


def say(text: str, /, **values: object) -> str:
    """Return a text of the interface in the language of the reader.

    Parameters
    ----------
    text : str
        In English, with fields in braces where `values` go.
    """
    return text.format(**values) if values else text


def translated(text: str) -> str:
    """Return a sentence that ecgcore made, in the language of the reader."""
    return text
