"""The parts of a multipart body, replaced where they stand."""

import re

from ...domain.withheld import NOT_STORED
from ..bounds import MAX_FIELDS
from .names import FieldNames, Undecidable
from .values import in_string

_NAME = re.compile(r'(?:^|[;\s])name(\*?)\s*=\s*("(?:[^"\\]|\\.)*+"|[^;\s]*+)', re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_PLAIN_TRANSFER = ("", "7bit", "8bit", "binary")
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")


def in_parts(body: bytes, boundary: str, names: FieldNames, found: set[str]) -> bytes:
    """A multipart body. Raises Undecidable. `found` gets the names that were replaced."""
    if not boundary:
        raise Undecidable("it has no boundary between its parts")
    mark = b"--" + boundary.encode("latin-1", "replace")
    before, *parts = body.split(mark)
    if len(parts) > MAX_FIELDS:
        raise Undecidable(f"it has more than {MAX_FIELDS:,} parts")
    if not parts or before.strip():
        raise Undecidable("its parts cannot be separated")
    return mark.join([before, *(_in_part(part, names, found) for part in parts)])


def _in_part(part: bytes, names: FieldNames, found: set[str]) -> bytes:
    if part.startswith(b"--"):
        if part[2:].strip():
            raise Undecidable("it has something behind its last part")
        return part
    end = _HEAD_END.search(part)
    if end is None:
        if part.strip():
            raise Undecidable("a part of it has no end of its head")
        return part
    head = part[: end.start()].decode("utf-8", "replace")
    stop = len(part) - len(part[end.end() :]) + len(part[end.end() :].rstrip(b"\r\n"))
    content, rest = part[end.end() : stop], part[stop:]
    known = _name_of(head, names)
    if known is not None:
        found.add(known)
        return part[: end.end()] + NOT_STORED.encode() + rest
    return part[: end.end()] + _in_content(head, content, names, found) + rest


def _name_of(head: str, names: FieldNames) -> str | None:
    """The name that is not stored, if the part has it. A part has one name, in one notation."""
    given = _NAME.findall(head)
    if len(given) != 1 or "=?" in head:
        raise Undecidable("the name of a part of it is not certain")
    starred, value = given[0]
    plain = value.rpartition("'")[2] if starred else value
    return names.find(plain.strip('"').replace("\\", ""))


def _in_content(head: str, content: bytes, names: FieldNames, found: set[str]) -> bytes:
    lower = head.lower()
    transfer = re.search(r"^content-transfer-encoding\s*:\s*(\S*)", lower, re.MULTILINE)
    if (transfer and transfer[1] not in _PLAIN_TRANSFER) or "multipart/" in lower or "content-encoding" in lower:
        raise Undecidable("a part of it is encoded")
    if content.startswith(_PACKED):
        raise Undecidable("a part of it is compressed")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        # A picture has no fields. Whatever else it is, it must not have one of the names.
        if names.mention(content.decode("latin-1")) is not None:
            raise Undecidable("a part of it that is no text has the name of a field that is not stored") from None
        return content
    if "\0" in text:
        raise Undecidable("a part of it is no text")
    shown = in_string(text, names, found)
    return content if shown == text else shown.encode()
