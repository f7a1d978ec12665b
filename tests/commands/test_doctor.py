"""`smsbin doctor`: each problem is found, with its fix, and checks without a problem pass."""

import json
import os
import select
import socket
import sqlite3
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from app.commands.doctor.remote import check_server
from tests.commands.run import hit, run
from tests.process import TOKEN, Process, serving

Change = Callable[[bytes], bytes]


def _same(head: bytes) -> bytes:
    return head


def _doctor(*arguments: str, **variables: str) -> tuple[int, dict[str, dict]]:
    done = run("doctor", "--json", *arguments, **variables)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.stderr == ""
    return done.returncode, {line["check"]: line for line in lines}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("doctor") / "data"


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Process]:
    with serving(data) as process:
        yield process


@pytest.fixture
def here(server: Process, data: Path) -> dict[str, str]:
    return {
        "SMSBIN_PORT": str(server.port), "SMSBIN_DATA_DIR": str(data), "SMSBIN_ACCESS_TOKEN": TOKEN,
    }  # fmt: skip


@contextmanager
def _proxy(port: int, request: Change = _same, answer: Change = _same) -> Iterator[str]:
    """A proxy between two sockets that changes heads, as on the way to a public URL."""

    def relay(near: socket.socket) -> None:
        # Either side may close the connection at any time.
        with suppress(ConnectionError), near, socket.create_connection(("127.0.0.1", port)) as far:
            far.sendall(request(_head(near)))
            near.sendall(answer(_head(far)))
            while True:
                for ready in select.select([near, far], [], [])[0]:
                    piece = ready.recv(65_536)
                    if not piece:
                        return
                    (far if ready is near else near).sendall(piece)

    listener = socket.create_server(("127.0.0.1", 0))
    relays: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            relays.append(threading.Thread(target=relay, args=(near,)))
            relays[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (accepting, *relays):
            thread.join()


def _head(end: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got and (piece := end.recv(65_536)):
        got += piece
    return got


def _with(*lines: bytes, without: tuple[bytes, ...] = ()) -> Change:
    def change(head: bytes) -> bytes:
        top, blank, rest = head.partition(b"\r\n\r\n")
        first, *headers = top.split(b"\r\n")
        kept = [header for header in headers if not header.lower().startswith(without)] if without else headers
        return b"\r\n".join([first, *kept, *lines]) + blank + rest

    return change


NGINX = _with(b"Server: nginx", without=(b"server:",))


def test_a_healthy_server_is_called_healthy(here: dict[str, str], server: Process) -> None:
    code, lines = _doctor(**here)
    assert code == 0
    assert list(lines) == [
        "settings", "data directory", "file locks", "disk", "log", "secrets", "ledger", "reconciliations", "port",
        "server", "access token",
        "retention", "public URL", "proxy headers", "clock", "WebSocket",
    ]  # fmt: skip
    states = {check: line["state"] for check, line in lines.items()}
    assert set(states.values()) == {"ok", "warning", "skipped"}
    assert [check for check, state in states.items() if state != "ok"] == ["public URL", "clock"]
    assert "not by providers" in lines["public URL"]["told"]
    assert f"process {server.popen.pid}" in lines["data directory"]["told"] or sys.platform != "linux"
    assert all(line["cure"] for line in lines.values() if line["state"] in ("warning", "wrong"))


def test_it_leaves_nothing_behind(here: dict[str, str], data: Path) -> None:
    before = {path.name for path in data.iterdir()}
    _doctor(**here)
    assert {path.name for path in data.iterdir()} == before


def test_a_person_reads_one_line_a_check_with_the_cure_below(here: dict[str, str]) -> None:
    shown = run("doctor", **here).stdout.splitlines()
    assert [line.split()[0] for line in shown if "→" not in line].count("ok") == 14
    assert len([line for line in shown if "→" in line]) == 1


def test_before_the_first_start_only_the_server_is_missing(tmp_path: Path, free_port: int) -> None:
    here = {"SMSBIN_PORT": str(free_port), "SMSBIN_DATA_DIR": str(tmp_path / "new")}
    code, lines = _doctor(**here)
    assert code == 1
    assert [check for check, line in lines.items() if line["state"] == "wrong"] == ["server"]
    assert "is free" in lines["port"]["told"]
    assert not (tmp_path / "new").exists()


def test_settings_that_serve_would_not_take_are_named(here: dict[str, str]) -> None:
    done = run("doctor", "--json", SMSBIN_RETENTION="soon", SMSBIN_PUBLIC_ULR="x", **here)
    wrong = [line for line in map(json.loads, done.stdout.splitlines()) if line["state"] == "wrong"]
    assert done.returncode == 1
    assert {line["check"] for line in wrong} == {"settings"}
    told = " ".join(line["told"] for line in wrong)
    assert "SMSBIN_RETENTION" in told
    assert "did you mean SMSBIN_PUBLIC_URL" in told


def test_a_damaged_log_is_wrong_and_restore_is_the_cure(tmp_path: Path, free_port: int) -> None:
    (tmp_path / "log.db").write_bytes(b"this is no database" * 500)
    code, lines = _doctor(SMSBIN_PORT=str(free_port), SMSBIN_DATA_DIR=str(tmp_path))
    assert (code, lines["log"]["state"]) == (1, "wrong")
    assert "restore" in lines["log"]["cure"]


def test_a_damaged_ledger_is_a_warning_for_it_is_rebuilt(tmp_path: Path, free_port: int) -> None:
    (tmp_path / "ledger.db").write_bytes(b"this is no database" * 500)
    _, lines = _doctor(SMSBIN_PORT=str(free_port), SMSBIN_DATA_DIR=str(tmp_path))
    assert lines["ledger"]["state"] == "warning"
    assert "Nothing is lost" in lines["ledger"]["cure"]


def test_a_log_of_an_older_smsbin_is_named(tmp_path: Path, free_port: int) -> None:
    (tmp_path / "smsbin.db").touch()
    code, lines = _doctor(SMSBIN_PORT=str(free_port), SMSBIN_DATA_DIR=str(tmp_path))
    assert (code, lines["log"]["state"]) == (1, "wrong")
    assert "older smsbin" in lines["log"]["told"]


def test_a_write_ahead_log_without_its_log_is_named(tmp_path: Path, free_port: int) -> None:
    (tmp_path / "log.db-wal").write_bytes(b"commits")
    code, lines = _doctor(SMSBIN_PORT=str(free_port), SMSBIN_DATA_DIR=str(tmp_path))
    assert (code, lines["log"]["state"]) == (1, "wrong")
    assert "Put log.db back" in lines["log"]["cure"]


def test_deep_reads_every_body_and_names_those_that_the_disk_has_changed(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        for text in ("one", "two", "three"):
            hit(server, text)
        bin = server.ready["bin"]
        assert server.stop() == 0
    here = {"SMSBIN_PORT": str(server.port), "SMSBIN_DATA_DIR": str(tmp_path)}
    assert "bodies" not in _doctor(**here)[1]
    assert _doctor("--deep", **here)[1]["bodies"]["state"] == "ok"
    with closing(sqlite3.connect(tmp_path / "log.db")) as connection, connection:
        connection.execute("update captures set body = cast('Text=tWo' as blob) where id & 0xff = 2")
    assert _doctor(**here)[1]["log"]["state"] == "ok"
    found = _doctor("--deep", **here)[1]["bodies"]
    assert (found["state"], found["told"]) == ("wrong", f"1 does not match the SHA-256: {bin} #2")


def test_a_retention_that_is_held_is_a_warning_until_the_time_is_confirmed(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert server.stop() == 0
    with closing(sqlite3.connect(tmp_path / "log.db")) as connection, connection:
        connection.execute("update meta set seen_at = 0")
    with serving(tmp_path) as server:
        here = {
            "SMSBIN_PORT": str(server.port), "SMSBIN_DATA_DIR": str(tmp_path), "SMSBIN_ACCESS_TOKEN": TOKEN,
        }  # fmt: skip
        code, lines = _doctor(**here)
        assert (code, lines["retention"]["state"]) == (0, "warning")
        assert "last ran at 1970-01-01 00:00 UTC" in lines["retention"]["told"]
        request = urllib.request.Request(f"{server.ready['url']}api/v1/retention/confirm", method="POST")
        request.add_header("Authorization", f"Bearer {TOKEN}")
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer) == {"retention": "30d", "held": None, "held_for_s": None}
        assert _doctor(**here)[1]["retention"]["state"] == "ok"
        assert server.stop() == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_a_directory_that_cannot_be_written_is_wrong(tmp_path: Path, free_port: int) -> None:
    tmp_path.chmod(0o500)
    code, lines = _doctor(SMSBIN_PORT=str(free_port), SMSBIN_DATA_DIR=str(tmp_path))
    assert (code, lines["data directory"]["state"]) == (1, "wrong")


def test_a_token_file_that_others_can_read_is_a_warning(tmp_path: Path, free_port: int) -> None:
    (tmp_path / "access-token").write_text(TOKEN)
    (tmp_path / "access-token").chmod(0o644)
    _, lines = _doctor(SMSBIN_PORT=str(free_port), SMSBIN_DATA_DIR=str(tmp_path))
    assert (lines["data directory"]["state"], "chmod 600" in lines["data directory"]["cure"]) == ("warning", True)


def test_a_port_that_another_program_uses_is_wrong(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def hang_up() -> None:
            for _ in range(2):
                listener.accept()[0].close()

        stranger = threading.Thread(target=hang_up)
        stranger.start()
        code, lines = _doctor(SMSBIN_PORT=str(port), SMSBIN_DATA_DIR=str(tmp_path))
        socket.create_connection(("127.0.0.1", port)).close()
        stranger.join()
    assert (code, lines["port"]["state"], lines["server"]["state"]) == (1, "wrong", "wrong")
    assert "--port" in lines["port"]["cure"]


def test_a_wrong_token_is_wrong(here: dict[str, str]) -> None:
    code, lines = _doctor(**here | {"SMSBIN_ACCESS_TOKEN": "another-token-than-theirs"})
    assert (code, lines["access token"]["state"], lines["WebSocket"]["state"]) == (1, "wrong", "skipped")


def test_a_proxy_that_passes_everything_on_is_well(here: dict[str, str], server: Process) -> None:
    with _proxy(server.port, answer=NGINX) as url:
        code, lines = _doctor("--public-url", url, **here)
    assert code == 0
    assert [lines[check]["state"] for check in ("proxy headers", "clock", "WebSocket")] == ["ok", "ok", "ok"]


def test_a_proxy_that_is_not_trusted_is_reported_by_its_address(here: dict[str, str], server: Process) -> None:
    change = _with(b"Host: inner.invalid", b"X-Forwarded-Proto: https", without=(b"host:",))
    with _proxy(server.port, change) as url:
        code, lines = _doctor("--public-url", url, **here)
    assert code == 1
    # The server does not know the name that the proxy sends, so the API does not answer.
    assert lines["proxy headers"]["state"] == "wrong"
    change = _with(b"Host: localhost", b"X-Forwarded-Proto: https", without=(b"host:",))
    with _proxy(server.port, change) as url:
        code, lines = _doctor("--public-url", url, **here)
    assert (code, lines["proxy headers"]["state"]) == (1, "wrong")
    assert lines["proxy headers"]["cure"].endswith("--trusted-proxies 127.0.0.1")


def test_a_clock_that_is_off_is_reported(here: dict[str, str], server: Process) -> None:
    late = _with(b"Date: Mon, 01 Jan 2024 00:00:00 GMT", b"Server: nginx", without=(b"date:", b"server:"))
    with _proxy(server.port, answer=late) as url:
        code, lines = _doctor("--public-url", url, **here)
    assert (code, lines["clock"]["state"], "NTP" in lines["clock"]["cure"]) == (1, "wrong", True)


def test_an_upgrade_that_does_not_pass_is_reported(here: dict[str, str], server: Process) -> None:
    with _proxy(server.port, _with(without=(b"upgrade:", b"connection: upgrade"))) as url:
        code, lines = _doctor("--public-url", url, **here)
    assert (code, lines["WebSocket"]["state"], "Upgrade" in lines["WebSocket"]["cure"]) == (1, "wrong", True)


def test_a_public_url_that_leads_elsewhere_gets_no_token(
    here: dict[str, str], tmp_path: Path, server: Process, free_port: int
) -> None:
    heads: list[bytes] = []

    def note(head: bytes) -> bytes:
        heads.append(head)
        return head

    with serving(tmp_path) as other, _proxy(other.port, note) as url:
        code, lines = _doctor("--public-url", url, **here)
    assert (code, "another smsbin" in lines["public URL"]["told"]) == (1, True)
    with _proxy(server.port, note, lambda _: b"HTTP/1.1 301 Moved\r\nLocation: https://x/\x1b[2J\r\n\r\n") as url:
        code, lines = _doctor("--public-url", url, **here)
    assert (code, "redirects" in lines["public URL"]["told"]) == (1, True)
    code, lines = _doctor("--public-url", f"http://127.0.0.1:{free_port}", **here)
    assert (code, "cannot be reached" in lines["public URL"]["told"]) == (1, True)
    assert heads
    assert not [head for head in heads if TOKEN.encode() in head]


def test_who_is_no_smsbin_is_not_taken_for_one(server: Process) -> None:
    with _proxy(server.port, answer=lambda _: b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"status":"ok"}') as url:
        instance, (line,) = check_server(url)
    assert (instance, line.state, "not an smsbin" in line.told) == (None, "wrong", True)
