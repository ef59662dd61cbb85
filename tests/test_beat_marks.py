"""Marks of beats stand under the beats, and the representative beat is drawn to scale."""

from dataclasses import replace

import numpy as np
import pytest

from ecgcore.leads import INDEX, LEADS
from ecgcore.recording import Recording
from ecgcore.review import colours
from ecgcore.review.beat_marks import BAND_MM, add_beat_marks, interval_label
from ecgcore.review.beat_overlay import GAIN_MM_MV, SPEED_MM_S, draw_beats
from ecgcore.review.layout import LAYOUTS, PaperFormat, lay_out
from ecgcore.review.paper import draw_paper
from ecgcore.signal.marks import Marks
from ecgcore.signal.measure import measure
from ecgcore.signal.measurements import Beat, RepresentativeBeat
from ecgcore.simulate import CASES, simulate

WHOLE = Beat(
    r_s=1.0,
    p_on_s=0.80,
    p_off_s=0.90,
    qrs_on_s=0.96,
    qrs_off_s=1.05,
    t_on_s=1.15,
    t_off_s=1.36,
)
# Positions travel as float64 here; the rest is rounding of sums of a few hundred millimetres.
TOLERANCE_MM = 1e-9


def sinus() -> Recording:
    return simulate(CASES["Normal sinus rhythm"].config).recording()


def marked(beats, form: PaperFormat | None = None, recording: Recording | None = None):
    form, recording = form or PaperFormat(), recording or sinus()
    figure = draw_paper(recording, form)
    sheet = lay_out([recording], form)
    add_beat_marks(figure, sheet, beats)
    return figure, sheet


def brackets(figure, name: str) -> np.ndarray:
    """Left and right end of each bracket, shape (n, 2), mm."""
    found = [trace for trace in figure.data if trace.name == name]
    if not found:
        return np.empty((0, 2))
    return np.array(found[0].x, float).reshape(-1, 5)[:, [0, 3]]


def labels(figure) -> list:
    return [note for note in figure.layout.annotations if "QRS" in note.text]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("speed", [25.0, 50.0])
def test_each_wave_is_marked_under_its_place_in_the_lowest_row(layout, speed):
    figure, sheet = marked([WHOLE], PaperFormat(layout, speed))
    left = sheet.strips[0].x_mm
    for name, first, last in (
        ("P waves", 0.80, 0.90),
        ("QRS complexes", 0.96, 1.05),
        ("T waves", 1.15, 1.36),
    ):
        np.testing.assert_allclose(
            brackets(figure, name), [[left + first * speed, left + last * speed]], atol=TOLERANCE_MM
        )


def test_marks_stand_below_the_paper_which_stays_as_it_was():
    plain = draw_paper(sinus())
    figure, sheet = marked([WHOLE])
    drawn = [trace for trace in figure.data if trace.name == "QRS complexes"]
    assert np.nanmax(np.array(drawn[0].y, float)) < 0
    for before, after in zip(plain.data, figure.data, strict=False):
        np.testing.assert_array_equal(before.y, after.y)
    assert figure.layout.meta == plain.layout.meta
    assert list(figure.layout.yaxis.range) == [-BAND_MM, sheet.height_mm]
    # As many pixels a millimetre as before, to the whole pixel that a height is.
    per_mm = (plain.layout.height - plain.layout.margin.b) / sheet.height_mm
    assert figure.layout.height - plain.layout.height == pytest.approx(BAND_MM * per_mm, abs=0.5)


def test_a_wave_that_was_not_found_has_no_mark_and_no_interval():
    figure, _ = marked([Beat(1.0, qrs_on_s=0.96, qrs_off_s=1.05)])
    assert not len(brackets(figure, "P waves"))
    assert not len(brackets(figure, "T waves"))
    (label,) = labels(figure)
    assert label.text == "QRS 90"


def test_intervals_are_told_in_milliseconds():
    before = Beat(0.2)
    assert interval_label(WHOLE, before) == "RR 800<br>PR 160<br>QRS 90<br>QT 400"
    assert interval_label(WHOLE, None) == "PR 160<br>QRS 90<br>QT 400"


def test_an_ectopic_beat_is_named_so_and_has_its_own_colour():
    premature = Beat(1.0, qrs_on_s=0.95, qrs_off_s=1.1, is_ectopic=True)
    figure, _ = marked([premature])
    (label,) = labels(figure)
    assert label.text.startswith("ectopic<br>")
    assert len(brackets(figure, "QRS complexes, ectopic")) == 1
    assert not len(brackets(figure, "QRS complexes"))


@pytest.mark.parametrize("width_px", [400, 540, 800, 1440])
def test_labels_end_above_the_footer_however_small_the_sheet_is_drawn(width_px):
    beats = [replace(WHOLE, r_s=0.2), replace(WHOLE, is_ectopic=True)]
    figure = draw_paper(sinus(), PaperFormat(), width_px=width_px)
    sheet = lay_out([sinus()], PaperFormat())
    add_beat_marks(figure, sheet, beats)
    bottom, top = figure.layout.yaxis.range
    per_mm = (figure.layout.height - figure.layout.margin.b) / (top - bottom)
    for label in labels(figure):
        # Lines of text are 1.3 of its size apart.
        height_px = 1.3 * label.font.size * (label.text.count("<br>") + 1)
        assert (label.y - bottom) * per_mm >= height_px - 1.0  # a height is a whole pixel
    assert max(label.text.count("<br>") for label in labels(figure)) == 4


