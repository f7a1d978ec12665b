"""Verdicts about signatures come back as the reader gave them, and a filter finds them."""

import pytest

from app.domain.events import Event
from app.domain.roles import Kind, Role
from app.domain.search import parse_query
from app.domain.signatures import Judgement, SignatureVerdict
from app.storage.reads import filters
from app.store import Store
from tests.storage.builders import a_bin, stating

AS = Judgement(
    verdict=SignatureVerdict.VALID_AS, scheme="twilio", causes=("scheme",), variant="scheme: …", secret="primary",
    sentence="Signed for https.",
)  # fmt: skip
JUDGEMENTS = [None, AS, *(Judgement(verdict=verdict) for verdict in SignatureVerdict if verdict is not AS.verdict)]


@pytest.mark.parametrize("few", [0, 2_000])
async def test_a_verdict_comes_back_and_is_found(store: Store, monkeypatch, few: int) -> None:
    monkeypatch.setattr(filters, "FEW", few)
    bin = await a_bin(store)
    for number, judgement in enumerate(JUDGEMENTS, 1):
        event = Event(kind=Kind.INBOUND, message_id=f"m{number}", text="hi")
        assert await store.add_capture(stating(bin, Role.PRIMARY, event, signature=judgement)) == number
    rows = await store.list_captures(bin.id, limit=100, after=0)
    assert [row.reading.signature for row in rows] == JUDGEMENTS
    assert (await store.get_capture(bin.id, 2)).row.reading.signature == AS

    async def numbers(query: str) -> list[int]:
        return [row.n for row in await store.list_captures(bin.id, limit=100, after=0, query=parse_query(query))]

    for number, judgement in enumerate(JUDGEMENTS, 1):
        if judgement is not None:
            assert await numbers(f"signature:{judgement.verdict}") == [number]
            messages = await store.list_messages(bin.id, limit=100, query=parse_query(f"signature:{judgement.verdict}"))
            assert [message.message_id for message in messages] == [f"m{number}"]
    others = [number for number in range(1, len(JUDGEMENTS) + 1) if number != 2]
    assert await numbers("-signature:valid_as") == others
    assert await numbers("signature:valid_as,stale text~hi") == [
        2,
        JUDGEMENTS.index(Judgement(verdict=SignatureVerdict.STALE)) + 1,
    ]
