"""Field mappings through the API: what is set is used for old and new captures, for lists, filters and answers."""

import json
import sqlite3
from contextlib import closing

import jsonschema
import pytest

from app import keys
from app.domain.mappings import FieldMapping
from app.web.site.convert import convert
from tests.conftest import Running, run_server

ACME = {
    "version": 1,
    "name": "Acme",
    "fields": {"from": "who", "to": "whom", "text": "what", "id": "ref", "status": ["state", "result"]},
    "kinds": {"primary": "inbound"},
    "statuses": {"7": "delivered"},
}
SMS = {"who": "+14155550123", "whom": "+19495550142", "what": "hi", "ref": "m1"}


async def put(server: Running, mapping: object, status: int = 200) -> dict:
    async with server.client.put(f"{server.bin_api}/mapping", json=mapping) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def current(server: Running) -> dict | None:
    async with server.client.get(f"{server.bin_api}/mapping") as answer:
        assert answer.status == 200
        return (await answer.json())["mapping"]


async def send(server: Running, role: str = "", **fields: str) -> None:
    async with server.client.post(server.capture_url + role, data=fields) as answer:
        assert answer.status == 200


async def found(server: Running, q: str, of: str = "captures") -> list[dict]:
    async with server.client.get(f"{server.bin_api}/{of}", params={"q": q}) as answer:
        assert answer.status == 200, await answer.text()
        return (await answer.json())["items"]


async def test_it_is_shown_as_it_was_set_until_it_is_removed(server: Running) -> None:
    assert await current(server) is None
    assert await put(server, ACME) == {"mapping": ACME}
    assert await current(server) == ACME
    for _ in range(2):
        async with server.client.delete(f"{server.bin_api}/mapping") as answer:
            assert answer.status == 204
        assert await current(server) is None


async def test_what_was_stored_before_is_parsed_by_it_when_the_call_returns(server: Running) -> None:
    await send(server, **SMS)
    await send(server, "/status", ref="m2", state="7", whom="+14155550123")
    assert await found(server, "provider:custom") == []
    await put(server, ACME)
    second, first = await found(server, "provider:custom")
    assert (first["from"], first["to"], first["text"], first["kind"]) == (SMS["who"], SMS["whom"], "hi", "inbound")
    assert (second["status"], second["raw_status"], second["kind"]) == ("delivered", "7", "status")
    assert [item["message_id"] for item in await found(server, "provider:custom status:delivered", "messages")] == [
        "m2"
    ]
    async with server.client.get(f"{server.bin_api}/messages/custom/m1") as answer:
        assert (await answer.json())["text"] == "hi"
    async with server.client.get(f"{server.bin_api}/export", params={"of": "messages", "format": "csv"}) as answer:
        assert '"custom","m1"' in await answer.text()
    async with server.client.delete(f"{server.bin_api}/mapping"):
        pass
    assert await found(server, "provider:custom") == []
    assert await found(server, "provider:custom", "messages") == []


async def test_primary_and_fallback_are_paired_by_the_mapped_id(server: Running) -> None:
    await put(server, ACME)
    await send(server, **SMS)
    await send(server, "/fallback", **SMS | {"extra": "1"})
    async with server.client.get(f"{server.bin_api}/comparison") as answer:
        (pair,) = (await answer.json())["items"]
    assert (pair["primary"], pair["fallback"]) == ([1], [2])
    assert pair["message_id"] == "m1"


async def test_findings_are_those_of_the_mapped_reading(server: Running) -> None:
    await put(server, ACME)
    await send(server, "/status", ref="m2", state="strange", whom="+14155550123")
    capture = await server.capture(1)
    assert capture["findings"] == ["unknown_status"]
    assert "strange" in capture["finding_details"][0]["cause"]


async def test_an_answer_that_depends_on_the_content_uses_it(server: Running) -> None:
    await put(server, ACME)
    rule = {"match": "from:+14155550123", "answer": {"body": "{{text}} {{message_id}}"}}
    async with server.client.put(f"{server.bin_api}/answers/primary", json={"body": "other", "rules": [rule]}):
        pass
    async with server.client.post(server.capture_url, data=SMS) as answer:
        assert await answer.text() == "hi m1"
    async with server.client.delete(f"{server.bin_api}/mapping"):
        pass
    async with server.client.post(server.capture_url, data=SMS) as answer:
        assert await answer.text() == "other"


