"""How much and how many a sender may make the server hold."""

import json

import pytest

from app.domain.answers.model import EMPTY_TWIML, Answer
from app.domain.faults import FaultKind
from app.ingress import answering, body, reading
from app.ingress.answering import MAX_CACHED_BODY, Responder
from app.ingress.connection import Connection
from app.ingress.faults import _MIN_CUT_BODY, MAX_PIECES, PIECE_INTERVAL_S, _pieces
from app.ingress.head import MAX_BYTES, MAX_LINES, NotHttp, read_head
from app.ingress.paths import CapturePaths
from app.ingress.pipeline import MAX_BUFFERED
from app.ingress.reading import MAX_CACHED_HEADS, HeadReader
from app.ingress.slots import CLOSE_BATCH, PAGES_SHARE, ConnectionSlots
from tests.conftest import Running
from tests.ingress.test_body import _head
from tests.ingress.test_faults import fail
from tests.ingress.test_slots import Stub
from tests.ingress.wire import connect, get, post

from .stubs import Transport, serving


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 400)])
async def test_a_head_has_so_many_bytes(server: Running, more: int, status: int) -> None:
    size = MAX_BYTES - len(get(f"/{server.bin.key}", "X: ")) + more
    async with connect(server.port) as wire:
        await wire.send(get(f"/{server.bin.key}", f"X: {'a' * size}"))
        assert (await wire.answer()).status == status


def test_a_head_has_so_many_lines() -> None:
    assert read_head(b"1.1", b"X: 1\r\n" * MAX_LINES + b"\r\n").keep_alive
    with pytest.raises(NotHttp, match=f"more than {MAX_LINES} header lines"):
        read_head(b"1.1", b"X: 1\r\n" * (MAX_LINES + 1) + b"\r\n")


def test_so_many_heads_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []
    real = reading.read_head
    monkeypatch.setattr(reading, "read_head", lambda version, lines: read.append(lines) or real(version, lines))
    reader = HeadReader(CapturePaths(""))
    for n in (*range(MAX_CACHED_HEADS), 0):
        reader.read(b"GET /%d HTTP/1.1\r\n\r\n" % n)
    assert len(read) == MAX_CACHED_HEADS
    for n in (MAX_CACHED_HEADS, 1):
        reader.read(b"GET /%d HTTP/1.1\r\n\r\n" % n)
    assert len(read) == MAX_CACHED_HEADS + 2


@pytest.mark.parametrize(("more", "is_paused"), [(0, False), (1, True)])
def test_so_many_bytes_wait_behind_a_request_and_the_rest_in_the_kernel(more: int, is_paused: bool) -> None:
    transport = Transport()
    connection = Connection(serving())
    connection.connection_made(transport)
    connection.current = object()  # type: ignore[assignment]
    connection.data_received(b"a" * (MAX_BUFFERED - 1))
    connection.data_received(b"a" * (1 + more))
    assert transport.is_reading_paused == is_paused


def test_of_a_body_that_is_dropped_so_much_is_read() -> None:
    within = body.Body(_head(1 << 40), 0, body.MemoryBudget(0))
    mebibyte = bytes(1 << 20)
    for _ in range(body.MAX_DROPPED >> 20):
        within.feed(mebibyte)
    assert not within.is_given_up
    within.feed(b"a")
    assert within.is_given_up


def test_the_framing_of_chunks_is_kept_to_so_many_bytes() -> None:
    size = body.MAX_FRAMING - len(b"ffff\r\n\r\n")
    wire = b"%x\r\n%s\r\n" % (size, b"a" * size)
    for more, is_kept in ((b"", True), (b"1", False)):
        framed = body.Body(_head(chunked=True), body.MAX_FRAMING, body.MemoryBudget(1 << 20))
        framed.feed(wire + more)
        assert (framed.end()[1] is not None) == is_kept


@pytest.mark.parametrize(("length", "is_remembered"), [(MAX_CACHED_BODY, True), (MAX_CACHED_BODY + 1, False)])
def test_an_answer_of_this_size_is_made_once_a_second(monkeypatch, length: int, is_remembered: bool) -> None:
    monkeypatch.setattr(answering.clock, "wall", lambda: 1_800_000_000.0)
    answering._parts.cache_clear()
    for _ in range(2):
        responder = Responder(Connection(serving()), method="POST", version="1.1", keep_alive=True, since=0.0)
        assert responder.compose(Answer(body="b" * length), n=None).endswith(b"b" * length)
    assert answering._parts.cache_info().hits == is_remembered


@pytest.mark.parametrize(
    ("ms", "pieces"),
    [
        (PIECE_INTERVAL_S * 1_000, 1),
        (2 * PIECE_INTERVAL_S * 1_000, 2),
        (MAX_PIECES * PIECE_INTERVAL_S * 1_000, MAX_PIECES),
        (2 * MAX_PIECES * PIECE_INTERVAL_S * 1_000, MAX_PIECES),
    ],
)
def test_a_slow_answer_comes_in_so_many_pieces(ms: float, pieces: int) -> None:
    data = b"HTTP/1.1 200 OK\r\n" + b"a" * (MAX_PIECES * 20)
    (first_ms, line), *rest = _pieces(data, 0.0, ms)
    assert (first_ms, line, b"".join(piece for _, piece in rest)) == (0.0, data[:17], data[17:])
    assert (len(rest), rest[-1][0]) == (pieces, ms)


@pytest.mark.parametrize(("length", "whole"), [(_MIN_CUT_BODY, None), (_MIN_CUT_BODY - 1, EMPTY_TWIML)])
async def test_a_body_of_this_length_can_be_cut_and_a_shorter_one_is_replaced(server, length, whole) -> None:
    text = "b" * length
    async with server.client.put(f"{server.bin_api}/answers/primary", data=json.dumps({"body": text}),
                                 headers={"Content-Type": "application/json"}) as put:  # fmt: skip
        assert put.status == 200
    await fail(server, FaultKind.CUT)
    async with connect(server.port) as wire:
        await wire.send(post(f"/{server.bin.key}"))
        _, _, cut = (await wire.rest()).partition(b"\r\n\r\n")
    wanted = (whole or text).encode()
    assert cut == wanted[: len(wanted) // 2]


@pytest.mark.parametrize(
    ("limit", "leave"), [(8 * CLOSE_BATCH, CLOSE_BATCH), (16 * CLOSE_BATCH, CLOSE_BATCH), (16, 2), (4, 1)]
)
def test_room_is_made_for_an_eighth_and_no_more_than_so_many_at_once(limit: int, leave: int) -> None:
    slots = ConnectionSlots(limit)
    idle = [Stub(float(n)) for n in range(limit)]
    for each in idle:
        each.bin = None
        assert slots.opened(each)
    assert slots.opened(Stub(1e9))
    assert [each.calls for each in idle] == [["make_room"]] * leave + [[]] * (limit - leave)


@pytest.mark.parametrize("more", [0, 1])
def test_pages_keep_their_share_of_all_connections(more: int) -> None:
    limit = 40
    pages = [Stub(float(n), signed_in=True) for n in range(int(PAGES_SHARE * limit) + more)]
    captures = [Stub(100.0 + n) for n in range(limit - len(pages))]
    slots = ConnectionSlots(limit)
    for each in (*pages, *captures):
        assert slots.opened(each)
    assert slots.opened(Stub(1e9))
    assert (pages[0].calls == ["make_room"], captures[0].calls == ["make_room"]) == (more == 1, more == 0)
