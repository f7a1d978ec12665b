"""Which requests are in the audit log, and what their entries say: real requests to the real application."""

import asyncio
import json

import aiohttp
import pytest

from app import keys
from app.domain.audit import AuditEntry, AuditFilter
from app.errors import StoreUnavailable
from app.web.exports import api as exports
from app.web.routes import ROUTES
from app.web.routes.table import NotAudited, Route
from app.web.words.audit import ACTION_GROUPS, ACTION_TITLES
from tests.conftest import TOKEN, Running, run_server

# Reads that are of interest: what takes data out.
AUDITED_READS = {
    "capture-download", "capture-copy", "api-capture-body", "api-capture-raw", "api-export", "api-records-export",
    "api-audit-export",
}  # fmt: skip
# Actions without a route.
OTHER_ACTIONS = {
    "server.restore",
    "server.migrate",
    *(f"forward.{what}" for what in ("pause", "resume", "test", "retry", "delete")),
}


async def entries(server: Running) -> list[AuditEntry]:
    """Oldest first."""
    await server.app[keys.AUDIT_LOG].write()
    return list(await server.app[keys.STORE].list_audit_entries(AuditFilter(), limit=500))[::-1]


async def told(server: Running) -> list[tuple[str, str | None, int | None, int]]:
    return [(each.action, each.who, each.status, each.times) for each in await entries(server)]


async def call(server: Running, method: str, path: str, **values: object) -> int:
    async with server.client.request(method, server.url + path, allow_redirects=False, **values) as answer:
        await answer.read()
        return answer.status


def _actions() -> dict[str, str | NotAudited]:
    return {route.name: route.action for route in ROUTES}


def test_every_route_that_changes_something_is_in_the_audit_log_or_says_why_not() -> None:
    """A new route has the action of its name. Give that its words in `web/words/audit.py`, or say in the route table
    which action it is, or why it has none."""
    without_words = {
        route.name: route.action
        for route in ROUTES
        if isinstance(route.action, str) and route.action not in ACTION_TITLES
    }
    assert without_words == {}
    excused = {route.name for route in ROUTES if route.method != "GET" and not isinstance(route.action, str)}
    assert excused == {"answer-preview", "mapping-preview", "api-mapping-preview", "capture-signature"}
    assert {r.name for r in ROUTES if r.method == "GET" and isinstance(r.action, str)} == AUDITED_READS


def test_no_action_has_words_without_being_used() -> None:
    used = {action for action in _actions().values() if isinstance(action, str)} | OTHER_ACTIONS
    assert set(ACTION_TITLES) == used
    assert {action.partition(".")[0] for action in ACTION_TITLES} == set(ACTION_GROUPS)


@pytest.mark.parametrize(
    ("method", "name", "audit", "action"),
    [
        ("POST", "token-create", None, "token.create"),
        ("DELETE", "api-token-revoke", None, "token.revoke"),
        ("POST", "x", "share.create", "share.create"),
        ("GET", "api-export", "capture.export", "capture.export"),
    ],
)
def test_the_action_of_a_route_is_its_name_unless_it_says_otherwise(method: str, name: str, audit, action: str) -> None:
    assert Route(method, "/", _none, name, None, audit).action == action
    assert isinstance(Route("GET", "/", _none, name, None).action, NotAudited)


async def _none(_: object) -> None: ...


async def test_a_change_has_an_entry_with_who_what_where_and_the_result(server: Running) -> None:
    assert await call(server, "PATCH", f"/api/v1/bins/{server.bin.id}", json={"name": "Ours"}) == 200
    (entry,) = await entries(server)
    assert (entry.number, entry.action, entry.status, entry.result, entry.times) == (1, "bin.change", 200, "done", 1)
    assert (entry.who, entry.via, entry.peer) == ("access token", "bearer", "127.0.0.1")
    assert (entry.bin, entry.bin_name) == (server.bin.id, "Bin 1")
    assert entry.facts == {"name": "Ours", "changed": "name"}


