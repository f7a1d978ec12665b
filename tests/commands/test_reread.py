"""`smsbin reread` as a user runs it: with a running server, and without one."""

import json
import sqlite3
import urllib.request
from contextlib import closing
from pathlib import Path

from tests.commands.run import hit, run
from tests.process import TOKEN, Process, serving


def _rows(data: Path) -> list[tuple]:
    with closing(sqlite3.connect(data / "ledger.db")) as connection:
        captures = connection.execute("select * from v_captures order by n").fetchall()
        return captures + connection.execute("select * from v_messages order by first_at").fetchall()


def _here(server: Process, data: Path) -> dict[str, str]:
    return {"SMSBIN_PORT": str(server.port), "SMSBIN_DATA_DIR": str(data), "SMSBIN_ACCESS_TOKEN": TOKEN}


def _call(server: Process, method: str, path: str, value: object = None) -> dict:
    body = None if value is None else json.dumps(value).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    request = urllib.request.Request(server.bin_api + path, body, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_without_a_server_everything_is_read_again_to_the_same_rows(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        for text in ("one", "two"):
            hit(server, text)
        assert server.stop() == 0
    before = _rows(tmp_path)
    done = run("reread", "--data-dir", str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "Bin 1: all captures are parsed again.\n")
    assert _rows(tmp_path) == before
    assert len(before) == 4


def test_a_running_server_reads_again_with_the_provider_that_is_set_now(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        hit(server, "one", "status", MessageStatus="delivered", MessageSid="SM" + "0" * 32)
        before = _call(server, "GET", "/captures/1")
        other = "plivo" if before["provider"] != "plivo" else "ytel"
        _call(server, "PATCH", "", {"provider": other})
        assert _call(server, "GET", "/captures/1")["provider"] == before["provider"]
        for arguments in (("Bin 1",), ()):
            done = run("reread", *arguments, **_here(server, tmp_path))
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "Bin 1: all captures are parsed again.\n")
        after = _call(server, "GET", "/captures/1")
        assert (after["provider"], after["n"], after["body"]) == (other, 1, before["body"])
        assert _call(server, "GET", "/reread") == {"state": "done", "done": 0, "total": 0}


def test_an_unknown_bin_is_reported_whether_a_server_runs_or_not(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        beside = run("reread", "nothing", **_here(server, tmp_path))
        assert server.stop() == 0
    alone = run("reread", "nothing", "--data-dir", str(tmp_path))
    for done in (beside, alone):
        assert (done.returncode, "There is no bin nothing" in done.stderr) == (2, True)


def test_nothing_to_read_says_where_it_looked_and_makes_nothing(tmp_path: Path) -> None:
    done = run("reread", "--data-dir", str(tmp_path / "none"))
    assert (done.returncode, str(tmp_path / "none") in done.stderr) == (3, True)
    assert not (tmp_path / "none").exists()
