"""The messages that every store folds from events: one row for each message, and nothing left of deleted captures."""

from datetime import datetime, timedelta

import pytest

from app import clock
from app.domain.bins import Bin
from app.domain.captures import Captured, MessageChanged, NewCapture
from app.domain.events import Event, Piece
from app.domain.roles import Kind, Role
from app.domain.statuses import Status, Word
from app.errors import Invalid, NotFound
from app.store import Store

from .builders import a_bin, stating, sweep
from .conftest import read_again, until

US, THEM = "+14155550100", "+14155550123"


def _inbound(text: str = "hi", message_id: str = "in-1", **more: object) -> Event:
    values = {"sender": THEM, "recipient": US, "status": Status.RECEIVED, "final": True}
    return Event(kind=Kind.INBOUND, message_id=message_id, text=text, **values | more)


def _status(status: Status, message_id: str = "out-1", *, final: bool = False, **more: object) -> Event:
    values = {"sender": US, "recipient": THEM, "raw_status": status.value, "final": final}
    return Event(kind=Kind.STATUS, message_id=message_id, status=status, **values | more)


async def _keep(store: Store, bin: Bin, *events: Event, salt: str | None = None, at: datetime | None = None) -> int:
    role = Role.PRIMARY if events[0].kind is Kind.INBOUND else Role.STATUS
    return await store.add_capture(stating(bin, role, *events, salt=salt, at=at))


async def test_callbacks_of_one_message_make_one_row_with_a_timeline(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, _status(Status.QUEUED, text="hello"))
    await _keep(store, bin, _status(Status.DELIVERED, final=True))
    (message,) = await store.list_messages(bin.id, limit=10)
    assert (message.status, message.final, message.text) == (Status.DELIVERED, True, "hello")
    assert (message.sender, message.recipient, message.captures) == (US, THEM, (1, 2))
    same, steps = await store.get_message(bin.id, "ytel", "out-1")
    assert same == message
    assert [(step.n, step.status, step.late) for step in steps] == [
        (1, Status.QUEUED, False),
        (2, Status.DELIVERED, False),
    ]


async def test_a_batch_in_one_request_makes_a_row_each(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, _status(Status.SENT, "a"), _status(Status.SENT, "b"), _status(Status.SENT, "c"))
    messages = await store.list_messages(bin.id, limit=10)
    assert [message.message_id for message in messages] == ["c", "b", "a"]
    capture = await store.get_capture(bin.id, 1)
    assert [event.message_id for event in capture.events] == ["a", "b", "c"]
    assert [message.message_id for message in await store.messages_of(bin.id, 1)] == ["a", "b", "c"]


async def test_a_repeat_is_of_the_first_capture_with_the_same_content_and_message(store: Store) -> None:
    bin = await a_bin(store)
    both = (_inbound("a", "in-1"), _inbound("b", "in-2"))
    await _keep(store, bin, *both, salt="1")
    await _keep(store, bin, _inbound("a", "in-1"), salt="2")
    for _ in range(2):
        await _keep(store, bin, *both, salt="1")
    await _keep(store, bin, _inbound("c", "in-3"))
    await store.list_messages(bin.id, limit=1)
    found = {n: [await store.repeat_of(bin.id, n, position) for position in range(2)] for n in range(1, 7)}
    assert found == {1: [None, None], 2: [None, None], 3: [1, 1], 4: [1, 1], 5: [None, None], 6: [None, None]}
    await store.drop_capture(bin.id, 1)
    await store.list_messages(bin.id, limit=1)
    assert await store.repeat_of(bin.id, 4, 0) == 3
    with pytest.raises(NotFound):
        await store.repeat_of("none", 1, 0)


async def test_the_last_changed_message_comes_first_and_pages_by_seq(store: Store) -> None:
    bin = await a_bin(store)
    for name in "abc":
        await _keep(store, bin, _status(Status.QUEUED, name))
    await _keep(store, bin, _status(Status.SENT, "a"))
    page = await store.list_messages(bin.id, limit=2)
    rest = await store.list_messages(bin.id, limit=2, before=page[-1].seq)
    assert [message.message_id for message in (*page, *rest)] == ["a", "c", "b"]


