"""A session of `smsbin listen`, with a server that speaks the protocol and a program that is there, or not."""

import asyncio
import json

import pytest

from app import clock
from app.commands.listen import session as session_module
from app.commands.listen.sleeping import JUMP_S, STEP_S
from app.domain.listening import WINDOW
from app.errors import CannotStart
from tests.commands.listen.fake import (
    Pauses,
    a_capture,
    a_program,
    a_server,
    plan_of,
    running,
    until,
)


def _numbers(out: str) -> list[int]:
    return [json.loads(line)["n"] for line in out.splitlines()]


async def test_a_thousand_arrive_once_and_in_order_over_cut_connections(listen, capsys) -> None:
    captures = [a_capture(n, b"%d" % n) for n in range(1, 1_001)]
    async with a_server() as fake, a_program() as program, running(listen(fake, program.url)):
        for start in range(0, 1_000, 100):
            fake.add(*captures[start : start + 100])
            await until(lambda start=start: len(program.seen) > start + 50)
            fake.cut()
        await until(lambda: len(fake.acknowledged) == 1_000)
    assert program.bodies == [b"%d" % n for n in range(1, 1_001)]
    assert sorted(fake.acknowledged) == list(range(1, 1_001))
    out, err = capsys.readouterr()
    assert _numbers(out) == list(range(1, 1_001))
    assert err.count("the connection was lost: the connection was cut. Connecting again …") == 10
    assert "smsbin: listening on my bin as laptop, for http://127.0.0.1" in err


async def test_a_lost_acknowledgement_is_repeated_without_a_second_delivery(listen) -> None:
    async with a_server(a_capture(1), a_capture(2)) as fake, a_program() as program:
        fake.loses_acks = 3
        async with running(listen(fake, program.url)):
            await until(lambda: fake.acknowledged == [1, 2])
        assert len(program.seen) == 2
        assert [each.n for each in fake.results] == [1, 1, 1, 1, 2]
        assert fake.tries[1] == 4


async def test_a_new_process_acknowledges_what_the_one_before_has_delivered(listen) -> None:
    async with a_server(a_capture(1), a_capture(2)) as fake, a_program() as program:
        async with running(listen(fake, program.url)):
            await until(lambda: fake.acknowledged == [1, 2])
        fake.forget()
        async with running(listen(fake, program.url)):
            await until(lambda: fake.acknowledged == [1, 2])
        assert len(program.seen) == 2


async def test_the_end_of_the_connection_waits_for_acknowledgements(listen) -> None:
    async with a_server(a_capture(1), a_capture(2), a_capture(3)) as fake, a_program() as program:
        assert await listen(fake, program.url, once=2).run() == 0
        assert (len(program.seen), fake.acknowledged, fake.ends) == (2, [1, 2], [1000])


async def test_captures_are_held_while_the_program_is_down(listen, pauses: Pauses, capsys) -> None:
    async with a_program() as program:
        port = int(program.url.rsplit(":", 1)[1].split("/")[0])
    async with a_server(*[a_capture(n, b"%d" % n) for n in range(1, 21)]) as fake:
        async with running(listen(fake, program.url)):
            await until(lambda: len(pauses.made) > 4)
            assert (fake.acknowledged, fake.results) == ([], [])
            async with a_program(port) as program:
                await until(lambda: len(fake.acknowledged) == 20)
        assert program.bodies == [b"%d" % n for n in range(1, 21)]
    assert pauses.made[:5] == [1.0, 2.0, 4.0, 5.0, 5.0]
    err = capsys.readouterr().err
    assert err.count(f"waiting for 127.0.0.1:{port} (20 held): the connection was refused") == 1
    assert err.count(f"127.0.0.1:{port} is reachable again.") == 1


