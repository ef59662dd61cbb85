"""Time between frames while the paper is dragged and zoomed, in headless Chromium.

Every layout is dragged to and fro and zoomed in and out, the last with the bands of an explanation
and with calipers and magnifier too.
The recording is simulated: 12 leads of 5000 samples. Frames of 16.7 ms keep up with a screen
of 60 Hz. A browser without a window or a graphics card draws on the processor alone: a reader's is
no slower.
"""

import argparse
import shutil

import numpy as np
from playwright.sync_api import Locator, Page, sync_playwright

from benchmarks.upload_to_page import FINISHED, PATIENCE_MS, running_app
from ecgcore.review.layout import LAYOUT_TITLES

EXAMPLE = "Simulated: Normal sinus rhythm"
EXPLAIN = "Why this finding?"
MOVES = 60  # of the pointer per drag, one a frame
ZOOMS = 6
RECORD = """() => {
  globalThis.frames = [];
  let last = performance.now();
  const next = (now) => {
    globalThis.frames.push(now - last);
    last = now;
    globalThis.recording = requestAnimationFrame(next);
  };
  globalThis.recording = requestAnimationFrame(next);
}"""
STOP = "() => { cancelAnimationFrame(globalThis.recording); return globalThis.frames.slice(1); }"
PAPER = ".st-key-paper .js-plotly-plot"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def open_example(page: Page, address: str) -> None:
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    page.wait_for_function(FINISHED, arg="")
    page.get_by_role("combobox", name="Built-in examples").click()
    page.get_by_role("option", name=EXAMPLE, exact=True).click()
    page.wait_for_function(FINISHED, arg=EXAMPLE)


def redraw(page: Page, press: Locator) -> None:
    """Press something that draws the paper anew, and wait until the new one alone is there."""
    page.locator(PAPER).evaluate("(plot) => { plot.dataset.before = true; }")
    press.click()
    page.locator(f"{PAPER}[data-before]").wait_for(state="detached")
    page.wait_for_function(FINISHED, arg=EXAMPLE)


def pan_ms(page: Page, rounds: int) -> list[float]:
    """Drag the paper to and fro."""
    box = page.locator(PAPER).bounding_box()
    left, top = box["x"] + 0.3 * box["width"], box["y"] + 0.4 * box["height"]
    page.mouse.move(left, top)
    page.evaluate(RECORD)
    for _ in range(rounds):
        page.mouse.down()
        page.mouse.move(left + 0.3 * box["width"], top + 40, steps=MOVES)
        page.mouse.move(left, top, steps=MOVES)
        page.mouse.up()
    return page.evaluate(STOP)


def zoom_ms(page: Page, rounds: int) -> list[float]:
    """Press the buttons of the chart, one press a frame."""
    page.locator(PAPER).hover(position={"x": 200, "y": 100})
    page.evaluate(RECORD)
    for _ in range(rounds):
        page.evaluate(
            """async ([paper, zooms]) => {
              const press = (name) =>
                document.querySelector(`${paper} [data-title="${name}"]`).click();
              const presses = (name) => Array(zooms).fill(name);
              for (const name of [...presses("Zoom in"), ...presses("Zoom out")]) {
                press(name);
                await new Promise(requestAnimationFrame);
              }
            }""",
            [PAPER, ZOOMS],
        )
    return page.evaluate(STOP)


def draw_calipers(page: Page) -> None:
    tools = page.get_by_role("toolbar", name="Tools for the paper")
    box = page.locator(PAPER).bounding_box()
    tools.get_by_role("button", name="Calipers").click()
    for start in (0.3, 0.5, 0.7):
        page.mouse.move(box["x"] + start * box["width"], box["y"] + 0.3 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + (start + 0.08) * box["width"], box["y"] + 0.5 * box["height"])
        page.mouse.up()
        page.keyboard.press("m")
    tools.get_by_role("button", name="Calipers").click()


def report(what: str, deltas_ms: list[float]) -> None:
    middle, slow = np.percentile(deltas_ms, [50, 95])
    print(
        f"{what}: median {middle:.1f} ms, 95th percentile {slow:.1f} ms ({len(deltas_ms)} frames)"
    )


def main() -> None:
    rounds = arguments().rounds
    with running_app() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        open_example(page, address)
        for title in LAYOUT_TITLES.values():
            radio = page.get_by_role("radio", name=title, exact=True)
            if not radio.is_checked():
                redraw(page, radio)
            report(f"{title}, dragged", pan_ms(page, rounds))
            report(f"{title}, zoomed", zoom_ms(page, rounds))
        redraw(page, page.get_by_text(EXPLAIN))
        report(f"{title} with bands, dragged", pan_ms(page, rounds))
        report(f"{title} with bands, zoomed", zoom_ms(page, rounds))
        redraw(page, page.get_by_text(EXPLAIN))
        if page.get_by_role("toolbar", name="Tools for the paper").count():
            draw_calipers(page)
            report(f"{title} with three marching calipers, dragged", pan_ms(page, rounds))
            tools = page.get_by_role("toolbar", name="Tools for the paper")
            tools.get_by_role("button", name="Magnifier").click()
            report(f"{title} with calipers and magnifier, dragged", pan_ms(page, rounds))
        browser.close()


if __name__ == "__main__":
    main()
