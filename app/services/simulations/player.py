"""Playing a provider: each request of a script is sent when it is due, to the primary URL first and then, by the rule
of that provider, to the fallback. The requests go over the network, as real ones do.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from ... import clock
from ...domain.roles import Kind
from ...domain.simulations import MARK, MOST_RESULTS, Progress, SimulationAttempt, SimulationSpec, Targets
from ...egress import RequestSender, TargetResponse
from ...parsing.bounds import Unreadable
from ...parsing.xml import read_xml
from ...providers import PROVIDERS
from ...providers.sheet import RequestSpec
from ...signatures.signer import Signer
from .script import PlannedMessage, PlannedRequest, compose_request, script

MOST_UNDER_WAY = 2_000
"""Messages at one time that wait for an answer or for their next callback; a faster run waits for them."""

# Twilio's codes of failed answers (twilio.com/docs/api/errors): 11200 no good answer, 11205 no connection, 12100 the
# document does not parse.
_CODES = {"answer": "11200", "connection": "11205", "document": "12100"}

Report = Callable[[SimulationAttempt], None]


class SimulatedRequest(NamedTuple):
    """A request as it is sent."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Player:
    """Plays one run. `report` is called with every attempt, in the order of their ends; `mark` is the run's secret, or
    None; `signer` signs the requests."""

    def __init__(
        self,
        sender: RequestSender,
        spec: SimulationSpec,
        targets: Targets,
        *,
        mark: str | None = None,
        report: Report = lambda _: None,
        signer: Signer | None = None,
    ) -> None:
        self._sender = sender
        self._spec = spec
        self._targets = targets
        self._mark = mark
        self._report = report
        self._signer = signer
        self._sheet = PROVIDERS[spec.provider]
        self._play = self._sheet.play
        self.progress = Progress(total=spec.count)

    async def run(self, started_at: datetime) -> None:
        """Play to the end. No answer ends it early."""
        since = clock.ticks()
        slots = asyncio.Semaphore(MOST_UNDER_WAY)
        async with asyncio.TaskGroup() as group:
            for message in script(self._spec, started_at):
                await _until(since + message.starts_s)
                await slots.acquire()
                task = group.create_task(self._perform(message))
                task.add_done_callback(lambda _: slots.release())

    async def _perform(self, message: PlannedMessage) -> None:
        """One message: each of its requests at its own time, whatever the results of the earlier ones."""
        since = clock.ticks()
        self.progress.dropped += len(message.dropped)
        async with asyncio.TaskGroup() as group:
            for request in message.requests:
                await _until(since + request.after_s)
                group.create_task(self._deliver(request))
        self.progress.sent += 1

    async def _deliver(self, request: PlannedRequest) -> None:
        """The primary, as often as the provider tries; then the fallback."""
        failed_code = failed_url = None
        for role, url, named in self._ways(request.spec.kind):
            spec = replace(request.spec, failed_code=failed_code, failed_url=failed_url)
            code = await self._try(spec, role, url, named)
            if code is None:
                self.progress.taken += 1
                return
            failed_code, failed_url = code, named
        self.progress.lost += 1

    async def _try(self, spec: RequestSpec, role: str, url: str, named: str) -> str | None:
        """None when the URL answered well in the end, else the code of the last failure."""
        tries = self._play.tries
        attempt = 0
        while True:
            attempt += 1
            spec = replace(spec, url=named, attempt=attempt)
            reply = await self._follow(spec, role, url)
            wrong = self._wrong(spec.kind, reply)
            if wrong is None:
                return None
            again = attempt == 1 and tries == 1 and reply.refused and self._play.retries_connections
            if attempt >= tries and not again:
                return _CODES[wrong]
            pauses = self._play.pauses_s
            await asyncio.sleep(pauses[min(attempt, len(pauses)) - 1] / self._spec.speed)

    async def _follow(self, spec: RequestSpec, role: str, url: str) -> TargetResponse:
        """One request, and those that its redirects lead to. The answer of the last one counts."""
        made = compose_request(self._sheet, spec, self._spec.trouble)
        request = SimulatedRequest(made.method, f"{url}?{made.query}" if made.query else url, made.headers, made.body)
        if self._signer is not None:
            request = sign_request(self._signer, request, url, spec.url, clock.now())
        if self._mark is not None:
            request = request._replace(headers=(*request.headers, (MARK, self._mark)))
        reply = await self._send(spec, role, request)
        for _ in range(self._play.redirects):
            following = _redirected(request, reply)
            if following is None:
                break
            request = following
            reply = await self._send(spec, role, request)
        return reply

    async def _send(self, spec: RequestSpec, role: str, request: SimulatedRequest) -> TargetResponse:
        sent_at = clock.now()
        reply = await self._sender.send(*request, timeout_s=self._play.timeout_s / self._spec.speed)
        self._note(spec, role, sent_at, reply)
        return reply

    def _note(self, spec: RequestSpec, role: str, sent_at: datetime, reply: TargetResponse) -> None:
        attempt = SimulationAttempt(
            message_id=spec.message_id, role=role, at=sent_at, status=reply.status, ms=reply.ms,
            ok=self._wrong(spec.kind, reply) is None, n=reply.capture, error=reply.error, word=spec.raw_status,
        )  # fmt: skip
        self.progress.requests += 1
        self.progress.results.append(attempt)
        del self.progress.results[:-MOST_RESULTS]
        self._report(attempt)

    def _wrong(self, kind: Kind, reply: TargetResponse) -> str | None:
        """What is wrong with an answer for this provider; None: nothing."""
        if reply.status is None:
            return "connection" if reply.refused else "answer"
        if not 200 <= reply.status < 300:
            return "answer"
        is_document = "xml" in reply.content_type and kind is not Kind.STATUS
        return "document" if self._play.wants_xml and is_document and not _is_xml(reply.body) else None

    def _ways(self, kind: Kind) -> list[tuple[str, str, str]]:
        """Role, address, and the address as the provider has it, in the order of the tries."""
        targets, named = self._targets, self._targets.named or self._targets
        if kind is Kind.STATUS:
            found = [("status", targets.status, named.status)]
        else:
            voice = kind is Kind.VOICE
            has_fallback = self._play.voice_fallback if voice else self._play.fallback
            found = [("voice" if voice else "primary", targets.primary, named.primary)]
            if has_fallback:
                found.append(("voice-fallback" if voice else "fallback", targets.fallback, named.fallback))
        return [(role, url, name or url) for role, url, name in found if url]