async def test_pages_and_calls_are_the_same_actions(server: Running) -> None:
    bin = server.bin.id
    for path, data in (
        ("/bins", {"name": "Second"}),
        (f"/bins/{bin}/settings", {"name": "Third"}),
        (f"/bins/{bin}/answers?role=primary", {"do": "reset"}),
        (f"/bins/{bin}/faults/primary", {"kind": "status", "status": "500", "count": "1", "minutes": "10"}),
        (f"/bins/{bin}/faults/primary/heal", {}),
        (f"/bins/{bin}/forwards", {"name": "F", "url": "https://example.net/x", "timeout_s": "5", "order": "none",
                                   "signature": "sent", "start": "next"}),
        (f"/bins/{bin}/rotate-key", {}),
        (f"/bins/{bin}/clear", {}),
        (f"/bins/{bin}/delete", {"name": "Third"}),
    ):  # fmt: skip
        assert await call(server, "POST", path, data=data) == 303, path
    found = await entries(server)
    assert [each.action for each in found] == [
        "bin.create", "bin.change", "answer.reset", "fault.set", "fault.heal", "forward.add", "bin.rotate-key",
        "capture.clear", "bin.delete",
    ]  # fmt: skip
    assert [each.facts for each in found] == [
        {}, {"name": "Third"}, {"role": "primary"}, {"role": "primary", "fault": "status"}, {"role": "primary"},
        {"name": "F"}, {}, {}, {},
    ]  # fmt: skip
    assert [each.bin_name for each in found] == ["Second", "Bin 1", *["Third"] * 7]
    assert {each.result for each in found} == {"done"}


async def test_the_buttons_of_a_form_are_what_they_do(server: Running) -> None:
    forwards = f"/bins/{server.bin.id}/forwards"
    form = {"name": "F", "url": "https://example.net/x", "timeout_s": "5", "order": "none", "signature": "sent"}
    assert await call(server, "POST", forwards, data={**form, "start": "next", "preview": "1"}) == 200
    assert await call(server, "POST", f"/bins/{server.bin.id}/answers?role=status", data={"do": "add-rule"}) == 200
    assert await call(server, "POST", f"/bins/{server.bin.id}/mapping", data={"do": "preview"}) in (200, 422)
    assert await entries(server) == []
    assert await call(server, "POST", forwards, data={**form, "start": "next"}) == 303
    (stored,) = await server.app[keys.STORE].list_forwards()
    assert await call(server, "POST", forwards, data={**form, "edited": stored.id}) == 303
    for what in ("pause", "resume", "retry", "delete"):
        assert await call(server, "POST", f"{forwards}/{stored.id}/{what}") == 303
    assert await call(server, "POST", f"{forwards}/{stored.id}/{'x' * 500}") == 404
    found = await entries(server)
    assert [each.action.removeprefix("forward.") for each in found] == [
        "add", "change", "pause", "resume", "retry", "delete", "change"
    ]  # fmt: skip
    assert [each.facts for each in found[1:]] == [{"id": stored.id, "name": "F"}] * 5 + [{"id": stored.id}]


async def test_what_is_refused_is_there_with_its_status_and_combined(server: Running) -> None:
    answers = f"/api/v1/bins/{server.bin.id}/answers/primary"
    for status, values in ((422, {"json": {"odd": 1}}), (415, {"data": b"x"}), (422, {"json": {"odd": 2}})):
        assert await call(server, "PUT", answers, **values) == status
    assert await call(server, "DELETE", "/api/v1/bins/nothere1") == 404
    assert await call(server, "POST", "/bins", data={"name": "x" * 500}) == 422
    assert await told(server) == [
        ("answer.set", "access token", 422, 2), ("answer.set", "access token", 415, 1),
        ("bin.delete", "access token", 404, 1), ("bin.create", "access token", 422, 1),
    ]  # fmt: skip
    assert {entry.result for entry in await entries(server)} == {"refused"}


