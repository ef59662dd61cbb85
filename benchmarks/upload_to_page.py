"""From dropping a file to the finished Review page, in headless Chromium, the model being warm.

Every round opens a new browser session, so that no answer of an earlier round is remembered.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
TARGET_S = 2.0
START_UP_S = 60
PATIENCE_MS = 120_000  # for a busy machine: a timeout would say nothing of how slow it was
# The heading names the file, the charts are drawn, and nothing is running or left from before.
FINISHED = """(name) =>
  document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning"
  && [...document.querySelectorAll("h2")].some((h) => h.textContent.includes(name))
  && document.querySelectorAll(".js-plotly-plot .main-svg").length >= 3
  && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]')"""
# The chart has the height that the width of its page asks for: nothing more will be redrawn.
STEADY = """() => {
  const room = document.querySelector(".st-key-paper");
  const plot = room?.querySelector(".js-plotly-plot");
  if (!plot?._fullLayout?.xaxis || !plot.layout.xaxis?.range) return false;
  const [left, right] = plot.layout.xaxis.range;
  const [bottom, top] = plot.layout.yaxis.range;
  const drawn_for = (plot.layout.height - plot.layout.margin.b) * (right - left) / (top - bottom);
  // The browser tells its width in steps of 20 px.
  return Math.abs(drawn_for - room.clientWidth) < 21
    && Math.abs(plot._fullLayout.width - room.clientWidth) < 2;
}"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="one recording, all files of it")
    parser.add_argument("--rounds", type=int, default=15)
    return parser.parse_args()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running_app(script: str = "app.py") -> Iterator[str]:
    """Start the app, or another script of it, on a free port and yield its address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}"]
    command.append("--logger.level=error")
    # Streamlit looks for imports beside the script.
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env=environment) as app:
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            app.terminate()


def wait_until_healthy(address: str) -> None:
    deadline = time.monotonic() + START_UP_S
    while True:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health"):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def upload_s(browser: Browser, address: str, files: list[Path]) -> float:
    """Seconds from handing over the files to the finished page."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(PATIENCE_MS)
    try:
        page.goto(address)
        page.wait_for_function(FINISHED, arg="")  # the built-in example
        start = time.perf_counter()
        page.locator('input[type="file"]').first.set_input_files(files)
        page.wait_for_function(FINISHED, arg=files[0].stem)
        return time.perf_counter() - start
    finally:
        page.close()


def main() -> None:
    args = arguments()
    chromium = shutil.which("chromium")
    with running_app() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        upload_s(browser, address, args.files)  # warms model and browser
        elapsed_s = [upload_s(browser, address, args.files) for _ in range(args.rounds)]
        browser.close()
    print(
        f"{', '.join(path.name for path in args.files)}: median {median(elapsed_s):.2f} s, "
        f"max {max(elapsed_s):.2f} s over {args.rounds} uploads "
        f"({median(elapsed_s) / TARGET_S:.0%} of the target of {TARGET_S:g} s)"
    )


if __name__ == "__main__":
    main()
