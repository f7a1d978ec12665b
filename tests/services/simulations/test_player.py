"""Playing a provider against a handler: time-outs, tries, fallbacks, and what each provider calls a failure."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.domain.simulations import MARK, Progress, SimulationAttempt, SimulationSpec, Targets, Traffic, Trouble
from app.egress import open_sender
from app.services.simulations.player import Player

AT = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
# Pauses and time-outs shrink to tenths: 15 s are 1.5 s, and a busy machine is still in time.
FAST = 10.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Handlers:
    """The user's own handlers, one a URL; what is not said answers 200 with nothing to do."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str], web.BaseRequest]] = []
        self.answers: dict[str, Handler] = {}
        self.root = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        form = dict(await request.post()) or dict(request.query)
        self.seen.append((request.path, {name: str(value) for name, value in form.items()}, request))
        handler = self.answers.get(request.path)
        if handler is not None:
            return await handler(request)
        return web.Response(text="<Response/>", content_type="text/xml")

    @property
    def targets(self) -> Targets:
        return Targets(primary=f"{self.root}/sms", fallback=f"{self.root}/backup", status=f"{self.root}/status")

    async def play(
        self, provider: str = "twilio", what: Traffic = Traffic.INBOUND, **more: object
    ) -> tuple[Progress, list[SimulationAttempt]]:
        told: list[SimulationAttempt] = []
        wish = SimulationSpec(provider=provider, what=what, **{"speed": FAST, "rate": 50.0} | more)  # type: ignore[arg-type]
        async with open_sender() as sender:
            player = Player(sender, wish, self.targets, mark="secret", report=told.append)
            await player.run(AT)
        return player.progress, told


@pytest.fixture
async def handlers() -> AsyncIterator[Handlers]:
    made = Handlers()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", made.answer)
    async with TestServer(app) as server:
        made.root = str(server.make_url("")).rstrip("/")
        yield made


def answers(status: int, text: str = "", kind: str = "text/plain", **headers: str) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type=kind, headers=headers)

    return handle


