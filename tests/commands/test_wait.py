"""`smsbin wait`: a match is found at once, whenever it arrives, and the exit code is right."""

import json
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.commands.run import hit, run, start
from tests.process import TOKEN, Process, serving

BEARER = {"Authorization": f"Bearer {TOKEN}"}
# The requests of `wait` in its first and its second search. With one filter: bins, newest, last, match; last, poll.
# With two: bins, newest, last, match, fail; last, poll, match, fail.
ONE, TWO = (6, 6), (7, 9)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with serving(tmp_path_factory.mktemp("data")) as process:
        yield process


@pytest.fixture
def here(server: Process) -> dict[str, str]:
    return {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}


@contextmanager
def _proxy(server: Process, before: Callable[[int], None]) -> Iterator[tuple[str, list[str]]]:
    """Passes requests to the server in order; `before` is called with the number of each, from 1."""
    calls: list[str] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with lock:
                calls.append(self.path)
                before(len(calls))
                address = server.ready["url"].rstrip("/") + self.path
                request = urllib.request.Request(address, headers={"Authorization": self.headers["Authorization"]})
                with urllib.request.urlopen(request) as answer:
                    body = answer.read()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=proxy.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{proxy.server_port}", calls
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()


def _in_the_gap(server: Process, poll: int, gap: int, *texts: str) -> Callable[[int], None]:
    """Sends a capture just before request number `gap`; if that is after the long poll, another capture ends the
    poll."""

    def before(call: int) -> None:
        if call == poll < gap:
            hit(server, "something else")
        if call == gap:
            for text in texts:
                hit(server, text)

    return before


@pytest.mark.parametrize("gap", range(1, ONE[1] + 1))
def test_a_hit_in_any_gap_between_two_calls_is_found(server: Process, gap: int) -> None:
    with _proxy(server, _in_the_gap(server, ONE[0], gap, f"one{gap}")) as (url, calls):
        done = run("wait", "--match", f"text~one{gap}", SMSBIN_URL=url, SMSBIN_ACCESS_TOKEN=TOKEN)
    assert (done.returncode, done.stderr) == (0, "")
    assert [f"one{gap}" in line for line in done.stdout.splitlines()] == [True]
    assert ["wait=" in call for call in calls].index(True) + 1 == ONE[0] if gap > 4 else gap <= len(calls)


