"""Byte streams that hide one request in another, which a proxy and smsbin could interpret differently. `{t}`: a
capture path."""

from .raw_inputs import BROKEN, FOLLOWED, KEPT, OF_NO_BIN

_HIDDEN = "GET {t}/hidden HTTP/1.1\r\nHost: sms.example.net\r\nX-Swallow: "
_CODINGS = {
    "plain": "Transfer-Encoding: chunked",
    "tab": "Transfer-Encoding:\tchunked",
    "blank before the colon": "Transfer-Encoding : chunked",
    "vertical tab": "Transfer-Encoding: \x0bchunked",
    "blank behind": "Transfer-Encoding: chunked ",
    "upper case": "TRANSFER-ENCODING: CHUNKED",
    "two lines": "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    "list": "Transfer-Encoding: chunked, identity",
    "list the other way": "Transfer-Encoding: identity, chunked",
    "folded": "Transfer-Encoding:\r\n chunked",
    "quoted": 'Transfer-Encoding: "chunked"',
    "other name": "Transfer_Encoding: chunked",
    "bare line feed": "X: y\nTransfer-Encoding: chunked",
    "nul": "Transfer-Encoding: chunked\0",
    "x": "Transfer-Encoding: xchunked",
}
_LENGTHS = {
    "right": "Content-Length: {size}",
    "short": "Content-Length: 4",
    "twice": "Content-Length: 4\r\nContent-Length: {size}",
    "with a plus": "Content-Length: +{size}",
    "with a zero": "Content-Length: 0{size}",
    "of none": "Content-Length: 0",
}


def _stream(coding: str, length: str) -> str:
    body = "0\r\n\r\n" + _HIDDEN
    head = f"POST {{t}} HTTP/1.1\r\nHost: sms.example.net\r\n{length.replace('{size}', str(len(body) + 14))}\r\n"
    return f"{head}{coding}\r\n\r\n{body}"


def streams() -> dict[str, str]:
    """All of them, by name."""
    found = {f"{one}, length {other}": _stream(coding, length) for one, coding in _CODINGS.items()
             for other, length in _LENGTHS.items()}  # fmt: skip
    raw = {name: each.sent for name, each in KEPT.items() if len(each.sent) < 20_000}
    return found | raw | BROKEN | FOLLOWED | OF_NO_BIN
