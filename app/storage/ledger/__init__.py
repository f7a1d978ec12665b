"""The ledger: what was understood. A follower reads the log and keeps it up to date; it can always be made again."""
