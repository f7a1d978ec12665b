"""What the log process reports when it opens the log, and the state it leaves behind."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.storage.log import jobs, process
from app.storage.log.appender import Appender
from app.storage.log.results import Opened, Result, Results, decode_opened, decode_results
from app.storage.process import EXIT_DOUBT
from app.storage.sqlite.checkpoints import Checkpoints
from app.storage.transaction import Doubtful, Gone


class Server:
    """The other end of the pipe: it has sent these batches, and may be closed."""

    def __init__(self, *batches: list[jobs.Job], is_gone: bool = False) -> None:
        self.batches = [jobs.encode_jobs(batch) for batch in batches]
        self.is_gone = is_gone
        self.sent: list[bytes] = []
        self.waited: list[float] = []

    def send(self, data: bytes) -> None:
        if self.is_gone and self.sent:
            raise BrokenPipeError
        self.sent.append(data)

    def receive(self) -> bytes | None:
        return self.batches.pop(0) if self.batches else None

    def has_more(self, timeout_s: float = 0.0) -> bool:
        """A long wait ends when the server is gone."""
        self.waited.append(timeout_s)
        return bool(self.batches) or len(self.waited) > 5

    @property
    def opened(self) -> Opened:
        return decode_opened(self.sent[0])

    @property
    def results(self) -> list[list[str | int]]:
        told = map(decode_results, self.sent[1:])
        return [[result.error or result.value for result in results.results] for results in told]


Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch) -> Run:
    """Run the process here; returns its exit code."""
    monkeypatch.setattr(process, "begin", lambda: None)
    monkeypatch.setattr(process, "tune_gc", lambda: None)

    def run(server: Server, doubt: str = "sound", log: str = "") -> int:
        monkeypatch.setattr(process, "Pipe", lambda _: server)
        try:
            process.main(["0", str(tmp_path / "log.db"), "a run", doubt, log])
        except SystemExit as ended:
            return ended.code
        return 0

    return run


def _mark(folder: Path) -> bool:
    return (folder / "log.suspect").exists()


def _doubt(*_: object) -> None:
    raise Doubtful("a sync failed")


def test_it_serves_batches_in_their_order_until_the_server_is_gone(run: Run) -> None:
    server = Server([jobs.NextEpoch()], [jobs.NextEpoch(), jobs.RotateKey("nobody", "")])
    assert run(server) == 0
    assert (server.opened.error, len(server.opened.log), server.opened.seen_at) == (None, 32, None)
    assert server.results == [[1], [2, "not_found"]]


def test_a_server_that_is_gone_is_an_end(run: Run, tmp_path: Path) -> None:
    server = Server([jobs.NextEpoch()], [jobs.NextEpoch()], is_gone=True)
    assert run(server) == 0
    assert len(server.batches) == 1
    assert not _mark(tmp_path)


@pytest.mark.parametrize("is_gone", [False, True])
def test_in_doubt_nothing_is_confirmed_and_it_leaves_the_mark_itself(
    run: Run, tmp_path: Path, monkeypatch, is_gone: bool
) -> None:
    monkeypatch.setattr(Appender, "apply", _doubt)
    server = Server([jobs.NextEpoch(), jobs.NextEpoch()], [jobs.NextEpoch()], is_gone=is_gone)
    assert run(server) == EXIT_DOUBT
    assert server.results == ([] if is_gone else [["suspect", "suspect"]])
    assert len(server.batches) == 1
    assert _mark(tmp_path)


def test_a_mark_that_cannot_be_left_changes_nothing_else(run: Run, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Appender, "apply", _doubt)
    monkeypatch.setattr(Path, "touch", fail)
    assert run(Server([jobs.NextEpoch()])) == EXIT_DOUBT


def test_a_failed_write_at_the_opening_is_doubt_too(run: Run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(Appender, "begin", _doubt)
    server = Server()
    assert run(server) == EXIT_DOUBT
    assert "a sync failed" in (server.opened.error or "")
    assert _mark(tmp_path)


def test_files_that_are_deleted_at_the_opening_are_reported(run: Run, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise Gone("log.db was replaced.")

    monkeypatch.setattr(Appender, "begin", fail)
    server = Server()
    assert run(server) == 1
    assert (server.opened.error or "").startswith("log.db was replaced.")


def test_another_log_in_its_place_is_refused(run: Run, tmp_path: Path) -> None:
    first = Server()
    assert run(first) == 0
    assert run(Server(), log=first.opened.log) == 0
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"log.db{suffix}").unlink(missing_ok=True)
    server = Server()
    assert run(server, log=first.opened.log) == 1
    assert "was deleted" in (server.opened.error or "")
    assert not (tmp_path / "log.db").exists()
    assert run(Server()) == 0
    server = Server()
    assert run(server, log=first.opened.log) == 1
    assert "was replaced" in (server.opened.error or "")


def test_a_damaged_file_is_no_doubt_but_told_with_the_cure(run: Run, tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"this is no database" * 500)
    server = Server()
    assert run(server) == 1
    assert "restore a backup" in (server.opened.error or "")
    assert not _mark(tmp_path)


def test_deleted_bytes_leave_the_disk_although_no_further_job_comes(run: Run, monkeypatch) -> None:
    """A truncating checkpoint right after another one is refused; it is tried again a second later."""
    answers = [False, False, True]
    monkeypatch.setattr(Checkpoints, "truncate", lambda _: answers.pop(0))
    monkeypatch.setattr(Appender, "apply", _erase)
    server = Server([jobs.NextEpoch()])
    assert run(server) == 0
    assert (answers, server.waited) == ([], [0.0, 1.0, 1.0])


def test_a_job_that_comes_goes_before_them(run: Run, monkeypatch) -> None:
    monkeypatch.setattr(Checkpoints, "truncate", lambda _: False)
    monkeypatch.setattr(Appender, "apply", _erase)
    server = Server([jobs.NextEpoch()], [jobs.NextEpoch()])
    assert run(server) == 0
    assert len(server.sent) == 3
    assert server.waited[:2] == [0.0, 0.0]


def _erase(appender: Appender, batch: list[jobs.Job]) -> Results:
    appender.has_erased = True
    return Results([Result()] * len(batch))
