"""What a provider gets while a wiretap is on, and what is kept of it."""

import asyncio

import pytest

from app import keys
from app.domain.answers.model import EMPTY_TWIML, Answer, RoleAnswers
from app.domain.faults import FaultKind
from app.domain.replays import Trigger
from app.domain.roles import Role
from app.domain.wiretaps.model import HandlerAnswer, HandlerFailure
from app.errors import StoreUnavailable
from app.ingress import server as ingress_server
from app.services.wiretaps import calling
from tests.ingress.test_faults import fail
from tests.ingress.wire import Wire, connect, get, post
from tests.services.forwards.target import Seen, answer_of

from .conftest import Tapped

TEXT = b"HTTP/1.1 201 Made\r\nContent-Type: text/plain\r\nX-Two: a\r\nX-Two: b\r\nContent-Length: 5\r\n\r\nhello"


async def test_the_provider_gets_the_answer_of_the_handler(tapped: Tapped, wire: Wire) -> None:
    tapped.tap()
    tapped.target.say = lambda _: TEXT
    await tapped.send(wire)
    answer = await wire.answer()
    assert (answer.status, answer.body) == (201, b"hello")
    assert answer.headers["x-two"] in ("a", "b")
    assert answer.headers["x-capture"] == "1"
    row = await tapped.row(1)
    assert row.outcome is not None
    assert (row.outcome.status, row.outcome.note, row.outcome.ok) == (201, None, True)
    sent = await tapped.server.app[keys.STORE].get_sent_answer(tapped.server.bin.id, 1)
    assert sent == Answer(
        status=201, headers=(("Content-Type", "text/plain"), ("X-Two", "a"), ("X-Two", "b")), body="hello"
    )
    (attempt,) = await tapped.attempts(1)
    assert (attempt.status, attempt.trigger, attempt.forward, attempt.body) == (201, Trigger.WIRETAP, None, b"hello")
    assert attempt.content_type == "text/plain"
    assert b"X-Smsbin-Trigger: wiretap\r\n" in attempt.sent


async def test_the_handler_gets_the_bytes_in_order_with_credentials(tapped: Tapped, wire: Wire) -> None:
    tapped.tap()
    body = b"Text=%ff\x00\xe9&a=1&a=2"
    await tapped.send(wire, body, "X-B: 1", "x-a:  2", "X-B: 3", "Authorization: Basic eA==", "Cookie: a=b", "TE: x")
    assert (await wire.answer()).status == 200
    (seen,) = tapped.target.seen
    assert seen.body == body
    lines = seen.lines
    start = lines.index(b"X-B: 1")
    assert lines[start : start + 5] == [
        b"X-B: 1", b"x-a: 2", b"X-B: 3", b"Authorization: Basic eA==", b"Cookie: a=b",
    ]  # fmt: skip
    assert seen.header("TE") is None
    assert seen.header("X-Smsbin-Id") == f"{tapped.server.bin.id}/1"
    assert seen.header("X-Smsbin-Hops") == "1"
    assert seen.header("X-Forwarded-Host") == "127.0.0.1"


async def test_it_is_stored_before_it_is_sent(tapped: Tapped, wire: Wire) -> None:
    tapped.tap()
    stored: list[bytes] = []

    class Looking:
        url, outbox, timeout_s = "listener", None, None

        async def answer(self, bin_id: str, capture: object, deadline: float) -> HandlerAnswer:
            stored.append((await tapped.raw(1)).body)
            return HandlerAnswer(status=204, headers=(), body=b"", took_s=0.0)

    tapped.server.app[keys.HANDLERS].add(tapped.server.bin.id, Role.PRIMARY, Looking())
    await tapped.send(wire)
    assert (await wire.answer()).status == 204
    assert stored == [b"Text=hi"]
    assert tapped.target.seen == []


