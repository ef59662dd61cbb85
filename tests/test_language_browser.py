"""The language of the interface, chosen by the reader, the link or the browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from benchmarks.upload_to_page import FINISHED, PATIENCE_MS, STEADY
from ecgcore.review.chinese import translate
from ecgcore.review.examples import REAL_TITLE

pytestmark = pytest.mark.browser

# The page is at rest, and of the sheets of two runs one is left, as wide as the page asks for.
DRAWN = f"""() =>
  document.querySelectorAll(".st-key-paper .js-plotly-plot").length === 1
  && ({FINISHED})("") && ({STEADY})()"""


def visit(browser: Browser, address: str, locale: str = "en-US") -> Page:
    context = browser.new_context(locale=locale, viewport={"width": 1440, "height": 1000})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    opened.goto(address)
    return opened


@pytest.fixture
def chinese(browser, address) -> Iterator[Page]:
    """A visitor's page in Chinese, by its link."""
    opened = visit(browser, f"{address}/?lang=zh")
    opened.wait_for_function(FINISHED, arg=translate(REAL_TITLE))
    yield opened
    opened.context.close()


def sidebar(page: Page) -> Locator:
    return page.get_by_test_id("stSidebar")


def choose_language(page: Page, name: str, sign: str) -> None:
    """Press the language and wait until the page that `sign` belongs to is drawn."""
    sidebar(page).get_by_text(name, exact=True).click()
    expect(sidebar(page).get_by_role("link", name=sign)).to_be_visible()
    page.wait_for_function(FINISHED, arg="")


def paper_button(page: Page, title: str) -> Locator:
    return page.locator(f'.st-key-paper .modebar-btn[data-title="{title}"]')


def pressed(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} [aria-checked=true]")


def test_the_interface_is_chinese_at_a_press_and_the_choices_stay(page):
    page.locator(".st-key-layout").get_by_text("12×1").click()
    page.locator(".st-key-speed").get_by_text("50").click()
    expect(pressed(page, "speed")).to_have_text("50")
    choose_language(page, "中文", "接错实验")
    page.wait_for_function(FINISHED, arg=translate(REAL_TITLE))
    for text in ("阅图", "训练", "模型卡"):
        expect(sidebar(page).get_by_role("link", name=text)).to_be_visible()
    expect(page.get_by_text("导联布局")).to_be_visible()
    expect(pressed(page, "layout")).to_have_text("12×1")
    expect(pressed(page, "speed")).to_have_text("50")
    footer = page.locator(".st-key-paper .annotation-text", has_text="50 mm/s")
    expect(footer).to_contain_text("原始记录，未滤波")
    expect(footer).to_contain_text("各导联同步")
    expect(page.locator(".st-key-findings .ytick", has_text="心房颤动")).to_be_visible()
    expect(page.locator(".st-key-model input")).to_have_value("导联注意力，全部所见")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(paper_button(page, "恢复原状")).to_have_count(1)
    choose_language(page, "English", "Swap lab")
    page.wait_for_function(FINISHED, arg=REAL_TITLE)
    expect(pressed(page, "layout")).to_have_text("12×1")
    expect(page.locator(".st-key-findings .ytick", has_text="Atrial fib")).to_be_visible()
    expect(page.locator(".st-key-model input")).to_have_value("Lead attention, all findings")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(paper_button(page, "Reset axes")).to_have_count(1)


def test_the_tools_of_the_paper_speak_chinese_and_go_on_measuring(chinese):
    chinese.wait_for_function(DRAWN)
    tools = chinese.get_by_role("toolbar", name="图纸工具")
    tools.get_by_role("button", name="分规").click()
    chinese.wait_for_function(
        "() => document.querySelector('.st-key-paper .lp-calipers.on')?.clientWidth > 0"
    )
    box = chinese.locator(".st-key-paper .js-plotly-plot").bounding_box()
    x, y = box["x"] + 300, box["y"] + 120
    chinese.mouse.move(x, y)
    chinese.mouse.down()
    chinese.mouse.move(x + 150, y + 40, steps=3)
    chinese.mouse.up()
    caliper = chinese.locator(".lp-calipers .caliper")
    expect(caliper).to_have_attribute("aria-label", re.compile(r"^分规 1：\d+ ms · \d+ 次/分"))
    choose_language(chinese, "English", "Swap lab")
    expect(chinese.get_by_role("button", name="Calipers")).to_have_attribute("aria-pressed", "true")
    expect(caliper).to_have_attribute("aria-label", re.compile(r"^Caliper 1: \d+ ms · \d+ bpm"))


def test_the_language_stays_on_every_page_and_when_the_page_is_loaded_anew(chinese):
    sidebar(chinese).get_by_role("link", name="接错实验").click()
    chinese.wait_for_function(FINISHED, arg=f"接错实验：{translate(REAL_TITLE)}")
    row = chinese.locator(".st-key-swap_row input")
    expect(row).to_have_value("LA/RA：左臂与右臂导联线互换")
    choose_language(chinese, "English", "Swap lab")
    expect(row).to_have_value("LA/RA: left arm and right arm cables exchanged")
    choose_language(chinese, "中文", "接错实验")
    chinese.reload()
    chinese.wait_for_function(FINISHED, arg="接错实验")


@pytest.mark.parametrize(
    ("locale", "link", "title"),
    [("zh-CN", "", "模型卡"), ("zh-CN", "?lang=en", "Model card"), ("de-DE", "", "Model card")],
)
def test_a_visit_begins_in_the_language_of_the_link_or_else_of_the_browser(
    browser, address, locale, link, title
):
    opened = visit(browser, f"{address}/model_card{link}", locale)
    expect(sidebar(opened).get_by_role("link", name=title)).to_be_visible()
    expect(opened.get_by_role("heading", name=title).first).to_be_visible()
    opened.context.close()


def test_the_open_view_of_training_stays_when_its_name_changes(browser, address):
    opened = visit(browser, f"{address}/train")
    opened.get_by_role("tab", name="Compare").click()
    expect(opened.get_by_role("tab", selected=True)).to_have_text("Compare")
    sidebar(opened).get_by_text("中文", exact=True).click()
    expect(opened.get_by_role("tab", selected=True)).to_have_text("比较")
    opened.context.close()
