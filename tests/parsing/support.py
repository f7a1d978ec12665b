"""Requests for tests of parsing."""

from datetime import UTC, datetime

from app.domain.captures import RawRequest, write_lines

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
XML = "application/xml"


def request(
    body: bytes = b"",
    content_type: str | None = None,
    *,
    target: str = "/k",
    encoding: str | None = None,
    complete: bool = True,
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> RawRequest:
    if content_type is not None:
        headers += ((b"Content-Type", content_type.encode("latin-1")),)
    if encoding is not None:
        headers += ((b"Content-Encoding", encoding.encode("latin-1")),)
    return RawRequest(
        method="POST",
        target=target,
        http_version="1.1",
        head=write_lines(headers),
        body=body,
        body_complete=complete,
        peer="203.0.113.7",
        received_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
