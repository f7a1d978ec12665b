"""What every engine's store does when it opens and closes; its reads and writes are in `test_contract.py`."""

from app.domain.reader import ReaderContext
from app.errors import StoreUnavailable
from app.storage import base_store
from app.storage.base_store import BaseStore, follower_program
from app.storage.ledger.protocol import LedgerBegins, decode_from_server
from app.store import Store
from tests.storage.builders import a_bin, a_capture


def test_the_settings_of_the_parsers_and_the_database_are_in_the_first_frame_and_no_argument() -> None:
    begins = LedgerBegins(ReaderContext(secrets_key="a key"), "postgresql://smsbin:secret@db/smsbin")
    program = follower_program(["ledger", "log"], begins)
    assert (program.module, program.place) == (base_store.FOLLOWER, ["ledger", "log"])
    assert program.first is not None
    assert decode_from_server(program.first) == begins


async def test_each_callback_is_called_with_the_bin_that_changed(store: Store) -> None:
    first, second = list[str](), list[str]()
    store.on_change(first.append)
    store.on_change(second.append)
    bin = await a_bin(store)
    await store.add_capture(a_capture(bin))
    await store.list_captures(bin.id, limit=1)
    assert bin.id in first
    assert first == second


async def test_while_the_ledger_is_not_open_reads_give_the_reason(store: Store) -> None:
    assert isinstance(store, BaseStore)
    error = StoreUnavailable(store._ledger_problem())
    assert "What was understood cannot be read at the moment" in str(error)
