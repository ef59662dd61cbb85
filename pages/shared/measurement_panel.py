"""Rate, intervals and axes of the shown stretch; what is absent says why."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ecgcore.review.beat_overlay import draw_beats
from ecgcore.signal.measurements import Measurements
from pages.shared import state, widgets
from pages.shared.language import say, translated

_FORMULAS = ("bazett", "fridericia", "framingham", "hodges")
_ABSENT = "–"


def measurement_panel(found: Measurements) -> None:
    """Draw the measurements that a cart prints, and offer the rest."""
    st.subheader(say("Measurements"), anchor=False)
    qtc = found.qtc_ms
    values = (
        ("Heart rate", found.heart_rate_bpm, say("/min")),
        ("PR", found.pr_ms, "ms"),
        ("QRS", found.qrs_ms, "ms"),
        ("QT", found.qt_ms, "ms"),
        ("QTc Fridericia", qtc.get("fridericia"), "ms"),
        ("QTc Bazett", qtc.get("bazett"), "ms"),
        ("QRS axis", found.axes_deg.get("QRS"), "°"),
    )
    with st.container(horizontal=True):
        for title, value, unit in values:
            st.metric(say(title), _spelled(value, unit), width=120)
    reasons = list(dict.fromkeys([*found.reasons.values(), *found.warnings]))
    if reasons:
        st.caption("  \n".join(translated(reason) for reason in reasons))
    heading = say("All measurements and the representative beat")
    with st.expander(heading, icon=":material/straighten:"):
        _details(found)


def _spelled(value: float | None, unit: str) -> str:
    return _ABSENT if value is None else f"{value:.0f} {unit}".replace(" °", "°")


def _details(found: Measurements) -> None:
    rows = [(f"QTc {name.title()}", _spelled(found.qtc_ms.get(name), "ms")) for name in _FORMULAS]
    rows += [
        (say("{wave} axis", wave=wave), _spelled(value, "°"))
        for wave, value in found.axes_deg.items()
    ]
    if found.rr is not None:
        rows.append((say("R-R, mean"), _spelled(found.rr.mean_ms, "ms")))
        low, high = found.rr.shortest_ms, found.rr.longest_ms
        rows.append((say("R-R, range"), say("{low:.0f} to {high:.0f} ms", low=low, high=high)))
        rows.append((say("R-R, SD"), _spelled(found.rr.sd_ms, "ms")))
    rows.append(("Sokolow-Lyon", _millivolts(found.sokolow_lyon_mv)))
    rows.append(("Cornell", _millivolts(found.cornell_mv)))
    ectopic = sum(beat.is_ectopic for beat in found.beats)
    rows.append((say("Beats"), say("{n}, ectopic {m}", n=len(found.beats), m=ectopic)))
    rows += [(f"ST {lead}", _millivolts(mv)) for lead, mv in found.st_mv.items()]
    left, right = widgets.side_by_side(0.5)
    with left:
        st.dataframe(
            pd.DataFrame(rows, columns=[say("measurement"), say("value")]),
            hide_index=True,
            height=420,
        )
    if found.representative is not None:
        with right:
            widgets.paper(
                draw_beats(found.representative, width_px=max(360, state.page_width_px() // 2)),
                state.BEATS,
                say("Representative beat of each lead"),
            )


def _millivolts(value: float | None) -> str:
    return _ABSENT if value is None else f"{value:.2f} mV"
