"""A log with rows in each table, with values that are hard to move."""

import re
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from app.storage.ids import row_id
from app.storage.queries import FOLDER
from app.storage.sqlite.connections import open_log
from app.storage.sqlite.migrate import migrate
from app.storage.sqlite.moving import list_tables

TEXTS = (
    "plain", "a\0b", "\0", "\ue000", "\ue0000\ue0001\0\ue001", "\\N\t\n\r\\.", "'; drop table bins; --", "😀 é ß İ",
    # A head has one character for each byte.
    bytes(range(256)).decode("latin-1"), "x" * 5_000, "%s :name ? {braces}", "",
)  # fmt: skip
BODIES = (b"", b"Text=hi", bytes(range(256)), b"\0" * 3_000, b"PGCOPY\n\xff\r\n\0", b"\\x00")
ROWS = len(TEXTS)


def booleans() -> dict[str, set[str]]:
    """The columns that are booleans on PostgreSQL, by table."""
    text = "\n".join(path.read_text() for path in sorted((FOLDER / "postgres" / "log").glob("[0-9]*.sql")))
    found: dict[str, set[str]] = {}
    for table, block in re.findall(r"^create table (\w+) \((.*?)^\)", text, re.MULTILINE | re.DOTALL):
        found[table] = set(re.findall(r"^    (\w+) boolean", block, re.MULTILINE))
    for table, column in re.findall(r"alter table (\w+) add column (\w+) boolean", text):
        found[table].add(column)
    return found


def fill(path: Path, rows: int = ROWS) -> None:
    """Create a log with rows in each table."""
    yes_or_no = booleans()
    with closing(open_log(path)) as log:
        migrate(log)
        log.execute("update meta set epochs = 7, seen_at = 1700000000000000")
        log.execute("begin")
        for table in list_tables(log):
            columns = log.execute(f"pragma table_info({table.name})").fetchall()
            unique = _unique_columns(log, table.name)
            for number in range(1, rows + 1):
                values = {
                    each["name"]: _value(each, number, each["name"] in yes_or_no[table.name], each["name"] in unique)
                    for each in columns
                }
                if "sha256" in values:
                    values["sha256"] = sha256(values["body"]).digest()
                marks = ", ".join("?" * len(values))
                log.execute(f"insert into {table.name} ({', '.join(values)}) values ({marks})", tuple(values.values()))
        log.execute("update runs set ended_at = 99 where number = (select max(number) from runs)")
        # A number that was given to a row that is deleted.
        log.execute("update sqlite_sequence set seq = seq + 5 where name = 'bins'")
        log.execute("commit")


def _unique_columns(log: sqlite3.Connection, table: str) -> set[str]:
    indexes = [row["name"] for row in log.execute(f"pragma index_list({table})") if row["unique"]]
    return {row["name"] for index in indexes for row in log.execute(f"pragma index_info({index})")}


def _value(column: sqlite3.Row, number: int, is_boolean: bool, is_unique: bool) -> object:
    # Each column begins with another value.
    place = number + column["cid"]
    if not column["notnull"] and not column["pk"] and place % 3 == 0:
        return None
    if is_boolean:
        return place % 2
    if column["type"].lower() == "integer":
        # Two bins; `id` is the row of one.
        return row_id(1 + number % 2, number) if column["name"] == "id" else number
    if column["type"].lower() == "blob":
        return BODIES[place % len(BODIES)] + (b"%d" % number if is_unique else b"")
    text = TEXTS[place % len(TEXTS)]
    # The keys of an index of PostgreSQL cannot be long.
    return f"{text[:300]}{number}" if is_unique else text


def contents(path: Path) -> dict[str, list[tuple]]:
    """All rows of all tables, and the numbers that are not used twice."""
    with closing(sqlite3.connect(path)) as log:
        log.row_factory = sqlite3.Row
        tables = list_tables(log)
        log.row_factory = None
        found = {
            each.name: sorted(log.execute(f"select {', '.join(each.columns)} from {each.name}").fetchall(), key=repr)
            for each in tables
        }
        found["meta"] = log.execute("select id, epochs, seen_at from meta").fetchall()
        found["sqlite_sequence"] = sorted(log.execute("select name, seq from sqlite_sequence").fetchall())
    return found


def without_audit(found: dict[str, list[tuple]]) -> dict[str, list[tuple]]:
    """Without what a move adds: an entry of the audit log, and its number."""
    rest = {name: rows for name, rows in found.items() if name != "audit_entries"}
    rest["sqlite_sequence"] = [row for row in rest["sqlite_sequence"] if row[0] != "audit_entries"]
    return rest
