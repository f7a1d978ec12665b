"""The document: valid, complete, and never answered with a 5xx."""

import re

import openapi_spec_validator
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from app.web.api.openapi import document
from app.web.routes import ROUTES
from tests.conftest import TOKEN, Running


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


async def test_whatever_is_asked_no_answer_is_a_5xx(server: Running) -> None:
    """Schemathesis makes the requests from the document; our own client sends them, on our own loop."""
    schema = schemathesis.openapi.from_dict(document(""))
    quick = settings(
        max_examples=12, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for result in schema.get_all_operations():
        operation = result.ok()
        cases = []
        quick(_collecting(operation, cases))()
        for case in cases:
            await _send(server, case)


def _collecting(operation, cases: list):
    from hypothesis import given

    @given(case=operation.as_strategy())
    def collect(case) -> None:
        cases.append(case)

    return collect


async def _send(server: Running, case) -> None:
    if case.operation.path.endswith("/live"):
        return
    call = case.as_transport_kwargs(base_url=server.url)
    params = {name: value for name, value in (call.get("params") or {}).items() if name != "wait"}
    path = server.url + case.operation.path.replace("{bin}", server.bin.id).replace("{n}", "1")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with server.client.request(
        call["method"], path, params=params, headers=headers, json=call.get("json")
    ) as answer:
        assert answer.status < 500, (call, await answer.text())
