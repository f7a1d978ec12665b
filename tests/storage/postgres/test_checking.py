"""What is read from a real database, directly and through a pooler."""

import hashlib
from collections.abc import Iterator
from types import SimpleNamespace

import psycopg
import pytest

from app import clock
from app.domain.units import micros
from app.storage.ids import row_id
from app.storage.postgres import checking
from app.storage.postgres.checking import LISTEN_S, POOLER_TRIES, check_stored_bodies, read_facts, read_stored_secrets
from app.storage.postgres.migrating_log import newest_version
from app.storage.transaction import Unreachable
from tests.postgres import Cluster, Database, Pooler

from .tables import make_tables


@pytest.fixture(autouse=True)
def _slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "LISTEN_S", max(30.0, LISTEN_S))


@pytest.fixture
def log(make_database) -> Database:
    """A database with the tables of smsbin."""
    return make_database(make_tables)


@pytest.fixture
def role(postgres: Cluster) -> Iterator[str]:
    """A role that owns nothing."""
    name = f"role_{clock.new_id()}"
    postgres.execute(f"create role {name} login connection limit 7")
    yield name
    postgres.execute(f"drop role {name}")


def test_an_empty_database_is_described(database: Database) -> None:
    facts = read_facts(database.url)
    assert (facts.version_number >= 140_000, facts.encoding) == (True, "UTF8")
    # The cluster of the tests is fast, and not durable.
    assert (facts.durability.fsync, facts.durability.full_page_writes) == (False, False)
    assert (facts.durability.synchronous_commit, facts.durability.replicas) == ("on", 0)
    assert not facts.durability.is_replica
    assert abs(facts.clock_ahead_s) <= facts.clock_error_s + 1
    assert (facts.pooler, facts.notices_arrive) == ("none", True)
    assert (facts.is_local, facts.is_encrypted) == (True, False)
    assert 2 <= facts.connections.used < facts.connections.most < 300
    assert (facts.schema.version, facts.schema.may_create, facts.schema.is_owner) == (None, True, True)
    assert facts.oldest.sees_all


def test_nothing_is_changed(database: Database) -> None:
    read_facts(database.url)
    assert (check_stored_bodies(database.url), read_stored_secrets(database.url)) == ([], [])
    assert database.peek("select nspname from pg_namespace where nspname like 'smsbin%'") == []


def test_the_version_of_the_log_is_found(log: Database) -> None:
    assert read_facts(log.url).schema.version == newest_version()
    log.peek("insert into smsbin_log.schema_version (version) values (9000)")
    assert read_facts(log.url).schema.version == 9_000


def test_a_pooler_in_transaction_mode_is_found(pooler: Pooler, log: Database) -> None:
    facts = read_facts(pooler.url(log.name))
    assert (facts.pooler, facts.notices_arrive) == ("transaction", False)
    assert facts.schema.version == newest_version()


class Processes:
    """A connection whose statements run in these processes of the server, one after the other."""

    def __init__(self, *pids: int, at_the_connection: int = 0) -> None:
        self._pids = iter(pids)
        self.info = SimpleNamespace(backend_pid=at_the_connection)

    def execute(self, _: str) -> "Processes":
        return self

    def fetchone(self) -> dict[str, int]:
        return {"pid": next(self._pids)}


def test_each_mode_of_a_pooler_is_told_by_the_processes() -> None:
    def find(first: Processes, other: Processes) -> str:
        return checking._find_pooler(first, other)  # type: ignore[arg-type]

    assert find(Processes(7, at_the_connection=7), Processes()) == "none"
    assert find(Processes(*[7] * (POOLER_TRIES + 1)), Processes(*[8] * POOLER_TRIES)) == "session"
    busy = [8] * (POOLER_TRIES - 1)
    assert find(Processes(*[7] * (POOLER_TRIES + 1)), Processes(*busy, 7)) == "transaction"


def test_settings_of_a_database_are_found(postgres: Cluster, database: Database) -> None:
    for setting in ("synchronous_commit = off", "default_transaction_read_only = on"):
        postgres.execute(f"alter database {database.name} set {setting}")
    postgres.execute(f"alter database {database.name} connection limit 20")
    facts = read_facts(database.url)
    assert (facts.durability.synchronous_commit, facts.durability.is_read_only) == ("off", True)
    assert (facts.connections.most, facts.connections.used) == (20, 2)


def test_a_role_that_owns_nothing_cannot_migrate_and_sees_less(log: Database, role: str) -> None:
    facts = read_facts(log.url.replace("//smsbin@", f"//{role}@"))
    assert (facts.schema.is_owner, facts.schema.may_create, facts.schema.version) == (False, False, None)
    assert not facts.oldest.sees_all
    assert facts.connections.most == 7


def test_an_open_transaction_is_found(database: Database) -> None:
    before = read_facts(database.url).oldest.age
    with psycopg.connect(database.url) as connection:
        connection.execute("select txid_current()")
        connection.execute("select 1")
        for _ in range(50):
            database.peek("select txid_current()")
        assert read_facts(database.url).oldest.age >= max(50, before)


def test_a_body_that_was_changed_and_a_stored_secret_are_found(log: Database) -> None:
    now = micros(clock.now())
    bin = "insert into smsbin_log.bins (number, id, key, name, stuck_s, created_at) values (1, 'abc', 'k', 'n', 1, %s)"
    log.peek(bin, now)
    for n, body in ((1, b"as it came"), (2, b"changed")):
        log.peek(
            "insert into smsbin_log.captures (id, received_at, role, method, target, peer, http_version, head, body,"
            " body_complete, simulated, sha256)"
            " values (%s, %s, 'primary', 'POST', '/', '', '1.1', '', %s, true, false, %s)",
            row_id(1, n), now, body, hashlib.sha256(b"as it came").digest(),
        )  # fmt: skip
    log.peek("insert into smsbin_log.secrets (bin, label, secret, hash, added_at) values (1, 'a', 's', '', 0)")
    assert check_stored_bodies(log.url) == [("abc", 2)]
    assert read_stored_secrets(log.url) == [("abc", "a", "s")]


def test_a_database_that_is_away_raises() -> None:
    with pytest.raises(Unreachable) as error:
        read_facts("postgresql://smsbin:secret@127.0.0.1:1/smsbin")
    assert "secret" not in str(error.value)
