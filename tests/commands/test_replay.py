"""`smsbin replay`: captures are sent from the user's own process, unchanged, in the given order."""

import json
import socketserver
import sqlite3
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.domain.captures import DAMAGED
from tests.commands.run import hit, run
from tests.process import TOKEN, Process, serving


class _Handler(socketserver.StreamRequestHandler):
    """Stores the bytes of a request and answers 200, below /500 with 500."""

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.rfile.readline()
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), 0)
        self.server.seen.append(head + self.rfile.read(length))  # type: ignore[attr-defined]
        status = b"500" if head.split(b" ")[1].startswith(b"/500") else b"200"
        self.wfile.write(b"HTTP/1.1 %s X\r\nContent-Length: 2\r\n\r\nok" % status)


@contextmanager
def _listening() -> Iterator[tuple[str, list[bytes]]]:
    with socketserver.TCPServer(("127.0.0.1", 0), _Handler) as handler:
        handler.seen = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=handler.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{handler.server_address[1]}", handler.seen  # type: ignore[attr-defined]
        finally:
            handler.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with serving(tmp_path_factory.mktemp("data")) as process:
        for body in (b"one", bytes(range(256))):
            request = urllib.request.Request(process.ready["urls"]["fallback"] + "/x?a=b", body)
            request.add_header("X-Own", "\xff")
            request.add_header("Cookie", "a=b")
            with urllib.request.urlopen(request) as answer:
                assert answer.status == 200
        yield process


def _replay(server: Process, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run("replay", *arguments, SMSBIN_URL=server.ready["url"], SMSBIN_ACCESS_TOKEN=TOKEN)


def test_captures_go_out_in_the_order_given_without_their_credentials(server: Process) -> None:
    with _listening() as (url, seen):
        done = _replay(server, "2", "1", "--to", f"{url}/sms", "--json")
    assert (done.returncode, done.stderr) == (0, "2 of 2 answered 2xx.\n")
    assert [(one["n"], one["status"], one["body"]) for one in map(json.loads, done.stdout.splitlines())] == [
        (2, 200, "ok"),
        (1, 200, "ok"),
    ]
    assert [one.partition(b"\r\n\r\n")[2] for one in seen] == [bytes(range(256)), b"one"]
    assert all(one.startswith(b"POST /sms/x?a=b HTTP/1.1\r\n") for one in seen)
    assert all(b"X-Own: \xff\r\n" in one and b"ookie" not in one for one in seen)


def test_credentials_go_along_where_asked_for(server: Process) -> None:
    with _listening() as (url, seen):
        assert _replay(server, "1", "--to", url, "--credentials", "--bin", server.ready["bin"]).returncode == 0
    assert b"Cookie: a=b\r\n" in seen[0]


def test_an_answer_that_is_no_2xx_is_exit_code_1(server: Process) -> None:
    with _listening() as (url, _):
        done = _replay(server, "2", "1", "--to", f"{url}/500")
    assert (done.returncode, done.stderr) == (1, "0 of 2 answered 2xx.\n")
    assert [line.partition(" in ")[0] for line in done.stdout.splitlines()] == ["#2  500", "#1  500"]
    done = _replay(server, "1", "--to", url)
    assert (done.returncode, "the connection was refused after" in done.stdout) == (1, True)


def test_a_damaged_capture_is_not_sent_and_the_others_are(tmp_path: Path) -> None:
    with serving(tmp_path) as server, _listening() as (url, seen):
        for text in ("one", "two"):
            hit(server, text)
        with closing(sqlite3.connect(tmp_path / "log.db")) as connection, connection:
            connection.execute("update captures set body = cast('Text=oNe' as blob) where id & 0xff = 1")
        done = _replay(server, "1", "2", "--to", url)
        as_json = _replay(server, "1", "--to", f"{url}/?key=secret", "--json")
    assert (done.returncode, done.stderr) == (1, "1 of 2 answered 2xx.\n")
    first, second = done.stdout.splitlines()
    assert (first, second.startswith("#2  200 in ")) == (f"#1  not sent: {DAMAGED}", True)
    assert len(seen) == 1
    assert b"Text=two" in seen[0]
    shown = json.loads(as_json.stdout)
    assert (as_json.returncode, shown["n"], shown["status"], shown["error"]) == (1, 1, None, f"not sent: {DAMAGED}")
    assert "secret" not in shown["url"]


def test_what_cannot_be_sent_is_usage(server: Process, tmp_path: Path) -> None:
    for arguments, words in (
        (("1", "--to", "ftp://x"), "--to must be a URL"),
        (("99", "--to", "http://127.0.0.1:1/"), "no #99"),
        (("--to", "http://127.0.0.1:1/"), "N..."),
    ):
        done = _replay(server, *arguments)
        assert (done.returncode, words in done.stderr) == (2, True), done.stderr
