"""What goes wrong between a forward and its target, and what has to arrive all the same."""

import asyncio
import base64
import gzip
import json
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha1
from hmac import digest
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from app import clock
from app.domain.forwards.model import (
    OPEN,
    Dispatch,
    DispatchMark,
    DispatchOrder,
    DispatchState,
    Forward,
    ForwardMarks,
    ForwardMode,
    ForwardSignature,
    Retry,
)
from app.domain.replays import Trigger
from app.egress import send_exactly
from app.services.forwards import queue
from app.services.forwards.queue import ForwardQueue
from app.services.forwards.requests import LOOP
from app.settings import Settings
from tests.conftest import Running, run_server
from tests.services.forwards.target import FORM, Forwarding, Target, a_target, answer_of, forwarding
from tests.services.forwards.test_requests import signature_of
from tests.web.forwards.calling import call

SOON = (timedelta(), timedelta(), timedelta())
LATE = (timedelta(hours=1),)
MODES = list(ForwardMode)
CHUNKED = b"POST /%b HTTP/1.1\r\nHost: a\r\nX-Name: J\xf6rg\xff\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"


async def attempts(place: Forwarding, n: int = 1) -> list[tuple[int | None, str | None]]:
    return [(each.status, each.error) for each in await place.store.list_attempts(place.bin.id, n, limit=99)]


@pytest.mark.parametrize("mode", MODES)
async def test_a_target_that_answers_after_the_timeout_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: ForwardMode
) -> None:
    """Its late 200 is not counted: there is one success, and the target can see that it is a repeat."""
    times_out = [True]

    async def send(url: str, data: bytes, *, allowed: Any, timeout_s: float) -> Any:
        return await send_exactly(url, data, allowed=allowed, timeout_s=0.05 if times_out[0] else timeout_s)

    class Late(Target):
        async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if times_out[0]:
                await reader.readuntil(b"\r\n\r\n")
                await reader.read()  # until the sender has left
                times_out[0] = False
                writer.write(answer_of(200))
                writer.close()
            else:
                await super().talk(reader, writer)

    monkeypatch.setattr("app.services.forwards.sending.send_exactly", send)
    late = Late()
    server = await asyncio.start_server(late.talk, "127.0.0.1", 0)
    late.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with forwarding(tmp_path, schedule=(timedelta(milliseconds=50),) * 9) as place:
        forward = await place.add(late.url, mode=mode)
        await place.capture()
        await place.until_stored(forward, 1, "delivered")
        told = await attempts(place)
        assert told[0] == (None, "no response in time")
        assert [status for status, _ in told].count(200) == 1
        assert (await place.forwards.status(place.bin.id, forward.id)).stored.delivered == 1
        assert late.seen[0].header("X-Smsbin-Id") == f"{place.bin.id}/1"
        assert late.seen[0].header("X-Smsbin-Attempt") == str(len(told))
    server.close()


@pytest.mark.parametrize("mode", MODES)
async def test_a_name_that_changes_its_address_is_checked_with_each_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: ForwardMode
) -> None:
    addresses = ["127.0.0.1", "127.0.0.2", "169.254.169.254", "127.0.0.1"]
    statuses = [500, 200]
    asked: list[str] = []

    async def getaddrinfo(host: str, port: int, **_: object) -> Sequence[object]:
        if host == "handler.example":
            asked.append(host)
            host = addresses.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    allowed = [ip_network("127.0.0.1/32")]
    async with (
        forwarding(tmp_path, schedule=SOON, allowed=allowed) as place,
        a_target(lambda _: answer_of(statuses.pop(0))) as target,
    ):
        forward = await place.add(target.url.replace("127.0.0.1", "handler.example"), mode=mode)
        await place.capture()
        await place.until_stored(forward, 1, "delivered")
        blocked = (None, "blocked: private address")
        assert await attempts(place) == [(500, None), blocked, blocked, (200, None)]
        assert asked == ["handler.example"] * 4
        assert {seen.header("Host") for seen in target.seen} == {
            target.url.split("/")[2].replace("127.0.0.1", asked[0])
        }


