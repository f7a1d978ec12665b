"""Plivo: both forms of the console's CSV, and the API.

Sources, read 2026-11: plivo.com/docs/messaging/api/messages, support.plivo.com article 360041302132. Facts to know:

- The status of an inbound message is about the webhook: `delivered` means that the message URL answered with 2xx.
- Numbers have no `+`. The API has times in UTC; the zone of the CSV is not documented.
- Without a time in the query, the API returns the last 24 hours only.
"""

from ...providers.kit.parties import international
from ..shape import RecordShape

_PORTAL = "support.plivo.com/hc/en-us/articles/360041302132"


def _console(title: str, time: str, price: str, error: tuple[str, ...]) -> RecordShape:
    return RecordShape(
        provider="plivo",
        title=title,
        needs=frozenset({"message uuid", "from", "to", "direction", "status", time}),
        columns={
            "id": ("message uuid",),
            "direction": ("direction",),
            "from": ("from",),
            "to": ("to",),
            "sent": (time,),
            "status": ("status",),
            "error": error,
            "price": (price,),
            "segments": ("units",),
            "webhook": ("status",),
        },
        read_number=international,
        webhook_inbound=True,
        source=_PORTAL,
    )


SHAPES = (
    _console("Plivo console: SMS › Logs › Export", "message time", "total charge (usd)", ("error code",)),
    _console("Plivo console, sent by e-mail: SMS › Logs › Export", "time", "message charge", ()),
    RecordShape(
        provider="plivo",
        title="Plivo API: GET /v1/Account/{auth_id}/Message/",
        needs=frozenset({"message_uuid", "message_time", "message_direction", "message_state"}),
        columns={
            "id": ("message_uuid",),
            "direction": ("message_direction",),
            "from": ("from_number",),
            "to": ("to_number",),
            "sent": ("message_time",),
            "status": ("message_state",),
            "error": ("error_code",),
            "price": ("total_amount",),
            "segments": ("units",),
            "webhook": ("message_state",),
        },
        read_number=international,
        utc=True,
        webhook_inbound=True,
        source="plivo.com/docs/messaging/api/messages",
    ),
)