@pytest.mark.parametrize("gap", range(1, TWO[1] + 1))
def test_so_it_is_with_something_that_must_not_come(server: Process, gap: int) -> None:
    with _proxy(server, _in_the_gap(server, TWO[0], gap, f"two{gap}")) as (url, calls):
        done = run(
            "wait", "--match", f"text~two{gap}", "--fail-on", "text~never",
            SMSBIN_URL=url, SMSBIN_ACCESS_TOKEN=TOKEN,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert [f"two{gap}" in line for line in done.stdout.splitlines()] == [True]
    assert ["wait=" in call for call in calls].index(True) + 1 == TWO[0] if gap > 5 else gap <= len(calls)


@pytest.mark.parametrize("gap", range(1, TWO[1] + 1))
def test_a_failure_in_any_gap_beats_the_match_behind_it(server: Process, gap: int) -> None:
    with _proxy(server, _in_the_gap(server, TWO[0], gap, f"bad{gap}", f"good{gap}")) as (url, _):
        done = run(
            "wait", "--match", f"text~good{gap}", "--fail-on", f"text~bad{gap}",
            SMSBIN_URL=url, SMSBIN_ACCESS_TOKEN=TOKEN,
        )  # fmt: skip
    assert (done.returncode, done.stdout) == (4, "")
    assert f"bad{gap}" in done.stderr


def _viewers(server: Process) -> float:
    request = urllib.request.Request(f"{server.ready['url']}metrics", headers=BEARER)
    with urllib.request.urlopen(request) as answer:
        found = re.search(r"^smsbin_viewers (\S+)$", answer.read().decode(), re.MULTILINE)
    assert found
    return float(found[1])


@contextmanager
def _waiting(server: Process, *arguments: str, **variables: str) -> "Iterator[subprocess.Popen[str]]":
    """`smsbin wait` while its long poll is open."""
    process = start("wait", *arguments, **variables)
    try:
        while _viewers(server) < 1:
            assert process.poll() is None
        yield process
    finally:
        process.kill()
        process.communicate()


def test_it_returns_within_a_tenth_of_a_second_of_the_hit(server: Process, here: dict[str, str]) -> None:
    """From the time of the capture to the end of the process. On a busy machine, the time of a process that does
    nothing is the reference."""
    took, idle = [], []
    for index in range(7):
        since = time.monotonic()
        subprocess.run([sys.executable, "-I", "-c", ""], check=True)
        idle.append(time.monotonic() - since)
        with _waiting(server, "--match", f"text~quick{index}", "--json", **here) as process:
            hit(server, f"quick{index}")
            assert process.wait() == 0
            ended = datetime.now(UTC)
            assert process.stdout is not None
            item = json.loads(process.stdout.read())
            took.append((ended - datetime.fromisoformat(item["received_at"])).total_seconds())
    slowness = max(1.0, statistics.median(idle) / 0.025)
    assert statistics.median(took) < 0.1 * slowness, (took, idle)


def test_now_is_the_start_of_the_command_and_since_reaches_back(server: Process, here: dict[str, str]) -> None:
    number = hit(server, "early bird")
    late = run("wait", "--match", 'text~"early bird"', "--timeout", "0", **here)
    assert (late.returncode, late.stdout) == (1, "")
    for since in ("5m", f"#{number - 1}", "2026-01-01"):
        done = run("wait", "--match", 'text~"early bird"', "--timeout", "0", "--since", since, "--json", **here)
        assert json.loads(done.stdout)["n"] == number
    assert run("wait", "--match", "text~early", "--timeout", "0", "--since", f"#{number}", **here).returncode == 1


def test_a_person_gets_a_line_and_several_are_counted(server: Process, here: dict[str, str]) -> None:
    first = hit(server, "triple one")
    hit(server, "triple two")
    since = ("--since", f"#{first - 1}", "--match", "text~triple", "--count", "3")
    done = run("wait", *since, "--timeout", "0", **here)
    assert done.returncode == 1
    assert [line.split("  ")[1] for line in done.stdout.splitlines()] == [f"#{first}", f"#{first + 1}"]
    assert "2 of 3 matched" in done.stderr
    hit(server, "triple three")
    hit(server, "triple four")
    done = run("wait", *since, "--timeout", "0", **here)
    assert (done.returncode, len(done.stdout.splitlines()), done.stderr) == (0, 3, "")


def test_a_failure_beats_a_match_that_was_there_before_it(server: Process, here: dict[str, str]) -> None:
    first = hit(server, "order good")
    hit(server, "order bad")
    filters = ("--match", 'text~"order good"', "--fail-on", 'text~"order bad"')
    done = run("wait", *filters, "--since", f"#{first - 1}", "--timeout", "0", **here)
    assert (done.returncode, done.stdout) == (4, "")


def test_the_nearest_miss_is_the_one_that_fails_the_fewest_terms(server: Process, here: dict[str, str]) -> None:
    first = hit(server, "nothing of it", From="+14155550199")
    hit(server, "the right text", From="+14155550111")
    hit(server, "another text", From="+14155550199")
    match = 'from:+14155550111 kind:inbound text~"right word"'
    done = run("wait", "--match", match, "--since", f"#{first - 1}", "--timeout", "0", **here)
    assert (done.returncode, done.stdout) == (1, "")
    told = done.stderr.splitlines()
    assert told[0] == "smsbin: no match in 0 s: 3 captures arrived."
    assert f"#{first + 1}  primary" in told[1]
    assert told[2] == '  does not match: text~"right word"'


@pytest.mark.parametrize(
    ("text", "extract", "shown"),
    [
        ("Your code is 482-913", "otp", "482913"),
        ("Open https://example.net/a?b=c.", "link", "https://example.net/a?b=c"),
        ("see the body", "json:/parsed/form/2/0", "Text"),
        ("see the size", "json:/body/complete", "true"),
        ("esc \x1b[2J", "json:/text", "esc \x1b[2J"),
    ],
)
def test_only_the_value_is_printed(server: Process, here: dict[str, str], text: str, extract: str, shown: str) -> None:
    number = hit(server, text)
    since = ("--match", "role:primary", "--since", f"#{number - 1}", "--timeout", "0")
    assert run("wait", *since, "--extract", extract, **here).stdout == shown + "\n"
    as_json = run("wait", *since, "--extract", extract, "--json", **here).stdout
    assert json.loads(as_json) == (True if shown == "true" else shown)


def test_a_match_without_the_wanted_value_does_not_count(server: Process, here: dict[str, str]) -> None:
    number = hit(server, "welcome")
    since = ("--match", "kind:inbound", "--since", f"#{number - 1}", "--timeout", "0")
    done = run("wait", *since, "--extract", "otp", **here)
    assert (done.returncode, "1 matched but had nothing" in done.stderr) == (1, True)
    assert run("wait", *since, "--extract", "json:/no/such", **here).returncode == 1
    hit(server, "code 4711")
    assert run("wait", *since, "--extract", "otp", **here).stdout == "4711\n"


def test_it_is_counted_once_when_it_comes_during_the_wait(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        here = {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}
        arguments = ("--match", "kind:inbound", "--extract", "otp", "--timeout", "3s")
        with _waiting(server, *arguments, **here) as process:
            hit(server, "welcome")
            _, said = process.communicate(timeout=60)
    assert "1 capture arrived, 1 matched but had nothing" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--match"),
        (["--match", "colour:red"], "--match unknown filter"),
        (["--match", "hello", "--fail-on", "from:"], "--fail-on"),
        (["--match", "hello", "--timeout", "soon"], "30s"[2:]),
        (["--match", "hello", "--since", "5"], "--since"),
        (["--match", "hello", "--extract", "json:parsed"], "not a JSON pointer"),
        (["--match", "hello", "--extract", "code"], "--extract"),
        (["--match", "hello", "--count", "0"], "--count"),
        (["nobody", "--match", "hello"], "There is no bin nobody"),
    ],
)
def test_a_wrong_option_exits_with_two_at_once(here: dict[str, str], arguments: list[str], words: str) -> None:
    done = run("wait", *arguments, **here)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_who_never_answered_or_does_not_let_in_is_three(here: dict[str, str], free_port: int) -> None:
    away = {"SMSBIN_URL": f"http://127.0.0.1:{free_port}", "SMSBIN_ACCESS_TOKEN": TOKEN}
    done = run("wait", "--match", "hello", "--timeout", "1s", **away)
    assert (done.returncode, "Cannot reach" in done.stderr) == (3, True)
    wrong = here | {"SMSBIN_ACCESS_TOKEN": "another-token-than-theirs"}
    done = run("wait", "--match", "hello", "--timeout", "60s", **wrong)
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)