async def test_it_is_used_again_after_a_restart_and_a_rebuilt_ledger_is_the_same(make_settings) -> None:
    settings = make_settings()
    async with run_server(settings) as server:
        await send(server, **SMS)
        await put(server, ACME)
        before = [await server.captures(), await found(server, "provider:custom", "messages")]
    for path in settings.data_dir.glob("ledger.db*"):
        path.unlink()
    async with run_server(settings) as server:
        assert await current(server) == ACME
        assert [await server.captures(), await found(server, "provider:custom", "messages")] == before


async def test_the_mapping_of_a_deleted_bin_is_erased(server: Running) -> None:
    await put(server, ACME)
    async with server.client.delete(server.bin_api) as answer:
        assert answer.status == 204
    assert server.app[keys.MAPPINGS].of(server.bin.id) is None
    async with server.client.get(f"{server.bin_api}/mapping") as answer:
        assert answer.status == 404
    store = server.app[keys.STORE]
    while (await store.erase()).next is not None:
        pass
    with closing(sqlite3.connect(server.app[keys.SETTINGS].data_dir / "log.db")) as connection:
        assert connection.execute("select count(*) from mappings").fetchone() == (0,)


async def test_each_wrong_part_is_named_and_nothing_changes(server: Running) -> None:
    await put(server, ACME)
    wrong = ACME | {"fields": {"from": 1}, "statuses": {"7": "deliverd"}, "colour": 1}
    problem = await put(server, wrong, 422)
    assert [error["field"] for error in problem["errors"]] == ["colour", "fields.from", "statuses.7"]
    assert all(error["message"] for error in problem["errors"])
    assert await current(server) == ACME


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_an_unknown_bin_is_not_found(server: Running, method: str) -> None:
    async with server.client.request(method, f"{server.api}/bins/nothing0/mapping", json=ACME) as answer:
        assert answer.status == 404


async def test_a_page_of_another_origin_cannot_set_it(server: Running) -> None:
    headers = {"Origin": "https://evil.example"}
    async with server.client.put(f"{server.bin_api}/mapping", json=ACME, headers=headers) as answer:
        assert answer.status == 403
    assert await current(server) is None


async def test_a_preview_shows_the_last_requests_and_saves_nothing(server: Running) -> None:
    await send(server, **SMS)
    await send(server, From="+14155550123", Body="by name", MessageSid="SM1")
    async with server.client.post(f"{server.bin_api}/mapping/preview", json=ACME) as answer:
        second, first = (await answer.json())["items"]
    assert (first["n"], first["mapped"], first["text"], first["from"]) == (1, True, "hi", SMS["who"])
    assert first["events"][0]["message_id"] == "m1"
    assert (second["n"], second["mapped"], second["text"]) == (2, False, "by name")
    assert await current(server) is None
    assert await found(server, "provider:custom") == []


async def test_a_preview_has_twenty_requests(server: Running) -> None:
    for number in range(21):
        await send(server, what=str(number))
    async with server.client.post(f"{server.bin_api}/mapping/preview", json=ACME) as answer:
        assert [item["n"] for item in (await answer.json())["items"]] == list(range(21, 1, -1))


async def test_a_mapping_of_another_version_is_not_used_and_says_so(server: Running) -> None:
    store = server.app[keys.STORE]
    await store.set_mapping(server.bin.id, '{"version": 2}')
    await server.app[keys.MAPPINGS].start()
    async with server.client.get(f"{server.bin_api}/mapping") as answer:
        assert answer.status == 409
        assert "another version" in (await answer.json())["detail"]
    await send(server, **SMS)
    assert (await server.captures())[0]["provider"] != "custom"
    await put(server, ACME)
    assert await current(server) == ACME


async def test_the_schema_is_public_and_accepts_what_the_server_does(server: Running) -> None:
    async with server.client.get(f"{server.api}/schemas/mapping.json", headers={"Authorization": ""}) as answer:
        assert (answer.status, answer.content_type) == (200, "application/schema+json")
        schema = json.loads(await answer.text())
    validator = jsonschema.Draft202012Validator(schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert convert(ACME, FieldMapping)
    assert validator.is_valid(ACME)
    assert not validator.is_valid(ACME | {"fields": {"from": 1}})
