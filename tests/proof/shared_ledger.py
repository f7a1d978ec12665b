"""The content of a ledger on PostgreSQL, without what depends on how it was made: order of changes, spaces, ids. And
the ledger that is made from the log in one go, while no server runs: a server could add to the log what it notes about
others that were killed.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import timedelta

from app import clock
from app.domain.units import micros
from app.follower import make_capture_reader
from app.storage.ledger.due_marks import mark_due
from app.storage.ledger.feed import MAX_CAPTURES, LogHead, is_up_to_date, read_log_heads
from app.storage.ledger.steps import LedgerStep
from app.storage.postgres.ledger import PostgresLedger, PostgresLedgerFiles
from tests.postgres import Database

_BY_SPACE = """
select bins.id, cast(to_jsonb(rows) - cast(%s as text[]) as text) from smsbin_ledger.{table} rows
join smsbin_ledger.bins on bins.space = {space}
"""
_OF_CAPTURES = ("seq", "id", "messages", "odd", "paired")
_TABLES: Mapping[str, tuple[str, Sequence[str]]] = {
    "captures": ("rows.id >> 40", _OF_CAPTURES),
    "messages": ("rows.space", ("id", "space", "seq", "pairing")),
    "conversations": ("rows.space", ("space", "seq")),
    "texts": ("rows.space", ("space", "message")),
    "calls": ("rows.space", ("id", "space")),
    **{
        f"{name}_counts": ("rows.space", ("space",))
        for name in ("interval", "source", "failure", "final", "pairing", "verdict", "gap")
    },
}
_VIEWS = ("v_captures", "v_messages", "v_pairings")


def content_of(database: Database) -> Mapping[str, Sequence[str]]:
    """The rows of each table and view, as sorted texts."""
    found = {
        name: sorted(row[0] for row in database.peek(f"select cast(v as text) from smsbin_ledger.{name} v"))
        for name in _VIEWS
    }
    for table, (space, without) in _TABLES.items():
        rows = database.peek(_BY_SPACE.format(table=table, space=space), list(without))
        found[table] = sorted(f"{bin} {_shown(row)}" for bin, row in rows if _shown(row))
    return found


def complete(database: Database) -> None:
    """Process what the servers have left when they ended, and set all marks that depend on the clock."""
    with closing(PostgresLedgerFiles(database.url).open_ledger()) as file:
        _follow(database, file)


def make_again(database: Database) -> None:
    """Replace the ledger by one that is made from the log in one go."""
    with closing(PostgresLedgerFiles(database.url).make_ledger()) as file:
        with file.database.write() as transaction:
            transaction.run("set_ledger_meta", {"log": "log", "run": "run", "epoch": 1})
        _follow(database, file)


def _follow(database: Database, file: PostgresLedger) -> None:
    reader, is_done = make_capture_reader(), False
    with closing(PostgresLedgerFiles(database.url).open_log()) as log:
        while not is_done:
            with file.database.write() as transaction, log.read() as snapshot:
                step = LedgerStep(transaction, snapshot, reader, micros(clock.now()))
                followed = [_has_followed(step, head) for head in read_log_heads(snapshot)]
            is_done = all(followed)
    are_marked = False
    while not are_marked:
        with file.database.write() as transaction:
            are_marked = not mark_due(transaction, micros(clock.now() + timedelta(days=1)), [])


def _has_followed(step: LedgerStep, head: LogHead) -> bool:
    space = step.current_space(head)
    assert space is not None, "no bin was deleted"
    space, _ = step.follow(head, space, MAX_CAPTURES)
    return is_up_to_date(head, space)


def _shown(row: str) -> str:
    """Empty for a count of nothing, which may have a row."""
    values = json.loads(row)
    return "" if values.get("pairs", 1) == 0 else json.dumps(values, sort_keys=True)


def differences(some: Mapping[str, Sequence[str]], others: Mapping[str, Sequence[str]]) -> list[str]:
    """The names of what differs, with an example."""
    wrong = []
    for name in some:
        different = sorted(set(some[name]) ^ set(others[name]))
        if different or len(some[name]) != len(others[name]):
            wrong.append(f"{name}: {len(some[name])} rows and {len(others[name])}: {different[:2]}")
    return wrong
