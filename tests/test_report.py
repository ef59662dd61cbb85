"""The report says all it is given and nothing else, as a page and as a table."""

import csv
import dataclasses
import hashlib
import io
from pathlib import Path

import pytest
from built_report import (
    COMMENT,
    EACH_LANGUAGE,
    EACH_PAPER,
    MODEL,
    content,
    drawn,
    refused,
    sinus,
    squeezed,
)

from ecgcore.errors import SignalError, WriteError
from ecgcore.model.labels import LABELS
from ecgcore.model.prediction import Prediction
from ecgcore.review.report import (
    SwapStatement,
    model_identity,
    to_csv,
    to_pdf,
)
from ecgcore.review.report_content import SWAP_STATES, ReportContent
from ecgcore.review.report_text import ENGLISH, LANGUAGES
from ecgcore.signal.measurements import MEASUREMENTS, Measurements
from ecgcore.signal.quality_issue import sentences


@EACH_LANGUAGE
@EACH_PAPER
def test_everything_that_is_said_stands_on_the_page(paper: str, language: str):
    words = LANGUAGES[language]
    what = content(swap=SwapStatement("undone", "LA/RA"), start_s=7.5)
    text = squeezed(drawn(what, paper, language).text)
    expected = [
        words.title,
        *words.blanks,
        words.measurements,
        words.findings_heading,
        words.attention,
        words.electrodes,
        words.comment,
        words.disclaimer,
        words.begins.format(7.5),
        words.swaps["undone"].format("LA/RA"),
        words.verdicts["good"],
        words.score.format(0.98),
        words.sentence("The model reads the first 10 s of 12.0 s."),
        *(words.finding(label.code) for label in LABELS),
        *(
            f"{words.quantities[line.name]}{line.value:.0f}{words.units[line.unit]}"
            for line in what.measurements
        ),
        *(f"{finding.probability:.1%}" for finding in what.findings),
        *(f"{lead}{weight:.1%}" for lead, weight in what.attention),
        *COMMENT.splitlines(),
        f"Leadproof {what.version}",
        f"{MODEL.name}",
        MODEL.title,
        f"SHA-256 {MODEL.sha256[:12]}",
    ]
    assert [x for x in expected if squeezed(x) not in text] == []
    assert MODEL.sha256[:13] not in text
    assert text.count("✓") == sum(finding.reported for finding in what.findings) + 1  # the legend


def test_reported_findings_come_first_and_only_those_at_or_over_their_threshold():
    found = content().findings
    assert [finding.reported for finding in found] == sorted(
        (finding.probability >= 0.8 for finding in found), reverse=True
    )
    assert {finding.threshold for finding in found} == {0.8}


def test_a_model_that_picks_one_class_has_no_thresholds():
    one = Prediction(MODEL.name, {"AF": 0.3, "NSR": 0.4}, {}, {}, top="NSR")
    what = content(prediction=one)
    assert [(x.code, x.threshold, x.reported) for x in what.findings] == [
        ("NSR", None, True),
        ("AF", None, False),
    ]
    text = squeezed(drawn(what).text)
    assert squeezed(ENGLISH.most_probable) in text
    assert squeezed(ENGLISH.no_attention) in text


@pytest.mark.parametrize("state", SWAP_STATES)
@EACH_LANGUAGE
def test_the_electrodes_are_spoken_of_in_every_case(state: str, language: str):
    swap = SwapStatement(state, "" if state == "none" else "RA/RL")
    said = LANGUAGES[language].swaps[state].format(swap.swap)
    assert squeezed(said) in squeezed(drawn(content(swap=swap), "A4", language).text)


@pytest.mark.parametrize(
    ("state", "swap"), [("none", "LA/RA"), ("undone", ""), ("mended", "LA/RA")]
)
def test_a_contradictory_statement_on_the_electrodes_is_refused(state: str, swap: str):
    with pytest.raises(SignalError):
        SwapStatement(state, swap)


