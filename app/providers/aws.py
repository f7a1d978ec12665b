"""AWS: inbound SMS and events of End User Messaging, which come through SNS topics to an HTTP subscription.

Sources, read 2026-11: docs.aws.amazon.com/sns/latest/dg (sns-message-and-json-formats: envelope, headers, handshake;
sns-message-delivery-retries; SendMessageToHttp.retry) and docs.aws.amazon.com/sms-voice/latest/userguide
(two-way-sms-payload, configuration-sets-event-types, -event-format, -event-destinations: 72 hours). To know:

- The body is JSON with the label `text/plain`, and the message is a text of JSON inside of it. With "raw message
  delivery" the inner JSON comes alone.
- Nothing is delivered before the `SubscribeURL` of the handshake is opened. smsbin shows it and never opens it.
- SUCCESSFUL means accepted by the recipient's carrier, and is documented as interchangeable with DELIVERED in some
  countries: it is read as sent, and `isFinal` is false when more will come.
- After 72 hours without a final event the word is UNKNOWN. How BLOCKED, SPAM and INVALID fit the ladder is inferred.
- Inbound carries no time of its own; the envelope's `Timestamp` is taken.
- EventBridge has its own envelope (…/monitor-event-bridge): the event is in `detail`, and registrations come so too.
- RCS (…/rcs-events): an agent ("rcs-…") in place of a number, numbers without `+`, and JSON in `messageBody` for what
  is no text: SUGGESTION is a button, RCS_TYPING and CONVERSATION_STARTED are about no message.
- WhatsApp (docs.aws.amazon.com/social-messaging): Meta's webhook as JSON in the text `whatsAppWebhookEntry`.
- The log of SMS that SNS sends itself (docs.aws.amazon.com/sns/latest/dg/sms_stats_cloudwatch) has the message in
  `notification` and `delivery`.
- Pinpoint's stream (docs.aws.amazon.com/pinpoint/latest/developerguide/event-streams-data-sms) has `_SMS.…` in
  `event_type` and the message in `attributes`. The words are the types of events of the API's UpdateEventDestination.
"""

import re
from collections.abc import Iterable, Mapping

from ..domain.events import Event
from ..domain.roles import Kind, Role
from ..domain.statuses import Status, Word
from ..parsing import JsonValue
from ..parsing.repair import read_cut_json
from .kit.composing import dump, stamp_ms
from .kit.glance import Glance
from .kit.marks import RequestMark, first_reason, header_mark
from .kit.parties import international
from .kit.rich import media_of, words_of
from .kit.times import read_epoch, read_iso, read_utc
from .kit.values import at, count, lowered, text_at
from .kit.whatsapp import WORDS as WHATSAPP
from .kit.whatsapp import read_entry
from .sheet import ComposedRequest, Habits, HandshakeStep, Play, Portal, PortalField, RequestSpec, Sheet, plain

_HEADER = "x-amz-sns-message-type"
_TOPIC = "arn:aws:sns:us-east-1:123456789012:inbound-sms"
_STATES = {
    "queued": Word(Status.QUEUED),
    "pending": Word(Status.SENDING),
    "sent": Word(Status.SENT),
    "successful": Word(Status.SENT),
    # RCS: it continues as SMS, with events of its own.
    "fallenbacktosms": Word(Status.SENDING),
    # SNS: accepted by the recipient's carrier, or not.
    "success": Word(Status.SENT),
    "failure": Word(Status.FAILED, final=True),
    "delivered": Word(Status.DELIVERED, final=True),
    "read": Word(Status.READ, final=True),
    "failed": Word(Status.FAILED, final=True),
    "invalid": Word(Status.REJECTED, final=True),
    "invalidmessage": Word(Status.REJECTED, final=True),
    "undeliverable": Word(Status.UNDELIVERED, final=True),
    "unreachable": Word(Status.UNDELIVERED, final=True),
    "carrierunreachable": Word(Status.UNDELIVERED, final=True),
    "rejected": Word(Status.REJECTED, final=True),
    "blocked": Word(Status.REJECTED, final=True),
    "carrierblocked": Word(Status.REJECTED, final=True),
    "protectblocked": Word(Status.REJECTED, final=True),
    "optedout": Word(Status.REJECTED, final=True),
    "maxpriceexceeded": Word(Status.REJECTED, final=True),
    "spam": Word(Status.REJECTED, final=True),
    "fileinaccessible": Word(Status.FAILED, final=True),
    "filetypeunsupported": Word(Status.FAILED, final=True),
    "filesizeexceeded": Word(Status.FAILED, final=True),
    "ttlexpired": Word(Status.EXPIRED, final=True),
    "ttlexpirationrevoked": Word(Status.EXPIRED, final=True),
    # It may still be delivered.
    "ttlexpirationrevokefailed": Word(Status.SENT),
    "unknown": Word(Status.UNKNOWN, final=True),
}
# A status is a bare word in messageStatus, and has the channel before it in eventType.
WORDS: Mapping[str, Word] = {
    **WHATSAPP,
    **_STATES,
    **{channel + word: meant for channel in ("text", "media", "rcs") for word, meant in _STATES.items()},
}
_AGENT = "rcs-"
_PINPOINT = "_SMS."
# JSON in the text of an RCS message that is about no message.
_NO_MESSAGES = frozenset({"rcstyping", "conversationstarted", "subscribe", "unsubscribe"})


