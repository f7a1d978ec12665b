"""Forwards through `kill -9`; `make proof` does it at length."""

from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from app import clock
from app.domain.forwards.model import Forward, ForwardMode
from app.domain.roles import Role
from tests.process import TOKEN, Process, serving
from tests.proof.forwards import body_of, forward_through_kills, problems_of
from tests.services.forwards.target import OK, Seen, a_target, forwarding


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


async def test_what_follows_from_a_request_is_sent_though_the_server_is_killed_when_it_is_decided(
    tmp_path: Path,
) -> None:
    servers: list[Process] = []

    def say(seen: Seen) -> bytes | None:
        if len(servers) > 1 or b"message.stuck" not in seen.body:
            return OK
        servers[0].kill_all()
        return None

    async with a_target(say) as target:
        async with forwarding(tmp_path / "data") as place:
            events = Forward(name="F", url=target.url, mode=ForwardMode.EVENT)
            forward = await place.forwards.add(place.bin.id, events, position=0, is_paused=True)
            body = b"MessageSid=SM1&MessageStatus=sent&AccountSid=AC1&From=%2B14155550123&To=%2B14155550100"
            await place.capture(body, Role.STATUS, received_at=clock.now() - timedelta(hours=1))
        for count in (2, 3):
            with serving(tmp_path / "data", "--allow-targets", "127.0.0.1") as server:
                servers.append(server)
                path = f"{server.ready['url']}api/v1/bins/{place.bin.id}/forwards/{forward.id}/resume"
                async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
                    async with client.post(path, json={}) as answer:
                        assert answer.status == 200, await answer.text()
                await target.got(count)
        ids = [str(each.header("webhook-id")).partition(".")[2] for each in target.seen]
        assert ids == ["1.0", "1.0.stuck", "1.0.stuck"]
        assert target.seen[1].body == target.seen[2].body