async def test_signing_in_and_out_and_wrong_tokens(server: Running) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        origin = {"Origin": server.url}
        for token in ("wrong", "wrong too", TOKEN):
            async with browser.post(
                f"{server.url}/sign-in", data={"token": token}, headers=origin, allow_redirects=False
            ) as answer:
                assert answer.status == (303 if token == TOKEN else 401)
        async with browser.post(f"{server.url}/sign-out", headers=origin, allow_redirects=False) as answer:
            assert answer.status == 303
        # Not a sign-in: a page without a credential.
        for path in ("/", "/sign-in", f"/api/v1/bins/{server.bin.id}"):
            await (await browser.get(server.url + path)).read()
        await (await browser.delete(f"{server.url}/api/v1/bins/{server.bin.id}")).read()
        wrong = {"Authorization": "Bearer wrong"}
        for method, path in (("GET", "/"), ("DELETE", f"/api/v1/bins/{server.bin.id}"), ("GET", "/api/v1/bins")):
            await (await browser.request(method, server.url + path, headers=wrong, allow_redirects=False)).read()
    assert await told(server) == [
        ("session.sign-in", None, 401, 5), ("session.sign-in", "access token", 303, 1),
        ("session.sign-out", "access token", 303, 1),
    ]  # fmt: skip
    assert [entry.via for entry in await entries(server)] == ["", "session", "session"]


async def test_tokens_are_named_and_so_is_who_has_one(server: Running) -> None:
    made = {"name": "CI", "role": "read", "bins": [server.bin.id]}
    async with server.client.post(f"{server.api}/tokens", json=made) as answer:
        assert answer.status == 201
        token = await answer.json()
    headers = {"Authorization": f"Bearer {token['token']}"}
    assert await call(server, "DELETE", f"/api/v1/bins/{server.bin.id}", headers=headers) == 403
    assert await call(server, "GET", "/settings/audit", headers=headers) == 403
    assert await call(server, "GET", "/api/v1/audit/export", headers=headers) == 403
    assert await call(server, "DELETE", f"/api/v1/tokens/{token['id']}") == 204
    assert await call(server, "DELETE", f"/api/v1/tokens/{token['id']}") == 404
    assert await told(server) == [
        ("token.create", "access token", 201, 1), ("bin.delete", "CI", 403, 1), ("audit.export", "CI", 403, 1),
        ("token.revoke", "access token", 204, 1), ("token.revoke", "access token", 404, 1),
    ]  # fmt: skip
    found = await entries(server)
    facts = {"id": token["id"], "name": "CI", "role": "read"}
    assert (found[0].facts, found[1].bin, found[3].facts) == (facts, server.bin.id, facts)


async def test_taking_data_out_is_there_before_the_first_byte(server: Running, monkeypatch) -> None:
    await (await server.client.post(server.capture_url, data={"Text": "hi"})).read()
    await server.settled(1)
    bin = f"/api/v1/bins/{server.bin.id}"
    send, seen = exports._send, []

    async def look_and_send(*given: object) -> None:
        seen.extend(await told(server))
        await send(*given)

    monkeypatch.setattr(exports, "_send", look_and_send)
    assert await call(server, "GET", f"{bin}/export?format=csv") == 200
    assert seen == [("capture.export", "access token", 200, 1)]
    for path in (
        f"{bin}/captures/1/body", f"{bin}/captures/1/raw", f"/bins/{server.bin.id}/captures/1/download",
        f"{bin}/captures/9/raw", "/api/v1/audit/export",
    ):  # fmt: skip
        await call(server, "GET", path)
    await call(server, "HEAD", f"{bin}/captures/1/raw")
    # Looking is not taking out.
    for path in (f"/bins/{server.bin.id}", f"{bin}/captures", f"{bin}/captures/1", "/settings/audit", "/api/v1/audit"):
        assert await call(server, "GET", path) == 200
    assert await told(server) == [
        ("capture.export", "access token", 200, 1), ("capture.download", "access token", 200, 3),
        ("capture.download", "access token", 404, 1), ("audit.export", "access token", 200, 1),
    ]  # fmt: skip
    found = await entries(server)
    assert found[0].facts == {"of": "captures", "format": "csv"}
    assert found[1].facts == {"n": "1"}