_MARKS = (
    header_mark(_HEADER),
    RequestMark(
        reason="TopicArn and MessageId are present",
        all_of=("messageid",),
        matching=(("topicarn", re.compile("arn:aws.*", re.DOTALL)),),
    ),
    RequestMark(
        reason="originationNumber, destinationNumber and inboundMessageId are present",
        all_of=("originationnumber", "destinationnumber", "inboundmessageid"),
    ),
    RequestMark(
        reason="eventType, originationPhoneNumber and messageId are present",
        all_of=("eventtype", "originationphonenumber", "messageid"),
    ),
    RequestMark(
        reason="source begins with aws and detail-type is present",
        all_of=("detail-type",),
        matching=(("source", re.compile(r"aws\..*", re.DOTALL)),),
    ),
    RequestMark(reason="whatsAppWebhookEntry is present", all_of=("whatsappwebhookentry",)),
    RequestMark(
        reason="notification.messageId and delivery.destination are present",
        all_of=("notification.messageid", "delivery.destination"),
    ),
    RequestMark(
        reason="event_type begins with _SMS and attributes are present",
        any_of=("attributes.message_id", "attributes.record_status"),
        matching=(("event_type", re.compile(r"_SMS\..*", re.DOTALL)),),
    ),
)


_HANDSHAKES = {
    "SubscriptionConfirmation": "Amazon SNS sends nothing before the subscription is confirmed. Open this address once,"
    " within 3 days; smsbin never opens it.",
    "UnsubscribeConfirmation": "The subscription has ended, and Amazon SNS sends nothing more. Open this address to"
    " subscribe again; smsbin never opens it.",
}


def claims(glance: Glance) -> str | None:
    """The header of SNS; without it (a proxy) the envelope, or the fields of a message that comes alone."""
    return first_reason(glance, _MARKS)


def silent(glance: Glance) -> bool:
    """A handshake, or an event about something else."""
    return claims(glance) is not None


def handshake(glance: Glance) -> HandshakeStep | None:
    """SNS delivers nothing before the address is opened, which is valid for 3 days; after the end of a subscription
    it subscribes again (docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html and
    …/http-unsubscribe-confirmation-json.html, read 2026-11)."""
    address, type = text_at(glance.json, "subscribeurl"), text_at(glance.json, "type")
    if not address or type not in _HANDSHAKES:
        return None
    return HandshakeStep(sentence=_HANDSHAKES[type], address=address)


def read(glance: Glance, role: Role) -> Iterable[Event]:
    """The message inside of an envelope, of SNS or EventBridge, or the body itself."""
    inner, published = glance.json, None
    if (message := at(glance.json, "message")) is not None:
        inner, published = _opened(message), text_at(glance.json, "timestamp")
    if (detail := at(inner, "detail")) is not None and text_at(inner, "detail-type"):
        inner, published = detail, text_at(inner, "time")
    if (entry := at(inner, "whatsappwebhookentry")) is not None:
        return read_entry(_opened(entry))
    if (text_at(inner, "event_type") or "").startswith(_PINPOINT):
        return (_of_pinpoint(inner),)
    if text_at(inner, "notification", "messageid") and text_at(inner, "delivery", "destination"):
        return (_of_log(inner),)
    if _has_any(inner, "inboundmessageid", "messagebody", "originationnumber"):
        return _inbound(inner, published)
    is_event = _has_any(inner, "messagestatus") or (_has_any(inner, "eventtype") and _has_any(inner, "messageid"))
    return (_event(inner, published),) if is_event or (role is Role.STATUS and _has_any(inner, "messageid")) else ()


def _opened(value: JsonValue) -> JsonValue:
    """JSON that is a text, with names in lower case."""
    return lowered(read_cut_json(value)) if isinstance(value, str) else value


def _has_any(inner: JsonValue, *names: str) -> bool:
    return any(text_at(inner, name) is not None for name in names)


