"""ClickSend: few names are confirmed, so the marks are weak and reading is forgiving."""

from urllib.parse import urlencode

import pytest

from app.domain.captures import RawRequest
from app.domain.roles import Kind, Role
from app.providers import PROVIDERS, recognise, why
from tests.storage.builders import a_raw


def _raw(**fields: str) -> RawRequest:
    headers = ((b"Content-Type", b"application/x-www-form-urlencoded"),)
    return a_raw(urlencode({name.rstrip("_"): said for name, said in fields.items()}).encode(), headers=headers)


def test_the_confirmed_names_alone_are_nobodys_mark_but_are_read() -> None:
    raw = _raw(from_="447700900163", body="hello")
    assert why(raw, "clicksend") is None
    reading = recognise(raw, Role.PRIMARY, "clicksend")
    assert (reading.provider, reading.kind, reading.sender, reading.text) == (
        "clicksend",
        Kind.INBOUND,
        "+447700900163",
        "hello",
    )


def test_it_is_asked_last_because_its_marks_are_weak() -> None:
    assert list(PROVIDERS)[-1] == "clicksend"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"status": "Delivered", "status_code": "201"}, "delivered", None),
        ({"status_code": "301", "status_text": "x"}, "undelivered", "301"),
        ({"status": "Undelivered", "status_code": "301", "error_code": "302"}, "undelivered", "302"),
        ({"status": "Pondering", "status_code": "999"}, "unknown", None),
    ],
)
@pytest.mark.parametrize("role", [Role.PRIMARY, Role.STATUS])
def test_a_receipt_is_one_wherever_it_comes_to(
    role: Role, fields: dict[str, str], status: str, code: str | None
) -> None:
    event = recognise(_raw(message_id="m", custom_string="", timestamp_send="1", **fields), role).events[0]
    assert (event.kind, event.status, event.error_code) == (Kind.STATUS, status, code)


@pytest.mark.parametrize(("role", "kind"), [(Role.PRIMARY, Kind.INBOUND), (Role.STATUS, Kind.STATUS)])
def test_where_content_says_nothing_the_url_decides(role: Role, kind: Kind) -> None:
    assert recognise(_raw(message_id="m", to="+447700900163"), role, "clicksend").kind is kind
