"""The API of signing secrets: stored once, never given back, and at work at once."""

import json

import pytest

from app.domain.signatures import SignatureVerdict
from app.services.secrets import MOST_LABEL, MOST_SECRET, MOST_SECRETS, MOST_URL
from tests.conftest import Running
from tests.signed import FIELDS, OTHER, SECRET, twilio_headers


async def put(server: Running, label: str = "primary", status: int = 200, **body: object) -> dict:
    async with server.client.put(f"{server.bin_api}/secrets/{label}", json=body or {"secret": SECRET}) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def send(server: Running, url: str | None = None, secret: str = SECRET) -> None:
    headers = twilio_headers(url or server.capture_url, secret=secret)
    async with server.client.post(server.capture_url, data=FIELDS, headers=headers) as answer:
        assert answer.status == 200


async def found(server: Running, q: str) -> list[int]:
    async with server.client.get(f"{server.bin_api}/captures", params={"q": q}) as answer:
        assert answer.status == 200, await answer.text()
        return [item["n"] for item in (await answer.json())["items"]]


async def test_a_secret_is_listed_by_its_label_and_a_hash(server: Running) -> None:
    made = await put(server, scheme="twilio", secret=SECRET)
    assert set(made) == {"label", "scheme", "hash", "added_at"}
    assert (made["label"], made["scheme"]) == ("primary", "twilio")
    other = await put(server, "old%2Fone é", secret=OTHER)
    assert other["label"] == "old/one é"
    async with server.client.get(f"{server.bin_api}/secrets") as answer:
        listed = await answer.json()
    assert listed == {"items": [made, other]}
    assert made["hash"] != other["hash"]
    again = await put(server, "old%2Fone é", secret=SECRET)
    assert (again["scheme"], again["hash"]) == (None, made["hash"])


async def test_it_is_removed_and_then_gone(server: Running) -> None:
    await put(server)
    for status in (204, 404):
        async with server.client.delete(f"{server.bin_api}/secrets/primary") as answer:
            assert answer.status == status
    async with server.client.get(f"{server.bin_api}/secrets") as answer:
        assert await answer.json() == {"items": []}


async def test_stored_requests_have_their_verdicts_when_the_call_returns(server: Running) -> None:
    await send(server)
    await send(server, secret=OTHER)
    await send(server, server.capture_url.replace("http:", "https:"))
    assert [item["signature"] for item in await server.captures()] == [None] * 3
    assert (await server.capture(1))["signature"]["verdict"] == "cannot_say"
    await put(server)
    assert await found(server, "signature:valid") == [1]
    assert (
        await found(server, "signature:wrong_secret_or_changed") == await found(server, "has:signature_invalid") == [2]
    )
    assert await found(server, "signature:valid_as") == await found(server, "has:signature_as") == [3]
    listed = await server.captures()
    for item in listed:
        whole = await server.capture(item["n"])
        assert whole["signature"] == item["signature"]
        assert set(whole["signature"]) == {"verdict", "scheme", "causes", "variant", "secret", "sentence"}
    assert [item["signature"]["secret"] for item in listed] == ["primary", None, "primary"]
    assert listed[2]["signature"]["causes"] == ["scheme"]
    assert [code for item in listed for code in item["findings"] if "signature" in code] == [
        "signature_invalid", "signature_as",
    ]  # fmt: skip
    async with server.client.delete(f"{server.bin_api}/secrets/primary") as answer:
        assert answer.status == 204
    assert await found(server, "signature:valid") == await found(server, "has:signature_as") == []


async def test_a_new_request_is_judged_when_it_arrives(server: Running) -> None:
    await put(server)
    await send(server)
    assert await found(server, "signature:valid") == [1]
    async with server.client.post(server.capture_url, data=FIELDS) as answer:
        assert answer.status == 200
    assert await found(server, "signature:unsigned") == [2]
    assert (await server.captures())[1]["findings"] == ["duplicate"]


async def test_without_a_secret_nothing_is_reported(server: Running) -> None:
    await send(server, secret=OTHER)
    (item,) = await server.captures()
    assert (item["signature"], item["findings"]) == (None, [])


async def test_a_wrong_verdict_in_a_filter_names_the_right_ones(server: Running) -> None:
    async with server.client.get(f"{server.bin_api}/captures", params={"q": "signature:genuine"}) as answer:
        assert answer.status == 422
        (error,) = (await answer.json())["errors"]
    assert all(verdict.value in error["message"] for verdict in SignatureVerdict)


@pytest.mark.parametrize(
    ("label", "body", "field", "words"),
    [
        ("primary", {"secret": "x", "scheme": "twillio"}, "scheme", "twilio"),
        ("primary", {"secret": ""}, "secret", "1 to 4,096 bytes"),
        ("primary", {"secret": "é" * (MOST_SECRET // 2) + "e"}, "secret", "1 to 4,096 bytes"),
        ("primary", {"secret": 5}, "secret", "1 to 4,096 bytes"),
        ("primary", {}, "secret", "1 to 4,096 bytes"),
        ("primary", {"secret": "x", "label": "y"}, "label", "unknown field"),
        ("x" * (MOST_LABEL + 1), {"secret": "x"}, "label", "1 to 100 characters"),
        ("%20", {"secret": "x"}, "label", "1 to 100 characters"),
        ("a%0Ab", {"secret": "x"}, "label", "line breaks"),
    ],
)
async def test_what_is_wrong_is_named_with_its_cure(
    server: Running, label: str, body: dict, field: str, words: str
) -> None:
    data = json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    async with server.client.put(f"{server.bin_api}/secrets/{label}", data=data, headers=headers) as answer:
        assert answer.status == 422
        (error,) = (await answer.json())["errors"]
    assert error["field"] == field
    assert words in error["message"]
    async with server.client.get(f"{server.bin_api}/secrets") as answer:
        assert await answer.json() == {"items": []}


async def test_the_longest_are_accepted_and_so_many(server: Running) -> None:
    await put(server, "x" * MOST_LABEL, secret="é" * (MOST_SECRET // 2))
    for number in range(MOST_SECRETS - 1):
        await put(server, f"s{number}", secret=f"secret {number}")
    problem = await put(server, "one-too-many", 422, secret="x")
    assert problem["errors"][0]["field"] == "label"
    await put(server, "s0", secret="replaced")


async def test_an_unknown_bin_is_not_found(server: Running) -> None:
    nowhere = f"{server.api}/bins/nothing0/secrets"
    for method, url in (("GET", nowhere), ("PUT", f"{nowhere}/a"), ("DELETE", f"{nowhere}/a")):
        async with server.client.request(method, url, json={"secret": "x"} if method == "PUT" else None) as answer:
            assert answer.status == 404


PEM = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"


async def test_a_certificate_is_uploaded_under_its_url(server: Running) -> None:
    start = "https%3A%2F%2Fsns.us-east-1.amazonaws.com%2F"
    length = len("https://sns.us-east-1.amazonaws.com/")
    made = await put(server, start + "a" * (MOST_URL - length), scheme="aws", secret=PEM)
    assert (len(made["label"]), made["scheme"]) == (MOST_URL, "aws")
    for label, secret, field in (
        (start + "a" * (MOST_URL - length + 1), PEM, "label"), ("primary", PEM, "label"), (start, "no PEM", "secret"),
    ):  # fmt: skip
        problem = await put(server, label, 422, scheme="aws", secret=secret)
        assert [error["field"] for error in problem["errors"]] == [field]
