"""Annotations through the API: set, changed, found, exported, and visible to everyone who follows the bin."""

import csv
import io
import json

import pytest

from app import keys
from app.domain.annotations import MAX_NOTE, MAX_TAG, MAX_TAGS
from tests.conftest import Running

FULL = {"pinned": True, "note": "Called back,\nnot again.", "tags": ["billing", "late"]}


async def call(server: Running, method: str, path: str, status: int, json: object) -> dict:
    async with server.client.request(method, f"{server.bin_api}/captures/{path}", json=json) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def put(server: Running, n: int, annotation: object, status: int = 200) -> dict:
    return await call(server, "PUT", f"{n}/annotation", status, annotation)


async def found(server: Running, q: str) -> list[int]:
    async with server.client.get(f"{server.bin_api}/captures", params={"q": q}) as answer:
        assert answer.status == 200, await answer.text()
        return [item["n"] for item in (await answer.json())["items"]]


async def export(server: Running, **query: str) -> str:
    async with server.client.get(f"{server.bin_api}/export", params=query) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.text()


@pytest.fixture
async def three(server: Running) -> Running:
    """A bin with three captures."""
    for text in ("one", "two", "three"):
        data = {"From": "+14155550123", "To": "+19495550142", "Text": text}
        async with server.client.post(server.capture_url, data=data) as answer:
            assert answer.status == 200
    return server


async def test_what_was_set_is_in_lists_the_capture_and_the_filter(three: Running) -> None:
    assert await put(three, 2, FULL | {"tags": ["LATE", "billing", "late"]}) == FULL
    for item in (await three.capture(2), (await three.captures())[1]):
        assert {name: item[name] for name in FULL} == FULL
    assert {name: (await three.captures())[0][name] for name in FULL} == {"pinned": False, "note": "", "tags": []}
    for q in ("is:pinned", "tag:late,other", "tag:bill*", 'note~"called back"', "-tag:none is:pinned"):
        assert await found(three, q) == [2], q
    assert await found(three, "-is:pinned -note~back") == [3, 1]
    # What is left out is empty.
    assert await put(three, 2, {"note": "x"}) == {"pinned": False, "note": "x", "tags": []}
    assert await found(three, "is:pinned") == []


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        ({"tags": ["two words"]}, "tags", "“two words”: a tag has letters"),
        ({"tags": "late"}, "tags", "must be a list of strings"),
        ({"tags": [f"t{n}" for n in range(MAX_TAGS + 1)]}, "tags", f"at most {MAX_TAGS}"),
        ({"tags": ["x" * (MAX_TAG + 1)]}, "tags", f"at most {MAX_TAG} characters"),
        ({"note": "x" * (MAX_NOTE + 1)}, "note", "at most 2,000 characters"),
        ({"note": None}, "note", "must be a string"),
        ({"pinned": "yes"}, "pinned", "must be true or false"),
        ({"pin": True}, "pin", "unknown field"),
    ],
)
async def test_what_is_wrong_is_named_with_the_cure_and_nothing_changes(
    three: Running, wrong: dict, field: str, reason: str
) -> None:
    await put(three, 1, FULL)
    told = await put(three, 1, FULL | wrong, 422)
    (error,) = told["errors"]
    assert error["field"] == field
    assert reason in error["message"]
    assert (await three.capture(1))["note"] == FULL["note"]


async def test_only_a_capture_that_exists_is_annotated(three: Running) -> None:
    told = await put(three, 9, FULL, 404)
    assert told["detail"] == "There is no #9 in this bin."


async def test_several_are_changed_by_number_or_filter(three: Running) -> None:
    told = await call(three, "POST", "annotate", 200, {"numbers": [1, 3, 9], "pinned": True, "add": ["Late"]})
    assert told == {"changed": 2, "refused": 0, "next": None}
    assert await found(three, "is:pinned tag:late") == [3, 1]
    told = await call(three, "POST", "annotate", 200, {"q": "tag:late", "upto": 2, "remove": ["late"], "note": "done"})
    assert told == {"changed": 1, "refused": 0, "next": None}
    assert await found(three, "tag:late") == [3]
    assert await found(three, "note~done is:pinned") == [1]
    for nothing in ({"numbers": [1]}, {"numbers": [1], "note": None, "add": []}):
        told = await call(three, "POST", "annotate", 422, nothing)
        assert told["errors"] == [{"field": "body", "message": "needs pinned, note, add or remove"}]


async def test_viewers_get_the_change(three: Running) -> None:
    await three.settled(3)
    store = three.app[keys.STORE]
    seq = (await store.get_bin(three.bin.id)).seq
    async with three.client.ws_connect(f"{three.bin_api}/live?after={seq}") as live:
        assert (await live.receive_json())["type"] == "hello"
        await put(three, 2, FULL)
        frame = await live.receive_json()
        assert (frame["type"], frame["seq"]) == ("capture", seq + 1)
        assert {name: frame["capture"][name] for name in FULL} == FULL


async def test_it_is_kept_when_the_bin_is_parsed_again_and_goes_with_the_capture(three: Running) -> None:
    await put(three, 2, FULL)
    async with three.client.post(f"{three.bin_api}/reread") as answer:
        assert answer.status in (200, 202)

    async def is_read() -> bool:
        return (await three.app[keys.STORE].rereading(three.bin.id)).state == "ok"

    await three.until(is_read)
    assert await found(three, "tag:billing") == [2]
    async with three.client.delete(f"{three.bin_api}/captures/2") as answer:
        assert answer.status == 204
    assert await found(three, "tag:billing") == []


async def test_it_is_in_all_exports(three: Running) -> None:
    await put(three, 2, FULL)
    (row,) = csv.DictReader(io.StringIO(await export(three, format="csv", q="is:pinned")))
    assert (row["pinned"], row["note"], row["tags"]) == ("true", "Called back,\nnot again.", '["billing","late"]')
    line = json.loads(await export(three, format="jsonl", q="is:pinned"))
    assert {name: line[name] for name in FULL} == FULL
    (entry,) = json.loads(await export(three, format="har", q="is:pinned"))["log"]["entries"]
    assert entry["comment"] == "#2 on primary\npinned\ntags: billing, late\nnote: Called back,\nnot again."
