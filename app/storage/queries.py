"""The named queries under `sql/`: SQL text stands nowhere else."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "sql"
_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def load_queries(folder: Path = FOLDER) -> dict[str, str]:
    """Every `-- name:` of every file, by name."""
    queries: dict[str, str] = {}
    for path in sorted(folder.glob("*.sql")):
        parts = _NAME.split(path.read_text())[1:]
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            if name in queries:
                raise RuntimeError(f"the query {name} stands twice under {folder}")
            queries[name] = text.strip()
    return queries


SQL = load_queries()

Rows = Sequence[tuple[object, ...]]
# Rows of one statement; what is left over goes with the next smaller number.
_SIZES = (64, 32, 16, 8, 4, 2, 1)
_VALUES = re.compile(r"values (\((?:\?, )*\?\))")


def insert(connection: sqlite3.Connection, name: str, rows: Rows) -> None:
    """Run a query for all rows, many at once: each statement opens the table and every index anew, which costs as much
    as a row. The query has one `values (?, …)`, which is repeated."""
    for sql, values in _by_the_dozen(name, rows):
        connection.execute(sql, values)


def select(cursor: sqlite3.Cursor, name: str, rows: Rows) -> list[Any]:
    """The same for a query that gives rows."""
    return [found for sql, values in _by_the_dozen(name, rows) for found in cursor.execute(sql, values)]


def _by_the_dozen(name: str, rows: Rows) -> Iterator[tuple[str, tuple[object, ...]]]:
    done = 0
    for size in _SIZES:
        while len(rows) - done >= size:
            yield _for_rows(name, size), tuple(chain.from_iterable(rows[done : done + size]))
            done += size


@cache
def _for_rows(name: str, size: int) -> str:
    return _VALUES.sub(lambda match: f"values {', '.join([match[1]] * size)}", SQL[name])
