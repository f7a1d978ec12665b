"""Telnyx: detail records, message detail reports, and the deliveries of webhooks.

Sources, read 2026-11: the types of the vendor's client (telnyx-python, detail records, mdr reports, webhook
deliveries), developers.telnyx.com/api. Facts to know:

- `cli` is the sender and `cld` the recipient.
- `delivery_status` is that of the webhook; its values are not documented.
- The last four hours may be missing in a report.
- Of a group message there is one message id for all recipients.
"""

from collections.abc import Iterator

from ...domain.reconciliation.records import ProviderNote
from ...domain.statuses import Status, Word
from ..shape import ReadCell, RecordShape
from ..times import read_time
from .twilio import bare_url, role_of

MAX_ATTEMPTS = 50
"""Attempts of one delivery; Telnyx makes six."""

_WORDS = {
    "gwreject": Word(Status.FAILED, final=True),
    "gwtimeout": Word(Status.UNKNOWN, final=True),
    "dlrtimeout": Word(Status.UNKNOWN, final=True),
    "dlrunconfirmed": Word(Status.UNKNOWN, final=True),
}


def _attempts(row: int, cell: ReadCell) -> Iterator[ProviderNote]:
    """Each attempt of a delivery, the oldest first."""
    about = cell("webhook.payload.id")
    count = next((n for n in range(MAX_ATTEMPTS) if not cell(f"attempts.{n}.status")), MAX_ATTEMPTS)
    for number in range(count - 1, -1, -1) if about else ():
        attempt = f"attempts.{number}"
        ok = cell(f"{attempt}.status") == "delivered"
        status, error = cell(f"{attempt}.http.response.status"), cell(f"{attempt}.errors.0")
        url = bare_url(cell(f"{attempt}.http.request.url"))
        outcome = f"got {status}" if status else "got no response" + (f", error {error}" if error else "")
        yield ProviderNote(
            row=row,
            provider="telnyx",
            about=about,
            ok=ok,
            at=read_time(cell(f"{attempt}.started_at")),
            code=(status or error)[:40] or None,
            url=url,
            role=None if url is None else role_of(url),
            note=f"attempt {count - number} {outcome}"[:200],
        )


def _details(title: str, id: str, source: str) -> RecordShape:
    return RecordShape(
        provider="telnyx",
        title=title,
        needs=frozenset({id, "cli", "cld", "direction", "status", "created_at"}),
        lacks=frozenset() if id == "uuid" else frozenset({"uuid"}),
        columns={
            "id": (id,),
            "direction": ("direction",),
            "from": ("cli",),
            "to": ("cld",),
            "created": ("created_at",),
            "sent": ("sent_at",),
            "ended": ("completed_at",),
            "status": ("status",),
            "error": ("errors.0", "errors"),
            "price": ("cost",),
            "currency": ("currency",),
            "segments": ("parts",),
            "webhook": ("delivery_status",),
        },
        by_recipient="maybe",
        words=_WORDS,
        source=source,
    )


SHAPES = (
    _details("Telnyx API: GET /v2/detail_records?filter[record_type]=messaging", "uuid", "developers.telnyx.com/api"),
    _details("Telnyx API: GET /v2/reports/mdrs, or a batch report as CSV", "id", "developers.telnyx.com/api"),
    RecordShape(
        provider="telnyx",
        title="Telnyx API: GET /v2/webhook_deliveries",
        needs=frozenset({"webhook.payload.id", "webhook.event_type", "status", "started_at"}),
        columns={"id": ("webhook.payload.id",)},
        notes=_attempts,
        source="developers.telnyx.com/api/webhooks",
    ),
)
