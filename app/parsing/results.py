"""Results of parsing: frozen values that can always be encoded as UTF-8 and as JSON. Structs, because they are made for
every capture.
"""

from typing import Literal, TypeAlias, TypedDict

import msgspec

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None"
Pairs: TypeAlias = tuple[tuple[str, str], ...]


class XmlNode(TypedDict):
    """An element; names stand without namespaces, `text` is the element's own, children's left out."""

    tag: str
    attributes: dict[str, str]
    text: str
    children: "list[XmlNode]"


class Charset(msgspec.Struct, frozen=True, kw_only=True):
    """How the body's bytes became text. "zeros": UTF-16 without a byte order mark, by its zero bytes; "suggested" is a
    guess for people. `note` says what did not fit.

    `misfit` is a declared charset, as sent, that is known here but is not the one of the bytes.
    """

    name: str
    source: Literal["declared", "utf-8", "bom", "zeros", "suggested"]
    note: str | None = None
    misfit: str | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a multipart body. `name`, `filename` and `content_type` are as sent, and not trusted.

    `size` counts the bytes after the transfer encoding is undone; `text` is None for files and binary types.
    """

    name: str | None
    filename: str | None
    content_type: str | None
    size: int
    text: str | None


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that could be read in a request. At most one of form, JSON, XML and parts is there; if fields of a
    form, or parts, contain JSON, the JSON is there too, as an object with their names.

    `is_json` distinguishes the JSON body `null` from no JSON. `text` is None for an empty or a binary body. `error`
    says, for people, why something could not be read. `notes` list what was decompressed, decoded or taken apart
    although nothing declares it, in one sentence each.
    """

    query: Pairs
    form: Pairs | None = None
    is_json: bool = False
    json: JsonValue = None
    xml: XmlNode | None = None
    parts: tuple[Part, ...] | None = None
    text: str | None = None
    charset: Charset | None = None
    error: str | None = None
    notes: tuple[str, ...] = ()
