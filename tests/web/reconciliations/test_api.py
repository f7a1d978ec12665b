"""The API of reconciliations: a file in, verdicts out."""

import gzip
import json
from datetime import timedelta

import pytest

from app import clock
from tests.conftest import Running
from tests.reconciling import HEADER, THEM, arrive, compared, ended, get, here, row, send, sid, table

__all__ = ["here"]
pytestmark = pytest.mark.usefixtures("here")


async def test_a_file_names_exactly_the_messages_that_did_not_arrive(server: Running) -> None:
    now = clock.now()
    await arrive(server, 1)
    await arrive(server, 2, "/fallback")
    rows = [row(1, now), row(2, now), row(3), row(4, now + timedelta(seconds=5)), row(5, now - timedelta(days=3))]
    made = await send(server, gzip.compress(table(rows)), file="log.csv.gz")
    found = await ended(server, made["id"])
    assert (found["state"], found["file"], found["provider"]) == ("done", "log.csv.gz", "twilio")
    assert "3 inbound messages" in found["result"]["sentence"]
    assert "1 did not: 1 without a known reason" in found["result"]["sentence"]
    listed = await get(server, f"reconciliations/{made['id']}/records")
    assert [(each["row"], each["verdict"], each["captures"]) for each in listed["items"]] == [
        (1, "seen", [1]), (2, "seen_by_fallback", [2]), (3, "no_webhook", []), (4, "too_early", []),
        (5, "outside_scope", []),
    ]  # fmt: skip
    lost = listed["items"][2]
    assert (lost["message_id"], lost["from"], lost["reason"], lost["text"], lost["original"]) == (
        sid(3), THEM, "unknown", None, None,
    )  # fmt: skip
    assert [each["id"] for each in (await get(server, "reconciliations"))["items"]] == [made["id"]]


async def test_records_are_filtered_and_paged(server: Running) -> None:
    made = await compared(server, [row(number) for number in range(1, 6)])
    path = f"reconciliations/{made['id']}/records"
    seen, after = [], "0"
    while after is not None:
        page = await get(server, path, verdict="no_webhook", limit="2", after=after)
        seen += [each["row"] for each in page["items"]]
        after = page["next"]
    assert seen == []
    assert made["result"]["verdicts"] == {"outside_scope": 5}, "nothing of any number ever arrived"
    assert [each["row"] for each in (await get(server, path, reason="other_direction"))["items"]] == [1, 2, 3, 4, 5]
    page = await get(server, path, verdict="outside_scope", limit="2", after="3")
    assert ([each["row"] for each in page["items"]], page["next"]) == ([4, 5], None)
    problem = await get(server, path, 422, verdict="lost", reason="why")
    assert {each["field"] for each in problem["errors"]} == {"verdict", "reason"}
    assert (await get(server, "reconciliations", 422, before="nothing"))["errors"][0]["field"] == "before"
    await get(server, "reconciliations/0000", 404)
    await get(server, "reconciliations/..%2Fkey", 404)


async def test_the_same_file_leads_to_the_same_result_and_a_newer_one_supersedes_it(server: Running) -> None:
    await arrive(server, 1)
    rows = [row(1), row(2)]
    first = await compared(server, rows, file="first.csv")
    again = await compared(server, rows, file="again.csv")
    assert again["id"] == first["id"]
    assert again["result"]["verdicts"] == first["result"]["verdicts"] == {"late": 1, "no_webhook": 1}
    await arrive(server, 2)
    newer = await compared(server, [*rows, row(3)])
    assert newer["id"] != first["id"]
    old = await get(server, f"reconciliations/{first['id']}")
    assert (old["superseded"], newer["superseded"]) == ({newer["id"]: 2}, {})
    listed = (await get(server, f"reconciliations/{first['id']}/records"))["items"]
    assert [(each["verdict"], each["newer"]) for each in listed] == [("late", "late"), ("no_webhook", "late")]
    items = (await get(server, "reconciliations", limit="1"))["items"]
    assert [each["id"] for each in items] == [newer["id"]]
    rest = await get(server, "reconciliations", before=newer["id"])
    assert [each["id"] for each in rest["items"]] == [first["id"]]


async def test_a_provider_alert_of_another_file_is_the_reason(server: Running) -> None:
    await arrive(server, 1)
    alert = {
        "sid": "NO1", "account_sid": "AC1", "error_code": "11205", "log_level": "error", "request_method": "POST",
        "request_url": server.capture_url, "resource_sid": sid(2), "date_generated": "2026-11-28T20:02:01Z",
        "date_created": "2026-11-28T20:02:02Z",
    }  # fmt: skip
    sent = await send(server, json.dumps({"alerts": [alert]}).encode(), file="alerts.json")
    assert (await ended(server, sent["id"]))["result"]["records"] == 0
    found = await compared(server, [row(1), row(2)])
    assert found["result"]["reasons"] == {"provider_alert": 1}
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/reconcile/{found['id']}") as answer:
        page = await answer.text()
    assert "provider says" in page
    assert "11205" in page


