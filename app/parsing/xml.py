"""XML through defusedxml without any DTD, into plain values, stopped at the first element too many.

Why a target of our own: elements are counted while the tree is built, so a bomb never fills the memory.
"""

import re
from collections import Counter
from typing import cast
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from .bounds import MAX_DEPTH, MAX_FIELDS, MAX_PATH, TooMuch, Unreadable
from .results import Pairs, XmlNode

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


def flatten_xml(root: XmlNode) -> Pairs:
    """Texts and attributes by dotted path ("sms.to.0.number"), in order, as `flatten` does it for JSON.

    Of elements with the same name and parent, each has its number in the path. An attribute has the place of a child;
    where a child has its name, `@` is in front of it. An element with nothing in it is blank. What has a longer path
    than `MAX_PATH` is left out; depth and number were bounded when the XML was read.
    """
    pairs: list[tuple[str, str]] = []
    _collect(root, root["tag"], pairs)
    return tuple(pairs)


def _collect(node: XmlNode, path: str, pairs: list[tuple[str, str]]) -> None:
    if len(path) > MAX_PATH:
        return
    totals = Counter(child["tag"] for child in node["children"])
    named = (
        (f"{path}.@{name}" if name in totals else f"{path}.{name}", value) for name, value in node["attributes"].items()
    )
    pairs += ((name, value) for name, value in named if len(name) <= MAX_PATH)
    if node["text"].strip() or not (node["children"] or node["attributes"]):
        pairs.append((path, node["text"]))
    seen: Counter[str] = Counter()
    for child in node["children"]:
        tag = child["tag"]
        _collect(child, f"{path}.{tag}.{seen[tag]}" if totals[tag] > 1 else f"{path}.{tag}", pairs)
        seen[tag] += 1


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
