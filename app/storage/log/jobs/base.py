"""What all jobs are."""

import msgspec


class Job(msgspec.Struct, array_like=True, tag=True, gc=False):
    """One write, atomic."""