@pytest.mark.parametrize("rate", [60, 120, 200])
def test_labels_never_overlap_and_every_beat_keeps_its_marks(rate):
    beats = [
        Beat(at, qrs_on_s=at - 0.04, qrs_off_s=at + 0.04) for at in np.arange(0.5, 9.5, 60 / rate)
    ]
    figure, sheet = marked(beats)
    assert len(brackets(figure, "QRS complexes")) == len(beats)
    at = np.array([note.x for note in labels(figure)])
    per_mm = (figure.layout.height - figure.layout.margin.b) / (sheet.height_mm + BAND_MM)
    # "QRS 100" at 10 px is at most 48 px wide.
    assert (np.diff(at) * per_mm >= 48).all()
    assert len(at) >= 5


def test_simultaneous_columns_each_show_the_marks_of_their_seconds():
    short = sinus().window(0.0, 5.0)
    figure, sheet = marked([WHOLE], PaperFormat("3x4"), short)
    assert len(brackets(figure, "QRS complexes")) == len({s.x_mm for s in sheet.strips}) == 4


def test_measured_beats_are_marked_where_the_simulated_ones_are():
    beats = simulate(CASES["Normal sinus rhythm"].config).beats
    figure, sheet = marked(measure(sinus()).beats)
    found = brackets(figure, "QRS complexes")
    true_mm = np.array([sheet.strips[0].x_mm + 25 * beat.r_s for beat in beats])
    inside = [((found[:, 0] <= x) & (x <= found[:, 1])).any() for x in true_mm[1:-1]]
    assert all(inside)


@pytest.mark.parametrize("name", ["MARKED_P", "MARKED_QRS", "MARKED_T", "MARKED_ECTOPIC"])
def test_marks_and_their_text_are_legible(name):
    assert colours.contrast(getattr(colours, name), colours.PAPER) >= 4.5


def representative(**changes) -> RepresentativeBeat:
    signal = np.zeros((12, 400))
    signal[:, 200] = np.linspace(-1, 1, 12)
    marks = {"qrs_on": 190, "qrs_off": 220, "t_on": 260, "t_off": 330, "t_peak": 300}
    return RepresentativeBeat(signal, 500.0, 200, Marks(**{**marks, **changes}), 7)


@pytest.mark.parametrize("superimposed", [False, True])
def test_the_representative_beat_is_true_to_scale(superimposed):
    figure = draw_beats(representative(), superimposed=superimposed)
    for lead in LEADS:
        (trace,) = [t for t in figure.data if t.name == lead]
        x, y = np.array(trace.x, float), np.array(trace.y, float)
        # float32 over a sheet of 400 mm leaves 0.00003 mm.
        assert x[-1] - x[0] == pytest.approx(399 / 500 * SPEED_MM_S, abs=1e-3)
        height = representative().signal[INDEX[lead], 200] * GAIN_MM_MV
        assert y[200] - y[0] == pytest.approx(height, abs=1e-3)
    y_axis = figure.layout.yaxis
    assert (y_axis.scaleanchor, y_axis.scaleratio) == ("x", 1)


def test_panels_stand_in_the_order_of_the_paper_without_overlap():
    figure = draw_beats(representative())
    corners = {
        n.text.removeprefix("<b>").removesuffix("</b>"): (n.x, n.y)
        for n in figure.layout.annotations[1:]
    }
    assert set(corners) == set(LEADS)
    assert corners["I"][1] == corners["aVR"][1] == corners["V1"][1] == corners["V4"][1]
    assert corners["I"][0] < corners["aVR"][0] < corners["V1"][0] < corners["V4"][0]
    assert corners["I"][1] > corners["II"][1] > corners["III"][1]


def test_each_panel_marks_where_waves_begin_and_end_and_only_those_found():
    figure = draw_beats(representative())
    names = [trace.name for trace in figure.data]
    assert names.count("QRS begins") == names.count("T ends") == 12
    assert "P begins" not in names
    assert [t.name for t in draw_beats(representative(p_on=100), superimposed=True).data].count(
        "P begins"
    ) == 1


def test_leads_are_level_before_the_qrs_whatever_their_offset():
    beat = representative()
    shifted = replace(beat, signal=beat.signal + 3.0)
    for one, other in zip(draw_beats(beat).data, draw_beats(shifted).data, strict=True):
        np.testing.assert_allclose(one.y, other.y, atol=1e-4)


def test_a_lead_that_is_absent_has_an_empty_panel_that_says_so():
    beat = representative()
    signal = beat.signal.copy()
    signal[INDEX["V3"]] = np.nan
    figure = draw_beats(replace(beat, signal=signal))
    assert "V3" not in [trace.name for trace in figure.data]
    assert "<b>V3</b>  not recorded" in [note.text for note in figure.layout.annotations]


def test_superimposed_leads_are_told_by_more_than_colour_and_named():
    figure = draw_beats(representative(), superimposed=True)
    styles = {t.name: (t.line.color, t.line.dash) for t in figure.data if t.name in LEADS}
    assert len(set(styles.values())) == 12
    assert {dash for _, dash in styles.values()} == {"solid", "dash"}
    assert figure.layout.showlegend
