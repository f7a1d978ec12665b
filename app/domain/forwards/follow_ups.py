"""What follows from a capture by time: the verdict about the requests of its message, or that its message is stuck.

Both belong to the newest capture of their kind, so a later one leads to another event.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ..captures import Capture
from ..messages.model import UnfinishedMessage
from ..pairings.model import FALLBACK_WITHIN, Hit, Pairing, Verdict, ended_at
from ..replays import FollowUp
from .model import LaterEvent

MARGIN = timedelta(seconds=5)
"""How much later than it was received a request may be stored, at most."""
HELD_FOR = timedelta(minutes=5)
"""How long an answer that is held is waited for. None is held for longer."""


def hits_until(pairing: Pairing, n: int) -> Sequence[Hit]:
    """The requests of a pairing up to capture `n`; later ones lead to another verdict."""
    return [hit for hit in pairing.hits if hit.n <= n]


def is_newest(pairing: Pairing, n: int) -> bool:
    """Whether the pairing has no later request."""
    return max(hit.n for hit in pairing.hits) == n


def waits_until(pairing: Pairing, now: datetime) -> datetime | None:
    """When the verdict will be known, at the latest; None: it is. A request on a fallback may still come after the last
    response."""
    if any(hit.ok is None for hit in pairing.hits):
        until = max(hit.at for hit in pairing.hits) + HELD_FOR
    else:
        until = max(ended_at(hit) for hit in pairing.hits) + FALLBACK_WITHIN + MARGIN
    return until if now < until else None


def needs_event(pairing: Pairing) -> bool:
    """Whether the verdict is worth an event: a fallback took part, or the primary failed without one."""
    return bool(pairing.fallback) or pairing.verdict is not Verdict.PRIMARY_ONLY


def pairings_by_event(capture: Capture, pairings: Sequence[Pairing]) -> Mapping[int, Pairing]:
    """The pairings that a capture belongs to, by the position of the event that it states about them: that with the id
    of the pairing, or the first one, which was matched by its text."""
    found: dict[int, Pairing] = {}
    for pairing in pairings:
        if any(hit.n == capture.row.n for hit in pairing.hits):
            ids = [event.message_id for event in capture.events]
            found.setdefault(ids.index(pairing.message_id) if pairing.message_id in ids else 0, pairing)
    return found


def verdict_events(capture: Capture, pairings: Sequence[Pairing]) -> Sequence[LaterEvent]:
    """The verdicts that belong to a capture, and are worth an event. They are known."""
    return [
        LaterEvent(event=position, follow_up=FollowUp.VERDICT, at=_settled_at(pairing))
        for position, pairing in sorted(pairings_by_event(capture, pairings).items())
        if is_newest(pairing, capture.row.n) and needs_event(pairing)
    ]


def stuck_events(
    capture: Capture, unfinished: Sequence[UnfinishedMessage], stuck_after: timedelta
) -> Sequence[LaterEvent]:
    """The messages that are stuck since this capture: it is the newest of messages that are `unfinished`."""
    ids = {each.message_id for each in unfinished if each.n == each.last_n == capture.row.n}
    first = {event.message_id: position for position, event in reversed(list(enumerate(capture.events)))}
    return [
        LaterEvent(event=position, follow_up=FollowUp.STUCK, at=capture.row.received_at + stuck_after)
        for position in sorted(first[message_id] for message_id in ids if message_id in first)
    ]


def _settled_at(pairing: Pairing) -> datetime:
    """When the verdict was known: after the last response, or when no fallback had come in time."""
    ended = max(ended_at(hit) for hit in pairing.hits)
    return ended if pairing.fallback else ended + FALLBACK_WITHIN
