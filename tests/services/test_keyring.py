"""Capture keys in memory: each change applies as soon as it is acknowledged, and a look-up never waits for a read."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock, keys
from app.domain.bins import STUCK_AFTER, Bin
from app.errors import Conflict, NotFound, StoreUnavailable
from app.live.hub import Hub
from app.services import bins as service
from app.services.answers import Answers
from app.services.faults import Faults
from app.services.keyring import Keyring
from app.services.mappings import Mappings
from app.services.reconciliations.reconciling import Reconciling
from app.services.upkeep.retention import Sweeping
from app.storage.opening import open_archive, open_store
from app.store import Store

from ..conftest import Running

UNKNOWN = "0000000000000000"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
async def keyring(store: Store) -> Keyring:
    made = Keyring(store)
    await made.start()
    return made


async def _rename(store: Store, keyring: Keyring, bin: Bin) -> Bin:
    return await service.change(
        store, keyring, Hub(), bin, name="New", provider="ytel", retention=None, stuck_after=STUCK_AFTER
    )


async def _delete(store: Store, keyring: Keyring, bin: Bin, folder: Path) -> None:
    hub, month = Hub(), timedelta(days=30)
    await service.delete(
        store, keyring, hub, [Answers(store, hub), Faults(store, hub), Mappings(store, hub)],
        Reconciling(store, open_archive(folder), folder / "ledger.db", month), Sweeping(store, month), bin.id,
    )  # fmt: skip


async def test_all_keys_are_known_after_the_start(store: Store, keyring: Keyring) -> None:
    bins = [await service.create(store, keyring) for _ in range(3)]
    again = Keyring(store)
    await again.start()
    known = [again.known(bin.key) for bin in bins]
    assert [bin and bin.id for bin in known] == [bin.id for bin in bins]
    assert again.known(UNKNOWN) is None


async def test_a_key_is_known_as_soon_as_its_bin_was_made(store: Store, keyring: Keyring) -> None:
    bin = await service.create(store, keyring, provider="ytel")
    assert keyring.known(bin.key) == bin


async def test_a_rotated_key_is_known_no_more_and_the_new_one_is(store: Store, keyring: Keyring) -> None:
    bin, other = [await service.create(store, keyring) for _ in range(2)]
    rotated = await service.rotate_key(store, keyring, Hub(), bin.id)
    assert keyring.known(bin.key) is None
    assert keyring.known(rotated.key) == rotated
    assert keyring.known(other.key) == other


async def test_the_key_of_a_deleted_bin_is_known_no_more(store: Store, keyring: Keyring, tmp_path: Path) -> None:
    bin, other = [await service.create(store, keyring) for _ in range(2)]
    await _delete(store, keyring, bin, tmp_path)
    assert keyring.known(bin.key) is None
    assert keyring.known(other.key) == other


async def test_a_changed_provider_counts_from_the_answer_on(store: Store, keyring: Keyring) -> None:
    bin = await service.create(store, keyring)
    await _rename(store, keyring, bin)
    known = keyring.known(bin.key)
    assert known is not None
    assert known.provider == "ytel"


async def test_a_change_that_is_answered_after_a_rotation_does_not_bring_the_old_key_back(
    store: Store, keyring: Keyring
) -> None:
    bin = await service.create(store, keyring)
    early = await store.set_bin(bin.id, name="x", provider=None, retention=None, stuck_after=STUCK_AFTER)
    rotated = await service.rotate_key(store, keyring, Hub(), bin.id)
    keyring.change(early)
    assert keyring.known(bin.key) is None
    assert keyring.known(rotated.key) == rotated


async def test_a_change_that_is_answered_after_the_deletion_does_not_bring_the_key_back(
    store: Store, keyring: Keyring, tmp_path: Path
) -> None:
    bin = await service.create(store, keyring)
    await _delete(store, keyring, bin, tmp_path)
    keyring.change(bin)
    assert keyring.known(bin.key) is None


class TestAChangeThatWasNotConfirmed:
    async def test_a_rotation_that_was_written_all_the_same_is_found(
        self, store: Store, keyring: Keyring, monkeypatch
    ) -> None:
        bin = await service.create(store, keyring)
        rotate = store.rotate_key

        async def rotate_and_break(bin_id: str, key: str) -> Bin:
            await rotate(bin_id, key)
            raise StoreUnavailable("The store did not confirm in time.")

        monkeypatch.setattr(store, "rotate_key", rotate_and_break)
        with pytest.raises(StoreUnavailable):
            await service.rotate_key(store, keyring, Hub(), bin.id)
        await keyring.step()
        assert keyring.known(bin.key) is None
        assert keyring.known((await store.get_bin(bin.id)).key) is not None

    async def test_one_that_was_not_written_changes_nothing(self, store: Store, keyring: Keyring, monkeypatch) -> None:
        bin = await service.create(store, keyring)

        async def broken(bin_id: str, key: str) -> Bin:
            raise StoreUnavailable("The disk is full.")

        monkeypatch.setattr(store, "rotate_key", broken)
        with pytest.raises(StoreUnavailable):
            await service.rotate_key(store, keyring, Hub(), bin.id)
        await keyring.step()
        assert keyring.known(bin.key) == bin

    async def test_a_bin_that_was_made_or_deleted_all_the_same_is_found(
        self, store: Store, keyring: Keyring, monkeypatch, tmp_path: Path
    ) -> None:
        bin = await service.create(store, keyring)
        add, drop = store.add_bin, store.drop_bin

        async def drop_and_break(bin_id: str) -> None:
            await drop(bin_id)
            raise StoreUnavailable("The store did not confirm in time.")

        async def add_and_break(new: object) -> Bin:
            made.append(await add(new))
            raise StoreUnavailable("The store did not confirm in time.")

        made: list[Bin] = []
        monkeypatch.setattr(store, "drop_bin", drop_and_break)
        monkeypatch.setattr(store, "add_bin", add_and_break)
        with pytest.raises(StoreUnavailable):
            await _delete(store, keyring, bin, tmp_path)
        with pytest.raises(StoreUnavailable):
            await service.create(store, keyring)
        await keyring.step()
        assert keyring.known(bin.key) is None
        assert keyring.known(made[0].key) == made[0]

    async def test_it_is_tried_again_while_the_store_does_not_answer(
        self, store: Store, keyring: Keyring, monkeypatch
    ) -> None:
        bin = await service.create(store, keyring)
        await store.rotate_key(bin.id, clock.new_key())
        with pytest.raises(asyncio.CancelledError), keyring.changing(bin.id):
            raise asyncio.CancelledError
        with monkeypatch.context() as patch:

            async def broken() -> None:
                raise StoreUnavailable("Not now.")

            patch.setattr(store, "probe", broken)
            await keyring.step()
            assert keyring.known(bin.key) is not None
        await keyring.step()
        assert keyring.known(bin.key) is None

    @pytest.mark.parametrize("error", [NotFound, Conflict])
    async def test_a_refusal_leaves_no_doubt(self, store: Store, keyring: Keyring, monkeypatch, error: type) -> None:
        with pytest.raises(error), keyring.changing("bin"):
            raise error("no")

        async def never() -> None:
            raise AssertionError

        monkeypatch.setattr(store, "probe", never)
        await keyring.step()


async def test_no_key_waits_for_a_reader_that_is_busy(server: Running) -> None:
    store = server.app[keys.STORE]
    for readers in (store._log, store._ledger):
        for _ in range(readers._count):
            await readers._free.get()
    async with asyncio.timeout(1):
        async with server.client.post(f"{server.url}/{UNKNOWN}", data=b"x") as answer:
            assert answer.status == 404
        async with server.client.post(server.capture_url, data=b"x") as answer:
            assert answer.status == 200
