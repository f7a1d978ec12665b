"""`smsbin tail`: every capture once, in order, whatever happens to the server."""

import http.client
import json
import os
import pty
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import pytest

from tests.commands.run import hit, run, start
from tests.process import TOKEN, Process, environment, request_bytes, serving

TOTAL = 1_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with serving(tmp_path_factory.mktemp("data")) as process:
        yield process


@pytest.fixture
def here(server: Process) -> dict[str, str]:
    return {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}


@contextmanager
def _tailing(*arguments: str, **variables: str) -> Iterator["_Tail"]:
    tail = _Tail(start("tail", *arguments, **variables))
    try:
        yield tail
    finally:
        tail.close()


class _Tail:
    """Its lines are read as they arrive, so that it never blocks on a full pipe."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def next(self) -> dict:
        return json.loads(self._lines.get(timeout=60))

    def end(self) -> tuple[int, str]:
        """Stop it with Ctrl-C; returns the exit code and stderr."""
        self.process.send_signal(signal.SIGINT)
        self._reader.join()
        assert self.process.stderr is not None
        return self.process.wait(30), self.process.stderr.read()

    def close(self) -> None:
        self.process.kill()
        self._reader.join()
        self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()


class _Senders:
    """Four connections that send until each of `TOTAL` texts is acknowledged; while the server is unreachable they
    wait."""

    def __init__(self, port: int, key: str) -> None:
        self._port, self._key = port, key
        self._texts = iter(range(TOTAL))
        self._changed = threading.Condition()
        self._up = threading.Event()
        self.acknowledged: list[int] = []
        self._threads = [threading.Thread(target=self._send) for _ in range(4)]

    def __enter__(self) -> Self:
        self._up.set()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.join()

    @contextmanager
    def without_a_server(self, at: int) -> Iterator[None]:
        """Returns as soon as `at` texts are acknowledged, before the others."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.acknowledged) >= at, 60)
        self._up.clear()
        assert len(self.acknowledged) < TOTAL
        yield
        self._up.set()

    def _send(self) -> None:
        while (text := self._take()) is not None:
            while not self._try(text):
                assert self._up.wait(60)

    def _take(self) -> int | None:
        with self._changed:
            return next(self._texts, None)

    def _try(self, text: int) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request("POST", f"/{self._key}", f"Text={text}")
            answer = connection.getresponse()
            answer.read()
        except (http.client.HTTPException, OSError):
            return False
        finally:
            connection.close()
        if answer.status == 200:
            with self._changed:
                self.acknowledged.append(int(answer.headers["X-Capture"]))
                self._changed.notify_all()
        return answer.status == 200


@pytest.mark.timeout(300)
def test_a_thousand_captures_and_two_restarts_and_each_is_shown_once_in_order(tmp_path: Path, free_port: int) -> None:
    port = ("--port", str(free_port))
    here = {"SMSBIN_URL": f"http://127.0.0.1:{free_port}", "SMSBIN_ACCESS_TOKEN": TOKEN}
    with ExitStack() as stack:
        server = stack.enter_context(serving(tmp_path, *port))
        tail = stack.enter_context(_tailing("--since", "#0", **here))
        hit(server, "the first one")
        seen = [tail.next()["n"]]
        with _Senders(free_port, server.key) as senders:
            with senders.without_a_server(at=250):
                assert server.stop() == 0
                server = stack.enter_context(serving(tmp_path, *port))
            with senders.without_a_server(at=600):
                server.kill()
                server = stack.enter_context(serving(tmp_path, *port))
        kept = [json.loads(line)["n"] for line in run("export", **here).stdout.splitlines()]
        seen += [tail.next()["n"] for _ in kept[1:]]
        assert kept == list(range(1, len(kept) + 1))
        assert seen == kept
        assert set(senders.acknowledged) <= set(kept)
        assert len(senders.acknowledged) == TOTAL
        # Nothing else is left to be shown: the next line is the next capture.
        assert hit(server, "the last one") == tail.next()["n"] == len(kept) + 1
        code, said = tail.end()
        assert code == 130
        assert "the server is reachable again" in said


