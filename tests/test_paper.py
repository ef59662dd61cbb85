"""The paper is true to scale, loses nothing, and stays legible."""

import itertools

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ecgcore.errors import SignalError
from ecgcore.leads import INDEX, LEADS
from ecgcore.recording import Recording
from ecgcore.review import colours
from ecgcore.review.colours import PAPER, attention_colour, contrast, luminance
from ecgcore.review.layout import GAINS_MM_MV, LAYOUTS, SPEEDS_MM_S, PaperFormat, lay_out
from ecgcore.review.paper import (
    FOOTER,
    attention_scale_top,
    draw_paper,
    footer_parts,
    peaks_kept,
)
from ecgcore.signal.display_filter import BANDS_HZ, MAINS_HZ, DisplayFilter, filtered
from ecgcore.simulate import CASES, simulate

FORMATS = [
    PaperFormat(layout, speed, gain)
    for layout, speed, gain in itertools.product(LAYOUTS, SPEEDS_MM_S, GAINS_MM_MV)
]
# Coordinates travel as float32: 24 bits over a sheet of 520 mm leave 0.00003 mm, half a
# millivolt-thousandth at most; one part in a thousand of a small box is well above and invisible.
TOLERANCE_MM = 1e-3


def sinus() -> Recording:
    return simulate(CASES["Normal sinus rhythm"].config).recording()


def lead_traces(figure: go.Figure, lead: str) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.name == lead]


