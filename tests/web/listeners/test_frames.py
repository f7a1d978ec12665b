"""The frames of a listener: bodies in parts, bytes as they were, and frames that are not understood."""

import base64
import json

import pytest

from app import clock
from app.domain.captures import Capture, CaptureRow, RawRequest, Reading, write_lines
from app.domain.events import Event
from app.domain.forwards.events import ForwardedEvent, forwarded_event
from app.domain.forwards.model import Forward
from app.domain.listening import MAX_SUMMARY
from app.domain.replays import Trigger
from app.domain.roles import Kind, Role
from app.services.listeners.queue import OutgoingCapture
from app.web.listeners.frames import (
    MAX_BODY_PART,
    MAX_FRAME,
    AckFrame,
    BadFrame,
    CaptureAddress,
    DropFrame,
    FailedFrame,
    ReplayLastFrame,
    ResultFrame,
    answer_of,
    capture_frames,
    read_frame,
    summary_of,
)

KEY = "0123456789abcdef"


def a_row(**reading: object) -> CaptureRow:
    return CaptureRow(
        n=42, seq=1, received_at=clock.now(), role=Role.STATUS, method="POST", target="", peer="", size=0,
        content_type=None, body_complete=True, reading=Reading(**reading), outcome=None,
    )  # fmt: skip


def events_of(*texts: str) -> list[ForwardedEvent]:
    """An event with each text."""
    found = []
    for text in texts:
        capture = Capture(
            row=a_row(), raw=a_raw(), sha256="", events=(Event(kind=Kind.INBOUND, message_id="", text=text),)
        )
        found.append(forwarded_event("b", capture, 0, Forward(name="", url=""), duplicate_of=None, public_url=None))
    return found


def a_raw(body: bytes = b"", headers: object = (), target: str = f"/{KEY}/status") -> RawRequest:
    return RawRequest(
        method="POST", target=target, http_version="1.1", head=write_lines(headers), body=body, body_complete=True,
        peer="", received_at=clock.now(),
    )  # fmt: skip


def frames(
    body: bytes = b"", headers: object = (), target: str = f"/{KEY}/status", url: str = "https://x/",
    events: list[ForwardedEvent] | None = None,
) -> list[str]:  # fmt: skip
    capture = Capture(row=a_row(), raw=a_raw(body, headers, target), sha256="")
    outgoing = OutgoingCapture(capture=capture, attempt=2, trigger=Trigger.RETRY, events=events)
    return list(capture_frames(outgoing, CaptureAddress(called=url, page_url="https://x/bins/b/captures/42")))


def body_in(found: list[str]) -> bytes:
    parts = [json.loads(each) for each in found]
    assert [each["more"] for each in parts] == [True] * (len(parts) - 1) + [False]
    assert [each["t"] for each in parts] == ["capture"] + ["body"] * (len(parts) - 1)
    return b"".join(base64.b64decode(each["body"], validate=True) for each in parts)


