"""Followers of several servers share one ledger: each capture is folded once, and a bin is written under its claim."""

import queue
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread

import pytest

from app import clock
from app.domain.captures import Outcome
from app.domain.roles import Role
from app.domain.statuses import Status
from app.storage.ledger.follower import MAX_RAISES, Follower
from app.storage.ledger.protocol import FromServer, LedgerProgress, LookAt, ReadingBegins, encode
from app.storage.log.results import LogPosition
from app.storage.postgres.ledger import PostgresLedger, PostgresLedgerFiles
from app.storage.transaction import CannotWrite, Database, Transaction
from tests.postgres import Database as ServerDatabase
from tests.storage.builders import scripted
from tests.storage.engines import PostgresEngine
from tests.storage.inside import BIN, Inside, Ledger, all_equal
from tests.storage.ledger.events import callback, came
from tests.storage.ledger.wire import Wire, run

OTHER = "bin00002"
OVERDUE = clock.now() - timedelta(hours=1)


@pytest.fixture
def databases() -> list[ServerDatabase]:
    """The first one has the log."""
    return []


@pytest.fixture
def engine(make_database: Callable[..., ServerDatabase], databases: list[ServerDatabase]) -> PostgresEngine:
    def make(prepare: Callable[[str], None]) -> ServerDatabase:
        databases.append(make_database(prepare))
        return databases[-1]

    return PostgresEngine(make)


@dataclass
class Server:
    """What one server has: its follower, with connections of its own."""

    wire: Wire
    file: PostgresLedger
    log: Database
    follower: Follower

    def follow(self) -> None:
        run(self.follower, self.wire)

    @property
    def positions(self) -> list[LogPosition]:
        return [position for frame in self.wire.of(LedgerProgress) for position in frame.positions]


@pytest.fixture
def add_server(inside: Inside, ledger: Ledger, databases: list[ServerDatabase]) -> Iterator[Callable[..., Server]]:
    opened: list[Server] = []

    def add(wire: Wire | None = None, careful: dict[int, int] | None = None) -> Server:
        files = PostgresLedgerFiles(databases[0].url)
        file, log, pipe = files.open_ledger(), files.open_log(), wire or Wire(inside)
        opened.append(Server(pipe, file, log, Follower(pipe, log, file, ledger.reader, careful or {})))
        return opened[-1]

    yield add
    for server in opened:
        server.file.close()
        server.log.close()


@contextmanager
def claimed(server: Server, *bins: int) -> Iterator[None]:
    """The bins are claimed by this server."""
    with server.file.database.write() as transaction:
        assert list(server.file.claim(transaction, bins)) == list(bins)
        yield


class LiveWire(Wire):
    """One whose server runs until it is stopped."""

    def __init__(self, inside: Inside) -> None:
        super().__init__(inside)
        self._frames: queue.Queue[FromServer | None] = queue.Queue()

    def put(self, frame: FromServer | None) -> None:
        self._frames.put(frame)

    def receive(self, timeout_s: float | None = None) -> bytes | None:
        try:
            frame = self._frames.get(timeout=timeout_s) if timeout_s else self._frames.get_nowait()
        except queue.Empty:
            return None
        self.is_open = frame is not None
        return None if frame is None else encode(frame)


def _fill(inside: Inside, part: int) -> None:
    """Messages with callbacks, fallbacks and outcomes in two bins; something is deleted and annotated."""
    for bin in (BIN, OTHER):
        for number in range(12):
            name = f"m{part}-{number % 5}"
            first = inside.keep(scripted(came(name), salt=f"{part}-{number}"), bin=bin)
            inside.settle(first, Outcome(status=500 if number % 3 else 200, after_ms=7), bin=bin)
            inside.keep(scripted(came(name), salt=f"f{part}-{number}"), Role.FALLBACK, bin=bin)
            inside.keep(scripted(callback(f"c{part}-{number % 4}"), salt=f"{number}"), Role.STATUS, bin=bin)
        inside.annotate(first, note="a note", bin=bin)
        inside.drop(first - 3, bin=bin)


