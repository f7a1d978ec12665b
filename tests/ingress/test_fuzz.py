"""For any input: no 5xx but 503, nothing hangs, nothing is logged, and what is acknowledged is what was sent."""

import random

import pytest

from app import keys
from tests.conftest import Running
from tests.proof import fuzz as proof

from .fuzzing import Found, check, fuzz, make, read_back

COUNT = 8_000


@pytest.mark.usefixtures("quiet_log")
async def test_random_connections_are_kept_refused_or_ended(server: Running) -> None:
    first = random.randrange(1 << 32)
    print(f"seeds from {first}")

    async def wire_of(n: int) -> bytes | None:
        return await read_back(server.client, server.bin_api, n)

    found = await fuzz(server.port, server.bin.key, range(first, first + COUNT), wire_of)
    assert found.problems == [], f"seeds from {first}"
    assert found.conversations == COUNT
    assert found.acknowledged > COUNT / 4
    assert {200, 400, 404} <= found.statuses.keys()
    assert server.app[keys.METRICS].refused_by_parser > 0


def test_a_conversation_is_made_of_its_seed() -> None:
    assert [make(seed, "k" * 16) for seed in range(50)] == [make(seed, "k" * 16) for seed in range(50)]


@pytest.mark.parametrize(
    ("answers", "stored"),
    [
        (b"HTTP/1.1 500 Broken\r\n\r\n", {}),
        (b"HTTP/1.1 200 OK\r\n\r\n", {1: None}),
        (b"HTTP/1.1 200 OK\r\n\r\n", {1: b"GET /other HTTP/1.1\r\n\r\n"}),
        (b"nonsense", {}),
        (b"", {}),
    ],
)
def test_what_is_wrong_is_seen(answers: bytes, stored: dict[int, bytes | None]) -> None:
    conversation = make(1, "k" * 16)
    conversation.must_be_kept = answers == b""
    assert len(check(conversation, answers, stored, Found())) == 1


def test_it_catches_a_server_that_misreads() -> None:
    counts = proof.campaign(300, 60, module="tests.proof.misreading")
    assert counts.bad > 0
    assert counts.acknowledged > 0
