"""Deliveries to a local program."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from app.commands.listen.delivering import FIRST_PROBE_S, LONGEST_PROBE_S, LocalDelivery, LocalProgram
from app.domain.listening import MAX_RESULT, ListenFailed, ListenResult
from app.domain.replays import Trigger
from tests.commands.listen.fake import BIN, Pauses, a_capture, a_program, events_of, target_of


def _program(
    url: str, lines: list[str], *, held: int = 1, drops: bool = False, pauses: Pauses | None = None, **more: object
) -> LocalProgram:
    return LocalProgram(
        target_of(url, **more), BIN, report=lines.append, held=lambda: held, drops=drops, pause=pauses or Pauses()
    )


async def _delivered(program: LocalProgram, **capture: object) -> LocalDelivery:
    found = await program.deliver(a_capture(42, **capture), Trigger.FIRST)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("size", "kept", "more"), [(MAX_RESULT, MAX_RESULT, False), (MAX_RESULT + 1, MAX_RESULT, True)]
)
async def test_the_result_has_so_much_of_the_body(size: int, kept: int, more: bool) -> None:
    async with a_program() as target:
        target.answers = lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"a" * size
        frame = (await _delivered(_program(target.url, []))).frame
    assert isinstance(frame, ListenResult)
    assert (frame.n, frame.status, len(frame.body), frame.more) == (42, 200, kept, more)


async def test_a_program_that_does_not_answer_has_failed() -> None:
    async with a_program() as target:
        target.holds = asyncio.Event()
        slow = await _delivered(_program(target.url, [], timeout_s=0.01))
        target.holds.set()
        target.answers = lambda _: b""
        closed = await _delivered(_program(target.url, []))
        target.answers = lambda _: b"hello\r\n\r\n"
        wrong = await _delivered(_program(target.url, []))
    assert [each.error for each in (slow, closed, wrong)] == [
        "no response in time", "the connection was closed", "the response is not HTTP",
    ]  # fmt: skip
    assert slow.frame == ListenFailed(n=42, why="timeout", ms=slow.ms)
    assert closed.frame == ListenFailed(n=42, why="the connection was closed", ms=closed.ms)
    assert not slow.is_ok


async def test_what_cannot_be_sent_is_a_result_too() -> None:
    delivery = await _delivered(_program("http://127.0.0.1:1/", []), refused="no colon in a header")
    assert delivery.error == "not sent: it is not valid HTTP, so its URL cannot be changed"
    assert (delivery.status, delivery.ms, delivery.sent) == (None, 0, b"")


async def test_the_port_is_probed_until_something_listens() -> None:
    async with a_program() as target:
        port = int(target.url.split(":")[2].split("/")[0])
    lines: list[str] = []
    held: list[LocalDelivery] = []
    pauses = Pauses()
    program = _program(target.url, lines, held=3, pauses=pauses)

    async def held_back(delivery: LocalDelivery) -> None:
        held.append(delivery)

    async def start_it() -> None:
        assert program.is_down
        if len(pauses.made) == 5:
            await there.enter_async_context(a_program(port))

    async with AsyncExitStack() as there:
        pauses.before = start_it
        delivery = await program.deliver(a_capture(), Trigger.FIRST, held_back=held_back)
    assert delivery is not None
    assert delivery.is_ok
    assert pauses.made == [FIRST_PROBE_S, 2.0, 4.0, LONGEST_PROBE_S, LONGEST_PROBE_S]
    assert lines == [
        f"waiting for 127.0.0.1:{port} (3 held): the connection was refused", f"127.0.0.1:{port} is reachable again.",
    ]  # fmt: skip
    assert [each.error for each in held] == ["the connection was refused"]
    assert held[0].frame == ListenFailed(n=1, why="refused: the connection was refused", ms=held[0].ms)
    assert (program.is_down, program.under_way) == (False, 0)


async def test_a_host_that_is_not_found_is_waited_for_too() -> None:
    lines: list[str] = []
    program = _program("http://nothing.invalid/", lines, drops=True)
    assert await program.deliver(a_capture(7), Trigger.FIRST) is None
    assert await program.deliver(a_capture(8), Trigger.FIRST) is None
    assert lines == [f"nothing.invalid is down: #{n} is dropped: the host name was not found" for n in (7, 8)]
    assert await program.deliver(a_capture(9, events=events_of("a", "b")), Trigger.FIRST, 1) is None
    assert lines[2] == "nothing.invalid is down: the rest of #9 is dropped: the host name was not found"


async def test_no_response_is_worse_than_each_status() -> None:
    async with a_program() as target:
        found = []
        for status in (200, 404, 999):
            target.answers = lambda _, status=status: b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status
            found.append(await _delivered(_program(target.url, [])))
        target.answers = lambda _: b""
        found.append(await _delivered(_program(target.url, [])))
    assert [each.severity for each in found] == [200, 404, 999, 1_000]
