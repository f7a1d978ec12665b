"""What tells a person or a program that storing is in danger, or has stopped."""

import json

import pytest

from app import keys
from app.errors import StoreUnavailable
from app.services.upkeep.disk import Disk, DiskSpace
from app.store import Health
from tests.conftest import Running

LOW, ENOUGH = DiskSpace(5 << 20, 1 << 40), DiskSpace(1 << 39, 1 << 40)


async def _text(server: Running, path: str) -> str:
    async with server.client.get(server.url + path) as answer:
        return await answer.text()


async def _ready(server: Running) -> tuple[int, dict]:
    async with server.client.get(f"{server.url}/readyz", headers={"Authorization": ""}) as answer:
        return answer.status, await answer.json()


async def test_a_disk_that_fills_up_is_told_while_captures_are_still_kept(server: Running, monkeypatch) -> None:
    async def look_away(_: Disk) -> float:
        """What the test says about the disk stays, however long the test takes."""
        return 60.0

    monkeypatch.setattr(Disk, "step", look_away)
    pages = ("/", f"/bins/{server.bin.id}")
    server.app[keys.DISK].space = ENOUGH
    assert (await _ready(server))[1]["disk"] == "ok"
    for path in pages:
        assert "data directory" not in await _text(server, path)
    server.app[keys.DISK].space = LOW
    assert (await _ready(server))[1]["disk"] == "low"
    assert "smsbin_disk_low 1.0" in await _text(server, "/metrics")
    async with server.client.post(server.capture_url, data={"Text": "hi"}) as answer:
        assert answer.status == 200
    for path in (*pages, f"/bins/{server.bin.id}/captures/1"):
        assert "Only 5.2 MB left on the disk of the data directory" in await _text(server, path)


async def test_alive_and_ready_are_public(server: Running) -> None:
    for path in ("/healthz", "/readyz"):
        async with server.client.get(server.url + path, headers={"Authorization": "", "Host": "10.1.2.3"}) as answer:
            assert (answer.status, answer.content_type) == (200, "application/json")


async def test_ready_tells_what_captures_met_and_how_far_reading_is(server: Running) -> None:
    for _ in range(3):
        async with server.client.post(server.capture_url, data={"Text": "hi"}) as answer:
            assert answer.status == 200
    await server.captures()  # waits until they are read
    status, told = await _ready(server)
    # The probe of this call is no request.
    assert (status, told["status"], told["store"], told["reason"]) == (200, "ok", "ok", None)
    assert (told["stored"], told["refused"], told["checkpoint"]) == (3, 0, None)
    assert (told["ledger"], told["behind"]) == ("ok", 0)


async def test_a_store_that_does_not_take_a_write_is_503_with_the_reason(server: Running, monkeypatch) -> None:
    async def refuse(_: object) -> None:
        raise StoreUnavailable("The disk is full.")

    monkeypatch.setattr("app.storage.sqlite.store.SqliteStore.probe", refuse)
    assert (await _ready(server))[0] == 503
    monkeypatch.setattr(
        "app.storage.sqlite.store.SqliteStore.health", lambda _: Health(state="full", reason="no room", refused=7)
    )
    status, told = await _ready(server)
    assert (status, told["status"], told["store"]) == (503, "unavailable", "full")
    assert (told["reason"], told["refused"]) == ("no room", 7)


@pytest.mark.parametrize("name", ["log_wal_bytes", "ledger_behind", "ledger_ok", "retention_held", "store_ok"])
async def test_metrics_have_the_storage_in_figures(server: Running, name: str) -> None:
    assert f"\nsmsbin_{name} " in await _text(server, "/metrics")


async def test_nothing_captured_is_told_in_public(server: Running) -> None:
    async with server.client.post(server.capture_url, data={"Text": "a secret"}) as answer:
        assert answer.status == 200
    assert "secret" not in json.dumps((await _ready(server))[1])
