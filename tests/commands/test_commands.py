"""The command line as users and scripts run it: as processes, by exit code and by line."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.run import hit, run
from tests.process import ROOT, TOKEN, serving


def test_help_names_every_command() -> None:
    shown = run("--help")
    assert shown.returncode == 0
    for word in ("serve", "backup", "healthcheck", "openapi"):
        assert word in shown.stdout


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, app.commands as c; c.smsbin(['--help'], standalone_mode=False); print('aiohttp' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "False"


def test_the_exit_does_not_search_all_modules_for_garbage() -> None:
    code = (
        "import atexit, gc, sys; atexit.register(lambda: print(len(gc.get_objects()), gc.get_freeze_count()));"
        "sys.argv[1:] = ['--version']; from app.commands import main; main()"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    searched, frozen = map(int, shown.stdout.splitlines()[-1].split())
    assert searched < 1_000 < 10_000 < frozen


def test_serve_help_shows_flag_variable_and_default() -> None:
    shown = run("serve", "--help").stdout
    for word in ("--public-url", "SMSBIN_PUBLIC_URL", "--retention", "30d"):
        assert word in shown


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "words"),
    [
        (["--nonsense"], {}, 2, "nonsense"),
        (["--port", "http"], {}, 2, "SMSBIN_PORT"),
        (["--host", ""], {}, 2, "SMSBIN_HOST"),
        ([], {"SMSBIN_RETENTION": "soon"}, 2, "SMSBIN_RETENTION"),
        ([], {"SMSBIN_PUBLIC_ULR": "x"}, 2, "SMSBIN_PUBLIC_URL"),
        (["--data-dir", "/proc/nowhere"], {}, 3, "--data-dir"),
        (["--access-token-file", "/nowhere/token"], {}, 3, "/nowhere/token"),
    ],
)
def test_what_cannot_start_reports_why_in_one_line(tmp_path, arguments, variables, code, words) -> None:
    data = [] if "--data-dir" in arguments else ["--data-dir", str(tmp_path)]
    ended = run("serve", "--port", "0", *data, *arguments, **variables)
    assert ended.returncode == code
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_taken_port_and_a_locked_directory_are_reported(tmp_path: Path) -> None:
    with serving(tmp_path / "a") as server:
        taken = run("serve", "--port", str(server.port), "--data-dir", str(tmp_path / "b"))
        assert (taken.returncode, "--port" in taken.stderr) == (3, True)
        locked = run("serve", "--port", "0", "--data-dir", str(tmp_path / "a"))
        assert (locked.returncode, "--data-dir" in locked.stderr) == (3, True)


def test_a_log_that_cannot_be_opened_is_named_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"this is no database" * 500)
    ended = run("serve", "--port", "0", "--data-dir", str(tmp_path))
    assert ended.returncode == 3
    assert f"{tmp_path / 'log.db'} cannot be opened" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_database_of_the_time_before_the_log_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "smsbin.db").touch()
    ended = run("serve", "--port", "0", "--data-dir", str(tmp_path))
    assert (ended.returncode, len(ended.stderr.splitlines())) == (3, 1)
    assert f"{tmp_path / 'smsbin.db'} was written by an older smsbin" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["smsbin.db"]


def test_a_log_that_was_moved_away_from_a_running_server_is_not_begun_anew(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        hit(server, "acknowledged")
        (tmp_path / "data" / "log.db").rename(tmp_path / "log.db")
        server.kill_all()
    ended = run("serve", "--port", "0", "--data-dir", str(tmp_path / "data"))
    assert (ended.returncode, len(ended.stderr.splitlines())) == (3, 1)
    assert "Put log.db back, or remove log.db-wal" in ended.stderr
    (tmp_path / "log.db").rename(tmp_path / "data" / "log.db")
    with serving(tmp_path / "data") as server:
        exported = run("export", "--format", "jsonl", SMSBIN_URL=server.ready["url"], SMSBIN_ACCESS_TOKEN=TOKEN)
    assert exported.stdout.count("acknowledged") >= 1


def test_the_files_are_for_their_owner_only_even_in_a_directory_of_another_user(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with serving(tmp_path, token=None):
        modes = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    assert {"log.db", "log.db-wal", "ledger.db", "ledger.db-wal", "ballast", "access-token"} <= modes.keys()
    assert set(modes.values()) == {0}


def test_ready_is_one_json_line_and_the_first_bin_is_found_again(tmp_path: Path) -> None:
    with serving(tmp_path, token=None) as server:
        first = server.ready
        assert first.keys() == {"event", "url", "sign_in", "bin", "urls", "database"}
        assert first["sign_in"].startswith(first["url"] + "sign-in#code=")
        assert server.stop() == 0
    with serving(tmp_path, token=None) as server:
        second = server.ready
        assert second["bin"] == first["bin"]
        assert second["urls"]["primary"].rsplit("/", 1)[1] == first["urls"]["primary"].rsplit("/", 1)[1]


def test_a_token_that_the_operator_gave_is_never_printed(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert server.ready["sign_in"] is None
    assert not (tmp_path / "access-token").exists()


def test_healthcheck_distinguishes_ready_from_not(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        url = server.ready["url"]
        assert run("healthcheck", "--url", url).returncode == 0
    assert run("healthcheck", "--url", url).returncode == 3


def test_a_backup_next_to_a_running_server_is_whole(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with serving(tmp_path / "data") as server:
        for _ in range(50):
            hit(server, "hi")
        done = run("backup", str(copy), "--data-dir", str(tmp_path / "data"))
        assert done.returncode == 0, done.stderr
    assert copy.stat().st_mode & 0o777 == 0o600
    connection = sqlite3.connect(copy)
    assert connection.execute("select count(*) from captures").fetchone()[0] == 50
    connection.close()
    again = run("backup", str(copy), "--data-dir", str(tmp_path / "data"))
    assert (again.returncode, "--force" in again.stderr) == (3, True)


def test_a_backup_of_nothing_says_where_it_looked(tmp_path: Path) -> None:
    done = run("backup", str(tmp_path / "x.db"), "--data-dir", str(tmp_path / "none"))
    assert (done.returncode, str(tmp_path / "none") in done.stderr) == (3, True)


def test_openapi_prints_the_document() -> None:
    assert json.loads(run("openapi").stdout)["openapi"].startswith("3.1")
