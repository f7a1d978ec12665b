"""The document: valid, complete, and never answered with a 5xx."""

import json
import re
from collections import Counter
from contextlib import suppress
from urllib.parse import quote, urlencode

import aiohttp
import openapi_spec_validator
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET
from yarl import URL

from app.web.docs import page as docs
from app.web.openapi import document
from app.web.routes import ROUTES
from tests.conftest import Running


def _plain(path: str) -> str:
    return re.sub(r"\{(\w+):[^}]*\}*\}", r"{\1}", path)


def test_it_is_valid() -> None:
    openapi_spec_validator.validate(document(""))


def test_routes_and_document_agree() -> None:
    served = {(route.method, _plain(route.path)) for route in ROUTES if route.path.startswith("/api/")}
    methods = ("get", "post", "patch", "put", "delete")
    told = {
        (method.upper(), path) for path, item in document("")["paths"].items() for method in item if method in methods
    }
    assert told == served


async def test_it_is_public_and_knows_its_base_path(server: Running) -> None:
    async with server.client.get(f"{server.api}/openapi.json", headers={"Authorization": ""}) as answer:
        assert answer.status == 200
        assert (await answer.json())["openapi"].startswith("3.1")
    assert document("/x/y")["servers"] == [{"url": "/x/y"}]


@pytest.mark.parametrize("base", ["", "/x/y", '/"'])
def test_it_is_made_once_and_fits_each_base_path(base: str, monkeypatch) -> None:
    assert json.loads(docs.document_bytes(base)) == json.loads(json.dumps(document(base)))
    monkeypatch.setattr(docs, "document", None)
    docs.document_bytes("/another")


EXAMPLES = 12


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name.lower())
async def test_whatever_is_asked_the_answer_is_in_the_document_and_no_5xx(
    server: Running, mode: GenerationMode
) -> None:
    """Schemathesis makes good and bad requests from the document; our own client sends them, on our own loop."""
    schema = schemathesis.openapi.from_dict(document(""))
    asked = Counter()
    for result in schema.get_all_operations():
        operation = result.ok()
        place = await _a_place(server)
        for case in _cases(operation, mode):
            if case.method != "GET":
                place = await _a_place(server)
            for path in (_filled(operation.path, place), _filled(operation.path, case.path_parameters)):
                for method in ("GET", "HEAD") if case.method == "GET" else (case.method,):
                    asked[operation.label] += 1
                    await _ask(server, method, path, case, operation.definition.raw["responses"])
    # What takes no input at all cannot be asked wrongly.
    few = {label: count for label, count in asked.items() if count < (EXAMPLES if "{" in label else 1)}
    assert few == {}
    assert len(asked) >= (10 if mode is GenerationMode.NEGATIVE else 14)


async def test_the_live_view_says_no_as_the_document_has_it(server: Running) -> None:
    told = document("")["paths"]["/api/v1/bins/{bin}/live"]["get"]["responses"]
    for path, status in (
        (f"/bins/{server.bin.id}/live", 101),
        (f"/bins/{server.bin.id}/live?after=0", 101),
        (f"/bins/{server.bin.id}/live?after=-1", 422),
        (f"/bins/{server.bin.id}/live?before=1", 422),
        ("/bins/nobody/live", 404),
        ("/bins/%00%ff/live", 404),
    ):
        assert str(status) in told
        assert await _handshake(server, path) == status, path


async def _handshake(server: Running, path: str) -> int:
    try:
        async with server.client.ws_connect(URL(server.api + path, encoded=True)) as socket:
            assert (await socket.receive_json(timeout=5))["type"] == "hello"
    except aiohttp.WSServerHandshakeError as refused:
        return refused.status
    return 101


def _cases(operation, mode: GenerationMode) -> list:
    cases: list = []

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def collect(case) -> None:
        cases.append(case)

    with suppress(Unsatisfiable):
        collect()
    return cases


async def _a_place(server: Running) -> dict[str, str]:
    """A bin with one capture: whatever was done to the last one."""
    async with server.client.post(f"{server.api}/bins", json={}) as answer:
        made = await answer.json()
    async with server.client.post(made["urls"]["primary"], data={"Text": "hi"}) as answer:
        assert answer.status == 200
    return {"bin": made["id"], "n": "1"}


def _filled(path: str, values: dict | None) -> str:
    for name, value in (values or {}).items():
        path = path.replace("{" + name + "}", quote(str(value), safe="", errors="surrogatepass"))
    return path


async def _ask(server: Running, method: str, path: str, case, told: dict) -> None:
    query = {name: value for name, value in (case.query or {}).items() if name != "wait"}
    pairs = [(name, one) for name, value in query.items() for one in (value if isinstance(value, list) else [value])]
    text = urlencode([(name, str(value)) for name, value in pairs], errors="surrogatepass")
    body = {} if case.body is NOT_SET else {"data": json.dumps(case.body, default=str).encode()}
    headers = {"Content-Type": "application/json"} if body else {}
    address = URL(f"{server.url}{path}?{text}", encoded=True)
    async with server.client.request(method, address, headers=headers, **body) as answer:
        said = await answer.text(errors="replace")
        assert answer.status < 500, (method, path, text, said)
        # Bytes of a path can lead away from the operation: then there is nothing (404), or another method (405).
        assert str(answer.status) in told or answer.status in (404, 405), (method, path, text, answer.status, said)
