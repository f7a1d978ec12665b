"""How much the ledger takes in a turn, how long it waits, how near two requests must be, and how much a read gives."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from app import clock, keys
from app.domain.captures import FaultHit, NewCapture
from app.domain.messages.folding import DUPLICATE_TEXT_WITHIN, PIECES_WITHIN
from app.domain.roles import Role
from app.domain.units import MICROSECOND
from app.errors import Conflict
from app.storage.ledger import client as client_module
from app.storage.ledger import follower as follower_module
from app.storage.ledger import messages, pacing, process
from app.storage.ledger.client import MAX_ENDS
from app.storage.ledger.follower import AFTER, ERASED_WITHIN_S, INDEXED, MAX_FAILURES, MAX_RAISES, TURN_S
from app.storage.ledger.messages import LOADED
from app.storage.ledger.pacing import FAST, GATHER_S, QUIET_S, WEIGHT, Pacing
from app.storage.ledger.protocol import ReadingBegins
from app.storage.log.jobs import SkipCapture
from app.storage.reads.messages import MAX_FACTS
from app.storage.reads.pairings import MAX_DRILL_CAPTURES
from app.storage.reads.words import MAX_TEXTS, WordsMatch
from app.storage.transaction import DamagedFile
from tests.conftest import Running
from tests.pairs import TAKEN, hit
from tests.parsing.support import request
from tests.storage.builders import scripted
from tests.storage.inside import Inside, Ledger
from tests.storage.ledger.ends import Ends, FakeChild
from tests.storage.ledger.events import came
from tests.storage.ledger.wire import Wire, follower, run

from .conftest import Ticks


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Inside]:
    made = Inside(tmp_path)
    yield made
    made.close()


@pytest.fixture
def ledger(inside: Inside) -> Iterator[Ledger]:
    made = inside.ledger()
    yield made
    made.close()


INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(("more", "is_soft"), [(timedelta(0), True), (INSTANT, False)])
async def test_the_same_text_within_this_time_is_a_soft_duplicate(server: Running, more: timedelta, is_soft) -> None:
    now = clock.now()
    await hit(server, Role.PRIMARY, TAKEN, at=now - DUPLICATE_TEXT_WITHIN - more, sid="one")
    await hit(server, Role.PRIMARY, TAKEN, at=now, sid="two")
    findings = (await server.captures())[1]["findings"]
    assert ("soft_duplicate" in findings) == is_soft


async def _keep_piece(server: Running, number: int, at: Any) -> None:
    target = (
        f"/{server.bin.key}?msisdn=14155550107&to=19495550142&messageId=m{number}&text=part{number}&type=text"
        f"&concat=true&concat-ref=7&concat-part={number}&concat-total=2"
    )
    raw = request(target=target)
    new = NewCapture(bin_id=server.bin.id, role=Role.PRIMARY, raw=replace(raw, received_at=at), provider="vonage")
    await server.app[keys.STORE].add_capture(new)


@pytest.mark.parametrize(("more", "count"), [(timedelta(0), 1), (INSTANT, 2)])
async def test_pieces_this_far_apart_are_one_message(server: Running, more: timedelta, count: int) -> None:
    assert messages.PIECES_WITHIN_US * MICROSECOND == PIECES_WITHIN
    now = clock.now()
    await _keep_piece(server, 1, now - PIECES_WITHIN - more)
    await _keep_piece(server, 2, now)
    found = await server.app[keys.STORE].list_messages(server.bin.id, limit=10)
    assert len(found) == count


@pytest.mark.parametrize(("more", "queries"), [(0, [LOADED]), (1, [LOADED, 1])])
def test_so_many_messages_are_read_in_one_query(more: int, queries: list[int]) -> None:
    asked: list[int] = []

    def note(_: str, values: dict[str, list[int]]) -> list[Any]:
        asked.append(len(values["ids"]))
        return []

    nothing: Any = None
    made = messages.LedgerMessages(SimpleNamespace(all=note), nothing, nothing, nothing)
    assert made.load(range(LOADED + more)) == []
    assert asked == queries


async def test_a_message_is_read_with_its_newest_events(server: Running) -> None:
    now, store = clock.now(), server.app[keys.STORE]
    for n in range(MAX_FACTS):
        await hit(server, Role.PRIMARY, None, at=now, more={"Try": str(n)})
    message, steps = await store.get_message(server.bin.id, "ytel", "9d3e-66e4")
    assert [step.n for step in steps] == list(message.captures) == list(range(1, MAX_FACTS + 1))
    await hit(server, Role.PRIMARY, None, at=now, more={"Try": "more"})
    message, steps = await store.get_message(server.bin.id, "ytel", "9d3e-66e4")
    assert [step.n for step in steps] == list(message.captures) == list(range(2, MAX_FACTS + 2))


async def test_so_many_captures_of_a_drill_are_looked_at(server: Running, monkeypatch) -> None:
    store = server.app[keys.STORE]
    fault = FaultHit(fault="f", kind="drop", said="drop the connection", drill="d.0")
    await hit(server, Role.PRIMARY, TAKEN, at=clock.now(), fault=fault)
    asked: list[Any] = []
    real = store._ledger.ids

    async def noted(query: str, values: Any) -> Any:
        asked.append(values["limit"])
        return await real(query, values)

    monkeypatch.setattr(store._ledger, "ids", noted)
    assert len(await store.pairings_of_drill(server.bin.id, "d.0")) == 1
    assert asked == [MAX_DRILL_CAPTURES]


def test_a_search_remembers_the_texts_of_one_row() -> None:
    match = WordsMatch()
    condition = '[" hello "]'
    assert match("hello you", "and the rest", condition)
    assert list(match._texts) == ["hello you"]
    assert not match("another", "and the rest", condition)
    assert len(match._texts) == MAX_TEXTS
    assert match("a third", "hello", condition)
    assert list(match._texts) == ["a third", "hello"]


async def test_a_capture_that_ends_the_process_so_often_is_skipped(monkeypatch) -> None:
    monkeypatch.setattr(client_module, "Child", FakeChild)
    ends = Ends()
    for strike in range(1, MAX_ENDS + 1):
        ends.tell(ReadingBegins([(1, 7)], alone=True))
        assert ends.log.jobs == []
        ends.client.ended(-9, "it ended")
        assert len(ends.log.jobs) == (strike == MAX_ENDS)
    (job,) = ends.log.jobs
    assert isinstance(job, SkipCapture)
    assert (job.bin, job.n) == (1, 7)


def _poisoned(inside: Inside, ledger: Ledger, count: int) -> Wire:
    """A capture on which reading raises, and so many behind it."""
    inside.keep(scripted(came("m-1"), trouble="raise"))
    for number in range(count):
        inside.state(came(f"m-{number + 2}"))
    wire = Wire(inside)
    run(follower(wire, ledger), wire)
    return wire


def test_behind_a_capture_on_which_reading_raises_so_many_are_read_one_by_one(inside: Inside, ledger: Ledger) -> None:
    wire = _poisoned(inside, ledger, AFTER + 10)
    alone = {n for frame in wire.of(ReadingBegins) if frame.alone for _, n in frame.places}
    # The one itself is the first of them.
    assert alone == set(range(1, AFTER + 1))
    assert len(ledger.everything(1)["captures"]) == AFTER + 11


def test_a_capture_on_which_so_many_steps_fail_is_read_without_its_events(inside: Inside, ledger: Ledger) -> None:
    inside.state(came("m-1"))
    made = follower(Wire(inside), ledger, careful={1: 100})
    for failure in range(1, MAX_RAISES + 1):
        made._failed([1], Conflict("no"), building=False)
        assert len(made._broken) == (failure == MAX_RAISES)


def test_a_space_on_which_so_many_steps_fail_is_made_again(inside: Inside, ledger: Ledger, monkeypatch) -> None:
    inside.state(came("m-1"))
    started: list[int] = []
    monkeypatch.setattr(follower_module.LedgerStep, "start_over", lambda *_: started.append(1))
    monkeypatch.setattr(follower_module, "next_capture", lambda *_: None)
    made = follower(Wire(inside), ledger, careful={1: 100})
    made._epochs = [1_000, 1_001]
    for failure in range(1, MAX_FAILURES + 2):
        made._failed([1], Conflict("no"), building=False)
        assert len(started) == (failure > MAX_FAILURES)


def test_the_search_index_takes_in_so_many_at_once(inside: Inside, ledger: Ledger, monkeypatch) -> None:
    asked: list[int] = []
    real = follower_module.index_step

    def noted(transaction: Any, count: int, claim: Any) -> bool:
        asked.append(count)
        return real(transaction, count, claim)

    monkeypatch.setattr(follower_module, "index_step", noted)
    inside.state(came("m-1"))
    wire = Wire(inside)
    run(follower(wire, ledger), wire)
    assert set(asked) == {INDEXED}


@pytest.fixture
def busy(inside: Inside, ledger: Ledger, ticks: Ticks, monkeypatch) -> Any:
    """A follower under a load that never ends. `turns` are the times at which the rest had one, `emptied` those at
    which deleted texts left the write-ahead log."""
    monkeypatch.setattr(follower_module, "ticks", lambda: ticks.now)
    made = follower(Wire(inside), ledger)
    made._behind[1] = None
    turns: list[float] = []
    emptied: list[float] = []
    monkeypatch.setattr(made, "_follow", lambda: None)
    monkeypatch.setattr(made, "_build", lambda: turns.append(ticks.now) or True)
    for name in ("_index", "_erase", "_mark"):
        monkeypatch.setattr(made, name, lambda: True)
    look = SimpleNamespace(checkpoint_if_due=lambda: None, truncate=lambda: emptied.append(ticks.now) or True)
    monkeypatch.setattr(ledger.file, "checkpoints", look)
    return SimpleNamespace(follower=made, turns=turns, emptied=emptied)


def test_under_a_load_the_rest_has_a_turn_as_often(busy: Any, ticks: Ticks) -> None:
    since = ticks.now
    for after_s in (0.0, TURN_S - 0.001, TURN_S, 2 * TURN_S - 0.001, 2 * TURN_S):
        ticks.now = since + after_s
        busy.follower._work()
    assert busy.turns == [since, since + TURN_S, since + 2 * TURN_S]


def test_under_a_load_deleted_texts_leave_after_so_long(busy: Any, ticks: Ticks) -> None:
    since = busy.follower._erased_at = ticks.now
    for after_s in (1.0, ERASED_WITHIN_S, ERASED_WITHIN_S + 0.001, ERASED_WITHIN_S + 1):
        ticks.now = since + after_s
        busy.follower._work()
    assert busy.emptied == [since + ERASED_WITHIN_S + 0.001]


@pytest.mark.parametrize(("rate", "wait_s"), [(FAST / WEIGHT - 1, GATHER_S), (FAST / WEIGHT, QUIET_S)])
def test_a_step_counts_so_much_for_the_rate(rate: float, wait_s: float) -> None:
    made = Pacing()
    made.begins(1.0)
    made.stepped(1.0, round(rate), is_done=True)
    made.log_grew(10.0, urgent=False)
    assert made.ready_at() == pytest.approx(10.0 + wait_s)
    assert pacing.LONGEST_S > QUIET_S


@pytest.mark.parametrize(("after_s", "waits"), [(process.SETTLED_S - 0.001, 1), (process.SETTLED_S, 0)])
def test_a_ledger_that_fails_soon_after_it_was_made_again_is_waited_for(
    ticks: Ticks, monkeypatch, after_s: float, waits: int
) -> None:
    ticks.now = 1_000.0
    lives = [0.0, after_s]
    waited: list[Exception] = []

    class Follower:
        def __init__(self, *_: object) -> None:
            pass

        def run(self) -> None:
            if not lives:
                return
            ticks.now += lives.pop(0)
            raise DamagedFile("it is malformed")

    made = process.LedgerProcess.__new__(process.LedgerProcess)
    made._pipe = SimpleNamespace(send=lambda _: None)
    made._files = SimpleNamespace(
        open_log=lambda: None,
        open_ledger=lambda: SimpleNamespace(reason=None, is_shared=False, close=lambda: None),
    )  # type: ignore[assignment]
    made._reader = SimpleNamespace(version="1")
    made._one_by_one = {}
    monkeypatch.setattr(process, "Follower", Follower)
    monkeypatch.setattr(made, "_belongs_to", lambda *_: True)
    monkeypatch.setattr(made, "_replace", lambda file, _: file)
    monkeypatch.setattr(made, "_wait", waited.append)
    made.run(*made.open())
    assert len(waited) == waits
