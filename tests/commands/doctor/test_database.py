"""What the facts about a PostgreSQL database mean, and how each problem is fixed."""

from dataclasses import replace

import pytest

from app.commands.doctor import database
from app.commands.doctor.database import (
    CHECKS,
    LARGE_SKEW_S,
    LONG_TRANSACTION_S,
    OLD_AGE,
    OLDEST_VERSION,
    PER_SERVER,
    SKEW_S,
    check_database,
    judge_clock,
    judge_connections,
    judge_database,
    judge_durability,
    judge_notices,
    judge_pooler,
    judge_replicas,
    judge_tables,
    judge_tls,
    judge_transactions,
)
from app.errors import CannotStart
from app.storage.base_store import LEDGER_READERS, LOG_READERS
from app.storage.postgres.addresses import read_address
from app.storage.postgres.checking import (
    ConnectionCounts,
    DatabaseFacts,
    Durability,
    OldestTransaction,
    SchemaState,
)
from app.storage.postgres.connections import OLDEST
from app.storage.postgres.store import DIRECT

URL = "postgresql://smsbin:secret@db.example.net/smsbin?sslmode=verify-full"
DURABLE = Durability(
    synchronous_commit="on", fsync=True, full_page_writes=True, replicas=0, synchronous=0, synchronous_names="",
    is_replica=False, is_read_only=False,
)  # fmt: skip
OLDEST_ONE = OldestTransaction(age=7, longest_s=9, prepared_s=0, sees_all=True)
TABLES = SchemaState(version=3, newest=3, may_create=False, is_owner=True)
FACTS = DatabaseFacts(
    version_number=150_018, version="15.18", encoding="UTF8", durability=DURABLE, clock_ahead_s=0.1, clock_error_s=0.01,
    pooler="none", notices_arrive=True, connections=ConnectionCounts(used=3, most=97), oldest=OLDEST_ONE,
    is_encrypted=True, is_local=False, schema=TABLES,
)  # fmt: skip


def _database(**changes: object) -> tuple[str, str]:
    result = judge_database(replace(FACTS, **changes), read_address(URL))
    return result.state, result.told + result.cure


def test_a_database_that_takes_writes_is_named_without_its_password() -> None:
    state, told = _database()
    assert state == "ok"
    assert told.startswith("postgresql://smsbin@db.example.net:5432/smsbin?sslmode=verify-full is PostgreSQL 15.18")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version_number": 130_022}, "Use PostgreSQL 14 or newer"),
        ({"encoding": "SQL_ASCII"}, "--encoding=UTF8"),
        ({"durability": replace(DURABLE, is_replica=True)}, "target_session_attrs=read-write"),
        ({"durability": replace(DURABLE, is_read_only=True)}, "default_transaction_read_only = off"),
    ],
)
def test_a_database_that_cannot_be_used_is_wrong(changes: dict[str, object], words: str) -> None:
    state, told = _database(**changes)
    assert (state, words in told) == ("wrong", True)


def test_the_oldest_version_is_the_one_that_the_server_refuses_below() -> None:
    assert OLDEST_VERSION * 10_000 == OLDEST
    assert _database(version_number=OLDEST)[0] == "ok"


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({}, "ok", "synchronous_commit is on"),
        ({"synchronous_commit": "remote_apply"}, "ok", "remote_apply"),
        ({"synchronous_commit": "off"}, "wrong", "synchronous_commit is off"),
        ({"fsync": False, "full_page_writes": False}, "wrong", "fsync and full_page_writes are off"),
        ({"synchronous_commit": "local"}, "ok", "local"),
        ({"synchronous_commit": "local", "synchronous_names": "*"}, "warning", "before a replica has it"),
    ],
)
def test_settings_that_lose_acknowledged_requests_are_found(changes: dict[str, object], state: str, words: str) -> None:
    result = judge_durability(replace(DURABLE, **changes))
    assert (result.state, words in result.told) == (state, True)


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({}, "ok", "none is connected"),
        ({"replicas": 1}, "warning", "1 replica is connected, none is synchronous"),
        ({"replicas": 2, "synchronous": 2, "synchronous_names": "ANY 1 (*)"}, "ok", "2 replicas are connected; an"),
        ({"replicas": 2, "synchronous": None, "synchronous_names": "b"}, "ok", "on those of b"),
        ({"replicas": 1, "synchronous": 0, "synchronous_names": "b"}, "wrong", "none of those in"),
        ({"synchronous_names": "*"}, "wrong", "0 replicas are connected, none of those in"),
        ({"synchronous_names": "*", "synchronous_commit": "local"}, "ok", "none is connected"),
    ],
)
def test_replicas_without_acknowledgement_are_found(changes: dict[str, object], state: str, words: str) -> None:
    result = judge_replicas(replace(DURABLE, **changes))
    assert (result.state, words in result.told) == (state, True)


@pytest.mark.parametrize(
    ("ahead_s", "state", "words"),
    [
        (SKEW_S, "ok", "at most 5 s"),
        (-SKEW_S, "ok", "at most 5 s"),
        (SKEW_S + 1, "warning", "6 s ahead of"),
        (-LARGE_SKEW_S, "warning", "60 s behind"),
        (LARGE_SKEW_S + 1, "wrong", "61 s ahead of"),
    ],
)
def test_a_clock_that_differs_is_found(ahead_s: float, state: str, words: str) -> None:
    result = judge_clock(replace(FACTS, clock_ahead_s=ahead_s, clock_error_s=0.0))
    assert (result.state, words in result.told) == (state, True)