def _inbound(inner: JsonValue, published: str | None) -> tuple[Event, ...]:
    text = text_at(inner, "messagebody")
    media: tuple[str, ...] = ()
    if (text_at(inner, "destinationnumber") or "").startswith(_AGENT) and isinstance(rich := _opened(text), dict):
        if plain(text_at(rich, "type") or "") in _NO_MESSAGES:
            return ()
        text, media = words_of(rich), media_of(rich)
    return (
        Event(
            kind=Kind.INBOUND,
            message_id=text_at(inner, "inboundmessageid") or "",
            sender_said=text_at(inner, "originationnumber"),
            recipient_said=text_at(inner, "destinationnumber"),
            text=text,
            media=media,
            said_at=read_iso(published),
        ),
    )


def _of_pinpoint(inner: JsonValue) -> Event:
    attributes = at(inner, "attributes")
    return Event(
        kind=Kind.STATUS,
        message_id=text_at(attributes, "message_id") or "",
        sender_said=text_at(attributes, "origination_phone_number") or text_at(attributes, "sender_id"),
        recipient_said=text_at(attributes, "destination_phone_number"),
        raw_status=text_at(attributes, "record_status") or (text_at(inner, "event_type") or "").removeprefix(_PINPOINT),
        said_at=read_epoch(text_at(inner, "event_timestamp"), per_second=1000),
    )


def _of_log(inner: JsonValue) -> Event:
    """An entry of the delivery log of SMS that SNS sends itself."""
    return Event(
        kind=Kind.STATUS,
        message_id=text_at(inner, "notification", "messageid") or "",
        recipient_said=text_at(inner, "delivery", "destination"),
        raw_status=text_at(inner, "status"),
        said_at=read_utc(text_at(inner, "notification", "timestamp")),
        price=text_at(inner, "delivery", "priceinusd"),
        currency="USD",
        segments=count(text_at(inner, "delivery", "numberofmessageparts")),
    )


def _event(inner: JsonValue, published: str | None) -> Event:
    event_type = text_at(inner, "eventtype")
    status = text_at(inner, "messagestatus") or event_type
    word, final = SHEET.word(status), at(inner, "isfinal")
    call = plain(event_type or "").startswith("voice")
    return Event(
        kind=Kind.VOICE if call else Kind.STATUS,
        message_id=text_at(inner, "messageid") or "",
        sender_said=text_at(inner, "originationphonenumber"),
        recipient_said=text_at(inner, "destinationphonenumber"),
        status=None if call else word.status,
        raw_status=status,
        final=not call and (final if isinstance(final, bool) else word.final),
        said_at=read_epoch(text_at(inner, "eventtimestamp"), per_second=1000) or read_iso(published),
        price=text_at(inner, "totalmessageprice"),
        segments=count(text_at(inner, "totalmessageparts")),
    )


def compose(spec: RequestSpec) -> ComposedRequest:
    """A notification of SNS around an inbound message or an event."""
    inner: dict[str, object]
    if spec.kind is Kind.STATUS:
        status = spec.raw_status or "DELIVERED"
        named = plain(status).startswith(("text", "media"))
        word = WORDS.get(plain(status))
        epoch = int(spec.at.timestamp()) * 1000 + spec.at.microsecond // 1000
        inner = {
            "eventType": status if named else "TEXT_" + status, "eventVersion": "1.0", "eventTimestamp": epoch,
            "isFinal": word is not None and word.final, "originationPhoneNumber": spec.sender,
            "destinationPhoneNumber": spec.recipient, "isoCountryCode": "US", "messageId": spec.message_id,
            "messageRequestTimestamp": epoch, "messageEncoding": "GSM", "messageType": "TRANSACTIONAL",
        } | ({} if named else {"messageStatus": status}) | {
            "messageStatusDescription": "", "totalMessageParts": 1, "totalMessagePrice": 0.00581,
            "totalCarrierFee": 0.003,
        }  # fmt: skip
    else:
        inner = {
            "originationNumber": spec.sender, "destinationNumber": spec.recipient, "messageKeyword": "KEYWORD_EXAMPLE",
            "messageBody": spec.text or "", "inboundMessageId": spec.message_id, "previousPublishedMessageId": "",
        }  # fmt: skip
    delivery = "165545c9-2a5c-472c-8df2-7ff2be2b3b1b"
    body = {
        "Type": "Notification", "MessageId": delivery, "TopicArn": _TOPIC, "Message": dump(inner).decode(),
        "Timestamp": stamp_ms(spec.at) + "Z", "SignatureVersion": "1", "Signature": "RVhBTVBMRQ==",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0000.pem",
        "UnsubscribeURL": f"https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={_TOPIC}:0f1e2d3c",
    }  # fmt: skip
    headers = (
        (_HEADER, "Notification"), ("x-amz-sns-message-id", delivery), ("x-amz-sns-topic-arn", _TOPIC),
        ("Content-Type", "text/plain; charset=UTF-8"), ("User-Agent", "Amazon Simple Notification Service Agent"),
    )  # fmt: skip
    return ComposedRequest(method="POST", query="", headers=headers, body=dump(body))


