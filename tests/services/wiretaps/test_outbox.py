"""The safe answer: the provider gets it, and the handler gets the request later."""

import asyncio

import pytest

from app import keys
from app.domain.answers.model import EMPTY_TWIML
from app.domain.forwards.model import DispatchState, StoredForward
from app.domain.roles import Role
from app.domain.wiretaps.model import OnFailure, Wiretap
from app.errors import StoreUnavailable
from app.services.wiretaps import calling
from app.services.wiretaps.outbox import find_outbox
from tests.ingress.wire import Wire
from tests.services.forwards.target import OK, Seen, answer_of

from .conftest import Tapped


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "AGAIN_S", 0.05)


async def safe(tapped: Tapped, url: str | None = None, **values: object) -> StoredForward:
    """A wiretap with the safe answer, and its outbox."""
    app, bin_id = tapped.server.app, tapped.server.bin.id
    wiretap = Wiretap(url=url or tapped.target.url, on_failure=OnFailure.SAFE, **values)
    await app[keys.WIRETAPS].set(bin_id, Role.PRIMARY, wiretap)
    found = find_outbox(app[keys.FORWARDS], bin_id, Role.PRIMARY)
    assert found is not None
    return found


async def state_of(tapped: Tapped, forward: StoredForward, n: int) -> DispatchState | None:
    found = await tapped.server.app[keys.STORE].dispatches_with_numbers(forward.id, [n])
    return found[0].state if found else None


@pytest.mark.usefixtures("soon")
async def test_the_provider_gets_the_safe_answer_and_the_handler_the_request_later(tapped: Tapped, wire: Wire) -> None:
    forward = await safe(tapped)
    answers = iter([answer_of(500)])
    tapped.target.say = lambda _: next(answers, OK)
    await tapped.send(wire)
    answer = await wire.answer()
    assert (answer.status, answer.body) == (200, EMPTY_TWIML.encode())
    row = await tapped.row(1)
    assert row.outcome is not None
    assert row.outcome.note == (
        "Your handler failed (it answered 500), so smsbin sent the safe response. The forward “Wiretap on primary” "
        "sends the request to your handler again."
    )
    first, again = await tapped.target.got(2)
    assert (first.body, first.header("X-Smsbin-Id")) == (again.body, again.header("X-Smsbin-Id"))
    assert [each.header("X-Smsbin-Trigger") for each in (first, again)] == ["wiretap", "retry"]
    assert again.header("X-Smsbin-Attempt") == "2"

    async def has_arrived() -> bool:
        return await state_of(tapped, forward, 1) is DispatchState.DELIVERED

    await tapped.server.until(has_arrived)


async def test_it_sends_nothing_that_the_handler_has_accepted(tapped: Tapped, wire: Wire) -> None:
    forward = await safe(tapped)
    for _ in range(3):
        await tapped.send(wire)
        await wire.answer()
    (shown,) = (await tapped.server.app[keys.FORWARDS].dispatches(tapped.server.bin.id, [await tapped.row(1)]),)
    assert shown == {}
    assert await state_of(tapped, forward, 1) is None
    assert tapped.target.numbers == [1, 2, 3]


@pytest.mark.usefixtures("soon")
async def test_a_late_good_answer_ends_the_dispatch(tapped: Tapped, wire: Wire) -> None:
    release = asyncio.Event()
    forward = await safe(tapped, timeout_s=1.5)
    handler = tapped.server.app[keys.HANDLERS].of(tapped.server.bin.id, Role.PRIMARY)
    assert handler is not None
    really = handler.answer

    async def late(*arguments: object) -> object:
        result = await really(*arguments)  # type: ignore[arg-type]
        await release.wait()
        return result

    handler.answer = late  # type: ignore[method-assign,assignment]
    await tapped.send(wire)
    assert (await wire.answer()).status == 200
    assert await state_of(tapped, forward, 1) is DispatchState.RETRYING
    release.set()

    async def has_arrived() -> bool:
        return await state_of(tapped, forward, 1) is DispatchState.DELIVERED

    await tapped.server.until(has_arrived)
    assert tapped.target.numbers == [1]


async def test_nothing_is_confirmed_that_could_not_be_put_aside(tapped: Tapped, wire: Wire, monkeypatch) -> None:
    await safe(tapped)
    tapped.target.say = lambda _: answer_of(503)

    async def refuse(*_: object) -> None:
        raise StoreUnavailable("full")

    monkeypatch.setattr(tapped.server.app[keys.STORE], "mark_dispatches", refuse)
    await tapped.send(wire)
    assert (await wire.answer()).status == 503
    row = await tapped.row(1)
    assert row.outcome is not None
    assert "could not be put aside" in (row.outcome.note or "")


@pytest.mark.usefixtures("soon")
async def test_a_deleted_outbox_is_added_again(tapped: Tapped, wire: Wire) -> None:
    forward = await safe(tapped)
    await tapped.server.app[keys.FORWARDS].drop(tapped.server.bin.id, forward.id)
    failing = True

    def say(_: Seen) -> bytes:
        return answer_of(500) if failing else OK

    tapped.target.say = say
    await tapped.send(wire)
    assert (await wire.answer()).body == EMPTY_TWIML.encode()
    failing = False
    await tapped.target.got(2)
    assert find_outbox(tapped.server.app[keys.FORWARDS], tapped.server.bin.id, Role.PRIMARY) is not None


async def test_it_follows_the_wiretap_and_stays_while_it_has_requests(tapped: Tapped, wire: Wire, free_port) -> None:
    app, bin_id = tapped.server.app, tapped.server.bin.id
    first = await safe(tapped)
    second = await safe(tapped, f"http://127.0.0.1:{free_port}/", timeout_s=0.5, credentials=False)
    assert second.id == first.id
    assert (second.forward.url, second.forward.credentials) == (f"http://127.0.0.1:{free_port}/", False)
    await tapped.send(wire)
    await wire.answer()
    await app[keys.WIRETAPS].remove(bin_id, Role.PRIMARY)
    assert find_outbox(app[keys.FORWARDS], bin_id, Role.PRIMARY) is not None
    await app[keys.FORWARDS].drop(bin_id, first.id)
    await safe(tapped)
    await app[keys.WIRETAPS].set(bin_id, Role.PRIMARY, Wiretap(url=tapped.target.url))
    assert find_outbox(app[keys.FORWARDS], bin_id, Role.PRIMARY) is None
