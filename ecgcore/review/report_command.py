"""The command `report`: recordings in, a page or a table of each out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ecgcore.errors import SignalError, WriteError
from ecgcore.model import checkpoint
from ecgcore.model.predict import predict
from ecgcore.model.prediction import Prediction
from ecgcore.recording import Recording
from ecgcore.review.layout import PAGE_S
from ecgcore.review.report import build_report, model_identity, to_csv, to_pdf, to_png
from ecgcore.review.report_content import ReportContent
from ecgcore.signal.measure import measure
from ecgcore.signal.quality import Quality, assess
from ecgcore.whole_file import write_whole

ENDINGS = (".pdf", ".png", ".csv")


class Reporter:
    """Writes reports of recordings, all with one model.

    Parameters
    ----------
    model : str or None
        Name of a checkpoint; the default one where None.
    paper, language : str
        As in `report_pdf.to_pdf`.

    Raises
    ------
    CheckpointError
        The model is missing or damaged.
    """

    def __init__(self, model: str | None, paper: str, language: str) -> None:
        name = model or checkpoint.DEFAULT_MODEL
        self._model = checkpoint.load(name)
        self._identity = model_identity(name)
        self._paper, self._language = paper, language

    def write(self, recording: Recording, out: Path, start_s: float = 0.0) -> dict[str, Any]:
        """Write one report, as the ending of `out` tells; return what was written, for a line.

        `start_s` tells where the recording begins in a longer one.

        Raises
        ------
        WriteError
            The file cannot be written there.
        """
        shown = recording.window(0.0, PAGE_S)
        quality = assess(shown)
        prediction, unread = self._read(shown, quality)
        content = build_report(
            shown,
            prediction,
            quality,
            measure(shown),
            model=self._identity,
            start_s=start_s,
            unread=unread,
        )
        try:
            write_whole(out, self._bytes(content, out.suffix.lower()))
        except OSError as error:
            reason = error.strerror or "unknown reason"
            raise WriteError(f'"{out}" cannot be written: {reason}.') from error
        return {
            "out": str(out),
            "model": self._identity.name,
            "verdict": quality.verdict,
            "findings": [finding.code for finding in content.findings if finding.reported],
            "unread": list(content.unread),
            "warnings": list(content.notes),
        }

    def _read(self, recording: Recording, quality: Quality) -> tuple[Prediction | None, str]:
        """Predict on the leads that the quality gate admits; otherwise say why not."""
        if quality.refused:
            return None, ""
        try:
            return predict(self._model, recording, quality.usable), ""
        except SignalError as error:
            return None, str(error)

    def _bytes(self, content: ReportContent, ending: str) -> bytes:
        if ending == ".csv":
            return to_csv(content)
        write = to_png if ending == ".png" else to_pdf
        return write(content, self._paper, self._language)


def check_out(out: Path) -> None:
    """Refuse an output that names no file or no format, before anything is read.

    Raises
    ------
    WriteError
        It is a folder, or its ending is none of `ENDINGS`.
    """
    if out.is_dir():
        raise WriteError(f'"{out}" is a folder; give the name of a file to write.')
    if out.suffix.lower() not in ENDINGS:
        raise WriteError(
            f'The output ends in "{out.suffix}", expected one of {", ".join(ENDINGS)}.'
        )
