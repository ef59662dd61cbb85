"""Every word of the interface has a Chinese one, and each stands for the same values."""

import ast
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ecgcore
from ecgcore.electrodes import TABLE_ROWS
from ecgcore.io import FORMATS
from ecgcore.learn.datasets.sources import SOURCES
from ecgcore.model.labels import NAMES
from ecgcore.model.measured import GROUP_TITLES
from ecgcore.review.chinese import TABLES, translate
from ecgcore.review.examples import example_titles, open_example
from ecgcore.review.swap_summary import ROW_EXPLANATIONS
from ecgcore.signal import quality_score
from ecgcore.simulate import CASES
from pages.shared import paper_tools
from pages.shared.chinese import SCREENS, WORDS

ROOT = Path(ecgcore.__path__[0]).parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FIELD = re.compile(r"\{(\w+)")
# The same in both languages: names of people and of the product, formats, units, leads.
SAME = {
    *("Leadproof", "English", "Language / 语言", "PDF", "PNG", "CSV", "A4", "V", "V1", "mV", "µV"),
    *("Sokolow-Lyon", "Cornell", "QRS ≠", "ST-T ≠"),
}
# Literals of a page that no reader sees.
UNSEEN = {"F", "M", "Option", "%.1f s", "left out", "zh-CN"}

# What shows a text, and which of its arguments are none.
SHOWING = {
    *("badge", "button", "caption", "chart", "checkbox", "dataframe", "download_button", "error"),
    *("expander", "file_uploader", "header", "info", "markdown", "metric", "multiselect"),
    *("number_input", "paper", "pills", "popover", "progress", "radio", "segments"),
    *(
        "segmented_control",
        "select_slider",
        "selectbox",
        "slider",
        "spinner",
        "subheader",
        "success",
    ),
    *("tabs", "text_area", "text_input", "title", "toggle", "warning", "write", "leave_notice"),
    *("chart_with_table", "_whole", "_toggle"),
}
SEEN_ARGUMENTS = {"label", "help", "placeholder", "text", "alt", "body", "captions", "note"}


def page_files() -> list[Path]:
    pages = (ROOT / "pages").rglob("*.py")
    return [ROOT / "app.py", *sorted(p for p in pages if p.parent.name != "chinese")]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def literals(tree: ast.AST) -> Iterator[ast.Constant]:
    """Strings of a module apart from docstrings and from what stands between fields."""
    unsaid = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            unsaid |= {id(part) for part in ast.walk(node) if not isinstance(part, ast.Call)}
            for part in ast.walk(node):
                if isinstance(part, ast.Call):
                    unsaid -= {id(inner) for inner in ast.walk(part)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in unsaid
        ):
            yield node


