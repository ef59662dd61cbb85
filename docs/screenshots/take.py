"""Photograph the pages of the running app for the README: `make screenshots`.

Opens the built-in real recording, so that anyone gets the same pictures.
"""

import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.upload_to_page import FINISHED, running_app

HERE = Path(__file__).parent
PAGES = {
    "review": "Review",
    "swap_lab": "Swap lab",
    "train": "Training",
    "model_card": "Model card",
}
WIDTH_PX, HEIGHT_PX = 1440, 1500
# Plotly fades its charts in; the browser tells the page its width and the paper is drawn again.
SETTLE_MS = 2500


def photograph(page: Page, name: str, link: str) -> None:
    """Open one page from the sidebar and save what stands above the fold of a tall window."""
    page.get_by_role("link", name=link).click()
    page.wait_for_timeout(SETTLE_MS)
    page.wait_for_function(FINISHED, arg="")
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
            photograph(page, name, link)
        browser.close()


if __name__ == "__main__":
    main()
