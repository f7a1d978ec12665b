"""The page of tokens, and how pages look for those who may only read."""

import re

from app.services.tokens import PREFIX
from app.web.tokens.page import BIN_FIELD, MOST_FIELDS
from tests.conftest import Running

from .test_api import client_of, make_token


async def _text(server: Running, path: str, **more: object) -> str:
    async with server.client.get(server.url + path, **more) as answer:
        assert answer.status == 200, path
        return await answer.text()


async def test_a_token_is_created_shown_once_and_revoked(server: Running) -> None:
    where = f"{server.url}/settings/tokens"
    assert "There are none yet." in await _text(server, "/settings/tokens")
    form = {"name": "<b>Ann</b>", "role": "write", "which": "some", BIN_FIELD + server.bin.id: "on", "expires_in": "7d"}
    async with server.client.post(where, data=form) as answer:
        assert answer.status == 200
        page = await answer.text()
    (token,) = set(re.findall(PREFIX + r"[\w-]{43}", page))
    assert "&lt;b&gt;Ann&lt;/b&gt;" in page
    assert "<b>Ann</b>" not in page.replace("<bdi>", "")
    listed = await _text(server, "/settings/tokens")
    assert token not in listed
    assert f"Only <bdi>{server.bin.name}</bdi>" in listed
    async with client_of(token) as ann, ann.get(f"{server.bin_api}/captures") as answer:
        assert answer.status == 200
    async with server.client.get(f"{server.api}/tokens") as answer:
        (made,) = (await answer.json())["items"]
    assert (made["role"], made["bins"]) == ("write", [server.bin.id])
    async with server.client.post(f"{where}/{made['id']}/revoke", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/settings/tokens?revoked")
    assert "There are none yet." in await _text(server, "/settings/tokens?revoked")


async def test_a_wrong_form_is_shown_again_with_its_problems(server: Running) -> None:
    where = f"{server.url}/settings/tokens"
    form = {"name": "Ann", "role": "admin", "which": "some"}
    async with server.client.post(where, data=form) as answer:
        assert answer.status == 422
        page = await answer.text()
    assert "Bins must be null (all bins) or a list" in page
    assert 'value="Ann"' in page
    assert 'value="admin" checked' in page
    async with server.client.post(where, data={f"f{n}": "" for n in range(MOST_FIELDS + 1)}) as answer:
        assert answer.status == 422
        assert "fields" in await answer.text()


async def test_a_bin_that_was_deleted_is_said_on_its_tokens(server: Running) -> None:
    await make_token(server, bins=[server.bin.id])
    async with server.client.delete(server.bin_api) as answer:
        assert answer.status == 204
    assert "No bin: they were deleted" in await _text(server, "/settings/tokens")


async def test_pages_offer_what_a_role_may_do(server: Running) -> None:
    pages = ("/", f"/bins/{server.bin.id}", f"/bins/{server.bin.id}/settings")
    seen = {}
    for role, bins in (("read", None), ("write", None), ("write", [server.bin.id]), ("admin", None)):
        made = await make_token(server, name=f"{role} {bins}", role=role, bins=bins)
        async with client_of(made["token"]) as client:
            texts = []
            for path in pages:
                async with client.get(server.url + path) as answer:
                    assert answer.status == 200
                    texts.append(await answer.text())
        seen[role, bins is None] = texts
    for (role, all_bins), texts in seen.items():
        home, *_ = texts
        assert all(("data-read-only" in text) == (role == "read") for text in texts)
        assert all(("<b>Read only</b>" in text) == (role == "read") for text in texts)
        assert ("Create bin</button>" in home) == (role != "read" and all_bins)
        assert all((">Tokens<" in text) == (role == "admin") for text in texts)
        assert all((" data-admin" in text) == (role == "admin") for text in texts)
