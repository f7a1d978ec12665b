"""`--sign` of `smsbin simulate` and `smsbin replay`: with the secret in a file, rightly or wrongly."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.run import run
from tests.process import TOKEN, Process, serving
from tests.signed import SECRET


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with serving(tmp_path_factory.mktemp("data")) as process:
        assert smsbin(process, "secrets", "set", "primary", stdin=SECRET).returncode == 0
        yield process


def smsbin(server: Process, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    variables = {"SMSBIN_URL": server.ready["url"].rstrip("/"), "SMSBIN_ACCESS_TOKEN": TOKEN}
    return run(*arguments, stdin=stdin, **variables)


def verdict(server: Process, n: int) -> str:
    return json.loads(smsbin(server, "verify", str(n), "--json").stdout)["verdict"]


@pytest.mark.parametrize(("sign", "expected"), [("valid", "valid"), ("invalid", "wrong_secret_or_changed")])
def test_requests_are_signed_rightly_or_wrongly(server: Process, tmp_path: Path, sign: str, expected: str) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n")
    done = smsbin(
        server, "simulate", "inbound", "--provider", "twilio", "--sign", sign, "--secret-file", str(file), "--json"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    n = json.loads(done.stdout.splitlines()[0])["n"]
    assert verdict(server, n) == expected
    to = server.ready["urls"]["primary"]
    done = smsbin(server, "replay", str(n), "--to", to, "--sign", sign, "--secret-file", "-", stdin=SECRET)
    assert done.returncode == 0, done.stderr
    assert verdict(server, n + 1) == expected


def test_what_is_missing_is_named(server: Process, tmp_path: Path) -> None:
    done = smsbin(server, "simulate", "inbound", "--provider", "twilio", "--sign", "valid")
    assert (done.returncode, "--secret-file" in done.stderr) == (2, True)
    done = smsbin(server, "simulate", "inbound", "--sign", "valid", "--secret-file", str(tmp_path / "none"))
    assert (done.returncode, "cannot be read" in done.stderr) == (3, True)
    arguments = ("simulate", "inbound", "--provider", "telnyx", "--sign", "valid", "--secret-file", "-")
    done = smsbin(server, *arguments, stdin="x")
    assert (done.returncode, "private key" in done.stderr) == (2, True)
