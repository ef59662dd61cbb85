"""The file for printing is true to the millimetre."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from ecgcore.electrodes import TABLE_ROWS
from ecgcore.leads import LEADS
from ecgcore.misplacement import apply_table
from ecgcore.recording import Recording
from ecgcore.review.beat_marks import BAND_MM, add_beat_marks
from ecgcore.review.comparison import draw_comparison, shown_as
from ecgcore.review.layout import GAINS_MM_MV, LAYOUTS, SPEEDS_MM_S, PaperFormat, lay_out
from ecgcore.review.paper import draw_paper
from ecgcore.review.sheet_svg import to_svg_mm
from ecgcore.signal.measurements import Beat
from ecgcore.simulate import CASES, simulate

SVG = "{http://www.w3.org/2000/svg}"
# Coordinates are written to a thousandth of a millimetre and travel as float32 before.
TOLERANCE_MM = 0.002


def sinus() -> Recording:
    return simulate(CASES["Normal sinus rhythm"].config).recording()


def document(figure) -> ElementTree.Element:
    return ElementTree.fromstring(to_svg_mm(figure))


def path(root: ElementTree.Element, name: str) -> list[np.ndarray]:
    """Points of each unbroken stretch of a trace, x and y downwards, mm."""
    (found,) = [p for p in root.iter(f"{SVG}path") if p.get("data-name") == name]
    stretches = found.get("d").split("M")[1:]
    return [np.array(part.split(), float).reshape(-1, 2) for part in stretches]


def square_wave(fs: float = 500.0) -> Recording:
    """One millivolt up for half of each second, in every lead."""
    t = np.arange(round(10 * fs)) / fs
    return Recording(np.tile((t % 1.0 < 0.5).astype(np.float32), (12, 1)), fs, "made")


@pytest.mark.parametrize("speed", SPEEDS_MM_S)
@pytest.mark.parametrize("gain", GAINS_MM_MV)
def test_a_second_and_a_millivolt_have_their_length_in_print_within_one_percent(speed, gain):
    (points,) = path(document(draw_paper(square_wave(), PaperFormat("12x1", speed, gain))), "II")
    x, y = points.T
    # Edges of the wave: the sample after each jump.
    rises = x[1:][np.diff(y) < -0.5 * gain]
    assert np.diff(rises) == pytest.approx([speed] * 8, rel=0.01)
    assert y.max() - y.min() == pytest.approx(gain, rel=0.01)


def test_one_unit_of_the_drawing_is_one_millimetre_of_paper():
    root = document(draw_paper(sinus()))
    left, top, width, height = map(float, root.get("viewBox").split())
    assert (left, top) == (0, 0)
    assert root.get("width") == f"{width:g}mm"
    assert root.get("height") == f"{height:g}mm"
    assert width == lay_out([sinus()], PaperFormat()).width_mm


def test_the_squares_are_one_and_five_millimetres_wide():
    root = document(draw_paper(sinus()))
    for step in (1, 5):
        (grid,) = [p for p in root.iter(f"{SVG}path") if p.get("class") == f"grid-{step}"]
        x = [float(value) for value in re.findall(r"M([\d.]+) 0V", grid.get("d"))]
        y = [float(value) for value in re.findall(r"M0 ([\d.]+)H", grid.get("d"))]
        assert set(np.diff(x)) == {step}
        assert set(np.abs(np.diff(y))) == {step}
    # The bold lines are those on which strips start.
    assert min(strip.x_mm for strip in lay_out([sinus()], PaperFormat()).strips) in x


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("speed", SPEEDS_MM_S)
def test_print_and_screen_have_every_sample_at_the_same_place(layout, speed):
    figure = draw_paper(sinus(), PaperFormat(layout, speed, order="cabrera"))
    root = document(figure)
    paths = [p for p in root.iter(f"{SVG}path") if p.get("data-name")]
    traces = [trace for trace in figure.data if trace.mode == "lines" and len(trace.x)]
    assert [p.get("data-name") for p in paths] == [trace.name for trace in traces]
    top = figure.layout.yaxis.range[1]
    for drawn, trace in zip(paths, traces, strict=True):
        numbers = np.array(re.findall(r"[\d.]+", drawn.get("d")), float).reshape(-1, 2)
        x, y = (np.array(values, float) for values in (trace.x, trace.y))
        known = ~np.isnan(x)
        np.testing.assert_allclose(numbers[:, 0], x[known], atol=TOLERANCE_MM)
        np.testing.assert_allclose(numbers[:, 1], top - y[known], atol=TOLERANCE_MM)


def test_all_of_a_sheet_at_fifty_millimetres_a_second_is_printed():
    figure = draw_paper(sinus(), PaperFormat("12x1", 50.0))
    (points,) = path(document(figure), "V6")
    assert np.ptp(points[:, 0]) == pytest.approx(500, abs=1)
    assert float(document(figure).get("viewBox").split()[2]) > 500


def test_a_gap_is_a_gap_in_print():
    signal = sinus().signal.copy()
    signal[:, 1000:1500] = np.nan
    assert (
        len(path(document(draw_paper(sinus().with_signal(signal), PaperFormat("12x1"))), "I")) == 2
    )


def test_the_page_says_speed_gain_filter_and_names_every_lead():
    written = ["".join(t.itertext()) for t in document(draw_paper(sinus())).iter(f"{SVG}text")]
    assert set(LEADS) <= set(written)
    assert any("25 mm/s" in text and "10 mm/mV" in text and "no filter" in text for text in written)


def test_a_comparison_is_printed_with_both_tracings():
    swap = TABLE_ROWS["LA/RA"]
    after = sinus().with_signal(apply_table(sinus().signal, swap))
    root = document(draw_comparison(sinus(), after, shown_as(swap)))
    drawn = [p.get("data-name") for p in root.iter(f"{SVG}path")]
    assert drawn.count("I") == 2
    assert "I = −I" in ["".join(t.itertext()) for t in root.iter(f"{SVG}text")]


def test_beat_marks_are_printed_below_the_tracing():
    form = PaperFormat()
    plain, marked = draw_paper(sinus(), form), draw_paper(sinus(), form)
    add_beat_marks(marked, lay_out([sinus()], form), [Beat(1.0, qrs_on_s=0.95, qrs_off_s=1.05)])
    (bracket,) = path(document(marked), "QRS complexes")
    heights = [float(document(f).get("viewBox").split()[3]) for f in (plain, marked)]
    assert heights[1] - heights[0] == BAND_MM
    assert bracket[:, 1].min() > lay_out([sinus()], form).height_mm
    assert np.ptp(bracket[:, 0]) == pytest.approx(0.1 * 25, abs=TOLERANCE_MM)
