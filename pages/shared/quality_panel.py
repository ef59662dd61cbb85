"""What the quality gate says of a recording, above the tracing."""

from __future__ import annotations

import streamlit as st

from ecgcore.signal.quality import Quality
from pages.shared.language import listed, say, translated

# More than a glance takes stands in a list that is opened.
_AT_A_GLANCE = 3


def quality_panel(quality: Quality) -> None:
    """Say whether the recording is good, usable with a warning, or refused, and why."""
    if quality.refused:
        st.error(
            "  \n".join(
                [
                    say("**No model reads this recording.** The tracing is shown as it is."),
                    *map(translated, quality.refusals),
                ]
            ),
            icon=":material/block:",
        )
    elif quality.verdict == "warning":
        first = [x for x in quality.sentences if x not in quality.refusals]
        left_out = [lead.lead for lead in quality.leads if lead.state == "left out"]
        heading = (
            say("**Left out of the reading: {leads}.**", leads=listed(left_out))
            if left_out
            else say("**Usable, with a warning.**")
        )
        sentences = map(translated, first[:_AT_A_GLANCE])
        st.warning("  \n".join([heading, *sentences]), icon=":material/warning:")
    _rest(quality)


def _rest(quality: Quality) -> None:
    """Offer what the banner did not say, lead by lead."""
    shown = set(quality.refusals)
    if quality.verdict == "warning":
        shown |= set(quality.sentences[:_AT_A_GLANCE])
    rest = [sentence for sentence in quality.sentences if sentence not in shown]
    if rest:
        heading = say("Signal quality: {n} more", n=len(rest))
        with st.expander(heading, icon=":material/graphic_eq:"):
            st.markdown("  \n".join(map(translated, rest)))


def quality_words(quality: Quality) -> str:
    """Return the verdict in a few words, for the line below the name of the recording."""
    words = say(
        {
            "good": "signal good",
            "warning": "signal usable with a warning",
            "refuse": "signal refused",
        }[quality.verdict]
    )
    if quality.score is None:
        return words
    return say("{words} (acceptance {score:.2f})", words=words, score=quality.score)
