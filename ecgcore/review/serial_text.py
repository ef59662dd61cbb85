"""A comparison of two recordings in words."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ecgcore.leads import LEADS
from ecgcore.model.labels import NAMES
from ecgcore.review.serial import (
    GAINED,
    LOST,
    FindingChange,
    QuantityChange,
    SerialComparison,
)
from ecgcore.review.serial_limits import FAMILIES, NEIGHBOURS, T_INVERTED_MV

FAINT = 2
NOTHING = "Nothing changed beyond measurement error."
EXCHANGE = (
    "Most of the difference goes away if {swap} is put back: electrodes may have been exchanged in "
    "one of the two recordings. The Swap lab puts them back."
)
# One formula stands for all in a sentence; not Bazett's, which follows the rate (Rautaharju PM et
# al. AHA/ACCF/HRS recommendations, part IV. Circulation 2009;119:e241).
_QTC = ("QTc Fridericia", "QTc Framingham", "QTc Hodges")
_OTHERS = ("QRS axis", "Sokolow-Lyon", "Cornell")
# The axis of a low wave is that of its noise.
_BAZETT = "QTc Bazett"
_UNSTEADY = (_BAZETT, "T axis", "P axis")
_WITHIN = "within error"


@dataclass(frozen=True)
class Part:
    """One clause of the headline.

    Attributes
    ----------
    template : str
        English, with fields in braces: what a translation is looked up by.
    values : mapping of str to str
        What goes into the fields.
    rank : int
        0 for what is new at first sight, 1 for levels and intervals, `FAINT` for what stable
        recordings show often enough, too: alone it is no change.
    """

    template: str
    values: Mapping[str, str] = field(default_factory=dict)
    rank: int = 0

    @property
    def text(self) -> str:
        """The clause in English."""
        return self.template.format(**self.values)


def headline(comparison: SerialComparison) -> str:
    """Say in one sentence what changed beyond measurement error."""
    parts = headline_parts(comparison)
    texts = [part.text for part in parts]
    if all(part.rank == FAINT for part in parts):
        texts.insert(0, NOTHING.removesuffix("."))
    return "; ".join(texts) + "."


def headline_parts(comparison: SerialComparison) -> tuple[Part, ...]:
    """Return what changed beyond measurement error, the most telling first; nothing if nothing.

    ST levels, T and R waves are named where two neighbouring leads changed alike, as the universal
    definition of myocardial infarction asks; what changed in single leads alone is named last.
    """
    found = {row.quantity.name: row for row in comparison.quantities if row.beyond_error}
    qtc = [name for name in _QTC if name in found][:1]
    # QT follows the rate: alone it tells nothing where rate or QTc tell the reason.
    qt = ["QT"] if "QT" in found and not qtc and "HR" not in found else []
    named = [name for name in ("PR", "HR", *qt, *qtc, *_OTHERS) if name in found]
    unsteady = [name for name in _UNSTEADY if name in found and not (qtc and name == _BAZETT)]
    return (
        *(_quantity_part(found[name], 0) for name in ("QRS",) if name in found),
        *_finding_parts(comparison),
        *_t_parts(comparison),
        *_st_parts(comparison),
        *(_quantity_part(found[name], 1) for name in named),
        *(_quantity_part(found[name], FAINT) for name in unsteady),
        *_other_parts(comparison),
        *_close_parts(comparison),
    )


def _quantity_part(row: QuantityChange, rank: int) -> Part:
    unit, digits = row.quantity.unit, row.quantity.digits
    return Part(
        "{name} {earlier} → {later}{unit} ({change})",
        {
            "name": row.quantity.name,
            "earlier": spelled(row.earlier, digits),
            "later": spelled(row.later, digits),
            "unit": unit if unit == "°" else f" {unit}",
            "change": spelled_change(row.change, digits),
        },
        rank,
    )


def _finding_parts(comparison: SerialComparison) -> Iterator[Part]:
    for state, template in (
        (GAINED, "{finding} new ({earlier} → {later})"),
        (LOST, "{finding} no longer reported ({earlier} → {later})"),
    ):
        for finding in comparison.in_state(state):
            if finding.beyond_error:
                yield Part(
                    template,
                    {
                        "finding": _name(finding),
                        "earlier": f"{finding.earlier:.0%}",
                        "later": f"{finding.later:.0%}",
                    },
                )


def _name(finding: FindingChange) -> str:
    return NAMES.get(finding.code, finding.code)


def _close_parts(comparison: SerialComparison) -> Iterator[Part]:
    """Name the findings that crossed their threshold by no more than stable recordings do."""
    close = [
        _name(finding)
        for state in (GAINED, LOST)
        for finding in comparison.in_state(state)
        if not finding.beyond_error
    ]
    if close:
        yield Part("close to the threshold: {findings}", {"findings": ", ".join(close)}, FAINT)


def _t_parts(comparison: SerialComparison) -> Iterator[Part]:
    inverted, upright = turned_t_waves(comparison)
    if inverted:
        yield Part("T newly inverted in {leads}", {"leads": ", ".join(inverted)})
    if upright:
        yield Part("T upright again in {leads}", {"leads": ", ".join(upright)})


def _st_parts(comparison: SerialComparison) -> Iterator[Part]:
    shifted = [
        f"{row.quantity.leads[0]} {spelled_change(row.change, row.quantity.digits)}"
        for row in _in_neighbours(comparison, "ST")
    ]
    if shifted:
        yield Part("ST shifted in {leads} mV", {"leads": ", ".join(shifted)}, 1)


def _other_parts(comparison: SerialComparison) -> Iterator[Part]:
    """Say where T and R changed in height alone, and what changed in single leads."""
    turned = {lead for leads in turned_t_waves(comparison) for lead in leads}
    alone: list[str] = []
    for family in FAMILIES:
        beside = [row.quantity.leads[0] for row in _in_neighbours(comparison, family)]
        leads = [lead for lead in beside if family != "T" or lead not in turned]
        if leads and family != "ST":
            listed = {"wave": family, "leads": ", ".join(leads)}
            yield Part("{wave} of another height in {leads}", listed, FAINT)
        rows = _beyond(comparison, family)
        alone += [row.quantity.name for lead, row in rows.items() if lead not in beside]
    if alone:
        yield Part("in single leads: {leads}", {"leads": ", ".join(alone)}, FAINT)


def _beyond(comparison: SerialComparison, family: str) -> dict[str, QuantityChange]:
    """Return the rows of a family that changed, by lead."""
    return {
        row.quantity.leads[0]: row
        for row in comparison.quantities
        if row.quantity.family == family and row.beyond_error
    }


def _in_neighbours(comparison: SerialComparison, family: str) -> list[QuantityChange]:
    """Return the rows of a family that changed alike in a neighbouring lead."""
    rows = _beyond(comparison, family)
    alike = {
        lead
        for pair in NEIGHBOURS
        if all(lead in rows for lead in pair)
        and len({(rows[lead].change or 0.0) > 0 for lead in pair}) == 1
        for lead in pair
    }
    return [rows[lead] for lead in LEADS if lead in alike]


def turned_t_waves(comparison: SerialComparison) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Leads, neighbours of each other, whose T wave is newly inverted, and newly upright.

    References
    ----------
    Thygesen K et al. Circulation 2018;138:e618 (inverted by more than 0.1 mV in two contiguous
    leads). Deviation: that R is prominent is not asked.
    """
    rows = {row.quantity.leads[0]: row for row in _in_neighbours(comparison, "T")}
    down = [x for x, row in rows.items() if _turned(row.earlier, row.later)]
    up = [x for x, row in rows.items() if _turned(row.later, row.earlier)]
    return tuple(_with_neighbour(down)), tuple(_with_neighbour(up))


