"""The ledger advances while a read uses it and the log."""

from collections.abc import Mapping, Sequence

from app import keys
from app.errors import NotReadable
from app.storage.sqlite.readers import ReadPool
from tests.conftest import Running


async def _post(server: Running) -> None:
    async with server.client.post(server.capture_url, data={"Text": "hi"}) as answer:
        assert answer.status == 200
    await server.settled(1)


async def test_a_capture_that_the_ledger_reads_in_the_meantime_is_there(server: Running, monkeypatch) -> None:
    await _post(server)
    whole = ReadPool.all
    asked: list[str] = []

    async def behind_at_first(self: object, query: str, values: Mapping[str, object]) -> Sequence[object]:
        asked.append(query)
        rows = await whole(self, query, values)
        return [] if query == "get_captures" and asked.count(query) == 1 else rows

    monkeypatch.setattr(ReadPool, "all", behind_at_first)
    assert (await server.capture(1))["text"] == "hi"
    assert asked.count("get_captures") == 2


async def test_a_bin_whose_cursor_is_behind_a_capture_has_its_number(server: Running, monkeypatch) -> None:
    whole = ReadPool.all

    async def after_a_capture(self: ReadPool, query: str, values: Mapping[str, object]) -> Sequence[object]:
        if query == "spaces_of":
            monkeypatch.undo()
            await _post(server)
        return await whole(self, query, values)

    monkeypatch.setattr(ReadPool, "all", after_a_capture)
    # A page would show an empty bin, and follow it from behind its first request.
    bin = await server.app[keys.STORE].get_bin(server.bin.id)
    assert bin.seq > server.bin.seq
    assert bin.last_n == 1


async def test_what_the_ledger_does_not_have_is_counted_though_its_server_was_not_notified(
    server: Running, monkeypatch
) -> None:
    """It was stored by another server. An alert would pass over it."""
    store, whole = server.app[keys.STORE], ReadPool.all
    spaces: list[Sequence[object]] = []

    async def before_the_capture(self: ReadPool, query: str, values: Mapping[str, object]) -> Sequence[object]:
        rows = await whole(self, query, values)
        if query == "spaces_of":
            spaces.append(rows)
            return spaces[0]
        return rows

    monkeypatch.setattr(ReadPool, "all", before_the_capture)
    assert (await store.get_bin(server.bin.id, wait=False)).behind == 0
    await _post(server)
    monkeypatch.setattr(store._follower, "behind", lambda _: 0)
    bin = await store.get_bin(server.bin.id, wait=False)
    assert (bin.last_n, bin.behind) == (1, 1)


async def test_while_the_ledger_cannot_be_read_its_server_says_what_is_not_in_it(server: Running, monkeypatch) -> None:
    store, whole = server.app[keys.STORE], ReadPool.all

    async def unreadable(self: ReadPool, query: str, values: Mapping[str, object]) -> Sequence[object]:
        if query == "spaces_of":
            raise NotReadable("The ledger is being opened.")
        return await whole(self, query, values)

    monkeypatch.setattr(ReadPool, "all", unreadable)
    monkeypatch.setattr(store._follower, "behind", lambda _: 3)
    bin = await store.get_bin(server.bin.id, wait=False)
    assert (bin.captures, bin.seq, bin.behind, bin.ledger_n) == (0, 0, 3, 0)
