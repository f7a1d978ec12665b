"""The output of `smsbin listen`."""

import base64
import json

import msgspec
import pytest

from app.commands.listen.delivering import LocalDelivery
from app.commands.listen.output import Output, report
from app.domain.replays import Trigger
from tests.commands.listen.fake import a_capture

SENT = (
    b"POST /sms?a=\xe9 HTTP/1.1\r\nHost: x\r\nAuthorization: Basic c2VjcmV0\r\nX-Own: t0ken\r\nA: 1\r\n"
    b"\r\nhi\x1b[31m\nyou"
)


def _delivery(
    status: int | None = 200, *, trigger: Trigger = Trigger.FIRST, error: str | None = None, event: int | None = None,
    **capture: object,
) -> LocalDelivery:  # fmt: skip
    return LocalDelivery(
        capture=a_capture(42, **capture), event=event, trigger=trigger,
        url="http://localhost:3000/sms?key=abc", sent=SENT,
        status=status, ms=1_234, error=error, headers=[("Set-Cookie", "s=1"), ("B", "2")], body=b"answer",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("delivery", "ends"),
    [
        (_delivery(), "inbound +1 -> +2: text 42  POST  200 in 1,234 ms"),
        (_delivery(500, attempt=3), "POST  500 in 1,234 ms (not 2xx)  attempt 3"),
        (_delivery(None, error="no response in time"), "POST  no response in time after 1,234 ms"),
        (_delivery(trigger=Trigger.MANUAL), "200 in 1,234 ms  replay"),
        (_delivery(deadline_ms=1_000), "200 in 1,234 ms, after the provider had stopped waiting"),
        (_delivery(deadline_ms=2_000), "200 in 1,234 ms"),
        (_delivery(summary="\x1b[2J\u202ex"), r"\x1b[2J\u202ex  POST  200 in 1,234 ms"),
    ],
)  # fmt: skip
def test_a_delivery_is_one_line(capsys: pytest.CaptureFixture[str], delivery: LocalDelivery, ends: str) -> None:
    Output().show(delivery)
    (line,) = capsys.readouterr().out.splitlines()
    assert "  #42  primary   " in line
    assert line.endswith(ends)


EVENT = {
    "kind": "inbound", "from": "+1415", "to": "+1212", "text": "second\x1b", "raw_status": "received",
    "status": "received",
}  # fmt: skip
EVENTS = [msgspec.Raw(b"{}"), msgspec.Raw(json.dumps({"type": "sms.received", "data": EVENT}).encode())]


def test_an_event_is_a_line_or_an_object_with_its_place_and_its_own_summary(capsys: pytest.CaptureFixture[str]) -> None:
    Output().show(_delivery(event=1, events=EVENTS))
    Output(is_json=True).show(_delivery(event=1, events=EVENTS))
    line, text = capsys.readouterr().out.splitlines()
    assert "  #42.1  primary   inbound +1415 -> +1212: second  POST  200 in 1,234 ms" in line
    found = json.loads(text)
    assert (found["n"], found["event"], found["summary"]) == (42, 1, "inbound +1415 -> +1212: second")


@pytest.mark.parametrize("event", [0, 2])
def test_an_event_that_is_not_understood_has_the_summary_of_its_request(
    capsys: pytest.CaptureFixture[str], event: int
) -> None:
    Output().show(_delivery(event=event, events=EVENTS))
    assert f"#42.{event}  primary   inbound +1 -> +2: text 42  " in capsys.readouterr().out


def test_on_a_terminal_the_result_has_a_colour(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.commands.listen.output.has_colours", lambda: True)
    Output().show(_delivery())
    Output().show(_delivery(404))
    good, bad = capsys.readouterr().out.splitlines()
    assert good.endswith("\x1b[32m200 in 1,234 ms\x1b[0m")
    assert bad.endswith("\x1b[31m404 in 1,234 ms (not 2xx)\x1b[0m")


def test_everything_is_printed_without_secrets_and_without_effects(capsys: pytest.CaptureFixture[str]) -> None:
    Output(prints_all=True, hidden=frozenset({"x-own"})).show(_delivery())
    _, *lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "    > POST /sms?a=é HTTP/1.1", "    > Host: x", "    > Authorization: …", "    > X-Own: …", "    > A: 1", "",
        r"    hi\x1b[31m", "    you", "", "    < 200", "    < Set-Cookie: …", "    < B: 2", "", "    answer", "",
    ]  # fmt: skip


def test_json_has_the_fields_of_a_delivery(capsys: pytest.CaptureFixture[str]) -> None:
    Output(is_json=True).show(_delivery(None, error="the connection was closed"))
    found = json.loads(capsys.readouterr().out)
    assert found == {
        "n": 42, "event": None, "received_at": "2026-11-29T12:00:42.000000Z", "role": "primary", "method": "POST",
        "url": "http://localhost:3000/sms?key=…", "summary": "inbound +1 -> +2: text 42", "attempt": 1,
        "trigger": "first", "simulated": False, "status": None, "ms": 1_234, "error": "the connection was closed",
        "page_url": "https://sms.example/bins/b1n/captures/42",
    }  # fmt: skip


def test_json_has_request_and_response_if_everything_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    Output(is_json=True, prints_all=True, hidden=frozenset({"x-own"})).show(_delivery())
    found = json.loads(capsys.readouterr().out)
    assert found["request"]["headers"][1:] == [["Authorization", "…"], ["X-Own", "…"], ["A", "1"]]
    assert base64.b64decode(found["request"]["body"]) == b"hi\x1b[31m\nyou"
    assert found["response"] == {"headers": [["Set-Cookie", "…"], ["B", "2"]], "body": "YW5zd2Vy"}


def test_progress_is_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    report("lost: \x1b[31m")
    assert capsys.readouterr() == ("", "smsbin: lost: \\x1b[31m\n")
