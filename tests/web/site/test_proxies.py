"""The guide's proxy snippets, taken from it and run: only where they listen and where smsbin stands is put in."""

import asyncio
import base64
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from tests.conftest import TOKEN, Running, run_server
from tests.ingress.smuggling import streams

PAGE = (Path(__file__).parents[3] / "docs" / "proxies.md").read_text()


def _snippet(language: str) -> str:
    match = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert match, f"the page has no {language} snippet"
    return match[1]


def _put(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old!r} does not stand once in the snippet"
    return text.replace(old, new)


def _nginx(folder: Path, port: int, server: Running) -> list[str]:
    snippet = _put(_snippet("nginx"), "listen 443 ssl;", f"listen 127.0.0.1:{port};")
    snippet = _put(snippet, "127.0.0.1:8010", f"127.0.0.1:{server.port}")
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    top = f"daemon off; master_process off; pid {folder}/pid; error_log stderr; events {{}}\n"
    (folder / "nginx.conf").write_text(f"{top}http {{\naccess_log off;\n{places}{snippet}}}\n")
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _caddy(folder: Path, port: int, server: Running) -> list[str]:
    snippet = _put(_snippet("caddy"), "sms.example.net {", f"http://sms.example.net:{port} {{")
    snippet = _put(snippet, "127.0.0.1:8010", f"127.0.0.1:{server.port}")
    (folder / "Caddyfile").write_text("{\nadmin off\nauto_https off\n}\n" + snippet)
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


PROXIES = {"nginx": _nginx, "caddy": _caddy}


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[str]:
    environment = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        _wait_until_it_listens(process, port, folder)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    for _ in range(500):
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError((folder / "log").read_text())


@pytest.fixture(params=PROXIES)
def proxy(request, tmp_path: Path, free_port: int):
    """Starts the proxy in front of a server; its address."""
    if not shutil.which(request.param) and not os.environ.get("CI"):
        pytest.skip(f"{request.param} is not installed")

    def start(server: Running):
        folder = tmp_path / "proxy"
        folder.mkdir(exist_ok=True)
        return _running(PROXIES[request.param](folder, free_port, server), folder, free_port)

    return start


def _client() -> aiohttp.ClientSession:
    """Somebody at another address than the proxy's, who also tells a lie about it."""
    connector = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0), force_close=True)
    return aiohttp.ClientSession(connector=connector, headers={"Host": "sms.example.net"})


BEARER = {"Authorization": f"Bearer {TOKEN}"}
BEHIND = {"public_url": "https://sms.example.net", "trusted_proxies": "127.0.0.1"}


@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is an address of this machine on Linux only")
async def test_a_capture_comes_through_with_its_peer_and_its_bytes(make_settings, proxy) -> None:
    async with run_server(make_settings(**BEHIND)) as server, _client() as provider:
        with proxy(server) as url:
            headers = {"X-Forwarded-For": "203.0.113.9"}
            path = f"/{server.bin.key}/fallback/a%2Fb?x=%0a&long={'a' * 20_000}"
            async with provider.post(URL(url + path, encoded=True), data=b"Text=hi\0", headers=headers) as answer:
                assert (answer.status, answer.headers["X-Capture"]) == (200, "1")
            async with provider.post(f"{url}/{server.bin.key}", data=io.BytesIO(b"a" * (5 << 20))) as answer:
                assert answer.status == 200
        kept = await server.capture(1)
        assert (kept["peer"], kept["role"], kept["target"]) == ("127.0.0.2", "fallback", path)
        assert base64.b64decode(kept["body"]["base64"]) == b"Text=hi\0"
        assert (await server.capture(2))["body"]["complete"] is True


async def test_pages_addresses_and_live_view_come_through(make_settings, proxy) -> None:
    async with run_server(make_settings(**BEHIND)) as server:
        own = {"Host": "sms.example.net", "Origin": "https://sms.example.net"}
        async with aiohttp.ClientSession(headers=own) as browser:
            with proxy(server) as url:
                async with browser.post(f"{url}/sign-in", data={"token": TOKEN}, allow_redirects=False) as answer:
                    assert (answer.status, answer.headers["Location"]) == (303, f"/bins/{server.bin.id}")
                    cookie = answer.headers["Set-Cookie"]
                assert cookie.startswith("__Host-smsbin=")
                assert "Secure" in cookie
                signed_in = {"Cookie": cookie.partition(";")[0]}
                async with browser.get(f"{url}/bins/{server.bin.id}", headers=signed_in) as answer:
                    assert answer.status == 200
                    assert f"https://sms.example.net/{server.bin.key}" in await answer.text()
                live = f"{url}/api/v1/bins/{server.bin.id}/live"
                async with browser.ws_connect(live, headers=signed_in) as viewer:
                    assert (await viewer.receive_json(timeout=15))["type"] == "hello"
                    async with browser.post(f"{url}/{server.bin.key}", data={"Text": "hi"}) as answer:
                        assert answer.status == 200
                    assert (await viewer.receive_json(timeout=15))["capture"]["text"] == "hi"


