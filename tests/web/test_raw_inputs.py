"""Requests that no library would send: each is stored exactly or refused with a 4xx; none hangs, none is a 5xx."""

import asyncio
import base64

import pytest

from tests.conftest import Running

# {t} is the capture path, {p} the key alone.
INPUTS = {
    "plain": "POST {t} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi",
    "doubled slash": "POST {t}//a//b HTTP/1.1\r\nHost: x\r\n\r\n",
    "dot segments": "GET {t}/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    "encoded line feed": "GET {t}/%0a%0d?x=%0a HTTP/1.1\r\nHost: x\r\n\r\n",
    "encoded nul": "GET {t}/%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "mixed-case escapes": "GET {t}?%C3%A9=%c3%a9 HTTP/1.1\r\nHost: x\r\n\r\n",
    "bad escapes": "GET {t}?a=%zz&b=% HTTP/1.1\r\nHost: x\r\n\r\n",
    "fragment": "GET {t}#frag HTTP/1.1\r\nHost: x\r\n\r\n",
    "empty query": "GET {t}? HTTP/1.1\r\nHost: x\r\n\r\n",
    "absolute form": "GET http://other.example:99/{p} HTTP/1.1\r\nHost: x\r\n\r\n",
    "odd scheme": "GET ftp://other.example{t} HTTP/1.1\r\nHost: x\r\n\r\n",
    "empty host": "GET {t} HTTP/1.1\r\nHost:\r\n\r\n",
    "junk host": "GET {t} HTTP/1.1\r\nHost: a:b:c/d\r\n\r\n",
    "http 1.0 without host": "GET {t} HTTP/1.0\r\n\r\n",
    "get with a body": "GET {t} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
    "delete with a body": "DELETE {t} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
    "chunked with extension and trailer": (
        "POST {t} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX-T: 1\r\n\r\n"
    ),
    "two cookies": "GET {t} HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n",
    "latin-1 header": "GET {t} HTTP/1.1\r\nHost: x\r\nX-A: caf\xe9\r\n\r\n",
    "empty header": "GET {t} HTTP/1.1\r\nHost: x\r\nX-A:\r\n\r\n",
    "two hundred headers": "GET {t} HTTP/1.1\r\nHost: x\r\n" + "".join(f"X-{i}: {i}\r\n" for i in range(200)) + "\r\n",
    "one large header": "GET {t} HTTP/1.1\r\nHost: x\r\nX-A: " + "a" * 60_000 + "\r\n\r\n",
    "odd expectation": "POST {t} HTTP/1.1\r\nHost: x\r\nExpect: banana\r\nContent-Length: 2\r\n\r\nhi",
    "upgrade to h2c": "GET {t} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
    "upgrade to websocket": (
        "GET {t} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ),
    "form with a bad charset": (
        "POST {t} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain; charset=punycode\r\nContent-Length: 2\r\n\r\n\\x"
    ),
    "search method": "SEARCH {t} HTTP/1.1\r\nHost: x\r\n\r\n",
    # From here on the parser may refuse; then it must be a clean 4xx.
    "line feeds only": "GET {t} HTTP/1.1\nHost: x\n\n",
    "no host": "GET {t} HTTP/1.1\r\n\r\n",
    "unknown method": "FOOBAR {t} HTTP/1.1\r\nHost: x\r\n\r\n",
    "lower-case method": "get {t} HTTP/1.1\r\nHost: x\r\n\r\n",
    "raw latin-1 in the target": "GET {t}?caf\xe9 HTTP/1.1\r\nHost: x\r\n\r\n",
    "blank in the target": "GET {t}?a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "two lengths": "POST {t} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
    "length and chunked": (
        "POST {t} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "negative length": "POST {t} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "folded header": "GET {t} HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n 2\r\n\r\n",
    "nul in a header": "GET {t} HTTP/1.1\r\nHost: x\r\nX-A: \0\r\n\r\n",
    "blank before the colon": "GET {t} HTTP/1.1\r\nHost: x\r\nX-A : 1\r\n\r\n",
    "no colon": "GET {t} HTTP/1.1\r\nHost: x\r\nX-A\r\n\r\n",
    "too many headers": "GET {t} HTTP/1.1\r\nHost: x\r\n" + "X-A: 1\r\n" * 300 + "\r\n",
    "bad chunk": "POST {t} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    "http 2 preface": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "tls hello": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "ssh banner": "SSH-2.0-OpenSSH_9.6\r\n",
}
KEPT = list(INPUTS)[: list(INPUTS).index("line feeds only")]


async def _statuses(port: int, data: bytes) -> list[int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    writer.write_eof()
    try:
        async with asyncio.timeout(8):
            answer = await reader.read(-1)
    finally:
        writer.transport.abort()
    return [int(part[4:7]) for part in answer.split(b"HTTP/1.")[1:] if part[4:7].isdigit()]


@pytest.mark.parametrize("name", INPUTS)
async def test_it_is_kept_exactly_or_refused_cleanly(server: Running, name: str) -> None:
    text = INPUTS[name].replace("{t}", f"/{server.bin.key}").replace("{p}", server.bin.key)
    statuses = await _statuses(server.port, text.encode("latin-1"))
    captures = await server.captures()
    assert all(status < 500 for status in statuses), statuses
    if not captures:
        assert name not in KEPT
        assert all(400 <= status < 500 for status in statuses)
        return
    kept = await server.capture(1)
    line, _, rest = text.partition("\r\n" if "\r\n" in text else "\n")
    method, _, target = line.rpartition(" ")[0].partition(" ")
    assert (kept["method"], kept["target"]) == (method, target)
    sent = [part.partition(":") for part in rest.split("\r\n\r\n")[0].split("\r\n") if ":" in part]
    assert kept["headers"][: len(sent)] == [[header, value.strip()] for header, _, value in sent]
    if "Content-Length: " in text and kept["body"]["complete"]:
        assert base64.b64decode(kept["body"]["base64"]) == text.partition("\r\n\r\n")[2].encode("latin-1")
