"""The base of all jobs of the log process."""

import msgspec


class Job(msgspec.Struct, array_like=True, tag=True, gc=False):
    """One write, atomic."""
