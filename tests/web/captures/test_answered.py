"""What was answered to a capture, by smsbin or by a handler of the user."""

from app import clock, keys
from app.domain.answers.model import safe_answer
from app.domain.masking.policy import FULL_MASK, NO_MASK
from app.domain.replays import NewAttempt, Trigger
from app.domain.roles import Role
from app.web.captures.answered import AnsweredWith, read_answered
from tests.conftest import Running


async def _answered(server: Running, **more: object) -> AnsweredWith:
    store = server.app[keys.STORE]
    async with server.client.post(server.capture_url, data={"Text": "hi"}):
        pass
    await server.settled(1)
    if more:
        attempt = NewAttempt(n=1, sent_at=clock.now(), ms=31, trigger=Trigger.WIRETAP, **more)  # type: ignore[arg-type]
        await store.add_attempt(server.bin.id, attempt)
    capture = await store.get_capture(server.bin.id, 1)
    masking = FULL_MASK if more else NO_MASK
    return await read_answered(store, server.bin.id, capture.row, "twilio", masking)


async def test_without_a_handler_it_is_the_answer_that_was_sent(server: Running) -> None:
    assert await _answered(server) == AnsweredWith(sent=safe_answer(Role.PRIMARY))


async def test_a_handler_is_told_in_a_sentence_without_masked_values(server: Running) -> None:
    answered = await _answered(server, url="http://a", status=None, error="a redirect to /?from=12065550148")
    assert answered.handler is not None
    assert "redirect" in answered.handler
    assert "2065550148" not in answered.handler
