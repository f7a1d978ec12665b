"""Periodic work: retention, free disk space, and write probes."""
