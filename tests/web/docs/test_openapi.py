"""The document: valid, complete, and never answered with a 5xx."""

import io
import json
import re
import typing
from collections import Counter
from contextlib import suppress
from urllib.parse import quote, urlencode

import aiohttp
import jsonschema
import openapi_spec_validator
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET
from yarl import URL

from app.domain.drills import DRILLED
from app.domain.faults import FaultKind
from app.domain.roles import Role
from app.domain.statuses import Status
from app.errors import Invalid
from app.web.docs import page as docs
from app.web.drills.shapes import DrilledRole
from app.web.faults.shapes import FaultName
from app.web.openapi import OPERATIONS, document
from app.web.routes import ROUTES
from app.web.site.convert import convert
from app.web.site.operations import Operation
from app.web.site.shapes import RoleName, StatusName
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


def test_names_of_schemas_are_plain() -> None:
    names = document("")["components"]["schemas"]
    assert [name for name in names if not re.fullmatch("[A-Z][A-Za-z]+", name)] == []


def _validator(schema: dict) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        {**schema, "components": document("")["components"]}, format_checker=jsonschema.FormatChecker()
    )


BODIES = {
    "createBin": [
        *[{"name": name} for name in ("", " ", "a", " a ", "x" * 100, "x" * 101, "ü" * 100, "a\nb", "a\n", "\u2028")],
        {"name": 7},
        *[{"provider": provider} for provider in ("ytel", "aws", "acme", None, 1, "")],
        *[{"retention": text} for text in ("0", "30d", "3d\n", " 5m ", "5", "5 m", "00012s", "1234567890s", None, 30)],
        *[{"stuck_after": text} for text in ("0", "5m", "999999999s", "-1m", "1.5h", "٣d", "5M", None)],
        {}, [], {"colour": "red"},
    ],
    "setAnswer": [
        *[{"headers": headers} for headers in ([], [["a", "b"]], [["a"]], [["a", "b", "c"]], [["a", 1]], {}, None)],
        *[{"status": status} for status in (200, "200", True, None)],
        *[{"rules": rules} for rules in ([], [{"match": "a", "answer": {}}], [{"match": "a"}], [1], {}, None)],
        {"rules": [{"match": "a", "answer": {"rules": []}}]}, {"body": 1}, {"delay_ms": 1.5}, {"colour": 1},
    ],
    "setFault": [
        *[{"kind": kind} for kind in ("status", "hold", "drop", "cut", "bad_xml", "redirect", "slow", "melt", None, 1)],
        *[
            {"kind": "status", "status": status}
            for status in (199, 200, 599, 600, [], [200], [200, 600], ["x"], [200] * 100, [200] * 101, None, "200")
        ],
        *[{"kind": "hold", "seconds": seconds} for seconds in (0, 1.5, 120, 120.5, -1, "1", True, None, 10**400)],
        *[{"kind": "drop", "count": count} for count in (0, 1, 1_000_000, 1_000_001, 1.5, True, None)],
        *[{"kind": "drop", "chance": chance} for chance in (0, 1, 100, 101, None)],
        *[{"kind": "drop", "until": until} for until in (1, ["x"], None)],
        {}, {"kind": "drop", "colour": 1},
    ],
    "setSecret": [
        *[{"secret": secret} for secret in ("", "x", "x" * 4_096, "x" * 4_097, None, 5)],
        *[{"secret": "x", "scheme": scheme} for scheme in ("twilio", "acme", "", None, 1)],
        {}, {"scheme": "twilio"}, {"secret": "x", "label": "y"},
    ],
    "setPrivacy": [
        {}, {"mask": True}, {"mask": 1}, {"mask": None}, {"colour": 1},
        *[
            {name: names}
            for name in ("masked_headers", "masked_fields", "withheld_headers", "withheld_fields")
            for names in ([], ["a"], "a", [1], None, [f"n{n}" for n in range(50)], [f"n{n}" for n in range(51)],
                          ["x" * 100], ["x" * 101])
        ],
    ],
    "setFilter": [
        *[{"name": name, "q": "x"} for name in ("x", 1, None)], *[{"name": "x", "q": text} for text in ("x", [], None)],
        {}, {"name": "x"}, {"q": "x"}, {"name": "x", "q": "x", "id": "y"},
    ],
    "createToken": [
        {"name": "a", "role": "read"} | more
        for more in (
            {}, {"name": ""}, {"name": " "}, {"name": "x" * 100}, {"name": "x" * 101}, {"name": "a\nb"}, {"name": None},
            {"role": "write"}, {"role": "admin"}, {"role": "owner"}, {"role": None}, {"bins": None}, {"bins": []},
            {"bins": ["x"]}, {"bins": ["x"] * 200}, {"bins": ["x"] * 201}, {"bins": [1]}, {"bins": "x"},
            {"expires_in": None}, {"expires_in": "30d"}, {"expires_in": " 5m "}, {"expires_in": "0"},
            {"expires_in": "0s"}, {"expires_in": "00d"}, {"expires_in": "010s"}, {"expires_in": "5 m"},
            {"expires_in": 0}, {"expires_in": 1}, {"expires_in": 3_153_600_000}, {"expires_in": 3_153_600_001},
            {"expires_in": 1.5}, {"expires_in": True}, {"colour": "red"},
        )
    ],
    "createShare": [
        {"expires_in": "7d"} | more
        for more in (
            {}, {"expires_in": "90d"}, {"expires_in": "0"}, {"expires_in": "00d"}, {"expires_in": None},
            {"expires_in": 0}, {"expires_in": 1}, {"expires_in": 7_776_000}, {"expires_in": 7_776_001},
            {"expires_in": 1.5}, {"q": "x"}, {"q": None}, {"q": 1}, {"n": 1}, {"n": 0}, {"n": "1"}, {"n": None},
            {"message": {"provider": "ytel", "message_id": "x"}}, {"message": {"provider": "ytel"}}, {"message": "x"},
            {"message": None}, {"comparison": {"n": 1}}, {"comparison": {"n": 1, "m": 2}}, {"comparison": {"m": 1}},
            {"comparison": {"n": 1, "m": None}}, {"comparison": {"n": 1, "m": 0}}, {"comparison": {"n": 1, "x": 1}},
            {"comparison": None}, {"mask": True}, {"mask": False}, {"mask": 1}, {"mask": None}, {"colour": "red"},
        )
    ],
    "drill": [
        {"measure": True}, {"measure": 1}, {"role": "status", "measure": True}, {"role": "voice", "measure": True},
        {"fault": {"kind": "drop"}}, {"fault": {"kind": "rain"}}, {"fault": "x"}, {"fault": {"kind": "drop", "x": 1}},
        {"measure": True, "x": 1},
    ],
    "replay": [
        *[{"captures": numbers, "url": "http://a"} for numbers in ([], [0], [1], [1] * 50, [1] * 51, [True], 1, None)],
        *[{"captures": [1], "url": url} for url in (1, None)],
        {"captures": [1]}, {"url": "http://a"}, {"captures": [1], "url": "http://a", "credentials": "yes"},
        *[{"captures": [1], "url": "http://a", "sign": sign} for sign in ("none", "valid", "invalid", "maybe", None)],
        {"captures": [1], "url": "http://a", "credentials": True}, {"captures": [10**18], "url": "http://a"},
    ],
    "addForward": [
        {"name": "a", "url": "http://a"} | more
        for more in (
            {}, {"name": ""}, {"name": "x" * 100}, {"name": "x" * 101}, {"name": None}, {"url": 1}, {"filter": None},
            {"filter": "a"}, {"roles": []}, {"roles": ["status"]}, {"roles": ["other"]}, {"roles": "status"},
            {"roles": ["status"] * 6}, {"mode": "raw"}, {"mode": "cooked"}, {"order": "strict"}, {"order": None},
            {"signature": "smsbin"}, {"signature": "none"}, {"credentials": 1}, {"timeout_s": 1}, {"timeout_s": 2},
            {"timeout_s": 60}, {"timeout_s": 61}, {"timeout_s": 2.5}, {"paused": True}, {"paused": None},
            {"start": None}, {"start": 0}, {"start": 1}, {"start": True}, {"start": 10**18}, {"colour": 1},
        )
    ],
    "changeForward": [
        {}, {"name": ""}, {"name": "a"}, {"url": None}, {"roles": ["voice"]}, {"order": "random"}, {"timeout_s": 61},
        {"paused": False}, {"paused": None}, {"start": 1}, [],
    ],
    "testForward": [{}, {"capture": 1}, {"capture": 0}, {"capture": None}, {"capture": "1"}, {"n": 1}],
    "retryForward": [
        {}, {"states": ["rejected"]}, {"states": ["lost"]}, {"states": "rejected"}, {"since": 1}, {"since": 0},
        {"since": None}, {"capture": 7}, {"capture": True}, {"only_5xx": True}, {"only_5xx": 1}, {"colour": 1},
    ],
    "addAlert": [
        {"name": "a", "kind": "matches"} | more
        for more in (
            {}, {"name": ""}, {"name": "x" * 101}, {"name": None}, {"kind": "weather"}, {"kind": None}, {"filter": "a"},
            {"filter": None}, {"more_than": 0}, {"more_than": -1}, {"more_than": 1.5}, {"within": "10m"},
            {"within": "soon"}, {"within": 600}, {"browser": True}, {"browser": 1}, {"webhook": None},
            {"webhook": {"url": "http://a"}}, {"webhook": {"url": "http://a", "shape": "slack"}},
            {"webhook": {"url": "http://a", "shape": "round"}}, {"webhook": "http://a"}, {"emails": []},
            {"emails": ["a@example.net"]}, {"emails": "a@example.net"}, {"remind": "0"}, {"remind": "1h"},
            {"remind": "x"}, {"quiet": None}, {"quiet": {"begin": "22:00", "end": "07:00"}},
            {"quiet": {"begin": "22:00"}}, {"include_texts": True}, {"include_texts": "yes"}, {"colour": 1},
        )
    ],
    "changeAlert": [
        {}, {"name": "a"}, {"name": ""}, {"kind": "silence"}, {"kind": "x"}, {"within": "2h"}, {"within": None},
        {"webhook": None}, {"browser": False}, {"colour": 1}, [],
    ],
    "setWiretap": [
        {"url": "http://a"} | more
        for more in (
            {}, {"url": None}, {"on_failure": "safe"}, {"on_failure": "drop"}, {"on_failure": None}, {"timeout_s": 2},
            {"timeout_s": None}, {"timeout_s": 0.4}, {"timeout_s": 0.5}, {"timeout_s": 60}, {"timeout_s": 60.5},
            {"timeout_s": "1"}, {"credentials": False}, {"credentials": 1}, {"enabled": False}, {"enabled": None},
            {"colour": 1},
        )
    ],
    "mapping": [
        {"name": "a", "fields": {"id": "i"}} | more
        for more in (
            {}, {"version": 1}, {"version": 2}, {"version": "1"}, {"name": ""}, {"name": " "}, {"name": "x" * 60},
            {"name": "x" * 61}, {"name": "a\nb"}, {"name": None}, {"fields": None}, {"fields": {"id": ""}},
            {"fields": {"id": []}}, {"fields": {"id": ["a"] * 8}}, {"fields": {"id": ["a"] * 9}},
            {"fields": {"id": "x" * 500}}, {"fields": {"id": "x" * 501}}, {"fields": {"id": ["x", ""]}},
            {"fields": {"id": "a", "text": None}}, {"fields": {"id": "a", "sender": "x"}}, {"fields": {"id": 1}},
            {"kinds": {}}, {"kinds": None}, {"kinds": {"voice-fallback": "voice"}}, {"kinds": {"voice_fallback": None}},
            {"kinds": {"primary": None}}, {"kinds": {"primary": "call"}}, {"statuses": {}}, {"statuses": []},
            {"statuses": {"1": "sent"}}, {"statuses": {"1": "Sent"}}, {"statuses": {"1": None}},
            {"statuses": {"": "sent"}},
            {"statuses": {"x" * 200: "sent"}}, {"statuses": {"x" * 201: "sent"}},
            {"statuses": {"1": {"status": "sent"}}},
            {"statuses": {"1": {"final": True}}}, {"statuses": {"1": {"status": "sent", "final": 1}}},
            {"statuses": {"1": {"status": "sent", "final": None}}}, {"statuses": {"1": {"status": "sent", "x": 1}}},
            {"statuses": {str(n): "sent" for n in range(200)}}, {"statuses": {str(n): "sent" for n in range(201)}},
            {"colour": 1},
        )
    ],
    "deleteCaptures": [
        *[{"numbers": numbers} for numbers in ([0], [1] * 500, [1] * 501, [-1], [10**18], [True], ["1"], 1, None)],
        *[{"upto": upto} for upto in (0, 10**18 - 1, 10**18, -1, 1.5, "1")],
        *[
            {"upto": 1} | more
            for more in (
                {"q": "code"}, {"q": None}, {"at": None}, {"at": 1}, {"after": 0}, {"after": -1},
                {"without": [1] * 500}, {"without": [1] * 501}, {"colour": 1},
            )
        ],
    ],
    "setAnnotation": [
        *[{"pinned": pinned} for pinned in (True, False, None, 1)],
        *[{"note": note} for note in ("", "x" * 2_000, "x" * 2_001, None, 1)],
        *[
            {"tags": tags}
            for tags in (
                [], ["a"], [f"t{n}" for n in range(20)], [f"t{n}" for n in range(21)], ["x" * 40], ["x" * 41], "a", [1],
                None,
            )
        ],
        {}, {"pin": True},
    ],
    "annotateCaptures": [
        {"numbers": [1]} | more
        for more in (
            {"pinned": True}, {"pinned": 1}, {"note": "x" * 2_000}, {"note": "x" * 2_001}, {"note": 1}, {"add": ["a"]},
            {"add": ["x" * 41]}, {"add": "a"}, {"remove": ["a"]}, {"remove": [1]}, {"pinned": True, "colour": 1},
        )
    ],
    "recordMapping": [
        {"columns": {"id": "i"}} | more
        for more in (
            {}, {"version": 1}, {"version": 2}, {"columns": None}, {"columns": {"id": ""}},
            {"columns": {"id": "x" * 200}}, {"columns": {"id": "x" * 201}}, {"columns": {"id": "i", "from": None}},
            {"columns": {"id": "i", "who": "x"}}, {"columns": {"id": 1}},
            {"direction": "inbound"}, {"direction": "up"}, {"direction": None},
            {"directions": {"mo": "inbound"}}, {"directions": {"mo": "up"}}, {"directions": {"": "inbound"}},
            {"directions": {str(n): "inbound" for n in range(21)}}, {"statuses": {"1": "sent"}},
            {"statuses": {"1": "x"}}, {"colour": 1},
        )
    ],
    "reconcileAgain": [
        {}, {"zone": "UTC"}, {"zone": None}, {"zone": "U" * 61}, {"zone": 1}, {"keep_rows": True}, {"keep_rows": 1},
        {"mapping": None}, {"mapping": {"columns": {"id": "i"}}}, {"mapping": {}}, {"colour": 1}, [],
    ],
    "replayRecords": [
        *[{"records": numbers, "url": "http://a"} for numbers in ([], [0], [1], [1] * 50, [1] * 51, [True], 1, None)],
        {"records": [1]}, {"url": "http://a"}, {"records": [1], "url": 1}, {"records": [1], "url": "http://a", "x": 1},
    ],
    "simulate": [
        {"provider": "ytel", "what": "inbound"} | more
        for more in (
            {}, {"provider": "acme"}, {"provider": None}, {"what": "pigeon"}, {"from": ""}, {"from": "x" * 40},
            {"from": "x" * 41}, {"to": None}, {"to": 1}, {"text": "x" * 1_600}, {"text": "x" * 1_601}, {"text": None},
            {"media": ["a"] * 10}, {"media": ["a"] * 11}, {"media": "a"}, {"media": [1]}, {"media": ["a" * 2_001]},
            {"count": 0}, {"count": 1}, {"count": 100_000}, {"count": 100_001}, {"count": None}, {"count": True},
            {"rate": 0}, {"rate": 0.1}, {"rate": 500}, {"rate": 501}, {"rate": "1"}, {"seed": 0}, {"seed": -1},
            {"seed": 2**53}, {"seed": 2**53 + 1}, {"seed": None}, {"trouble": []}, {"trouble": ["lose"]},
            {"trouble": ["rain"]}, {"trouble": [1]}, {"trouble": "lose"}, {"failed_share": 0}, {"failed_share": 1},
            {"failed_share": 1.1}, {"speed": 0}, {"speed": 1_000}, {"speed": 1_001}, {"targets": None},
            {"targets": {"primary": None}}, {"targets": {"primary": 1}}, {"targets": {"x": "y"}}, {"targets": []},
            {"sign": "none"}, {"sign": "valid"}, {"sign": "invalid"}, {"sign": "maybe"}, {"sign": None},
            {"played_by": "me"}, {"played_by": "client"}, {"sender": "+1"}, {"weather": "fine"},
        )
    ],
}  # fmt: skip