def texts(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_every_trace_is_true_to_speed_and_gain(form):
    figure = draw_paper(sinus(), form)
    for lead in LEADS:
        for trace in lead_traces(figure, lead):
            seconds, mv = trace.customdata.astype(float).T
            x_mm, y_mm = np.array(trace.x, float), np.array(trace.y, float)
            np.testing.assert_allclose(
                x_mm - x_mm[0], (seconds - seconds[0]) * form.speed_mm_s, atol=TOLERANCE_MM
            )
            np.testing.assert_allclose(
                y_mm - y_mm[0], (mv - mv[0]) * form.gain_mm_mv, atol=TOLERANCE_MM
            )


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_one_millimetre_is_equally_long_on_both_axes(form):
    figure = draw_paper(sinus(), form, width_px=900)
    y_axis = figure.layout.yaxis
    assert (y_axis.scaleanchor, y_axis.scaleratio) == ("x", 1)
    width_mm = figure.layout.xaxis.range[1]
    height_mm = y_axis.range[1]
    drawn_px = figure.layout.height - figure.layout.margin.b
    # The figure's height is a whole number of pixels.
    assert abs(drawn_px - height_mm * 900 / width_mm) <= 0.5


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_each_row_begins_with_a_pulse_of_one_millivolt_and_200_ms(form):
    figure = draw_paper(sinus(), form)
    (pulses,) = lead_traces(figure, "1 mV, 200 ms")
    rows = len(LEADS) // LAYOUTS[form.layout] + form.n_rhythm_strips
    x = np.array(pulses.x, float).reshape(rows, -1)
    y = np.array(pulses.y, float).reshape(rows, -1)
    np.testing.assert_allclose(x[:, 3] - x[:, 2], 0.2 * form.speed_mm_s)
    np.testing.assert_allclose(np.nanmax(y, axis=1) - np.nanmin(y, axis=1), form.gain_mm_mv)


def test_grid_lines_stand_every_one_and_every_five_millimetres():
    layout = draw_paper(sinus()).layout
    for axis in (layout.xaxis, layout.yaxis):
        assert (axis.dtick, axis.minor.dtick, axis.tick0) == (5, 1, 0)
        assert axis.showgrid
        assert axis.minor.showgrid


def test_columns_follow_each_other_in_time_and_the_rhythm_strip_shows_all():
    figure = draw_paper(sinus(), PaperFormat(rhythm_leads=("V1",)))
    column, rhythm = lead_traces(figure, "V1")
    assert column.customdata[0][0] == pytest.approx(5.0)
    assert column.customdata[-1][0] < 7.5
    assert rhythm.customdata[0][0] == 0.0
    assert rhythm.customdata[-1][0] == pytest.approx(10.0, abs=0.01)
    assert any("columns successive, 2.5 s each" in text for text in texts(figure))


def test_three_rhythm_strips_show_the_chosen_leads_from_above():
    form = PaperFormat("3x4+3", rhythm_leads=("V2", "aVF", "II"))
    below = [s.lead for s in lay_out([sinus()], form).strips if s.stop_s - s.start_s == 10.0]
    assert below == ["V2", "aVF", "II"]


def test_a_layout_without_rhythm_strip_shows_each_lead_once():
    figure = draw_paper(sinus(), PaperFormat("3x4"))
    assert [trace.name for trace in figure.data if trace.name in LEADS] == [
        *("I", "aVR", "V1", "V4", "II", "aVL", "V2", "V5", "III", "aVF", "V3", "V6")
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_cabreras_order_goes_round_the_frontal_plane_with_avr_upside_down(layout):
    recording = sinus()
    standard = draw_paper(recording, PaperFormat(layout))
    figure = draw_paper(recording, PaperFormat(layout, order="cabrera"))
    columns = LAYOUTS[layout]
    strips = lay_out([recording], PaperFormat(layout, order="cabrera")).strips[:12]
    by_column = [strips[i] for column in range(columns) for i in range(column, 12, columns)]
    limb = ["aVL", "I", "−aVR", "II", "aVF", "III"]
    assert [strip.title for strip in by_column] == [*limb, *LEADS[6:]]
    assert "aVR" not in {trace.name for trace in figure.data}
    assert "<b>−aVR</b>" in texts(figure)
    upright, inverted = lead_traces(standard, "aVR")[0], lead_traces(figure, "−aVR")[0]
    # Other columns may show other seconds; in one column all are the same.
    if layout == "12x1":
        np.testing.assert_array_equal(inverted.customdata[:, 1], -upright.customdata[:, 1])


def test_the_page_says_what_was_filtered_and_the_tracing_is():
    form = PaperFormat("12x1", shown_through=DisplayFilter("0.5-40", 50))
    figure = draw_paper(sinus(), form)
    (footer,) = [text for text in texts(figure) if "mm/s" in text]
    assert "0.5-40 Hz, mains 50 Hz" in footer
    assert "as recorded" not in footer
    (trace,) = lead_traces(figure, "II")
    through = filtered(sinus(), form.shown_through)
    np.testing.assert_allclose(trace.customdata[:, 1], through.lead("II"), atol=1e-6)


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_the_geometry_inside_the_figure_places_every_sample_in_its_row(form):
    figure = draw_paper(sinus(), form, offset_s=3.0)
    geometry = figure.layout.meta
    assert (geometry["speed_mm_s"], geometry["gain_mm_mv"]) == (form.speed_mm_s, form.gain_mm_mv)
    assert geometry["offset_s"] == 3.0
    for trace in (trace for trace in figure.data if trace.name in LEADS):
        level = float(np.median(trace.y))
        (row,) = [r for r in geometry["rows"] if r["bottom"] <= level <= r["top"]]
        assert row["top"] >= max(trace.y)
        ((left, right),) = row["spans"]
        assert left - TOLERANCE_MM <= min(trace.x) <= max(trace.x) <= right


def test_time_does_not_run_on_from_one_simultaneous_column_to_the_next():
    successive = draw_paper(sinus()).layout.meta["rows"][0]["spans"]
    simultaneous = draw_paper(sinus().window(0.0, 5.0)).layout.meta["rows"][0]["spans"]
    assert [right - left for left, right in successive] == [250.0]
    assert [right - left for left, right in simultaneous] == [62.5] * 4


def test_another_recording_or_another_start_is_another_geometry_and_a_filter_alone_is_not():
    def identity(recording, form=None, **how):
        meta = draw_paper(recording, form, **how).layout.meta
        return meta["tracing"], meta["offset_s"]

    recording = sinus()
    plain = identity(recording)
    assert identity(recording.with_signal(recording.signal * 2)) != plain
    assert identity(recording, offset_s=1.0) != plain
    assert identity(recording, PaperFormat(shown_through=DisplayFilter("0.5-40"))) == plain


def test_a_recording_of_five_seconds_fills_every_column_simultaneously():
    short = sinus().window(0.0, 5.0)
    figure = draw_paper(short)
    assert {lead_traces(figure, lead)[0].customdata[0][0] for lead in LEADS} == {0.0}
    assert any("columns simultaneous, first 2.5 s" in text for text in texts(figure))


def test_hover_seconds_count_from_the_start_of_the_whole_recording():
    (trace,) = lead_traces(draw_paper(sinus(), PaperFormat("12x1"), offset_s=30.0), "V6")
    assert trace.customdata[0][0] == 30.0


def test_a_gap_stays_a_gap():
    signal = sinus().signal.copy()
    fs = sinus().fs
    signal[INDEX["II"], round(2 * fs) : round(3 * fs)] = np.nan
    figure = draw_paper(sinus().with_signal(signal), PaperFormat("12x1"))
    (trace,) = lead_traces(figure, "II")
    seconds = trace.customdata[:, 0]
    missing = seconds[np.isnan(np.array(trace.y, float))]
    assert missing.min() == pytest.approx(2.0, abs=0.01)
    assert missing.max() == pytest.approx(3.0, abs=0.01)
    assert trace.connectgaps is False


def test_a_lead_that_is_absent_says_so():
    signal = sinus().signal.copy()
    signal[INDEX["V3"]] = np.nan
    assert (
        texts(draw_paper(sinus().with_signal(signal), PaperFormat("12x1"))).count("not recorded")
        == 1
    )


def test_an_electrode_offset_does_not_move_a_tracing_off_its_line():
    offset = sinus().with_signal(sinus().signal + np.float32(5.0))
    plain = draw_paper(sinus(), PaperFormat("12x1"))
    shifted = draw_paper(offset, PaperFormat("12x1"))
    for lead in LEADS:
        (one,), (other,) = lead_traces(plain, lead), lead_traces(shifted, lead)
        # float32 at 5 mV resolves 0.5 microvolt, 0.000005 mm per ulp at this gain.
        np.testing.assert_allclose(one.y, other.y, atol=TOLERANCE_MM)


@given(st.floats(0.05, 4.0), st.sampled_from(FORMATS))
def test_rows_do_not_overlap_while_the_reach_is_plausible(peak_mv, form):
    peak_mv *= 10.0 / form.gain_mm_mv  # 40 mm at most
    t = np.arange(5000) / 500.0
    wave = peak_mv * np.where(t % 1.0 < 0.04, 1.0, np.where(t % 1.0 < 0.08, -1.0, 0.0))
    recording = Recording(np.tile(wave, (12, 1)).astype(np.float32), 500.0, "made")
    figure = draw_paper(recording, form)
    sheet = lay_out([recording], form)
    tops = sorted({strip.top_mm for strip in sheet.strips}, reverse=True)
    bottoms = dict(zip(tops, [*tops[1:], 0.0], strict=True))
    assert {strip.top_mm: strip.bottom_mm for strip in sheet.strips} == bottoms
    drawn = [trace for trace in figure.data if trace.name in LEADS]
    for strip, trace in zip(sheet.strips, drawn, strict=True):
        y = np.array(trace.y, float)
        assert y.max() <= strip.top_mm + TOLERANCE_MM
        assert y.min() >= bottoms[strip.top_mm] - TOLERANCE_MM


@given(
    hnp.arrays(np.float32, st.integers(1, 400), elements=st.floats(-8, 8, width=16)),
    st.integers(1, 30),
    st.data(),
)
def test_thinning_loses_no_peak_and_no_gap(mv, step, data):
    gap = data.draw(st.integers(0, mv.size))
    mv[gap : gap + 2 * step] = np.nan
    kept = mv[peaks_kept(mv, step)]
    if np.isnan(mv).all():
        assert np.isnan(kept).all()
    else:
        assert np.nanmax(kept) == np.nanmax(mv)
        assert np.nanmin(kept) == np.nanmin(mv)
    # A gap of two bins covers one bin whole, which must stay empty, unless it runs off the end.
    if gap + 2 * step <= mv.size:
        assert np.isnan(kept).any()
    assert (np.diff(peaks_kept(mv, step)) > 0).all()


def test_a_recording_of_one_kilohertz_is_thinned_and_keeps_its_tallest_sample():
    fast = simulate(CASES["Normal sinus rhythm"].config).recording()
    dense = Recording(np.repeat(fast.signal, 8, axis=1), fast.fs * 8, "made")
    (trace,) = lead_traces(draw_paper(dense, PaperFormat("12x1")), "V5")
    assert trace.customdata[:, 1].size < dense.n_samples / 3
    assert trace.customdata[:, 1].max() == dense.lead("V5").max()


@given(st.floats(0, 1))
def test_every_attention_colour_stands_out_from_the_paper(share):
    assert contrast(attention_colour(share), PAPER) >= 3.0


@given(st.floats(0, 1), st.floats(0, 1))
def test_attention_colours_are_ordered_by_lightness_alone(one, other):
    low, high = sorted((one, other))
    # Colours are whole numbers of 255: 1/255 of green is the largest step of luminance.
    assert luminance(attention_colour(low)) <= luminance(attention_colour(high)) + 0.715 / 255


@pytest.mark.parametrize("name", ["TEXT", "TEXT_MUTED", "INK"])
@pytest.mark.parametrize("background", ["PAPER", "SURFACE"])
def test_text_is_legible(name, background):
    assert contrast(getattr(colours, name), getattr(colours, background)) >= 4.5


def test_text_on_a_marked_lead_is_legible():
    assert contrast(colours.TEXT, colours.MARK) >= 4.5


@pytest.mark.parametrize("name", ["OURS", "BASELINE", "BASELINE_SWAPS", "BEFORE", "UNREPORTED"])
def test_bars_and_traces_stand_out(name):
    assert contrast(getattr(colours, name), PAPER) >= 3.0
    assert contrast(getattr(colours, name), colours.SURFACE) >= 3.0


def test_attention_is_printed_and_colours_each_trace():
    attention = dict.fromkeys(LEADS, 0.05) | {"V2": 0.45}
    figure = draw_paper(sinus(), attention=attention)
    assert "<b>V2</b>  45%" in texts(figure)
    (v2,), (v1,) = lead_traces(figure, "V2"), lead_traces(figure, "V1")
    assert v2.line.color == attention_colour(0.45 / attention_scale_top(attention))
    assert v1.line.color == attention_colour(0.05 / attention_scale_top(attention))


def test_a_label_is_never_written_in_a_colour_too_pale_for_text():
    attention = dict.fromkeys(LEADS, 0.0) | {"V2": 1.0}
    for annotation in draw_paper(sinus(), attention=attention).layout.annotations:
        assert contrast(annotation.font.color or colours.TEXT, PAPER) >= 4.5


def test_the_footer_states_speed_gain_and_filter():
    (footer,) = [t for t in texts(draw_paper(sinus(), PaperFormat("6x2", 50.0, 20.0))) if "mm" in t]
    for part in ("50 mm/s", "20 mm/mV", "as recorded, no filter", "drag the paper"):
        assert part in footer


@given(st.integers(500, 2000), st.sampled_from(list(BANDS_HZ)), st.sampled_from(MAINS_HZ))
def test_the_footer_keeps_clear_of_the_colour_scale_and_loses_nothing(width_px, band, mains):
    # 100 Hz carries neither edge nor mains, which makes the longest sentences.
    slow = Recording(np.zeros((12, 1000), np.float32), 100.0, "made")
    form = PaperFormat(speed_mm_s=50.0, shown_through=DisplayFilter(band, mains))
    figure = draw_paper(slow, form, width_px=width_px)
    (footer,) = [note for note in figure.layout.annotations if note.name == FOOTER]
    lines = footer.text.split("<br>")
    assert "  ·  ".join(lines).split("  ·  ") == footer_parts(lay_out([slow], form))
    # A letter of sans-serif is about half as wide as it is high; the scale begins at 0.745.
    for line in lines:
        room = 8 + 0.5 * footer.font.size * len(line) < 0.745 * width_px
        assert room or "  ·  " not in line
    assert -footer.yshift + 1.3 * footer.font.size * len(lines) <= figure.layout.margin.b


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("layout", "4x3"),
        ("speed_mm_s", 30.0),
        ("gain_mm_mv", 1.0),
        ("rhythm_leads", ("II", "V7", "V1")),
        ("order", "alphabetic"),
    ],
)
def test_a_format_that_no_cart_prints_is_refused(field, value):
    with pytest.raises(SignalError, match="V7" if "rhythm" in field else str(value)):
        PaperFormat(**{field: value})


def test_a_layout_with_more_rhythm_strips_than_leads_named_for_them_is_refused():
    with pytest.raises(SignalError, match="3 rhythm strips; 1 leads"):
        PaperFormat("3x4+3", rhythm_leads=("II",))
