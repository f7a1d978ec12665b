"""A session that sends events: each of a request in its order, and none twice, whatever happens in between."""

import asyncio
import json
from collections.abc import Callable
from functools import partial

import pytest

from app.domain.listening import ListenFailed, ListenResult
from tests.commands.listen.conftest import Listen
from tests.commands.listen.fake import (
    Pauses,
    Program,
    a_capture,
    a_program,
    a_server,
    events_of,
    ids,
    running,
    stopping_after,
    until,
)

BATCH = a_capture(1, b"[]", events=events_of("a", "b", "c"))


@pytest.fixture
def listen(listen: Listen) -> Listen:
    """Makes a session that sends events."""
    return partial(listen, target={"as_event": True})


def texts(program: Program) -> list[str]:
    return [json.loads(body)["data"]["text"] for body in program.bodies]


def answering(*statuses: int) -> Callable[[bytes], bytes]:
    """These statuses, one after the other."""
    left = list(statuses)
    return lambda _: b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % left.pop(0)


async def test_each_event_is_sent_in_its_order_and_the_request_is_acknowledged_once(listen: Listen, capsys) -> None:
    async with a_server(BATCH, a_capture(2, events=events_of("d"))) as fake, a_program() as program:
        assert await listen(fake, program.url, once=4).run() == 0
    assert texts(program) == ["a", "b", "c", "d"]
    assert ids(program) == ["b1n.1.0", "b1n.1.1", "b1n.1.2", "b1n.2.0"]
    assert (fake.acknowledged, [each.n for each in fake.results]) == ([1, 2], [1, 2])
    shown = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["n"], each["event"]) for each in shown] == [(1, 0), (1, 1), (1, 2), (2, 0)]


@pytest.mark.parametrize(
    ("statuses", "result"), [((200, 204, 200), 204), ((404, 200, 200), 404), ((400, 503, 404), 503), ((200, 0, 503), 0)]
)
async def test_the_result_of_a_request_is_its_worst_one_and_nothing_is_held(
    listen: Listen, statuses: tuple[int, ...], result: int
) -> None:
    async with a_server(BATCH) as fake, a_program() as program:
        program.answers = answering(*statuses)
        assert await listen(fake, program.url, once=3).run() == 0
    (found,) = fake.results
    assert (found.status if isinstance(found, ListenResult) else 0) == result
    assert fake.acknowledged == [1]
    assert texts(program) == ["a", "b", "c"]


async def test_a_provider_that_waits_gets_the_response_to_the_last_event(listen: Listen) -> None:
    async with a_server(a_capture(1, events=BATCH.events, deadline_ms=9_000)) as fake, a_program() as program:
        program.answers = answering(500, 404, 201)
        async with running(listen(fake, program.url, answers=True)):
            await until(lambda: fake.acknowledged == [1])
    (result,) = fake.results
    assert isinstance(result, ListenResult)
    assert result.status == 201


async def test_a_provider_that_waits_does_not_wait_for_a_program_that_ends_in_between(
    listen: Listen, pauses: Pauses
) -> None:
    async with a_server(a_capture(1, events=BATCH.events, deadline_ms=9_000)) as fake, a_program() as program:
        program.answers = stopping_after(program, 1)
        async with running(listen(fake, program.url, answers=True)):
            await until(lambda: len(pauses.made) > 3)
    (failed,) = fake.results
    assert isinstance(failed, ListenFailed)
    assert failed.why.startswith("refused")
    assert (texts(program), fake.acknowledged) == (["a"], [])


async def test_a_program_that_is_down_in_between_gets_the_rest_later(listen: Listen, pauses: Pauses) -> None:
    async with a_server(BATCH, a_capture(2, events=events_of("d"))) as fake, a_program() as first:
        first.answers = stopping_after(first, 1)
        async with running(listen(fake, first.url)):
            await until(lambda: len(pauses.made) > 3)
            assert (texts(first), fake.results, fake.acknowledged) == (["a"], [], [])
            async with a_program(first.port) as second:
                await until(lambda: fake.acknowledged == [1, 2])
    assert texts(second) == ["b", "c", "d"]
    assert ids(second) == ["b1n.1.1", "b1n.1.2", "b1n.2.0"]


async def test_the_rest_is_dropped_while_the_program_is_down_if_that_is_wanted(listen: Listen, capsys) -> None:
    async with a_server(BATCH) as fake, a_program() as program:
        program.answers = stopping_after(program, 1)
        async with running(listen(fake, program.url, drops=True)):
            await until(lambda: fake.dropped == [1])
    assert (texts(program), [each.n for each in fake.results]) == (["a"], [1])
    assert "is down: the rest of #1 is dropped: the connection was refused" in capsys.readouterr().err


async def test_a_connection_that_is_cut_in_between_changes_nothing_for_the_program(listen: Listen) -> None:
    async with a_server(BATCH) as fake, a_program() as program:
        program.holds = asyncio.Event()
        async with running(listen(fake, program.url)):
            await until(lambda: len(program.seen) == 1)
            fake.cut()
            await until(lambda: fake.tries.get(1) == 2)
            program.holds.set()
            await until(lambda: fake.acknowledged == [1])
    assert texts(program) == ["a", "b", "c"]
    assert [each.n for each in fake.results] == [1]


async def test_an_interrupt_ends_after_the_event_under_way_and_the_next_process_continues(listen: Listen) -> None:
    async with a_server(BATCH) as fake, a_program() as program:
        program.holds = asyncio.Event()
        session = listen(fake, program.url)
        async with running(session) as task:
            await until(lambda: len(program.seen) == 1)
            session.interrupt()
            program.holds.set()
            assert await task == 130
        assert (texts(program), fake.acknowledged) == (["a"], [])
        async with running(listen(fake, program.url)):
            await until(lambda: fake.acknowledged == [1])
    assert texts(program) == ["a", "b", "c"]
    assert b"X-Smsbin-Attempt: 2\r\n" in program.seen[1]


async def test_so_many_events_are_sent_and_the_rest_by_the_next_process(listen: Listen) -> None:
    async with a_server(BATCH) as fake, a_program() as program:
        assert await listen(fake, program.url, once=2).run() == 0
        assert (texts(program), fake.acknowledged) == (["a", "b"], [])
        assert await listen(fake, program.url, once=1).run() == 0
        assert (texts(program), fake.acknowledged) == (["a", "b", "c"], [1])


async def test_a_request_that_states_fewer_events_than_were_delivered_is_acknowledged(listen: Listen) -> None:
    async with a_server(BATCH) as fake, a_program() as program:
        assert await listen(fake, program.url, once=2).run() == 0
        fake.captures = [a_capture(1, events=events_of("only"))]
        async with running(listen(fake, program.url)):
            await until(lambda: fake.acknowledged == [1])
    assert texts(program) == ["a", "b", "only"]


async def test_a_replay_sends_all_events_again(listen: Listen) -> None:
    async with a_server(BATCH) as fake, a_program() as program:
        session = listen(fake, program.url)
        async with running(session):
            await until(lambda: fake.acknowledged == [1])
            session.press("r")
            await until(lambda: len(program.seen) == 6)
    assert texts(program) == ["a", "b", "c"] * 2
    assert len(fake.results) == 1
