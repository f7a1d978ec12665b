"""Headers that are nearly those of a scheme: a wrong name, and one that was sent twice.

Sources, read 2026-11-28: PHP's names of headers (github.com/plivo/plivo-php/issues/130), a prefix that does not exist
(`x-telnyx-signature-ed25519` in public code).
"""

from collections.abc import Sequence

from ..domain.captures import RawRequest
from .model import Scheme

# Other senders have headers with nearly these names.
_SHARED = frozenset({b"webhook-signature"})
_WORD = b"signature"


def near_header(raw: RawRequest, schemes: Sequence[Scheme]) -> str | None:
    """Words for the first header whose name differs from a scheme's by prefix or separators; None without one."""
    if _WORD not in raw.head.lower():
        return None
    marks = {_bare(mark): mark for scheme in schemes for mark in scheme.marks - _SHARED if _WORD in mark}
    for name, _ in raw.headers:
        mark = marks.get(_bare(name))
        if mark is not None and name.lower() != mark:
            return f"the header is called {name.decode('latin-1')[:80]}, not {mark.decode()}"
    return None


def _bare(name: bytes) -> bytes:
    """A name without what proxies, CGI and PHP put before it."""
    bare = name.lower().replace(b"_", b"-")
    for prefix in (b"http-", b"x-original-", b"x-forwarded-", b"x-"):
        bare = bare.removeprefix(prefix)
    return bare.replace(b"-", b"")


def repeated_header(raw: RawRequest, marks: frozenset[bytes]) -> str | None:
    """The name of a scheme's header that was sent more than once."""
    seen: set[bytes] = set()
    for name, _ in raw.headers:
        lower = name.lower()
        if lower in seen:
            return name.decode("latin-1")
        if lower in marks:
            seen.add(lower)
    return None
