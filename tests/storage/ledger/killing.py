"""A ledger whose process is killed at a statement; the next one finds its files in the state of that moment."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.storage.sqlite.files import sibling_file
from app.storage.sqlite.ledger_file import open_ledger_file
from app.storage.transaction import Database, Transaction
from tests.storage.inside import Ledger


class Killed(BaseException):
    """Like the end of a process: no handler of ours catches it as an error."""


class Mortal:
    """A database that is killed after this number of statements."""

    def __init__(self, database: Database, statements: int, died: Callable[[], None]) -> None:
        self._database = database
        self._left = statements
        self._died = died
        self.read = database.read

    @contextmanager
    def write(self) -> Iterator["_Counting"]:
        with self._database.write() as transaction:
            yield _Counting(transaction, self.count)
            self.count()

    def count(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._died()
            raise Killed


class _Counting:
    """A transaction that counts its statements."""

    def __init__(self, transaction: Transaction, count: Callable[[], None]) -> None:
        self._transaction = transaction
        self._count = count

    def __getattr__(self, name: str) -> Callable:
        self._count()
        return getattr(self._transaction, name)


def kill(ledger: Ledger, statements: int, act: Callable[[], object]) -> bool:
    """Call with a ledger until it is killed or done, then continue with the files that are left."""
    path = Path(ledger.rows("select file from pragma_database_list where name = 'main'")[0][0])
    left = path.with_name(f"{path.stem}-.db")

    def copy() -> None:
        for suffix in ("", "-wal"):
            shutil.copy(sibling_file(path, suffix), sibling_file(left, suffix))

    immortal = ledger.file.database
    ledger.file.database = Mortal(immortal, statements, copy)  # type: ignore[assignment]
    try:
        act()
    except Killed:
        ledger.file.close()
        ledger.file = open_ledger_file(left)
        assert not ledger.file.is_new
        return True
    ledger.file.database = immortal
    return False
