"""The bounds of wiretaps: how long a handler is waited for, how many are called at a time, and how much it may say."""

import asyncio

import pytest

from app import clock, keys
from app.domain.roles import Role
from app.domain.wiretaps import model, passing
from app.domain.wiretaps.model import HandlerAnswer, Wiretap, limit_s
from app.domain.wiretaps.passing import passed_on
from app.errors import Invalid
from app.services.wiretaps import calling, counters, handlers
from app.services.wiretaps.counters import WiretapCounters
from tests.ingress.wire import Wire, connect, post
from tests.services.forwards.target import OK
from tests.services.wiretaps.conftest import Tapped
from tests.services.wiretaps.conftest import tapped as tapped  # noqa: PLC0414
from tests.services.wiretaps.conftest import wire as wire  # noqa: PLC0414
from tests.services.wiretaps.test_outbox import safe


class Held:
    """A handler that answers when it is released."""

    url, outbox, timeout_s = "listener held", None, 20.0

    def __init__(self) -> None:
        self.release = asyncio.Event()
        self.called = 0

    async def answer(self, bin_id: str, capture: object, deadline: float) -> HandlerAnswer:
        self.called += 1
        await self.release.wait()
        return HandlerAnswer(status=200, headers=(), body=b"", took_s=0.0)


@pytest.mark.parametrize(
    ("seconds", "is_good"),
    [
        (model.MIN_TIMEOUT_S, True), (model.MIN_TIMEOUT_S - 0.1, False),
        (model.MAX_TIMEOUT_S, True), (model.MAX_TIMEOUT_S + 0.1, False),
    ],
)  # fmt: skip
async def test_an_own_limit(tapped: Tapped, seconds: float, is_good: bool) -> None:
    wiretaps, wiretap = tapped.server.app[keys.WIRETAPS], Wiretap(url="https://h.example/", timeout_s=seconds)
    if is_good:
        await wiretaps.set(tapped.server.bin.id, Role.PRIMARY, wiretap)
    else:
        with pytest.raises(Invalid, match="timeout_s"):
            await wiretaps.set(tapped.server.bin.id, Role.PRIMARY, wiretap)


def test_a_part_of_the_time_is_left_for_the_answer() -> None:
    assert limit_s(None, 100.0) == 100 - 100 * model._MARGIN
    assert limit_s(None, 1.0) == 1 - model._LEAST_MARGIN_S
    assert limit_s(None, None) == model.UNKNOWN_LIMIT_S


@pytest.mark.parametrize("more", [0, 1])
async def test_the_body_of_a_handler(tapped: Tapped, wire: Wire, more: int) -> None:
    tapped.tap()
    size = passing.MAX_HANDLER_BODY + more
    tapped.target.say = lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (size, b"a" * size)
    await tapped.send(wire)
    answer = await wire.answer()
    assert (answer.status, len(answer.body)) == ((502, 0) if more else (200, size))


@pytest.mark.parametrize("more", [0, 1])
def test_the_headers_of_a_handler(more: int) -> None:
    many = ((b"X", b"1"),) * (passing.MAX_HANDLER_HEADERS + more)
    long = ((b"X", b"a" * (passing.MAX_HANDLER_HEAD - len(b"X: \r\n") + more)),)
    for headers in (many, long):
        answer = HandlerAnswer(status=200, headers=headers, body=b"", took_s=0.0)
        if more:
            with pytest.raises(ValueError, match="too many headers"):
                passed_on(answer, url="http://h/", path="/")
        else:
            assert passed_on(answer, url="http://h/", path="/").headers == headers


@pytest.mark.parametrize("name", ["PER_TARGET", "IN_ALL"])
async def test_so_many_requests_are_on_their_way(tapped: Tapped, wire: Wire, monkeypatch, name: str) -> None:
    assert (calling.PER_TARGET, calling.IN_ALL) == (64, 256)
    monkeypatch.setattr(calling, name, 2)
    held = Held()
    tapped.server.app[keys.HANDLERS].add(tapped.server.bin.id, Role.PRIMARY, held)
    async with connect(tapped.server.port) as first, connect(tapped.server.port) as second:
        for other in (first, second):
            await tapped.send(other)
        await tapped.server.until(lambda: _called(held, 2))
        await tapped.send(wire)
        assert (await wire.answer()).status == 503
        held.release.set()
        assert [(await other.answer()).status for other in (first, second)] == [200, 200]
    await tapped.send(wire)
    assert (await wire.answer()).status == 200


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 503)])
async def test_so_many_bytes_are_on_their_way(tapped: Tapped, wire: Wire, monkeypatch, more: int, status: int) -> None:
    monkeypatch.setattr(calling, "BYTES_IN_ALL", 10)
    tapped.tap()
    await wire.send(post(tapped.path, b"a" * (10 + more)))
    assert (await wire.answer()).status == status


async def _called(held: Held, count: int) -> bool:
    return held.called >= count


async def test_a_late_answer_is_waited_for_so_long(tapped: Tapped, wire: Wire, monkeypatch) -> None:
    assert handlers.LATE_S == 30
    monkeypatch.setattr(calling, "LATE_S", 0.1)
    held = Held()
    held.timeout_s = 0.1
    tapped.server.app[keys.HANDLERS].add(tapped.server.bin.id, Role.PRIMARY, held)
    await tapped.send(wire)
    assert (await wire.answer()).status == 504
    (attempt,) = await tapped.attempts(1)
    assert (attempt.status, attempt.error) == (None, "no response in time")


async def test_the_outbox_waits_before_it_sends_again(tapped: Tapped, wire: Wire) -> None:
    forward = await safe(tapped)
    tapped.target.say = lambda _: OK.replace(b"200", b"500")
    before = clock.now()
    await tapped.send(wire)
    assert (await wire.answer()).status == 200
    (dispatch,) = await tapped.server.app[keys.STORE].dispatches_with_numbers(forward.id, [1])
    assert dispatch.due_at is not None
    assert (dispatch.due_at - before).total_seconds() >= calling.AGAIN_S


async def test_a_stop_waits_for_an_answer(tapped: Tapped, wire: Wire) -> None:
    assert calling.STOP_S == 2.5
    held = Held()
    tapped.server.app[keys.HANDLERS].add(tapped.server.bin.id, Role.PRIMARY, held)
    await tapped.send(wire)
    await tapped.server.until(lambda: _called(held, 1))
    tapped.server.app[keys.WAITING].stop()
    held.release.set()
    assert (await wire.answer()).status == 200


def test_percentiles_are_of_the_last_answers() -> None:
    made = WiretapCounters()
    for _ in range(counters.RECENT):
        made.add("b", Role.PRIMARY, 9.0)
    for _ in range(counters.RECENT - 1):
        made.add("b", Role.PRIMARY, 0.001)
    overhead = made.overhead("b", Role.PRIMARY)
    assert overhead is not None
    assert (overhead.p50_s, overhead.count) == (0.001, counters.RECENT)
