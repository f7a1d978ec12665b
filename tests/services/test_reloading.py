"""Two servers of one store: what was changed on one is effective on the other for every request that begins later, also
if no notice arrives.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from app import clock, keys
from app.domain.answers.model import Answer, RoleAnswers
from app.domain.bins import STUCK_AFTER
from app.domain.faults import ActiveFault, Fault, FaultKind
from app.domain.mappings import read_mapping
from app.domain.privacy import Privacy
from app.domain.roles import Role
from app.domain.wiretaps.model import Wiretap
from app.errors import StoreUnavailable
from app.ingress.capture import MOST_STALE
from app.services import bins
from app.services.reloading import CHECK_S, RETRY_S, Reloading

from ..conftest import Running
from ..sharing import Shared, both

__all__ = ["both"]

FAULT_STATUS = 507
MAPPING = read_mapping('{"name": "Acme", "fields": {"id": "ref"}}')


async def post(server: Running, key: str | None = None, body: bytes = b"Text=hi") -> int:
    async with server.client.post(f"{server.url}/{key or server.bin.key}", data=body) as answer:
        return answer.status


def answer_with(status: int) -> RoleAnswers:
    return RoleAnswers(answer=Answer(status=status))


def new_fault(bin_id: str, count: int | None) -> ActiveFault:
    now = clock.now()
    fault = Fault(kind=FaultKind.STATUS, until=now + timedelta(hours=1), statuses=(FAULT_STATUS,), count=count)
    return ActiveFault(id=clock.new_id(), bin_id=bin_id, role=Role.PRIMARY, fault=fault, started_at=now, left=count)


async def rotate(server: Running) -> str:
    app = server.app
    bin = await bins.rotate_key(app[keys.STORE], app[keys.KEYRING], app[keys.HUB], server.bin.id)
    return bin.key


async def delete(server: Running, bin_id: str) -> None:
    async with server.client.delete(f"{server.api}/bins/{bin_id}") as answer:
        assert answer.status == 204


async def _until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


def _reloading(server: Running) -> Reloading:
    return server.app[keys.RELOADING]


class TestWithoutNotices:
    @pytest.fixture(autouse=True)
    async def _withheld(self, both: Shared) -> None:
        both.withhold()

    async def test_the_next_request_has_the_changed_answer(self, both: Shared) -> None:
        one, other = both.one, both.other
        for status in (201, 202, 203):
            await one.app[keys.ANSWERS].set(one.bin.id, Role.PRIMARY, answer_with(status))
            assert (await post(one), await post(other)) == (status, status)
        await other.app[keys.ANSWERS].reset(one.bin.id, Role.PRIMARY)
        assert (await post(one), await post(other)) == (200, 200)
        assert [row["n"] for row in await one.captures()] == list(range(1, 9)), "each is stored once"

    async def test_no_request_that_began_after_a_change_has_an_older_answer(self, both: Shared) -> None:
        one, other = both.one, both.other
        confirmed = 201
        wrong: list[tuple[int, int]] = []
        ended = asyncio.Event()

        async def send(server: Running) -> None:
            while not ended.is_set():
                at_least = confirmed
                status = await post(server)
                if status < at_least:
                    wrong.append((status, at_least))

        await one.app[keys.ANSWERS].set(one.bin.id, Role.PRIMARY, answer_with(confirmed))
        async with asyncio.TaskGroup() as group:
            for server in (one, other) * 4:
                group.create_task(send(server))
            for status in range(202, 220):
                setter = (one, other)[status % 2]
                await setter.app[keys.ANSWERS].set(one.bin.id, Role.PRIMARY, answer_with(status))
                confirmed = status
            ended.set()
        assert wrong == []

    async def test_an_old_key_is_not_found_and_the_new_one_is_known(self, both: Shared) -> None:
        one, other = both.one, both.other
        old = one.bin.key
        new = await rotate(one)
        assert (await post(other, old), await post(one, old)) == (404, 404)
        assert (await post(other, new), await post(one, new)) == (200, 200)
        newest = await rotate(other)
        assert (await post(one, newest), await post(one, new), await post(one, old)) == (200, 404, 404)

    async def test_a_deleted_bin_is_not_found_and_a_new_one_is(self, both: Shared) -> None:
        one, other = both.one, both.other
        made = await bins.create(one.app[keys.STORE], one.app[keys.KEYRING])
        assert await post(other, made.key) == 200
        await delete(one, made.id)
        assert (await post(other, made.key), await post(one, made.key)) == (404, 404)
        async with other.client.get(f"{other.api}/bins/{made.id}") as answer:
            assert answer.status == 404
        assert other.app[keys.KEYRING].named(made.id) is None

    async def test_a_request_to_a_deleted_bin_reaches_the_store_once(self, both: Shared) -> None:
        one, other = both.one, both.other
        made = await bins.create(one.app[keys.STORE], one.app[keys.KEYRING])
        assert await post(other, made.key) == 200
        await delete(one, made.id)
        assert other.app[keys.KEYRING].named(made.id) is not None
        assert await post(other, made.key) == 404
        assert other.app[keys.KEYRING].named(made.id) is None

    async def test_a_reload_does_not_wait_for_the_ledger(self, both: Shared, monkeypatch) -> None:
        one, other = both.one, both.other
        await one.app[keys.ANSWERS].set(one.bin.id, Role.PRIMARY, answer_with(201))
        ledger = other.app[keys.STORE]._ledger

        async def never(*_: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(ledger, "all", never)
        assert await post(other) == 201

    async def test_a_fault_with_a_count_is_taken_exactly_that_often(self, both: Shared) -> None:
        one, other = both.one, both.other
        await one.app[keys.FAULTS].set(new_fault(one.bin.id, 50))
        async with asyncio.TaskGroup() as group:
            sent = [group.create_task(post(server)) for _ in range(25) for server in (one, other) * 2]
        assert Counter(each.result() for each in sent) == {FAULT_STATUS: 50, 200: 50}
        assert (await post(one), await post(other)) == (200, 200)
        # The count of the one that has sent fewer is right as soon as it has looked.
        for server in (one, other):
            await server.app[keys.FAULTS].step()
            assert server.app[keys.FAULTS].of(one.bin.id, Role.PRIMARY) is None

    async def test_the_hits_of_other_servers_are_shown(self, both: Shared) -> None:
        one, other = both.one, both.other
        await one.app[keys.FAULTS].set(new_fault(one.bin.id, 9))
        assert [await post(other) for _ in range(3)] == [FAULT_STATUS] * 3
        await one.app[keys.FAULTS].step()
        fault = one.app[keys.FAULTS].of(one.bin.id, Role.PRIMARY)
        assert fault is not None
        assert (fault.left, fault.hits) == (6, 3)

    async def test_a_fault_that_was_ended_on_another_server_is_not_taken(self, both: Shared) -> None:
        one, other = both.one, both.other
        await one.app[keys.FAULTS].set(new_fault(one.bin.id, None))
        assert await post(other) == FAULT_STATUS
        await one.app[keys.FAULTS].clear(one.bin.id, Role.PRIMARY)
        assert await post(other) == 200

    async def test_what_is_never_stored_is_not_stored_and_what_was_is_as_received(self, both: Shared) -> None:
        one, other = both.one, both.other
        privacy = one.app[keys.PRIVACY]
        for withheld, expected in ((("x-code",), False), ((), True), (("x-code",), False)):
            await privacy.set(one.bin.id, Privacy(withheld_headers=withheld))
            async with other.client.post(other.capture_url, headers={"X-Code": "secret"}) as answer:
                n = int(answer.headers["X-Capture"])
            raw = (await other.app[keys.STORE].get_capture(one.bin.id, n)).raw
            assert (b"secret" in raw.head) is expected

    async def test_a_wiretap_answers_and_ends(self, both: Shared) -> None:
        one, other = both.one, both.other
        tapped = Wiretap(url="http://127.0.0.1:59999/")
        await one.app[keys.WIRETAPS].set(one.bin.id, Role.PRIMARY, tapped)
        await post(other)
        assert other.app[keys.HANDLERS].of(one.bin.id, Role.PRIMARY) is not None
        await one.app[keys.WIRETAPS].remove(one.bin.id, Role.PRIMARY)
        assert await post(other) == 200
        assert other.app[keys.HANDLERS].of(one.bin.id, Role.PRIMARY) is None

    async def test_a_page_shows_what_was_set_on_another_server(self, both: Shared) -> None:
        one, other = both.one, both.other
        await one.app[keys.MAPPINGS].set(one.bin.id, MAPPING)
        await one.app[keys.PRIVACY].set(one.bin.id, Privacy(mask=True))
        async with other.client.get(f"{other.url}/bins/{one.bin.id}") as answer:
            assert answer.status == 200
        assert other.app[keys.MAPPINGS].of(one.bin.id) == MAPPING
        assert other.app[keys.PRIVACY].of(one.bin.id).mask
        await one.app[keys.MAPPINGS].remove(one.bin.id)
        async with other.client.get(f"{other.bin_api}/captures") as answer:
            assert answer.status == 200
        assert other.app[keys.MAPPINGS].of(one.bin.id) is None

    async def test_a_check_finds_every_change(self, both: Shared) -> None:
        one, other = both.one, both.other
        app = one.app
        gone = await bins.create(app[keys.STORE], app[keys.KEYRING])
        assert await _reloading(other).step() == CHECK_S
        assert other.app[keys.KEYRING].named(gone.id) == app[keys.KEYRING].named(gone.id)
        await bins.change(
            app[keys.STORE], app[keys.KEYRING], app[keys.HUB], one.bin, name="Renamed", provider="ytel",
            retention=None, stuck_after=STUCK_AFTER,
        )  # fmt: skip
        await app[keys.ANSWERS].set(one.bin.id, Role.VOICE, answer_with(204))
        await delete(one, gone.id)
        assert await _reloading(other).step() == CHECK_S
        known = other.app[keys.KEYRING].named(one.bin.id)
        assert known is not None
        assert (known.name, known.provider) == ("Renamed", "ytel")
        assert other.app[keys.ANSWERS].of(one.bin.id, Role.VOICE) == answer_with(204)
        assert other.app[keys.KEYRING].named(gone.id) is None

    async def test_a_check_is_repeated_soon_if_the_store_cannot_be_read(self, both: Shared, monkeypatch) -> None:
        async def fail(*_: object, **__: object) -> None:
            raise StoreUnavailable("away")

        other = _reloading(both.other)
        await other.step()
        await both.one.app[keys.ANSWERS].set(both.one.bin.id, Role.PRIMARY, answer_with(201))
        for name in ("sum_of_versions", "bin_versions", "get_bin"):
            with monkeypatch.context() as patch:
                patch.setattr(both.stores[1], name, fail)
                assert await other.step() == RETRY_S
        assert await other.step() == CHECK_S
        assert both.other.app[keys.ANSWERS].is_set(both.one.bin.id, Role.PRIMARY)

    async def test_an_answer_that_is_always_stale_is_unavailable_in_the_end(self, both: Shared, monkeypatch) -> None:
        one, other = both.one, both.other
        reloads = 0
        reload = other.app[keys.KEYRING].reload
        assert reload is not None

        async def change_again(bin_id: str) -> None:
            nonlocal reloads
            reloads += 1
            await reload(bin_id)
            await one.app[keys.ANSWERS].set(bin_id, Role.PRIMARY, answer_with(201 + reloads))

        monkeypatch.setattr(other.app[keys.KEYRING], "reload", change_again)
        await one.app[keys.ANSWERS].set(one.bin.id, Role.PRIMARY, answer_with(201))
        assert await post(other) == 503
        assert reloads == MOST_STALE
        assert await one.captures() == []


async def test_a_notice_reloads_what_it_is_about(both: Shared) -> None:
    one, other = both.one, both.other
    made = await bins.create(one.app[keys.STORE], one.app[keys.KEYRING])
    await _until(lambda: other.app[keys.KEYRING].known(made.key))
    await one.app[keys.ANSWERS].set(made.id, Role.PRIMARY, answer_with(201))
    await _until(lambda: other.app[keys.ANSWERS].is_set(made.id, Role.PRIMARY))
    await delete(one, made.id)
    await _until(lambda: other.app[keys.KEYRING].named(made.id) is None)
    assert not other.app[keys.ANSWERS].is_set(made.id, Role.PRIMARY)


async def test_a_notice_about_anything_reloads_what_has_changed(both: Shared) -> None:
    one, other = both.one, both.other
    both.withhold()
    await one.app[keys.ANSWERS].set(one.bin.id, Role.PRIMARY, answer_with(201))
    _reloading(other).changed(None)
    await _until(lambda: other.app[keys.ANSWERS].is_set(one.bin.id, Role.PRIMARY))


async def test_calls_at_the_same_time_share_the_reads_that_begin_after_them(both: Shared, monkeypatch) -> None:
    reads = 0
    read = both.other.app[keys.STORE].get_bin

    async def counted(*values: object, **named: object) -> object:
        nonlocal reads
        reads += 1
        return await read(*values, **named)

    monkeypatch.setattr(both.stores[1], "get_bin", counted)
    await asyncio.gather(*(_reloading(both.other).reload(both.one.bin.id) for _ in range(50)))
    assert reads == 2


async def test_a_read_that_fails_fails_for_all_that_share_it(both: Shared, monkeypatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        await asyncio.sleep(0)
        raise StoreUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(both.stores[1], "get_bin", fail)
        calls = [_reloading(both.other).reload(both.one.bin.id) for _ in range(9)]
        results = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(each) for each in results] == [StoreUnavailable] * 9
    await _reloading(both.other).reload(both.one.bin.id)


async def test_a_change_between_two_reads_of_a_reload_is_not_missed(both: Shared, monkeypatch) -> None:
    one, other = both.one, both.other
    both.withhold()
    read, is_changed = both.stores[1].list_answers, False

    async def read_and_change(*values: object) -> object:
        nonlocal is_changed
        found = await read(*values)
        if not is_changed:
            is_changed = True
            await one.app[keys.ANSWERS].set(one.bin.id, Role.PRIMARY, answer_with(202))
        return found

    monkeypatch.setattr(both.stores[1], "list_answers", read_and_change)
    await one.app[keys.ANSWERS].set(one.bin.id, Role.PRIMARY, answer_with(201))
    await _reloading(other).reload(one.bin.id)
    assert other.app[keys.ANSWERS].of(one.bin.id, Role.PRIMARY) == answer_with(201)
    assert await post(other) == 202


async def test_a_call_during_a_read_waits_for_the_next_one(both: Shared, monkeypatch) -> None:
    one, other = both.one, both.other
    both.withhold()
    read, was_read, may_end = both.stores[1].list_answers, asyncio.Event(), asyncio.Event()

    async def read_slowly(*values: object) -> object:
        found = await read(*values)
        was_read.set()
        await may_end.wait()
        return found

    monkeypatch.setattr(both.stores[1], "list_answers", read_slowly)
    first = asyncio.ensure_future(_reloading(other).reload(one.bin.id))
    await was_read.wait()
    await one.app[keys.ANSWERS].set(one.bin.id, Role.PRIMARY, answer_with(201))
    second = asyncio.ensure_future(_reloading(other).reload(one.bin.id))
    await asyncio.sleep(0)
    may_end.set()
    await asyncio.gather(first, second)
    assert other.app[keys.ANSWERS].of(one.bin.id, Role.PRIMARY) == answer_with(201)
