"""Who sent this, and what does it say? Pure: a raw request in, a Reading out; never raises, never slow."""

from functools import lru_cache

from ..domain.captures import RawRequest, Reading
from ..domain.events import Event
from ..domain.findings import Facts, observe
from ..domain.roles import Kind, Role
from ..domain.statuses import Status
from . import (
    aws,
    bandwidth,
    clicksend,
    generic,
    infobip,
    messagebird,
    plivo,
    signalwire,
    sinch,
    telnyx,
    twilio,
    vonage,
    ytel,
)  # fmt: skip
from .kit.glance import Glance
from .sheet import Sheet

__all__ = ["GENERIC", "PROVIDERS", "facts_of", "recognise", "sheet_of", "why"]

# In the order in which they are asked: the surest claims first. A new provider is a module and a name here.
_SHEETS = (
    aws.SHEET, telnyx.SHEET, signalwire.SHEET, twilio.SHEET, plivo.SHEET, messagebird.SHEET, sinch.SHEET,
    bandwidth.SHEET, infobip.SHEET, vonage.SHEET, ytel.SHEET, clicksend.SHEET,
)  # fmt: skip
PROVIDERS = {sheet.name: sheet for sheet in _SHEETS}
GENERIC = generic.NAME
_MARKS: frozenset[str] = frozenset().union(*(sheet.marks for sheet in _SHEETS))
_HEADERS: frozenset[bytes] = frozenset().union(*(sheet.headers for sheet in _SHEETS))
_BY_ROLE = {Role.STATUS: Kind.STATUS, Role.VOICE: Kind.VOICE, Role.VOICE_FALLBACK: Kind.VOICE}
# Bytes that are no request are found by the words at their beginning.
_SEARCHED = 4_096
_BROKEN = "smsbin could not parse this request because of an error in smsbin. The bytes are kept."


def recognise(raw: RawRequest, role: Role, provider: str | None = None) -> Reading:
    """Read a request for rows, lists and the ledger. With a `provider` set by the user nobody else is asked.

    Nothing that goes wrong here can touch the bytes (P1).
    """
    if raw.refused is not None:
        words = raw.body[:_SEARCHED].decode("utf-8", "replace")
        return Reading(kind=_BY_ROLE.get(role, Kind.OTHER), problem=f"not valid HTTP: {raw.refused}", words=words)
    try:
        return _recognise(Glance(raw), role, provider)
    except Exception:
        # A sheet must not raise, and tests throw everything at them; a capture must not depend on that.
        return Reading(kind=_BY_ROLE.get(role, Kind.OTHER), problem=_BROKEN)


def why(raw: RawRequest, provider: str) -> str | None:
    """Why a request looks like a provider's, as the end of a sentence; None when it does not."""
    sheet = PROVIDERS.get(provider)
    return None if sheet is None else sheet.claims(Glance(raw))


def facts_of(raw: RawRequest, role: Role, provider: str | None) -> Facts:
    """What the findings of a stored capture were told; `provider` is its reading's."""
    glance = Glance(raw)
    name, events = _ask(glance, role, provider if provider in PROVIDERS else None)
    return _facts(glance, role, name, events)


def sheet_of(provider: str | None) -> Sheet | None:
    """A provider's data sheet; None for "generic" and for nobody."""
    return PROVIDERS.get(provider or "")


def _recognise(glance: Glance, role: Role, provider: str | None) -> Reading:
    name, events = _ask(glance, role, provider)
    first = events[0] if events else None
    problem = glance.look.problem
    words = glance.words
    findings = observe(_facts(glance, role, name, events))
    if first is None:
        sheet = sheet_of(name)
        kind = Kind.OTHER if sheet and sheet.silent(glance) else _BY_ROLE.get(role, Kind.OTHER)
        status, said = _loose_word(glance, kind)
        return Reading(
            provider=name,
            kind=kind,
            status=status,
            raw_status=said,
            problem=problem,
            findings=findings,
            words=words,
        )
    return Reading(
        provider=name,
        kind=first.kind,
        message_id=first.message_id,
        sender=first.sender,
        recipient=first.recipient,
        text=first.text,
        status=None if first.status is None else first.status.value,
        raw_status=first.raw_status,
        problem=problem,
        findings=findings,
        events=events,
        words=words,
    )


def _loose_word(glance: Glance, kind: Kind) -> tuple[str | None, str | None]:
    """The status of a callback that names no message."""
    return generic.read_word(glance) if kind is Kind.STATUS else (None, None)


def _facts(glance: Glance, role: Role, provider: str | None, events: tuple[Event, ...]) -> Facts:
    look = glance.look
    status, said = (None, None) if events else _loose_word(glance, _BY_ROLE.get(role, Kind.OTHER))
    return Facts(
        raw=glance.raw,
        role=role,
        provider=provider,
        pairs=look.pairs,
        fields=glance.fields,
        events=events,
        loose_word=said if status == Status.UNKNOWN else None,
        json_cut=look.cut,
        charset=look.charset,
        charset_fits=look.charset_fits,
        shape_said=look.said,
        shape_found=look.found,
    )


def _ask(glance: Glance, role: Role, provider: str | None) -> tuple[str | None, tuple[Event, ...]]:
    for sheet in _may_claim(glance) if provider is None else (PROVIDERS[provider],):
        if provider is not None or sheet.claims(glance):
            events = sheet.events(glance, role)
            if events or provider is None or sheet.silent(glance):
                return sheet.name, events
    events = generic.read(glance, role)
    return (GENERIC if events else None), events


def _may_claim(glance: Glance) -> tuple[Sheet, ...]:
    """The sheets that are worth asking: asking all of them costs a fifth of a reading."""
    return _with_marks(_MARKS.intersection(glance.fields), _HEADERS.intersection(glance.headers))


@lru_cache(maxsize=1_024)
def _with_marks(marks: frozenset[str], headers: frozenset[bytes]) -> tuple[Sheet, ...]:
    return tuple(sheet for sheet in _SHEETS if sheet.marks & marks or sheet.headers & headers)
