"""The messages of a bin as the process that compares reads them."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from app.domain.messages.model import Direction
from app.domain.reconciliation.model import Interval
from app.domain.roles import Role
from app.domain.signatures import Judgement, SignatureVerdict
from app.domain.statuses import Status
from app.errors import NotReadable
from app.storage import seen_messages
from app.storage.postgres.ledger_rows import open_shared_ledger_rows
from app.storage.seen_messages import Moments, OpenLedger, SeenReader
from app.storage.sqlite.ledger_rows import open_ledger_rows
from app.store import Store
from tests.postgres import Database
from tests.storage.builders import a_bin, stating
from tests.storage.ledger.events import THEM, US, an_inbound, callback

AT = datetime(2026, 11, 25, 20, tzinfo=UTC)
AT_US = int(AT.timestamp()) * 1_000_000


@pytest.fixture
def opened(tmp_path: Path, database_of_engine: Database | None) -> OpenLedger:
    """The ledger of `store`."""
    if database_of_engine is None:
        return partial(open_ledger_rows, tmp_path / "data" / "ledger.db")
    return partial(open_shared_ledger_rows, database_of_engine.url)


@pytest.fixture(params=[1, 2, 5_000])
def _step(request, monkeypatch) -> None:
    """However many rows a statement returns, the result is the same."""
    monkeypatch.setattr(seen_messages, "STEP", request.param)


@pytest.mark.usefixtures("_step")
async def test_messages_come_with_their_captures_and_urls(store: Store, opened: OpenLedger) -> None:
    bin, other = await a_bin(store), await a_bin(store)
    genuine = Judgement(verdict=SignatureVerdict.VALID)
    for at in (AT, AT + timedelta(seconds=1)):
        await store.add_capture(stating(bin, Role.PRIMARY, an_inbound("in-1"), at=at, salt="a", signature=genuine))
    await store.add_capture(stating(bin, Role.FALLBACK, an_inbound("in-2", "ho"), at=AT + timedelta(seconds=2)))
    (sent,) = callback("out-1").events
    (ended,) = callback("out-1", Status.DELIVERED).events
    await store.add_capture(stating(bin, Role.STATUS, sent, at=AT + timedelta(seconds=3)))
    await store.add_capture(stating(bin, Role.STATUS, ended, at=AT + timedelta(seconds=4)))
    await store.add_capture(stating(other, Role.PRIMARY, an_inbound("in-3"), at=AT))
    await store.get_bin(bin.id)
    counts: list[int] = []
    reader = SeenReader(opened, bin.id, counts.append)
    first, second, third = reader.messages()
    assert counts[-1] == 3
    assert (first.message_id, first.direction, first.sender, first.recipient) == ("in-1", Direction.INBOUND, THEM, US)
    assert (first.captures, first.repeats, first.primary, first.fallback) == ((1, 2), 1, True, False)
    assert (first.text, first.received_us, first.genuine) == ("hi", AT_US, True)
    assert (second.captures, second.primary, second.fallback, second.text) == ((3,), False, True, "ho")
    assert (third.direction, third.captures, third.provider) == (Direction.OUTBOUND, (4, 5), "ytel")
    assert (third.status, third.final, third.pieces) == (Status.DELIVERED, True, False)
    assert (third.ended_us, third.primary, third.fallback) == (AT_US + 4_000_000, False, False)
    assert reader.parties([third.message, 99])[third.message].message_id == "out-1"
    assert list(reader.parties([99])) == []


async def test_an_endless_message_names_its_first_captures(store: Store, opened: OpenLedger, monkeypatch) -> None:
    monkeypatch.setattr(seen_messages, "MOST_CAPTURES", 3)
    bin = await a_bin(store)
    for _ in range(5):
        await store.add_capture(stating(bin, Role.PRIMARY, an_inbound("in-1"), at=AT, salt="a"))
    await store.get_bin(bin.id)
    (found,) = SeenReader(opened, bin.id).messages()
    assert (found.captures, found.repeats) == ((1, 2, 3), 4)


async def test_a_bin_that_is_not_parsed_cannot_be_read(store: Store, opened: OpenLedger) -> None:
    await store.all_bins()
    with pytest.raises(NotReadable, match="being parsed"):
        list(SeenReader(opened, "unknown").messages())


@pytest.mark.parametrize(
    "opened",
    [
        partial(open_ledger_rows, Path("/there/is/no/ledger.db")),
        partial(open_shared_ledger_rows, "postgresql://smsbin:secret@127.0.0.1:1/smsbin"),
    ],
    ids=["sqlite", "postgresql"],
)
def test_a_ledger_that_is_not_there_cannot_be_read(opened: OpenLedger) -> None:
    reader = SeenReader(opened, "unknown")
    for read in (lambda: list(reader.messages()), lambda: reader.parties([1])):
        with pytest.raises(NotReadable, match="cannot be read") as error:
            read()
        assert "secret" not in str(error.value)


def test_times_near_each_other_are_one_interval() -> None:
    moments = Moments(near_us=10)
    for at in (100, 105, 95, 200, 211, 90):
        moments.add(at)
    assert moments.intervals() == (Interval(90, 105), Interval(200, 200), Interval(211, 211))


def test_endless_times_are_joined_more_coarsely(monkeypatch) -> None:
    monkeypatch.setattr(seen_messages, "MOST_INTERVALS", 4)
    moments = Moments(near_us=1)
    for at in range(0, 1_000, 10):
        moments.add(at)
    found = moments.intervals()
    assert len(found) <= 4
    assert (found[0].start_us, found[-1].end_us) == (0, 990)
