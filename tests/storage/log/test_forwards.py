"""Forwards in the log process: what a job changes, and what it ignores."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.log import jobs
from app.storage.log.results import Result
from tests.storage.builders import a_raw
from tests.storage.engines import Engine, on_both_engines
from tests.storage.inside import BIN, Inside

pytestmark = on_both_engines


@pytest.fixture
def inside(tmp_path: Path, engine: Engine) -> Iterator[Inside]:
    made = Inside(tmp_path, engine)
    for _ in range(3):
        made.keep(a_raw())
    made.apply(jobs.AddForward(BIN, "f", 1, "{}", "{}", None, 0))
    yield made
    made.close()


def mark(inside: Inside, *records: jobs.DispatchRecord, position: int | None = None, forward: str = "f") -> Result:
    (result,) = inside.apply(jobs.MarkDispatches(forward, 50, '{"failures":1}', position, list(records), 0))
    return result


def record(n: int, state: str, message: str | None = None, due_at: int | None = None) -> jobs.DispatchRecord:
    attempt = jobs.AddAttempt(BIN, n, "https://x.example/", 1, 200, 1, None, "", b"", False, "f", "first", b"A: b")
    return jobs.DispatchRecord(n, state, 1, 1, due_at, 200, message, None, [attempt])


def stored(inside: Inside, columns: str = "n, state, due_at") -> list[tuple[object, ...]]:
    return [tuple(row) for row in inside.file.connection.execute(f"select {columns} from dispatches order by n")]


def test_a_mark_stores_dispatch_attempt_position_and_health_at_once(inside: Inside) -> None:
    assert mark(inside, record(1, "delivered"), record(2, "retrying", due_at=90), position=2).error is None
    assert stored(inside) == [(1, "delivered", None), (2, "retrying", 90)]
    row = inside.file.connection.execute("select health, position, delivered from forwards").fetchone()
    assert tuple(row) == ('{"failures":1}', 2, 1)
    attempts = inside.file.connection.execute("select n, forward, trigger, sent from attempts order by n").fetchall()
    assert [tuple(each) for each in attempts] == [(1, "f", "first", b"A: b"), (2, "f", "first", b"A: b")]


def test_what_is_deleted_is_not_marked(inside: Inside) -> None:
    inside.apply(jobs.DropCapture(BIN, 2))
    assert mark(inside, record(1, "delivered"), record(2, "delivered"), record(9, "delivered")).error is None
    assert stored(inside, "n") == [(1,)]
    inside.apply(jobs.DropForward("f"))
    assert mark(inside, record(3, "delivered")).error is None
    assert mark(inside, record(3, "delivered"), forward="other").error is None
    assert stored(inside, "n") == [(1,)]
    while inside.apply(jobs.Sweep(0, 0, 0, True))[0].next is not None:
        pass
    assert stored(inside) == []
    assert inside.file.connection.execute("select count(*) from forwards").fetchone()[0] == 0


def test_a_waiting_one_is_due_when_the_earlier_one_of_its_message_has_ended(inside: Inside) -> None:
    mark(inside, record(1, "retrying", "m", 90), record(2, "waiting", "m", 99), record(3, "waiting", "m", 99))
    assert stored(inside, "n, due_at") == [(1, 90), (2, 99), (3, 99)]
    mark(inside, record(1, "rejected", "m"))
    assert stored(inside, "n, due_at") == [(1, None), (2, 50), (3, 99)]


def test_an_unknown_forward_cannot_be_changed(inside: Inside) -> None:
    retry = jobs.RetryDispatches("x", 50, ["rejected"], "bulk", 1, 9, None, None, True, 10)
    for job in (jobs.SetForward("x", "{}", "{}", None), jobs.DropForward("x"), retry):
        assert inside.apply(job)[0].error == "not_found"
    assert inside.apply(jobs.AddForward("nobody", "g", 1, "{}", "{}", None, 0))[0].error == "not_found"


def test_the_health_of_an_older_edition_is_ignored_and_what_others_queue_is_counted(inside: Inside) -> None:
    def forward() -> tuple[object, ...]:
        columns = "health, position, delivered, edition, requeued"
        (row,) = inside.file.connection.execute(f"select {columns} from forwards")
        return tuple(row)

    inside.apply(jobs.SetForward("f", "{}", '{"paused":true}', None))
    mark(inside, record(1, "delivered"), position=1)
    assert forward() == ('{"paused":true}', 1, 1, 1, 0), "a user has paused it in the meantime"
    inside.apply(jobs.MarkDispatches("f", 50, '{"failures":2}', 2, [], 1))
    assert forward() == ('{"failures":2}', 2, 1, 1, 0)
    inside.apply(jobs.MarkDispatches("f", 50, None, None, [record(2, "retrying", due_at=90)], 0))
    assert forward() == ('{"failures":2}', 2, 1, 1, 1)
    for count in (2, 2):
        inside.apply(jobs.RetryDispatches("f", 50, ["retrying"], "retry", 0, 9, None, None, False, 9))
        assert forward()[-1] == count, "the second one has nothing to queue"


def follow(inside: Inside, *later: jobs.LaterRecord, verdicts: int | None = None, stuck: int | None = None) -> None:
    (result,) = inside.apply(jobs.MarkDispatches("f", 50, "{}", None, [], 0, later, verdicts, stuck))
    assert result.error is None


def stuck_at(n: int, message: str | None = None) -> jobs.LaterRecord:
    return jobs.LaterRecord(n, message, "0.stuck.7", False)


def verdict_at(n: int) -> jobs.LaterRecord:
    return jobs.LaterRecord(n, None, "0.verdict.8", True)


LATER = "n, state, step, due_at, trigger, later, case when later_only then 1 else 0 end"


def test_what_follows_opens_a_dispatch_again_or_is_added_to_what_it_sends(inside: Inside) -> None:
    mark(inside, record(1, "delivered"), record(2, "retrying", due_at=90), record(3, "exhausted"))
    follow(inside, *map(stuck_at, (1, 2, 3)))
    assert stored(inside, LATER) == [
        (1, "waiting", 0, 50, "first", "0.stuck.7", 1),
        (2, "retrying", 1, 90, None, "0.stuck.7", 0),
        (3, "retrying", 0, 50, None, "0.stuck.7", 0),
    ]
    follow(inside, *map(verdict_at, (1, 2)))
    assert stored(inside, LATER)[:2] == [
        (1, "waiting", 0, 50, "first", "0.stuck.7 0.verdict.8", 1),
        (2, "retrying", 1, 90, None, "0.stuck.7 0.verdict.8", 0),
    ]


def test_only_what_follows_is_sent_of_a_capture_that_was_not_sent(inside: Inside) -> None:
    follow(inside, stuck_at(2, "m"))
    assert stored(inside, f"{LATER}, message") == [(2, "waiting", 0, 50, "first", "0.stuck.7", 1, "m")]


def test_what_follows_is_stored_once_and_not_for_what_is_deleted(inside: Inside) -> None:
    def positions() -> tuple[object, ...]:
        columns = "verdicts_position, stuck_position, delivered"
        return tuple(inside.file.connection.execute(f"select {columns} from forwards").fetchone())

    mark(inside, record(1, "delivered"))
    follow(inside, stuck_at(1), stuck=1)
    follow(inside, stuck_at(1), verdict_at(1), stuck=1)
    assert stored(inside, "later") == [("0.stuck.7 0.verdict.8",)]
    assert positions() == (0, 1, 1)
    done = jobs.DispatchRecord(1, "delivered", 2, 1, None, 200, None, None, [], None, None, True)
    inside.apply(jobs.DropCapture(BIN, 2))
    inside.apply(jobs.MarkDispatches("f", 50, "{}", None, [done], 0))
    follow(inside, stuck_at(2), verdict_at(9), verdicts=9, stuck=0)
    assert stored(inside, "n, state, later") == [(1, "delivered", None)]
    assert positions() == (9, 1, 1), "a capture counts once, and positions never go back"


def test_a_forward_begins_to_look_at_its_position(inside: Inside) -> None:
    def positions(id: str) -> tuple[object, ...]:
        columns = "position, verdicts_position, stuck_position"
        return tuple(inside.file.connection.execute(f"select {columns} from forwards where id = '{id}'").fetchone())

    inside.apply(jobs.AddForward(BIN, "g", 1, "{}", "{}", None, None))
    assert positions("g") == (3, 3, 3)
    mark(inside, position=2)
    inside.apply(jobs.SetForward("f", "{}", "{}", None))
    assert positions("f") == (2, 0, 0)
    inside.apply(jobs.SetForward("f", "{}", "{}", None, True))
    assert positions("f") == (2, 2, 2)
