"""`smsbin forwards` as a script uses it."""

import json
from pathlib import Path

import pytest

from app import clock
from tests.commands.run import hit, run
from tests.process import TOKEN, Process, serving

WITHIN_S = 60


@pytest.fixture
def server(tmp_path: Path) -> object:
    with serving(tmp_path / "data", "--allow-targets", "127.0.0.1") as started:
        yield started


def test_a_forward_is_added_listed_tested_and_removed(server: Process) -> None:
    here = {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}
    target = "http://127.0.0.1:4999/sms"
    added = run("forwards", "add", target, "--name", "Mine", "--role", "primary", "--sign", "smsbin", **here)
    assert (added.returncode, added.stderr) == (0, f"Bin 1 is forwarded to {target}.\n")
    assert added.stdout.startswith("whsec_")
    wrong = run("forwards", "add", "ftp://x", "--match", "foo:1", **here)
    assert (wrong.returncode, "url" in wrong.stderr, "filter" in wrong.stderr) == (2, True, True)
    private = run("forwards", "add", "http://10.0.0.1/sms", **here)
    assert (private.returncode, "url" in private.stderr, "--allow-targets 10.0.0.1" in private.stderr) == (
        2,
        True,
        True,
    )
    assert run("forwards", "pause", "Mine", **here).returncode == 0
    hit(server, "hi")
    found = run("wait", "--match", "text~hi", "--since", "1h", "--timeout", "5s", **here)
    assert found.returncode == 0
    listed = run("forwards", "list", "--json", **here)
    item = json.loads(listed.stdout)
    assert (item["name"], item["state"], item["roles"], item["lag"]) == ("Mine", "paused", ["primary"], 1)
    assert "paused  Mine" in run("forwards", "list", **here).stdout
    tested = run("forwards", "test", item["id"], **here)
    assert (tested.returncode, "the connection was refused" in tested.stderr) == (1, True)
    events = ("--mode", "event", "--event-content", "thin", "--no-follow-ups", "--json")
    made = json.loads(run("forwards", "add", target, "--name", "Events", *events, **here).stdout)
    assert (made["mode"], made["event_content"], made["secret"][:6]) == ("event", "thin", "whsec_")
    assert made["follow_ups"] is False
    assert run("forwards", "remove", "Events", **here).returncode == 0
    assert run("forwards", "retry", "Mine", "--since", "1", "--only-5xx", **here).stderr == "0 sent again.\n"
    assert run("forwards", "resume", "Mine", **here).returncode == 0
    ends_at = clock.ticks() + WITHIN_S
    while "on (the connection was refused)  Mine" not in (shown := run("forwards", "list", **here).stdout):
        assert clock.ticks() < ends_at, shown
    assert run("forwards", "pause", "Other", **here).returncode == 2
    assert run("forwards", "remove", "Mine", **here).stderr == "Deleted.\n"
    assert run("forwards", "list", **here).stdout == ""
