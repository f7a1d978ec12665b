"""A request without the values that its bin never stores. Never raises."""

import hashlib
import re
from urllib.parse import quote

import msgspec

from ...domain.captures import RawRequest
from ...domain.privacy import Privacy
from ...domain.withheld import NOT_STORED, Withheld, WithheldBody
from ..labels import Shape, label_of
from .names import FieldNames, Undecidable, names_of
from .parts import in_parts
from .values import in_json, in_pairs

MAX_BODY = 256 << 10
"""Bytes of a body in which fields are looked for; of a larger one nothing is stored."""

_LINE_END = re.compile(rb"(\r\n|\n|\r)")
_SINGLE_BYTE = frozenset(
    {"iso-8859-1", "latin-1", "latin1", "iso-8859-15", "windows-1252", "cp1252", "us-ascii", "ascii"}
)
_UTF_8 = frozenset({"utf-8", "utf8", ""})
_MARK = "\ufeff"


def withhold(raw: RawRequest, privacy: Privacy) -> RawRequest:
    """The request as it is stored; the same object if nothing was replaced."""
    names = names_of(privacy)
    headers: set[str] = set()
    fields: set[str] = set()
    head = _in_head(raw.head, names, headers) if names.headers else raw.head
    target, no_query = _in_target(raw, names, fields)
    body, why = _in_body(raw, names, fields)
    if (head, target, body) == (raw.head, raw.target, raw.body):
        # The trailers of a chunked body may have any header.
        return msgspec.structs.replace(raw, framing=None) if raw.framing is not None else raw
    left_out = None
    if why is not None:
        left_out = WithheldBody(size=len(raw.body), sha256=hashlib.sha256(raw.body).hexdigest(), why=why)
    withheld = Withheld(headers=tuple(sorted(headers)), fields=tuple(sorted(fields)), query=no_query, body=left_out)
    return msgspec.structs.replace(raw, head=head, target=target, body=body, framing=None, withheld=withheld)


def _in_head(head: bytes, names: FieldNames, found: set[str]) -> bytes:
    """Header lines with values replaced, and without the further lines of such a value."""
    pieces = _LINE_END.split(head)
    lines: list[bytes] = []
    is_replaced = False
    for line, end in zip(pieces[::2], [*pieces[1::2], b""], strict=True):
        if is_replaced and line[:1] in (b" ", b"\t"):
            continue
        name = line.partition(b":")[0]
        is_replaced = name.strip().lower() in names.headers
        if is_replaced:
            found.add(name.strip().lower().decode("latin-1"))
            lines.append(name + b": " + NOT_STORED.encode() + end)
        else:
            lines.append(line + end)
    return b"".join(lines)


def _in_target(raw: RawRequest, names: FieldNames, found: set[str]) -> tuple[str, bool]:
    """The target with values replaced, and whether its whole query was."""
    path, mark, query = raw.target.partition("?")
    if not query or not names.fields:
        return raw.target, False
    given: set[str] = set()
    try:
        shown = in_pairs(query, names, given)
    except Exception:  # not certain, or a bug in smsbin: nothing that may be a value is stored
        return path + mark + quote(NOT_STORED), True
    found |= given
    return path + mark + shown, False


def _in_body(raw: RawRequest, names: FieldNames, found: set[str]) -> tuple[bytes, str | None]:
    """The body with values replaced; or nothing, and why."""
    if not raw.body or (raw.refused is None and not names.fields):
        return raw.body, None
    given: set[str] = set()
    try:
        body = _examined(raw, names, given)
    except Undecidable as reason:
        return b"", str(reason)
    except Exception:  # a bug in smsbin: nothing that may be a value is stored
        return b"", "smsbin could not examine it"
    found |= given
    return body, None


def _examined(raw: RawRequest, names: FieldNames, found: set[str]) -> bytes:
    """The body with values replaced. Raises Undecidable."""
    if raw.refused is not None:
        raise Undecidable("the request is not valid HTTP, so it is not certain what it has")
    if len(raw.body) > MAX_BODY:
        raise Undecidable("it is larger than 256 KiB")
    if any((raw.header(name) or b"").lower() not in plain for name, plain in _PLAIN):
        raise Undecidable("it is compressed")
    label = label_of(raw)
    if label.shape is Shape.MULTIPART:
        if sum(name.lower() == b"content-type" for name, _ in raw.headers) != 1:
            raise Undecidable("it has several types")
        return in_parts(raw.body, label.parameters.get("boundary", ""), names, found)
    text, charset = _decode(raw.body, label.parameters.get("charset", "").lower())
    if "\\" not in text and names.mention(text) is None:
        return raw.body  # nearly all bodies; escapes of JSON may be inside of other encodings
    mark = _MARK if text.startswith(_MARK) else ""
    return (mark + _in_text(text.removeprefix(_MARK), label.shape, names, found)).encode(charset)


def _in_text(text: str, shape: Shape | None, names: FieldNames, found: set[str]) -> str:
    shown = in_json(text, names, found)
    if shown is not None:
        return shown
    looks_like_form = "=" in text and not any(character.isspace() or character in "<{" for character in text)
    if shape is Shape.FORM or looks_like_form:
        return in_pairs(text, names, found)
    known = names.mention(text)
    if known is not None:
        raise Undecidable(f"it is neither JSON nor a form, and has the name {known}")
    return text


def _decode(body: bytes, declared: str) -> tuple[str, str]:
    """The text of a body, and its charset."""
    if b"\0" in body:
        raise Undecidable("it is no text")
    if declared in _SINGLE_BYTE:
        return body.decode("latin-1"), "latin-1"
    if declared not in _UTF_8:
        raise Undecidable(f"its charset {declared[:40]} is not examined")
    try:
        return body.decode(), "utf-8"
    except UnicodeDecodeError:
        raise Undecidable("it is no text") from None


_PLAIN = ((b"content-encoding", (b"", b"identity")), (b"transfer-encoding", (b"", b"identity", b"chunked")))
