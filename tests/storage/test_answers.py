"""The contract of all stores about answers and faults: they persist until their bin is deleted."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from app import clock
from app.domain.answers.model import Answer, RoleAnswers, Rule
from app.domain.bins import Bin
from app.domain.captures import Captured, FaultHit, NewCapture, NewOutcome, Outcome
from app.domain.faults import ActiveFault, Fault, FaultKind
from app.domain.roles import Role
from app.errors import NotFound
from app.storage.opening import open_store
from app.store import Store

from .builders import a_bin, a_capture

REPLY = RoleAnswers(
    answer=Answer(status=201, headers=(("X-Order", "1"), ("x-order", "2")), body="grüß {{from}}", delay_ms=20),
    rules=(Rule(match="text~stop", answer=Answer(status=204)),),
)


def a_fault(bin: Bin, role: Role = Role.PRIMARY, **values: object) -> ActiveFault:
    now = clock.now()
    fault = Fault(kind=FaultKind.STATUS, until=now + timedelta(minutes=10), statuses=(500, 503), count=3)
    defaults = {"id": clock.new_id(), "bin_id": bin.id, "role": role, "fault": fault, "started_at": now, "left": 3}
    return ActiveFault(**defaults | values)


def with_fault(bin: Bin, hit: FaultHit) -> NewCapture:
    return msgspec.structs.replace(a_capture(bin), fault=hit)


async def test_answers_come_back_as_they_went_in(store: Store) -> None:
    bin, other = await a_bin(store), await a_bin(store)
    await store.set_answers(bin.id, Role.PRIMARY, REPLY)
    await store.set_answers(other.id, Role.STATUS, RoleAnswers(answer=Answer(status=500)))
    await store.set_answers(other.id, Role.STATUS, RoleAnswers(answer=Answer(status=200)))
    assert await store.list_answers() == [
        (bin.id, Role.PRIMARY, REPLY),
        (other.id, Role.STATUS, RoleAnswers(answer=Answer(status=200))),
    ]
    await store.set_answers(bin.id, Role.PRIMARY, None)
    await store.set_answers(bin.id, Role.VOICE, None)
    assert [bin_id for bin_id, _, _ in await store.list_answers()] == [other.id]


async def test_faults_come_back_as_they_went_in_and_replace_each_other(store: Store) -> None:
    bin = await a_bin(store)
    first, second, voice = a_fault(bin), a_fault(bin, left=None), a_fault(bin, Role.VOICE, drill="d1", hits=7)
    for fault in (first, voice, second):
        await store.set_fault(fault)
    assert await store.list_faults() == [second, voice]
    await store.drop_fault(first.bin_id, first.id)
    await store.drop_fault(voice.bin_id, voice.id)
    assert await store.list_faults() == [second]


@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.set_answers("nobody", Role.PRIMARY, REPLY),
        lambda store: store.set_answers("nobody", Role.PRIMARY, None),
        lambda store: store.set_fault(a_fault(Bin(**dict.fromkeys(Bin.__slots__) | {"id": "nobody"}))),
        lambda store: store.get_sent_answer("nobody", 1),
    ],
)
async def test_an_unknown_bin_is_not_found(store: Store, call) -> None:
    with pytest.raises(NotFound):
        await call(store)


async def test_a_capture_counts_its_fault_in_its_own_transaction(store: Store) -> None:
    bin = await a_bin(store)
    fault = a_fault(bin)
    await store.set_fault(fault)
    fault, hit = fault.with_hit()
    n = await store.add_capture(with_fault(bin, hit))
    assert await store.list_faults() == [fault]
    assert (fault.left, fault.hits) == (2, 1)
    told = (await store.get_capture(bin.id, n)).row.fault
    assert told is not None
    assert (told.fault, told.kind, told.said) == (fault.id, "status", "status 500")


async def test_a_capture_that_is_not_stored_counts_nothing(store: Store) -> None:
    bin, gone = await a_bin(store), await a_bin(store)
    fault = a_fault(bin)
    await store.set_fault(fault)
    await store.drop_bin(gone.id)
    with pytest.raises(NotFound):
        await store.add_capture(with_fault(gone, fault.with_hit()[1]))
    assert await store.list_faults() == [fault]


async def test_a_count_that_comes_late_changes_no_other_fault(store: Store) -> None:
    bin = await a_bin(store)
    old, new = a_fault(bin), a_fault(bin)
    await store.set_fault(old)
    await store.set_fault(new)
    await store.add_capture(with_fault(bin, old.with_hit()[1]))
    assert await store.list_faults() == [new]


async def test_a_deleted_bin_takes_its_answers_and_faults_along(store: Store, count_rows: Callable[[str], int]) -> None:
    bin = await a_bin(store)
    await store.set_answers(bin.id, Role.PRIMARY, REPLY)
    await store.set_fault(a_fault(bin))
    await store.drop_bin(bin.id)
    assert (await store.list_answers(), await store.list_faults()) == ([], [])
    await store.erase()
    assert [count_rows(table) for table in ("answers", "faults", "bins")] == [0, 0, 0]


async def test_what_went_out_is_kept_where_it_was_not_the_default(store: Store) -> None:
    bin = await a_bin(store)
    plain, special = await store.add_capture(a_capture(bin)), await store.add_capture(a_capture(bin))
    sent = Answer(status=500, body="grüß")
    outcomes = [
        NewOutcome(bin.id, plain, Outcome(status=200, after_ms=1)),
        NewOutcome(bin.id, special, Outcome(status=500, after_ms=2, note="why", well_formed=False, sent=sent)),
    ]
    for outcome in outcomes:
        store.note_outcome(outcome)
    assert await store.get_sent_answer(bin.id, plain) is None
    assert await store.get_sent_answer(bin.id, special) == sent
    assert (await store.get_capture(bin.id, special)).row.outcome == Outcome(
        status=500, after_ms=2, note="why", well_formed=False
    )
    await store.drop_captures(bin.id)
    assert await store.get_sent_answer(bin.id, special) is None


async def test_captures_without_an_outcome_are_settled_once(tmp_path: Path) -> None:
    now = clock.now()
    async with open_store(tmp_path / "data") as store:
        bin, other = await a_bin(store), await a_bin(store)
        await store.add_capture(a_capture(other, received_at=now - timedelta(seconds=300)))
        held = await store.add_capture(a_capture(bin, received_at=now - timedelta(seconds=100)))
        done = await store.add_capture(a_capture(bin, received_at=now))
        store.note_outcome(NewOutcome(bin.id, done, Outcome(status=200, after_ms=1)))
    async with open_store(tmp_path / "data") as store:
        in_hand = await store.add_capture(a_capture(bin, received_at=now))
        cursor = (await store.get_bin(bin.id)).seq
        for note in ("stopped", "again"):
            await store.settle_unanswered(timedelta(seconds=200), note)
            rows = await store.get_captures(bin.id, [held, done, in_hand])
            assert [each.row.outcome for each in rows] == [
                Outcome(note="stopped"), Outcome(status=200, after_ms=1), None,
            ]  # fmt: skip
        changes = await store.changes_after(bin.id, cursor)
        assert [change.row.n for change in changes if isinstance(change, Captured)] == [held]
        assert (await store.get_capture(other.id, 1)).row.outcome is None


async def test_faults_and_answers_are_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "data"
    async with open_store(path) as store:
        bin = await a_bin(store)
        fault = a_fault(bin)
        await store.set_fault(fault)
        await store.set_answers(bin.id, Role.FALLBACK, REPLY)
    async with open_store(path) as store:
        assert await store.list_faults() == [fault]
        assert await store.list_answers() == [(bin.id, Role.FALLBACK, REPLY)]


async def test_a_bin_has_a_new_answer_version_after_each_change_that_its_answers_depend_on(store: Store) -> None:
    bin = await a_bin(store)
    fault = a_fault(bin)
    await store.set_answers(bin.id, Role.PRIMARY, REPLY)
    await store.set_fault(fault)
    await store.set_privacy(bin.id, "{}")
    await store.set_mapping(bin.id, "{}")
    await store.rotate_key(bin.id, clock.new_key())
    await store.drop_fault(bin.id, fault.id)
    values = {"name": bin.name, "retention": None, "stuck_after": bin.stuck_after}
    changed = await store.set_bin(bin.id, provider="ytel", **values)
    same = await store.set_bin(bin.id, provider="ytel", **values)
    assert (bin.answer_version, changed.answer_version, same.answer_version) == (0, 7, 7)
    assert [each.answer_version for each in await store.all_bins()] == [7]
