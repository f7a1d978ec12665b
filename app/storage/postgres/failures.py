"""Translates PostgreSQL's errors to those of `storage/transaction.py`, by their SQLSTATE and never by their text."""

from collections.abc import Callable

import psycopg

from ..transaction import CannotWrite, DamagedFile, DatabaseError, Deadlock, Duplicate, LogUnreadable, Unreachable

_UNIQUE = "23505"
_DEADLOCK = "40P01"
_DAMAGED = frozenset({"XX001", "XX002"})
# 53: disk full, too many connections; 55P03: a lock was not free in time; 57014: a statement took too long; 25006: the
# server has become a replica; 42501: a right is missing; 40001: another transaction was in the way; 58: the server's
# disk or files cannot be read or written.
_REFUSED = ("53", "55P03", "57014", "25006", "42501", "40001", "58")
# The connection is lost, or the server starts or stops. 25P03, 25P04: it has ended a transaction that paused for too
# long, with its connection.
_UNREACHABLE = ("08", "57P", "25P03", "25P04")


Translate = Callable[[psycopg.Error], DatabaseError | None]


def translate(error: psycopg.Error) -> DatabaseError | None:
    """The translated error; None if it is a bug in smsbin."""
    state = error.sqlstate
    text = _text(error)
    if state is None:
        # libpq gives none when the connection is lost or cannot be opened: psycopg makes it an OperationalError, or
        # what it makes of each result that has none.
        is_lost = isinstance(error, psycopg.OperationalError) or type(error) is psycopg.DatabaseError
        return Unreachable(text) if is_lost else None
    if state == _UNIQUE:
        return Duplicate(text)
    if state == _DEADLOCK:
        return Deadlock(text)
    if state in _DAMAGED:
        return DamagedFile(text)
    if state.startswith(_UNREACHABLE):
        return Unreachable(text)
    # 28 and 3D: the password or the name of the database was changed.
    return CannotWrite(text) if state.startswith((*_REFUSED, "28", "3D")) else None


def translate_for_log(error: psycopg.Error) -> DatabaseError | None:
    """The same for the appender: nothing can be mended by opening the log again, so damage only refuses the write."""
    known = translate(error)
    return CannotWrite(f"PostgreSQL reports damaged data: {known}") if isinstance(known, DamagedFile) else known


def translate_for_reading(error: psycopg.Error) -> DatabaseError | None:
    """The same for a snapshot of the log."""
    known = translate(error)
    return known if known is None else LogUnreadable(f"The log cannot be read: {known}")


def _text(error: psycopg.Error) -> str:
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return f"{first} ({error.sqlstate})" if error.sqlstate else first
