"""The words of the interface in Chinese: a module for each screen, the English text as the key."""

from __future__ import annotations

from collections.abc import Mapping

from pages.shared.chinese import (
    common,
    compare,
    explanation,
    model_card,
    review,
    swap_lab,
    training,
)
from pages.shared.chinese.plot_buttons import PLOT_BUTTONS

__all__ = ["PLOT_BUTTONS", "SCREENS", "WORDS"]

SCREENS: Mapping[str, Mapping[str, str]] = {
    "common": common.WORDS,
    "review": review.WORDS,
    "explanation": explanation.WORDS,
    "compare": compare.WORDS,
    "swap_lab": swap_lab.WORDS,
    "training": training.WORDS,
    "model_card": model_card.WORDS,
}
WORDS: dict[str, str] = {
    english: chinese for words in SCREENS.values() for english, chinese in words.items()
}
