"""Plivo: the status of an inbound message is about the webhook."""

from app.domain.messages.model import Direction
from app.domain.reconciliation.records import ProviderNote, RecordTime
from app.domain.statuses import Status
from tests.records.support import entries, records, sample


def test_both_forms_of_the_console_and_the_api_give_the_same_message() -> None:
    download, emailed, api = (
        records(sample(name))[0] for name in ("plivo-mdr-download.csv", "plivo-mdr-emailed.csv", "plivo-messages.json")
    )
    for row in (download, emailed, api):
        assert row.ids == ("6a3e0f2c-0e2b-11f0-9d3a-0242ac110001",)
        assert (row.sender, row.recipient, row.direction) == ("+14155550123", "+12125550199", Direction.INBOUND)
        assert (row.status, row.word, row.webhook_ok, row.segments) == (Status.RECEIVED, "delivered", True, 1)
        assert row.price == "0.00550"
    assert download.time == RecordTime(1_795_896_001_000_000, zoned=False)
    assert api.time == RecordTime(1_795_896_001_123_456, unit_us=1)


def test_an_undelivered_inbound_message_is_a_failed_webhook() -> None:
    for name in ("plivo-mdr-download.csv", "plivo-messages.json"):
        notes = [entry for entry in entries(sample(name)) if isinstance(entry, ProviderNote)]
        assert [(note.row, note.about[-1], note.code) for note in notes] == [(4, "4", "undelivered")]


def test_an_undelivered_outbound_message_has_failed() -> None:
    row = records(sample("plivo-mdr-download.csv"))[2]
    assert (row.status, row.final, row.error_code, row.webhook_ok) == (Status.UNDELIVERED, True, "80", None)
