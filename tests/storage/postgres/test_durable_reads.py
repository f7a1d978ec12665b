"""The cursor of a viewer still means the same after a crash of the database: what it has seen is on the disk."""

import pytest

from app.domain.bins import Bin
from app.domain.reader import DEFAULT_READER_CONTEXT
from app.storage.postgres.store import open_postgres
from app.store import Store
from tests.postgres import Cluster, Database
from tests.storage.builders import a_bin, a_capture

# As a follower commits a change, without waiting for the disk.
CHANGE = """
set synchronous_commit = off;
update smsbin_ledger.spaces set last_seq = last_seq + 7;
update smsbin_ledger.changes set seq = seq + 7;
update smsbin_ledger.captures set seq = seq + 7
"""


async def _see_the_bin(store: Store, bin: Bin) -> int:
    return (await store.get_bin(bin.id, wait=False)).seq


async def _see_its_changes(store: Store, bin: Bin) -> int:
    return (await store.changes_after(bin.id, bin.seq))[-1].seq


@pytest.mark.parametrize("see", [_see_the_bin, _see_its_changes])
async def test_a_change_that_was_seen_survives_a_crash(durable_postgres: Cluster, see) -> None:
    with durable_postgres.database() as database:
        async with open_postgres(database.url, DEFAULT_READER_CONTEXT) as store:
            made = await a_bin(store)
            await store.add_capture(a_capture(made))
            bin = await store.get_bin(made.id)
            with durable_postgres.losing_unwritten():
                database.peek(CHANGE)
                seen = await see(store, bin)
            assert seen > bin.seq
            assert _last_seq(database) >= seen


def _last_seq(database: Database) -> int:
    ((seq,),) = database.peek("select last_seq from smsbin_ledger.spaces")
    return seq
