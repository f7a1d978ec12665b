"""`python -m tests.pictures [FOLDER]`: take the pictures. Without a folder those of the repository are replaced."""

import asyncio
import socket
import sys
import tempfile
from pathlib import Path

import aiohttp
from playwright.async_api import async_playwright

from tests.browser.find import FLAGS, on_path
from tests.process import ROOT, TOKEN, Process, serving

from .film import Film
from .provider import Provider
from .scenes import Stage, play_failover, play_past, take_stills

PUBLIC = "https://sms.example.net"
FILM = {"width": 1440, "height": 800}
STILL = {"width": 1440, "height": 900}


async def take(server: Process, url: str, folder: Path) -> None:
    """Play everything against a server that listens at `url`, and write the pictures."""
    bin_path = f"bins/{server.ready['bin']}"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as client, aiohttp.ClientSession() as outside:
        provider = Provider(outside, f"{url}/{server.key}", f"{PUBLIC}/{server.key}")
        stage = Stage(client, provider, f"{url}/{bin_path}", f"{url}/api/v1/{bin_path}")
        await stage.name("Main number")
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=on_path(), args=list(FLAGS))
            context = await browser.new_context(color_scheme="light", timezone_id="Etc/UTC", locale="en-US")
            await context.request.post(f"{url}/sign-in", form={"token": TOKEN}, max_redirects=0)
            page = await context.new_page()
            await play_past(stage)
            await page.set_viewport_size(FILM)
            film = Film()
            await play_failover(stage, page, film)
            await page.set_viewport_size(STILL)
            await take_stills(stage, page, folder)
            await browser.close()
    film.write(folder / "failover.webp")


def main(folder: Path) -> None:
    """Start the server, and stop it when the pictures are taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ("--port", str(port), "--public-url", PUBLIC)
    with tempfile.TemporaryDirectory() as data, serving(Path(data), *arguments) as server:
        asyncio.run(take(server, f"http://127.0.0.1:{port}", folder))
        server.stop()
    for path in sorted(folder.glob("*.*")):
        print(f"{path}: {path.stat().st_size:,} bytes")


main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "static" / "img")
