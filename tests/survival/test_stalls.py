"""No input blocks the event loop: for all inputs to all entries it never stops for 50 ms, and captures of another
bin are all stored. The inputs are in `hostile.py`.

The time of those captures is printed only; they wait for the event loop, which is measured separately, so that a
busy machine fails no test. `test_all_at_once.py` has a limit for it.
"""

import asyncio
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from app.export import EXPORTERS, WHATS
from app.web.captures.tabs import TABS
from app.web.live.views import VIEWS
from tests.ingress.raw_inputs import BROKEN, KEPT, OF_NO_BIN
from tests.process import serving

from . import hostile
from .probe import Probe, probing
from .trials import Trials, frame, path_of, request, routes, trials, websocket

pytestmark = pytest.mark.timeout(600)
# Routes after which there would be nothing to attack.
ENDS = frozenset(
    {"bin-delete", "api-bin-delete", "bin-rotate-key", "api-bin-rotate-key", "capture-clear", "api-capture-clear"}
)


@dataclass(frozen=True, slots=True)
class Field:
    """A watched server, its bins, and the probes that use another one."""

    trials: Trials
    probe: Probe
    bins: dict[str, tuple[str, str]]
    """Id and key by name: one without answers, one for each of `hostile.ANSWERS`, and one with secrets."""

    @property
    def bin(self) -> str:
        return self.bins["plain"][0]

    @property
    def path(self) -> str:
        return f"/{self.bins['plain'][1]}"

    def judge(self) -> None:
        """At the end of a test."""
        said = self.probe.phase()
        print(f"{self.trials.count} requests, longest stall {self.trials.longest_ms:.0f} ms; probes: {said}")
        faults, self.trials.faults = self.trials.faults, []
        assert not faults, "\n".join(faults)
        assert set(said.statuses) <= {"200"}, said


@pytest.fixture(scope="module")
def _server() -> Iterator[tuple[Trials, Probe]]:
    with tempfile.TemporaryDirectory(prefix="smsbin-") as name:
        folder = Path(name)
        with serving(folder / "data", module="tests.survival.watched") as server:
            with probing(server.port, server.key, folder) as probe:
                yield trials(server, folder), probe


@pytest.fixture(scope="module")
def _field(_server: tuple[Trials, Probe]) -> Field:
    return asyncio.run(_make(*_server))


@pytest.fixture
def field(_field: Field) -> Field:
    """The same in all tests."""
    _field.probe.phase()
    return _field


async def _make(attack: Trials, probe: Probe) -> Field:
    bins = {}
    for name in ("plain", *hostile.ANSWERS, "signed"):
        made = await _call(attack, "POST", "/api/v1/bins", {"name": name})
        bins[name] = made["id"], made["urls"]["primary"].rsplit("/", 1)[1]
        if name in hostile.ANSWERS:
            await _call(attack, "PUT", f"/api/v1/bins/{made['id']}/answers/primary", hostile.ANSWERS[name])
        if name in hostile.MAPPINGS:
            await _call(attack, "PUT", f"/api/v1/bins/{made['id']}/mapping", hostile.MAPPINGS[name])
    for label, secret in hostile.SECRETS.items():
        await _call(attack, "PUT", f"/api/v1/bins/{bins['signed'][0]}/secrets/{quote(label)}", {"secret": secret})
    return Field(attack, probe, bins)


async def _call(attack: Trials, method: str, path: str, value: object) -> Any:
    data = request(method, path, json.dumps(value).encode(), content_type=hostile.JSON)
    status, answer = await attack.send(f"{method} {path}", data)
    assert status < 300, answer
    return json.loads(answer.partition(b"\r\n\r\n")[2])


async def _capture_all(field: Field, bin_name: str) -> None:
    key = field.bins[bin_name][1]
    for name, (content_type, body) in hostile.BODIES.items():
        data = request("POST", f"/{key}", body, content_type=content_type)
        assert (await field.trials.send(f"body to {bin_name}: {name}", data))[0] == 200
    for name, (coding, body) in hostile.PACKED.items():
        more = f"Content-Encoding: {coding}\r\n"
        data = request("POST", f"/{key}", body, content_type=hostile.FORM, headers=more)
        assert (await field.trials.send(f"packed to {bin_name}: {name}", data))[0] == 200


async def test_no_body_that_is_captured_stalls_it(field: Field) -> None:
    for bin_name in field.bins:
        await _capture_all(field, bin_name)
    field.judge()


async def test_no_head_stalls_it(field: Field) -> None:
    key = field.bins["plain"][1]
    for name, text in ({name: raw.sent for name, raw in KEPT.items()} | BROKEN | OF_NO_BIN).items():
        data = text.replace("{t}", f"/{key}").replace("{k}", key).encode("latin-1")
        await field.trials.send(name, data)
    public = [path_of(route, field.bin) for route in routes("GET") if route.public]
    for path in (f"/{key}", *public, f"/bins/{field.bin}"):
        for name, headers in hostile.HEADERS.items():
            await field.trials.send(f"headers to {path}: {name}", request("GET", path, headers=headers))
        for name, target in hostile.TARGETS.items():
            await field.trials.send(f"target of {path}: {name}", request("GET", path + target))
        for host in hostile.HOSTS:
            await field.trials.send(f"host to {path}: {host[:20]}", request("GET", path, host=host))
    field.judge()


