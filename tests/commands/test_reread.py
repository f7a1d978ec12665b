"""`smsbin reread` as a person runs it: with the server stopped, and one clear line where it cannot."""

import os
import sqlite3
import subprocess
import sys
import urllib.parse
import urllib.request
from contextlib import closing
from pathlib import Path

from tests.process import ROOT, serving


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SMSBIN_")}
    command = [sys.executable, "-m", "app", "reread", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def _rows(data: Path) -> list[tuple]:
    with closing(sqlite3.connect(data / "smsbin.db")) as connection:
        captures = connection.execute("select * from v_captures order by n").fetchall()
        return captures + connection.execute("select * from v_messages order by first_at").fetchall()


def test_with_the_server_stopped_everything_is_read_again_to_the_same_rows(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        for text in ("one", "two"):
            said = urllib.parse.urlencode({"From": "+14155550123", "To": "+14155550100", "Text": text})
            with urllib.request.urlopen(server.ready["urls"]["primary"], said.encode()) as answer:
                assert answer.status == 200
        assert server.stop() == 0
    before = _rows(tmp_path)
    done = _run("--data-dir", str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "2 captures in 1 bin are read again.\n"
    assert _rows(tmp_path) == before
    assert len(before) == 4


def test_a_running_server_is_named_in_one_line(tmp_path: Path) -> None:
    with serving(tmp_path):
        done = _run("--data-dir", str(tmp_path))
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)
    assert "Stop it" in done.stderr


def test_nothing_to_read_says_where_it_looked_and_makes_nothing(tmp_path: Path) -> None:
    done = _run("--data-dir", str(tmp_path / "none"))
    assert (done.returncode, str(tmp_path / "none") in done.stderr) == (3, True)
    assert not (tmp_path / "none").exists()
