"""Drills from end to end: the real server fails on purpose, a simulated provider falls back, the score is kept."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.conftest import Running, run_server

FAULT = {"kind": "status", "status": 500, "count": 3}


async def _start(server: Running, **wish: Any) -> dict[str, Any]:
    async with server.client.post(f"{server.bin_api}/drills", json=wish) as answer:
        assert answer.status == 201, await answer.text()
        drill: dict[str, Any] = await answer.json()
        assert answer.headers["Location"] == f"/api/v1/bins/{server.bin.id}/drills/{drill['id']}"
        return drill


async def _get(server: Running, drill_id: str) -> dict[str, Any]:
    async with server.client.get(f"{server.bin_api}/drills/{drill_id}") as answer:
        assert answer.status == 200
        drill: dict[str, Any] = await answer.json()
        return drill


async def _until(server: Running, drill_id: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while not holds(drill := await _get(server, drill_id)):
            await asyncio.sleep(0.05)
    return drill


async def _simulate(server: Running, **wish: Any) -> None:
    said = {"provider": "ytel", "what": "inbound", "rate": 100} | wish
    async with server.client.post(f"{server.bin_api}/simulations", json=said) as answer:
        assert answer.status == 202


async def _fault(server: Running, role: str = "primary") -> Any:
    async with server.client.get(f"{server.bin_api}/faults/{role}") as answer:
        return (await answer.json())["fault"]


def _is_over(drill: dict[str, Any]) -> bool:
    return drill["state"] != "running"


async def test_a_drill_fails_the_primary_heals_it_and_keeps_the_score(server: Running) -> None:
    drill = await _start(server, fault=FAULT)
    assert (drill["role"], drill["state"], drill["measure"]) == ("primary", "running", False)
    await _simulate(server, count=5)
    done = await _until(server, drill["id"], _is_over)
    card = done["card"]
    assert (card["messages"], card["recovered"], card["lost"], card["waiting"], card["duplicates"]) == (3, 3, 0, 0, 0)
    assert 0 <= card["delay_ms"]["p50"] <= card["delay_ms"]["max"] < 5_000
    assert await _fault(server) is None
    async with server.client.get(f"{server.bin_api}/comparison?only=fallback_after_error") as answer:
        pairs = (await answer.json())["items"]
    assert card["delay_ms"]["max"] == max(pair["gap_ms"] for pair in pairs)


async def test_a_hold_that_the_provider_does_not_wait_for_is_recovered(server: Running) -> None:
    drill = await _start(server, fault={"kind": "hold", "seconds": 60, "count": 1})
    await _simulate(server, provider="telnyx", speed=4)
    done = await _until(server, drill["id"], _is_over)
    # Telnyx tries three times: the first try met the fault, the second one was answered.
    assert (done["card"]["messages"], done["card"]["retried"], done["card"]["recovered"]) == (1, 1, 0)
    assert done["card"]["delay_ms"]["max"] >= 450


async def test_measuring_walks_through_the_ways_to_fail_one_message_each(server: Running) -> None:
    drill = await _start(server, measure=True)
    assert [step["state"] for step in drill["steps"]] == ["running"] + ["waiting"] * 5
    for index in range(len(drill["steps"])):
        await _until(server, drill["id"], lambda now, index=index: now["steps"][index]["state"] == "running")
        await _simulate(server, provider="twilio", speed=10, seed=index)
    done = await _until(server, drill["id"], _is_over)
    measured = {step["title"]: step["measured"] for step in done["steps"]}
    used = {title for title, one in measured.items() if one["fallback_ms"] is not None}
    # Twilio follows redirects, so that step ends well on the primary.
    assert used == set(measured) - {"redirects (302)"}
    assert measured["redirects (302)"]["followed_redirect"]
    # A dropped connection is tried once more.
    assert measured["drops the connection"]["tries"] == 2
    assert measured["answers 500"]["tries"] == 1
    assert 1_450 <= measured["holds the response"]["gave_up_ms"] < 3_000
    assert await _fault(server) is None


async def test_a_drill_that_is_stopped_heals_at_once_and_keeps_what_was_seen(server: Running) -> None:
    drill = await _start(server, fault=FAULT | {"count": None})
    await _simulate(server)
    await _until(server, drill["id"], lambda now: now["card"]["recovered"] == 1)
    async with server.client.delete(f"{server.bin_api}/drills/{drill['id']}") as answer:
        assert answer.status == 204
    stopped = await _get(server, drill["id"])
    assert (stopped["state"], stopped["card"]["recovered"]) == ("stopped", 1)
    assert await _fault(server) is None


async def test_one_drill_at_a_time_and_none_over_a_fault(server: Running) -> None:
    first = await _start(server, fault=FAULT)
    async with server.client.post(f"{server.bin_api}/drills", json={"fault": FAULT}) as answer:
        assert answer.status == 409
    # Another URL is another matter.
    await _start(server, role="voice", fault=FAULT)
    async with server.client.delete(f"{server.bin_api}/drills/{first['id']}"):
        pass
    async with server.client.put(f"{server.bin_api}/faults/primary", json=FAULT) as answer:
        assert answer.status == 200
    async with server.client.post(f"{server.bin_api}/drills", json={"measure": True}) as answer:
        assert answer.status == 409


async def test_a_fault_that_is_healed_by_hand_ends_its_drill(server: Running) -> None:
    drill = await _start(server, fault=FAULT)
    async with server.client.delete(f"{server.bin_api}/faults/primary") as answer:
        assert answer.status == 204
    done = await _until(server, drill["id"], _is_over)
    assert (done["state"], done["card"]["messages"]) == ("done", 0)


async def test_a_drill_goes_on_after_a_restart(make_settings: Any) -> None:
    async with run_server(make_settings()) as server:
        drill = await _start(server, fault=FAULT)
        await _simulate(server)
        await _until(server, drill["id"], lambda now: now["card"]["recovered"] == 1)
    async with run_server(make_settings()) as server:
        assert (await _fault(server))["kind"] == "status"
        await _simulate(server, count=2, seed=9)
        done = await _until(server, drill["id"], _is_over)
        assert (done["card"]["messages"], done["card"]["recovered"]) == (3, 3)


async def test_the_list_has_the_newest_first_and_goes_on(server: Running) -> None:
    made = []
    for _ in range(3):
        drill = await _start(server, fault=FAULT)
        made.append(drill["id"])
        async with server.client.delete(f"{server.bin_api}/drills/{drill['id']}"):
            pass
    async with server.client.get(f"{server.bin_api}/drills?limit=2") as answer:
        page = await answer.json()
    assert [one["id"] for one in page["items"]] == [made[2], made[1]]
    async with server.client.get(f"{server.bin_api}/drills?limit=2&before={page['next']}") as answer:
        assert [one["id"] for one in (await answer.json())["items"]] == [made[0]]


async def test_what_cannot_be_drilled_is_refused_by_its_field(server: Running) -> None:
    for wish, field in [
        ({}, "fault"),
        ({"fault": None}, "fault"),
        ({"fault": FAULT, "measure": True}, "fault"),
        ({"fault": "hold"}, "fault"),
        ({"fault": {"kind": "rain"}}, "fault.kind"),
        ({"fault": FAULT | {"colour": "red"}}, "fault.colour"),
        ({"fault": FAULT, "role": "status"}, "role"),
        ({"fault": FAULT, "role": 1}, "role"),
        ({"measure": "yes"}, "measure"),
    ]:
        async with server.client.post(f"{server.bin_api}/drills", json=wish) as answer:
            assert answer.status == 422, wish
            assert [problem["field"] for problem in (await answer.json())["errors"]] == [field]
    async with server.client.get(f"{server.bin_api}/drills/nothere") as answer:
        assert answer.status == 404
    async with server.client.delete(f"{server.bin_api}/drills/nothere") as answer:
        assert answer.status == 404
