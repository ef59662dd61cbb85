"""The tracing on the page of the report: to scale, on a sheet of fixed height.

`layout.lay_out` says what stands where along the time axis. Its rows are as high as the tallest of
their leads, which for every third ECG is more than a page has room for beside its text; here rows
move together as far as the leads that stand above each other allow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ecgcore.leads import LEADS
from ecgcore.recording import Recording
from ecgcore.review.geometry import rows_of
from ecgcore.review.layout import (
    PULSE_MV,
    PaperFormat,
    Sheet,
    Strip,
    lay_out,
    resting_level_mv,
    strip_samples,
)

SPEED_MM_S = 25.0
GAIN_MM_MV = 10.0
REDUCED_GAIN_MM_MV = 5.0

LABEL_MM = 4.0  # room for the lead's name above the tallest wave
# Where rows do not fit one above the other, waves of neighbours may cross: of the height of both
# together this share is kept. Nothing reaches the resting level of its neighbour.
_SHARES = (1.0, 0.75)


@dataclass(frozen=True)
class Row:
    """Strips beside each other, heights in mm above the lower edge of the paper.

    Attributes
    ----------
    strips : tuple of Strip
    baseline_mm : float
        Resting level of all of them.
    floor_mm, ceiling_mm : float
        Resting level of the rows below and above, or the edge of the paper: traces end there.
    """

    strips: tuple[Strip, ...]
    baseline_mm: float
    floor_mm: float
    ceiling_mm: float


@dataclass(frozen=True)
class PrintedPaper:
    """The laid-out sheet of the report.

    Attributes
    ----------
    sheet : Sheet
        For everything but the heights.
    rows : tuple of Row
        From the uppermost.
    height_mm : float
    cut_off : tuple of str
        Leads that not even the reduced gain has room for.
    """

    sheet: Sheet
    rows: tuple[Row, ...]
    height_mm: float
    cut_off: tuple[str, ...]

    @property
    def gain_mm_mv(self) -> float:
        """The gain that is drawn, mm per mV."""
        return self.sheet.form.gain_mm_mv


def print_paper(recording: Recording, form: PaperFormat, height_mm: float) -> PrintedPaper:
    """Lay out a recording on a sheet of a given height.

    Parameters
    ----------
    recording : Recording
        At most 10 s, filtered as it is to be shown.
    form : PaperFormat
        Its layout, speed and gain are not used: the page has 3x4 leads and one rhythm strip at
        25 mm/s and 10 mm/mV, or 5 mm/mV where the tracing is too tall.
    height_mm : float
    """
    distances: list[float] = []
    for gain in (GAIN_MM_MV, REDUCED_GAIN_MM_MV):
        own = replace(form, layout="3x4+1", speed_mm_s=SPEED_MM_S, gain_mm_mv=gain)
        sheet = lay_out([recording], own)
        rows = rows_of(sheet)
        reaches = [_reaches(recording, row, rows[0], gain) for row in rows]
        for share in _SHARES:
            distances = _distances(reaches, gain, share)
            if sum(distances) <= height_mm:
                return _placed(recording, sheet, _spread(distances, height_mm), height_mm)
    squeezed = [distance * height_mm / sum(distances) for distance in distances]
    return _placed(recording, sheet, squeezed, height_mm)


def reach_mm(
    recording: Recording, row: Sequence[Strip], gain_mm_mv: float, x_mm: float, length_s: float
) -> tuple[float, float]:
    """Return how far a row goes above and below its resting level, from `x_mm` on.

    Parameters
    ----------
    recording : Recording
    row : sequence of Strip
        Beside each other, from the left.
    gain_mm_mv : float
    x_mm : float
    length_s : float
        Counted from `x_mm`; the strip that begins at or before it is looked at alone.
    """
    strip = max((x for x in row if x.x_mm <= x_mm), key=lambda x: x.x_mm)
    begin_s = (x_mm - strip.x_mm) / SPEED_MM_S
    samples = strip.samples_mv(recording)
    part = samples[strip_samples(recording, begin_s, begin_s + length_s)]
    if part.size == 0 or np.isnan(part).all():
        return 0.0, 0.0
    rest = resting_level_mv(samples)
    above = (float(np.nanmax(part)) - rest) * gain_mm_mv
    below = (rest - float(np.nanmin(part))) * gain_mm_mv
    return max(above, 0.0), max(below, 0.0)


def _reaches(
    recording: Recording, row: Sequence[Strip], columns: Sequence[Strip], gain_mm_mv: float
) -> list[tuple[float, float]]:
    """Room above and below the resting level of a row, in each column of the sheet."""
    return [
        reach_mm(recording, row, gain_mm_mv, column.x_mm, column.stop_s - column.start_s)
        for column in columns
    ]


def _distances(
    reaches: list[list[tuple[float, float]]], gain_mm_mv: float, share: float
) -> list[float]:
    """Least distances from edge to resting level to resting level ... to edge, whole mm."""
    pulse_mm = PULSE_MV * gain_mm_mv
    first = max(pulse_mm, *(above for above, _ in reaches[0])) + LABEL_MM
    last = max(below for _, below in reaches[-1]) + 1.0
    between = [
        max(
            pulse_mm,
            *(
                max(share * (below + above), below, above)
                for (_, below), (above, _) in zip(upper, lower, strict=True)
            ),
        )
        + LABEL_MM
        for upper, lower in pairwise(reaches)
    ]
    return [float(math.ceil(distance)) for distance in (first, *between, last)]


def _spread(distances: list[float], height_mm: float) -> list[float]:
    """Share out what is left of the height, in whole mm, so that rows rest on a line."""
    spare = (height_mm - sum(distances)) / len(distances)
    spread = [distance + math.floor(spare) for distance in distances]
    spread[-1] += height_mm - sum(spread)
    return spread


def _placed(
    recording: Recording, sheet: Sheet, distances: list[float], height_mm: float
) -> PrintedPaper:
    levels = [height_mm - total for total in np.cumsum(distances)]  # the last is the lower edge
    rows = tuple(
        Row(
            tuple(strips),
            float(levels[i]),
            floor_mm=float(max(levels[i + 1], 0.0)),
            ceiling_mm=float(levels[i - 1]) if i else height_mm,
        )
        for i, strips in enumerate(rows_of(sheet))
    )
    cut = {
        strip.lead
        for row in rows
        for strip in row.strips
        if _is_cut(recording, strip, row, sheet.form.gain_mm_mv)
    }
    return PrintedPaper(sheet, rows, height_mm, tuple(lead for lead in LEADS if lead in cut))


def _is_cut(recording: Recording, strip: Strip, row: Row, gain_mm_mv: float) -> bool:
    length_s = strip.stop_s - strip.start_s
    above, below = reach_mm(recording, [strip], gain_mm_mv, strip.x_mm, length_s)
    return above > row.ceiling_mm - row.baseline_mm or below > row.baseline_mm - row.floor_mm
