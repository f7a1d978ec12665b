"""What users have set or done in a bin."""

from .base import Job


class SetPrivacy(Job):
    """`settings` is JSON; None removes them."""

    bin_id: str
    settings: str | None


class SetFilter(Job):
    """Add a saved filter, or replace the one with this id."""

    bin_id: str
    id: str
    name: str
    filter: str
    saved_at: int


class DropFilter(Job):
    bin_id: str
    id: str


class AddDrill(Job):
    bin_id: str
    id: str
    role: str
    drill: str


class SetDrill(Job):
    id: str
    running: bool
    drill: str


class SetAnswers(Job):
    """`answers` is MessagePack; None restores the default."""

    bin_id: str
    role: str
    answers: bytes | None


class SetWiretap(Job):
    """`wiretap` is JSON; None removes it."""

    bin_id: str
    role: str
    wiretap: str | None


class SetFault(Job):
    """Set the fault of a role and replace the previous one."""

    bin_id: str
    role: str
    id: str
    fault: bytes
    started_at: int
    hits: int
    remaining: int | None
    drill: str | None


class DropFault(Job):
    bin_id: str
    id: str


class AddAttempt(Job):
    bin_id: str
    n: int
    url: str
    sent_at: int
    status: int | None
    ms: int
    error: str | None
    content_type: str
    body: bytes
    edited: bool = False
    forward: str | None = None
    trigger: str = "manual"
    sent: bytes = b""
    event: int | None = None
    listener: str | None = None
    follow_up: str | None = None
