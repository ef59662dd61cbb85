"""XML of untrusted origin: parsed within bounds, without entities or anything from outside.

Real files carry a DOCTYPE (every GE MUSE file does), so the declaration is allowed; what a
declaration could do, define entities, give attributes a default or fetch a file, is refused.
"""

from __future__ import annotations

import re
import warnings
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

import numpy as np
import numpy.typing as npt
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ecgcore.errors import ReadError
from ecgcore.io.limits import MAX_VALUES, MAX_XML_DEPTH, MAX_XML_ELEMENTS

# The first tag that is neither a declaration nor a comment.
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_BEGINNING = re.compile(r"<(?:\?xml|!|[A-Za-z_][\w.:-]*[\s/>])")
_COMMENTS = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LOOKED_AT_BYTES = 16_384
# UTF-16 by its byte order mark, or by its first "<" where that is missing.
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
# Python knows more codecs, some of which take a time that is quadratic in the length.
_DECLARED = re.compile(
    rb"""\s*<\?xml[^>]*?encoding\s*=\s*["'](us-ascii|iso-8859-\d+|windows-\d+|cp\d+|gb\w+|big5|"""
    rb"""euc-\w+|shift_jis|ks_c_5601-1987|koi8-[ru])["']""",
    re.IGNORECASE,
)
# An attribute takes 200 bytes or more, and is not counted by the parser before it holds them all.
_MAX_ATTRIBUTES = MAX_XML_ELEMENTS
_BLANKS = "\ufeff \t\r\n"
# A value that is missing between two others would shift those after it in time.
_MISSING_VALUE = re.compile(r",\s*,")
# Namespaces tell versions apart, which the readers see from the content.
_NAMESPACE = re.compile(r"\{[^}]*\}")


class _BoundedBuilder(TreeBuilder):
    """Builds the tree without namespaces, up to the limits."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._count += 1
        self._depth += 1
        if self._count > MAX_XML_ELEMENTS or self._depth > MAX_XML_DEPTH:
            raise ReadError(
                f"The XML document has more than {MAX_XML_ELEMENTS} elements or is nested more "
                f"than {MAX_XML_DEPTH} deep."
            )
        plain = {_NAMESPACE.sub("", name): value for name, value in attrs.items()}
        return super().start(_NAMESPACE.sub("", tag), plain)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(_NAMESPACE.sub("", tag))


def root_name(data: bytes) -> str | None:
    """Name of the root element in lower case, found without parsing; None for what is not XML."""
    text = _decode(data[:_LOOKED_AT_BYTES])
    if "\0" in text or not _BEGINNING.match(text):
        return None
    match = _ROOT.search(_COMMENTS.sub("", text))
    return match[1].lower() if match else None


def _refuse_defaults(*_declared: object) -> None:
    # Each element would get a copy of the default: 0.1 MB became 300 MB.
    raise ReadError("The XML document declares attributes of its elements, which is refused.")


def _decode(data: bytes) -> str:
    """Text of a document, from its first "<".

    Exporters declare UTF-16 for what they then save as UTF-8, and nothing for Latin-1; so what is
    not as declared is read as Latin-1, in which no byte is wrong. Names and remarks, the only
    places of other than ASCII letters, are dropped anyway.
    """
    if codec := _WIDE.get(data[:2]):
        return data.decode(codec, errors="replace").lstrip(_BLANKS)
    declared = _DECLARED.match(data[:200])
    codec = declared[1].decode("ascii") if declared else "utf-8"
    try:
        return data.decode(codec).lstrip(_BLANKS)
    except (LookupError, UnicodeDecodeError):
        return data.decode("latin-1").lstrip("\xef\xbb\xbf" + _BLANKS)


def parse(data: bytes) -> Element:
    """Parse a document; tags and attributes come without their namespaces.

    Raises
    ------
    ReadError
        Not well-formed, defines or uses entities, or is over the limits.
    """
    if data.count(b"=") > _MAX_ATTRIBUTES:
        raise ReadError(f"The XML document has more than {_MAX_ATTRIBUTES} attributes.")
    parser = DefusedXMLParser(
        target=_BoundedBuilder(), forbid_dtd=False, forbid_entities=True, forbid_external=True
    )
    parser.parser.AttlistDeclHandler = _refuse_defaults
    try:
        parser.feed(_decode(data))
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise ReadError(
            "The XML document defines entities or refers to other files, which is refused."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise ReadError("The XML document is damaged or cut short.") from error
    return root


def text_of(element: Element | None, path: str = ".") -> str:
    """Text of the first element at this path, without outer spaces; empty where there is none."""
    found = None if element is None else element.find(path)
    return "" if found is None else (found.text or "").strip()


def number(text: str | None, what: str) -> float:
    """Return the finite number that a text states.

    Raises
    ------
    ReadError
        It states none; `what` names it in the sentence.
    """
    try:
        value = float(text or "")
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise ReadError(f"The file states no usable {what}.")
    return value


def factor(text: str | None, what: str) -> float:
    """Return the finite number other than 0 that a text states.

    Raises
    ------
    ReadError
        It states none; `what` names it in the sentence.
    """
    value = number(text, what)
    if value == 0.0:
        raise ReadError(f"The file states 0 as {what}.")
    return value


def whole_number_of(element: Element, path: str, what: str) -> int | None:
    """Return the whole number at this path; None where there is no text.

    Raises
    ------
    ReadError
        There is something else; `what` names it in the sentence.
    """
    text = text_of(element, path)
    if not text:
        return None
    value = number(text, what)
    if not value.is_integer():
        raise ReadError(f"The file states {value:g} as {what}, expected a whole number.")
    return int(value)


def numbers(text: str, what: str) -> npt.NDArray[np.float64]:
    """Return the numbers of a list, separated by spaces, line ends or commas.

    Raises
    ------
    ReadError
        There is something else among them, one is missing, or there are too many.
    """
    if len(text) > 16 * MAX_VALUES:
        raise ReadError(f"The list of {what} is longer than {MAX_VALUES} values.")
    if _MISSING_VALUE.search(text):
        raise ReadError(f"The list of {what} lacks a value between two commas.")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # NumPy warns where it stops at something that is no number
        try:
            # Stripped, as NumPy makes one value (-1) of blanks.
            return np.fromstring(text.replace(",", " ").strip(), dtype=np.float64, sep=" ")
        except (ValueError, DeprecationWarning) as error:
            raise ReadError(f"The list of {what} holds something that is not a number.") from error
