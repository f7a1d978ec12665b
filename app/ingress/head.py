"""The head of a request: what its header lines say about the body and the connection.

The lines are judged by llhttp, the parser of Node.js, through httptools: it refuses what could be read in two ways (two
lengths, a length beside a coding, folded lines, bare line breaks). It knows a fixed list of methods only, and captures
come with any; so it sees the header lines behind a line of our own, and the request line is read by `paths.py`.
"""

import msgspec
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

# A head of more bytes, or of more lines, is refused.
MAX_BYTES = 256 << 10
MAX_LINES = 256

_FIRST_LINE = b"POST / HTTP/1.1\r\n"
_OLD = (b"0.9", b"1.0")


class NotHttp(Exception):
    """Why the bytes are no request of HTTP/1.x."""


class RequestHead(msgspec.Struct, frozen=True, gc=False):
    """`lines` are the header lines as they came, each with its line break. `length` is that of the body, 0 where it
    has none or is `chunked`. `expects`: the sender waits for `100 Continue`. `forwarded`: X-Forwarded-For."""

    lines: bytes
    length: int
    chunked: bool
    keep_alive: bool
    expects: bool
    upgrade: bool
    forwarded: bytes | None

    @property
    def has_body(self) -> bool:
        """Something follows the head."""
        return self.length > 0 or self.chunked


class _Headers:
    """What the parser tells."""

    __slots__ = ("chunked", "connection", "count", "expect", "forwarded", "length", "upgrade")

    def __init__(self) -> None:
        self.count = 0
        self.length = 0
        self.chunked = self.upgrade = False
        self.connection = self.expect = b""
        self.forwarded: bytes | None = None

    def on_header(self, name: bytes, value: bytes) -> None:
        self.count += 1
        # Only these lengths are looked at, as a string is made in lower case for each.
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
    """`lines`: the header lines and the empty line behind them. NotHttp."""
    headers = _Headers()
    try:
        HttpRequestParser(headers).feed_data(_FIRST_LINE + lines)
    except HttpParserUpgrade:
        pass  # the head is read, and what follows it is not the parser's
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
        # A coding is not part of HTTP/1.0, so where such a body ends is not certain.
        keep_alive=(b"keep-alive" in options and not headers.chunked) if is_old else b"close" not in options,
        expects=headers.expect == b"100-continue" and not is_old,
        upgrade=headers.upgrade and b"upgrade" in options,
        forwarded=headers.forwarded,
    )


def _reason(error: HttpParserError) -> str:
    """The parser's own words, which are constants: none of them repeats what came."""
    context = error.__context__
    words = str(context if isinstance(context, HttpParserError) else error) or type(error).__name__
    return words[:1].lower() + words[1:]
