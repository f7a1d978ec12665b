"""`smsbin tokens`: the text on stdout, once; roles and bins by name; revoked by name."""

import json
import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.commands.run import run
from tests.process import TOKEN, Process, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with serving(tmp_path_factory.mktemp("data")) as process:
        yield process


def smsbin(server: Process, *arguments: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    variables = {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": token}
    return run(*arguments, **variables)


def test_a_token_is_made_used_listed_and_revoked(server: Process) -> None:
    made = smsbin(server, "tokens", "add", "ci", "--role", "write", "--bin", "Bin 1", "--expires-in", "90d")
    assert (made.returncode, made.stdout[:7], made.stdout.count("\n")) == (0, "smsbin_", 1), made.stderr
    text = made.stdout.strip()
    assert smsbin(server, "bins", "list", token=text).returncode == 0
    refused = smsbin(server, "tokens", "list", token=text)
    assert (refused.returncode, "requires the role admin" in refused.stderr) == (3, True)
    listed = smsbin(server, "tokens", "list")
    assert listed.stdout.split()[1:3] == ["write", "used"]
    assert re.search(r"  until [-0-9T:]+Z +ci  Bin 1\n$", listed.stdout)
    told = json.loads(smsbin(server, "tokens", "list", "--json").stdout)
    assert (told["name"], told["bins"]) == ("ci", [server.ready["bin"]])
    assert text not in listed.stdout
    assert smsbin(server, "tokens", "revoke", "ci").returncode == 0
    assert smsbin(server, "bins", "list", token=text).returncode == 3
    assert smsbin(server, "tokens", "list").stdout == ""


def test_what_is_wrong_is_named(server: Process) -> None:
    for arguments, said in (
        (("add", "x", "--bin", "nowhere"), "There is no bin nowhere"),
        (("add", "x", "--expires-in", "soon"), "expires_in"),
        (("add", "access token"), "is the name of another token"),
        (("revoke", "nobody"), "There is no token 'nobody'"),
    ):
        done = smsbin(server, "tokens", *arguments)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr
