"""A dictionary of sentences: English with fields to Chinese with the same fields.

A field is a word in braces; it stands for whatever the sentence was filled with, or for a number
where it is written ``{n:g}``. What filled it is looked up in turn, since lists of leads, names and
whole sentences stand in other sentences.

Names of files stand in them too, so that time must not grow with what is written there: the words
between fields are looked for once, from the left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_FIELD = re.compile(r"\{(\w+)(:g)?\}")
_NUMBER = re.compile(r"[-+−]?[\d.,]+%?")
_NEXT_SENTENCE = re.compile(r"(?<=[.?]) (?=[A-Z\"])")
_SHORT = re.compile(r"[-−+\w./#]+(?: [-\w./#]+){0,2}(?: \([^()]*\))?")
_LEAD = r"(?:[A-Z]+ )?(?:aV[RLF]|I{1,3}|V[1-6])(?: [-−+][\d.]+)?"
_LEADS = re.compile(rf"{_LEAD}(?:, {_LEAD})+")
_COMMA = re.compile(r", | and ")
_MOST_COMMAS = 3  # in a name
_DEEPEST = 4  # a sentence within sentences


@dataclass(frozen=True)
class _Pattern:
    """A sentence with fields.

    Attributes
    ----------
    words : tuple of str
        What stands before, between and after the fields.
    fields : tuple of str
    numbers : tuple of bool
        Which fields hold a number.
    chinese : str
    """

    words: tuple[str, ...]
    fields: tuple[str, ...]
    numbers: tuple[bool, ...]
    chinese: str

    @property
    def length(self) -> int:
        """Characters outside of the fields."""
        return sum(map(len, self.words))

    def read(self, text: str) -> dict[str, str] | None:
        """Return what fills the fields in a sentence; None where it is another sentence."""
        first, *between, last = self.words
        at, stop = len(first), len(text) - len(last)
        if at >= stop or not text.startswith(first) or not text.endswith(last):
            return None
        values = []
        for word in between:
            found = text.find(word, at + 1, stop)
            if found < 0:
                return None
            values.append(text[at:found])
            at = found + len(word)
        values.append(text[at:stop])
        fits = all(map(_fits, values, self.numbers))
        return dict(zip(self.fields, values, strict=True)) if fits else None


def _fits(value: str, number: bool) -> bool:  # noqa: FBT001
    """Tell what can fill a field: something, within one sentence."""
    if number:
        return _NUMBER.fullmatch(value) is not None
    return bool(value) and _NEXT_SENTENCE.search(value) is None


class Dictionary:
    """Sentences and names in two languages.

    Parameters
    ----------
    entries : iterable of mapping of str to str
        English to Chinese. Of several that fit, that with the most letters outside of its fields is
        taken.
    """

    def __init__(self, *entries: Mapping[str, str]) -> None:
        self._whole: dict[str, str] = {}
        self._patterns: dict[str, list[_Pattern]] = {}
        for english, chinese in _pairs(entries):
            if _FIELD.search(english):
                first = english.split(" ", 1)[0]
                # Looked for by their first word; those that begin with a field, at any.
                key = "" if _FIELD.search(first) else first
                self._patterns.setdefault(key, []).append(_pattern(english, chinese))
            else:
                self._whole[english] = chinese
        for patterns in self._patterns.values():
            patterns.sort(key=lambda pattern: -pattern.length)

    def translate(self, text: str) -> str:
        """Return a text in Chinese; one that is not known stays as it is."""
        return self._translate(text, 0)

    def _translate(self, text: str, depth: int) -> str:
        known = self._sentence(text, depth)
        if known is not None:
            return known
        parts = _NEXT_SENTENCE.split(text)
        if len(parts) == 1:
            return text.replace(", ", "、") if _LEADS.fullmatch(text) else text
        chinese = [self._sentence(part, depth) for part in parts]
        if not any(chinese):
            return text
        return "".join(
            f"{part} " if found is None else found
            for part, found in zip(parts, chinese, strict=True)
        ).rstrip()

    def name(self, text: str) -> str:
        """Return a name in Chinese; only as a whole, since a reader may have given it."""
        return self._whole.get(text, text)

    def _sentence(self, text: str, depth: int) -> str | None:
        if text in self._whole:
            return self._whole[text]
        if depth > _DEEPEST:
            return None
        first = text.split(" ", 1)[0]
        for pattern in (*self._patterns.get(first, ()), *self._patterns.get("", ())):
            values = pattern.read(text)
            if values is not None:
                known = {x: self._value(y, depth + 1) for x, y in values.items()}
                return pattern.chinese.format(**known)
        return None

    def _value(self, text: str, depth: int) -> str:
        """Translate what fills a field: a sentence, a name, or a list of short words."""
        chinese = self._translate(text, depth)
        if chinese != text:
            return chinese
        parts = self._listed(_COMMA.split(text), depth + 1)
        return self._bracketed(text, depth + 1) if parts is None else "、".join(parts)

    def _listed(self, parts: list[str], depth: int) -> list[str] | None:
        """Translate the parts of a list; None where one is neither known nor a short word."""
        found: list[str] = []
        at = 0
        while at < len(parts):
            for stop in range(min(at + _MOST_COMMAS, len(parts)), at, -1):
                known = self._part(parts[at:stop], depth)
                if known is not None:
                    found.append(known)
                    at = stop
                    break
            else:
                return None
        return found

    def _part(self, parts: list[str], depth: int) -> str | None:
        """Translate one part of a list, or a few that make one name: a name may hold commas."""
        if len(parts) > 1:
            return self._whole.get(", ".join(parts))
        (text,) = parts
        known = self._sentence(text, depth)
        return self._bracketed(text, depth) if known is None and _SHORT.fullmatch(text) else known

    def _bracketed(self, text: str, depth: int) -> str:
        """Translate what stands in brackets behind a word: ``V1 (frequent noise)``."""
        word, bracket, inside = text.partition(" (")
        chinese = self._sentence(inside.removesuffix(")"), depth + 1)
        return text if not bracket or chinese is None else f"{word}（{chinese}）"


def _pairs(entries: Iterable[Mapping[str, str]]) -> Iterable[tuple[str, str]]:
    return (pair for mapping in entries for pair in mapping.items())


def _pattern(english: str, chinese: str) -> _Pattern:
    # Three parts in turn: what stands between fields, the name of a field, and what it may hold.
    parts = _FIELD.split(english)
    return _Pattern(
        tuple(parts[::3]),
        tuple(parts[1::3]),
        tuple(kind is not None for kind in parts[2::3]),
        chinese,
    )
