"""The JSON of replays."""

from datetime import UTC, datetime

from app.domain.replays import Attempt
from app.web.replays.shapes import show_attempts


def test_what_came_back_is_shown_as_text_whatever_its_bytes() -> None:
    attempt = Attempt(
        n=7, number=2, url="https://example.net/?a=…", sent_at=datetime(2026, 11, 29, tzinfo=UTC), status=None, ms=12,
        error="the connection was closed", content_type="text/plain", body=b"gr\xfc\xc3\xbc",
    )  # fmt: skip
    page = show_attempts([attempt])
    (shown,) = page.items
    assert (shown.n, shown.number, shown.status, shown.error) == (7, 2, None, "the connection was closed")
    assert shown.body == "gr\ufffdü"
    assert shown.sent_at == "2026-11-29T00:00:00.000000Z"
    assert page.next is None
