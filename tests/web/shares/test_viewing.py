"""What a link opens: exactly what the share is for, masked, and nothing else of the bin."""

import re

import aiohttp
import pytest

from app import keys
from app.domain.bins import KEY
from tests.conftest import Running
from tests.web.shares.conftest import PARTS, make_share, open_link
from tests.web.site.test_masking import CARD, CODE, SECRET, leaks


async def _provider(server: Running) -> str:
    async with server.client.get(f"{server.bin_api}/messages") as answer:
        return next(one["provider"] for one in (await answer.json())["items"] if one["message_id"] == "SM1")


async def _part(server: Running, name: str) -> dict:
    part = PARTS[name]
    return {"message": {"provider": await _provider(server), "message_id": "SM1"}} if "message" in part else part


@pytest.mark.parametrize("name", PARTS)
async def test_a_masked_link_opens_its_page_without_a_private_value_or_a_way_out(full: Running, name: str) -> None:
    share = await make_share(full, **await _part(full, name))
    secret = share["url"].rpartition("/")[2]
    status, text = await open_link(share["url"])
    assert status == 200, text
    assert leaks(text) == []
    assert full.bin.key not in text.lower()
    assert KEY.search(text.replace(secret, "")) is None
    assert full.bin.id not in text
    assert full.bin.name not in text
    assert "<form" not in text
    links = set(re.findall(r'(?:href|src|action|data-live|data-rows-url)="([^"]*)"', text))
    assert {link for link in links if not link.startswith((f"/shared/{secret}", "/static/", "#"))} == set()
    assert "sign-in" not in text
    assert "palette" not in text


async def test_headers_keep_the_page_out_of_caches_indexes_and_referrers(full: Running) -> None:
    share = await make_share(full, n=1)
    async with aiohttp.ClientSession() as visitor, visitor.get(share["url"]) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in answer.headers


async def test_without_a_mask_values_are_shown_and_credentials_and_the_key_are_not(full: Running) -> None:
    share = await make_share(full, n=2, mask=False)
    _, text = await open_link(share["url"])
    assert CODE in text
    assert CARD in text
    assert SECRET not in text
    assert full.bin.key not in text.lower()
    assert "[capture key]" in text
    assert "Body as text" in text


async def test_mask_false_in_the_address_of_a_masked_share_has_no_effect(full: Running) -> None:
    share = await make_share(full, n=2)
    for query in ("?mask=false", "?tab=raw&mask=false"):
        _, text = await open_link(share["url"] + query)
        assert leaks(text) == []


async def test_a_list_opens_its_requests_and_a_filter_only_those_that_match(full: Running) -> None:
    whole, some, one = await make_share(full), await make_share(full, q="kind:status"), await make_share(full, n=3)
    for share, opened in ((whole, {1, 2, 3, 4}), (some, {3}), (one, set())):
        for n in (1, 2, 3, 4, 5):
            status, text = await open_link(f"{share['url']}/captures/{n}")
            assert status == (200 if n in opened else 404)
            assert leaks(text) == []
    _, text = await open_link(some["url"])
    assert re.findall(r'id="capture-(\d+)"', text) == ["3"]
    for share, rows in ((whole, ["2", "1"]), (some, [])):
        status, text = await open_link(f"{share['url']}/rows?before=3")
        assert (status, re.findall(r'id="capture-(\d+)"', text), leaks(text)) == (200, rows, [])
    assert (await open_link(f"{one['url']}/rows"))[0] == 404


async def test_what_users_wrote_about_a_request_is_not_shared(full: Running) -> None:
    note = {"pinned": True, "note": "call the customer", "tags": ["angry"]}
    async with full.client.put(f"{full.bin_api}/captures/1/annotation", json=note) as answer:
        assert answer.status == 200
    share = await make_share(full, mask=False)
    for path in ("", "/captures/1"):
        _, text = await open_link(share["url"] + path)
        assert "angry" not in text
        assert "call the customer" not in text


async def test_the_filter_is_not_shown(full: Running) -> None:
    share = await make_share(full, q="from:+12065550148")
    _, text = await open_link(share["url"])
    assert leaks(text) == []
    assert "capture-1" in text


async def test_views_are_counted(full: Running) -> None:
    share = await make_share(full)
    for path in ("", "", "/captures/1", "/rows", "/captures/99"):
        await open_link(share["url"] + path)
    await full.app[keys.SHARES].write_views()
    (stored,) = await full.app[keys.STORE].list_shares()
    assert (stored.views, stored.viewed_at is None) == (2, False)
    async with full.client.get(f"{full.bin_api}/shares/{share['id']}") as answer:
        shown = await answer.json()
    assert (shown["views"], shown["last_viewed_at"] is None) == (2, False)


async def test_a_deleted_request_is_not_there_any_more(full: Running) -> None:
    share = await make_share(full, n=1)
    async with full.client.delete(f"{full.bin_api}/captures/1") as answer:
        assert answer.status == 204
    assert (await open_link(share["url"]))[0] == 404


async def test_a_link_that_ended_or_is_unknown_says_so_without_a_link_to_anything(full: Running) -> None:
    share = await make_share(full, n=1)
    async with full.client.delete(f"{full.bin_api}/shares/{share['id']}") as answer:
        assert answer.status == 204
    for url, right in ((share["url"], 410), (share["url"] + "/captures/1", 410), (share["url"][:-1], 404)):
        status, text = await open_link(url)
        assert status == right
        assert 'href="/"' not in text
        assert "Sign in" not in text


async def test_wrong_links_are_counted_and_answered_late_like_wrong_tokens(full: Running) -> None:
    share = await make_share(full, n=1)
    failed = full.app[keys.FAILED_SIGN_INS]
    assert (await open_link(share["url"]))[0] == 200
    assert failed.count == 0
    for path in ("", "/rows", "/live", "/captures/1"):
        assert (await open_link(f"{full.url}/shared/guess{path}"))[0] == 404
    assert failed.count == 4


async def test_who_is_signed_in_sees_of_a_link_what_all_others_see(full: Running) -> None:
    share = await make_share(full, n=2)
    for query in ("", "?mask=false"):
        async with full.client.get(share["url"] + query) as answer:
            text = await answer.text()
        assert leaks(text) == []
        assert "palette" not in text
