"""Batches of jobs in one transaction: a bad job does not fail the others."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import clock
from app.domain.units import micros
from app.storage.ballast import Ballast
from app.storage.ids import row_id
from app.storage.log import jobs
from app.storage.log.appender import Appender
from app.storage.log.results import LogPosition, Result
from app.storage.transaction import Deadlock, Doubtful, Gone, Unreachable
from tests.storage.builders import a_raw
from tests.storage.engines import Engine, on_both_engines
from tests.storage.inside import BIN, Inside


@pytest.fixture
def inside(tmp_path: Path, engine: Engine) -> Iterator[Inside]:
    made = Inside(tmp_path, engine)
    yield made
    made.close()


def _capture(bin: str = BIN, body: bytes = b"Text=hi") -> jobs.AddCapture:
    return jobs.AddCapture(
        bin, micros(clock.now()), "primary", "POST", "/", "", "1.1", b"a: b\r\n", body, True, None, None, None, False
    )


def _told(results: list[Result]) -> list[str | int]:
    return [result.error or result.value for result in results]


def _count(inside: Inside, table: str) -> int:
    return int(inside.file.connection.execute(f"select count(*) from {table}").fetchone()[0])


# Bad jobs


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (_capture("nobody"), "not_found"),
        (jobs.RotateKey("nobody", "key"), "not_found"),
        (jobs.DropBin("nobody"), "not_found"),
        (jobs.DropCapture(BIN, 99), "not_found"),
        (jobs.AddAttempt(BIN, 99, "", 0, None, 0, None, "", b""), "not_found"),
        (jobs.AddBin("new", f"key-{BIN}", None, None, None, 300, 0), "conflict"),
        (jobs.AddSession(None, "", 0, 0, "", ""), "conflict"),  # type: ignore[arg-type]
        (jobs.AddSession({}, "", 0, 0, "", ""), "broken"),  # type: ignore[arg-type]
        (jobs.Job(), "broken"),
    ],
)
def test_a_bad_job_takes_no_other_with_it(inside: Inside, bad: jobs.Job, error: str) -> None:
    results = inside.apply(_capture(), bad, _capture())
    assert _told(results) == [1, error, 2]
    assert results[1].message
    assert _told(inside.apply(bad)) == [error]
    assert _told(inside.apply(_capture())) == [3]
    assert _count(inside, "captures") == 3


def test_jobs_that_continuee_by_one_report_the_last_position_of_each_bin(inside: Inside) -> None:
    told = inside.appender.apply([_capture(), _capture("nobody"), _capture()])
    assert told.positions == [LogPosition(1, n=2, k=0, d=0, version=0)]


def test_a_good_batch_is_one_transaction(inside: Inside) -> None:
    said: list[str] = []
    inside.file.connection.set_trace_callback(said.append)
    inside.apply(_capture(), jobs.RequestReread(BIN), _capture())
    assert said.count("commit") == 1


@on_both_engines
def test_statements_about_a_bin_take_effect_for_the_jobs_behind_them(inside: Inside) -> None:
    new = jobs.AddBin("new", "its-key", None, None, None, 300, 0)
    assert _told(inside.apply(new, _capture("new"), jobs.DropBin("new"), _capture("new"))) == [0, 1, 0, "not_found"]


def test_files_that_were_deleted_are_reported(inside: Inside, monkeypatch) -> None:
    def fail() -> None:
        raise Gone("log.db was deleted")

    monkeypatch.setattr(inside.file.database._files, "check", fail)
    assert inside.apply(_capture(), _capture()) == [Result("gone", "log.db was deleted")] * 2


@pytest.mark.parametrize("count", [1, 2])
def test_a_database_that_cannot_be_reached_is_not_a_full_disk(inside: Inside, monkeypatch, count: int) -> None:
    def fail() -> None:
        raise Unreachable("no route to host")

    monkeypatch.setattr(inside.file.database._files, "check", fail)
    assert inside.apply(*[_capture()] * count) == [Result("away", "no route to host")] * count


@pytest.mark.parametrize("count", [1, 2])
def test_after_a_deadlock_each_job_is_committed_alone(inside: Inside, monkeypatch, count: int) -> None:
    failing = iter([Deadlock("deadlock detected")])

    def fail() -> None:
        for error in failing:
            raise error

    monkeypatch.setattr(inside.file.database._files, "check", fail)
    assert inside.apply(*[_capture()] * count) == [Result(value=n + 1) for n in range(count)]


@pytest.mark.parametrize("count", [1, 2])
def test_doubt_is_no_answer_and_nothing_of_the_batch_is_confirmed(inside: Inside, monkeypatch, count: int) -> None:
    def fail() -> None:
        raise Doubtful("a sync failed")

    monkeypatch.setattr(inside.file.database._files, "check", fail)
    with pytest.raises(Doubtful):
        inside.apply(*[_capture()] * count)


def test_doubt_about_one_of_several_that_continuee_by_one_is_doubt_about_all(inside: Inside, monkeypatch) -> None:
    checks: list[Callable[[], None]] = [lambda: None, _doubt]
    monkeypatch.setattr(inside.file.database._files, "check", lambda: checks.pop(0)())
    with pytest.raises(Doubtful):
        inside.apply(_capture("nobody"), _capture(), _capture())


def _doubt() -> None:
    raise Doubtful("a sync failed")


# Other jobs


def _runs(inside: Inside) -> list[tuple]:
    return [tuple(row) for row in inside.file.connection.execute("select id, ended_at is null from runs")]


@on_both_engines
def test_each_opening_is_recorded_once_and_its_end(inside: Inside) -> None:
    assert _runs(inside) == [("run", 1)]
    again = Appender(inside.file.database, Ballast(inside.folder / "ballast"), "run")
    again.begin()
    assert _runs(inside) == [("run", 1)]
    again.apply([jobs.EndRun(5)])
    assert _runs(inside) == [("run", 0)]


@on_both_engines
def test_attempts_are_numbered_by_capture(inside: Inside) -> None:
    for _ in range(2):
        inside.keep(a_raw())
    jobs_ = [jobs.AddAttempt(BIN, n, "", 0, 200, 1, None, "", b"") for n in (1, 1, 2, 1)]
    assert _told(inside.apply(*jobs_)) == [1, 2, 1, 3]


def test_an_attempt_may_follow_its_capture_in_the_same_batch(inside: Inside) -> None:
    said: list[str] = []
    inside.file.connection.set_trace_callback(said.append)
    assert _told(inside.apply(_capture(), jobs.AddAttempt(BIN, 1, "", 0, 200, 1, None, "", b""))) == [1, 1]
    assert said.count("commit") == 1


def test_a_capture_that_was_deleted_takes_no_attempt_even_while_its_bytes_are_there(inside: Inside) -> None:
    inside.keep(a_raw())
    inside.apply(jobs.DropCaptures(BIN))
    assert _count(inside, "captures") == 1
    assert _told(inside.apply(jobs.AddAttempt(BIN, 1, "", 0, 200, 1, None, "", b""))) == ["not_found"]


@on_both_engines
def test_a_capture_is_skipped_by_one_version_of_the_reader(inside: Inside) -> None:
    inside.apply(jobs.SkipCapture(1, 7, "one"))
    inside.apply(jobs.SkipCapture(1, 7, "two"))
    assert [tuple(row) for row in inside.file.connection.execute("select * from skips")] == [(row_id(1, 7), "two")]


@on_both_engines
def test_epochs_are_never_given_twice(inside: Inside) -> None:
    # The ledger of the engine may have got the first one.
    first, second = _told(inside.apply(jobs.NextEpoch(), jobs.NextEpoch()))
    assert [second, *_told(inside.apply(jobs.NextEpoch()))] == [first + 1, first + 2]


@on_both_engines
def test_a_request_to_read_again_has_the_last_capture_and_the_provider_of_its_moment(inside: Inside) -> None:
    inside.keep(a_raw())
    assert inside.appender.apply([jobs.RequestReread(BIN)]).positions == [LogPosition(1, n=1, k=0, d=0, version=1)]
    inside.apply(_capture(), jobs.SetBin(BIN, "", "ytel", None, 0), jobs.RequestReread(BIN))
    rows = inside.file.connection.execute("select number, through_n, provider from rereads")
    assert [tuple(row) for row in rows] == [(1, 1, None), (2, 2, "ytel")]


@on_both_engines
def test_answers_of_a_role_replace_one_another_and_go(inside: Inside) -> None:
    for answers in (b"one", b"two"):
        inside.apply(jobs.SetAnswers(BIN, "primary", answers))
    assert [row[0] for row in inside.file.connection.execute("select answers from answers")] == [b"two"]
    inside.apply(jobs.SetAnswers(BIN, "primary", None))
    assert _count(inside, "answers") == 0


@on_both_engines
def test_a_probe_writes_its_size_and_is_removed(inside: Inside) -> None:
    inside.apply(jobs.Probe(100_000))
    assert inside.file.connection.execute("select length(bytes) from probe").fetchone()[0] == 100_000
    inside.appender.remove_probe()
    assert _count(inside, "probe") == 0


def test_what_cannot_be_removed_now_is_removed_later(inside: Inside) -> None:
    inside.apply(jobs.Probe(10))
    inside.file.connection.execute("pragma query_only = on")
    inside.appender.remove_probe()
    assert _count(inside, "probe") == 1
    inside.file.connection.execute("pragma query_only = off")
    inside.appender.remove_probe()
    assert _count(inside, "probe") == 0


def test_files_that_are_gone_do_not_end_the_process_while_it_takes_back(inside: Inside, monkeypatch) -> None:
    def gone() -> None:
        raise Gone("log.db was deleted while smsbin was running.")

    inside.apply(jobs.Probe(10))
    monkeypatch.setattr(inside.file.database._files, "check", gone)
    inside.appender.remove_probe()
    (result,) = inside.apply(jobs.NextEpoch())
    assert result.error == "gone"


def test_nothing_is_removed_where_nothing_was_probed_since(inside: Inside) -> None:
    inside.apply(jobs.Probe(10))
    inside.appender.remove_probe()
    said: list[str] = []
    inside.file.connection.set_trace_callback(said.append)
    inside.appender.remove_probe()
    assert said == []


@pytest.mark.parametrize(
    ("job", "erases"),
    [
        (jobs.DropCapture(BIN, 1), True),
        (jobs.DropCapture(BIN, 9), False),
        (jobs.DropCaptures(BIN), False),
        (jobs.Sweep(0, 0, 0, True), False),
        (jobs.Sweep(1 << 60, 1, 0, False), True),
    ],
)
def test_it_reports_whether_erased_bytes_are_still_in_the_files(inside: Inside, job: jobs.Job, erases: bool) -> None:
    inside.keep(a_raw())
    inside.apply(job)
    assert inside.appender.has_erased is erases
    inside.apply(_capture())
    assert inside.appender.has_erased is erases
