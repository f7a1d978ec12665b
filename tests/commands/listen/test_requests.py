"""The request that a local program gets for a capture."""

from datetime import UTC, datetime

import msgspec
import pytest

from app.commands.listen.requests import local_request
from app.domain.listening import ListenCapture
from app.domain.replays import Trigger
from app.domain.roles import Role
from app.signatures.signer import Signer
from tests.commands.listen.fake import BIN, KEY, a_capture, target_of

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
URL = "http://localhost:3000/sms"
EVENTS = [msgspec.Raw(b'{"type":"sms.received"}'), msgspec.Raw(b'{"type":"sms.status"}')]


def _sent(
    capture: ListenCapture, url: str = URL, trigger: Trigger = Trigger.FIRST, event: int | None = None, **more: object
) -> bytes:
    return local_request(BIN, capture, target_of(url, **more), trigger, NOW, event)[1]


def _headers(data: bytes) -> dict[bytes, bytes]:
    lines = data.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    return dict(line.split(b": ", 1) for line in lines)


def test_method_headers_in_order_and_body_are_as_received() -> None:
    capture = a_capture(
        42, bytes(range(256)), method="PATCH", target=f"/{KEY}/status/x//%2F?a=%20&\xe9", role=Role.STATUS,
        headers=[
            ("Host", "sms.example"), ("x-B", "1"), ("X-a", "\xff\xc3\xbc"), ("x-b", "2"),
            ("Authorization", "Basic eA=="),
            ("Transfer-Encoding", "chunked"), ("Connection", "close"),
        ],
        attempt=3, simulated=True, peer="192.0.2.7", signature="valid",
        url=f"https://sms.example/{KEY}/status/x//%2F?a=%20",
    )  # fmt: skip
    assert _sent(capture, URL + "?own=1", Trigger.RETRY, headers=((b"X-Token", b"t"),)) == (
        b"PATCH /sms/x//%2F?own=1&a=%20&\xe9 HTTP/1.1\r\nHost: localhost:3000\r\n"
        b"x-B: 1\r\nX-a: \xff\xc3\xbc\r\nx-b: 2\r\nAuthorization: Basic eA==\r\n"
        b"Content-Length: 256\r\nConnection: close\r\n"
        b"X-Forwarded-Proto: https\r\nX-Forwarded-Host: sms.example\r\nX-Forwarded-For: 192.0.2.7\r\n"
        b"X-Forwarded-Prefix: /0123456789abcdef/status\r\n"
        b"X-Smsbin-Url: https://sms.example/0123456789abcdef/status/x//%2F?a=%20\r\n"
        b"X-Smsbin-Id: b1n/42\r\nX-Smsbin-Attempt: 3\r\nX-Smsbin-Trigger: retry\r\n"
        b"X-Smsbin-Received-At: 2026-11-29T12:00:42.000000Z\r\nX-Smsbin-Signature-Verdict: valid\r\n"
        b"X-Smsbin-Hops: 1\r\nX-Smsbin-Simulated: 1\r\nX-Token: t\r\n\r\n" + bytes(range(256))
    )


def test_the_path_after_the_role_can_be_left_out() -> None:
    assert _sent(a_capture(target=f"/{KEY}/x?a=1"), keeps_path=False).startswith(b"POST /sms?a=1 HTTP/1.1\r\n")
    assert _sent(a_capture(target=f"/{KEY}/x"), keeps_path=False).startswith(b"POST /sms HTTP/1.1\r\n")


def test_what_the_server_did_not_send_is_not_added() -> None:
    headers = _headers(_sent(a_capture()))
    assert b"X-Forwarded-For" not in headers
    assert b"X-Smsbin-Signature-Verdict" not in headers
    assert b"X-Smsbin-Signature-Verdict" not in _headers(_sent(a_capture(signature="of a newer server")))


def test_a_new_signature_is_for_the_local_url() -> None:
    capture = a_capture(
        body=b"a=b", headers=[("Content-Type", "application/x-www-form-urlencoded"), ("X-Twilio-Signature", "old")]
    )
    first = _headers(_sent(capture, signer=Signer(scheme="twilio", secret="s")))
    other = _headers(_sent(capture, "http://localhost:4000/sms", signer=Signer(scheme="twilio", secret="s")))
    assert b"old" != first[b"X-Twilio-Signature"] != other[b"X-Twilio-Signature"] != b"old"
    assert first[b"X-Smsbin-Id"] == b"b1n/1"


def test_an_event_is_sent_as_json() -> None:
    capture = a_capture(7, b"a=b", method="GET", target=f"/{KEY}/x?a=1", events=EVENTS)
    data = _sent(capture, event=0)
    assert data.startswith(b"POST /sms HTTP/1.1\r\nHost: localhost:3000\r\nContent-Type: application/json\r\n")
    assert _headers(data)[b"webhook-id"] == b"b1n.7.0"
    assert data.endswith(b'\r\n\r\n{"type":"sms.received"}')
    second = _sent(capture, event=1)
    assert (_headers(second)[b"webhook-id"], second.endswith(b'\r\n\r\n{"type":"sms.status"}')) == (b"b1n.7.1", True)
    signed = _headers(_sent(capture, event=0, signer=Signer(scheme="standardwebhooks", secret="c2VjcmV0")))
    assert signed[b"webhook-id"] == b"b1n.7.0"
    assert signed[b"webhook-signature"].startswith(b"v1,")


@pytest.mark.parametrize(
    ("capture", "more", "words"),
    [
        (a_capture(refused="no colon in a header"), {}, "not valid HTTP"),
        (a_capture(headers=[("X-Smsbin-Hops", "3")]), {}, "3 instances"),
        (a_capture(headers=[("X", "a\nb")]), {}, "line break"),
        (a_capture(headers=[("X", "€")]), {}, "latin-1"),
        (a_capture(), {"event": 0}, "no event"),
        (a_capture(events=[msgspec.Raw(b"{}")]), {"event": 1}, "no event"),
    ],
)
def test_what_cannot_be_sent_says_why(capture: ListenCapture, more: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        _sent(capture, **more)


def test_a_request_is_sent_for_the_capture_or_for_each_of_its_events() -> None:
    capture = a_capture(events=EVENTS)
    assert list(target_of(URL).events_of(capture)) == [None]
    assert list(target_of(URL, as_event=True).events_of(capture)) == [0, 1]
    assert list(target_of(URL, as_event=True).events_of(a_capture())) == [0]
