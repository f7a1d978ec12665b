"""The outcome of a request of a pairing, in words: parts for sentences, rows, tables and drawings."""

from collections.abc import Sequence

from ..units import ms_text
from .model import MOST_HITS, Hit

WAITING = "waiting"


def status_text(hit: Hit) -> str:
    """The status that went out, "ok" or "no response". A usual answer is ok from the start; its status is stored
    later."""
    if hit.status is None:
        return "ok" if hit.ok else "no response"
    return str(hit.status)


def answer_text(hit: Hit) -> str:
    """ "200 in 4 ms", "no response", "waiting"."""
    if hit.ok is None:
        return WAITING
    return status_text(hit) if hit.after_ms is None else f"{status_text(hit)} in {ms_text(hit.after_ms)}"


def disconnect_text(hit: Hit) -> str:
    """ " after 15.0 s": when the sender left, from the arrival. Blank when it did not, or when is unknown."""
    return "" if hit.left_ms is None else f" after {ms_text(hit.left_ms)}"


def hit_text(hit: Hit) -> str:
    """The whole of it: "200 in 4 ms", "no response, sender disconnected after 15.0 s", "held"."""
    if hit.ok is None:
        return "held" if hit.fault == "hold" else "responding"
    left = disconnect_text(hit)
    return f"{status_text(hit)}, sender disconnected{left}" if left else answer_text(hit)


def tries_text(hits: Sequence[Hit]) -> str:
    """How many requests these are: "3"; "16 or more" when a pairing may have dropped some."""
    return str(len(hits)) if len(hits) < MOST_HITS // 2 else f"{len(hits)} or more"