@pytest.mark.parametrize("mode", MODES)
async def test_informational_responses_come_before_the_answer(tmp_path: Path, mode: ForwardMode) -> None:
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n"
    async with forwarding(tmp_path) as place, a_target(lambda _: early + answer_of(202)) as target:
        forward = await place.add(target.url, mode=mode)
        await place.capture(headers=(FORM, (b"Expect", b"100-continue")))
        assert (await place.until_stored(forward, 1, "delivered")).status == 202
        assert target.seen[0].header("Expect") is None


@pytest.mark.parametrize("mode", MODES)
async def test_a_redirect_is_reported_and_not_followed(tmp_path: Path, mode: ForwardMode) -> None:
    async with (
        a_target() as other,
        forwarding(tmp_path, schedule=SOON) as place,
        a_target(lambda _: answer_of(307, f"Location: {other.url}")) as target,
    ):
        forward = await place.add(target.url, mode=mode)
        await place.capture()
        await place.until_stored(forward, 1, "rejected")
        assert len(target.seen) == 4
        assert other.seen == []
        assert (await attempts(place))[0] == (307, f"a redirect to {other.url}, which is not followed")


async def raw_request(server: Running, data: bytes) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(data)
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()


@pytest.fixture
async def opened(make_settings: Callable[..., Settings]) -> AsyncIterator[Running]:
    async with run_server(make_settings(allow_targets="127.0.0.0/8")) as running:
        yield running


async def test_odd_requests_arrive_as_they_were(opened: Running) -> None:
    """Chunked with a trailer, bytes that are no ASCII in headers, a body of GET, and a compressed body."""
    packed = gzip.compress(b"Text=hi")
    key = opened.capture_url.rpartition("/")[2].encode()
    requests = [
        CHUNKED + b"3;x=1\r\na=1\r\n4\r\n&b=2\r\n0\r\nX-Sum: 7\r\n\r\n",
        b"POST /%b HTTP/1.1\r\nHost: a\r\nX-Name: J\xf6rg\xff\r\nContent-Length: 1\r\n\r\na",
        b"GET /%b?q=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody",
        b"POST /%b HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: "
        + b"%d" % len(packed)
        + b"\r\n\r\n",
    ]
    async with a_target() as target:
        await call(opened, "POST", status=201, name="F", url=target.url, order="strict")
        for each in requests[:3]:
            await raw_request(opened, each % key)
        await raw_request(opened, requests[3] % key + packed)
        chunked, latin, get, zipped = await target.got(4)
    assert (chunked.body, chunked.header("Content-Length"), chunked.header("Transfer-Encoding")) == (
        b"a=1&b=2", "7", None,
    )  # fmt: skip
    assert b"X-Name: J\xf6rg\xff" in latin.lines
    assert get.head.startswith(b"GET /sms?q=1 HTTP/1.1\r\n")
    assert (get.body, get.header("Content-Length")) == (b"body", "4")
    assert (zipped.body, zipped.header("Content-Encoding")) == (packed, "gzip")


async def test_odd_requests_become_events(opened: Running) -> None:
    key = opened.capture_url.rpartition("/")[2].encode()
    async with a_target() as target:
        made = await call(opened, "POST", status=201, name="F", url=target.url, mode="event", event_content="raw")
        await raw_request(opened, CHUNKED % key + b"2\r\n\xff\x00\r\n0\r\n\r\n")
        (seen,) = await target.got(1)
        raw = json.loads(seen.body)["data"]["raw"]
        assert base64.b64decode(raw["body_base64"]) == b"\xff\x00"
        assert ["X-Name", "J\xf6rg\xff"] in raw["headers"]
        assert seen.header("webhook-signature") == signature_of(made["secret"], seen)


