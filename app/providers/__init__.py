"""Which provider sent a request, and which events it states. Pure: a raw request in, a Reading out; never raises, and
takes bounded time."""

from functools import lru_cache
from importlib import import_module

from msgspec.structs import replace

from ..domain.captures import RawRequest, Reading
from ..domain.events import Event
from ..domain.findings import Facts, observe
from ..domain.media import media_types
from ..domain.providers import CUSTOM, GENERIC, PROVIDER_TITLES
from ..domain.roles import Kind, Role
from ..domain.statuses import Status
from . import generic
from .custom import CustomReader
from .kit.glance import Glance
from .sheet import HandshakeStep, Sheet

__all__ = ["PROVIDERS", "facts_of", "handshake_of", "recognise", "searchable_words", "sheet_of", "why"]

_SHEETS: tuple[Sheet, ...] = tuple(
    sorted((import_module(f".{name}", __name__).SHEET for name in PROVIDER_TITLES), key=lambda sheet: sheet.order)
)
PROVIDERS = {sheet.name: sheet for sheet in _SHEETS}
_MARKS: frozenset[str] = frozenset().union(*(sheet.marks for sheet in _SHEETS))
_HEADERS: frozenset[bytes] = frozenset().union(*(sheet.headers for sheet in _SHEETS))
_BY_ROLE = {Role.STATUS: Kind.STATUS, Role.VOICE: Kind.VOICE, Role.VOICE_FALLBACK: Kind.VOICE}
# Bytes of an invalid request that can be searched for.
_SEARCHED = 4_096
_BROKEN = "smsbin could not parse this request because of an error in smsbin. The bytes are kept."


def recognise(raw: RawRequest, role: Role, provider: str | None = None, custom: CustomReader | None = None) -> Reading:
    """Read a request for rows, lists and the ledger. With a `provider`, set by the user, only its sheet is used.
    `custom` is the reader for the field mapping of the bin; what it can parse is parsed by nothing else.

    An error here cannot affect the stored bytes (P1).
    """
    if raw.refused is not None:
        words = raw.body[:_SEARCHED].decode("utf-8", "replace")
        return Reading(kind=_BY_ROLE.get(role, Kind.OTHER), problem=f"not valid HTTP: {raw.refused}", words=words)
    try:
        return _recognise(Glance(raw), role, provider, custom)
    except Exception:
        # A sheet must not raise, and tests try all kinds of input; a capture must not depend on that.
        return Reading(kind=_BY_ROLE.get(role, Kind.OTHER), problem=_BROKEN)


def why(raw: RawRequest, provider: str) -> str | None:
    """Why a request looks like a provider's, as the end of a sentence; None when it does not."""
    sheet = PROVIDERS.get(provider)
    return None if sheet is None else sheet.claims(Glance(raw))


def handshake_of(raw: RawRequest, provider: str) -> HandshakeStep | None:
    """What a person has to do about a provider's handshake; None for any other request."""
    sheet = PROVIDERS.get(provider)
    return None if sheet is None else sheet.handshake(Glance(raw))


def searchable_words(raw: RawRequest) -> str:
    """The text by which the search finds a request: the values of its fields, up to a number of characters."""
    return Glance(raw).words


def facts_of(raw: RawRequest, role: Role, provider: str | None, custom: CustomReader | None = None) -> Facts:
    """The facts of a stored capture, for its findings; `provider` is that of its reading."""
    glance = Glance(raw)
    name, events = _read_events(
        glance, role, provider if provider in PROVIDERS else None, custom if provider == CUSTOM else None
    )
    return _facts(glance, role, name, events)


def sheet_of(provider: str | None) -> Sheet | None:
    """A provider's data sheet; None for "generic" and for None."""
    return PROVIDERS.get(provider or "")


def _recognise(glance: Glance, role: Role, provider: str | None, custom: CustomReader | None) -> Reading:
    name, events = _read_events(glance, role, provider, custom)
    reading = Reading(
        provider=name,
        kind=_BY_ROLE.get(role, Kind.OTHER),
        problem=glance.quick.problem,
        findings=observe(_facts(glance, role, name, events)),
        events=events,
        words=glance.words,
    )
    if not events:
        kind = _kind_without_events(glance, role, name)
        status, raw_status = _loose_word(glance, kind)
        return replace(reading, kind=kind, status=status, raw_status=raw_status)
    first = events[0]
    return replace(
        reading,
        kind=first.kind,
        message_id=first.message_id,
        sender=first.sender,
        recipient=first.recipient,
        text=first.text,
        status=None if first.status is None else first.status.value,
        raw_status=first.raw_status,
        media=media_types(first.media, first.media_types) if first.media else (),
    )


def _kind_without_events(glance: Glance, role: Role, provider: str | None) -> Kind:
    """What a request without an event is about: nothing, if its sheet finds it silent."""
    sheet = sheet_of(provider)
    return Kind.OTHER if sheet and sheet.silent(glance) else _BY_ROLE.get(role, Kind.OTHER)


def _loose_word(glance: Glance, kind: Kind) -> tuple[str | None, str | None]:
    """The one status of a callback that names no message."""
    return generic.read_word(glance) if kind is Kind.STATUS else (None, None)


def _facts(glance: Glance, role: Role, provider: str | None, events: tuple[Event, ...]) -> Facts:
    quick = glance.quick
    status, raw_status = (None, None) if events else _loose_word(glance, _kind_without_events(glance, role, provider))
    return Facts(
        raw=glance.raw,
        role=role,
        provider=provider,
        pairs=quick.pairs,
        fields=glance.fields,
        events=events,
        loose_word=raw_status if status == Status.UNKNOWN else None,
        json_cut=quick.cut,
        charset=quick.charset,
        charset_fits=quick.charset_fits,
        shape_declared=quick.declared,
        shape_found=quick.found,
    )


def _read_events(
    glance: Glance, role: Role, provider: str | None, custom: CustomReader | None
) -> tuple[str | None, tuple[Event, ...]]:
    if custom is not None and (found := custom.events(glance, role)):
        return CUSTOM, found
    claimed = None
    for sheet in _may_claim(glance) if provider is None else (PROVIDERS[provider],):
        claims = sheet.claims(glance)
        if claims or provider is not None:
            events = sheet.events(glance, role)
            if events or sheet.silent(glance):
                return sheet.name, events
            claimed = claimed or (sheet.name if claims else None)
    # Only its header or its type is a provider's and its fields are new: they are guessed.
    events = generic.read(glance, role)
    return claimed or (GENERIC if events else None), events


def _may_claim(glance: Glance) -> tuple[Sheet, ...]:
    """The sheets with a mark in the request: calling `claims` of all sheets takes a fifth of a reading's time."""
    return _with_marks(_MARKS.intersection(glance.fields), _HEADERS.intersection(glance.headers))


@lru_cache(maxsize=1_024)
def _with_marks(marks: frozenset[str], headers: frozenset[bytes]) -> tuple[Sheet, ...]:
    return tuple(sheet for sheet in _SHEETS if sheet.marks & marks or sheet.headers & headers)
