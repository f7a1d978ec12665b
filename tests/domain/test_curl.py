"""Copy as curl: whatever was sent, pasting it runs curl and nothing else."""

import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.domain import curl
from app.domain.curl import HEAD_S, MAX_ARGUMENT, as_curl, target_of
from tests.storage.builders import a_raw

# A `curl` of our own that writes its arguments and its input, so that a shell shows what it would have run.
FAKE = 'curl() {{ printf "%s\\0" "$@" > "{out}"; if [ ! -t 0 ]; then cat > "{body}"; fi; }}\n'


def _paste(folder: Path, command: str) -> tuple[list[str], bytes]:
    out, body = folder / "arguments", folder / "body"
    script = FAKE.format(out=out, body=body) + command
    done = subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    assert {path.name for path in folder.iterdir()} <= {"arguments", "body"}
    return out.read_bytes().decode("utf-8", "surrogateescape").split("\0")[:-1], body.read_bytes()


def _body_of(arguments: list[str], piped: bytes) -> bytes:
    if "--data-raw" in arguments:
        return arguments[arguments.index("--data-raw") + 1].encode()
    return piped if "--data-binary" in arguments else b""


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")),
        st.sampled_from([b"@/etc/hostname", b"$(touch x)", b"`touch x`", b"'; touch x; '", b"--help", b"\\"]),
    )
)
def test_any_body_arrives_whole_and_runs_nothing(tmp_path_factory, body: bytes) -> None:
    folder = tmp_path_factory.mktemp("paste")
    arguments, piped = _paste(folder, as_curl(a_raw(body), "http://sms.example.net/k"))
    assert _body_of(arguments, piped) == body
    assert arguments[-2:] == ["--", "http://sms.example.net/k"]


def test_hostile_headers_methods_and_addresses_are_only_arguments(tmp_path: Path) -> None:
    evil = "$(touch x)`touch x`';touch x;'"
    raw = a_raw(b"", headers=((b"X-A", evil.encode()),), method=evil)
    arguments, _ = _paste(tmp_path, as_curl(raw, "http://sms.example.net/" + evil))
    assert f"X-A: {evil}" in arguments
    assert arguments[-1] == "http://sms.example.net/" + evil


