"""Infobip: JSON posts with `results[]`, inbound messages or delivery reports, many in one request.

Sources, read 2026-11: infobip.com/docs/api/channels/sms (inbound webhook "MO_JSON_2", delivery report webhook: fields,
time format, up to 100 reports a request), infobip.com/docs/developer-resources/api-fundamentals/message-status-codes
(groups, names, which are final), the vendor's Python client. Facts to know:

- The group DELIVERED is not always the end: `DELIVERED_TO_OPERATOR` is documented as intermediate.
- Times have an offset without a colon, `+0000`.
- `pricePerMessage` is a number, with its currency in a field of its own. `smsCount` (older) and `messageCount` are the
segments.
- The code of an error is read from `error.id`; 0 is no error.
- Inbound MMS with a `message` list of parts is read as the vendor's samples suggest (inferred, no schema found).
- RCS, WhatsApp and Viber have their words in a `message` object (…/docs/api/channels/rcs and …/whatsapp, the tests of
  the vendor's Go client). The Messages API names the kind in `event` and the words in `content` (MO, DELIVERY, SEEN;
  others, such as TYPING_STARTED, are about no message).
- A seen report has `seenAt` and no status (…/whatsapp-message-status-reports/receive-whatsapp-seen-reports).
- Authentication (Basic, OAuth 2, client certificate) and `maxBucketSize`, the most reports in a request, are set in a
  notification profile (…/docs/cpaas-x/subscriptions-management).
"""

from collections.abc import Iterator, Mapping

from ..domain.events import Event
from ..domain.roles import Kind, Role
from ..domain.statuses import Status, Word
from ..parsing import JsonValue
from .kit.composing import ACCEPT, json_post, number_or_text, stamp_ms
from .kit.glance import Glance
from .kit.parties import international
from .kit.rich import media_of, words_of
from .kit.times import read_iso
from .kit.values import at, count, error_code, items, text_at
from .sheet import ComposedRequest, Habits, Play, Portal, PortalField, RequestSpec, Sheet, plain

# Names that are more specific than their group, then the groups.
WORDS: Mapping[str, Word] = {
    "seen": Word(Status.READ, final=True),
    "pendingenroute": Word(Status.SENT),
    "pendingwaitingdelivery": Word(Status.SENT),
    "deliveredtooperator": Word(Status.SENT),
    "deliveredtohandset": Word(Status.DELIVERED, final=True),
    "ok": Word(Status.QUEUED),
    "accepted": Word(Status.QUEUED),
    "pending": Word(Status.SENDING),
    "undeliverable": Word(Status.UNDELIVERED, final=True),
    "delivered": Word(Status.DELIVERED, final=True),
    "expired": Word(Status.EXPIRED, final=True),
    "rejected": Word(Status.REJECTED, final=True),
}
_ID, _EVENT, _CHANNEL = "results.0.messageid", "results.0.event", ("results.0.channel",)
_CLAIMED = {
    "results.0.status.groupname": "status.groupName",
    "results.0.receivedat": "receivedAt",
    "results.0.seenat": "seenAt",
    "results.0.deletedat": "deletedAt",
}
# Of the Messages API; all others are about no message.
_EVENTS = frozenset({"mo", "delivery", "seen"})
_SEEN = "SEEN"
_GROUPS = {"accepted": 0, "pending": 1, "undeliverable": 2, "delivered": 3, "expired": 4, "rejected": 5}


def claims(glance: Glance) -> str | None:
    """A first result with a messageId and what only a report or only an inbound message has, an event of the Messages
    API, or a report of a click."""
    fields = glance.fields
    if glance.json is None:
        return None
    if _EVENT in fields and glance.has_any(_CHANNEL):
        return "results[] has an event and a channel"
    if _ID not in fields:
        clicked = glance.has("notificationtype", "messageid") and glance.has_any(("recipient", "url", "bulkid"))
        return "notificationType and messageId are present" if clicked else None
    for name, spelled in _CLAIMED.items():
        if name in fields:
            return f"results[] has messageId and {spelled}"
    return "results[] has a messageId, in JSON that ends early" if glance.quick.repaired else None


def silent(glance: Glance) -> bool:
    """A click on a link, typing, a deleted message: nothing about how far a message is."""
    return claims(glance) is not None


def read(glance: Glance, role: Role) -> Iterator[Event]:
    """Each result, in order. One that says where a message stands is a report, one with content an inbound message."""
    for entry in items(glance.json, "results"):
        event = text_at(entry, "event")
        if (event is not None and plain(event) not in _EVENTS) or at(entry, "deletedat") is not None:
            continue
        if any(text_at(entry, name) is not None for name in ("messageid", "from", "to", "text")):
            yield _report(entry) if _is_report(entry, role) else _inbound(entry)


