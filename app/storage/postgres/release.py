"""Which release of smsbin writes the ledger: that of the server that was started last.

While servers are updated one after the other, two releases use one database. Their ledgers and parsers may differ, so
the followers of both would rebuild the ledger of the other again and again. Those of the other release wait; their
servers store requests as before.
"""

import psycopg

from ... import __version__
from ..transaction import CannotWrite
from .connections import Connection
from .engine import ENGINE
from .failures import translate

RELEASE = __version__


def begin_release(connection: Connection, run: str) -> None:
    """A server was started. `run` is its id: nothing changes if only its log process was restarted. Raises
    DatabaseError."""
    try:
        connection.execute(ENGINE["set_release"], (RELEASE, run))
    except psycopg.Error as error:
        raise translate(error) or error from error


def check_release(found: str | None) -> None:
    """Raises CannotWrite if the followers of another release write the ledger."""
    if found not in (None, RELEASE):
        raise CannotWrite(
            f"a server with smsbin {found} was started later, and parses the requests; this one has {RELEASE}"
        )
