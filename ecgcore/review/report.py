"""The report of one recording: put together here, written as PDF, PNG or CSV."""

from __future__ import annotations

from pathlib import Path

from ecgcore import __version__
from ecgcore.leads import LEADS
from ecgcore.model import checkpoint
from ecgcore.model.prediction import Prediction
from ecgcore.recording import Recording
from ecgcore.review.layout import PAGE_S, PaperFormat
from ecgcore.review.report_content import (
    Finding,
    Measured,
    ModelIdentity,
    ReportContent,
    SwapStatement,
)
from ecgcore.review.report_pdf import to_pdf
from ecgcore.review.report_png import to_png
from ecgcore.review.report_table import to_csv
from ecgcore.signal.measurements import NO_AXES, Measurements
from ecgcore.signal.qtc import QTC_FORMULAS
from ecgcore.signal.quality import Quality

__all__ = [
    "ModelIdentity",
    "ReportContent",
    "SwapStatement",
    "build_report",
    "model_identity",
    "to_csv",
    "to_pdf",
    "to_png",
]

_AS_RECORDED = SwapStatement()
_STANDARD = PaperFormat()
_NOT_ASKED = "No model was asked to read this recording."


def build_report(
    recording: Recording,
    prediction: Prediction | None,
    quality: Quality,
    measurements: Measurements,
    *,
    model: ModelIdentity,
    swap: SwapStatement = _AS_RECORDED,
    comment: str = "",
    form: PaperFormat = _STANDARD,
    start_s: float = 0.0,
    unread: str = "",
) -> ReportContent:
    """Put together what a report says.

    Parameters
    ----------
    recording : Recording
        The tracing shown; its first 10 s are printed.
    prediction : Prediction or None
        None where the quality gate refused the recording or no model could read it.
    quality : Quality
    measurements : Measurements
    model : ModelIdentity
        The model that made the prediction, or would have made it.
    swap : SwapStatement
    comment : str
        Of the reader.
    form : PaperFormat
        For the order of leads, the rhythm lead and the filter.
    start_s : float
        Where the tracing begins in the whole recording, s.
    unread : str
        Why there is no prediction, where the quality gate does not say so.
    """
    reasons: tuple[str, ...] = ()
    if prediction is None:
        reasons = quality.refusals or (unread or _NOT_ASKED,)
    attention = {} if prediction is None else prediction.attention
    return ReportContent(
        recording=recording.window(0.0, PAGE_S),
        start_s=start_s,
        form=form,
        measurements=_measured(measurements),
        measurement_notes=measurements.warnings,
        findings=() if prediction is None else _findings(prediction),
        unread=reasons,
        attention=tuple((lead, attention[lead]) for lead in LEADS if lead in attention),
        verdict=quality.verdict,
        score=quality.score,
        issues=quality.issues,
        swap=swap,
        notes=(*recording.warnings, *(prediction.warnings if prediction else ())),
        model=model,
        version=__version__,
        comment=comment,
    )


def model_identity(name: str, folder: Path = checkpoint.WEIGHTS) -> ModelIdentity:
    """Return what a checkpoint of this name is, without loading its weights.

    Raises
    ------
    CheckpointError
        No checkpoint of this name, or its JSON is damaged.
    """
    stated = checkpoint.describe(name, folder)
    return ModelIdentity(name, str(stated.get("title", name)), str(stated.get("sha256", "")))


def _measured(found: Measurements) -> tuple[Measured, ...]:
    reasons = found.reasons
    lines = [
        ("HR", found.heart_rate_bpm, "bpm", "heart_rate_bpm"),
        ("PR", found.pr_ms, "ms", "pr_ms"),
        ("QRS", found.qrs_ms, "ms", "qrs_ms"),
        ("QT", found.qt_ms, "ms", "qt_ms"),
        *((f"QTc {name.title()}", found.qtc_ms.get(name), "ms", "qtc_ms") for name in QTC_FORMULAS),
        *((f"{wave} axis", found.axes_deg.get(wave), "deg", f"{wave} axis") for wave in NO_AXES),
    ]
    return tuple(
        Measured(name, value, unit, reasons.get(key, "") if value is None else "")
        for name, value, unit, key in lines
    )


def _findings(prediction: Prediction) -> tuple[Finding, ...]:
    exclusive = prediction.top is not None
    found = [
        Finding(
            code,
            probability,
            None if exclusive else prediction.thresholds[code],
            code in prediction.findings,
        )
        for code, probability in prediction.probabilities.items()
    ]
    return tuple(sorted(found, key=lambda x: (not x.reported, -x.probability)))
