"""The link of a new share: it opens the share, and the audit log does not have it."""

from tests.conftest import Running

from .conftest import make_share, open_link


async def test_the_link_opens_the_share_and_only_its_id_is_in_the_audit_log(full: Running) -> None:
    made = await make_share(full, n=1)
    secret = made["url"].removeprefix(f"{full.url}/shared/")
    assert len(secret) >= 32
    assert "/" not in secret
    assert (await open_link(made["url"]))[0] == 200
    async with full.client.get(f"{full.api}/audit?action=share.create") as answer:
        text = await answer.text()
    assert made["id"] in text
    assert secret not in text
