"""Compare two recordings: both beats over each other, what changed beyond measurement error."""

import streamlit as st

from ecgcore.errors import EcgError
from ecgcore.review.serial import compare_serial
from pages.shared import compare_choice, compare_panel, state
from pages.shared.language import say, translated

state.require_app(compare_choice.PAGE)
st.header(say("Compare two recordings"), anchor=False)


def page() -> None:
    """Choose two recordings and show what differs."""
    pair = compare_choice.choose_pair()
    if pair is None:
        return
    earlier, later = pair
    one = compare_choice.window(earlier, "earlier", say("Earlier"))
    two = compare_choice.window(later, "later", say("Later"))
    comparison = compare_serial(compare_panel.examined(one), compare_panel.examined(two))
    compare_panel.headline(comparison)
    compare_panel.doubts(comparison)
    compare_panel.beats(comparison)
    compare_panel.measurements(comparison)
    compare_panel.findings(comparison)
    compare_panel.save(comparison)


try:
    page()
except EcgError as error:
    st.error(translated(str(error)), icon=":material/error:")
