"""Simulations of servers that share the log."""

from .base import Job


class AddMark(Job):
    """Forgets those that have ended, too."""

    hash: bytes
    bin: str
    until: int
    now: int


class PutSimulation(Job):
    """Add or replace a run, as JSON; the result is 1 if it is to end. At most `most` are kept."""

    id: str
    bin: str
    started_at: int
    run: str
    most: int


class StopSimulation(Job):
    id: str
    bin: str
