"""smsbin: a self-hosted inspector for SMS webhooks.

The way of a capture, from the street to the garden:

1. `web/server.py` tells capture URLs apart before the router; `web/connection.py` guards the connection.
2. `web/capture.py` reads the body, bounded in size and time; what came becomes a frozen `RawRequest`. What has
   arrived whole takes a short way without a task of its own.
3. `services/intake.py` reads it (`providers/`, pure, bounded), chooses the answer and the fault
   (`services/replying.py`), and hands it to the store.
4. `storage/`: the writer process commits a whole batch in one transaction, which gives each capture `n` and `seq` and
   folds what it states into the messages (`storage/ledger.py`) and the pairings of primary and fallback
   (`storage/pairings.py`); the search index follows in quiet moments.
5. After the commit the bin's bell rings (`live/hub.py`); it carries nothing.
6. `web/answering.py` sends the answer, or `web/faults.py` plays one that waits or goes wrong on purpose; what became of
   it is the capture's outcome, which `services/outcomes.py` gathers for a moment and writes in a later batch.
7. `web/socket.py` wakes each viewer, a few a turn of the loop; it reads the store from its own cursor, and who comes
   first renders the page's own partials for all who stand at the same cursor (`live/frames.py`).
8. `static/js/live.js` applies the edits by element id and remembers the cursor.

Who may import whom: `domain` only `errors`; `parsing`, `providers` and `export` know `domain` (providers also
`parsing`); `storage` knows `domain`; `live` knows nobody, and neither does `egress`, the only room that sends requests
out; `services` know the Store protocol, never aiohttp; `web` knows everybody but `main`, and of storage only the
protocol; `main`, `commands` and `testing`, the pytest plugin, know all. SQL stands under `storage/sql/` only, tasks are
born in `tasks.py` only, time and chance come from `clock.py` only.
`tests/architecture/` holds each of these sentences.
"""

__version__ = "0.1.0"