async def test_columns_that_are_not_known_are_asked_for_and_remembered(server: Running) -> None:
    await arrive(server, 1)
    rows = [[sid(number), THEM, "2026-11-28 20:00:00"] for number in (1, 2)]
    made = await send(server, table(rows, ("Ref", "Who", "Wann")))
    found = await ended(server, made["id"])
    assert (found["state"], found["columns"]["columns"]) == ("needs_columns", ["Ref", "Who", "Wann"])
    assert found["columns"]["rows"][0][0] == sid(1)
    mapping = {"version": 1, "columns": {"id": "Ref", "from": "Who", "sent": "Wann"}, "direction": "inbound"}
    path = f"{server.bin_api}/reconciliations/{made['id']}/again"
    async with server.client.post(path, json={"mapping": mapping, "zone": "UTC"}) as answer:
        assert answer.status == 202, await answer.text()
    found = await ended(server, made["id"])
    assert (found["state"], found["zone"], found["result"]["records"]) == ("done", "UTC", 2)
    assert (await get(server, "record-mapping"))["mapping"]["columns"] == mapping["columns"]
    # Another file with these columns needs no answer.
    other = await send(server, table(rows[:1], ("Ref", "Who", "Wann")))
    assert (await ended(server, other["id"]))["state"] == "done"
    async with server.client.delete(f"{server.bin_api}/record-mapping") as answer:
        assert answer.status == 204
    assert (await get(server, "record-mapping"))["mapping"] is None
    async with server.client.put(f"{server.bin_api}/record-mapping", json=mapping) as answer:
        assert answer.status == 200
    async with server.client.put(f"{server.bin_api}/record-mapping", json={"columns": {}}) as answer:
        assert answer.status == 422


@pytest.mark.parametrize(
    ("body", "query", "field"),
    [
        (b"", {}, "file"),
        (b"x", {"zone": "Mars"}, "zone"),
        (b"x", {"keep_rows": "2"}, "keep_rows"),
        (b"x", {"mapping": "{"}, "mapping"),
        (b"x", {"mapping": "{}"}, "mapping.columns"),
        (b"x", {"colour": "red"}, "colour"),
    ],
)
async def test_wrong_input_is_refused_by_its_name(server: Running, body: bytes, query: dict, field: str) -> None:
    problem = await send(server, body, 422, **query)
    assert [each["field"] for each in problem["errors"]] == [field]


async def test_a_file_that_is_no_list_fails_with_the_cure(server: Running) -> None:
    made = await send(server, b"%PDF-1.7 nothing")
    found = await ended(server, made["id"])
    assert found["state"] == "failed"
    assert "Export the list as CSV or JSON" in found["problem"]


async def test_a_deleted_result_and_that_of_a_deleted_bin_are_gone(server: Running) -> None:
    made = await compared(server, [row(1)])
    path = f"{server.bin_api}/reconciliations/{made['id']}"
    for status in (204, 404):
        async with server.client.delete(path) as answer:
            assert answer.status == status
    async with server.client.post(f"{path}/again", json={}) as answer:
        assert answer.status == 404
    again = await compared(server, [row(1)])
    async with server.client.delete(server.bin_api) as answer:
        assert answer.status == 204
    await get(server, f"reconciliations/{again['id']}", 404)


async def test_lost_rows_are_exported_and_sent_with_what_was_kept(server: Running) -> None:
    await arrive(server, 1)
    made = await compared(server, [row(1), row(2, text='=lost, "quoted"\nline')], keep_rows="1")
    path = f"{server.bin_api}/reconciliations/{made['id']}"
    async with server.client.get(f"{path}/export?columns=file") as answer:
        text = await answer.text()
    assert text.splitlines()[0] == ",".join(f'"{name}"' for name in (*HEADER, "verdict", "reason", "captures"))
    assert text.count(sid(2)) == 1
    assert sid(1) not in text
    async with server.client.get(f"{path}/export", params={"verdict": "late"}) as answer:
        assert sid(1) in await answer.text()
    async with server.client.post(f"{path}/replays", json={"records": [2], "url": server.capture_url}) as answer:
        sent = (await answer.json())["items"][0]
    # The server itself is no allowed target.
    assert (answer.status, sent["error"], sent["without_text"]) == (201, "blocked: private address", False)
    async with server.client.post(f"{path}/replays", json={"records": [1], "url": server.capture_url}) as answer:
        assert (answer.status, (await answer.json())["errors"][0]["message"]) == (422, "1 is not lost")


async def test_without_kept_rows_an_export_with_the_columns_of_the_file_is_refused(server: Running) -> None:
    made = await compared(server, [row(1)])
    path = f"reconciliations/{made['id']}/export"
    assert "keep_rows=1" in (await get(server, path, 409, columns="file"))["detail"]
    assert (await get(server, path, 422, columns="own"))["errors"][0]["field"] == "columns"
