"""Answers and faults as a sender gets them on the wire, and as they are reported in the capture."""

import asyncio
import socket
import struct
import time
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest
from defusedxml.ElementTree import fromstring

from app import clock, keys
from app.domain.answers.model import EMPTY_TWIML, Answer, RoleAnswers, Rule
from app.domain.faults import ActiveFault, Fault, FaultKind
from app.domain.roles import Role
from app.errors import StoreUnavailable
from app.ingress.faults import PLAYERS
from app.services import held_answers as waiting
from tests.conftest import Running, run_server
from tests.process import request_bytes

SAFE_HEADERS = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "cache-control": "no-store",
}


async def fail(server: Running, kind: FaultKind, role: Role = Role.PRIMARY, **values: object) -> ActiveFault:
    now = clock.now()
    fault = Fault(kind=kind, **{"until": now + timedelta(minutes=10)} | values)
    active = ActiveFault(
        id=clock.new_id(), bin_id=server.bin.id, role=role, fault=fault, started_at=now, left=fault.count
    )
    await server.app[keys.FAULTS].set(active)
    return active


@dataclass(slots=True)
class Sender:
    """One connection, with the fast path or the slow path of a capture."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    short: bool

    async def send(self, key: str, path: str = "") -> None:
        whole = request_bytes(key + path)
        if self.short:
            self.writer.write(whole)
            return
        # The body arrives separately: the slow path.
        self.writer.write(whole[:-1])
        await self.writer.drain()
        await asyncio.sleep(0.02)
        self.writer.write(whole[-1:])

    async def everything(self) -> bytes:
        async with asyncio.timeout(60):
            return await self.reader.read()

    async def head(self) -> tuple[int, dict[str, str]]:
        async with asyncio.timeout(60):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = head.split("\r\n")
        return int(lines[0].split()[1]), {
            name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:] if line)
        }

    async def body(self, headers: dict[str, str]) -> bytes:
        async with asyncio.timeout(60):
            return await self.reader.readexactly(int(headers.get("content-length", "0")))

    def reset(self) -> None:
        """Close the connection without sending anything."""
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@pytest.fixture(params=["short", "long"])
async def sender(request, server: Running) -> AsyncIterator[Sender]:
    """Capture 1 has used the key; this sender sends number 2."""
    async with server.client.post(server.capture_url, data=b"x") as answer:
        assert answer.status == 200
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    yield Sender(reader, writer, request.param == "short")
    writer.transport.abort()


def test_every_kind_has_a_player() -> None:
    assert set(PLAYERS) == set(FaultKind)


async def test_statuses_come_in_turn_and_end_by_their_count(server: Running, sender: Sender) -> None:
    await fail(server, FaultKind.STATUS, statuses=(500, 429, 302), count=4)
    seen = []
    for n in range(2, 7):
        await sender.send(server.bin.key)
        status, headers = await sender.head()
        assert headers["x-capture"] == str(n)
        assert SAFE_HEADERS.items() <= headers.items()
        body = await sender.body(headers)
        seen.append((status, body))
    assert seen == [(500, b""), (429, b""), (302, b""), (500, b""), (200, EMPTY_TWIML.encode())]
    row = await server.settled(3)
    assert row.outcome is not None
    assert row.fault is not None
    assert (row.outcome.status, row.outcome.ok, row.fault.said) == (429, False, "status 429")
    assert await server.app[keys.STORE].get_sent_answer(server.bin.id, 3) == Answer(status=429)
    assert (await server.settled(6)).fault is None
    assert server.app[keys.FAULTS].of(server.bin.id, Role.PRIMARY) is None


async def test_a_held_answer_comes_when_its_time_is_over(server: Running, sender: Sender) -> None:
    await fail(server, FaultKind.HOLD, seconds=0.4, count=1)
    since = time.monotonic()
    await sender.send(server.bin.key)
    status, headers = await sender.head()
    assert time.monotonic() - since >= 0.4
    assert (status, await sender.body(headers)) == (200, EMPTY_TWIML.encode())
    row = await server.settled(2)
    assert row.outcome is not None
    assert row.outcome.ok
    assert row.outcome.after_ms is not None
    assert 400 <= row.outcome.after_ms < 3_000
    # The connection still works.
    await sender.send(server.bin.key)
    assert (await sender.head())[0] == 200


async def test_a_dropped_connection_says_nothing(server: Running, sender: Sender) -> None:
    await fail(server, FaultKind.DROP)
    await sender.send(server.bin.key)
    with suppress(ConnectionResetError):
        assert await sender.everything() == b""
    row = await server.settled(2)
    assert row.outcome is not None
    assert (row.outcome.status, row.outcome.after_ms, row.outcome.sender_left) == (None, None, False)


@pytest.mark.parametrize("role", [Role.PRIMARY, Role.STATUS])
async def test_a_cut_answer_promises_more_than_it_sends(server: Running, sender: Sender, role: Role) -> None:
    await fail(server, FaultKind.CUT, role)
    await sender.send(server.bin.key, f"/{role.value}")
    status, headers = await sender.head()
    body = await sender.everything()
    assert status == 200
    assert 0 < len(body) < int(headers["content-length"])
    row = await server.settled(2)
    assert row.outcome is not None
    assert (row.outcome.status, row.outcome.well_formed, row.outcome.ok) == (200, False, False)
    sent = await server.app[keys.STORE].get_sent_answer(server.bin.id, 2)
    assert sent is not None
    assert sent.body.encode() == body


async def test_a_long_answer_of_many_bytes_is_cut_too(server: Running, sender: Sender) -> None:
    await server.app[keys.ANSWERS].set(
        server.bin.id, Role.PRIMARY, RoleAnswers(answer=Answer(status=201, body="ü" * 30_000))
    )
    await fail(server, FaultKind.CUT)
    await sender.send(server.bin.key)
    status, headers = await sender.head()
    assert (status, headers["content-length"]) == (201, "60000")
    assert await sender.everything() == "ü".encode() * 15_000


async def test_broken_xml_is_taken_by_no_parser(server: Running, sender: Sender) -> None:
    await fail(server, FaultKind.BAD_XML)
    await sender.send(server.bin.key)
    status, headers = await sender.head()
    assert (status, headers["content-type"]) == (200, "text/xml")
    with pytest.raises(SyntaxError):
        fromstring(await sender.body(headers))
    row = await server.settled(2)
    assert row.outcome is not None
    assert (row.outcome.status, row.outcome.well_formed, row.outcome.ok) == (200, False, False)


@pytest.mark.parametrize("role", [Role.PRIMARY, Role.FALLBACK])
async def test_a_redirect_points_to_the_same_role_and_ends_there(server: Running, sender: Sender, role: Role) -> None:
    await fail(server, FaultKind.REDIRECT, role)
    await sender.send(server.bin.key, f"/{role.value}")
    status, headers = await sender.head()
    assert status == 302
    path = headers["location"].removeprefix("http://x")
    assert path == f"/{server.bin.key}" + ("" if role is Role.PRIMARY else f"/{role.value}") + "/redirected"
    await sender.send(path[1:])
    assert (await sender.head())[0] == 200
    row = await server.settled(3)
    assert (row.role, row.fault) == (role, None)


async def test_a_slow_answer_drips_and_is_whole_in_the_end(server: Running, sender: Sender) -> None:
    await fail(server, FaultKind.SLOW, seconds=2)
    since = time.monotonic()
    await sender.send(server.bin.key)
    assert await sender.reader.readline() == b"HTTP/1.1 200 OK\r\n"
    assert time.monotonic() - since < 1.5
    _, headers = await _rest_of_head(sender)
    assert await sender.body(headers) == EMPTY_TWIML.encode()
    assert time.monotonic() - since >= 2
    row = await server.settled(2)
    assert row.outcome is not None
    assert row.outcome.ok
    await sender.send(server.bin.key)
    assert (await sender.reader.readline()).startswith(b"HTTP/1.1 200")


async def _rest_of_head(sender: Sender) -> tuple[str, dict[str, str]]:
    head = (await sender.reader.readuntil(b"\r\n\r\n")).decode()
    return head, {name.lower(): value for name, value in (line.split(": ", 1) for line in head.split("\r\n") if line)}


@pytest.mark.parametrize("kind", [FaultKind.HOLD, FaultKind.SLOW])
@pytest.mark.parametrize("how", ["reset", "close"])
async def test_a_sender_that_hangs_up_while_it_waits_is_noticed(
    server: Running, sender: Sender, kind: FaultKind, how: str
) -> None:
    await fail(server, kind, seconds=60)
    since = time.monotonic()
    await sender.send(server.bin.key)
    await asyncio.sleep(0.4)
    if how == "reset":
        sender.reset()
    else:
        sender.writer.close()
    row = await server.settled(2)
    assert time.monotonic() - since < 5
    assert row.outcome is not None
    assert row.outcome.sender_left
    assert row.outcome.left_ms is not None
    assert abs(row.outcome.left_ms - 400) < 300
    assert row.outcome.after_ms is None
    assert row.outcome.status == (200 if kind is FaultKind.SLOW else None)


async def test_a_sender_that_closes_its_half_with_the_request_gets_its_answer(server: Running, sender: Sender) -> None:
    await fail(server, FaultKind.HOLD, seconds=0.5)
    await sender.send(server.bin.key)
    sender.writer.write_eof()
    status, headers = await sender.head()
    assert (status, await sender.body(headers)) == (200, EMPTY_TWIML.encode())
    assert await sender.everything() == b""
    row = await server.settled(2)
    assert row.outcome is not None
    assert row.outcome.ok


async def test_the_delay_of_an_answer_is_waited_for(server: Running, sender: Sender) -> None:
    answer = Answer(status=202, headers=(("Content-Type", "text/plain"),), body="later", delay_ms=300)
    await server.app[keys.ANSWERS].set(server.bin.id, Role.PRIMARY, RoleAnswers(answer=answer))
    since = time.monotonic()
    await sender.send(server.bin.key)
    status, headers = await sender.head()
    assert time.monotonic() - since >= 0.3
    assert (status, await sender.body(headers)) == (202, b"later")
    assert SAFE_HEADERS.items() <= headers.items()
    assert (await server.settled(2)).outcome is not None
    sent = await server.app[keys.STORE].get_sent_answer(server.bin.id, 2)
    assert sent == answer


async def test_the_first_rule_that_matches_answers_else_the_role(server: Running) -> None:
    answers = RoleAnswers(
        answer=Answer(status=200, body="else"),
        rules=(
            Rule(match="text~stop", answer=Answer(body="stopped #{{n}} {{ from }}: {{text}}")),
            Rule(match="from:+14155550123", answer=Answer(body="known")),
        ),
    )
    await server.app[keys.ANSWERS].set(server.bin.id, Role.PRIMARY, answers)
    form = {"From": "+14155550123", "To": "+19495550142"}
    said = []
    for text in ("Stop it", "Hello"):
        async with server.client.post(server.capture_url, data=form | {"Text": text}) as answer:
            said.append(await answer.text())
    async with server.client.get(server.capture_url) as answer:
        said.append(await answer.text())
    async with server.client.post(server.capture_url + "/fallback", data=form) as answer:
        said.append(await answer.text())
    assert said == ["stopped #1 +14155550123: Stop it", "known", "else", EMPTY_TWIML]
    await server.app[keys.ANSWERS].reset(server.bin.id, Role.PRIMARY)
    async with server.client.post(server.capture_url, data=form) as answer:
        assert await answer.text() == EMPTY_TWIML


async def test_nothing_that_was_set_is_said_about_what_was_not_stored(
    server: Running, sender: Sender, monkeypatch
) -> None:
    await server.app[keys.ANSWERS].set(server.bin.id, Role.PRIMARY, RoleAnswers(answer=Answer(status=201)))
    await fail(server, FaultKind.STATUS, statuses=(202,), count=1)

    def refuse(new: object) -> None:
        raise StoreUnavailable("full")

    with monkeypatch.context() as patch:
        patch.setattr(server.app[keys.STORE], "add_capture", refuse)
        await sender.send(server.bin.key)
        status, headers = await sender.head()
        assert (status, headers["retry-after"], headers.get("x-capture")) == (503, "5", None)
    # The hit was uncounted.
    await sender.send(server.bin.key)
    assert (await sender.head())[0] == 202


async def test_an_old_answer_that_may_not_go_out_is_replaced_with_a_note(server: Running, sender: Sender) -> None:
    bad = Answer(headers=(("X-Bad", "a\r\nSet-Cookie: b"),), body="mine", delay_ms=10**9)
    answers = server.app[keys.ANSWERS]
    await answers.set(server.bin.id, Role.PRIMARY, RoleAnswers(answer=Answer()))
    answers._by_bin[server.bin.id][Role.PRIMARY].answers = RoleAnswers(answer=bad)
    await sender.send(server.bin.key)
    status, headers = await sender.head()
    assert (status, await sender.body(headers)) == (200, EMPTY_TWIML.encode())
    row = await server.settled(2)
    assert row.outcome is not None
    assert row.outcome.note is not None
    assert "default" in row.outcome.note


async def test_xml_of_the_user_that_is_broken_is_no_good_answer(server: Running) -> None:
    answer = Answer(headers=(("Content-Type", "application/xml"),), body="<Response>")
    await server.app[keys.ANSWERS].set(server.bin.id, Role.PRIMARY, RoleAnswers(answer=answer))
    async with server.client.get(server.capture_url) as reply:
        assert reply.status == 200
    row = await server.settled(1)
    assert row.outcome is not None
    assert (row.outcome.well_formed, row.outcome.ok) == (False, False)


async def test_a_fault_ends_by_its_time(server: Running, sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    over = clock.now() + timedelta(minutes=5)
    await fail(server, FaultKind.STATUS, until=over)
    await sender.send(server.bin.key)
    assert (await sender.head())[0] == 503
    monkeypatch.setattr(clock, "now", lambda: over)
    await sender.send(server.bin.key)
    assert (await sender.head())[0] == 200
    assert server.app[keys.FAULTS].of_bin(server.bin.id) == []


async def test_a_count_is_exact_for_concurrent_requests(server: Running) -> None:
    await fail(server, FaultKind.STATUS, count=25)

    async def post() -> int:
        async with server.client.post(server.capture_url, data=b"x") as answer:
            return answer.status

    statuses = await asyncio.gather(*(post() for _ in range(80)))
    assert sorted(statuses) == [200] * 55 + [503] * 25
    hits = [row for row in await server.app[keys.STORE].list_captures(server.bin.id, limit=100) if row.fault]
    assert len(hits) == 25


async def test_over_the_cap_answers_go_out_at_once_and_report_it(server: Running, monkeypatch) -> None:
    monkeypatch.setattr(waiting, "MAX_HELD_PER_BIN", 2)
    await fail(server, FaultKind.HOLD, seconds=0.5)

    async def post() -> float:
        since = time.monotonic()
        async with server.client.post(server.capture_url, data=b"x") as answer:
            assert answer.status == 200
        return time.monotonic() - since

    took = await asyncio.gather(*(post() for _ in range(4)))
    assert len([seconds for seconds in took if seconds >= 0.5]) == 2
    notes = [(await server.settled(n)).outcome for n in range(1, 5)]
    assert len([outcome for outcome in notes if outcome is not None and outcome.note]) == 2
    assert server.app[keys.WAITING].count == 0


async def test_a_stop_answers_what_is_held(make_settings) -> None:
    async with aiohttp.ClientSession() as client:
        async with run_server(make_settings()) as server:
            await fail(server, FaultKind.HOLD, seconds=100)
            held = [asyncio.ensure_future(client.post(server.capture_url, data=b"y")) for _ in range(3)]
            async with asyncio.timeout(60):
                while server.app[keys.WAITING].count < 3:
                    await asyncio.sleep(0.01)
            since = time.monotonic()
        assert time.monotonic() - since < 8
        for answer in await asyncio.gather(*held):
            assert (answer.status, await answer.text()) == (200, EMPTY_TWIML)
    async with run_server(make_settings()) as server:
        outcomes = [(await server.settled(n)).outcome for n in (1, 2, 3)]
        assert [outcome.status for outcome in outcomes if outcome] == [200, 200, 200]
        assert all(outcome and outcome.note and "stopping" in outcome.note for outcome in outcomes)


async def test_a_deleted_bin_is_forgotten(server: Running) -> None:
    await server.app[keys.ANSWERS].set(server.bin.id, Role.PRIMARY, RoleAnswers(answer=Answer(status=201)))
    await fail(server, FaultKind.STATUS)
    async with server.client.delete(server.bin_api) as answer:
        assert answer.status == 204
    assert server.app[keys.FAULTS].of_bin(server.bin.id) == []
    assert not server.app[keys.ANSWERS].is_set(server.bin.id, Role.PRIMARY)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (FaultKind.STATUS, 503),
        (FaultKind.HOLD, TimeoutError),
        (FaultKind.DROP, aiohttp.ServerDisconnectedError),
        (FaultKind.CUT, aiohttp.ClientPayloadError),
        (FaultKind.BAD_XML, 200),
        (FaultKind.REDIRECT, 302),
        (FaultKind.SLOW, TimeoutError),
    ],
)
async def test_a_usual_client_meets_every_kind_as_it_would_in_earnest(
    server: Running, kind: FaultKind, told: int | type[Exception]
) -> None:
    await fail(server, kind, **{"seconds": 60} if kind in (FaultKind.HOLD, FaultKind.SLOW) else {})
    since = time.monotonic()

    async def post() -> int:
        timeout = aiohttp.ClientTimeout(total=0.5)
        async with server.client.post(
            server.capture_url, data=b"x", timeout=timeout, allow_redirects=False
        ) as answer:  # fmt: skip
            await answer.read()
            return answer.status

    if isinstance(told, int):
        assert await post() == told
    else:
        with pytest.raises(told):
            await post()
    row = await server.settled(1)
    assert row.outcome is not None
    assert not row.outcome.ok
    assert row.outcome.sender_left is (told is TimeoutError)
    if told is TimeoutError:
        assert row.outcome.left_ms is not None
        assert row.outcome.left_ms <= (time.monotonic() - since) * 1_000
    assert row.fault is not None
    assert row.fault.kind == kind


async def test_a_redirect_that_is_followed_arrives(server: Running) -> None:
    await fail(server, FaultKind.REDIRECT, Role.VOICE)
    async with server.client.get(server.capture_url + "/voice?CallSid=1") as answer:
        assert (answer.status, answer.url.path) == (200, f"/{server.bin.key}/voice/redirected")
    assert [capture["role"] for capture in await server.captures()] == ["voice", "voice"]


@pytest.mark.parametrize("host", ["evil.example/x", "a b", "user@evil", "[::1", "", "é"])
async def test_a_redirect_never_repeats_a_host_that_is_none(server: Running, sender: Sender, host: str) -> None:
    await fail(server, FaultKind.REDIRECT)
    head = f"GET /{server.bin.key} HTTP/1.1\r\nHost: {host}\r\n\r\n"
    sender.writer.write(head.encode("latin-1"))
    status, headers = await sender.head()
    assert status == 302
    assert headers["location"] == f"/{server.bin.key}/redirected"


async def test_a_redirect_follows_the_public_url(make_settings) -> None:
    async with run_server(make_settings(public_url="https://sms.example.net/x", base_path="/x")) as server:
        await fail(server, FaultKind.REDIRECT)
        async with server.client.get(server.capture_url, allow_redirects=False) as answer:
            assert answer.headers["Location"] == f"https://sms.example.net/x/{server.bin.key}/redirected"


async def test_a_redirect_names_the_host_that_a_trusted_proxy_names(make_settings) -> None:
    async with run_server(make_settings(trusted_proxies="127.0.0.1")) as server:
        await fail(server, FaultKind.REDIRECT)
        # The proxy is trusted, but not the client that it names.
        headers = {
            "X-Forwarded-For": "203.0.113.9",
            "X-Forwarded-Host": "sms.example.net",
            "X-Forwarded-Proto": "https",
        }
        async with server.client.get(server.capture_url, headers=headers, allow_redirects=False) as answer:
            assert answer.headers["Location"] == f"https://sms.example.net/{server.bin.key}/redirected"


async def test_an_answer_whose_player_breaks_is_the_default_with_a_note(server: Running, monkeypatch) -> None:
    async def broken(scene: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setitem(PLAYERS, FaultKind.STATUS, broken)
    await fail(server, FaultKind.STATUS)
    async with server.client.post(server.capture_url, data=b"x") as answer:
        assert (answer.status, await answer.text()) == (200, EMPTY_TWIML)
    row = await server.settled(1)
    assert row.outcome is not None
    assert row.outcome.note is not None


@pytest.mark.parametrize("way", ["short", "long"])
async def test_bodies_are_free_while_their_answers_are_held(server: Running, way: str) -> None:
    if way == "short":
        async with server.client.post(server.capture_url, data=b"x") as answer:
            assert answer.status == 200
    await fail(server, FaultKind.HOLD, seconds=60)
    tracemalloc.start()
    try:
        # A request that arrives completely with its head takes the fast path.
        size, connections = 50_000 if way == "short" else 300_000, []
        for count in range(1, 11):
            connections.append(await asyncio.open_connection("127.0.0.1", server.port))
            connections[-1][1].write(request_bytes(server.bin.key, b"a" * size))
            await connections[-1][1].drain()
            async with asyncio.timeout(60):
                while server.app[keys.WAITING].count < count:
                    await asyncio.sleep(0.01)
        # What waits for the store is passed on in the next turn.
        await server.app[keys.STORE].probe()
        assert tracemalloc.get_traced_memory()[0] < size * len(connections) / 2
    finally:
        tracemalloc.stop()
    for _, writer in connections:
        writer.close()
