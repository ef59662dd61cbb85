"""Leadproof in the browser: page configuration, navigation, shared sidebar."""

import streamlit as st

from pages.shared import cache, language, opening, state, widgets
from pages.shared.language import say

st.set_page_config(page_title="Leadproof", page_icon="🫀", layout="wide", initial_sidebar_state=264)

language.start()
page = st.navigation(
    {
        "Leadproof": [
            st.Page(
                "pages/review.py", title=say("Review"), icon=":material/ecg_heart:", default=True
            ),
            st.Page("pages/compare.py", title=say("Compare"), icon=":material/compare:"),
            st.Page("pages/swap_lab.py", title=say("Swap lab"), icon=":material/swap_horiz:"),
            st.Page("pages/train.py", title=say("Training"), icon=":material/model_training:"),
            st.Page("pages/model_card.py", title=say("Model card"), icon=":material/fact_check:"),
        ]
    }
)
cache.reader()
state.start()
state.go_where_asked()
opening.open_first_example()
widgets.sidebar()
page.run()
widgets.not_for_diagnosis()
widgets.measure_page()
