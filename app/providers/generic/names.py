"""What the names of fields mean, for providers without a data sheet.

Names are compared without case, `_`, `-`, blanks and `@` (an XML attribute). `a[b]` is `a.b`. The tables were collected
from the public documentation of SMS gateways; `tests/providers/generic/` has requests of them.
"""

import re
from functools import lru_cache
from typing import NamedTuple

MAX_NAME = 120
"""Characters of a path. A longer one has no meaning."""


class Place(NamedTuple):
    """The place of a value. `item`: the list item that it belongs to, by path, "" for none. `parent`: the objects that
    hold it, without positions. The lower its `rank`, the clearer its name. `loose`: the name means this only in the
    object of a message, not in one around it. `doubtful`: whether it means this depends on the value."""

    item: str
    parent: tuple[str, ...]
    meaning: str
    rank: int
    loose: bool = False
    doubtful: bool = False


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


SENDER, RECIPIENT, OTHER, OURS, TEXT, ID, STATUS, DIRECTION, TYPE, STAMP, REPORT, CLEAR = (
    "sender", "recipient", "other", "ours", "text", "message_id", "status", "direction", "type", "stamp",
    "report", "clear",
)  # fmt: skip
PARTIES = frozenset({SENDER, RECIPIENT, OTHER, OURS})
# Names that come first, in this order, and those that are like no other. `_PATTERNS` has the regular ones.
_MEANINGS = {
    SENDER: "from fromnumber sender source src originator origin original finalsource callerid senderid",
    RECIPIENT: """to tonumber recipient destination dst receiver recipients tomembers finaldestination sendto
        callerdid""",
    # The number at the other end, whatever the direction. From `BARE` on the names are less clear.
    OTHER: """contact customer client subscriber enduser rawdigits waid msisdn mobile phonenumber phone number address
        addr org""",
    OURS: "owner shortcode longcode innumber did system",
    TEXT: """text body message content messagebody smstext msg messagetext sms userdata response mes reply data
        subject""",
    ID: """replyid messagesid smssid messageuuid messageid smsid smsmessagesid msgid moid mtid umid dlrid trackingid
        callsid calluuid id uuid uid guid sid refid reference referenceid ref transactionid transid externalid
        correlationid requestid retid bizid climsgid callbackdata""",
    STATUS: """deliveredstatus messagestatus smsstatus deliverystatus dlrstatus reportstatus sentstatus status
        callstatus statuscode messagestatuscode deliverystatuscode dlrcode resultcode statusmessage state
        stat statustext statusname statusdescription statusdesc statusdetail errordescription statusmsg errorcode
        errcode errmsg desc description""",
    DIRECTION: "direction messagedirection smsdirection dir",
    TYPE: """event eventtype eventname type messagetype msgtype webhookevent webhooktype notificationtype detailtype
        action subtype datatype kind topic""",
    STAMP: """receivedat datereceived receiveddate receivedtime receivedtimestamp received sentat sentdate timesent
        created createdat""",
    # Facts about the delivery that only the recipient's network has.
    REPORT: "networkcode network mccmnc mcc failurereason retrycount deliveredts reporttime userreceivetime",
}  # fmt: skip
_RANKED = {name: (meaning, rank) for meaning, names in _MEANINGS.items() for rank, name in enumerate(names.split())}
BARE = _RANKED["msisdn"][1]
"""The rank of the first bare name of another party's number; smaller ones are names of a contact."""
UNNAMED = len(_RANKED)
"""The rank of a number with any other name ("justcall_number"). Next to a contact's number it is the own one."""
ONLY_KNOWN = _RANKED["statusmessage"][1]
"""A status under a name of this rank or a higher one is often a sentence or an error: only a known word counts."""
PLAIN_STATUS = _RANKED["status"][1]
"""The rank of "status"; smaller ones are names of the status of a message only."""
GENERAL_ID = _RANKED["id"][1]
"""The rank of "id", and behind it names that may be an id of anything."""
_MESSAGE = "(?:sms|msg|message|mo|mt|dlr)"
_NUMBER = "(?:addr|address|number|num|no|phone|phoneno|phonenumber|msisdn|mobile|tel|did)"
_SENDER = "(?:from|sender|source|src|orig|origin|originator|originating|origination|caller|snd)"
_RECIPIENT = "(?:to|recipient|destination|dest|dst|receiver|called|rcv)"
_CONTACT = "(?:contact|customer|client|subscriber|remote|external|enduser|user|consumer|participant|member)"
_PHONE = "(?:mobile|cell|cellular|phone|tel|telephone|msisdn|gsm|handset)"
_OWN_LINE = "(?:local|inbound|virtual|service|own|our|account|business|company|agent|display|line|incoming|host|hosted)"
_DONE = (
    "(?:receive|received|sent|send|create|created|submit|submitted|done|delivery|delivered|message|sms|msg|event"
    "|arrival|reception|inbound|queued|updated|added|entry)"
)
# Regular names, each with the exact name whose meaning and rank they have.
_PATTERNS = tuple(
    (re.compile(pattern), *_RANKED[name])
    for pattern, name in (
        (f"(?:{_MESSAGE}|s)?{_SENDER}{_NUMBER}?", "originator"),
        (f"(?:{_MESSAGE}|sent|s)?{_RECIPIENT}{_NUMBER}?", "receiver"),
        (f"{_CONTACT}{_NUMBER}", "contact"),
        (f"s?{_PHONE}{_NUMBER}?", "msisdn"),
        (f"{_OWN_LINE}(?:{_NUMBER}|code)", "shortcode"),
        (f"(?:{_MESSAGE}|inbound|reply|content|body|plain|full)?(?:text|body|content|message|msg)", "messagetext"),
        ("(?:text|body|message|msg|sms)(?:text|body|content|data|message)", "messagetext"),
        (f"(?:user|api|s)?{_MESSAGE}{{1,2}}(?:unique)?(?:id|sid|uuid|guid|ref|reference|identifier|key)", "msgid"),
        (f"(?:{_MESSAGE}|delivery|delivered|report|record|send|sent|final|current|smsc|dr|s)(?:status|state|stat)",
         "messagestatus"),
        (f"{_DONE}?(?:date|time|datetime|timestamp|stamp|ts|utc)(?:utc|{_DONE})?", "createdat"),
        (f"{_DONE}(?:at|on)", "createdat"),
    )
)  # fmt: skip
# The source of a CloudEvent or of an event of EventBridge is no sender, and its subject is no text.
_LOOSE = frozenset({"source", "src", "origin", "original", "subject", "data", "response", "system", "org", "owner"})

