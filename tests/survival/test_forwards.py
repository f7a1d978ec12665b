"""Forwards through `kill -9`; `make proof` does it at length."""

from pathlib import Path

import pytest

from tests.proof.forwards import body_of, forward_through_kills, problems_of
from tests.services.forwards.target import Seen


def seen(n: int, body: bytes | None = None, first: bytes = b"x-B: 1") -> Seen:
    lines = [b"POST / HTTP/1.1", b"Host: t", first, b"X-a: 2", b"X-Smsbin-Id: b/%d" % n]
    return Seen(b"\r\n".join(lines) + b"\r\n\r\n", body_of(n) if body is None else body)


def test_a_loss_another_order_and_other_bytes_are_found() -> None:
    bodies = {n: body_of(n) for n in (1, 2, 51)}
    whole = [seen(1), seen(2), seen(51)]
    assert problems_of(bodies, whole) == []
    assert problems_of(bodies, [*whole, seen(2)]) == []
    assert problems_of(bodies, whole[:2]) == ["1 did not arrive: [51]"]
    assert problems_of(bodies, [whole[2], whole[0], whole[1]]) == ["#1 of MessageSid=SM1 arrived after #51"]
    assert problems_of(bodies, [seen(1), seen(2), seen(51, b"MessageSid=SM1&x")]) == ["#51 arrived with other bytes"]
    assert "other headers" in problems_of(bodies, [seen(1), seen(2), seen(51, first=b"X-b: 1")])[0]


@pytest.mark.parametrize(("kills", "events"), [(2, False), (1, True)])
async def test_everything_arrives_in_order_though_the_server_is_killed(
    tmp_path: Path, kills: int, events: bool
) -> None:
    counts = await forward_through_kills(tmp_path / "data", captures=120 * kills, kills=kills, seed=1, events=events)
    assert counts.problems == []
    assert counts.kills == kills
    assert counts.captures > 0
