"""A page of vector drawing in millimetres, with one font that has Latin and Chinese characters.

x grows to the right and y upwards from the lower left corner, as on the sheet of `layout`.
"""

from __future__ import annotations

import importlib.resources
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import paperang_p2_fonts_cjk
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONT = "WenQuanYi Micro Hei"
_FONT_FILE = "fonts/wqy-microhei.ttc"
_PT_MM = 1.0 / mm
_FILL, _FILL_AND_OUTLINE = 0, 2  # text rendering modes, ISO 32000-1, 9.3.6
# Chinese and its neighbours break anywhere, words of other scripts at blanks.
_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_TOKEN = re.compile(rf"\s+|[{_WIDE}]|[^\s{_WIDE}]+")
_NEVER_FIRST = "，。、；：！？）》」』”’…%％"
UNPRINTABLE = "\ufffd"

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A part of the page, mm."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.left + self.width

    @property
    def top(self) -> float:
        """Upper edge."""
        return self.bottom + self.height


class Page:
    """One page; lengths in mm, sizes of text in points."""

    def __init__(self, width_mm: float, height_mm: float, title: str) -> None:
        _font()
        self._stream = io.BytesIO()
        # Invariant: no date and no random identifier, so that equal reports are equal files.
        self._canvas = Canvas(
            self._stream,
            pagesize=(width_mm * mm, height_mm * mm),
            invariant=1,
            initialFontName=FONT,
        )
        self._canvas.setTitle(title)
        self._canvas.setAuthor("")
        self._canvas.setSubject("")
        self._canvas.setCreator("Leadproof")
        self._canvas.setLineJoin(1)  # round: a sharp R peak gets no spike of its own
        self._canvas.setLineCap(1)

    def finish(self) -> bytes:
        """Return the document."""
        self._canvas.showPage()
        self._canvas.save()
        return self._stream.getvalue()

    def text(
        self,
        at: Point,
        text: str,
        size: float,
        colour: str,
        *,
        align: str = "left",
        bold: bool = False,
    ) -> None:
        """Write one line, its baseline at `at`; `align` tells which end of it that is."""
        x, y = at
        text = printable(text)
        if align != "left":
            x -= width_mm(text, size) * (1.0 if align == "right" else 0.5)
        # The font has no bold cut: its outlines are drawn as well as filled.
        self._write((x, y), text, size, colour, outline_pt=0.03 * size if bold else 0.0)

    def halo(self, at: Point, text: str, size: float, colour: str) -> None:
        """Clear the ground for a line of text that is written over something else."""
        self._write(at, printable(text), size, colour, outline_pt=0.2 * size)

    def _write(self, at: Point, text: str, size: float, colour: str, *, outline_pt: float) -> None:
        line = self._canvas.beginText(at[0] * mm, at[1] * mm)
        line.setFont(FONT, size)
        line.setFillColor(HexColor(colour))
        if outline_pt:
            self._canvas.setLineWidth(outline_pt)
            line.setStrokeColor(HexColor(colour))
            line.setTextRenderMode(_FILL_AND_OUTLINE)
        line.textOut(text)
        line.setTextRenderMode(_FILL)
        self._canvas.drawText(line)

    def lines(self, segments: Sequence[tuple[Point, Point]], width: float, colour: str) -> None:
        """Draw straight lines, each from its first point to its second."""
        self._pen(width, colour)
        self._canvas.lines([(a * mm, b * mm, c * mm, d * mm) for (a, b), (c, d) in segments])

    def dotted(self, one: Point, other: Point, width: float, colour: str) -> None:
        """Draw one dotted line."""
        self._canvas.saveState()
        self._canvas.setDash(0.1 * mm, 0.7 * mm)
        self.lines([(one, other)], width, colour)
        self._canvas.restoreState()

    def polyline(
        self, points: Sequence[Point], width: float, colour: str, within: Box | None = None
    ) -> None:
        """Draw one line through all points; what lies outside of `within` is cut off."""
        self._canvas.saveState()
        if within is not None:
            clip = self._canvas.beginPath()
            clip.rect(within.left * mm, within.bottom * mm, within.width * mm, within.height * mm)
            self._canvas.clipPath(clip, stroke=0, fill=0)
        self._pen(width, colour)
        path = self._canvas.beginPath()
        path.moveTo(points[0][0] * mm, points[0][1] * mm)
        for x, y in points[1:]:
            path.lineTo(x * mm, y * mm)
        self._canvas.drawPath(path, stroke=1, fill=0)
        self._canvas.restoreState()

    def fill(self, box: Box, colour: str) -> None:
        """Fill a rectangle."""
        self._canvas.setFillColor(HexColor(colour))
        self._canvas.rect(
            box.left * mm, box.bottom * mm, box.width * mm, box.height * mm, stroke=0, fill=1
        )

    def _pen(self, width: float, colour: str) -> None:
        self._canvas.setLineWidth(width * mm)
        self._canvas.setStrokeColor(HexColor(colour))


def _font() -> TTFont:
    """Return the font, read from its package once per process."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        package = importlib.resources.files(paperang_p2_fonts_cjk)
        with importlib.resources.as_file(package / _FONT_FILE) as path:
            pdfmetrics.registerFont(TTFont(FONT, str(path), subfontIndex=0))
    return pdfmetrics.getFont(FONT)


def has_glyph(character: str) -> bool:
    """Tell whether the font can show a character."""
    return ord(character) in _font().face.charToGlyph


def printable(text: str) -> str:
    """Return the text as it can be printed on one line.

    Blanks of all kinds become spaces, marks without a shape go, and what the font does not have
    becomes `UNPRINTABLE`, which shows that something stood there.
    """
    composed = unicodedata.normalize("NFC", text)
    shown = (" " if x.isspace() else x for x in composed)
    kept = (x for x in shown if unicodedata.category(x) not in ("Cc", "Cf"))
    return "".join(x if has_glyph(x) else UNPRINTABLE for x in kept)


def width_mm(text: str, size: float) -> float:
    """Width of a printable line, mm."""
    return float(pdfmetrics.stringWidth(text, FONT, size)) * _PT_MM


def wrapped(text: str, size: float, room_mm: float) -> list[str]:
    """Break a text into lines no wider than `room_mm`; its own line breaks are kept."""
    return [
        line for paragraph in text.splitlines() for line in _paragraph(paragraph, size, room_mm)
    ]


def _paragraph(text: str, size: float, room_mm: float) -> list[str]:
    lines = [""]
    for token in _TOKEN.findall(printable(text)):
        for piece in _pieces(token, size, room_mm):
            fits = width_mm((lines[-1] + piece).rstrip(), size) <= room_mm
            # Punctuation may stand out by its own width, yet never begins a line.
            if fits or piece in _NEVER_FIRST or not lines[-1]:
                lines[-1] += piece
            else:
                lines.append(piece.lstrip())
    return [line.rstrip() for line in lines]


def _pieces(token: str, size: float, room_mm: float) -> list[str]:
    """Split a word that no line can hold."""
    if width_mm(token, size) <= room_mm:
        return [token]
    return list(token)


def shortened(text: str, size: float, room_mm: float) -> str:
    """Cut one printable line to `room_mm`, with an ellipsis where something is missing."""
    text = printable(text)
    if width_mm(text, size) <= room_mm:
        return text
    while text and width_mm(f"{text}…", size) > room_mm:
        text = text[:-1]
    return f"{text.rstrip()}…"
