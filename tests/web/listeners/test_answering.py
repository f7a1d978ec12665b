"""With `answer=1` the provider gets what the program of a listener answers."""

import asyncio
import base64

from tests.conftest import Running

from .listening import Laptop, attempts, listening, send, until_attempts, until_listed

FORM = {"From": "+14155550123", "To": "+12125550199", "Body": "hi", "MessageSid": "SM1", "AccountSid": "AC1"}


async def hit(server: Running, role: str = "") -> tuple[int, str, str]:
    """The status, content type and body that a provider gets."""
    async with server.client.post(f"{server.capture_url}{role}", data=FORM) as answer:
        return answer.status, answer.content_type, await answer.text()


async def say(
    laptop: Laptop, n: int, body: bytes = b"<Response><Message>yes</Message></Response>", **more: object
) -> None:
    values = {"status": 202, "headers": [["Content-Type", "application/xml"], ["X-Own", "caf\xe9"]], "more": False}
    await laptop.say("result", n=n, body=base64.b64encode(body).decode(), ms=5, **values | more)
    await laptop.say("ack", n=n)


async def test_the_answer_of_the_program_goes_to_the_provider(server: Running) -> None:
    async with listening(server, answer=1, role="primary") as laptop:
        waits = asyncio.create_task(hit(server))
        capture = await laptop.capture()
        assert 0 < capture["deadline_ms"] <= 60_000
        await say(laptop, 1)
        assert await waits == (202, "application/xml", "<Response><Message>yes</Message></Response>")
        assert (await hit(server, "/status"))[0] == 200
        (attempt,) = await until_attempts(server, 1, 1)
        assert (attempt["url"], attempt["trigger"], attempt["status"]) == ("listener laptop", "wiretap", 202)
        await until_listed(server, "laptop", cursor=2, answering=True)
        async with server.client.get(f"{server.url}/bins/{server.bin.id}/forwards") as answer:
            assert "answers your provider" in await answer.text()
    assert (await hit(server))[:2] == (200, "text/xml")
    assert (await server.settled(1)).outcome.status == 202


async def test_a_failure_of_the_program_reaches_the_provider(server: Running) -> None:
    async with listening(server, answer=1) as laptop:
        for n, status in ((1, 502), (2, 504), (3, 502)):
            waits = asyncio.create_task(hit(server))
            await laptop.capture()
            if n == 3:
                await say(laptop, n, more=True)
            else:
                await laptop.say("failed", n=n, why={1: "refused", 2: "timeout after 10 s"}[n], ms=1)
                await laptop.say("ack", n=n)
            assert (await waits)[0] == status


async def test_the_usual_answer_goes_out_at_once_when_it_disconnects_and_the_request_waits_for_it(
    server: Running,
) -> None:
    answers = {"status": 299, "headers": [["Content-Type", "text/plain"]], "body": "mine"}
    async with server.client.put(f"{server.bin_api}/answers/primary", json=answers) as answer:
        assert answer.status in (200, 204), await answer.text()
    async with listening(server, answer=1) as laptop:
        waits = asyncio.create_task(hit(server))
        await laptop.capture()
    assert await waits == (299, "text/plain", "mine")
    assert await attempts(server, 1) == []
    outcome = (await server.settled(1)).outcome
    assert outcome.note == "smsbin answered: the listener has disconnected."
    async with listening(server) as laptop:
        again = await laptop.capture()
        assert (again["n"], again["attempt"], "deadline_ms" in again) == (1, 2, False)


async def test_a_request_that_does_not_match_gets_the_usual_answer(server: Running) -> None:
    async with listening(server, answer=1, match="text~other"):
        assert (await hit(server))[0] == 200
        await send(server, "this")
        await until_listed(server, "laptop", cursor=2)
