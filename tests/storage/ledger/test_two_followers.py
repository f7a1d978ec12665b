"""The followers of two servers, which share a ledger on PostgreSQL, make the same as one that makes it in one go: with
whatever one of them does, and whatever is stored, between two statements of the other; after connections that were lost
at any statement, or with the commit, and when one goes on with what the other has left.
"""

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from enum import Enum, auto
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.storage.ledger import follower as follower_module
from app.storage.ledger.follower import Follower
from app.storage.ledger.protocol import LookAt, decode_from_server
from app.storage.postgres.ledger import PostgresLedger, PostgresLedgerFiles
from app.storage.transaction import Database, Transaction, Unreachable
from tests.postgres import Cluster
from tests.postgres import Database as ServerDatabase
from tests.storage.engines import PostgresEngine
from tests.storage.inside import BIN, Inside, Ledger

from .histories import History
from .wire import Wire


class Interruption(Enum):
    """What happens at a statement of a follower."""

    LOST = auto()
    STORED = auto()
    OTHER = auto()
    STORED_AND_OTHER = auto()


class Interrupted:
    """A database that calls something at one of its statements, with its commit, or after that."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._left = 0
        self._call: Callable[[], None] = lambda: None
        self.read = database.read

    def interrupt(self, statement: int, call: Callable[[], None]) -> None:
        """At this statement from now on; 0 or less: never."""
        self._left, self._call = statement, call

    @contextmanager
    def write(self) -> Iterator["_Counting"]:
        with self._database.write() as transaction:
            yield _Counting(transaction, self.count)
            self.count()
        self.count()

    def count(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._call()


class _Counting:
    """A transaction that counts its statements."""

    def __init__(self, transaction: Transaction, count: Callable[[], None]) -> None:
        self._transaction = transaction
        self._count = count

    def __getattr__(self, name: str) -> Callable:
        self._count()
        return getattr(self._transaction, name)


class Server:
    """A follower with connections of its own, which begins again, as in its process, when its connection is lost."""

    def __init__(self, inside: Inside, ledger: Ledger, url: str) -> None:
        files = PostgresLedgerFiles(url)
        self._opened, self._log = files.open_ledger(), files.open_log()
        self._ledger, self._wire = ledger, Wire(inside)
        self.database = Interrupted(self._opened.database)
        self._begin()

    def act(self, call: Callable[[Follower], object]) -> None:
        """Call with the follower, after it has got the epochs that it has asked for."""
        while (data := self._wire.receive(0.0)) is not None:
            self.follower._handle(decode_from_server(data))
        try:
            call(self.follower)
        except Unreachable:
            self._begin()

    def close(self) -> None:
        self._opened.close()
        self._log.close()

    def _begin(self) -> None:
        file = PostgresLedger(self.database)  # type: ignore[arg-type]
        self.follower = Follower(self._wire, self._log, file, self._ledger.reader, {})


class SharedHistory(History):
    """With two servers. Each action of the ledger is done by one of them."""

    bins = (BIN, "bin00002")
    # Those of the other server while one is interrupted.
    _MEANWHILE = (5, 5, 5, 6, 7, 8, 10, 13, 14)

    def __init__(self, folder: Path, seed: int, engine: PostgresEngine, url: str) -> None:
        super().__init__(folder, seed, engine)
        self._servers = [Server(self.inside, self.live, url) for _ in range(2)]
        self._acting = self._servers[0]

    def act_interrupted(self, number: int, statement: int, interruption: Interruption) -> None:
        """One of the servers is interrupted at a statement."""
        one, other = self.dice.sample(self._servers, 2)
        self._acting = one

        def interrupt() -> None:
            if interruption is Interruption.LOST:
                raise Unreachable("planted")
            if interruption in (Interruption.STORED, Interruption.STORED_AND_OTHER):
                self.keep()
            if interruption in (Interruption.OTHER, Interruption.STORED_AND_OTHER):
                self._acting = other
                self.act(self.dice.choice(self._MEANWHILE))
                self._acting = one

        one.database.interrupt(statement, interrupt)
        self.act(number)
        one.database.interrupt(0, lambda: None)

    def act(self, number: int) -> None:
        match number:
            case 10:
                self.mark(self.dice.randrange(600))
            case 13:
                self._acting.act(lambda follower: follower._build())
            case 14:
                self._acting.act(lambda follower: follower._erase())
            case _:
                super().act(number if number < 25 else 5)

    def follow(self, limit: int) -> None:
        def follow(follower: Follower) -> None:
            follower._handle(LookAt([1, 2]))
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(follower_module, "MAX_CAPTURES", limit)
                follower._follow()

        self._acting.act(follow)

    def step(self) -> None:
        self._acting.act(lambda follower: follower._find_behind())

    def index(self, limit: int) -> None:
        self._acting.act(lambda follower: follower._index())

    def mark(self, after_s: int) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(follower_module, "now", lambda: self.at + timedelta(seconds=after_s))
            self._acting.act(lambda follower: follower._mark())

    def close(self) -> None:
        for server in self._servers:
            server.close()
        super().close()


def play(cluster: Cluster, seed: int, actions: list[tuple[int, int, Interruption]]) -> None:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="smsbin-history-"))
        made: list[ServerDatabase] = []

        def make(prepare: Callable[[str], None]) -> ServerDatabase:
            made.append(stack.enter_context(cluster.database(prepare)))
            return made[-1]

        engine = PostgresEngine(make)
        history = SharedHistory(Path(folder), seed, engine, made[0].url)
        stack.callback(history.close)
        for action in actions:
            history.act_interrupted(*action)
        history.check()


# An action, and the statement at which its server is interrupted.
ACTION = st.tuples(st.integers(0, 34), st.integers(0, 30), st.sampled_from(Interruption))


@given(st.integers(0, 2**32), st.lists(ACTION, min_size=5, max_size=60))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_grown_by_two_and_made_in_one_go_are_equal(postgres: Cluster, seed: int, actions: list[tuple]) -> None:
    play(postgres, seed, actions)


@pytest.mark.parametrize("seed", range(4))
def test_long_histories_of_two_are_equal_too(postgres: Cluster, seed: int) -> None:
    dice = random.Random(seed)
    kinds = list(Interruption)
    play(postgres, seed, [(dice.randrange(35), dice.randint(-9, 30), dice.choice(kinds)) for _ in range(300)])
