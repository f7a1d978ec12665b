"""What is known about the wiretap of a role."""

from app import keys
from app.domain.roles import Role
from app.domain.wiretaps.model import Wiretap
from app.web.wiretaps.state import wiretap_facts
from tests.conftest import Running


async def test_the_limit_follows_the_provider_of_the_bin(opened: Running) -> None:
    async with opened.client.patch(opened.bin_api, json={"provider": "telnyx"}) as answer:
        assert answer.status == 200
    bin = await opened.app[keys.STORE].get_bin(opened.bin.id)
    facts = wiretap_facts(opened.app, bin, Role.PRIMARY)
    assert (facts.wiretap, facts.handler, facts.limit_s, facts.waits_s) == (None, None, 1.5, 2.0)
    await opened.app[keys.WIRETAPS].set(bin.id, Role.PRIMARY, Wiretap(url="https://h.example/?a=b", timeout_s=5.0))
    facts = wiretap_facts(opened.app, bin, Role.PRIMARY)
    assert (facts.handler, facts.limit_s, facts.outbox) == ("https://h.example/?a=…", 5.0, None)
