"""The report says the same in English and in Chinese, and every character of it can be seen."""

import ast
import dataclasses
import hashlib
import importlib.resources
from pathlib import Path

import paperang_p2_fonts_cjk
import pytest
from built_report import content, drawn, squeezed

import ecgcore
from ecgcore.model.labels import LABELS
from ecgcore.review.chinese import TABLES, chinese_issues, translate
from ecgcore.review.chinese.issues import CONSEQUENCES, KINDS
from ecgcore.review.report_content import ModelIdentity, SwapStatement
from ecgcore.review.report_page import UNPRINTABLE, has_glyph
from ecgcore.review.report_text import CHINESE, ENGLISH, LANGUAGES, Words
from ecgcore.signal.display_filter import BANDS_HZ, MAINS_HZ, DisplayFilter, filter_text
from ecgcore.signal.quality import VERDICTS
from ecgcore.signal.quality_issue import Issue, Kind, Severity


def every_text(words: Words) -> list[str]:
    found: list[str] = []
    for field in dataclasses.fields(words):
        value = getattr(words, field.name)
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, tuple):
            found += value
        elif isinstance(value, dict):
            found += value.values()
    return found


def test_the_font_has_every_character_of_both_languages():
    chinese = [text for table in TABLES for text in table.values()]
    chinese += [*KINDS.values(), *CONSEQUENCES.values()]
    texts = [*every_text(ENGLISH), *every_text(CHINESE), *chinese, "–·…✓°−"]
    assert {x for text in texts for x in text if not has_glyph(x)} == set()


def test_every_character_is_shown_by_an_embedded_font():
    for language in LANGUAGES:
        drawing = drawn(content(comment="Ž ß Ω Ж 한 あ 龥"), "A4", language)
        assert all(words.embedded for words in drawing.words)
        assert squeezed("Ž ß Ω Ж 한 あ 龥") in squeezed(drawing.text)
        assert UNPRINTABLE not in drawing.text


def test_what_the_font_lacks_is_marked_and_explained():
    text = drawn(content(comment="Sinus, العربية, \x07\u202e bell")).text
    assert f"Sinus, {UNPRINTABLE * 7}, bell" in text
    assert ENGLISH.unprintable in text


def test_the_font_is_the_file_that_debian_ships():
    # sha256sum of wqy-microhei.ttc in fonts-wqy-microhei 0.2.0-beta-3.1
    file = importlib.resources.files(paperang_p2_fonts_cjk) / "fonts/wqy-microhei.ttc"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == (
        "2420e8078af796b19a3f6ef13de527a1a91c1e7171eea115926c614ced1009b3"
    )


def test_the_two_languages_say_the_same_things():
    for field in dataclasses.fields(Words):
        one, other = getattr(ENGLISH, field.name), getattr(CHINESE, field.name)
        if isinstance(one, str):
            assert one.count("{") == other.count("{"), field.name
        elif isinstance(one, dict):
            assert one.keys() == other.keys(), field.name
    assert set(CHINESE.findings) == {label.code for label in LABELS}
    kinds = {value for name, value in vars(Kind).items() if name.isupper()}
    assert set(KINDS) == kinds
    assert set(CHINESE.verdicts) == set(VERDICTS)


def sentences_in(path: Path) -> set[str]:
    """What a module can say of a recording, figures standing for whatever is filled in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unsaid = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            unsaid |= {id(part) for part in node.values}
    texts = set()
    for node in ast.walk(tree):
        if id(node) in unsaid:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            texts.add("".join(x.value if isinstance(x, ast.Constant) else "7" for x in node.values))
    return {text for text in texts if text.endswith(".") and " " in text}


@pytest.mark.parametrize(
    "module",
    ["signal/measure", "signal/delineate", "signal/p_wave", "signal/preprocess", "model/predict"],
)
def test_every_sentence_of_measuring_and_predicting_has_a_chinese_one(module: str):
    said = sentences_in(Path(ecgcore.__path__[0]) / f"{module}.py")
    assert said
    assert {x for x in said if translate(x) == x} == set()


def test_the_exchange_and_the_model_have_their_chinese_names():
    swap = SwapStatement("simulated", "clockwise + LA/RA")
    model = ModelIdentity("attention-findings", "Lead attention, all findings", "0" * 64)
    text = squeezed(drawn(content(swap=swap, model=model), "A4", "zh").text)
    assert squeezed("模拟电极接错（顺时针 + LA/RA）") in text
    assert squeezed("模型 attention-findings（导联注意力，全部所见）") in text


def test_figures_survive_translation_and_unknown_sentences_stay():
    sentence = "No QRS complexes: of 28 deflections at most 3 look alike."
    assert translate(sentence) == "未检出 QRS 波群：28 个波形中至多 3 个相似。"
    assert translate("Something new.") == "Something new."


@pytest.mark.parametrize("band", BANDS_HZ)
@pytest.mark.parametrize("mains_hz", MAINS_HZ)
@pytest.mark.parametrize("fs", [60.0, 100.0, 500.0])
def test_every_filter_has_a_chinese_name_with_its_figures(band: str, mains_hz: int, fs: float):
    english = filter_text(DisplayFilter(band, mains_hz), fs)
    chinese = translate(english)
    assert not any(word in chinese for word in ("recorded", "filter", "mains", "up", "carries"))
    assert ("工频" in chinese or "超出" in chinese) == (mains_hz > 0)
    assert not mains_hz or f"{mains_hz} Hz" in chinese


def test_issues_in_chinese_name_every_lead_and_what_follows():
    issues = (
        Issue(Kind.FLAT, "V3", Severity.UNUSABLE, "is flat"),
        Issue(Kind.FLAT, "V1", Severity.UNUSABLE, "is flat, too"),
        Issue(Kind.EXCHANGED, None, Severity.WARNING, "V1 and V2 look exchanged."),
    )
    assert chinese_issues(issues) == (
        "V1、V3：信号平直，不参与模型判读。",
        "V1、V2：疑似电极接错。",
    )
