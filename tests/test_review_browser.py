"""Quality, saving and long recordings on the Review page, in a real browser."""

import re
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from playwright.sync_api import Page, expect
from test_io_ishne import holter

from benchmarks.upload_to_page import FINISHED
from ecgcore.io import read_files
from ecgcore.io.export import export
from ecgcore.leads import INDEX
from ecgcore.recording import Recording
from ecgcore.review.examples import REAL_TITLE, open_example
from ecgcore.signal.measure import measure
from ecgcore.simulate import SimulationConfig, simulate

pytestmark = pytest.mark.browser

HOLTER_FS_HZ, HOLTER_S = 125, 1500


@pytest.fixture(scope="module")
def real() -> Recording:
    return open_example(REAL_TITLE).recording


def upload(page: Page, folder: Path, name: str, recording: Recording) -> None:
    """Drop a recording, saved as .npz, on the page and wait for its name."""
    (content,) = export(recording, "npz", name).files.values()
    path = folder / f"{name}.npz"
    path.write_bytes(content)
    page.locator('input[type="file"]').set_input_files([path])
    expect(page.get_by_role("heading", name=path.name, exact=True)).to_be_visible()


def with_lead(recording: Recording, lead: str, samples: np.ndarray | float) -> Recording:
    signal = recording.signal.copy()
    signal[INDEX[lead]] = samples
    return recording.with_signal(signal)


def test_a_flat_lead_is_named_and_left_out_of_the_attention(page, tmp_path, real):
    upload(page, tmp_path, "flat", with_lead(real, "V3", 0.0))
    expect(page.get_by_text("Left out of the reading: V3.")).to_be_visible()
    page.wait_for_function(FINISHED, arg="flat")
    names = page.locator(".st-key-attention .yaxislayer-above .ytick, .st-key-attention .ytick")
    assert "V3" not in names.all_inner_texts()
    expect(page.get_by_text(re.compile("signal usable with a warning"))).to_be_visible()


def test_noise_alone_is_shown_and_not_read(page, tmp_path, real):
    noise = np.random.default_rng(0).normal(0, 0.5, real.signal.shape)
    upload(page, tmp_path, "noise", real.with_signal(noise))
    expect(page.get_by_text("No model reads this recording.")).to_be_visible()
    expect(page.locator(".st-key-paper .js-plotly-plot")).to_be_visible()
    expect(page.get_by_role("heading", name="Findings")).to_have_count(0)


@pytest.mark.parametrize(("button", "ending"), [("WFDB", "zip"), ("DICOM", "dcm")])
def test_a_saved_recording_reads_back_as_it_was(page, real, button: str, ending: str):
    page.get_by_text("Save as a file").click()
    page.get_by_text(re.compile(rf"^{button} \(")).click()
    save = page.get_by_role("button", name=re.compile(rf"Save ecg-\w+\.{ending}"))
    expect(page.get_by_text("Bit-exact")).to_be_visible()
    with page.expect_download() as started:
        save.click()
    path = started.value.path()
    (result,) = read_files({started.value.suggested_filename: Path(path).read_bytes()})
    np.testing.assert_array_equal(result.recording.signal, real.signal)


def test_a_long_recording_shows_all_of_it_and_opens_another_part(page, tmp_path):
    minute = simulate(SimulationConfig(fs=HOLTER_FS_HZ, duration_s=60)).recording().signal
    counts = np.tile(np.round(minute * 200).astype("<i2"), HOLTER_S // 60)
    path = tmp_path / "day.ecg"
    path.write_bytes(holter(counts, fs=HOLTER_FS_HZ))
    page.locator('input[type="file"]').set_input_files([path])
    expect(page.get_by_role("heading", name="day.ecg", exact=True)).to_be_visible()
    expect(page.locator(".st-key-overview .js-plotly-plot")).to_be_visible()
    expect(page.get_by_text(re.compile("Part of the recording .* of 0:25:00"))).to_be_visible()
    slider = page.locator(".st-key-part_start").get_by_role("slider")
    slider.focus()
    slider.press("ArrowRight")
    expect(page.get_by_text(re.compile("from 0:10:00 on"))).to_be_visible()
    page.wait_for_function(FINISHED, arg="day.ecg")


def test_files_that_leave_the_same_open_are_asked_once_and_opened_together(page, tmp_path):
    wave = np.sin(np.arange(5000) / 50)[:, None] * np.linspace(0.2, 1.0, 12)
    paths = [tmp_path / f"plain{number}.csv" for number in range(3)]
    for number, path in enumerate(paths):
        np.savetxt(path, wave + number / 100, "%.4f", ",")
    page.locator('input[type="file"]').set_input_files(paths)
    expect(page.get_by_text("plain0.csv and 2 more: something is left open")).to_be_visible()
    page.get_by_role("button", name="Open with these answers").click()
    expect(page.get_by_text("3 recordings were opened.")).to_be_visible()


def test_the_measurements_of_the_shown_tracing_stand_below_it(page, real):
    found = measure(real)
    metrics = page.get_by_test_id("stMetric")
    expect(metrics.filter(has_text="QRS").first).to_contain_text(f"{found.qrs_ms:.0f} ms")
    expect(metrics.filter(has_text="Heart rate")).to_contain_text(f"{found.heart_rate_bpm:.0f}")
    page.get_by_text("All measurements and the representative beat").click()
    expect(page.locator(".st-key-representative_beat .js-plotly-plot").first).to_be_visible()


def make_report(page: Page, language: str, comment: str) -> None:
    page.get_by_text("Report", exact=True).click()
    page.get_by_text(language, exact=True).last.click()
    page.get_by_label("Comment").fill(comment)
    page.get_by_role("button", name="Make the report").click()


def saved(page: Page, kind: str) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("button", name=f"Save as {kind}").click()
    return Path(started.value.path()).read_bytes()


def test_a_report_holds_what_was_written_right_before_it_was_made(page):
    make_report(page, "中文", "Compared with last year")
    expect(page.get_by_alt_text("The report as it will be printed")).to_be_visible()
    pdf = pypdfium2.PdfDocument(saved(page, "PDF"))
    text = pdf[0].get_textpage().get_text_bounded()
    assert "Compared with last year" in text
    assert "十二导联心电图报告" in text
    assert saved(page, "PNG").startswith(b"\x89PNG")
    assert "Compared with last year" in saved(page, "CSV").decode("utf-8-sig")


def test_a_report_goes_with_the_tracing_that_it_is_of(page, tmp_path, real):
    make_report(page, "English", "")
    expect(page.get_by_role("button", name="Save as PDF")).to_be_visible()
    upload(page, tmp_path, "another", with_lead(real, "V3", 0.0))
    page.wait_for_function(FINISHED, arg="another")
    expect(page.get_by_role("button", name="Save as PDF")).to_have_count(0)
