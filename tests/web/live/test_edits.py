"""What an open page is told when something changes."""

import pytest

from app import clock
from app.domain.roles import Role
from tests.conftest import Running, run_server
from tests.pairs import FAILED, hit, settle


async def _frames(server: Running, after: int, view: str, **more: str) -> list[dict]:
    query = {"after": after, "view": view, **more}
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/live", params=query) as answer:
        return (await answer.json())["frames"]


@pytest.mark.parametrize(
    ("view", "path", "query"),
    [
        ("captures", "", {"q": "open"}),
        ("messages", "/messages", {"q": "open"}),
        ("compare", "/compare", {"show": "all"}),
        ("conversations", "/conversations", {}),
    ],
)
async def test_a_live_row_is_the_row_of_the_page(make_settings, view: str, path: str, query: dict[str, str]) -> None:
    sms = {"From": "+14155550123", "To": "+14155550100", "MessageSid": "SM" + "0" * 32, "Body": "Is it open?"}
    async with run_server(make_settings(base_path="/sms")) as server:
        async with server.client.post(server.capture_url, data=sms) as answer:
            assert answer.status == 200
        await server.settled(1)
        _, frame = await _frames(server, 0, view, **query)
        async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}", params=query) as answer:
            page = await answer.text()
        row = next(edit["html"].strip() for edit in frame["edits"] if edit.get("place") == "rows" or "n" in edit)
        assert f'href="/sms/bins/{server.bin.id}/' in row
        assert row in page


async def test_a_pair_is_shown_again_when_the_answer_to_one_of_its_requests_has_gone_out(server: Running) -> None:
    n = await hit(server, Role.PRIMARY, None, at=clock.now())
    _, frame = await _frames(server, 0, "compare")
    await settle(server, n, FAILED)
    await server.settled(n)
    _, frame = await _frames(server, frame["after"], "compare")
    (edit,) = frame["edits"]
    assert (edit["op"], edit["place"]) == ("put", "rows")
    assert "500" in edit["html"].split('<b class="letter">P</b>')[1][:8]
