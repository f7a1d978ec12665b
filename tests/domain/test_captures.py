"""A capture: its headers, its bytes as they came, and whether its answer was a good one."""

from datetime import UTC, datetime

import pytest

from app.domain.captures import Capture, CaptureRow, Outcome, RawRequest, Reading, read_lines, write_lines
from app.domain.roles import Role
from app.errors import Conflict, Damaged

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)


def _raw(**values: object) -> RawRequest:
    usual = {"method": "POST", "target": "/k?a=%20", "http_version": "1.1", "body": b"x=1", "body_complete": True}
    return RawRequest(**usual | {"peer": "192.0.2.1", "received_at": AT} | values)


HEAD = b"Host:a\r\nX-One:  1\t\r\nx-one: 2\r\nEmpty:\r\n"


def test_headers_keep_order_case_and_repeats_without_the_blanks_around_a_value() -> None:
    raw = _raw(head=HEAD)
    assert raw.headers == ((b"Host", b"a"), (b"X-One", b"1"), (b"x-one", b"2"), (b"Empty", b""))
    assert (raw.header(b"X-ONE"), raw.header(b"empty"), raw.header(b"missing")) == (b"1", b"", None)
    assert read_lines(write_lines(raw.headers)) == raw.headers


def test_a_request_is_written_as_a_message_and_as_it_was_on_the_wire() -> None:
    raw = _raw(head=HEAD)
    assert raw.as_message().startswith(b"POST /k?a=%20 HTTP/1.1\r\nHost: a\r\nX-One: 1\r\n")
    assert raw.on_the_wire() == b"POST /k?a=%20 HTTP/1.1\r\n" + HEAD + b"\r\nx=1"


def test_a_chunked_body_is_written_with_its_framing_where_that_was_stored() -> None:
    head = b"Transfer-Encoding: chunked\r\n"
    raw = _raw(head=head, framing=b"3\r\nx=1\r\n0\r\n\r\n")
    assert raw.on_the_wire().endswith(b"\r\n\r\n3\r\nx=1\r\n0\r\n\r\n")
    assert raw.as_message().endswith(b"\r\n\r\nx=1")
    with pytest.raises(Conflict, match="64 KiB"):
        _raw(head=head).on_the_wire()


def test_bytes_that_are_not_http_stay_as_they_are() -> None:
    raw = _raw(body=b"nonsense", refused="no request line")
    assert raw.as_message() == raw.on_the_wire() == b"nonsense"


@pytest.mark.parametrize(
    ("outcome", "ok"),
    [
        (Outcome(status=200, after_ms=3), True),
        (Outcome(status=299, after_ms=0), True),
        (Outcome(status=300, after_ms=3), False),
        (Outcome(status=199, after_ms=3), False),
        (Outcome(status=200), False),
        (Outcome(after_ms=3), False),
        (Outcome(status=200, after_ms=3, well_formed=False), False),
        (Outcome(status=200, after_ms=3, sender_left=True), False),
    ],
)
def test_an_answer_is_good_when_a_whole_2xx_was_sent_before_the_sender_left(outcome: Outcome, ok: bool) -> None:
    assert outcome.ok is ok


def test_a_damaged_capture_is_not_used_as_the_request_that_came() -> None:
    row = CaptureRow(
        n=7, seq=9, received_at=AT, role=Role.PRIMARY, method="POST", target="/k", peer="192.0.2.1", size=3,
        content_type=None, body_complete=True, reading=Reading(), outcome=None,
    )  # fmt: skip
    assert Capture(row=row, raw=_raw(), sha256="").intact() == _raw()
    with pytest.raises(Damaged, match="#7: "):
        Capture(row=row, raw=_raw(), sha256="", damaged=True).intact()
