"""What an open page is told when something changes."""

from app import clock
from app.domain.roles import Role
from tests.conftest import Running
from tests.pairs import FAILED, hit, settle


async def _frames(server: Running, after: int, view: str) -> list[dict]:
    query = {"after": after, "view": view}
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/live", params=query) as answer:
        return (await answer.json())["frames"]


async def test_a_pair_is_shown_again_when_the_answer_to_one_of_its_requests_has_gone_out(server: Running) -> None:
    n = await hit(server, Role.PRIMARY, None, at=clock.now())
    _, frame = await _frames(server, 0, "compare")
    await settle(server, n, FAILED)
    await server.settled(n)
    _, frame = await _frames(server, frame["after"], "compare")
    (edit,) = frame["edits"]
    assert (edit["op"], edit["place"]) == ("put", "rows")
    assert "500" in edit["html"].split('<b class="letter">P</b>')[1][:8]
