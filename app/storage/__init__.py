"""Storage: an append-only log that is the truth and understands nothing, and a ledger that a follower builds from it.

The log is durable before anything is acknowledged (P2). The ledger may lag, may be thrown away, and is made again by
itself; nothing that it does can stop, change or delay what is kept (P11). On SQLite they are two files, each written
and checkpointed by one process of its own: `log/process.py`, `ledger/process.py`. Those two load what they need, so
nothing is imported here.
"""