async def test_a_page_from_before_a_reread_is_refused_and_not_the_end_of_the_list(store: Store) -> None:
    bin = await a_bin(store)
    for name in "abc":
        await _keep(store, bin, _inbound(name, name))
    message = (await store.list_messages(bin.id, limit=1))[-1]
    pair = (await store.list_conversations(bin.id, limit=1))[-1]
    assert len(await store.list_messages(bin.id, limit=9, before=message.seq)) == 2
    await read_again(store, bin)
    for read, before in ((store.list_messages, message.seq), (store.list_conversations, pair.seq)):
        with pytest.raises(Invalid, match="before the requests were parsed again"):
            await read(bin.id, limit=9, before=before)
    assert await store.list_messages(bin.id, limit=9, before=0) == []


async def test_a_message_is_a_change_with_a_seq_of_its_own(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, _status(Status.QUEUED))
    await _keep(store, bin, _status(Status.SENT))
    await store.get_bin(bin.id)
    changes = await store.changes_after(bin.id, 0)
    assert [change.seq for change in changes] == sorted({change.seq for change in changes})
    assert [change.row.n for change in changes if isinstance(change, Captured)] == [1, 2]
    (message,) = [change.message for change in changes if isinstance(change, MessageChanged)]
    assert message.status is Status.SENT


async def test_a_capture_that_is_deleted_takes_its_part_of_the_message_along(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, _status(Status.QUEUED, text="secret"))
    await _keep(store, bin, _status(Status.SENT))
    await store.drop_capture(bin.id, 1)
    (message,) = await store.list_messages(bin.id, limit=10)
    assert (message.text, message.status, message.captures) == (None, Status.SENT, (2,))
    await store.drop_capture(bin.id, 2)
    assert await store.list_messages(bin.id, limit=10) == []
    assert await store.list_conversations(bin.id, limit=10) == []
    with pytest.raises(NotFound):
        await store.get_message(bin.id, "ytel", "out-1")


async def test_a_cleared_bin_has_no_messages_and_an_old_id_begins_again(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, _status(Status.DELIVERED, final=True, text="old"))
    await store.drop_captures(bin.id)
    assert await store.list_messages(bin.id, limit=10) == []
    await _keep(store, bin, _status(Status.QUEUED))
    (message,) = await store.list_messages(bin.id, limit=10)
    assert (message.status, message.text, message.captures) == (Status.QUEUED, None, (2,))
    await store.erase()
    assert [each.captures for each in await store.list_messages(bin.id, limit=10)] == [(2,)]


async def test_the_retention_leaves_a_message_until_it_has_taken_the_last_capture(store: Store) -> None:
    bin = await a_bin(store)
    old, new = clock.now() - timedelta(days=3), clock.now()
    await _keep(store, bin, _status(Status.QUEUED), at=old)
    await _keep(store, bin, _status(Status.SENT), at=new)
    await sweep(store, timedelta(days=1))
    (message,) = await store.list_messages(bin.id, limit=10)
    assert (message.status, message.captures) == (Status.SENT, (2,))


async def test_the_same_text_under_another_id_within_a_minute_is_a_soft_duplicate(store: Store) -> None:
    bin = await a_bin(store)
    start = clock.now()
    await _keep(store, bin, _inbound(), at=start)
    await _keep(store, bin, _inbound(message_id="in-2"), at=start + timedelta(seconds=59))
    await _keep(store, bin, _inbound(message_id="in-3"), at=start + timedelta(seconds=150))
    found = {message.message_id: message.findings for message in await store.list_messages(bin.id, limit=10)}
    assert found == {"in-1": (), "in-2": ("soft_duplicate",), "in-3": ()}
    assert (await store.get_capture(bin.id, 2)).row.reading.findings == ("soft_duplicate",)


