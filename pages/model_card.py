"""What the chosen model is, what it was trained on, and how well it was measured to work."""

import streamlit as st

from ecgcore.errors import EcgError
from ecgcore.model.checkpoint import available
from ecgcore.review.card import SWAPS_ENDING, Card
from pages.shared import cache, card_sections, state, widgets
from pages.shared.language import translated


def compared() -> list[Card]:
    """Ours, the control, and the control that was trained with swaps, of one objective."""
    pair = widgets.model_pair()
    cards = [cache.card(name) for name in (pair.ours, pair.baseline) if name is not None]
    shipped = [cache.card(name) for name in available() if name.endswith(SWAPS_ENDING)]
    names = [card.name for card in cards]
    second = [x for x in shipped if x.objective == cards[0].objective and x.name not in names]
    return [*cards, *second]


state.require_app()
try:
    chosen = cache.card(state.model_name())
    cards = compared()
    card_sections.identity(chosen)
    card_sections.performance(cards)
    card_sections.elsewhere(cards)
    card_sections.calibration(chosen)
    card_sections.swapped(cards)
    card_sections.incomplete(cards)
    card_sections.details(chosen)
except EcgError as error:
    st.error(translated(str(error)), icon=":material/error:")