def is_call_of(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def said(tree: ast.AST) -> set[str]:
    """Texts that stand in `say` itself."""
    first = [node.args[0] for node in ast.walk(tree) if is_call_of(node, "say") and node.args]
    return {arg.value for arg in first if isinstance(arg, ast.Constant)}


@pytest.mark.parametrize("path", page_files(), ids=lambda path: path.stem)
def test_every_text_of_a_page_has_a_chinese_one(path: Path):
    assert said(parsed(path)) - set(WORDS) == set()
    worded = {
        node.value
        for node in literals(parsed(path))
        if re.search("[A-Za-z]", node.value) and re.search("[A-Z ]", node.value)
    }
    unknown = {text for text in worded - set(WORDS) - SAME - UNSEEN if translate(text) == text}
    assert {text for text in unknown if "export default" not in text} == set()


def shown_bare(tree: ast.AST) -> Iterator[str]:
    """Texts that are shown as they stand in the source, whatever the language."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute | ast.Name):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        if name not in SHOWING:
            continue
        keywords = [word.value for word in node.keywords if word.arg in SEEN_ARGUMENTS]
        # The first is the label, after the figure and its key the third is what it shows.
        first = 2 if name in ("chart", "paper") else 0
        for argument in (*node.args[first : first + 1], *keywords):
            yield from bare_words(argument)


def bare_words(argument: ast.expr) -> Iterator[str]:
    parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
    for part in parts:
        text = part.value if isinstance(part, ast.Constant) else None
        if isinstance(text, str) and re.search("[A-Za-z]{2}", text) and text not in SAME:
            yield text


@pytest.mark.parametrize("path", page_files(), ids=lambda path: path.stem)
def test_no_text_is_shown_in_one_language_alone(path: Path):
    assert list(shown_bare(parsed(path))) == []


def test_no_chinese_text_of_the_interface_is_left_over():
    # The comparison hands the pieces of its headline to the page as templates.
    speaking = [*page_files(), ROOT / "ecgcore/review/serial_text.py"]
    used = {node.value for path in speaking for node in literals(parsed(path))}
    assert set(WORDS) - used == set()


def test_the_scripts_say_nothing_that_the_page_does_not_give_them():
    folder = ROOT / "pages/shared/browser"
    scripts = "".join(path.read_text("utf-8") for path in folder.glob("*.js"))
    given = set(paper_tools._TOOL_WORDS)
    asked = set(re.findall(r"""say\("([^"]+)\"""", scripts))
    page = re.sub(r"\s+", " ", (folder / "tools.html").read_text("utf-8"))
    shown = set(re.findall(r'(?:title|aria-label)="([^"]+)"', page)) | {
        text.strip() for text in re.findall(r">([^<]+)<", page) if text.strip()
    }
    assert given == asked | shown


@pytest.mark.parametrize("dictionaries", [tuple(SCREENS.values()), TABLES])
def test_a_text_has_one_translation_wherever_it_stands(dictionaries: tuple[dict[str, str], ...]):
    found = defaultdict(set)
    for words in dictionaries:
        for english, chinese in words.items():
            found[english].add(chinese)
    assert {english: texts for english, texts in found.items() if len(texts) > 1} == {}


@pytest.mark.parametrize("words", [*SCREENS.values(), *TABLES])
def test_both_languages_have_the_same_fields(words: dict[str, str]):
    for english, chinese in words.items():
        assert sorted(set(FIELD.findall(english))) == sorted(set(FIELD.findall(chinese))), english
        assert english.count("**") == chinese.count("**"), english


@settings(max_examples=10)
@given(first=st.integers(1, 9000), step=st.integers(1, 99))
def test_each_sentence_finds_its_own_translation_whatever_fills_it(first: int, step: int):
    for english, chinese in ((x, y) for words in TABLES for x, y in words.items() if "{" in x):
        names = list(dict.fromkeys(FIELD.findall(english)))
        values = {name: first + step * number for number, name in enumerate(names)}
        assert translate(english.format(**values)) == chinese.format(**values), english


def test_a_name_made_of_the_words_of_a_sentence_does_not_hold_up_a_page():
    started = time.perf_counter()
    for english in (text for words in TABLES for text in words if text.count("{") > 1):
        before, between, *_ = re.split(r"\{[^}]*\}", english)
        translate(before + f"7{between}" * (250 // len(f"7{between}")) + "#")
    # 0.03 s were measured; a search that goes back over a name took minutes.
    assert time.perf_counter() - started < 5.0


def templates(path: Path) -> set[str]:
    """Sentences that a module of ecgcore can say, a figure in place of each field."""
    texts = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else "7" for p in node.values]
            texts.add("".join(map(str, parts)))
    texts |= {node.value for node in literals(parsed(path))}
    return {text.strip().replace("{}", "7") for text in texts}


# The command line speaks English; so do files that are written, and the descriptions of weights.
ENGLISH_ONLY = re.compile(
    r"command|__main__|report_|performance_text|weights_readme|quality_fit|evaluate|_svg|vocabulary"
    r"|wire|worker|write_csv|scenarios|simulate/|curves"
)
# Parts of sentences, which the tests of whole ones hold.
PARTS = {
    "The limb leads contradict each other in a few samples: 7.",
    "The limb leads contradict each other: 7. Lead names or gains in the file are wrong.",
    "The process ended without saying why; the run can be resumed.7",
    "no finding changed; 7.",
    "7 finding7 changed: 7; 7.",
    "7 7.",
    "7 Aimed at: 7 or more.",
    "7 has 7 representative beat.",
    "7 not read by a model: no findings are compared.",
    "This WFDB record is made of several segments, of which 7 7 missing: upload them, with the "
    "samples that they name, together with this header.",
    "Each of 7 and 7 7.",
}


def core_files() -> list[Path]:
    found = sorted((ROOT / "ecgcore").rglob("*.py"))
    named = [(p, str(p.relative_to(ROOT / "ecgcore"))) for p in found]
    return [p for p, name in named if not ENGLISH_ONLY.search(name) and "chinese" not in name]


@pytest.mark.parametrize("path", core_files(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_sentence_of_ecgcore_has_a_chinese_one(path: Path):
    sentences = {x for x in templates(path) if re.search(r"\w .*[.?]$", x)} - PARTS - set(WORDS)
    assert {x for x in sentences if translate(x) == x or not CHINESE.search(translate(x))} == set()


@pytest.mark.parametrize(
    "text",
    [
        *NAMES.values(),
        *GROUP_TITLES.values(),
        *quality_score.TITLES.values(),
        *ROW_EXPLANATIONS.values(),
        *(name for name in TABLE_ROWS if "/" not in name),
        *example_titles(),
        *CASES,
        *(source.splits for source in SOURCES.values()),
        *(fmt.vendor for fmt in FORMATS if len(fmt.vendor.split()) > 3),
    ],
)
def test_every_name_of_ecgcore_has_a_chinese_one(text: str):
    assert CHINESE.search(translate(text)), text


def test_what_to_look_for_in_an_example_is_said_in_chinese():
    for title in example_titles():
        assert CHINESE.search(translate(open_example(title).description)), title


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        # What fills a field is a list of leads, a name, a sentence, or a name with a comma in it.
        ("Not recorded: V1, V2, V3.", "未记录：V1、V2、V3。"),
        (
            "2 findings changed: gained Normal ECG; lost Atrial flutter, Sinus rhythm; largest "
            "probability change below 0.01 (AF).",
            "2 项所见改变：新增 正常心电图；消失 心房扑动、窦性心律；"
            "最大概率变化 小于 0.01（AF）。",
        ),
        (
            "The example cannot be read: The file is empty.",
            "示例无法读取：文件为空。",
        ),
        (
            "Trained on PTB-XL 1.0.3, unfiltered records (CC BY 4.0), simulated recordings.",
            "训练数据：PTB-XL 1.0.3 未滤波记录（CC BY 4.0）、模拟记录。",
        ),
        (
            "The recorder noted: V1 (frequent noise), V2 (intermittent disconnection).",
            "记录仪注明：V1（频繁噪声）、V2（间歇性脱落）。",
        ),
        # Sentences that follow each other are translated one by one; unknown ones stay.
        (
            "Restored exactly: I, II. Restored under the assumption that both legs have the same "
            "potential: V1.",
            "精确还原：I、II。在假定双腿电位相等的前提下还原：V1。",
        ),
        ("The file is empty. Nobody knows this one.", "文件为空。Nobody knows this one."),
        # Leads that share a fault, and a fault that hints at a cause.
        (
            "Each of V1, V2 and V3 is flat for 8.2 to 9.9 of 10 s and is left out.",
            "V1、V2、V3：平直 8.2 至 9.9 秒（共 10 秒），不予采用。",
        ),
        (
            "The limb leads contradict each other: II = I + III fails by up to 0.43 mV (limit 0.05 "
            "mV). Lead names or gains in the file are wrong.",
            "肢体导联相互矛盾：II = I + III 最大相差 0.43 mV（限值 0.05 mV）。"
            "文件中的导联名称或增益有误。",
        ),
        (
            "The process ended without saying why; the run can be resumed. The last it said: boom",
            "进程结束而未说明原因；训练可以继续。最后的输出：boom",
        ),
    ],
)
def test_what_fills_a_sentence_is_translated_too(english: str, chinese: str):
    assert translate(english) == chinese
