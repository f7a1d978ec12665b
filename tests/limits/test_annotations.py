"""How many captures one call changes, and how much a step of the ledger copies."""

import pytest

from app import keys
from app.commands import annotate
from app.services import selections
from app.services.selections import MAX_NUMBERS
from app.web.captures import api as captures
from tests.conftest import Running
from tests.storage.builders import a_capture


async def _status(server: Running, method: str, path: str, **more: object) -> int:
    async with server.client.request(method, f"{server.bin_api}{path}", **more) as answer:
        await answer.read()
        return answer.status


@pytest.mark.parametrize(("count", "status"), [(MAX_NUMBERS, 200), (MAX_NUMBERS + 1, 422)])
async def test_so_many_numbers_are_listed_in_a_call(server: Running, count: int, status: int) -> None:
    numbers = list(range(1, count + 1))
    assert await _status(server, "POST", "/captures/delete", json={"numbers": numbers}) == status
    assert await _status(server, "POST", "/captures/annotate", json={"numbers": numbers, "pinned": True}) == status
    assert await _status(server, "POST", "/captures/delete", json={"upto": 5, "without": numbers}) == status
    assert await _status(server, "GET", "/export", params={"n": ",".join(map(str, numbers))}) == status


def test_the_command_sends_as_many_numbers_in_a_call() -> None:
    assert annotate._AT_ONCE == MAX_NUMBERS


async def test_so_many_matches_are_counted(server: Running, monkeypatch) -> None:
    monkeypatch.setattr(captures, "MOST_COUNTED", 2)
    monkeypatch.setattr(selections, "MOST_LATER", 2)
    store = server.app[keys.STORE]

    async def count() -> tuple[int, bool]:
        async with server.client.get(f"{server.bin_api}/captures/count?q=method:POST") as answer:
            told = await answer.json()
            return told["count"], told["complete"]

    for expected in ((1, True), (2, True), (2, False)):
        await store.add_capture(a_capture(server.bin))
        assert await count() == expected
    # More than that arrived later: at least those are not counted as deleted.
    await store.add_capture(a_capture(server.bin))
    async with server.client.post(f"{server.bin_api}/captures/delete", json={"upto": 1}) as answer:
        assert await answer.json() == {"deleted": 1, "next": None}
