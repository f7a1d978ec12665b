"""What schemes read in a request: header values, the fields of a form, a URL as bytes. Nothing here raises."""

from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from ..domain.captures import RawRequest, read_lines
from ..parsing.forms import unescape
from ..parsing.labels import read_label

ByteFields = tuple[tuple[bytes, bytes], ...]

MAX_SIGNED_FIELDS = 4000
"""A form with more fields than this is not checked: sorting it for each variant would take too long."""

MAX_VALUES = 10
"""Signatures of one request: each is compared in each attempt."""

_FORM = "application/x-www-form-urlencoded"
_STANDARD_PORTS = {"http": 80, "https": 443}
_NO_BODY = ("GET", "HEAD")


@lru_cache(maxsize=32)
def _by_name(head: bytes) -> dict[bytes, tuple[str, ...]]:
    """The values of all headers by their names in lower case, at most `MAX_VALUES` of each. Cached, because every
    scheme and every variant of a request reads them."""
    found: dict[bytes, tuple[str, ...]] = {}
    for name, value in read_lines(head):
        lower = name.lower()
        values = found.get(lower, ())
        if len(values) < MAX_VALUES:
            found[lower] = (*values, value.decode("latin-1"))
    return found


def values_of(raw: RawRequest, name: bytes) -> tuple[str, ...]:
    """The values of a header, at most `MAX_VALUES`; its name in lower case."""
    return _by_name(raw.head).get(name, ())


def value_of(raw: RawRequest, name: bytes) -> str:
    """The first value of a header, "" without one."""
    values = _by_name(raw.head).get(name, ())
    return values[0] if values else ""


@lru_cache(maxsize=32)
def fields_of(body: bytes) -> ByteFields:
    """Names and values of a form as bytes, in order, blank and repeated ones too. No charset is applied, because a
    signature covers bytes; and bytes of UTF-8 sort as their code points do."""
    if body.count(b"&") > MAX_SIGNED_FIELDS:
        return ()
    pieces = (piece.partition(b"=") for piece in body.replace(b"+", b" ").split(b"&") if piece)
    return tuple((unescape(name), unescape(value)) for name, _, value in pieces)


def is_form(raw: RawRequest) -> bool:
    """Whether the fields of the body are signed one by one: a form, or a body without a type."""
    return raw.method.upper() not in _NO_BODY and _type_of(raw.head) in (_FORM, "")


@lru_cache(maxsize=32)
def _type_of(head: bytes) -> str:
    values = _by_name(head).get(b"content-type", ())
    return read_label(values[0]).type if values else ""


@lru_cache(maxsize=128)
def as_bytes(values: tuple[str, ...]) -> tuple[bytes, ...]:
    """Header values as the bytes that they were."""
    return tuple(value.strip().encode("latin-1", "replace") for value in values)


def to_bytes(text: str) -> bytes:
    """Text as it was sent: a target has one character a byte; everything else is UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def key_of(secret: str) -> bytes:
    """A secret as the bytes of a key."""
    return secret.encode("utf-8", "surrogatepass")


@lru_cache(maxsize=512)
def with_other_port(url: str) -> str:
    """The URL without its port, or, if it has none, with the standard one; unchanged where it cannot be read."""
    scheme, mark, rest = url.partition("://")
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    authority = rest[:end]
    host, colon, port = authority.rpartition(":")
    if colon and port.isdigit():
        return f"{scheme}{mark}{host}{rest[end:]}"
    if not mark or not authority:
        return url
    return f"{scheme}{mark}{authority}:{_STANDARD_PORTS.get(scheme, 80)}{rest[end:]}"


def with_standard_port(url: str) -> str:
    """`with_other_port`, but only the standard port is removed."""
    other = with_other_port(url)
    return other if len(other) > len(url) or with_other_port(other) == url else url


def query_of(url: str) -> str:
    """The query of a URL, not decoded."""
    try:
        return urlsplit(url).query
    except ValueError:
        return ""


def body_hash_of(url: str) -> str | None:
    """The parameter `bodySHA256` of a URL, with which Twilio and SignalWire sign JSON."""
    return next((value for name, value in parse_qsl(query_of(url)) if name == "bodySHA256"), None)
