"""A listener as the handler of its roles: answers that are waited for, early ones, and none."""

import asyncio

import pytest

from app import clock
from app.domain.captures import Capture
from app.domain.listeners import ListenerChoice
from app.domain.roles import Role
from app.domain.wiretaps.model import FailureKind, HandlerAnswer, HandlerFailure
from app.services.listeners.answering import TOO_LONG, ProgramAnswer
from app.services.wiretaps.handlers import Handler

from .conftest import Listening

OK = ProgramAnswer(status=201, ms=31, headers=((b"Content-Type", b"text/xml"),), body=b"<Response/>")


def asked(listening: Listening, capture: Capture) -> "asyncio.Task[HandlerAnswer | HandlerFailure]":
    """The sender of a capture waits for the answer of the handler."""
    handler = listening.handlers.of(listening.place.bin.id, Role.PRIMARY)
    assert handler is not None
    return asyncio.create_task(handler.answer(listening.place.bin.id, capture, clock.ticks() + 9))


async def captured(listening: Listening, n: int = 1) -> Capture:
    await listening.capture()
    return await listening.place.store.get_capture(listening.place.bin.id, n)


def gone(result: HandlerAnswer | HandlerFailure) -> bool:
    return isinstance(result, HandlerFailure) and result.kind is FailureKind.GONE


async def test_the_sender_gets_what_the_program_answers_and_the_wiretap_keeps_the_attempt(listening: Listening) -> None:
    laptop = await listening.connect(is_answering=True)
    waits = asked(listening, await captured(listening))
    await asyncio.sleep(0)
    assert (await laptop.take()).n == 1
    assert 8_000 < (laptop.left_ms(1) or 0) <= 9_000
    laptop.answered(1, OK)
    result = await waits
    assert isinstance(result, HandlerAnswer)
    assert (result.status, result.headers, result.body, result.took_s) == (201, OK.headers, OK.body, 0.031)
    assert laptop.left_ms(1) is None
    laptop.acknowledge(1)
    await listening.listeners.close()
    assert await listening.errors(1) == []
    assert (await listening.stored()).last.status == 201


async def test_an_answer_that_is_there_before_it_is_waited_for_counts(listening: Listening) -> None:
    laptop = await listening.connect(is_answering=True)
    capture = await captured(listening)
    await listening.taken(laptop)
    laptop.answered(1, OK)
    laptop.acknowledge(1)
    assert (await asked(listening, capture)).status == 201


@pytest.mark.parametrize(
    ("answer", "kind", "why"),
    [
        (ProgramAnswer(status=None, ms=3, error="refused", kind=FailureKind.REFUSED), FailureKind.REFUSED, "refused"),
        (ProgramAnswer(status=200, ms=3, body=b"x", is_cut=True), FailureKind.BROKEN, TOO_LONG),
    ],
)
async def test_a_failure_of_the_program_is_one_of_the_handler(
    listening: Listening, answer: ProgramAnswer, kind: FailureKind, why: str
) -> None:
    laptop = await listening.connect(is_answering=True)
    waits = asked(listening, await captured(listening))
    await asyncio.sleep(0)
    await listening.taken(laptop)
    laptop.answered(1, answer)
    result = await waits
    assert isinstance(result, HandlerFailure)
    assert (result.kind, result.why) == (kind, why)


async def test_one_that_disconnects_or_is_taken_over_answers_no_more(listening: Listening) -> None:
    laptop = await listening.connect(is_answering=True)
    handler = listening.handlers.of(listening.place.bin.id, Role.VOICE)
    capture = await captured(listening)
    waits = asked(listening, capture)
    await asyncio.sleep(0)
    newer = await listening.connect(None, is_answering=True)
    assert gone(await waits)
    assert listening.handlers.of(listening.place.bin.id, Role.VOICE) is not handler
    newer.left()
    assert listening.handlers.of(listening.place.bin.id, Role.VOICE) is None
    assert handler is not None
    assert gone(await handler.answer(listening.place.bin.id, capture, clock.ticks() + 9))
    laptop.answered(1, OK)


async def test_a_request_that_does_not_match_or_is_dropped_is_answered_by_smsbin(listening: Listening) -> None:
    laptop = await listening.connect(choice=ListenerChoice(filter="size:>99"), is_answering=True)
    waits = asked(listening, await captured(listening))
    await asyncio.sleep(0)
    assert await laptop.take() is None
    assert gone(await waits)
    assert gone(await asked(listening, await captured(listening, 1)))
    other = await listening.connect(name="other", is_answering=True)
    assert len(await listening.taken(other)) == 2
    waits = asked(listening, await listening.place.store.get_capture(listening.place.bin.id, 2))
    await asyncio.sleep(0)
    other.acknowledge(2)
    assert gone(await waits)


async def test_only_its_own_roles_are_answered(listening: Listening) -> None:
    await listening.connect(choice=ListenerChoice(roles=(Role.STATUS,)), is_answering=True)
    await listening.connect(name="quiet")
    found: dict[Role, Handler] = listening.handlers.roles_of(listening.place.bin.id)
    assert [(role, handler.url) for role, handler in found.items()] == [(Role.STATUS, "listener laptop")]