@pytest.mark.parametrize("operation", [each for each in OPERATIONS.values() if each.body], ids=lambda each: each.id)
def test_the_document_accepts_exactly_what_the_server_does(operation: Operation) -> None:
    """As far as types and limits of single fields go: JSON Schema cannot say the rest."""
    body = {
        "changeBin": "createBin",
        "setMapping": "mapping",
        "previewMapping": "mapping",
        "setRecordMapping": "recordMapping",
    }.get(operation.id, operation.id)
    _, schema = _operation(operation.id)
    wanted = typing.get_args(operation.body)[0] if typing.get_args(operation.body) else operation.body
    told, accepted = _validator(schema), 0
    for raw in BODIES[body]:
        try:
            convert(raw, wanted)
            is_accepted = True
        except Invalid:
            is_accepted = False
        assert told.is_valid(raw) is is_accepted, raw
        accepted += is_accepted
    assert 0 < accepted < len(BODIES[body])


def _operation(name: str) -> tuple[dict, dict]:
    """An operation of the document, and the schema of its body."""
    for item in document("")["paths"].values():
        for described in item.values():
            if isinstance(described, dict) and described["operationId"] == name:
                return described, described["requestBody"]["content"]["application/json"]["schema"]
    raise KeyError(name)


@pytest.mark.parametrize(
    ("words", "members"),
    [
        (FaultName, FaultKind),
        (DrilledRole, DRILLED),
        (RoleName, Role),
        (StatusName, Status),
    ],
)
def test_the_words_of_a_field_are_those_of_the_domain(words: object, members: typing.Iterable[str]) -> None:
    assert sorted(typing.get_args(words)) == sorted(str(member) for member in members)


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
            assert (await socket.receive_json(timeout=15))["type"] == "hello"
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
    body = {} if case.body is NOT_SET else {"data": io.BytesIO(json.dumps(case.body, default=str).encode())}
    headers = {"Content-Type": "application/json"} if body else {}
    address = URL(f"{server.url}{path}?{text}", encoded=True)
    async with server.client.request(method, address, headers=headers, **body) as answer:
        said = await answer.text(errors="replace")
        assert answer.status < 500, (method, path, text, said)
        # Bytes of a path can lead away from the operation: then there is nothing (404), or another method (405).
        assert str(answer.status) in told or answer.status in (404, 405), (method, path, text, answer.status, said)
