"""The exports of the other providers, one shape each.

Sources, read 2026-11, at each shape. Facts to know:

- Vonage's reports are two files, one a direction; `date_end` of the query is exclusive.
- Bandwidth's list has no texts.
- Sinch's reports and Infobip's logs are per recipient. Reading Infobip's `/sms/3/reports` consumes it, `/logs` does
  not.
- MessageBird's list has one object a message, with its recipients in it, whose numbers are JSON numbers.
- A SignalWire message of the Compatibility API has its sid at the end of `url`; the Compatibility API's own list has
  Twilio's shape.
- Ytel's list is not documented; its ids are UUIDs of version 1, which contain the instant.
"""

from ...domain.messages.model import Direction
from ...domain.statuses import Status, Word
from ...providers.kit.parties import international, north_american
from ..shape import RecordShape
from ..times import uuid_time

_INFOBIP = frozenset({"messageid", "sentat", "doneat"})


def _last_segment(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2].removesuffix(".json")


def _infobip(to: str, sender: str, segments: str, version: int) -> RecordShape:
    return RecordShape(
        provider="infobip",
        title=f"Infobip API: GET /sms/{version}/logs",
        needs=_INFOBIP | {to},
        columns={
            "id": ("messageid",),
            "from": (sender,),
            "to": (to,),
            "text": ("content.text", "text"),
            "created": ("sentat",),
            "sent": ("sentat",),
            "ended": ("doneat",),
            "status": ("status.name", "status.groupname"),
            "error": ("error.id",),
            "price": ("price.pricepermessage",),
            "currency": ("price.currency",),
            "segments": (segments,),
        },
        direction=Direction.OUTBOUND,
        by_recipient="maybe",
        read_number=international,
        source="infobip.com/docs/api/channels/sms",
    )


SHAPES = (
    RecordShape(
        provider="vonage",
        title="Vonage Reports API: product SMS, as CSV",
        needs=frozenset({"message_id", "direction", "from", "to", "date_received"}),
        columns={
            "id": ("message_id",),
            "direction": ("direction",),
            "from": ("from",),
            "to": ("to",),
            "text": ("message_body",),
            "created": ("date_received",),
            "ended": ("date_finalized",),
            "status": ("status",),
            "error": ("error_code",),
            "price": ("total_price",),
            "currency": ("currency",),
        },
        read_number=international,
        source="developer.vonage.com/en/api/reports",
    ),
    RecordShape(
        provider="bandwidth",
        title="Bandwidth API: GET /api/v2/users/{accountId}/messages",
        needs=frozenset({"messageid", "sourcetn", "destinationtn", "messagedirection", "receivetime"}),
        columns={
            "id": ("messageid",),
            "direction": ("messagedirection",),
            "from": ("sourcetn",),
            "to": ("destinationtn",),
            "created": ("receivetime",),
            "status": ("messagestatus",),
            "error": ("errorcode",),
            "segments": ("segmentcount",),
        },
        by_recipient="maybe",
        source="dev.bandwidth.com/apis/messaging",
    ),
    RecordShape(
        provider="sinch",
        title="Sinch API: GET /xms/v1/{service_plan_id}/inbounds",
        needs=frozenset({"id", "from", "to", "received_at", "type"}),
        columns={
            "id": ("id",),
            "from": ("from",),
            "to": ("to",),
            "text": ("body",),
            "created": ("sent_at",),
            "sent": ("received_at",),
        },
        direction=Direction.INBOUND,
        read_number=international,
        source="developers.sinch.com/docs/sms/api-reference",
    ),
    RecordShape(
        provider="sinch",
        title="Sinch API: GET /xms/v1/{service_plan_id}/delivery_reports",
        needs=frozenset({"batch_id", "recipient", "status", "at"}),
        columns={
            "id": ("batch_id",),
            "from": ("applied_originator",),
            "to": ("recipient",),
            "ended": ("at",),
            "created": ("operator_status_at",),
            "status": ("status",),
            "segments": ("number_of_message_parts",),
        },
        direction=Direction.OUTBOUND,
        by_recipient="always",
        read_number=international,
        source="developers.sinch.com/docs/sms/api-reference",
    ),
    _infobip("destination", "sender", "messagecount", 3),
    _infobip("to", "from", "smscount", 1),
    RecordShape(
        provider="messagebird",
        title="MessageBird API: GET /messages",
        needs=frozenset({"id", "direction", "originator", "createddatetime"}),
        columns={
            "id": ("id",),
            "direction": ("direction",),
            "from": ("originator",),
            "to": ("recipients.items.*.recipient",),
            "text": ("body",),
            "created": ("createddatetime",),
            "ended": ("recipients.items.*.statusdatetime",),
            "status": ("recipients.items.*.status",),
        },
        each="recipients.items",
        by_recipient="maybe",
        read_number=international,
        source="developers.messagebird.com/api/sms-messaging",
    ),
    RecordShape(
        provider="signalwire",
        title="SignalWire API: GET /api/messaging/logs",
        needs=frozenset({"id", "from", "to", "kind", "url", "created_at"}),
        columns={
            "id": ("url", "id"),
            "direction": ("direction",),
            "from": ("from",),
            "to": ("to",),
            "created": ("created_at",),
            "status": ("status",),
            "error": ("error_code",),
            "price": ("charge",),
            "segments": ("number_of_segments",),
        },
        read_number=north_american,
        id_of=_last_segment,
        source="developer.signalwire.com/rest",
    ),
    RecordShape(
        provider="signalwire",
        title="SignalWire guide “List messages to CSV”",
        needs=frozenset({"messagesid", "date", "from", "to", "status"}),
        columns={"id": ("messagesid",), "from": ("from",), "to": ("to",), "sent": ("date",), "status": ("status",)},
        read_number=north_american,
        source="developer.signalwire.com/guides",
    ),
    RecordShape(
        provider="clicksend",
        title="ClickSend API: GET /v3/sms/history",
        needs=frozenset({"message_id", "direction", "date", "from", "to", "body"}),
        columns={
            "id": ("message_id",),
            "direction": ("direction",),
            "from": ("from",),
            "to": ("to",),
            "text": ("body",),
            "created": ("date",),
            "status": ("status",),
            "error": ("error_code",),
            "price": ("message_price",),
            "segments": ("message_parts",),
        },
        read_number=international,
        source="developers.clicksend.com",
    ),
    RecordShape(
        provider="ytel",
        title="Ytel API: sms/listsms.json, sms/getinboundsms.json",
        needs=frozenset({"messagesid", "from", "to", "datesent"}),
        columns={
            "id": ("messagesid",),
            "from": ("from",),
            "to": ("to",),
            "text": ("body",),
            "created": ("datesent",),
            "status": ("status",),
            "price": ("messageprice",),
        },
        words={"received": Word(Status.RECEIVED, final=True)},
        read_number=north_american,
        utc=True,
        time_of_id=uuid_time,
        source="the vendor's public API stub; not documented further",
    ),
)
