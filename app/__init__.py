"""smsbin: a self-hosted inspector for SMS webhooks.

The request lifecycle:

1. `ingress/connection.py` and its base `pipeline.py` find each request in the bytes of a connection. A request whose
   line has a capture URL is a capture, whatever else it is; every other one is passed to aiohttp (`ingress/pages.py`).
2. `ingress/head.py` parses the head and `ingress/body.py` reads the body, bounded in size and time. Both become a
   frozen `RawRequest`, which `ingress/capture.py` takes through the next steps.
3. `services/captures.py` chooses the answer and the fault (`services/replies.py`) and gives the bytes to the store. It
   parses them (`providers/`, pure and bounded) only for a bin whose answers depend on their content. If a handler of
   the user answers the role (`services/wiretaps/handlers.py`), nothing is chosen. If several servers share the store,
   the log compares the version of the settings, and what is stale is chosen again (`services/reloading.py`).
4. `storage/log/`: the log process commits a batch of captures in one transaction, which assigns each its `n`. It does
   not interpret them (P11), and it is all that an answer waits for.
5. `ingress/answering.py` sends the answer, or `ingress/faults.py` plays one that waits or fails on purpose, or
   `services/wiretaps/calling.py` calls the handler, whose answer is passed on. The result is the capture's outcome;
   the store collects outcomes and writes them with a later batch.
6. `storage/ledger/`: the follower process reads the log from its position, parses the captures with the settings of
   their bin (`providers/`), judges their signatures if the bin has secrets (`signatures/`), folds their events into
   messages and pairings, counts by time, assigns each change its `seq`, and commits them with its new position, without
   a sync. The ledger can be deleted and is rebuilt from the log. The search index is updated when there is nothing else
   to do.
7. After that commit the subscribers of the bin are notified (`live/hub.py`), without data. `web/live/socket.py` wakes
   the viewers a few at a time; each reads the ledger from its own cursor. Viewers with the same cursor share one
   rendering of the page's own partials (`live/frames.py`).
8. `static/js/live/live.js` applies the edits by element id and remembers the cursor.
9. `services/forwards/`: each forward reads the log from its own position and sends the captures, or the events that the
   ledger has read in them, to its target (`egress/`), until they have arrived. `follow_ups.py` finds the events that
   follow from a capture when time has passed: verdicts and stuck messages. Nothing of it is written before the answer.
   `services/listeners/` does the same for programs that have connected to the server, and `services/alerts/` watches
   the bins that have alerts.

With PostgreSQL (`storage/postgres/`), several servers share one store. Each has its own log and ledger process: the
transactions of the log lock the bins of a batch, commit, and wait for the disk before anything is acknowledged, and the
followers claim bins, so that one of them processes a bin at a time. What a server has in memory of a bin is checked in
the transaction that stores a capture (`NewCapture.answer_version`). Servers notify each other (`notices.py`), and poll
for what a notice did not report. Work that only one server may do is done by the holder of a lease
(`services/leases.py`).

Packages, and what each may import:

- `domain`: nouns as frozen data and pure functions. Imports `errors` only.
- `parsing`: bytes to fields, never raises; `parsing/withholding` replaces what a bin never stores, before step 3.
  `export`: file formats. Both import `domain`.
- `providers`: one data sheet a provider; `providers/kit` is what the sheets share; `custom` parses by the mapping that
  a user has set for a bin. Imports `domain` and `parsing`.
- `records`: the files that providers export about their messages: opens them, recognises them by their columns, and
  reads their rows. Imports `domain`, `parsing` and `providers` (for the meaning of status words and numbers).
  `domain/reconciliation` compares the rows with the messages of a bin, in a process of its own: `reconciler.py` at the
  top, which `services/reconciliations` starts for each file.
- `signatures`: whether a request is genuine, and why other code rejects it. Imports `domain` and `parsing`.
- `store`: the Store protocol, one module a noun. Imports `domain`.
- `storage`: the store. `log` is the truth, `ledger` is derived from it; `sqlite3` and `aiosqlite` are imported in
  `storage/sqlite/` only, `psycopg`, which is an extra, in `storage/postgres/` only. `follower.py` gives the providers
  to the follower process.
- `live`: subscriptions and shared frames. `egress`: all outgoing requests. Neither imports another package.
- `services`: use cases without HTTP, one module a noun; `upkeep` is periodic work. They import the Store protocol and
  never aiohttp.
- `ingress`: all incoming requests. It imports `services` and nothing of `web`.
- `web`: pages and API. `web/<noun>/` has the page, form, edits, API and JSON shapes of one noun; `web/site` is what all
  of them share, `web/words` text that several nouns show. A noun imports `site`, `words`, services and domain, and
  another noun only where `tests/architecture/test_imports.py` lists it. A page never imports an API module.
  `web/routes/` is the table of all routes: who may use each (`domain/access.py`, checked in `web/site/middleware.py`)
  and what it is in the audit log. Pages are masked by one policy object (`domain/masking/policy.py`).
- `main`, `commands` and `testing` (the pytest plugin) may import everything.

SQL is in `storage/sql/` only, tasks are created in `tasks.py` only, time and randomness come from `clock.py` only, and
files are written by `files.py` and SQLite only. `tests/architecture/` checks each of these sentences.
"""

__version__ = "0.1.0"
