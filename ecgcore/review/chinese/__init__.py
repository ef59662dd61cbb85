"""What ecgcore says in English, in Chinese: sentences, names, tables and charts.

The stages themselves speak English alone, as the command line does; whoever shows what they said
translates it here. A text that is not known stays as it is, rather than be left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from ecgcore.model.labels import NAMES
from ecgcore.review.chinese import (
    card,
    charts,
    electrodes,
    examples,
    explain,
    formats,
    learning,
    measuring,
    quality,
    reading,
    records,
    serial,
)
from ecgcore.review.chinese.findings import FINDINGS
from ecgcore.review.chinese.issues import chinese_issues
from ecgcore.review.chinese.sentences import Dictionary
from ecgcore.review.chinese.settings import SETTINGS

__all__ = ["FINDINGS", "SETTINGS", "TABLES", "chinese_issues", "translate", "translate_name"]


def _of_leads(predicates: Mapping[str, str]) -> dict[str, str]:
    """Make sentences of what is said of a lead, of two or of several."""
    sentences = {}
    for english, chinese in predicates.items():
        for subject, name in (
            ("{first}", "{first}"),
            ("Each of {first} and {last}", "{first}、{last}"),
        ):
            sentences[f"{subject} {english}"] = f"{name}：{chinese}"
            sentences[f"{subject} {english}."] = f"{name}：{chinese}。"
    return sentences


TABLES: tuple[Mapping[str, str], ...] = (
    {name: FINDINGS[code] for code, name in NAMES.items()},
    quality.SENTENCES,
    _of_leads(quality.PREDICATES),
    measuring.SENTENCES,
    reading.SENTENCES,
    formats.SENTENCES,
    records.SENTENCES,
    electrodes.SENTENCES,
    examples.SENTENCES,
    charts.SENTENCES,
    explain.SENTENCES,
    serial.SENTENCES,
    card.SENTENCES,
    learning.SENTENCES,
)
_DICTIONARY = Dictionary(*TABLES)


def translate(text: str) -> str:
    """Return a sentence or a name that ecgcore made, in Chinese."""
    return _DICTIONARY.translate(text)


def translate_name(text: str) -> str:
    """Return a name in Chinese if it is one of ours; a reader's own stays as it is."""
    return _DICTIONARY.name(text)