def test_two_followers_fold_each_capture_once(
    inside: Inside, ledger: Ledger, add_server: Callable[..., Server]
) -> None:
    inside.add_bin(OTHER)
    servers = [add_server(LiveWire(inside)) for _ in range(2)]
    threads = [Thread(target=server.follower.run) for server in servers]
    for thread in threads:
        thread.start()
    try:
        for part in range(4):
            _fill(inside, part)
            for server in servers:
                server.wire.put(LookAt([1, 2]))
        wanted = inside.file.connection.execute("select number, last_n, last_k, last_d, last_a from bins order by 1")
        wanted = [tuple(row) for row in wanted.fetchall()]
        deadline = clock.ticks() + 30
        for server in servers:
            # Each server gets the position of the ledger, also if another server has folded it.
            while not {(p.bin, p.n, p.k, p.d, p.a) for p in server.positions[-4:]}.issuperset(wanted):
                assert clock.ticks() < deadline, server.positions[-4:]
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.wire.put(None)
            thread.join()
    alone = inside.ledger("alone")
    alone.follow()
    assert all_equal([ledger, alone], 1)
    assert all_equal([ledger, alone], 2)
    assert len(ledger.everything(1)["messages"]) == 4 * (5 + 4)
    assert [server.wire.notes for server in servers] == [[], []]


def test_a_bin_that_another_follower_has_is_looked_at_and_reported(
    inside: Inside, ledger: Ledger, add_server: Callable[..., Server]
) -> None:
    inside.add_bin(OTHER)
    inside.state(came("a"))
    inside.keep(scripted(came("b")), bin=OTHER)
    one, other = add_server(), add_server()
    with claimed(other, 1):
        one.follow()
        assert one.positions[2:4] == [LogPosition(2, 1, 0, 0, 0), LogPosition(1, 0, 0, 0, -1)]
        assert [frame.places for frame in one.wire.of(ReadingBegins)][:1] == [[(2, -1)]]
        assert BIN in one.wire.changed
        assert ledger.everything(1) == {}
        one.wire.sent.clear()
        one.follower._retry_at = 0.0
        one.follower._work()
        assert one.positions == [LogPosition(1, 0, 0, 0, -1)]
        assert BIN not in one.wire.changed, "readers are notified of what is new only"
    other.follow()
    one.wire.sent.clear()
    # It has not forgotten the bin: the other one could have ended.
    one.wire.put(LookAt([2]))
    one.follow()
    assert LogPosition(1, 1, 0, 0, 0) in one.positions
    assert len(ledger.everything(1)["captures"]) == 1


def test_what_another_follower_had_when_it_ended_is_folded(
    inside: Inside, ledger: Ledger, add_server: Callable[..., Server]
) -> None:
    inside.state(came("a"))
    one, other = add_server(), add_server()
    with claimed(other, 1):
        one.follow()
    one.wire.sent.clear()
    one.follower._retry_at = 0.0
    one.follower._work()
    assert one.positions == [LogPosition(1, 1, 0, 0, 0)]


def _states(ledger: Ledger) -> list[tuple]:
    return ledger.rows("select bin, findings from messages join spaces on spaces.number = messages.space order by 1")


def test_a_mark_is_set_by_the_follower_that_has_the_bin(
    inside: Inside, ledger: Ledger, add_server: Callable[..., Server]
) -> None:
    inside.state(callback("a"), Role.STATUS, received_at=OVERDUE)
    one, other = add_server(), add_server()
    ledger.follow(now=OVERDUE)
    with claimed(other, 1):
        assert one.follower._mark() is False
        assert _states(ledger) == [(1, "")]
    assert one.follower._mark() is True
    assert _states(ledger) == [(1, "stuck")]
    assert BIN in one.wire.changed


