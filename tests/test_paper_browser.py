"""Calipers, magnifier, full screen and controls of the paper in a real browser."""

import itertools
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from benchmarks.upload_to_page import STEADY, running_app
from ecgcore.recording import Recording
from ecgcore.review.layout import LAYOUT_TITLES, PaperFormat, Strip, lay_out
from ecgcore.simulate import CASES, simulate

pytestmark = pytest.mark.browser

CASE = "Normal sinus rhythm"
PATIENCE_MS = 60_000
READY = """(text) =>
  document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning"
  && document.querySelector(".st-key-paper .js-plotly-plot .main-svg")
  && [...document.querySelectorAll(".annotation-text")].some((x) => x.textContent.includes(text))
  && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]')"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_app("tests/paper_app.py") as url:
        yield url


def link(address: str, **more: object) -> str:
    return f"{address}/?{urlencode({'example': f'Simulated: {CASE}', **more})}"


def open_page(browser: Browser, url: str, width_px: int = 1440, **options: object) -> Page:
    opened = browser.new_page(viewport={"width": width_px, "height": 1000}, **options)
    opened.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    opened.goto(url)
    settled(opened)
    opened.wait_for_function(STEADY)
    return opened


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    opened = open_page(browser, link(address))
    yield opened
    opened.context.close()


def settled(page: Page, footer: str = "mm/s") -> None:
    page.wait_for_function(READY, arg=footer)


def sheet_strips(recording: Recording, form: PaperFormat | None = None) -> tuple[Strip, ...]:
    return lay_out([recording], form or PaperFormat()).strips


def rhythm_strip() -> Strip:
    return sheet_strips(simulate(CASES[CASE].config).recording())[-1]


def tool(page: Page, name: str) -> Locator:
    return page.get_by_role("toolbar", name="Tools for the paper").get_by_role("button", name=name)


def calipers(page: Page) -> Locator:
    return page.locator(".lp-calipers .caliper")


def label(page: Page, number: int = 0) -> str:
    """What a caliper says, once the frame that draws it has passed."""
    frame(page)
    return calipers(page).nth(number).get_attribute("aria-label")


def frame(page: Page) -> None:
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def on_screen(page: Page, x_mm: float, y_mm: float) -> tuple[float, float]:
    """Where a place on the sheet is in the window, by Plotly's own conversion."""
    return tuple(
        page.evaluate(
            """([x, y]) => {
              const plot = document.querySelector(".st-key-paper .js-plotly-plot");
              const { xaxis, yaxis } = plot._fullLayout;
              const box = plot.getBoundingClientRect();
              const left = box.left + xaxis._offset;
              return [left + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
            }""",
            [x_mm, y_mm],
        )
    )


def px_per_mm(page: Page) -> float:
    left, right = on_screen(page, 0, 0)[0], on_screen(page, 100, 0)[0]
    return (right - left) / 100


def drag(page: Page, from_mm: tuple[float, float], to_mm: tuple[float, float]) -> None:
    page.mouse.move(*on_screen(page, *from_mm))
    page.mouse.down()
    page.mouse.move(*on_screen(page, *to_mm), steps=4)
    page.mouse.up()


