"""How long the commands wait, how much they ask for at once, and how much they show on a line."""

import io
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import click
import pytest

from app import clock
from app.commands import backup, client, polling, reread, searching, tail, terminal
from app.commands.client import Client, ServerUnreachable, complete_bins
from app.commands.doctor import local, remote
from app.commands.polling import BinCaptures, RetryBackoff
from app.commands.searching import CaptureSearch, WaitRequest
from app.commands.tail import Tail
from app.commands.terminal import line_of
from tests.commands.test_terminal import _summary

from .conftest import Ticks, Wall


class Server:
    """Answers the calls of a client from a list of captures, and remembers them."""

    def __init__(self, count: int = 0, **more: Any) -> None:
        self.items = [_summary(n=n, **more) for n in range(1, count + 1)]
        self.asked: list[dict[str, Any]] = []

    def get(self, path: str, *, timeout_s: float | None = None, **query: Any) -> Any:
        self.asked.append({"path": path, "timeout_s": timeout_s} | query)
        limit = int(query["limit"])
        if query.get("after") is None:
            return {"items": self.items[::-1][:limit]}
        return {"items": [item for item in self.items if item["n"] > int(query["after"])][:limit]}


@pytest.fixture
def paused(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds of each pause, of which none takes any."""
    found: list[float] = []
    monkeypatch.setattr(clock, "pause", found.append)
    return found


def test_what_follows_a_number_is_asked_for_by_pages(ticks: Ticks) -> None:
    server = Server(polling.PAGE + 1)
    captures = BinCaptures(server, "b")  # type: ignore[arg-type]
    assert len(captures.after(0)) == polling.PAGE
    assert server.asked[-1]["timeout_s"] == polling._SLACK_S
    captures.after(0, wait_s=polling.WAIT_S)
    assert server.asked[-1]["timeout_s"] == polling.WAIT_S + polling._SLACK_S


@pytest.mark.parametrize(("count", "questions"), [(polling._RECENT - 1, 1), (polling._RECENT, 2)])
def test_so_many_captures_are_looked_at_for_those_since_the_start(wall: Wall, count: int, questions: int) -> None:
    """All of them came afterwards, so with more the server must be asked for the first."""
    received_at = format_time(wall)
    server = Server(count, received_at=received_at)
    began = BinCaptures(server, "b").begin("now", wall.now, by_the_clock=True)  # type: ignore[arg-type]
    assert (began, len(server.asked)) == (0, questions)


def format_time(wall: Wall) -> str:
    return (wall.now + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_a_server_that_is_away_is_asked_again_ever_more_slowly_up_to_a_bound(paused, monkeypatch, capsys) -> None:
    monkeypatch.setattr(clock, "dice", lambda: 0.5)  # neither sooner nor later
    backoff = RetryBackoff()
    for _ in range(9):
        backoff.failed(ServerUnreachable("The server is gone."))
    assert paused[0] == polling._FIRST_PAUSE_S
    assert paused[1] == 2 * polling._FIRST_PAUSE_S
    assert paused[-1] == polling._LONGEST_PAUSE_S
    assert max(paused) <= polling._LONGEST_PAUSE_S
    backoff.succeeded()
    backoff.failed(ServerUnreachable("The server is gone."))
    assert paused[-1] == polling._FIRST_PAUSE_S


@pytest.mark.parametrize(("took_s", "pauses"), [(tail._EARLY_S - 0.001, [tail._EARLY_S]), (tail._EARLY_S, [])])
def test_tail_does_not_ask_a_server_without_end_that_answers_early(paused, ticks: Ticks, took_s, pauses) -> None:
    captures = BinCaptures(Server(), "b")  # type: ignore[arg-type]
    real = captures.client.get

    def slow(*arguments: Any, **more: Any) -> Any:
        ticks.now += took_s
        return real(*arguments, **more)

    captures.client.get = slow  # type: ignore[method-assign]
    Tail(captures, None, as_json=False, wants_body=False, after=0).show_next()
    assert paused == pauses


def test_tail_waits_a_moment_for_an_answer_that_is_not_known_yet(paused) -> None:
    unknown = {"status": None, "after_ms": None, "fault": None}
    for more, pauses in (({}, []), ({"answered": unknown}, [tail._ANSWERED_S])):
        captures = BinCaptures(Server(1, **more), "b")  # type: ignore[arg-type]
        Tail(captures, None, as_json=False, wants_body=False, after=0).show_next()
        assert paused == pauses


def _search(server: Server, count: int) -> CaptureSearch:
    wanted = WaitRequest(match="text~hello", count=count, since="now", extract=None, fail_on=None)
    return CaptureSearch(wanted=wanted, bin=None, server={}, started=clock.now(), captures=BinCaptures(server, "b"))  # type: ignore[arg-type]


@pytest.mark.parametrize(("count", "pages"), [(searching._PAGE - 1, 1), (searching._PAGE, 1), (searching._PAGE + 1, 2)])
def test_wait_looks_at_matches_by_pages(count: int, pages: int) -> None:
    server = Server(count)
    result = _search(server, count).search_once(clock.ticks(), immediately=True)
    assert len(result.matches) == count
    assert sum(asked.get("q") is not None for asked in server.asked) == pages


@pytest.mark.parametrize("took_s", [searching._EARLY_S - 0.001, searching._EARLY_S])
def test_wait_does_not_ask_a_server_without_end_that_answers_early(paused, ticks: Ticks, took_s: float) -> None:
    server = Server()
    real = server.get

    def slow(*arguments: Any, **more: Any) -> Any:
        ticks.now += took_s if more.get("wait") else 0
        return real(*arguments, **more)

    server.get = slow  # type: ignore[method-assign]
    _search(server, 1).search_once(ticks.now + 60, immediately=False)
    assert paused == ([searching._EARLY_S] if took_s < searching._EARLY_S else [])


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What a client opens, and how long it waits; each answer is an empty list."""
    found: list[dict[str, Any]] = []

    class Opener:
        def open(self, request: Any, *, timeout: float) -> Any:
            found.append({"url": request.full_url, "timeout": timeout})
            return io.BytesIO(b'{"items": [], "next": null}')

    monkeypatch.setattr(client, "opener", lambda *_: Opener())
    monkeypatch.setattr(remote, "opener", lambda *_: Opener())
    return found


def test_a_call_waits_so_long_and_asks_for_so_many(opened: list[dict[str, Any]], monkeypatch) -> None:
    made = Client(root="http://127.0.0.1:1", token="t", source="s")
    made.send("POST", "/bins")
    list(made.every("/bins"))
    assert [each["timeout"] for each in opened] == [client.TIMEOUT_S] * 2
    assert opened[1]["url"].endswith(f"?limit={client._PAGE}")
    monkeypatch.setenv("SMSBIN_ACCESS_TOKEN", "a-token-only-for-tests")
    context = click.Context(click.Command("x"))
    context.params = {"url": None, "access_token_file": None, "data_dir": ".", "port": "1", "base_path": ""}
    assert complete_bins(context, None, "") == []  # type: ignore[arg-type]
    assert opened[-1]["timeout"] == client._TYPING_S


def test_a_file_comes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    class Answer(io.BytesIO):
        def read1(self, size: int = -1) -> bytes:
            return super().read(size)

    made = Client(root="http://127.0.0.1:1", token="t", source="s")
    monkeypatch.setattr(Client, "_open", lambda *_: Answer(b"a" * (client.CHUNK + 1)))
    assert [len(piece) for piece in made.chunks("/export")] == [client.CHUNK, 1]


def test_a_look_from_outside_waits_so_long(opened: list[dict[str, Any]], monkeypatch) -> None:
    with pytest.raises(AttributeError):  # the answer of the fixture has no headers
        remote.fetch("http://127.0.0.1:1/healthz")
    assert opened[0]["timeout"] == remote._TIMEOUT_S


@pytest.mark.parametrize(
    ("off_s", "state"),
    [
        (remote._SKEW_S, "ok"),
        (remote._SKEW_S + 1, "warning"),
        (remote._LARGE_SKEW_S, "warning"),
        (remote._LARGE_SKEW_S + 1, "wrong"),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_clock_may_be_wrong_by_so_much(wall: Wall, sign: int, off_s: int, state: str) -> None:
    at = format_datetime(wall.now + sign * timedelta(seconds=off_s), usegmt=True)
    fetched = remote.FetchedAnswer(200, {"Server": "other", "Date": at}, {})  # type: ignore[arg-type]
    assert remote._clock(fetched).state == state


@pytest.mark.parametrize(("count", "more"), [(local._NAMED, ""), (local._NAMED + 1, " and 1 more")])
def test_so_many_damaged_bodies_are_named(count: int, more: str) -> None:
    text = local._bodies(lambda: [("b", n) for n in range(count)]).told
    assert text.count("b #") == local._NAMED
    assert text.endswith(more or f"#{count - 1}")


@pytest.mark.parametrize(
    ("total", "is_told"), [(backup._PAGES_WORTH_TELLING, False), (backup._PAGES_WORTH_TELLING + 1, True)]
)
def test_a_large_backup_tells_how_far_it_is(capsys, total: int, is_told: bool) -> None:
    backup._print_progress(total, total)
    assert ("100 %" in capsys.readouterr().err) == is_told


def test_reading_again_tells_how_far_it_is_after_so_many(capsys) -> None:
    progress = reread._RereadProgress("b")
    progress.report(reread._REPORT_EVERY - 1, 30_000)
    assert capsys.readouterr().err == ""
    progress.report(reread._REPORT_EVERY, 30_000)
    assert "10,000 of 30,000" in capsys.readouterr().err


async def test_reading_again_here_takes_all_bins_and_looks_now_and_then(monkeypatch) -> None:
    asked: list[int] = []

    class Store:
        async def list_bins(self, *, limit: int, before: object) -> list[Any]:
            asked.append(limit)
            return []

    assert await reread._all_bins(Store()) == []  # type: ignore[arg-type]
    assert asked == [reread._PAGE]


def test_reading_again_on_a_server_is_looked_at_now_and_then(paused, capsys) -> None:
    class Reading:
        def find_bin(self, _wanted: str) -> dict[str, str]:
            return {"id": "b", "name": "B"}

        def send(self, *_: object) -> dict[str, Any]:
            return {"state": "reading", "done": 0, "total": 1}

        def get(self, *_: object) -> dict[str, Any]:
            return {"state": "done"}

    reread._reread_on_server(Reading(), "b")  # type: ignore[arg-type]
    assert paused == [reread._EVERY_S]


@pytest.mark.parametrize(("length", "is_cut"), [(terminal._MAX_TEXT, False), (terminal._MAX_TEXT + 1, True)])
def test_a_text_is_shown_on_a_line_to_this_length(length: int, is_cut: bool) -> None:
    line = line_of(_summary(text="x" * length))
    assert ("x" * terminal._MAX_TEXT + "…" in line) == is_cut
    assert line.count("x") == terminal._MAX_TEXT


def test_an_interruption_is_raised_again_until_it_is_heard(monkeypatch) -> None:
    timers: list[float] = []
    monkeypatch.setattr(terminal.signal, "setitimer", lambda _, seconds: timers.append(seconds))
    with pytest.raises(KeyboardInterrupt), terminal.until_interrupted():
        terminal.signal.raise_signal(terminal.signal.SIGINT)
    assert timers == [terminal._AGAIN_S, 0]
