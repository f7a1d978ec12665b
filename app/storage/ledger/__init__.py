"""The ledger: what is derived from the log. A follower process keeps it up to date; it can be rebuilt at any time."""
