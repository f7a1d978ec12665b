"""The log process on PostgreSQL: what it reports when it opens the log, and that it continues after a restart."""

from collections.abc import Callable

import pytest

from app.storage.log import jobs
from app.storage.postgres import log_process
from tests.postgres import Database
from tests.storage.log.test_process import Server

from .tables import make_tables

Run = Callable[..., int]
BIN = jobs.AddBin("bin", "key", None, None, None, 300, 0)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the process here; returns its exit code."""
    monkeypatch.setattr(log_process, "begin", lambda: None)
    monkeypatch.setattr(log_process, "tune_gc", lambda: None)

    def run(server: Server, url: str, log: str = "") -> int:
        server.batches.insert(0, url.encode())
        monkeypatch.setattr(log_process, "Pipe", lambda _: server)
        try:
            log_process.main(["0", "a run", "sound", log])
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    return run


@pytest.fixture
def database(make_database) -> Database:
    return make_database(make_tables)


def _capture(body: bytes) -> jobs.AddCapture:
    return jobs.AddCapture("bin", 7, "primary", "POST", "/", "", "1.1", b"", body, True, None, None, None, False)


def test_it_reports_the_log_and_runs_batches(database: Database, run: Run) -> None:
    server = Server([BIN], [_capture(b"a"), _capture(b"b")], [jobs.NoteTime(7)])
    assert run(server, database.url) == 0
    ((log,),) = database.peek("select id from smsbin_log.meta")
    assert (server.opened.error, server.opened.log, server.opened.seen_at) == (None, log, None)
    assert server.results == [[0], [1, 2], [1]]
    again = Server([_capture(b"c")])
    assert run(again, database.url, log) == 0
    assert (again.opened.log, again.opened.seen_at, again.results) == (log, 7, [[3]])


def test_an_empty_database_gets_its_tables(make_database, run: Run) -> None:
    server = Server([BIN])
    assert run(server, make_database().url) == 0
    assert (server.opened.error, server.results) == (None, [[0]])


def test_another_log_than_before_is_refused(database: Database, run: Run) -> None:
    server = Server()
    assert run(server, database.url.replace("smsbin@", "smsbin:secret@"), "another") == 1
    assert "has another log than before. Restart smsbin" in (server.opened.error or "")
    assert not server.opened.is_unreachable
    assert "secret" not in (server.opened.error or "")


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_database_that_cannot_be_reached_is_reported_without_its_password(run: Run, is_gone: bool) -> None:
    server = Server(is_gone=is_gone)
    if is_gone:
        # The server has stopped in the meantime.
        server.sent.append(b"")
    assert run(server, "postgresql://smsbin:secret@127.0.0.1:1/smsbin") == 1
    if not is_gone:
        assert server.opened.is_unreachable
        assert "postgresql://smsbin@127.0.0.1:1/smsbin cannot be opened" in (server.opened.error or "")
        assert "secret" not in (server.opened.error or "")


def test_a_pipe_that_is_closed_at_once_opens_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    monkeypatch.setattr(log_process, "Pipe", lambda _: server)
    log_process.main(["0", "a run", "sound", ""])
    assert server.sent == []


def test_a_server_that_restarts_ends_no_process(database: Database, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server([BIN], [_capture(b"a")], [_capture(b"b")])
    receive = server.receive

    def restarting() -> bytes | None:
        database.peek(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'smsbin log' and datname = current_database()"
        )
        return receive()

    monkeypatch.setattr(server, "receive", restarting)
    assert run(server, database.url) == 0
    assert server.results == [[0], [1], [2]]
