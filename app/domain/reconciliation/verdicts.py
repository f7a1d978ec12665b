"""The verdict about each record, and the reason for it: stable codes, with their words for people.

`RecordVerdict` is in the order of weight: a record has the first one that applies as its verdict and the others as
`also`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class RecordVerdict(StrEnum):
    """What became clear about a record, or about a message without one (`only_here`). The order is the weight."""

    NO_WEBHOOK = "no_webhook"
    NO_CALLBACK = "no_callback"
    NO_FINAL = "no_final"
    STATUS_DIFFERS = "status_differs"
    AMBIGUOUS = "ambiguous"
    TEXT_DIFFERS = "text_differs"
    PRICE_DIFFERS = "price_differs"
    SEGMENTS_DIFFER = "segments_differ"
    LATE = "late"
    DUPLICATE = "duplicate"
    SEEN_BY_FALLBACK = "seen_by_fallback"
    SEEN = "seen"
    ONLY_HERE = "only_here"
    TOO_EARLY = "too_early"
    OUTSIDE_SCOPE = "outside_scope"


LOST = (RecordVerdict.NO_WEBHOOK, RecordVerdict.NO_CALLBACK, RecordVerdict.NO_FINAL)
"""The provider lists it, and what should have arrived did not."""

NOT_COUNTED = (
    RecordVerdict.AMBIGUOUS,
    RecordVerdict.ONLY_HERE,
    RecordVerdict.TOO_EARLY,
    RecordVerdict.OUTSIDE_SCOPE,
)
"""Neither arrived nor lost."""


class RecordReason(StrEnum):
    """Why a record was lost, is outside the scope, or why a message is only here. The order is that of precedence."""

    # Of LOST.
    SERVER_DOWN = "server_down"
    FAULT = "fault"
    ERROR_ANSWER = "error_answer"
    PROVIDER_ALERT = "provider_alert"
    OTHER_URL = "other_url"
    NUMBER_NEVER_ARRIVES = "number_never_arrives"
    URL_CHANGED = "url_changed"
    UNKNOWN = "unknown"
    # Of OUTSIDE_SCOPE.
    BEFORE_BIN = "before_bin"
    RETENTION = "retention"
    NO_TIME = "no_time"
    OTHER_NUMBER = "other_number"
    OTHER_DIRECTION = "other_direction"
    # Of ONLY_HERE.
    SIMULATED = "simulated"
    NOT_GENUINE = "not_genuine"
    NUMBER_NOT_IN_FILE = "number_not_in_file"
    EDGE_OF_FILE = "edge_of_file"
    NOT_IN_FILE = "not_in_file"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWords:
    """A verdict or reason for people: a short title, what it means, and what to do about it. The title of a reason for
    a loss continues a sentence: "2 messages while smsbin was down"."""

    title: str
    meaning: str
    cure: str


VERDICT_WORDS: Mapping[RecordVerdict, CodeWords] = {
    RecordVerdict.NO_WEBHOOK: CodeWords(
        title="no webhook",
        meaning="The provider lists an inbound message, and no request about it arrived here.",
        cure="Read the reason. Without one, compare the URL of the number in the portal with the URLs of this bin.",
    ),
    RecordVerdict.NO_CALLBACK: CodeWords(
        title="no callback",
        meaning="The provider lists an outbound message, and no status callback of it arrived here.",
        cure="Check that the send call has the status URL of this bin.",
    ),
    RecordVerdict.NO_FINAL: CodeWords(
        title="no final status",
        meaning="Callbacks arrived, but none with the final status that the provider lists.",
        cure="Read the reason; your handler still has the earlier status.",
    ),
    RecordVerdict.STATUS_DIFFERS: CodeWords(
        title="other status",
        meaning="The final status here is not the one that the provider lists.",
        cure="Compare both times: the list may be older than the last callback. Else ask the provider which is true.",
    ),
    RecordVerdict.AMBIGUOUS: CodeWords(
        title="ambiguous",
        meaning="Without an id, several messages fit equally well, or a number in the file is incomplete.",
        cure="Export the list with its message ids, and not from a spreadsheet program.",
    ),
    RecordVerdict.TEXT_DIFFERS: CodeWords(
        title="other text",
        meaning="The text that arrived is not the one that the provider lists.",
        cure="Check both for a wrong charset, and whether one of them is incomplete.",
    ),
    RecordVerdict.PRICE_DIFFERS: CodeWords(
        title="other price",
        meaning="The price in the callback is not the one that the provider lists.",
        cure="Prices may be final only after the last callback: use the list for accounting.",
    ),
    RecordVerdict.SEGMENTS_DIFFER: CodeWords(
        title="other segments",
        meaning="The number of segments here is not the one that the provider lists.",
        cure="Check the encoding of the text: one character outside GSM-7 doubles the segments.",
    ),
    RecordVerdict.LATE: CodeWords(
        title="late",
        meaning="It arrived more than 5 minutes after the time that the provider lists.",
        cure="Check the answers before that time: providers repeat a request after an error.",
    ),
    RecordVerdict.DUPLICATE: CodeWords(
        title="duplicate",
        meaning="Several equal requests arrived for this one message: repeats, or two URLs that lead here.",
        cure="Answer quickly with 2xx, and let your handler ignore ids that it has already seen.",
    ),
    RecordVerdict.SEEN_BY_FALLBACK: CodeWords(
        title="arrived by the fallback",
        meaning="Only the fallback URL received it: the primary failed, and the message was saved.",
        cure="Find out why the primary failed.",
    ),
    RecordVerdict.SEEN: CodeWords(title="arrived", meaning="Everything that should have arrived is here.", cure=""),
    RecordVerdict.ONLY_HERE: CodeWords(
        title="only here",
        meaning="A message arrived here that the provider does not list.",
        cure="Read the reason: a test, a forged request, another account, or an incomplete list.",
    ),
    RecordVerdict.TOO_EARLY: CodeWords(
        title="too early",
        meaning="It is so recent that its request, or its row in the list, may still be on its way.",
        cure="Repeat the comparison later.",
    ),
    RecordVerdict.OUTSIDE_SCOPE: CodeWords(
        title="outside the scope",
        meaning="It could not arrive at this bin, or is not kept any more, so it is not counted.",
        cure="Read the reason.",
    ),
}
REASON_WORDS: Mapping[RecordReason, CodeWords] = {
    RecordReason.SERVER_DOWN: CodeWords(
        title="while smsbin was down",
        meaning="The server was not running at that time.",
        cure="Update and restart smsbin behind a provider that has a fallback URL on another machine.",
    ),
    RecordReason.FAULT: CodeWords(
        title="during a fault or drill",
        meaning="A fault or drill of this bin was active at that time.",
        cure="Expected, if the drill tests exactly that. The card of the drill has the details.",
    ),
    RecordReason.ERROR_ANSWER: CodeWords(
        title="while errors were answered",
        meaning="At that time this bin answered other requests with 5xx.",
        cure="Check the disk and the log of the server at that time.",
    ),
    RecordReason.PROVIDER_ALERT: CodeWords(
        title="with a failed call, as the provider states",
        meaning="The provider's own data states that its call of the webhook failed.",
        cure="The error code is on the row; check network, certificate and response time at that moment.",
    ),
    RecordReason.OTHER_URL: CodeWords(
        title="sent to another URL",
        meaning="The provider's own data states that the webhook was accepted, so it went to another URL.",
        cure="Compare the URL of the number, of its application or messaging service, with the URLs of this bin.",
    ),
    RecordReason.NUMBER_NEVER_ARRIVES: CodeWords(
        title="of a number of which nothing arrives",
        meaning="No message of this number and direction in the list arrived here.",
        cure="Set the URL of this bin at the number in the portal.",
    ),
    RecordReason.URL_CHANGED: CodeWords(
        title="after a change of the URL",
        meaning="The capture key of this bin was changed shortly before.",
        cure="Check that all URLs in the portal have the new key.",
    ),
    RecordReason.UNKNOWN: CodeWords(
        title="without a known reason",
        meaning="Nothing here explains it.",
        cure="Search the provider's error log for the id, and check the proxy before smsbin.",
    ),
    RecordReason.BEFORE_BIN: CodeWords(
        title="before this bin", meaning="The bin did not exist yet.", cure="Nothing to do."
    ),
    RecordReason.RETENTION: CodeWords(
        title="deleted by the retention",
        meaning="Requests of that time are deleted here.",
        cure="Compare more often, or choose a longer retention.",
    ),
    RecordReason.NO_TIME: CodeWords(
        title="no time",
        meaning="The row has neither an id that is here nor a time that can be read.",
        cure="Choose the column with the time, or export the list with its times.",
    ),
    RecordReason.OTHER_NUMBER: CodeWords(
        title="another number",
        meaning="No message of this number ever arrived at this bin.",
        cure="If its URL should lead here, set it at the number in the portal.",
    ),
    RecordReason.OTHER_DIRECTION: CodeWords(
        title="another direction",
        meaning="Nothing of this direction ever arrived at this bin: its URL is not in use.",
        cure="If its URL should lead here, set it in the portal.",
    ),
    RecordReason.SIMULATED: CodeWords(
        title="simulated", meaning="The simulator of smsbin sent it.", cure="Nothing to do."
    ),
    RecordReason.NOT_GENUINE: CodeWords(
        title="not signed correctly",
        meaning="Its signature is missing or wrong: it may be forged, or a test.",
        cure="Open the tab Signature of the request.",
    ),
    RecordReason.NUMBER_NOT_IN_FILE: CodeWords(
        title="number not in the list",
        meaning="The list has no row of this number: it belongs to another account or subaccount.",
        cure="Export the list of that account, too.",
    ),
    RecordReason.EDGE_OF_FILE: CodeWords(
        title="at the edge of the list",
        meaning="It is close to the first or last time in the list, which may be incomplete there.",
        cure="Export a longer time.",
    ),
    RecordReason.NOT_IN_FILE: CodeWords(
        title="not in the list",
        meaning="The list covers its time and number, but does not contain it.",
        cure="Check whether the message was deleted at the provider, or whether the request is a test.",
    ),
}
