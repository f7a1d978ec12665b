"""The process: its names of files, its log, its sockets, its threads, its waits, and the server that tests start."""

import asyncio
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from app import files, serving, traces
from app.domain.answers.limits import MOST_HEADERS, MOST_RULES
from app.files import new_file, remove_leftovers
from app.services import held_answers
from app.services.held_answers import Ending, HeldAnswers
from app.settings import read_settings
from app.testing import inbox, server
from app.testing.inbox import Inbox
from app.web.answers.form import MOST_FIELDS, MOST_ROWS, read_draft
from tests.services.test_held_answers import OpenSender


@pytest.mark.parametrize("length", [files._SHOWN, files._SHOWN + 1, 250])
def test_a_file_is_filled_under_the_beginning_of_its_name(tmp_path, length: int) -> None:
    path = tmp_path / ("n" * length)
    with new_file(path) as file:
        name = file.name.rpartition("/")[2]
        assert name.startswith("n" * files._SHOWN + ".")
        remove_leftovers(path)
        assert list(tmp_path.iterdir()) == []
        (tmp_path / name).touch()
    assert path.exists()


def _raise(depth: int) -> None:
    if depth > 1:
        _raise(depth - 1)
    raise ValueError


@pytest.mark.parametrize("depth", [traces._MAX_FRAMES - 1, traces._MAX_FRAMES])
def test_a_trace_names_so_many_places_the_innermost_ones(depth: int) -> None:
    with pytest.raises(ValueError) as caught:
        _raise(depth)
    text = traces.trace_of(caught.value)
    assert text.count("  File ") == traces._MAX_FRAMES
    assert (text.count("in test_a_trace") == 1) == (depth < traces._MAX_FRAMES)


@pytest.mark.parametrize("causes", [traces._MAX_CAUSES, traces._MAX_CAUSES + 1])
def test_a_trace_names_so_many_causes(causes: int) -> None:
    error = first = ValueError()
    for _ in range(causes - 1):
        error.__cause__ = error = ValueError()
    assert traces.trace_of(first).count("ValueError") == traces._MAX_CAUSES


def _form(rows: int, rules: int) -> dict[str, str]:
    fields = {f"headers.{row}.name": f"X-{row}" for row in range(rows)}
    return fields | {f"rules.{rule}.match": "text~stop" for rule in range(rules)}


def test_the_form_of_an_answer_takes_twice_what_may_be_saved() -> None:
    """So that a user who has too many can remove some."""
    assert MOST_ROWS == 2 * MOST_HEADERS
    for more in (0, 1):
        draft = read_draft(_form(MOST_ROWS + more, 2 * MOST_RULES + more))
        assert (len(draft.answer.headers), len(draft.rules)) == (MOST_ROWS, 2 * MOST_RULES)
    assert len(draft.press("add:rules").rules) == 2 * MOST_RULES


def test_a_whole_form_of_an_answer_has_no_more_fields_than_are_read() -> None:
    """A name and a value a header; beside those a rule has its match, status, delay and body."""
    rule = 2 * MOST_ROWS + 4
    assert 2 * MOST_RULES * rule <= MOST_FIELDS


async def test_no_answer_leaves_before_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Timers ring early by what had passed of the first millisecond."""
    asked: list[float] = []
    loop = asyncio.get_running_loop()

    def call_later(seconds: float, *call: Any) -> Any:
        asked.append(seconds)
        return loop.call_soon(*call)

    made = SimpleNamespace(create_future=loop.create_future, call_later=call_later)
    monkeypatch.setattr(held_answers.asyncio, "get_running_loop", lambda: made)
    assert await HeldAnswers().wait(16.0, OpenSender()) is Ending.OVER
    assert asked == [16.0 + held_answers.ROUNDING_S]
    assert held_answers.ROUNDING_S > 0.001


def test_a_thread_hands_the_interpreter_over_after_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[float] = []
    monkeypatch.setattr(sys, "setswitchinterval", chosen.append)

    class Runner:
        def __init__(self, **_: object) -> None:
            raise InterruptedError

    monkeypatch.setattr(serving.asyncio, "Runner", Runner)
    monkeypatch.setattr(serving, "set_up_log", lambda *_: None)
    with pytest.raises(InterruptedError):
        serving.serve(read_settings({"access_token": "a-token-only-for-tests"}))
    assert chosen == [serving.SWITCH_INTERVAL_S]


class Client:
    """A server without captures. Each question takes as long as it waits."""

    def __init__(self, ticks: Any) -> None:
        self.ticks = ticks
        self.asked: list[dict[str, Any]] = []

    def get(self, _path: str, *, timeout_s: float, **query: Any) -> Any:
        self.asked.append({"timeout_s": timeout_s} | query)
        self.ticks.now += float(query.get("wait") or 0)
        return {"items": []}


def _inbox(client: Client, **more: Any) -> Inbox:
    urls = dict.fromkeys(("primary", "fallback", "status", "voice", "voice-fallback"), "")
    return Inbox(client, {"id": "b", "urls": urls, "page_url": ""}, **more)  # type: ignore[arg-type]


def test_an_inbox_waits_so_long_where_nobody_says(ticks) -> None:
    client, since = Client(ticks), ticks.now
    with pytest.raises(AssertionError, match=f"within {inbox.TIMEOUT_S:g} s"):
        _inbox(client).wait()
    assert ticks.now - since == inbox.TIMEOUT_S
    assert {(asked["limit"], asked["timeout_s"]) for asked in client.asked} == {
        (str(inbox._PAGE), inbox._POLL_TIMEOUT_S)
    }


def test_an_inbox_is_quiet_for_so_long_where_nobody_says(ticks) -> None:
    client, since = Client(ticks), ticks.now
    _inbox(client).assert_quiet()
    assert ticks.now - since == inbox.QUIET_S


def test_a_question_of_an_inbox_waits_so_long_and_is_asked_again(ticks) -> None:
    client = Client(ticks)
    with pytest.raises(AssertionError):
        _inbox(client).wait(timeout=inbox._MAX_POLL_S + 1)
    assert [asked["wait"] for asked in client.asked][:3] == [str(inbox._MAX_POLL_S), "1", "0"]
    assert inbox._MAX_POLL_S < inbox._POLL_TIMEOUT_S


def test_a_server_for_tests_is_waited_for_so_long(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    asked: list[float] = []

    class Future:
        def result(self, timeout: float) -> str:
            asked.append(timeout)
            raise TimeoutError

    def submit(coroutine: Any, _loop: object) -> Future:
        coroutine.close()
        return Future()

    def make(_settings: object) -> Any:
        async def nothing(*_: object) -> None:
            return None

        return SimpleNamespace(start=nothing, stop=nothing)

    monkeypatch.setattr(server, "create_server", make)
    monkeypatch.setattr(server.asyncio, "run_coroutine_threadsafe", submit)
    with pytest.raises(TimeoutError), server.serving(tmp_path):
        pass
    assert asked == [server.START_S]
