"""XML of untrusted origin: parsed within bounds, without entities or anything from outside.

Real files carry a DOCTYPE (every GE MUSE file does), so the declaration is allowed; what a
declaration could do, define entities or fetch a file, is refused.
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
_COMMENTS = re.compile(r"<!--.*?-->", re.DOTALL)
_LOOKED_AT_BYTES = 16_384
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
    head = data[:_LOOKED_AT_BYTES]
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = head.decode("utf-16" if wide else "utf-8-sig", errors="ignore").lstrip()
    if "\0" in text or not _BEGINNING.match(text):
        return None
    match = _ROOT.search(_COMMENTS.sub("", text))
    return match[1].lower() if match else None


def parse(data: bytes) -> Element:
    """Parse a document; tags and attributes come without their namespaces.

    Raises
    ------
    ReadError
        Not well-formed, defines or uses entities, or is over the limits.
    """
    parser = DefusedXMLParser(
        target=_BoundedBuilder(), forbid_dtd=False, forbid_entities=True, forbid_external=True
    )
    try:
        parser.feed(data)
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


def numbers(text: str, what: str) -> npt.NDArray[np.float64]:
    """Return the numbers of a list, separated by spaces, line ends or commas.

    Raises
    ------
    ReadError
        There is something else among them, or there are too many.
    """
    if len(text) > 16 * MAX_VALUES:
        raise ReadError(f"The list of {what} is longer than {MAX_VALUES} values.")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # NumPy warns where it stops at something that is no number
        try:
            return np.fromstring(text.replace(",", " "), dtype=np.float64, sep=" ")
        except (ValueError, DeprecationWarning) as error:
            raise ReadError(f"The list of {what} holds something that is not a number.") from error
