"""Inputs that are meant to make smsbin slow. New inputs are added here, and are tried at every entry.

`BODIES` are captured, and then shown on every page. `HEADERS`, `TARGETS`, `CHUNKS` and `HOSTS` are used with captures
and pages; `QUERIES` with everything that is read; `FORMS` and `JSONS` with everything that accepts one; `FRAMES` on
every WebSocket; `ANSWERS` are set in a bin, whose captures are then parsed before they are answered, `MAPPINGS` too;
`SIGNED` are captured in a bin with the `SECRETS`, and `PASTED` are the signatures whose mistakes are looked for there.
"""

import base64
import gzip
import json
import zlib
from collections.abc import Mapping
from urllib.parse import quote, quote_plus, urlencode

LIMIT = 5 << 20
"""Of a body that is stored."""
READ = 256 << 10
"""Of a body that is parsed."""
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
XML = "text/xml"


def _multipart(parts: int, size: int, *, head: str = "", boundary: str = "b") -> bytes:
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="f"{head}\r\n\r\n'.encode() + b"x" * size + b"\r\n"
    return part * parts + f"--{boundary}--\r\n".encode()


def _nested(depth: int, inner: bytes = b"1", opening: bytes = b'{"a":', closing: bytes = b"}") -> bytes:
    return opening * depth + inner + closing * depth


def _namespaces(children: int) -> bytes:
    return b"<a xmlns='" + b"u" * (READ - 4 * children - 40) + b"'>" + b"<b/>" * children + b"</a>"


def _answer(content_type: str, body: str) -> bytes:
    header = {"headers.0.name": "Content-Type", "headers.0.value": content_type}
    return urlencode({"status": "200", "delay_ms": "0", "body": body} | header).encode()


_BILLION = (
    b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(8))
    + b"]><a>&i;</a>"
)
_PART = b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
_SMS = {"From": "+14155550123", "To": "+14155550100", "MessageSid": "SM" + "0" * 32, "AccountSid": "AC" + "0" * 32}