def test_a_bin_that_is_behind_is_followed_before_it_is_marked(
    inside: Inside, ledger: Ledger, add_server: Callable[..., Server]
) -> None:
    inside.state(callback("a"), Role.STATUS, received_at=OVERDUE)
    ledger.follow(now=OVERDUE)
    one = add_server()
    # No notice of it has come.
    inside.state(callback("a", Status.DELIVERED), Role.STATUS)
    assert one.follower._mark() is False
    one.follow()
    assert _states(ledger) == [(1, "")]


def test_what_became_due_after_the_claims_is_not_marked_with_them(
    inside: Inside, ledger: Ledger, add_server: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another follower, which has claimed that bin, may be writing it."""
    inside.add_bin(OTHER)
    inside.state(callback("a"), Role.STATUS, received_at=OVERDUE)
    ledger.follow(now=OVERDUE)
    one = add_server()
    claim = PostgresLedger.claim

    def then_another_follower(file: PostgresLedger, transaction: Transaction, bins: Sequence[int]) -> Sequence[int]:
        found = claim(file, transaction, bins)
        inside.keep(scripted(callback("b"), received_at=OVERDUE), Role.STATUS, bin=OTHER)
        ledger.follow(now=OVERDUE)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(PostgresLedger, "claim", then_another_follower)
        one.follower._mark()
    assert _states(ledger) == [(1, "stuck"), (2, "")]
    assert one.follower._mark() is True
    assert _states(ledger) == [(1, "stuck"), (2, "stuck")]


def test_words_are_indexed_and_rows_are_erased_by_the_follower_that_has_the_bin(
    inside: Inside, ledger: Ledger, add_server: Callable[..., Server]
) -> None:
    one, other = add_server(), add_server()
    inside.state(came("a"))
    ledger.follow()
    with claimed(other, 1):
        assert one.follower._index() is False
        assert ledger.rows("select n, indexed_n from spaces") == [(1, 0)]
    assert one.follower._index() is True
    assert ledger.rows("select n, indexed_n from spaces") == [(1, 1)]
    ledger.rows("update spaces set state = 'gone' returning 1")
    with claimed(other, 1):
        assert one.follower._erase() is False
        assert ledger.rows("select count(*) from captures") == [(1,)]
    while one.follower._erase():
        pass
    assert ledger.rows("select count(*) from captures") == [(0,)]


def test_a_space_is_built_by_the_follower_that_has_the_bin(
    inside: Inside, ledger: Ledger, add_server: Callable[..., Server]
) -> None:
    inside.state(came("a"))
    ledger.follow()
    ledger.reader.version = "2"
    ledger.step()
    one, other = add_server(), add_server()
    building = "select n from spaces where state = 'building'"
    assert ledger.rows(building) == [(0,)]
    with claimed(other, 1):
        assert one.follower._build() is False
        assert ledger.rows(building) == [(0,)]
    while one.follower._build():
        pass
    assert ledger.rows("select reader, n from spaces where state = 'current'") == [("2", 1)]


def test_a_failure_changes_nothing_of_a_bin_that_another_follower_has(
    inside: Inside, ledger: Ledger, add_server: Callable[..., Server]
) -> None:
    inside.state(came("a"), trouble="raise")
    one, other = add_server(careful={1: 16}), add_server()
    with claimed(other, 1):
        for _ in range(MAX_RAISES):
            one.follower._failed([1], RuntimeError("planted"), building=False)
        assert one.follower._broken == set()
        assert ledger.rows("select count(*) from bins") == [(0,)]
    for _ in range(MAX_RAISES):
        one.follower._failed([1], RuntimeError("planted"), building=False)
    assert len(one.follower._broken) == 1


def test_a_follower_waits_while_another_server_rebuilds_the_ledger(
    inside: Inside, ledger: Ledger, add_server: Callable[..., Server]
) -> None:
    """Its tables are there before its first epoch is."""
    inside.state(came("a"))
    server = add_server()
    ledger.rows("delete from meta returning 1")
    with pytest.raises(CannotWrite, match="rebuilding the ledger"):
        server.follow()
    assert server.wire.notes == []