async def test_no_chunk_stalls_it(field: Field) -> None:
    posts = [path_of(route, field.bin) for route in routes("POST") if route.public]
    for path in (f"/{field.bins['plain'][1]}", "/aaaaaaaaaaaaaaaa", *posts, f"/bins/{field.bin}/clear"):
        for name, wire in hostile.CHUNKS.items():
            data = request("POST", path, content_type=hostile.FORM, headers="Transfer-Encoding: chunked\r\n") + wire
            await field.trials.send(f"chunks to {path}: {name}", data)
    field.judge()


async def test_no_query_stalls_it(field: Field) -> None:
    for route in routes("GET"):
        path = path_of(route, field.bin)
        for query in hostile.QUERIES:
            await field.trials.send(f"query to {route.path}: {query[:40]}", request("GET", f"{path}?{query}"))
    field.judge()


async def test_no_form_and_no_json_stalls_it(field: Field) -> None:
    for route in routes("POST", "PUT", "PATCH", "DELETE"):
        if route.name in ENDS:
            continue
        path = path_of(route, field.bin)
        content_type, bodies = (hostile.JSON, hostile.JSONS) if "/api/" in path else (hostile.FORM, hostile.FORMS)
        for name, body in bodies.items():
            for signed_in in (False, True):
                data = request(route.method, path, body, content_type=content_type, signed_in=signed_in)
                await field.trials.send(f"{route.method} {route.path}: {name}", data)
    field.judge()


async def test_no_frame_stalls_it(field: Field) -> None:
    for path in (f"/bins/{field.bin}/live?after=0", f"/api/v1/bins/{field.bin}/live?after=0"):
        for name, (kind, content) in hostile.FRAMES.items():
            data = websocket(path) + frame(kind, content) * 20 + frame(8, b"\x03\xe8")
            status, _ = await field.trials.send(f"frames to {path}: {name}", data)
            assert status == 101
    field.judge()


async def test_no_page_of_what_was_captured_stalls_it(field: Field) -> None:
    await _capture_all(field, "plain")
    names = [*hostile.BODIES, *hostile.PACKED]
    for n, name in enumerate(names, start=1):
        for route in routes("GET"):
            if "{n" not in route.path:
                continue
            path = path_of(route, field.bin, n=n, m=n + 1)
            for tab in TABS if route.name == "capture-page" else ("",):
                data = request("GET", f"{path}?tab={tab}" if tab else path)
                status, _ = await field.trials.send(f"{route.path} {tab}, {name}", data)
                assert status in (200, 404), (path, status)
    field.judge()


async def test_no_page_of_a_mapping_stalls_it(field: Field) -> None:
    for bin_name in hostile.MAPPINGS:
        await _capture_all(field, bin_name)
        for route in routes("GET"):
            if "/mapping" in route.path or "{n" in route.path:
                for n in (1, len(hostile.BODIES)):
                    path = path_of(route, field.bins[bin_name][0], n=n)
                    await field.trials.send(f"{route.path} with a mapping, {n}", request("GET", path))
        preview = f"/api/v1/bins/{field.bins[bin_name][0]}/mapping/preview"
        body = json.dumps(hostile.MAPPINGS[bin_name]).encode()
        await field.trials.send(preview, request("POST", preview, body, content_type=hostile.JSON))
    field.judge()


async def test_no_signed_request_stalls_it(field: Field) -> None:
    bin_id, key = field.bins["signed"]
    for name, (headers, content_type, body) in hostile.SIGNED.items():
        data = request("POST", f"/{key}/a/b?a=%20'()&b=2", body, content_type=content_type, headers=headers)
        status, answer = await field.trials.send(f"signed: {name}", data)
        assert status == 200, name
        n = int(re.search(rb"(?i)x-capture: (\d+)", answer)[1])
        paths = [path_of(route, bin_id, n=n) for route in routes("GET") if "{n" in route.path]
        for path in (*paths, *(f"/bins/{bin_id}/captures/{n}?tab={tab}" for tab in TABS)):
            assert (await field.trials.send(f"{path}, {name}", request("GET", path)))[0] in (200, 404)
        box = f"/bins/{bin_id}/captures/{n}/signature"
        for pasted in hostile.PASTED:
            form = urlencode({"computed": pasted, "pasted": pasted}).encode()
            await field.trials.send(f"pasted to {name}", request("POST", box, form, content_type=hostile.FORM))
    for path in (path_of(route, bin_id) for route in routes("GET") if "signatures" in route.path):
        await field.trials.send(path, request("GET", path))
    field.judge()


async def test_no_list_or_export_of_what_was_captured_stalls_it(field: Field) -> None:
    paths = [path_of(route, field.bin) for route in routes("GET") if "{n" not in route.path]
    api = f"/api/v1/bins/{field.bin}"
    paths += [f"{api}/captures?limit=500", f"{api}/messages?limit=500", f"{api}/comparison?limit=500"]
    paths += [f"{api}/export?of={of}&format={form}" for of in WHATS for form in EXPORTERS]
    paths += [f"/bins/{field.bin}/live?after=0&view={view}" for view in VIEWS]
    for path in paths:
        await field.trials.send(path, request("GET", path))
    field.judge()
