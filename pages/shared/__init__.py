"""Streamlit code that several pages share: session state, caches, widgets."""
