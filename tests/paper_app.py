"""The paper and its tools alone, for tests in a real browser: no model has to be loaded.

The example is named in the link: ``?example=...&start=...``.
"""

import streamlit as st

from ecgcore.review.examples import open_example
from ecgcore.signal.measure import measure
from pages.shared import paper_tools, widgets

st.set_page_config(layout="wide")


@st.fragment
def paper() -> None:
    whole = open_example(st.query_params["example"]).recording
    start_s = float(st.query_params.get("start", "0"))
    shown = whole.window(start_s, float(st.query_params.get("seconds", "10")))
    paper_tools.reading_paper(
        shown,
        attention=dict.fromkeys(shown.leads, 1 / 12),
        offset_s=start_s,
        beats=measure(shown).beats,
    )


# Stands for another page, on which nothing of the paper is left.
place = st.container()
if not st.checkbox("Elsewhere"):
    with place:
        paper()
# Stands for whatever else makes the page run again.
st.button("Run again")
widgets.measure_page()
