"""`smsbin doctor` says which signing secrets cannot be opened, and which are not encrypted."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.settings import Settings
from tests.commands.run import run
from tests.conftest import run_server

KEY = "a-key-only-for-tests"


def doctor(data: Path, **variables: str) -> dict:
    done = run("doctor", "--json", SMSBIN_DATA_DIR=str(data), SMSBIN_PORT="9", **variables)
    (line,) = [line for line in map(json.loads, done.stdout.splitlines()) if line["check"] == "secrets"]
    return line


@pytest.mark.parametrize(
    ("stored_with", "given", "state", "words"),
    [
        (KEY, {"SMSBIN_SECRETS_KEY": KEY}, "ok", "1 can be opened; new ones are encrypted"),
        (KEY, {}, "warning", "1 of 1 cannot be opened: "),
        (KEY, {"SMSBIN_SECRETS_KEY": "another-key-for-tests"}, "warning", "1 of 1 cannot be opened: "),
        ("", {"SMSBIN_SECRETS_KEY": KEY}, "warning", "1 of 1 are not encrypted"),
        ("", {}, "ok", "no key is set"),
        ("", {"SMSBIN_SECRETS_KEY_FILE": "/nothing/here"}, "wrong", "The secrets key file"),
    ],
)
async def test_secrets_are_checked_with_the_key_of_the_settings(
    make_settings: Callable[..., Settings], stored_with: str, given: dict[str, str], state: str, words: str
) -> None:
    settings = make_settings(secrets_key=stored_with)
    async with run_server(settings) as server:
        async with server.client.put(f"{server.bin_api}/secrets/primary", json={"secret": "s3cret"}) as answer:
            assert answer.status == 200
    told = doctor(settings.data_dir, **given)
    assert (told["state"], words in told["told"]) == (state, True), told
    assert "s3cret" not in json.dumps(told)
