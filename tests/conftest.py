"""What several tests share: the reference folder, a browser, and how hypothesis runs."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.upload_to_page import FINISHED, PATIENCE_MS, STEADY, running_app
from ecgcore.review.examples import REAL_TITLE

SHARED = Path(__file__).parents[2] / "shared"
CHROMIUM = shutil.which("chromium")
CHROMIUM_ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# A slow machine is no failure; in CI the same examples are tried on every run.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of reference data beside the repository, which a clone need not have."""
    if not SHARED.is_dir():
        pytest.skip(f"The reference folder {SHARED.name} is not beside the repository.")
    return SHARED


@pytest.fixture(scope="session")
def training_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder in which the tests of training pack their recordings once."""
    return tmp_path_factory.mktemp("packed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window, for the tests of one file."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (apt-get install chromium).")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Address of the app, started for the tests of one file."""
    with running_app() as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A visitor's page that has drawn the example of a first visit."""
    opened = browser.new_page(viewport={"width": 1440, "height": 1000})
    opened.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    opened.goto(address)
    opened.wait_for_function(FINISHED, arg=REAL_TITLE)
    # A click just before the browser tells its width would be overtaken by the run that follows.
    opened.wait_for_function(STEADY)
    yield opened
    opened.close()


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def fail_if_skipped(report: Report) -> Report:
    """In CI a skipped test is a failure, except where the whole reference folder is absent."""
    excused = "reference folder" in str(report.longrepr) and not SHARED.is_dir()
    if os.environ.get("CI") and report.skipped and not excused:
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI does not allow: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return fail_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return fail_if_skipped((yield))
