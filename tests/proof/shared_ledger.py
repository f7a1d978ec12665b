"""The content of a ledger on PostgreSQL, without what depends on how it was made: order of changes, spaces, ids."""

import json
from collections.abc import Mapping, Sequence

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