def _is_report(entry: JsonValue, role: Role) -> bool:
    if isinstance(at(entry, "status"), dict) or at(entry, "doneat") is not None or at(entry, "seenat") is not None:
        return True
    content = any(at(entry, name) is not None for name in ("receivedat", "text", "cleantext", "message", "content"))
    return role is Role.STATUS and not content


def _report(entry: JsonValue) -> Event:
    name, group = text_at(entry, "status", "name"), text_at(entry, "status", "groupname")
    word = WORDS.get(plain(name or "")) or SHEET.word(group or _group_of(name))
    if name is None and group is None and at(entry, "seenat") is not None:
        name, word = text_at(entry, "event") or _SEEN, WORDS["seen"]
    return Event(
        kind=Kind.STATUS,
        message_id=text_at(entry, "messageid") or "",
        sender_said=text_at(entry, "sender") or text_at(entry, "from"),
        recipient_said=text_at(entry, "to") or text_at(entry, "destination"),
        status=word.status,
        raw_status=name or group,
        final=word.final,
        said_at=read_iso(text_at(entry, "seenat") or text_at(entry, "doneat") or text_at(entry, "sentat")),
        price=text_at(entry, "price", "pricepermessage"),
        currency=text_at(entry, "price", "currency"),
        error_code=error_code(text_at(entry, "error", "id")),
        segments=_segments(entry),
    )


def _inbound(entry: JsonValue) -> Event:
    message = at(entry, "message") or at(entry, "content")
    texts = (text_at(entry, "text"), text_at(entry, "cleantext"), *(text_at(part, "value") for part in items(message)))
    text = next((text for text in texts if text is not None), None)
    return Event(
        kind=Kind.INBOUND,
        message_id=text_at(entry, "messageid") or "",
        sender_said=text_at(entry, "from") or text_at(entry, "sender"),
        recipient_said=text_at(entry, "to") or text_at(entry, "destination"),
        text=words_of(message) if text is None else text,
        media=media_of(message),
        said_at=read_iso(text_at(entry, "receivedat")),
        price=text_at(entry, "price", "pricepermessage"),
        currency=text_at(entry, "price", "currency"),
        segments=_segments(entry),
    )


def _segments(entry: JsonValue) -> int | None:
    return count(text_at(entry, "messagecount") or text_at(entry, "smscount"))


def _group_of(name: str | None) -> str | None:
    """A name begins with its group: `REJECTED_NETWORK`."""
    return next((group for group in _GROUPS if plain(name or "").startswith(group)), None)


def compose(spec: RequestSpec) -> ComposedRequest:
    """One result, inbound in the format MO_JSON_2, or a delivery report."""
    stamp = stamp_ms(spec.at) + "+0000"
    sender, recipient = spec.sender.removeprefix("+"), spec.recipient.removeprefix("+")
    price = {"pricePerMessage": 0.01, "currency": "EUR"}
    entry: dict[str, object] = {"messageId": spec.message_id, "from": sender, "to": recipient}
    if spec.kind is Kind.STATUS:
        name = spec.raw_status or "DELIVERED_TO_HANDSET"
        group = _group_of(name) or "pending"
        code = spec.error_code or "0"
        entry = {"bulkId": "2034072219640523072"} | entry | {
            "sentAt": stamp, "doneAt": stamp, "messageCount": 1, "mccMnc": "22801", "price": price,
            "status": {
                "groupId": _GROUPS[group], "groupName": group.upper(), "id": 0, "name": name, "description": name,
            },
            "error": {
                "groupId": 0 if code == "0" else 1, "groupName": "OK" if code == "0" else "HANDSET_ERRORS",
                "id": number_or_text(code), "name": "NO_ERROR" if code == "0" else "EC_" + code,
                "description": "", "permanent": code != "0",
            },
        }  # fmt: skip
        return _post({"results": [entry]})
    if spec.media:
        words = [] if spec.text is None else [{"contentType": "text/plain", "value": spec.text}]
        entry["message"] = [*words, *({"contentType": "image/jpeg", "url": url} for url in spec.media)]
    else:
        text = spec.text or ""
        entry |= {"text": text, "cleanText": text, "keyword": next(iter(text.split()), "").upper()}
    entry |= {"receivedAt": stamp, "smsCount": 1, "price": price, "callbackData": ""}
    return _post({"results": [entry], "messageCount": 1, "pendingMessageCount": 0})


def _post(body: object) -> ComposedRequest:
    return json_post(body, ACCEPT, content_type="application/json; charset=UTF-8")


