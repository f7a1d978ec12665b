"""Words for directions, statuses and webhooks."""

import pytest

from app.domain.messages.model import Direction
from app.domain.statuses import Status, Word
from app.records.words import direction_of, meaning_of_status, webhook_accepted


@pytest.mark.parametrize("word", ["inbound", "INBOUND", "in", "mo", "Incoming", " received "])
def test_inbound_in_all_spellings(word: str) -> None:
    assert direction_of(word) is Direction.INBOUND


@pytest.mark.parametrize(
    "word", ["outbound", "outbound-api", "outbound-reply", "outbound-call", "OUTBOUND", "out", "mt", "Outgoing"]
)
def test_outbound_in_all_spellings(word: str) -> None:
    assert direction_of(word) is Direction.OUTBOUND


def test_a_word_of_the_mapping_comes_first() -> None:
    assert direction_of("sideways") is None
    assert direction_of("Ein", {"ein": Direction.INBOUND}) is Direction.INBOUND


@pytest.mark.parametrize(
    ("word", "provider", "status"),
    [
        ("DELIVERED", "telnyx", Status.DELIVERED),
        ("DELIVERED", "bandwidth", Status.DELIVERED),
        ("Delivered", "sinch", Status.DELIVERED),
        ("success", "ytel", Status.SENT),
        ("DELIVERED_TO_OPERATOR", "infobip", Status.SENT),
        ("undelivered", "plivo", Status.UNDELIVERED),
        ("DELIVRD", None, Status.DELIVERED),
        ("something new", "twilio", Status.UNKNOWN),
    ],
)
def test_a_word_means_what_it_means_in_webhooks(word: str, provider: str | None, status: Status) -> None:
    assert meaning_of_status(word, provider, {}).status is status


def test_a_word_of_the_shape_comes_first() -> None:
    own = {"gwreject": Word(Status.FAILED, final=True)}
    assert meaning_of_status("GW_REJECT", "telnyx", own) == Word(Status.FAILED, final=True)


@pytest.mark.parametrize(
    ("word", "ok"),
    [("200", True), ("204", True), ("502", False), ("0", False), ("delivered", True), ("webhook_delivered", True),
     ("FAILED", False), ("undelivered", False), ("pending", None), ("", None)],
)  # fmt: skip
def test_whether_a_webhook_was_accepted(word: str, ok: bool | None) -> None:
    assert webhook_accepted(word) is ok
