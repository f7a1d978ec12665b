"""Pairings in words: the row in the list, and the verdict above the details."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...domain.pairings.model import FALLBACK_USED, NO_FALLBACK, PRIMARY_OK, PROBLEMS, Hit, Pairing, Verdict
from ...domain.pairings.wording import WAITING, status_text, tries_text
from ...domain.units import ms_text
from .headlines import Headline


@dataclass(frozen=True, slots=True)
class Show:
    """A view of the list: its name in the address, and the verdicts that it shows (None: all)."""

    name: str
    title: str
    verdicts: tuple[Verdict, ...] | None

    @property
    def suffix(self) -> str:
        """Its query string; empty for the default view."""
        return "" if self.name == "problems" else f"?show={self.name}"


SHOWS = (
    Show("problems", "Problems", PROBLEMS),
    Show("all", "All pairs", None),
    Show("primary-ok", "Primary ok", PRIMARY_OK),
    Show("fallback-used", "Fallback used", FALLBACK_USED),
    Show("fallback-only", "Fallback only", (Verdict.FALLBACK_ONLY,)),
    Show("neither-ok", "Not accepted", (Verdict.NEITHER_OK,)),
)
BY_NAME = {show.name: show for show in SHOWS}

_WORDS = {
    Verdict.PRIMARY_ONLY: "Not needed",
    Verdict.BOTH_OK: "Accepted twice",
    Verdict.FALLBACK_AFTER_TIMEOUT: "Used after a timeout",
    Verdict.FALLBACK_AFTER_ERROR: "Used after a failure",
    Verdict.FALLBACK_ONLY: "No primary request",
    Verdict.NEITHER_OK: "Not accepted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """A row: mark and tone, the results of the two URLs, and the gap or the problem in words."""

    pairing: Pairing
    verdict: Verdict
    icon: str
    tone: str
    primary: str
    fallback: str
    says: str

    @property
    def word(self) -> str:
        """The verdict in a word or two."""
        return _WORDS[self.verdict] if self.icon != "dots" else "Waiting"

    @property
    def last_n(self) -> int:
        """The newest of its requests."""
        return self.pairing.hits[-1].n


def row_of(pairing: Pairing) -> PairRow:
    """The row of a pairing."""
    verdict = pairing.verdict
    icon, tone = _look(pairing, verdict)
    return PairRow(
        pairing=pairing,
        verdict=verdict,
        icon=icon,
        tone=tone,
        primary=_side(pairing.primary),
        fallback=_side(pairing.fallback),
        says=_trouble(pairing, verdict),
    )


def lead_of(pairing: Pairing, reason: str) -> Headline:
    """The verdict in one sentence, with its reason."""
    verdict = pairing.verdict
    icon, tone = _look(pairing, verdict)
    return Headline(title=_title(pairing, verdict), icon=icon, tone=tone, says=(reason,))


def is_waiting(pairing: Pairing) -> bool:
    """Whether an answer is still held."""
    return any(hit.ok is None for hit in pairing.hits)


def _look(pairing: Pairing, verdict: Verdict) -> tuple[str, str]:
    if verdict in PRIMARY_OK:
        return "check", "ok"
    if verdict is not Verdict.NEITHER_OK:
        return "bang", "warn"
    return ("dots", "muted") if is_waiting(pairing) else ("x", "bad")


def _side(hits: Sequence[Hit]) -> str:
    """ "500", "no response", "no request"; with "3 × " for several attempts."""
    if not hits:
        return "no request"
    last = hits[-1]
    word = WAITING if last.ok is None else status_text(last)
    if last.sender_left and last.status is not None:
        word = f"{word}, too late"
    return f"{tries_text(hits)} × {word}" if len(hits) > 1 else word


def _trouble(pairing: Pairing, verdict: Verdict) -> str:
    if verdict is Verdict.NEITHER_OK:
        return WAITING if is_waiting(pairing) else "not accepted"
    if verdict is Verdict.FALLBACK_ONLY:
        return "no primary"
    gap = pairing.gap_ms
    return "" if gap is None else f"{'−' if gap < 0 else ''}{ms_text(abs(gap))}"


def _title(pairing: Pairing, verdict: Verdict) -> str:
    match verdict:
        case Verdict.PRIMARY_ONLY:
            return f"The primary accepted it{_after_tries(pairing)}."
        case Verdict.BOTH_OK:
            return "Both accepted it, so the message was handled twice."
        case Verdict.FALLBACK_AFTER_TIMEOUT:
            return "The primary timed out, the fallback accepted it."
        case Verdict.FALLBACK_AFTER_ERROR:
            last = pairing.primary[-1]
            failed = (
                f"The primary answered {last.status}" if last.status is not None else "The primary sent no response"
            )
            return f"{failed}, the fallback accepted it."
        case Verdict.FALLBACK_ONLY:
            return "No request to the primary, the fallback accepted it."
        case Verdict.NEITHER_OK:
            return _neither(pairing)


def _neither(pairing: Pairing) -> str:
    if is_waiting(pairing):
        role = "fallback" if pairing.fallback and pairing.fallback[-1].ok is None else "primary"
        return f"The {role} has not answered yet."
    if not pairing.fallback:
        came = "came to the fallback" if NO_FALLBACK in pairing.findings else "has come to the fallback so far"
        return f"The primary failed, and no request {came}."
    return (
        "Both the primary and the fallback failed."
        if pairing.primary
        else "No request to the primary, and the fallback failed."
    )


def _after_tries(pairing: Pairing) -> str:
    if pairing.is_cut:
        return " at one of many attempts"
    tries = len(pairing.primary)
    return f" at the {_ORDINALS.get(tries, f'{tries}th')} attempt" if tries > 1 else ""


_ORDINALS = {2: "second", 3: "third"}
