"""Simulations through the API: real requests to a bin, progress, stop, and what is refused."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app import keys
from app.domain.simulations import MARK
from app.domain.statuses import RANKS, Status
from app.services.simulations.runs import Run
from tests.conftest import Running, run_server, with_shared_server


async def _start(server: Running, **wish: Any) -> dict[str, Any]:
    said = {"provider": "ytel", "what": "inbound"} | wish
    async with server.client.post(f"{server.bin_api}/simulations", json=said) as answer:
        assert answer.status == 202, await answer.text()
        run: dict[str, Any] = await answer.json()
        assert answer.headers["Location"] == f"/api/v1/bins/{server.bin.id}/simulations/{run['id']}"
        return run


async def _get(server: Running, run_id: str) -> dict[str, Any]:
    async with server.client.get(f"{server.bin_api}/simulations/{run_id}") as answer:
        assert answer.status == 200
        run: dict[str, Any] = await answer.json()
        return run


async def _finish(server: Running, run_id: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while (run := await _get(server, run_id))["state"] == "running":
            await asyncio.sleep(0.01)
    return run


async def test_messages_arrive_in_the_bin_as_the_provider_would_send_them(server: Running) -> None:
    run = await _start(server, count=3, rate=200, text="Your code is 482913")
    done = await _finish(server, run["id"])
    assert (done["state"], done["sent"], done["total"], done["taken"], done["lost"]) == ("done", 3, 3, 3, 0)
    captures = await server.captures()
    assert [(one["provider"], one["kind"], one["text"]) for one in captures] == [
        ("ytel", "inbound", "Your code is 482913")
    ] * 3
    assert sorted(result["n"] for result in done["results"]) == [one["n"] for one in captures]
    assert {one["message_id"] for one in captures} == {result["message_id"] for result in done["results"]}
    assert not any("action_differs" in one["findings"] for one in captures)
    assert all(one["simulated"] for one in captures)


async def test_only_the_mark_of_a_run_makes_a_capture_simulated(server: Running) -> None:
    run = await _start(server, played_by="client")
    for mark in (run["mark"], "a guess", None):
        headers = {} if mark is None else {MARK: mark}
        # Different texts, because the same form without an id would be a repeat of the same message.
        form = {"From": "+14155550107", "Text": f"hi {mark}"}
        async with server.client.post(server.capture_url, data=form, headers=headers) as answer:
            assert answer.status == 200
    assert [one["simulated"] for one in await server.captures()] == [True, False, False]
    found = {}
    for q in ("is:simulated", "-is:simulated"):
        async with server.client.get(f"{server.bin_api}/captures", params={"q": q}) as answer:
            found[q] = [one["n"] for one in (await answer.json())["items"]]
        async with server.client.get(f"{server.bin_api}/messages", params={"q": q}) as answer:
            found[q] += [n for one in (await answer.json())["items"] for n in one["captures"]]
    assert found == {"is:simulated": [1, 1], "-is:simulated": [3, 2, 3, 2]}


async def test_the_ledger_ends_as_the_simulation_says_it_sent_it(server: Running) -> None:
    """500 outbound messages, a tenth of the callbacks lost, a tenth doubled, all in any order."""
    trouble = ["lose", "duplicate", "shuffle"]
    run = await _start(
        server, provider="twilio", what="outbound", count=500, rate=250, speed=2, seed=42, trouble=trouble,
        failed_share=0.1,
    )  # fmt: skip
    done = await _finish(server, run["id"])
    assert done["lost"] == 0
    assert done["dropped"] > 50
    words: dict[str, list[str]] = {}
    for result in done["results"]:
        words.setdefault(result["message_id"], []).append(result["word"])
    # The run remembers its last 1,000 attempts, and there are fewer.
    assert len(done["results"]) == done["requests"] < 1_000
    messages = await _messages(server)
    assert messages.keys() == words.keys()
    for message_id, said in words.items():
        highest = max(said, key=lambda word: RANKS[Status(word)])
        assert (messages[message_id]["raw_status"], len(messages[message_id]["captures"])) == (highest, len(said))


async def _messages(server: Running) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    before: str | None = None
    while True:
        query = "limit=500" + (f"&before={before}" if before else "")
        async with server.client.get(f"{server.bin_api}/messages?{query}") as answer:
            page = await answer.json()
        found |= {one["message_id"]: one for one in page["items"]}
        before = page["next"]
        if before is None:
            return found


async def test_a_run_that_is_stopped_sends_no_more(server: Running) -> None:
    run = await _start(server, count=10_000, rate=100)
    async with server.client.delete(f"{server.bin_api}/simulations/{run['id']}") as answer:
        assert answer.status == 204
    stopped = await _get(server, run["id"])
    assert stopped["state"] == "stopped"
    assert stopped["sent"] < 10_000
    async with server.client.delete(f"{server.bin_api}/simulations/{run['id']}") as answer:
        assert answer.status == 204


async def test_a_server_that_goes_down_ends_its_runs(make_settings: Any) -> None:
    async with run_server(make_settings()) as server:
        await _start(server, count=10_000, rate=10)


async def test_four_runs_at_once_are_enough(server: Running) -> None:
    for _ in range(4):
        await _start(server, count=10_000, rate=1)
    async with server.client.post(
        f"{server.bin_api}/simulations", json={"provider": "ytel", "what": "inbound"}
    ) as answer:
        assert answer.status == 409


async def test_the_list_has_the_runs_of_the_bin_newest_first(server: Running) -> None:
    first, second = await _start(server), await _start(server)
    async with server.client.get(f"{server.bin_api}/simulations") as answer:
        assert [run["id"] for run in (await answer.json())["items"]] == [second["id"], first["id"]]
    async with server.client.get(f"{server.bin_api}/simulations/nothere") as answer:
        assert answer.status == 404


async def test_a_client_that_plays_itself_gets_the_mark(server: Running) -> None:
    run = await _start(server, played_by="client")
    assert len(run["mark"]) > 30
    assert (await _get(server, run["id"]))["mark"] is None
    async with server.client.get(f"{server.bin_api}/simulations") as answer:
        assert (await answer.json())["items"] == [], "what it sends is not known here"


async def test_two_runs_without_a_seed_send_two_messages(server: Running) -> None:
    runs = [await _finish(server, (await _start(server))["id"]) for _ in range(2)]
    assert len({run["seed"] for run in runs}) == 2
    assert len({run["results"][0]["message_id"] for run in runs}) == 2


@with_shared_server
@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"provider": "acme"}, "provider"),
        ({"what": "carrier pigeon"}, "what"),
        ({"provider": "sinch", "what": "voice"}, "what"),
        ({"from": ""}, "from"),
        ({"to": "+1\n"}, "to"),
        ({"text": "x" * 1_601}, "text"),
        ({"media": "http://x"}, "media"),
        ({"count": 0}, "count"),
        ({"count": True}, "count"),
        ({"count": 100_001}, "count"),
        ({"rate": 0}, "rate"),
        ({"rate": 501}, "rate"),
        ({"rate": "fast"}, "rate"),
        ({"seed": -1}, "seed"),
        ({"trouble": ["rain"]}, "trouble"),
        ({"trouble": [1]}, "trouble"),
        ({"trouble": "lose"}, "trouble"),
        ({"failed_share": 2}, "failed_share"),
        ({"speed": 0}, "speed"),
        ({"played_by": "me"}, "played_by"),
        ({"targets": {}}, "targets"),
        ({"targets": {"primary": 1}}, "targets.primary"),
        ({"targets": {"primary": "ftp://example.net"}}, "targets.primary"),
        ({"targets": {"primary": "http://example.net/"}, "rate": 11}, "rate"),
        ({"weather": "fine"}, "weather"),
    ],
)
async def test_what_cannot_be_played_is_refused_by_its_field(
    shared_server: Running, wish: dict[str, Any], field: str
) -> None:
    said = {"provider": "ytel", "what": "inbound"} | wish
    async with shared_server.client.post(f"{shared_server.bin_api}/simulations", json=said) as answer:
        assert answer.status == 422
        assert [problem["field"] for problem in (await answer.json())["errors"]] == [field]


async def test_a_handler_of_ones_own_is_reached_only_where_the_operator_allows_it(make_settings: Any) -> None:
    seen: list[str | None] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(request.headers.get(MARK))
        return web.Response()

    app = web.Application()
    app.router.add_post("/sms", handle)
    async with TestServer(app) as handler:
        targets = {"primary": str(handler.make_url("/sms"))}
        async with run_server(make_settings()) as server:
            closed = await _finish(server, (await _start(server, targets=targets))["id"])
        assert [result["error"] for result in closed["results"]] == ["blocked: private address"]
        assert seen == []
        async with run_server(make_settings(allow_targets="127.0.0.0/8")) as server:
            opened = await _finish(server, (await _start(server, targets=targets))["id"])
        assert (opened["taken"], opened["lost"]) == (1, 0)
        # The mark is the bin's business, nobody else's.
        assert seen == [None]


async def test_the_response_comes_after_every_server_knows_the_run(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next request of the user may reach another server."""
    published: list[str] = []

    async def publish(run: Run) -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        published.append(run.id)

    monkeypatch.setattr(server.app[keys.SIMULATING], "publish", publish)
    run = await _start(server, count=1)
    assert published == [run["id"]]
    await _finish(server, run["id"])