async def test_the_same_request_again_is_a_duplicate_of_the_same_message(store: Store) -> None:
    bin = await a_bin(store)
    for _ in range(2):
        await _keep(store, bin, _inbound(), salt="same")
    (message,) = await store.list_messages(bin.id, limit=10)
    assert (message.findings, message.captures) == (("duplicate",), (1, 2))
    assert (await store.get_capture(bin.id, 2)).row.reading.findings == ("duplicate",)


async def test_an_id_known_as_outbound_makes_an_inbound_looking_request_a_callback(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, _status(Status.QUEUED, "m"))
    await _keep(store, bin, _inbound(message_id="m", raw_status="success", as_callback=Word(Status.SENT, final=True)))
    reading = (await store.get_capture(bin.id, 2)).row.reading
    assert (reading.kind, reading.status, reading.findings) == (Kind.STATUS, "sent", ("callback_on_sms_url",))
    (message,) = await store.list_messages(bin.id, limit=10)
    assert (message.direction, message.status, message.final) == ("outbound", Status.SENT, True)


async def test_pieces_of_a_long_message_join_whatever_comes_first(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, _inbound("world", "p2", piece=Piece("7", 2, 2)))
    await _keep(store, bin, _inbound("hello ", "p1", piece=Piece("7", 1, 2)))
    (message,) = await store.list_messages(bin.id, limit=10)
    assert (message.text, message.captures) == ("hello world", (1, 2))


async def _at_once(store: Store, *new: NewCapture) -> None:
    """In one batch: jobs of one turn of the event loop share a commit, and a step of the ledger."""
    for future in [store.add_capture(each) for each in new]:
        await future


def _new(bin: Bin, event: Event, at: datetime) -> NewCapture:
    return stating(bin, Role.PRIMARY if event.kind is Kind.INBOUND else Role.STATUS, event, at=at)


async def test_pieces_of_two_bins_never_join_though_they_come_at_once(store: Store) -> None:
    one, other = await a_bin(store), await a_bin(store)
    now = clock.now()
    await _at_once(
        store,
        _new(one, _inbound("hello ", "p1", piece=Piece("7", 1, 2)), now),
        _new(other, _inbound("world", "p2", piece=Piece("7", 2, 2)), now),
    )
    assert [[each.text for each in await store.list_messages(bin.id, limit=9)] for bin in (one, other)] == [
        ["hello "],
        ["world"],
    ]


@pytest.mark.parametrize("at_once", [True, False])
async def test_what_shares_a_commit_with_what_makes_no_difference(store: Store, at_once: bool) -> None:
    bin = await a_bin(store)
    now = clock.now()
    second = timedelta(seconds=1)
    turned = _status(Status.SENT, "in-1", as_callback=None)
    new = [
        # The same reference again: the last part belongs to the newer of two messages that it fits.
        _new(bin, _inbound("a", "p1", piece=Piece("7", 1, 2)), now),
        _new(bin, _inbound("b", "p2", piece=Piece("7", 2, 2)), now + second),
        _new(bin, _inbound("c", "p3", piece=Piece("7", 1, 2)), now + 2 * second),
        _new(bin, _inbound("b", "p4", piece=Piece("7", 2, 2)), now + 3 * second),
        _new(bin, _inbound("same", "in-1"), now + 4 * second),
        _new(bin, turned, now + 5 * second),
        _new(bin, _inbound("same", "in-2"), now + 6 * second),
    ]
    if at_once:
        await _at_once(store, *new)
    else:
        for each in new:
            await _at_once(store, each)
            await store.get_bin(bin.id)
    told = {
        each.message_id: (each.text, each.captures, each.findings)
        for each in await store.list_messages(bin.id, limit=9)
    }
    assert told["p1"][:2] == ("ab", (1, 2))
    assert told["p3"][:2] == ("cb", (3, 4))
    assert told["in-2"][2] == ("soft_duplicate",)