async def test_nothing_is_sent_of_what_cannot_be_stored(
    tapped: Tapped, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    tapped.tap()

    def refuse(*_: object) -> None:
        raise StoreUnavailable("full")

    monkeypatch.setattr(tapped.server.app[keys.STORE], "add_capture", refuse)
    await tapped.send(wire)
    assert (await wire.answer()).status == 503
    assert tapped.target.seen == []


async def test_answers_and_faults_of_the_bin_do_not_apply(tapped: Tapped, wire: Wire) -> None:
    app, bin = tapped.server.app, tapped.server.bin
    await app[keys.ANSWERS].set(bin.id, Role.PRIMARY, RoleAnswers(answer=Answer(status=418)))
    await fail(tapped.server, FaultKind.STATUS, statuses=(500,), count=3)
    handler = tapped.tap()
    await tapped.send(wire)
    assert (await wire.answer()).status == 200
    assert (await tapped.row(1)).fault is None
    active = app[keys.FAULTS].of(bin.id, Role.PRIMARY)
    assert active is not None
    assert active.left == 3
    app[keys.HANDLERS].remove(bin.id, Role.PRIMARY, handler)
    await tapped.send(wire)
    assert (await wire.answer()).status == 500


@pytest.mark.parametrize(
    ("said", "status", "why"),
    [
        (answer_of(500), 500, "it answered 500"),
        (b"", 502, "the connection was closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", 502, "the response was incomplete"),
        (b"SSH-2.0-dropbear\r\n\r\n", 502, "the response is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n", 502, "its headers are not valid HTTP"),
        (b"HTTP/1.1 200 OK\r\nX Y: a\r\nContent-Length: 0\r\n\r\n", 502, "its headers are not valid HTTP"),
        (b"HTTP/1.1 700 Odd\r\nContent-Length: 0\r\n\r\n", 502, "its status 700 is no final status of HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", 502, "the response is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 502, "the response is not HTTP"),
    ],
)
async def test_a_failure_of_the_handler_is_mirrored(
    tapped: Tapped, wire: Wire, said: bytes, status: int, why: str
) -> None:
    tapped.tap()
    tapped.target.say = lambda _: said
    await tapped.send(wire)
    answer = await wire.answer()
    assert answer.status == status
    assert "set-cookie" not in answer.headers
    row = await tapped.row(1)
    assert row.outcome is not None
    assert row.outcome.note is not None
    assert why in row.outcome.note
    (attempt,) = await tapped.attempts(1)
    assert (attempt.status, attempt.error) == ((500, None) if status == 500 else (None, why))


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nok",
    ],
)
async def test_other_framing_is_made_plain(tapped: Tapped, wire: Wire, said: bytes) -> None:
    tapped.tap()
    tapped.target.say = lambda _: said
    await tapped.send(wire)
    answer = await wire.answer()
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"ok", "2")
    assert "transfer-encoding" not in answer.headers
    assert "link" not in answer.headers


async def test_a_refused_connection_is_502_and_a_forbidden_target_too(tapped: Tapped, wire: Wire, free_port) -> None:
    handler = tapped.tap(f"http://127.0.0.1:{free_port}/")
    await tapped.send(wire)
    assert (await wire.answer()).status == 502
    tapped.server.app[keys.HANDLERS].remove(tapped.server.bin.id, Role.PRIMARY, handler)
    tapped.tap("http://10.0.0.1:8080/")
    await tapped.send(wire)
    assert (await wire.answer()).status == 502
    row = await tapped.row(2)
    assert row.outcome is not None
    assert "blocked: private address" in (row.outcome.note or "")
    kept = [attempt for n in (1, 2) for attempt in await tapped.attempts(n=n)]
    assert [bool(each.sent) for each in kept] == [True, False]


async def test_a_hanging_handler_gives_504_at_the_limit_and_its_late_answer_is_kept(tapped: Tapped, wire: Wire) -> None:
    release = asyncio.Event()

    class Slow:
        url, outbox, timeout_s = "listener slow", None, 1.0

        async def answer(self, bin_id: str, capture: object, deadline: float) -> HandlerAnswer:
            await release.wait()
            return HandlerAnswer(status=200, headers=(), body=b"late", took_s=2.4)

    tapped.server.app[keys.HANDLERS].add(tapped.server.bin.id, Role.PRIMARY, Slow())
    await tapped.send(wire)
    assert (await wire.answer()).status == 504
    row = await tapped.row(1)
    assert row.outcome is not None
    assert row.outcome.after_ms is not None
    assert row.outcome.after_ms >= 1_000
    assert "no response within 1 s" in (row.outcome.note or "")
    release.set()
    (attempt,) = await tapped.attempts(1)
    assert (attempt.status, attempt.ms, attempt.body) == (200, 2_400, b"late")


async def test_a_provider_that_leaves_is_noted_and_the_answer_is_kept(tapped: Tapped) -> None:
    asked, release = asyncio.Event(), asyncio.Event()

    class Slow:
        url, outbox, timeout_s = "listener slow", None, 20.0

        async def answer(self, bin_id: str, capture: object, deadline: float) -> HandlerAnswer:
            asked.set()
            await release.wait()
            return HandlerAnswer(status=200, headers=(), body=b"", took_s=2.4)

    tapped.server.app[keys.HANDLERS].add(tapped.server.bin.id, Role.PRIMARY, Slow())
    async with connect(tapped.server.port) as wire:
        await tapped.send(wire)
        await asked.wait()
        wire.reset()
        row = await tapped.row(1)
        assert row.outcome is not None
        assert (row.outcome.status, row.outcome.sender_left) == (None, True)
        assert row.outcome.left_ms is not None
    release.set()
    (attempt,) = await tapped.attempts(1)
    assert (attempt.status, attempt.ms) == (200, 2_400)


