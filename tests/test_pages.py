"""Every page and flow, opened through app.py as a reader would."""

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from ecgcore.electrodes import TABLE_ROWS, undo_swap
from ecgcore.misplacement import apply_table
from ecgcore.model.labels import NAMES
from ecgcore.review.examples import REAL_TITLE, example_titles
from pages.shared import state

APP = Path(__file__).parents[1] / "app.py"
PAGES = (
    "pages/review.py",
    "pages/compare.py",
    "pages/swap_lab.py",
    "pages/train.py",
    "pages/model_card.py",
)
# One script run loads torch and a checkpoint on a slow machine.
TIMEOUT_S = 120


@pytest.fixture(autouse=True)
def _remember_navigation(monkeypatch):
    """A server remembers that app.py navigates; AppTest forgets it before each run.

    It would then run a page alone, past app.py, because there is a folder named pages.
    """
    construct = PagesManager.__init__

    def construct_remembering(self, *args, **kwargs):
        construct(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", construct_remembering)


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(str(APP), default_timeout=TIMEOUT_S).run()


def markdown(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.info))


def active(app: AppTest) -> state.OpenRecording:
    return app.session_state["opened"][app.session_state["active"]]


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    return (
        app.file_uploader[0]
        .set_value([(name, data, "application/octet-stream") for name, data in files])
        .run()
    )


def csv_file(rows: int = 5000) -> bytes:
    wave = np.sin(np.arange(rows) / 50)[:, None] * np.linspace(0.2, 1.0, 12)
    return "\n".join(",".join(f"{x:.4f}" for x in row) for row in wave).encode()


@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_and_says_that_it_is_not_for_diagnosis(app, page):
    app.switch_page(page).run()
    assert not app.exception
    assert not app.error
    assert app.main.caption[-1].value.startswith("Not for diagnosis.")
    assert app.sidebar.caption[-1].value == "Not for diagnosis"


def test_a_first_visit_shows_the_real_example_with_its_findings(app):
    assert active(app).name == REAL_TITLE
    assert "Reported:" in markdown(app) or "Nothing reaches its threshold." in markdown(app)
    assert any(REAL_TITLE in element.value for element in app.sidebar.markdown)


@pytest.mark.parametrize("title", example_titles()[1:])
def test_each_simulated_case_opens_and_is_labelled_as_simulated(app, title):
    app.selectbox(key=state.EXAMPLE).set_value(title).run()
    assert not app.exception
    assert active(app).name == title
    assert app.header[0].value == title
    assert "simulated" in app.caption[0].value


def test_a_real_recording_is_opened_from_its_two_files_and_survives_a_change_of_page(app, shared):
    folder = shared / "data" / "cinc2021"
    name = "JS37196"
    upload(
        app, *((f"{name}{end}", (folder / f"{name}{end}").read_bytes()) for end in (".hea", ".dat"))
    )
    assert not app.error
    assert len(active(app).recording.leads) == 12
    opened = active(app)
    for page in (*PAGES, PAGES[0]):
        app.switch_page(page).run()
        assert not app.exception
        assert active(app) is opened


def test_several_files_are_all_held_and_can_be_picked(app, shared):
    folder = shared / "samples" / "dicom"
    files = [
        (name, (folder / name).read_bytes())
        for name in ("ecgtoolkit_Example.dcm", "cardio_sample.dcm")
    ]
    upload(app, *files)
    first, second = list(app.session_state["opened"])[-2:]
    assert active(app).recording.digest == first
    app.selectbox(key=state.PICKED).set_value(second).run()
    assert active(app).recording.digest == second
    assert app.header[0].value == files[1][0]


@pytest.mark.parametrize("content", [b"", b"not an ECG at all", b"\0" * 4096])
def test_a_broken_file_gives_a_sentence_and_the_previous_recording_stays(app, content):
    before = active(app)
    upload(app, ("broken.dcm", content))
    (error,) = app.error
    assert "broken.dcm" in error.value
    assert error.value.endswith(".")
    assert "Traceback" not in error.value
    assert active(app) is before
    assert app.header[0].value == before.name


def test_what_a_table_of_numbers_leaves_open_is_asked_with_a_guess_and_then_opened(app):
    upload(app, ("plain.csv", csv_file()))
    assert not app.error
    assert active(app).name == REAL_TITLE
    rate = next(x for x in app.number_input if x.key.startswith("fs"))
    rate.set_value(250.0).run()
    app.button(key="answer_0").click().run()
    assert not app.exception
    assert active(app).name == "plain.csv"
    assert active(app).recording.fs == 250.0
    assert not [x for x in app.button if x.key == "answer_0"]


def test_a_long_recording_is_read_where_the_reader_chooses(app, shared):
    folder = shared / "samples" / "wfdb"
    names = ("s0010_re.hea", "s0010_re.dat", "s0010_re.xyz")
    upload(app, *((name, (folder / name).read_bytes()) for name in names))
    assert active(app).recording.duration_s > 11
    slider = app.slider(key=state.WINDOW_START)
    slider.set_value(12.0).run()
    assert not app.exception
    app.switch_page("pages/swap_lab.py").run()
    assert app.slider(key=state.WINDOW_START).value == 12.0


def test_the_choice_of_paper_outlives_a_change_of_page(app):
    app.segmented_control(key=state.SPEED).set_value(50.0).run()
    app.segmented_control(key=state.LAYOUT).set_value("12x1").run()
    app.switch_page("pages/model_card.py").run()
    app.switch_page("pages/review.py").run()
    assert app.segmented_control(key=state.SPEED).value == 50.0
    assert app.segmented_control(key=state.LAYOUT).value == "12x1"


