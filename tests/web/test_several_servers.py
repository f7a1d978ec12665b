"""Two servers of one store behind one address: a user may be on either of them with each click."""

import asyncio
from typing import Any

from app.domain.simulations import MARK

from ..conftest import Running
from ..services.forwards.target import a_target
from ..sharing import Shared, both

__all__ = ["both"]


async def _send(server: Running, method: str, path: str, status: int, **json: Any) -> Any:
    given = {"json": json} if json else {}
    async with server.client.request(method, f"{server.bin_api}/{path}", **given) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json() if "json" in answer.content_type else None


async def _capture(server: Running, **headers: str) -> int:
    async with server.client.post(server.capture_url, data=b"Text=hi", headers=headers) as answer:
        assert answer.status == 200
    return max(each["n"] for each in await server.captures())


async def test_a_forward_and_an_alert_are_used_on_both_at_once(both: Shared) -> None:
    one, other = both.one, both.other
    async with a_target() as target, a_target() as notified:
        made = await _send(other, "POST", "forwards", 201, name="F", url=target.url)
        path = f"forwards/{made['id']}"
        assert (await _send(one, "GET", path, 200))["name"] == "F"
        await _send(one, "PATCH", path, 200, name="G")
        assert [each["name"] for each in (await _send(other, "GET", "forwards", 200))["items"]] == ["G"]
        alert = await _send(other, "POST", "alerts", 201, name="A", kind="matches", webhook={"url": notified.url})
        assert (await _send(one, "GET", f"alerts/{alert['id']}", 200))["name"] == "A"
        await _capture(other)
        await target.got(1)
        await notified.got(1)
        tested = await _send(other, "POST", f"alerts/{alert['id']}/test", 200)
        assert [each["state"] for each in tested["deliveries"]] == ["delivered"]
        await _send(one, "DELETE", path, 204)
        await _send(other, "GET", path, 404)
        await _send(other, "DELETE", f"alerts/{alert['id']}", 204)
        await _send(one, "GET", f"alerts/{alert['id']}", 404)
        assert (len(target.seen), len(notified.seen)) == (1, 2)


async def test_a_simulation_is_shown_recognised_and_ended_on_both(both: Shared) -> None:
    one, other = both.one, both.other
    run = await _send(one, "POST", "simulations", 202, provider="ytel", what="inbound", count=1000, rate=1)
    path = f"simulations/{run['id']}"
    async with asyncio.timeout(60):
        while (await _send(other, "GET", path, 200))["requests"] < 1:
            await asyncio.sleep(0.05)
    assert [each["id"] for each in (await _send(other, "GET", "simulations", 200))["items"]] == [run["id"]]
    await _send(other, "DELETE", path, 204)
    async with asyncio.timeout(60):
        while (await _send(one, "GET", path, 200))["state"] != "stopped":
            await asyncio.sleep(0.05)
    client = await _send(one, "POST", "simulations", 202, provider="ytel", what="inbound", played_by="client")
    n = await _capture(other, **{MARK: client["mark"]})
    assert (await other.capture(n))["simulated"]
    n = await _capture(other, **{MARK: "guess"})
    assert not (await other.capture(n))["simulated"]


async def test_a_drill_runs_once_and_each_server_can_stop_it(both: Shared) -> None:
    one, other = both.one, both.other
    drill = await _send(other, "POST", "drills", 201, role="primary", measure=True)
    await _send(one, "POST", "drills", 409, role="primary", measure=True)
    path = f"drills/{drill['id']}"
    async with asyncio.timeout(60):
        while (await _send(other, "GET", path, 200))["steps"][0]["state"] != "running":
            await asyncio.sleep(0.05)
    await _send(other, "DELETE", path, 204)
    assert (await _send(one, "GET", path, 200))["ended_at"] is not None
    again = await _send(one, "POST", "drills", 201, role="primary", measure=True)
    await _send(one, "DELETE", f"drills/{again['id']}", 204)


async def test_the_metrics_say_which_server_does_what(both: Shared) -> None:
    for server, held in ((both.one, "1.0"), (both.other, "0.0")):
        async with server.client.get(f"{server.url}/metrics") as answer:
            text = await answer.text()
        for name in ("forwards", "alerts", "drills", "sweeping", "settling"):
            assert f'smsbin_lease_held{{name="{name}"}} {held}' in text
