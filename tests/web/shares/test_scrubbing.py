"""The capture key is in no text that is shared."""

from aiohttp import web

from app.web.shares.scrubbing import IN_PLACE, scrubbed, without_key
from tests.conftest import Running


async def test_the_key_is_replaced_in_any_case(server: Running) -> None:
    key = server.bin.key
    assert scrubbed(f"a {key} b {key.upper()}{key}", server.bin) == f"a {IN_PLACE} b {IN_PLACE}{IN_PLACE}"
    assert without_key(web.Response(body=f"é{key}".encode()), server.bin).body == f"é{IN_PLACE}".encode()
