"""The comparison of a provider's own list of messages with what arrived at a bin. Pure.

The data flow, which needs one pass over each side, in any order but the messages first, and holds about 100 bytes a
row:

    join = Reconciler(scope, key)
    for message in messages:      # SeenMessage, as the storage reads them
        join.add_message(message)
    for entry in entries:         # Record or ProviderNote, as `app/records/` reads them
        join.add(entry)
    join.finish()
    join.results()                # RecordResult for each record, in the order in which they were added
    join.unlisted()               # UnlistedMessage
    join.summary()                # ReconciliationSummary; `summary.py` has its text

`notes.py` finds the capture that a note is about. `key`: of the digests of texts and ids. `add` and `finish` use the
processor for seconds, so they run in a thread.
"""