def _turned(upright: float | None, inverted: float | None) -> bool:
    if upright is None or inverted is None:
        return False
    return upright > 0.0 and inverted <= -T_INVERTED_MV


def _with_neighbour(leads: list[str]) -> list[str]:
    paired = set(itertools.chain(*(p for p in NEIGHBOURS if p[0] in leads and p[1] in leads)))
    return [lead for lead in leads if lead in paired]


def spelled(value: float | None, digits: int) -> str:
    """Return a value as a reader sees it; a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}".replace("-", "−")


def spelled_change(value: float | None, digits: int) -> str:
    """Return a change with its sign; a dash where there is none."""
    if value is None:
        return "–"
    text = f"{value:+.{digits}f}"
    return (text[1:] if float(text) == 0.0 else text).replace("-", "−")


def verdict(row: QuantityChange) -> str:
    """Say in a few words what a change amounts to; why, where it cannot be told."""
    if row.change is None:
        return row.reason
    if not row.beyond_error:
        return _WITHIN
    return "▲ beyond error" if row.change > 0 else "▼ beyond error"


def notes(comparison: SerialComparison) -> list[str]:
    """Say what else may explain the difference, and what could not be compared."""
    exchange = EXCHANGE.format(swap=comparison.exchange) if comparison.exchange else ""
    sentences = (exchange, comparison.no_beats, comparison.no_findings, *comparison.doubts)
    return [sentence for sentence in sentences if sentence]
