"""Bands stand under their second of their lead, and lead out cells say what changes."""

import re
from dataclasses import replace

import numpy as np
import pytest

from ecgcore.leads import INDEX, LEADS
from ecgcore.model.prediction import Prediction, compare
from ecgcore.recording import Recording
from ecgcore.review import colours
from ecgcore.review.examples import REAL_TITLE, open_example
from ecgcore.review.explain import Explanation
from ecgcore.review.explain_band import BAND_MM, BANDS, ROOM_MM, add_bands, scale_top, with_room
from ecgcore.review.layout import LAYOUTS, PaperFormat, lay_out
from ecgcore.review.lead_out import LeadsOut, WithoutLead
from ecgcore.review.lead_out_chart import FLIPPED, lead_out_cells, shown_findings
from ecgcore.review.paper import draw_paper
from ecgcore.review.sheet_svg import to_svg_mm
from ecgcore.simulate import CASES, simulate

FS_HZ, BIN_S = 100.0, 0.02


def sinus(seconds: float = 10.0) -> Recording:
    return simulate(CASES["Normal sinus rhythm"].config).recording().window(0.0, seconds)


def explanation(seconds: float = 10.0, leads: tuple[str, ...] = LEADS, **changes) -> Explanation:
    """Random, of leads that were read; 0 elsewhere and where nothing was recorded."""
    attribution = np.random.default_rng(3).normal(0, 0.01, (12, 1000))
    attribution[:, round(seconds * FS_HZ) :] = 0
    attribution[[lead not in leads for lead in LEADS]] = 0
    found = Explanation("AF", attribution, FS_HZ, seconds, leads, 2.0, -1.0, 32)
    return replace(found, **changes)


def banded(found: Explanation, form: PaperFormat | None = None, recording=None):
    form = with_room(form or PaperFormat())
    recording = recording or sinus(found.duration_s)
    figure, sheet = draw_paper(recording, form), lay_out([recording], form)
    add_bands(figure, sheet, found)
    return figure, sheet, [trace for trace in figure.data if trace.meta == BANDS]


def left_edges(band) -> np.ndarray:
    """Left edge of each cell, mm."""
    return band.x0 + (np.arange(np.size(band.z)) - 0.5) * band.dx


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("speed", [25.0, 50.0])
@pytest.mark.parametrize("order", ["standard", "cabrera"])
@pytest.mark.parametrize("seconds", [10.0, 4.0])
def test_each_moment_stands_under_its_second_of_its_lead(layout, speed, order, seconds):
    found = explanation(seconds)
    sums, _ = found.binned()
    _, sheet, bands = banded(found, PaperFormat(layout, speed, order=order))
    assert len(bands) == len(sheet.strips)
    for strip, band in zip(sheet.strips, bands, strict=True):
        begins_s = strip.start_s + (left_edges(band) - strip.x_mm) / speed
        # Sums of a few hundred mm in float64; bins are 20 ms.
        numbers = begins_s / BIN_S
        np.testing.assert_allclose(numbers, np.round(numbers), atol=1e-9)
        shown = sums[INDEX[strip.lead], np.round(numbers).astype(int)]
        np.testing.assert_allclose(np.ravel(band.z), shown, atol=1e-7)
        assert begins_s[0] == pytest.approx(strip.start_s, abs=BIN_S / 2)
        ends_s = begins_s[-1] + BIN_S
        assert ends_s == pytest.approx(min(strip.stop_s, seconds), abs=BIN_S / 2)
        np.testing.assert_allclose(np.ravel(band.customdata), begins_s, atol=1e-5)


def test_bands_over_the_whole_time_add_up_to_the_explanation():
    found = explanation()
    _, _, bands = banded(found, PaperFormat("12x1"))
    # Cells travel as float32.
    assert sum(np.sum(band.z) for band in bands) == pytest.approx(found.total, abs=1e-5)


@pytest.mark.parametrize("bin_samples", [1, 3, 4, 7])
def test_columns_share_the_moments_without_loss_or_repetition(bin_samples):
    # Rates at which a column of 2.5 s is no whole number of bins.
    fs = bin_samples / BIN_S + 0.7
    found = explanation(fs=fs, duration_s=10.0)
    found = replace(found, attribution=np.ones((12, round(10 * fs))))
    _, sheet, bands = banded(found, PaperFormat("3x4"))
    shown: dict[float, list[int]] = {}
    for strip, band in zip(sheet.strips, bands, strict=True):
        begins_s = np.ravel(band.customdata).astype(float)
        # The middle of each bin lies in the column; seconds travel as float32.
        assert abs(begins_s[0] - strip.start_s) <= bin_samples / fs / 2 + 1e-5
        shown.setdefault(strip.top_mm, []).extend(np.round(begins_s / band.dx * 25).astype(int))
    for numbers in shown.values():
        assert numbers == list(range(len(numbers)))
        assert len(numbers) * bin_samples / fs == pytest.approx(10.0, abs=bin_samples / fs)


