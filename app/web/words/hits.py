"""The result of a request, in words."""

from ...domain.pairings.model import Hit
from ...domain.units import say_ms


def say_hit(hit: Hit) -> str:
    """The result of a request: "200 in 4 ms", "no answer, sender left after 15 s"."""
    if hit.ok is None:
        return "held" if hit.fault == "hold" else "answering"
    status = say_status(hit)
    if hit.left_ms is not None:
        return f"{status}, sender left after {say_ms(hit.left_ms)}"
    return status if hit.after_ms is None else f"{status} in {say_ms(hit.after_ms)}"


def say_status(hit: Hit) -> str:
    """The status that was sent. A usual answer counts as ok at once, and its status is written a moment later."""
    if hit.status is None:
        return "ok" if hit.ok else "no answer"
    return str(hit.status)