class Listener:
    """Keeps the bytes of one request after the other, and answers each. The response to a HEAD states the length of a
    body that does not follow, and the connection stays open."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/k"
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                self.heads.append(b"".join(iter(stream.readline, b"\r\n")))
                length = re.search(rb"\r\nContent-Length: (\d+)", self.heads[-1])
                self.bodies.append(stream.read(int(length[1])) if length else b"")
                if self.heads[-1].startswith(b"HEAD "):
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
                    stream.read(1)
                else:
                    connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    if not shutil.which("curl") and not os.environ.get("CI"):
        pytest.skip("curl is not installed")
    here = Listener()
    yield here
    here.socket.close()


# What a parser lets through: no NUL, no line break, and no blanks at either end.
values = st.binary(min_size=1, max_size=40).map(lambda value: value.translate(None, b"\0\r\n").strip())
shells = [shell for shell in ("bash", "dash") if shutil.which(shell)] or ["sh"]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(values.filter(bool), st.sampled_from(shells))
@example("Grüße ☂".encode(), "bash")
@example(b"caf\xe9 $(touch x)`touch x`';touch x;'\"!!\\n%s%%\\101\x9b31m", "bash")
@example(b"caf\xe9 $(touch x)`touch x`';touch x;'\"!!\\n%s%%\\101\x9b31m", shells[-1])
@example(bytes([*range(1, 10), 11, 12, *range(14, 256)]).strip(), "bash")
@example(b"\xff", "bash")
def test_curl_sends_the_very_bytes_of_a_header(tmp_path_factory, listener: Listener, value: bytes, shell: str) -> None:
    folder = tmp_path_factory.mktemp("send")
    command = as_curl(a_raw(b"", headers=((b"X-Sent", value), (b"X-Empty", b""))), listener.url)
    assert command.isascii()
    assert command.isprintable()
    done = subprocess.run([shell, "-c", command], cwd=folder, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    lines = listener.heads[-1].split(b"\r\n")
    assert b"X-Sent: " + value in lines
    assert b"X-Empty:" in lines
    assert list(folder.iterdir()) == []


def _run(command: str) -> int:
    return subprocess.run(["sh", "-c", command], capture_output=True, timeout=60, check=False).returncode


def test_a_head_without_a_body_does_not_wait_for_one(listener: Listener) -> None:
    command = as_curl(a_raw(b"", headers=((b"X-Sent", b"1"),), method="HEAD"), listener.url)
    assert _run(command) == 0
    assert listener.heads[-1].startswith(b"HEAD /k HTTP/1.1\r\n")
    assert b"X-Sent: 1\r\n" in listener.heads[-1]


def test_a_head_with_a_body_is_sent_whole_and_ends(listener: Listener, monkeypatch) -> None:
    raw = a_raw(b"a=1", method="HEAD")
    assert f"-X HEAD --max-time {HEAD_S} " in as_curl(raw, listener.url)
    monkeypatch.setattr(curl, "HEAD_S", 1)
    assert _run(as_curl(raw, listener.url)) == 28, "the time is over"
    assert listener.heads[-1].startswith(b"HEAD /k HTTP/1.1\r\n")
    assert listener.bodies[-1] == b"a=1"


@pytest.mark.parametrize(("size", "is_argument"), [(MAX_ARGUMENT, True), (MAX_ARGUMENT + 1, False), (300_000, False)])
def test_a_text_that_is_too_long_for_an_argument_goes_through_a_pipe(
    listener: Listener, size: int, *, is_argument: bool
) -> None:
    body = b"Text=" + b"'" * (size - 5)
    command = as_curl(a_raw(body), listener.url)
    assert ("--data-raw" in command) is is_argument
    # The shell reads the command from a pipe: as an argument it would be too long itself.
    done = subprocess.run(["sh"], input=command.encode(), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert listener.bodies[-1] == body


@pytest.mark.parametrize("target", ["/k/#a", "/k?a=b#c", "/k#?a=1", "/k#", "/k?", "/k/../%2e/./x//?", "/k"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_target_is_sent_as_it_came(listener: Listener, target: str, method: str) -> None:
    command = as_curl(a_raw(b"", method=method), listener.url.removesuffix("/k") + target)
    assert ("--request-target" in command) is ("#" in target)
    assert _run(command) == 0
    assert listener.heads[-1].startswith(f"{method} {target} HTTP/1.1\r\n".encode())


def test_every_character_of_a_target_is_sent_as_it_came(listener: Listener) -> None:
    signs = "!$%&'()*+,/:;=?@[]~|^`{}\\"
    for target in (f"/k/{signs}", f"/k?{signs}", f"/k/{signs}#{signs}"):
        assert _run(as_curl(a_raw(b"", method="GET"), listener.url.removesuffix("/k") + target)) == 0
        assert listener.heads[-1].startswith(f"GET {target} HTTP/1.1\r\n".encode())


def test_the_target_of_an_address_is_all_behind_the_host() -> None:
    for target in ("/", "/k?a=b#c", "/k?", "/k#", "//k"):
        assert target_of(f"https://sms.example.net:8443{target}") == target
    assert (target_of("http://x"), target_of("http://x?a#b")) == ("/", "/?a#b")


def test_credentials_are_left_out_unless_asked_for() -> None:
    raw = a_raw(headers=((b"Authorization", b"Bearer x"), (b"COOKIE", b"a=b"), (b"X-Kept", b"1")))
    assert "Bearer" not in as_curl(raw, "http://x")
    assert "a=b" not in as_curl(raw, "http://x")
    assert "X-Kept: 1" in as_curl(raw, "http://x")
    assert "Bearer" in as_curl(raw, "http://x", with_secrets=True)
