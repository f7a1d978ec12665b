"""Counts by time over the API."""

from datetime import datetime

import pytest

from app.web.overview.ranges import BY_NAME
from tests.conftest import Running
from tests.pairs import failed, taken


async def _get(server: Running, path: str, status: int = 200) -> dict:
    async with server.client.get(f"{server.bin_api}/{path}") as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def test_the_volume_has_every_interval_of_its_time(server: Running) -> None:
    await taken(server, sid="ok-1")
    await failed(server, sid="err-1")
    found = await _get(server, "volume")
    length = datetime.fromisoformat(found["until"]) - datetime.fromisoformat(found["since"])
    assert len(found["items"]) * found["step_s"] == length.total_seconds()
    assert [sum(item[name] for item in found["items"]) for name in ("ok", "failed", "odd")] == [2, 1, 0]
    assert found["filtered"] is True


@pytest.mark.parametrize(("text", "count"), [("role:fallback", 1), ("result:failed", 1), ("after:1h", 3)])
async def test_the_volume_of_a_filter_counts_its_matches(server: Running, text: str, count: int) -> None:
    await taken(server, sid="ok-1")
    await failed(server, sid="err-1")
    found = await _get(server, f"volume?q={text}")
    assert sum(item["ok"] + item["failed"] + item["odd"] for item in found["items"]) == count
    assert found["filtered"] is True


@pytest.mark.parametrize("range", [None, *BY_NAME])
async def test_the_overview_has_its_numbers(server: Running, range: str | None) -> None:
    await taken(server, sid="ok-1")
    await failed(server, sid="err-1")
    found = await _get(server, "overview" if range is None else f"overview?range={range}")
    assert found["range"] == (range or "24h")
    assert len(found["volume"]) == BY_NAME[range or "24h"].count
    assert [(one["role"], one["ok"] + one["failed"]) for one in found["roles"]] == [("primary", 2), ("fallback", 1)]
    assert found["fallback"] == {"messages": 2, "used": 1}
    assert found["final"] == {"messages": 0, "p50_ms": None, "p95_ms": None}


@pytest.mark.parametrize("path", ["overview?range=2h", "overview?rang=7d", "volume?q=fro:x", "volume?since=1"])
async def test_what_is_not_known_is_refused_by_name(server: Running, path: str) -> None:
    found = await _get(server, path, 422)
    assert found["errors"]


async def test_an_unknown_bin_is_not_found(server: Running) -> None:
    for name in ("volume", "overview"):
        async with server.client.get(f"{server.api}/bins/nothing/{name}") as answer:
            assert answer.status == 404
