"""The script of a simulation: which requests, when. Pure: the same spec and start give the same script."""

from collections.abc import Iterator
from dataclasses import dataclass
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
class Cue:
    """One request that is due: `after_s` from the start of its message. `spec` knows neither its URL nor its time."""

    after_s: float
    spec: RequestSpec
    twin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One message or call: when it begins, and its requests in the order of their times. `dropped` are the words of
    callbacks that are left out on purpose."""

    message_id: str
    starts_s: float
    cues: tuple[Cue, ...]
    dropped: tuple[str, ...] = ()


def script(spec: SimulationSpec, at: datetime) -> Iterator[Act]:
    """The acts, one after the other; nothing is remembered in between, so that long runs cost no memory."""
    sheet = PROVIDERS[spec.provider]
    for number in range(spec.count):
        # Every act has dice of its own: a run that is longer begins as the shorter one does.
        dice = clock.seeded(f"{spec.seed} {spec.provider} {spec.what.value} {number}")
        yield _act(spec, sheet, dice, number / spec.rate, at)


def opening(spec: SimulationSpec, at: datetime) -> Cue | None:
    """The first request that goes out; None when trouble leaves out all that were looked at."""
    acts = islice(script(spec, at), MOST_LOOKED_AT)
    return next((cue for act in acts for cue in act.cues), None)


def compose_request(sheet: Sheet, spec: RequestSpec, trouble: frozenset[Trouble]) -> ComposedRequest:
    """The request of a cue, with the troubles that change how it is written. Only forms can be written otherwise."""
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


def _act(spec: SimulationSpec, sheet: Sheet, dice: Dice, starts_s: float, at: datetime) -> Act:
    kind = _KINDS[spec.what]
    customer = spec.sender if spec.what is not Traffic.OUTBOUND else spec.recipient
    customer = customer or f"+1{dice.choice(AREAS)}55501{dice.randrange(100):02}"
    ours = (spec.recipient if spec.what is not Traffic.OUTBOUND else spec.sender) or OURS
    sender, recipient = (ours, customer) if spec.what is Traffic.OUTBOUND else (customer, ours)
    digits = f"{dice.getrandbits(128):032x}"
    message_id = sheet.play.id_shape(digits[:12] + "4" + digits[13:16] + "a" + digits[17:], kind, recipient)
    text = _text(spec, dice)
    cues: list[Cue] = []
    after_s = 0.0
    for word, error_code in _words(spec, sheet, dice):
        cues.append(
            Cue(
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
    return _troubled(Act(message_id=message_id, starts_s=starts_s, cues=tuple(cues)), spec, dice)


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


def _troubled(act: Act, spec: SimulationSpec, dice: Dice) -> Act:
    """Callbacks left out, requests sent twice, callbacks in another order. Inbound requests are never left out: a
    message that nobody sends is no message."""
    cues, dropped = list(act.cues), []
    if Trouble.LOSE in spec.trouble and spec.what is Traffic.OUTBOUND:
        kept = [cue for cue in cues if dice.random() >= TENTH]
        dropped = [cue.spec.raw_status or "" for cue in cues if cue not in kept]
        cues = kept
    if Trouble.SHUFFLE in spec.trouble and len(cues) > 1:
        times = [cue.after_s for cue in cues]
        dice.shuffle(cues)
        cues = [Cue(after_s=after_s, spec=cue.spec) for after_s, cue in zip(times, cues, strict=True)]
    if Trouble.DUPLICATE in spec.trouble:
        twins = [Cue(after_s=cue.after_s, spec=cue.spec, twin=True) for cue in cues if dice.random() < TENTH]
        cues = sorted((*cues, *twins), key=lambda cue: cue.after_s)
    return Act(message_id=act.message_id, starts_s=act.starts_s, cues=tuple(cues), dropped=tuple(dropped))
