"""What a provider states about its calls of a webhook, next to what was captured."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from ..roles import Role
from .records import ProviderNote

WITHIN = timedelta(seconds=20)
"""How far a capture may be from the time of a note about it: a provider notes a timeout at its end."""


class CaptureTime(NamedTuple):
    """A capture of the message or call that a note is about."""

    n: int
    role: Role
    at: datetime


def capture_of(note: ProviderNote, captures: Iterable[CaptureTime]) -> int | None:
    """The number of the capture that a note is about: the nearest one on the same URL. None if there is none so near,
    which means that the call did not arrive here."""
    if note.at is None:
        return None
    at = note.at.at()
    near = [
        (abs(capture.at - at), capture.n)
        for capture in captures
        if note.role in (None, capture.role) and abs(capture.at - at) <= WITHIN
    ]
    return min(near, default=(None, None))[1]