SHEET = Sheet(
    name="infobip",
    order=90,
    claims=claims,
    marks=frozenset({_ID, _EVENT, "notificationtype"}),
    read=read,
    silent=silent,
    read_number=international,
    compose=compose,
    words=WORDS,
    meanings={
        "results.bulkid": "The send request that the message belongs to.",
        "results.messageid": "The id of the message.",
        "results.from": "The sender.",
        "results.sender": "The sender.",
        "results.to": "The recipient; inbound it is your number.",
        "results.text": "The whole text.",
        "results.cleantext": "The text without the keyword.",
        "results.keyword": "The keyword that was found in the text.",
        "results.receivedat": "When Infobip received the message.",
        "results.sentat": "When the message was sent, or scheduled to be.",
        "results.doneat": "When the status was reached.",
        "results.smscount": "In how many SMS the text travelled.",
        "results.messagecount": "In how many SMS the text travelled.",
        "results.mccmnc": "The recipient's network: country code and operator code.",
        "results.price.pricepermessage": "The price of one SMS.",
        "results.price.currency": "The currency of the price.",
        "results.status.groupid": "The number of the status group.",
        "results.status.groupname": "The status group: PENDING, UNDELIVERABLE, DELIVERED, EXPIRED or REJECTED.",
        "results.status.id": "The number of the status.",
        "results.status.name": "The status. DELIVERED_TO_OPERATOR is not the end, DELIVERED_TO_HANDSET is.",
        "results.status.description": "The status in words.",
        "results.error.groupname": "Whose error it is: HANDSET_ERRORS, USER_ERRORS or OPERATOR_ERRORS.",
        "results.error.id": "The number of the error; 0 is none.",
        "results.error.name": "The name of the error.",
        "results.error.description": "The error in words.",
        "results.error.permanent": "true: sending again will not help.",
        "results.callbackdata": "Your own data from the send call.",
        "results.message.url": "URL of a part of an MMS, or of a file. smsbin never fetches it.",
        "results.message.type": "The kind of an RCS, WhatsApp or Viber message: TEXT, SUGGESTION, LOCATION …",
        "results.message.text": "The text, or the button that was pressed (RCS, WhatsApp, Viber).",
        "results.message.postbackdata": "What your message attached to that button (RCS).",
        "results.integrationtype": "The channel: RCS, WHATSAPP …",
        "results.event": "What happened (Messages API): MO, DELIVERY or SEEN; others are about no message.",
        "results.channel": "The channel (Messages API).",
        "results.destination": "The recipient (Messages API).",
        "results.seenat": "When the recipient opened the message.",
        "messagecount": "How many messages this request carries.",
        "pendingmessagecount": "How many more are waiting.",
    },
    times="ISO 8601 with milliseconds and an offset without a colon, +0000",
    habits=Habits(
        fallback="The SMS documentation describes no retries and no fallback URL.",
        signature=(
            "No signature was found in the documentation. Basic, OAuth 2 or a client certificate are set in the"
            " notification profile, and so is maxBucketSize, the most reports in one request (100 by default)."
        ),
    ),
    play=Play(
        good=("PENDING_ENROUTE", "DELIVERED_TO_HANDSET"),
        bad=("PENDING_ENROUTE", "UNDELIVERABLE_NOT_DELIVERED"),
        assumed="Infobip documents no timeout and no retries: 15 s and one attempt are assumed.",
    ),
    portal=Portal(
        where="Channels and Numbers › Numbers › your number, or Subscriptions",
        fields=(
            PortalField(
                role=Role.PRIMARY, name="Forward to HTTP", hint="in the keyword of the number, format MO_JSON_2"
            ),
            PortalField(
                role=Role.STATUS,
                name="webhooks.delivery.url",
                hint="of a send call (older: notifyUrl), or a subscription",
            ),
        ),
        checked="2026-11-25",
    ),
    errors={
        "1": "EC_UNKNOWN_SUBSCRIBER: the number is not known, or not in service.",
        "5": "EC_UNIDENTIFIED_SUBSCRIBER: the subscriber is not registered in the network.",
        "6": "EC_ABSENT_SUBSCRIBER_SM: the handset was off or out of reach.",
        "9": "EC_ILLEGAL_SUBSCRIBER: the network refuses this subscriber.",
        "10": "EC_BEARER_SERVICE_NOT_PROVISIONED: the subscription has no such service.",
        "11": "EC_TELESERVICE_NOT_PROVISIONED: the subscription has no SMS.",
        "12": "EC_ILLEGAL_EQUIPMENT: the network refuses this handset.",
        "13": "EC_CALL_BARRED: the subscriber or the operator bars such messages.",
        "21": "EC_FACILITY_NOT_SUPPORTED: the network cannot do it.",
        "27": "EC_ABSENT_SUBSCRIBER: the handset was off or out of reach.",
        "31": "EC_SUBSCRIBER_BUSY_FOR_MT_SMS: the handset was busy with another message.",
        "32": "EC_SM_DELIVERY_FAILURE: the delivery failed.",
        "33": "EC_MESSAGE_WAITING_LIST_FULL: too many messages wait for this handset.",
        "34": "EC_SYSTEM_FAILURE: a failure in the operator's system.",
        "36": "EC_UNEXPECTED_DATA_VALUE: the network got a value that it did not expect.",
    },
)
