"""The ledger advances while a read uses it and the log."""

from collections.abc import Mapping, Sequence

from app.storage.sqlite.readers import ReadPool
from tests.conftest import Running


async def test_a_capture_that_the_ledger_reads_in_the_meantime_is_there(server: Running, monkeypatch) -> None:
    async with server.client.post(server.capture_url, data={"Text": "hi"}) as answer:
        assert answer.status == 200
    await server.settled(1)
    whole = ReadPool.all
    asked: list[str] = []

    async def behind_at_first(self: object, query: str, values: Mapping[str, object]) -> Sequence[object]:
        asked.append(query)
        rows = await whole(self, query, values)
        return [] if query == "get_captures" and asked.count(query) == 1 else rows

    monkeypatch.setattr(ReadPool, "all", behind_at_first)
    assert (await server.capture(1))["text"] == "hi"
    assert asked.count("get_captures") == 2