def sign_request(signer: Signer, request: SimulatedRequest, address: str, named: str, at: datetime) -> SimulatedRequest:
    """A request with a signature. `named` is the URL as the provider has it, which is sent to `address`. Raises
    Invalid."""
    base = named if signer.names_url else address
    headers = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers)
    signed = signer.sign(request.method, base + request.url.removeprefix(address), headers, request.body, at)
    texts = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in signed.headers)
    # Some schemes add a parameter to the URL.
    return SimulatedRequest(request.method, address + signed.url.removeprefix(base), texts, signed.body)


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - clock.ticks()))


def _redirected(request: SimulatedRequest, reply: TargetResponse) -> SimulatedRequest | None:
    """The request that an answer redirects to; None for any other answer, and for a redirect to another host, which
    the user did not name."""
    if reply.status is None or not 300 <= reply.status < 400 or not reply.location:
        return None
    url = urljoin(request.url, reply.location)
    if urlsplit(url)[:2] != urlsplit(request.url)[:2]:
        return None
    if reply.status in (307, 308):
        return request._replace(url=url)
    # As browsers do it: a GET. The fields of a form go into the query, or the request would name no message.
    fields = request.body.decode("latin-1") if _is_form(request.headers) else ""
    if fields:
        url = f"{url}{'&' if '?' in url else '?'}{fields}"
    return SimulatedRequest("GET", url, tuple(pair for pair in request.headers if pair[0] != "Content-Type"), b"")


def _is_form(headers: Sequence[tuple[str, str]]) -> bool:
    return any(name == "Content-Type" and "x-www-form-urlencoded" in value for name, value in headers)


def _is_xml(body: bytes) -> bool:
    try:
        read_xml(body.decode(errors="replace"))
    except Unreadable:
        return False
    return True