# Names of lists of messages. A list under another name (recipients, attachments, attempts) is a part of one message.
_LISTS = _set("""messages message msgs msg sms smses smslist results result reports report deliveryreports
    deliveryreport statuses receipts deliveryreceipts dlrs deliveries events event items item records data entries entry
    changes list callbacks notifications notification responses replies reply inbound inboundmessages inboundmessage
    inboundsmsmessage inboundsmsmessages deliveryinfo deliveryinfos mos mo mts payload payloads row rows
    batch body dlr receipt deliveryreceipt delivery smsmessage smsmessages inboundsms textmessage
    textmessages""")  # fmt: skip
# Objects around the value of a party, and of a status.
_PARTY_WRAPPERS = _set("""phonenumber number value address e164 phone msisdn mobile mobilenumber digits
    e164digits phonenumbers identifiervalue endpoint to from""")  # fmt: skip
_STATUS_WRAPPERS = _set("code name value type state status groupname text description errordescription")
# The id, status, text, type or time of these objects is not that of a message.
_FOREIGN = _set("""contact contacts conversation account user users channel profile customer client subscriber
    visitor attachment attachments media mms image file files device sim webhook webhooks campaign agent team company
    organization organisation org workspace project app application network carrier operator price cost error errors
    failure reason link links template subscription owner number phonenumber phone inbox thread metadata meta context
    mt tags causes""") | {name for name, (meaning, _) in _RANKED.items() if meaning in PARTIES} - _LOOSE  # fmt: skip
_CONTACTS = frozenset({"contacts", "visitor"})
# Objects of the owner of the bin: a phone number in them is their own.
_OWN = _set("account channel device sim agent team inbox line owner")

_LEFT_OUT = str.maketrans("", "", "_- @:")
_NUMBER_NAME = re.compile(r"[a-z]+(?:number|phone)")
_NO_PARTIES = _set("""simnumber partnumber segmentnumber ordernumber serialnumber pagenumber batchnumber
    retrynumber numbernumber versionnumber trackingnumber""")  # fmt: skip


@lru_cache(maxsize=8_192)
def place_of(path: str) -> Place | None:
    """The place of a value, None where its name means nothing. Cached: a provider always sends the same names."""
    if len(path) > MAX_NAME:
        return None
    if "[" in path:
        path = path.replace("][", ".").replace("[", ".").replace("]", "").rstrip(".")
    path = path.translate(_LEFT_OUT).lower()
    if "." not in path:
        return _meant("", (path,))
    parts = path.split(".")
    end = _item_end(parts)
    return _meant(".".join(parts[:end]), tuple([part for part in parts if part and not part.isdigit()]))


def _item_end(parts: list[str]) -> int:
    """How many parts name the innermost item of a list of messages."""
    for end in range(len(parts) - 1, 0, -1):
        if parts[end - 1].isdigit() and (end == 1 or parts[end - 2] in _LISTS):
            return end
    return 0


def _meant(item: str, names: tuple[str, ...]) -> Place | None:
    if not names:
        return None
    *above, name = names
    above_it = above[-1] if above else ""
    meaning, rank = _meaning(name)
    outer, outer_rank = _meaning(above_it)
    if outer in PARTIES and name in _PARTY_WRAPPERS:
        return _place(item, above[:-1], outer, outer_rank, above_it)
    if above_it in _CONTACTS and name in _PARTY_WRAPPERS:
        return _place(item, above[:-1], OTHER, 0, above_it)
    if outer == STATUS and name in _STATUS_WRAPPERS:
        return _place(item, above[:-1], STATUS, outer_rank, above_it)
    if not meaning and _NUMBER_NAME.fullmatch(name) and name not in _NO_PARTIES:
        meaning = OTHER
    foreign = not _FOREIGN.isdisjoint(above)
    if meaning == OTHER and foreign and not _OWN.isdisjoint(above):
        meaning = OURS
    if not meaning or (foreign and meaning not in (OTHER, OURS)):
        return None
    place = _place(item, above, meaning, rank, name)
    # The id of a status is that of the message only if the message is in it.
    return place._replace(loose=True) if outer == STATUS and meaning == ID and rank >= GENERAL_ID else place


@lru_cache(maxsize=2_048)
def _meaning(name: str) -> tuple[str, int]:
    """The meaning of one name and its rank; "" for none."""
    if name in _RANKED:
        return _RANKED[name]
    for pattern, meaning, rank in _PATTERNS:
        if pattern.fullmatch(name):
            return meaning, rank
    return "", UNNAMED


def _place(item: str, above: list[str], meaning: str, rank: int, name: str) -> Place:
    loose = name in _LOOSE
    doubtful = meaning in (OTHER, OURS) or (meaning == STATUS and rank >= ONLY_KNOWN) or (meaning == SENDER and loose)
    return Place(item, tuple(above), meaning, rank, loose, doubtful)