SHEET = Sheet(
    name="aws",
    scope="SNS, End User Messaging",
    order=10,
    claims=claims,
    marks=frozenset(
        {
            "topicarn",
            "inboundmessageid",
            "originationphonenumber",
            "detail-type",
            "whatsappwebhookentry",
            "event_type",
            "delivery.destination",
        }
    ),
    headers=frozenset({_HEADER.encode()}),
    read=read,
    read_number=international,
    compose=compose,
    silent=silent,
    handshake=handshake,
    words=WORDS,
    meanings={
        "type": "Notification, SubscriptionConfirmation or UnsubscribeConfirmation.",
        "messageid": "The id of the notification; it is the same when SNS repeats it.",
        "topicarn": "The topic that it comes from.",
        "message": "What was published: a text of JSON with the SMS or the event in it.",
        "timestamp": "When it was published.",
        "subscribeurl": "Opening it confirms the subscription; nothing is delivered before. smsbin never opens it.",
        "unsubscribeurl": "Opening it ends the subscription.",
        "token": "The token of the handshake.",
        "signature": "The signature of the notification, in Base64.",
        "signatureversion": "1 is RSA with SHA-1, 2 with SHA-256.",
        "signingcerturl": "URL of the certificate of the signature.",
        "originationnumber": "Inbound: the sender.",
        "destinationnumber": "Inbound: your number.",
        "messagekeyword": "Inbound: the keyword of your number that matched.",
        "messagebody": "Inbound: the text.",
        "inboundmessageid": "Inbound: the id of the message.",
        "previouspublishedmessageid": "Inbound: the id of your message that this one replies to.",
        "eventtype": "What happened: TEXT_DELIVERED and so on.",
        "eventtimestamp": "When it was reported, in Unix milliseconds.",
        "isfinal": "true: no more events will come.",
        "originationphonenumber": "The sender of your message.",
        "destinationphonenumber": "The recipient of your message.",
        "messagestatus": "The status of the message.",
        "messagestatusdescription": "The status in words.",
        "totalmessageparts": "In how many parts the message was sent.",
        "totalmessageprice": "What the message cost, in US dollars.",
        "totalcarrierfee": "The carrier's fee.",
        "detail-type": "What kind of event this is (EventBridge).",
        "source": "The service that it comes from (EventBridge): aws.sms-voice.",
        "detail.eventtype": "What happened (EventBridge): TEXT_DELIVERED and so on.",
        "detail.messageid": "The id of the message (EventBridge).",
        "detail.messagestatus": "The status of the message (EventBridge).",
        "detail.destinationphonenumber": "The recipient of your message (EventBridge).",
        "detail.originationphonenumber": "The sender of your message (EventBridge).",
        "whatsappwebhookentry": "WhatsApp's own webhook, as a text of JSON.",
        "attributes.record_status": "The status of the message (Pinpoint).",
        "attributes.message_id": "The id of the message (Pinpoint).",
    },
    times="the envelope ISO 8601 in UTC with Z, events in Unix milliseconds",
    varies=frozenset({"signature", "timestamp"}),
    habits=Habits(
        timeout_s=15.0,
        retries="By default up to three retries, 20 seconds apart; a delivery policy can extend that to an hour.",
        fallback="No fallback URL; what cannot be delivered can go to a dead-letter queue.",
        signature="RSA over the envelope, SHA-1 or SHA-256, with a certificate at SigningCertURL.",
    ),
    play=Play(
        timeout_s=15,
        tries=4,
        pauses_s=(20,),
        good=("SENT", "DELIVERED"),
        bad=("SENT", "UNREACHABLE"),
    ),
    portal=Portal(
        where="SNS › Topics › your topic › Create subscription",
        fields=(
            PortalField(
                role=Role.PRIMARY,
                name="Endpoint",
                hint="of the topic for two-way SMS; then open the SubscribeURL that arrives",
            ),
            PortalField(
                role=Role.STATUS,
                name="Endpoint",
                hint="of the topic that is the event destination of a configuration set",
            ),
        ),
        checked="2026-11-25",
    ),
)
