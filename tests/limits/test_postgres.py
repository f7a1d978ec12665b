"""How long PostgreSQL is waited for, and how often an unknown commit is looked up."""

import asyncio
import os
import socket
from collections.abc import Callable

import pytest

from app.errors import DatabaseUnreachable
from app.storage.postgres import connections, log_database, readers
from app.storage.postgres.connections import CONNECT_S, AsyncConnection, connect
from app.storage.postgres.log_database import AGAIN_S, DOUBT_S, LogDatabase
from app.storage.postgres.readers import FREE_S, PostgresReads
from app.storage.transaction import Unreachable
from app.store import COMMIT_WAIT_S
from tests.postgres import Database

from .conftest import Ticks


def test_a_connection_is_waited_for_so_long(database: Database) -> None:
    connection = connect(database.url, "test")
    assert connection.info.get_parameters()["connect_timeout"] == str(CONNECT_S)
    with socket.socket(fileno=os.dup(connection.fileno())) as opened:
        kernel_ms = opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert kernel_ms == connections._UNACKNOWLEDGED_MS
    connection.close()
    assert CONNECT_S < DOUBT_S < COMMIT_WAIT_S, "an unknown commit is looked up at least once, while its sender waits"


async def test_a_free_connection_is_waited_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    assert FREE_S > CONNECT_S, "a server that is away is found out before"
    monkeypatch.setattr(readers, "FREE_S", 0.01)
    never = asyncio.Event()

    async def connect() -> AsyncConnection:
        await never.wait()
        raise Unreachable("away")

    made = PostgresReads(connect, 1)
    busy = asyncio.ensure_future(made.run("select 1", {}))
    await asyncio.sleep(0)
    with pytest.raises(DatabaseUnreachable, match="all connections are busy"):
        await made.run("select 1", {})
    never.set()
    with pytest.raises(DatabaseUnreachable, match="away"):
        await busy
    await made.close()


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch, ticks: Ticks) -> Callable[[float], LogDatabase]:
    """A log whose database answers again after so many seconds; then nothing of the last batch is found."""

    def lose(away_s: float) -> LogDatabase:
        back_at = ticks.now + away_s
        made = LogDatabase("postgresql://smsbin@127.0.0.1:1/smsbin")
        made._batch = 1

        def find() -> int:
            if ticks.now < back_at:
                raise Unreachable("away")
            return 1

        monkeypatch.setattr(made, "_written_batch", find)
        monkeypatch.setattr(made._database, "execute", lambda _: None)
        return made

    monkeypatch.setattr(log_database, "ticks", lambda: ticks.now)
    return lose


@pytest.mark.parametrize(("away_s", "is_found"), [(DOUBT_S - AGAIN_S, True), (DOUBT_S, False)])
def test_an_unknown_commit_is_looked_up_so_long_and_so_often(
    lost: Callable[[float], LogDatabase], ticks: Ticks, monkeypatch: pytest.MonkeyPatch, away_s: float, is_found: bool
) -> None:
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        # Without the error of a sum of fifty.
        ticks.now = round(ticks.now + seconds, 6)

    monkeypatch.setattr(log_database, "pause", pause)
    log = lost(away_s - AGAIN_S / 2)
    if is_found:
        log._resolve(Unreachable("lost"))
    else:
        with pytest.raises(Unreachable, match="a commit has failed: lost"):
            log._resolve(Unreachable("lost"))
    assert (log.known, log.unknown) == (int(is_found), int(not is_found))
    assert set(pauses) == {AGAIN_S}
    assert len(pauses) == round(away_s / AGAIN_S)
