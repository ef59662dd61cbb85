"""Why a finding is reported, asked for on the Review page in a real browser."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from test_review_browser import upload

from benchmarks.upload_to_page import FINISHED
from ecgcore.leads import INDEX
from ecgcore.model.checkpoint import load
from ecgcore.review.examples import REAL_TITLE, open_example
from ecgcore.review.explain import explain

pytestmark = pytest.mark.browser

# Bands on the sheet by lead, and the sum over all of them; nothing where there are none.
BANDS = """() => {
  const plot = document.querySelector(".st-key-paper .js-plotly-plot");
  const bands = (plot?.data ?? []).filter((trace) => trace.type === "heatmap");
  const cells = (band) => plot.calcdata[plot.data.indexOf(band)][0].z.flat();
  return bands.map((band) => [band.name, [...cells(band)].reduce((a, b) => a + b, 0)]);
}"""
SWITCH = "Why this finding?"


def ask(page: Page) -> None:
    page.get_by_text(SWITCH).click()
    expect(page.get_by_text(re.compile("The bands add up to .* Sinus rhythm"))).to_be_visible()


def test_nothing_is_explained_before_it_is_asked_for(page):
    expect(page.get_by_text(SWITCH)).to_be_visible()
    assert page.evaluate(BANDS) == []
    expect(page.get_by_role("heading", name="Without one lead")).to_have_count(0)


def test_bands_stand_under_every_lead_and_the_sentence_says_what_they_add_up_to(page):
    ask(page)
    page.wait_for_function(f"() => ({BANDS})().length === 13")
    bands = page.evaluate(BANDS)
    found = explain(
        load("attention-findings"), open_example(REAL_TITLE).recording.window(0, 10), "NSR"
    )
    assert bands[-1][0] == "II"
    # The rhythm strip shows all 10 s of its lead; cells travel as float32.
    assert bands[-1][1] == pytest.approx(found.per_lead["II"], abs=1e-3)
    total, change = (f"{x:+.2f}".replace("-", "−") for x in (found.total, found.change))
    expect(
        page.get_by_text(re.compile(re.escape(f"{total} of the {change} by which")))
    ).to_be_visible()
    expect(page.get_by_text("They explain the network, not the heart")).to_be_visible()


def test_another_finding_has_other_bands_and_its_own_sentence(page):
    ask(page)
    page.wait_for_function(f"() => ({BANDS})().length === 13")
    before = page.evaluate(BANDS)
    # Redrawing the page, whose width has become known, would close a list.
    page.wait_for_function(FINISHED, arg=REAL_TITLE)
    page.locator('[class*="st-key-explained"]').get_by_role("combobox").click()
    page.keyboard.type("Atrial fib")
    page.get_by_role("option", name=re.compile("^Atrial fibrillation")).click()
    expect(
        page.get_by_text(re.compile("moves the log-odds of Atrial fibrillation"))
    ).to_be_visible()
    page.wait_for_function(f"(old) => `${{({BANDS})()}}` !== `${{old}}`", arg=before)
    footers = page.locator(".st-key-paper .annotation-text")
    expect(footers.filter(has_text="teal speaks for Atrial fibrillation")).to_have_count(1)
    expect(footers.filter(has_text="teal speaks for Sinus rhythm")).to_have_count(0)


def test_leads_are_left_out_one_at_a_time_and_only_those_that_were_read(page, tmp_path: Path):
    real = open_example(REAL_TITLE).recording
    signal = real.signal.copy()
    signal[INDEX["V3"]] = 0.0
    upload(page, tmp_path, "flat", real.with_signal(signal))
    page.wait_for_function(FINISHED, arg="flat")
    ask(page)
    chart = page.locator(".st-key-without_lead")
    expect(chart.locator(".xtick text").first).to_be_visible()
    names = chart.locator(".xtick text").all_text_contents()
    assert names == ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V4", "V5", "V6"]
    page.wait_for_function(f"() => ({BANDS})().length === 12")
    assert "V3" not in [name for name, _ in page.evaluate(BANDS)]


def test_the_printed_sheet_has_the_bands(page):
    ask(page)
    page.wait_for_function(f"() => ({BANDS})().length === 13")
    page.wait_for_function(FINISHED, arg=REAL_TITLE)
    with page.expect_download() as started:
        page.get_by_role("button", name="Print at true scale").click()
    svg = Path(started.value.path()).read_text(encoding="utf-8")
    # 12 leads of 2.5 s and a rhythm strip of 10 s, in bins of 20 ms.
    assert len(re.findall(r'<rect x="[\d.]+" y="[\d.]+" width="0.500"', svg)) == 12 * 125 + 500
    assert np.all([f">{lead}<" in svg for lead in ("V1", "aVR")])
