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
