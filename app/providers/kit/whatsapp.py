"""WhatsApp's own webhook, as Meta's Cloud API has it: some providers pass it on unchanged.

Sources, read 2026-11: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
(messages, statuses, their words). Numbers are digits with the country code; stamps are Unix seconds. A status names the
recipient only; your number is in `metadata`. Changes of other fields (templates, the account) are about no message.
"""

from collections.abc import Iterator, Mapping

from ...domain.events import Event
from ...domain.roles import Kind
from ...domain.statuses import Status, Word
from ...parsing import JsonValue
from .rich import media_of, words_of
from .times import read_epoch
from .values import at, error_code, items, text_at

# `played`: a voice message was played.
WORDS: Mapping[str, Word] = {
    "sent": Word(Status.SENT),
    "delivered": Word(Status.DELIVERED, final=True),
    "read": Word(Status.READ, final=True),
    "played": Word(Status.READ, final=True),
    "failed": Word(Status.FAILED, final=True),
    "deleted": Word(Status.CANCELED, final=True),
}


def read_entry(entry: JsonValue) -> Iterator[Event]:
    """The messages and statuses of one entry of the webhook, in order."""
    for change in items(entry, "changes"):
        value = at(change, "value")
        own = text_at(value, "metadata", "display_phone_number")
        yield from (_message(message, own) for message in items(value, "messages") if isinstance(message, dict))
        yield from (_status(status, own) for status in items(value, "statuses") if isinstance(status, dict))


def _message(message: JsonValue, own: str | None) -> Event:
    return Event(
        kind=Kind.INBOUND,
        message_id=text_at(message, "id") or "",
        sender_said=text_at(message, "from"),
        recipient_said=own,
        text=words_of(message),
        media=media_of(message),
        said_at=read_epoch(text_at(message, "timestamp")),
    )


def _status(status: JsonValue, own: str | None) -> Event:
    return Event(
        kind=Kind.STATUS,
        message_id=text_at(status, "id") or "",
        sender_said=own,
        recipient_said=text_at(status, "recipient_id"),
        raw_status=text_at(status, "status"),
        said_at=read_epoch(text_at(status, "timestamp")),
        error_code=error_code(text_at(status, "errors", 0, "code")),
    )
