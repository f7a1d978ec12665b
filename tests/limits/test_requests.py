"""What one request, one connection and one place of a fault may take: paths, heads, trailers, turns, memory, lines."""

import asyncio
import logging
import sys

import pytest

from app import log
from app.domain.bins import STUCK_AFTER, NewBin
from app.errors import StoreUnavailable
from app.ingress import slots
from app.ingress.beginning import MAX_PATH as MAX_PAGE_PATH
from app.ingress.beginning import MAX_SLASHES, NOT_FOUND_RESPONSE
from app.ingress.buffer import FREE
from app.ingress.chunked import MAX_LINE, MAX_TRAILERS, Chunks
from app.ingress.connection import Connection
from app.ingress.pipeline import MAX_PER_TURN
from app.ingress.serving import CAPTURES, OTHERS, Serving
from app.ingress.slots import ConnectionSlots
from app.log import MAX_PLACES, TraceLimit
from app.parsing.bounds import MAX_PATH, MAX_VALUES, TooMuch
from app.parsing.json import flatten, read_json
from tests.conftest import Running
from tests.ingress.wire import connect, get

from .conftest import Wall
from .loops import Loop
from .stubs import Transport, serving


async def test_a_path_that_is_looked_for_has_so_many_characters_and_slashes(server: Running) -> None:
    for path, is_looked_for in (
        ("/".ljust(MAX_PAGE_PATH, "a"), True),
        ("/".ljust(MAX_PAGE_PATH + 1, "a"), False),
        ("/a" * MAX_SLASHES, True),
        ("/a" * (MAX_SLASHES + 1), False),
    ):
        async with connect(server.port) as wire:
            await wire.send(get(path, "Connection: close"))
            assert (await wire.rest() != NOT_FOUND_RESPONSE) == is_looked_for


def _connection() -> Connection:
    connection = Connection(serving())  # type: ignore[arg-type]
    connection.connection_made(Transport())  # type: ignore[arg-type]
    return connection


@pytest.mark.parametrize(("size", "is_counted"), [(FREE, False), (FREE + 1, True)])
def test_so_many_bytes_of_a_head_cost_no_budget(size: int, is_counted: bool) -> None:
    connection = _connection()
    connection.data_received(b"GET /".ljust(size, b"a"))
    assert (connection._serving.other_memory.used > 0) == is_counted


def test_the_trailers_of_a_body_have_so_many_bytes() -> None:
    line = b"X: ".ljust(1 << 10, b"a")
    assert len(line) < MAX_LINE
    for last, is_broken in ((line, False), (line + b"a", True)):
        chunks = Chunks()
        chunks.feed(b"0\r\n" + (line + b"\r\n") * (MAX_TRAILERS // len(line) - 1) + last + b"\r\n")
        assert chunks.is_broken == is_broken


async def test_so_many_requests_of_a_pipeline_are_begun_in_one_turn(monkeypatch) -> None:
    connection = _connection()
    begun: list[int] = []

    def begin() -> bool:
        begun.append(1)
        if len(begun) == MAX_PER_TURN + 1:
            connection._buffer.clear()
        return True

    monkeypatch.setattr(connection, "_begin", begin)
    connection.data_received(b"GET / HTTP/1.1")
    assert len(begun) == MAX_PER_TURN
    await asyncio.sleep(0)
    assert len(begun) == MAX_PER_TURN + 1


def test_captures_and_others_have_budgets_of_their_own() -> None:
    shared = Serving(*[None] * 5)  # type: ignore[arg-type]
    for budget, size in ((shared.capture_memory, CAPTURES), (shared.other_memory, OTHERS)):
        budget.reserve(size)
        with pytest.raises(StoreUnavailable):
            budget.reserve(1)


async def test_all_connections_are_looked_at_so_often(monkeypatch) -> None:
    loop = Loop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: loop)
    made = ConnectionSlots(1)
    made.start()
    ((first_s, look, _),) = loop.timers
    look()
    assert [first_s, loop.timers[1][0]] == [slots.CHECK_S] * 2


def _record(event: str) -> logging.LogRecord:
    try:
        raise ValueError
    except ValueError:
        return logging.LogRecord("smsbin", logging.ERROR, "", 0, {"event": event}, (), sys.exc_info())  # type: ignore[arg-type]


def test_so_many_places_of_faults_are_counted_at_a_time(monkeypatch) -> None:
    monkeypatch.setattr(log, "ticks", lambda: 1_000.0)
    cap = TraceLimit()
    for number in range(MAX_PLACES):
        assert cap.filter(_record(f"event {number}"))
    assert len(cap._places) == MAX_PLACES
    assert cap.filter(_record("one more"))
    assert len(cap._places) == 1


def test_json_has_so_many_values() -> None:
    within = "[" + "1," * (MAX_VALUES - 1) + "1]"
    assert read_json(within)[1] is None
    with pytest.raises(TooMuch, match=f"more than {MAX_VALUES} values"):
        read_json("[1," + within[1:])


@pytest.mark.parametrize(("length", "count"), [(MAX_PATH, 1), (MAX_PATH + 1, 0)])
def test_a_flattened_name_has_so_many_characters(length: int, count: int) -> None:
    assert len(flatten({"a": {"k" * (length - 2): 1}})) == count


def test_a_message_is_stuck_after_so_long_where_nobody_says(wall: Wall) -> None:
    assert NewBin(id="b", key="k", created_at=wall.now).stuck_after == STUCK_AFTER
