"""The API of saved filters and of completions."""

import pytest

from app.domain.saved_filters import MAX_FILTER_NAME, MAX_SAVED
from app.domain.search import KEYS, MAX_LENGTH
from tests.conftest import Running

FAILED = {"name": "Failed", "q": "status:failed"}


async def put(server: Running, id: str = "f1", status: int = 200, **body: object) -> dict:
    async with server.client.put(f"{server.bin_api}/filters/{id}", json=body or FAILED) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def listed(server: Running) -> list[dict]:
    async with server.client.get(f"{server.bin_api}/filters") as answer:
        assert answer.status == 200
        return (await answer.json())["items"]


async def complete(server: Running, status: int = 200, **query: object) -> dict:
    async with server.client.get(f"{server.bin_api}/completions", params=query) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def test_a_filter_is_saved_listed_changed_and_deleted(server: Running) -> None:
    made = await put(server)
    assert set(made) == {"id", "name", "q", "saved_at"}
    assert made["id"] == "f1"
    other = await put(server, "Other_1-x", name="✗ other", q='from:"ACME Inc"')
    assert await listed(server) == [made, other]
    renamed = await put(server, name="FAILED", q="status:failed after:1h")
    assert await listed(server) == [renamed, other]
    for status in (204, 404):
        async with server.client.delete(f"{server.bin_api}/filters/f1") as answer:
            assert answer.status == status
    assert await listed(server) == [other]


async def test_every_wrong_field_is_named_with_what_to_write(server: Running) -> None:
    error = await put(server, "a%20b", 422, name="x" * (MAX_FILTER_NAME + 1), q="stauts:failed")
    told = {each["field"]: each["message"] for each in error["errors"]}
    assert set(told) == {"name", "id", "q"}
    assert 'unknown filter "stauts:". Did you mean status:? Use from:, to:' in told["q"]
    error = await put(server, "f1", 422, name=1, q=None, more=True)
    assert {each["field"] for each in error["errors"]} == {"name", "q", "more"}
    assert await listed(server) == []


async def test_a_name_that_is_taken_and_one_filter_too_many_are_conflicts(server: Running) -> None:
    await put(server)
    assert "named failed" in (await put(server, "f2", 409, name="failed", q="x"))["detail"]
    for number in range(1, MAX_SAVED):
        await put(server, f"n{number}", name=f"{number}", q="x")
    assert f"at most {MAX_SAVED}" in (await put(server, "more", 409, name="more", q="x"))["detail"]


async def test_unknown_bins_are_not_found(server: Running) -> None:
    for method, path in (("get", "filters"), ("get", "completions"), ("put", "filters/f1"), ("delete", "filters/f1")):
        json = FAILED if method == "put" else None
        async with server.client.request(method, f"{server.api}/bins/nobody/{path}", json=json) as answer:
            assert answer.status == 404, path


async def test_completions_have_their_place_and_their_meaning(server: Running) -> None:
    async with server.client.post(f"{server.capture_url}/status", data={"MessageSid": "a", "MessageStatus": "sent"}):
        pass
    await server.captures()
    found = await complete(server, q="code status:s")
    assert (found["start"], found["end"]) == (12, 13)
    assert found["items"] == [
        {"insert": "sent", "label": "sent", "about": "Handed over", "count": 1},
        {"insert": "sending", "label": "sending", "about": "", "count": None},
    ]
    found = await complete(server, q="undel")
    assert found["items"] == [
        {"insert": "status:undelivered", "label": "status:undelivered", "about": "", "count": None}
    ]
    found = await complete(server)
    assert [item["insert"] for item in found["items"]] == [*KEYS]
    assert all(item["about"] for item in found["items"])


async def test_positions_count_characters(server: Running) -> None:
    found = await complete(server, q="😀😀 stat x", caret=7)
    assert (found["start"], found["end"]) == (3, 7)
    assert found["items"][0]["insert"] == "status:"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"q": "x" * (MAX_LENGTH + 1)}, "q"), ({"q": "ab", "caret": 3}, "caret"), ({"q": "ab", "caret": "-1"}, "caret"),
        ({"text": "ab"}, "text"),
    ],
)  # fmt: skip
async def test_wrong_parameters_are_named(server: Running, query: dict, field: str) -> None:
    assert [each["field"] for each in (await complete(server, 422, **query))["errors"]] == [field]


async def test_the_longest_filter_has_completions(server: Running) -> None:
    text = "x" * (MAX_LENGTH - 4) + " sta"
    assert (await complete(server, q=text))["items"]
