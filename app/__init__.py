"""smsbin: a self-hosted inspector for SMS webhooks.

The way of a capture:

1. `ingress/connection.py` finds each request in what a connection sends; those whose line names a capture URL are
   captures, whatever they are, and everything else is passed to aiohttp (`ingress/pages.py`).
2. `ingress/head.py` reads the head, `ingress/body.py` a body that did not come with it, bounded in size and time; what
   came becomes a frozen `RawRequest`, and `ingress/capture.py` is its way from here on.
3. `services/intake.py` chooses the answer and the fault (`services/replying.py`), and hands the bytes to the store. It
   reads them (`providers/`, pure, bounded) only for a bin whose answers depend on what they say.
4. `storage/log/`: the log process commits a whole batch of captures in one transaction, which gives each its `n`. It
   understands nothing (P11), and it is all that an answer waits for.
5. `ingress/answering.py` sends the answer, or `ingress/faults.py` plays one that waits or goes wrong on purpose; what
   became of it is the capture's outcome, which the store gathers for a moment and writes with a later batch.
6. `storage/ledger/`: the follower process reads the log from its position, folds what the captures state into messages
   and pairings, gives each change its `seq`, and commits all of it with its new position, without a sync. What it keeps
   can be thrown away and is made again from the log. The search index follows in quiet moments.
7. After that commit the bin's bell rings (`live/hub.py`); it carries nothing. `web/socket.py` wakes each viewer, a few
   a turn of the loop; it reads the ledger from its own cursor, and who comes first renders the page's own partials for
   all who stand at the same cursor (`live/frames.py`).
8. `static/js/live.js` applies the edits by element id and remembers the cursor.

Who may import whom: `domain` only `errors`; `parsing`, `providers` and `export` know `domain` (providers also
`parsing`); `store.py`, the Store protocol, knows `domain`; `storage` knows `store`, `domain`, `clock`, `files`, `log`,
`tasks` and `traces`, `sqlite3` and `aiosqlite` are imported in `storage/sqlite/` only, and `follower.py` hands the
providers to the follower process; `live` imports no other package, and neither does `egress`, which sends all our
requests; `ingress`, which takes all of theirs, knows `services` and nothing of `web`; `services`, `ingress` and `web`
know the Store protocol and nothing of `storage`, and services never aiohttp; `main`, `commands` and `testing`, the
pytest plugin, know all. SQL stands under `storage/sql/` only, tasks are made in `tasks.py` only, time and chance come
from `clock.py` only, and files are written by `files.py` and SQLite only.
`tests/architecture/` checks each of these sentences.
"""

__version__ = "0.1.0"
