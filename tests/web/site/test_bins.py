"""Lists of bins have those only that the caller may know of, and no page makes one in another way."""

import re
from pathlib import Path

import pytest

from app.domain.access import AccessRole, Caller, CallerKind
from app.services.access import Access
from tests.conftest import Running

WEB = Path(__file__).parents[3] / "app" / "web"


def test_pages_and_api_list_bins_in_one_place_only() -> None:
    found = {
        str(path.relative_to(WEB)) for path in WEB.rglob("*.py") if re.search(r"\.(list|all)_bins\(", path.read_text())
    }
    assert found == {"site/bins.py"}


@pytest.fixture
async def bins(server: Running, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three bins; the caller knows of the first and the last."""
    made = [server.bin.id]
    for name in ("Secret", "Shop"):
        async with server.client.post(f"{server.api}/bins", json={"name": name}) as answer:
            made.append((await answer.json())["id"])
    some = Caller(name="ci", role=AccessRole.READ, kind=CallerKind.BEARER, bins=frozenset({made[0], made[2], "gone"}))
    monkeypatch.setattr(Access, "caller_of_token", lambda *_: some)
    return made


async def test_a_bin_of_others_is_in_no_list(server: Running, bins: list[str]) -> None:
    async with server.client.get(f"{server.api}/bins") as answer:
        assert [bin["id"] for bin in (await answer.json())["items"]] == [bins[2], bins[0]]
    async with server.client.get(f"{server.api}/bins?limit=1") as answer:
        page = await answer.json()
        assert ([bin["id"] for bin in page["items"]], page["next"]) == ([bins[2]], bins[2])
    async with server.client.get(f"{server.api}/bins?before={bins[2]}") as answer:
        assert [bin["id"] for bin in (await answer.json())["items"]] == [bins[0]]
    for path in ("/", f"/bins/{bins[0]}/others", "/palette?q=s", f"/palette?q=s&bin={bins[0]}"):
        async with server.client.get(server.url + path) as answer:
            text = await answer.text()
            assert answer.status == 200
            assert "Shop" in text, path
            assert "Secret" not in text, path
            assert bins[1] not in text, path


async def test_the_place_in_a_list_does_not_tell_of_a_bin_of_others(server: Running, bins: list[str]) -> None:
    for before in (bins[1], "nothere1"):
        async with server.client.get(f"{server.api}/bins?before={before}") as answer:
            assert answer.status == 422
