"""The API of the audit log: list and export."""

import json

import aiohttp
import pytest

from app import keys
from app.errors import StoreUnavailable
from app.web.audit import api
from tests.conftest import Running


async def rename(server: Running, *names: str) -> None:
    for name in names:
        async with server.client.patch(server.bin_api, json={"name": name}) as answer:
            assert answer.status == 200


async def page(server: Running, status: int = 200, **query: object) -> dict:
    async with server.client.get(f"{server.api}/audit", params=query) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


def numbers(found: dict) -> list[int]:
    return [entry["number"] for entry in found["items"]]


async def test_pages_lead_through_the_log_in_both_directions(server: Running) -> None:
    await rename(server, *"abcde")
    first = await page(server, limit=2)
    assert (numbers(first), first["next"]) == ([5, 4], "4")
    second = await page(server, limit=3, before=first["next"])
    assert (numbers(second), second["next"]) == ([3, 2, 1], None)
    up = await page(server, limit=3, after=0)
    assert (numbers(up), up["next"]) == ([1, 2, 3], "3")
    assert numbers(await page(server, after=up["next"])) == [4, 5]
    assert first["items"][0]["facts"] == {"name": "e", "changed": "name"}


async def test_filters_narrow_the_list(server: Running) -> None:
    await rename(server, "a")
    await (await server.client.delete(f"{server.bin_api}/captures")).read()
    assert numbers(await page(server, action="bin")) == [1]
    assert numbers(await page(server, action="capture.clear", bin=server.bin.id, who="access token")) == [2]
    assert numbers(await page(server, since="1h", until="2099-01-01", result="done")) == [2, 1]
    assert numbers(await page(server, who="somebody")) == []


@pytest.mark.parametrize("query", [{"before": 1, "after": 1}, {"odd": 1}, {"limit": 0}, {"result": "ok"}])
async def test_a_wrong_query_is_refused(server: Running, query: dict[str, object]) -> None:
    assert {error["field"] for error in (await page(server, 422, **query))["errors"]} == set(query)


async def test_an_export_is_the_whole_log_oldest_first(server: Running, monkeypatch) -> None:
    monkeypatch.setattr(api, "PAGE", 2)
    await rename(server, *"abcde")
    async with server.client.get(f"{server.api}/audit/export?action=bin") as answer:
        assert answer.headers["Content-Type"] == "application/x-ndjson"
        assert 'filename="smsbin-audit-' in answer.headers["Content-Disposition"]
        lines = [json.loads(line) for line in (await answer.text()).splitlines()]
    assert [line["number"] for line in lines] == [1, 2, 3, 4, 5]
    assert lines == (await page(server, after=0, action="bin"))["items"]
    async with server.client.head(f"{server.api}/audit/export") as answer:
        assert (answer.status, await answer.read()) == (200, b"")


async def test_an_export_that_breaks_off_is_no_whole_file(server: Running, monkeypatch) -> None:
    monkeypatch.setattr(api, "PAGE", 2)
    await rename(server, *"abc")
    store = server.app[keys.STORE]
    real = store.list_audit_entries

    async def once(wanted: object, *, limit: int, after: int | None = None, before: int | None = None) -> object:
        if after:
            raise StoreUnavailable("gone")
        return await real(wanted, limit=limit, after=after, before=before)

    monkeypatch.setattr(store, "list_audit_entries", once)
    async with server.client.get(f"{server.api}/audit/export") as answer:
        with pytest.raises(aiohttp.ClientError):
            await answer.read()
