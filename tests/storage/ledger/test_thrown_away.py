"""A ledger that grew live equals one that is rebuilt in one go: after captures, outcomes, annotations, deletions,
clearing and retention in any order, with any steps, with changing parsers and bins that are parsed again, and after a
kill at any statement.
"""

import random
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.domain.captures import Outcome, RawRequest, Reading
from app.domain.events import Event, Piece
from app.domain.reader import ReaderSettings
from app.domain.roles import Kind, Role
from app.domain.statuses import Status, Word
from app.storage.ledger.building import build_step
from app.storage.ledger.steps import Recognise
from app.storage.log import jobs
from tests.storage.builders import reading_of, scripted
from tests.storage.inside import BIN, Inside, Ledger
from tests.storage.scripted import MADE, read

from .killing import kill
from .scanning import scanned

US, THEM, OTHER = "+14155550100", "+14155550123", "+14155550199"
START = clock.now() - timedelta(hours=2)
OUTCOMES = (
    Outcome(status=200, after_ms=2),
    Outcome(status=500, after_ms=3),
    Outcome(sender_left=True, left_ms=15_000),
    Outcome(status=200, after_ms=9_000),
    Outcome(status=200, after_ms=1, well_formed=False),
)


def inbound(message_id: str, text: str, **more: object) -> Event:
    values = {"sender": THEM, "recipient": US, "status": Status.RECEIVED, "final": True}
    return Event(kind=Kind.INBOUND, message_id=message_id, text=text, **values | more)


def random_events(dice: random.Random) -> tuple[Role, tuple[Event, ...]]:
    """One request with few distinct values, so that requests affect each other."""
    number = dice.randrange(12)
    name = f"in-{dice.randrange(5)}"
    role = dice.choice((Role.PRIMARY, Role.PRIMARY, Role.FALLBACK))
    if number < 3:
        return role, (
            inbound(
                name,
                dice.choice(("one", "two")),
                sender=dice.choice((THEM, THEM, OTHER)),
                as_callback=dice.choice((None, Word(Status.SENT, True))),
            ),
        )
    if number < 5:
        return role, tuple(inbound(MADE, dice.choice(("one", "two"))) for _ in range(dice.choice((1, 1, 2))))
    if number < 7:
        piece = Piece("7", dice.randint(1, 2), 2)
        return role, (inbound(f"piece-{dice.randrange(12)}", dice.choice(("a", "b")), piece=piece),)
    if number == 7:
        return role, tuple(inbound(f"in-{dice.randrange(5)}", dice.choice(("one", "three"))) for _ in range(3))
    if number == 8:
        call = Event(kind=Kind.VOICE, message_id=f"CA{dice.randrange(3)}", sender=THEM, recipient=US)
        return dice.choice((Role.VOICE, Role.VOICE_FALLBACK, Role.STATUS)), (call,)
    status = dice.choice((Status.QUEUED, Status.SENT, Status.DELIVERED, Status.FAILED))
    final = status in (Status.DELIVERED, Status.FAILED)
    event = Event(
        kind=Kind.STATUS, message_id=name if dice.random() < 0.15 else f"out-{dice.randrange(4)}", sender=US,
        recipient=dice.choice((THEM, THEM, OTHER)), status=status, raw_status=status.value, final=final,
        text=dice.choice((None, "hello")),
    )  # fmt: skip
    return Role.STATUS, (event,)


