"""Which saved filter is active, and what the form beside the box would save."""

from app.domain.saved_filters import MAX_SAVED
from tests.conftest import Running


async def page(server: Running, **query: str) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/filters", params=query) as answer:
        assert answer.status == 200
        return await answer.text()


async def save(server: Running, id: str, name: str, q: str) -> None:
    async with server.client.put(f"{server.bin_api}/filters/{id}", json={"name": name, "q": q}) as answer:
        assert answer.status == 200


async def test_the_form_saves_a_new_filter_or_renames_the_active_one(server: Running) -> None:
    await save(server, "f1", "Failed", "status:failed")
    active = await page(server, q="status:failed")
    assert 'name="id" value="f1"' in active
    assert 'name="name" value="Failed"' in active
    assert "Delete this filter" in active
    new = await page(server, q="status:failed after:1h")
    assert 'name="id" value="f1"' not in new
    assert 'name="name" value="status:failed after:1h"' in new
    assert "Delete this filter" not in new
    assert "data-save-filter" not in await page(server)


async def test_a_full_bin_offers_no_form_for_one_more(server: Running) -> None:
    for number in range(MAX_SAVED):
        assert "data-save-filter" in await page(server, q="status:failed")
        await save(server, f"f{number}", f"F{number}", f"size:{number}")
    assert "data-save-filter" not in await page(server, q="status:failed")
    assert "data-save-filter" in await page(server, q="size:0")


async def test_a_count_stops_at_a_thousand(server: Running, monkeypatch) -> None:
    monkeypatch.setattr("app.services.saved_filters.MOST_FOUND", 1)
    monkeypatch.setattr("app.web.site.saved_filters.MOST_FOUND", 1)
    await save(server, "f1", "POST", "method:POST")
    for count, shown in ((1, "1"), (2, "1+")):
        async with server.client.post(server.capture_url, data={"Text": "x"}):
            pass
        assert len(await server.captures()) == count
        monkeypatch.setattr("app.services.saved_filters.FRESH_S", 0.0)
        assert f"<span data-saved-count>{shown}</span>" in await page(server)
