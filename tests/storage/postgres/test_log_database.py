"""The log on PostgreSQL: nothing is acknowledged that is not on the disk, and nothing is stored twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Thread

import psycopg
import pytest

from app import clock
from app.domain.units import micros
from app.storage.checkpointing import NoBallast
from app.storage.log.appender import Appender
from app.storage.log.batch import Batch
from app.storage.log.jobs import AddBin, AddCapture
from app.storage.log.results import Result
from app.storage.postgres import log_database, transaction
from app.storage.postgres.engine import ENGINE
from app.storage.postgres.log_database import LogDatabase
from app.storage.postgres.transaction import PostgresTransaction
from app.storage.transaction import CannotWrite, Unreachable
from tests.postgres import CuttingProxy, Database

from .tables import make_tables

BINS = ("one", "other")
STORED = "select id >> 40, id & 1099511627775, body from smsbin_log.captures order by id"


@pytest.fixture
def database(make_database: Callable[..., Database]) -> Database:
    made = make_database(make_tables)
    with _opened(made.url) as (_, appender):
        for id in BINS:
            assert appender.apply([AddBin(id, f"key-{id}", None, None, None, 300, 0)]).results[0].error is None
    return made


@contextmanager
def _opened(url: str) -> Iterator[tuple[LogDatabase, Appender]]:
    log = LogDatabase(url)
    log.open()
    appender = Appender(log, NoBallast(), clock.new_id(), is_shared=True)
    appender.begin()
    try:
        yield log, appender
    finally:
        log.close()


def _capture(body: bytes, bin_id: str = "one") -> AddCapture:
    return AddCapture(bin_id, 7, "primary", "POST", "/", "", "1.1", b"", body, True, None, None, None, False)


def _apply(appender: Appender, *bodies: bytes) -> list[Result]:
    return appender.apply([_capture(body) for body in bodies]).results


def _stored(database: Database) -> list[bytes]:
    return [bytes(body) for _, _, body in database.peek(STORED)]


# The result of a commit is unknown


def test_what_was_committed_although_its_answer_was_lost_is_acknowledged_and_what_was_not_is_refused(
    database: Database, cutting_proxy: CuttingProxy
) -> None:
    acknowledged: list[bytes] = []
    with _opened(cutting_proxy.url(database.name)) as (log, appender):
        cutting_proxy.share = 1.0
        while min(cutting_proxy.cut_before, cutting_proxy.cut_after) < 3:
            body = b"%d" % (cutting_proxy.cut_before + cutting_proxy.cut_after)
            was_cut_after = cutting_proxy.cut_after
            (result,) = _apply(appender, body)
            assert (result.error is None) is (cutting_proxy.cut_after > was_cut_after), result
            if result.error is None:
                acknowledged.append(body)
                assert result.value == len(acknowledged)
            else:
                assert result.error == "away"
        assert (log.known, log.unknown) == (cutting_proxy.cut_after, 0)
    assert _stored(database) == acknowledged
    assert database.peek("select last_n from smsbin_log.bins where id = 'one'") == [(len(acknowledged),)]


def test_what_was_lost_with_its_connection_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(lost: PostgresTransaction, *_: str) -> None:
        log._database.close()
        raise Unreachable("lost")

    with _opened(database.url) as (log, appender):
        assert _apply(appender, b"a")[0].error is None
        with monkeypatch.context() as patch:
            patch.setattr(PostgresTransaction, "finish", lose)
            assert _apply(appender, b"b")[0].error == "away"
        assert (log.known, log.unknown) == (0, 0)
        assert _apply(appender, b"c")[0].value == 2
    assert _stored(database) == [b"a", b"c"]


def test_a_result_that_stays_unknown_is_refused(
    database: Database, cutting_proxy: CuttingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unreachable("away")

    monkeypatch.setattr(log_database, "DOUBT_S", 0.1)
    with _opened(cutting_proxy.url(database.name)) as (log, appender):
        cutting_proxy.share = 1.0
        with monkeypatch.context() as patch:
            patch.setattr(transaction, "connect", away)
            while not cutting_proxy.cut_after:
                (result,) = _apply(appender, b"a")
                assert result.error == "away"
                cutting_proxy.share = 1.0
        assert log.known == 0
        assert log.unknown > 0
        cutting_proxy.share = 0.0
        # Nothing is blocked by it, and numbers have no gap.
        (result,) = _apply(appender, b"b")
        assert result.error is None
        assert result.value == len(_stored(database))


def test_a_commit_that_was_found_is_flushed_before_it_is_acknowledged(
    database: Database, cutting_proxy: CuttingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    with _opened(cutting_proxy.url(database.name)) as (log, appender):
        execute = log._database.execute
        monkeypatch.setattr(log._database, "execute", lambda name: (flushed.append(name), execute(name)))
        cutting_proxy.share = 1.0
        while not cutting_proxy.cut_after:
            _apply(appender, b"a")
    assert flushed == ["flush"]


@pytest.mark.parametrize("state", ["57014", "42501", "XX000"])
def test_a_flush_that_fails_does_not_store_a_batch_again(
    database: Database, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """A batch that fails is stored one by one. This one is committed."""
    monkeypatch.setattr(log_database, "DOUBT_S", 0.1)
    broken = f"do $$ begin raise exception 'no flush' using errcode = '{state}'; end $$"
    with _opened(database.url) as (log, appender):
        with monkeypatch.context() as patch:
            patch.setitem(ENGINE, "flush", broken)
            assert {result.error for result in _apply(appender, b"a", b"b")} == {"full"}
        assert (log.known, log.unknown) == (0, 1)
        assert _stored(database) == [b"a", b"b"]
        assert [result.value for result in _apply(appender, b"c")] == [3]


def test_a_writer_whose_row_was_forgotten_is_known_again(database: Database, cutting_proxy: CuttingProxy) -> None:
    with _opened(cutting_proxy.url(database.name)) as (log, appender):
        database.peek("update smsbin_log.writers set seen_at = %s", micros(clock.now() - timedelta(days=2)))
        with _opened(database.url):
            assert database.peek("select count(*) from smsbin_log.writers") == [(1,)]
        assert _apply(appender, b"a")[0].error is None
        assert database.peek("select count(*) from smsbin_log.writers") == [(2,)]
        cutting_proxy.share = 1.0
        while not cutting_proxy.cut_after:
            _apply(appender, b"b")
        assert log.known == 1


def test_the_row_of_the_writer_is_locked_before_the_commit_is_sent(database: Database) -> None:
    """Otherwise it could be read before a server that is slow has received the commit, and what was stored would be
    refused."""
    locked = "select count(*) from smsbin_log.writers where batch < 1000"
    free = f"{locked.replace('count(*)', '1')} for update skip locked"
    with _opened(database.url) as (log, _):
        ((before,),) = database.peek(locked)
        with log.write() as transaction:
            transaction.all("lock_bins", {"ids": list(BINS)})
            assert len(database.peek(free)) == before - 1
        assert len(database.peek(free)) == before


# Acknowledged


def test_what_is_acknowledged_is_on_the_disk(database: Database) -> None:
    with _opened(database.url) as (_, appender):
        for n in range(20):
            ((before,),) = database.peek("select pg_current_wal_insert_lsn()::text")
            (result,) = _apply(appender, b"%d" % n)
            assert result.value == n + 1
            # The server's own writer, which does that five times a second, is too slow for this.
            assert database.peek("select pg_current_wal_flush_lsn() > %s::pg_lsn", before) == [(True,)]


def test_a_bin_is_free_before_its_captures_are_on_the_disk(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """So other servers do not wait for the disk of this one."""
    with _opened(database.url) as (_, appender), _opened(database.url) as (_, other):
        found: list[Result] = []
        # The server waits in the flush until the other one has stored its capture.
        wait = "select pg_advisory_lock_shared(1), pg_advisory_unlock_shared(1)"
        with psycopg.connect(database.url, autocommit=True) as holding:
            holding.execute("select pg_advisory_lock(1)")
            with monkeypatch.context() as patch:
                patch.setitem(ENGINE, "flush", wait)
                thread = Thread(target=lambda: found.extend(_apply(appender, b"a")))
                thread.start()
                waits = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
                while database.peek(waits) != [(1,)]:
                    pass
            assert [result.value for result in _apply(other, b"b")] == [2]
            assert found == []
        thread.join()
    assert [result.value for result in found] == [1]


# Several writers


def test_two_writers_of_the_same_bins_give_each_number_once(database: Database) -> None:
    given: Counter[tuple[str, int]] = Counter()

    def write(bins: tuple[str, ...]) -> None:
        with _opened(database.url) as (_, appender):
            for _ in range(15):
                batch = [_capture(b"", bin) for bin in bins * 3]
                results = appender.apply(batch).results
                given.update((job.bin_id, result.value) for job, result in zip(batch, results, strict=True))

    threads = [Thread(target=write, args=(bins,)) for bins in (BINS, BINS[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given == Counter({(bin, n): 1 for bin in BINS for n in range(1, 91)})
    assert [(bin, n) for bin, n, _ in database.peek(STORED)] == [(bin, n) for bin in (1, 2) for n in range(1, 91)]


def test_a_writer_that_is_stopped_does_not_keep_its_bins(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by SIGSTOP while it holds them. What it had is refused when it continues."""
    short = ENGINE["begin_append"].replace("1500", "100").replace("3000", "400")
    monkeypatch.setitem(ENGINE, "begin_append", short)
    with _opened(database.url) as (stopped, _), _opened(database.url) as (_, appender):
        with suppress(Unreachable), stopped.write() as held:
            held.all("lock_bins", {"ids": list(BINS)})
            held.insert("add_outcome", [(n, n, 0, 200, 1, False, None, True, None) for n in range(5)])
            (first,) = _apply(appender, b"a")
            assert first.error == "full"
            assert "55P03" in first.message
            deadline = clock.ticks() + 20
            while (result := _apply(appender, b"a")[0]).error is not None:
                assert clock.ticks() < deadline
            assert result.value == 1
        assert database.peek("select count(*) from smsbin_log.outcomes") == [(0,)]
        with stopped.write() as transaction:
            assert transaction.one("bin_counters", {"id": "one"})["last_n"] == 1


