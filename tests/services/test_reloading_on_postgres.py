"""The same on PostgreSQL, with real servers."""

import asyncio
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from app import keys
from app.domain.roles import Role
from app.services import bins
from app.storage.postgres.notices import ServerNotices
from app.web.site import auth

from ..conftest import Running
from ..postgres import Database
from ..sharing import both_on_postgres, run_on_postgres
from .test_reloading import FAULT_STATUS, answer_with, delete, new_fault, post, rotate

__all__ = ["both_on_postgres"]

Both = tuple[Running, Running]


@pytest.fixture
def without_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers do not get the notices of each other."""
    monkeypatch.setattr(ServerNotices, "_receive", lambda *_: None)


@pytest.mark.usefixtures("without_notices")
async def test_keys_bins_and_answers_are_effective_on_the_other_server_at_once(both_on_postgres: Both) -> None:
    one, other = both_on_postgres
    old = one.bin.key
    new = await rotate(one)
    assert (await post(other, old), await post(other, new), await post(one, old)) == (404, 200, 404)
    made = await bins.create(one.app[keys.STORE], one.app[keys.KEYRING])
    assert await post(other, made.key) == 200
    for status in (201, 202, 203):
        await one.app[keys.ANSWERS].set(made.id, Role.PRIMARY, answer_with(status))
        assert await post(other, made.key) == status
    await delete(one, made.id)
    assert (await post(other, made.key), await post(one, made.key)) == (404, 404)


@pytest.mark.usefixtures("without_notices")
async def test_a_fault_with_a_count_is_taken_exactly_that_often_by_four_servers(
    tmp_path: Path, database: Database
) -> None:
    async with run_on_postgres(tmp_path, database, "one", "two", "three", "four") as servers:
        one = servers[0]
        await one.app[keys.FAULTS].set(new_fault(one.bin.id, 50))
        async with asyncio.TaskGroup() as group:
            sent = [group.create_task(post(server, one.bin.key)) for _ in range(25) for server in servers]
        assert Counter(each.result() for each in sent) == {FAULT_STATUS: 50, 200: 50}
        (stored,) = await servers[-1].app[keys.STORE].list_faults(one.bin.id)
        assert (stored.left, stored.hits) == (0, 50)


async def test_a_sign_out_ends_the_session_and_the_sockets_of_the_other_server(
    both_on_postgres: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A notice ends the socket, not a check.
    monkeypatch.setattr(auth, "SHARED_RECHECK_S", 1_000.0)
    one, other = both_on_postgres
    cookie = await one.app[keys.ACCESS].sign_in()
    headers = {"Cookie": f"smsbin-{other.port}={cookie}", "Sec-Fetch-Site": "same-origin"}
    async with aiohttp.ClientSession(headers=headers) as browser:
        async with browser.ws_connect(f"{other.bin_api}/live", headers={"Origin": other.url}) as view:
            assert (await view.receive_json(timeout=60))["type"] == "hello"
            await one.app[keys.ACCESS].sign_out(cookie)
            last = await view.receive(timeout=60)
            assert (last.type, last.data) == (aiohttp.WSMsgType.CLOSE, 4401)
        async with browser.get(f"{other.api}/info") as answer:
            assert answer.status == 401