async def hold(request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def drop(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def _ways(told: list[SimulationAttempt]) -> list[tuple[str, int | None, bool]]:
    return [(attempt.role, attempt.status, attempt.ok) for attempt in told]


async def test_a_good_answer_ends_it(handlers: Handlers) -> None:
    progress, told = await handlers.play()
    assert _ways(told) == [("primary", 200, True)]
    assert (progress.sent, progress.requests, progress.taken, progress.lost) == (1, 1, 1, 0)


@pytest.mark.parametrize("status", [500, 404, 302])
async def test_after_an_error_the_fallback_is_asked(handlers: Handlers, status: int) -> None:
    handlers.answers["/sms"] = answers(status)
    progress, told = await handlers.play("ytel")
    assert _ways(told) == [("primary", status, False), ("fallback", 200, True)]
    assert (progress.taken, progress.lost) == (1, 0)


async def test_twilio_sends_the_fallback_what_was_wrong(handlers: Handlers) -> None:
    handlers.answers["/sms"] = answers(500)
    await handlers.play("twilio")
    path, fields, _ = handlers.seen[-1]
    assert (path, fields["ErrorCode"], fields["ErrorUrl"]) == ("/backup", "11200", f"{handlers.root}/sms")
    assert "ErrorCode" not in handlers.seen[0][1]


async def test_a_handler_that_is_too_slow_is_left(handlers: Handlers) -> None:
    handlers.answers["/sms"] = hold
    _, told = await handlers.play("twilio")
    assert _ways(told) == [("primary", None, False), ("fallback", 200, True)]
    assert told[0].error == "no response in time"
    assert 1_490 <= told[0].ms < 10_000


async def test_twilio_tries_a_dropped_connection_once_more(handlers: Handlers) -> None:
    handlers.answers["/sms"] = drop
    _, told = await handlers.play("twilio")
    assert [attempt.role for attempt in told] == ["primary", "primary", "fallback"]
    assert told[0].error == "the connection was closed"


async def test_broken_xml_fails_where_the_provider_executes_it_and_nowhere_else(handlers: Handlers) -> None:
    handlers.answers["/sms"] = answers(200, "<Response><Message>", "text/xml")
    _, told = await handlers.play("ytel")
    assert _ways(told) == [("primary", 200, False), ("fallback", 200, True)]
    _, told = await handlers.play("telnyx")
    assert _ways(told) == [("primary", 200, True)]


async def test_telnyx_tries_three_times_and_counts_them(handlers: Handlers) -> None:
    handlers.answers["/sms"] = answers(500)
    attempts: list[int] = []

    async def count(request: web.Request) -> web.StreamResponse:
        attempts.append((await request.json())["meta"]["attempt"])
        return web.Response(status=500)

    handlers.answers["/sms"] = count
    _, told = await handlers.play("telnyx")
    assert [attempt.role for attempt in told] == ["primary"] * 3 + ["fallback"]
    assert attempts == [1, 2, 3]


async def test_where_no_answer_is_good_the_message_is_lost(handlers: Handlers) -> None:
    handlers.answers |= {"/sms": answers(500), "/backup": answers(500)}
    progress, told = await handlers.play("ytel")
    assert (progress.taken, progress.lost, len(told)) == (0, 1, 2)


async def test_a_provider_without_a_fallback_never_asks_one(handlers: Handlers) -> None:
    handlers.answers["/sms"] = answers(500)
    progress, told = await handlers.play("messagebird")
    assert [attempt.role for attempt in told] == ["primary"]
    assert progress.lost == 1


async def test_redirects_are_followed_only_where_the_provider_does_and_only_on_the_same_host(
    handlers: Handlers,
) -> None:
    handlers.answers["/sms"] = answers(302, Location="/moved")
    _, told = await handlers.play("twilio")
    assert _ways(told) == [("primary", 302, False), ("primary", 200, True)]
    path, fields, request = handlers.seen[-1]
    assert (path, request.method, fields["MessageSid"]) == ("/moved", "GET", told[0].message_id)
    handlers.answers["/sms"] = answers(302, Location="http://elsewhere.example.net/")
    _, told = await handlers.play("twilio")
    assert _ways(told) == [("primary", 302, False), ("fallback", 200, True)]


async def test_an_unreachable_server_is_reported_as_such(handlers: Handlers, unused_tcp_port: int) -> None:
    told: list[SimulationAttempt] = []
    wish = SimulationSpec(provider="ytel", what=Traffic.INBOUND, speed=FAST)
    async with open_sender() as sender:
        targets = Targets(primary=f"http://127.0.0.1:{unused_tcp_port}/sms", fallback=f"{handlers.root}/backup")
        await Player(sender, wish, targets, report=told.append).run(AT)
    assert [attempt.error for attempt in told] == ["the connection was refused", None]


async def test_callbacks_go_to_the_status_url_one_after_the_other(handlers: Handlers) -> None:
    progress, told = await handlers.play("ytel", Traffic.OUTBOUND, count=3, failed_share=0.0)
    assert {attempt.role for attempt in told} == {"status"}
    for message_id in {attempt.message_id for attempt in told}:
        assert [one.word for one in told if one.message_id == message_id] == ["Queued", "Success"]
    assert (progress.sent, progress.requests) == (3, 6)


async def test_a_callback_that_hangs_holds_up_no_other(handlers: Handlers) -> None:
    handlers.answers["/status"] = hold
    _, told = await handlers.play("ytel", Traffic.OUTBOUND, failed_share=0.0)
    assert [one.word for one in told] == ["Queued", "Success"]
    assert len({path for path, _, _ in handlers.seen}) == 1


async def test_calls_go_to_the_voice_urls(handlers: Handlers) -> None:
    handlers.answers["/sms"] = answers(500)
    _, told = await handlers.play("ytel", Traffic.VOICE)
    assert [attempt.role for attempt in told] == ["voice", "voice-fallback"]
    assert "CallSid" in handlers.seen[0][1]


async def test_every_request_carries_the_mark_of_the_run_and_bodies_name_the_public_url(handlers: Handlers) -> None:
    wish = SimulationSpec(provider="ytel", what=Traffic.INBOUND, speed=FAST)
    named = Targets(primary="https://sms.example.net/0123456789abcdef")
    async with open_sender() as sender:
        await Player(sender, wish, Targets(primary=f"{handlers.root}/sms", named=named), mark="s3cret").run(AT)
    _, fields, request = handlers.seen[0]
    assert request.headers[MARK] == "s3cret"
    assert fields["Action"] == "https://sms.example.net/0123456789abcdef"


async def test_a_hundred_messages_with_trouble_are_reported_to_the_last(handlers: Handlers) -> None:
    trouble = frozenset({Trouble.LOSE, Trouble.DUPLICATE, Trouble.SHUFFLE})
    progress, told = await handlers.play("twilio", Traffic.OUTBOUND, count=100, rate=500.0, trouble=trouble)
    assert progress.sent == progress.total == 100
    assert progress.requests == len(told)
    # A busy machine may be too slow for the short timeouts of a fast run.
    assert len([one for one in told if one.status is not None]) <= len(handlers.seen) <= len(told)
    assert progress.dropped > 0
