"""Share links."""

from .base import Job


class AddShare(Job):
    """`part` is JSON."""

    id: str
    hash: str
    bin: str
    part: str
    masked: bool
    made_by: str
    made_at: int
    expires_at: int


class EndShare(Job):
    """End a share, and forget what it was for."""

    id: str
    ended_at: int


class NoteShareViews(Job):
    id: str
    views: int
    viewed_at: int


class ForgetShares(Job):
    """Delete shares that ended long ago, and forget what expired ones were for."""

    ended_before: int
    now: int
