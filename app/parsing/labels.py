"""The declared type of a body: header values with parameters, read leniently and in linear time.

Why not `email.message`: its parameter splitter is quadratic in quotes and semicolons.
"""

import re
from enum import StrEnum
from functools import lru_cache
from itertools import islice

import msgspec

from ..domain.captures import RawRequest
from .bounds import MAX_HEADER, MAX_PARAMETERS

_PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*+"|[^;]*)', re.DOTALL)
_JSON_LINES = {"x-ndjson", "ndjson", "jsonl", "x-jsonl", "jsonlines", "x-jsonlines", "json-lines", "json-seq"}
_ESCAPED = re.compile(r'\\(["\\])')


class Shape(StrEnum):
    """The structures that a body can be read as, by the word for them in sentences."""

    FORM = "a form"
    JSON = "JSON"
    XML = "XML"
    MULTIPART = "multipart"


class Label(msgspec.Struct, frozen=True):
    """A content type: the lower-case media type ("" when there is none) and its parameters."""

    type: str
    parameters: dict[str, str]

    @property
    def shape(self) -> Shape | None:
        """What the type promises, None when it promises nothing that is read here."""
        if self.type == "application/x-www-form-urlencoded":
            return Shape.FORM
        if self.type.startswith("multipart/"):
            return Shape.MULTIPART
        if self.type.endswith(("/json", "+json", "+json-seq")) or self.is_token:
            return Shape.JSON
        if self.type.partition("/")[2] in _JSON_LINES:
            return Shape.JSON
        return Shape.XML if self.type.endswith(("/xml", "+xml")) else None

    @property
    def is_token(self) -> bool:
        """Whether the body should be a JSON Web Token, which has JSON inside."""
        return self.type == "application/jwt" or self.type.endswith("+jwt")

    @property
    def promise(self) -> str | None:
        """What should be readable in the body, as a word in sentences; None: nothing that is read here."""
        if self.is_token:
            return "a JSON Web Token"
        return self.shape or ("text" if self.type.startswith("text/") else None)

    @property
    def is_binary(self) -> bool:
        """Whether guessing a charset would be silly."""
        return self.type.startswith(("image/", "audio/", "video/", "font/")) or self.type.endswith("/octet-stream")


def read_value(value: str) -> tuple[str, dict[str, str]]:
    """A header value and its parameters: names in lower case, quotes undone, the first of repeats."""
    value = value[:MAX_HEADER]
    main, _, _ = value.partition(";")
    parameters: dict[str, str] = {}
    for match in islice(_PARAMETER.finditer(value), MAX_PARAMETERS):
        name, text = match.groups()
        quoted = len(text) > 1 and text[0] == text[-1] == '"'
        parameters.setdefault(name.lower(), _ESCAPED.sub(r"\1", text[1:-1]) if quoted else text.strip())
    return main.strip(), parameters


def read_label(value: str) -> Label:
    """A content type header as a label."""
    main, parameters = read_value(value)
    return Label(main.lower(), parameters)


def label_of(raw: RawRequest) -> Label:
    """The request's own label; the empty one when there is no such header."""
    return _remembered((raw.header(b"content-type") or b"")[:MAX_HEADER])


@lru_cache(maxsize=256)
def _remembered(value: bytes) -> Label:
    """Cached: it is needed twice for each body that is no usual form, and there are few types."""
    return read_label(value.decode("latin-1"))