@asynccontextmanager
async def two_servers(make_settings: Callable[..., Settings], tmp_path: Path) -> AsyncIterator[list[Running]]:
    first = make_settings(allow_targets="127.0.0.0/8")
    second = make_settings(allow_targets="127.0.0.0/8", data_dir=str(tmp_path / "other"))
    async with run_server(first) as one, run_server(second) as other:
        yield [one, other]


@pytest.mark.parametrize("modes", [("raw", "event"), ("event", "raw")])
async def test_two_servers_that_forward_to_each_other_stop(
    make_settings: Callable[..., Settings], tmp_path: Path, modes: tuple[str, str]
) -> None:
    async with two_servers(make_settings, tmp_path) as (one, other):
        await call(one, "POST", status=201, name="F", url=other.capture_url, mode=modes[0])
        await call(other, "POST", status=201, name="F", url=one.capture_url, mode=modes[1])
        async with one.client.post(one.capture_url, data={"Text": "hi"}) as answer:
            assert answer.status == 200

        async def is_stopped() -> bool:
            (item,) = (await call(other, "GET"))["items"]
            return item["failed"] == 1

        await other.until(is_stopped)
        assert [len(await each.captures()) for each in (one, other)] == [2, 2]
        async with other.client.get(f"{other.bin_api}/captures/2/attempts") as answer:
            (attempt,) = (await answer.json())["items"]
        assert attempt["error"] == f"not sent: {LOOP}"


async def test_a_secret_that_changes_between_attempts_signs_the_next_one(tmp_path: Path) -> None:
    statuses = [500, 500, 200]
    body = b"MessageSid=SM1&Body=hi"
    async with (
        forwarding(tmp_path, schedule=LATE * 3) as place,
        a_target(lambda _: answer_of(statuses.pop(0))) as target,
    ):
        tokens = ["1" * 32, "2" * 32]
        await place.secrets.set(place.bin.id, "token", "twilio", tokens[0])
        forward = await place.add(target.url, signature=ForwardSignature.TARGET)
        await place.capture(body, headers=(FORM, (b"X-Twilio-Signature", b"old")))
        await place.until_stored(forward, 1, "retrying")
        await place.secrets.set(place.bin.id, "token", "twilio", tokens[1])
        again = Retry(states=OPEN, trigger=Trigger.MANUAL)
        await place.forwards.retry(place.bin.id, forward.id, again)
        await target.got(2)
        for token, seen in zip(tokens, target.seen, strict=True):
            right = base64.b64encode(digest(token.encode(), f"{target.url}BodyhiMessageSidSM1".encode(), sha1)).decode()
            assert seen.header("X-Twilio-Signature") == right

        # With another mode, the forward has a secret of its own, and the same id.
        await place.until(lambda: _has_tries(place, forward.id, 2))
        changed = Forward(name="F", url=target.url, mode=ForwardMode.EVENT)
        await place.forwards.change(place.bin.id, forward.id, changed)
        secret = (await place.forwards.status(place.bin.id, forward.id)).secret
        await place.forwards.retry(place.bin.id, forward.id, again)
        await place.until_stored(forward, 1, "delivered")
        assert target.seen[2].header("webhook-signature") == signature_of(secret or "", target.seen[2])


async def _has_tries(place: Forwarding, forward_id: str, tries: int) -> bool:
    (found,) = await place.store.dispatches_with_numbers(forward_id, [1])
    return found.tries == tries


@pytest.mark.parametrize("mode", MODES)
async def test_retention_ends_what_is_retried_and_counts_it(tmp_path: Path, mode: ForwardMode) -> None:
    async with forwarding(tmp_path, schedule=LATE) as place, a_target(lambda _: answer_of(500)) as target:
        forward = await place.add(target.url, mode=mode)
        await place.capture()
        await place.until_stored(forward, 1, "retrying")
        await place.store.sweep(clock.now() + timedelta(days=2), timedelta(days=1))
        assert await place.forwards.retry(place.bin.id, forward.id, Retry(states=OPEN, trigger=Trigger.BULK)) == 0
        target.say = lambda _: answer_of(200)
        await place.capture()
        await place.until_stored(forward, 2, "delivered")
        assert target.numbers == [1, 2]
        status = await place.forwards.status(place.bin.id, forward.id)
        assert (status.stored.expired, status.stored.delivered, status.lag) == (1, 1, 0)


