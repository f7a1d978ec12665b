"""What every store does when it is opened and closed, whatever its engine is."""

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from app.domain.reader import DEFAULT_READER_CONTEXT
from app.errors import CannotStart, StoreUnavailable
from app.storage import base_store
from app.storage.base_store import LEDGER_OPEN_S, BaseStore, follower_program
from app.storage.ledger.protocol import LedgerBegins, decode_from_server
from app.storage.log import jobs
from app.storage.log.results import LogPosition, Opened
from app.store import Health, LedgerStatus

POSITIONS = [LogPosition(1, 5, 4, 3, 2, 1), LogPosition(2, 0, 0, 0, 0, 0)]


class Parts:
    """The processes and readers of a store; `calls` has what the store has done with them, in its order."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.state = "ok"
        self.refuses = False

    def __getattr__(self, name: str) -> Any:
        async def call(*values: object) -> None:
            self.calls.append((name, *values))

        return call

    async def start_log(self) -> Opened:
        self.calls.append("log")
        return Opened(None, "log", 1_000_000)

    def submit(self, job: jobs.Job) -> Any:
        if self.refuses:
            raise StoreUnavailable("full")
        self.calls.append(type(job))
        return self.nothing()

    async def all(self, query: str, _: object) -> list[tuple[int, ...]]:
        self.calls.append(query)
        return [msgspec.structs.astuple(position) for position in POSITIONS]


class FakeStore(BaseStore):
    is_shared = False

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        health = lambda: Health(state=parts.state)  # noqa: E731
        self._appender = SimpleNamespace(
            start=parts.start_log, submit=parts.submit, close=parts.close_log, health=health
        )  # type: ignore[assignment]
        self.grew: list[object] = []
        self._follower = SimpleNamespace(  # type: ignore[assignment]
            start=parts.start_ledger, all_caught_up=parts.catch_up, close=parts.close_ledger, log_grew=self.grew.extend,
            ledger_status=lambda _: LedgerStatus(state="ok"),
        )  # fmt: skip
        self._log = SimpleNamespace(all=parts.all, close=parts.close_log_reads)  # type: ignore[assignment]
        self._ledger = SimpleNamespace(close=parts.close_ledger_reads)  # type: ignore[assignment]


@pytest.fixture
def parts() -> Parts:
    return Parts()


async def test_the_ledger_follows_from_what_the_log_has_when_it_is_opened(parts: Parts) -> None:
    store = FakeStore(parts)
    await store.open()
    assert parts.calls == ["log", "all_marks", ("start_ledger", POSITIONS, LEDGER_OPEN_S)]
    assert store._found == {1: 5, 2: 0}
    seen = store.last_seen()
    assert seen is not None
    assert seen.timestamp() == 1


async def test_a_log_that_cannot_be_opened_starts_no_ledger(parts: Parts) -> None:
    store = FakeStore(parts)

    async def fail() -> Opened:
        raise CannotStart("the disk is full")

    store._appender.start = fail  # type: ignore[method-assign]
    with pytest.raises(CannotStart):
        await store.open()
    assert parts.calls == []


async def test_the_end_is_recorded_before_the_ledger_gets_a_moment_and_everything_ends(parts: Parts) -> None:
    await FakeStore(parts).close()
    assert [call[0] if isinstance(call, tuple) else call for call in parts.calls] == [
        jobs.EndRun, "nothing", "catch_up", "close_ledger", "close_ledger_reads", "close_log_reads", "close_log",
    ]  # fmt: skip


@pytest.mark.parametrize(("state", "refuses"), [("away", False), ("full", False), ("ok", True)])
async def test_a_log_that_cannot_be_written_does_not_delay_the_end(parts: Parts, state: str, refuses: bool) -> None:
    parts.state, parts.refuses = state, refuses
    await FakeStore(parts).close()
    assert parts.calls == [
        ("catch_up",), ("close_ledger",), ("close_ledger_reads",), ("close_log_reads",), ("close_log",)
    ]  # fmt: skip


def test_every_listener_is_called_with_each_changed_bin(parts: Parts) -> None:
    store = FakeStore(parts)
    calls: list[str] = []
    for _ in range(2):
        store.on_change(calls.append)
    store._changed("a")
    assert calls == ["a", "a"]
    store._log_grew(POSITIONS)
    assert store.grew == POSITIONS


def test_secrets_are_not_arguments_of_the_ledger_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base_store, "FOLLOWER", "a.module")
    begins = LedgerBegins(DEFAULT_READER_CONTEXT, "postgresql://u:secret@h/a")
    program = follower_program(["ledger", "log"], begins)
    assert (program.module, list(program.place)) == ("a.module", ["ledger", "log"])
    assert program.first is not None
    assert decode_from_server(program.first) == begins