def test_a_server_that_starts_later_and_goes_away_is_waited_for(tmp_path: Path, free_port: int) -> None:
    """Its token is in the data directory, where its first start creates it."""
    here = {"SMSBIN_URL": f"http://127.0.0.1:{free_port}", "SMSBIN_DATA_DIR": str(tmp_path / "data")}
    port = ("--port", str(free_port))
    with ExitStack() as stack:
        process = start("wait", "--match", "text~finally", "--timeout", "60s", "--json", **here)
        stack.callback(process.communicate)
        stack.callback(process.kill)
        assert process.stdout is not None
        assert process.stderr is not None
        assert "There is no access token" in process.stderr.readline()
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "access-token").write_text(TOKEN)
        for _ in range(2):
            server = stack.enter_context(serving(tmp_path / "data", *port))
            hit(server, "not this one")
            assert "reachable again" in process.stderr.readline()
            server.kill()
            assert "Retrying" in process.stderr.readline()
        server = stack.enter_context(serving(tmp_path / "data", *port))
        number = hit(server, "finally")
        assert json.loads(process.stdout.readline())["n"] == number
        assert process.wait() == 0


def test_a_server_that_answered_and_went_away_is_one(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        here = {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}
        with _waiting(server, "--match", "hello", "--timeout", "3s", **here) as process:
            assert server.stop() == 0
            _, said = process.communicate(timeout=60)
            assert process.returncode == 1
    assert "cannot show the nearest capture" in said


def test_the_time_is_kept(server: Process, here: dict[str, str]) -> None:
    started = time.monotonic()
    assert run("wait", "--match", "text~nevermore", "--timeout", "1s", **here).returncode == 1
    assert 1 <= time.monotonic() - started < 10


def test_ctrl_c_is_130(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        here = {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}
        with _waiting(server, "--match", "text~nevermore", **here) as process:
            process.send_signal(signal.SIGINT)
            assert process.wait() == 130
