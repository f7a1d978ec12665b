"""Twilio: the console's CSV, the API, the daily bulk export, and the alerts of the debugger.

Sources, read 2026-11: the vendor's OpenAPI (twilio-oai, api.v2010.account.message, monitor.v1.alert),
twilio.com/docs/usage/bulkexport/day, twilio.com/docs/api/errors; for the CSV two public readers of it. Facts to know:

- `date_sent` of an inbound message is the time of the request to the webhook; the form of `SentDate` is not documented.
- `SentDate` is blank while a message is queued, and when it failed.
- A deleted or redacted message has no body.
- Alerts are kept for 30 days; many of them are about a message and not about a webhook.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from ...domain.bins import KEY
from ...domain.reconciliation.records import ProviderNote
from ...domain.roles import Role
from ...providers.kit.parties import north_american
from ..shape import ReadCell, RecordShape
from ..times import read_time

WEBHOOK_ERRORS = {
    "11200": "could not fetch the URL",
    "11205": "could not connect to the URL",
    "11210": "could not resolve the host name",
    "11215": "followed too many redirects",
    "11217": "got an invalid response",
    "11220": "the TLS handshake failed",
    "11235": "the certificate is not valid",
    "11236": "the certificate is not valid",
    "11237": "the certificate is not valid",
    "11751": "a media file is too large",
    "12100": "the response is not valid XML",
    "12200": "the response does not fit the schema",
    "12300": "the Content-Type of the response is not valid",
    "15003": "the status callback got an error",
}
"""The error codes that are about a call of a webhook, in our words (twilio.com/docs/api/errors)."""


def role_of(url: str) -> Role:
    """The role of a capture URL: the segment after the key, or the last one where no key can be recognised."""
    segments = [segment for segment in urlsplit(url).path.split("/") if segment]
    place = next((place for place, segment in enumerate(segments) if KEY.fullmatch(segment)), len(segments) - 2)
    named = segments[place + 1] if 0 <= place + 1 < len(segments) else ""
    return Role(named) if named in set(Role) else Role.PRIMARY


def bare_url(url: str) -> str | None:
    """An address without user, query and fragment; None for what is no address of HTTP."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    return f"{parts.scheme}://{host}{port}{parts.path}"[:500] if host and parts.scheme in ("http", "https") else None


def _alert(row: int, cell: ReadCell) -> Iterator[ProviderNote]:
    code, about = cell("error_code"), cell("resource_sid")
    url = bare_url(cell("request_url"))
    if code in WEBHOOK_ERRORS and about:
        yield ProviderNote(
            row=row,
            provider="twilio",
            about=about,
            ok=False,
            at=read_time(cell("date_generated") or cell("date_created")),
            code=code,
            url=url,
            role=None if url is None else role_of(url),
            note=f"{WEBHOOK_ERRORS[code]}, {code}",
        )


SHAPES = (
    RecordShape(
        provider="twilio",
        title="Twilio console: Monitor › Logs › Messaging › Export",
        needs=frozenset({"sid", "sentdate", "direction", "from", "to", "status"}),
        columns={
            "id": ("sid",),
            "direction": ("direction",),
            "from": ("from",),
            "to": ("to",),
            "text": ("body",),
            "sent": ("sentdate",),
            "status": ("status",),
            "error": ("errorcode",),
            "price": ("price",),
            "currency": ("priceunit",),
            "segments": ("numsegments",),
        },
        read_number=north_american,
        source="two public readers of the file",
    ),
    RecordShape(
        provider="twilio",
        title="Twilio API: GET /2010-04-01/Accounts/{AccountSid}/Messages.json, or a file of BulkExport",
        needs=frozenset({"sid", "date_created", "date_sent", "direction", "num_segments", "status"}),
        columns={
            "id": ("sid",),
            "direction": ("direction",),
            "from": ("from",),
            "to": ("to",),
            "text": ("body",),
            "created": ("date_created",),
            "sent": ("date_sent",),
            "ended": ("date_updated",),
            "status": ("status",),
            "error": ("error_code",),
            "price": ("price",),
            "currency": ("price_unit",),
            "segments": ("num_segments",),
        },
        read_number=north_american,
        source="twilio.com/docs/messaging/api/message-resource, twilio.com/docs/usage/bulkexport/day",
    ),
    RecordShape(
        provider="twilio",
        title="Twilio alerts: GET https://monitor.twilio.com/v1/Alerts",
        needs=frozenset({"resource_sid", "error_code", "request_url", "log_level"}),
        columns={"id": ("resource_sid",)},
        notes=_alert,
        source="twilio.com/docs/usage/monitor-alert",
    ),
)
