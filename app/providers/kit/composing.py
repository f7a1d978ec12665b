"""Parts of composed requests. Nothing here is random: the same spec makes the same bytes."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from ..sheet import ComposedRequest

FORM = "application/x-www-form-urlencoded"
ACCEPT = ("Accept", "*/*")

Fields = Sequence[tuple[str, str]]


def form_post(fields: Fields, *first: tuple[str, str], content_type: str = FORM) -> ComposedRequest:
    """A form post with these headers first."""
    headers = (*first, ACCEPT, ("Content-Type", content_type))
    return ComposedRequest(method="POST", query="", headers=headers, body=urlencode(fields).encode())


def json_post(body: object, *first: tuple[str, str], content_type: str = "application/json") -> ComposedRequest:
    """A JSON post with these headers first."""
    headers = (*first, ("Content-Type", content_type))
    return ComposedRequest(method="POST", query="", headers=headers, body=dump(body))


def get(fields: Fields) -> ComposedRequest:
    """A GET with the fields in its query."""
    return ComposedRequest(method="GET", query=urlencode(fields), headers=(ACCEPT,), body=b"")


def dump(value: object) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def stamp_ms(moment: datetime) -> str:
    """`2024-07-11T09:26:30.012`, without a zone."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}"


def number_or_text(code: str) -> int | str:
    """A code as JSON has it: a number where it is one."""
    return int(code) if code.isdecimal() else code


def uuid_of(*parts: str) -> str:
    """An id in the shape of a UUID, the same for the same parts."""
    digits = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"
