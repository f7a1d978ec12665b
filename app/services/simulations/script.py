"""The script of a simulation: its requests and their times. Pure: the same spec and start give the same script."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from urllib.parse import parse_qsl, urlencode

from ... import clock
from ...clock import Dice
from ...domain.roles import Kind
from ...domain.simulations import TENTH, SimulationSpec, Traffic, Trouble
from ...providers import PROVIDERS
from ...providers.sheet import ComposedRequest, RequestSpec, Sheet

TEXTS = (
    "Is the 3pm slot still open?",
    "Can I move it to Tuesday?",
    "On my way, five minutes",
    "Do you take cards?",
    "Which door is it?",
    "Thanks!",
    "Your code is {code}",
    "Running late, sorry",
    "YES",
)
EMOJI_TEXTS = ("On my way 🚗💨", "Perfect 👍🏽 see you 👩‍👧", "Ünïcode ☂ 漢字 مرحبا 🎉")
LATIN1_TEXTS = ("Café déjà vu à Zürich", "¿Mañana a las diez, señor?", "Größe 42, bitte ½ Dutzend")
AREAS = ("415", "714", "949", "212", "503")
OURS = "+19495550142"
MOST_LOOKED_AT = 20

_KINDS = {Traffic.INBOUND: Kind.INBOUND, Traffic.OUTBOUND: Kind.STATUS, Traffic.VOICE: Kind.VOICE}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRequest:
    """One request that is due: `after_s` from the start of its message. `spec` has neither the
    URL nor the time yet."""

    after_s: float
    spec: RequestSpec
    twin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMessage:
    """One message or call: when it begins, and its requests in the order of their times. `dropped` are the words of
    callbacks that are left out on purpose."""

    message_id: str
    starts_s: float
    requests: tuple[PlannedRequest, ...]
    dropped: tuple[str, ...] = ()


def script(spec: SimulationSpec, at: datetime) -> Iterator[PlannedMessage]:
    """The messages, one after the other. Nothing is kept in between, so the memory does not depend on their number."""
    sheet = PROVIDERS[spec.provider]
    for number in range(spec.count):
        # Every message has its own generator: a longer run begins as a shorter one does.
        dice = clock.seeded(f"{spec.seed} {spec.provider} {spec.what.value} {number}")
        yield _planned(spec, sheet, dice, number / spec.rate, at)


def opening(spec: SimulationSpec, at: datetime) -> PlannedRequest | None:
    """The first request; None when trouble leaves out all requests of the first `MOST_LOOKED_AT` messages."""
    messages = islice(script(spec, at), MOST_LOOKED_AT)
    return next((request for message in messages for request in message.requests), None)


def compose_request(sheet: Sheet, spec: RequestSpec, trouble: frozenset[Trouble]) -> ComposedRequest:
    """A request, with the troubles that change how it is written; these apply to forms only."""
    made = sheet.compose(spec)
    is_form = any(name == "Content-Type" and "x-www-form-urlencoded" in value for name, value in made.headers)
    if not is_form:
        return made
    body = made.body.decode()
    if Trouble.LATIN1 in trouble:
        body = urlencode(parse_qsl(body, keep_blank_values=True), encoding="latin-1", errors="replace")
    if Trouble.RAW_PLUS in trouble:
        body = body.replace("%2B", "+")
    if Trouble.GET in trouble:
        headers = tuple(pair for pair in made.headers if pair[0] != "Content-Type")
        return ComposedRequest(method="GET", query=body, headers=headers, body=b"")
    return ComposedRequest(method=made.method, query=made.query, headers=made.headers, body=body.encode())


def _planned(spec: SimulationSpec, sheet: Sheet, dice: Dice, starts_s: float, at: datetime) -> PlannedMessage:
    kind = _KINDS[spec.what]
    customer, ours = (spec.recipient, spec.sender) if kind is Kind.STATUS else (spec.sender, spec.recipient)
    customer = customer or f"+1{dice.choice(AREAS)}55501{dice.randrange(100):02}"
    ours = ours or OURS
    sender, recipient = (ours, customer) if kind is Kind.STATUS else (customer, ours)
    digits = f"{dice.getrandbits(128):032x}"
    message_id = sheet.play.id_shape(digits[:12] + "4" + digits[13:16] + "a" + digits[17:], kind, recipient)
    text = _text(spec, dice)
    requests: list[PlannedRequest] = []
    after_s = 0.0
    for word, error_code in _words(spec, sheet, dice):
        requests.append(
            PlannedRequest(
                after_s=after_s,
                spec=RequestSpec(
                    kind=kind, message_id=message_id, sender=sender, recipient=recipient,
                    text=None if kind is Kind.VOICE else text, raw_status=word, error_code=error_code,
                    media=spec.media if kind is Kind.INBOUND else (),
                    at=at + timedelta(seconds=starts_s + after_s), url="",
                ),
            )
        )  # fmt: skip
        after_s += dice.uniform(*sheet.play.gaps_s) / spec.speed
    return _troubled(PlannedMessage(message_id=message_id, starts_s=starts_s, requests=tuple(requests)), spec, dice)


def _words(spec: SimulationSpec, sheet: Sheet, dice: Dice) -> tuple[tuple[str | None, str | None], ...]:
    """The words of the callbacks, with the error's code on the last one; one request without a word otherwise."""
    if spec.what is not Traffic.OUTBOUND:
        return ((None, None),)
    fails = dice.random() < spec.failed_share
    words = sheet.play.bad if fails else sheet.play.good
    return (*((word, None) for word in words[:-1]), (words[-1], sheet.play.error_code if fails else None))


def _text(spec: SimulationSpec, dice: Dice) -> str:
    if spec.text is not None:
        return spec.text
    texts: tuple[str, ...] = TEXTS
    if Trouble.EMOJI in spec.trouble:
        texts = EMOJI_TEXTS
    elif Trouble.LATIN1 in spec.trouble:
        texts = LATIN1_TEXTS
    return dice.choice(texts).format(code=f"{dice.randrange(1_000_000):06}")


def _troubled(message: PlannedMessage, spec: SimulationSpec, dice: Dice) -> PlannedMessage:
    """Callbacks left out, requests sent twice, callbacks in another order. Inbound requests are never left out: without
    one there is no message."""
    requests, dropped = list(message.requests), []
    if Trouble.LOSE in spec.trouble and spec.what is Traffic.OUTBOUND:
        kept = [request for request in requests if dice.random() >= TENTH]
        dropped = [request.spec.raw_status or "" for request in requests if request not in kept]
        requests = kept
    if Trouble.SHUFFLE in spec.trouble and len(requests) > 1:
        times = [request.after_s for request in requests]
        dice.shuffle(requests)
        requests = [replace(request, after_s=after_s) for after_s, request in zip(times, requests, strict=True)]
    if Trouble.DUPLICATE in spec.trouble:
        twins = [replace(request, twin=True) for request in requests if dice.random() < TENTH]
        requests = sorted((*requests, *twins), key=lambda request: request.after_s)
    return replace(message, requests=tuple(requests), dropped=tuple(dropped))
