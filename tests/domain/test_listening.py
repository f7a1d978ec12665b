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
    ListenFailed,
    ListenHello,
    ListenRemoved,
    ListenReplaced,
    ListenResult,
    as_headers,
    as_pairs,
    read_server_frame,
    write_frame,
)
from app.domain.roles import Role

BYTES = bytes(range(256))
CAPTURE = ListenCapture(
    n=42, role=Role.STATUS, method="POST", target="/k/status?x=\xff", path="?x=\xff",
    headers=[("X", "\xff\x01"), ("X", "")], body=BYTES, size=256, received_at=datetime(2026, 11, 29, tzinfo=UTC), url="https://x/k/status",
    page_url="https://x", summary="inbound", deadline_ms=9_000, event=msgspec.Raw(b'{"a":1}'),
)  # fmt: skip


@pytest.mark.parametrize(
    "frame",
    [
        ListenHello(name="a", bin="b", cursor=1, behind=2, window=8, version="0", took_over=True),
        CAPTURE,
        ListenBody(n=1, body=BYTES, more=True),
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
    assert '"event":{"a":1}' in write_frame(CAPTURE)
    minimal = (
        '{"t":"capture","n":1,"role":"primary","method":"GET","target":"/k","path":"","headers":[["a","b"]],'
        '"body":"","size":0,"more":false,"received_at":"2026-11-28T20:00:01.101000Z","attempt":1,"simulated":false,'
        '"url":"u","page_url":"p","summary":"s","later":"a field of a newer server"}'
    )
    assert isinstance(read_server_frame(minimal), ListenCapture)


@pytest.mark.parametrize("text", ["", "{}", '{"t":"ack"}', '{"t":"x","n":1}', '{"t":"ack","n":"1"}', "[" * 100_000])
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_server_frame(text)


def test_frames_that_do_not_follow_each_other_are_refused() -> None:
    begun = replace(CAPTURE, more=True)
    for before, frame in ([], ListenBody(n=42, body=b"")), ([begun], begun), ([begun], ListenBody(n=43, body=b"")):
        assembly = CaptureAssembly(1_000)
        assert all(assembly.take(each) is None for each in before)
        with pytest.raises(ValueError, match="#4"):
            assembly.take(frame)


def test_a_body_that_is_too_long_is_refused() -> None:
    assert CaptureAssembly(256).take(CAPTURE) == CAPTURE
    with pytest.raises(ValueError, match="more than 255 bytes"):
        CaptureAssembly(255).take(CAPTURE)


def test_headers_keep_their_bytes() -> None:
    headers = ((b"A", BYTES), (b"a", b""))
    assert as_headers(as_pairs(headers)) == headers
    with pytest.raises(ValueError, match="latin-1"):
        as_headers([("A", "€")])
