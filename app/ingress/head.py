"""Parses the header lines of a request, as far as they describe the body and the connection.

The lines are validated by llhttp, the parser of Node.js, through httptools. It rejects ambiguous requests (two
lengths, a length with a transfer coding, folded lines, bare line breaks). It supports a fixed list of methods only,
and captures may have any; so it gets the header lines after a constant request line, and `paths.py` parses the real
one.
"""

import msgspec
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

# Limits of a head in bytes and lines.
MAX_BYTES = 256 << 10
MAX_LINES = 256

_FIRST_LINE = b"POST / HTTP/1.1\r\n"
_OLD = (b"0.9", b"1.0")


class NotHttp(Exception):
    """The bytes are not a valid HTTP/1.x request; the message is the reason."""


class RequestHead(msgspec.Struct, frozen=True, gc=False):
    """`lines`: the header lines as received, each with its line break. `length`: the length of the body, 0 if there
    is none or it is `chunked`. `expects`: the sender waits for `100 Continue`. `forwarded`: X-Forwarded-For."""

    lines: bytes
    length: int
    chunked: bool
    keep_alive: bool
    expects: bool
    upgrade: bool
    forwarded: bytes | None

    @property
    def has_body(self) -> bool:
        """Whether a body follows the head."""
        return self.length > 0 or self.chunked


class _Headers:
    """Receives the callbacks of the parser."""

    __slots__ = ("chunked", "connection", "count", "expect", "forwarded", "length", "upgrade")

    def __init__(self) -> None:
        self.count = 0
        self.length = 0
        self.chunked = self.upgrade = False
        self.connection = self.expect = b""
        self.forwarded: bytes | None = None

    def on_header(self, name: bytes, value: bytes) -> None:
        self.count += 1
        # The length is checked first, because lower-casing creates a new object for each name.
        if len(name) not in _LENGTHS:
            return
        match name.lower():
            case b"content-length":
                self.length = int(value)
            case b"transfer-encoding":
                self.chunked = True
            case b"connection":
                self.connection += b"," + value.lower()
            case b"upgrade":
                self.upgrade = True
            case b"expect":
                self.expect = value.lower()
            case b"x-forwarded-for":
                self.forwarded = value if self.forwarded is None else b"%s, %s" % (self.forwarded, value)


_LENGTHS = frozenset(
    map(len, ("content-length", "transfer-encoding", "connection", "upgrade", "expect", "x-forwarded-for"))
)


def read_head(version: bytes, lines: bytes) -> RequestHead:
    """Parse the header lines and the empty line after them. Raises NotHttp."""
    headers = _Headers()
    try:
        HttpRequestParser(headers).feed_data(_FIRST_LINE + lines)
    except HttpParserUpgrade:
        pass  # the head is parsed; what follows it is not for this parser
    except HttpParserError as error:
        raise NotHttp(_reason(error)) from None
    if headers.count > MAX_LINES:
        raise NotHttp(f"more than {MAX_LINES} header lines")
    options = {option.strip(b" \t") for option in headers.connection.split(b",")} if headers.connection else frozenset()
    is_old = version in _OLD
    return RequestHead(
        lines=lines[:-2],
        length=headers.length,
        chunked=headers.chunked,
        # HTTP/1.0 has no transfer codings, so the end of such a body is uncertain.
        keep_alive=(b"keep-alive" in options and not headers.chunked) if is_old else b"close" not in options,
        expects=headers.expect == b"100-continue" and not is_old,
        upgrade=headers.upgrade and b"upgrade" in options,
        forwarded=headers.forwarded,
    )


def _reason(error: HttpParserError) -> str:
    """The parser's message, which is a constant and does not repeat the input."""
    context = error.__context__
    message = str(context if isinstance(context, HttpParserError) else error) or type(error).__name__
    return message[:1].lower() + message[1:]
