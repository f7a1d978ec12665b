"""Signed requests for tests: from the files of vectors, and from parts."""

import json
from base64 import b64decode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.domain.captures import RawRequest, write_lines
from app.signatures import Secret, SignedRequest, request_url

VECTORS = Path(__file__).parent / "vectors"
RECEIVED_AT = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
Vector = Mapping[str, Any]


def read_vectors(name: str) -> list[Vector]:
    return json.loads((VECTORS / f"{name}.json").read_text())


def a_signed(
    url: str = "https://sms.example.net/k7m2q9xw4tz3r8vh",
    body: bytes = b"",
    headers: Iterable[tuple[str, str]] = (),
    *,
    method: str = "POST",
    hosts: tuple[str, ...] = (),
    received_at: datetime = RECEIVED_AT,
    complete: bool = True,
    certificates: Mapping[str, bytes] | None = None,
) -> SignedRequest:
    """A request to a URL, as it arrives through a proxy that forwards the scheme."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    lines = [("Host", host), ("X-Forwarded-Proto", scheme), *headers]
    raw = RawRequest(
        method=method,
        target=slash + path,
        http_version="1.1",
        head=write_lines((name.encode("latin-1"), value.encode("latin-1")) for name, value in lines),
        body=body,
        body_complete=complete,
        peer="192.0.2.7",
        received_at=received_at,
    )
    return SignedRequest(raw=raw, url=request_url(raw), body=body, certificates=certificates or {}, hosts=hosts)


def request_of(vector: Vector, **changes: Any) -> SignedRequest:
    """The request of a vector, with some of its fields changed. The server is known as sms.example.net."""
    values = {**vector, **changes}
    return a_signed(
        values["url"],
        b64decode(values["body_base64"]),
        values["headers"].items(),
        method=values["method"],
        hosts=("sms.example.net",),
        received_at=datetime.fromtimestamp(values["now"], UTC) if "now" in values else RECEIVED_AT,
    )


def secret_of(vector: Vector, **changes: Any) -> Secret:
    return Secret(label="primary", value={**vector, **changes}["secret"])
