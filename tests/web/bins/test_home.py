"""The home page: every bin with its last day."""

import re

from app.web.bins.home import RECENT_HOURS
from tests.conftest import Running


async def test_a_bin_with_requests_shows_its_last_day_hour_by_hour(server: Running) -> None:
    async with server.client.get(server.url + "/") as answer:
        assert 'class="spark"' not in await answer.text()
    async with server.client.post(server.capture_url, data={"From": "+14155550123", "Text": "hello"}) as answer:
        assert answer.status == 200
    async with server.client.get(server.url + "/") as answer:
        page = await answer.text()
    [says] = re.findall(r'class="spark".*?Last (\d+) hours: ', page)
    assert int(says) == RECENT_HOURS
    [picture] = re.findall(r'class="spark".*?viewBox="0 0 ([\d.]+) ', page, re.DOTALL)
    assert float(picture) % RECENT_HOURS == 0
