"""WhatsApp's own webhook: messages and statuses of all changes, in order."""

from datetime import UTC, datetime

from app.domain.roles import Kind
from app.parsing import JsonValue
from app.providers.kit.whatsapp import read_entry

METADATA: JsonValue = {"display_phone_number": "19495550142"}
MESSAGE: JsonValue = {"from": "17145550163", "id": "wamid.1", "timestamp": "1720689990", "text": {"body": "hi"}}
STATUS: JsonValue = {"id": "wamid.2", "status": "read", "timestamp": "1720689991", "recipient_id": "17145550163"}


def test_messages_and_statuses_are_events_in_order() -> None:
    value: JsonValue = {"metadata": METADATA, "messages": [MESSAGE], "statuses": [STATUS]}
    inbound, status = read_entry({"changes": [{"value": value}]})
    assert (inbound.kind, inbound.message_id, inbound.text) == (Kind.INBOUND, "wamid.1", "hi")
    assert (inbound.sender_said, inbound.recipient_said) == ("17145550163", "19495550142")
    assert inbound.said_at == datetime(2024, 7, 11, 9, 26, 30, tzinfo=UTC)
    assert (status.kind, status.message_id, status.raw_status) == (Kind.STATUS, "wamid.2", "read")
    assert (status.sender_said, status.recipient_said) == ("19495550142", "17145550163")


def test_the_first_error_of_a_status_is_its_code() -> None:
    failed: JsonValue = {"id": "w", "status": "failed", "errors": [{"code": 131026}, {"code": 1}]}
    (status,) = read_entry({"changes": [{"value": {"statuses": [failed]}}]})
    assert status.error_code == "131026"


def test_a_change_of_something_else_is_no_event() -> None:
    assert list(read_entry({"changes": [{"field": "account_update", "value": {"event": "x"}}, None, "x"]})) == []
    assert list(read_entry(None)) == list(read_entry({"changes": [{"value": {"messages": ["x"]}}]})) == []