@pytest.mark.parametrize(("more", "count"), [(0, 1), (1, 2)])
def test_a_body_continues_in_another_frame_above_so_many_characters(more: int, count: int) -> None:
    body = bytes(MAX_BODY_PART // 4 * 3 + more)
    found = frames(body)
    assert (len(found), body_in(found)) == (count, body)
    assert len(json.loads(found[0])["body"]) == MAX_BODY_PART


def test_long_headers_leave_less_room_for_the_body_and_no_frame_is_too_long() -> None:
    headers = [(b"X-%d" % number, b'\xff"' * 2_000) for number in range(70)]
    body = bytes(range(256)) * 8_000
    found = frames(body, headers)
    assert max(len(each.encode()) for each in found) <= MAX_FRAME
    assert len(found[0].encode()) > MAX_FRAME - 200
    assert body_in(found) == body
    assert json.loads(found[0])["headers"] == [[name.decode(), value.decode("latin-1")] for name, value in headers]


def test_an_address_that_is_too_long_is_left_out_and_headers_that_are_too_long_are_refused() -> None:
    target = f"/{KEY}/status/" + "\xff" * 200_000
    (frame,) = frames(target=target, url="https://x" + "%FF" * 200_000)
    assert json.loads(frame)["url"] == ""
    assert json.loads(frame)["path"] == "/" + "\xff" * 200_000
    with pytest.raises(ValueError, match="too long for a frame of 1 MiB"):
        frames(target=f"/{KEY}/status/" + "\xff" * 300_000)


def test_events_continue_in_frames_of_their_own_and_no_frame_is_too_long() -> None:
    texts = [f"{number}" + "x" * 100_000 for number in range(25)]
    body = bytes(range(256)) * 4_000
    found = frames(body, events=events_of(*texts))
    assert max(len(each.encode()) for each in found) <= MAX_FRAME
    shown = [json.loads(each) for each in found]
    kinds = [each["t"] for each in shown]
    assert kinds == ["capture", *["body"] * kinds.count("body"), *["events"] * kinds.count("events")]
    assert kinds.count("events") >= 2
    assert body_in([each for each, kind in zip(found, kinds, strict=True) if kind != "events"]) == body
    parts = [each for each in shown if each["t"] != "body"]
    assert [event["data"]["text"] for part in parts for event in part["events"]] == texts
    assert [part.get("more_events", part["more"]) for part in parts] == [True] * (len(parts) - 1) + [False]


def test_events_fill_a_frame_to_its_last_byte_and_one_byte_more_begins_another() -> None:
    def sizes(length: int) -> list[int]:
        return [len(each) for each in frames(events=events_of("", "x" * length))]

    (one,) = sizes(0)
    assert sizes(MAX_FRAME - one - 1) == [MAX_FRAME - 1]
    assert len(sizes(MAX_FRAME - one + 1)) == 2


def test_an_event_that_is_too_long_for_a_frame_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(ValueError, match="events is too long for a frame of 1 MiB"):
        next(capture_frames(
            OutgoingCapture(
                capture=Capture(row=a_row(), raw=a_raw(), sha256=""), attempt=1, trigger=Trigger.FIRST,
                events=events_of("a", "x" * MAX_FRAME),
            ),
            CaptureAddress(called="", page_url=""),
        ))  # fmt: skip


def test_without_events_there_are_no_fields_for_them() -> None:
    assert not {"events", "more_events"} & json.loads(frames()[0]).keys()
    shown = json.loads(frames(events=events_of("hi"))[0])
    assert ([each["data"]["text"] for each in shown["events"]], shown["more_events"]) == (["hi"], False)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (f"/{KEY}/status", ""), (f"/{KEY}/status?a=1&a=2", "?a=1&a=2"), (f"/{KEY}/status/x%2Fy//z/?", "/x%2Fy//z/?"),
        (f"/base/{KEY}/status/x", "/x"), (f"/{KEY}?x", "?x"),
    ],
)  # fmt: skip
def test_the_path_is_what_follows_the_role(target: str, path: str) -> None:
    shown = json.loads(frames(target=target)[0])
    assert (shown["path"], shown["target"]) == (path, target)


@pytest.mark.parametrize(
    ("reading", "text"),
    [
        ({"kind": Kind.INBOUND, "sender": "+1415", "recipient": "+1212", "text": "hi\nthere\x1b[31m\u202e"},
         "inbound +1415 -> +1212: hi there [31m"),
        ({"kind": Kind.STATUS, "recipient": "+1212", "raw_status": "DELIVRD"}, "status +1212: DELIVRD"),
        ({}, "other"), ({"problem": "not parsed"}, "other: not parsed"),
    ],
)  # fmt: skip
def test_a_summary_is_one_line_that_a_terminal_can_print(reading: dict, text: str) -> None:
    assert summary_of(a_row(**reading)) == text


@pytest.mark.parametrize("more", [0, 1])
def test_a_summary_has_so_many_characters(more: int) -> None:
    text = "a" * (MAX_SUMMARY - len("other: ") + more)
    assert summary_of(a_row(text=text)) == f"other: {text}"[:MAX_SUMMARY]


def test_frames_of_the_client_are_read() -> None:
    result = '{"t":"result","n":42,"status":200,"headers":[["content-Type","text/xml"]],"body":"aGk=","ms":3}'
    frame = read_frame(result)
    assert isinstance(frame, ResultFrame)
    answer = answer_of(frame)
    assert (answer.status, answer.content_type, answer.body, answer.ms) == (200, "text/xml", b"hi", 3)
    failed = read_frame('{"t":"failed","n":1,"why":"\\u0007"}')
    assert isinstance(failed, FailedFrame)
    assert (answer_of(failed).status, answer_of(failed).error) == (None, "failed")
    others = {
        '{"t":"ack","n":1}': AckFrame(1),
        '{"t":"drop","n":1}': DropFrame(1),
        '{"t":"replay_last"}': ReplayLastFrame(),
    }
    assert {text: read_frame(text) for text in others} == others
    assert read_frame('{"t":"new_in_2030","x":[]}') is None


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "1", '{"n":1}', '{"t":1}', '{"t":"ack"}', '{"t":"ack","n":0}', '{"t":"ack","n":"1"}',
        '{"t":"result","n":1}', '{"t":"result","n":1,"status":99}',
        '{"t":"result","n":1,"status":200,"headers":[["a"]]}',
        '{"t":"failed","n":1,"ms":-1}', "[" * 100_000, '{"t":"ack","n":1' + "0" * 30 + "}",
    ],
)  # fmt: skip
def test_a_frame_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(BadFrame):
        read_frame(text)


@pytest.mark.parametrize("body", ["%", "aGk", "é"])
def test_a_body_that_is_no_base64_is_refused(body: str) -> None:
    with pytest.raises(BadFrame, match="Base64"):
        answer_of(ResultFrame(n=1, status=200, body=body))
