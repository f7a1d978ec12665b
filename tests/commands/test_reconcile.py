"""`smsbin reconcile`: the exit code says whether a message was lost."""

import csv
import gzip
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands.run import hit, run
from tests.process import TOKEN, Process, serving
from tests.reconciling import HEADER, THEM, US, row, sid, table


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    """A server with a bin that is an old one, and one message."""
    with serving(tmp_path / "data") as started:
        hit(started, "hi", MessageSid=sid(1), From=THEM, To=US, Body="hi", AccountSid="AC1", NumMedia="0")
        with closing(sqlite3.connect(tmp_path / "data" / "log.db")) as connection:
            connection.execute("update bins set created_at = 0")
            connection.commit()
        yield started


def _here(server: Process) -> dict[str, str]:
    return {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}


def test_a_lost_message_is_exit_code_1_and_is_in_the_export(server: Process, tmp_path: Path) -> None:
    log, out = tmp_path / "log.csv", tmp_path / "out.csv"
    log.write_bytes(table([row(1), row(2, text='=1+1\n"quoted" \u202e')]))
    done = run("reconcile", str(log), "--export", str(out), **_here(server))
    assert done.returncode == 1, done.stderr
    assert "1 did not: 1 without a known reason." in done.stdout
    assert "log.csv: Twilio console" in done.stderr
    with out.open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == [*HEADER, "verdict", "reason", "captures"]
    assert [(each[9], *each[13:]) for each in rows] == [
        (sid(1), "late", "", "1"),
        (sid(2), "no_webhook", "unknown", ""),
    ]
    assert rows[1][2] == '\'=1+1\n"quoted" \u202e', "a spreadsheet does not calculate it"
    for fail_on, code in (("none", 0), ("no_final", 0), ("late,no_final", 1)):
        assert run("reconcile", str(log), "--fail-on", fail_on, **_here(server)).returncode == code
    packed = tmp_path / "log.json.gz"
    packed.write_bytes(gzip.compress(json.dumps({"messages": []}).encode()))
    wrong = run("reconcile", str(packed), **_here(server))
    assert (wrong.returncode, wrong.stdout) == (2, "")
    found = json.loads(run("reconcile", str(log), "--json", "--zone", "UTC", **_here(server)).stdout)
    assert (found["state"], found["zone"], found["result"]["verdicts"]) == ("done", "UTC", {"late": 1, "no_webhook": 1})


def test_a_mapping_says_what_unknown_columns_are(server: Process, tmp_path: Path) -> None:
    log, mapping = tmp_path / "log.csv", tmp_path / "map.json"
    log.write_bytes(table([[sid(1), "2026-11-28 20:00:00"]], ("Ref", "Wann")))
    unknown = run("reconcile", str(log), **_here(server))
    assert unknown.returncode == 2
    assert "--map" in unknown.stderr
    mapping.write_text(json.dumps({"columns": {"id": "Ref", "sent": "Wann"}, "direction": "inbound"}))
    for more in (("--map", str(mapping)), ()):
        done = run("reconcile", str(log), "--export", str(tmp_path / "out.csv"), *more, **_here(server))
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.csv").read_text().startswith('"Ref","Wann","verdict"')
    mapping.write_text("{")
    assert run("reconcile", str(log), "--map", str(mapping), **_here(server)).returncode == 2


def test_wrong_usage_and_an_unreachable_server_have_their_own_codes(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_bytes(b"x")
    away = {"SMSBIN_URL": "http://127.0.0.1:9", "SMSBIN_ACCESS_TOKEN": TOKEN}
    assert run("reconcile", str(log), **away).returncode == 3
    assert run("reconcile", str(log), "--fail-on", "lost", **away).returncode == 2
    assert run("reconcile", str(tmp_path / "none"), **away).returncode == 2
