"""What we reply to a provider. The defaults make every provider do nothing.

An empty TwiML document is the documented "do nothing" of Twilio and of those who speak its dialect (Ytel,
SignalWire); the others ignore the body. Plain text is never sent: some providers text it to the customer
(twilio.com/docs/messaging/twiml: a `text/plain` answer becomes the reply).
"""

from dataclasses import dataclass

from .captures import Role

EMPTY_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole HTTP answer, before the headers that smsbin adds to every answer."""

    status: int
    content_type: str | None
    body: bytes


_DO_NOTHING = Answer(status=200, content_type="text/xml", body=EMPTY_TWIML)
_NOTHING = Answer(status=200, content_type=None, body=b"")


def safe_answer(role: Role) -> Answer:
    """The default of a role: an empty document, or nothing at all on `status`."""
    return _NOTHING if role is Role.STATUS else _DO_NOTHING
