"""A secret that was stored comes out nowhere: not on a page, in the API, an export, the metrics, live or in the log."""

import logging
from collections.abc import Callable

from app.settings import Settings
from app.web.captures.tabs import TABS
from app.web.routes import ROUTES
from tests.conftest import run_server
from tests.signed import FIELDS, SECRET, twilio_headers, twilio_signature

KEY = "a-key-only-for-tests"


async def test_a_secret_comes_out_nowhere(make_settings: Callable[..., Settings], caplog, capfd) -> None:
    caplog.set_level(logging.DEBUG)
    async with run_server(make_settings(secrets_key=KEY)) as server:
        seen: dict[str, bytes] = {}

        async def look(method: str, url: str, **more: object) -> None:
            async with server.client.request(method, url, **more) as answer:
                head = "".join(f"{name}: {value}\n" for name, value in answer.headers.items()).encode()
                seen[f"{method} {url}"] = head + await answer.read()

        async with server.client.ws_connect(f"{server.bin_api}/live?after=0") as socket:
            await look("PUT", f"{server.bin_api}/secrets/primary", json={"secret": SECRET})
            await look("PUT", f"{server.bin_api}/secrets/primary", json={"secret": SECRET, "scheme": "nothing"})
            await look("POST", f"{server.url}/bins/{server.bin.id}/signatures", data={"label": "", "secret": SECRET})
            for secret in (SECRET, "another"):
                headers = twilio_headers(server.capture_url, secret=secret)
                async with server.client.post(server.capture_url, data=FIELDS, headers=headers) as answer:
                    assert answer.status == 200
            await server.settled(2)
            frames = [await socket.receive(timeout=60) for _ in range(3)]
        seen["live"] = b"".join(str(frame.data).encode() for frame in frames)
        fill = {"{bin}": server.bin.id, "{n:[0-9]{1,18}}": "1", "{m:[0-9]{1,18}}": "2", "{role}": "primary"}
        for route in (route for route in ROUTES if route.method == "GET" and "live" not in route.path):
            path = route.path
            for name, value in fill.items():
                path = path.replace(name, value)
            if "{" not in path:
                await look("GET", server.url + path)
        for tab in TABS:
            await look("GET", f"{server.url}/bins/{server.bin.id}/captures/1?tab={tab}")
        for form in ("csv", "jsonl", "har"):
            await look("GET", f"{server.bin_api}/export?of=captures&format={form}")
        pasted = {"pasted": twilio_signature(server.capture_url + "/")}
        await look("POST", f"{server.url}/bins/{server.bin.id}/captures/1/signature", data=pasted)
        await look("POST", f"{server.url}/bins/{server.bin.id}/captures/1/signature", data={"pasted": SECRET[:8]})
        assert len(seen) > 60
    printed = capfd.readouterr()
    seen["log"] = (caplog.text + printed.out + printed.err).encode()
    for text in (SECRET.encode(), KEY.encode()):
        assert [where for where, content in seen.items() if text in content] == []
