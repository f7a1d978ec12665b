"""The open page of forwards gets the parts of its cards that have changed."""

import json
import re

import pytest

from app.web.forwards import live
from app.web.forwards.live import PARTS, ForwardParts
from tests.conftest import Running
from tests.services.forwards.target import Target, a_target, answer_of

from .calling import call, hit, until_state


def _parts(wire: bytes) -> dict[str, str]:
    """The parts of a frame by the end of their ids, as text."""
    if not wire:
        return {}
    html = json.loads(wire[wire.index(b"{") :])["forwards"]
    pieces = re.findall(r'(<\w+[^>]* id="forward-[0-9a-z]+-(\w+)".*?)(?=<\w+[^>]* id="forward-|\Z)', html, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", piece).split()) for piece, name in pieces}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PACE_S", 0.0)


@pytest.mark.usefixtures("at_once")
async def test_only_what_has_changed_is_sent(opened: Running) -> None:
    status = [404]
    async with a_target(lambda _: answer_of(status[0])) as target:
        made = await call(opened, "POST", status=201, name="F", url=target.url, paused=True)
        parts = ForwardParts(opened.app, opened.bin.id, "/base")
        first = await parts.wire()
        assert sorted(_parts(first)) == sorted(PARTS)
        assert f'action=\\"/base/bins/{opened.bin.id}/forwards/{made["id"]}/resume\\"' in first.decode(
            "utf-8", "replace"
        )
        assert await parts.wire() == b""
        await hit(opened)
        await until_state(opened, 1, "held")
        assert _parts(await parts.wire())["lag"].startswith("1, the oldest is due")
        await call(opened, "POST", f"/{made['id']}/resume")
        await until_state(opened, 1, "retrying")
        shown = _parts(await parts.wire())
        assert (shown["state"], shown["actions"], shown["strip"]) == (
            "sending",
            "Pause",
            "0 of the last 1 have arrived; why the last one has not: #1",
        )
        assert "delivered" not in shown
        status[0] = 200
        await call(opened, "POST", f"/{made['id']}/resume")
        await until_state(opened, 1, "delivered")
        shown = _parts(await parts.wire())
        assert shown == {"lag": "0", "delivered": "1", "strip": "1 of the last 1 have arrived"}


async def test_dispatches_are_read_at_most_once_in_this_time(opened: Running, target: Target) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    await call(opened, "POST", status=201, name="F", url=target.url)
    parts = ForwardParts(opened.app, opened.bin.id, "", pause)
    await parts.wire()
    assert pauses == []
    await parts.wire()
    assert len(pauses) == 1
    assert 0 <= pauses[0] <= live.PACE_S


@pytest.mark.usefixtures("at_once")
async def test_the_page_and_its_frames_have_the_same_elements(opened: Running, target: Target) -> None:
    made = await call(opened, "POST", status=201, name="F", url=target.url)
    async with opened.client.get(f"{opened.url}/bins/{opened.bin.id}/forwards") as answer:
        page = await answer.text()
    assert 'data-with="view=forwards"' in page
    assert [page.count(f'id="forward-{made["id"]}-{part}"') for part in PARTS] == [1] * len(PARTS)
    address = f"{opened.url}/bins/{opened.bin.id}/live?view=forwards"
    async with opened.client.ws_connect(address, headers={"Origin": opened.url}) as socket:
        assert "hello" in await socket.receive_json(timeout=60)
        while "forwards" not in (frame := await socket.receive_json(timeout=60)):
            pass
        assert f'id="forward-{made["id"]}-delivered">0<' in frame["forwards"]
        await hit(opened)
        while "delivered" not in (frame := await socket.receive_json(timeout=60)).get("forwards", ""):
            pass
        assert f'id="forward-{made["id"]}-delivered">1<' in frame["forwards"]
        assert frame.keys() == {"forwards"}
