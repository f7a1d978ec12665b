"""A search that was stopped is told to people and to programs, with the cure, and the rest of the page is there."""

import pytest

from app import keys
from app.errors import ReadTooLong, TooSlow

from ...conftest import Running


@pytest.fixture
async def slow(server: Running, monkeypatch) -> Running:
    """Every search with a filter is stopped, but those of the page itself."""
    await server.client.post(server.capture_url, data={"From": "+14155550123", "To": "+14155550100", "Text": "hello"})
    await server.captures()
    store = server.app[keys.STORE]
    for name in ("list_captures", "list_messages"):
        call = getattr(store, name)

        def stopped(bin_id: str, call: object = call, **wish: object) -> object:
            if wish.get("query") is not None and "lorem" in str(wish["query"]):
                raise TooSlow(("q", "it takes too long. Narrow the filter"))
            return call(bin_id, **wish)

        monkeypatch.setattr(store, name, stopped)
    return server


@pytest.mark.parametrize("path", ["captures?q=lorem", "captures?q=lorem&after=0", "messages?q=lorem"])
async def test_a_program_gets_a_code_and_the_name_of_the_parameter(slow: Running, path: str) -> None:
    async with slow.client.get(f"{slow.bin_api}/{path}") as answer:
        assert answer.status == 422
        said = await answer.json()
    assert said["type"] == "urn:smsbin:too_slow"
    assert [error["field"] for error in said["errors"]] == ["q"]
    assert "Narrow the filter" in said["detail"]


@pytest.mark.parametrize("path", ["", "/messages"])
async def test_the_page_says_so_beside_the_box_and_shows_nothing(slow: Running, path: str) -> None:
    async with slow.client.get(f"{slow.url}/bins/{slow.bin.id}{path}?q=lorem") as answer:
        assert answer.status == 422
        page = await answer.text()
    assert "No results: it takes too long. Narrow the filter." in page
    assert 'value="lorem"' in page
    assert "Not filtered" not in page
    assert "hello" not in page
    assert "data-no-rows hidden" in page


async def test_a_request_opens_all_the_same_without_its_neighbours(slow: Running) -> None:
    async with slow.client.get(f"{slow.url}/bins/{slow.bin.id}/captures/1?q=lorem") as answer:
        assert answer.status == 200
        page = await answer.text()
    assert "hello" in page
    assert "Narrow the filter" in page


@pytest.mark.parametrize("path", ["rows", "messages/rows"])
async def test_older_rows_are_an_error_that_a_script_sees(slow: Running, path: str) -> None:
    async with slow.client.get(f"{slow.url}/bins/{slow.bin.id}/{path}?q=lorem") as answer:
        assert answer.status == 422


async def test_a_read_without_a_filter_is_a_matter_of_trying_again(server: Running, monkeypatch) -> None:
    def stopped(bin_id: str, **wish: object) -> object:
        raise ReadTooLong("Reading took longer than 1 s and was stopped.")

    monkeypatch.setattr(server.app[keys.STORE], "list_captures", stopped)
    async with server.client.get(f"{server.bin_api}/captures") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert (await answer.json())["type"] == "urn:smsbin:not_readable"
