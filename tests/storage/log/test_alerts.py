"""Alerts in the log process: what a job changes, what it ignores, and what is deleted with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.log import jobs
from app.storage.log.jobs import DropBin, Sweep
from tests.storage.builders import a_raw
from tests.storage.engines import Engine, on_both_engines
from tests.storage.inside import BIN, Inside

pytestmark = on_both_engines


@pytest.fixture
def inside(tmp_path: Path, engine: Engine) -> Iterator[Inside]:
    made = Inside(tmp_path, engine)
    for _ in range(3):
        made.keep(a_raw())
    made.apply(jobs.AddAlert(BIN, "a", 1, "{}", "{}", None, None))
    yield made
    made.close()


def delivery(number: int, state: str = "waiting", target: str = "webhook") -> jobs.AlertDeliveryRecord:
    return jobs.AlertDeliveryRecord(target, number, state, 0, 50, None, None)


def mark(inside: Inside, *numbers: int, alert: str = "a", most_open: int = 9, most_notices: int = 9) -> str | None:
    notices = [jobs.AlertNoticeRecord(number, '{"kind":"firing"}', [delivery(number)]) for number in numbers]
    record = jobs.AlertRecord(alert, edition(inside, alert), '{"made":1}', 2, notices)
    return inside.apply(jobs.MarkAlerts([record], most_open, most_notices))[0].error


def edition(inside: Inside, alert: str = "a") -> int:
    return dict(stored(inside, "id, edition", "alerts")).get(alert, 0)


def stored(inside: Inside, columns: str, table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in inside.file.connection.execute(f"select {columns} from {table} order by 1")]


def test_an_alert_begins_after_the_last_capture_or_at_a_position(inside: Inside) -> None:
    inside.apply(jobs.AddAlert(BIN, "b", 1, "{}", "{}", None, 1))
    inside.apply(jobs.AddAlert(BIN, "c", 1, "{}", "{}", None, 99))
    assert stored(inside, "id, position", "alerts") == [("a", 3), ("b", 1), ("c", 3)]
    (result,) = inside.apply(jobs.AddAlert("none", "d", 1, "{}", "{}", None, None))
    assert result.error == "not_found"


def test_a_mark_stores_state_position_notices_and_deliveries_at_once(inside: Inside) -> None:
    inside.apply(jobs.SetAlert("a", 0, '{"name":"B"}', "{}", "plain:x", False))
    assert mark(inside, 1, 2) is None
    assert stored(inside, "id, alert, state, secret", "alerts") == [("a", '{"name":"B"}', '{"made":1}', "plain:x")]
    assert stored(inside, "number", "alert_notices") == [(1,), (2,)]
    assert stored(inside, "number, state, due_at", "alert_deliveries") == [(1, "waiting", 50), (2, "waiting", 50)]
    # Marked again after an answer that got lost, it is not there twice.
    assert mark(inside, 2) is None
    assert stored(inside, "number", "alert_notices") == [(1,), (2,)]


def test_a_position_never_goes_back_except_to_the_end_after_a_restart(inside: Inside) -> None:
    mark(inside)
    assert stored(inside, "position", "alerts") == [(3,)]
    inside.keep(a_raw())
    inside.apply(jobs.SetAlert("a", edition(inside), "{}", "{}", None, False))
    assert stored(inside, "position", "alerts") == [(3,)]
    inside.apply(jobs.SetAlert("a", edition(inside), "{}", "{}", None, True))
    assert stored(inside, "position", "alerts") == [(4,)]


def test_what_was_decided_before_another_server_wrote_is_refused(inside: Inside) -> None:
    old = edition(inside)
    inside.apply(jobs.SetAlert("a", old, '{"name":"B"}', "{}", None, False))
    record = jobs.AlertRecord("a", old, '{"made":9}', 3, [jobs.AlertNoticeRecord(9, "{}", [])])
    new = jobs.AlertRecord("a", old + 1, '{"made":1}', 3, [])
    assert inside.apply(jobs.MarkAlerts([record, new], 9, 9))[0].value == 1
    assert inside.apply(jobs.SetAlert("a", old, "{}", "{}", None, False))[0].error == "stale"
    assert stored(inside, "alert, state, edition", "alerts") == [('{"name":"B"}', '{"made":1}', old + 2)]
    assert stored(inside, "number", "alert_notices") == []


def test_the_result_of_an_attempt_is_stored_and_that_of_a_deleted_alert_ignored(inside: Inside) -> None:
    mark(inside, 1)
    done = jobs.AlertDeliveryRecord("webhook", 1, "delivered", 1, None, 200, None)
    inside.apply(jobs.MarkAlertDeliveries([("none", done), ("a", done)]))
    assert stored(inside, "number, state, tries, due_at, status", "alert_deliveries") == [
        (1, "delivered", 1, None, 200)
    ]
    assert mark(inside, 1, alert="none") is None
    for job in (jobs.SetAlert("none", 0, "{}", "{}", None, False), jobs.DropAlert("none")):
        assert inside.apply(job)[0].error == "not_found"


def test_a_target_has_so_many_deliveries_that_wait_and_the_next_is_exhausted(inside: Inside) -> None:
    mark(inside, 1, 2, most_open=2)
    mark(inside, 3, most_open=2)
    assert stored(inside, "number, state, due_at", "alert_deliveries") == [
        (1, "waiting", 50), (2, "waiting", 50), (3, "exhausted", None),
    ]  # fmt: skip
    assert "too many notices" in str(stored(inside, "error", "alert_deliveries where number = 3"))


def test_old_notices_are_deleted_but_not_those_that_wait(inside: Inside) -> None:
    mark(inside, 1, 2, 3, most_notices=2)
    assert stored(inside, "number", "alert_notices") == [(1,), (2,), (3,)]
    done = [("a", delivery(number, "delivered")) for number in (1, 3)]
    inside.apply(jobs.MarkAlertDeliveries(done))
    mark(inside, 4, most_notices=2)
    assert stored(inside, "number", "alert_notices") == [(2,), (3,), (4,)]
    assert stored(inside, "number", "alert_deliveries") == [(2,), (3,), (4,)]


def test_an_alert_is_deleted_with_its_history_and_so_are_those_of_a_bin(inside: Inside) -> None:
    inside.apply(jobs.AddAlert(BIN, "b", 1, "{}", "{}", None, None))
    mark(inside, 1)
    mark(inside, 1, alert="b")
    inside.apply(jobs.DropAlert("a"))
    for table in ("alerts", "alert_notices", "alert_deliveries"):
        assert len(stored(inside, "*", table)) == 1, table
    inside.apply(DropBin(BIN))
    while inside.apply(Sweep(2, 0, 0, True))[0].next is not None:
        pass
    for table in ("alerts", "alert_notices", "alert_deliveries"):
        assert stored(inside, "*", table) == [], table
