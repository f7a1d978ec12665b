"""`smsbin listen` as a process, with a server that speaks the protocol."""

import asyncio
import json
import signal
from pathlib import Path

import pytest

from app.commands.listen import default_name
from app.domain.listeners import NAME
from tests.commands.listen.fake import FakeServer, Process, a_capture, a_program, a_server, start_listening, until


async def _start(fake: FakeServer, state: Path, *arguments: str) -> Process:
    return await start_listening(fake.root, state, *arguments, token="t0ken")


async def _end(process: Process) -> tuple[int, str, str]:
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_it_delivers_prints_and_ends_by_itself(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    async with a_server(a_capture(1, b"a=b"), a_capture(2), a_capture(3)) as fake, a_program() as program:
        process = await _start(
            fake, tmp_path, "--to", program.url, "--once", "2", "--json", "--name", "ci", "--from", "#0", "--role",
            "primary", "--role", "voice", "--match", "kind:inbound", "--header", "X-Token: h1dden", "--path", "fixed",
            "--re-sign", "--secret-file", str(tmp_path / "secret"), "--event", "--answer", "--print",
            "--scheme", "standardwebhooks",
        )  # fmt: skip
        code, out, err = await _end(process)
    # Without events there is nothing to send, which is a delivery with an error.
    assert code == 0
    assert [(each["n"], each["error"]) for each in map(json.loads, out.splitlines())] == [
        (1, "not sent: the server has sent no event for it"), (2, "not sent: the server has sent no event for it"),
    ]  # fmt: skip
    assert fake.queries == [
        {"name": "ci", "match": "kind:inbound", "role": "primary,voice", "event": "1", "answer": "1", "after": "0"}
    ]
    assert fake.tokens == ["Bearer t0ken"]
    assert (fake.acknowledged, program.seen) == ([1, 2], [])
    assert "smsbin: listening on my bin as ci, for http://127.0.0.1" in err
    assert not [secret for secret in ("t0ken", "h1dden", "s3cret") if secret in out + err]


async def test_an_interrupt_ends_it_with_130_and_the_next_one_continues(tmp_path: Path) -> None:
    async with a_server(a_capture(1)) as fake, a_program() as program:
        process = await _start(fake, tmp_path, "--to", program.url)
        await until(lambda: fake.acknowledged == [1])
        process.send_signal(signal.SIGINT)
        code, out, err = await _end(process)
        assert (code, "Traceback" in err) == (130, False)
        assert "#1  primary   inbound +1 -> +2: text 1  POST  200 in " in out
        assert fake.queries[0] == {"name": default_name()}
        state = next((tmp_path / "smsbin").iterdir())
        assert state.stat().st_mode & 0o777 == 0o600
        fake.forget()
        process = await _start(fake, tmp_path, "--to", program.url)
        await until(lambda: fake.acknowledged == [1])
        process.send_signal(signal.SIGTERM)
        assert (await _end(process))[:2] == (130, "")
        assert len(program.seen) == 1


async def test_a_refusal_is_exit_code_3_and_a_wrong_parameter_2(tmp_path: Path) -> None:
    async with a_server() as fake:
        fake.refuses = [403]
        code, _, err = await _end(await _start(fake, tmp_path, "--to", "http://localhost:3000"))
        assert (code, err) == (3, f"smsbin: {fake.root} does not allow to listen on this bin.\n")
        fake.refuses = [422, 422]
        fake.problem = {"detail": "x", "errors": [{"field": "match", "message": "is not a filter."}]}
        code, _, err = await _end(await _start(fake, tmp_path, "--to", "http://localhost:3000"))
        assert (code, err) == (2, "smsbin: --match is not a filter.\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--to"),
        (("--to", "ftp://x"), "--to must be a URL"),
        (("--to", "http://x", "--name", "a b"), "60 letters, digits"),
        (("--to", "http://x", "--from", "yesterday"), "must be now"),
        (("--to", "http://x", "--header", "no colon"), "must be a header"),
        (("--to", "http://x", "--header", "Host: y"), "cannot be given"),
        (("--to", "http://x", "--header", "A: b\nC: d"), "must be a header"),
        (("--to", "http://x", "--timeout", "soon"), "duration"),
        (("--to", "http://x", "--once", "0"), "--once"),
    ],
)
async def test_wrong_usage_is_named(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    from click.testing import CliRunner

    from app.commands.listen import command

    result = CliRunner().invoke(command, arguments)
    assert (result.exit_code, words in result.output) == (2, True), result.output


async def test_a_secret_is_needed_to_sign_and_certificates_to_trust(tmp_path: Path) -> None:
    async with a_server() as fake:
        code, _, err = await _end(await _start(fake, tmp_path, "--to", "http://localhost:3000", "--re-sign"))
        assert (code, "--re-sign needs the secret: give --secret-file." in err) == (2, True)
        code, _, err = await _end(await _start(fake, tmp_path, "--to", "http://localhost:3000", "--ca", "/nothing"))
        assert (code, err) == (3, "smsbin: /nothing cannot be read as certificates (No such file or directory).\n")
        fake.refuses = [401]
        code, _, err = await _end(await _start(fake, tmp_path, "--to", "http://localhost:3000", "--insecure"))
        assert (code, err.splitlines()[0].startswith("smsbin: --insecure: certificates are not checked.")) == (3, True)


def test_the_name_of_the_machine_is_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for host, name in (
        ("laptop.example.net", "laptop"),
        ("my laptop", "my-laptop"),
        ("", "listener"),
        ("a" * 99, "a" * 60),
    ):
        monkeypatch.setattr("socket.gethostname", lambda host=host: host)
        assert default_name() == name
        assert NAME.fullmatch(name)