async def test_no_secret_no_text_and_no_whole_number_is_in_the_log(server: Running, tmp_path) -> None:
    number, secrets = "+14155550123", ("s3cret-of-a-provider", "TEXT-of-an-sms", "pa55word", "BODY-of-an-answer")
    await (await server.client.post(server.capture_url, data={"Text": secrets[1], "From": number})).read()
    await server.settled(1)
    bin = f"/api/v1/bins/{server.bin.id}"
    for method, path, values in (
        ("PATCH", bin, {"json": {"name": f"Line of {number}"}}),
        ("PUT", f"{bin}/secrets/label", {"json": {"secret": secrets[0], "scheme": "twilio"}}),
        ("PUT", f"{bin}/secrets/{number}", {"json": {"secret": secrets[0], "scheme": "twilio"}}),
        ("PUT", f"{bin}/answers/primary", {"json": {"answer": {"status": 200, "body": secrets[3]}}}),
        ("PUT", f"{bin}/filters/f1", {"json": {"name": f"from {number}", "q": f"from:{number} {secrets[1]}"}}),
        ("PUT", f"{bin}/captures/1/annotation", {"json": {"note": secrets[1], "tags": [number], "pinned": True}}),
        ("POST", f"{bin}/replays", {"json": {"captures": [1], "url": f"https://me:{secrets[2]}@127.0.0.1/{number}"}}),
        ("POST", f"{bin}/forwards", {"json": {"name": number, "url": f"https://x.example/{secrets[2]}?to={number}"}}),
        ("POST", f"/bins/{server.bin.id}/signatures", {"data": {"label": "l", "secret": secrets[0], "scheme": "odd"}}),
        ("GET", f"{bin}/export", {"params": {"q": f"from:{number} {secrets[1]}"}}),
        ("DELETE", f"{bin}/secrets/label", {}),
        ("POST", f"{bin}/captures/delete", {"json": {"upto": 1, "q": f"to:{number}"}}),
    ):
        await call(server, method, path, **values)
    found = await entries(server)
    assert len(found) == 12
    written = [json.dumps([entry.facts, entry.bin_name, entry.who]) for entry in found]
    for hidden in (number, number[1:], *secrets, server.bin.key, TOKEN):
        assert [text for text in written if hidden in text] == []
    assert "…23" in found[0].facts["name"]


async def test_the_address_is_what_a_trusted_proxy_says(make_settings) -> None:
    async with run_server(make_settings(trusted_proxies="127.0.0.1/32")) as server:
        headers = {"X-Forwarded-For": "203.0.113.9"}
        await call(server, "PATCH", f"/api/v1/bins/{server.bin.id}", json={"name": "x"}, headers=headers)
        assert [entry.peer for entry in await entries(server)] == ["203.0.113.9"]


async def test_a_client_that_leaves_does_not_hide_what_it_did(server: Running, monkeypatch) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()
    store = server.app[keys.STORE]
    drop = store.drop_captures

    async def slow(bin_id: str, upto: int | None = None) -> None:
        await drop(bin_id, upto)
        arrived.set()
        await go_on.wait()

    monkeypatch.setattr(store, "drop_captures", slow)
    request = asyncio.ensure_future(server.client.delete(f"{server.bin_api}/captures"))
    await arrived.wait()
    # The change is on the disk, and so is its entry.
    assert [(entry.action, entry.result) for entry in await entries(server)] == [("capture.clear", None)]
    request.cancel()
    await asyncio.wait([request])
    go_on.set()

    async def ended() -> bool:
        return [entry.result for entry in await entries(server)] == ["done"]

    await server.until(ended)


async def test_an_error_of_smsbin_is_a_failed_action(server: Running, monkeypatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(server.app[keys.STORE], "drop_captures", broken)
    assert await call(server, "DELETE", f"/api/v1/bins/{server.bin.id}/captures") == 500
    (entry,) = await entries(server)
    assert (entry.action, entry.result, entry.status) == ("capture.clear", "failed", 500)


async def test_without_a_disk_nothing_is_refused_because_of_the_log(server: Running, monkeypatch) -> None:
    async def full(*_: object) -> None:
        raise StoreUnavailable("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(server.app[keys.STORE], "put_audit_entry", full)
        assert await call(server, "DELETE", f"/api/v1/bins/{server.bin.id}/captures") == 204
        async with server.client.get(f"{server.url}/settings/audit") as answer:
            assert "1 of the last actions are in memory" in await answer.text()
    assert [entry.result for entry in await entries(server)] == ["done"]
