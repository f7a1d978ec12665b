"""The cards of forwards."""

from app.web.forwards.cards import cards_of
from tests.conftest import Running
from tests.services.forwards.target import Target, a_target, answer_of

from .calling import call, hit, until_state


async def test_a_card_has_the_last_dispatches_by_colour_oldest_first(opened: Running, target: Target) -> None:
    statuses = [200, 404, 200]
    async with a_target(lambda _: answer_of(statuses.pop(0))) as other:
        await call(opened, "POST", status=201, name="A", url=other.url, order="strict")
        await call(opened, "POST", status=201, name="B", url=target.url, paused=True)
        for n, state in ((1, "delivered"), (2, "retrying")):
            await hit(opened, message=f"SM{n}")
            await until_state(opened, n, state)
        first, second = await cards_of(opened.app, opened.bin.id)
    assert (first.strip, first.arrived, first.status.lag) == (["ok", "warn"], 1, 1)
    assert (second.strip, second.arrived, second.status.lag) == ([], 0, 2)
    assert (first.failing, second.failing) == (2, None)
    assert (first.example, first.tested) == ("", None)
