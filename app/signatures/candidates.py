"""Header values that may be a signature, its time stamp or its id, of a sender that smsbin has no scheme for.

Only a header whose name suggests a signature makes a request a signed one; for a check, every value that has the length
of a digest is tried, because one that fits proves itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from ..domain.captures import read_lines
from .digests import from_base64

DIGEST_BYTES = {"sha1": 20, "sha256": 32, "sha512": 64}
MAX_SIGNATURES = 6
MAX_STAMPS = 2
MAX_IDS = 2
_MAX_VALUE = 1024
_MAX_ITEMS = 12
_MAX_STAMP = 40
_MAX_ID = 200

_SIGNATURE = re.compile(r"sig|hmac|mac\b|hash|digest|auth", re.ASCII)
_IN_HEAD = re.compile(_SIGNATURE.pattern.encode())
_STAMP = re.compile(r"time|stamp|\bts\b|\bdate\b", re.ASCII)
_STAMP_LABELS = ("t", "ts", "timestamp")
_ID = re.compile(r"id$|nonce|delivery", re.ASCII)
# Hashes without a key (RFC 3230, RFC 9530).
_NO_SIGNATURES = frozenset({"digest", "content-digest", "repr-digest", "want-digest", "content-md5"})
_BETWEEN = re.compile(r'[\s,;"]+')
_LABEL = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,19})[=:]", re.ASCII)
_HEX = re.compile(r"[0-9A-Fa-f]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class SentDigest:
    """A value with the length of a digest. `text` is the value without its label, `encoding` is hex, b64 or b64url."""

    header: str
    text: str
    value: bytes
    encoding: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the headers may mean, the likely values first. `named`: a header has the name of a signature."""

    digests: tuple[SentDigest, ...]
    stamps: tuple[bytes, ...]
    ids: tuple[bytes, ...]
    named: bool


@lru_cache(maxsize=16)
def candidates_in(head: bytes) -> Candidates:
    """Cached, because each variant of a request reads the same headers."""
    digests: list[SentDigest] = []
    stamps: list[tuple[str, str]] = []
    ids: list[tuple[str, str]] = []
    for key, raw_value in read_lines(head):
        name, value = key.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name not in _NO_SIGNATURES:
            digests.extend(_digests(name, value))
            stamps.extend((name, item) for label, item in _items(value) if label in _STAMP_LABELS)
        if _STAMP.search(name) and value:
            stamps.append((name, value))
        if _ID.search(name) and value:
            ids.append((name, value))
    digests.sort(key=lambda digest: not _SIGNATURE.search(digest.header))
    likely = digests[0].header if digests else ""
    return Candidates(
        digests=tuple(dict.fromkeys(digests))[:MAX_SIGNATURES],
        stamps=_nearest(likely, stamps, MAX_STAMPS, _MAX_STAMP),
        ids=_nearest(likely, ids, MAX_IDS, _MAX_ID),
        named=_SIGNATURE.search(likely) is not None,
    )


def may_have_some(head: bytes) -> bool:
    """Whether a name in the head may be that of a signature: a quick test for requests without one."""
    return _IN_HEAD.search(head.lower()) is not None


def digest_in(text: str) -> bytes | None:
    """The bytes of the first digest in a signature, whatever its label and its encoding are."""
    decoded = (_decoded(item) for _, item in _items(text))
    return next((found[0] for found in decoded if found is not None), None)


def _items(value: str) -> Iterator[tuple[str, str]]:
    """The parts of a header value with their labels, and each part as it is: a Base64 text can look like a label.
    Read are `t=1,v1=ab`, `sha256=ab`, `v1,ab`, `v1:ab`, `HMAC ab` and `HMAC key:ab`."""
    for item in _BETWEEN.split(value[:_MAX_VALUE])[:_MAX_ITEMS]:
        if label := _LABEL.match(item):
            yield label[1].lower(), item[label.end() :]
        elif ":" in item:
            yield "", item.rpartition(":")[2]
        yield "", item


def _digests(name: str, value: str) -> Iterator[SentDigest]:
    for _, item in _items(value):
        decoded = _decoded(item)
        if decoded is not None:
            yield SentDigest(name, item, *decoded)


def _decoded(text: str) -> tuple[bytes, str] | None:
    """The bytes and the encoding of what has the length of a digest. Without a character that only one alphabet has,
    a text without padding is taken for Base64 for URLs, which usually has none."""
    if _HEX.fullmatch(text) and len(text) in [2 * length for length in DIGEST_BYTES.values()]:
        return bytes.fromhex(text), "hex"
    value = from_base64(text)
    if value is None or len(value) not in DIGEST_BYTES.values():
        return None
    if {"+", "/"} & {*text}:
        return value, "b64"
    return value, "b64" if text.endswith("=") and not {"-", "_"} & {*text} else "b64url"


def _nearest(header: str, found: list[tuple[str, str]], count: int, longest: int) -> tuple[bytes, ...]:
    """Values of headers whose names begin as that of the signature come first."""
    ordered = sorted(found, key=lambda pair: -_shared(header, pair[0]))
    values = [value.encode("latin-1") for _, value in ordered if len(value) <= longest]
    return tuple(dict.fromkeys(values))[:count]


def _shared(one: str, other: str) -> int:
    """How many characters two names begin with in common."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))
