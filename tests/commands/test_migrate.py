"""`smsbin migrate` as a user runs it."""

import csv
import subprocess
from pathlib import Path

import pytest

from app.commands.migrate import _MOST_SHOWN, _print_result
from app.storage.moving import Moved
from tests.commands.run import hit, run, start
from tests.postgres.clusters import Database
from tests.process import TOKEN, serving
from tests.storage.filled import contents, fill, without_audit


def _texts(data: Path) -> list[str]:
    with serving(data) as server:
        done = run("export", "--format", "csv", SMSBIN_URL=server.ready["url"], SMSBIN_ACCESS_TOKEN=TOKEN)
        assert server.stop() == 0
    return [row["text"] for row in csv.DictReader(done.stdout.splitlines())]


def test_a_server_has_everything_after_a_move_there_and_back(tmp_path: Path, database: Database) -> None:
    data, back, file = tmp_path / "data", tmp_path / "back", tmp_path / "database"
    with serving(data) as server:
        for text in ("one", "two \ue000"):
            hit(server, text)
        refused = run("migrate", "--to", database.url, "--data-dir", str(data))
        assert (refused.returncode, refused.stdout) == (3, "")
        assert "Another smsbin is using the data directory" in refused.stderr
        assert server.stop() == 0

    there = run("migrate", "--to", database.url, "--data-dir", str(data))
    assert (there.returncode, there.stdout) == (0, "")
    assert there.stderr.startswith(f"From {data / 'log.db'} to postgresql://")
    assert "captures: 2 of 2 rows copied\n" in there.stderr
    assert there.stderr.endswith(
        " is complete. Start the servers with --database, and the same access token on each.\n"
    )
    again = run("migrate", "--to", database.url, "--data-dir", str(data))
    assert (again.returncode, "already has a log. Give an empty one.\n" in again.stderr) == (3, True)

    file.write_text(database.url)
    file.chmod(0o600)
    home = run("migrate", "--to", "sqlite", "--data-dir", str(back), SMSBIN_DATABASE_FILE=str(file))
    assert (home.returncode, home.stderr.splitlines()[-1]) == (
        0, f"{back / 'log.db'} is complete. Start the servers without --database.",
    )  # fmt: skip
    assert without_audit(contents(back / "log.db")) == without_audit(contents(data / "log.db"))
    assert _texts(back) == ["one", "two \ue000"]


def test_a_move_that_was_killed_is_continued(tmp_path: Path, database: Database) -> None:
    data = tmp_path / "data"
    data.mkdir()
    fill(data / "log.db", rows=500)
    arguments = ("migrate", "--to", "postgresql", "--data-dir", str(data))
    process = start(*arguments, SMSBIN_DATABASE=database.url)
    assert process.stderr is not None
    lines = [process.stderr.readline() for _ in range(3)]
    process.kill()
    process.communicate()
    assert "copied" in lines[-1]

    # A resumed move that finds everything complete is right, too: then the kill was late.
    resumed = run(*arguments, "--resume", SMSBIN_DATABASE=database.url)
    assert resumed.returncode == 0, resumed.stderr
    back = tmp_path / "back"
    home = run("migrate", "--to", "sqlite", "--data-dir", str(back), SMSBIN_DATABASE=database.url)
    assert home.returncode == 0, home.stderr
    assert without_audit(contents(back / "log.db")) == without_audit(contents(data / "log.db"))


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "message"),
    [
        (["--to", "mysql://a/b"], {}, 2, "--to is not the URL of a PostgreSQL database"),
        (["--to", "postgresql"], {}, 2, "Set SMSBIN_DATABASE or SMSBIN_DATABASE_FILE"),
        (["--to", "sqlite"], {}, 2, "Set SMSBIN_DATABASE or SMSBIN_DATABASE_FILE"),
        ([], {}, 2, "Missing option '--to'"),
        (["--to", "sqlite", "--resume", "--restart"], {}, 2, "not both"),
        (["--to", "postgresql://127.0.0.1:1/a"], {}, 3, "There is no log at"),
        (["--to", "sqlite"], {"SMSBIN_DATABASE": "postgresql://u:a-secret@127.0.0.1:1/a"}, 3, "127.0.0.1:1/a"),
    ],
)
def test_what_cannot_be_moved_is_refused_with_the_reason(tmp_path: Path, arguments, variables, code, message) -> None:
    done: subprocess.CompletedProcess[str] = run("migrate", *arguments, "--data-dir", str(tmp_path / "x"), **variables)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert "a-secret" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("count", [_MOST_SHOWN, _MOST_SHOWN + 1])
def test_the_first_damaged_bodies_are_named(capsys: pytest.CaptureFixture[str], count: int) -> None:
    damaged = [(7, n) for n in range(1, count + 1)]
    _print_result(Moved(3, damaged), "there", to_sqlite=True)
    lines = capsys.readouterr().err.splitlines()
    assert lines[1].startswith(f"{count} bodies differ from their checksum, as before: #1 of bin 7, #2 of bin 7")
    assert lines[1].count("#") == _MOST_SHOWN


def test_a_password_in_the_list_of_processes_is_reported(tmp_path: Path) -> None:
    done = run("migrate", "--to", "postgresql://u:a-secret@127.0.0.1:1/a", "--data-dir", str(tmp_path))
    assert "Other users of this machine can read the password of --to" in done.stderr
    assert "a-secret" not in done.stderr
