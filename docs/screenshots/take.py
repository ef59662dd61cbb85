"""Photograph the pages of the running app for the README: `make screenshots`.

Opens the built-in real recording, so that anyone gets the same pictures.
"""

import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.upload_to_page import FINISHED, running_app
from ecgcore.learn.runs import list_runs, runs_root

HERE = Path(__file__).parent
PAGES = {
    "review": "Review",
    "compare": "Compare",
    "swap_lab": "Swap lab",
    "train": "Training",
    "model_card": "Model card",
}
EXAMPLE_PAIR = "Show an example"
WIDTH_PX, HEIGHT_PX = 1440, 1500
# Plotly fades its charts in; the browser tells the page its width and the paper is drawn again.
SETTLE_MS = 2500
IDLE = """() =>
  document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning"
  && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]')"""


def photograph(page: Page, name: str, link: str) -> None:
    """Open one page from the sidebar and save what stands above the fold of a tall window."""
    page.get_by_role("link", name=link).click()
    page.wait_for_timeout(SETTLE_MS)
    if name == "compare":
        page.get_by_role("button", name=EXAMPLE_PAIR).click()
        page.wait_for_timeout(SETTLE_MS)
    page.wait_for_function(IDLE)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=HERE / f"{name}.png")


def main() -> None:
    """Start the app on a free port and photograph each page."""
    with running_app() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": WIDTH_PX, "height": HEIGHT_PX})
        page.goto(address)
        page.wait_for_function(FINISHED, arg="", timeout=60_000)
        for name, link in PAGES.items():
            if name != "train" or list_runs(runs_root()):  # its picture shows a finished run
                photograph(page, name, link)
        browser.close()


if __name__ == "__main__":
    main()
