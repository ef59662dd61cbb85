"""The model card prints what the checkpoint states, and says what it does not state."""

import pytest

from ecgcore.electrodes import TABLE_ROWS
from ecgcore.model import checkpoint
from ecgcore.model.measured import (
    GroupChange,
    GroupScore,
    Interval,
    LabelScore,
    Measured,
    Reliability,
    ReliabilityPoint,
    ScenarioScore,
    Scores,
    read_measured,
    to_json,
)
from ecgcore.review.card import Card, read_card, shown_change
from ecgcore.review.card_charts import (
    auc_intervals,
    auc_with_leads,
    changed_bars,
    reliability_panels,
    share_changed_bars,
)
from ecgcore.review.card_headlines import headlines
from ecgcore.review.card_tables import external_table, scenarios_table, scores_table, swaps_table
from ecgcore.review.colours import BASELINE, BASELINE_SWAPS, OURS

FIGURE = Interval(0.9, 0.8, 0.95)
GROUP = GroupScore(
    ("AF",), FIGURE, FIGURE, FIGURE, FIGURE, Interval(0.02, 0.01, 0.03), 0.1, 0.05, 0.015
)
LABEL = LabelScore(4, 20, *[FIGURE] * 7, 0.1, 0.05, 0.01)
SCORES = Scores(
    20,
    FIGURE,
    {"AF": LABEL, "AFL": LabelScore(1, 20)},
    18,
    {"all": GROUP, "headline": GROUP, "superclasses": GROUP},
)


def scenario(share: float) -> ScenarioScore:
    change = GroupChange(FIGURE, Interval(-0.01, -0.02, 0.0), Interval(share, 0.0, 2 * share))
    return ScenarioScore(
        0.89, -0.01, 2 * share, 0.5, 20, {"all": change, "rhythm_conduction": change}
    )


FULL = Measured(
    test=SCORES,
    external={"ludb": SCORES},
    swaps={row: scenario(0.01 * number) for number, row in enumerate(TABLE_ROWS)},
    scenarios={
        "chest": {"V1/V2": scenario(0.0)},
        "fewer": {"I, II": scenario(0.1), "I": scenario(0.2)},
    },
    reliability={
        "AF": Reliability((ReliabilityPoint(20, 0.3, 0.2),), (ReliabilityPoint(20, 0.2, 0.2),))
    },
)


def card(name="attention-findings", kind="attention", measured=FULL) -> Card:
    return Card(name, name, kind, "multilabel", 1000, "0" * 64, {}, {}, {}, measured)


THREE = (
    card(),
    card("baseline-findings", "baseline"),
    card("baseline-findings-swaps", "baseline"),
)


@pytest.mark.parametrize("name", checkpoint.available())
def test_the_card_prints_what_the_checkpoint_states(name):
    stated = checkpoint.describe(name)
    labels = stated["metrics"]["test"]["labels"].values()
    shipped = read_card(stated)
    table = scores_table(shipped.measured.test)
    assert list(table["Positives"]) == [x["positives"] for x in labels]
    for text, x in zip(table["AUC (95 % interval)"], labels, strict=True):
        value = x["auc"]["value"]
        assert text == "not enough positives" if value is None else text.startswith(f"{value:.3f}")
    dots = auc_intervals([shipped]).data[0]
    assert len(dots.x) == sum(x["auc"]["value"] is not None for x in labels)
    assert list(swaps_table([shipped])["Misplacement"]) == list(TABLE_ROWS)
    assert list(share_changed_bars([shipped]).data[0].y) == [
        shown_change(x) for x in shipped.measured.swaps.values()
    ]


def test_a_value_without_enough_positives_says_so():
    assert str(Interval(None)) == "not enough positives"
    assert str(Interval(0.9, 0.8, 0.95)) == "0.900 (0.800 to 0.950)"
    assert card().unjudged == ("Atrial flutter",)


def test_each_side_has_its_name_and_colour():
    assert [x.side for x in THREE] == ["Ours", "Baseline", "Baseline with swaps"]
    bars = share_changed_bars(THREE).data
    assert [bar.marker.color for bar in bars] == [OURS, BASELINE, BASELINE_SWAPS]
    columns = list(swaps_table(THREE).columns)
    assert columns[0] == "Misplacement"
    assert len(set(columns)) == 7


def test_the_headlines_carry_intervals_and_name_the_worst_row():
    figures = {x.label: x for x in headlines(card())}
    assert figures["AUC, nine findings"].value == "0.900"
    assert figures["AUC, nine findings"].uncertainty == "0.800 to 0.950"
    assert figures["Calibration error"].uncertainty == "0.015 by chance alone"
    worst = figures["Changed by the worst swap"]
    assert worst.value == "8.0%"
    assert list(TABLE_ROWS)[-1] in worst.explanation
    assert all("Aimed at" in x.explanation for x in figures.values())


def test_a_card_that_was_never_measured_has_no_figures():
    bare = card(measured=Measured())
    assert headlines(bare) == ()
    assert bare.unjudged == ()
    assert bare.data == "Its description does not say what it was trained on."


def test_a_description_without_metrics_gives_a_card():
    stated = checkpoint.describe(checkpoint.DEFAULT_MODEL)
    del stated["metrics"], stated["training"]
    assert read_card(stated).measured == Measured()


def test_the_older_schema_shows_the_share_of_any_change():
    swap = ScenarioScore(0.9, -0.01, 0.25)
    older = card(measured=Measured(test=Scores(20, FIGURE, {"AF": LABEL}), swaps={"LA/RA": swap}))
    assert swaps_table([older]).iloc[0, 2] == "(25.0%)"
    assert list(share_changed_bars([older]).data[0].y) == [0.25]
    assert "F1" not in scores_table(older.measured.test).columns


def test_models_measured_on_different_scenarios_stand_side_by_side():
    other = Measured(test=SCORES, scenarios={"fewer": {"I": scenario(0.3), "V1": scenario(0.4)}})
    table = scenarios_table("Leads", [card(), card("b", "baseline", other)], "fewer")
    assert list(table["Leads"]) == ["I, II", "I", "V1"]
    assert table["Baseline: AUC (change)"].tolist()[0] == "not measured"
    assert table["Ours: AUC (change)"].tolist()[2] == "not measured"


def test_sets_from_elsewhere_stand_apart_by_set_and_model():
    table = external_table(THREE)
    assert list(table["Finding"]) == ["Atrial fibrillation"]  # flutter has no figure anywhere
    assert table["LUDB – Ours"].tolist() == ["0.900 (0.800 to 0.950), n = 4"]
    assert len(table.columns) == 4


def test_charts_hold_a_dot_or_bar_per_scenario_and_model():
    fewer = [x.measured.scenarios["fewer"] for x in THREE]
    with_leads = auc_with_leads(THREE)
    assert list(with_leads.layout.xaxis.ticktext) == ["all twelve", "I, II", "I"]
    assert [len(trace.y) for trace in with_leads.data] == [3, 3, 3]
    assert [list(trace.x) for trace in changed_bars(THREE, fewer).data] == [["I, II", "I"]] * 3


def test_a_reliability_panel_shows_the_curve_before_and_after():
    diagonal, before, after = reliability_panels(FULL.reliability).data
    assert list(diagonal.x) == [0, 1]
    assert (list(before.x), list(after.x)) == ([0.3], [0.2])
    assert after.line.color == OURS


def test_what_a_card_shows_survives_being_written():
    assert read_measured(to_json(FULL)) == FULL
