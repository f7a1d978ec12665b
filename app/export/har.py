"""HAR 1.2, for the network panels of browsers and for proxies: each request with our answer.

Binary bodies are base64 with `"encoding": "base64"`, as HAR defines it for responses and most readers accept it for
requests. An answer has the headers that were set, without those that smsbin adds to every response.
"""

import base64
import http
from typing import Any

import msgspec

from .format import About, Format, Row

_UNKNOWN_SIZE = -1


def begin(about: About) -> bytes:
    """Everything before the first entry."""
    creator = msgspec.json.encode({"name": "smsbin", "version": about.version})
    return b'{"log":{"version":"1.2","creator":' + creator + b',"entries":[\n'


def row(about: About, capture: Row) -> bytes:
    """One entry."""
    return msgspec.json.encode(entry(about, capture))


def entry(about: About, capture: Row) -> dict[str, Any]:
    """A capture as a HAR entry. Unknown times are 0, because HAR has no value for them."""
    took_ms = capture["answered"]["after_ms"] or 0
    return {
        "startedDateTime": capture["received_at"],
        "time": took_ms,
        "request": _request(about, capture),
        "response": _response(capture),
        "cache": {},
        "timings": {"send": 0, "wait": took_ms, "receive": 0},
        "comment": _comment(capture),
    }


def _comment(capture: Row) -> str:
    """Number, role and problem; then pin, tags and note, each on its own line."""
    lines = [f"#{capture['n']} on {capture['role']}" + (f": {capture['problem']}" if capture["problem"] else "")]
    lines += ["pinned"] if capture["pinned"] else []
    lines += [f"tags: {', '.join(capture['tags'])}"] if capture["tags"] else []
    lines += [f"note: {capture['note']}"] if capture["note"] else []
    return "\n".join(lines)


def _request(about: About, capture: Row) -> dict[str, Any]:
    target, body = capture["target"], capture["body"]
    request = {
        "method": capture["method"],
        "url": about.origin + target if target.startswith("/") else target,
        "httpVersion": _version(capture),
        "cookies": [],
        "headers": _pairs(capture["headers"]),
        "queryString": _pairs(capture["parsed"]["query"]),
        "headersSize": _UNKNOWN_SIZE,
        "bodySize": body["size"],
    }
    if body["size"]:
        cut = {} if body["complete"] else {"comment": "The body is incomplete."}
        cut = cut if body["base64"] else {"comment": "The body is masked."}
        request["postData"] = {"mimeType": capture["content_type"] or "", **_text(body["base64"]), **cut}
    return request


def _response(capture: Row) -> dict[str, Any]:
    answered = capture["answered"]
    status = answered["status"] or 0
    sent = answered["sent"] or {"headers": [], "body": ""}
    named = {name.lower(): value for name, value in reversed(sent["headers"])}
    size = len(sent["body"].encode())
    content = {"size": size, "mimeType": named.get("content-type", ""), **({"text": sent["body"]} if size else {})}
    return {
        "status": status,
        "statusText": http.HTTPStatus(status).phrase if status in _PHRASED else "",
        "httpVersion": _version(capture),
        "cookies": [],
        "headers": _pairs(sent["headers"]),
        "content": content,
        "redirectURL": named.get("location", ""),
        "headersSize": _UNKNOWN_SIZE,
        "bodySize": size if answered["sent"] else _UNKNOWN_SIZE,
    }


def _version(capture: Row) -> str:
    """A request that is not valid HTTP has no version."""
    return f"HTTP/{capture['http_version']}" if capture["http_version"] else "unknown"


def _pairs(pairs: list[list[Any]]) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _text(encoded: str) -> dict[str, str]:
    """The body as text if it is valid UTF-8 without NUL, else as base64."""
    try:
        text = base64.b64decode(encoded).decode()
    except UnicodeDecodeError:
        return {"text": encoded, "encoding": "base64"}
    return {"text": encoded, "encoding": "base64"} if "\0" in text else {"text": text}


_PHRASED = frozenset(status.value for status in http.HTTPStatus)

FORMAT = Format(
    name="har",
    title="HAR",
    content_type="application/json",
    takes=("captures",),
    whole=True,
    begin=begin,
    row=row,
    between=b",\n",
    end=b"\n]}}\n",
)
