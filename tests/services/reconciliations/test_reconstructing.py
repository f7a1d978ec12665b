"""Lost records as requests of the provider."""

from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from msgspec.structs import replace

from app.domain.messages.model import Direction
from app.domain.reconciliation.verdicts import RecordVerdict
from app.domain.roles import Kind, Role
from app.errors import Invalid
from app.providers import recognise
from app.services.reconciliations.reconstructing import MARK, problem_of, reconstruct
from tests.storage.results import A_RECORD

NOW = datetime(2026, 11, 29, tzinfo=UTC)
URL = "https://example.net/sms"


def test_an_inbound_record_is_read_as_the_message_that_was_lost() -> None:
    raw, role = reconstruct(A_RECORD, "1/1", URL, NOW)
    assert (role, raw.header(MARK.lower().encode())) == (Role.PRIMARY, b"1/1")
    (event,) = recognise(raw, role, None).events
    assert (event.kind, event.message_id, event.sender, event.recipient, event.text) == (
        Kind.INBOUND, "SM1", "+14155550123", "+14155550100", "hi",
    )  # fmt: skip


def test_an_outbound_record_is_the_callback_with_its_status() -> None:
    record = replace(A_RECORD, direction=Direction.OUTBOUND, verdict=RecordVerdict.NO_FINAL, word="undelivered")
    raw, role = reconstruct(record, "1/1", URL, NOW)
    assert role is Role.STATUS
    assert parse_qs(raw.body.decode())["MessageStatus"] == ["undelivered"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"verdict": RecordVerdict.SEEN}, "is not lost"),
        ({"provider": None}, "has no known provider"),
        ({"message_id": None}, "has no message id"),
        ({"direction": Direction.OUTBOUND, "word": None}, "has no status"),
    ],
)
def test_what_cannot_be_composed_says_why(changes: dict, words: str) -> None:
    record = replace(A_RECORD, **changes)
    with pytest.raises(Invalid, match=words):
        reconstruct(record, "1/1", URL, NOW)
    assert problem_of(record, None) is not None


def test_a_file_of_unknown_columns_takes_the_provider_of_the_bin() -> None:
    record = replace(A_RECORD, provider=None)
    assert problem_of(record, "plivo") is None
    raw, _ = reconstruct(record, "1/1", URL, NOW, "plivo")
    assert b"MessageUUID=SM1" in raw.body
