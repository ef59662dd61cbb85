"""The main flows in a real browser, on a real recording, with the shipped weights."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from benchmarks.upload_to_page import FINISHED, PATIENCE_MS, running_app
from ecgcore.electrodes import TABLE_ROWS
from ecgcore.leads import LEADS
from ecgcore.review.examples import REAL_TITLE, open_example
from ecgcore.review.paper import draw_paper

pytestmark = pytest.mark.browser

RECORD = "JS00011"
SETTLE_MS = 800  # Plotly answers buttons and double click with a short animation
# Plotly writes positions of grid lines with two decimals of a pixel; a box is 9 px or more.
SCALE_TOLERANCE = 0.002


@pytest.fixture
def record(shared: Path) -> list[Path]:
    return [shared / "data" / "cinc2021" / f"{RECORD}{end}" for end in (".hea", ".dat")]


def heading(page: Page, text: str) -> Locator:
    return page.get_by_role("heading", name=text, exact=False)


def settled(page: Page, name: str) -> None:
    """Wait until the page that `name` heads is drawn and nothing of an earlier one is left."""
    page.wait_for_function(FINISHED, arg=name)


def upload(page: Page, files: list[Path]) -> None:
    page.locator('input[type="file"]').set_input_files(files)


def chart(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} .js-plotly-plot")


def box_px(page: Page) -> tuple[float, float]:
    """Width and height of one 5 mm box of the paper, from the grid lines as they are drawn."""
    x, y = chart(page, "paper").evaluate(
        """plot => ["x", "y"].map(axis => {
          const at = [...plot.querySelectorAll(`.gridlayer .${axis}grid`)]
            .map(line => line.transform.baseVal.consolidate().matrix[axis === "x" ? "e" : "f"]);
          const sorted = at.sort((a, b) => a - b);
          return (sorted.at(-1) - sorted[0]) / (sorted.length - 1);
        })"""
    )
    return x, y


def fills_its_room(page: Page) -> bool:
    """Whether the paper has the height that its millimetres need at the width of the page."""
    room_px, width_px, height_px = page.evaluate(
        """() => {
          const room = document.querySelector(".st-key-paper");
          const paper = room?.querySelector(".main-svg");
          return [room?.clientWidth, paper?.clientWidth, paper?.clientHeight];
        }"""
    )
    # The browser tells its width in steps of 20 px.
    needed = draw_paper(
        open_example(REAL_TITLE).recording, width_px=(room_px or 0) // 20 * 20
    ).layout.height
    return room_px == width_px and height_px == needed


def test_a_link_to_a_page_of_a_fresh_server_leads_into_the_whole_app(browser):
    with running_app() as fresh:
        visitor = browser.new_page()
        visitor.goto(f"{fresh}/swap_lab")
        expect(visitor.get_by_test_id("stSidebar").get_by_text("Swap lab")).to_be_visible(
            timeout=PATIENCE_MS
        )
        expect(visitor.get_by_test_id("stSidebar").get_by_text(REAL_TITLE)).to_be_visible(
            timeout=PATIENCE_MS
        )
        visitor.close()


def test_an_uploaded_recording_shows_twelve_leads_and_its_findings(page, record):
    upload(page, record)
    settled(page, RECORD)
    paper = chart(page, "paper")
    for lead in LEADS:
        expect(
            paper.locator(".annotation-text", has_text=re.compile(rf"^{lead}\s")).first
        ).to_be_visible()
    # Twelve leads and the rhythm strip, beside the pulses and the separators.
    drawn = paper.locator(".scatterlayer .trace:has(.js-line)")
    expect(drawn).to_have_count(len(LEADS) + 1 + 2)
    expect(page.get_by_text(re.compile(r"^Reported:"))).to_be_visible()
    expect(chart(page, "findings").get_by_text("✓").first).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_text(RECORD)).to_be_visible()


def test_swapping_the_arms_changes_the_baselines_findings_and_fills_the_table(page, record):
    upload(page, record)
    settled(page, RECORD)
    page.get_by_role("link", name="Swap lab").click()
    settled(page, f"Swap lab: {RECORD}")
    summary = page.get_by_test_id("stAlert").first
    expect(summary).to_contain_text(re.compile(r"Baseline: \d+ findings? changed"))
    marked = chart(page, "comparison").locator(".annotation-text", has_text="=")
    expect(marked).to_have_text(
        ["I = −I", "aVR = aVL", "II = III", "aVL = aVR", "III = II", "II = III"]
    )
    expect(
        chart(page, "shift_baseline-findings").get_by_text(re.compile("gained|lost")).first
    ).to_be_visible()
    bars = chart(page, "rows_chart").locator(".bars .point")
    expect(bars).to_have_count(2 * len(TABLE_ROWS))
    table = page.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    for row in TABLE_ROWS:
        # The grid is painted on a canvas; its cells stand inside for screen readers.
        cell = table.locator("[role=gridcell]", has_text=re.compile(f"^{re.escape(row)}$"))
        expect(cell).to_have_count(1)


def test_a_broken_file_is_refused_with_a_sentence_and_the_recording_stays(page, record, tmp_path):
    upload(page, record)
    settled(page, RECORD)
    broken = tmp_path / "broken.dcm"
    broken.write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 40)
    upload(page, [broken])
    error = page.get_by_test_id("stAlert").filter(has_text="broken.dcm")
    expect(error).to_be_visible()
    expect(error).to_contain_text(re.compile(r"\w.*\.$"))
    expect(error).not_to_contain_text("Traceback")
    expect(heading(page, RECORD)).to_be_visible()
    expect(chart(page, "paper")).to_be_visible()


@pytest.mark.parametrize("width_px", [1440, 820])
def test_the_paper_fills_the_page_true_to_scale_before_and_after_zooming(page, width_px):
    page.set_viewport_size({"width": width_px, "height": 1000})
    paper = chart(page, "paper")
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not fills_its_room(page):
        assert time.monotonic() < deadline, "The paper never got the height of its millimetres."
        page.wait_for_timeout(100)
    settled(page, REAL_TITLE)
    x, y = box_px(page)
    assert x == pytest.approx(y, rel=SCALE_TOLERANCE)
    paper.hover(position={"x": 200, "y": 100})
    paper.locator('[data-title="Zoom in"]').click()
    page.wait_for_timeout(SETTLE_MS)
    zoomed_x, zoomed_y = box_px(page)
    assert zoomed_x > 1.05 * x
    assert zoomed_x == pytest.approx(zoomed_y, rel=SCALE_TOLERANCE)
    paper.dblclick(position={"x": 200, "y": 100})
    page.wait_for_timeout(SETTLE_MS)
    assert box_px(page)[0] == pytest.approx(x, rel=SCALE_TOLERANCE)
