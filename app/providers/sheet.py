"""The type of a data sheet: all facts about one provider, in one place.

A sheet is facts first: words, meanings, habits, each with its public source in the module's docstring or at the
fact. Its three functions are pure: `claims` gives the reason why a request looks like this provider's, `read` its
events, and `compose` makes a realistic request, such that reading it gives back the values of its spec.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..domain.answers.model import Answer, safe_answer
from ..domain.captures import RawRequest, write_lines
from ..domain.events import Event
from ..domain.phones import e164
from ..domain.providers import PROVIDER_TITLES
from ..domain.roles import Kind, Role
from ..domain.statuses import UNKNOWN, Word
from ..domain.verbs import Verbs
from .kit.events import finished
from .kit.glance import Glance
from .kit.parties import ReadNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalField:
    """Where to paste the URL of a role: the field's name in the provider's portal or API, with a `hint`."""

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


def _uuid(digits: str, kind: Kind, recipient: str) -> str:  # noqa: ARG001
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """How the simulator plays a provider: its published habits as figures, else what is assumed.

    It waits `timeout_s` for an answer, and tries a URL `tries` times in all, with `pauses_s` in between (the last one
    repeatedly); `retries_connections`: once more when no answer came at all. `wants_xml`: an answer that is no
    well-formed XML has failed. `redirects` are followed so many times. `fallback`: there is a second URL for SMS;
    `voice`: there are calls, `voice_fallback`: and a second URL for them. `good` and `bad` are the words of a send that
    arrives and of one that does not, with `error_code`; `gaps_s` are the shortest and the longest pause between two of
    them. `id_shape` makes a message id of 32 hex digits, the kind and the recipient.
    """

    timeout_s: float = 15.0
    tries: int = 1
    pauses_s: tuple[float, ...] = (1.0,)
    retries_connections: bool = False
    wants_xml: bool = False
    redirects: int = 0
    fallback: bool = False
    voice: bool = False
    voice_fallback: bool = False
    good: tuple[str, ...] = ("queued", "sent", "delivered")
    bad: tuple[str, ...] = ("queued", "sent", "failed")
    error_code: str | None = None
    gaps_s: tuple[float, float] = (0.4, 2.0)
    id_shape: Callable[[str, Kind, str], str] = _uuid
    assumed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSpec:
    """What a composed request says. `raw_status` is the provider's own word (status callbacks); `at` is in UTC.

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
    # The number of this try, from 1; and on a fallback request, the error code of the primary's answer and its URL,
    # which some providers send.
    attempt: int = 1
    failed_code: str | None = None
    failed_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedRequest:
    """`query` is what follows the `?` ("" for none); headers in their order."""

    method: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def _never(glance: Glance) -> bool:  # noqa: ARG001
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandshakeStep:
    """What a person has to do about a handshake: one or two sentences, and the address in the request to open."""

    sentence: str
    address: str


def _no_step(glance: Glance) -> HandshakeStep | None:  # noqa: ARG001
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One provider; `name` is its key in the registry, `domain/providers.py`. `scope`: which of its services.

    `order`: sheets are asked by rising order, those with the surest claims first, and any two orders differ.
    `claims(glance)` is the end of a sentence, "Text, MessageSid and Action are present", or None. `marks` and
    `headers`: a request that it claims has one of these fields or headers (names in lower case); `claims` is not
    called for a request with none. `read(glance, role)` gives what the request states, nothing for a subscription
    handshake or a probe; it never raises, and `events` completes what it gives. `read_number`: a phone number as
    this provider writes it. `silent(glance)`: this request, which has no events, is known to be about no message,
    so its fields are not guessed, and its kind is "other" whatever URL it came to. `handshake(glance)`: what a
    person has to do about it. `verbs`: the elements of the XML that it reads as an answer, None where it reads
    none; `sms_reply`: an answer that makes it send an SMS back. `words` are by `plain()` spelling. `meanings` and
    `errors` are shown beside fields and codes; field names in lower case. `times` describes format and zone.
    `varies`: fields that differ between two deliveries of one message by themselves (an address, a time, a
    signature), in lower case, JSON paths without the positions in lists.
    """

    name: str
    order: int
    claims: Callable[[Glance], str | None]
    marks: frozenset[str]
    read: Callable[[Glance, Role], Iterable[Event]]
    compose: Callable[[RequestSpec], ComposedRequest]
    words: Mapping[str, Word]
    meanings: Mapping[str, str]
    times: str
    habits: Habits
    portal: Portal
    play: Play = Play()
    headers: frozenset[bytes] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)
    read_number: ReadNumber = e164
    answer: Callable[[Role], Answer] = safe_answer
    silent: Callable[[Glance], bool] = _never
    handshake: Callable[[Glance], HandshakeStep | None] = _no_step
    verbs: Verbs | None = None
    sms_reply: Answer | None = None
    varies: frozenset[str] = frozenset()
    scope: str = ""

    @property
    def title(self) -> str:
        """The provider for people, "AWS (SNS, End User Messaging)"."""
        title = PROVIDER_TITLES[self.name]
        return f"{title} ({self.scope})" if self.scope else title

    def word(self, raw_status: str | None) -> Word:
        """What a status word of this provider means."""
        return UNKNOWN if raw_status is None else self.words.get(plain(raw_status), UNKNOWN)

    def events(self, glance: Glance, role: Role) -> tuple[Event, ...]:
        """The events of a request, complete and bounded."""
        return finished(glance, self.read(glance, role), self.word, self.read_number)


def plain(word: str) -> str:
    """A status word for comparing: `In-Queue`, `in queue` and `INQUEUE` are equal."""
    if word.isalnum():
        return word.lower()
    return word.strip().lower().replace("-", "").replace("_", "").replace(" ", "")


def xml_answer(inside: str, content_type: str = "text/xml") -> Answer:
    """An answer in the XML that Twilio began, with these elements in it."""
    body = f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'
    return Answer(headers=(("Content-Type", content_type),), body=body)


def as_raw(request: ComposedRequest, target: str, received_at: datetime, peer: str = "192.0.2.1") -> RawRequest:
    """A composed request as it would be captured at `target`."""
    headers = ((name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers)
    return RawRequest(
        method=request.method,
        target=f"{target}?{request.query}" if request.query else target,
        http_version="1.1",
        head=write_lines(headers),
        body=request.body,
        body_complete=True,
        peer=peer,
        received_at=received_at,
    )
