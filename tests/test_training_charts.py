"""Charts of training show the very numbers of the run, and each colour can be seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.model.labels import CODES
from ecgcore.review.colours import SURFACE, contrast
from ecgcore.review.training_charts import RUN_COLOURS, Curve, curves_chart, label_panels

VALUES = st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=30)


def curve(values, colour=RUN_COLOURS[0]) -> Curve:
    return Curve("a run", tuple(range(1, len(values) + 1)), tuple(values), colour)


@given(values=VALUES)
def test_a_curve_passes_through_every_value_and_has_a_gap_where_none_is_known(values):
    figure = curves_chart([curve(values)], last_epoch=len(values), is_auc=True)
    assert list(figure.data[0].y) == values
    low, high = figure.layout.yaxis.range
    assert all(low <= value <= high for value in values if value is not None)
    left, right = figure.layout.xaxis.range
    assert left < 1 <= len(values) < right


@given(
    codes=st.sets(st.sampled_from(CODES), min_size=1),
    n_runs=st.integers(1, len(RUN_COLOURS)),
    columns=st.integers(1, 6),
)
def test_each_finding_has_one_panel_with_the_last_value_of_every_run(codes, n_runs, columns):
    runs = [
        {code: curve([0.5, 0.5 + 0.01 * n, None], RUN_COLOURS[n]) for code in codes}
        for n in range(n_runs)
    ]
    figure = label_panels(runs, 3, columns)
    titles = [title.text for title in figure.layout.annotations]
    assert [title.split("</b>")[0] for title in titles] == [f"<b>{x}" for x in CODES if x in codes]
    assert all(f"{0.5 + 0.01 * n:.3f}" in title for title in titles for n in range(n_runs))
    assert len({trace.xaxis for trace in figure.data}) == len(codes)
    assert len(figure.data) == len(codes) * n_runs


@given(number=st.integers(1, len(CODES)), columns=st.integers(1, 6))
def test_panels_never_overlap_nor_leave_the_figure(number, columns):
    figure = label_panels([{code: curve([0.7]) for code in CODES[:number]}], 1, columns)
    places = [
        (axis_x.domain, axis_y.domain)
        for axis_x, axis_y in zip(figure.select_xaxes(), figure.select_yaxes(), strict=True)
    ]
    tiny = 1e-9  # rounding of shares
    for n, (x, y) in enumerate(places):
        assert -tiny <= x[0] < x[1] <= 1 + tiny
        assert -tiny <= y[0] < y[1] <= 1 + tiny
        for other_x, other_y in places[:n]:
            beside = x[1] <= other_x[0] + tiny or other_x[1] <= x[0] + tiny
            below = y[1] <= other_y[0] + tiny or other_y[1] <= y[0] + tiny
            assert beside or below


@pytest.mark.parametrize("colour", RUN_COLOURS)
def test_the_colour_of_each_run_is_seen_on_white(colour):
    # WCAG 2.2 asks 3:1 of graphics.
    assert contrast(colour, SURFACE) >= 3
