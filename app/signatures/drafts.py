"""A request that is about to be signed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from ..domain.captures import Headers, RawRequest, write_lines
from .digests import seconds
from .model import SignedRequest
from .reading import to_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be signed. `at` is the time of the signature, `wrongly`: the signature shall be an invalid one."""

    method: str
    url: str
    headers: Headers
    body: bytes
    at: datetime
    wrongly: bool = False

    @property
    def stamp(self) -> bytes:
        """Whole seconds since 1970."""
        return b"%d" % seconds(self.at)

    @property
    def nonce(self) -> str:
        """32 hexadecimal digits, which differ for each request and each time."""
        return sha256(b"\n".join((self.at.isoformat().encode(), to_bytes(self.url), self.body))).hexdigest()[:32]

    @property
    def uuid(self) -> str:
        """The nonce, written as a UUID."""
        digits = self.nonce
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def first(self, name: bytes) -> bytes | None:
        """The first value of a header; its name in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def replaced(self, headers: Headers) -> "Draft":
        """With these headers only."""
        return replace(self, headers=headers)

    def without(self, names: Iterable[bytes]) -> "Draft":
        """Without these headers; their names in lower case."""
        gone = frozenset(names)
        return self.replaced(tuple(header for header in self.headers if header[0].lower() not in gone))

    def having(self, *headers: tuple[bytes, bytes]) -> "Draft":
        """With these headers at the end, instead of those with the same names."""
        rest = self.without(name.lower() for name, _ in headers)
        return rest.replaced(rest.headers + headers)

    def as_request(self) -> SignedRequest:
        """As a scheme sees it."""
        raw = RawRequest(
            method=self.method,
            target="/",
            http_version="1.1",
            head=write_lines(self.headers),
            body=self.body,
            body_complete=True,
            peer="",
            received_at=self.at,
        )
        return SignedRequest(raw=raw, url=self.url, body=self.body, certificates={})
