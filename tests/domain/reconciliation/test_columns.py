"""Messages and records as columns of numbers."""

import pytest

from app.domain.messages.model import Direction
from app.domain.reconciliation.columns import (
    FREE,
    M_FALLBACK,
    M_INBOUND,
    M_MADE,
    M_PRIMARY,
    NO_PRICE,
    NO_STATUS,
    NO_TIME,
    R_HAS_ID,
    R_INBOUND,
    R_WEBHOOK_FAILED,
    R_ZONED,
    MessageTable,
    Names,
    PendingTable,
    RecordTable,
    ordered_by,
    price_of,
)
from app.domain.reconciliation.digests import Digests
from app.domain.reconciliation.model import SeenMessage
from app.domain.reconciliation.records import Record, RecordTime
from app.domain.statuses import Status

DIGESTS = Digests(b"key")


def _message(number: int, **changed: object) -> SeenMessage:
    values: dict[str, object] = {
        "message": number, "provider": "twilio", "message_id": f"SM{number}", "direction": Direction.INBOUND,
        "sender": "+14155550123", "recipient": "+12125550199", "text": "hello", "received_us": number, "ended_us": None,
        "status": Status.RECEIVED, "final": True, "captures": (number, number + 100),
    }  # fmt: skip
    return SeenMessage(**(values | changed))  # type: ignore[arg-type]


def test_a_message_is_found_by_one_of_its_ids() -> None:
    table = MessageTable(DIGESTS, Names())
    for number in (3, 1, 2):
        table.add(_message(number))
    assert [table.find((id,)) for id in ("sm3", " SM1 ", "SM2", "SM4")] == [0, 1, 2, -1]
    assert table.find(("x", "SM2")) == 2
    assert table.find(()) == -1
    assert [table.captures(place) for place in range(3)] == [(3, 103), (1, 101), (2, 102)]
    assert table.ours == {"+12125550199"}
    table.forget_ids()
    assert len(table) == 3


def test_nothing_is_found_in_an_empty_table() -> None:
    assert MessageTable(DIGESTS, Names()).find(("a",)) == -1


def test_what_a_message_is_becomes_flags() -> None:
    table = MessageTable(DIGESTS, Names())
    table.add(_message(1, primary=True, message_id="made-1", repeats=1_000, segments=10**6, price="-0.05"))
    table.add(_message(2, direction=Direction.OUTBOUND, fallback=True, ended_us=9))
    assert table.flags[0] & (M_INBOUND | M_PRIMARY | M_FALLBACK | M_MADE) == M_INBOUND | M_PRIMARY | M_MADE
    assert (table.is_inbound(0), table.is_inbound(1)) == (True, False)
    assert (table.repeats[0], table.segments[0], table.price[0]) == (255, 65_535, 50_000)
    assert list(table.ended) == [NO_TIME, 9]
    assert table.state[0] == FREE


def test_a_record_keeps_its_times_and_flags() -> None:
    table = RecordTable()
    table.add(Record(row=4, part=2, ids=("a",), sent=RecordTime(5, zoned=False), webhook_ok=False), True, -1, 0)
    table.add(Record(row=5), False, 7, 0)
    assert (table.row[0], table.part[0], table.at[0], table.ended[0], table.match[0]) == (4, 2, 5, NO_TIME, -1)
    assert table.flags[0] == R_HAS_ID | R_INBOUND | R_WEBHOOK_FAILED
    assert (table.at[1], table.match[1], table.flags[1]) == (NO_TIME, 7, R_ZONED)
    assert len(table) == 2


def test_a_pending_record_keeps_what_it_may_be_found_by() -> None:
    table = PendingTable(DIGESTS, Names())
    table.add(Record(row=1, sender="+141556…", recipient="+12125550199", vague=True, text="a"), 0)
    table.add(Record(row=2, ids=("x",), price="1", segments=2, status=Status.SENT, sent=RecordTime(1, unit_us=7)), 1)
    assert table.partial == {0: ("+141556…", "+12125550199")}
    assert (table.id[0], table.status[0], table.price[0]) == (0, NO_STATUS, NO_PRICE)
    assert (table.id[1], table.unit[1], table.segments[1]) == (DIGESTS.of_id("x"), 7, 2)
    assert len(table) == 2


def test_places_are_ordered_by_value() -> None:
    table = RecordTable()
    for row in (3, 1, 2):
        table.add(Record(row=row), True, -1, 0)
    assert list(ordered_by(table.row)) == [1, 2, 0]


@pytest.mark.parametrize(
    ("price", "millionths"),
    [("-0.0079", 7_900), ("0.0079000", 7_900), ("+1", 1_000_000), ("0,07", 70_000), (".5", 500_000), ("0.00000049", 0),
     ("", NO_PRICE), (None, NO_PRICE), ("free", NO_PRICE), ("1e3", NO_PRICE), ("9" * 30, NO_PRICE), (".", NO_PRICE)],
)  # fmt: skip
def test_prices_are_compared_as_whole_numbers(price: str | None, millionths: int) -> None:
    assert price_of(price) == millionths


def test_names_have_short_codes() -> None:
    names = Names()
    assert [names.code(name) for name in ("a", None, "a", "b")] == [0, 1, 0, 2]
    assert {names.code(str(n)) for n in range(1_000)} <= set(range(256))
