"""Shell completion: everything that `--help` shows can be completed, and bins when a server is reachable."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.commands import COMMANDS
from tests.commands.run import run
from tests.process import ROOT, TOKEN, Process, environment, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with serving(tmp_path_factory.mktemp("data")) as process:
        here = {"SMSBIN_URL": process.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}
        for name in ("staging", "two words"):
            assert run("bins", "create", name, **here).returncode == 0
        yield process


def _completed(line: str, **variables: str) -> list[str]:
    """The output for zsh for a line whose last word is incomplete: three lines for each completion, the second is
    the value."""
    words = line.split(" ")
    asked = {"_SMSBIN_COMPLETE": "zsh_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = run(**asked, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()[1::3]


def test_commands_are_completed_and_bare_smsbin_takes_the_flags_of_serve() -> None:
    assert set(_completed("smsbin ")) == set(COMMANDS)
    assert _completed("smsbin ta") == ["tail"]
    assert "--public-url" in _completed("smsbin --pub")
    assert _completed("smsbin --port 80 --pub") == ["--public-url"]
    assert _completed("smsbin completion ") == ["bash", "zsh", "fish"]
    assert _completed("smsbin bins cr") == ["create"]
    assert _completed("smsbin mapping ") == ["get", "remove", "set"]
    assert "--bin" in _completed("smsbin mapping set a.json --")


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("bins", "mapping", "secrets")])
def test_every_flag_of_a_command_is_completed(name: str) -> None:
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", run(name, "--help").stdout.partition("\nOptions:\n")[2]))
    completed = set(_completed(f"smsbin {name} --"))
    assert completed >= {flag for flag in shown if flag != "--help"} - {"--q"}
    assert completed


def test_bins_are_completed_by_a_plain_name_or_by_id(server: Process) -> None:
    here = {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}
    found = _completed("smsbin tail ", **here)
    assert "staging" in found
    assert server.ready["bin"] in found
    assert "two words" not in found
    (id_,) = _completed("smsbin wait two", **here)
    assert re.fullmatch("[0-9a-z]{8}", id_)
    assert _completed("smsbin bins delete sta", **here) == ["staging"]


def test_without_a_server_or_a_token_there_is_nothing_and_no_noise(server: Process, tmp_path: Path) -> None:
    for here in (
        {"SMSBIN_URL": "http://127.0.0.1:9", "SMSBIN_ACCESS_TOKEN": TOKEN},
        {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": "a-token-that-is-not-theirs"},
        {"SMSBIN_URL": server.ready["url"], "SMSBIN_DATA_DIR": str(tmp_path)},
        {"SMSBIN_URL": "nonsense", "SMSBIN_ACCESS_TOKEN": TOKEN},
    ):
        assert _completed("smsbin tail ", **here) == []


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH with the command."""
    command = tmp_path / "smsbin"
    command.write_text(f'#!/bin/sh\ncd {ROOT} && exec {sys.executable} -m app "$@"\n')
    command.chmod(0o755)
    return f"{tmp_path}:/usr/bin:/bin"


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_the_script_works_in_bash(server: Process, path: str) -> None:
    script = """
        eval "$(smsbin completion bash)"
        complete -p smsbin
        COMP_WORDS=(smsbin tail st) COMP_CWORD=2
        _smsbin_completion smsbin
        echo "${COMPREPLY[@]}"
    """
    here = environment(SMSBIN_URL=server.ready["url"], SMSBIN_ACCESS_TOKEN=TOKEN, PATH=path)
    done = subprocess.run(["bash", "-c", script], env=here, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["complete -o nosort -F _smsbin_completion smsbin", "staging"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_scripts_of_the_others_ask_the_same_program(shell: str) -> None:
    done = run("completion", shell)
    assert f"_SMSBIN_COMPLETE={shell}_complete" in done.stdout
    if shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=done.stdout, text=True, check=False).returncode == 0


def test_another_shell_is_a_usage_error() -> None:
    assert run("completion", "tcsh").returncode == 2
