"""What is masked, as one object: every page, live frame, file and API call that shows captures takes one.

The methods return the same nouns with masked values, so the code and the templates behind them need not know of
masking. With `NO_MASK` they return what they were given.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

import msgspec

from ..answers.model import Answer
from ..captures import Capture, Captured, CaptureRow, Change, Headers, MessageChanged, RawRequest, Reading, write_lines
from ..curl import SECRET_HEADERS
from ..events import Event
from ..messages.model import Conversation, Message
from ..pairings.model import Pairing
from ..replays import Attempt
from ..signatures import Judgement
from .texts import HIDDEN, mask_link, mask_number, mask_text, mask_value

LISTED_TEXT = 600
"""Characters of a text that are masked for a list. It shows half of them, so that no group of digits is cut."""

HIDDEN_BYTES = b"[masked]"
"""In place of the value of a header in a file of HTTP, which has no character outside of latin-1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskingPolicy:
    """`values`: numbers, and the codes and links in texts. `fields` and `headers` are masked completely; their names
    are in lower case. With values or fields masked, bodies are not shown as they are."""

    values: bool = False
    fields: frozenset[str] = frozenset()
    headers: frozenset[bytes] = frozenset()

    @property
    def hides_bodies(self) -> bool:
        """Whether the bytes of a body, and everything that is computed of them, must not be shown."""
        return self.values or bool(self.fields)

    def number(self, party: str | None) -> str | None:
        """The number or name of a sender or recipient."""
        return mask_number(party) if self.values and party else party

    def text(self, text: str | None) -> str | None:
        """The text of a message."""
        return mask_text(text) if self.values and text else text

    def sentence(self, text: str) -> str:
        """A sentence of smsbin that may quote captured values."""
        return mask_text(text) if self.values else text

    def value(self, name: str, value: str) -> str:
        """The value of a field. `name` may be a path: each of its parts is a name."""
        if self.fields and not self.fields.isdisjoint((name.lower(), *name.lower().split("."))):
            return HIDDEN
        return mask_value(value) if self.values else value

    def name(self, name: str) -> str:
        """The name of a field, which may be a number in a hostile request."""
        return mask_text(name) if self.values else name

    def header(self, name: bytes, value: str) -> str:
        """The value of a header."""
        if name.lower() in self.headers:
            return HIDDEN
        return mask_text(value) if self.values and name.lower() not in _PLAIN_HEADERS else value

    def target(self, target: str) -> str:
        """The request target: the path behind the capture key may have numbers, and the query is a list of fields."""
        if not self.hides_bodies:
            return target
        path, mark, query = target.partition("?")
        _, slash, rest = path[1:].partition("/")
        key = path[: len(path) - len(slash + rest)]
        return key + slash + mask_text(unquote(rest, "latin-1")) + mark + (HIDDEN if query else "")

    def row(self, row: CaptureRow) -> CaptureRow:
        """A capture as in lists."""
        if not self.hides_bodies:
            return row
        return replace(
            row,
            method=self.sentence(row.method),
            target=self.target(row.target),
            content_type=self.text(row.content_type),
            reading=self.reading(row.reading),
        )

    def listed(self, row: CaptureRow) -> CaptureRow:
        """A capture for a list on a page, which shows the beginning of its text."""
        text = row.reading.text
        if not self.values or text is None or len(text) <= LISTED_TEXT:
            return self.row(row)
        return self.row(replace(row, reading=msgspec.structs.replace(row.reading, text=text[:LISTED_TEXT])))

    def rows(self, rows: Sequence[CaptureRow]) -> Sequence[CaptureRow]:
        """Several captures for a list on a page."""
        return [self.listed(row) for row in rows] if self.hides_bodies else rows

    def reading(self, reading: Reading) -> Reading:
        """What was read in a request."""
        if not self.values:
            return reading
        return msgspec.structs.replace(
            reading,
            sender=self.number(reading.sender),
            recipient=self.number(reading.recipient),
            text=self.text(reading.text),
            problem=self.text(reading.problem),
            events=self.events(reading.events),
            signature=None if reading.signature is None else self.judgement(reading.signature),
            words="",
        )

    def judgement(self, judgement: Judgement) -> Judgement:
        """A verdict, whose words may quote the URL that was signed."""
        if not self.values:
            return judgement
        return msgspec.structs.replace(
            judgement, variant=self.text(judgement.variant), sentence=mask_text(judgement.sentence)
        )

    def events(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """What a request states."""
        if not self.values:
            return tuple(events)
        return tuple(
            msgspec.structs.replace(
                event,
                sender=self.number(event.sender),
                recipient=self.number(event.recipient),
                sender_said=self.number(event.sender_said),
                recipient_said=self.number(event.recipient_said),
                text=self.text(event.text),
                media=tuple(map(mask_link, event.media)),
            )
            for event in events
        )

    def raw(self, raw: RawRequest) -> RawRequest:
        """A request as it may be shown: with the values of its headers masked, without its body if that is hidden."""
        received = raw.headers
        headers = self.raw_headers(received)
        if not self.hides_bodies:
            return raw if headers is received else msgspec.structs.replace(raw, head=write_lines(headers))
        return msgspec.structs.replace(
            raw, method=self.sentence(raw.method), target=self.target(raw.target), head=write_lines(headers), body=b"",
            framing=None,
        )  # fmt: skip

    def raw_headers(self, headers: Headers) -> Headers:
        """The headers as bytes."""
        if self.values:
            return tuple((name, self._header_bytes(name, value)) for name, value in headers)
        if self.headers.isdisjoint(name.lower() for name, _ in headers):
            return headers
        return tuple((name, HIDDEN_BYTES if name.lower() in self.headers else value) for name, value in headers)

    def capture(self, capture: Capture) -> Capture:
        """The whole capture. A digest of a hidden body would let its few possible contents be tried."""
        return replace(
            capture,
            row=self.row(capture.row),
            raw=self.raw(capture.raw),
            sha256="" if self.hides_bodies else capture.sha256,
            events=self.events(capture.events),
        )

    def message(self, message: Message) -> Message:
        """A message."""
        if not self.values:
            return message
        return msgspec.structs.replace(
            message,
            sender=self.number(message.sender),
            recipient=self.number(message.recipient),
            sender_said=self.number(message.sender_said),
            recipient_said=self.number(message.recipient_said),
            text=self.text(message.text),
            media=tuple(map(mask_link, message.media)),
            pieces=tuple((number, mask_text(text)) for number, text in message.pieces),
            prints=(),
        )

    def listed_message(self, message: Message) -> Message:
        """A message for a list on a page, which shows the beginning of its text."""
        text = message.text
        if not self.values or text is None or len(text) <= LISTED_TEXT:
            return self.message(message)
        return self.message(msgspec.structs.replace(message, text=text[:LISTED_TEXT], pieces=()))

    def messages(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Several messages for a list on a page."""
        return [self.listed_message(message) for message in messages] if self.values else messages

    def conversation(self, conversation: Conversation) -> Conversation:
        """A conversation. Other pairs may look the same, so its address and its id are made before."""
        if not self.values:
            return conversation
        return replace(
            conversation,
            theirs=mask_number(conversation.theirs),
            ours=mask_number(conversation.ours),
            latest=self.listed_message(conversation.latest),
        )

    def pairing(self, pairing: Pairing) -> Pairing:
        """A pairing, whose text is shown in lists only."""
        if not self.values:
            return pairing
        return msgspec.structs.replace(
            pairing,
            sender=self.number(pairing.sender),
            recipient=self.number(pairing.recipient),
            text=self.text(None if pairing.text is None else pairing.text[:LISTED_TEXT]),
        )

    def pairings(self, pairings: Sequence[Pairing]) -> Sequence[Pairing]:
        """Several pairings."""
        return [self.pairing(pairing) for pairing in pairings] if self.values else pairings

    def changes(self, changes: Sequence[Change]) -> Sequence[Change]:
        """The changes of a live view."""
        return [self._change(change) for change in changes] if self.hides_bodies else changes

    def answer(self, answer: Answer) -> Answer:
        """An answer as it was sent: its placeholders may have been filled with captured values."""
        if not self.values:
            return answer
        headers = tuple((name, mask_text(value)) for name, value in answer.headers)
        return msgspec.structs.replace(answer, headers=headers, body=mask_text(answer.body))

    def attempt(self, attempt: Attempt) -> Attempt:
        """An attempt: the header lines that were sent without credentials, and neither the event that was sent nor the
        body of the target's response, which may repeat the request."""
        lines = [line.partition(b":") for line in attempt.sent_head.split(b"\r\n") if line]
        sent = write_lines(self.raw_headers(tuple((name, value.strip()) for name, _, value in lines)))
        if attempt.sent_body and not self.hides_bodies:
            sent += b"\r\n" + attempt.sent_body
        body = b"" if self.hides_bodies else attempt.body
        error = None if attempt.error is None else self.sentence(attempt.error)
        sent = sent if attempt.sent else b""
        return replace(attempt, url=self.sentence(attempt.url), error=error, sent=sent, body=body)

    def _header_bytes(self, name: bytes, value: bytes) -> bytes:
        if name.lower() in self.headers:
            return HIDDEN_BYTES
        if name.lower() in _PLAIN_HEADERS:
            return value
        return mask_text(value.decode("latin-1")).replace("•", "*").encode("latin-1")

    def _change(self, change: Change) -> Change:
        if isinstance(change, Captured):
            return replace(change, row=self.row(change.row))
        return replace(change, message=self.message(change.message)) if isinstance(change, MessageChanged) else change


# They have numbers, but none of a person.
_PLAIN_HEADERS = frozenset({b"host", b"content-length"})

NO_MASK = MaskingPolicy()
"""Nothing is masked."""

CREDENTIALS = MaskingPolicy(headers=SECRET_HEADERS)
"""Only the headers with credentials: what every bin masks."""

FULL_MASK = MaskingPolicy(values=True, headers=SECRET_HEADERS)
"""Numbers, codes, links and credentials, without the names that a bin adds."""
