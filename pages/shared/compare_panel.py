"""What changed between two recordings: headline, beats, tables, findings."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ecgcore.errors import EcgError
from ecgcore.leads import LEADS
from ecgcore.recording import Recording
from ecgcore.review.charts import finding_shift
from ecgcore.review.colours import BASELINE, OURS
from ecgcore.review.serial import Examined, QuantityChange, SerialComparison
from ecgcore.review.serial_beats import QRS_RMS_LIMIT_MV, ST_T_RMS_LIMIT_MV
from ecgcore.review.serial_charts import draw_serial_beats
from ecgcore.review.serial_limits import FAMILIES
from ecgcore.review.serial_table import comparison_csv
from ecgcore.review.serial_text import (
    EXCHANGE,
    FAINT,
    NOTHING,
    Part,
    headline_parts,
    spelled,
    spelled_change,
    verdict,
)
from pages.shared import cache, models, state, widgets
from pages.shared.language import say, translated


def examined(recording: Recording) -> Examined:
    """Measure a stretch and read it, if the gate lets a model read it."""
    quality = cache.quality(recording)
    prediction = None
    if not quality.refused:
        try:
            prediction = cache.prediction(state.model_name(), recording, quality.usable)
        except EcgError as error:
            widgets.show_warnings((translated(str(error)),))
    return Examined(recording, cache.measurements(recording), quality, prediction)


def headline(comparison: SerialComparison) -> None:
    """Say first what changed beyond measurement error, the most telling in bold."""
    if comparison.exchange:  # first, as what follows is then not of the heart
        st.warning(say(EXCHANGE, swap=comparison.exchange), icon=":material/cable:")
    parts = headline_parts(comparison)
    by_rank = {rank: [_clause(x) for x in parts if x.rank == rank] for rank in range(FAINT + 1)}
    lines = [say("; ").join(clauses) for clauses in by_rank.values() if clauses]
    if all(part.rank == FAINT for part in parts):
        lines = [f"**{say(NOTHING)}**", *lines]
        st.success("  \n".join(lines), icon=":material/check_circle:")
    else:
        st.info("  \n".join([f"**{lines[0]}**", *lines[1:]]), icon=":material/compare:")


def _clause(part: Part) -> str:
    return say(part.template, **{name: translated(text) for name, text in part.values.items()})


def doubts(comparison: SerialComparison) -> None:
    """Say what speaks against one patient, and what could not be compared."""
    reasons = (*comparison.doubts, comparison.no_beats, comparison.no_findings)
    widgets.show_warnings([translated(reason) for reason in reasons if reason])
    st.caption(
        say("Leadproof keeps no names: that both are of one patient is for the reader to know.")
    )


def beats(comparison: SerialComparison) -> None:
    """Draw both representative beats over each other."""
    figure = draw_serial_beats(comparison, width_px=state.page_width_px())
    if figure is not None:
        alt = say("Representative beats of both recordings over each other")
        widgets.paper(figure, state.SERIAL_BEATS, alt)
        st.caption(
            say(
                "Grey: earlier. Teal: later. Yellow names: leads that differ by more than repeated "
                "recordings of one heart do."
            )
        )


def measurements(comparison: SerialComparison) -> None:
    """Show the table of measurements, and that of the leads."""
    left, right = widgets.side_by_side(1.3)
    with left:
        st.subheader(say("Measurements"), anchor=False)
        rows = [row for row in comparison.quantities if not row.quantity.family]
        st.table(_measurement_table(rows))
    with right:
        st.subheader(say("Leads"), anchor=False)
        st.table(_lead_table(comparison))
        st.caption(
            say(
                "Changes in mV. ≠: root mean square of the difference of the beats. Bold with ▲ or "
                "▼: beyond what repeated measurement gives."
            )
        )


def _measurement_table(rows: list[QuantityChange]) -> pd.DataFrame:
    table = pd.DataFrame([_cells(row) for row in rows])
    table.columns = [
        "",
        say("earlier"),
        say("later"),
        say("change"),
        say("error up to"),
        say("remark"),
    ]
    return table.set_index("")


def _cells(row: QuantityChange) -> list[str]:
    digits, unit = row.quantity.digits, translated(row.quantity.unit)
    cells = [
        f"{translated(row.quantity.name)}, {unit}",
        spelled(row.earlier, digits),
        spelled(row.later, digits),
        spelled_change(row.change, digits),
        f"±{spelled(row.limit, digits)}" if row.change is not None else "",
        translated(verdict(row)),
    ]
    return [f"**{cell}**" for cell in cells] if row.beyond_error else cells


def _lead_table(comparison: SerialComparison) -> pd.DataFrame:
    rows = []
    beats = comparison.beats
    for lead in LEADS:
        cells = {"": lead}
        for family in FAMILIES:
            cells[family] = _marked_change(comparison.quantity(f"{family} {lead}"))
        if beats is not None and lead in beats.qrs_rms_mv:
            cells["QRS ≠"] = _marked_rms(beats.qrs_rms_mv[lead], QRS_RMS_LIMIT_MV)
            cells["ST-T ≠"] = _marked_rms(beats.st_t_rms_mv[lead], ST_T_RMS_LIMIT_MV)
        rows.append(cells)
    return pd.DataFrame(rows).fillna("–").set_index("")


def _marked_change(row: QuantityChange) -> str:
    text = spelled_change(row.change, row.quantity.digits)
    if not row.beyond_error:
        return text
    return f"**{'▲' if (row.change or 0.0) > 0 else '▼'} {text}**"


def _marked_rms(value_mv: float, limit_mv: float) -> str:
    return f"**▲ {value_mv:.2f}**" if value_mv > limit_mv else f"{value_mv:.2f}"


def findings(comparison: SerialComparison) -> None:
    """Show the probability of each finding, earlier and later."""
    before, after = comparison.earlier.prediction, comparison.later.prediction
    if before is None or after is None:
        return
    st.subheader(say("Findings"), anchor=False)
    facts = models.facts(state.model_name())
    colour = BASELINE if facts.kind == "baseline" else OURS
    widgets.chart(finding_shift(before, after, colour), "serial_findings", say("Findings"))
    st.caption(
        say("Ring: earlier. Dot: later. Bar: threshold. Highlighted: the finding came or went.")
    )


def save(comparison: SerialComparison) -> None:
    """Offer the comparison as a table."""
    st.download_button(
        say("Save the comparison as CSV"),
        comparison_csv(comparison),
        "ecg-comparison.csv",
        "text/csv",
        key=state.COMPARE_SAVE,
        on_click="ignore",
        icon=":material/download:",
    )