@pytest.mark.parametrize("case", [REAL_TITLE, *list(CASES)[:6]])
@pytest.mark.parametrize("layout", ["3x4+1", "12x1"])
def test_no_band_lies_behind_a_tracing_or_leaves_its_row(case, layout):
    title = case if case == REAL_TITLE else f"Simulated: {case}"
    recording = open_example(title).recording.window(0.0, 10.0)
    figure, sheet, bands = banded(explanation(), PaperFormat(layout), recording)
    tracings = [trace for trace in figure.data if trace.name in LEADS and trace.meta != BANDS]
    for strip, band, tracing in zip(sheet.strips, bands, tracings, strict=True):
        top = band.y0 + band.dy / 2
        assert band.dy == BAND_MM
        assert strip.bottom_mm <= band.y0 - band.dy / 2
        assert np.nanmin(np.array(tracing.y, float)) > top


def test_rows_are_one_box_higher_and_everything_else_keeps_its_scale():
    plain, roomy = lay_out([sinus()], PaperFormat()), lay_out([sinus()], with_room(PaperFormat()))
    for before, after in zip(plain.strips, roomy.strips, strict=True):
        assert after.top_mm - after.bottom_mm == before.top_mm - before.bottom_mm + ROOM_MM
        assert after.top_mm - after.baseline_mm == before.top_mm - before.baseline_mm
        assert (after.x_mm, after.start_s, after.stop_s) == (
            before.x_mm,
            before.start_s,
            before.stop_s,
        )


@pytest.mark.parametrize("factor", [1e-3, 0.4, 1.0, 25.0])
def test_the_scale_is_symmetrical_and_one_in_a_hundred_moments_lies_beyond(factor):
    found = explanation()
    found = replace(found, attribution=factor * found.attribution)
    figure, _, bands = banded(found)
    axis = figure.layout.coloraxis
    assert axis.cmin == -axis.cmax == -scale_top(found)
    assert [stop for stop, _ in axis.colorscale] == [0, 0.5, 1]
    assert axis.colorscale[1][1] == colours.SURFACE
    assert {band.coloraxis for band in bands} == {"coloraxis"}
    beyond = np.mean(np.abs(found.binned()[0]) > axis.cmax)
    # Rounded up to two digits, so at most a tenth too large.
    assert beyond <= 0.01
    assert axis.cmax == 0.001 or np.mean(np.abs(found.binned()[0]) > 0.9 * axis.cmax) >= 0.01
    assert axis.colorbar.ticktext == (f"−{axis.cmax:.2g}", f"+{axis.cmax:.2g}")


def test_leads_that_were_not_read_have_no_band():
    found = explanation(leads=("I", "II", "V5"))
    _, _, bands = banded(found)
    assert sorted(band.name for band in bands) == ["I", "II", "II", "V5"]


def test_an_inverted_lead_has_the_same_band():
    found = explanation()
    _, _, standard = banded(found, PaperFormat("12x1"))
    _, _, cabrera = banded(found, PaperFormat("12x1", order="cabrera"))
    (upright,) = (band for band in standard if band.name == "aVR")
    (inverted,) = (band for band in cabrera if band.name == "−aVR")
    np.testing.assert_array_equal(upright.z, inverted.z)


@pytest.mark.parametrize("width_px", [360, 1080])
def test_the_footer_says_what_the_bands_are_and_the_paper_keeps_its_size(width_px):
    form = with_room(PaperFormat())
    plain = draw_paper(sinus(), form, width_px=width_px)
    figure = draw_paper(sinus(), form, width_px=width_px)
    add_bands(figure, lay_out([sinus()], form), explanation())
    (footer,) = (note for note in figure.layout.annotations if note.name == "footer")
    text = footer.text.replace("<br>", " ")
    assert "log-odds in 20 ms" in text
    assert "teal speaks for Atrial fibrillation, orange against it" in text
    assert figure.layout.height - figure.layout.margin.b == (
        plain.layout.height - plain.layout.margin.b
    )
    assert figure.layout.coloraxis.colorbar.ypad >= plain.layout.margin.b


