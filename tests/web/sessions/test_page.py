"""The page of sessions."""

from app import keys
from tests.conftest import Running

from ..site.test_auth import _signed_in


async def test_the_page_lists_browsers_and_signs_one_out(server: Running) -> None:
    same = {"Sec-Fetch-Site": "same-origin"}
    access = server.app[keys.ACCESS]
    await access.sign_in(agent="<script>Firefox", peer="192.0.2.7")
    async with await _signed_in(server) as browser:
        async with browser.get(f"{server.url}/settings/sessions") as answer:
            page = await answer.text()
        assert "&lt;script&gt;Firefox" in page
        assert "192.0.2.7" in page
        assert page.count("this browser") == 1
        (other,) = [each.session.id for each in await access.sessions() if each.session.peer == "192.0.2.7"]
        url = f"{server.url}/settings/sessions/{other}/end"
        async with browser.post(url, headers=same, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/settings/sessions?ended")
        assert len(await access.sessions()) == 1
    async with server.client.get(f"{server.url}/settings/sessions?ended") as answer:
        page = await answer.text()
    assert "Signed out." in page
    assert "this browser" not in page