@pytest.mark.parametrize("name", ["attention-rhythm", "baseline-findings", "baseline-rhythm"])
def test_every_model_can_be_chosen_on_every_page(app, name):
    app.selectbox(key=state.MODEL).set_value(name).run()
    for page in PAGES:
        app.switch_page(page).run()
        assert not app.exception
        assert not app.error
        assert app.selectbox(key=state.MODEL).value == name


@pytest.mark.parametrize("row", TABLE_ROWS)
@pytest.mark.parametrize("table", ["potentials", "published"])
def test_each_row_of_the_table_can_be_looked_at_in_both_versions(app, row, table):
    app.switch_page("pages/swap_lab.py").run()
    app.selectbox(key=state.SWAP_ROW).set_value(row)
    app.segmented_control(key=state.SWAP_TABLE).set_value(table).run()
    assert not app.exception
    (summary,) = app.info
    assert "Ours:" in summary.value
    assert "Baseline:" in summary.value
    rows = app.dataframe[0].value
    assert list(rows["misplacement"]) == list(TABLE_ROWS)
    assert rows.notna().all().all()


def test_any_two_electrodes_can_be_swapped(app):
    app.switch_page("pages/swap_lab.py").run()
    app.segmented_control(key=state.SWAP_KIND).set_value("Any two electrodes").run()
    app.selectbox(key=state.CABLE_ONE).set_value("V1").run()
    app.selectbox(key=state.CABLE_TWO).set_value("V3").run()
    assert not app.exception
    table = app.table[0].value
    assert list(table.loc["becomes", ["V1", "V2", "V3"]]) == ["V3", "V2", "V1"]
    # Chest leads are exchanged exactly, so a network that ignores their order cannot notice.
    assert "no finding changed; largest probability change below 0.01" in app.info[0].value


def test_changing_the_first_cable_to_the_second_offers_another_second(app):
    app.switch_page("pages/swap_lab.py").run()
    app.segmented_control(key=state.SWAP_KIND).set_value("Any two electrodes").run()
    second = app.selectbox(key=state.CABLE_TWO).value
    app.selectbox(key=state.CABLE_ONE).set_value(second).run()
    assert not app.exception
    assert app.selectbox(key=state.CABLE_TWO).value != second


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if label in button.label).click().run()


@pytest.mark.parametrize("row", ["LA/RA", "clockwise"])
def test_a_swapped_recording_is_restored_by_undo(app, row):
    original = active(app).recording.signal
    app.switch_page("pages/swap_lab.py").run()
    app.selectbox(key=state.SWAP_ROW).set_value(row).run()
    press(app, "Keep the swapped tracing")
    np.testing.assert_array_equal(
        active(app).recording.signal, apply_table(original, TABLE_ROWS[row])
    )
    press(app, "Undo")
    # Twice through single precision on a signal of a few mV.
    np.testing.assert_allclose(active(app).recording.signal, original, atol=1e-6)
    assert "Restored exactly" in app.success[0].value


def test_undo_says_what_is_lost_and_the_original_comes_back(app):
    before = active(app)
    app.switch_page("pages/swap_lab.py").run()
    app.selectbox(key=state.SWAP_ROW).set_value("RA/RL").run()
    press(app, "Undo")
    undone = undo_swap(before.recording.signal, TABLE_ROWS["RA/RL"])
    assert undone.lost
    assert "Cannot be recovered" in app.success[0].value
    assert set(active(app).recording.leads) == set(undone.exact) | set(undone.approximate)
    press(app, "Back to the original")
    assert active(app).recording.digest == before.recording.digest


def test_the_model_card_names_every_finding_and_every_misplacement(app):
    app.switch_page("pages/model_card.py").run()
    tables = [table.value for table in app.dataframe]
    assert list(tables[0]["Finding"]) == list(NAMES.values())
    (swaps,) = (table for table in tables if "Misplacement" in table)
    assert list(swaps["Misplacement"]) == list(TABLE_ROWS)
    assert {"Ours: AUC (change)", "Baseline: AUC (change)"} <= set(swaps.columns)


def bands_on_the_paper(app: AppTest) -> int:
    (paper,) = (chart for chart in app.get("plotly_chart") if chart.proto.id.endswith("-paper"))
    return sum(trace["type"] == "heatmap" for trace in json.loads(paper.proto.spec)["data"])


def test_a_finding_is_explained_on_request_and_another_recording_begins_with_its_own(app):
    assert bands_on_the_paper(app) == 0
    app.toggle(key=state.EXPLAIN).set_value(True).run()
    assert bands_on_the_paper(app) == 13
    assert "of Sinus rhythm, from" in markdown(app)
    (chooser,) = (x for x in app.selectbox if x.key.startswith(state.EXPLAINED))
    chooser.set_value("PVC").run()
    assert "of Premature ventricular complex, from" in markdown(app)
    app.selectbox(key=state.EXAMPLE).set_value("Simulated: Atrial fibrillation").run()
    (chooser,) = (x for x in app.selectbox if x.key.startswith(state.EXPLAINED))
    assert (chooser.index, chooser.value) == (0, "AF")
    assert bands_on_the_paper(app) == 13


def test_bands_that_do_not_add_up_are_not_drawn_and_a_sentence_says_why(app, monkeypatch):
    for name, value in (("TOLERANCE", 0.0), ("FLOOR_LOG_ODDS", 0.0), ("MOST_STEPS", 32)):
        monkeypatch.setattr(f"ecgcore.review.explain.{name}", value)
    app.toggle(key=state.EXPLAIN).set_value(True).run()
    assert not app.exception
    assert any("No bands are drawn: after 32 steps" in x.value for x in app.warning)
    assert "The bands add up" not in markdown(app)
    assert bands_on_the_paper(app) == 0
