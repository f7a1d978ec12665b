"""`smsbin verify` and `smsbin secrets`: verdicts by exit code, and secrets that are no arguments."""

import json
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

from tests.commands.run import run
from tests.process import TOKEN, Process, serving
from tests.signed import FIELDS, OTHER, SECRET, twilio_headers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with serving(tmp_path_factory.mktemp("data")) as process:
        url = process.ready["urls"]["primary"]
        for secret in (SECRET, OTHER):
            request = urllib.request.Request(url, urllib.parse.urlencode(FIELDS).encode())
            for name, value in twilio_headers(url, secret=secret).items():
                request.add_header(name, value)
            with urllib.request.urlopen(request) as answer:
                assert answer.status == 200
        yield process


def smsbin(server: Process, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    variables = {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}
    return run(*arguments, stdin=stdin, **variables)


def test_a_secret_is_read_from_stdin_and_decides_the_verdict(server: Process) -> None:
    done = smsbin(server, "verify", "1")
    assert (done.returncode, done.stdout.splitlines()[0].split()) == (1, ["#1", "cannot_say", "twilio"])
    done = smsbin(server, "secrets", "set", "my label", "--scheme", "twilio", stdin=SECRET + "\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split(maxsplit=2)[1:] == ["twilio", "my label\n"]
    done = smsbin(server, "verify", "1")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "#1  valid  twilio  my label")
    done = smsbin(server, "verify", "2", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["n"], told["verdict"]) == (1, 2, "wrong_secret_or_changed")
    listed = smsbin(server, "secrets", "list", "--json")
    assert [json.loads(line)["label"] for line in listed.stdout.splitlines()] == ["my label"]
    assert SECRET not in listed.stdout + done.stdout
    assert smsbin(server, "secrets", "remove", "my label").returncode == 0
    assert smsbin(server, "secrets", "list").stdout == ""
    assert smsbin(server, "secrets", "remove", "my label").returncode == 2


def test_what_is_wrong_is_named(server: Process) -> None:
    done = smsbin(server, "secrets", "set", "a", "--scheme", "twillio", stdin="x")
    assert (done.returncode, "scheme must be" in done.stderr) == (2, True)
    done = smsbin(server, "secrets", "set", "a", stdin="\n")
    assert (done.returncode, "secret must be" in done.stderr) == (2, True)
    assert smsbin(server, "verify", "99").returncode == 2
    assert smsbin(server, "verify", "x").returncode == 2
