"""`smsbin wiretap`."""

import json
import subprocess
from collections.abc import Iterator

import pytest

from tests.commands.run import run
from tests.process import TOKEN, Process, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with serving(tmp_path_factory.mktemp("data")) as process:
        yield process


def smsbin(server: Process, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}
    return run("wiretap", *arguments, **variables)


def test_a_wiretap_is_set_shown_and_removed(server: Process) -> None:
    assert smsbin(server, "show").stdout == "primary  none\n"
    done = smsbin(server, "set", "https://h.example/sms", "--role", "status", "--safe", "--timeout", "2.5", "--off")
    assert (done.returncode, done.stdout) == (0, "status  off  safe  2.5 s  https://h.example/sms\n"), done.stderr
    shown = json.loads(smsbin(server, "show", "--role", "status", "--json").stdout)
    assert shown["wiretap"] == {
        "url": "https://h.example/sms", "on_failure": "safe", "timeout_s": 2.5, "credentials": True, "enabled": False,
    }  # fmt: skip
    done = smsbin(server, "remove", "--role", "status")
    assert (done.returncode, done.stderr) == (0, "smsbin answers status again.\n")
    done = smsbin(server, "set", "ftp://x")
    assert (done.returncode, "url must be" in done.stderr) == (2, True)
