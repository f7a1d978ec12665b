"""Storage: an append-only log as the source of truth, and a ledger that a follower process derives from it.

The log is durable before anything is acknowledged (P2) and does not interpret captures. The ledger may lag or be
deleted; it is rebuilt from the log and cannot stop, change or delay what is stored (P11). On SQLite they are two
files, each written and checkpointed by a process of its own: `log/process.py` and `ledger/process.py`. This module
imports nothing, so that each process loads only what it needs.
"""
