"""The section *Signatures* of a bin's settings."""

import html
from collections.abc import Callable

from app import keys
from app.settings import Settings
from app.web.secrets import page
from tests.conftest import Running, run_server
from tests.signed import FIELDS, SECRET, twilio_headers


def page_of(server: Running) -> str:
    return f"{server.url}/bins/{server.bin.id}/signatures"


async def read(server: Running) -> str:
    async with server.client.get(page_of(server)) as answer:
        assert answer.status == 200
        return html.unescape(await answer.text())


async def store(server: Running, status: int = 200, **form: str) -> str:
    form = {"label": "primary", "scheme": "", "secret": SECRET} | form
    async with server.client.post(page_of(server), data=form) as answer:
        assert answer.status == status
        return html.unescape(await answer.text())


async def test_a_secret_is_stored_listed_and_removed(server: Running) -> None:
    assert "There are none yet." in await read(server)
    shown = await store(server, label="the <first>", secret=f" {SECRET}\n")
    (stored,) = await server.app[keys.SECRETS].of(server.bin.id)
    assert stored.secret.endswith(SECRET)
    assert "Stored." in shown
    assert "the <first>" in shown
    assert stored.hash in shown
    assert "not encrypted" in shown
    async with server.client.post(f"{page_of(server)}/remove", data={"label": "the <first>"}) as answer:
        assert answer.status == 200
        assert "Removed." in await answer.text()
    assert await server.app[keys.SECRETS].of(server.bin.id) == ()


async def test_a_mistake_is_named_beside_its_field_and_the_secret_is_not_sent_back(server: Running) -> None:
    shown = await store(server, 422, label="", scheme="twilio")
    assert "Label must have 1 to 100 characters" in shown
    assert SECRET not in shown
    assert '<option value="twilio" selected>' in shown
    shown = await store(server, 422, secret="")
    assert "Secret must have 1 to 4,096 bytes" in shown
    assert 'value="primary"' in shown


async def test_it_says_which_secret_the_providers_of_the_bin_need(server: Running) -> None:
    assert "auth token of the account" not in (await read(server)).partition("Which secret")[0]
    headers = twilio_headers(server.capture_url)
    async with server.client.post(server.capture_url, data=FIELDS, headers=headers) as answer:
        assert answer.status == 200
    await server.app[keys.STORE].get_bin(server.bin.id)
    assert "auth token of the account" in (await read(server)).partition("Which secret")[0]


async def test_only_the_newest_requests_count_for_that(server: Running, monkeypatch) -> None:
    assert page.LOOKED_AT > 1
    monkeypatch.setattr(page, "LOOKED_AT", 1)
    for count, data in enumerate((FIELDS, {"From": "+14155550123", "Text": "of nobody"})):
        async with server.client.post(server.capture_url, data=data) as answer:
            assert answer.status == 200
        await server.app[keys.STORE].get_bin(server.bin.id)
        is_likely = "auth token of the account" in (await read(server)).partition("Which secret")[0]
        assert is_likely is (count == 0)


async def test_a_secret_of_another_key_is_marked(make_settings: Callable[..., Settings]) -> None:
    async with run_server(make_settings(secrets_key="a-key-only-for-tests")) as server:
        shown = await store(server)
        assert "not encrypted" not in shown
        assert "Encrypted with another key" not in shown
        assert "without encryption" not in shown
    async with run_server(make_settings()) as server:
        assert "Encrypted with another key" in await read(server)
