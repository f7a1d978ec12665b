"""The ledger advances while a read uses it and the log."""

from collections.abc import Mapping, Sequence

from app import keys
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