async def test_captures_are_dropped_while_the_program_is_down_if_that_is_wanted(listen, capsys) -> None:
    async with a_program() as program:
        pass
    async with a_server(a_capture(1), a_capture(2)) as fake, running(listen(fake, program.url, drops=True)):
        await until(lambda: fake.dropped == [1, 2])
    out, err = capsys.readouterr()
    assert (out, fake.acknowledged) == ("", [])
    assert "is down: #1 is dropped: the connection was refused" in err


async def test_a_provider_that_waits_is_not_held_with_the_capture(listen, pauses: Pauses) -> None:
    async with a_program() as program:
        pass
    captures = [a_capture(n, deadline_ms=9_000) for n in range(1, 4)]
    async with a_server(*captures) as fake, running(listen(fake, program.url, answers=True)):
        await until(lambda: len(pauses.made) > 9)
        assert sorted((each.n, each.why) for each in fake.results) == [  # type: ignore[union-attr]
            (n, "refused: the connection was refused") for n in (1, 2, 3)
        ]
        assert fake.acknowledged == []


async def test_with_answers_slow_responses_do_not_delay_each_other(listen) -> None:
    captures = [a_capture(n, deadline_ms=9_000) for n in range(1, 9)]
    async with a_server(*captures) as fake, a_program() as program:
        program.holds = asyncio.Event()
        async with running(listen(fake, program.url, answers=True)):
            await until(lambda: len(program.seen) == 8)
            # Sent again while the first delivery is under way: it waits for that one.
            fake.cut()
            await until(lambda: len(fake.queries) == 2)
            program.holds.set()
            await until(lambda: sorted(fake.acknowledged) == list(range(1, 9)))
        assert len(program.seen) == 8


