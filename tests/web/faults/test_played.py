"""A provider that is played over the network meets every fault: the verdict is what it did, the gap what it waited."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from app.domain.faults import FaultKind
from tests.conftest import Running

# Twilio waits 15 s, tries a dropped connection once more, executes the XML and follows redirects; Ytel follows none.
SPEED = 15
FAULTS: dict[FaultKind, tuple[str, dict[str, Any], str]] = {
    FaultKind.STATUS: ("twilio", {"status": 500}, "fallback_after_error"),
    FaultKind.HOLD: ("twilio", {"seconds": 30}, "fallback_after_timeout"),
    FaultKind.DROP: ("twilio", {}, "fallback_after_error"),
    FaultKind.CUT: ("twilio", {}, "fallback_after_error"),
    FaultKind.BAD_XML: ("twilio", {}, "fallback_after_error"),
    FaultKind.REDIRECT: ("ytel", {}, "fallback_after_error"),
    FaultKind.SLOW: ("twilio", {"seconds": 30}, "fallback_after_timeout"),
}
# Two clocks of one machine: the moment of sending there, of the whole head here. On a quiet machine a few milliseconds.
NEAR_MS = 250


def test_every_fault_is_played() -> None:
    assert FAULTS.keys() == set(FaultKind)


@pytest.mark.parametrize("kind", list(FaultKind))
async def test_the_pairing_says_what_the_provider_did(server: Running, kind: FaultKind) -> None:
    provider, more, verdict = FAULTS[kind]
    async with server.client.put(f"{server.bin_api}/faults/primary", json={"kind": kind.value} | more) as answer:
        assert answer.status == 200
    attempts = await _play(server, provider)
    pairing = await _settled(server, verdict)
    first = next(one for one in attempts if one["role"] == "primary")
    fallback = next(one for one in attempts if one["role"] == "fallback")
    assert fallback["ok"]
    assert abs(pairing["gap_ms"] - _ms(first["sent_at"], fallback["sent_at"])) < NEAR_MS
    assert (len(pairing["primary"]), len(pairing["fallback"])) == (2 if kind is FaultKind.DROP else 1, 1)
    hit = pairing["hits"][0]
    assert (hit["fault"], hit["ok"]) == (kind.value, False)
    if verdict == "fallback_after_timeout":
        assert abs(hit["left_ms"] - first["ms"]) < NEAR_MS
    assert {one["field"] for one in pairing["differences"]} <= {"ErrorCode", "ErrorUrl", "Action"}


async def _play(server: Running, provider: str) -> list[dict[str, Any]]:
    wish = {"provider": provider, "what": "inbound", "speed": SPEED}
    async with server.client.post(f"{server.bin_api}/simulations", json=wish) as answer:
        run = await answer.json()
    async with asyncio.timeout(60):
        while run["state"] == "running":
            await asyncio.sleep(0.02)
            async with server.client.get(f"{server.bin_api}/simulations/{run['id']}") as answer:
                run = await answer.json()
    assert run["lost"] == 0
    results: list[dict[str, Any]] = run["results"]
    return results


async def _settled(server: Running, verdict: str) -> dict[str, Any]:
    """The one pairing, when the outcomes of its answers are written."""
    async with asyncio.timeout(60):
        while True:
            async with server.client.get(f"{server.bin_api}/comparison") as answer:
                (pairing,) = (await answer.json())["items"]
            if pairing["verdict"] == verdict and all(hit["ok"] is not None for hit in pairing["hits"]):
                found: dict[str, Any] = pairing
                return found
            await asyncio.sleep(0.02)


def _ms(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds() * 1_000
