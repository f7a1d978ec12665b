"""The database server crashes while a store is open: nothing acknowledged is lost, and viewers continue."""

from pathlib import Path

import pytest

from app.domain.captures import Captured, Restarted
from app.errors import StoreUnavailable
from app.storage.opening import open_store
from app.store import Store
from tests.postgres import Cluster
from tests.storage.builders import a_bin, a_capture
from tests.storage.conftest import until


async def _is_open(store: Store, bin_id: str) -> bool:
    try:
        await store.probe()
        await store.list_captures(bin_id, limit=1)
    except StoreUnavailable:
        return False
    return store.ledger_status().state == "ok"


async def test_after_a_crash_live_cursors_begin_again_because_they_may_be_ahead(
    durable_postgres: Cluster, tmp_path: Path
) -> None:
    with durable_postgres.database() as database:
        async with open_store(tmp_path, database=database.url) as store:
            bin = await a_bin(store)
            await store.add_capture(a_capture(bin))
            assert [row.n for row in await store.list_captures(bin.id, limit=9)] == [1]
            cursor = (await store.get_bin(bin.id)).seq
            durable_postgres.stop("immediate")
            with pytest.raises(StoreUnavailable):
                await store.add_capture(a_capture(bin))
            durable_postgres.start()
            await until(store, lambda: _is_open(store, bin.id), within_s=60)
            n = await store.add_capture(a_capture(bin))
            numbers = [row.n for row in await store.list_captures(bin.id, limit=9)]
            assert numbers == list(range(n, 0, -1))
            (restarted,) = await store.changes_after(bin.id, cursor)
            assert isinstance(restarted, Restarted)
            await store.add_capture(a_capture(bin))
            await store.list_captures(bin.id, limit=1)
            changes = await store.changes_after(bin.id, restarted.seq)
            assert n + 1 in [change.row.n for change in changes if isinstance(change, Captured)]
