"""The proxy cuts commits, and tells the truth about what it has cut."""

import time
from collections.abc import Callable

import psycopg
import pytest

from .clusters import Database
from .pooler import Pooler
from .proxy import CuttingProxy


def _insert(connection: psycopg.Connection, n: int) -> None:
    connection.execute("begin")
    connection.execute("insert into kept values (%s)", (n,))
    connection.execute("commit")


def _insert_in_a_pipeline(connection: psycopg.Connection, n: int) -> None:
    with connection.pipeline():
        _insert(connection, n)


@pytest.mark.parametrize("insert", [_insert, _insert_in_a_pipeline])
@pytest.mark.parametrize("threshold", [0, None], ids=["prepared", "unprepared"])
def test_half_of_the_cuts_are_after_the_commit(
    database: Database, cutting_proxy: CuttingProxy, insert: Callable, threshold: int | None
) -> None:
    """Statements are prepared or not, alone or in a pipeline: the proxy finds each commit."""
    database.peek("create table kept (n int)")
    cutting_proxy.share = 0.4
    told, cut = 0, 0
    connection = None
    for n in range(40):
        connection = connection or psycopg.connect(
            cutting_proxy.url(database.name), autocommit=True, prepare_threshold=threshold
        )
        try:
            insert(connection, n)
            told += 1
        except psycopg.OperationalError:
            cut += 1
            connection.close()
            connection = None
    if connection:
        connection.close()
    assert cut == cutting_proxy.cut_before + cutting_proxy.cut_after
    assert min(cutting_proxy.cut_before, cutting_proxy.cut_after) > 2
    # The last one may not have ended: its client knows of the cut before the server has committed.
    committed, deadline = told + cutting_proxy.cut_after, time.monotonic() + 20
    while (found := database.peek("select count(*), count(distinct n) from kept")) != [(committed, committed)]:
        assert time.monotonic() < deadline, (found, committed)
        time.sleep(0.02)


def test_without_a_share_only_cut_all_cuts(database: Database, cutting_proxy: CuttingProxy) -> None:
    with psycopg.connect(cutting_proxy.url(database.name), autocommit=True) as connection:
        for _ in range(20):
            with connection.transaction():
                connection.execute("select 1")
        cutting_proxy.cut_all()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")


def test_the_pooler_gives_a_connection_to_each_transaction(database: Database, pooler: Pooler) -> None:
    """What a session keeps is not there in its next transaction: the reason to test with it."""
    with psycopg.connect(pooler.url(database.name), autocommit=True, prepare_threshold=None) as one:
        with psycopg.connect(pooler.url(database.name), autocommit=True, prepare_threshold=None) as other:
            pid = "select pg_backend_pid()"
            first = one.execute(pid).fetchone()
            assert other.execute(pid).fetchone() == first
            with one.transaction():
                assert one.execute(pid).fetchone() == first
                assert other.execute(pid).fetchone() != first
