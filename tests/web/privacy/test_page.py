"""The section *Privacy* of a bin's settings."""

from app import keys
from app.domain.privacy import Privacy
from tests.conftest import Running


async def _post(server: Running, **form: str) -> tuple[int, str]:
    async with server.client.post(f"{server.url}/bins/{server.bin.id}/privacy", data=form) as answer:
        return answer.status, await answer.text()


async def test_settings_are_saved_with_a_name_on_each_line(server: Running) -> None:
    status, text = await _post(server, mask="on", masked_fields="Name\r\n\r\n name ", withheld_headers="Authorization")
    assert status == 200
    assert "Saved." in text
    assert "authorization</textarea>" in text
    set_now = server.app[keys.PRIVACY].of(server.bin.id)
    assert set_now == Privacy(mask=True, masked_fields=("name",), withheld_headers=("authorization",))
    await _post(server)
    assert server.app[keys.PRIVACY].of(server.bin.id) == Privacy()


async def test_a_wrong_name_is_shown_next_to_its_box_and_nothing_is_saved(server: Running) -> None:
    status, text = await _post(server, mask="on", withheld_headers="Host\n<b>")
    assert status == 422
    assert 'id="withheld_headers-problem"' in text
    assert "&lt;b&gt;" in text
    assert 'name="mask" checked' in text
    assert server.app[keys.PRIVACY].of(server.bin.id) == Privacy()


async def test_the_page_has_its_place_in_the_settings(server: Running) -> None:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/privacy") as answer:
        text = await answer.text()
    assert 'href="/bins/' + server.bin.id + '/privacy" aria-current="page"' in text
    assert "Proxy-Authorization" in text
