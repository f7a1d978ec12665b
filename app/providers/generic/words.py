"""Words that SMS gateways have in common: states of a message, directions, names of events.

Sources: SMPP 3.4, section 5.2.28 and appendix B (DELIVRD …); GSMA OneAPI, "SMS RESTful API" (DeliveredToTerminal …).
The others are used with one meaning by the gateways in `tests/providers/generic/`.
"""

import re
from functools import lru_cache

from ...domain.roles import Kind
from ...domain.statuses import RANKS, UNKNOWN, Status, Word
from ..sheet import plain


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# More characters are no word.
_LONGEST = 200

_FINAL = {
    Status.DELIVERED: """delivrd dlvrd deliveredtoterminal deliveredtohandset deliveredsuccess deliverysuccess
        deliverysucceeded deliverysuccessful successfullydelivered deliveredsuccessfully
        receivedbyrecipient deliveredtorecipient deliveredtodevice""",
    Status.READ: "seen displayed opened viewed",
    Status.UNDELIVERED: """undeliv undeliverable undelivrd undelivery notdelivered nondelivered nondelivery
        deliveryimpossible hardbounce absentsubscriber""",
    Status.FAILED: "fail failure error deliveryfailed deliveryfailure deliveryerror sendfailed sendingfailed"
        " sentfailed senderror failedtosend routingerror nack",
    Status.REJECTED: "rejectd reject blocked barred blacklisted",
    Status.CANCELED: "cancelled deleted",
    Status.EXPIRED: "expird ttlexpired validityexpired",
    Status.SENT: "deliverynotificationnotsupported",
    # SMPP's UNKNOWN says that nothing more is known. That is a fact, not a word without a meaning.
    Status.UNKNOWN: "unknown",
}  # fmt: skip
_NOT_FINAL = {
    Status.QUEUED: "accepted enqueued scheduled pending",
    Status.SENDING: "acceptd enroute processed processing inprogress buffered buffred messagewaiting sendinginprogress"
        " retrying deferred softbounce delivering",
    Status.SENT: """success successful ok submitted submitd dispatched transmitted deliveredtonetwork
        deliveryuncertain sentsuccess sentsuccessfully sendsuccess messagesent ack senttocarrier deliveredtogateway
        deliveredtooperator deliveredtocarrier""",
    Status.RECEIVED: "receiving unread",
}  # fmt: skip
_WORDS = (
    {status.value: Word(status, final=RANKS[status] >= RANKS[Status.CANCELED]) for status in Status}
    | {name: Word(status, final=True) for status, names in _FINAL.items() for name in names.split()}
    | {name: Word(status) for status, names in _NOT_FINAL.items() for name in names.split()}
)
# Words that are sent of an inbound message, too, or of the request.
_AMBIGUOUS = _set("""success successful ok accepted processed processing pending read seen opened viewed
    ack error""")  # fmt: skip
# Words of a report by the recipient's network for "delivered"; anywhere else they mean that a request was accepted.
_ARRIVED = frozenset({"success", "successful"})
# Words before the state in the name of an event.
_BEFORE = (
    "messages", "message", "smses", "sms", "mms", "text", "msg", "phone", "outbound", "outgoing", "event", "status",
    "stat",
)  # fmt: skip
# A reason may follow these: "REJECTED_PREFIX_MISSING", "failed-dnd".
_FAILURES = frozenset({"rejected", "rejectd", "failed", "undelivered", "undeliverable", "undeliv", "expired"})

_INBOUND = frozenset({"in", "i", "mo", "received", "receive", "recv"})
_OUTBOUND = frozenset({"out", "o", "mt", "sent", "send"})
_REPORTS = ("deliveryreport", "deliveryreceipt", "deliverystatus", "deliveryinfo", "deliverynotification", "receipt",
    "dlr", "messagestatus", "smsstatus", "statusupdate", "statuschange", "sendstatus", "statuscallback")  # fmt: skip
_NO_LETTERS = re.compile("[^a-z]+")
_RECEIVED = ("inbound", "incoming", "received", "reply", "receive")


@lru_cache(maxsize=2_048)
def word_of(sent: str) -> Word | None:
    """What a status word or the name of an event means. A code (a number, one letter) is no word: None."""
    if len(sent) > _LONGEST:
        return UNKNOWN
    key = plain(sent)
    if key in _WORDS:
        return _WORDS[key]
    if len(key) < 2 or not any(letter.isalpha() for letter in key):
        return None
    if (letters := "".join(_NO_LETTERS.split(key))) in _WORDS:
        return _WORDS[letters]
    last = key
    for mark in ".:/":
        last = last.rpartition(mark)[2].strip() or last
    while last not in _WORDS:
        before = next((name for name in _BEFORE if last.startswith(name)), None)
        if before is None:
            break
        last = last[len(before) :]
    if last in _WORDS:
        return _WORDS[last]
    first = _NO_LETTERS.split(sent.strip().lower(), maxsplit=1)[0]
    return _WORDS[first] if first in _FAILURES else UNKNOWN


def is_outbound(sent: str | None) -> bool:
    """Whether only an outbound message has this word."""
    word = word_of(sent) if sent else None
    return (
        word is not None
        and word.status not in (Status.RECEIVED, Status.UNKNOWN)
        and plain(sent or "") not in _AMBIGUOUS
    )


def reported(sent: str | None) -> Word | None:
    """What a word means in a report by the recipient's network, where that differs: Africa's Talking and Gupshup have
    "Success" for a message that was delivered to the handset
    (developers.africastalking.com/docs/sms/notifications, docs.gupshup.io, read 2026-11)."""
    return Word(Status.DELIVERED, final=True) if sent and plain(sent) in _ARRIVED else None


@lru_cache(maxsize=2_048)
def direction_of(sent: str) -> Kind | None:
    """The kind of event that a direction means: an outbound message is known from its callbacks."""
    key = plain(sent[:_LONGEST])
    if key in _INBOUND or key.startswith(("inbound", "incoming")):
        return Kind.INBOUND
    return Kind.STATUS if key in _OUTBOUND or key.startswith(("outbound", "outgoing")) else None


@lru_cache(maxsize=2_048)
def direction_of_event(name: str) -> Kind | None:
    """The same for the name of an event or a type of message: "sms:received", "MO", "SMSDeliveryReportReceived"."""
    if name.startswith(("{", "[")):  # a whole document in the field
        return None
    parts = _NO_LETTERS.split(name[:_LONGEST].lower())
    key = "".join(parts)
    if "mo" in parts or key == "momessage":
        return Kind.INBOUND
    if "mt" in parts or "dr" in parts or any(word in key for word in _REPORTS):
        return Kind.STATUS
    if any(word in key for word in _RECEIVED):
        return Kind.INBOUND
    return direction_of(key)
