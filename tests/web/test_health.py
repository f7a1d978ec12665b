"""What tells a person or a program that storing is in danger, or has stopped."""

import pytest

from app import keys
from app.services.disk import Disk, Space
from app.storage import Health
from tests.conftest import Running

LOW, ENOUGH = Space(5 << 20, 1 << 40), Space(1 << 39, 1 << 40)


async def _text(server: Running, path: str) -> str:
    async with server.client.get(server.url + path) as answer:
        return await answer.text()


async def test_a_disk_that_fills_up_is_told_while_captures_are_still_kept(server: Running, monkeypatch) -> None:
    async def look_away(disk: Disk) -> None:
        """What the test says about the disk stays, however long the test takes."""

    monkeypatch.setattr(Disk, "look", look_away)
    pages = ("/", f"/bins/{server.bin.id}")
    server.app[keys.DISK].space = ENOUGH
    assert '"disk": "ok"' in await _text(server, "/readyz")
    for path in pages:
        assert "data directory" not in await _text(server, path)
    server.app[keys.DISK].space = LOW
    assert '"disk": "low"' in await _text(server, "/readyz")
    assert "smsbin_disk_low 1.0" in await _text(server, "/metrics")
    async with server.client.post(server.capture_url, data={"Text": "hi"}) as answer:
        assert answer.status == 200
    for path in (*pages, f"/bins/{server.bin.id}/captures/1"):
        assert "Only 5.2 MB left on the disk of the data directory" in await _text(server, path)


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (Health(state="full", reason="database or disk is full"), "Nothing can be stored right now (database or disk"),
        (Health(state="suspect", reason="disk I/O error"), "until a restart"),
    ],
)
async def test_a_store_that_refuses_is_told_on_the_page(server: Running, monkeypatch, health, words) -> None:
    monkeypatch.setattr("app.storage.sqlite.SqliteStore.health", lambda self: health)
    assert words in await _text(server, f"/bins/{server.bin.id}")


async def test_alive_and_ready_are_public(server: Running) -> None:
    for path in ("/healthz", "/readyz"):
        async with server.client.get(server.url + path, headers={"Authorization": "", "Host": "10.1.2.3"}) as answer:
            assert (answer.status, answer.content_type) == (200, "application/json")
