"""Multipart bodies cut into their parts, byte for byte and in linear time.

Why not `email.parser`: it turns CRLF into LF inside of files, and recurses once for every nested multipart.
A nested multipart is one part here.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from itertools import islice, pairwise
from quopri import decodestring
from urllib.parse import unquote_to_bytes

from .bounds import MAX_FIELDS, MAX_HEADER, Unreadable
from .charsets import decode, guess_western
from .labels import Label, Shape, read_label, read_value
from .results import Part

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")

EARLY = "The multipart body ends before its last boundary; the received part is shown."
MANY = f"Only the first {MAX_FIELDS} parts are parsed."


def read_parts(body: bytes, label: Label) -> tuple[tuple[Part, ...], str | None]:
    """The parts, and a sentence when some are missing. Unreadable: no boundary, or one that never comes."""
    boundary = label.parameters.get("boundary")
    if not boundary:
        raise Unreadable("its Content-Type has no boundary")
    line = rb"(?:\A|\r?\n)--" + re.escape(boundary[:200].encode("utf-8", "replace")) + rb"(--)?[ \t]*(?=\r?\n|\Z)"
    parts: list[Part] = []
    problem: str | None = EARLY
    found = _boundaries(re.compile(line), body)
    starts = list(islice(found, MAX_FIELDS + 1))
    if not starts:
        raise Unreadable("it does not contain its boundary")
    for (_, start, last), (end, _, _) in pairwise([*starts, (len(body), 0, False)]):
        if last:
            problem = None
            break
        if len(parts) == MAX_FIELDS:
            problem = MANY
            break
        parts.append(_read_part(body[start:end]))
    return tuple(parts), problem


def _boundaries(line: re.Pattern[bytes], body: bytes) -> Iterator[tuple[int, int, bool]]:
    for match in line.finditer(body):
        yield match.start(), match.end(), match[1] is not None


def _read_part(chunk: bytes) -> Part:
    """A chunk begins with the line end of its boundary."""
    head, *rest = _BLANK_LINE.split(chunk, maxsplit=1)
    headers = _read_head(head[:MAX_HEADER])
    content = _untransfer(rest[0] if rest else b"", headers.get("content-transfer-encoding", ""))
    _, disposition = read_value(headers.get("content-disposition", ""))
    content_type = headers.get("content-type")
    filename = _extended(disposition.get("filename*")) or disposition.get("filename")
    label = read_label(content_type or "")
    decoded = None
    if label.shape or label.type.startswith("text/") or (filename is None and not label.type):
        # The good guess would be made once for each of a thousand parts.
        decoded = decode(content, label.parameters.get("charset"), guess_western)
    return Part(
        name=disposition.get("name"),
        filename=filename,
        content_type=content_type,
        size=len(content),
        text=decoded[0] if decoded and label.shape is not Shape.MULTIPART else None,
    )


def _read_head(head: bytes) -> dict[str, str]:
    try:
        text = head.decode()
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    headers: dict[str, str] = {}
    for line in _FOLD.sub(" ", text).split("\n"):
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    return headers


def _untransfer(content: bytes, encoding: str) -> bytes:
    if encoding.lower() == "quoted-printable":
        return decodestring(content)
    if encoding.lower() == "base64":
        try:
            return b64decode(content)
        except binascii.Error:  # cut short or not base64 at all: better the bytes than nothing
            return content
    return content


def _extended(value: str | None) -> str | None:
    """`UTF-8''na%C3%AFve.txt`, the way to send any name."""
    if value is None or value.count("'") < 2:
        return None
    charset, _, escaped = value.split("'", 2)
    decoded = decode(unquote_to_bytes(escaped), charset, guess_western)
    return decoded[0] if decoded else None
