"""Copy as HTTPie, Python and fetch: whatever was sent, pasting it sends that request and does nothing else."""

import http.server
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.curl import MAX_ARGUMENT
from app.domain.snippets import as_fetch, as_httpie, as_python
from tests.storage.builders import a_raw

URL = "http://sms.example.net/k?a=1&b=$(touch x)"
EVIL = b"$(touch x)`touch x`';touch x;'\"</script>"
# What a shell would have run: the arguments of `http` and its input.
FAKE = 'http() {{ printf "%s\\0" "$@" > "{out}"; if [ ! -t 0 ]; then cat > "{body}"; fi; }}\n'

bodies = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from([b"@/etc/hostname", EVIL, b"--help", b"\\", b"a\nb", b"\x1b[31m", "\u202e".encode()]),
)
values = st.binary(min_size=1, max_size=40).map(lambda value: value.translate(None, b"\0\r\n").strip()).filter(bool)


def _pasted(folder: Path, command: str) -> tuple[list[str], bytes]:
    out, body = folder / "arguments", folder / "body"
    script = FAKE.format(out=out, body=body) + command
    done = subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in folder.iterdir()} <= {"arguments", "body"}
    return out.read_bytes().decode("utf-8", "surrogateescape").split("\0")[:-1], body.read_bytes()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(bodies)
def test_httpie_gets_any_body_whole(tmp_path_factory, body: bytes) -> None:
    folder = tmp_path_factory.mktemp("paste")
    command = as_httpie(a_raw(body, headers=()), URL)
    assert command is not None
    arguments, piped = _pasted(folder, command)
    raw = next((each.removeprefix("--raw=").encode() for each in arguments if each.startswith("--raw=")), piped)
    assert raw == body
    assert URL in arguments


def test_httpie_reads_no_file_for_a_header_and_gets_what_it_cannot_write_not_at_all(tmp_path: Path) -> None:
    headers = ((b"X-File", b"@/etc/passwd"), (b"X-Raw", b"=@/etc/passwd"), (b"X-Evil", EVIL), (b"X-Empty", b""))
    command = as_httpie(a_raw(b"", headers=headers), URL)
    assert command is not None
    arguments, _ = _pasted(tmp_path, command)
    assert arguments[-4:] == ["X-File:\\@/etc/passwd", "X-Raw:\\=@/etc/passwd", f"X-Evil:{EVIL.decode()}", "X-Empty;"]
    for bad in ((b"X", b"a\\:b"), (b"X", b"\xff"), (b"X@y", b"1"), (b"-X", b"1"), (b"X", b"\x1b")):
        assert as_httpie(a_raw(b"", headers=(bad,)), URL) is None
    assert as_httpie(a_raw(b"", method="$(touch x)"), URL) is None


class _Keep(http.server.BaseHTTPRequestHandler):
    seen: list[tuple[str, str, list[tuple[str, str]], bytes]]
    line: str

    def do_put(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        _Keep.line = self.requestline
        self.seen.append((self.command, self.path, list(self.headers.items()), body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PUT = do_put  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def kept() -> Iterator[type[_Keep]]:
    _Keep.seen = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Keep)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Keep.url = f"http://127.0.0.1:{server.server_port}/k?a=1"
    yield _Keep
    server.shutdown()
    server.server_close()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=bodies, value=values)
def test_python_sends_the_very_bytes(kept: type[_Keep], tmp_path_factory, body: bytes, value: bytes) -> None:
    folder = tmp_path_factory.mktemp("python")
    headers = ((b"X-Sent", value), (b"X-Sent", b"2"), (b"Authorization", b"Bearer x"))
    script = as_python(a_raw(body, method="PUT", headers=headers), kept.url)
    assert script.isascii()
    assert script.replace("\n", "").isprintable()
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    method, path, sent, arrived = kept.seen[-1]
    assert (method, path, arrived) == ("PUT", "/k?a=1", body)
    assert [text.encode("latin-1") for name, text in sent if name == "X-Sent"] == [value, b"2"]
    assert "Bearer" not in script
    assert list(folder.iterdir()) == []


@given(body=bodies, value=values)
def test_fetch_has_only_literals(body: bytes, value: bytes) -> None:
    script = as_fetch(a_raw(body, headers=((b"X-Sent", value), (b"Cookie", b"a=b"))), URL)
    assert script is not None
    assert script.isascii()
    (address,) = re.findall(r"fetch\((\".*\"), \{", script)
    assert json.loads(address) == URL
    (header,) = re.findall(r"^    (\[.*\]),$", script, re.MULTILINE)
    assert json.loads(header) == ["X-Sent", value.decode("latin-1")]
    without = re.sub(r'"(?:[^"\\]|\\.)*"', "", script)
    assert re.fullmatch(r"[A-Za-z0-9.,:;=>(){}\[\]\s]*", without)
    assert "touch" not in without


def test_a_text_that_is_too_long_for_an_argument_of_httpie_goes_through_a_pipe() -> None:
    for size, is_argument in ((MAX_ARGUMENT, True), (MAX_ARGUMENT + 1, False)):
        assert ("--raw=" in (as_httpie(a_raw(b"a" * size, headers=()), URL) or "")) is is_argument


def test_what_cuts_a_target_at_a_number_sign_cannot_write_it() -> None:
    raw = a_raw(b"")
    assert (as_httpie(raw, f"{URL}#c"), as_fetch(raw, f"{URL}#c")) == (None, None)


@pytest.mark.parametrize("target", ["/k/#a", "/k?a=b#c", "/k#", "/k?", "//k/../x"])
def test_python_sends_the_target_as_it_came(kept: type[_Keep], target: str) -> None:
    script = as_python(a_raw(b"", method="PUT"), kept.url.removesuffix("/k?a=1") + target)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert kept.line == f"PUT {target} HTTP/1.1"


def test_fetch_takes_no_body_with_get() -> None:
    assert as_fetch(a_raw(b"x", method="GET"), URL) is None
    assert as_fetch(a_raw(b"", method="GET"), URL) is not None