INFO = {"version", "public_url", "retention", "max_body", "seen"}
LIES = (
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Prefix", "/evil"),
    ("X-FORWARDED-PREFIX", "/evil"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-For", "203.0.113.9, 127.0.0.1"),
    ("X-Forwarded-For", "203.0.113.9"),
    ("X_Forwarded_Host", "evil.example"),
    ("X_Forwarded_Prefix", "/evil"),
)


@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is an address of this machine on Linux only")
async def test_what_a_sender_says_about_the_way_is_believed_in_nothing(make_settings, proxy) -> None:
    settings = make_settings(trusted_proxies="127.0.0.1", allowed_hosts="sms.example.net")
    async with run_server(settings) as server, _client() as liar:
        with proxy(server) as url:
            async with liar.get(f"{url}/api/v1/info", headers=[*LIES, *BEARER.items()]) as answer:
                info = await answer.json()
            assert info["seen"]["trusted"]
            assert info["public_url"] == info["seen"]["root"] == "http://sms.example.net"
            assert set(info["seen"]["forwarded"]) == {"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"}
            async with liar.get(f"{url}/sign-in", headers=LIES) as answer:
                assert "evil" not in await answer.text()
            async with liar.post(f"{url}/{server.bin.key}", data=b"Text=hi", headers=LIES) as answer:
                assert answer.status == 200
        kept = await server.capture(1)
        assert kept["peer"] == "127.0.0.2"
        names = [name.lower() for name, _ in kept["headers"]]
        assert names.count("x-forwarded-prefix") == 0
        assert [value for name, value in kept["headers"] if name.lower() == "x-forwarded-for"] == ["127.0.0.2"]


async def test_without_a_public_url_the_proxy_says_where_we_are(make_settings, proxy) -> None:
    settings = make_settings(trusted_proxies="127.0.0.1", allowed_hosts="sms.example.net")
    async with run_server(settings) as server, aiohttp.ClientSession(headers=BEARER) as client:
        with proxy(server) as url:
            async with client.get(f"{url}/api/v1/info", headers={"Host": "sms.example.net"}) as answer:
                info = await answer.json()
            assert info["public_url"] == info["seen"]["root"] == "http://sms.example.net"
            assert info["seen"]["trusted"]
            assert {"X-Forwarded-For", "X-Forwarded-Proto"} <= set(info["seen"]["forwarded"])


async def _throw(port: int, data: bytes) -> bytes:
    """Send a stream, and take what comes back at once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        async with asyncio.timeout(0.2):
            return await reader.read(65_536)
    except (TimeoutError, ConnectionError):
        return b""
    finally:
        writer.transport.abort()


async def test_no_stream_of_a_sender_touches_the_requests_of_others(make_settings, proxy) -> None:
    """A stream that the proxy and we read in two ways would put the beginning of somebody's request, with the token in
    it, into a capture, or give one the answer to another."""
    thrown = streams()
    assert len(thrown) >= 200
    async with run_server(make_settings(**BEHIND)) as server, _client() as other:
        path = f"/{server.bin.key}"
        with proxy(server) as url:
            port = int(url.rpartition(":")[2])
            # The proxy keeps its connections to us open, and gives them to whoever comes next.
            for name, text in thrown.items():
                data = text.replace("{t}", path).replace("{k}", server.bin.key).encode("latin-1")
                answers = await _throw(port, data.replace(b"Host: x\r\n", b"Host: sms.example.net\r\n"))
                assert b"public_url" not in answers, name
                async with other.get(f"{url}/api/v1/info", headers=BEARER) as answer:
                    assert (answer.status, set(await answer.json())) == (200, INFO), name
                async with other.post(url + path, data=b"mine") as answer:
                    own = await server.capture(int(answer.headers["X-Capture"]))
                assert (own["target"], base64.b64decode(own["body"]["base64"])) == (path, b"mine"), name
        for capture in await _all(server):
            assert TOKEN not in json.dumps(capture["headers"])
            assert TOKEN.encode() not in base64.b64decode(capture["body"]["base64"])


async def _all(server: Running) -> list[dict]:
    async with server.client.get(f"{server.bin_api}/export?of=captures&format=jsonl") as answer:
        return [json.loads(line) for line in (await answer.text()).splitlines()]