def test_a_line_is_the_apis_summary_with_its_answer(server: Process, here: dict[str, str]) -> None:
    with _tailing("--since", "#0", server.ready["bin"], **here) as tail:
        number = hit(server, "héllo")
        item = tail.next()
        while item["n"] < number:
            item = tail.next()
        assert (item["text"], item["from"], item["answered"]["status"]) == ("héllo", "+14155550123", 200)
        assert tail.end() == (130, "\n")


def test_a_match_shows_what_matches_and_body_the_whole_capture(server: Process, here: dict[str, str]) -> None:
    first = hit(server, "tulip one")
    with _tailing("--since", f"#{first - 1}", "--match", "text~tulip", "--body", **here) as tail:
        hit(server, "rose")
        second = hit(server, "tulip two")
        shown = [tail.next(), tail.next()]
        assert [item["n"] for item in shown] == [first, second]
        assert {"headers", "body", "parsed"} <= shown[0].keys()


def test_since_may_be_a_duration(server: Process, here: dict[str, str]) -> None:
    number = hit(server, "just now")
    with _tailing("--since", "1h", "--match", 'text~"just now"', **here) as tail:
        assert tail.next()["n"] == number


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--match", "colour:red"], 2, "--match"),
        (["--since", "yesterday"], 2, "--since"),
        (["nobody"], 2, "There is no bin nobody"),
    ],
)
def test_a_wrong_search_is_reported_at_once(here: dict[str, str], arguments: list[str], code: int, words: str) -> None:
    done = run("tail", *arguments, **here)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr


def test_no_server_is_three(free_port: int) -> None:
    done = run("tail", SMSBIN_URL=f"http://127.0.0.1:{free_port}", SMSBIN_ACCESS_TOKEN=TOKEN)
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)


def test_a_reader_that_has_enough_ends_it_quietly(server: Process, here: dict[str, str]) -> None:
    numbers = [hit(server, "pipe"), hit(server, "pipe")]
    tail = start("tail", "--since", f"#{numbers[0] - 1}", **here)
    assert tail.stdout is not None
    assert tail.stderr is not None
    assert json.loads(tail.stdout.readline())["n"] == numbers[0]
    tail.stdout.close()
    hit(server, "pipe")
    assert tail.wait(60) == 0
    assert tail.stderr.read() == ""
    tail.stderr.close()


def _on_a_terminal(*arguments: str, until: bytes, **variables: str) -> bytes:
    """The output of a command on a terminal, up to `until`."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, "-m", "app", *arguments], environment(**variables))
    shown = b""
    try:
        while until not in shown:
            shown += os.read(terminal, 65_536)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)
    return shown


def test_a_terminal_gets_coloured_lines_and_nothing_of_what_a_sender_wants_it_to_do(
    server: Process, here: dict[str, str]
) -> None:
    number = hit(server, "\x1b[2Jboo \u202etxt.exe")
    arguments = ("tail", "--since", f"#{number - 1}", "--body")
    shown = _on_a_terminal(*arguments, until=b"Text=", TERM="xterm", **here).decode()
    assert r"\x1b[2Jboo \u202etxt.exe" in shown
    assert "\x1b[1m#" in shown
    assert "\x1b[2J" not in shown
    assert "    POST /" in shown
    plain = _on_a_terminal(*arguments, until=b"Text=", TERM="xterm", NO_COLOR="1", **here).decode()
    assert f"#{number}  primary   inbound" in plain
    assert "\x1b[" not in plain


def test_an_unanswered_capture_does_not_hold_up_the_next_one(server: Process, here: dict[str, str]) -> None:
    """Its sender disconnects before the answer, so there is no status."""
    first = hit(server, "before")
    with _tailing("--since", f"#{first}", **here) as tail:
        with socket.create_connection(("127.0.0.1", server.port)) as sender:
            sender.sendall(request_bytes(server.key, b"Text=cut")[:-2])
        assert tail.next()["n"] == first + 1
        assert hit(server, "after") == tail.next()["n"]