@pytest.mark.parametrize("mode", MODES)
async def test_what_is_deleted_while_it_is_sent_leaves_nothing(tmp_path: Path, mode: ForwardMode) -> None:
    async with a_target(lambda _: None) as target, forwarding(tmp_path) as place:
        forward = await place.add(target.url, mode=mode, order=DispatchOrder.NONE)
        await place.capture()
        await target.got(1)
        await place.store.drop_capture(place.bin.id, 1)
        target.say = lambda _: answer_of(200)
        await place.capture()
        await place.until_stored(forward, 2, "delivered")
        await place.store.drop_bin(place.bin.id)
        place.forwards.forget(place.bin.id)
        await place.store.erase()
        assert await place.store.list_forwards() == []
        assert await place.store.dispatches_with_numbers(forward.id, [1, 2]) == []
        assert await place.store.list_attempts(place.bin.id, 1, limit=9) == []


@pytest.mark.parametrize("mode", MODES)
async def test_a_clock_that_is_set_back_delays_no_repeat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: ForwardMode
) -> None:
    statuses = [500, 200]
    async with forwarding(tmp_path) as place, a_target(lambda _: answer_of(statuses.pop(0))) as target:
        real = clock.now
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=3))
        # By the clock that is ahead, its message is stuck.
        forward = await place.add(target.url, mode=mode, follow_ups=False)
        await place.capture(received_at=real())
        await place.until_stored(forward, 1, "retrying")
        monkeypatch.setattr(clock, "now", real)
        place.forwards.bin_changed(place.bin.id)
        await place.until_stored(forward, 1, "delivered")
        assert len(target.seen) == 2


async def test_ten_thousand_that_are_due_at_a_start_are_read_in_parts_and_the_oldest_is_first(tmp_path: Path) -> None:
    count, at_once = 10_000, 4
    async with forwarding(tmp_path) as place:
        forward = await place.add("http://127.0.0.1:9999/", start=None)
        await place.forwards.pause(place.bin.id, forward.id)
        raws = [place.capture(b"") for _ in range(count)]
        await asyncio.gather(*raws)
        due = clock.now() - timedelta(hours=1)
        for first in range(1, count, 1_000):
            marks = [
                DispatchMark(
                    dispatch=Dispatch(
                        n=n, state=DispatchState.RETRYING, tries=1, step=1, due_at=due + timedelta(0, 0, n)
                    )
                )
                for n in range(first, first + 1_000)
            ]
            await place.store.mark_dispatches(
                place.bin.id, forward.id, ForwardMarks(health=forward.health, position=count, marks=marks)
            )
        waiting = ForwardQueue(place.store, forward.id, place.bin.id, forward.forward, count)
        taken: list[int] = []
        most = 0
        done: list[Dispatch] = []
        while (dispatch := await waiting.take(clock.now())) is not None:
            taken.append(dispatch.n)
            done.append(dispatch)
            most = max(most, len(waiting._due) + len(waiting._window) + len(waiting.in_progress))
            if len(done) == at_once * 16 or len(taken) == count:
                ended = [
                    DispatchMark(
                        dispatch=Dispatch(n=each.n, state=DispatchState.DELIVERED, tries=2, step=2, status=200)
                    )
                    for each in done
                ]
                await place.store.mark_dispatches(
                    place.bin.id, forward.id, ForwardMarks(health=forward.health, position=count, marks=ended)
                )
                waiting.stored([mark.dispatch for mark in ended])
                done.clear()
        assert taken == list(range(1, count + 1))
        assert most <= queue.DUE + 2 * at_once * 16
        assert (await place.store.count_dispatches(forward.id)).open == 0