class History:
    """A random history of a bin, step by step, with a ledger that follows it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        self.inside = Inside(folder)
        self.live = self.inside.ledger("live.db")
        self.at = START
        self.numbers: list[int] = []
        self.provider: str | None = None

    def act(self, number: int) -> None:
        dice = self.dice
        match number:
            case 0 | 1 | 2 | 3 if self.numbers:
                self._delete(number)
            case 4 if dice.random() < 0.2:
                self.inside.sweep(self.at, dice.randrange(5, 200))
            case 5 | 6:
                self.live.follow(dice.choice((1, 2, 5, 500)))
            case 7:
                self.live.step(limit=1)
            case 8:
                self.live.index(dice.randrange(1, 9))
            case 9 if self.numbers:
                self.inside.settle(dice.choice(self.numbers), dice.choice(OUTCOMES))
            case 10 if dice.random() < 0.2:
                self.live.mark(self.at + timedelta(seconds=dice.randrange(600)))
            case 11 | 12 if self.numbers:
                self._annotate(dice)
            case _:
                self._keep()

    def _keep(self) -> None:
        dice = self.dice
        self.at += timedelta(seconds=dice.choice((0, 0.1, 1, 5, 20, 45)))
        role, events = random_events(dice)
        at = self.at - timedelta(seconds=dice.choice((0, 0, 0, 3)))
        salt = dice.choice(("", "", str(dice.random())))
        reading = reading_of(*events, findings=dice.choice(((), ("plus_lost",))))
        raw = scripted(reading, received_at=at, salt=salt, method=dice.choice(("POST", "GET")))
        n = self.inside.keep(raw, role, provider=self.provider)
        self.numbers.append(n)
        if dice.random() < 0.7:
            self.inside.settle(n, dice.choice(OUTCOMES))

    def _delete(self, number: int) -> None:
        dice, numbers = self.dice, self.numbers
        if number < 2:
            self.inside.drop(numbers.pop(dice.randrange(len(numbers))))
        elif number == 2:
            gone = dice.sample(numbers, min(len(numbers), dice.choice((1, 2))))
            self.inside.apply(jobs.DropSome(BIN, gone))
            self.numbers = [n for n in numbers if n not in gone]
        elif dice.random() < 0.1:
            upto = dice.choice((None, *numbers))
            self.inside.apply(jobs.DropCaptures(BIN, upto))
            self.numbers = [n for n in numbers if upto is not None and n > upto]

    def _annotate(self, dice: random.Random) -> None:
        numbers = dice.sample(self.numbers, min(len(self.numbers), dice.choice((1, 1, 3))))
        change = dice.choice((
            {"pinned": True}, {"pinned": False}, {"note": dice.choice(("", "called back", "again"))},
            {"add": ("late",)}, {"remove": ("late",)}, {"pinned": False, "note": "", "tags": ()},
        ))  # fmt: skip
        self.inside.annotate(*numbers, **change)

    def check(self) -> None:
        """A rebuilt ledger is the same, also after the marks of both were set."""
        self._catch_up()
        again = self.inside.ledger("again.db", self.live.reader.recognise, self.live.reader.version)
        again.follow()
        now = self.at + timedelta(days=1)
        for ledger in (self.live, again):
            ledger.mark(now)
        there, here = self.live.everything(), again.everything()
        assert there["counted"] == scanned(self.live)
        for name in here:
            assert there[name] == here[name], name
        assert there == here
        again.close()

    def _catch_up(self) -> None:
        more = True
        while more:
            # In the first pass a deletion may request a rebuild, which begins in the second.
            self.live.follow()
            self.live.follow()
            more = self.live._building() is not None
            self.live.build(7)

    def close(self) -> None:
        self.live.close()
        self.inside.close()


def reader_of(version: int) -> Recognise:
    """The provider setting matters, and each version has other results."""

    def recognise(raw: RawRequest, role: Role, provider: str | None, settings: ReaderSettings) -> Reading:
        reading = read(raw, role, provider, settings)
        return msgspec.structs.replace(
            reading, provider=provider or reading.provider, findings=(*reading.findings, f"found_{version}")
        )

    return recognise


class HardHistory(History):
    """With changes of the parsers and the settings, with rereads; and the process is killed at any statement."""

    def act(self, number: int, statements: int = 0) -> None:
        def go() -> None:
            self._act(number)

        if number in self._OF_THE_LEDGER and statements:
            kill(self.live, statements, go)
        else:
            go()

    # Actions that change nothing but the ledger.
    _OF_THE_LEDGER = frozenset({5, 6, 7, 8, 27, 28, 30})

    def _act(self, number: int) -> None:
        dice = self.dice
        match number:
            case 25 if dice.random() < 0.4:
                version = int(self.live.reader.version) + 1
                self.live.reader.version, self.live.reader.recognise = str(version), reader_of(version)
            case 26 if dice.random() < 0.4:
                self.inside.apply(jobs.RequestReread(BIN))
            case 27 | 28:
                self._build(dice.choice((1, 3, 500)))
            case 29:
                self.provider = dice.choice((None, "ytel", "plivo"))
                self.inside.apply(jobs.SetBin(BIN, "Bin", self.provider, None, dice.choice((0, 60, 300))))
            case 30:
                self.live.erase()
            case _:
                super().act(number)

    def _build(self, limit: int) -> None:
        ledger: Ledger = self.live
        if ledger._building() is not None:
            with ledger._write(None) as step:
                build_step(step, step._log, 1, lambda step, head, space, _: step.follow(head, space, limit))


def play(seed: int, actions: list[tuple[int, ...]], kind: type[History] = History) -> None:
    folder = Path(tempfile.mkdtemp(prefix="smsbin-history-"))
    try:
        history = kind(folder, seed)
        try:
            for action in actions:
                history.act(*action)
            history.check()
        finally:
            history.close()
    finally:
        shutil.rmtree(folder)


@given(st.integers(0, 2**32), st.lists(st.tuples(st.integers(0, 24)), min_size=5, max_size=60))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_grown_live_and_rebuilt_are_equal(seed: int, actions: list[tuple[int, ...]]) -> None:
    play(seed, actions)


@pytest.mark.parametrize("seed", range(12))
def test_long_histories_are_equal_too(seed: int) -> None:
    dice = random.Random(seed)
    play(seed, [(dice.randrange(25),) for _ in range(400)])


# An action, and the statement at which the process is killed; most actions have fewer than the highest.
HARD = st.tuples(st.integers(0, 30), st.integers(0, 40))


@given(st.integers(0, 2**32), st.lists(HARD, min_size=5, max_size=60))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_killed_at_any_statement_it_is_the_same(seed: int, actions: list[tuple[int, ...]]) -> None:
    play(seed, actions, HardHistory)


@pytest.mark.parametrize("seed", range(6))
def test_long_histories_with_kills_are_the_same_too(seed: int) -> None:
    dice = random.Random(seed)
    play(seed, [(dice.randrange(31), dice.choice((0, 0, dice.randint(1, 60)))) for _ in range(400)], HardHistory)


@pytest.mark.parametrize("seed", range(6))
def test_with_small_limits_it_is_the_same_too(seed: int, monkeypatch) -> None:
    """Of messages that are folded again at once, and of events that change a message."""
    monkeypatch.setattr("app.storage.ledger.refolding.MAX_MESSAGES", 4)
    for module in ("folding", "refolding"):
        monkeypatch.setattr(f"app.storage.ledger.{module}.MAX_EVENTS", 5)
    dice = random.Random(seed)
    play(seed, [(dice.randrange(31), dice.choice((0, 0, dice.randint(1, 60)))) for _ in range(400)], HardHistory)
