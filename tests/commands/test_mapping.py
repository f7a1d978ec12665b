"""`smsbin mapping` as a script uses it: from a file and from stdin, with exit codes."""

import json
from pathlib import Path

import pytest

from tests.commands.run import hit, run
from tests.process import TOKEN, Process, serving

ACME = {"version": 1, "name": "Acme \u202e", "fields": {"id": "MyId", "text": "Text"}, "kinds": {}, "statuses": {}}


@pytest.fixture
def server(tmp_path: Path) -> object:
    with serving(tmp_path / "data") as started:
        yield started


def _here(server: Process) -> dict[str, str]:
    return {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}


def test_a_mapping_is_set_shown_and_removed(server: Process, tmp_path: Path) -> None:
    mapping = {**ACME, "name": "Acme"}
    file = tmp_path / "acme.json"
    file.write_text(json.dumps(mapping))
    hit(server, "hi", MyId="m7")
    none = run("mapping", "get", **_here(server))
    assert (none.returncode, none.stdout, none.stderr) == (1, "", "Bin 1 has no mapping.\n")
    done = run("mapping", "set", str(file), "--bin", "Bin 1", **_here(server))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "Bin 1 is parsed by the mapping Acme.\n")
    shown = run("mapping", "get", **_here(server))
    assert (shown.returncode, json.loads(shown.stdout), shown.stderr) == (0, mapping, "")
    assert shown.stdout.startswith('{\n  "version": 1,')
    found = run("wait", "--match", "provider:custom id:m7", "--since", "1h", "--timeout", "5s", **_here(server))
    assert found.returncode == 0
    gone = run("mapping", "remove", **_here(server))
    assert (gone.returncode, gone.stdout, gone.stderr) == (0, "", "Bin 1 has no mapping now.\n")
    assert run("mapping", "get", "--bin", server.ready["bin"], **_here(server)).returncode == 1


def test_it_is_read_from_stdin_and_printed_as_one_line_that_no_text_can_disturb(server: Process) -> None:
    stdin = json.dumps(ACME | {"name": "A\u200e"})
    done = run("mapping", "set", "-", "--json", stdin=stdin, **_here(server))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["name"] == "A\u200e"
    shown = run("mapping", "get", "--json", **_here(server))
    assert shown.stdout.count("\n") == 1
    for text in (done.stdout, done.stderr, shown.stdout, run("mapping", "get", **_here(server)).stdout):
        assert "\u200e" not in text


def test_a_wrong_file_names_what_is_wrong(server: Process, tmp_path: Path) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps({"name": "Acme", "fields": {"id": 1}, "statuses": {"4": "deliverd"}}))
    done = run("mapping", "set", str(file), **_here(server))
    assert done.returncode == 2
    assert "smsbin: fields.id must be the name of a field" in done.stderr
    assert "smsbin: statuses.4 must be one of" in done.stderr
    file.write_text("{")
    for path, reason in ((str(file), "is not JSON"), (str(tmp_path / "none.json"), "cannot be read")):
        done = run("mapping", "set", path, **_here(server))
        assert (done.returncode, reason in done.stderr) == (2, True)


def test_an_unknown_bin_and_a_server_that_cannot_be_reached_have_their_codes(server: Process) -> None:
    assert run("mapping", "get", "--bin", "nothing", **_here(server)).returncode == 2
    assert run("mapping", "get", **_here(server) | {"SMSBIN_URL": "http://127.0.0.1:9"}).returncode == 3
