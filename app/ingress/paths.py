"""Finds the capture URL in a request line. Runs before any parser, because a parser may reject the rest of the
request."""

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from ..domain.bins import KEY_PATTERN
from ..domain.roles import Role

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
# Printable ASCII or non-ASCII bytes, because simple gateways send raw UTF-8. A path ends at `?` or `#`.
_TARGET = rb"[!-~\x80-\xff]*"
_PATH = rb"[!\"$->@-~\x80-\xff]*"
_VERSION = rb"HTTP/(0\.9|1\.[01]|2\.0)\r\n"
_ABSOLUTE = rb"(?:[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s]*)?"
# What may follow a target, after the last blank of its line.
_ANY_VERSION = re.compile(rb"HTTP/[0-9.]*")
_ROLES = {role.value.encode(): role for role in Role}


class RequestLine(NamedTuple):
    """A request line. `end` is the position after its line break.

    `version` is None unless the line is `METHOD target HTTP/1.1`, or has version 0.9, 1.0 or 2.0. `key` and `tail`
    are the parts of a capture URL; None and empty for other URLs.
    """

    method: bytes
    target: bytes
    version: bytes | None
    end: int
    key: str | None = None
    tail: bytes = b""

    @property
    def role(self) -> Role:
        """The role named by the first segment after the key, in lower case; any other segment is the primary role."""
        return _ROLES.get(self.tail[1:].partition(b"/")[0], Role.PRIMARY)


class CapturePaths:
    """Parses request lines of a server with this base path."""

    def __init__(self, base_path: str) -> None:
        base = re.escape(base_path.encode())
        key = KEY_PATTERN.encode()
        url = rb"%s%s/(%s)" % (_ABSOLUTE, base, key)
        self._capture = re.compile(rb"(%s) (%s((?:/%s)?)(?:[?#]%s)?) %s" % (_TOKEN, url, _PATH, _TARGET, _VERSION))
        self._other = re.compile(rb"(%s) (%s) %s" % (_TOKEN, _TARGET, _VERSION))
        self._url = re.compile(rb"%s((?:/[^?#]*)?)(?:[?#]|$)" % url)
        self._broken = re.compile(rb"(%s) (\S*)" % _TOKEN)

    def read(self, data: bytes) -> RequestLine | None:
        """The request line at the beginning of the bytes; None if there is neither a valid request line nor a
        capture URL."""
        match = self._capture.match(data)
        if match is not None:
            method, target, key, tail, version = match.groups()
            return RequestLine(method, target, version, match.end(), key.decode(), tail)
        match = self._other.match(data)
        if match is None:
            return self.read_broken(data)
        method, target, version = match.groups()
        url = self._match_url(target)
        if url is None:
            return RequestLine(method, target, version, match.end())
        return RequestLine(method, target, version, match.end(), url[1].decode(), url[2])

    def read_broken(self, data: bytes) -> RequestLine | None:
        """A line that begins with a token, a space and a capture path; the target ends at the end of the line."""
        match = self._broken.match(data)
        url = None if match is None else self._match_url(match[2])
        if match is None or url is None:
            return None
        end = data.find(b"\n") + 1 or len(data)
        # No pattern that searches for its beginning: at thousands of blanks that would take seconds.
        rest = data[match.end(1) + 1 : end].rstrip()
        target, _, version = rest.rpartition(b" ")
        if _ANY_VERSION.fullmatch(version) is None:
            target = rest
        return RequestLine(match[1], target, None, end, url[1].decode(), url[2])

    def _match_url(self, target: bytes) -> re.Match[bytes] | None:
        """The key of a capture URL and what follows it, percent-decoded if there is none otherwise."""
        return self._url.match(target) or (self._url.match(unquote_to_bytes(target)) if b"%" in target else None)
