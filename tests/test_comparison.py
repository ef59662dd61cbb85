"""What the swap lab shows: fates of leads, all nine rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.electrodes import ELECTRODES, TABLE_ROWS, parse_swap
from ecgcore.leads import LEADS
from ecgcore.misplacement import apply_table
from ecgcore.model import checkpoint
from ecgcore.model.predict import predict
from ecgcore.model.prediction import Change, Prediction, compare
from ecgcore.review.charts import attention_bars, finding_bars, finding_shift
from ecgcore.review.colours import OURS, attention_colour
from ecgcore.review.comparison import draw_comparison, fates, shown_as
from ecgcore.review.examples import example_titles, open_example
from ecgcore.review.paper import attention_scale_top
from ecgcore.review.swap_summary import (
    ROW_EXPLANATIONS,
    change_text,
    changes_across,
    summarise_rows,
)

BEFORE = Prediction("m", {"AF": 0.7, "NORM": 0.2}, {"AF": 0.5, "NORM": 0.5}, {})
AFTER = Prediction("m", {"AF": 0.4, "NORM": 0.25}, {"AF": 0.5, "NORM": 0.5}, {})
pairs = st.lists(st.sampled_from(ELECTRODES), min_size=2, max_size=2, unique=True)


@pytest.fixture(scope="module")
def recording():
    return open_example("Simulated: Left bundle branch block").recording


@given(pairs)
def test_a_lead_is_marked_exactly_when_the_swap_changes_its_samples(pair):
    before = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
    # A tracing that obeys the lead algebra, as every real one does.
    before[2] = before[1] - before[0]
    before[3] = -(before[0] + before[1]) / 2
    before[4] = before[0] - before[1] / 2
    before[5] = before[1] - before[0] / 2
    swap = parse_swap("/".join(pair))
    after = apply_table(before, swap)
    # Single precision of sums of three samples of unit size.
    changed = {
        lead for lead, a, b in zip(LEADS, before, after, strict=True) if abs(a - b).max() > 1e-5
    }
    assert set(shown_as(swap)) == changed
    assert {fate.lead for fate in fates(swap) if fate.changed} == changed


def test_a_right_leg_swap_is_shown_as_approximate_and_the_published_cells_as_wrong():
    rows = {fate.lead: fate for fate in fates(TABLE_ROWS["RA/RL"])}
    assert (rows["aVR"].becomes, rows["aVR"].certainty) == ("III/2", "approximate")
    assert (rows["aVR"].published, rows["aVR"].verdict) == ("aVF", "wrong")
    assert (rows["III"].certainty, rows["III"].verdict) == ("exact", "agrees")
    assert rows["V1"].becomes == "V1 − II/3"
    assert shown_as(TABLE_ROWS["RA/RL"])["aVR"] == "≈ III/2"
    assert shown_as(TABLE_ROWS["RA/RL"], "published")["aVR"] == "= aVF"


def test_both_tracings_of_a_changed_lead_are_drawn_and_one_of_an_unchanged_lead(recording):
    swap = TABLE_ROWS["LA/RA"]
    after = recording.with_signal(apply_table(recording.signal, swap))
    figure = draw_comparison(recording, after, shown_as(swap))
    drawn = [trace.name for trace in figure.data]
    assert drawn.count("I") == 2
    assert drawn.count("V1") == 1
    marked = {note.text for note in figure.layout.annotations if note.bgcolor is not None}
    assert marked == {"<b>I</b> = −I", "<b>II</b> = III", "<b>III</b> = II"} | {
        "<b>aVR</b> = aVL",
        "<b>aVL</b> = aVR",
    }


def test_the_nine_rows_agree_with_predicting_each_swapped_recording_alone(recording):
    model = checkpoint.load("baseline-findings")
    results = summarise_rows(recording, model)
    assert tuple(result.row for result in results) == tuple(TABLE_ROWS)
    assert set(ROW_EXPLANATIONS) == set(TABLE_ROWS)
    before = predict(model, recording)
    for result in results:
        swapped = recording.with_signal(apply_table(recording.signal, TABLE_ROWS[result.row]))
        alone = compare(before, predict(model, swapped))
        # Batches of different size may round differently in single precision.
        assert result.change.largest_probability_change == pytest.approx(
            alone.largest_probability_change, abs=1e-5
        )
    assert changes_across(results) == sum(bool(r.change.gained or r.change.lost) for r in results)


def test_a_changed_finding_is_said_in_plain_words():
    assert change_text(compare(BEFORE, AFTER)) == (
        "1 finding changed: lost Atrial fibrillation; largest probability change 0.30 (AF)."
    )
    assert change_text(Change(0.01, "MI", (), ())) == (
        "no finding changed; largest probability change 0.01 (MI)."
    )
    assert "change below 0.01 (MI)" in change_text(Change(0.002, "MI", (), ()))


def test_changed_findings_are_named_in_the_chart_of_both_moments():
    figure = finding_shift(BEFORE, AFTER, OURS)
    assert [note.text for note in figure.layout.annotations] == ["<b>lost</b>"]
    assert len(figure.layout.shapes) == 1


def test_reported_findings_are_said_to_be_and_each_threshold_is_marked():
    figure = finding_bars(BEFORE)
    _, marks, figures = figure.data
    assert list(figures.text) == ["20%", "<b>70% ✓</b>"]
    assert list(marks.x) == [0.5, 0.5]


def test_a_single_label_prediction_has_no_threshold_to_mark():
    softmax = Prediction("m", {"NSR": 0.6, "AF": 0.4}, {}, {}, top="NSR")
    _, figures = finding_bars(softmax).data
    assert list(figures.text) == ["40%", "<b>60% ✓</b>"]


def test_bars_have_the_colours_of_the_traces():
    attention = dict.fromkeys(LEADS, 0.05) | {"V2": 0.45}
    (bars,) = attention_bars(attention).data
    top = attention_scale_top(attention)
    assert list(bars.marker.color) == [attention_colour(attention[lead] / top) for lead in LEADS]


def test_examples_say_whether_they_are_simulated():
    titles = example_titles()
    real = open_example(titles[0])
    assert len(real.recording.leads) == 12
    assert real.recording.source == "DICOM"
    for title in titles[1:]:
        assert title.startswith("Simulated: ")
        assert open_example(title).format == "simulated"
