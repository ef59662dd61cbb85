"""The beats of two recordings over each other: true to scale, aligned, marked where they differ."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_truth import patient
from test_serial import side

from ecgcore.leads import INDEX, LEADS
from ecgcore.recording import Recording
from ecgcore.review.beat_panels import GAIN_MM_MV, SPEED_MM_S
from ecgcore.review.colours import BEFORE, MARK, OURS
from ecgcore.review.serial import SerialComparison, compare_serial
from ecgcore.review.serial_charts import draw_serial_beats, lead_notes, shown_ms
from ecgcore.simulate import simulate

# float32 over a sheet of 200 mm.
ROUNDING_MM = 1e-3


def heart(**changes: object) -> Recording:
    return simulate(patient(seed=3, **changes)).recording()


@pytest.fixture(scope="module")
def blocked() -> SerialComparison:
    return compare_serial(side(heart()), side(heart(conduction="LBBB")))


@pytest.fixture(scope="module")
def stable() -> SerialComparison:
    return compare_serial(side(heart()), side(heart()))


def traces(figure, lead: str):
    (earlier,) = [t for t in figure.data if t.name == f"{lead} earlier"]
    (later,) = [t for t in figure.data if t.name == f"{lead} later"]
    return earlier, later


@pytest.mark.parametrize("width_px", [1100, 500])
def test_both_beats_are_true_to_scale_in_each_panel(blocked, width_px: int):
    figure = draw_serial_beats(blocked, width_px=width_px)
    begin_ms, end_ms = shown_ms(blocked.beats)
    shown = (blocked.beats.time_ms >= begin_ms) & (blocked.beats.time_ms <= end_ms)
    for lead in LEADS:
        for trace, signal in zip(
            traces(figure, lead), (blocked.beats.earlier, blocked.beats.later), strict=True
        ):
            mv = signal[INDEX[lead], shown]
            time_ms = blocked.beats.time_ms[shown]
            x, y = np.array(trace.x, float), np.array(trace.y, float)
            np.testing.assert_allclose(
                np.diff(x), np.diff(time_ms) / 1000 * SPEED_MM_S, atol=ROUNDING_MM
            )
            np.testing.assert_allclose(y - y[0], (mv - mv[0]) * GAIN_MM_MV, atol=ROUNDING_MM)
            np.testing.assert_allclose(trace.customdata[:, 0], time_ms, atol=1e-3)
            np.testing.assert_allclose(trace.customdata[:, 1], mv, atol=1e-6)
    assert (figure.layout.yaxis.scaleanchor, figure.layout.yaxis.scaleratio) == ("x", 1)


def test_the_earlier_beat_is_grey_and_thicker_and_lies_under_the_later_teal_one(blocked):
    figure = draw_serial_beats(blocked)
    names = [trace.name for trace in figure.data]
    for lead in LEADS:
        earlier, later = traces(figure, lead)
        assert (earlier.line.color, later.line.color) == (BEFORE, OURS)
        assert earlier.line.width > later.line.width
        assert names.index(earlier.name) < names.index(later.name)


def test_the_onsets_of_both_stand_on_one_line_where_the_widths_differ(blocked):
    figure = draw_serial_beats(blocked)
    marks = {trace.name: trace for trace in figure.data if "," in trace.name}
    assert marks["QRS begins, earlier"].x == marks["QRS begins, later"].x
    wider = marks["QRS ends, later"].x[0] - marks["QRS ends, earlier"].x[0]
    qrs = blocked.quantity("QRS")
    assert wider == pytest.approx(qrs.change / 1000 * SPEED_MM_S, abs=ROUNDING_MM)
    assert marks["T ends, earlier"].line.dash != marks["T ends, later"].line.dash


def test_leads_that_differ_are_marked_and_say_in_what(blocked, stable):
    notes = lead_notes(blocked)
    assert notes["V6"][0] == f"QRS ≠ {blocked.beats.qrs_rms_mv['V6']:.2f}"
    assert "T inverted" in notes["V6"]
    assert any(text.startswith("ST +") for text in notes["V1"])
    names = {
        note.text.split("</b>")[0].removeprefix("<b>"): note
        for note in draw_serial_beats(blocked).layout.annotations
        if note.text.startswith("<b>")
    }
    assert set(names) == set(LEADS)
    assert {lead for lead, note in names.items() if note.bgcolor == MARK} == set(notes)
    assert lead_notes(stable) == {}
    assert not any(note.bgcolor for note in draw_serial_beats(stable).layout.annotations)


@pytest.mark.parametrize("width_px", [1440, 1100, 760, 700, 540])
def test_panels_and_names_stay_apart_at_any_width(blocked, width_px: int):
    """A note is at most as wide as its panel: letters of 13 px text take 7 px, of 11 px text 6."""
    figure = draw_serial_beats(blocked, width_px=width_px)
    notes = [note for note in figure.layout.annotations if note.text.startswith("<b>")]
    columns = len({round(note.x, 3) for note in notes})
    assert columns == (4 if width_px >= 700 else 2)
    letter_px = 7.0 if width_px >= 800 else 6.0
    for note in notes:
        longest = max(len(line) for line in note.text.replace("</b>", "").split("<br>"))
        assert longest * letter_px <= width_px / columns + letter_px


def test_a_lead_that_one_did_not_record_shows_the_other_alone(blocked):
    signal = heart().signal.copy()
    signal[INDEX["V3"]] = np.nan
    one = compare_serial(side(heart().with_signal(signal)), side(heart()))
    names = [trace.name for trace in draw_serial_beats(one).data]
    assert "V3 later" in names
    assert "V3 earlier" not in names
    neither = compare_serial(*[side(heart().with_signal(signal))] * 2)
    texts = [note.text for note in draw_serial_beats(neither).layout.annotations]
    assert "<b>V3</b>  not recorded" in texts


def test_without_beats_there_is_no_figure(blocked):
    assert draw_serial_beats(replace(blocked, beats=None)) is None
    assert lead_notes(replace(blocked, beats=None)) == {}


def test_exchanging_the_two_exchanges_the_traces(blocked):
    back = compare_serial(blocked.later, blocked.earlier)
    there, mirrored = draw_serial_beats(blocked), draw_serial_beats(back)
    for lead in LEADS:
        one, two = traces(there, lead), traces(mirrored, lead)
        np.testing.assert_allclose(one[0].y, two[1].y, atol=ROUNDING_MM)
        np.testing.assert_allclose(one[1].y, two[0].y, atol=ROUNDING_MM)
