"""The log itself."""

from .base import Job


class NoteTime(Job):
    now: int


class EndRun(Job):
    now: int


class Probe(Job):
    """Write this number of bytes and remove them at once."""

    size: int
