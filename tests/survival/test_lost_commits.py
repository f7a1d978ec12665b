"""Appenders of several servers on one PostgreSQL, whose commits are lost and whose server crashes (P2, P3)."""

import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest

from app import clock
from app.domain.units import micros
from app.storage.checkpointing import NoBallast
from app.storage.log.appender import Appender
from app.storage.log.jobs import AddBin, AddCapture
from app.storage.postgres.log_database import LogDatabase
from app.storage.transaction import DatabaseError
from tests.postgres import Cluster, CuttingProxy, Database, own_cluster
from tests.postgres.fixtures import require_programs
from tests.proof.sharing import CONFIRMS_EARLY

pytestmark = pytest.mark.timeout(600)
BINS = ("one", "other")
WRITERS, BATCH = 3, 20


class Writers:
    """Threads, each with an appender: `acknowledged` has the bin and number of each body."""

    def __init__(self, url: str) -> None:
        self.acknowledged: dict[bytes, tuple[str, int]] = {}
        self.errors: Counter[str | None] = Counter()
        self.known = self.unknown = 0
        self._url = url
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(WRITERS)]
        for thread in self._threads:
            thread.start()

    def more(self, batches: int) -> None:
        wanted, deadline = len(self.acknowledged) + batches * BATCH, time.monotonic() + 200
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < deadline, self.errors
            time.sleep(0.01)

    def stop(self) -> None:
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        database = LogDatabase(self._url)
        appender = Appender(database, NoBallast(), clock.new_id(), is_shared=True)
        turn = 0
        while not self._ends.is_set():
            try:
                if not turn:
                    database.open()
                    appender.begin()
            except DatabaseError:
                database.close()
                continue
            turn += 1
            bodies = [b"%d-%d-%d" % (number, turn, place) for place in range(BATCH)]
            batch = [_capture(BINS[place % 2], body) for place, body in enumerate(bodies)]
            for job, result in zip(batch, appender.apply(batch).results, strict=True):
                self.errors[result.error] += 1
                if result.error is None:
                    self.acknowledged[job.body] = (job.bin_id, result.value)
        self.known += database.known
        self.unknown += database.unknown
        database.close()


def _capture(bin_id: str, body: bytes) -> AddCapture:
    return AddCapture(
        bin_id, micros(clock.now()), "primary", "POST", "/", "", "1.1", b"", body, True, None, None, None, False
    )


def _add_bins(url: str) -> None:
    database = LogDatabase(url)
    database.open()
    appender = Appender(database, NoBallast(), clock.new_id(), is_shared=True)
    results = appender.apply(
        [AddBin(id, clock.new_key(), None, None, None, 300, micros(clock.now())) for id in BINS]
    ).results
    assert [result.error for result in results] == [None, None]
    database.close()


def _problems(database: Database, writers: Writers) -> list[str]:
    rows = database.peek(
        "select bins.id, captures.id & 1099511627775, body from smsbin_log.captures"
        " join smsbin_log.bins on bins.number = captures.id >> 40 order by captures.id"
    )
    stored = {bytes(body): (bin, n) for bin, n, body in rows}
    wrong = [] if len(stored) == len(rows) else [f"{len(rows) - len(stored)} are stored twice"]
    lost = [body for body, place in writers.acknowledged.items() if stored.get(body) != place]
    wrong += [f"{len(lost)} of {len(writers.acknowledged)} acknowledged are lost: {lost[:3]}"] if lost else []
    for bin in BINS:
        numbers = [n for name, n, _ in rows if name == bin]
        wrong += [] if numbers == list(range(1, len(numbers) + 1)) else [f"{bin} has gaps"]
        wrong += (
            []
            if database.peek("select last_n from smsbin_log.bins where id = %s", bin) == [(len(numbers),)]
            else ["last"]
        )
    return wrong


def _append_through(cluster: Cluster, database: Database, troubles: Callable[[Writers, CuttingProxy], None]) -> Writers:
    _add_bins(database.url)
    with CuttingProxy(cluster) as proxy:
        writers = Writers(proxy.url(database.name))
        try:
            writers.more(60)
            troubles(writers, proxy)
        finally:
            writers.stop()
    return writers


def test_nothing_acknowledged_is_lost_and_nothing_is_stored_twice(durable_postgres: Cluster) -> None:
    def cut_and_crash(writers: Writers, proxy: CuttingProxy) -> None:
        proxy.share = 1 / 3
        writers.more(60)
        proxy.share = 0.0
        assert min(proxy.cut_before, proxy.cut_after) > 0
        for _ in range(2):
            durable_postgres.stop("immediate")
            durable_postgres.start()
            writers.more(60)

    with durable_postgres.database() as database:
        writers = _append_through(durable_postgres, database, cut_and_crash)
        assert _problems(database, writers) == []
        # What was committed although its answer was lost is acknowledged.
        assert writers.known > 0
        assert "broken" not in writers.errors


def test_a_crash_shows_what_is_acknowledged_before_it_is_on_the_disk() -> None:
    """The control: PostgreSQL is set to confirm a commit that it has not written."""
    require_programs()

    def crash(writers: Writers, proxy: CuttingProxy) -> None:
        with cluster.losing_unwritten():
            writers.more(10)
        writers.more(1)

    with own_cluster(CONFIRMS_EARLY) as cluster, cluster.database() as database:
        assert any(
            "acknowledged are lost" in problem
            for problem in _problems(database, _append_through(cluster, database, crash))
        )