async def test_a_silent_message_is_marked_by_the_clock_and_takes_a_seq(store: Store) -> None:
    bin = await a_bin(store, stuck_after=timedelta(minutes=1))
    patient = await a_bin(store, stuck_after=timedelta(0))
    now = clock.now()
    for each in (bin, patient):
        await _keep(store, each, _status(Status.QUEUED), at=now - timedelta(seconds=61))
    await _keep(store, bin, _status(Status.SENT, "done", final=True), at=now - timedelta(seconds=61))
    await _keep(store, bin, _status(Status.SENT, "young"), at=now - timedelta(seconds=20))

    async def findings() -> dict[str, tuple[str, ...]]:
        return {each.message_id: each.findings for each in await store.list_messages(bin.id, limit=9)}

    before = (await store.get_bin(bin.id)).seq

    async def is_marked() -> bool:
        return "stuck" in (await findings())["out-1"]

    await until(store, is_marked)
    assert await findings() == {"out-1": ("stuck",), "done": (), "young": ()}
    changes = await store.changes_after(bin.id, before)
    assert [change.message.message_id for change in changes if isinstance(change, MessageChanged)] == ["out-1"]
    counts = await store.count_messages(bin.id, 1_000)
    assert (counts["stuck"], counts["waiting"]) == (1, 0)
    (other,) = await store.list_messages(patient.id, limit=9)
    assert other.findings == ()


async def test_a_bin_that_allows_more_silence_takes_the_mark_back(store: Store) -> None:
    bin = await a_bin(store, stuck_after=timedelta(minutes=1))
    await _keep(store, bin, _status(Status.QUEUED), at=clock.now() - timedelta(seconds=90))

    async def stuck() -> bool:
        return (await store.count_messages(bin.id, 9))["stuck"] == 1

    await until(store, stuck)
    await store.set_bin(bin.id, name="x", provider=None, retention=None, stuck_after=timedelta(hours=1))
    assert not await stuck()


async def test_conversations_are_pairs_the_last_active_first(store: Store) -> None:
    bin = await a_bin(store)
    await _keep(store, bin, _inbound("one"))
    await _keep(store, bin, _inbound("other", "in-2", sender="+14155550188"))
    await _keep(store, bin, _status(Status.QUEUED, text="two"))
    first, second = await store.list_conversations(bin.id, limit=10)
    assert (first.theirs, first.ours, first.latest.text) == (THEM, US, "two")
    assert second.theirs == "+14155550188"
    talk = await store.list_pair(bin.id, THEM, US, limit=10)
    assert [message.text for message in talk] == ["two", "one"]
    assert [m.text for m in await store.list_pair(bin.id, THEM, US, limit=10, before=talk[0])] == ["one"]


async def test_the_pace_is_of_those_that_came_to_an_end(store: Store) -> None:
    bin = await a_bin(store)
    start = clock.now()
    for index in range(4):
        await _keep(store, bin, _status(Status.QUEUED, f"m{index}"), at=start)
    for index, end in enumerate((Status.DELIVERED, Status.DELIVERED, Status.FAILED)):
        at = start + timedelta(seconds=index + 1)
        await _keep(store, bin, _status(end, f"m{index}", final=True), at=at)
    pace = await store.get_pace(bin.id, 100)
    assert (pace.outbound, len(pace.points)) == (4, 3)
    assert (pace.percentile(50), pace.percentile(95)) == (2.0, 3.0)
    assert pace.failed_share == pytest.approx(1 / 3)


async def test_related_captures_are_those_of_the_same_message_or_call(store: Store) -> None:
    bin = await a_bin(store)
    call = Event(kind=Kind.VOICE, message_id="call-1", sender=THEM, recipient=US)
    for event in (_status(Status.QUEUED), _inbound(), _status(Status.SENT), call, call):
        await _keep(store, bin, event)
    related = [[row.n for row in await store.list_related(bin.id, n, limit=10)] for n in range(1, 6)]
    assert related == [[3], [], [1], [5], [4]]
