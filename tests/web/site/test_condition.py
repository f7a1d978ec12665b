"""What a person is told of storing and reading: in a notice on each page, live, and gone when it is over."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from app import keys
from app.errors import DatabaseUnreachable
from app.services.upkeep.disk import DiskSpace
from app.store import Health, LedgerStatus
from app.web.site.condition import (
    CONDITION,
    current_notices,
    disk_notice,
    health_notice,
    hold_notice,
    ledger_text,
    reading_notice,
)
from tests.conftest import Running

NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (Health(state="full", reason="disk is full"), "Storing is not possible at the moment (disk is full)"),
        (Health(state="away", reason="connection refused."), "The database cannot be reached (connection refused)."),
        (Health(state="suspect", reason="A write failed."), "A write failed. Requests are answered 503"),
        (Health(state="gone", reason="log.db was deleted."), "while smsbin was running (log.db was deleted)"),
        (Health(state="stopped", reason="It starts."), "It starts. Requests are answered 503 until it runs."),
        (Health(state="ok", stored=74, refused=326), "326 of 400 requests of the last 10 seconds were answered 503."),
        (Health(state="ok", checkpoint="no room", wal_bytes=9 << 20), "The write-ahead log (9.4 MB) cannot be copied"),
        (Health(state="ok", held=True, wal_bytes=1 << 31), "grows: 2.1 GB so far. Stop that program."),
    ],
)  # fmt: skip
def test_each_trouble_of_the_log_has_its_words(health: Health, words: str) -> None:
    trouble = health_notice(health)
    assert trouble is not None
    assert words in trouble.text


def test_only_a_full_disk_of_the_data_directory_has_space_for_deletions() -> None:
    full = Health(state="full", reason="no space left")
    for is_postgresql in (False, True):
        notice = health_notice(full, is_postgresql=is_postgresql)
        assert notice is not None
        assert ("Deleting still works" in notice.text) is not is_postgresql


def test_what_is_well_has_none() -> None:
    assert health_notice(Health(state="ok", stored=5, wal_bytes=1 << 20)) is None
    assert health_notice(Health(state="ok", held=True, wal_bytes=1 << 20)) is None
    assert reading_notice(LedgerStatus(state="behind", behind=12_400)) is None
    assert disk_notice(DiskSpace(1 << 39, 1 << 40)) is None
    assert disk_notice(None) is None
    assert ledger_text(LedgerStatus(state="ok")) == ""


def test_reading_says_how_far_it_is_and_why_it_stopped() -> None:
    assert ledger_text(LedgerStatus(state="behind", behind=12_400)) == "12,400 behind"
    assert ledger_text(LedgerStatus(state="building", done=40, total=100)) == "parsing again, 40 % done"
    stopped = LedgerStatus(state="stopped", reason="The disk is full.", behind=7)
    assert ledger_text(stopped) == "parsing has stopped, 7 behind"
    trouble = reading_notice(stopped)
    assert trouble is not None
    assert trouble.text.startswith("Requests are kept, but not parsed at the moment: The disk is full.")


def test_a_retention_that_is_held_asks_for_the_date() -> None:
    trouble = hold_notice("the clock jumped by 1 day", timedelta(hours=22, minutes=1), NOW)
    assert (trouble.asks, "If 29 Nov 2026 is the right date" in trouble.text) == (True, True)
    assert "within 23 hours" in trouble.text


async def _page(server: Running, path: str = "") -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}") as answer:
        return await answer.text()


async def test_a_page_has_the_notice_and_an_open_one_gets_it_and_loses_it(server: Running, monkeypatch) -> None:
    live = f"{server.url}/bins/{server.bin.id}/live?after=0&storage="
    headers = {"Origin": server.url}

    async def storage(socket: aiohttp.ClientWebSocketResponse) -> dict:
        async with asyncio.timeout(15):
            while "storage" not in (frame := json.loads(await socket.receive_str())):
                pass
        return frame["storage"]

    async with server.client.ws_connect(live, headers=headers) as socket:
        with monkeypatch.context() as patch:
            full = Health(state="full", reason="the disk is full")
            patch.setattr("app.storage.sqlite.store.SqliteStore.health", lambda _: full)
            assert "Storing is not possible at the moment (the disk is full)" in (await storage(socket))["html"]
            assert "Storing is not possible at the moment (the disk is full)" in await _page(server)
        assert "Nothing can be stored" not in (await storage(socket))["html"]
    assert "Nothing can be stored" not in await _page(server)


async def test_nothing_is_kept_while_the_database_is_away(server: Running, monkeypatch) -> None:
    store = "app.storage.sqlite.store.SqliteStore"
    monkeypatch.setattr(f"{store}.health", lambda _: Health(state="away", reason="connection refused"))
    monkeypatch.setattr(f"{store}.ledger_status", lambda *_: LedgerStatus(state="stopped", reason="connection refused"))
    (notice,) = current_notices(server.app)
    assert notice.text.startswith("The database cannot be reached (connection refused).")


async def test_the_live_state_says_how_far_reading_is_behind(server: Running, monkeypatch) -> None:
    behind = LedgerStatus(state="behind", behind=12_400)
    monkeypatch.setattr("app.storage.sqlite.store.SqliteStore.ledger_status", lambda *_: behind)
    server.app[CONDITION].update()
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/live?after=0") as answer:
        frames = (await answer.json())["frames"]
    assert [frame["storage"]["word"] for frame in frames if "storage" in frame] == ["12,400 behind"]


async def test_the_button_lets_captures_expire_again_and_leads_back(server: Running) -> None:
    sweeping = server.app[keys.SWEEPING]
    sweeping._hold("the clock jumped")
    page = await _page(server, "/messages")
    assert 'action="/retention/confirm"' in page
    assert f'name="back" value="/bins/{server.bin.id}/messages"' in page
    url = f"{server.url}/retention/confirm"
    back = {"back": f"/bins/{server.bin.id}/messages"}
    async with server.client.post(url, data=back, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, back["back"])
    assert sweeping.held is None
    assert "Nothing expires" not in await _page(server)


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "", "x"])
async def test_the_way_back_never_leaves_the_house(server: Running, back: str) -> None:
    url = f"{server.url}/retention/confirm"
    async with server.client.post(url, data={"back": back}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/")


async def test_a_page_that_cannot_be_read_says_that_the_database_is_away(server: Running, monkeypatch) -> None:
    async def fail(*_: object, **__: object) -> object:
        raise DatabaseUnreachable("The database does not respond: connection refused.")

    monkeypatch.setattr(server.app[keys.STORE], "list_captures", fail)
    async with server.client.get(f"{server.url}/bins/{server.bin.id}") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        page = await answer.text()
    assert "The database cannot be reached" in page
    assert "connection refused" in page
    assert '<a class="btn big" href="">Try again</a>' in page
    async with server.client.get(f"{server.bin_api}/captures") as answer:
        assert (await answer.json())["type"] == "urn:smsbin:database_unreachable"