@EACH_LANGUAGE
def test_absent_measurements_are_explained(language: str):
    reason = "No QRS complexes: nothing stands out of the leads."
    absent = Measurements(reasons=dict.fromkeys(MEASUREMENTS, reason))
    what = content(measurements=absent)
    assert {line.value for line in what.measurements} == {None}
    text = squeezed(drawn(what, "A4", language).text)
    assert text.count(squeezed(LANGUAGES[language].sentence(reason))) == 1
    assert text.count("–1)") == len(what.measurements)


@EACH_LANGUAGE
def test_a_refused_recording_gets_a_report_without_findings_that_says_why(language: str):
    words = LANGUAGES[language]
    what = refused()
    assert (what.findings, what.attention) == ((), ())
    assert what.unread == ("Of 12 recorded leads 1 can be used.",)
    text = squeezed(drawn(what, "letter", language).text)
    for said in (words.not_read, words.verdicts["refuse"], *words.issues(what.issues)):
        assert squeezed(said) in text
    assert squeezed(words.finding("AF")) not in text
    assert "✓" not in text
    assert squeezed(words.coloured) not in text


def test_without_a_prediction_the_reason_is_that_of_the_caller():
    assert content(prediction=None, unread="No lead was long enough.").unread == (
        "No lead was long enough.",
    )
    assert content(prediction=None).unread == ("No model was asked to read this recording.",)


def table_of(what: ReportContent) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(what).decode("utf-8-sig"))))


@pytest.mark.parametrize("make", [content, refused])
def test_the_table_reads_back_as_the_content(make):
    what = make()
    rows = table_of(what)

    def of(section: str) -> list[dict[str, str]]:
        return [row for row in rows if row["section"] == section]

    def number(text: str) -> float | None:
        return float(text) if text else None

    assert [(r["item"], number(r["value"]), r["unit"], r["remark"]) for r in of("measurement")] == [
        (x.name, x.value, x.unit, x.reason) for x in what.measurements
    ]
    findings = [
        (r["item"], number(r["value"]), number(r["limit"]), r["remark"] == "reported")
        for r in of("finding")
    ]
    if what.findings:
        assert findings == [dataclasses.astuple(x) for x in what.findings]
    else:
        assert [row["remark"] for row in of("finding")] == list(what.unread)
    assert [(r["item"], float(r["value"])) for r in of("attention")] == list(what.attention)
    quality = of("quality")
    assert [r["value"] for r in quality[:2]] == [what.verdict, str(what.score)]
    assert [r["remark"] for r in quality[2:]] == list(sentences(what.issues))
    assert [r["remark"] for r in of("note")] == list(what.notes)
    assert [r["remark"] for r in of("comment")] == [COMMENT]
    assert of("model")[1]["value"] == MODEL.sha256
    assert "Not for diagnosis" in of("disclaimer")[0]["remark"]


def test_equal_reports_are_equal_files():
    assert to_pdf(content()) == to_pdf(content())
    assert to_pdf(content()) != to_pdf(content(comment="Another."))


def test_an_unknown_paper_or_language_is_refused_with_the_choices():
    with pytest.raises(WriteError, match=r'"A5".*A4, letter'):
        to_pdf(content(), "A5")
    with pytest.raises(WriteError, match=r'"fr".*en, zh'):
        to_pdf(content(), "A4", "fr")


def test_age_and_sex_are_printed_where_they_are_known():
    known = dataclasses.replace(sinus(), age=63.0, sex="F")
    assert "63 years, female" in drawn(content(known)).text
    assert "63 岁，女" in drawn(content(known), "A4", "zh").text
    assert "years" not in drawn(content()).text


def test_the_identity_of_a_model_is_that_of_its_weights():
    identity = model_identity("attention-findings")
    weights = Path(__file__).parents[1] / "weights" / "attention-findings.safetensors"
    assert identity.sha256 == hashlib.sha256(weights.read_bytes()).hexdigest()
