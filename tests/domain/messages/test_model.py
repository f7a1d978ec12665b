"""What follows from a message as it stands, and the pace of many."""

from datetime import UTC, datetime

import msgspec
import pytest

from app.domain.messages.model import STUCK, Direction, Message, Pace
from app.domain.statuses import Status

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
NONE = dict.fromkeys(
    ("sender_said", "recipient_said", "text", "raw_status", "price", "currency", "error_code", "segments", "encoding")
)
OUTBOUND = Message(
    provider="ytel", message_id="m", direction=Direction.OUTBOUND, sender="+1", recipient="+2", media=(),
    status=Status.QUEUED, final=False, first_at=AT, last_at=AT, final_at=None, last_n=1, **NONE,
)  # fmt: skip
INBOUND = msgspec.structs.replace(OUTBOUND, direction=Direction.INBOUND)


def test_a_message_is_open_while_a_callback_is_expected() -> None:
    assert OUTBOUND.is_open
    assert not INBOUND.is_open
    assert not msgspec.structs.replace(OUTBOUND, final=True).is_open
    assert not msgspec.structs.replace(OUTBOUND, findings=(STUCK,)).is_open


def test_our_number_is_the_recipient_of_what_comes_in_and_the_sender_of_what_goes_out() -> None:
    assert (OUTBOUND.ours, OUTBOUND.theirs) == ("+1", "+2")
    assert (INBOUND.ours, INBOUND.theirs) == ("+2", "+1")


@pytest.mark.parametrize(
    ("key", "due"), [("108|3|+1|+2", 3), (None, None), ("", None), ("108|x|+1|+2", None), ("a|108|3", None)]
)
def test_a_long_message_has_as_many_pieces_as_its_key_says(key: str | None, due: int | None) -> None:
    assert msgspec.structs.replace(OUTBOUND, piece_key=key).pieces_due == due


def test_a_percentile_is_by_the_nearest_rank() -> None:
    pace = Pace(points=tuple((AT, float(seconds), seconds > 8) for seconds in (9, 1, 5, 10)), outbound=7)
    assert [pace.percentile(percent) for percent in (0, 25, 50, 51, 95, 100)] == [1, 1, 5, 9, 10, 10]
    assert pace.failed_share == 0.5


def test_without_a_message_that_has_ended_there_is_no_pace() -> None:
    empty = Pace(points=(), outbound=3)
    assert (empty.percentile(50), empty.failed_share) == (None, None)
