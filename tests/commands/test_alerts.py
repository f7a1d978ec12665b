"""`smsbin alerts` as a script uses it."""

import json
from pathlib import Path

import pytest

from tests.commands.run import hit, run
from tests.process import TOKEN, Process, serving


@pytest.fixture
def server(tmp_path: Path) -> object:
    with serving(tmp_path / "data", "--allow-targets", "127.0.0.0/8") as started:
        yield started


def test_an_alert_is_added_listed_tested_and_removed(server: Process) -> None:
    here = {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}
    target = "http://127.0.0.1:4999/alerts"
    added = run("alerts", "add", "Mine", "--filter", "text~hi", "--webhook", target, "--remind", "1h", **here)
    assert (added.returncode, added.stderr) == (0, "Fires for: a request that matches text~hi.\n")
    assert added.stdout.startswith("whsec_")
    wrong = run("alerts", "add", "W", "--filter", "foo:1", "--within", "soon", "--email", "no", **here)
    assert (wrong.returncode, "within" in wrong.stderr) == (2, True)
    private = run("alerts", "add", "P", "--filter", "hi", "--webhook", "http://10.0.0.1/", **here)
    assert (private.returncode, "--allow-targets 10.0.0.1" in private.stderr) == (2, True)
    hit(server, "hi")
    assert run("wait", "--match", "text~hi", "--since", "1h", "--timeout", "5s", **here).returncode == 0
    tested = run("alerts", "test", "Mine", **here)
    assert (tested.returncode, tested.stderr) == (1, "Test: webhook exhausted, the connection was refused.\n")
    item = json.loads(run("alerts", "list", "--json", **here).stdout)
    assert (item["name"], item["state"], item["remind"], item["capture"]) == ("Mine", "firing", "1h", 1)
    assert f"{item['id']}  firing since 2" in run("alerts", "list", **here).stdout
    assert run("alerts", "pause", "Mine", **here).stderr == "Paused.\n"
    assert run("alerts", "resume", item["id"], **here).stderr == "Resumed.\n"
    assert run("alerts", "pause", "Other", **here).returncode == 2
    assert run("alerts", "remove", "Mine", **here).stderr == "Deleted.\n"
    assert run("alerts", "list", **here).stdout == ""
    shown = run("alerts", "add", "Only pages", "--kind", "smsbin", "--browser", "--within", "30s", "--json", **here)
    assert json.loads(shown.stdout)["browser"] is True
    assert run("alerts", "test", "Only pages", **here).returncode == 0