def test_a_slow_answer_is_not_taken_for_a_wrong_clock() -> None:
    assert judge_clock(replace(FACTS, clock_ahead_s=30.0, clock_error_s=28.0)).state == "ok"


@pytest.mark.parametrize(("mode", "state"), [("none", "ok"), ("session", "ok"), ("transaction", "warning")])
def test_a_pooler_in_transaction_mode_is_a_warning(mode: str, state: str) -> None:
    assert judge_pooler(replace(FACTS, pooler=mode)).state == state


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "ok"),
        ({"notices_arrive": False}, "warning"),
        ({"notices_arrive": False, "pooler": "transaction"}, "skipped"),
        ({"notices_arrive": False, "durability": replace(DURABLE, is_replica=True)}, "skipped"),
    ],
)
def test_notices_that_do_not_arrive_are_found(changes: dict[str, object], state: str) -> None:
    assert judge_notices(replace(FACTS, **changes)).state == state


@pytest.mark.parametrize(
    ("free", "state", "words"),
    [
        (PER_SERVER - 1, "warning", "0 more servers fit"),
        (PER_SERVER, "ok", "1 more server fits"),
        (2 * PER_SERVER, "ok", "2 more servers fit"),
        (-1, "warning", "0 more servers fit"),
    ],
)
def test_connections_are_counted_in_servers(free: int, state: str, words: str) -> None:
    result = judge_connections(ConnectionCounts(used=20, most=20 + free))
    assert (result.state, words in result.told) == (state, True)


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({}, "ok", "none has been open for an hour"),
        ({"sees_all": False}, "ok", "pg_read_all_stats"),
        ({"longest_s": LONG_TRANSACTION_S}, "ok", ""),
        ({"longest_s": LONG_TRANSACTION_S + 1}, "warning", "open for 60 minutes"),
        ({"prepared_s": 86_400}, "warning", "open for 1,440 minutes"),
        ({"age": OLD_AGE}, "ok", ""),
        ({"age": OLD_AGE + 1}, "warning", "10,000,001 transactions"),
    ],
)
def test_what_holds_back_vacuum_is_found(changes: dict[str, object], state: str, words: str) -> None:
    result = judge_transactions(replace(OLDEST_ONE, **changes))
    assert (result.state, words in result.told) == (state, True)


@pytest.mark.parametrize(
    ("changes", "query", "state"),
    [
        ({"is_local": True, "is_encrypted": False}, "", "ok"),
        ({"is_encrypted": False}, "", "warning"),
        ({}, "", "warning"),
        ({}, "?sslmode=require", "warning"),
        ({}, "?sslmode=verify-ca", "ok"),
        ({}, "?sslmode=verify-full", "ok"),
    ],
)
def test_a_connection_that_others_can_read_is_found(changes: dict[str, object], query: str, state: str) -> None:
    assert judge_tls(replace(FACTS, **changes), read_address(f"postgresql://h/a{query}")).state == state


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({}, "ok", "version 3"),
        ({"version": None, "may_create": True}, "ok", "the first start creates them"),
        ({"version": None}, "wrong", "may not create them"),
        ({"is_owner": False}, "wrong", "another role"),
        ({"version": 2}, "warning", "upgrades it to version 3"),
        ({"version": 4}, "warning", "newer smsbin"),
        ({"version": 5}, "wrong", "this smsbin supports 3"),
    ],
)
def test_tables_of_another_version_or_role_are_found(changes: dict[str, object], state: str, words: str) -> None:
    result = judge_tables(replace(TABLES, **changes))
    assert (result.state, words in result.told) == (state, True)


def test_the_connections_of_a_server_are_those_that_it_opens() -> None:
    writing = following_log = following_ledger = listening = 1
    assert (
        writing + following_log + following_ledger + LOG_READERS + LEDGER_READERS + DIRECT + listening
    ) == PER_SERVER


def test_each_problem_has_a_cure() -> None:
    bad = [
        judge_durability(replace(DURABLE, fsync=False)), judge_replicas(replace(DURABLE, replicas=1)),
        judge_clock(replace(FACTS, clock_ahead_s=100.0)), judge_pooler(replace(FACTS, pooler="transaction")),
        judge_notices(replace(FACTS, notices_arrive=False)), judge_connections(ConnectionCounts(used=9, most=9)),
        judge_transactions(replace(OLDEST_ONE, prepared_s=86_400)), judge_tables(replace(TABLES, version=2)),
        judge_tls(replace(FACTS, is_encrypted=False), read_address(URL)),
    ]  # fmt: skip
    assert all(result.state in ("warning", "wrong") and result.cure for result in bad)


def test_without_a_connection_the_other_checks_are_skipped_and_the_password_is_not_shown() -> None:
    first, *others = check_database("postgresql://smsbin:secret@127.0.0.1:1/smsbin")
    assert (first.check, first.state) == ("database", "wrong")
    assert "postgresql://smsbin@127.0.0.1:1/smsbin cannot be used" in first.told
    assert [(result.check, result.state) for result in others] == [(check, "skipped") for check in CHECKS[1:]]
    assert "secret" not in str([first, *others])


def test_without_the_driver_the_first_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise CannotStart("pip install it")

    monkeypatch.setattr(database, "checking", fail)
    first, *others = check_database(URL)
    assert (first.state, first.cure) == ("wrong", "pip install it")
    assert {result.state for result in others} == {"skipped"}
