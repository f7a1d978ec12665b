"""The API of shares."""

from app import keys
from app.services.tokens import digest
from tests.conftest import Running
from tests.web.shares.conftest import make_share, open_link, send
from tests.web.tokens.test_api import client_of, make_token

__all__ = ["client_of"]


async def test_the_link_is_shown_once_and_stored_as_a_hash(server: Running) -> None:
    async with server.client.post(f"{server.bin_api}/shares", json={"expires_in": "1d"}) as answer:
        assert answer.status == 201
        made = await answer.json()
        assert answer.headers["Location"] == f"/api/v1/bins/{server.bin.id}/shares/{made['id']}"
    url = made.pop("url")
    secret = url.removeprefix(f"{server.url}/shared/")
    assert len(secret) == 43
    async with server.client.get(f"{server.bin_api}/shares") as answer:
        assert await answer.json() == {"items": [made]}
    async with server.client.get(f"{server.bin_api}/shares/{made['id']}") as answer:
        assert await answer.json() == made
    assert (made["mask"], made["views"], made["created_by"]) == (True, 0, "access token")
    (stored,) = await server.app[keys.STORE].list_shares()
    assert (stored.hash, secret in str(stored)) == (digest(secret), False)


async def test_wrong_input_is_named(server: Running) -> None:
    await send(server)
    await server.settled(1)
    for body, field in (
        ({}, "expires_in"),
        ({"expires_in": "0"}, "expires_in"),
        ({"expires_in": "soon"}, "expires_in"),
        ({"expires_in": "1d", "n": 2}, "n"),
        ({"expires_in": "1d", "n": 0}, "n"),
        ({"expires_in": "1d", "n": 1, "q": "kind:inbound"}, "n"),
        ({"expires_in": "1d", "q": "nothere:1"}, "q"),
        ({"expires_in": "1d", "q": "  "}, "q"),
        ({"expires_in": "1d", "message": {"provider": "x", "message_id": "none"}}, "message"),
        ({"expires_in": "1d", "message": {"provider": "x"}}, "message.message_id"),
        ({"expires_in": "1d", "comparison": {"n": 1, "m": 1}}, "comparison"),
        ({"expires_in": "1d", "comparison": {"n": 1, "m": 5}}, "comparison"),
        ({"expires_in": "1d", "comparison": {"n": 1}}, "comparison"),
        ({"expires_in": "1d", "mask": "no"}, "mask"),
    ):
        async with server.client.post(f"{server.bin_api}/shares", json=body) as answer:
            assert answer.status == 422, body
            assert [each["field"] for each in (await answer.json())["errors"]] == [field]


async def test_a_share_that_ended_is_410_and_an_unknown_one_404(server: Running) -> None:
    share = await make_share(server)
    address = f"{server.bin_api}/shares/{share['id']}"
    async with server.client.delete(address) as answer:
        assert answer.status == 204
    for method in ("GET", "DELETE"):
        for url, status in ((address, 410), (f"{server.bin_api}/shares/none", 404)):
            async with server.client.request(method, url) as answer:
                assert answer.status == status
    async with server.client.get(f"{server.bin_api}/shares") as answer:
        assert await answer.json() == {"items": []}
    assert (await open_link(share["url"]))[0] == 410


async def test_a_share_of_another_bin_is_unknown(server: Running) -> None:
    async with server.client.post(f"{server.api}/bins", json={"name": "Other"}) as answer:
        other = (await answer.json())["id"]
    share = await make_share(server)
    for method in ("GET", "DELETE"):
        async with server.client.request(method, f"{server.api}/bins/{other}/shares/{share['id']}") as answer:
            assert answer.status == 404
    assert (await open_link(share["url"]))[0] == 200


async def test_making_one_requires_the_role_write_and_both_are_in_the_audit_log(server: Running) -> None:
    reader = await make_token(server)
    async with client_of(reader["token"]) as client:
        async with client.post(f"{server.bin_api}/shares", json={"expires_in": "1d"}) as answer:
            assert answer.status == 403
        async with client.get(f"{server.bin_api}/shares") as answer:
            assert answer.status == 200
    share = await make_share(server)
    async with server.client.delete(f"{server.bin_api}/shares/{share['id']}") as answer:
        assert answer.status == 204
    async with server.client.get(f"{server.api}/audit") as answer:
        text = await answer.text()
    assert share["url"].rpartition("/")[2] not in text
    async with server.client.get(f"{server.api}/audit") as answer:
        items = (await answer.json())["items"]
    entries = {entry["action"]: entry for entry in items if entry["result"] == "done"}
    assert entries["share.create"]["facts"] == {"share": share["id"], "masked": "yes"}
    assert entries["share.revoke"]["facts"] == {"id": share["id"]}


async def test_shares_are_there_after_a_restart(server: Running) -> None:
    share, ended = await make_share(server), await make_share(server)
    async with server.client.delete(f"{server.bin_api}/shares/{ended['id']}") as answer:
        assert answer.status == 204
    await server.app[keys.SHARES].start()
    assert (await open_link(share["url"]))[0] == 200
    assert (await open_link(ended["url"]))[0] == 410
