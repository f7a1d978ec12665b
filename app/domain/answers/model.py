"""What we reply to a provider. The defaults make every provider do nothing.

An empty TwiML document is the documented "do nothing" of Twilio and of those who speak its dialect (Ytel,
SignalWire); the others ignore the body. Plain text is never sent: some providers text it to the customer
(twilio.com/docs/messaging/twiml: a `text/plain` answer becomes the reply).
"""

import msgspec

from ..roles import Role

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A whole HTTP answer, before the headers that smsbin adds to every answer. `body` is sent as UTF-8; before
    rendering it may hold placeholders. `delay_ms` is waited before it is sent."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    delay_ms: int = 0

    @property
    def content_type(self) -> str | None:
        """The first Content-Type, where there is one."""
        return next((value for name, value in self.headers if name.lower() == "content-type"), None)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Another answer for requests that match a query of the filter grammar."""

    match: str
    answer: Answer


class RoleAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """What a role answers: the first rule that matches, else `answer`."""

    answer: Answer
    rules: tuple[Rule, ...] = ()


_DO_NOTHING = Answer(headers=(("Content-Type", "text/xml"),), body=EMPTY_TWIML)
_NOTHING = Answer()


def safe_answer(role: Role) -> Answer:
    """The default of a role: an empty document, or nothing at all on `status`."""
    return _NOTHING if role is Role.STATUS else _DO_NOTHING
