"""`smsbin annotate` as a script uses it: by number and by filter, with exit codes."""

import json
from pathlib import Path

import pytest

from app.commands.annotate import NOTHING, WHICH
from tests.commands.run import hit, run
from tests.process import TOKEN, Process, serving


@pytest.fixture
def server(tmp_path: Path) -> object:
    with serving(tmp_path / "data") as started:
        yield started


def test_captures_are_annotated_by_number_and_by_filter(server: Process) -> None:
    here = {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}
    for text in ("one", "two", "three"):
        hit(server, text)
    done = run("annotate", "1", "3", "9", "--pin", "--note", "called back", "--bin", "Bin 1", **here)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "2 changed.\n")
    done = run("annotate", "--match", "is:pinned text~one", "--unpin", "--tag", "Late", "--json", **here)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"changed": 1, "refused": 0})
    exported = run("export", "--format", "jsonl", "--match", "note~called", **here)
    told = [json.loads(line) for line in exported.stdout.splitlines()]
    assert [(each["n"], each["pinned"], each["tags"]) for each in told] == [(1, False, ["late"]), (3, True, [])]
    many = [word for number in range(20) for word in ("--tag", f"t{number}")]
    done = run("annotate", "1", *many, **here)
    assert (done.returncode, done.stderr) == (1, "0 changed, 1 have too many tags.\n")
    done = run("annotate", "7", "--pin", **here)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, "Error: There is no #7 in this bin.")


def test_wrong_usage_names_what_is_missing(server: Process) -> None:
    here = {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}
    for arguments, words in (
        (["--pin"], WHICH),
        (["1", "--match", "code", "--pin"], WHICH),
        (["1"], NOTHING),
        (["1", "--tag", "two words"], "a tag has letters"),
        (["--match", "nonsense:1", "--pin"], "unknown filter"),
    ):
        done = run("annotate", *arguments, **here)
        assert done.returncode == 2
        assert words in " ".join(done.stderr.split())