def test_the_printed_sheet_has_a_rectangle_for_each_moment_in_its_colour():
    found = explanation()
    figure, sheet, bands = banded(found, PaperFormat("12x1"))
    svg = to_svg_mm(figure)
    cells = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="0.500" .* fill="(#\w+)"', svg)
    assert len(cells) == sum(np.size(band.z) for band in bands) == 12 * 500
    x, y, colour = cells[3]
    assert float(x) == pytest.approx(sheet.strips[0].x_mm + 3 * BIN_S * 25, abs=1e-3)
    below_top = sheet.height_mm - bands[0].y0 - BAND_MM / 2
    assert float(y) == pytest.approx(below_top, abs=1e-3)
    share = bands[0].z[0][3] / figure.layout.coloraxis.cmax
    assert colour == colours.signed_colour(share)
    # Two lines below the paper instead of one: the page is longer by one.
    height = float(re.search(r'height="([\d.]+)mm"', svg)[1])
    plain = float(re.search(r'height="([\d.]+)mm"', to_svg_mm(draw_paper(sinus(), sheet.form)))[1])
    assert height > plain


def test_signed_colours_are_told_apart_from_each_other_and_from_the_paper():
    assert colours.signed_colour(0) == colours.SURFACE
    for end in (-1, 1):
        assert colours.contrast(colours.signed_colour(end), colours.SURFACE) >= 3
        lighter = [colours.luminance(colours.signed_colour(end * x)) for x in (0, 0.3, 0.6, 1)]
        assert lighter == sorted(lighter, reverse=True)
        assert colours.signed_colour(7 * end) == colours.signed_colour(end)


def leads_out(**changed: float) -> LeadsOut:
    """Three findings of which AF is reported; without V1 their probabilities are `changed`."""
    whole = {"AF": 0.80, "PVC": 0.30, "MI": 0.10}
    thresholds = dict.fromkeys(whole, 0.5)
    before = Prediction("m", whole, thresholds, {})
    without = []
    for lead in LEADS:
        after = Prediction("m", whole | (changed if lead == "V1" else {}), thresholds, {})
        without.append(WithoutLead(lead, after, compare(before, after)))
    return LeadsOut(before, tuple(without), ())


def cell(figure, lead: str, name: str) -> str:
    (text,) = (
        note.text for note in figure.layout.annotations if note.x == lead and name in str(note.y)
    )
    return text


def test_cells_say_by_how_many_points_each_finding_changes():
    figure = lead_out_cells(leads_out(AF=0.65, PVC=0.42, MI=0.101))
    assert cell(figure, "V1", "Atrial") == "−15"
    assert cell(figure, "V1", "Premature ventricular") == "+12"
    assert cell(figure, "V1", "Myocardial") == cell(figure, "V2", "Atrial") == "0"
    (heat,) = figure.data
    assert heat.zmin == -heat.zmax == pytest.approx(-0.15)
    row = [("Atrial" in name) for name in heat.y].index(True)
    assert heat.z[row][INDEX["V1"]] == pytest.approx(-0.15)


def test_findings_that_are_gained_or_lost_are_marked():
    figure = lead_out_cells(leads_out(AF=0.45, PVC=0.55))
    assert cell(figure, "V1", "Atrial") == f"<b>−35{FLIPPED}</b>"
    assert cell(figure, "V1", "Premature ventricular") == f"<b>+25{FLIPPED}</b>"
    assert FLIPPED not in cell(figure, "V2", "Atrial")


def test_small_changes_stay_pale():
    (heat,) = lead_out_cells(leads_out(AF=0.79)).data
    assert heat.zmax == 0.10


def test_rows_are_what_is_reported_and_chosen_and_the_most_probable_others():
    probabilities = {f"x{number}": number / 20 for number in range(12)}
    whole = Prediction("m", probabilities, dict.fromkeys(probabilities, 0.5), {})
    assert shown_findings(whole) == ("x11", "x10", "x9", "x8", "x7", "x6")
    assert shown_findings(whole, "x1") == ("x11", "x10", "x1", "x9", "x8", "x7")
    figure = lead_out_cells(leads_out(), "MI")
    assert [("<b>" in name) for name in figure.data[0].y] == [False, False, True]


def test_numbers_are_legible_in_their_cells():
    figure = lead_out_cells(leads_out(AF=0.2, PVC=0.6))
    for share, note_of in ((-1.0, "Atrial"), (0.5, "Premature ventricular")):
        (note,) = (n for n in figure.layout.annotations if n.x == "V1" and note_of in str(n.y))
        assert colours.contrast(note.font.color, colours.signed_colour(share)) >= 4.5


def test_on_a_narrow_page_the_names_stand_above_the_cells():
    wide, narrow = lead_out_cells(leads_out()), lead_out_cells(leads_out(), width_px=390)
    assert wide.layout.yaxis.showticklabels is None
    assert narrow.layout.yaxis.showticklabels is False
    above = [note.text for note in narrow.layout.annotations if note.xref == "paper"]
    assert above == list(narrow.data[0].y)
