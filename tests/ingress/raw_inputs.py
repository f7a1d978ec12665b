"""Requests that no library sends, as bytes in latin-1. `{t}` is the capture path, `{k}` the key, `{h}` the key with
its first character percent-encoded.

`KEPT` must be stored exactly as sent. `BROKEN` is not valid HTTP, but has a capture URL: its bytes are stored, with
a problem. `OF_NO_BIN` has none, and is refused and counted.
"""

import gzip
import zlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Raw:
    """One request. `body` and `complete` are what is stored; `body` None: what follows the head."""

    sent: str
    body: str | None = None
    complete: bool = True


def _get(after_path: str = "", headers: str = "") -> Raw:
    return Raw(f"GET {{t}}{after_path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n")


def _post(body: str, headers: str = "", method: str = "POST") -> Raw:
    return Raw(f"{method} {{t}} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {len(body)}\r\n\r\n{body}")


def _chunked(wire: str, body: str, *, version: str = "1.1", coding: str = "chunked", more: str = "") -> Raw:
    head = f"POST {{t}} HTTP/{version}\r\nHost: x\r\nTransfer-Encoding: {coding}\r\n{more}\r\n"
    return Raw(head + wire, body)


def _packed(data: bytes) -> str:
    return data.decode("latin-1")


_WEBSOCKET = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"

