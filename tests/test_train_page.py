"""The Training page, opened through app.py, on runs that real processes made."""

import shutil
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from chinese_screen import english_left, texts
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest
from training_runs import LABELS, ended, no_process_left, tiny_config, wait_for

from ecgcore.learn import runs
from ecgcore.learn.augment import AugmentConfig
from ecgcore.learn.config import DataConfig, SourceConfig, read_config
from ecgcore.learn.run_folder import CONFIG
from ecgcore.model.labels import NAMES
from pages.shared import language, state
from pages.shared.train_augment import SWITCHES, augment_config

APP = Path(__file__).parents[1] / "app.py"
TIMEOUT_S = 120
FAST, SLOW = "fast", "slow"


@pytest.fixture(autouse=True)
def _remember_navigation(monkeypatch):
    """A server remembers that app.py navigates; AppTest forgets it before each run."""
    construct = PagesManager.__init__

    def construct_remembering(self, *args, **kwargs):
        construct(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", construct_remembering)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Iterator[Path]:
    """Two finished runs that differ in their learning rate, and one that could not begin."""
    nowhere = DataConfig((SourceConfig("cpsc2018", str(tmp_path_factory.mktemp("empty"))),))
    with no_process_left(tmp_path_factory.mktemp("runs")) as root:
        started = [
            runs.start(config, root, "cpu")
            for config in (
                tiny_config(name=FAST, records=150),
                tiny_config(name=SLOW, learning_rate=0.0005, records=150),
                replace(tiny_config(name="failing"), data=nowhere),
            )
        ]
        states = [wait_for(root, run_id, ended).state for run_id in started]
        assert states == ["finished", "finished", "failed"]
        yield root


@pytest.fixture
def root(trained, tmp_path, monkeypatch) -> Path:
    """A copy that a test may spoil."""
    copy = tmp_path / "runs"
    shutil.copytree(trained, copy)
    monkeypatch.setenv(runs.ROOT_VARIABLE, str(copy))
    return copy


@pytest.fixture
def empty_root(tmp_path, monkeypatch) -> Iterator[Path]:
    monkeypatch.setenv(runs.ROOT_VARIABLE, str(tmp_path / "runs"))
    with no_process_left(tmp_path / "runs") as folder:
        yield folder


def open_page(view: str | None = None, **query: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=TIMEOUT_S).run()
    for name, value in query.items():
        app.query_params[name] = value
    if view:
        app.session_state[state.TRAIN_VIEW] = view
    app.switch_page("pages/train.py").run()
    assert not app.exception
    return app


def id_of(root: Path, name: str) -> str:
    return next(run.id for run in runs.list_runs(root) if run.id.startswith(name))


def button(app: AppTest, label: str):
    return next(x for x in app.button if x.label == label)


def labels(app: AppTest) -> set[str]:
    return {x.label for x in app.button}


def test_without_any_run_the_form_is_open_and_nothing_is_missing(empty_root):
    app = open_page()
    assert not app.error
    start = app.button(key=state.TRAIN_START)
    assert not start.disabled
    assert app.multiselect(key=state.TRAIN_SOURCES).value == ["simulated"]


def test_start_trains_what_the_form_says_and_shows_the_run(empty_root):
    app = open_page()
    app.number_input(key=state.TRAIN_RECORDS).set_value(200)
    app.number_input(key=state.TRAIN_EPOCHS).set_value(7)
    app.number_input(key=state.TRAIN_SEED).set_value(3)
    app.segmented_control(key=state.TRAIN_KIND).set_value("baseline")
    app.segmented_control(key=state.TRAIN_OBJECTIVE).set_value("softmax")
    app.text_input(key=state.TRAIN_TITLE).set_value("Ward 3, first try").run()
    app.button(key=state.TRAIN_START).click().run()
    assert not app.exception
    (run,) = runs.list_runs(empty_root)
    assert run.id.startswith("ward-3-first-try-")
    assert app.session_state[state.RUN] == run.id
    assert "Stop" in labels(app)
    written = read_config(run.folder / CONFIG)
    assert (written.kind, written.objective, written.seed) == ("baseline", "softmax", 3)
    assert (written.training.epochs, written.training.device) == (7, "cpu")
    assert written.data.sources[0].options["records"] == 200
    assert written.augment == AugmentConfig()


def test_without_a_data_set_nothing_can_be_started(empty_root):
    app = open_page()
    app.multiselect(key=state.TRAIN_SOURCES).set_value([]).run()
    assert not app.exception
    assert "at least one data set" in app.error[0].value
    assert app.button(key=state.TRAIN_START).disabled


def test_a_missing_folder_is_named_and_nothing_can_be_started(empty_root, tmp_path):
    kind = "cpsc2018"
    app = open_page()
    app.multiselect(key=state.TRAIN_SOURCES).set_value(["simulated", kind]).run()
    folder = app.text_input(key=state.named(state.TRAIN_FOLDER, kind))
    sentences = []
    for path in ("", str(tmp_path / "absent"), str(tmp_path)):
        folder.set_value(path).run()
        (error,) = app.error
        sentences.append(error.value)
        assert app.button(key=state.TRAIN_START).disabled
    given, absent, lacking = sentences
    assert given.endswith("give its folder.")
    assert "absent" in absent
    assert "REFERENCE.csv is missing" in lacking


def test_a_run_shows_its_curves_its_command_and_its_checkpoint(root):
    run = runs.read_run(root, id_of(root, FAST))
    app = open_page(run=run.id)
    assert app.selectbox(key=state.RUN).value == run.id
    assert {"Open in Review", "Delete for good"} <= labels(app)
    assert "Stop" not in labels(app)
    values = {metric.label: metric.value for metric in app.metric}
    assert values["Epoch"] == "2 of 2"
    assert values["Best validation macro-AUC"] == f"{run.best_macro_auc:.3f}"
    assert runs.command(run) in [code.value for code in app.code]


def test_a_link_to_a_run_that_is_gone_says_so(root):
    app = open_page(run="gone-0101-000000")
    assert "gone-0101-000000" in app.warning[0].value
    assert app.query_params[state.RUN] == app.selectbox(key=state.RUN).value


def test_a_run_that_could_not_begin_shows_its_reason(root):
    app = open_page(run=id_of(root, "failing"))
    (error,) = app.error
    assert error.value == "REFERENCE.csv is missing from the CPSC 2018 folder."
    assert "Resume" in labels(app)


def test_a_checkpoint_of_a_run_is_opened_in_review_and_reads_the_recording(root):
    run_id = id_of(root, FAST)
    app = open_page(run=run_id)
    button(app, "Open in Review").click().run()
    assert not app.exception
    assert not app.error
    chosen = app.selectbox(key=state.MODEL)
    assert chosen.value.endswith(run_id)
    text = "\n".join(element.value for element in app.markdown)
    assert "Nothing reaches its threshold." in text or any(NAMES[x] in text for x in LABELS)
    for page in ("pages/swap_lab.py", "pages/model_card.py"):
        app.switch_page(page).run()
        assert not app.exception
        assert not app.error


def test_comparing_lists_what_the_runs_were_told_differently(root):
    ids = [id_of(root, FAST), id_of(root, SLOW)]
    app = open_page("Compare")
    app.multiselect(key=state.COMPARED_RUNS).set_value(ids).run()
    assert not app.exception
    outcome, differing = (frame.value for frame in app.dataframe)
    assert list(outcome["run"]) == ids
    assert list(differing.index) == ["training.learning_rate"]
    assert list(differing.iloc[0]) == ["0.005", "0.0005"]


def test_a_deleted_run_is_gone_from_the_page_and_from_the_models(root):
    run_id = id_of(root, FAST)
    app = open_page(run=run_id)
    button(app, "Open in Review").click().run()
    app.session_state[state.RUN] = run_id
    app.switch_page("pages/train.py").run()
    app.button(key=state.TRAIN_DELETE).click().run()
    app.run()
    assert not app.exception
    assert run_id not in [run.id for run in runs.list_runs(root)]
    assert run_id not in app.selectbox(key=state.RUN).options
    assert app.selectbox(key=state.MODEL).value == "attention-findings"


def test_where_training_is_switched_off_runs_can_only_be_looked_at(root, monkeypatch):
    monkeypatch.setenv(runs.ALLOWED_VARIABLE, "off")
    app = open_page(run=id_of(root, "failing"))
    assert "switched off" in app.info[0].value
    assert button(app, "Resume").disabled
    app = open_page("New run")
    assert not [x for x in app.button if x.key == state.TRAIN_START]


def test_each_kind_of_augmentation_has_one_switch_and_the_usual_ones_are_on():
    named = [name for switch in SWITCHES for name in switch.fields]
    shares = {
        field.name
        for field in fields(AugmentConfig)
        if field.name.endswith(("_probability", "_sd")) or field.name in ("shift_s", "noise")
    }
    assert sorted(named) == sorted(shares)
    usual = {switch.title: switch.usual for switch in SWITCHES}
    assert augment_config(usual, AugmentConfig().swap_kinds) == AugmentConfig()
    nothing = augment_config(dict.fromkeys(usual, False), ())
    assert {getattr(nothing, name) for name in shares} == {0.0}


@pytest.mark.parametrize("view", state.TRAIN_VIEWS)
def test_every_view_is_in_chinese(root, view, monkeypatch):
    monkeypatch.setattr(language, "current", lambda: language.CHINESE)
    app = open_page(view)
    assert {run for text in texts(app) for run in english_left(text)} == set()
    if view == state.TRAIN_VIEWS[0]:
        failed = next(x for x in app.selectbox(key=state.RUN).options if x.startswith("failing"))
        app.selectbox(key=state.RUN).set_value(failed).run()
        assert "文件夹中缺少 REFERENCE.csv" in app.error[0].value
        assert {run for text in texts(app) for run in english_left(text)} == set()