def _fail_at_the_third_capture(database: Database, state: str) -> None:
    database.peek("create sequence failures")
    database.peek(
        "create function fail() returns trigger language plpgsql as $$ begin"
        f" if nextval('failures') = 3 then raise exception 'not now' using errcode = '{state}'; end if;"
        " return new; end $$"
    )
    database.peek("create trigger failing before insert on smsbin_log.captures for each row execute function fail()")


def test_jobs_of_a_deadlock_are_stored_one_by_one(database: Database) -> None:
    _fail_at_the_third_capture(database, "40P01")
    with _opened(database.url) as (_, appender):
        assert [result.value for result in _apply(appender, b"a", b"b", b"c", b"d")] == [1, 2, 3, 4]
    assert _stored(database) == [b"a", b"b", b"c", b"d"]


@pytest.mark.parametrize("state", ["40001", "55P03", "53100", "57014"])
def test_a_batch_that_the_server_cannot_run_now_is_refused_as_a_whole(database: Database, state: str) -> None:
    _fail_at_the_third_capture(database, state)
    with _opened(database.url) as (log, appender):
        assert {result.error for result in _apply(appender, b"a", b"b", b"c", b"d")} == {"full"}
        assert _stored(database) == []
        assert [result.value for result in _apply(appender, b"e", b"f")] == [1, 2]
        # The server has said that it was not committed, so there was nothing to find out.
        assert (log.known, log.unknown) == (0, 0)
    assert _stored(database) == [b"e", b"f"]


