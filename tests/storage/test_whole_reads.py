"""What exports rely on: pages of complete captures, and messages in the order in which they began."""

from app.domain.bins import Bin
from app.domain.events import Event
from app.domain.roles import Kind, Role
from app.domain.statuses import Status
from app.store import Store

from .builders import a_bin, a_capture, stating


async def _tell(store: Store, bin: Bin, message_id: str, status: Status = Status.QUEUED) -> None:
    event = Event(kind=Kind.STATUS, message_id=message_id, status=status, raw_status=status.value)
    await store.add_capture(stating(bin, Role.STATUS, event))


async def test_several_captures_come_whole_and_in_order_and_what_is_gone_is_left_out(store: Store) -> None:
    bin, other = await a_bin(store), await a_bin(store)
    for body in (b"1", b"2", b"3"):
        await store.add_capture(a_capture(bin, body=body))
        await store.add_capture(a_capture(other, body=b"other"))
    await store.drop_capture(bin.id, 2)
    found = await store.get_captures(bin.id, [3, 2, 1, 99])
    assert [(capture.row.n, capture.raw.body) for capture in found] == [(1, b"1"), (3, b"3")]
    assert found == [await store.get_capture(bin.id, n) for n in (1, 3)]


async def test_captures_come_with_their_events(store: Store) -> None:
    bin = await a_bin(store)
    await _tell(store, bin, "a")
    await store.add_capture(a_capture(bin, body=b""))
    await _tell(store, bin, "b")
    captures = await store.get_captures(bin.id, [1, 2, 3])
    assert [[event.message_id for event in capture.events] for capture in captures] == [["a"], [], ["b"]]


async def test_messages_in_the_order_of_their_first_event_page_by_id(store: Store) -> None:
    bin, other = await a_bin(store), await a_bin(store)
    for name in "abc":
        await _tell(store, bin, name)
        await _tell(store, other, name)
    await _tell(store, bin, "a", Status.SENT)
    first = await store.messages_from(bin.id, after=0, limit=2)
    rest = await store.messages_from(bin.id, after=first[-1].id, limit=2)
    assert [message.message_id for message in (*first, *rest)] == ["a", "b", "c"]
    assert first[0].captures == (1, 4)
    assert rest[-1].id == await store.last_message_id(bin.id)


async def test_messages_of_a_cleared_bin_are_gone_from_there_too(store: Store) -> None:
    bin = await a_bin(store)
    await _tell(store, bin, "a")
    await store.drop_captures(bin.id)
    await _tell(store, bin, "b")
    assert [message.message_id for message in await store.messages_from(bin.id, after=0, limit=9)] == ["b"]
