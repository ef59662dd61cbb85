"""Where each lead stands on the ECG paper, in millimetres.

Everything is laid out as on a printed sheet: x grows to the right and y upwards, both in mm, so
that one scale for both axes keeps speed and gain true to each other at any zoom.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ecgcore.errors import SignalError
from ecgcore.leads import CHEST_LEADS, LEADS
from ecgcore.recording import Recording
from ecgcore.signal.display_filter import AS_RECORDED, DisplayFilter, filter_text

PAGE_S = 10.0  # a standard 12-lead sheet
SPEEDS_MM_S = (25.0, 50.0)
GAINS_MM_MV = (5.0, 10.0, 20.0)
# Columns of leads per layout; what follows a plus is the number of rhythm strips below, as carts
# print them.
LAYOUTS = {"3x4": 4, "3x4+1": 4, "3x4+3": 4, "6x2": 2, "12x1": 1}
LAYOUT_TITLES = {
    "3x4": "3×4",
    "3x4+1": "3×4+1",
    "3x4+3": "3×4+3",
    "6x2": "6×2",
    "12x1": "12×1",
}
RHYTHM_STRIPS = {"3x4+1": 1, "3x4+3": 3}
# Cabrera's order runs by the direction in which each limb lead looks, from -30 degrees to 120.
INVERTED = "-aVR"
ORDERS = {
    "standard": LEADS,
    "cabrera": ("aVL", "I", INVERTED, "II", "aVF", "III", *CHEST_LEADS),
}
ORDER_TITLES = {"standard": "Standard", "cabrera": "Cabrera"}

PULSE_MV = 1.0
PULSE_S = 0.2

_NO_HEIGHT = (0.0, 0.0, 0.0)
_BOX_MM = 5.0  # distance of the bold lines; strips start and rest on them
_MIN_BELOW_MM = 5.0
_LABEL_MM = 4.0  # room for the lead's name above the tallest wave
# An artefact of many mV may run into its neighbours rather than push them off the screen.
_MAX_REACH_MM = 45.0
# Recordings of a little under 10 s (4,998 samples) still fill successive columns.
_SUCCESSIVE_FROM_S = 0.9 * PAGE_S


@dataclass(frozen=True)
class PaperFormat:
    """How the paper is drawn.

    Attributes
    ----------
    layout : {"3x4", "3x4+1", "3x4+3", "6x2", "12x1"}
        Rows and columns, and the number of rhythm strips.
    speed_mm_s : {25, 50}
        Paper speed, mm per second.
    gain_mm_mv : {5, 10, 20}
        Gain, mm per mV.
    rhythm_leads : tuple of three str
        Leads of the rhythm strips, from the top; a layout with one shows the first.
    order : {"standard", "cabrera"}
        In Cabrera's order aVR is drawn inverted.
    shown_through : DisplayFilter
        What is filtered for the eye alone.
    room_below_mm : float
        Kept free below each row, in whole boxes of 5 mm, for what is drawn under the leads.

    Raises
    ------
    SignalError
        A value is none of those listed.
    """

    layout: str = "3x4+1"
    speed_mm_s: float = 25.0
    gain_mm_mv: float = 10.0
    rhythm_leads: tuple[str, ...] = ("II", "V1", "V5")
    order: str = "standard"
    shown_through: DisplayFilter = AS_RECORDED
    room_below_mm: float = 0.0

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("layout", self.layout, tuple(LAYOUTS)),
            ("speed", self.speed_mm_s, SPEEDS_MM_S),
            ("gain", self.gain_mm_mv, GAINS_MM_MV),
            ("order of leads", self.order, tuple(ORDERS)),
            *(("rhythm lead", lead, LEADS) for lead in self.rhythm_leads),
        ):
            if value not in allowed:
                raise SignalError(
                    f"The {name} is {value}, expected one of {', '.join(map(str, allowed))}."
                )
        if len(self.rhythm_leads) < self.n_rhythm_strips:
            raise SignalError(
                f"The layout {self.layout} has {self.n_rhythm_strips} rhythm strips; "
                f"{len(self.rhythm_leads)} leads are named for them."
            )

    @property
    def n_rhythm_strips(self) -> int:
        """Number of leads that are drawn once more over the whole width."""
        return RHYTHM_STRIPS.get(self.layout, 0)


@dataclass(frozen=True)
class Strip:
    """One lead over one stretch of time on the paper.

    Attributes
    ----------
    lead : str
    start_s, stop_s : float
        Stretch of the recording that is shown.
    x_mm, baseline_mm, top_mm, bottom_mm : float
        Left edge; height of the resting level; upper and lower edge of the row.
    inverted : bool
        Drawn upside down, and named so.
    """

    lead: str
    start_s: float
    stop_s: float
    x_mm: float
    baseline_mm: float
    top_mm: float
    bottom_mm: float
    inverted: bool = False

    @property
    def title(self) -> str:
        """Name of the lead as it is printed."""
        return f"−{self.lead}" if self.inverted else self.lead

    def samples_mv(self, recording: Recording) -> npt.NDArray[np.float32]:
        """Return what the strip shows of a recording, shape (samples,), mV."""
        mv = recording.lead(self.lead)[strip_samples(recording, self.start_s, self.stop_s)]
        return -mv if self.inverted else mv


@dataclass(frozen=True)
class Sheet:
    """The laid-out paper.

    Attributes
    ----------
    form : PaperFormat
    strips : tuple of Strip
    pulse_baselines_mm : tuple of float
        One calibration pulse per row, at `pulse_x_mm`.
    width_mm, height_mm : float
    view_mm : float
        Width that is seen at first. At 50 mm/s the sheet is longer than the view and is dragged.
    simultaneous : bool
        All columns show the same seconds.
    timing : str
        The same in words, as printed on the page.
    filter_text : str
        What was filtered, as printed on the page.
    """

    form: PaperFormat
    strips: tuple[Strip, ...]
    pulse_baselines_mm: tuple[float, ...]
    width_mm: float
    height_mm: float
    view_mm: float
    simultaneous: bool
    timing: str
    filter_text: str

    @property
    def pulse_x_mm(self) -> float:
        """Left edge of the calibration pulses."""
        return _BOX_MM


def strip_samples(recording: Recording, start_s: float, stop_s: float) -> slice:
    """Return which samples of a recording belong to a strip."""
    return slice(round(start_s * recording.fs), round(stop_s * recording.fs))


def resting_level_mv(samples: npt.NDArray[np.floating]) -> float:
    """Level at which a strip is placed on its line: the median, 0 where nothing was recorded.

    Height on ECG paper has no absolute meaning; carts remove the electrode offset before printing.
    The median lies on the T-P line of nearly every tracing and ignores the QRS complexes.
    """
    recorded = samples[~np.isnan(samples)]
    return float(np.median(recorded)) if recorded.size else 0.0


def lay_out(recordings: Sequence[Recording], form: PaperFormat) -> Sheet:
    """Place the twelve leads on one sheet that has room for all given recordings.

    Parameters
    ----------
    recordings : sequence of Recording
        One, or several of equal length that are drawn over each other. The first 10 s are shown.
    form : PaperFormat

    Returns
    -------
    Sheet
        Row heights adapt to the amplitudes; the scale never does.
    """
    columns = LAYOUTS[form.layout]
    successive = recordings[0].duration_s >= _SUCCESSIVE_FROM_S
    left = 2 * _BOX_MM + _round_up(PULSE_S * form.speed_mm_s)
    strips: list[Strip] = []
    baselines = []
    top = 0.0  # from the upper edge downwards; shifted below so that y = 0 is the lower edge
    for row in _rows(form, left, successive=successive):
        above, below = _row_reach_mm(recordings, row, form.gain_mm_mv)
        baseline = top - above
        bottom = baseline - below - form.room_below_mm
        strips += [
            replace(strip, baseline_mm=baseline, top_mm=top, bottom_mm=bottom) for strip in row
        ]
        baselines.append(baseline)
        top = bottom
    return Sheet(
        form=form,
        strips=tuple(_raised(strip, -top) for strip in strips),
        pulse_baselines_mm=tuple(baseline - top for baseline in baselines),
        width_mm=left + PAGE_S * form.speed_mm_s + _BOX_MM,
        height_mm=-top,
        view_mm=left + PAGE_S * SPEEDS_MM_S[0] + _BOX_MM,
        simultaneous=not successive,
        timing=_timing(columns, successive=successive),
        filter_text=filter_text(form.shown_through, recordings[0].fs),
    )


def _rows(form: PaperFormat, left_mm: float, *, successive: bool) -> list[list[Strip]]:
    """All strips row by row, their heights yet unknown."""
    columns = LAYOUTS[form.layout]
    order = ORDERS[form.order]
    n_rows = len(order) // columns
    column_s = PAGE_S / columns
    rows = []
    for row in range(n_rows):
        strips = []
        for column in range(columns):
            name = order[column * n_rows + row]
            start_s = column * column_s if successive else 0.0
            strips.append(
                Strip(
                    name.removeprefix("-"),
                    start_s,
                    start_s + column_s,
                    left_mm + column * column_s * form.speed_mm_s,
                    *_NO_HEIGHT,
                    inverted=name == INVERTED,
                )
            )
        rows.append(strips)
    for lead in form.rhythm_leads[: form.n_rhythm_strips]:
        rows.append([Strip(lead, 0.0, PAGE_S, left_mm, *_NO_HEIGHT)])
    return rows


def _row_reach_mm(
    recordings: Sequence[Recording], row: Sequence[Strip], gain_mm_mv: float
) -> tuple[float, float]:
    """Room above and below the baseline of one row, in whole boxes."""
    above, below = PULSE_MV * gain_mm_mv, _MIN_BELOW_MM
    for recording in recordings:
        for strip in row:
            samples = strip.samples_mv(recording)
            if np.isnan(samples).all():
                continue
            rest = resting_level_mv(samples)
            above = max(above, (float(np.nanmax(samples)) - rest) * gain_mm_mv)
            below = max(below, (rest - float(np.nanmin(samples))) * gain_mm_mv)
    return (
        _round_up(min(above, _MAX_REACH_MM) + _LABEL_MM),
        _round_up(min(below, _MAX_REACH_MM)),
    )


def _round_up(length_mm: float) -> float:
    return math.ceil(length_mm / _BOX_MM) * _BOX_MM


def _raised(strip: Strip, by_mm: float) -> Strip:
    return replace(
        strip,
        baseline_mm=strip.baseline_mm + by_mm,
        top_mm=strip.top_mm + by_mm,
        bottom_mm=strip.bottom_mm + by_mm,
    )


def _timing(columns: int, *, successive: bool) -> str:
    if columns == 1:
        return "leads simultaneous"
    column_s = PAGE_S / columns
    if successive:
        return f"columns successive, {column_s:g} s each"
    return f"columns simultaneous, first {column_s:g} s"
