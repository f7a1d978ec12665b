"""Lists of bins have those only that the caller may know of, and no page makes one in another way."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from app import keys
from app.domain.access import AccessRole
from tests.conftest import Running

WEB = Path(__file__).parents[3] / "app" / "web"


def test_pages_and_api_list_bins_in_one_place_only() -> None:
    found = {
        str(path.relative_to(WEB)) for path in WEB.rglob("*.py") if re.search(r"\.(list|all)_bins\(", path.read_text())
    }
    assert found == {"site/bins.py"}


@dataclass(frozen=True, slots=True)
class Scene:
    """A server with three bins, and a caller who knows of the first and the last."""

    server: Running
    bins: list[str]
    client: aiohttp.ClientSession


@pytest.fixture
async def scene(server: Running) -> AsyncIterator[Scene]:
    made = [server.bin.id]
    for name in ("Secret", "Shop"):
        async with server.client.post(f"{server.api}/bins", json={"name": name}) as answer:
            made.append((await answer.json())["id"])
    _, text = await server.app[keys.ACCESS].tokens.add(
        name="ci", role=AccessRole.READ, bins=[made[0], made[2]], expires_in=None
    )
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {text}"}) as client:
        yield Scene(server, made, client)


async def test_a_bin_of_others_is_in_no_list(scene: Scene) -> None:
    server, bins = scene.server, scene.bins
    async with scene.client.get(f"{server.api}/bins") as answer:
        assert [bin["id"] for bin in (await answer.json())["items"]] == [bins[2], bins[0]]
    async with scene.client.get(f"{server.api}/bins?limit=1") as answer:
        page = await answer.json()
        assert ([bin["id"] for bin in page["items"]], page["next"]) == ([bins[2]], bins[2])
    async with scene.client.get(f"{server.api}/bins?before={bins[2]}") as answer:
        assert [bin["id"] for bin in (await answer.json())["items"]] == [bins[0]]
    for path in ("/", f"/bins/{bins[0]}/others", "/palette?q=s", f"/palette?q=s&bin={bins[0]}"):
        async with scene.client.get(server.url + path) as answer:
            text = await answer.text()
            assert answer.status == 200
            assert "Shop" in text, path
            assert "Secret" not in text, path
            assert bins[1] not in text, path


async def test_the_place_in_a_list_does_not_tell_of_a_bin_of_others(scene: Scene) -> None:
    server, bins = scene.server, scene.bins
    for before in (bins[1], "nothere1"):
        async with scene.client.get(f"{server.api}/bins?before={before}") as answer:
            assert answer.status == 422
