"""The content of a log after a failure: opened as SQLite opens it, checked, and read completely."""

import hashlib
import marshal
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from app.storage.ballast import Ballast
from app.storage.ids import number_of, owner_of
from app.storage.log import jobs
from app.storage.log.appender import Appender
from app.storage.sqlite.connections import open_log
from app.storage.sqlite.migrate import migrate
from app.storage.sqlite.transaction import SqliteDatabase

EMPTY = b"empty"
_BODIES: dict[bytes, bytes] = {}
_MOST_BODIES = 20_000


@dataclass(slots=True)
class Recovered:
    """`bins`: the captures of each bin that readers see, by number, with the SHA-256 of the body. `content`: a
    digest of all rows of all tables. `problems`: what no log may contain."""

    content: bytes = EMPTY
    bins: dict[str, dict[int, str]] = field(default_factory=dict)
    floors: dict[str, int] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_log(connection: sqlite3.Connection, *, deep: bool = True) -> Recovered:
    """Everything in it. `deep` checks the file too. Raises sqlite3.Error."""
    found = Recovered()
    if deep:
        verdict = connection.execute("pragma integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            found.problems.append(f"damaged: {verdict[:100]}")
            return found
    names = [row[0] for row in connection.execute("select name from sqlite_schema where type = 'table' order by name")]
    tables = {name: connection.execute(f"select * from {name}").fetchall() for name in names}
    if "bins" not in tables:
        return found
    found.content = hashlib.blake2b(marshal.dumps(sorted(tables.items()), 2), digest_size=16).digest()
    _read_bins(connection, found)
    return found


def goes_on(path: Path, found: Recovered) -> list[str]:
    """Open a recovered log as the log process does, and append to it; returns the problems."""
    id, last_n = next(iter(found.last.items()))
    capture = jobs.AddCapture(id, 0, "primary", "POST", "/", "", "1.1", b"", b"x", True, None, None, None, False)
    try:
        connection = open_log(path)
        try:
            migrate(connection)
            appender = Appender(SqliteDatabase(connection), Ballast(Path("/ballast of nobody")), "a run")
            result = appender.apply([capture]).results[0]
        finally:
            connection.close()
    except Exception as error:
        return [f"it is read, but cannot be written: {error!r}"]
    return [] if (result.error, result.value) == (None, last_n + 1) else [f"the next capture is {result}"]


def _read_bins(connection: sqlite3.Connection, found: Recovered) -> None:
    rows = connection.execute("select number, id, floor_n, last_n, last_k, last_d, deleted from bins").fetchall()
    captures = _captures(connection, found)
    deleted: dict[int, set[int]] = {}
    for id, n, through in connection.execute("select id, n, through from deletions"):
        if not through:
            deleted.setdefault(owner_of(id), set()).add(n)
    for number, id, floor_n, last_n, _, _, is_deleted in rows:
        numbers = captures.pop(number, {})
        if is_deleted:
            continue
        seen = {n: sha for n, sha in numbers.items() if n > floor_n}
        expected = set(range(floor_n + 1, last_n + 1)) - deleted.get(number, set())
        if seen.keys() != expected:
            missing, extra = sorted(expected - seen.keys()), sorted(seen.keys() - expected)
            found.problems.append(f"the numbers of {id} have gaps: missing {missing[:3]}, too many {extra[:3]}")
        found.bins[id], found.floors[id], found.last[id] = seen, floor_n, last_n
    if captures:
        found.problems.append(f"captures of bins that are not there: {sorted(captures)[:3]}")
    _check_counters(connection, found, {row[0]: row for row in rows})


def _captures(connection: sqlite3.Connection, found: Recovered) -> dict[int, dict[int, str]]:
    """By bin and number, each compared with its SHA-256."""
    captures: dict[int, dict[int, str]] = {}
    for id, body, sha in connection.execute("select id, body, sha256 from captures"):
        if _BODIES.get(sha) != body:
            if hashlib.sha256(body).digest() != sha:
                found.problems.append(f"the body of capture {number_of(id)} is not what came")
            if len(_BODIES) > _MOST_BODIES:
                _BODIES.clear()
            _BODIES[sha] = body
        captures.setdefault(owner_of(id), {})[number_of(id)] = sha.hex()
    return captures


def _check_counters(connection: sqlite3.Connection, found: Recovered, bins: dict[int, tuple]) -> None:
    for table, place in (("outcomes", 4), ("deletions", 5)):
        for (id,) in connection.execute(f"select max(id) from {table} group by id >> 40"):
            bin = bins.get(owner_of(id))
            if bin is None or number_of(id) > bin[place]:
                found.problems.append(
                    f"{table} above the last number of their bin: {number_of(id)} of {owner_of(id)}, {bin}"
                )
    for (id,) in connection.execute("select id from deletions where through"):
        bin = bins.get(owner_of(id))
        n = connection.execute("select n from deletions where id = ?", (id,)).fetchone()[0]
        if bin is not None and n > bin[2]:
            found.problems.append(f"a deletion through {n} is recorded, but the floor is {bin[2]}")
