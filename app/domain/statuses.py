"""The delivery status: one ladder for every provider, always shown with the provider's own word.

The highest rank seen wins, so callbacks may come late, twice or in any order. `received` is an inbound message's only
status and not on the ladder; `unknown` is for words that no sheet has, or that have no meaning.
"""

from enum import StrEnum

import msgspec


class Status(StrEnum):
    """The normalised words."""

    RECEIVED = "received"
    UNKNOWN = "unknown"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"


RANKS = {
    Status.RECEIVED: 0,
    Status.UNKNOWN: 0,
    Status.QUEUED: 10,
    Status.SENDING: 20,
    Status.SENT: 30,
    Status.CANCELED: 90,
    Status.EXPIRED: 91,
    Status.REJECTED: 92,
    Status.UNDELIVERED: 93,
    Status.FAILED: 94,
    Status.DELIVERED: 95,
    Status.READ: 96,
}
FAILURES = frozenset({Status.CANCELED, Status.EXPIRED, Status.REJECTED, Status.UNDELIVERED, Status.FAILED})
SUCCESSES = frozenset({Status.SENT, Status.DELIVERED, Status.READ})


class Word(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one word of a provider means. `final`: the provider documents that nothing more is expected after it."""

    status: Status
    final: bool = False


UNKNOWN = Word(Status.UNKNOWN)