def edge_box(page: Page, number: int = 0) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a caliper in the window, without the width of its line."""
    box = calipers(page).nth(number).locator(".body").bounding_box()
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


def stands_at(page: Page, first_mm: tuple[float, float], last_mm: tuple[float, float]) -> None:
    frame(page)
    (left, bottom), (right, top) = on_screen(page, *first_mm), on_screen(page, *last_mm)
    assert edge_box(page) == pytest.approx((left, top, right, bottom), abs=0.5)


def test_a_caliper_from_beat_to_beat_tells_the_true_interval_within_a_pixel(page):
    beats = simulate(CASES[CASE].config).beats
    strip = rhythm_strip()
    one, other = (strip.x_mm + 25 * beat.r_s for beat in (beats[3], beats[4]))
    tool(page, "Calipers").click()
    drag(page, (one, strip.baseline_mm), (other, strip.baseline_mm + 10))
    text = label(page)
    told_ms = int(re.search(r"(\d+) ms", text)[1])
    true_ms = 1000 * (beats[4].r_s - beats[3].r_s)
    pixel_ms = 1000 / (px_per_mm(page) * 25)
    assert told_ms == pytest.approx(true_ms, abs=pixel_ms)
    assert int(re.search(r"(\d+) bpm", text)[1]) == round(60_000 / told_ms)
    told_mm = float(re.search(r"([\d.]+) mm", text)[1])
    assert told_mm == pytest.approx(10.0, abs=1 / px_per_mm(page))
    assert float(re.search(r"([\d.]+) mV", text)[1]) == pytest.approx(told_mm / 10, abs=0.01)
    expect(page.get_by_role("status")).to_contain_text(f"{told_ms} ms")


@pytest.mark.parametrize(("speed", "gain"), [("50", "20"), ("25", "5")])
def test_calipers_follow_speed_and_gain_of_the_paper(page, speed, gain):
    page.get_by_role("radiogroup").nth(1).get_by_text(speed, exact=True).click()
    settled(page, f"{speed} mm/s")
    page.get_by_role("radiogroup").nth(2).get_by_text(gain, exact=True).click()
    settled(page, f"{gain} mm/mV")
    page.wait_for_function(STEADY)
    tool(page, "Calipers").click()
    form = PaperFormat(speed_mm_s=float(speed), gain_mm_mv=float(gain))
    top = sheet_strips(simulate(CASES[CASE].config).recording(), form)[0].top_mm
    drag(page, (50, top - 20), (70, top - 10))  # at this gain the lowest row is below the window
    pixel_mm = 1 / px_per_mm(page)
    text = label(page)
    assert int(re.search(r"(\d+) ms", text)[1]) == pytest.approx(
        20_000 / float(speed), abs=1000 * pixel_mm / float(speed)
    )
    # Told to a hundredth of a millivolt.
    assert float(re.search(r"([\d.]+) mV", text)[1]) == pytest.approx(
        10 / float(gain), abs=pixel_mm / float(gain) + 0.01
    )


def test_calipers_stay_on_their_place_of_the_sheet_through_zoom_pan_and_resize(page):
    tool(page, "Calipers").click()
    drag(page, (50, 20), (70, 30))
    before = label(page)
    tool(page, "Calipers").click()  # lets the paper be dragged
    stands_at(page, (50, 20), (70, 30))
    paper = page.locator(".st-key-paper .js-plotly-plot")
    paper.hover(position={"x": 200, "y": 100})
    paper.locator('[data-title="Zoom in"]').click()
    page.wait_for_timeout(800)  # Plotly's animation
    stands_at(page, (50, 20), (70, 30))
    page.mouse.move(*on_screen(page, 100, 50))
    page.mouse.down()
    page.mouse.move(*on_screen(page, 90, 45), steps=3)
    stands_at(page, (50, 20), (70, 30))  # while the paper is still held
    page.mouse.up()
    stands_at(page, (50, 20), (70, 30))
    width_before = px_per_mm(page)
    page.set_viewport_size({"width": 1000, "height": 900})
    page.wait_for_function(
        "(w) => document.querySelector('.st-key-paper .main-svg').clientWidth < w", arg=1000
    )
    settled(page)
    page.wait_for_timeout(800)
    assert px_per_mm(page) < width_before
    stands_at(page, (50, 20), (70, 30))
    assert label(page) == before


def test_calipers_outlive_reruns_and_redrawing_and_go_with_the_layout(page):
    tool(page, "Calipers").click()
    drag(page, (50, 20), (70, 30))
    drag(page, (90, 60), (110, 50))
    page.get_by_role("button", name="Run again").click()
    settled(page)
    expect(calipers(page)).to_have_count(2)
    page.get_by_text("Mark beats").click()
    page.wait_for_function(READY, arg="QRS")
    expect(calipers(page)).to_have_count(2)
    stands_at(page, (50, 20), (70, 30))
    page.get_by_text(LAYOUT_TITLES["6x2"], exact=True).click()
    settled(page, "5 s each")
    expect(calipers(page)).to_have_count(0)


def test_calipers_are_found_again_after_a_look_at_another_page(page):
    tool(page, "Calipers").click()
    drag(page, (50, 20), (70, 30))
    page.get_by_text("Elsewhere").click()
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    page.get_by_text("Elsewhere").click()
    settled(page)
    expect(calipers(page)).to_have_count(1)
    stands_at(page, (50, 20), (70, 30))


def test_calipers_of_one_stretch_are_not_shown_on_another(page, address):
    tool(page, "Calipers").click()
    drag(page, (50, 20), (70, 30))
    expect(calipers(page)).to_have_count(1)
    page.goto(link(address, start=1))
    settled(page)
    frame(page)
    expect(calipers(page)).to_have_count(0)


def test_an_end_is_dragged_alone_and_the_middle_moves_all(page):
    tool(page, "Calipers").click()
    drag(page, (50, 20), (70, 30))
    drag(page, (70, 23), (80, 24))  # the right side
    stands_at(page, (50, 20), (80, 30))
    drag(page, (65, 30), (66, 40))  # the upper side
    stands_at(page, (50, 20), (80, 40))
    drag(page, (50, 20), (55, 25))  # the lower left corner
    stands_at(page, (55, 25), (80, 40))
    drag(page, (65, 32), (75, 37))  # the middle
    stands_at(page, (65, 30), (90, 45))
    drag(page, (75, 37), (270, 37))  # no farther than the sheet
    frame(page)
    assert edge_box(page)[2] <= on_screen(page, 270, 0)[0] + 0.5


def test_a_caliper_across_simultaneous_columns_has_no_interval(browser, address):
    page = open_page(browser, link(address, seconds=5))
    tool(page, "Calipers").click()
    strips = sheet_strips(simulate(CASES[CASE].config).recording().window(0, 5))
    joint, level = strips[1].x_mm, strips[1].baseline_mm
    drag(page, (joint - 20, level), (joint + 20, level + 5))
    assert "no interval across columns" in label(page)
    tool(page, "Clear").click()
    drag(page, (joint + 10, level), (joint + 20, level + 5))
    assert re.search(r"\d+ ms", label(page))
    page.context.close()


def test_everything_can_be_done_with_the_keyboard(page):
    tool(page, "Calipers").focus()
    page.keyboard.press("Enter")
    expect(calipers(page).first).to_be_focused()
    assert "800 ms, " not in label(page)
    assert "800 ms · 75 bpm, 1.00 mV" in label(page)
    left = edge_box(page)[0]
    page.keyboard.press("ArrowRight")
    frame(page)
    assert edge_box(page)[0] - left == pytest.approx(px_per_mm(page), abs=0.1)
    page.keyboard.press("Shift+ArrowLeft")
    frame(page)
    assert edge_box(page)[0] - left == pytest.approx(-4 * px_per_mm(page), abs=0.1)
    page.keyboard.press("Control+Shift+ArrowRight")
    page.keyboard.press("Control+ArrowUp")
    assert "1000 ms · 60 bpm, 1.10 mV" in label(page)
    page.keyboard.press("Control+Alt+ArrowLeft")
    assert "996 ms" in label(page)
    page.keyboard.press("n")
    expect(calipers(page)).to_have_count(2)
    expect(calipers(page).nth(1)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(calipers(page).nth(0)).to_be_focused()
    page.keyboard.press("Delete")
    expect(calipers(page)).to_have_count(1)
    expect(calipers(page).first).to_be_focused()
    page.keyboard.press("Escape")
    expect(tool(page, "Calipers")).to_have_attribute("aria-pressed", "false")
    expect(tool(page, "Calipers")).to_be_focused()
    page.keyboard.press("ArrowRight")  # March out and Delete have nothing to act on
    expect(tool(page, "Clear")).to_be_focused()
    page.keyboard.press("Enter")
    expect(calipers(page)).to_have_count(0)


def test_marching_out_repeats_the_interval_over_its_row(page):
    tool(page, "Calipers").click()
    strip = rhythm_strip()
    drag(page, (strip.x_mm + 100, 10), (strip.x_mm + 125, 20))
    march = calipers(page).first.locator(".march")
    frame(page)
    assert not march.get_attribute("d")
    page.keyboard.press("m")
    frame(page)
    expect(tool(page, "March out")).to_have_attribute("aria-pressed", "true")
    at = [float(x) for x in re.findall(r"M([\d.]+) ", march.get_attribute("d"))]
    # 250 mm of tracing hold ten intervals of 25 mm; eleven lines where both ends are met exactly.
    assert len(at) in (10, 11)
    steps = [after - before for before, after in itertools.pairwise(at)]
    assert steps == pytest.approx([25 * px_per_mm(page)] * len(steps), abs=1.0)
    tool(page, "March out").click()
    frame(page)
    assert not march.get_attribute("d")


def test_a_finger_draws_a_caliper(browser, address):
    page = open_page(browser, link(address), has_touch=True)
    tool(page, "Calipers").tap()
    fingers = page.context.new_cdp_session(page)
    places = [on_screen(page, x, y) for x, y in ((50, 20), (60, 25), (70, 30))]
    for kind, place in zip(("touchStart", "touchMove", "touchMove"), places, strict=True):
        points = [{"x": place[0], "y": place[1]}]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(calipers(page)).to_have_count(1)
    # Touch points are whole pixels.
    assert int(re.search(r"(\d+) ms", label(page))[1]) == pytest.approx(
        800, abs=2 * 1000 / (25 * px_per_mm(page))
    )
    page.context.close()


def test_the_magnifier_follows_the_pointer_and_shows_three_times_as_large(page):
    tool(page, "Magnifier").click()
    lens = page.locator(".lp-lens")
    for place in ((100, 50), (180, 20)):
        x, y = on_screen(page, *place)
        page.mouse.move(x, y)
        box = lens.bounding_box()
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert middle == pytest.approx((x, y), abs=1.0)
        assert "scale(3)" in lens.locator("g").get_attribute("transform")
    # A reference to each layer of the chart, drawn by the browser: it has the size of the chart.
    layers = page.locator(".st-key-paper .svg-container > .main-svg").count()
    assert lens.locator("use").count() == layers + 1
    wide = lens.locator("use").first.bounding_box()["width"]
    # What hangs over the edge of the chart is part of it too.
    assert wide >= 2.9 * page.locator(".st-key-paper .main-svg").first.bounding_box()["width"]
    tool(page, "Magnifier").click()
    expect(lens).to_have_count(0)


def test_full_screen_draws_the_paper_for_the_width_of_the_screen(page):
    before = px_per_mm(page)
    tool(page, "Full screen").click()
    page.wait_for_function(
        "() => document.fullscreenElement?.classList.contains('st-key-paper_area')"
    )
    page.wait_for_function(f"{PX_PER_MM} > {1.05 * before}")
    page.wait_for_function(STEADY)
    expect(tool(page, "Full screen")).to_have_attribute("aria-pressed", "true")
    tool(page, "Full screen").click()
    page.wait_for_function("() => document.fullscreenElement === null")
    # On its way back the chart passes through sizes that look finished.
    page.wait_for_function(f"Math.abs({PX_PER_MM} / {before} - 1) < 0.001")


PX_PER_MM = """(() => {
  const axis = document.querySelector(".st-key-paper .js-plotly-plot")?._fullLayout?.xaxis;
  return axis && axis._length / (axis.range[1] - axis.range[0]);
})()"""


def test_each_layout_is_drawn(page):
    for layout, title in LAYOUT_TITLES.items():
        page.get_by_role("radiogroup").first.get_by_text(title, exact=True).click()
        strips = 12 + PaperFormat(layout).n_rhythm_strips
        names = page.locator(".st-key-paper .annotation-text", has_text="%")
        expect(names).to_have_count(strips)


def test_filter_mains_and_order_are_printed_on_the_page(page):
    page.get_by_label("Filter").click()
    page.get_by_role("option", name="0.5-40 Hz").click()
    settled(page, "0.5-40 Hz")
    page.get_by_role("button", name="More").click()
    page.get_by_role("radio", name="50 Hz").click()
    settled(page, "0.5-40 Hz, mains 50 Hz")
    page.get_by_role("radio", name="Cabrera").click()
    settled(page, "−aVR")


@pytest.mark.parametrize(("width_px", "most_px"), [(1440, 180), (820, 260)])
def test_the_controls_leave_the_window_to_the_tracing(browser, address, width_px, most_px):
    page = open_page(browser, link(address), width_px)
    top = page.locator(".st-key-paper .js-plotly-plot").bounding_box()["y"]
    assert top < most_px
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width_px
    page.context.close()


def test_the_file_for_printing_is_as_wide_as_the_sheet_in_millimetres(page):
    with page.expect_download() as download:
        page.get_by_role("button", name="Print at true scale (SVG)").click()
    text = download.value.path().read_text()
    assert 'width="270mm"' in text
    assert "25 mm/s" in text


def test_every_tool_has_a_name_and_says_whether_it_is_on(page):
    buttons = page.get_by_role("toolbar", name="Tools for the paper").get_by_role("button")
    names = ("Calipers", "March out", "Delete", "Clear", "Magnifier", "Full screen")
    assert tuple(buttons.all_inner_texts()) == names
    for name in ("Calipers", "Magnifier", "Full screen", "March out"):
        expect(tool(page, name)).to_have_attribute("aria-pressed", "false")
    assert page.get_by_role("toolbar", name="Tools for the paper").get_attribute("aria-label")
