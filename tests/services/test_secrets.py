"""Signing secrets: encrypted on the disk where there is a key, and opened for verdicts only."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.services.secrets import scheme_names
from app.settings import Settings
from tests.conftest import Running, run_server
from tests.signed import FIELDS, SECRET, twilio_headers

KEY = "a-key-only-for-tests"
OTHER_KEY = "another-key-for-tests"
URL = "https://sms.example.net"


async def set_secret(server: Running) -> None:
    async with server.client.put(f"{server.bin_api}/secrets/primary", json={"secret": SECRET}) as answer:
        assert answer.status == 200


async def send(server: Running) -> None:
    url = f"{URL}/{server.bin.key}"
    async with server.client.post(server.capture_url, data=FIELDS, headers=twilio_headers(url)) as answer:
        assert answer.status == 200


async def become(server: Running, *expected: str) -> None:
    """The verdicts of the list, which the follower made, and of the capture, which is judged now. After a start with
    other settings, the list has those from before until the follower has parsed the bin again."""

    async def are_expected() -> bool:
        listed, whole = (await server.captures())[0], await server.capture(1)
        return [listed["signature"]["verdict"], whole["signature"]["verdict"]] == [*expected]

    await server.until(are_expected)


def on_disk(settings: Settings) -> bytes:
    return b"".join(path.read_bytes() for path in settings.data_dir.glob("*.db*"))


async def test_without_a_key_it_is_stored_as_it_is(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(public_url=URL)
    async with run_server(settings) as server:
        await set_secret(server)
        await send(server)
        await become(server, "valid", "valid")
    assert SECRET.encode() in on_disk(settings)


async def test_with_a_key_nobody_finds_it_on_the_disk_and_the_follower_opens_it(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    settings = make_settings(public_url=URL, secrets_key=KEY)
    async with run_server(settings) as server:
        await set_secret(server)
        await send(server)
        await become(server, "valid", "valid")
    assert SECRET.encode() not in on_disk(settings)
    assert KEY.encode() not in on_disk(settings)
    # The same key in a file, after a new start.
    file = tmp_path / "secrets-key"
    file.write_text(KEY + "\n")
    file.chmod(0o600)
    async with run_server(make_settings(public_url=URL, secrets_key_file=str(file))) as server:
        await become(server, "valid", "valid")


@pytest.mark.parametrize("key", [{}, {"secrets_key": OTHER_KEY}])
async def test_with_another_key_or_none_the_verdict_is_open_and_says_why(
    make_settings: Callable[..., Settings], key: dict[str, str]
) -> None:
    async with run_server(make_settings(public_url=URL, secrets_key=KEY)) as server:
        await set_secret(server)
        await send(server)
    async with run_server(make_settings(public_url=URL, **key)) as server:
        await become(server, "cannot_say", "cannot_say")
        signature = (await server.capture(1))["signature"]
        assert "“primary”" in signature["sentence"]
        assert "--secrets-key" in signature["sentence"]
        assert (await server.captures())[0]["findings"] == []
        # Stored again, it is opened with the key of now.
        await set_secret(server)
        await become(server, "valid", "valid")


async def test_a_new_public_url_changes_the_verdicts_of_bins_with_secrets(
    make_settings: Callable[..., Settings],
) -> None:
    async with run_server(make_settings(public_url="https://other.example.net")) as server:
        await set_secret(server)
        await send(server)
        await become(server, "wrong_secret_or_changed", "wrong_secret_or_changed")
    async with run_server(make_settings(public_url=URL)) as server:
        await become(server, "valid", "valid")


def test_every_scheme_can_be_named() -> None:
    assert len(set(scheme_names())) == len(scheme_names())
    assert "twilio" in scheme_names()
