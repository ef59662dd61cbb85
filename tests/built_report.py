"""Contents of reports for several test files: usual ones, refused ones, and what is in them."""

import functools

import numpy as np
import pydicom
import pydicom.data
import pytest
from report_drawing import Drawing, read_drawing

from ecgcore.leads import LEADS
from ecgcore.model.labels import LABELS
from ecgcore.model.prediction import Prediction
from ecgcore.recording import Recording
from ecgcore.review.report import (
    ModelIdentity,
    build_report,
    to_pdf,
)
from ecgcore.review.report_content import ReportContent
from ecgcore.review.report_pdf import PAPERS
from ecgcore.review.report_text import LANGUAGES
from ecgcore.signal.measure import measure
from ecgcore.signal.measurements import Measurements
from ecgcore.signal.quality import Quality
from ecgcore.signal.quality_issue import Issue, Kind, Severity
from ecgcore.simulate import CASES, simulate

ALL_USABLE = (True,) * len(LEADS)
GOOD = Quality("good", (), ALL_USABLE, 0.98)
MODEL = ModelIdentity("attention-findings", "Lead attention", "0123456789abcdef" * 4)
DICOM = pydicom.data.get_testdata_file("waveform_ecg.dcm", download=False)
COMMENT = "Agreed: sinus rhythm.\n同意：窦性心律。"
EACH_PAPER = pytest.mark.parametrize("paper", PAPERS)
EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


@functools.cache
def sinus() -> Recording:
    return simulate(CASES["Normal sinus rhythm"].config).recording()


@functools.cache
def scaled(factor: float) -> Recording:
    recording = sinus()
    return recording.with_signal(recording.signal * factor)


def prediction() -> Prediction:
    codes = [label.code for label in LABELS]
    weights = np.arange(1, 13) / 78.0
    return Prediction(
        model=MODEL.name,
        probabilities={code: (i + 0.5) / len(codes) for i, code in enumerate(codes)},
        thresholds=dict.fromkeys(codes, 0.8),
        attention=dict(zip(LEADS, weights.tolist(), strict=True)),
        warnings=("The model reads the first 10 s of 12.0 s.",),
    )


@functools.cache
def measured(recording: Recording) -> Measurements:
    return measure(recording)


def content(recording: Recording | None = None, **changes: object) -> ReportContent:
    recording = recording or sinus()
    given_ = {
        "prediction": prediction(),
        "quality": GOOD,
        "measurements": measured(recording),
        "model": MODEL,
        "comment": COMMENT,
    } | changes
    return build_report(recording, **given_)


def refused() -> ReportContent:
    issues = (
        Issue(Kind.UNREADABLE, None, Severity.REFUSE, "Of 12 recorded leads 1 can be used."),
        Issue(Kind.FLAT, "V3", Severity.UNUSABLE, "is flat for 8 of 10 s and is left out"),
    )
    quality = Quality("refuse", issues, (False,) * len(LEADS), 0.02)
    return content(prediction=None, quality=quality)


def drawn(what: ReportContent, paper: str = "A4", language: str = "en") -> Drawing:
    return read_drawing(to_pdf(what, paper, language))


def squeezed(text: str) -> str:
    return "".join(text.split())
