"""In Chinese, no page shows a run of English words, whatever was opened or refused."""

import numpy as np
import pytest
from chinese_screen import english_left, texts
from streamlit.testing.v1 import AppTest
from test_io_ishne import holter
from test_pages import APP, TIMEOUT_S, upload
from test_pages import _remember_navigation as _remember_navigation

from ecgcore.io.export import export
from ecgcore.leads import INDEX
from ecgcore.recording import Recording
from ecgcore.review.chinese import translate
from ecgcore.review.examples import REAL_TITLE, example_titles, open_example
from ecgcore.simulate import SimulationConfig, simulate
from pages.shared import language, state


@pytest.fixture
def app(monkeypatch) -> AppTest:
    # Not by the link: AppTest asks for labels outside of the session, where no language is chosen.
    monkeypatch.setattr(language, "current", lambda: language.CHINESE)
    return AppTest.from_file(str(APP), default_timeout=TIMEOUT_S).run()


def english(app: AppTest) -> set[str]:
    assert not app.exception
    shown = list(texts(app))
    assert len(shown) > 50  # the walk sees the page
    return {run for text in shown for run in english_left(text)}


def saved(recording: Recording) -> bytes:
    (content,) = export(recording, "npz", "file").files.values()
    return content


def real() -> Recording:
    return open_example(REAL_TITLE).recording


def flat_and_noisy() -> Recording:
    """Two limb leads flat, so that an electrode is told; hum, wander, noise and jumps elsewhere."""
    recording = real()
    signal = recording.signal.copy()
    time_s = np.arange(signal.shape[1]) / recording.fs
    rng = np.random.default_rng(1)
    signal[[INDEX["I"], INDEX["II"]]] = 0.0
    signal[INDEX["V1"]] += 0.3 * np.sin(2 * np.pi * 50 * time_s)
    signal[INDEX["V2"]] += 1.5 * np.sin(2 * np.pi * 0.2 * time_s)
    signal[INDEX["V3"]] += rng.normal(0, 0.12, time_s.size)
    signal[INDEX["V4"], 4200:4300] += 6.0
    signal[INDEX["V5"]] = np.clip(signal[INDEX["V5"]], -0.3, 0.5)
    signal[INDEX["V6"]] = signal[INDEX["V5"]]
    return recording.with_signal(signal)


def test_every_page_is_in_chinese(app):
    assert english(app) == set()
    app.toggle(key=state.EXPLAIN).set_value(v=True).run()
    assert english(app) == set()
    for page in ("compare", "swap_lab", "train", "model_card"):
        app.switch_page(f"pages/{page}.py").run()
        assert english(app) == set(), page


def test_a_comparison_is_in_chinese(app):
    app.switch_page("pages/compare.py").run()
    next(button for button in app.button if "查看示例" in button.label).click().run()
    assert "左束支传导阻滞" in "".join(texts(app))
    assert english(app) == set()
    app.switch_page("pages/swap_lab.py").run()
    app.selectbox(key=state.SWAP_ROW).set_value("LA/RA").run()
    next(button for button in app.button if "调换前后的心搏" in button.label).click().run()
    assert english(app) == set()


def test_the_walk_finds_english(monkeypatch):
    monkeypatch.setattr(language, "current", lambda: language.ENGLISH)
    app = AppTest.from_file(str(APP), default_timeout=TIMEOUT_S).run()
    assert len(english(app)) > 20


@pytest.mark.parametrize("title", example_titles()[4::5])
def test_every_example_is_in_chinese_on_paper_and_swapped(app, title):
    app.selectbox(key=state.EXAMPLE).set_value(title).run()
    assert translate(title) in [header.value for header in app.header]
    assert english(app) == set()
    app.switch_page("pages/swap_lab.py").run()
    app.selectbox(key=state.SWAP_ROW).set_value("RA/RL").run()
    assert english(app) == set()
    next(button for button in app.button if "还原电极" in button.label).click().run()
    assert english(app) == set()


@pytest.mark.parametrize(
    "recording", [flat_and_noisy, lambda: real().window(0.0, 3.0)], ids=["faulty", "short"]
)
def test_what_the_quality_gate_says_is_in_chinese(app, recording):
    upload(app, ("file.npz", saved(recording())))
    assert app.warning or app.error
    assert english(app) == set()


def test_a_refused_recording_is_refused_in_chinese(app):
    noise = np.random.default_rng(0).normal(0, 0.5, real().signal.shape)
    upload(app, ("noise.npz", saved(real().with_signal(noise))))
    assert "模型不判读此记录" in app.error[0].value
    assert english(app) == set()


def test_files_that_cannot_be_read_are_refused_in_chinese(app):
    upload(
        app,
        ("a.pdf", b"%PDF-1.7"),
        ("b.dcm", b"\0" * 128 + b"DICM" + b"\xff" * 40),
        ("c.edf", b"0       " + b" " * 300),
        ("d.csv", b"time,ecg\n"),
        ("e.dat", bytes(5000)),
        ("f.xml", b"<Nothing/>"),
    )
    assert len(app.error[0].value.splitlines()) == 6
    assert english(app) == set()


def test_what_a_file_leaves_open_is_asked_in_chinese(app):
    wave = np.sin(np.arange(3000) / 50)[:, None] * np.linspace(0.2, 1.0, 12)
    lines = "\n".join(",".join(f"{x:.4f}" for x in row) for row in wave)
    upload(app, ("plain.csv", lines.encode()))
    assert english(app) == set()
    next(button for button in app.button if "按所填信息打开" in button.label).click().run()
    assert app.warning
    assert english(app) == set()


def test_a_long_recording_is_in_chinese(app):
    minute = simulate(SimulationConfig(fs=125, duration_s=60)).recording().signal
    counts = np.tile(np.round(minute * 200).astype("<i2"), 25)
    upload(app, ("day.ecg", holter(counts, fs=125)))
    assert english(app) == set()
