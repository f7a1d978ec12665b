"""Periodic work: the retention, free disk space, and whether a write works."""
