"""The page of the report is to scale, and everything on it keeps to its place."""

import dataclasses
import struct

import numpy as np
import pytest
from built_report import (
    ALL_USABLE,
    COMMENT,
    EACH_LANGUAGE,
    EACH_PAPER,
    MODEL,
    content,
    drawn,
    prediction,
    scaled,
    sinus,
    squeezed,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from report_drawing import MM_PER_PIXEL, Drawing, Line, rendered

from ecgcore.leads import INDEX, LEADS
from ecgcore.model.prediction import Prediction
from ecgcore.review import report_png
from ecgcore.review.layout import PaperFormat, resting_level_mv
from ecgcore.review.report import (
    ModelIdentity,
    SwapStatement,
    to_pdf,
    to_png,
)
from ecgcore.review.report_blocks import fitted, shared_lines
from ecgcore.review.report_page import printable, width_mm, wrapped
from ecgcore.review.report_paper import print_paper, reach_mm
from ecgcore.review.report_pdf import PAPERS
from ecgcore.review.report_text import ENGLISH, LANGUAGES
from ecgcore.signal.display_filter import DisplayFilter
from ecgcore.signal.measure import measure
from ecgcore.signal.measurements import MEASUREMENTS, Measurements
from ecgcore.signal.quality import Quality
from ecgcore.signal.quality_issue import Issue, Kind, Severity

SPEED_MM_S, GAIN_MM_MV, REDUCED_GAIN_MM_MV = 25.0, 10.0, 5.0
# Coordinates are written in points with six decimals and read as float32, 24 bits: over a page of
# 842 points that is 0.00005 points or 0.00002 mm. Of 10 mm this is far below the 1 % promised.
TOLERANCE_MM = 1e-3
# What office printers leave blank at the edges.
MARGIN_MM = 4.0


def traces(drawing: Drawing) -> list[Line]:
    """In the order of drawing: row by row, from the left."""
    return [line for line in drawing.lines if len(line.points) > 100 and line.width_mm > 0.22]


def pulses(drawing: Drawing) -> list[Line]:
    return [line for line in drawing.lines if len(line.points) == 6]


ROWS = (("I", "aVR", "V1", "V4"), ("II", "aVL", "V2", "V5"), ("III", "aVF", "V3", "V6"))
STRIPS = [(lead, 2.5 * i, 2.5) for row in ROWS for i, lead in enumerate(row)] + [("II", 0.0, 10.0)]


@EACH_PAPER
@pytest.mark.parametrize(
    ("factor", "gain"), [(1.0, GAIN_MM_MV), (2.0, REDUCED_GAIN_MM_MV), (20.0, REDUCED_GAIN_MM_MV)]
)
def test_every_trace_is_true_to_speed_and_gain(paper: str, factor: float, gain: float):
    recording = scaled(factor)
    found = traces(drawn(content(recording), paper))
    assert len(found) == len(STRIPS)
    for trace, (lead, start_s, length_s) in zip(found, STRIPS, strict=True):
        first = round(start_s * recording.fs)
        mv = recording.signal[INDEX[lead], first : first + round(length_s * recording.fs)]
        seconds = np.arange(mv.size) / recording.fs
        x, y = trace.points.T
        # The highest and the lowest sample, and the time between the first and the last.
        assert np.ptp(y) == pytest.approx(np.ptp(mv) * gain, rel=1e-3)
        assert np.ptp(x) == pytest.approx(np.ptp(seconds) * SPEED_MM_S, rel=1e-3)
        at = np.interp((x - x[0]) / SPEED_MM_S, seconds, mv)
        np.testing.assert_allclose(y - y[0], (at - at[0]) * gain, atol=0.01 * gain)


@EACH_PAPER
def test_columns_follow_each_other_in_time(paper: str):
    found = traces(drawn(content(), paper))
    for row in range(3):
        begins = [trace.points[0, 0] for trace in found[4 * row : 4 * row + 4]]
        np.testing.assert_allclose(np.diff(begins), 2.5 * SPEED_MM_S, atol=TOLERANCE_MM)
        assert begins[0] == pytest.approx(found[-1].points[0, 0], abs=TOLERANCE_MM)


@pytest.mark.parametrize(("factor", "gain"), [(1.0, GAIN_MM_MV), (2.0, REDUCED_GAIN_MM_MV)])
def test_each_row_begins_with_a_pulse_of_one_millivolt_and_200_ms(factor: float, gain: float):
    found = pulses(drawn(content(scaled(factor))))
    assert len(found) == 4
    for pulse in found:
        x, y = pulse.points.T
        assert np.ptp(y) == pytest.approx(gain, abs=TOLERANCE_MM)
        assert x[3] - x[2] == pytest.approx(0.2 * SPEED_MM_S, abs=TOLERANCE_MM)


@EACH_PAPER
def test_grid_lines_stand_every_one_and_every_five_millimetres(paper: str):
    drawing = drawn(content(), paper)
    thin, bold = (line for line in drawing.lines if len(line.points) > 100 and line.width_mm < 0.22)
    assert thin.width_mm < bold.width_mm
    assert sum(bold.colour) < sum(thin.colour), "the bold lines are to be darker"
    for axis in (0, 1):
        five = np.unique(np.round(bold.points[:, axis], 2))
        every = np.unique(np.round(np.concatenate([thin.points, bold.points])[:, axis], 2))
        np.testing.assert_allclose(np.diff(every), 1.0, atol=0.02)  # two roundings to 0.01
        np.testing.assert_allclose(np.diff(five), 5.0, atol=0.02)


@EACH_PAPER
def test_the_page_is_landscape_of_the_size_of_the_paper(paper: str):
    # ISO 216 and 11 by 8.5 inches.
    size = {"A4": (297.0, 210.0), "letter": (279.4, 215.9)}[paper]
    drawing = drawn(content(), paper)
    assert (drawing.width_mm, drawing.height_mm) == pytest.approx(size, abs=0.01)


def test_the_gain_that_is_drawn_is_stated():
    assert "25 mm/s · 10 mm/mV · as recorded, no filter" in drawn(content()).text
    tall = drawn(content(scaled(2.0))).text
    assert "5 mm/mV (gain reduced from 10 mm/mV" in tall
    assert "cut off" not in tall
    assert "cut off: " in drawn(content(scaled(20.0))).text


@settings(max_examples=25)
@given(
    factors=st.lists(st.floats(0.0, 40.0), min_size=12, max_size=12),
    height=st.sampled_from([115.0, 120.0]),
)
def test_rows_keep_their_order_and_stay_on_the_sheet(factors: list[float], height: float):
    recording = sinus()
    recording = recording.with_signal(recording.signal * np.array(factors)[:, None])
    printed = print_paper(recording, PaperFormat(), height)
    levels = [height, *(row.baseline_mm for row in printed.rows), 0.0]
    assert levels == sorted(levels, reverse=True)
    for i, row in enumerate(printed.rows):
        assert row.ceiling_mm == pytest.approx(levels[i])
        assert row.floor_mm == pytest.approx(levels[i + 2])
        for strip in row.strips:
            above, below = reach_mm(
                recording, [strip], printed.gain_mm_mv, strip.x_mm, strip.stop_s - strip.start_s
            )
            is_cut = (
                max(
                    row.baseline_mm + above - row.ceiling_mm, row.floor_mm - row.baseline_mm + below
                )
                > 0
            )
            assert not is_cut or strip.lead in printed.cut_off
    if printed.cut_off:
        assert printed.gain_mm_mv == REDUCED_GAIN_MM_MV


def test_nothing_is_drawn_above_the_sheet_however_tall_the_tracing():
    found = measure(sinus())
    usual, tall = (
        rendered(to_pdf(content(scaled(factor), measurements=found))) for factor in (1.0, 40.0)
    )
    header = slice(0, round(13.5 / MM_PER_PIXEL))  # the sheet begins 14 mm from the edge
    assert not np.array_equal(usual, tall)
    np.testing.assert_array_equal(usual[header], tall[header])
    # What is printed below the caption begins 7 mm below the sheet of 115 mm.
    page_mm = PAPERS["A4"].height_mm
    columns = slice(round((14 + 115 + 7) / MM_PER_PIXEL), round((page_mm - 6) / MM_PER_PIXEL))
    measured = slice(0, round(70 / MM_PER_PIXEL))
    np.testing.assert_array_equal(usual[columns, measured], tall[columns, measured])


def test_traces_have_the_colour_of_their_attention():
    found = traces(drawn(content()))
    colours = {lead: trace.colour for trace, (lead, _, _) in zip(found, STRIPS, strict=True)}
    redness = [colours[lead][0] for lead in LEADS]  # the weights of the prediction rise
    assert redness == sorted(redness)
    assert redness[0] < redness[-1]
    assert "traces coloured by attention 0% 20%" in drawn(content()).text


def test_leads_that_were_not_recorded_are_said_to_be_so():
    recording = sinus()
    signal = recording.signal.copy()
    signal[INDEX["V2"]] = np.nan
    signal[INDEX["V3"], 300:400] = np.nan
    weights = {lead: 0.1 for lead in LEADS if lead != "V2"}
    partial = dataclasses.replace(prediction(), attention=weights)
    drawing = drawn(content(recording.with_signal(signal), prediction=partial))
    assert "not recorded" in drawing.text
    assert "not used" in drawing.text


def test_a_gap_stays_a_gap():
    recording = sinus()
    signal = recording.signal.copy()
    fs = round(recording.fs)
    signal[INDEX["II"], 4 * fs : 5 * fs] = np.nan
    last_two = traces(drawn(content(recording.with_signal(signal))))[-2:]
    (before, after) = (trace.points[:, 0] for trace in last_two)
    assert after[0] - before[-1] == pytest.approx(SPEED_MM_S, abs=0.2)


def test_the_wanted_order_and_filter_are_used_and_printed():
    form = PaperFormat(order="cabrera", shown_through=DisplayFilter("0.5-40", 50))
    text = drawn(content(form=form)).text
    for part in ("−aVR", "0.5-40 Hz, mains 50 Hz", "aVR inverted"):
        assert part in text


def test_a_short_recording_has_simultaneous_columns():
    assert "columns simultaneous, first 2.5 s" in drawn(content(sinus().window(0, 4))).text
    assert "columns successive, 2.5 s each" in drawn(content()).text


LONG = {
    "comment": "Слово and 一个很长的意见。 " * 2000,
    "quality": Quality(
        "warning",
        tuple(
            Issue(
                Kind.ARTEFACT, lead, Severity.WARNING, f"jumps by {i} mV, more than the others do"
            )
            for i in range(20)
            for lead in LEADS
        ),
        ALL_USABLE,
        0.5,
    ),
    "prediction": Prediction(
        MODEL.name,
        {f"a finding with a long name {i}": i / 100 for i in range(80)},
        {f"a finding with a long name {i}": 0.5 for i in range(80)},
        dict.fromkeys(LEADS, 1 / 12),
        warnings=tuple(f"Warning {i} of very many that no page has room for." for i in range(40)),
    ),
    "measurements": Measurements(
        reasons={name: f"Because of {name}, " + "at length " * 20 for name in MEASUREMENTS},
        warnings=("Estimated at length. " * 20,) * 20,
    ),
    "model": ModelIdentity("n" * 80, "t" * 400, "0" * 64),
}


@EACH_LANGUAGE
@EACH_PAPER
def test_too_much_of_everything_is_cut_and_stays_on_its_page(paper: str, language: str):
    drawing = drawn(content(scaled(20.0), **LONG), paper, language)
    prefix, suffix = LANGUAGES[language].more.split("{}")
    # Findings, reasons, notes and comment; in English every issue has a sentence of its own, too.
    assert drawing.text.count(prefix) >= (5 if language == "en" else 4)
    assert suffix in drawing.text
    footer = next(x for x in drawing.words if "Leadproof" in x.text and "SHA" not in x.text)
    for words in drawing.words:
        assert words.bottom >= MARGIN_MM
        assert words.top <= drawing.height_mm - MARGIN_MM
        assert words.left >= MARGIN_MM
        assert words.right <= drawing.width_mm - MARGIN_MM
        below_footer = words.top < footer.top + 0.5
        assert not below_footer or words.left < 0.2 * drawing.width_mm or words is footer


@EACH_PAPER
@EACH_LANGUAGE
def test_no_text_runs_into_another(paper: str, language: str):
    what = content(swap=SwapStatement("simulated", "RA/RL+LA/LL"), comment=COMMENT * 30)
    sheet_bottom = min(line.points[:, 1].min() for line in traces(drawn(what, paper, language)))
    texts = [
        x for x in drawn(what, paper, language).words if x.text.strip() and x.top < sheet_bottom
    ]
    assert len(texts) > 60
    for i, one in enumerate(texts):
        for other in texts[i + 1 :]:
            across = min(one.right, other.right) - max(one.left, other.left)
            upright = min(one.top, other.top) - max(one.bottom, other.bottom)
            # Bounds hold whole characters; neighbouring lines may share the room of descenders.
            assert across < 0.1 or upright < 0.6, (one, other)


@settings(max_examples=60)
@given(text=st.text(st.characters(codec="utf-8"), max_size=300), room=st.floats(12.0, 80.0))
def test_wrapping_loses_nothing_and_keeps_to_the_width(text: str, room: float):
    lines = wrapped(text, 7.5, room)
    whole = "".join(printable(paragraph) for paragraph in text.splitlines())
    assert squeezed("".join(lines)) == squeezed(whole)
    # Punctuation may stand out by its own width, at most one em each.
    widest = width_mm("—", 7.5)
    for line in lines:
        bare = line.rstrip("，。、；：！？）》」』”’…%％")
        assert width_mm(bare, 7.5) <= room + widest


@given(
    items=st.lists(st.lists(st.just("line"), min_size=1, max_size=5), max_size=12),
    budget=st.integers(0, 40),
)
def test_what_is_cut_off_is_counted(items: list[list[str]], budget: int):
    lines = fitted(items, budget, ENGLISH)
    assert len(lines) <= budget
    if sum(map(len, items)) <= budget:
        assert lines == [line for item in items for line in item]
    elif budget:
        lengths = np.cumsum([len(item) for item in items])
        whole = int((lengths <= budget - 1).sum())
        assert lines == ["line"] * (budget - 1) + [f"… ({len(items) - whole} more)"]


@given(wanted=st.lists(st.integers(0, 60), min_size=1, max_size=6), room=st.integers(0, 60))
def test_lines_are_shared_fairly(wanted: list[int], room: int):
    shares = shared_lines(wanted, room)
    assert sum(shares) <= room
    assert all(0 <= share <= want for share, want in zip(shares, wanted, strict=True))
    if sum(wanted) <= room:
        assert shares == wanted
    # Nobody goes short while another has two lines more.
    short = [share for share, want in zip(shares, wanted, strict=True) if share < want]
    assert all(max(shares) - share <= 1 for share in short)


@EACH_PAPER
def test_the_picture_has_the_size_of_the_page(paper: str):
    png = to_png(content(), paper)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    size_px = struct.unpack(">II", png[16:24])
    size = PAPERS[paper]
    expected = [length / 25.4 * report_png.DPI for length in (size.width_mm, size.height_mm)]
    assert size_px == pytest.approx(expected, abs=1.0)  # whole pixels


def test_the_resting_level_lies_on_the_baseline_of_its_row():
    recording = sinus()
    found = traces(drawn(content(recording)))[-1]
    pulse = pulses(drawn(content(recording)))[-1]
    mv = recording.lead("II")
    first = (mv[0] - resting_level_mv(mv)) * GAIN_MM_MV
    assert found.points[0, 1] - pulse.points[0, 1] == pytest.approx(first, abs=TOLERANCE_MM)
