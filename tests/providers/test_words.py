"""Each sheet's words cover the list of statuses that its vendor publishes: a documented word is never unknown, unless
the vendor says itself that it does not know.

The lists are copied from the sources beside them, read 2026-11. A new word in a source is a line here first.
"""

import json

import pytest

from app.domain.events import Event
from app.domain.roles import Role
from app.domain.statuses import Status
from app.providers import PROVIDERS, recognise
from tests.storage.builders import a_raw

# (provider, words, source).
LISTS = [
    # twilio.com/docs/messaging/api/message-resource, "Message Status values".
    ("twilio", ("accepted scheduled queued sending sent partially_delivered delivered undelivered failed canceled read"
     " receiving received")),
    # twilio.com/docs/events/event-types/messaging/outbound-message, `messageStatus`.
    ("twilio", "QUEUED FAILED SENT DELIVERED UNDELIVERED READ"),
    # signalwire.com/docs/compatibility-api/rest/messages/webhooks/sms-status-callback.
    ("signalwire", "queued sending sent delivered undelivered failed receiving received"),
    # signalwire.com/docs/platform/core/webhooks.
    ("signalwire", "queued initiated sent delivered undelivered failed read"),
    # developers.telnyx.com/docs/messaging/messages/receiving-webhooks; …/receiving-rcs-webhooks.
    ("telnyx", "queued sending sent delivered expired sending_failed delivery_failed delivery_unconfirmed"),
    ("telnyx", "webhook_delivered message.sent message.read"),
    # support.telnyx.com/en/articles/13986487-how-to-configure-whatsapp-webhooks.
    ("telnyx", "sent delivered read failed"),
    # infobip.com/docs/developer-resources/api-fundamentals/message-status-codes: the groups.
    ("infobip", "ACCEPTED PENDING UNDELIVERABLE DELIVERED EXPIRED REJECTED"),
    # developers.sinch.com/docs/sms/api-reference/sms/tag/Delivery-reports.
    ("sinch", "Queued Dispatched Aborted Cancelled Rejected Deleted Delivered Failed Expired Unknown"),
    # sinch-sdk-python, …/conversation/models/v1/sinch_events, DeliveryStatusType.
    ("sinch", "QUEUED_ON_CHANNEL DELIVERED READ FAILED SWITCHING_CHANNEL"),
    # developers.sinch.com/docs/whatsapp/http-rest/callback, `state`.
    ("sinch", "queued dispatched sent delivered read deleted failed no_opt_in warning"),
    # docs.bird.com, "Receiving delivery reports (DLRs)".
    ("messagebird", "scheduled sent buffered delivered expired delivery_failed"),
    # docs.bird.com, Channels API, "Message statuses and interactions".
    ("messagebird", "accepted rejected processing scheduled sent sending_failed delivered delivery_failed"),
    ("messagebird", "skipped deleted"),
    # developers.messagebird.com/api/conversations, message statuses.
    ("messagebird", "accepted pending sent delivered read rejected failed received deleted transmitted unknown"),
    # docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_UpdateEventDestination, MatchingEventTypes.
    ("aws", ("TEXT_SENT TEXT_PENDING TEXT_QUEUED TEXT_SUCCESSFUL TEXT_DELIVERED TEXT_INVALID TEXT_INVALID_MESSAGE"
     " TEXT_UNREACHABLE TEXT_CARRIER_UNREACHABLE TEXT_BLOCKED TEXT_CARRIER_BLOCKED TEXT_SPAM TEXT_UNKNOWN"
     " TEXT_TTL_EXPIRED TEXT_PROTECT_BLOCKED MEDIA_PENDING MEDIA_QUEUED MEDIA_SUCCESSFUL MEDIA_DELIVERED MEDIA_INVALID"
     " MEDIA_INVALID_MESSAGE MEDIA_UNREACHABLE MEDIA_CARRIER_UNREACHABLE MEDIA_BLOCKED MEDIA_CARRIER_BLOCKED MEDIA_SPAM"
     " MEDIA_UNKNOWN MEDIA_TTL_EXPIRED MEDIA_FILE_INACCESSIBLE MEDIA_FILE_TYPE_UNSUPPORTED MEDIA_FILE_SIZE_EXCEEDED"
     " RCS_QUEUED RCS_SENT RCS_DELIVERED RCS_READ RCS_FAILED RCS_TTL_EXPIRED RCS_PROTECT_BLOCKED"
     " RCS_FALLEN_BACK_TO_SMS")),
    # docs.aws.amazon.com/sms-voice/latest/userguide/rcs-events, `messageStatus`, and the events of an expired one.
    ("aws", "DELIVERED PENDING UNDELIVERABLE REJECTED READ TTL_EXPIRATION_REVOKED TTL_EXPIRATION_REVOKE_FAILED"),
    # docs.aws.amazon.com/pinpoint/latest/developerguide/event-streams-data-sms, `record_status`.
    ("aws", ("SUCCESSFUL DELIVERED PENDING INVALID UNREACHABLE UNKNOWN BLOCKED CARRIER_UNREACHABLE SPAM INVALID_MESSAGE"
     " CARRIER_BLOCKED TTL_EXPIRED MAX_PRICE_EXCEEDED OPTED_OUT")),
    # developers.facebook.com, WhatsApp Cloud API, status messages webhook.
    ("aws", "sent delivered read played failed"),
    # Bandwidth/python-sdk, docs/StatusCallbackTypeEnum.
    ("bandwidth", "message-sending message-sent message-delivered message-failed message-read"),
    # developer.vonage.com, "Delivery receipts"; "Messages API status callbacks".
    ("vonage", "delivered expired failed rejected accepted buffered unknown"),
    ("vonage", "submitted delivered rejected undeliverable read"),
    # docs.plivo.com/docs/messaging/api/message/message-status-callbacks.
    ("plivo", "queued sent delivered undelivered failed rejected read"),
    # docs.ytel.com/docs/track-your-sms-delivery.
    ("ytel", "Queued Success Failed"),
    # developers.clicksend.com and public handlers.
    ("clicksend", "Queued Sent Delivered Undelivered Failed Cancelled"),
]  # fmt: skip
# Words by which a vendor says that it does not know.
NOT_KNOWN = {"Unknown", "unknown", "UNKNOWN", "TEXT_UNKNOWN", "MEDIA_UNKNOWN", "delivery_unconfirmed"}
# infobip.com/docs/developer-resources/api-fundamentals/message-status-codes: names; each begins with its group.
INFOBIP = {
    Status.SENT: "PENDING_ENROUTE PENDING_WAITING_DELIVERY DELIVERED_TO_OPERATOR",
    Status.SENDING: "PENDING_ACCEPTED",
    Status.DELIVERED: "DELIVERED_TO_HANDSET",
    Status.UNDELIVERED: "UNDELIVERABLE_REJECTED_OPERATOR UNDELIVERABLE_NOT_DELIVERED",
    Status.EXPIRED: "EXPIRED_EXPIRED EXPIRED_DLR_UNKNOWN",
    Status.REJECTED: (
        "REJECTED_NETWORK REJECTED_PREFIX_MISSING REJECTED_DND REJECTED_SOURCE REJECTED_NOT_ENOUGH_CREDITS"
        " REJECTED_SENDER REJECTED_DESTINATION REJECTED_PREPAID_PACKAGE_EXPIRED REJECTED_DESTINATION_NOT_REGISTERED"
        " REJECTED_ROUTE_NOT_AVAILABLE REJECTED_FLOODING_FILTER REJECTED_SYSTEM_ERROR REJECTED_DUPLICATE_MESSAGE_ID"
        " REJECTED_INVALID_UDH REJECTED_MESSAGE_TOO_LONG REJECTED_MISSING_TO REJECTED_INVALID_DESTINATION"
    ),
}


@pytest.mark.parametrize(
    ("provider", "word"), [(provider, word) for provider, words in LISTS for word in words.split()]
)
def test_a_documented_word_has_a_meaning(provider: str, word: str) -> None:
    meant = PROVIDERS[provider].word(word)
    assert (meant.status is Status.UNKNOWN) == (word in NOT_KNOWN)
    assert meant.status is not Status.UNKNOWN or meant.final, "else it raises the finding unknown_status"


def test_every_provider_has_a_list() -> None:
    assert {provider for provider, _ in LISTS} == set(PROVIDERS)


@pytest.mark.parametrize(("status", "names"), INFOBIP.items(), ids=[status.value for status in INFOBIP])
def test_infobips_names_mean_what_their_group_says(status: Status, names: str) -> None:
    for name in names.split():
        (event,) = _report(name)
        assert (event.status, event.raw_status) == (status, name)


def _report(name: str) -> tuple[Event, ...]:
    body = {"results": [{"messageId": "m", "to": "447700900163", "status": {"name": name}}]}
    raw = a_raw(json.dumps(body).encode(), headers=((b"Content-Type", b"application/json"),))
    return recognise(raw, Role.STATUS, "infobip").events