async def test_a_machine_that_was_asleep_connects_again_at_once(
    listen, pauses: Pauses, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    async with a_server(a_capture(1)) as fake, a_program() as program, running(listen(fake, program.url)):
        await until(lambda: fake.acknowledged == [1])
        uptime = clock.uptime()
        monkeypatch.setattr(clock, "uptime", lambda: uptime + 600 + STEP_S)
        assert JUMP_S < 600
        fake.add(a_capture(2))
        pauses.steps.put_nowait(None)
        await until(lambda: fake.acknowledged == [1, 2] and len(fake.queries) == 2)
    err = capsys.readouterr().err
    assert "smsbin: awake after 10 min.\n" in err
    assert "the connection was lost: the machine was asleep." in err


async def test_the_position_is_given_with_the_first_connection_only(listen) -> None:
    async with a_server(a_capture(1), a_capture(2)) as fake, a_program() as program:
        fake.refuses = [503]
        async with running(listen(fake, program.url, start=1)):
            await until(lambda: fake.acknowledged == [2])
            fake.cut()
            await until(lambda: len(fake.queries) == 3)
    assert [query.get("after") for query in fake.queries] == ["1", "1", None]
    assert fake.tokens[0] == "Bearer t0ken"


async def test_an_answer_that_is_no_success_is_a_delivery(listen, capsys) -> None:
    async with a_server(a_capture(1)) as fake, a_program() as program:
        program.answers = lambda _: b"HTTP/1.1 500 No\r\nContent-Length: 3\r\nA: 1\r\na: 2\r\n\r\nbad"
        assert await listen(fake, program.url, once=1).run() == 0
    (result,) = fake.results
    assert (result.status, result.body, result.headers[1:]) == (500, b"bad", [("A", "1"), ("a", "2")])  # type: ignore[union-attr]
    assert fake.acknowledged == [1]
    assert json.loads(capsys.readouterr().out)["status"] == 500


async def test_the_last_capture_can_be_replayed_and_deliveries_paused(listen, capsys) -> None:
    async with a_server() as fake, a_program() as program:
        session = listen(fake, program.url)
        async with running(session) as task:
            session.press("r")
            fake.add(a_capture(1))
            await until(lambda: fake.acknowledged == [1])
            session.press("r")
            await until(lambda: len(program.seen) == 2)
            session.press("p")
            fake.add(a_capture(2), a_capture(3))
            await until(lambda: fake.tries.get(3) == 1)
            session.press("r")
            await until(lambda: len(program.seen) == 3)
            session.press("p")
            await until(lambda: fake.acknowledged == [1, 2, 3])
            session.press("x")
            session.press("q")
            assert await task == 0
    out, err = capsys.readouterr()
    assert [(each["n"], each["trigger"]) for each in map(json.loads, out.splitlines())] == [
        (1, "first"), (1, "manual"), (1, "manual"), (2, "first"), (3, "first"),
    ]  # fmt: skip
    assert b"X-Smsbin-Trigger: manual\r\n" in program.seen[1]
    assert "nothing was delivered yet" in err
    assert len(fake.results) == 3


async def test_an_interrupt_waits_for_the_request_under_way(listen) -> None:
    async with a_server(a_capture(1), a_capture(2)) as fake, a_program() as program:
        program.holds = asyncio.Event()
        session = listen(fake, program.url)
        async with running(session) as task:
            await until(lambda: len(program.seen) == 1)
            session.interrupt()
            program.holds.set()
            assert await task == 130
        assert (fake.acknowledged, fake.ends) == ([1], [1000])


async def test_an_end_waits_so_long(listen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "STOP_S", 0.01)
    async with a_server(a_capture(1)) as fake, a_program() as program:
        program.holds = asyncio.Event()
        session = listen(fake, program.url)
        async with running(session) as task:
            await until(lambda: len(program.seen) == 1)
            session.stop(7)
            assert await task == 7
        assert fake.acknowledged == []
        program.holds.set()


def test_only_where_providers_wait_are_captures_delivered_at_the_same_time() -> None:
    assert (plan_of(answers=True).at_once, plan_of().at_once, plan_of(answers=True, once=1).at_once) == (WINDOW, 1, 1)


async def test_a_second_interrupt_ends_at_once(listen) -> None:
    async with a_server(a_capture(1)) as fake, a_program() as program:
        program.holds = asyncio.Event()
        session = listen(fake, program.url)
        async with running(session) as task:
            await until(lambda: len(program.seen) == 1)
            session.interrupt()
            session.interrupt()
            assert await task == 130
        assert fake.acknowledged == []
        program.holds.set()


@pytest.mark.parametrize(("key", "opened"), [("https://x/1", ["https://x/1"]), ("file:///etc/passwd", [])])
async def test_only_web_pages_are_opened(listen, monkeypatch: pytest.MonkeyPatch, key: str, opened: list[str]) -> None:
    found: list[str] = []
    monkeypatch.setattr("click.launch", found.append)
    async with a_server(a_capture(1, page_url=key)) as fake, a_program() as program:
        session = listen(fake, program.url)
        async with running(session):
            session.press("o")
            await until(lambda: fake.acknowledged == [1])
            session.press("o")
    assert found == ["https://sms.example/bins/b1n", *opened]


@pytest.mark.parametrize(
    ("code", "frame", "words"),
    [
        (4401, None, "access token has ended"),
        (4404, None, "bin was deleted"),
        (4409, "taken_over", "newer listener of the name laptop"),
        (4409, None, "newer listener of the name laptop"),
        (4410, "removed", "was removed"),
    ],
)
async def test_what_the_server_ends_for_good_is_an_error(listen, code: int, frame: str | None, words: str) -> None:
    async with a_server() as fake:
        task = asyncio.ensure_future(listen(fake, "http://127.0.0.1:1").run())
        await until(lambda: fake.socket is not None)
        await fake.end(code, frame)
        with pytest.raises(CannotStart, match=words):
            await task
        assert len(fake.queries) == 1


async def test_a_body_of_five_mebibytes_arrives(listen) -> None:
    body = bytes(range(256)) * (5 << 12)
    async with a_server(a_capture(1, body)) as fake, a_program() as program:
        assert await listen(fake, program.url, once=1).run() == 0
    assert program.bodies == [body]
