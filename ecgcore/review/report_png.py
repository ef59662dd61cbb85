"""The report as a picture: its PDF page, rendered."""

from __future__ import annotations

import io
import threading

import pypdfium2

from ecgcore.review.report_content import ReportContent
from ecgcore.review.report_pdf import to_pdf

DPI = 200
_POINTS_PER_INCH = 72
# PDFium keeps global state and must not be entered by two sessions at once.
_ONE_AT_A_TIME = threading.Lock()


def to_png(content: ReportContent, paper: str = "A4", language: str = "en") -> bytes:
    """Render the report at `DPI` dots per inch.

    Parameters
    ----------
    content : ReportContent
    paper, language : str
        As in `report_pdf.to_pdf`.

    Raises
    ------
    WriteError
        Unknown paper or language.
    """
    pdf = to_pdf(content, paper, language)
    stream = io.BytesIO()
    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        try:
            picture = document[0].render(scale=DPI / _POINTS_PER_INCH).to_pil()
        finally:
            document.close()
    picture.save(stream, format="PNG", dpi=(DPI, DPI))
    return stream.getvalue()
