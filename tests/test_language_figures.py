"""Figures in Chinese say the same, measure the same, and leave the English ones as they were."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from ecgcore.electrodes import TABLE_ROWS
from ecgcore.misplacement import apply_table
from ecgcore.model.prediction import Prediction
from ecgcore.review.charts import finding_bars, finding_shift
from ecgcore.review.chinese.figures import translate_figure, translate_marked
from ecgcore.review.comparison import draw_comparison, shown_as
from ecgcore.review.examples import REAL_TITLE, open_example
from ecgcore.review.paper import FOOTER, draw_paper
from ecgcore.review.sheet_svg import to_svg_mm


def prediction(**changed: float) -> Prediction:
    probabilities = {"NSR": 0.9, "AF": 0.2, "CRBBB": 0.1} | changed
    return Prediction("a model", probabilities, dict.fromkeys(probabilities, 0.5), {})


def numbers(figure: go.Figure) -> list[np.ndarray]:
    arrays = [getattr(trace, axis) for trace in figure.data for axis in ("x", "y")]
    return [np.asarray(x, float) for x in arrays if np.asarray(x).dtype.kind in "fiu"]


def drawn() -> go.Figure:
    recording = open_example(REAL_TITLE).recording
    attention = dict.fromkeys(recording.leads, 1 / 12)
    return draw_paper(recording, attention={**attention, "V6": 0.3})


def test_the_english_figure_is_left_as_it_was():
    figure = drawn()
    before = figure.to_json()
    translate_figure(figure)
    assert figure.to_json() == before


def test_the_paper_keeps_its_tracing_and_its_leads():
    figure = drawn()
    chinese = translate_figure(figure)
    for one, other in zip(numbers(figure), numbers(chinese), strict=True):
        np.testing.assert_array_equal(one, other)
    assert chinese.layout.meta == figure.layout.meta
    footer = next(note for note in chinese.layout.annotations if note.name == FOOTER)
    assert footer.text == "25 mm/s  ·  10 mm/mV  ·  原始记录，未滤波  ·  各列依次记录，每列 2.5 秒"
    leads = [note.text for note in figure.layout.annotations if note.name != FOOTER]
    assert leads == [note.text for note in chinese.layout.annotations if note.name != FOOTER]


def test_a_printed_sheet_is_in_chinese_too():
    svg = to_svg_mm(translate_figure(drawn()))
    assert "原始记录，未滤波" in svg
    assert "as recorded" not in svg


def test_names_of_findings_meet_their_marks_and_notes():
    chinese = translate_figure(finding_shift(prediction(), prediction(AF=0.8), "#000"))
    rows = {name for trace in chinese.data for name in trace.y if name is not None}
    assert rows == {"窦性心律", "<b>心房颤动</b>", "完全性右束支传导阻滞"}
    (note,) = chinese.layout.annotations
    assert (note.y, note.text) == ("<b>心房颤动</b>", "<b>新增</b>")


def test_what_the_pointer_tells_is_in_chinese_around_the_same_values():
    chinese = translate_figure(finding_bars(prediction()))
    templates = [trace.hovertemplate for trace in chinese.data if trace.hovertemplate]
    assert templates == [
        "%{y}: %{x:.1%}<extra></extra>",
        "%{y}: 报告阈值 %{x:.1%}<extra></extra>",
    ]


def test_leads_of_a_swap_say_in_chinese_what_they_became():
    recording = open_example(REAL_TITLE).recording
    swap = TABLE_ROWS["RA/RL"]
    swapped = recording.with_signal(apply_table(recording.signal, swap))
    figure = draw_comparison(recording, swapped, shown_as(swap))
    texts = [note.text for note in translate_figure(figure).layout.annotations]
    assert "<b>III</b> 未变" in texts
    assert "<b>I</b> ≈ −III" in texts
    assert "before" not in json.dumps(translate_figure(figure).to_plotly_json(), default=str)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Complete right<br>bundle branch block", "完全性右束支传导阻滞"),
        ("<b>V1</b>  not read", "<b>V1</b>  未判读"),
        ("<b>gained</b>", "<b>新增</b>"),
        (", epoch %{x}: %{y:.4g}<extra></extra>", ", 轮次 %{x}: %{y:.4g}<extra></extra>"),
        ("0.952 to 0.978", "0.952 至 0.978"),
        # What is unknown stays whole, whatever small words stand in it.
        ("50 mm/s  ·  drag it to see the rest", "50 mm/s  ·  drag it to see the rest"),
        ("P<br>QRS", "P<br>QRS"),
    ],
)
def test_marks_of_plotly_stay_where_they_are(english: str, chinese: str):
    assert translate_marked(english) == chinese
