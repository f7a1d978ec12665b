"""XML through defusedxml without any DTD, into plain values, stopped at the first element too many.

Why a target of our own: elements are counted while the tree is built, so a bomb never fills the memory.
"""

import re
from typing import cast
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from .bounds import MAX_DEPTH, MAX_FIELDS, TooMuch, Unreadable
from .results import XmlNode

MAX_NAMESPACE = 1_000
_LONG_VALUE = re.compile(rf"""=\s*+(?:"[^"<]{{{MAX_NAMESPACE + 1}}}|'[^'<]{{{MAX_NAMESPACE + 1}}})""")
_BEFORE_NAMES = " \t\r\n<\"'"


def read_xml(text: str) -> XmlNode:
    """The root element. Unreadable says why not: broken, with a DTD, too deep, too many elements.

    It takes text, not bytes: the parser would look up any codec that an XML declaration names.
    """
    if _has_long_namespace(text):
        # Checked before parsing: expat copies it for each element, and continues to the end whatever its handlers
        # raise.
        raise TooMuch(f"it has a namespace of more than {MAX_NAMESPACE} characters")
    parser = DefusedXMLParser(target=_Builder(), forbid_dtd=True)
    try:
        parser.feed(text)
        return cast(XmlNode, parser.close())
    except DefusedXmlException:
        raise TooMuch("it has a DTD, which is not supported") from None
    except ParseError as error:
        line, column = error.position
        reason = str(error).partition(":")[0]
        raise Unreadable(f"{reason} at line {line}, column {column + 1}") from None


class _Builder:
    """The target that the parser calls."""

    def __init__(self) -> None:
        self._root: XmlNode | None = None
        self._open: list[tuple[XmlNode, list[str]]] = []
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1 + len(attributes)
        if self._count > MAX_FIELDS:
            raise TooMuch(f"it has more than {MAX_FIELDS} elements and attributes")
        if len(self._open) >= MAX_DEPTH:
            raise TooMuch(f"it is nested deeper than {MAX_DEPTH} levels")
        named = {_local(name): value for name, value in attributes.items()}
        node = XmlNode(tag=_local(tag), attributes=named, text="", children=[])
        if self._open:
            self._open[-1][0]["children"].append(node)
        else:
            self._root = node
        self._open.append((node, []))

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1][1].append(text)

    def end(self, _tag: str) -> None:
        node, texts = self._open.pop()
        text = "".join(texts)
        # Between children, blanks are indentation; in a leaf they may be the message.
        node["text"] = text.strip() if node["children"] else text

    def close(self) -> XmlNode | None:
        return self._root


def _local(name: str) -> str:
    # "{address}name": one long address, repeated for every element, would make megabytes out of a small body.
    return name.rpartition("}")[2]


def _has_long_namespace(text: str) -> bool:
    return any(_name_before(text, found.start()).startswith("xmlns") for found in _LONG_VALUE.finditer(text))


def _name_before(text: str, end: int) -> str:
    """The name of the attribute whose equals sign is at `end`."""
    while end and text[end - 1].isspace():
        end -= 1
    return text[max(text.rfind(sign, 0, end) for sign in _BEFORE_NAMES) + 1 : end]