_TARGETS = {
    "nothing special": _get("?a=1&a=2&b"),
    "doubled slashes": _get("//a//b"),
    "something like a host in the path": _get("//evil.example/p"),
    "dot segments": _get("/../../etc/passwd"),
    "encoded slash and dots": _get("/a%2Fb/../x/%2e%2e/y"),
    "encoded line feed": _get("/%0a%0d?x=%0a"),
    "encoded nul": _get("/%00?a=%00"),
    "escapes in both cases": _get("/%c3%a9%C3%A9%41?%C3%A9=%c3%a9"),
    "escapes that are no utf-8": _get("/%FF%FE?q=%FF"),
    "broken escapes": _get("/%zz%?a=%zz&b=%&c=%E2%82"),
    "fragment": _get("?q=1#frag"),
    "empty query": _get("?"),
    "plus and semicolon": _get("/?From=+1555&Body=a+b;c=d&&=&x"),
    "quotes, brackets, bars": _get("/<a>\"{}|\\^`[]'"),
    "as long as the old limit of the parser": _get("/" + "a" * 8_190),
    "sixty thousand letters": _get("?" + "a" * 60_000),
    "key with an escape": Raw("GET /%{h}?q=1 HTTP/1.1\r\nHost: x\r\n\r\n"),
    "absolute form": Raw("GET http://other.example:99/{k}?q=1 HTTP/1.1\r\nHost: x\r\n\r\n"),
    "absolute form of another scheme": Raw("GET ftp://other.example{t} HTTP/1.1\r\nHost: x\r\n\r\n"),
}
_METHODS = {
    f"method {method}": Raw(f"{method} {{t}} HTTP/1.1\r\nHost: x\r\n\r\n")
    for method in ("TRACE", "PROPFIND", "SEARCH", "M-SEARCH", "PURGE", "OPTIONS", "CONNECT", "PRI", "!#$%&'*+.^_`|~")
} | {
    "QUERY with a body": _post("hi", method="QUERY"),
    "GET with a body": _post("abc", method="GET"),
    "DELETE with a body": _post("abc", method="DELETE"),
}
_VERSIONS = {
    "http 1.0 without host": Raw("GET {t} HTTP/1.0\r\n\r\n"),
    "http 1.0 with a body": Raw("POST {t} HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi"),
    "calls itself http 2": Raw("GET {t} HTTP/2.0\r\nHost: x\r\n\r\n"),
    "calls itself http 0.9": Raw("GET {t} HTTP/0.9\r\n\r\n"),
    "empty line before the request": Raw("\r\n\r\nGET {t} HTTP/1.1\r\nHost: x\r\n\r\n"),
    "upgrade to h2c": _get("", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"),
    "upgrade to websocket": _get("", f"Connection: Upgrade\r\nUpgrade: websocket\r\n{_WEBSOCKET}"),
    "upgrade with a body": _post("hello", "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
}
_HEADERS = {
    "host is empty": Raw("GET {t} HTTP/1.1\r\nHost:\r\n\r\n"),
    "host is junk": Raw("GET {t} HTTP/1.1\r\nHost: a b<c>:d/e\r\n\r\n"),
    "host has an impossible port": Raw("GET {t} HTTP/1.1\r\nHost: a:99999999\r\n\r\n"),
    "header without blank, with blanks behind": _get("", "X-A:one \t \r\n"),
    "empty header": _get("", "X-A:\r\n"),
    "header named with underscore and dot": _get("", "X_a.b: 1\r\n"),
    "utf-8 header": _get("", "X-A: caf\xc3\xa9\r\n"),
    "latin-1 header": _get("", "X-A: caf\xe9\r\n"),
    "tab in a header": _get("", "X-A: a\tb\r\n"),
    "repeated header in two cases": _get("", "X-dup: 1\r\nx-DUP: 2\r\nX-Zed: 9\r\nX-dup: 3\r\n"),
    "two cookies": _get("", "Cookie: a=1\r\nCookie: b=2\r\n"),
    "cookie that is none": _get("", "Cookie: ;;=;a;\x80\r\n"),
    "range that is none": _get("", "Range: bytes=zzz\r\n"),
    "date that is none": _get("", "If-Modified-Since: zzz\r\n"),
    "as many headers as a parser counts, and one": _get("", "".join(f"X-{i}: 1\r\n" for i in range(129))),
    "two hundred headers": _get("", "".join(f"X-{i}: {i}\r\n" for i in range(200))),
    "one large header": _get("", f"X-A: {'a' * 60_000}\r\n"),
    "content type that is none": _post("hi", 'Content-Type: ;;;==="\r\n'),
    "charset of another world": _post("\\x", "Content-Type: text/plain; charset=punycode\r\n"),
    "expects a banana": _post("hello", "Expect: banana\r\n"),
}
_BODIES = {
    "plain": _post("hi"),
    "of no length": _post(""),
    "long sizes of chunks": _chunked("005\r\nhello\r\n0;end\r\n\r\n", "hello"),
    "two megabytes": _post("a" * (2 << 20)),
    "cut short": Raw("POST {t} HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhello", "hello", complete=False),
    "chunks": _chunked("5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\n\r\n", "hello world"),
    "chunks and a trailer": _chunked("3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n", "abc", more="Trailer: X-T\r\n"),
    "chunks in http 1.0": _chunked("5\r\nhello\r\n0\r\n\r\n", "hello", version="1.0"),
    "chunks behind gzip": _chunked("5\r\nhello\r\n0\r\n\r\n", "hello", coding="gzip, chunked"),
    "gzip": _post(_packed(gzip.compress(b"Text=hi", mtime=0)), "Content-Encoding: gzip\r\n"),
    "deflate": _post(_packed(zlib.compress(b"Text=hi")), "Content-Encoding: deflate\r\n"),
    "gzip bomb": _post(_packed(gzip.compress(bytes(20 << 20), mtime=0)), "Content-Encoding: gzip\r\n"),
    "says gzip, is not": _post("hello", "Content-Encoding: gzip\r\n"),
    "says br": _post("hello", "Content-Encoding: br\r\n"),
    "says zstd": _post("hello", "Content-Encoding: zstd\r\n"),
}

# Refused by stricter parsers.
_TOLERATED = {
    "two hosts": Raw("GET {t} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    "no host": Raw("GET {t} HTTP/1.1\r\n\r\n"),
    "two content types": Raw("POST {t} HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n"),
    "two user agents": Raw("GET {t} HTTP/1.1\r\nHost: x\r\nUser-Agent: a\r\nUser-Agent: b\r\n\r\n"),
    "an early websocket": Raw("GET {t} HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Key1: x\r\n\r\n"),
    "unknown method": Raw("FOOBAR {t} HTTP/1.1\r\nHost: x\r\n\r\n"),
    "lower-case method": Raw("get {t} HTTP/1.1\r\nHost: x\r\n\r\n"),
    "raw utf-8 in the target": Raw("GET {t}/caf\xc3\xa9?q=\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n"),
    "raw latin-1 in the target": Raw("GET {t}?caf\xe9 HTTP/1.1\r\nHost: x\r\n\r\n"),
}
KEPT = _TARGETS | _METHODS | _VERSIONS | _HEADERS | _BODIES | _TOLERATED

# The first part of these is a request; the rest belongs to no request.
FOLLOWED = {
    "rubbish behind a good request": "GET {t} HTTP/1.1\r\nHost: x\r\n\r\nRUBBISH\x01\r\n\r\n",
    "a request behind another": "GET {t} HTTP/1.1\r\nHost: x\r\n\r\nGET {t} HTTP/1.1\r\nHost: x\r\n\r\n",
    "a request behind the last one": (
        "GET {t} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET {t} HTTP/1.1\r\nHost: x\r\n\r\n"
    ),
}

BROKEN = {
    "chunk without a number": "POST {t} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    "chunk longer than said": "POST {t} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n",
    "chunks between line feeds": "POST {t} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n",
    "a long body behind what is no chunk": (
        "POST {t} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz" + "a" * 300_000
    ),
    "a long chunk between line feeds": (
        "POST {t} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n18000\n" + "a" * 0x18000 + "\n0\n\n"
    ),
    "line feeds only, of a key with an escape": "GET /%{h} HTTP/1.1\nHost: x\n\n",
    "blank in the target, of a key with an escape": "GET /%{h}?a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "very many blanks in the target": "GET {t}" + " " * 100_000 + "x HTTP/1.1\r\nHost: x\r\n\r\n",
    "line feeds only": "GET {t} HTTP/1.1\nHost: x\n\n",
    "one bare line feed": "GET {t} HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n",
    "bare return in a header": "GET {t} HTTP/1.1\r\nHost: x\r\nX-A: a\rb\r\n\r\n",
    "folded header": "GET {t} HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n 2\r\n\r\n",
    "blank before the colon": "GET {t} HTTP/1.1\r\nHost: x\r\nX-A : 1\r\n\r\n",
    "blank in a header's name": "GET {t} HTTP/1.1\r\nHost: x\r\nX A: 1\r\n\r\n",
    "bracket in a header's name": "GET {t} HTTP/1.1\r\nHost: x\r\nX(A): 1\r\n\r\n",
    "letter beyond ascii in a header's name": "GET {t} HTTP/1.1\r\nHost: x\r\nX-\xc3\xa9: 1\r\n\r\n",
    "no colon": "GET {t} HTTP/1.1\r\nHost: x\r\nX-A\r\n\r\n",
    "nul in a header": "GET {t} HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n",
    "control character in a header": "GET {t} HTTP/1.1\r\nHost: x\r\nX-A: a\x01b\r\n\r\n",
    "delete character in a header": "GET {t} HTTP/1.1\r\nHost: x\r\nX-A: a\x7fb\r\n\r\n",
    "too many headers": "GET {t} HTTP/1.1\r\nHost: x\r\n" + "X-A: 1\r\n" * 300 + "\r\n",
    "two equal lengths": "POST {t} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
    "a list of lengths": "POST {t} HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 2\r\n\r\nhi",
    "length with a plus": "POST {t} HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\nhi",
    "negative length": "POST {t} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\nhi",
    "empty length": "POST {t} HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n",
    "length beyond 64 bits": "POST {t} HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551616\r\n\r\nhi",
    "length and chunks": (
        "POST {t} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "chunks and length": (
        "POST {t} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
    ),
    "chunks before another coding": (
        "POST {t} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"
    ),
    "two different lengths": "POST {t} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
    "blank before the colon of a coding": (
        "POST {t} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n"
    ),
    "chunked twice": (
        "POST {t} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "identity coding": "POST {t} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n",
    "unknown coding": "POST {t} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "body without a length": "POST {t} HTTP/1.1\r\nHost: x\r\n\r\nhello",
    "unknown version": "GET {t} HTTP/1.2\r\nHost: x\r\n\r\n",
    "blank in the target": "GET {t}?a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "nul in the target": "GET {t}/a\x00b HTTP/1.1\r\nHost: x\r\n\r\n",
    "a version alone": "GET {t} HTTP/3\r\n\r\n",
    "no version": "GET {t}\r\n\r\n",
    "a head that does not end": "POST {t} HTTP/1.1\r\nHost: x\r\n",
    "a first line that does not end": "POST {t}?Text=hi",
    "an unfinished head, of a key with an escape": "POST /%{h} HTTP/1.1\r\nHost: x\r\n",
    "a head over the limit, of a key with an escape": "GET /%{h} HTTP/1.1\r\nX: " + "a" * 263_000 + "\r\n\r\n",
    "a head over the limit": "GET {t} HTTP/1.1\r\nX-A: " + "a" * 263_000 + "\r\n\r\n",
}

OF_NO_BIN = {
    "bracket in the method": "GE(T {t} HTTP/1.1\r\nHost: x\r\n\r\n",
    "a proxy's greeting": "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET {t} HTTP/1.1\r\nHost: x\r\n\r\n",
    "http 2 preface": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "tls hello": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "ssh banner": "SSH-2.0-OpenSSH_9.6\r\n",
    "an unfinished head of a page": "GET /bins HTTP/1.1\r\nHost: x\r\n",
    "broken, of a key that is unknown": "GET /0123456789abcdef HTTP/1.1\r\nX A: 1\r\n\r\n",
}
