"""Record files of every provider, written from a list of messages: for tests in which it is known what was lost."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

OURS = "+12125550199"


@dataclass(frozen=True, slots=True)
class Sent:
    """A message at the provider. Outbound ones end two seconds later."""

    id: str
    inbound: bool
    theirs: str
    at: datetime
    text: str
    failed: bool = False

    @property
    def sender(self) -> str:
        return self.theirs if self.inbound else OURS

    @property
    def recipient(self) -> str:
        return OURS if self.inbound else self.theirs

    @property
    def ended(self) -> datetime:
        return self.at + timedelta(seconds=2)

    @property
    def status(self) -> str:
        return "received" if self.inbound else "failed" if self.failed else "delivered"


Writer = Callable[[Sequence[Sent], timedelta], bytes]


@dataclass(frozen=True, slots=True)
class Written:
    """A form of file. `local`: its times have no zone. `ends`: it has the time of the final status. `id_of`: the id
    that a bin has."""

    write: Writer
    inbound: bool = True
    outbound: bool = True
    local: bool = False
    ends: bool = False
    text: bool = True
    id_of: Callable[[Sent], str] = lambda sent: sent.id


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _bare(digits: str) -> str:
    return digits.removeprefix("+")


def _table(header: Sequence[str], rows: Sequence[Sequence[object]], **options: object) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, **options)  # type: ignore[arg-type]
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue().encode()


def _twilio_console(sent: Sequence[Sent], _offset: timedelta) -> bytes:
    names = "From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,Price,PriceUnit"
    return _table(
        names.split(","),
        [
            (s.sender, s.recipient, s.text, s.status, _iso(s.at), "2010-04-01", 1, "30003" if s.failed else "", "AC0",
             s.id, "inbound" if s.inbound else "outbound-api", "-0.0079", "USD")
            for s in reversed(sent)
        ],
        quoting=csv.QUOTE_ALL,
    )  # fmt: skip


def _twilio_rows(sent: Sequence[Sent], stamp: Callable[[datetime], str]) -> list[dict[str, object]]:
    return [
        {
            "body": s.text, "num_segments": "1", "direction": "inbound" if s.inbound else "outbound-reply",
            "from": s.sender, "to": s.recipient, "date_updated": stamp(s.ended), "price": None, "account_sid": "AC0",
            "status": s.status, "sid": s.id, "date_sent": stamp(s.at), "date_created": stamp(s.at), "error_code": None,
        }
        for s in sent
    ]  # fmt: skip


def _twilio_api(sent: Sequence[Sent], _offset: timedelta) -> bytes:
    return json.dumps({"messages": _twilio_rows(sent, format_datetime), "page": 0}).encode()


def _twilio_bulk(sent: Sequence[Sent], _offset: timedelta) -> bytes:
    return "\n".join(json.dumps(row) for row in _twilio_rows(sent, _iso)).encode()


def _plivo_console(sent: Sequence[Sent], offset: timedelta) -> bytes:
    return _table(
        ["Message UUID", "From", "To", "Direction", "Message Time", "Status", "Error Code", "Units"],
        [
            (s.id, _bare(s.sender), _bare(s.recipient), "inbound" if s.inbound else "outbound",
             (s.at + offset).strftime("%Y-%m-%d %H:%M:%S"), "" if s.inbound else s.status, "", 1)
            for s in sent
        ],
        delimiter=";",
    )  # fmt: skip


def _plivo_api(sent: Sequence[Sent], _offset: timedelta) -> bytes:
    rows = [
        {
            "from_number": _bare(s.sender), "to_number": _bare(s.recipient), "message_uuid": s.id, "units": 1,
            "message_direction": "inbound" if s.inbound else "outbound", "message_state": "" if s.inbound else s.status,
            "message_time": s.at.strftime("%Y-%m-%d %H:%M:%S.%f+00:00"),
        }
        for s in sent
    ]  # fmt: skip
    return json.dumps({"meta": {"limit": 20}, "objects": rows}).encode()


def _telnyx(id: str) -> Writer:
    def write(sent: Sequence[Sent], _offset: timedelta) -> bytes:
        rows = [
            {
                id: s.id, "cli": s.sender, "cld": s.recipient, "direction": "inbound" if s.inbound else "outbound",
                "status": s.status.upper(), "created_at": _iso(s.at), "sent_at": _iso(s.at), "parts": 1,
                "completed_at": _iso(s.ended),
            }
            for s in sent
        ]  # fmt: skip
        return json.dumps({"data": rows, "meta": {}}).encode("utf-16")

    return write


def _vonage(*, inbound: bool) -> Writer:
    def write(sent: Sequence[Sent], _offset: timedelta) -> bytes:
        names = ["account_id", "message_id", "direction", "from", "to", "message_body", "date_received", "currency"]
        rows = [
            ["a", s.id, "inbound" if s.inbound else "outbound", _bare(s.sender), _bare(s.recipient), s.text,
             s.at.strftime("%Y-%m-%dT%H:%M:%S+0000"), "EUR"]
            for s in sent
        ]  # fmt: skip
        if not inbound:
            names += ["date_finalized", "status"]
            for row, s in zip(rows, sent, strict=True):
                row += [s.ended.strftime("%Y-%m-%dT%H:%M:%S+0000"), s.status]
        return _table(names, rows)

    return write


def _bandwidth(sent: Sequence[Sent], _offset: timedelta) -> bytes:
    rows = [
        {
            "messageId": s.id, "sourceTn": s.sender, "destinationTn": s.recipient, "messageStatus": s.status.upper(),
            "messageDirection": "INBOUND" if s.inbound else "OUTBOUND", "segmentCount": 1, "receiveTime": _iso(s.at),
        }
        for s in sent
    ]  # fmt: skip
    return json.dumps({"totalCount": len(sent), "pageInfo": {}, "messages": rows}).encode()


def _sinch_inbounds(sent: Sequence[Sent], _offset: timedelta) -> bytes:
    rows = [
        {
            "type": "mo_text", "id": s.id, "from": _bare(s.sender), "to": _bare(s.recipient), "body": s.text,
            "received_at": _iso(s.at),
        }
        for s in sent
    ]  # fmt: skip
    return json.dumps({"count": len(sent), "inbounds": rows}).encode()


def _sinch_reports(sent: Sequence[Sent], _offset: timedelta) -> bytes:
    rows = [
        {
            "batch_id": s.id, "recipient": _bare(s.recipient), "status": s.status.title(), "at": _iso(s.ended),
            "applied_originator": _bare(s.sender), "operator_status_at": _iso(s.at),
        }
        for s in sent
    ]  # fmt: skip
    return json.dumps({"count": len(sent), "delivery_reports": rows}).encode()


def _infobip(sent: Sequence[Sent], _offset: timedelta) -> bytes:
    def stamp(at: datetime) -> str:
        return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")

    rows = [
        {
            "sender": _bare(s.sender), "destination": _bare(s.recipient), "messageId": s.id, "sentAt": stamp(s.at),
            "doneAt": stamp(s.ended), "status": {"groupName": "UNDELIVERABLE" if s.failed else "DELIVERED"},
            "content": {"text": s.text},
        }
        for s in sent
    ]  # fmt: skip
    return json.dumps({"results": rows}).encode()


def _messagebird(sent: Sequence[Sent], _offset: timedelta) -> bytes:
    rows = [
        {
            "id": s.id, "direction": "mo" if s.inbound else "mt", "originator": _bare(s.sender), "body": s.text,
            "createdDatetime": s.at.isoformat(),
            "recipients": {"items": [{
                "recipient": int(_bare(s.recipient)), "statusDatetime": s.ended.isoformat(),
                "status": "delivery_failed" if s.failed else "received" if s.inbound else "delivered",
            }]},
        }
        for s in sent
    ]  # fmt: skip
    return json.dumps({"offset": 0, "items": rows}).encode()


def _signalwire(sent: Sequence[Sent], _offset: timedelta) -> bytes:
    rows = [
        {
            "id": "row-" + s.id, "from": s.sender, "to": s.recipient, "status": s.status, "kind": "sms",
            "direction": "inbound" if s.inbound else "outbound", "url": f"/api/laml/Messages/{s.id}",
            "created_at": _iso(s.at),
        }
        for s in sent
    ]  # fmt: skip
    return json.dumps({"links": {}, "data": rows}).encode()


def _clicksend(sent: Sequence[Sent], _offset: timedelta) -> bytes:
    rows = [
        {
            "direction": "in" if s.inbound else "out", "date": int(s.at.timestamp()), "to": s.recipient, "body": s.text,
            "from": s.sender, "message_id": s.id, "status": s.status.title(),
        }
        for s in sent
    ]  # fmt: skip
    return json.dumps({"data": {"total": len(sent), "data": rows}}).encode()


def _ytel(sent: Sequence[Sent], _offset: timedelta) -> bytes:
    rows = [
        {
            "MessageSid": s.id, "From": s.sender, "To": s.recipient, "Body": s.text,
            "DateSent": s.at.strftime("%Y-%m-%d %H:%M:%S"), "Status": s.status,
        }
        for s in sent
    ]  # fmt: skip
    return json.dumps({"Message360": {"Messages": {"Message": rows}}}).encode()


FORMS = {
    "twilio-console": Written(_twilio_console),
    "twilio-api": Written(_twilio_api, ends=True),
    "twilio-bulk": Written(_twilio_bulk, ends=True),
    "plivo-console": Written(_plivo_console, local=True, text=False),
    "plivo-api": Written(_plivo_api, text=False),
    "telnyx-detail": Written(_telnyx("uuid"), ends=True, text=False),
    "telnyx-mdrs": Written(_telnyx("id"), ends=True, text=False),
    "vonage-inbound": Written(_vonage(inbound=True), outbound=False),
    "vonage-outbound": Written(_vonage(inbound=False), inbound=False, ends=True),
    "bandwidth": Written(_bandwidth, text=False),
    "sinch-inbounds": Written(_sinch_inbounds, outbound=False),
    "sinch-reports": Written(
        _sinch_reports, inbound=False, ends=True, text=False, id_of=lambda sent: f"{sent.id}:{sent.recipient}"
    ),
    "infobip": Written(_infobip, inbound=False, ends=True),
    "messagebird": Written(_messagebird, ends=True),
    "signalwire": Written(_signalwire, text=False),
    "clicksend": Written(_clicksend),
    "ytel": Written(_ytel),
}
UTC_NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
