"""The shape of a data sheet: everything that smsbin knows about one provider, in one place.

A sheet is facts first: words, meanings, habits, each with its public source in the module's docstring or beside the
fact. Its three functions are pure: `claims` says why a request looks like this provider's, `read` states its events,
`compose` makes a realistic request, so that reading what was composed gives back what went in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..domain.answers import Answer, safe_answer
from ..domain.captures import Kind, RawRequest, Role
from ..domain.events import Event
from ..domain.statuses import UNKNOWN, Word
from .glance import Glance


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalField:
    """Where to paste what: the field's name in the provider's portal or API, for a role. `hint` says the rest."""

    role: Role
    name: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """The way to the fields, checked on a day (ISO date)."""

    where: str
    fields: tuple[PortalField, ...]
    checked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What a provider publishes about delivery; None or "" where it publishes nothing.

    `timeout_s`: how long it waits for the answer. `retries`, `fallback`, `signature`: one sentence each.
    """

    timeout_s: float | None = None
    retries: str = ""
    fallback: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What `compose` shall say. `raw_status` is the provider's own word (status callbacks); `at` is in UTC.

    `url` is the capture URL that the request goes to. `text` None leaves the text out where the provider does.
    """

    kind: Kind
    message_id: str
    sender: str
    recipient: str
    text: str | None
    raw_status: str | None
    media: tuple[str, ...]
    error_code: str | None
    at: datetime
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A composed request: `query` is what stands behind the `?` ("" for none); headers as they go on the wire."""

    method: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def _never(glance: Glance) -> bool:  # noqa: ARG001
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One provider.

    `claims(glance)` is a sentence's end, "Text, MessageSid and Action are present", or None. It is cheap: every
    capture asks every sheet. `read(glance, role)` gives the events, none where the request states none (a
    subscription handshake, a probe); it never raises. `silent(glance)`: this request, which has no events, is known
    to be about no message, so nobody guesses what it might say, and its kind is "other" whatever URL it came to.
    `words` are by `plain()` spelling. `meanings` and `errors` are shown beside fields and codes; field names in lower
    case. `times` says format and zone in words. `varies`: fields that differ between two deliveries of one message by
    themselves (an address, a time, a signature), in lower case, JSON paths without the places in lists.
    """

    name: str
    title: str
    claims: Callable[[Glance], str | None]
    read: Callable[[Glance, Role], tuple[Event, ...]]
    compose: Callable[[Wish], Draft]
    words: Mapping[str, Word]
    meanings: Mapping[str, str]
    times: str
    habits: Habits
    portal: Portal
    errors: Mapping[str, str] = field(default_factory=dict)
    answer: Callable[[Role], Answer] = safe_answer
    silent: Callable[[Glance], bool] = _never
    varies: frozenset[str] = frozenset()

    def word(self, said: str | None) -> Word:
        """What a status word means here."""
        return UNKNOWN if said is None else self.words.get(plain(said), UNKNOWN)


def plain(word: str) -> str:
    """A status word for comparing: `In-Queue`, `in queue` and `INQUEUE` are one."""
    return word.strip().lower().replace("-", "").replace("_", "").replace(" ", "")


def as_raw(draft: Draft, target: str, received_at: datetime, peer: str = "192.0.2.1") -> RawRequest:
    """A composed request as it would be captured at `target`."""
    headers = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in draft.headers)
    return RawRequest(
        method=draft.method,
        target=f"{target}?{draft.query}" if draft.query else target,
        http_version="1.1",
        headers=headers,
        body=draft.body,
        body_complete=True,
        peer=peer,
        received_at=received_at,
    )