async def test_a_handler_that_resets_the_connection_is_502(tapped: Tapped, wire: Wire) -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        Wire(reader, writer).reset()

    async with await asyncio.start_server(reset, "127.0.0.1", 0) as server:
        tapped.tap(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        await tapped.send(wire)
        assert (await wire.answer()).status == 502
    row = await tapped.row(1)
    assert row.outcome is not None
    assert "the connection was closed" in (row.outcome.note or "")


async def test_a_body_that_comes_too_slowly_is_504(tapped: Tapped, wire: Wire) -> None:
    over = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await over.wait()
        writer.close()

    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        tapped.tap(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", timeout_s=1.5)
        await tapped.send(wire)
        assert (await wire.answer()).status == 504
        over.set()
    (attempt,) = await tapped.attempts(1)
    assert attempt.error == "the response was incomplete"


async def test_a_bug_in_a_handler_is_502(tapped: Tapped, wire: Wire) -> None:
    class Wrong:
        url, outbox, timeout_s = "listener wrong", None, None

        async def answer(self, bin_id: str, capture: object, deadline: float) -> HandlerFailure:
            raise RuntimeError("a bug")

    tapped.server.app[keys.HANDLERS].add(tapped.server.bin.id, Role.PRIMARY, Wrong())
    await tapped.send(wire)
    assert (await wire.answer()).status == 502


async def test_head_and_pipelined_requests_are_answered_in_order(tapped: Tapped, wire: Wire) -> None:
    tapped.tap()

    def say(seen: Seen) -> bytes:
        if seen.head.startswith(b"HEAD"):
            return b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 99\r\n\r\n"
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(seen.body), seen.body)

    tapped.target.say = say
    await wire.send(
        get(tapped.path).replace(b"GET", b"HEAD", 1) + post(tapped.path, b"two") + post(tapped.path, b"three")
    )
    head = await wire.answer(head_only=True)
    assert (head.status, head.body) == (200, b"")
    assert [(await wire.answer()).body for _ in range(2)] == [b"two", b"three"]
    assert tapped.target.numbers == [1, 2, 3]
    assert tapped.target.most_open == 1


async def test_an_incomplete_request_is_not_sent(tapped: Tapped, wire: Wire) -> None:
    tapped.tap()
    await wire.send(post(tapped.path, b"whole")[:-2])
    wire.half_close()
    assert (await wire.answer()).status == 502
    assert tapped.target.seen == []
    row = await tapped.row(1)
    assert row.outcome is not None
    assert calling.INCOMPLETE in (row.outcome.note or "")


async def test_what_is_not_http_is_answered_by_smsbin(tapped: Tapped, wire: Wire) -> None:
    tapped.tap()
    await wire.send(f"POST {tapped.path} HTTP/1.1\r\nBad header\r\n\r\n".encode())
    assert (await wire.answer()).status == 400
    assert tapped.target.seen == []


async def test_a_role_without_a_handler_gets_the_safe_answer(tapped: Tapped, wire: Wire) -> None:
    tapped.tap(role=Role.FALLBACK)
    await tapped.send(wire)
    assert (await wire.answer()).body == EMPTY_TWIML.encode()
    assert tapped.target.seen == []


async def test_above_the_limit_of_a_target_a_request_gets_503(
    tapped: Tapped, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "PER_TARGET", 1)
    release = asyncio.Event()
    tapped.tap(timeout_s=20)

    class Held:
        url, outbox, timeout_s = "listener held", None, 20.0

        async def answer(self, bin_id: str, capture: object, deadline: float) -> HandlerAnswer:
            await release.wait()
            return HandlerAnswer(status=200, headers=(), body=b"", took_s=0.0)

    tapped.server.app[keys.HANDLERS].add(tapped.server.bin.id, Role.PRIMARY, Held())
    async with connect(tapped.server.port) as other:
        await tapped.send(other)
        await tapped.server.until(lambda: _is_stored(tapped))
        await tapped.send(wire)
        assert (await wire.answer()).status == 503
        release.set()
        assert (await other.answer()).status == 200


async def _is_stored(tapped: Tapped) -> bool:
    return len(await tapped.server.captures()) >= 1


async def test_a_stop_waits_a_little_and_then_answers(tapped: Tapped, wire: Wire, monkeypatch) -> None:
    monkeypatch.setattr(calling, "STOP_S", 0.05)
    monkeypatch.setattr(ingress_server, "SHUTDOWN_S", 1.0)
    tapped.tap(timeout_s=60)
    tapped.target.say = lambda _: None
    await tapped.send(wire)
    await tapped.target.got(1)
    tapped.server.app[keys.WAITING].stop()
    assert (await wire.answer()).status == 504
    row = await tapped.row(1)
    assert row.outcome is not None
    assert calling.STOPPED in (row.outcome.note or "")


async def test_the_overhead_is_counted(tapped: Tapped, wire: Wire) -> None:
    tapped.tap()
    for _ in range(3):
        await tapped.send(wire)
        await wire.answer()
    overhead = tapped.server.app[keys.WIRETAPPING].counters.overhead(tapped.server.bin.id, Role.PRIMARY)
    assert overhead is not None
    assert overhead.count == 3
    assert 0 < overhead.p50_s <= overhead.p99_s
