"""The Compare page in a real browser: two recordings, what changed, exchange, table, Swap lab."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from simulated_truth import patient

from benchmarks.upload_to_page import PATIENCE_MS
from ecgcore.io.export import export
from ecgcore.recording import Recording
from ecgcore.review.examples import REAL_TITLE
from ecgcore.review.serial_table import COLUMNS
from ecgcore.review.serial_text import NOTHING
from ecgcore.simulate import simulate

pytestmark = pytest.mark.browser

SINUS, LBBB = "Simulated: Normal sinus rhythm", "Simulated: Left bundle branch block"
FIGURE = ".st-key-serial_beats .js-plotly-plot"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A visitor's page that has drawn Compare with the one recording of a first visit."""
    opened = browser.new_page(viewport={"width": 1440, "height": 1000})
    opened.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    opened.goto(f"{address}/compare")
    expect(opened.get_by_role("heading", name="Compare two recordings")).to_be_visible()
    yield opened
    opened.close()


def show_example_pair(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Show an example")).click()
    expect(page.get_by_text(re.compile(r"QRS \d+ → \d+ ms \(\+\d+\)")).first).to_be_visible()
    expect(page.locator(FIGURE)).to_be_visible()


def choose(page: Page, label: str, name: str) -> None:
    page.get_by_role("combobox", name=re.compile(label)).click()
    page.get_by_role("option", name=name, exact=True).click()


def test_with_one_recording_the_page_says_what_to_do_and_offers_an_example(page):
    expect(page.get_by_text("Choose the earlier recording above")).to_be_visible()
    expect(page.locator(FIGURE)).to_have_count(0)
    show_example_pair(page)
    expect(page.get_by_text("Left bundle branch block new")).to_be_visible()
    expect(page.get_by_text("Leadproof keeps no names")).to_be_visible()
    expect(page.locator(".st-key-serial_findings .js-plotly-plot")).to_be_visible()
    # Bold and a sign mark what is beyond error.
    changed = page.locator('[data-testid="stTable"] strong')
    expect(changed.filter(has_text="▲ beyond error").first).to_be_visible()


def test_an_example_is_chosen_as_the_earlier_recording_without_leaving_the_page(page):
    choose(page, "Earlier recording", SINUS)
    expect(page.locator(FIGURE)).to_be_visible()
    expect(page.get_by_text(re.compile("Cornell|ST shifted")).first).to_be_visible()
    expect(page.locator("section[data-testid=stSidebar]")).to_contain_text(REAL_TITLE)


def test_a_recording_compared_with_itself_changed_in_nothing(page):
    choose(page, "Earlier recording", REAL_TITLE)
    expect(page.get_by_text(NOTHING)).to_be_visible()
    expect(page.locator(FIGURE)).to_be_visible()


def test_exchanging_both_turns_every_change_round(page):
    show_example_pair(page)
    page.get_by_role("button", name="Exchange").click()
    expect(page.get_by_text(re.compile(r"QRS \d+ → \d+ ms \(−\d+\)")).first).to_be_visible()
    expect(page.get_by_text("Left bundle branch block no longer reported")).to_be_visible()


def test_the_comparison_is_saved_as_a_table(page):
    show_example_pair(page)
    with page.expect_download() as started:
        page.get_by_role("button", name="Save the comparison as CSV").click()
    text = Path(started.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert set(rows[0]) == set(COLUMNS)
    (qrs,) = [row for row in rows if row["item"] == "QRS"]
    assert float(qrs["change"]) == pytest.approx(float(qrs["later"]) - float(qrs["earlier"]))
    assert qrs["beyond"] == "yes"


def test_the_swap_lab_leads_to_the_beats_before_and_after_and_the_exchange_is_recognised(page):
    page.get_by_role("link", name="Swap lab").click()
    page.get_by_role("button", name="Compare the beats before and after").click()
    expect(page.get_by_role("heading", name="Compare two recordings")).to_be_visible()
    expect(page.get_by_text("goes away if LA/RA is put back")).to_be_visible()
    expect(page.locator(FIGURE)).to_be_visible()
    # What the other pages show stays as it was.
    expect(page.locator("section[data-testid=stSidebar]")).to_contain_text(REAL_TITLE)
    expect(page.locator("section[data-testid=stSidebar]")).not_to_contain_text("LA/RA")


def test_a_recording_whose_electrodes_were_moved_is_offered_with_its_original(page):
    page.get_by_role("link", name="Swap lab").click()
    page.get_by_role("button", name="Keep the swapped tracing").click()
    expect(page.locator("section[data-testid=stSidebar]")).to_contain_text("LA/RA swapped")
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("button", name="Before and after moving electrodes").click()
    expect(page.get_by_text("goes away if LA/RA is put back")).to_be_visible()


def test_a_refused_recording_is_compared_without_findings_and_a_long_one_has_a_slider(
    page, tmp_path
):
    noise = np.random.default_rng(0).normal(0, 0.5, (12, 5000))
    paths = []
    for name, recording in (
        ("noise", Recording(noise, 500.0, "test")),
        ("long", simulate(patient(duration_s=25.0)).recording()),
    ):
        (content,) = export(recording, "npz", name).files.values()
        paths.append(tmp_path / f"{name}.npz")
        paths[-1].write_bytes(content)
    page.get_by_role("link", name="Review").click()
    page.locator('input[type="file"]').set_input_files(paths)
    expect(page.get_by_text("2 recordings were opened.")).to_be_visible()
    page.get_by_role("link", name="Compare").click()
    # The one that is shown is the later, the last of the others the earlier.
    expect(page.get_by_text("The later recording was not read by a model")).to_be_visible()
    expect(page.get_by_role("heading", name="Measurements")).to_be_visible()
    expect(page.get_by_role("heading", name="Findings")).to_have_count(0)
    expect(page.get_by_text("Earlier: first second of the 10 s that are compared")).to_be_visible()
    expect(page.get_by_text("Later: first second of the 10 s")).to_have_count(0)


def test_a_narrow_page_shows_the_beats_in_two_columns(browser, address):
    narrow = browser.new_page(viewport={"width": 820, "height": 1000})
    narrow.set_default_timeout(PATIENCE_MS)
    narrow.goto(f"{address}/compare")
    show_example_pair(narrow)
    expect(narrow.locator(f"{FIGURE} .annotation", has_text="V6")).to_be_visible()
    left = narrow.locator(f"{FIGURE} .annotation", has_text=re.compile("^I{1,3}")).count()
    assert left == 3
    box = narrow.locator(FIGURE).bounding_box()
    assert box["height"] > box["width"]
    narrow.close()
