"""Commands that use a running server: data on stdout, messages on stderr, and stable exit codes."""

import csv
import io
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.commands.run import hit, run
from tests.process import ROOT, TOKEN, Process, environment, serving

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with serving(tmp_path_factory.mktemp("data")) as process:
        for text in ("one", "=two"):
            hit(process, text)
        yield process


@pytest.fixture
def here(server: Process) -> dict[str, str]:
    return {"SMSBIN_URL": server.ready["url"], "SMSBIN_ACCESS_TOKEN": TOKEN}


def test_export_writes_json_lines_to_stdout_and_nothing_else(server: Process, here: dict[str, str]) -> None:
    done = run("export", server.ready["bin"], **here)
    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == ["one", "=two"]


def test_export_takes_the_only_bin_by_itself_and_formats_by_name(server: Process, here: dict[str, str]) -> None:
    done = run("export", "--format", "csv", **here)
    assert [row["text"] for row in csv.DictReader(io.StringIO(done.stdout))] == ["one", "'=two"]
    done = run("export", "--of", "messages", "--format", "har", **here)
    assert (done.returncode, "only for of=captures" in done.stderr) == (2, True)


def test_export_into_a_file_is_whole_and_for_its_owner_only(here: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "out.har"
    done = run("export", "--format", "har", "--output", str(file), **here)
    assert (done.returncode, done.stdout) == (0, "")
    assert len(json.loads(file.read_text())["log"]["entries"]) == 2
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out.har"]
    done = run("export", "--output", str(tmp_path / "none" / "out"), **here)
    assert (done.returncode, "cannot be written" in done.stderr) == (3, True)


def test_a_reader_that_closes_stdout_causes_no_error(here: dict[str, str]) -> None:
    command = f"{sys.executable} -m app export | true"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, env=environment(**here), capture_output=True, text=True, check=False
    )
    assert done.stderr == ""


def test_bins_are_made_listed_shown_and_deleted(server: Process, here: dict[str, str]) -> None:
    made = json.loads(
        run("bins", "create", "Second", "--provider", "ytel", "--retention", "7d", "--json", **here).stdout
    )
    assert (made["name"], made["provider"], made["retention"]) == ("Second", "ytel", "7d")
    listed = [json.loads(line) for line in run("bins", "list", "--json", **here).stdout.splitlines()]
    assert [bin["id"] for bin in listed] == [made["id"], server.ready["bin"]]
    assert made["urls"]["voice-fallback"] in run("bins", "show", "Second", **here).stdout
    unclear = run("bins", "show", **here)
    assert (unclear.returncode, made["id"] in unclear.stderr) == (2, True)
    assert run("bins", "show", SMSBIN_BIN=made["id"], **here).returncode == 0
    unasked = run("bins", "delete", "Second", **here)
    assert (unasked.returncode, "--yes" in unasked.stderr) == (2, True)
    assert run("bins", "delete", "Second", "--yes", **here).returncode == 0
    gone = run("bins", "show", "Second", **here)
    assert (gone.returncode, "There is no bin Second" in gone.stderr) == (2, True)


def test_a_name_that_several_bins_have_is_no_address(here: dict[str, str]) -> None:
    ids = [json.loads(run("bins", "create", "Twin", "--json", **here).stdout)["id"] for _ in range(2)]
    unclear = run("export", "Twin", **here)
    assert (unclear.returncode, all(id_ in unclear.stderr for id_ in ids)) == (2, True)
    for id_ in ids:
        run("bins", "delete", id_, "--yes", **here)


def test_a_bad_field_is_named(here: dict[str, str]) -> None:
    done = run("bins", "create", "--retention", "soon", **here)
    assert (done.returncode, "retention" in done.stderr) == (2, True)


def test_who_cannot_be_reached_or_does_not_let_in_is_three_with_the_cure(
    here: dict[str, str], free_port: int, tmp_path: Path
) -> None:
    for variables, words in (
        (here | {"SMSBIN_URL": f"http://127.0.0.1:{free_port}"}, "SMSBIN_URL"),
        (here | {"SMSBIN_ACCESS_TOKEN": "another-token-than-theirs"}, "SMSBIN_ACCESS_TOKEN"),
        ({"SMSBIN_URL": here["SMSBIN_URL"], "SMSBIN_DATA_DIR": str(tmp_path)}, "SMSBIN_DATA_DIR"),
    ):
        done = run("bins", "list", **variables)
        assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)
        assert words in done.stderr
    done = run("bins", "list", "--url", "127.0.0.1:8010", SMSBIN_ACCESS_TOKEN=TOKEN)
    assert (done.returncode, "is not a URL" in done.stderr) == (2, True)


def test_the_token_is_found_next_to_the_data(server: Process, here: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "access-token").write_text(TOKEN + "\n")
    for variables in (
        {"SMSBIN_DATA_DIR": str(tmp_path)},
        {"SMSBIN_ACCESS_TOKEN_FILE": str(tmp_path / "access-token")},
    ):
        assert run("bins", "list", SMSBIN_URL=here["SMSBIN_URL"], **variables).returncode == 0


@contextmanager
def _stranger(*answers: bytes) -> Iterator[str]:
    """A port that answers with these bytes, once for each connection, and closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def speak() -> None:
            for answer in answers:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65_536)
                    connection.sendall(answer)

        speaker = threading.Thread(target=speak)
        speaker.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        speaker.join()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def test_a_file_that_broke_off_is_no_success_and_is_not_kept(tmp_path: Path) -> None:
    bins = HEAD + _chunk(b'{"items": [{"id": "a", "name": "A"}], "next": null}') + b"0\r\n\r\n"
    with _stranger(bins, HEAD + _chunk(b'{"n":1}\n')) as url:
        done = run("export", "--output", str(tmp_path / "out"), SMSBIN_URL=url, SMSBIN_ACCESS_TOKEN=TOKEN)
    assert (done.returncode, "was lost" in done.stderr) == (3, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<p/>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"",
    ],
)
def test_another_program_at_that_address_is_three_and_gets_no_redirect_followed(answer: bytes) -> None:
    with _stranger(answer) as url:
        done = run("bins", "list", SMSBIN_URL=url, SMSBIN_ACCESS_TOKEN=TOKEN)
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)
