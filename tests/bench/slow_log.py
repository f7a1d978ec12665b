"""The log process of `slow_disk`: waits 5 ms before each commit."""

import sqlite3
import sys
import time

from app.storage.log.process import main

DELAY_S = 0.005


class Slow(sqlite3.Connection):
    """A connection to a slow disk."""

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        if sql == "commit":
            time.sleep(DELAY_S)
        return super().execute(sql, *values)


if __name__ == "__main__":
    connect = sqlite3.connect
    sqlite3.connect = lambda *where, **how: connect(*where, **how, factory=Slow)
    main(sys.argv[1:])
