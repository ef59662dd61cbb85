"""Reads a PDF page back as PDFium sees it: lines and texts with their places in mm, or pixels."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

MM_PER_POINT = 25.4 / 72
MM_PER_PIXEL = 0.2


@dataclass(frozen=True)
class Line:
    """One stroked path."""

    points: np.ndarray  # (n, 2), mm from the lower left corner
    width_mm: float
    colour: tuple[int, int, int]


@dataclass(frozen=True)
class Words:
    """One text object and its bounds, mm."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    embedded: bool


@dataclass(frozen=True)
class Drawing:
    """What is on the only page of a document."""

    width_mm: float
    height_mm: float
    lines: tuple[Line, ...]
    words: tuple[Words, ...]
    text: str
    metadata: dict[str, str]


def read_drawing(pdf: bytes) -> Drawing:
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1, f"{len(document)} pages"
    page = document[0]
    textpage = page.get_textpage()
    text = textpage.get_text_range()
    objects = list(page.get_objects())
    width, height = page.get_size()
    drawing = Drawing(
        width * MM_PER_POINT,
        height * MM_PER_POINT,
        tuple(_line(x) for x in objects if x.type == pdfium.FPDF_PAGEOBJ_PATH and _stroked(x)),
        tuple(_words(x, textpage) for x in objects if x.type == pdfium.FPDF_PAGEOBJ_TEXT),
        " ".join(text.split()),
        document.get_metadata_dict(),
    )
    document.close()
    return drawing


def _stroked(path: pypdfium2.PdfObject) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    assert pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    return bool(stroke.value)


def _line(path: pypdfium2.PdfObject) -> Line:
    width = ctypes.c_float()
    assert pdfium.FPDFPageObj_GetStrokeWidth(path, width)
    colour = [ctypes.c_uint() for _ in range(4)]
    assert pdfium.FPDFPageObj_GetStrokeColor(path, *colour)
    points = np.array(list(_points(path))) * MM_PER_POINT
    return Line(points, width.value * MM_PER_POINT, tuple(x.value for x in colour[:3]))


def _points(path: pypdfium2.PdfObject) -> Iterator[tuple[float, float]]:
    matrix = path.get_matrix()
    for number in range(pdfium.FPDFPath_CountSegments(path)):
        segment = pdfium.FPDFPath_GetPathSegment(path, number)
        x, y = ctypes.c_float(), ctypes.c_float()
        assert pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        yield matrix.on_point(x.value, y.value)


def _words(item: pypdfium2.PdfObject, textpage: pypdfium2.PdfTextPage) -> Words:
    length = pdfium.FPDFTextObj_GetText(item, textpage, None, 0)
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    pdfium.FPDFTextObj_GetText(item, textpage, buffer, length)
    text = bytes(buffer)[: max(length - 2, 0)].decode("utf-16-le")
    left, bottom, right, top = (x * MM_PER_POINT for x in item.get_bounds())
    embedded = pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(item)) == 1
    return Words(text, left, bottom, right, top, embedded)


def rendered(pdf: bytes) -> np.ndarray:
    """Pixels of the only page, from its upper left corner."""
    document = pypdfium2.PdfDocument(pdf)
    pixels = document[0].render(scale=MM_PER_POINT / MM_PER_PIXEL).to_numpy().copy()
    document.close()
    return pixels
