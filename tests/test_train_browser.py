"""A training run in a real browser: it outlives the page, and ends up reading a recording."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from test_browser import chart, heading, settled
from training_runs import no_process_left

from benchmarks.upload_to_page import running_app
from ecgcore.learn import runs
from ecgcore.review.examples import REAL_TITLE

pytestmark = pytest.mark.browser

EPOCHS = 999  # never reached: the test stops it
# A process imports PyTorch and simulates recordings before its first epoch.
PATIENCE_MS = 300_000
# Nothing has been drawn for half a second.
AT_REST = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const busy = app?.dataset.testScriptState !== "notRunning"
    || document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]');
  const now = performance.now();
  if (busy || window.busyUntil === undefined) window.busyUntil = now;
  return now - window.busyUntil > 500;
}"""


@pytest.fixture
def address(tmp_path, monkeypatch) -> Iterator[str]:
    monkeypatch.setenv(runs.ROOT_VARIABLE, str(tmp_path / "runs"))
    with no_process_left(tmp_path / "runs"), running_app() as url:
        yield url


def visit(browser: Browser, url: str) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 1400})
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page.goto(url)
    return page


def fill(page: Page, label: str, number: int, said: str) -> None:
    """Type a number; what is typed while the page is drawn anew would be lost."""
    page.wait_for_function(AT_REST)
    field = page.get_by_role("spinbutton", name=label, exact=True)
    field.fill(str(number))
    field.press("Enter")
    expect(page.get_by_text(said)).to_be_visible()


def epochs_done(page: Page) -> Locator:
    return page.get_by_test_id("stMetric").filter(has_text="Epoch").get_by_test_id("stMetricValue")


def at_least(epochs: int) -> re.Pattern[str]:
    """Text of the metric once so many epochs have arrived."""
    too_few = "|".join(map(str, range(epochs)))
    return re.compile(rf"^(?!({too_few}) )\d+ of {EPOCHS}$")


def badge(page: Page, state: str) -> Locator:
    return page.locator(".stMarkdownBadge", has_text=state)


def test_a_run_outlives_its_page_is_stopped_resumed_and_reads_a_recording(browser, address):
    page = visit(browser, f"{address}/train")
    expect(page.get_by_role("button", name="Start training")).to_be_visible()
    fill(page, "Simulated recordings", 100, "100 simulated recordings")
    fill(page, "Epochs", EPOCHS, f"{EPOCHS} epochs")
    page.get_by_role("button", name="Start training").click()
    expect(epochs_done(page)).to_have_text(at_least(2))
    expect(chart(page, "train_labels").get_by_text("AF").first).to_be_visible()
    link = page.url
    assert "run=attention-findings-" in link
    page.close()

    page = visit(browser, link)
    expect(epochs_done(page)).to_have_text(at_least(3))
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Resume").click()
    done = int(epochs_done(page).inner_text().split()[0])
    expect(badge(page, "running")).to_be_visible()
    expect(epochs_done(page)).to_have_text(at_least(done + 1))
    page.get_by_role("button", name="Stop").click()
    expect(badge(page, "stopped")).to_be_visible()

    page.get_by_role("button", name="Open in Review").click()
    settled(page, REAL_TITLE)
    expect(heading(page, "Findings")).to_be_visible()
    model = page.get_by_role("combobox", name="Model", exact=True)
    expect(model).to_have_value(re.compile(r"\(attention-findings-[\d-]+\)"))
    # The ten findings of the run, and no other.
    rows = chart(page, "findings").locator(".ytick")
    expect(rows).to_have_count(10)
