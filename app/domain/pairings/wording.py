"""The outcome of a request of a pairing, in words: parts for sentences, rows, tables and drawings."""

from collections.abc import Sequence

from ..units import say_ms
from .model import MOST_HITS, Hit

WAITING = "waiting"


def say_status(hit: Hit) -> str:
    """The status that went out, "ok" or "no response". A usual answer is ok from the start; its status is stored
    later."""
    if hit.status is None:
        return "ok" if hit.ok else "no response"
    return str(hit.status)


def say_answer(hit: Hit) -> str:
    """ "200 in 4 ms", "no response", "waiting"."""
    if hit.ok is None:
        return WAITING
    return say_status(hit) if hit.after_ms is None else f"{say_status(hit)} in {say_ms(hit.after_ms)}"


def say_left(hit: Hit) -> str:
    """ " after 15.0 s": when the sender left, from the arrival. Blank when it did not, or when is unknown."""
    return "" if hit.left_ms is None else f" after {say_ms(hit.left_ms)}"


def say_hit(hit: Hit) -> str:
    """The whole of it: "200 in 4 ms", "no response, sender disconnected after 15.0 s", "held"."""
    if hit.ok is None:
        return "held" if hit.fault == "hold" else "responding"
    left = say_left(hit)
    return f"{say_status(hit)}, sender disconnected{left}" if left else say_answer(hit)


def say_tries(hits: Sequence[Hit]) -> str:
    """How many requests these are: "3"; "16 or more" when a pairing may have dropped some."""
    return str(len(hits)) if len(hits) < MOST_HITS // 2 else f"{len(hits)} or more"