BODIES: dict[str, tuple[str, bytes]] = {
    # JSON
    "json, deep arrays": (JSON, b"[" * 130_000 + b"]" * 130_000),
    "json, deep objects, closed": (JSON, _nested(40_000)),
    "json, deep, never closed": (JSON, b'{"a":' * 52_000),
    "json, as deep as is read": (JSON, _nested(63, b'"' + b"x" * 250_000 + b'"')),
    "json, many values": (JSON, json.dumps(list(range(40_000))).encode()),
    "json, as many values as are read": (JSON, b"[" + b",".join([b"1"] * 19_999) + b"]"),
    "json, values below long names": (JSON, json.dumps({"n" * 450: [{"m" * 200: i} for i in range(990)]}).encode()),
    "json, many names": (JSON, json.dumps({f"name{i}": i for i in range(14_000)}).encode()),
    "json, one name repeated": (JSON, b"{" + b",".join([b'"a":1'] * 40_000) + b"}"),
    "json, a number of many digits": (JSON, b'{"a":' + b"9" * 250_000 + b"}"),
    "json, an exponent": (JSON, b'{"a":1e' + b"9" * 250_000 + b"}"),
    "json, escapes": (JSON, b'{"text":"' + b"\\u00e9" * 43_000 + b'"}'),
    "json, quotes": (JSON, b'{"text":"' + b'\\"' * 130_000 + b'"}'),
    "json, cut in a string": (JSON, b'{"a":"b","text":"' + b"x" * 260_000),
    "json, many little objects, cut": (JSON, b'[{"a":"b"},' * 23_000),
    "json, brackets in all orders": (JSON, b'[{"":[{"":{"":[' * 17_000),
    "json by its look only": ("text/plain", b'{"Body":"' + b"x" * 200_000 + b'"}'),
    "json in json": (JSON, json.dumps({"a": json.dumps({"b": json.dumps({"c": "x" * 50_000})})}).encode()),
    "json, encoded twice": (JSON, json.dumps(json.dumps([{}] * 9_000)).encode()),
    "json, backslashes": (JSON, b'"' + b"\\\\" * 125_000 + b'"'),
    "json, objects in lines": (JSON, b'{"a":1}\n' * 19_000),
    "json, objects in lines, cut": (JSON, b'{"a":1}\n' * 19_000 + b'{"a":'),
    "json in utf-16 without a mark": (JSON, ('{"a":"' + "x" * 120_000 + '"}').encode("utf-16-le")),
    "json, not a number": (JSON, b"[" + b",".join([b"NaN"] * 19_000) + b"]"),
    "a web token": ("application/jwt", b"eyJhbGciOjF9.eyJhIjoi" + b"eHh4" * 60_000 + b"In0."),
    "nearly a web token": ("text/plain", b"ey" * 130_000 + b"."),
    # XML
    "xml, one name repeated": (XML, b"<a>" + (b"<" + b"n" * 120 + b"/>") * 990 + b"</a>"),
    "xml, long namespace": (XML, _namespaces(999)),
    "xml, long namespace, more elements": (XML, _namespaces(20_000)),
    "xml, many namespaces": (XML, b"<a " + b" ".join(b'xmlns:n%d="u"' % i for i in range(14_000)) + b"/>"),
    "xml, many attributes": (XML, b"<a " + b" ".join(b'a%d=""' % i for i in range(24_000)) + b"/>"),
    "xml, deep": (XML, b"<a>" * 37_000 + b"</a>" * 37_000),
    "xml, deep, never closed": (XML, b"<a>" * 87_000),
    "xml, entities": (XML, _BILLION),
    "xml, one long entity often": (XML, b'<!DOCTYPE a [<!ENTITY e "' + b"x" * 100_000 + b'">]><a>' + b"&e;" * 40_000),
    "xml, one open tag": (XML, b"<a " + b"a" * 260_000),
    "xml, one comment": (XML, b"<a><!--" + b"-" * 260_000),
    "xml, text in pieces": (XML, b"<a>" + b"&amp;" * 50_000 + b"</a>"),
    "xml, text between elements": (XML, b"<a>" + b"x<b/>" * 990 + b"y" * 250_000 + b"</a>"),
    "html": ("text/html", b"<table><tr>" * 23_000),
    # Forms
    "form, one long value": (FORM, b"Text=" + b"a" * (READ - 10)),
    "form, one long name": (FORM, b"a" * (READ - 10) + b"=1"),
    "form, as many fields as are read": (FORM, b"&".join(b"%d=%s" % (i, b"v" * 250) for i in range(999))),
    "form, many fields": (FORM, b"&".join(b"a%d=b" % i for i in range(30_000))),
    "form, one field repeated": (FORM, b"a=b&" * 65_000),
    "form, only separators": (FORM, b"&" * READ),
    "form, only equal signs": (FORM, b"=" * READ),
    "form, escapes": (FORM, b"Text=" + b"%C3%A9" * 43_000),
    "form, escapes that are none": (FORM, b"Text=" + b"%" * 260_000),
    "form, escapes of many alphabets": (FORM, b"Body=" + quote_plus("жأ你é" * 5_000).encode()),
    "form, only semicolons": (FORM, b";" * READ),
    "form, semicolons": (FORM, b"a=1;" * 65_000),
    "form, json in each field": (FORM, b"&".join([b'payload={"a":1}'] * 17_000)),
    "form, braces": (FORM, b"&".join([b"payload=" + b"{" * 250] * 999)),
    "form, pluses": (FORM, b"Text=" + b"+" * 260_000),
    "form in utf-16": (FORM + "; charset=utf-16", ("Text=" + "é" * 120_000).encode("utf-16")),
    "form of a provider, long text": (FORM, urlencode(_SMS | {"Body": "x" * 250_000}).encode()),
    "form of a provider, many links": (FORM, urlencode(_SMS | {"Body": "http://a.b/c " * 15_000}).encode()),
    "form of a provider, digits": (FORM, urlencode(_SMS | {"Body": "123456 " * 35_000}).encode()),
    "form of a provider, emoji": (FORM, urlencode(_SMS | {"Body": "👩‍👩‍👧‍👦" * 3_000}).encode()),
    "form of a provider, words": (FORM, urlencode(_SMS | {"Body": "a b c d e f " * 20_000}).encode()),
    "form of a provider, blanks": (FORM, urlencode(_SMS | {"Body": " " * 250_000 + "x"}).encode()),
    "form of a provider, line breaks": (FORM, urlencode(_SMS | {"Body": "\r\n" * 40_000}).encode()),
    "form of a provider, keys": (FORM, urlencode(_SMS | {"Body": "/0123456789abcdef" * 15_000}).encode()),
    "form of a provider, media": (FORM, urlencode(_SMS | {f"MediaUrl{i}": "u" for i in range(990)}).encode()),
    "form of a provider, a number of digits": (FORM, urlencode(_SMS | {"From": "+" + "1" * 250_000}).encode()),
    "form of a provider, an id": (FORM, urlencode(_SMS | {"MessageSid": "S" * 250_000}).encode()),
    "form of a provider, a status": (FORM, urlencode(_SMS | {"MessageStatus": "s" * 250_000}).encode()),
    "form of a provider, placeholders": (FORM, urlencode(_SMS | {"Body": "{{text}}" * 30_000}).encode()),
    # Multipart
    "multipart, many parts": ("multipart/form-data; boundary=b", _multipart(5_000, 1)),
    "multipart, as many parts as are read": ("multipart/form-data; boundary=b", _multipart(990, 200)),
    "multipart, long heads": ("multipart/form-data; boundary=b", _multipart(30, 1, head="; a=b" * 1_500)),
    "multipart, parameters in quotes": ("multipart/form-data; boundary=b", _multipart(30, 1, head='; a="\\""' * 700)),
    "multipart, never begun": ("multipart/form-data; boundary=b", b"--" * 130_000),
    "multipart, boundaries that nearly are": ("multipart/form-data; boundary=" + "-" * 60, b"\r\n-" * 87_000),
    "multipart, inside each other": ("multipart/mixed; boundary=b", _PART * 4_000),
    "multipart, 5 MB": ("multipart/form-data; boundary=b", _multipart(5, LIMIT // 5 - 100)),
    # Other bodies
    "nothing": ("text/plain", b""),
    "zeros, 5 MB": ("application/octet-stream", bytes(LIMIT)),
    "letters, 5 MB": ("text/plain", b"a" * LIMIT),
    "letters in utf-8, 5 MB": ("text/plain", "é".encode() * (LIMIT // 2)),
    "line breaks, 5 MB": ("text/plain", b"\n" * LIMIT),
    "form, 5 MB": (FORM, b"a=b&" * (LIMIT // 4)),
    "json, 5 MB": (JSON, b"[" + b"1," * (LIMIT // 2 - 2) + b"1]"),
    "brackets, 5 MB": (JSON, b"[" * LIMIT),
    "all bytes": ("text/plain", bytes(range(256)) * 1_000),
    "high bytes": ("text/plain", bytes(range(128, 256)) * 2_000),
    "controls": ("text/plain", bytes(range(32)) * 8_000),
    "quotes for a shell": ("text/plain", b"'" * 260_000),
    "angles for a page": ("text/plain", b"<&>\"'" * 50_000),
    "bidi marks": ("text/plain", "\u202e\u2066\ufeff".encode() * 28_000),
    "half a character": ("text/plain; charset=utf-8", b"\xf0\x9f" * 130_000),
    "charset utf-7": ("text/plain; charset=utf-7", b"+AGE-" * 50_000),
    "charset idna": ("text/plain; charset=idna", b"xn--a." * 40_000),
    "charset punycode": ("text/plain; charset=punycode", b"a-" + b"z9" * 100_000),
    "charset that unpacks": ("text/plain; charset=zlib", zlib.compress(bytes(50 << 20), 9)),
    "charset of big5": ("text/plain; charset=big5", b"\xa4\x40" * 130_000),
    "charset to be guessed": ("text/plain", "привет мир ".encode("cp1251") * 20_000),
    "lines that all differ": ("text/plain", b"\n".join(b"%d" % i for i in range(40_000))),
    "lines that mostly are the same": ("text/plain", b"\n".join(b"%d" % (i % 7) for i in range(130_000))),
}  # fmt: skip

PACKED: dict[str, tuple[str, bytes]] = {
    "zip bomb": ("gzip", gzip.compress(bytes(60 << 20), 9, mtime=0)),
    "zip bomb, 5 MB": ("gzip", gzip.compress(bytes(5_100 << 20 >> 2), 9, mtime=0)[: LIMIT - 1]),
    "zip bomb in a zip bomb": ("gzip", gzip.compress(gzip.compress(bytes(60 << 20), 9, mtime=0), 9, mtime=0)),
    "zip bomb without a header": ("identity", gzip.compress(bytes(60 << 20), 9, mtime=0)),
    "deflated bomb without a header": ("identity", zlib.compress(bytes(60 << 20), 9)),
    "deflated bomb": ("deflate", zlib.compress(bytes(60 << 20), 9)),
    "many members": ("gzip", gzip.compress(b"a", mtime=0) * 20_000),
    "empty members, 5 MB": ("gzip", gzip.compress(b"", mtime=0) * (LIMIT // 20)),
    "not packed": ("gzip", b"x" * 200_000),
    "packed five times": ("gzip, gzip, gzip, gzip, gzip", gzip.compress(bytes(1 << 20), mtime=0)),
    "many codings": (", ".join(["gzip"] * 1_000), gzip.compress(b"a", mtime=0)),
}
"""Bodies and their Content-Encoding."""

HEADERS: dict[str, str] = {
    "many": "".join(f"X-{i}: {i}\r\n" for i in range(240)),
    "one long": f"X-A: {'a' * 250_000}\r\n",
    "two hundred of a kilobyte": "".join(f"X-{i}: {'a' * 1_000}\r\n" for i in range(230)),
    "content type, parameters": f"Content-Type: text/plain{'; a=b' * 12_000}\r\n",
    "content type, quotes": f'Content-Type: text/plain; a="{chr(92) * 60_000}\r\n',
    "content type, blanks": f"Content-Type: text/plain;{' ' * 60_000}x\r\n",
    "cookies": f"Cookie: {'a=b; ' * 12_000}\r\n",
    "cookies that are none": f"Cookie: {';=' * 30_000}\r\n",
    "a cookie in quotes": f'Cookie: a="{chr(92) * 60_000}\r\n',
    "forwarded": f"X-Forwarded-For: {'1.2.3.4, ' * 6_000}1\r\n",
    "forwarded host": f"X-Forwarded-Host: {'a.' * 30_000}\r\nX-Forwarded-Proto: {'h' * 9_000}\r\n",
    "a bearer": f"Authorization: Bearer {'x' * 60_000}\r\n",
    "an origin": f"Origin: http://{'a' * 60_000}\r\nSec-Fetch-Site: {'x' * 9_000}\r\n",
    "ranges": f"Range: bytes={'0-1,' * 15_000}\r\n",
    "accepts": f"Accept: {'a/b;q=0.1,' * 6_000}\r\nAccept-Encoding: {'gzip,' * 9_000}\r\n",
    "etags": f"If-None-Match: {'W/x,' * 15_000}\r\n",
    "dates": f"If-Modified-Since: {'9' * 60_000}\r\n",
    "high bytes": f"X-A: {chr(0xE9) * 60_000}\r\n",
    "controls that are allowed": f"X-A: {chr(9) * 60_000}x\r\n",
    "connection": f"Connection: {'a,' * 30_000}\r\n",
}

TARGETS: dict[str, str] = {
    "long path": "/" + "a" * 60_000,
    "slashes": "/" * 60_000,
    "dots": "/.." * 20_000,
    "escapes": "/%41" * 15_000,
    "broken escapes": "/%" * 30_000,
    "parameters": "?" + "a=b&" * 15_000,
    "equal signs": "?" + "=" * 60_000,
    "ampersands": "?" + "&" * 60_000,
    "escaped letters": "?a=" + "%C3%A9" * 10_000,
    "high bytes": "?a=" + "\xe9" * 60_000,
    "a fragment": "#" * 60_000,
    "blanks": " " * 60_000 + "x",
    "versions": " HTTP/1.1" * 7_000 + " x",
}

CHUNKS: dict[str, bytes] = {
    "of one byte": b"1\r\nx\r\n" * 100_000 + b"0\r\n\r\n",
    "of one byte, never ended": b"1\r\nx\r\n" * 100_000,
    "with extensions": (b"1;" + b"a" * 4_000 + b"\r\nx\r\n") * 100 + b"0\r\n\r\n",
    "trailers": b"0\r\n" + b"a:\r\n" * 20_000 + b"\r\n",
    "not valid after many": b"1\r\nx\r\n" * 20_000 + b"x" * 1_000_000,
    "not valid, 5 MB": b"x" * LIMIT,
}
"""Bodies with `Transfer-Encoding: chunked`, as they are sent."""

HOSTS: tuple[str, ...] = (
    "[", "]", "[]", "[::1", "[::1]:x", "[" + ":" * 5_000 + "]", "localhost:abc", "localhost:-1", "localhost:99999",
    "localhost:" + "9" * 5_000, "a" * 60_000, "a." * 30_000, "-" * 60_000, "." * 60_000, "a-" * 30_000, "a@b", "a/b",
    "a b", "\xe9" * 9_000, "xn--" + "a" * 9_000, "1." * 30_000, "[" + "f" * 60_000 + "]", "[1:" + "0" * 60_000 + "::]",
    "0x7f.1", "127.0.0.1.", ":" * 60_000, "", ",", "localhost, localhost",
)  # fmt: skip

_NEGATIONS = " ".join("-text~" + ",".join(f"z{i}{j}" for j in range(5)) for i in range(18))
FILTERS: tuple[str, ...] = (
    f"{_NEGATIONS} lorem -message",
    " ".join(f"-zz{i}q" for i in range(20)),
    " ".join(f"a{i}*" for i in range(20)),
    " ".join(["-a*"] * 20),
    "from:" + ",".join(f"+1{i}*" for i in range(20)),
    " ".join("from:" + ",".join(f"{j}{i}*" for i in range(9)) for j in range(19)),
    "-lorem -ipsum", "size:>100000000 lorem", "to:+12125550199 -lorem", "method:PUT -zz", "id:SM* -lorem",
    "before:2020-01-01 -zz", '"lorem dolor"', "has:any -a", "is:simulated a*", "-from:1* -to:1* -id:1*",
    'text~"' + "a " * 400 + '"',
    '"' + "a " * 480, '"' * 999, "\\" * 999, "-" * 999, ":" * 999, "~" * 999, "," * 999, "*" * 999,
    '"\\' * 400, "from:" + '"a",' * 190, "from:" + "," * 900, "a" * 1_000, "é" * 1_000, "a" * 60_000, '"' * 60_000,
    "\u200d" * 900, "ﷺ" * 900, "x:" * 400, "status:" + "a" * 900, "stxtus:" + "b" * 900, "after:" + "9" * 900,
    "after:" + "9" * 900 + "d", "size:" + "9" * 900 + "GiB", "size:1.." + "9" * 900, "before:#" + "9" * 900,
    "id:" + "%" * 900, "from:" + "_" * 900, "text~" + "'" * 900, "has:" + ",".join("any" for _ in range(20)),
)  # fmt: skip

QUERIES: tuple[str, ...] = (
    *(f"q={quote(one, safe='')}" for one in FILTERS),
    *(f"{one}={'9' * 5_000}" for one in ("limit", "before", "after", "wait", "with", "seen", "wire")),
    *(f"{one}={'a' * 50_000}" for one in ("tab", "show", "view", "role", "of", "format", "provider", "next", "token")),
    "&".join(f"a{i}=b" for i in range(7_000)),
    "a&" * 30_000,
    "%FF" * 20_000,
    "theirs=%2B1&ours=" + "1" * 50_000,
)

FORMS: dict[str, bytes] = {
    "one long field": b"token=" + b"x" * 1_000_000,
    "many fields": b"&".join(b"a%d=b" % i for i in range(90_000)),
    "as many fields as are read": b"&".join(b"a%d=%s" % (i, b"b" * 9_000) for i in range(99)),
    "only separators": b"&" * 1_000_000,
    "only equal signs": b"=" * 1_000_000,
    "escapes": b"name=" + b"%41" * 330_000,
    "broken escapes": b"name=" + b"%" * 1_000_000,
    "high bytes": b"name=" + b"\xe9" * 1_000_000,
    "a name": urlencode({"name": "n" * 90_000, "provider": "p" * 90_000, "retention": "9" * 90_000}).encode(),
    "an answer": urlencode({"status": "9" * 9_000, "body": "{{text}}" * 8_000, "headers.0.name": "a" * 9_000}).encode(),
    "an answer with many rules": urlencode(
        {"status": "200", "delay_ms": "0", "do": "check"}
        | {f"rules.{i}.match": "-text~" + ",".join("ab" for _ in range(150)) for i in range(100)}
        | {f"rules.{i}.answer.body": "<" * 3_000 for i in range(100)}
        | {f"rules.{i}.answer.headers.{j}.name": "X-A" for i in range(20) for j in range(30)}
    ).encode(),
    "an answer in brackets": urlencode({"status": "200", "delay_ms": "0", "body": "{{" * 32_000}).encode(),
    "an answer of xml": _answer(XML, "<a>" * 21_000),
    "an answer of json": _answer(JSON, "[" * 64_000),
    "a fault": urlencode({"kind": "status", "status": "503," * 90_000, "count": "9" * 90_000}).encode(),
    "a replay": urlencode({"url": "http://" + "a" * 90_000, "then": "1-" * 90_000}).encode(),
    "a replay of all": urlencode({"url": "http://127.0.0.1:9/", "then": "1-999999999999"}).encode(),
    "a simulation": urlencode({"provider": "ytel", "what": "inbound", "text": "x" * 60_000, "count": "9"}).encode(),
    "a drill": urlencode({"kind": "x" * 90_000, "series": "9," * 90_000}).encode(),
    "a token": urlencode({"token": "t" * 90_000, "next": "/" + "a" * 90_000}).encode(),
}  # fmt: skip

JSONS: dict[str, bytes] = {
    "deep arrays": b"[" * 500_000,
    "deep objects": b'{"a":' * 200_000,
    "deep, closed": _nested(900),
    "many fields": json.dumps({f"f{i}": i for i in range(60_000)}).encode(),
    "many values": json.dumps({"name": list(range(140_000))}).encode(),
    "a long name": json.dumps({"name": "n" * 900_000}).encode(),
    "a number": b'{"name":' + b"9" * 900_000 + b"}",
    "escapes": b'{"name":"' + b"\\u00e9" * 160_000 + b'"}',
    "a retention": json.dumps({"retention": "9" * 900_000}).encode(),
    "an answer": json.dumps({"status": 200, "body": "{{text}}" * 8_000}).encode(),
    "an answer in brackets": json.dumps({"status": 200, "body": "{{" * 32_000}).encode(),
    "an answer of xml": json.dumps({"headers": [["Content-Type", XML]], "body": "<a>" * 21_000}).encode(),
    "an answer with entities": json.dumps({"headers": [["Content-Type", XML]], "body": _BILLION.decode()}).encode(),
    "an answer with headers": json.dumps({"headers": [["X-A", "v" * 50]] * 14_000}).encode(),
    "an answer with rules": json.dumps(
        {"rules": [{"match": FILTERS[0][:990], "answer": {"body": "x"}} for _ in range(600)]}
    ).encode(),
    "a fault": json.dumps({"kind": "status", "status": [503] * 140_000}).encode(),
    "a fault in words": json.dumps({"kind": "x" * 900_000}).encode(),
    "a replay": json.dumps({"captures": list(range(140_000)), "url": "http://127.0.0.1:9/"}).encode(),
    "a replay to a long url": json.dumps({"captures": [1], "url": "http://" + "a" * 900_000}).encode(),
    "a simulation": json.dumps({"provider": "ytel", "what": "inbound", "text": "x" * 900_000}).encode(),
    "a drill": json.dumps({"series": [{"kind": "hold"}] * 30_000}).encode(),
}

FRAMES: dict[str, tuple[int, bytes]] = {
    "long text": (1, b"x" * 60_000),
    "text over the limit": (1, b"x" * 900_000),
    "no utf-8": (1, b"\xff" * 60_000),
    "bytes": (2, bytes(60_000)),
    "a ping": (9, b"x" * 125),
    "a ping over the limit": (9, b"x" * 60_000),
    "a pong": (10, b"x" * 125),
    "a close": (8, b"\x03\xe8" + b"x" * 120),
    "a code of nobody": (8, b"\xff\xff"),
    "a reserved kind": (3, b"x"),
    "deep json": (1, b"[" * 60_000),
}
"""Kinds and contents of frames that a viewer sends."""

ANSWERS: dict[str, Mapping[str, object]] = {
    "placeholders": {"headers": [["Content-Type", XML]], "body": "<a>" + "{{text}}" * 400 + "</a>"},
    "placeholders in json": {"headers": [["Content-Type", JSON]], "body": '["' + "{{text}}" * 400 + '"]'},
    "rules over words": {
        "body": "x",
        "rules": [{"match": FILTERS[0][:990].rpartition(" ")[0], "answer": {"body": "y"}} for _ in range(20)],
    },
    "rules over what a mapping finds": {
        "body": "{{text}}",
        "rules": [
            {"match": f"-text~{i} " + " ".join(f"-from:+1{i}{j}*" for j in range(9)), "answer": {"body": "{{from}}"}}
            for i in range(20)
        ],
    },
}
"""What a signed-in user may set so that each request has to be parsed before it is answered."""

MAPPINGS: dict[str, Mapping[str, object]] = {
    "rules over what a mapping finds": {
        "name": "Any",
        "fields": {
            "id": ["*.id", "name*", "*", "*.a"],
            "from": [*(f"*.from{i}" for i in range(7)), "from"],
            "to": [*(f"*.*.to{i}" for i in range(7)), "to"],
            "text": ["*.text", "text", "body", "a", "payload", "*", "*.*", "*.*.*"],
            "status": ["messagestatus", "*.status", "*.a"],
            "time": ["*", "*.a", "time", "header:Date"],
            "media": ["*", "*.a", "*.*", "*.*.*", "mediaurl*", "*.url", "*.b", "a.*.b"],
            "error": ["*", "*.a", "a." * 240 + "*"],
        },
        "statuses": {f"{i}": "failed" for i in range(200)},
    },
}
"""Mappings of the bins with the `ANSWERS` of these names."""

SECRETS: dict[str, str] = {
    "text": " whsec_" + "QUJD" * 8,
    "digits": "0123456789abcdef" * 4,
    "public key": base64.b64encode(bytes(range(32))).decode(),
}
"""Secrets by label: each can be used with many schemes, and fits nothing."""

_DIGEST = "0123456789abcdef" * 4
_SHORT_DIGEST = base64.b64encode(bytes(20)).decode()
_STAMPS = "".join(
    f"{name}: 1764424800\r\n" for name in ("X-Timestamp", "X-Time", "Telnyx-Timestamp", "Webhook-Timestamp")
)
_IDS = "X-Id: 1\r\nX-Delivery: 2\r\nWebhook-Id: 3\r\n"
_MARKS = (
    "X-Twilio-Signature", "X-SignalWire-Signature", "X-Plivo-Signature-V2", "X-Plivo-Signature-V3",
    "Telnyx-Signature-Ed25519", "MessageBird-Signature", "Stripe-Signature", "X-Hub-Signature-256",
    "Webhook-Signature", "X-Signature",
)  # fmt: skip


def _signed_by(name: str, *values: str) -> str:
    return "".join(f"{name}: {value}\r\n" for value in values) + _STAMPS + _IDS


SIGNED: dict[str, tuple[str, str, bytes]] = {
    "a form with blanks": (
        _signed_by("X-Twilio-Signature", _SHORT_DIGEST), FORM, b"&".join(b"f%d=a++b+c" % i for i in range(78))
    ),
    "a form that is as long as is changed": (
        _signed_by("X-Twilio-Signature", *[_SHORT_DIGEST] * 20), FORM, b"Body=" + b"a+" * 2_997
    ),
    "a long form": (_signed_by("X-Twilio-Signature", _SHORT_DIGEST), FORM, b"&".join([b"a=%20"] * 40_000)),
    "a form of 5 MB": (_signed_by("X-Twilio-Signature", _SHORT_DIGEST), FORM, b"a=b&" * (LIMIT // 4)),
    "a form with many hosts": (
        _signed_by("X-Twilio-Signature", _SHORT_DIGEST) + f"X-Forwarded-Host: {'a.' * 9_000}\r\nForwarded: "
        + "host=a;" * 4_000 + "\r\n", FORM, b"a=b"
    ),
    "parameters of Vonage": ("", FORM, b"&".join(b"f%d=a%%3Db" % i for i in range(99)) + b"&sig=" + _DIGEST.encode()),
    "many parameters of Vonage": ("", FORM, b"sig=" + _DIGEST.encode() + b"&a=%26" * 40_000),
    "json of another library": (
        _signed_by("X-Signature", *(_DIGEST.replace("0", f"{i:x}") for i in range(10))), JSON,
        b'{"a":"' + b"\\u00e9/" * 8_000 + b'"}'
    ),
    "short json": (_signed_by("X-Signature", _DIGEST, _DIGEST[:40], _DIGEST * 2), JSON, b'{"a":"\\u00e9/"}'),
    "json of 5 MB": (_signed_by("X-Signature", _DIGEST), JSON, b"[" + b"1," * (LIMIT // 2 - 2) + b"1]"),
    "line breaks of 5 MB": (_signed_by("X-Hub-Signature-256", f"sha256={_DIGEST}"), JSON, b"\r\n" * (LIMIT // 2)),
    "all schemes": ("".join(_signed_by(mark, _DIGEST) for mark in _MARKS), FORM, b"Text=a++b+c&From=+1"),
    "many signatures": ("".join(_signed_by(mark, *[_DIGEST] * 9) for mark in _MARKS), FORM, b"Text=a++b+c&From=+1"),
    "a long signature": (_signed_by("X-Signature", "ab," * 40_000), JSON, b"{}"),
    "a long token": (
        _signed_by("Authorization", f"Bearer eyJhbGciOiJIUzI1NiJ9.{'eyJ9' * 2_000}.")
        + _signed_by("MessageBird-Signature-JWT", f"eyJhbGciOiJIUzI1NiJ9.{'W1tb' * 2_000}."), JSON, b"{}"
    ),
    "a certificate": (
        "", JSON, json.dumps(
            {"Type": "Notification", "Signature": "A" * 200_000, "SigningCertURL": "https://[" * 999}
        ).encode()
    ),
}  # fmt: skip
"""Headers, content type and body."""

PASTED: tuple[str, ...] = (_DIGEST, _SHORT_DIGEST, "0" * 32, "a" * 90_000, "sha256=" * 9_000)
