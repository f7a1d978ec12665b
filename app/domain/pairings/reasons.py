"""Why a pairing has its verdict, in sentences for people."""

from collections.abc import Sequence

from ..units import gap_text
from .model import FALLBACK_WITHIN, NO_FALLBACK, Hit, Pairing, Verdict, first, order
from .wording import disconnect_text, status_text, tries_text


def reason_of(pairing: Pairing) -> str:
    """The verdict's reason, one or two sentences for people."""
    primary, fallback = pairing.primary, pairing.fallback
    match pairing.verdict:
        case Verdict.PRIMARY_ONLY:
            return _accepted(primary, fallback)
        case Verdict.BOTH_OK:
            return f"Both URLs accepted it, {_apart(primary, fallback)} apart, so a handler behind both sees it twice."
        case Verdict.FALLBACK_ONLY:
            return "The provider called only the fallback. Check the primary URL in the portal."
        case Verdict.FALLBACK_AFTER_TIMEOUT:
            return _timed_out(_before(primary, fallback), fallback)
        case Verdict.FALLBACK_AFTER_ERROR:
            failed = _failed(_before(primary, fallback))
            return f"{failed}; the fallback accepted it {_apart(primary, fallback)} later."
    return _lost(pairing)


def _before(primary: Sequence[Hit], fallback: Sequence[Hit]) -> Sequence[Hit]:
    """The tries that came before the fallback: as for the verdict, later ones are no reason for it."""
    came = first(fallback).at
    return [hit for hit in primary if hit.at <= came] or primary


def _accepted(primary: Sequence[Hit], fallback: Sequence[Hit]) -> str:
    if fallback:
        return f"The primary accepted it. {_failed(fallback, 'fallback')}."
    tries = "" if len(primary) == 1 else f" at one of {tries_text(primary)} attempts"
    return f"The primary accepted it{tries}; the fallback was not needed."


def _timed_out(primary: Sequence[Hit], fallback: Sequence[Hit]) -> str:
    left = next((hit for hit in primary if hit.sender_left), None)
    if left is None:
        wait = _apart(primary, fallback)
        return f"The fallback request came after {wait}, while the primary had not answered. Nothing was lost."
    used = f"used the fallback {_times(fallback)}"
    return f"The sender disconnected{disconnect_text(left)} without a response and {used}. Nothing was lost."


def _lost(pairing: Pairing) -> str:
    primary, fallback = pairing.primary, pairing.fallback
    if any(hit.ok is None for hit in pairing.hits):
        accepted = "The fallback accepted it. " if any(hit.ok for hit in fallback) else ""
        return f"{accepted}One response is still pending."
    if not primary:
        return f"The provider called only the fallback. {_failed(fallback, 'fallback')}."
    if fallback:
        return f"{_failed(primary)}. {_failed(fallback, 'fallback')}, too."
    if NO_FALLBACK in pairing.findings:
        return f"{_failed(primary)}, and no fallback request came within {FALLBACK_WITHIN.seconds} s."
    return f"{_failed(primary)}; no fallback request has come yet."


def _failed(hits: Sequence[Hit], side: str = "primary") -> str:
    """What went wrong at the last try."""
    last = max(hits, key=order)
    why = f" (fault: {last.fault_said})" if last.fault_said else ""
    tries = "" if len(hits) == 1 else f" at the last of {tries_text(hits)} attempts"
    if last.sender_left:
        return f"The sender disconnected from the {side}{disconnect_text(last)} without a response{why}{tries}"
    if last.status is None:
        return f"The {side} sent {status_text(last)}{why}{tries}"
    whole = "" if not 200 <= last.status < 300 else ", but incomplete or malformed"
    return f"The {side} answered {status_text(last)}{whole}{why}{tries}"


def _apart(primary: Sequence[Hit], fallback: Sequence[Hit]) -> str:
    return gap_text(first(fallback).at - first(primary).at)


def _times(hits: Sequence[Hit]) -> str:
    return {1: "once", 2: "twice"}.get(len(hits), f"{tries_text(hits)} times")