def test_a_failed_transaction_is_not_written_at_all(database: Database) -> None:
    def fail_half_way() -> None:
        with log.write() as transaction:
            transaction.run("count_answer_change", {"number": 1})
            raise CannotWrite("planted")

    with _opened(database.url) as (log, _):
        with pytest.raises(CannotWrite, match="planted"):
            fail_half_way()
    assert database.peek("select answer_version from smsbin_log.bins where id = 'one'") == [(0,)]


def test_rows_of_writers_that_have_ended_are_removed_after_a_day(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(log_database, "now", lambda: now)
    oldest = micros(now - log_database.FORGOTTEN_AFTER)
    database.peek("update smsbin_log.writers set seen_at = %s", oldest)
    ((before,),) = database.peek("select count(*) from smsbin_log.writers")
    with _opened(database.url):
        assert database.peek("select count(*) from smsbin_log.writers") == [(before + 1,)]
    database.peek("update smsbin_log.writers set seen_at = %s", oldest - 1)
    with _opened(database.url):
        assert database.peek("select count(*) from smsbin_log.writers") == [(1,)]


def test_a_change_of_settings_is_on_the_disk_before_another_server_reads_it(database: Database) -> None:
    """Its version would be given again after a crash."""
    with _opened(database.url) as (log, _):
        for change, expected in (
            (lambda batch: batch.add_capture(_capture(b"a")), "off"),
            (lambda batch: batch.count_answer_change("one"), "on"),
        ):
            with log.write() as transaction:
                batch = Batch(transaction)
                batch.lock(["one"], unnamed=False, audit_log=False)
                change(batch)
                batch.finish()
                (value,) = log._database.connection.execute("show synchronous_commit").fetchone()
            assert value == expected
