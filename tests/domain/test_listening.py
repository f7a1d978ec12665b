"""The protocol of `smsbin listen`."""

from datetime import UTC, datetime

import msgspec
import pytest
from msgspec.structs import replace

from app.domain.listening import (
    CaptureAssembly,
    ListenAck,
    ListenBody,
    ListenCapture,
    ListenDrop,
    ListenEvents,
    ListenFailed,
    ListenHello,
    ListenRemoved,
    ListenReplaced,
    ListenResult,
    as_headers,
    as_pairs,
    one_line,
    read_server_frame,
    summary_line,
    write_frame,
)
from app.domain.roles import Role

BYTES = bytes(range(256))
CAPTURE = ListenCapture(
    n=42, role=Role.STATUS, method="POST", target="/k/status?x=\xff", path="?x=\xff",
    headers=[("X", "\xff\x01"), ("X", "")], body=BYTES, size=256, received_at=datetime(2026, 11, 29, tzinfo=UTC), url="https://x/k/status",
    page_url="https://x", summary="inbound", deadline_ms=9_000, events=[msgspec.Raw(b'{"a":1}')],
)  # fmt: skip


@pytest.mark.parametrize(
    "frame",
    [
        ListenHello(name="a", bin="b", cursor=1, behind=2, window=8, version="0", took_over=True),
        CAPTURE,
        ListenBody(n=1, body=BYTES, more=True),
        ListenEvents(n=1, events=[msgspec.Raw(b'{"a":1}'), msgspec.Raw(b'{"a":2}')], more=True),
        ListenReplaced(),
        ListenRemoved(),
    ],
)
def test_a_frame_of_the_server_is_read_as_it_was_written(frame: ListenCapture) -> None:
    assert read_server_frame(write_frame(frame)) == frame


@pytest.mark.parametrize(
    "frame",
    [
        ListenResult(n=1, status=200, headers=[("A", "\xff")], body=BYTES, ms=3),
        ListenFailed(n=1, why="refused", ms=3),
        ListenAck(1),
        ListenDrop(1),
    ],
)
def test_a_frame_of_a_client_is_read_as_it_was_written(frame: ListenResult) -> None:
    assert msgspec.json.decode(write_frame(frame), type=type(frame)) == frame


def test_the_text_of_a_frame_is_that_of_the_documentation() -> None:
    assert write_frame(ListenAck(42)) == '{"t":"ack","n":42}'
    assert '"body":"AAEC' in write_frame(CAPTURE)
    assert '"events":[{"a":1}]' in write_frame(CAPTURE)
    minimal = (
        '{"t":"capture","n":1,"role":"primary","method":"GET","target":"/k","path":"","headers":[["a","b"]],'
        '"body":"","size":0,"more":false,"received_at":"2026-11-28T20:00:01.101000Z","attempt":1,"simulated":false,'
        '"url":"u","page_url":"p","summary":"s","later":"a field of a newer server"}'
    )
    assert isinstance(read_server_frame(minimal), ListenCapture)


def test_a_frame_of_a_newer_server_is_ignored() -> None:
    assert read_server_frame('{"t":"new_in_2030","n":"x"}') is None


@pytest.mark.parametrize("text", ["", "{}", '{"t":1}', '{"t":"body"}', '{"t":"body","n":"1","body":""}', "[" * 100_000])
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_server_frame(text)


def test_frames_that_do_not_follow_each_other_are_refused() -> None:
    begun = replace(CAPTURE, more=True)
    body, events = ListenBody(n=43, body=b""), ListenEvents(n=42, events=[])
    for before, frame in ([], events), ([begun], begun), ([begun], body), ([CAPTURE], events):
        assembly = CaptureAssembly(1_000)
        for each in before:
            assembly.take(each)
        with pytest.raises(ValueError, match="#4"):
            assembly.take(frame)


def test_body_and_events_that_are_too_long_are_refused() -> None:
    assert CaptureAssembly(263).take(CAPTURE) == CAPTURE
    with pytest.raises(ValueError, match="#42 has more than 262 bytes"):
        CaptureAssembly(262).take(CAPTURE)
    later = CaptureAssembly(263)
    assert later.take(replace(CAPTURE, more_events=True)) is None
    with pytest.raises(ValueError, match="#42 has more than 263 bytes"):
        later.take(ListenEvents(n=42, events=[msgspec.Raw(b"1")]))


def test_a_capture_is_complete_when_its_body_and_its_events_are() -> None:
    assembly = CaptureAssembly(10_000)
    one, two, three = (msgspec.Raw(b"%d" % number) for number in (1, 2, 3))
    head = replace(CAPTURE, more=True, events=[one], more_events=True)
    assert assembly.take(head) is None
    assert assembly.take(ListenBody(n=42, body=b"x")) is None
    assert assembly.take(ListenEvents(n=42, events=[two], more=True)) is None
    whole = assembly.take(ListenEvents(n=42, events=[three]))
    assert whole == replace(CAPTURE, body=BYTES + b"x", events=[one, two, three])
    assert assembly.take(CAPTURE) == CAPTURE


def test_headers_keep_their_bytes() -> None:
    headers = ((b"A", BYTES), (b"a", b""))
    assert as_headers(as_pairs(headers)) == headers
    with pytest.raises(ValueError, match="latin-1"):
        as_headers([("A", "€")])


def test_a_summary_has_what_is_known() -> None:
    assert summary_line("inbound", "+1415", "+1212", "hi\nthere") == "inbound +1415 -> +1212: hi there"
    assert summary_line("status", None, "+1212", "") == "status +1212"
    assert one_line("\x1b[31m\u202e a ") == "[31m  a"
