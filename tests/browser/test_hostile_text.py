"""What an attacker sends to a capture URL is shown, and does nothing (P7)."""

import json
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

from playwright.async_api import expect

from tests.conftest import Running
from tests.ingress.http import talk

from .conftest import Watched

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'\"><iframe srcdoc='<script>alert(1)</script>'>",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "javascript:alert(1)",
    "</code></pre><script>alert(1)</script>",
    "<link rel=stylesheet href=http://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>",
    "<base href=http://evil.example/>",
    "\u202egnp.exe\u200b\ufeff",
    "http://evil.example/track.gif",
]


async def test_in_every_field_of_a_form(server: Running, watched: Watched) -> None:
    page = watched.page
    for payload in PAYLOADS:
        data = {"From": payload, "To": payload, "Text": payload, "MessageSid": payload, payload: payload}
        async with server.client.post(server.capture_url + "/status", data=data) as answer:
            assert answer.status == 200
    await page.goto(f"{server.url}/bins/{server.bin.id}")
    await expect(page.locator("[data-rows] [data-n]")).to_have_count(len(PAYLOADS))
    for n in range(1, len(PAYLOADS) + 1):
        for tab in ("summary", "fields", "raw"):
            await page.goto(f"{server.url}/bins/{server.bin.id}/captures/{n}?tab={tab}")
            await expect(page.locator(f'[data-panel="{tab}"]')).to_be_visible()
    await page.goto(f"{server.url}/bins/{server.bin.id}/captures/1?tab=fields")
    await expect(page.locator('[data-panel="fields"]')).to_contain_text("<script>alert(1)</script>")


async def test_in_path_header_content_type_and_file_name(server: Running, watched: Watched) -> None:
    page = watched.page
    for payload in PAYLOADS:
        plain = payload.encode("ascii", "replace").decode().replace("?", "_")
        target = f"/{server.bin.key}/" + plain.replace(" ", "%20")
        body = (
            f'--x\r\nContent-Disposition: form-data; name="a"; filename="{plain}"\r\nContent-Type: {plain}\r\n\r\n'
            f"{plain}\r\n--x--\r\n"
        ).encode()
        head = (
            f"POST {target} HTTP/1.1\r\nHost: {plain}\r\nX-{'A' * 3}: {plain}\r\nCookie: {plain}\r\n"
            f"Content-Type: multipart/form-data; boundary=x; a={plain}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        await talk(server.port, head.encode() + body)
    count = len(await server.captures())
    assert count >= len(PAYLOADS) - 2
    await page.goto(f"{server.url}/bins/{server.bin.id}")
    for n in range(1, count + 1):
        for tab in ("summary", "fields", "headers", "raw"):
            await page.goto(f"{server.url}/bins/{server.bin.id}/captures/{n}?tab={tab}")
            await expect(page.locator(f'[data-panel="{tab}"]')).to_be_visible()


async def test_in_query_json_xml_and_bytes(server: Running, watched: Watched) -> None:
    """All of them at once in each place that has a tab of its own, keys and values alike."""
    everything = {payload: [payload, {payload: payload}] for payload in PAYLOADS}
    elements = "".join(f"<a b={quoteattr(payload)}>{escape(payload)}</a>" for payload in PAYLOADS)
    sent = (
        ("application/json", json.dumps(everything).encode(), ""),
        ("application/xml", f"<Response>{elements}</Response>".encode(), ""),
        ("text/html", "".join(PAYLOADS).encode() + bytes(range(256)), ""),
        (
            "image/svg+xml",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>",
            "",
        ),
        ("text/plain", b"", "?" + urlencode({payload: payload for payload in PAYLOADS})),
    )
    for kind, body, query in sent:
        async with server.client.post(server.capture_url + query, data=body, headers={"Content-Type": kind}) as answer:
            assert answer.status == 200
    page = watched.page
    for n in range(1, len(sent) + 1):
        for tab in ("summary", "fields", "raw"):
            await page.goto(f"{server.url}/bins/{server.bin.id}/captures/{n}?tab={tab}")
            await expect(page.locator(f'[data-panel="{tab}"]')).to_be_visible()


async def test_arriving_live_and_opened_by_the_script(server: Running, watched: Watched) -> None:
    async with server.client.post(server.capture_url, data={"Text": "calm"}):
        pass
    page = watched.page
    await page.goto(f"{server.url}/bins/{server.bin.id}")
    await expect(page.locator("[data-live-state] b").last).to_have_text("Live")
    for payload in PAYLOADS:
        async with server.client.post(server.capture_url, data={"Text": payload, "From": payload}):
            pass
    await expect(page.locator("[data-rows] [data-n]")).to_have_count(len(PAYLOADS) + 1)
    for n in range(2, len(PAYLOADS) + 2):
        await page.locator(f"#capture-{n} .row").click()
        await expect(page.locator("[data-detail] h2")).to_contain_text(f"#{n}")


async def test_in_the_name_of_a_bin(server: Running, watched: Watched) -> None:
    page = watched.page
    for payload in PAYLOADS[:-2]:
        async with server.client.post(f"{server.api}/bins", json={"name": payload[:100]}) as answer:
            assert answer.status == 201
            made = await answer.json()
        for path in ("", "/settings", "/delete"):
            await page.goto(f"{server.url}/bins/{made['id']}{path}")
    await page.goto(f"{server.url}/")
    await expect(page.locator("[data-new-of]")).to_have_count(len(PAYLOADS) - 1)


async def test_a_capture_answer_runs_nothing_on_our_origin(server: Running, context) -> None:
    page = await context.new_page()
    answer = await page.goto(server.capture_url)
    assert answer is not None
    assert (await answer.all_headers())["content-security-policy"] == "sandbox; default-src 'none'"
    assert await page.evaluate("self.origin") == "null"


async def test_another_site_cannot_listen(server: Running, chromium, context) -> None:
    page = await context.new_page()
    await page.route("http://evil.example/", lambda route: route.fulfill(body="<p>evil</p>", content_type="text/html"))
    await page.goto("http://evil.example/")
    address = f"ws://127.0.0.1:{server.port}/bins/{server.bin.id}/live?after=0"
    outcome = await page.evaluate(
        "(address) => new Promise((done) => { const s = new WebSocket(address); s.onmessage = () => done('heard');"
        " s.onclose = () => done('closed') })",
        address,
    )
    assert outcome == "closed"


async def test_an_override_of_the_direction_is_written_out_in_lists(server: Running, watched: Watched) -> None:
    text, who = "refund \u202e00.1$ to", "Bank\u202eABC"
    async with server.client.post(
        server.capture_url, data={"From": who, "To": "+19495550142", "Text": text, "MessageSid": "SM1"}
    ):
        pass
    page = watched.page
    here = f"{server.url}/bins/{server.bin.id}"
    for path in ("", "/messages?q=kind:inbound", "/conversations", "/compare?show=all"):
        await page.goto(here + path)
        row = page.locator("[data-rows] .row")
        await expect(row).to_contain_text("refund [U+202E]00.1$ to")
        await expect(row).to_contain_text("Bank[U+202E]ABC")
        assert "\u202e" not in await row.inner_text()
